"""Offsets and partitions of a stream, without a session."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from against_csv import SAMPLES
from gcagg.spark import Source
from pyspark.sql.types import LongType, StringType, StructField, StructType

DIMS = "mediaType,queueId"


def reader(folder: Path, *columns: str, **options: str) -> Any:
    source = Source({"path": str(folder), "dims": DIMS, **options})
    kinds = {"count": LongType()}
    fields = [StructField(name, kinds.get(name, StringType())) for name in columns]
    return source.streamReader(StructType(fields) if fields else source.schema())


def rows(stream: Any, start: Any, end: Any) -> int:
    return sum(batch.num_rows for part in stream.partitions(start, end) for batch in stream.read(part))


def test_a_folder_that_moved_and_files_that_left(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    shutil.copy(SAMPLES / "queue-day.json", tmp_path / "exports")
    stream = reader(tmp_path / "exports")
    start = stream.initialOffset()
    first = stream.latestOffset(start, stream.getDefaultReadLimit())
    assert rows(stream, start, first) == 303
    # The next query begins with the offset of the checkpoint.
    shutil.move(tmp_path / "exports", tmp_path / "moved")
    stream = reader(tmp_path / "moved")
    assert stream.latestOffset(first, None) == first
    (tmp_path / "moved/queue-day.json").unlink()
    shutil.copy(SAMPLES / "queue-day-2.json.gz", tmp_path / "moved")
    second = stream.latestOffset(first, None)
    assert set(second["files"]) == {"queue-day.json", "queue-day-2.json.gz"}
    assert rows(stream, first, second) == 301
    (tmp_path / "moved/queue-day-2.json.gz").unlink()
    with pytest.raises(ValueError, match="gz arrived and is gone before it was read; put it back"):
        stream.partitions(first, second)


def test_spans_and_columns(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "queue-day.json", tmp_path)
    stream = reader(tmp_path, "queueId", "metric", "count", spanBytes="1k")
    end = stream.latestOffset()
    assert rows(stream, stream.initialOffset(), end) == 303
    with pytest.raises(ValueError, match="unknown column `nope`"):
        reader(tmp_path, "queueId", "nope")


def test_changed_files_are_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "day.json"
    path.write_text('{"results":[]}')
    stream = reader(tmp_path)
    offset = stream.latestOffset()
    path.write_text('{"results":[] }')
    for _ in range(2):
        assert stream.latestOffset(offset, None) == offset
    assert capsys.readouterr().err.count("day.json had 14 bytes when it arrived and has 15 now") == 1
