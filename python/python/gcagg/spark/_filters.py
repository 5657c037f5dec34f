"""Filters of a query that the reader takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from ._reader import Reader
from ._schemas import NAMES, dimensions


class PushingReader(Reader):
    """Leaves out rows that the filters of the query do not want.

    A reader of its own, because Spark refuses one that takes filters unless its setting
    ``spark.sql.python.filterPushdown.enabled`` is on.
    """

    def pushFilters(self, filters: list[Any]) -> Iterator[Any]:
        """Takes what it can, and gives back what Spark must still check."""
        # Rejected parts have null in every column that can be filtered by.
        exact = not self.rows.has_rejects
        for one in filters:
            pushed = self._push(
                type(one).__name__, getattr(one, "attribute", ()), getattr(one, "value", None)
            )
            if not (pushed and exact):
                yield one

    def _push(self, kind: str, attribute: tuple[str, ...], value: Any) -> bool:
        """Pushes a condition down; returns whether exactly the rows that meet it are left."""
        name = attribute[0] if len(attribute) == 1 else ""
        if kind in ("EqualTo", "In"):
            return self._push_values(name, [value] if kind == "EqualTo" else list(value))
        if name == "interval_start" and isinstance(value, datetime):
            return self._push_time(kind, value.astimezone(timezone.utc))
        return False

    def _push_values(self, name: str, values: list[Any]) -> bool:
        # The empty text stands for a missing dimension in `where`.
        if not all(isinstance(value, str) and value for value in values):
            return False
        if name in self._dimensions():
            where = self.rows.settings.read.get("where", {})
            return self._narrow("where", {**where, name: values}, taken=name in where)
        if name == "metric" and not re.search(r"[*?\[\]{}!\\,]", "".join(values)):
            # Views are chosen by the same names.
            self._narrow("metric", values)
        return False

    def _push_time(self, kind: str, value: datetime) -> bool:
        if kind in ("GreaterThan", "GreaterThanOrEqual"):
            return self._narrow("from", value.isoformat()) and kind == "GreaterThanOrEqual"
        if kind == "LessThan":
            return self._narrow("until", value.isoformat())
        if kind == "LessThanOrEqual":
            self._narrow("until", (value + timedelta(milliseconds=1)).isoformat())
        return False

    def _narrow(self, argument: str, value: Any, taken: bool | None = None) -> bool:
        """Sets an argument of `gcagg.read`, unless an option or another filter has set it."""
        read = self.rows.settings.read
        if argument in read if taken is None else taken:
            return False
        self.rows = replace(
            self.rows, settings=replace(self.rows.settings, read={**read, argument: value})
        )
        return True

    def _dimensions(self) -> list[str]:
        """Dimensions whose columns have their own name and value."""
        settings = self.rows.settings
        dims = settings.read.get("dims") or dimensions(self.rows.schema.names)
        others = ("source", *NAMES, settings.corrupt)
        return [
            name for name in dims if name not in others and not re.match("group_|.*_name$", name)
        ]
