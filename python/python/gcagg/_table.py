"""A table of inputs that were checked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _native, _show
from ._errors import DataError, UsageError, checked_as, grouped, keywords, needs, refusal, warn
from ._findings import Finding, found, told
from ._inputs import Inputs

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Literal["text", "integer", "decimal", "float", "timestamp"]
    #: The unit of its figures, where all of them have the same.
    unit: str | None


@lru_cache(4096)
def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return int(Decimal(text))


def _float(text: str) -> float | Decimal:
    """A float, or a decimal where no float has the same digits."""
    value = float(text)
    digits = repr(value)
    return value if digits == text or Decimal(digits) == Decimal(text) else Decimal(text)


#: Values of columns in Python, from the literals of numbers and times.
_VALUES: dict[str, Callable[[str], object]] = {
    "integer": _integer, "decimal": Decimal, "float": _float, "timestamp": _time,
}


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
        units = [f" [{it.unit}]" if it.unit else "" for it in self]
        names = [_native.printable(it.name) for it in self]
        lines = [f"  {name}: {it.type}{unit}" for name, it, unit in zip(names, self, units, strict=True)]
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

    def __init__(self, inputs: Inputs, types: Literal["compact", "plain"]) -> None:
        self._inputs = inputs
        self._types = types
        self._refuse()
        for message in self._left_out():
            warn(message)

    def _refuse(self) -> None:
        """Refuses errors, and columns and types that do not exist, before the first use."""
        checked = self._inputs.checked
        if not checked.ok and self._inputs.options["on_error"] == "fail":
            raise refusal(found(checked), checked.errors)
        try:
            checked.refuse(self._types)
        except DataError:
            if not checked.ok:
                raise refusal(found(checked), checked.errors) from None
            raise

    def _left_out(self) -> Iterator[str]:
        """The warnings of the command line: about the table, and about the data."""
        for line in grouped(self._inputs.checked.table_warnings()):
            yield keywords(line.removeprefix("warning: "))
        yield from map(keywords, told(self._inputs.checked))

    @property
    def _occurrences(self) -> str:
        """Where metrics occur, as ``part_of`` takes it."""
        return self._inputs.checked.occurrences()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        rows, limit = self._inputs.checked.rows, self._inputs.options.get("limit")
        return rows if limit is None else min(rows, limit)

    def __len__(self) -> int:
        return self.rows

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.schema.names

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows as dicts: ``int``, ``Decimal``, ``float``, ``str``, and ``datetime`` in UTC. A
        number that no float has is a ``Decimal``. Large tables are for pandas, Polars, DuckDB and
        pyarrow.

        >>> import gcagg
        >>> row = next(iter(gcagg.read("samples/queue-day.json", columns=["metric", "count"])))
        >>> row
        {'metric': 'nConnected', 'count': 16}
        """
        return self._inputs.checked.dicts(_VALUES)

    @property
    def schema(self) -> Schema:
        """The columns."""
        return Schema(self._inputs.checked, self._types)

    @property
    def findings(self) -> list[Finding]:
        """What was found: of each cause the first few of each input; :func:`gcagg.validate` has all."""
        return found(self._inputs.checked)

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """The parts that ``on_error="skip"`` left out: ``file``, ``unit``, ``pointer``,
        ``diagnostics``, and the part as ``value``, or as ``text`` where it is no JSON."""
        return [json.loads(line) for line in self._inputs.checked.rejects().splitlines()]

    def __arrow_c_schema__(self) -> object:
        return self._inputs.checked.schema(self._types)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._inputs.checked.stream(self._types)

    def show(self, rows: int = 10) -> None:
        """Prints the first rows; no other package is needed.

        >>> import gcagg
        >>> gcagg.read("samples/queue-day.json", columns=["metric", "count"]).show(2)
        metric      count
        nConnected  16
        nOffered    18
        301 more rows
        """
        lines = self._head(rows)
        print(_show.text(lines, self.rows - len(lines) + 1))

    def _repr_html_(self) -> str:
        """The first rows, for notebooks."""
        lines = self._head(10)
        return _show.html(lines, self.rows - len(lines) + 1)

    def _head(self, rows: int) -> list[list[str]]:
        """The header and the first rows, as text."""
        if not 0 <= checked_as(int, "rows", rows) < 1 << 63:
            raise UsageError(f"rows={rows}: expected a number of rows")
        head = self._inputs.checked.write("csv", rows).decode()
        return list(csv.reader(io.StringIO(head, newline="")))

    def to_arrow(self) -> pyarrow.Table:
        """A ``pyarrow.Table``."""
        with needs("pyarrow"):
            import pyarrow

        # `pyarrow.table` would import pandas, only to find out that this is no frame of pandas.
        return pyarrow.RecordBatchReader.from_stream(_Stream(self._collected())).read_all()

    def to_polars(self) -> polars.DataFrame:
        """A ``polars.DataFrame``."""
        with needs("polars"):
            import polars

        return polars.DataFrame(_Stream(self._collected()))

    def to_pandas(self) -> pandas.DataFrame:
        """A ``pandas.DataFrame``. Text has the type ``string``. Other columns have Arrow's types:
        integers stay integers where some are missing, and decimals keep their digits."""
        with needs("pandas"):
            import pandas
        with needs("pyarrow"):
            import pyarrow

        arrow = self.to_arrow()
        fields = [
            field.with_type(pyarrow.string()) if pyarrow.types.is_dictionary(field.type) else field
            for field in arrow.schema
        ]
        text = pandas.StringDtype()
        return arrow.cast(pyarrow.schema(fields)).to_pandas(
            types_mapper=lambda type: text if type == pyarrow.string() else pandas.ArrowDtype(type)
        )

    def _collected(self) -> object:
        try:
            capsule, sentences = self._inputs.checked.collect(self._types, self._inputs.progress)
        except DataError:
            # A figure that its column cannot have. Its place is known after another check.
            typed = self._inputs.with_options(typed=True).checked
            if typed.ok:
                raise
            raise refusal(found(typed), typed.errors) from None
        for sentence in sentences:
            warn(sentence)
        return capsule

    def __repr__(self) -> str:
        return f"<gcagg.Table: {self.rows} rows, {len(self.schema)} columns>"


class _Stream:
    """A stream in a capsule, for readers that ask for it by method."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule
