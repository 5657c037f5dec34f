"""The data source."""

from __future__ import annotations

import json

import pyarrow as pa
from pyspark.sql.types import StructType

import gcagg

from ._filters import PushingReader
from ._options import NOWHERE, Settings, absolute
from ._reader import Reader
from ._rows import Rows
from ._schemas import arrow_schema, declared, fixed, is_fixed, surveyed

try:
    from pyspark.sql.datasource import DataSource
except ImportError:
    # Spark 3.5 has no Python data sources; `map_in_arrow` works there.
    DataSource = object


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

    def schema(self) -> StructType:
        settings = self._settings()
        if is_fixed(settings):
            return declared(settings, fixed(settings))
        return declared(settings, pa.schema(self._survey(settings).schema))

    def reader(self, schema: StructType) -> Reader:
        settings = self._settings()
        if settings.read.get("kpi") and self.occurrences is None:
            self._survey(settings)
        files = self._files() if self.files is None else self.files
        rows = Rows(settings, arrow_schema(schema), self.occurrences or NOWHERE)
        return (PushingReader if settings.push_filters else Reader)(rows, files)

    def _survey(self, settings: Settings) -> gcagg.Table:
        self.files = self._files()
        table = surveyed(settings, self.files)
        self.occurrences = table._occurrences
        return table

    def _settings(self) -> Settings:
        return Settings.of(
            {name: value for name, value in self.options.items() if name not in ("path", "paths")}
        )

    def _files(self) -> list[str]:
        paths = json.loads(self.options.get("paths", "[]"))
        if "path" in self.options:
            paths.append(self.options["path"])
        if not paths:
            raise ValueError('gcagg: no path was given: use load("exports/")')
        return gcagg.files(absolute(paths))
