"""What the tests share: the folder of the samples, and a document of many batches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from oracle import ROOT, repeated


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs a test in the root of the repository, so that names of samples are short."""
    monkeypatch.chdir(ROOT)
    return ROOT


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A response of 8 MB, whose queues differ from one batch to the next."""
    path = tmp_path_factory.mktemp("large") / "large.json"
    path.write_text(json.dumps(repeated(300)))
    return path
