"""The hooks of the repository, run by pre-commit over staged files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from oracle import DAY, ROOT

pytest.importorskip("pre_commit")

NAMES = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")


class Repository:
    def __init__(self, path: Path, home: Path) -> None:
        self.path = path
        # The hooks find the command of the installed package.
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = {**os.environ, **dict.fromkeys(NAMES, "test"), "PATH": tools, "PRE_COMMIT_HOME": str(home)}
        path.mkdir()
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.env).stdout.strip()

    def add(self, name: str, content: bytes) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_bytes(content)
        self.git("add", "--force", name)

    def check(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the output of pre-commit."""
        command = [sys.executable, "-m", "pre_commit", "run", "--verbose", *arguments]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, env=self.env, timeout=120)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    hooks = Repository(tmp_path / "hooks", tmp_path / "home")
    hooks.add(".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_bytes())
    hooks.git("commit", "--quiet", "--message", "hooks")
    repository = Repository(tmp_path / "data", tmp_path / "home")
    config = f"""
repos:
  - repo: {hooks.path}
    rev: {hooks.git("rev-parse", "HEAD")}
    hooks:
      - id: gcagg-validate-system
        files: ^exports/
"""
    repository.add(".pre-commit-config.yaml", config.encode())
    # Expectations of all data together, which one staged file does not meet.
    repository.add("gcagg.toml", b'[validate]\nmin-rows = 100000\nexpect-metrics = ["tNone"]\n')
    return repository


def test_only_documents_are_checked(repository: Repository) -> None:
    day = (ROOT / DAY).read_bytes()
    for name in ("README.md", ".gitkeep", ".hidden.json", "table.csv", "day.manifest.json"):
        repository.add(f"exports/{name}", b"{} not an export")
    repository.add("tsconfig.json", b"{}")
    code, text = repository.check()
    assert (code, "no files to check" in text) == (0, True), text
    repository.add("exports/2026/day.json", day)
    shutil.copy(ROOT / "samples/queue-day-2.json.gz", repository.path / "exports/day-2.json.gz")
    repository.git("add", "exports/day-2.json.gz")
    code, text = repository.check()
    assert code == 0 and "2 files, 2 documents" in text, text
    assert repository.check("--all-files")[0] == 0
    # A document is what has the name of one, as in a check of the folder.
    repository.add("exports/package.json", b'{"name": "tools"}')
    code, text = repository.check()
    assert code == 1 and "error[F004]" in text and "exports/package.json" in text, text
    config = (repository.path / ".pre-commit-config.yaml").read_bytes()
    repository.add(".pre-commit-config.yaml", config + b"exclude: /package\\.json$\n")
    assert repository.check()[0] == 0


def test_a_bad_file_and_a_pair_fail(repository: Repository) -> None:
    repository.add("exports/bad.json", (ROOT / "samples/bad/S001-wrong-type.json").read_bytes())
    code, text = repository.check()
    assert code == 1 and "error[S001]" in text and "exports/bad.json" in text, text
    repository.git("rm", "--quiet", "--force", "exports/bad.json")
    for name in ("a.json", "b.json"):
        repository.add(f"exports/{name}", (ROOT / DAY).read_bytes())
    code, text = repository.check()
    assert code == 1 and "T003" in text, text
