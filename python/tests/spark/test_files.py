"""Options of Spark for files, and what Spark cannot do with a Python source."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from against_csv import SAMPLES, Load

DAY = str(SAMPLES / "queue-day.json")
DIMS = "mediaType,queueId"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Two files of 2001 and 2020, and one in a folder."""
    (tmp_path / "old").mkdir()
    for name, time in (("day-1.json", 10**9), ("day-2.json", 1_577_880_000), ("old/day-3.json", 10**9)):
        shutil.copy(DAY, tmp_path / name)
        os.utime(tmp_path / name, (time, time))
    return tmp_path


def names(df: Any) -> list[str]:
    """The files that have rows."""
    rows = df.select("source").distinct().collect()
    return sorted(Path(row.source).name for row in rows)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["day-1.json", "day-2.json", "day-3.json"]),
        ({"pathGlobFilter": "day-[23].*"}, ["day-2.json", "day-3.json"]),
        ({"pathGlobFilter": "*-{1,2}.json", "recursiveFileLookup": "true"}, ["day-1.json", "day-2.json"]),
        ({"recursiveFileLookup": "false"}, ["day-1.json", "day-2.json"]),
        ({"modifiedAfter": "2015-01-01T00:00:00"}, ["day-2.json"]),
        # 12:00 in UTC.
        ({"modifiedBefore": "2020-01-01T13:00:01+01:00", "modifiedAfter": "2015-01-01"}, ["day-2.json"]),
        ({"modifiedAfter": "2020-01-01T12:30", "timezone": "Europe/Berlin"}, ["day-2.json"]),
    ],
)
def test_files_are_chosen(load: Load, exports: Path, options: dict[str, str], expected: list[str]) -> None:
    assert names(load(exports, dims=DIMS, source_column="true", **options)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pathGlobFilter": "*.csv"}, "none of 3 files in .* has the name and time"),
        ({"modifiedAfter": "2100-01-01"}, "none of 3 files"),
        ({"modifiedAfter": "soon"}, "option `modifiedAfter`: expected a time such as"),
        ({"maxFilesPerTrigger": "0"}, "expected a number from 1, not `0`"),
    ],
)
def test_files_that_cannot_be_chosen(load: Load, exports: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        load(exports, dims=DIMS, **options).collect()


def test_a_missing_path_fails_when_the_frame_is_made(load: Load, tmp_path: Path) -> None:
    for options in ({"dims": DIMS}, {}):
        with pytest.raises(Exception, match="exportz") as caught:
            load(tmp_path / "exportz", **options)
        # The message is there at once, and no traceback of Python.
        text = str(caught.value)
        assert "Traceback" not in text and len(text.splitlines()) <= 5, text


@pytest.mark.parametrize(
    ("schema", "options", "message"),
    [
        ("metric string, nope string", {"dims": DIMS}, "unknown column `nope`; the columns are mediaType, queueId"),
        ("metric string, MEDIATYPE string", {"dims": DIMS}, "unknown column `MEDIATYPE`; did you mean `mediaType`"),
        ("metric string, nope string", {}, "unknown column `nope`"),
        ("mediaType string, nOfered_count bigint", {"layout": "wide"}, "unknown column `nOfered_count`; did you mean `nOffered_count`"),
    ],
)
def test_unknown_columns_of_a_schema(load: Load, schema: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        load(DAY, schema=schema, **options).collect()


def test_columns_that_only_some_files_have(load: Load, exports: Path) -> None:
    frame = load(exports, schema="userId string, metric string", pathGlobFilter="day-1*")
    assert frame.where("userId IS NULL").count() == 303


VIEW = "use CREATE TEMPORARY VIEW name USING gcagg OPTIONS"


def test_permanent_tables_and_writes_name_the_way_that_works(spark: Any, load: Load, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=VIEW):
        spark.sql(f"CREATE TABLE kept USING gcagg OPTIONS (path '{DAY}', dims '{DIMS}')")
    spark.sql(f"CREATE TABLE blank (metric string) USING gcagg OPTIONS (path '{DAY}')")
    with pytest.raises(Exception, match=VIEW):
        spark.sql("SELECT * FROM blank").collect()
    spark.sql("DROP TABLE blank")
    with pytest.raises(Exception, match="only reads; write rows with df.write.parquet"):
        load(DAY, dims=DIMS).write.format("gcagg").mode("append").save(str(tmp_path / "x"))
