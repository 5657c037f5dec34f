#!/usr/bin/env python3
"""Compares small documents through the package with `json.loads` and loops.

    pip install ./python pyarrow
    python3 python/benches/small.py [--bytes 5000] [--rounds 200]

Each round runs all ways one after another, so that a busy moment hits all of them; the figures are the
fastest of the rounds, in microseconds. All ways must find the same number of rows.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import gcagg

DAY = Path(__file__).resolve().parents[2] / "samples/queue-day.json"


def document(size: int) -> bytes:
    """The first groups and buckets of the sample, of about this size."""
    results: list[dict[str, Any]] = []
    for container in json.loads(DAY.read_bytes())["results"]:
        for bucket in container["data"]:
            results.append({"group": container["group"], "data": [bucket]})
            if len(json.dumps({"results": results})) > size:
                return json.dumps({"results": results[:-1]}).encode()
    return json.dumps({"results": results}).encode()


def loops(text: bytes) -> list[dict[str, Any]]:
    rows = []
    for container in json.loads(text)["results"]:
        for bucket in container["data"]:
            start, end = bucket["interval"].split("/")
            for metric in bucket["metrics"]:
                rows.append(
                    {**container["group"], "start": start, "end": end, "metric": metric["metric"], **metric["stats"]}
                )
    return rows


def same_rows(text: bytes, columns: list[str]) -> list[dict[str, Any]]:
    """The rows of gcagg: every column in each row, and times as `datetime`."""
    absent = dict.fromkeys(columns)
    rows = []
    for container in json.loads(text)["results"]:
        for bucket in container["data"]:
            start, end = map(datetime.fromisoformat, bucket["interval"].replace("Z", "+00:00").split("/"))
            of_bucket = {**absent, **container["group"], "interval_start": start, "interval_end": end}
            for metric in bucket["metrics"]:
                rows.append({**of_bucket, "metric": metric["metric"], **metric["stats"]})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    text = document(arguments.bytes)
    columns = gcagg.read(text).columns
    ways: dict[str, Callable[[], Any]] = {
        "json.loads and loops": lambda: loops(text),
        "the rows of gcagg by loops": lambda: same_rows(text, columns),
        "gcagg.validate": lambda: gcagg.validate(text),
        "gcagg.read": lambda: gcagg.read(text),
        "gcagg.read().to_arrow()": lambda: gcagg.read(text).to_arrow(),
        "list(gcagg.read())": lambda: list(gcagg.read(text)),
    }
    rows = len(loops(text))
    assert rows == gcagg.read(text).rows
    assert list(gcagg.read(text)) == same_rows(text, columns)
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - began)
    base = best["json.loads and loops"]
    print(f"{len(text)} bytes, {rows} rows")
    for name, seconds in best.items():
        print(f"{name:26} {seconds * 1e6:8.0f} {seconds / base:6.1f}")


main()
