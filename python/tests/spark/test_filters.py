"""Filters of queries that are pushed down into the reader."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import gcagg.spark
import pytest
from against_csv import SAMPLES, Load
from pyspark.errors import PySparkException
from pyspark.sql import datasource as ds
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType, TimestampType

DIMS = "mediaType,queueId"
DAY = str(SAMPLES / "queue-day.json")
SETTING = "spark.sql.python.filterPushdown.enabled"
NOON = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


@pytest.fixture()
def pushdown(spark: Any) -> Iterator[None]:
    spark.conf.set(SETTING, "true")
    yield
    spark.conf.set(SETTING, "false")


def reader(load: Load, **options: str) -> Any:
    """A reader that takes filters, outside of Spark."""
    options = {"dims": DIMS, "path": DAY, "pushFilters": "true", **options}
    source = gcagg.spark.Source(options)
    return source.reader(source.schema())


def rows(one: Any) -> list[dict[str, Any]]:
    return [
        row for part in one.partitions() for batch in one.read(part) for row in batch.to_pylist()
    ]


START = ("interval_start",)
CASES = [
    # A filter, whether Spark need not check it again, and what it means.
    (ds.EqualTo(("mediaType",), "email"), True, lambda row: row["mediaType"] == "email"),
    (
        ds.In(("mediaType",), ("email", "voice", "none")),
        True,
        lambda row: row["mediaType"] in ("email", "voice"),
    ),
    (ds.EqualTo(("metric",), "nOffered"), False, lambda row: row["metric"] == "nOffered"),
    (
        ds.In(("metric",), ("nOffered", "tHandle")),
        False,
        lambda row: row["metric"] in ("nOffered", "tHandle"),
    ),
    (ds.GreaterThanOrEqual(START, NOON), True, lambda row: row["interval_start"] >= NOON),
    (ds.LessThan(START, NOON), True, lambda row: row["interval_start"] < NOON),
    (ds.GreaterThan(START, NOON), False, lambda row: row["interval_start"] >= NOON),
    (ds.LessThanOrEqual(START, NOON), False, lambda row: row["interval_start"] <= NOON),
    (ds.EqualTo(("mediaType",), ""), False, lambda row: True),
    (ds.EqualTo(("metric",), "n*"), False, lambda row: True),
    (ds.EqualTo(("count",), 3), False, lambda row: True),
    (ds.GreaterThan(("count",), 3), False, lambda row: True),
    (ds.IsNotNull(("mediaType",)), False, lambda row: True),
    (ds.Not(ds.EqualTo(("mediaType",), "email")), False, lambda row: True),
    (ds.StringStartsWith(("mediaType",), "em"), False, lambda row: True),
    (ds.EqualTo(("interval_end",), NOON), False, lambda row: True),
]


@pytest.mark.parametrize(
    ("condition", "exact", "keeps"), CASES, ids=[str(case[0]) for case in CASES]
)
def test_a_filter_leaves_the_rows_that_it_means(
    load: Load, condition: Any, exact: bool, keeps: Any
) -> None:
    everything = rows(reader(load))
    one = reader(load)
    assert list(one.pushFilters([condition])) == ([] if exact else [condition])
    expected = [row for row in everything if keeps(row)]
    assert rows(one) == expected and expected


def test_filters_are_joined_and_options_stay(load: Load) -> None:
    conditions = [
        ds.EqualTo(("mediaType",), "voice"),
        ds.EqualTo(("mediaType",), "email"),
        ds.GreaterThanOrEqual(START, NOON),
        ds.GreaterThanOrEqual(START, NOON),
    ]
    one = reader(load)
    # What was set once is not set again: Spark checks the second of each kind.
    assert list(one.pushFilters(conditions)) == [conditions[1], conditions[3]]
    assert {row["mediaType"] for row in rows(one)} == {"voice"}
    one = reader(load, where="mediaType=email", **{"from": "2026-03-02T10:00:00Z"})
    assert list(one.pushFilters(conditions)) == conditions
    assert {row["mediaType"] for row in rows(one)} == {"email"}


def test_columns_that_are_no_dimensions_of_their_own_are_not_pushed(load: Load) -> None:
    one = reader(load, names=str(SAMPLES / "names.csv"), source_column="true")
    conditions = [
        ds.EqualTo((name,), "x") for name in ("queue_name", "source", "view", "qualifier")
    ]
    assert list(one.pushFilters(conditions)) == conditions
    assert len(rows(one)) == 303


def test_columns_in_another_order_are_not_taken_for_dimensions(load: Load) -> None:
    names = ("metric", "view", "qualifier", "source", "_corrupt_record", "interval_start")
    schema = StructType([StructField(name, StringType()) for name in names[:-1]])
    schema.add("interval_start", TimestampType())
    source = gcagg.spark.Source({"path": DAY, "pushFilters": "true"})
    one = source.reader(schema)
    conditions = [ds.EqualTo((name,), "nOffered") for name in names[:-1]]
    assert list(one.pushFilters(conditions)) == conditions
    assert {row["metric"] for row in rows(one)} == {"nOffered"}


def test_spark_checks_all_filters_where_rejects_are_rows(load: Load) -> None:
    one = reader(load, mode="PERMISSIVE")
    conditions = [ds.EqualTo(("mediaType",), "email")]
    assert list(one.pushFilters(conditions)) == conditions
    assert {row["mediaType"] for row in rows(one)} == {"email"}


def queries(df: Any) -> list[Any]:
    return [
        df.where("mediaType = 'email'"),
        df.where("mediaType IN ('email', 'callback') AND metric = 'nOffered'"),
        df.where(
            "interval_start >= '2026-03-02 09:00:00' AND interval_start < '2026-03-02 10:00:00'"
        ),
        df.where(
            "interval_start BETWEEN '2026-03-02 09:00:00' AND '2026-03-02 10:00:00' AND count > 3"
        ),
        df.where("mediaType = 'email' OR metric = 'nOffered'"),
        df.where(F.col("queueId").isNull()),
    ]


def test_queries_have_the_same_rows_with_and_without(load: Load, pushdown: None) -> None:
    expected = [query.collect() for query in queries(load(DAY, dims=DIMS))]
    assert [len(one) > 0 for one in expected] == [True, True, True, True, True, False]
    for number, rows in enumerate(expected):
        df = load(DAY, dims=DIMS, pushFilters="true")
        assert queries(df)[number].collect() == rows


def test_one_data_frame_under_several_filters(load: Load, pushdown: None) -> None:
    # Spark 4.1 to 4.3 share what was pushed among all uses of a data frame, so it is an option.
    df = load(DAY, dims=DIMS)
    email, voice = df.where("mediaType = 'email'"), df.where("mediaType = 'voice'")
    counts = (email.count(), df.count(), voice.count())
    assert counts[1] == 303 and counts[0] + counts[2] < 303
    assert email.union(voice).count() == counts[0] + counts[2]


def test_pushed_filters_are_not_checked_again(load: Load, pushdown: None) -> None:
    df = load(DAY, dims=DIMS, pushFilters="true").where(
        "mediaType = 'email' AND metric = 'nOffered'"
    )
    plan = df._jdf.queryExecution().executedPlan().toString()
    assert "metric" in plan.split("Filter")[1].split("\n")[0]
    assert "= email" not in plan


def test_it_is_an_error_to_push_filters_that_spark_does_not_give(load: Load) -> None:
    with pytest.raises(PySparkException, match="DATA_SOURCE_PUSHDOWN_DISABLED"):
        load(DAY, dims=DIMS, pushFilters="true").collect()


def test_every_kind_of_filter_is_known(load: Load) -> None:
    kinds = [
        kind for kind in vars(ds).values() if isinstance(kind, type) and issubclass(kind, ds.Filter)
    ]
    for kind in set(kinds) - {ds.Filter, ds.Not}:
        values = {"attribute": ("mediaType",), "value": "email"}
        condition = kind(*(values[field.name] for field in dataclasses.fields(kind)))
        assert len(list(reader(load).pushFilters([condition]))) in (0, 1)
