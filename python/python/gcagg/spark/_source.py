"""The data source."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from pyspark.sql.types import StructType

import gcagg

from ._files import arrived, check_paths, listed
from ._filters import PushingReader
from ._messages import message_first
from ._options import NOWHERE, TEMPORARY, Settings, absolute
from ._reader import Reader
from ._rows import Rows
from ._schemas import arrow_schema, check_names, declared, fixed, is_fixed, may_exist, surveyed
from ._stream import StreamReader

try:
    from pyspark.sql.datasource import DataSource
except ImportError:
    # Spark 3.5 has no Python data sources; `map_in_arrow` works there.
    DataSource = object


_READS = "this source only reads; write rows with df.write.parquet(path) or df.write.saveAsTable(name)"


class Source(DataSource):  # type: ignore[misc]
    """The data source ``gcagg``: ``spark.read.format("gcagg").load(path)``.

    Paths are files, folders and patterns that the driver and every executor can open.
    """

    # What was surveyed is what is read.
    files: list[str] | None = None
    occurrences: str | None = None

    @classmethod
    def name(cls) -> str:
        return "gcagg"

    @message_first()
    def schema(self) -> StructType:
        settings = self._settings()
        if is_fixed(settings):
            # Otherwise Spark would fail with the first action.
            check_paths(self._paths())
            return declared(settings, fixed(settings))
        return declared(settings, pa.schema(self._survey(settings).schema))

    @message_first()
    def reader(self, schema: StructType) -> Reader:
        settings = self._settings()
        if settings.read.get("kpi") and self.occurrences is None:
            self._survey(settings)
        files = listed(settings, self._paths()) if self.files is None else self.files
        self._check(settings, schema, files)
        rows = Rows(settings, arrow_schema(schema), self.occurrences or NOWHERE)
        return (PushingReader if settings.push_filters else Reader)(rows, files)

    @message_first()
    def streamReader(self, schema: StructType) -> StreamReader:
        settings = self._settings()
        paths = self._paths()
        check_paths(paths)
        self._check(settings, schema, list(arrived(settings, paths)))
        return StreamReader(Rows(settings, arrow_schema(schema)), paths)

    @message_first()
    def writer(self, schema: StructType, overwrite: bool) -> Any:
        raise ValueError(f"gcagg: {_READS}")

    @message_first()
    def streamWriter(self, schema: StructType, overwrite: bool) -> Any:
        raise ValueError(f"gcagg: {_READS}")

    def _check(self, settings: Settings, schema: StructType, files: list[str]) -> None:
        """Refuses columns of a schema that no file has. Only unusual names need a look at the files."""
        names = [name for name in schema.names if name != settings.corrupt]
        if is_fixed(settings):
            check_names(names, fixed(settings).names)
        elif files and not all(may_exist(name, settings) for name in names):
            check_names(names, pa.schema(surveyed(settings, files).schema).names)

    def _survey(self, settings: Settings) -> gcagg.Table:
        self.files = listed(settings, self._paths())
        table = surveyed(settings, self.files)
        self.occurrences = table._occurrences
        return table

    def _settings(self) -> Settings:
        return Settings.of(
            {name: value for name, value in self.options.items() if name not in ("path", "paths")}
        )

    def _paths(self) -> list[str]:
        paths = json.loads(self.options.get("paths", "[]"))
        if "path" in self.options:
            paths.append(self.options["path"])
        if not paths:
            raise ValueError(f'gcagg: no path was given: use load("exports/"). In SQL, {TEMPORARY}')
        return absolute(paths)
