"""Five nights, a rerun, a late day, a correction and an emptied day, by the function in docs/spark.md."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import functions as F
from test_docs import FENCE, PAGE

HOURS = range(0, 24, 5)


def export(folder: Path, name: str, day: str, scale: int, hours: range | list[int] = HOURS) -> str:
    """A night of two queues, of which one metric has a statistic that other nights lack."""
    results = []
    for queue in ("a", "b"):
        buckets = []
        for hour in hours:
            metrics: list[dict[str, Any]] = [
                {"metric": "nOffered", "stats": {"count": scale + hour}},
                {"metric": "tHandle", "stats": {"count": 2, "sum": 1500.25 * scale}},
            ]
            if scale == 3:
                metrics[1]["stats"]["p95"] = 8
            interval = f"{day}T{hour:02}:00:00.000Z/{day}T{hour:02}:30:00.000Z"
            buckets.append({"interval": interval, "metrics": metrics})
        results.append({"group": {"mediaType": "voice", "queueId": queue}, "data": buckets})
    path = folder / name
    path.write_text(json.dumps({"results": results if hours else []}))
    return str(path)


def offered(path: str) -> int:
    results = json.loads(Path(path).read_text())["results"]
    return sum(
        metric["stats"]["count"]
        for result in results
        for bucket in result["data"]
        for metric in bucket["metrics"]
        if metric["metric"] == "nOffered"
    )


def test_each_night_replaces_its_day(spark: Any, tmp_path: Path) -> None:
    blocks = [block[2] for block in FENCE.finditer(PAGE.read_text()) if "def load_night" in block[2]]
    function = blocks[0].split("table = ")[0]
    names: dict[str, Any] = {"spark": spark, "F": F}
    exec(compile(function, str(PAGE), "exec"), names)
    load = names["load_night"]
    table = str(tmp_path / "table")
    expected: Counter[str] = Counter()
    for number, (day, scale, hours) in enumerate(
        [
            ("2026-03-02", 1, HOURS),
            ("2026-03-03", 2, HOURS),
            ("2026-03-04", 0, []),
            ("2026-03-05", 3, HOURS),
            ("2026-03-07", 4, HOURS),
            # Again, late, corrected with a bucket less, and emptied.
            ("2026-03-07", 4, HOURS),
            ("2026-03-06", 5, HOURS),
            ("2026-03-03", 700, [0, 10]),
            ("2026-03-02", 0, []),
        ]
    ):
        path = export(tmp_path, f"{number}.json", day, scale, hours)
        load(path, day, table)
        expected[day] = offered(path)
        rows = spark.read.parquet(table).where("metric = 'nOffered'")
        totals = {str(row.date): row.total for row in rows.groupBy("date").agg(F.sum("count").alias("total")).collect()}
        assert totals == {day: total for day, total in expected.items() if total}
    with pytest.raises(ValueError, match="rows of another day than 2026-03-04"):
        load(export(tmp_path, "other.json", "2026-03-05", 1), "2026-03-04", table)
