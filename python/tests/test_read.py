"""Tables under all kinds of options, against those of the command line."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import gcagg
import pyarrow as pa
import pytest
from oracle import DAY, assert_same, flags, run

pytestmark = pytest.mark.usefixtures("at_root")

VOICE = {"mediaType": "voice"}
SKILLED = "samples/bad/G003-multivalued-dimension.json"


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (DAY, {}),
        (DAY, {"layout": "wide"}),
        (DAY, {"columns": "all"}),
        (DAY, {"columns": "all", "layout": "wide"}),
        (DAY, {"columns": ["metric", "count", "queueId", "p95"]}),
        (DAY, {"columns": "all", "dims": ["queueId", "userId", "mediaType"]}),
        (DAY, {"dims": "mediaType,queueId,userId"}),
        (DAY, {"names": "samples/names.csv"}),
        (DAY, {"names": "samples/names.csv", "layout": "wide", "source_column": True}),
        (DAY, {"durations": "s"}),
        (DAY, {"durations": "min", "layout": "wide"}),
        (DAY, {"durations": "h", "columns": "all"}),
        (DAY, {"metric": "nOffered"}),
        (DAY, {"columns": ["metric", "source", "source_sha256", "pointer"]}),
        (DAY, {"columns": "all,pointer", "layout": "wide"}),
        (DAY, {"metric": ["t*", "nOffered"]}),
        (DAY, {"where": VOICE}),
        (DAY, {"where": {"mediaType": ["voice", "email"], "queueId": "424b1fee-9709-4315-85d9-5954058b4714"}}),
        (DAY, {"from_": "2026-03-02T09:00:00Z"}),
        (DAY, {"until": "2026-03-02T09:00:00Z"}),
        (DAY, {"from_": "2026-03-02T10:00", "until": "2026-03-02T11:30", "timezone": "Europe/Berlin"}),
        (DAY, {"sort": "count:desc,queueId,interval_start,metric", "limit": 20}),
        (DAY, {"sort": ["metric", "interval_start:desc"], "layout": "long"}),
        (DAY, {"limit": 7}),
        (DAY, {"limit": 0}),
        (DAY, {"kpi": True, "layout": "wide"}),
        (DAY, {"kpi": True, "layout": "wide", "absent_zero": True, "durations": "s"}),
        (DAY, {"metric": "nothing*"}),
        ("samples/views.json", {}),
        ("samples/views.json", {"layout": "wide", "durations": "s"}),
        ("samples/user-presence.json", {}),
        ("samples/user-presence.json", {"layout": "wide", "names": "samples/names.csv"}),
        ("samples/bot.json", {}),
        ("samples/evaluation.json", {}),
        ("samples/flow.json", {}),
        ("samples/survey.json", {}),
        ("samples/python-sdk.json", {}),
        ("samples/nightly.ndjson", {}),
        ("samples/queue-day-2.json.gz", {"layout": "wide"}),
        ("samples/async-page-*.json", {"source_column": True}),
        ("samples/summary-flat.json", {}),
        ("samples/summary-grouped.json", {"durations": "min"}),
        ("samples/summary-grouped.json", {"layout": "wide"}),
        (SKILLED, {}),
        ("samples/bad/F005-no-data.json", {"columns": "all", "dims": "queueId"}),
        ("samples/bad/S003-unknown-property.json", {}),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::gcagg.DataWarning")
def test_the_table_is_that_of_the_command_line(source: str, options: dict[str, Any]) -> None:
    text = run("convert", source, *flags(options)).stdout
    assert_same(gcagg.read(source, **options), text)
    assert_same(gcagg.read(source, types="plain", **options), text)


def test_decimals_keep_their_digits() -> None:
    sums = ["70430555", "0.1", "9007199254740993.25", "-3"]
    metrics = ",".join(f'{{"metric":"t{index}","stats":{{"sum":{sum}}}}}' for index, sum in enumerate(sums))
    bucket = f'{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{metrics}]}}'
    document = f'{{"results":[{{"group":{{}},"data":[{bucket}]}}]}}'.encode()
    column = gcagg.read(document).to_arrow().column("sum")
    assert column.type == pa.decimal128(column.type.precision, 2)
    assert [str(value) for value in column.to_pylist()] == ["70430555.00", "0.10", "9007199254740993.25", "-3.00"]


def test_the_time_of_the_run_is_an_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    table = gcagg.read(DAY, columns=["metric", "loaded_at"]).to_arrow()
    times = table["loaded_at"].unique().to_pylist()
    assert len(times) == 1
    assert before <= times[0] <= datetime.now(timezone.utc)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772438400")
    table = gcagg.read(DAY, columns="all,loaded_at", dims="queueId").to_arrow()
    assert table["loaded_at"].unique().to_pylist() == [datetime(2026, 3, 2, 8, tzinfo=timezone.utc)]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "now")
    with pytest.raises(gcagg.UsageError, match="SOURCE_DATE_EPOCH=now"):
        gcagg.read(DAY, columns=["loaded_at"])


def test_one_name_is_a_list_of_one() -> None:
    assert gcagg.read(DAY, metric="nOffered").rows == gcagg.read(DAY, metric=["nOffered"]).rows == 32
    assert gcagg.read(DAY, metric="nOffered, tHandle").rows == 64


def test_text_as_the_command_line_takes_it() -> None:
    for order, descending in (("count:asc", False), ("count:ASC", False), ("count:DESC", True), (" count:desc", True)):
        counts = [row["count"] for row in gcagg.read(DAY, metric="nOffered", sort=order)]
        assert len(counts) > 1 and counts == sorted(counts, reverse=descending)
    names = gcagg.read(DAY, columns=" queueId,metric", sort="metric,queueId").schema.names
    assert names == ["queueId", "metric"]
    pairs: list[tuple[Any, Any]] = [
        ("mediaType=voice", {"mediaType": "voice"}),
        ("mediaType=voice, email", {"mediaType": ["voice", "email"]}),
        (["mediaType=voice", "userId="], {"mediaType": "voice", "userId": None}),
    ]
    for text, mapping in pairs:
        assert gcagg.read(DAY, where=text).to_arrow() == gcagg.read(DAY, where=mapping).to_arrow()
    levels = gcagg.validate("samples/bad", select="T,S001")
    assert {finding.code for finding in levels} >= {"S001", "T001"}
    assert levels == gcagg.validate("samples/bad", select=["T", "S001"])


def test_a_value_may_have_a_comma() -> None:
    document = {"results": [{"group": {"flowName": "a,b"}, "data": []}, {"group": {"flowName": "a"}, "data": []}]}
    for container in document["results"]:
        container["data"] = json.loads(Path(DAY).read_text())["results"][0]["data"][:1]  # type: ignore[assignment]
    names = gcagg.read(document, where={"flowName": "a,b"}).to_arrow().column("flowName").to_pylist()
    assert set(names) == {"a,b"}


def test_none_is_for_groups_without_the_dimension() -> None:
    first, second = json.loads(Path(DAY).read_text())["results"][:2]
    del second["group"]["mediaType"]
    document = {"results": [first, second]}
    rows = {value: gcagg.read(document, where={"mediaType": value}).rows for value in ("voice", None)}
    assert all(rows.values())
    assert gcagg.read(document, where={"mediaType": ["voice", None]}).rows == sum(rows.values())


def test_options_that_are_none_are_absent() -> None:
    none: dict[str, Any] = dict.fromkeys(["layout", "columns", "dims", "limit", "where", "sort", "durations"])
    assert gcagg.read(DAY, **none).to_arrow() == gcagg.read(DAY).to_arrow()


def test_any_iterable_of_names_will_do() -> None:
    table = gcagg.read(DAY, columns=(name for name in ("metric", "count")), metric={"nOffered"})  # type: ignore[arg-type]
    assert table.schema.names == ["metric", "count"]
    assert table.rows == 32


def test_times_may_be_dates_and_datetimes() -> None:
    nine = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    assert gcagg.read(DAY, from_=nine).rows == gcagg.read(DAY, from_="2026-03-02T09:00:00Z").rows == 210
    # Without an offset it is local to the time zone: all of these are from eight o'clock.
    assert gcagg.read(DAY, from_=datetime(2026, 3, 2, 9), timezone="Europe/Berlin").rows == 303
    assert gcagg.read(DAY, from_=date(2026, 3, 2), until=date(2026, 3, 3)).rows == 303
    assert gcagg.read(DAY, until=datetime(2026, 3, 2, 8, 1)).rows == 44


def test_levels_of_findings() -> None:
    gap = "samples/bad/T004-gap.json"
    codes = lambda **levels: {finding.code for finding in gcagg.validate(gap, **levels)}  # noqa: E731
    assert codes() == {"T004"}
    assert codes(allow="gap") == codes(ignore="T") == codes(select=["warnings"]) == set()
    assert gcagg.validate(gap, warn="T004")[0].severity == "warning"
    assert not gcagg.validate(gap, deny="T004").ok
    with pytest.raises(gcagg.DataError, match=r"error\[T004\]"):
        gcagg.read(gap, deny="T004")
    assert gcagg.read(gap, select="warnings").findings == []


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_the_number_of_threads_changes_nothing(large: Path, threads: int) -> None:
    table = gcagg.read(large, threads=threads)
    assert table.to_arrow() == gcagg.read(large).to_arrow()


def test_the_schema_does_not_depend_on_the_data() -> None:
    fixed = gcagg.schema_of(dims=["mediaType", "queueId"])
    for source in (DAY, "samples/views.json", {"results": []}):
        table = gcagg.read(source, columns="all", dims=["mediaType", "queueId"])
        assert table.schema == fixed
        assert pa.schema(table.schema) == pa.schema(fixed)
    assert fixed != gcagg.schema_of(dims=["mediaType", "queueId"], types="plain")


def test_columns_have_types_and_units() -> None:
    schema = gcagg.read(DAY, layout="wide", metric="tHandle", durations="s", source_column=True).schema
    assert schema[0] == gcagg.Column("source", "text", None)
    assert schema[3:] == [
        gcagg.Column("interval_start", "timestamp", None),
        gcagg.Column("interval_end", "timestamp", None),
        gcagg.Column("tHandle_count", "integer", None),
        gcagg.Column("tHandle_sum", "decimal", "s"),
        gcagg.Column("tHandle_min", "decimal", "s"),
        gcagg.Column("tHandle_max", "decimal", "s"),
    ]
    assert len(schema) == len(schema.names) == 9
    assert "\n  tHandle_sum: decimal [s]\n" in repr(schema)
    assert pa.schema(schema).field("tHandle_sum").metadata == {b"unit": b"s"}


def test_dimensions_without_a_column_are_warned_of() -> None:
    with pytest.warns(gcagg.DataWarning, match="no column: mediaType, queueId") as caught:
        gcagg.read(DAY, dims="userId")
    assert caught[0].filename == __file__


def metric(**stats: str) -> bytes:
    """A response of one figure, with these literals."""
    figures = ",".join(f'"{name}":{literal}' for name, literal in stats.items())
    bucket = '{"interval":"2026-03-02T08:00:00Z/2026-03-02T08:30:00Z","metrics":[{"metric":"tHandle","stats":{%s}}]}'
    return ('{"results":[{"group":{"mediaType":"voice"},"data":[' + bucket % figures + "]}]}").encode()


def test_statistics_without_a_column_are_warned_of() -> None:
    source = metric(count="2", p50="5")
    with pytest.warns(gcagg.DataWarning) as caught:
        gcagg.read(source, columns="all", dims="mediaType")
    texts = [str(warning.message) for warning in caught]
    assert texts[0] == (
        'warning[S003]: columns="all" has no column for these statistics: p50 (1 value)\n'
        '  help: add them: columns="all,p50"'
    )
    # The finding does not know the columns.
    assert 'with columns="all", name it: columns="all,p50"' in texts[1] and len(texts) == 2
    with pytest.warns(gcagg.DataWarning) as caught:
        table = gcagg.read(source, columns="all,p50")
    assert table.columns[-1] == "p50" and "has no column" not in "".join(str(it.message) for it in caught)


def test_warnings_about_names_are_those_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,name\nx,X\n")
    with pytest.warns(gcagg.DataWarning, match="^names has no name for any id of these inputs$"):
        gcagg.read(DAY, names=tmp_path / "names.csv")


@pytest.mark.filterwarnings("ignore::gcagg.DataWarning")
def test_numbers_of_rows_keep_their_digits() -> None:
    long = "123456789012345678901234567890123456789"
    for literal in ("1e400", "-1e400", long, "1e-400", "0.1234567890123456789012345678901234567891"):
        [row] = gcagg.read(metric(count="2", sum=literal, ratio=literal, max="0.25"))
        assert (row["count"], type(row["count"]), row["max"]) == (2, int, Decimal("0.25"))
        for name in ("sum", "ratio"):
            assert row[name] == Decimal(literal) and str(row[name]) in (str(Decimal(literal)), literal), (name, row)
    [row] = gcagg.read(metric(ratio="0.1", target="1e39", sum="100.0", current="3"))
    assert (row["ratio"], row["target"], row["current"]) == (0.1, 1e39, 3.0)
    assert all(type(row[name]) is float for name in ("ratio", "target", "current"))
    assert type(row["sum"]) is int
    # A statistic that the API does not have is text.
    [row] = gcagg.read(metric(count="1", p50="1e5", flag="true"))
    assert (row["p50"], row["flag"]) == ("1e5", "true")


def test_a_number_that_no_column_has_is_bad_data() -> None:
    source = metric(count="2", sum="1e400")
    table = gcagg.read(source)
    for frame in (table.to_arrow, table.to_pandas, table.to_polars):
        with pytest.raises(gcagg.DataError, match=r"error\[S006\] <bytes>:1:\d+: column `sum` .*1e400 does not fit") as caught:
            frame()
        assert caught.value.findings[0].pointer == "/results/0/data/0/metrics/0/stats/sum"
        assert caught.value.help == (
            'correct the figure; skip its bucket: on_error="skip"; '
            "or choose a format that keeps every digit: for row in table"
        )
    with pytest.raises(Exception, match="column `sum` .*1e400 does not fit(.|\n)*help: correct the figure"):
        pa.table(table)
    with pytest.warns(gcagg.DataWarning, match=r"left out: error\[S006\]"):
        kept = gcagg.read([source, DAY], on_error="skip")
    assert kept.rows == kept.to_arrow().num_rows == len(list(kept)) == 303
    assert [reject["unit"] for reject in kept.rejects] == ["bucket"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "nOfered"}, "metric nOfered matches no metric.*\n.*did you mean `nOffered`"),
        ({"where": {"mediaType": "voise"}}, "where mediaType=voise matches no group.*\n.*did you mean `voice`"),
        ({"from_": date(2026, 3, 3)}, "from_ 2026-03-03.* is after every bucket"),
    ],
)
def test_filters_that_match_nothing_are_warned_of(options: dict[str, Any], message: str) -> None:
    with pytest.warns(gcagg.DataWarning, match=message) as caught:
        table = gcagg.read(DAY, **options)
    assert table.rows == 0
    assert caught[0].filename == __file__
    assert "U001" in {finding.code for finding in table.findings}


def test_rows_count_those_of_the_table() -> None:
    table = gcagg.read(DAY, limit=5)
    assert table.rows == table.to_arrow().num_rows == 5
    assert repr(table) == "<gcagg.Table: 5 rows, 14 columns>"


def test_tables_can_be_pickled_and_copied() -> None:
    table = gcagg.read([DAY, b'{"results":[]}'], layout="wide", limit=5, progress=print)
    for same in (pickle.loads(pickle.dumps(table)), copy.copy(table), copy.deepcopy(table)):
        assert repr(same) == repr(table)
        assert same.to_arrow() == table.to_arrow()


def test_rows_as_dicts_are_those_of_arrow() -> None:
    for options in ({}, {"layout": "wide", "kpi": True, "names": "samples/names.csv"}, {"limit": 3, "sort": "sum:desc"}):
        table = gcagg.read(DAY, durations="s", **options)  # type: ignore[arg-type]
        rows = list(table)
        assert rows == table.to_arrow().to_pylist()
        assert len(table) == len(rows) == table.rows
        assert list(rows[0]) == table.columns == table.schema.names
        assert [dict(row) for row in table] == rows
    assert list(gcagg.read(b'{"results":[]}')) == []


def test_rows_with_odd_names_and_texts() -> None:
    texts = ["", "null", "5", 'a"b', "back\\slash", "line\nbreak\u2028", "\U0001f600", "{}"]
    names = ['q"x', "n\nl", "ü", "back\\slash", "a", "b", "c", "d"]
    documents = [texts, texts[1:] + texts[:1]]
    bucket = {"interval": "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z", "metrics": [{"metric": "nOffered", "stats": {"count": 1}}]}
    results = [{"group": dict(zip(names, values, strict=True)), "data": [bucket]} for values in documents]
    table = gcagg.read({"results": results})
    rows = list(table)
    assert rows == table.to_arrow().to_pylist()
    assert [[row[name] for name in names] for row in rows] == documents
    # Each use begins with the first row.
    one, other = iter(table), iter(table)
    assert next(one) == next(other) == rows[0]
    assert list(one) == rows[1:]


def test_the_digits_of_rows() -> None:
    figures = {"results": [{"group": {}, "data": [{"interval": "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z", "metrics": [
        {"metric": "tHandle", "stats": {"count": 19.0, "sum": Decimal("12345678901234567890.12345")}}]}]}]}
    [row] = gcagg.read(figures)
    assert (row["count"], row["sum"]) == (19, Decimal("12345678901234567890.12345"))
    assert type(row["count"]) is int
    assert row["interval_start"] == datetime(2026, 3, 2, 8, tzinfo=timezone.utc)


def test_a_table_in_a_notebook() -> None:
    table = gcagg.read(DAY, columns=["metric", "count"])
    html = table._repr_html_()
    assert html.startswith("<table><tr><th>metric</th><th>count</th></tr><tr><td>nConnected</td><td>16</td></tr>")
    assert html.endswith("<p>293 more rows</p>") and html.count("<tr>") == 11
    name = "<script>alert(1)</script>"
    group = {"group": {name: name}, "data": [{"interval": "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z", "metrics": []}]}
    assert "<script" not in gcagg.read({"results": [group]}, layout="wide")._repr_html_()


def test_rounded_numbers_are_counted() -> None:
    for number in ("123456789012345678901234567890123456789", "1.0000000000000000000000000000000000001"):
        metric = f'{{"metric":"tTalk","stats":{{"count":1,"sum":{number}}}}}'
        bucket = f'{{"interval":"2026-03-02T08:00:00Z/2026-03-02T08:30:00Z","metrics":[{metric}]}}'
        table = gcagg.read(f'{{"results":[{{"group":{{}},"data":[{bucket}]}}]}}'.encode())
        for convert in (table.to_arrow, table.to_pandas):
            with pytest.warns(gcagg.DataWarning, match="^1 number rounded: ") as caught:
                convert()
            assert caught[0].filename == __file__


def test_key_figures_that_are_too_large_are_empty() -> None:
    source = metric(count="12", sum="1" * 39).replace(b"tHandle", b"tWait")
    table = gcagg.read(source, kpi=True)
    column = next(name for name in table.columns if name.startswith("kpi_"))
    message = "^key figures that are too large are empty: 1 value; they do not fit the types of their columns$"
    with pytest.warns(gcagg.DataWarning, match=message):
        assert table.to_arrow()[column].null_count == 1
    with pytest.warns(gcagg.DataWarning, match=message):
        assert table.to_pandas()[column].isna().all()
    assert pa.table(table)[column].null_count == 1


def test_key_figures_are_wide_and_limits_numbers() -> None:
    assert gcagg.read(DAY, kpi=True).columns == gcagg.read(DAY, kpi=True, layout="wide").columns
    with pytest.raises(gcagg.UsageError, match="wide layout"):
        gcagg.read(DAY, kpi=True, layout="long")
    for limit in (True, "3", 1.5):
        with pytest.raises(gcagg.UsageError, match="limit="):
            gcagg.read(DAY, limit=limit)  # type: ignore[arg-type]


def test_warnings_of_the_data() -> None:
    with pytest.warns(gcagg.DataWarning, match=r"warning\[M004\] samples/bad/M004.*nAnswered") as caught:
        gcagg.read("samples/bad/M004-unknown-metric.json")
    for function in (gcagg.read, gcagg.inspect, gcagg.report):
        with pytest.warns(gcagg.DataWarning) as caught:
            function("samples/bad/M004-unknown-metric.json")
        # At the line that calls the package.
        assert caught[0].filename == __file__
    with pytest.warns(gcagg.DataWarning, match=r"left out: error\[S001\]"):
        gcagg.read([DAY, "samples/bad/S001-wrong-type.json"], on_error="skip")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gcagg.read(DAY)
        gcagg.read("samples/bad/M004-unknown-metric.json", allow="M004")
