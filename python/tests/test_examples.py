"""The examples in docstrings run, from the root of the repository."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import gcagg
import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    f"gcagg.{module.name}"
    for module in pkgutil.iter_modules(gcagg.__path__)
    if module.name not in ("_native", "__main__", "spark")
]


@pytest.mark.parametrize("name", ["gcagg", *MODULES])
def test_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
