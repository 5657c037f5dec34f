"""Files that Spark has loaded, as in Spark 3.5."""

from __future__ import annotations

import json
from typing import Any

import pytest
from against_csv import AGGREGATES, SAMPLES, Convert, assert_same
from gcagg.spark import map_in_arrow
from pyspark.errors import PythonException

DIMS = ["mediaType", "queueId"]
DAY = str(SAMPLES / "queue-day.json")


def binary(spark: Any, paths: Any) -> Any:
    return spark.read.format("binaryFile").load(paths)


def test_rows_are_as_in_the_csv(spark: Any, convert: Convert) -> None:
    for path in AGGREGATES:
        dims = list(convert([path])[0])
        dims = dims[: dims.index("interval_start")]
        assert_same(map_in_arrow(binary(spark, path), dims=dims), convert([path]))


def test_several_files_share_a_task(spark: Any, convert: Convert) -> None:
    paths = [DAY, str(SAMPLES / "queue-day-2.json.gz")]
    df = map_in_arrow(binary(spark, paths).coalesce(1), dims=DIMS)
    assert df.count() == len(convert(paths))


def test_a_schema_chooses_columns_by_name(spark: Any) -> None:
    df = map_in_arrow(
        binary(spark, DAY), "count bigint, mediaType string", where={"mediaType": "email"}
    )
    assert df.schema.simpleString() == "struct<count:bigint,mediaType:string>"
    assert {row.mediaType for row in df.collect()} == {"email"}
    wide = map_in_arrow(binary(spark, DAY), "queueId string, nOffered_count bigint", layout="wide")
    assert wide.count() == 32


def test_the_source_is_the_path_of_the_file(spark: Any) -> None:
    df = map_in_arrow(binary(spark, DAY), dims=DIMS, source_column=True)
    assert [row.source for row in df.select("source").distinct().collect()] == [f"file:{DAY}"]


def test_modes(spark: Any) -> None:
    bad = binary(spark, str(SAMPLES / "bad/S001-wrong-type.json"))
    with pytest.raises(
        PythonException,
        match=r"(?s)S001-wrong-type.json:15:26.*/results/0/data/0/metrics/0/stats/count",
    ):
        map_in_arrow(bad, dims=DIMS).collect()
    assert map_in_arrow(bad, dims=DIMS, mode="DROPMALFORMED").count() == 0
    rows = map_in_arrow(bad, dims=DIMS, mode="PERMISSIVE").collect()
    assert [json.loads(row["_corrupt_record"])["diagnostics"][0]["code"] for row in rows] == [
        "S001"
    ]


def test_dims_or_a_schema_are_needed(spark: Any) -> None:
    with pytest.raises(ValueError, match="map_in_arrow needs `dims`, or a schema"):
        map_in_arrow(binary(spark, DAY))
    with pytest.raises(ValueError, match="map_in_arrow needs `dims`, or a schema"):
        map_in_arrow(binary(spark, DAY), dims=DIMS, layout="wide")
