"""Files of a folder as a stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from ._files import arrived
from ._messages import message_first
from ._reader import planned, rows_of
from ._rows import Rows

try:
    from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
except ImportError:
    DataSourceStreamReader = InputPartition = object
try:
    from pyspark.sql.streaming.datasource import (
        ReadAllAvailable,
        ReadMaxFiles,
        SupportsTriggerAvailableNow,
    )
except ImportError:
    # Spark has limits of batches since 4.2.
    ReadAllAvailable = ReadMaxFiles = SupportsTriggerAvailableNow = type("Absent", (), {})


class StreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):  # type: ignore[misc]
    """Reads each file once. The offset has the names and sizes of all files that were read: a file
    that arrives late is new, whatever its time."""

    def __init__(self, rows: Rows, paths: list[str]) -> None:
        self.rows = rows
        self.paths = paths
        # Names in the checkpoint are relative, so that the folder can move.
        folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
        self.root = os.path.commonpath(folders)
        self.last: set[str] | None = None
        self.told: set[str] = set()

    def _arrived(self) -> dict[str, int]:
        files = arrived(self.rows.settings, self.paths)
        return {os.path.relpath(file, self.root): size for file, size in files.items()}

    def initialOffset(self) -> dict[str, Any]:
        return {"files": {}}

    def getDefaultReadLimit(self) -> Any:
        most = self.rows.settings.max_files
        return ReadMaxFiles(most) if most else ReadAllAvailable()

    @message_first()
    def prepareForTriggerAvailableNow(self) -> None:
        self.last = set(self._arrived())

    @message_first()
    def latestOffset(self, start: Any = None, limit: Any = None) -> dict[str, Any]:
        # Spark 4.0 and 4.1 give no arguments.
        seen: dict[str, int] = start["files"] if start else {}
        files = self._arrived()
        self._tell_changes(seen, files)
        new = [name for name in files if name not in seen and (self.last is None or name in self.last)]
        if isinstance(limit, ReadMaxFiles):
            new = new[: limit.max_files]
        # Names of files that are gone stay: a folder that is not mounted is not a new folder.
        return {"files": dict(sorted({**seen, **{name: files[name] for name in new}}.items()))}

    def _tell_changes(self, seen: dict[str, int], files: dict[str, int]) -> None:
        for name, size in seen.items():
            if files.get(name, size) != size and name not in self.told:
                self.told.add(name)
                print(
                    f"gcagg: warning: {os.path.join(self.root, name)} had {size} bytes when it arrived and"
                    f" has {files[name]} now. A stream reads a file once: new rows may be missing."
                    " Save corrections under a new name.",
                    file=sys.stderr,
                    flush=True,
                )

    @message_first()
    def partitions(self, start: Any, end: Any) -> list[InputPartition]:
        new = [os.path.join(self.root, name) for name in end["files"] if name not in start["files"]]
        gone = [file for file in new if not os.path.exists(file)]
        if gone:
            raise ValueError(
                f"gcagg: {', '.join(gone[:3])} arrived and is gone before it was read; put it back,"
                " or start with a new checkpoint"
            )
        return planned(self.rows.settings, new)

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        return rows_of(self.rows, partition)
