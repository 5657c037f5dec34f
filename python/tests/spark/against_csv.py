"""The samples, and how a data frame is compared with the CSV of the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "samples"
# Samples of the aggregates dialect; together they have all kinds of dimensions, views and figures.
AGGREGATES = [
    str(SAMPLES / name)
    for name in (
        "async-page-1.json",
        "async-page-2.json",
        "bot.json",
        "evaluation.json",
        "flow.json",
        "nightly.ndjson",
        "python-sdk.json",
        "queue-day-2.json.gz",
        "queue-day.json",
        "survey.json",
        "user-presence.json",
        "views.json",
    )
]
SUMMARIES = [str(SAMPLES / name) for name in ("summary-flat.json", "summary-grouped.json")]

# What the fixtures of these names are.
Load = Callable[..., Any]
Convert = Callable[..., list[dict[str, str]]]


def is_same(value: Any, text: str) -> bool:
    """Whether a cell of a data frame is what the CSV has."""
    if value is None or text == "":
        return value is None and text == ""
    if isinstance(value, datetime):
        return value == datetime.fromisoformat(text)
    if isinstance(value, (int, Decimal)):
        return value == Decimal(text)
    if isinstance(value, float):
        return value == float(text)
    return bool(value == text)


def assert_same(df: Any, expected: list[dict[str, str]], without: tuple[str, ...] = ()) -> None:
    """Every cell of the data frame, in the order of the CSV."""
    rows = df.toArrow().to_pylist()
    assert len(rows) == len(expected)
    names = [name for name in df.columns if name not in without]
    if expected:
        assert names == list(expected[0])
    for number, (row, texts) in enumerate(zip(rows, expected)):
        for name in names:
            assert is_same(row[name], texts[name]), (number, name, row[name], texts[name])
