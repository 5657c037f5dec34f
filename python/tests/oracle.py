"""The command line of the installed package, with which results are compared."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import gcagg
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
DAY = "samples/queue-day.json"


def run(*arguments: str | Path, status: int = 0, text: bool = True) -> subprocess.CompletedProcess[Any]:
    """Runs the command line in the root of the repository."""
    command = [sys.executable, "-m", "gcagg", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=text, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stderr
    return done


def flags(options: Mapping[str, Any]) -> list[str]:
    """Keyword arguments as the command line has them."""
    found: list[str] = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is True:
            found.append(option)
        elif name == "where":
            for dimension, values in value.items():
                one = values if isinstance(values, str) else ",".join(values)
                found += [option, f"{dimension}={one}"]
        else:
            found += [option, ",".join(value) if isinstance(value, list) else str(value)]
    return found


def _cell(text: str, type: str) -> Any:
    if type == "text":
        return text
    if text == "":
        return None
    if type == "timestamp":
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    # A column is of integers where all figures are whole, also those written as `100.0`.
    return float(text) if type == "float" else Decimal(text)


def assert_same(table: gcagg.Table, text: str) -> None:
    """Every cell of the table is that of the CSV."""
    header, *rows = csv.reader(io.StringIO(text))
    assert table.schema.names == header
    arrow = pa.table(table)
    assert arrow.num_rows == table.rows == len(rows)
    # CSV has one form for text that is empty and for none.
    for column, cells in zip(table.schema, zip(*rows)):
        actual = arrow.column(column.name).to_pylist()
        if column.type == "text":
            actual = [cell or "" for cell in actual]
        assert actual == [_cell(cell, column.type) for cell in cells], column


def repeated(times: int) -> dict[str, Any]:
    """The sample as a response of so many times the groups, each with an id of its own."""
    results = json.loads((ROOT / DAY).read_text())["results"]
    return {
        "results": [
            {**container, "group": {**container["group"], "queueId": f"{index:08x}{container['group']['queueId'][8:]}"}}
            for index in range(times)
            for container in results
        ]
    }
