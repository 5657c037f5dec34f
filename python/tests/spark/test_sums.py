"""Sums in Spark of random folders, against a simple sum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import random_exports
from against_csv import Load
from gcagg.spark import resolve_repeats


def _sums(df: Any) -> dict[str, dict[str, int]]:
    rows = df.groupBy("metric").agg({"count": "sum", "sum": "sum"}).collect()
    sums = {row["metric"]: {"count": row["sum(count)"], "sum": row["sum(sum)"]} for row in rows}
    return {
        metric: {stat: int(value) for stat, value in stats.items() if value is not None}
        for metric, stats in sums.items()
    }


@pytest.mark.parametrize("seed", range(2))
def test_spark_agrees_with_a_sum(load: Load, tmp_path: Path, seed: int) -> None:
    repeats, buckets = random_exports.write(tmp_path, seed)
    sums = random_exports.sums(buckets, merged=False)
    options = {"dims": "mediaType,queueId", "source_column": "true", "repeats": repeats}
    # Copies within a file are resolved while it is read, and those in several files afterwards.
    for size in ("1", "64m"):
        df = load(tmp_path, **options, maxPartitionBytes=size)
        assert _sums(resolve_repeats(df, repeats)) == sums  # type: ignore[arg-type]
