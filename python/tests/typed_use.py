"""A user's program, for mypy: every public name, as the documentation uses it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import gcagg


def tables(folder: Path) -> gcagg.Table:
    table: gcagg.Table = gcagg.read(
        [folder, "more/*.json", b"{}", {"results": []}, io.BytesIO(b"{}")],
        layout="wide",
        columns=["queueId", "nOffered_count"],
        dims="mediaType,queueId",
        names=folder / "names.csv",
        where={"mediaType": ["voice", None], "queueId": "a"},
        from_=date(2026, 3, 2),
        on_error="skip",
        progress=lambda done, total: print(done, total),
    )
    rows: int = table.rows
    names: list[str] = table.schema.names
    column: gcagg.Column = table.schema[0]
    unit: str | None = column.unit
    left_out: object = table.rejects[0]["value"]
    print(rows, names, unit, left_out, table.to_arrow(), table.to_pandas().shape, table.to_polars().height)
    return gcagg.rollup(table, by=["queueId"], every="1d", week_start="sunday")


def findings(paths: Sequence[str]) -> list[str]:
    found: gcagg.Findings = gcagg.validate(paths, deny="warnings")
    if not found.ok:
        print(found.to_sarif(), found.to("junit"))
    lines: list[int | None] = [finding.line for finding in found]
    return [f"{finding.code} {line}" for finding, line in zip(found[:3], lines)]


def reports(table: gcagg.Table) -> str:
    written: None = gcagg.report(table, path="week.html")
    text: str = gcagg.report(table, format="json", compare="before/", top=3)
    return text if written is None else ""


def parts(path: Path) -> int:
    spans: list[gcagg.Span] = gcagg.spans(path, size=1 << 20)
    schema: gcagg.Schema = gcagg.schema_of(dims=["queueId"], types="plain")
    files: list[str] = gcagg.files(path)
    return sum(gcagg.read(span).rows for span in spans) + len(schema) + len(files)


def failures() -> Sequence[gcagg.Finding]:
    try:
        gcagg.read("exports/")
    except (gcagg.DataError, gcagg.ReadError) as error:
        return error.findings
    except gcagg.UsageError as error:
        print(error.help)
    return []


def wrong() -> None:
    gcagg.read("a.json", layout="tall")  # type: ignore[call-overload, arg-type, unused-ignore]
    gcagg.read("a.json", limits=3)  # type: ignore[call-arg]
    gcagg.validate("a.json").to("pdf")  # type: ignore[arg-type]
    gcagg.rollup("a.json", week_start="friday")  # type: ignore[arg-type]
