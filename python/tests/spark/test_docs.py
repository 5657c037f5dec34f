"""The blocks of Python in docs/spark.md run, in their order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from against_csv import ROOT

PAGE = ROOT / "docs/spark.md"
FENCE = re.compile(r"^```(python[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_blocks_of_the_page_run(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text()
    names: dict[str, Any] = {}
    kinds = []
    for block in FENCE.finditer(text):
        kinds.append(block[1])
        if block[1] == "python":
            # Lines in errors are those of the page.
            code = "\n" * text.count("\n", 0, block.start(2)) + block[2]
            exec(compile(code, str(PAGE), "exec"), names)
    assert kinds.count("python") >= 8
    assert set(kinds) == {"python", "python not-run"}
    assert names["spark"] is spark


def test_the_page_lists_every_option() -> None:
    from gcagg.spark._options import _OPTIONS

    table = re.findall(r"^\| (`[^|]+) \|", PAGE.read_text().split("## Columns")[0], re.MULTILINE)
    listed = {name for cell in table for name in re.findall(r"`([a-z]\w+)`", cell)}
    assert listed == {name for name, _ in _OPTIONS.values()}
