"""The program in examples/day.py, with what is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from oracle import ROOT

#: Runs a program where these modules cannot be found.
WITHOUT = """
import runpy, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in hidden:
            raise ImportError(name)

sys.meta_path.insert(0, Missing())
program, hidden = sys.argv[1], sys.argv[2:]
sys.argv = [program]
runpy.run_path(program)
"""


def printed(*missing: str, folder: Path = ROOT) -> str:
    command = [sys.executable, "-c", WITHOUT, str(ROOT / "examples/day.py"), *missing]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("missing", [[], ["polars"], ["polars", "pandas"]])
def test_a_frame_is_printed(missing: list[str]) -> None:
    text = printed(*missing)
    assert "queue_name" in text and "kpi_aht" in text
    assert "Service Desk" in text and "434.300527" in text


def test_nothing_has_to_be_installed(tmp_path: Path) -> None:
    text = printed("polars", "pandas", "pyarrow", folder=tmp_path)
    assert text.startswith("mediaType  queue_name ")
    assert "434.300527" in text
