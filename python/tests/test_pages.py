"""Every block of Python in docs/python.md and docs/recipes.md runs and prints what the page says."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY, ROOT


@dataclass
class Block:
    """A fenced block of a page."""

    kind: str
    #: The line of the page on which its text begins.
    line: int
    text: str


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text()
    fences = re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(it[1], text.count("\n", 0, it.start(2)) + 1, it[2]) for it in fences]


def printed(block: Block, page: str, names: dict[str, Any]) -> str:
    """Runs a block; lines in errors are those of the page."""
    code = compile("\n" * (block.line - 1) + block.text, page, "exec")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, names)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, which has the samples."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python(folder: Path) -> None:
    page = "docs/python.md"
    names: dict[str, Any] = {}
    found = blocks(page)
    run = 0
    for block, after in zip(found, [*found[1:], None]):
        if block.kind == "python":
            expected = after.text if after and after.kind == "text" else ""
            assert printed(block, page, names) == expected, f"{page}:{block.line}"
            run += 1
    assert run > 10
    assert (folder / "week.html").read_text().startswith("<!doctype html>")


def test_recipes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "docs/recipes.md"
    found = blocks(page)
    # The first block makes the folder that all recipes read.
    assert found[0].kind == "sh"
    subprocess.run(["bash", "-euo", "pipefail", "-c", found[0].text], cwd=folder, check=True)
    names: dict[str, Any] = {}
    mine = [block for block in found if block.kind == "python gcagg"]
    for block in mine:
        assert printed(block, page, names) == "", f"{page}:{block.line}"
    assert mine


def test_the_page_names_every_option() -> None:
    text = (ROOT / "docs/python.md").read_text()
    table = text.split("## Options")[1].split("\n\n")[2]
    listed = set(re.findall(r"`(\w+)`", "\n".join(row.split("|")[1] for row in table.splitlines())))
    assert listed == set(inspect.signature(gcagg.read).parameters) - {"source"}


def test_the_page_of_the_package_runs(folder: Path) -> None:
    (block,) = (it for it in blocks("python/README.md") if it.kind == "python")
    assert len(block.text.splitlines()) <= 8
    (folder / "exports").mkdir()
    (folder / "exports/day.json").symlink_to(ROOT / DAY)
    (folder / "program.py").write_text(block.text)
    subprocess.run([sys.executable, "program.py"], cwd=folder, check=True, capture_output=True)
