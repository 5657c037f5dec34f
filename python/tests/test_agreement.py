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
    repeats, sums = random_exports.write(tmp_path, seed)
    options = ["--repeats", repeats]
    for layout, kpi in [("long", False), ("wide", True)]:
        table = gcagg.read(tmp_path, layout=layout, kpi=kpi, repeats=repeats)  # type: ignore[arg-type]
        flags = ["--layout", layout, *(["--kpi"] if kpi else []), *options]
        assert_same(table, run("convert", "-q", tmp_path, *flags).stdout)
    total = gcagg.rollup(tmp_path, by=[], every="1mo", repeats=repeats)  # type: ignore[arg-type]
    rows = {row["metric"]: row for row in pa.table(total).to_pylist()}
    for metric, stats in sums.items():
        assert {stat: rows[metric][stat] for stat in stats} == stats
    page = gcagg.report(tmp_path, format="json", by="queueId", repeats=repeats)  # type: ignore[arg-type]
    ran = run("report", "-q", "--format", "json", "--by", "queueId", tmp_path, *options)
    pages = [json.loads(page), json.loads(ran.stdout)]
    for one in pages:
        del one["time"]
    assert pages[0] == pages[1]
    if "nOffered" in sums:
        assert pages[0]["totals"]["kpi_offered"]["value"] == sums["nOffered"]["count"]
