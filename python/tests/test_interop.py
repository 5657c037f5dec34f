"""The table in pyarrow, Polars, DuckDB and pandas, and without any of them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import gcagg
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from oracle import DAY, ROOT

pytestmark = pytest.mark.usefixtures("at_root")

UTC_MS = pa.timestamp("ms", "UTC")
UTC_US = pa.timestamp("us", "UTC")
DICTIONARY = pa.dictionary(pa.int32(), pa.string())
# Text, instants, integers, decimals and floats.
COLUMNS = ["queueId", "interval_start", "count", "sum", "ratio"]
EMPTY = b'{"results":[]}'


Read = Callable[[Any], "tuple[int, int]"]


def with_pyarrow(day: Any) -> tuple[int, int]:
    table = pa.table(day)
    return table.num_rows, pc.sum(table["count"]).as_py() or 0


def with_polars(day: Any) -> tuple[int, int]:
    frame = pl.DataFrame(day)
    return frame.height, frame["count"].sum()


def with_duckdb(day: Any) -> tuple[int, int]:
    rows, total = duckdb.sql('select count(*), sum("count") from day').fetchall()[0]
    return rows, int(total or 0)


def with_pandas(day: gcagg.Table) -> tuple[int, int]:
    frame = day.to_pandas()
    return len(frame), int(frame["count"].sum())


#: Readers that return the number of rows, and the sum of a column.
READERS: list[Read] = [with_pyarrow, with_polars, with_duckdb, with_pandas]


def table(types: Any) -> gcagg.Table:
    return gcagg.read(DAY, durations="s", columns=COLUMNS, types=types)


def test_compact_types() -> None:
    fields = zip(COLUMNS, [DICTIONARY, UTC_MS, pa.int64(), pa.decimal128(38, 3), pa.float64()])
    assert pa.schema(table("compact")) == pa.table(table("compact")).schema
    for field, (name, type) in zip(pa.schema(table("compact")), fields):
        assert (field.name, field.type, field.nullable) == (name, type, True)


def test_plain_types() -> None:
    fields = zip(COLUMNS, [pa.string(), UTC_US, pa.int64(), pa.decimal128(38, 3), pa.float64()])
    assert pa.schema(table("plain")) == pa.table(table("plain")).schema
    for field, (name, type) in zip(pa.schema(table("plain")), fields):
        assert (field.name, field.type, field.nullable) == (name, type, True)


def test_both_have_the_same_cells() -> None:
    assert table("compact").to_arrow().to_pylist() == table("plain").to_arrow().to_pylist()


def test_types_of_the_fixed_schema() -> None:
    schema = pa.schema(gcagg.schema_of(dims=["queueId"], types="plain"))
    types = {name: schema.field(name).type for name in schema.names}
    assert types["queueId"] == types["metric"] == pa.string()
    assert types["count"] == types["denominator"] == pa.int64()
    assert types["sum"] == types["p99"] == pa.decimal128(38, 18)
    assert types["ratio"] == types["calculatedMetricValue"] == pa.float64()


def test_types_in_polars() -> None:
    kinds = [pl.Categorical, pl.Datetime("ms", "UTC"), pl.Int64, pl.Decimal(38, 3), pl.Float64]
    assert table("compact").to_polars().dtypes == kinds
    assert pl.DataFrame(table("plain")).dtypes == [pl.String, pl.Datetime("us", "UTC"), *kinds[2:]]


def test_types_in_duckdb() -> None:
    kinds = ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "BIGINT", "DECIMAL(38,3)", "DOUBLE"]
    for types in ("compact", "plain"):
        day = table(types)  # noqa: F841
        assert [str(kind) for kind in duckdb.sql("from day").types] == kinds


@pytest.mark.parametrize("types", ["compact", "plain"])
@pytest.mark.parametrize("read", READERS)
def test_many_batches(read: Read, types: Any, large: Path) -> None:
    many = gcagg.read(large, types=types)
    rows, total = read(gcagg.read(DAY))
    assert read(many) == (300 * rows, 300 * total)


def test_dictionaries_differ(large: Path) -> None:
    many = gcagg.read(large)
    column = pa.table(many).column("queueId")
    assert len({tuple(chunk.dictionary.to_pylist()) for chunk in column.chunks}) > 10
    plain = gcagg.read(large, types="plain").to_arrow().column("queueId").to_pylist()
    assert column.to_pylist() == plain
    assert many.to_polars()["queueId"].cast(pl.String).to_list() == plain
    assert many.to_pandas()["queueId"].tolist() == plain
    assert duckdb.sql('select "queueId" from many').fetchnumpy()["queueId"].tolist() == plain


@pytest.mark.parametrize("types", ["compact", "plain"])
@pytest.mark.parametrize("read", READERS)
def test_no_row_and_one_row(read: Read, types: Any) -> None:
    assert read(gcagg.read(EMPTY, types=types)) == (0, 0)
    one = gcagg.read(DAY, types=types, limit=1)
    assert read(one) == (1, one.to_arrow()["count"][0].as_py())


@pytest.mark.parametrize("read", READERS)
def test_a_table_is_used_again(read: Read) -> None:
    day = gcagg.read(DAY)
    first = read(day)
    assert [read(day) for _ in range(3)] == [first] * 3
    assert day.to_arrow().num_rows == day.to_polars().height == len(day.to_pandas()) == first[0]


def test_collected_and_lazy_rows_are_equal(large: Path) -> None:
    many = gcagg.read(large, types="plain")
    assert many.to_arrow() == pa.table(many)


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_streams_that_are_dropped(large: Path) -> None:
    many = gcagg.read(large)
    first = pa.RecordBatchReader.from_stream(many)
    batch = first.read_next_batch()
    before = threads()
    second = pa.RecordBatchReader.from_stream(many)
    assert second.read_next_batch() == batch
    del second
    capsule = many.__arrow_c_stream__()
    del capsule
    gc.collect()
    # The other one goes on to its end.
    assert batch.num_rows + sum(it.num_rows for it in first) == many.rows
    end = time.monotonic() + 10
    while threads() >= before and time.monotonic() < end:
        time.sleep(0.01)
    assert threads() < before


TOGETHER = """
import sys
import duckdb, gcagg, pyarrow as pa
table = gcagg.read(sys.argv[1])
readers = [pa.RecordBatchReader.from_stream(table) for _ in range(8)]
first = [reader.read_next_batch() for reader in readers]
assert all(batch == first[0] for batch in first)
assert table.to_arrow().num_rows == table.rows
assert "Offered" in gcagg.report(table)
for reader in reversed(readers):
    assert first[0].num_rows + sum(batch.num_rows for batch in reader) == table.rows
joined = "select count(*) from day a join day b using (mediaType, queueId, interval_start, metric)"
day = table
assert duckdb.sql(joined).fetchall() == [(table.rows,)]
"""


def test_streams_that_are_open_together(large: Path) -> None:
    subprocess.run([sys.executable, "-c", TOGETHER, str(large)], check=True, timeout=30)


def test_a_stream_outlives_its_table(large: Path) -> None:
    reader = pa.RecordBatchReader.from_stream(gcagg.read(large))
    gc.collect()
    assert reader.read_all().num_rows == 300 * 303


def test_an_error_within_the_stream(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(large.read_bytes())
    many = gcagg.read(path)
    path.write_bytes(b"{}")
    for read in (pa.table, pl.DataFrame, lambda it: duckdb.sql("from it").fetchall()):
        with pytest.raises(Exception, match=r"large\.json changed"):
            read(many)


ALONE = """
import sys
for name in ("pyarrow", "polars", "pandas", "numpy", "duckdb", "fsspec", "pyspark"):
    sys.modules[name] = None  # type: ignore[assignment]
import gcagg
table = gcagg.read("samples/queue-day.json")
assert table.rows == 303 and "PyCapsule" in repr(type(table.__arrow_c_stream__()))
assert "PyCapsule" in repr(type(table.schema.__arrow_c_schema__()))
assert gcagg.validate("samples/queue-day.json").ok
assert len(list(table)) == len(table) and "<td>" in table._repr_html_()
assert gcagg.rollup(table, by="mediaType").rows > 0 and "Offered" in gcagg.report(table)
for convert in (table.to_arrow, table.to_polars, table.to_pandas):
    try:
        convert()
    except gcagg.UsageError as error:
        assert "pip install" in str(error)
        continue
    raise SystemExit(f"{convert} needs nothing")
try:
    gcagg.read("memory://day.json")
except gcagg.UsageError as error:
    assert error.help == "pip install fsspec"
"""


def test_nothing_else_has_to_be_installed() -> None:
    subprocess.run([sys.executable, "-c", ALONE], check=True, cwd=ROOT)
