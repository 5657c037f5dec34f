"""Checks of buckets across files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ._schemas import NAMES, dimensions

# Ends of days are often written as 23:59:59, which is no gap.
_SHORT_END = "INTERVAL 1 SECOND"


def overlaps(df: DataFrame, keys: Sequence[str] | None = None) -> DataFrame:
    """Rows that would count twice: they begin before an earlier row of the same keys has ended.

    ``keys`` are by default the dimensions and ``metric``, ``view`` and ``qualifier``. The result
    has the keys, ``interval_start`` and ``interval_end``, and ``other_start`` and ``other_end`` of
    the earlier row; with ``source_column`` also ``source`` and ``other_source``.
    """
    names = dimensions(df.columns)
    names += [name for name in NAMES if name in df.columns]
    keys = names if keys is None else list(keys)
    source = ["source"] if "source" in df.columns else []
    earlier = (
        _by(keys)
        .orderBy("interval_start", "interval_end", *source)
        .rowsBetween(Window.unboundedPreceding, -1)
    )
    other = F.struct("interval_end", "interval_start", *source)
    return (
        _timed(df)
        .withColumn("other", F.max(other).over(earlier))
        .where(F.col("interval_start") < F.col("other.interval_end"))
        .select(
            *keys,
            "interval_start",
            "interval_end",
            F.col("other.interval_start").alias("other_start"),
            F.col("other.interval_end").alias("other_end"),
            *source,
            *(F.col("other.source").alias("other_source") for _ in source),
        )
    )


def resolve_repeats(df: DataFrame, repeats: Literal["same", "last"]) -> DataFrame:
    """The rows of ``df`` that count where several files have one bucket, as ``--repeats`` of the
    command line counts them. ``df`` has the long layout and the column ``source``; files are in the
    order of their names.

    With ``"same"``, equal rows count once, and rows with different figures end the query with an
    error (``R003``) that names both files. With ``"last"``, the bucket of the last file counts.
    """
    if repeats not in ("same", "last"):
        raise ValueError(f"gcagg: repeats: expected same or last, not `{repeats}`")
    if "source" not in df.columns:
        raise ValueError("gcagg: the data frame has no column source: set source_column to true")
    bucket = [*dimensions(df.columns), "interval_start", "interval_end"]
    row = bucket + [name for name in NAMES if name in df.columns]
    if repeats == "last":
        later = F.max("source").over(Window.partitionBy(*row)) > F.col("source")
        replaced = F.max("later").over(Window.partitionBy(*bucket, "source"))
        rows = df.withColumn("later", later).withColumn("replaced", replaced)
        return rows.where("NOT replaced").drop("later", "replaced")
    figures = F.struct(*(name for name in df.columns if name not in (*row, "source")))
    copies = Window.partitionBy(*row)
    places = F.concat_ws(" and ", F.min("source").over(copies), F.max("source").over(copies))
    message = F.concat(F.lit("gcagg: R003: a bucket has different figures in "), places)
    differ = ~F.min(figures).over(copies).eqNullSafe(F.max(figures).over(copies))
    first = F.row_number().over(copies.orderBy("source"))
    rows = df.withColumn("copy", F.when(differ, F.raise_error(message).cast("int")).otherwise(first))
    return rows.where("copy = 1").drop("copy")


def gaps(
    df: DataFrame,
    keys: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> DataFrame:
    """Times without any row of the same keys, from ``gap_start`` to ``gap_end``.

    ``keys`` are by default the dimensions; with ``[]`` a gap is a time without any row at all.
    ``since`` and ``until`` also find what is missing before the first row and after the last.
    A second is no gap.
    """
    keys = dimensions(df.columns) if keys is None else list(keys)
    rows = _timed(df).select(*keys, "interval_start", "interval_end").distinct()
    edges = [_edge(rows, keys, time) for time in (since, until) if time is not None]
    if since is not None:
        rows = rows.where(F.col("interval_end") > F.lit(since))
    if until is not None:
        rows = rows.where(F.col("interval_start") < F.lit(until))
    for edge in edges:
        rows = rows.unionByName(edge)
    earlier = (
        _by(keys)
        .orderBy("interval_start", "interval_end")
        .rowsBetween(Window.unboundedPreceding, -1)
    )
    return (
        rows.withColumn("gap_start", F.max("interval_end").over(earlier))
        .where(F.col("interval_start") > F.col("gap_start") + F.expr(_SHORT_END))
        .select(*keys, "gap_start", F.col("interval_start").alias("gap_end"))
    )


def _edge(rows: DataFrame, keys: list[str], time: datetime) -> DataFrame:
    """A row without length at this time, for each value of the keys."""
    groups = rows.select(*keys).distinct() if keys else rows.sparkSession.range(1).select()
    return groups.select(
        "*", F.lit(time).alias("interval_start"), F.lit(time).alias("interval_end")
    )


def _timed(df: DataFrame) -> DataFrame:
    if "interval_start" not in df.columns or "interval_end" not in df.columns:
        raise ValueError("gcagg: the data frame has no columns interval_start and interval_end")
    return df.where("interval_start IS NOT NULL AND interval_end IS NOT NULL")


def _by(keys: Sequence[str]) -> Any:
    return Window.partitionBy(*keys) if keys else Window.partitionBy(F.lit(0))
