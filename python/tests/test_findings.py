"""Findings as objects and in every format, against `gcagg validate`."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY, ROOT

pytestmark = pytest.mark.usefixtures("at_root")

FORMATS = ["text", "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown"]
BAD = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "samples/bad").glob("[A-Z]*son") if "schema" not in path.name)
WRONG = "samples/bad/S001-wrong-type.json"


def timeless(report: str) -> str:
    """Without the seconds that the run took."""
    return re.sub(r"(\| seconds \|) [0-9.]+ \|", r"\1 - |", report)


def reports(source: str, folder: Path) -> dict[str, str]:
    """All reports of one run of the command line."""
    options = [f"--report={format}={folder / format}" for format in FORMATS]
    command = [sys.executable, "-m", "gcagg", "validate", source, "--max-shown=0", *options]
    assert subprocess.run(command, capture_output=True).returncode in (0, 1, 3)
    return {format: (folder / format).read_text() for format in FORMATS}


@pytest.mark.parametrize("source", [*BAD, "samples", "samples/bad", DAY, "no*.json"])
def test_every_format_is_that_of_the_command_line(source: str, tmp_path: Path) -> None:
    findings = gcagg.validate(source)
    for format, report in reports(source, tmp_path).items():
        assert timeless(findings.to(format)) == timeless(report), format  # type: ignore[arg-type]
    found = json.loads(findings.to_json())
    assert [(it["code"], it["severity"], it["line"], it["pointer"]) for it in found] == [
        (it.code, it.severity, it.line, it.pointer) for it in findings
    ]
    assert findings.ok == all(it["severity"] != "error" for it in found)


def test_the_two_formats_with_a_name() -> None:
    findings = gcagg.validate(WRONG)
    (finding,) = json.loads(findings.to_json())
    assert (finding["code"], finding["line"], finding["column"]) == ("S001", 15, 26)
    run = json.loads(findings.to_sarif())["runs"][0]
    assert run["results"][0]["ruleId"] == "S001"


def test_findings_are_a_sequence() -> None:
    findings = gcagg.validate("samples/bad")
    assert isinstance(findings, Sequence)
    assert len(findings) == len(list(findings)) > 30
    assert findings[0] == list(findings)[0]
    assert findings[-2:] == list(findings)[-2:]
    assert list(reversed(findings))[0] == findings[-1]
    assert findings[3] in findings and findings.index(findings[3]) <= 3
    assert "S001" in {finding.code for finding in findings}
    with pytest.raises(IndexError):
        findings[len(findings)]


def test_findings_are_values() -> None:
    findings = gcagg.validate(WRONG)
    assert findings == gcagg.validate(WRONG)
    assert findings != gcagg.validate(DAY)
    assert findings != list(findings)
    finding = findings[0]
    copied = pickle.loads(pickle.dumps(findings))
    assert copied == findings
    # A copy has what it needs for every format.
    assert copied.to_sarif() == findings.to_sarif()
    assert {finding: 1}[gcagg.validate(WRONG)[0]] == 1
    with pytest.raises(AttributeError):
        finding.code = "S002"  # type: ignore[misc]


def test_how_findings_are_shown() -> None:
    findings = gcagg.validate(WRONG)
    assert repr(findings) == "<gcagg.Findings: 1, with errors>"
    assert repr(gcagg.validate(DAY)) == "<gcagg.Findings: 0, ok>"
    assert str(findings) == (
        f"error[S001] {WRONG}:15:26: `count` must be an integer or null, not a string"
        " (/results/0/data/0/metrics/0/stats/count)"
    )
    assert str(gcagg.validate("no.json")).startswith("error[F001] no.json: cannot be read")


def test_every_finding_is_there(tmp_path: Path) -> None:
    bucket = {"interval": "today", "metrics": []}
    containers = [{"group": {"queueId": str(index)}, "data": [bucket]} for index in range(3000)]
    findings = gcagg.validate({"results": containers})
    errors = [finding for finding in findings if finding.severity == "error"]
    assert [it.pointer for it in errors] == [f"/results/{index}/data/0/interval" for index in range(3000)]


def test_levels_change_what_is_found() -> None:
    def found(**levels: Any) -> list[str]:
        return [f"{it.severity} {it.code}" for it in gcagg.validate("samples/bad/T004-gap.json", **levels)]

    assert found() == ["info T004"]
    assert found(warn="gap") == ["warning T004"]
    assert found(deny=["T", "S003"]) == ["error T004"]
    assert found(allow="T004") == found(ignore="T004") == found(select="warnings, S") == []
