"""What each task reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

import gcagg

from ._messages import message_first
from ._options import Settings
from ._rows import Rows

try:
    from pyspark.sql.datasource import DataSourceReader, InputPartition
except ImportError:
    # Spark 3.5 has no Python data sources; `map_in_arrow` works there.
    DataSourceReader = InputPartition = object

# What opening a file costs, as bytes that could be read in that time.
_OPEN_COST = 1 << 18


class Reader(DataSourceReader):  # type: ignore[misc]
    def __init__(self, rows: Rows, files: list[str]) -> None:
        self.rows = rows
        self.files = files

    @message_first()
    def partitions(self) -> list[InputPartition]:
        return planned(self.rows.settings, self.files)

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        return rows_of(self.rows, partition)


def planned(settings: Settings, files: list[str]) -> list[InputPartition]:
    """A partition for each task."""
    # Spark reads an empty list as one partition of `None`.
    parts = list(_parts(files, settings.part, settings.span)) or [()]
    return [InputPartition(sources) for sources in parts]


def rows_of(rows: Rows, partition: InputPartition) -> Iterator[pa.RecordBatch]:
    """The rows of a partition. Each file is read by itself: what is found must not depend on which
    files share a task."""
    with message_first():
        for source in partition.value:
            yield from rows.of(source)


def _parts(files: Iterable[str], part: int, span: int) -> Iterator[tuple[Any, ...]]:
    """What each task reads: spans of a large file, or several small files."""
    group: list[str] = []
    cost = 0
    for file in files:
        size = os.path.getsize(file)
        if size > span:
            yield from ((one,) for one in gcagg.spans(file, size=span))
            continue
        size += _OPEN_COST
        if group and cost + size > part:
            yield tuple(group)
            group, cost = [], 0
        group.append(file)
        cost += size
    if group:
        yield tuple(group)
