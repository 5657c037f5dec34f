"""Findings as objects and in every format, against `gcagg validate`."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
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
    assert found == [
        {name: value for name, value in asdict(it).items() if name != "related" or value is not None} for it in findings
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


def agrees(tmp_path: Path, source: str, *flags: str, **options: Any) -> gcagg.Findings:
    """The findings, after a comparison with the command line."""
    path = tmp_path / "findings.json"
    command = [sys.executable, "-m", "gcagg", "validate", source, f"--report=json={path}", *flags]
    status = subprocess.run(command, capture_output=True).returncode
    findings = gcagg.validate(source, **options)
    assert json.loads(findings.to_json()) == json.loads(path.read_text())
    assert findings.ok == (status == 0)
    return findings


def test_expectations(tmp_path: Path) -> None:
    assert [it.code for it in agrees(tmp_path, DAY, "--min-rows=1000", min_rows=1000)] == ["F008"]
    assert [it.code for it in agrees(tmp_path, DAY, "--expect-metrics=nOffered,tNone", expect_metrics=["nOffered", "tNone"])] == ["F011"]
    assert agrees(tmp_path, DAY, "--timezone=Europe/Berlin", timezone="Europe/Berlin").ok
    assert {it.code for it in agrees(tmp_path, DAY, "--expect-dims=userId", expect_dims="userId")} == {"G002"}
    assert len(agrees(tmp_path, DAY, "--expect-interval=2026-03-03/2026-03-04", expect_interval="2026-03-03/2026-03-04")) == 32
    assert {it.code for it in agrees(tmp_path, DAY, "--expect-granularity=PT1H", expect_granularity="PT1H")} == {"T008"}
    assert agrees(tmp_path, DAY, "--min-rows=303", "--expect-granularity=30m", min_rows=303, expect_granularity="30m").ok
    for wrong in ({"expect_interval": "soon"}, {"expect_granularity": "long"}):
        with pytest.raises(gcagg.UsageError, match=list(wrong)[0]):
            gcagg.validate(DAY, **wrong)  # type: ignore[arg-type]


def test_a_schema(tmp_path: Path) -> None:
    schema = tmp_path / "own.json"
    schema.write_text(json.dumps({"properties": {"results": {"items": {"$ref": "group.json"}}}}))
    (tmp_path / "group.json").write_text(json.dumps({"properties": {"group": {"required": ["userId"]}}}))
    assert not agrees(tmp_path, DAY, f"--schema={schema}", schema=schema).ok
    with pytest.raises(gcagg.ReadError, match=r"none\.json"):
        gcagg.validate(DAY, schema=tmp_path / "none.json")


def test_a_baseline(tmp_path: Path) -> None:
    base, known_error = tmp_path / "base.json", "samples/bad/T002-inverted-interval.json"
    subprocess.run([sys.executable, "-m", "gcagg", "validate", known_error, f"--write-baseline={base}"], capture_output=True)
    known = agrees(tmp_path, known_error, f"--baseline={base}", baseline=base)
    assert list(known) == [] and known.ok
    # Data that cannot be read is never known.
    other = tmp_path / "other.json"
    subprocess.run([sys.executable, "-m", "gcagg", "validate", WRONG, f"--write-baseline={other}"], capture_output=True)
    assert not gcagg.validate(WRONG, baseline=other).ok
    # Every format hides them, and so does a copy.
    assert json.loads(pickle.loads(pickle.dumps(known)).to_sarif())["runs"][0]["results"] == []
    with pytest.raises(gcagg.UsageError, match=r"cannot read the baseline .*none\.json"):
        gcagg.validate(WRONG, baseline=tmp_path / "none.json")


def test_repairs() -> None:
    path = "samples/bad/J001-json-syntax.json"
    before = Path(path).read_bytes()
    assert not gcagg.validate(path).ok and gcagg.validate(path).fixed == []
    findings = gcagg.validate([path], fix=True)
    assert findings.ok and Path(path).read_bytes() == before
    [(name, text)] = findings.fixed
    assert name == path and json.loads(text)
    assert gcagg.read(findings.fixed).rows == 2
    assert gcagg.validate(DAY, fix=True).fixed == [(DAY, Path(DAY).read_bytes())]


def test_contents_and_differences(tmp_path: Path) -> None:
    def told(*arguments: str) -> Any:
        command = [sys.executable, "-m", "gcagg", "inspect", "--format=json", *arguments]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert gcagg.inspect(DAY) == told(DAY)
    other = "samples/queue-day-2.json.gz"
    assert gcagg.inspect(DAY, against=other) == told(DAY, "--against", other)
    assert gcagg.inspect(DAY, against="schema") == told(DAY, "--against", "schema")
    assert gcagg.inspect(json.loads(Path(DAY).read_text()))["rows"] == 303


def test_explanations() -> None:
    for arguments in ([], ["S001"], ["tHandle"], ["figures"]):
        text = subprocess.run([sys.executable, "-m", "gcagg", "explain", *arguments], capture_output=True, text=True).stdout
        assert gcagg.explain(*arguments).strip() == text.strip()
    with pytest.raises(gcagg.UsageError, match="did you mean wrong-type"):
        gcagg.explain("wrong-tpye")
