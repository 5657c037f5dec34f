"""Rows of one source, as record batches of the declared schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import gcagg

from ._options import NOWHERE, PERMISSIVE, Settings
from ._schemas import spark_type

# A file of the other dialect lacks one of these; without the check its rows would be null.
_KEYS = ("interval_start", "interval_end", "id")


@dataclass(frozen=True)
class Rows:
    """Reads sources as record batches of exactly the declared schema."""

    settings: Settings
    schema: pa.Schema
    #: Where metrics occur in all files: which counters are 0 follows from all rows.
    occurrences: str = NOWHERE

    def of(self, source: Any) -> Iterator[pa.RecordBatch]:
        threads = self.settings.read.get("threads", 1)
        table = self.settings.table(source, threads=threads, part_of=self.occurrences)
        for batch in pa.RecordBatchReader.from_stream(table):
            if batch.num_rows:
                yield self.conform(batch, source)
        if self.has_rejects and table.rejects:
            yield self.rejected(table.rejects)

    @property
    def has_rejects(self) -> bool:
        return self.settings.mode == PERMISSIVE and self.settings.corrupt in self.schema.names

    def conform(self, batch: pa.RecordBatch, source: Any) -> pa.RecordBatch:
        """Takes the declared columns; those that this file lacks are null."""
        found = batch.schema
        missing = [name for name in _KEYS if name in self.schema.names and name not in found.names]
        if missing or not any(name in found.names for name in self.schema.names):
            file = source[0] if isinstance(source, tuple) else getattr(source, "path", source)
            raise ValueError(
                f"gcagg: {file}: no column {', '.join(missing or self.schema.names)};"
                f" its columns are {', '.join(found.names)}"
            )
        columns = [self.column(batch, field) for field in self.schema]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def column(self, batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
        index = batch.schema.get_field_index(field.name)
        if index < 0:
            return pa.nulls(batch.num_rows, field.type)
        column = batch.column(index)
        if column.type != field.type:
            found, declared = (spark_type(one).simpleString() for one in (column.type, field.type))
            raise TypeError(
                f"gcagg: column `{field.name}` is {found}, but the schema declares {declared}"
            )
        return column

    def rejected(self, rejects: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """A row for each part that was left out; only the column of corrupt records has a value."""
        texts = pa.array(
            [json.dumps(reject, ensure_ascii=False) for reject in rejects], pa.string()
        )
        columns = [
            texts if field.name == self.settings.corrupt else pa.nulls(len(texts), field.type)
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)
