"""Frames of pandas 2 and 3: types, and what comes back from a Parquet file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import gcagg
import pandas as pd
import pyarrow as pa
import pytest
from oracle import DAY

pytestmark = pytest.mark.usefixtures("at_root")

COLUMNS = ["queueId", "interval_start", "metric", "count", "sum", "ratio"]


@pytest.mark.parametrize("types", ["compact", "plain"])
def test_text_is_string(types: gcagg._api.Types) -> None:
    frame = gcagg.read(DAY, types=types, columns=COLUMNS).to_pandas()
    assert [name for name in frame if frame[name].dtype == "string"] == ["queueId", "metric"]
    assert frame["metric"].str.startswith("nOffered").sum() == 32
    offered = frame[frame["metric"] == "nOffered"].groupby("queueId")["count"].sum()
    assert offered.sum() == 307
    assert frame.sort_values("metric")["metric"].iloc[0] == "nConnected"


def test_counts_stay_integers_and_decimals_keep_their_digits() -> None:
    frame = gcagg.read(DAY, columns=COLUMNS, durations="s").to_pandas()
    kinds = [frame[name].dtype.pyarrow_dtype for name in ("interval_start", "count", "sum", "ratio")]
    assert kinds[1:] == [pa.int64(), pa.decimal128(38, 3), pa.float64()]
    assert pa.types.is_timestamp(kinds[0]) and kinds[0].tz == "UTC"
    assert frame["count"].isna().any()
    assert Decimal("7450.774") in frame["sum"].dropna().tolist()


def test_decimals_of_a_parquet_file(tmp_path: Path) -> None:
    # The metadata that pandas writes has no type of decimals.
    frame = gcagg.read(DAY, columns="all", dims=["queueId", "mediaType"]).to_pandas()
    path = tmp_path / "day.parquet"
    frame.to_parquet(path)
    decimals = [name for name in frame if "decimal" in str(frame[name].dtype)]
    assert decimals == ["sum", "min", "max", "p95", "p99"]
    again = pd.read_parquet(path)
    assert {str(again[name].dtype) for name in decimals} == {"object"}
    pd.testing.assert_frame_equal(again.astype(frame.dtypes), frame)
    arrow = pd.read_parquet(path, dtype_backend="pyarrow")
    pd.testing.assert_frame_equal(arrow[decimals], frame[decimals])
    pd.testing.assert_frame_equal(arrow.astype({name: "string" for name in frame.select_dtypes("string")}), frame)


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_parquet_file_has_the_same_frame(layout: gcagg._api.Layout, tmp_path: Path) -> None:
    frame = gcagg.read(DAY, layout=layout).to_pandas()
    path = tmp_path / "day.parquet"
    frame.to_parquet(path)
    pd.testing.assert_frame_equal(pd.read_parquet(path), frame)


def test_an_empty_table_has_the_same_types() -> None:
    options = {"columns": "all", "dims": ["queueId"]}
    empty = gcagg.read(b'{"results":[]}', **options).to_pandas()  # type: ignore[arg-type]
    day = gcagg.read(DAY, **options).to_pandas()  # type: ignore[arg-type]
    assert list(empty.dtypes) == list(day.dtypes)
    assert len(pd.concat([empty, day])) == 303
