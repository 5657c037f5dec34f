"""The data source against the CSV of the command line, cell for cell."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import gcagg.spark
import pytest
from against_csv import AGGREGATES, SAMPLES, SUMMARIES, Convert, Load, assert_same
from pyspark.errors import AnalysisException, PythonException

DIMS = "mediaType,queueId"
DAY = str(SAMPLES / "queue-day.json")


def document(queue: str, elements: int = 1) -> dict[str, Any]:
    """The response of a sample, repeated for several queues."""
    results = json.loads(Path(DAY).read_text())["results"]
    groups = [
        {**one, "group": {**one["group"], "queueId": f"{queue}-{number}-{index}"}}
        for number in range(elements)
        for index, one in enumerate(results)
    ]
    return {"results": groups}


@pytest.fixture(scope="module")
def large(folder: Path) -> Path:
    """One response of 24 copies of a day, about 1 MB."""
    path = folder / "large.json"
    path.write_text(json.dumps(document("large", 24), indent=1))
    return path


@pytest.fixture(scope="module")
def many(folder: Path) -> Path:
    """Forty small files, every fourth compressed."""
    path = folder / "many"
    path.mkdir()
    for number in range(40):
        text = json.dumps(document(f"small-{number:02}"))
        if number % 4:
            (path / f"{number:02}.json").write_text(text)
        else:
            (path / f"{number:02}.json.gz").write_bytes(gzip.compress(text.encode()))
    return path


def parts(df: Any) -> int:
    return int(df.rdd.getNumPartitions())


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_all_aggregates_are_as_in_the_csv(load: Load, convert: Convert, layout: str) -> None:
    expected = convert(AGGREGATES, "--layout", layout, "--allow", "T003")
    assert_same(load(AGGREGATES, layout=layout), expected)


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_summaries_are_as_in_the_csv(load: Load, convert: Convert, layout: str) -> None:
    assert_same(load(SUMMARIES, layout=layout), convert(SUMMARIES, "--layout", layout))


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({"durations": "s"}, ["--durations", "s"]),
        ({"names": str(SAMPLES / "names.csv")}, ["--names", str(SAMPLES / "names.csv")]),
        ({"source_column": "true"}, ["--source-column"]),
        ({"layout": "wide", "kpi": "true"}, ["--layout", "wide", "--kpi"]),
        ({"metric": "nO*,tHandle"}, ["--metric", "nO*,tHandle"]),
        ({"where": "mediaType=voice,email"}, ["--where", "mediaType=voice,email"]),
        (
            {"from": "2026-03-02T08:30:00Z", "until": "2026-03-02T10:00:00Z"},
            ["--from", "2026-03-02T08:30:00Z", "--until", "2026-03-02T10:00:00Z"],
        ),
        (
            {"from": "2026-03-02T10:00", "timezone": "Europe/Berlin"},
            ["--from", "2026-03-02T09:00:00Z"],
        ),
    ],
)
def test_options_are_those_of_the_command_line(
    load: Load, convert: Convert, options: dict[str, str], arguments: list[str]
) -> None:
    expected = convert([DAY], "--dims", DIMS, *arguments)
    assert expected
    assert_same(load(DAY, dims=DIMS, **options), expected)


@pytest.mark.parametrize("span", ["64m", "1"])
def test_counters_are_zero_where_another_file_or_span_has_them(
    load: Load, convert: Convert, tmp_path: Path, span: str
) -> None:
    paths: list[Path] = []
    for number, metrics in enumerate([["nOffered", "tAbandon"], ["nOffered"], ["nOffered"]]):
        day = f"2026-03-0{number + 1}T"
        interval = f"{day}08:00:00.000Z/{day}08:30:00.000Z"
        found = [{"metric": name, "stats": {"count": 4}} for name in metrics]
        results = [
            {
                "group": {"mediaType": "voice", "queueId": f"{number}-{index}"},
                "data": [{"interval": interval, "metrics": found}],
            }
            for index in range(2)
        ]
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps({"results": results}))
    names = [str(path) for path in paths]
    expected = convert(names, "--dims", DIMS, "--layout", "wide", "--kpi")
    assert [row["kpi_abandoned"] for row in expected] == ["4", "4", "0", "0", "0", "0"]
    df = load(names, dims=DIMS, layout="wide", kpi="true", spanBytes=span)
    assert_same(df, expected)
    # The driver looks at all files for the counters, also where the columns are given.
    chosen = load(names, "kpi_abandoned long", dims=DIMS, layout="wide", kpi="true")
    assert [row[0] for row in chosen.collect()] == [4, 4, 0, 0, 0, 0]


def test_the_schema_of_the_long_layout(load: Load) -> None:
    figures = "decimal(38,18)"
    assert load(DAY, dims=DIMS).schema.simpleString() == (
        "struct<mediaType:string,queueId:string,interval_start:timestamp,interval_end:timestamp,metric:string,"
        f"view:string,qualifier:string,count:bigint,sum:{figures},min:{figures},max:{figures},ratio:double,"
        f"numerator:bigint,denominator:bigint,target:double,current:double,p95:{figures},p99:{figures},"
        "countNegative:bigint,countPositive:bigint,calculatedMetricValue:double>"
    )


def test_the_schema_with_dims_does_not_depend_on_the_files(load: Load, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"results": []}')
    df = load(empty, dims="queueId,zzz")
    assert df.columns[:3] == ["queueId", "zzz", "interval_start"]
    assert df.count() == 0 and parts(df) == 1
    assert load(DAY, dims="queueId,zzz").schema == df.schema


@pytest.mark.parametrize("span", ["10m", "400k", "60k", "1"])
def test_a_large_file_is_read_by_many_tasks(
    load: Load, convert: Convert, large: Path, span: str
) -> None:
    df = load(large, dims=DIMS, spanBytes=span)
    assert parts(df) >= {"10m": 1, "400k": 2, "60k": 10, "1": 24}[span]
    if span == "10m":
        assert parts(df) == 1
    assert_same(df, convert([str(large)]))


def test_spans_in_the_wide_layout(load: Load, convert: Convert, large: Path) -> None:
    assert_same(
        load(large, layout="wide", spanBytes="100k"), convert([str(large)], "--layout", "wide")
    )


def test_spans_name_their_file(load: Load, large: Path) -> None:
    df = load(large, dims=DIMS, spanBytes="100k", source_column="true")
    assert [row.source for row in df.select("source").distinct().collect()] == [str(large)]


def test_small_files_share_tasks(load: Load, convert: Convert, many: Path) -> None:
    expected = convert([str(many)])
    for options, tasks in (
        ({}, 1),
        ({"maxPartitionBytes": "2m"}, 6),
        ({"maxPartitionBytes": "1"}, 40),
    ):
        df = load(many, dims=DIMS, **options)
        assert parts(df) == tasks
        assert_same(df, expected)


def test_folders_patterns_and_lists(load: Load, many: Path) -> None:
    rows = load(many, dims=DIMS).count()
    assert rows == 40 * 303
    assert load(many / "*.json*", dims=DIMS).count() == rows
    assert load(f"file://{many}", dims=DIMS).count() == rows
    some = load([str(many / "00.json.gz"), str(many / "1?.json")], dims=DIMS)
    assert some.count() == (1 + 8) * 303
    assert load("samples/queue-day.json", dims=DIMS).count() == 303


def test_the_surveyed_columns_are_those_of_all_files(load: Load, tmp_path: Path) -> None:
    for name, group in ("a", {"queueId": "1"}), ("b", {"userId": "2"}):
        bucket = {
            "interval": "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            "metrics": [{"metric": f"n{name}", "stats": {"count": 1}}],
        }
        (tmp_path / f"{name}.json").write_text(
            json.dumps({"results": [{"group": group, "data": [bucket]}]})
        )
    long = load(tmp_path, allow="G002,M004")
    assert long.columns[:2] == ["queueId", "userId"]
    assert [tuple(row) for row in long.select("queueId", "userId", "count").collect()] == [
        ("1", None, 1),
        (None, "2", 1),
    ]
    wide = load(tmp_path, layout="wide", allow="G002,M004")
    assert [tuple(row) for row in wide.select("na_count", "nb_count").collect()] == [
        (1, None),
        (None, 1),
    ]


def test_a_schema_chooses_columns_by_name(load: Load, convert: Convert) -> None:
    df = load(
        DAY, schema="count bigint, sum decimal(38,18), queueId string, interval_start timestamp"
    )
    expected = [{name: row[name] for name in df.columns} for row in convert([DAY])]
    assert_same(df, expected)
    # A name that no column has would be null in every row.
    with pytest.raises(AnalysisException, match="unknown column `nowhere`; the columns are media"):
        load(DAY, schema="queueId string, nowhere string").count()


def test_columns_chooses_columns_by_name(load: Load) -> None:
    df = load(DAY, dims=DIMS, columns="metric,count,queueId")
    assert df.schema.simpleString() == "struct<metric:string,count:bigint,queueId:string>"
    assert df.count() == 303
    wide = load(DAY, layout="wide", columns="queueId,nOffered_count")
    assert wide.schema.simpleString() == "struct<queueId:string,nOffered_count:bigint>"
    with pytest.raises(
        AnalysisException, match="unknown column `nope`; the columns are mediaType, queueId"
    ):
        load(DAY, dims=DIMS, columns="nope")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("queueId string, count int", "column `count` cannot be int: the types are string, bigint"),
        (
            "queueId string, count double",
            "column `count` is bigint, but the schema declares double",
        ),
        (
            "queueId string, sum decimal(18,4)",
            r"column `sum` is decimal\(38,18\), but the schema declares decimal\(18,4\)",
        ),
        ("nope string, none string", "unknown column `nope`; the columns are mediaType, queueId"),
        ("id string, metric string", "unknown column `id`; the columns are mediaType, queueId"),
    ],
)
def test_a_schema_that_does_not_fit_is_an_error(load: Load, schema: str, message: str) -> None:
    with pytest.raises((AnalysisException, PythonException), match=message):
        load(DAY, schema=schema).collect()


def test_a_file_of_the_other_dialect_is_an_error(load: Load) -> None:
    with pytest.raises(PythonException, match="summary-flat.json: no column interval_start"):
        load(SUMMARIES, dims=DIMS).collect()


def test_without_inputs(load: Load, tmp_path: Path) -> None:
    with pytest.raises(AnalysisException, match="in this folder"):
        load(tmp_path, dims=DIMS).collect()
    with pytest.raises(AnalysisException, match="s3a://exports/ is no path in a file system"):
        load("s3a://exports/", dims=DIMS).collect()
    with pytest.raises(AnalysisException, match="no path was given"):
        load([], dims=DIMS).collect()
    with pytest.raises((AnalysisException, PythonException), match="nowhere.json"):
        load(tmp_path / "nowhere.json", dims=DIMS).collect()


def test_limit_stops_early(load: Load, many: Path) -> None:
    df = load(many, dims=DIMS, maxPartitionBytes="1")
    assert len(df.limit(3).collect()) == 3
    assert len(df.take(400)) == 400


def test_a_new_session_needs_its_own_registration(spark: Any) -> None:
    other = spark.newSession()
    sessions = spark._jvm.org.apache.spark.sql.SparkSession
    with pytest.raises(Exception, match="DATA_SOURCE_NOT_FOUND"):
        other.read.format("gcagg").load(DAY)
    # Spark looks for the name in the session that is active.
    sessions.setActiveSession(other._jsparkSession)
    try:
        other.dataSource.register(gcagg.spark.Source)
        other.dataSource.register(gcagg.spark.Source)
        assert other.read.format("gcagg").option("dims", DIMS).load(DAY).count() == 303
    finally:
        sessions.setActiveSession(spark._jsparkSession)


def test_sql_over_the_source(spark: Any) -> None:
    spark.sql(f"CREATE TEMPORARY VIEW from_sql USING gcagg OPTIONS (path '{DAY}', dims '{DIMS}')")
    rows = spark.sql(
        "SELECT mediaType, sum(count) FROM from_sql WHERE metric = 'nOffered' GROUP BY 1"
    )
    offered = {row[0]: row[1] for row in rows.collect()}
    assert offered == {"callback": 35, "email": 48, "voice": 224}
