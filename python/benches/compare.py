#!/usr/bin/env python3
"""Compares the package with the command line, and with the models of the official SDK and pandas.

    pip install ./python pandas pyarrow PureCloudPlatformClientV2
    cargo build --release
    python3 python/benches/compare.py large.json [--rounds 5]

Each way runs in a process of its own, one after another in each round, so that a busy moment hits all
of them; the figures are medians. Imports and the start of Python are not counted, the start of the
command line is. All must have the same number of rows and the same sum of counts, or it is no
comparison. The SDK is left out where it is not installed, or with --no-sdk, which large files need.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SDK = "PureCloudPlatformClientV2"


def to_arrow(path: str) -> Callable[[], Any]:
    import gcagg
    import pyarrow  # noqa: F401

    return lambda: gcagg.read(path).to_arrow()


def to_pandas(path: str) -> Callable[[], Any]:
    import gcagg
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

    return lambda: gcagg.read(path).to_pandas()


def sdk(path: str) -> Callable[[], Any]:
    import pandas
    import PureCloudPlatformClientV2 as genesys

    class Response:
        def __init__(self, text: str) -> None:
            self.data = text

        def getheader(self, name: str) -> str | None:
            return "application/json" if name == "Content-Type" else None

    stats = "count sum min max ratio numerator denominator target".split()

    def frame() -> Any:
        response = Response(Path(path).read_text())
        answer = genesys.ApiClient().deserialize(response, "ConversationAggregateQueryResponse")
        rows = []
        for container in answer.results:
            for bucket in container.data:
                start, end = bucket.interval.split("/")
                for metric in bucket.metrics:
                    row = {**container.group, "interval_start": start, "interval_end": end, "metric": metric.metric}
                    row.update({name: getattr(metric.stats, name, None) for name in stats})
                    rows.append(row)
        table = pandas.DataFrame(rows)
        for name in ("interval_start", "interval_end"):
            table[name] = pandas.to_datetime(table[name])
        return table

    return frame


#: Ways to a table in Python; each prepares, and returns what is measured.
WAYS = {"read().to_arrow()": to_arrow, "read().to_pandas()": to_pandas, "SDK and pandas": sdk}


def totals(table: Any) -> list[int]:
    """Rows, and the sum of counts, of a pyarrow.Table or a pandas.DataFrame."""
    if hasattr(table, "num_rows"):
        table = table.select(["count"]).to_pandas()
    return [len(table), int(table["count"].sum())]


def run(way: str, path: str) -> None:
    """Runs one way, and prints seconds, megabytes, and the totals."""
    work = WAYS[way](path)
    start = time.perf_counter()
    table = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak, totals(table)]))


def in_python(way: str, path: Path) -> tuple[float, float, list[int]]:
    command = [sys.executable, __file__, str(path), "--way", way]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, peak, found = json.loads(done.stdout)
    return seconds, peak, found


def command_line(gcagg: Path, path: Path, out: Path) -> tuple[float, float, list[int]]:
    import pyarrow.ipc

    start = time.perf_counter()
    child = subprocess.Popen([gcagg, "convert", "-q", path, "-o", out])
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"{gcagg} ended with {os.waitstatus_to_exitcode(status)}")
    with pyarrow.ipc.open_file(out) as table:
        return seconds, usage.ru_maxrss / 1024, totals(table.read_all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gcagg", type=Path, default=ROOT / "target/release/gcagg")
    parser.add_argument("--no-sdk", action="store_true")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        run(arguments.way, str(arguments.file))
        return
    ways = list(WAYS) if importlib.util.find_spec(SDK) and not arguments.no_sdk else list(WAYS)[:2]
    figures: dict[str, list[tuple[float, float, list[int]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            done = command_line(arguments.gcagg, arguments.file, Path(folder, "table.arrow"))
            figures.setdefault("convert -o x.arrow", []).append(done)
            for way in ways:
                figures.setdefault(way, []).append(in_python(way, arguments.file))
    found = {tuple(totals) for runs in figures.values() for _, _, totals in runs}
    if len(found) > 1:
        sys.exit(f"the tables differ: {found}")
    show(figures, arguments.file.stat().st_size)


def show(figures: dict[str, list[tuple[float, float, list[int]]]], size: int) -> None:
    """Prints a Markdown table; ratios are medians of those within each round."""
    base = [seconds for seconds, _, _ in figures["convert -o x.arrow"]]
    rows = next(iter(figures.values()))[0][2][0]
    print(f"{size / 1e6:.1f} MB, {rows:,} rows, {len(base)} rounds, {os.cpu_count()} cores\n")
    print("| | seconds | times the command line | peak MB |\n|---|---:|---:|---:|")
    for name, runs in figures.items():
        seconds = statistics.median(it[0] for it in runs)
        ratio = statistics.median(it[0] / one for it, one in zip(runs, base))
        print(f"| {name} | {seconds:.3f} | {ratio:.2f} | {statistics.median(it[1] for it in runs):,.0f} |")
    if "SDK and pandas" in figures:
        pairs = zip(figures["SDK and pandas"], figures["read().to_pandas()"])
        times = statistics.median(slow[0] / fast[0] for slow, fast in pairs)
        print(f"\nread().to_pandas() is {times:.0f} times as fast as the SDK and pandas.")


if __name__ == "__main__":
    main()
