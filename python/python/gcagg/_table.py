"""A table of inputs that were checked."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _native
from ._errors import DataError, GcaggWarning, refusal
from ._findings import Finding, found
from ._sources import Native

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

#: Is told how many bytes were read, of how many.
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Literal["text", "integer", "decimal", "float", "timestamp"]
    #: The unit of its figures, where all of them have the same.
    unit: str | None


class Schema(Sequence[Column]):
    """The columns of a table; an Arrow schema for whatever takes one."""

    def __init__(self, checked: _native.Checked, types: str) -> None:
        self._checked = checked
        self._types = types
        self._columns = [Column(*column) for column in checked.columns()]  # type: ignore[arg-type]

    def __arrow_c_schema__(self) -> object:
        return self._checked.schema(self._types)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self._columns]

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns)

    @overload
    def __getitem__(self, index: int) -> Column: ...
    @overload
    def __getitem__(self, index: slice) -> list[Column]: ...
    def __getitem__(self, index: int | slice) -> Column | list[Column]:
        return self._columns[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        return (self._columns, self._types) == (other._columns, other._types)

    def __repr__(self) -> str:
        lines = [f"  {it.name}: {it.type}{f' [{it.unit}]' if it.unit else ''}" for it in self]
        return "\n".join(["<gcagg.Schema", *lines, ">"])


class Table:
    """A table of inputs that were checked; its rows are read when they are wanted.

    Whatever takes Arrow's PyCapsules takes it: ``pyarrow.table(t)``, ``polars.DataFrame(t)``,
    ``duckdb.sql("from t")``. Each use reads the rows once more.

    >>> import gcagg
    >>> t = gcagg.read("samples/queue-day.json")
    >>> t.rows, t.schema.names[-3:]
    (303, ['denominator', 'target', 'current'])
    """

    def __init__(
        self,
        sources: list[Native],
        options: Mapping[str, Any],
        types: Literal["compact", "plain"],
        progress: Progress | None,
    ) -> None:
        self._sources = sources
        self._options = dict(options)
        self._types = types
        self._progress = progress
        self._check()
        unnamed = self._native.unnamed_dimensions()
        if unnamed:
            message = f"dimensions that dims does not name have no column: {', '.join(unnamed)}"
            warnings.warn(message, GcaggWarning, stacklevel=3)

    def _check(self) -> None:
        checked = _native.check(self._sources, self._options, False, self._progress)
        if not checked.ok and self._options["on_error"] == "fail":
            raise refusal(found(checked))
        try:
            # Columns and types that do not exist are refused here, and not by the first use.
            checked.schema(self._types)
        except DataError:
            if not checked.ok:
                raise refusal(found(checked)) from None
            raise
        self._native, self._pid = checked, os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        # Only the process that checked the inputs has what came of it; another one checks again.
        return {**self.__dict__, "_native": None, "_pid": None, "_progress": None}

    @property
    def _checked(self) -> _native.Checked:
        # Threads do not live on in a process that was forked, and nothing does in a copy.
        if self._pid != os.getpid():
            self._check()
        return self._native

    @property
    def rows(self) -> int:
        """How many rows there are."""
        rows, limit = self._checked.rows, self._options.get("limit")
        return rows if limit is None else min(rows, limit)

    @property
    def schema(self) -> Schema:
        """The columns."""
        return Schema(self._checked, self._types)

    @property
    def findings(self) -> list[Finding]:
        """What was found: of each cause the first few, and every error."""
        return found(self._checked)

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """The parts that ``on_error="skip"`` left out: ``file``, ``unit``, ``pointer``,
        ``diagnostics``, and the part as ``value``, or as ``text`` where it is no JSON."""
        return [json.loads(line) for line in self._checked.rejects().splitlines()]

    def __arrow_c_schema__(self) -> object:
        return self._checked.schema(self._types)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._checked.stream(self._types)

    def to_arrow(self) -> pyarrow.Table:
        """A ``pyarrow.Table``."""
        import pyarrow

        return pyarrow.table(_Stream(self._collected()))

    def to_polars(self) -> polars.DataFrame:
        """A ``polars.DataFrame``."""
        import polars

        return polars.DataFrame(_Stream(self._collected()))

    def to_pandas(self) -> pandas.DataFrame:
        """A ``pandas.DataFrame`` with Arrow's types: integers stay integers where some are missing,
        and decimals keep their digits."""
        import pandas

        return self.to_arrow().to_pandas(types_mapper=pandas.ArrowDtype)

    def _collected(self) -> object:
        return self._checked.collect(self._types, self._progress)

    def __repr__(self) -> str:
        return f"<gcagg.Table: {self.rows} rows, {len(self.schema)} columns>"


class _Stream:
    """A stream in a capsule, for readers that ask for it by method."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule
