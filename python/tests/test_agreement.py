"""Tables, roll-ups and reports of random folders, against the command line and a simple sum."""

from __future__ import annotations

import json
from pathlib import Path

import gcagg
import pyarrow as pa
import pytest
import random_exports
from oracle import assert_same, run


@pytest.mark.filterwarnings("ignore::gcagg.DataWarning")
@pytest.mark.parametrize("seed", range(12))
def test_python_agrees_with_the_command_line_and_a_sum(tmp_path: Path, seed: int) -> None:
    repeats, buckets = random_exports.write(tmp_path, seed)
    options = ["--repeats", repeats]
    for layout, kpi in [("long", False), ("wide", True)]:
        table = gcagg.read(tmp_path, layout=layout, kpi=kpi, repeats=repeats)  # type: ignore[arg-type]
        flags = ["--layout", layout, *(["--kpi"] if kpi else []), *options]
        assert_same(table, run("convert", "-q", tmp_path, *flags).stdout)
    zone = "Europe/Berlin"
    total = gcagg.rollup(tmp_path, by=[], every="1d", timezone=zone, repeats=repeats)  # type: ignore[arg-type]
    rows = pa.table(total).to_pylist()
    days = random_exports.by_day(buckets, zone)
    assert {row["interval_start"] for row in rows} == set(days)
    for start, of_day in days.items():
        found = {row["metric"]: row for row in rows if row["interval_start"] == start}
        for metric, stats in random_exports.sums(of_day, merged=True).items():
            assert {stat: found[metric][stat] for stat in ("count", "sum")} == {"count": None, "sum": None} | stats
    page = gcagg.report(tmp_path, format="json", by="queueId", repeats=repeats)  # type: ignore[arg-type]
    ran = run("report", "-q", "--format", "json", "--by", "queueId", tmp_path, *options)
    pages = [json.loads(page), json.loads(ran.stdout)]
    for one in pages:
        del one["time"]
    assert pages[0] == pages[1]
    sums = random_exports.sums(buckets, merged=True)
    for metric, figure in [("nOffered", "kpi_offered"), ("tHandle", "kpi_handled")]:
        if count := sums[metric].get("count"):
            assert pages[0]["totals"][figure]["value"] == count
