"""Genesys Cloud analytics aggregates as tables: validated, exact, fast.

>>> import gcagg
>>> t = gcagg.read("samples/queue-day.json")
>>> t
<gcagg.Table: 303 rows, 14 columns>
"""

from ._api import files, read, report, rollup, schema_of, validate
from ._errors import DataError, Error, GcaggWarning, ReadError, UsageError
from ._findings import Finding, Findings
from ._native import version as __version__
from ._spans import Span, spans
from ._table import Column, Schema, Table

__all__ = [
    "Column",
    "DataError",
    "Error",
    "Finding",
    "Findings",
    "GcaggWarning",
    "ReadError",
    "Schema",
    "Span",
    "Table",
    "UsageError",
    "__version__",
    "files",
    "read",
    "report",
    "rollup",
    "schema_of",
    "spans",
    "validate",
]
