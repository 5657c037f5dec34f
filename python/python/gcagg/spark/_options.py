"""Options of a data frame: text in Spark, any value in Python."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gcagg
from gcagg._api import checked

#: Why there are no permanent tables.
TEMPORARY = (
    "Spark does not keep the options of a permanent table of a Python data source;"
    " use CREATE TEMPORARY VIEW name USING gcagg OPTIONS (path 'exports/', dims 'queueId')"
)
#: Metrics occur nowhere, or it is not known where.
NOWHERE = "{}"

FAILFAST, DROPMALFORMED, PERMISSIVE = MODES = ("FAILFAST", "DROPMALFORMED", "PERMISSIVE")


def _list(value: Any) -> list[str]:
    """Comma-separated text, a JSON array, or any sequence of names."""
    if not isinstance(value, str):
        return [str(item) for item in value]
    if value.lstrip().startswith("["):
        return [str(item) for item in json.loads(value)]
    return [item.strip() for item in value.split(",") if item.strip()]


def absolute(value: Any) -> list[str]:
    """Absolute paths: executors have other working folders than the driver."""
    paths = [re.sub("^file:(//)?(?=/)", "", path) for path in _list(value)]
    for path in paths:
        if re.match("[A-Za-z][A-Za-z0-9+.-]+:/", path):
            raise ValueError(
                f"{path} is no path in a file system;"
                " for object stores, use gcagg.spark.map_in_arrow"
            )
    return [os.path.abspath(path) for path in paths]


def _where(value: Any) -> dict[str, list[str]]:
    """``mediaType=voice,chat;queueId=...``, a JSON object, or a mapping."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = json.loads(value)
    if isinstance(value, Mapping):
        return {name: [one] if isinstance(one, str) else list(one) for name, one in value.items()}
    where: dict[str, list[str]] = {}
    for condition in filter(str.strip, value.split(";")):
        name, equals, values = condition.partition("=")
        if not equals:
            raise ValueError(f"expected NAME=VALUE[,VALUE...], not `{condition.strip()}`")
        where.setdefault(name.strip(), []).extend(one.strip() for one in values.split(","))
    return where


def _columns(value: Any) -> list[str] | None:
    """Names of columns; ``None`` for all of them."""
    names = _list(value)
    if names == ["all"]:
        return None
    if not names or names == ["present"]:
        raise ValueError(
            "expected `all` or names: the columns of a data frame do not depend on its rows"
        )
    return names


def _flag(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ValueError(f"expected true or false, not `{value}`")
    return text == "true"


def _size(value: Any) -> int:
    """A number of bytes, such as ``64m``, ``1g`` or ``134217728``."""
    match = re.fullmatch(r"(\d+)\s*([kmgt]?)(i?b)?", str(value).strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError(f"expected a size such as 64m, not `{value}`")
    return int(match[1]) << 10 * " kmgt".index(match[2] or " ")


def _count(value: Any) -> int:
    if not re.fullmatch("0*[1-9][0-9]*", str(value)):
        raise ValueError(f"expected a number from 1, not `{value}`")
    return int(value)


def _mode(value: Any) -> str:
    mode = str(value).upper()
    if mode not in MODES:
        raise ValueError(f"expected one of {', '.join(MODES)}, not `{value}`")
    return mode


# Arguments of `gcagg.read`, under their own names.
_READ: dict[str, Callable[[Any], Any]] = {
    "layout": str,
    "dims": _list,
    "names": absolute,
    "durations": str,
    "timezone": str,
    "metric": _list,
    "where": _where,
    "from": str,
    "until": str,
    "source_column": _flag,
    "kpi": _flag,
    "select": _list,
    "ignore": _list,
    "deny": _list,
    "warn": _list,
    "allow": _list,
    "repeats": str,
    "threads": int,
}
_SPARK: dict[str, Callable[[Any], Any]] = {
    "columns": _columns,
    "mode": _mode,
    "columnNameOfCorruptRecord": str,
    "maxPartitionBytes": _size,
    "spanBytes": _size,
    "pushFilters": _flag,
    "pathGlobFilter": str,
    "recursiveFileLookup": _flag,
    "modifiedAfter": str,
    "modifiedBefore": str,
    "maxFilesPerTrigger": _count,
}
# Spark adds these to what a permanent table was created with.
_OF_TABLES = ("location", "owner", "provider")
_OPTIONS = {name.lower(): (name, convert) for name, convert in (_READ | _SPARK).items()}


@dataclass(frozen=True)
class Settings:
    """The options of one data frame."""

    read: dict[str, Any]
    columns: list[str] | None = None
    mode: str = FAILFAST
    corrupt: str = "_corrupt_record"
    part: int = 64 << 20
    span: int = 64 << 20
    push_filters: bool = False
    glob: str | None = None
    recursive: bool = True
    modified_after: str | None = None
    modified_before: str | None = None
    max_files: int | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        given = dict(_option(name, value) for name, value in options.items())
        part = given.get("maxPartitionBytes", cls.part)
        return cls(
            read={name: given[name] for name in _READ if name in given},
            columns=given.get("columns"),
            mode=given.get("mode", cls.mode),
            corrupt=given.get("columnNameOfCorruptRecord", cls.corrupt),
            part=part,
            span=given.get("spanBytes", part),
            push_filters=given.get("pushFilters", cls.push_filters),
            glob=given.get("pathGlobFilter"),
            recursive=given.get("recursiveFileLookup", cls.recursive),
            modified_after=given.get("modifiedAfter"),
            modified_before=given.get("modifiedBefore"),
            max_files=given.get("maxFilesPerTrigger"),
        )

    def arguments(self, **more: Any) -> dict[str, Any]:
        """The arguments of `gcagg.read`."""
        arguments = {
            **self.read,
            "columns": "all",
            "on_error": "fail" if self.mode == FAILFAST else "skip",
            **more,
        }
        if "from" in arguments:
            arguments["from_"] = arguments.pop("from")
        return arguments

    def table(self, source: Any, **more: Any) -> gcagg.Table:
        """The table of a source, of which Spark declares some columns."""
        return gcagg.Table(checked(source, self.arguments(**more)), "plain")


def _option(name: str, value: Any) -> tuple[str, Any]:
    key = name.lower().rstrip("_")
    if key in _OF_TABLES:
        raise ValueError(f"gcagg: {TEMPORARY}")
    if key not in _OPTIONS:
        near = difflib.get_close_matches(key, _OPTIONS, 1)
        hint = f"; did you mean `{_OPTIONS[near[0]][0]}`?" if near else ""
        raise ValueError(f"gcagg: unknown option `{name}`{hint}")
    known, convert = _OPTIONS[key]
    try:
        return known, convert(value)
    except ValueError as error:
        raise ValueError(f"gcagg: option `{known}`: {error}") from None
