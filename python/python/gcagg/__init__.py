"""Genesys Cloud analytics aggregates as tables: validated, exact, fast.

>>> import gcagg
>>> t = gcagg.read("samples/queue-day.json")
>>> t
<gcagg.Table: 303 rows, 14 columns>
"""

from ._api import explain, files, inspect, read, report, rollup, schema_of, validate
from ._errors import DataError, DataWarning, Error, ReadError, UsageError
from ._fetch import fetch
from ._findings import Finding, Findings
from ._native import version as __version__
from ._sources import Source
from ._spans import Span, spans
from ._table import Column, Schema, Table

__all__ = [
    "Column",
    "DataError",
    "DataWarning",
    "Error",
    "Finding",
    "Findings",
    "ReadError",
    "Schema",
    "Source",
    "Span",
    "Table",
    "UsageError",
    "__version__",
    "explain",
    "fetch",
    "files",
    "inspect",
    "read",
    "report",
    "rollup",
    "schema_of",
    "spans",
    "validate",
]
