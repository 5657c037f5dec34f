"""The functions of gcagg."""

from __future__ import annotations

import itertools
import json
import operator
import os
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from reprlib import repr as short
from typing import Any, Literal, Union, overload

from . import _native
from ._errors import Error, ReadError, UsageError, checked_as, refusal, warn
from ._findings import Findings, parsed
from ._inputs import Inputs, Progress
from ._sources import Source, Url, native
from ._table import Schema, Table

#: Names in a list, or in text with commas between them.
Names = Union[str, Sequence[str]]
Layout = Literal["long", "wide"]
Types = Literal["compact", "plain"]
Durations = Literal["ms", "s", "min", "h"]
Repeats = Literal["error", "same", "last"]
OnError = Literal["fail", "skip"]
#: Dimensions and the values that they may have; ``None`` is for groups without the dimension. Or text
#: as the command line takes it: ``mediaType=voice,chat``.
Where = Union[Mapping[str, Union[str, None, Sequence[Union[str, None]]]], str, Sequence[str]]


#: Keywords that take names.
_NAMES = ("dims", "metric", "sort", "select", "ignore", "deny", "warn", "allow", "by",
          "drop_multivalued", "expect_metrics", "expect_dims")


def _list(names: Names | None) -> list[str] | None:
    if isinstance(names, str):
        return [name.strip() for name in names.split(",")]
    return None if names is None else list(names)


def _paths(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return [os.fspath(path) for path in several]


def _conditions(where: Where) -> list[tuple[str, list[str]]]:
    if isinstance(where, Mapping):
        return [(name, _values(values)) for name, values in where.items()]
    return [_condition(text) for text in ([where] if isinstance(where, str) else where)]


def _condition(text: str) -> tuple[str, list[str]]:
    name, equals, values = text.partition("=") if isinstance(text, str) else ("", "", "")
    if not equals:
        raise UsageError(
            f"where={text!r}: expected a dict, or text such as mediaType=voice,chat",
            'write {"mediaType": "voice"}',
        )
    return name.strip(), [value.strip() for value in values.split(",")]


def _values(values: str | None | Sequence[str | None]) -> list[str]:
    """The values of a dimension; a group that lacks it has the empty one."""
    several = [values] if values is None or isinstance(values, str) else values
    return ["" if value is None else value for value in several]


def _options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments as the native half takes them; those that are ``None`` are absent."""
    options = {name: value for name, value in arguments.items() if value is not None}
    convert: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(_NAMES, _list),
        "columns": lambda it: it if it in ("present", "all") else _list(it),
        "names": _paths,
        "where": _conditions,
        "from_": _time,
        "until": _time,
        "schema": os.fspath,
        "limit": lambda it: checked_as(int, "limit", it if isinstance(it, bool) else operator.index(it)),
    }
    return {name: _converted(name, it, convert.get(name)) for name, it in options.items()}


def _converted(name: str, value: Any, convert: Callable[[Any], Any] | None) -> Any:
    try:
        return value if convert is None else convert(value)
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, Error):
            raise
        raise UsageError(f"{name}={short(value)}: {error}") from error


def _time(time: str | date) -> str:
    return time if isinstance(time, str) else time.isoformat()


def read(
    source: Source,
    *,
    layout: Layout | None = None,
    columns: Names = "present",
    dims: Names | None = None,
    names: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    durations: Durations | None = None,
    metric: Names | None = None,
    where: Where | None = None,
    from_: str | date | None = None,
    until: str | date | None = None,
    timezone: str | None = None,
    source_column: bool = False,
    sort: Names | None = None,
    limit: int | None = None,
    kpi: bool = False,
    absent: Literal["keep", "zero"] | None = None,
    absent_zero: bool = False,
    on_error: OnError = "fail",
    repeats: Repeats = "error",
    types: Types = "compact",
    threads: int = 0,
    select: Names | None = None,
    ignore: Names | None = None,
    deny: Names | None = None,
    warn: Names | None = None,
    allow: Names | None = None,
    progress: Progress | None = None,
) -> Table:
    """Reads and checks ``source``, and returns the table that can be made of it.

    ``source`` is a file, a folder or a pattern; bytes, an open file, a document as a dict (or an
    object of the official SDK, which has ``to_dict``); ``(name, bytes)``; a URL, which fsspec opens;
    a :class:`gcagg.Span`; or several of these in a list.

    Options have the names and meanings of ``gcagg convert``: the layout is long, and wide with
    ``kpi``. ``from_`` and ``until`` are times such as ``"2026-03-02"`` or ``"yesterday"``, dates or
    datetimes; days begin in ``timezone``.
    ``types="plain"`` has text without dictionaries and times in microseconds, for readers that need
    that. ``progress`` is called with the number of bytes that were read, and of all.

    Raises :class:`gcagg.DataError` where the data has errors, and :class:`gcagg.ReadError` where
    something cannot be read; with ``on_error="skip"``, bad parts are left out, and
    :attr:`Table.rejects` has them. A bucket that occurs more than once is an error; with
    ``repeats="same"``, equal copies count once, and with ``repeats="last"``, the one of the later
    input counts.

    >>> import gcagg
    >>> t = gcagg.read("samples/queue-day.json", layout="wide", where={"mediaType": "voice"})
    >>> t.rows
    12
    """
    arguments = dict(locals())
    for name in ("source", "types", "progress"):
        del arguments[name]
    if kpi and layout is None:
        arguments["layout"] = "wide"
    checked_as(str, "types", types)
    return Table(checked(source, arguments, progress), types)


def checked(
    source: Source, arguments: Mapping[str, Any], progress: Progress | None = None
) -> Inputs:
    """Inputs with the arguments of :func:`read`; with ``part_of``, metrics occur in all inputs, of
    which these are some, as that says."""
    return Inputs(native(source), _options(arguments), every=False, progress=progress)


def schema_of(
    *,
    dims: Names | None = None,
    durations: Durations | None = None,
    source_column: bool = False,
    types: Types = "compact",
) -> Schema:
    """The schema of the long layout with ``columns="all"``, which does not depend on the data.

    >>> import gcagg
    >>> gcagg.schema_of(dims=["mediaType"]).names[:3]
    ['mediaType', 'interval_start', 'interval_end']
    """
    options = _options(
        {"columns": "all", "dims": dims, "durations": durations, "source_column": source_column}
    )
    return Schema(_native.check([], options, False, None), checked_as(str, "types", types))


def validate(
    source: Source,
    *,
    schema: str | os.PathLike[str] | None = None,
    expect_metrics: Names | None = None,
    expect_dims: Names | None = None,
    expect_interval: str | None = None,
    expect_granularity: str | None = None,
    min_rows: int | None = None,
    timezone: str | None = None,
    baseline: str | os.PathLike[str] | None = None,
    fix: bool = False,
    threads: int = 0,
    select: Names | None = None,
    ignore: Names | None = None,
    deny: Names | None = None,
    warn: Names | None = None,
    allow: Names | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Every finding of ``source``, as ``gcagg validate`` has them.

    Options have the names and meanings of ``gcagg validate``. With ``fix=True``, text that is nearly
    JSON is repaired before it is checked: :attr:`Findings.fixed` has it, and no file changes.

    >>> import gcagg
    >>> findings = gcagg.validate({"results": [{"group": {}, "data": [{"interval": "today"}]}]})
    >>> findings.ok, findings[0].code
    (False, 'T001')
    >>> text = b'{"results": [], /* nothing yet */}'
    >>> gcagg.validate(text, fix=True).fixed
    [('<bytes>', b'{"results": [] }')]
    """
    arguments = dict(locals())
    for name in ("source", "progress", "baseline"):
        del arguments[name]
    inputs = Inputs(native(source), _options(arguments), every=True, progress=progress)
    path = None if baseline is None else _converted("baseline", baseline, _path_text)
    return Findings(inputs, None if path is None else os.path.abspath(path))


def inspect(
    source: Source,
    *,
    against: Source | None = None,
    threads: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The contents of ``source``, as ``gcagg inspect --format json`` has them. With ``against``, the
    names, types and values that are new or gone since then; ``against="schema"`` compares with the
    embedded schemas and the catalogue.

    >>> import gcagg
    >>> contents = gcagg.inspect("samples/queue-day.json")
    >>> contents["rows"], list(contents["dimensions"])
    (303, ['mediaType', 'queueId'])
    """
    table = read(source, threads=threads, progress=progress)
    if against is None:
        return _object(table._inputs.checked.inspect(None, None))
    name = against if isinstance(against, str) else type(against).__name__
    before = None if name == "schema" else read(against, threads=threads)._inputs.checked
    return _object(table._inputs.checked.inspect(before, name))


def _object(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    return made


def explain(word: str | None = None) -> str:
    """The page of a code, figure, metric, dimension or family, as ``gcagg explain`` prints it.
    Without a word, the list of codes.

    >>> import gcagg
    >>> gcagg.explain("S001").splitlines()[0]
    '# S001 wrong-type'
    """
    return _native.explain(None if word is None else checked_as(str, "word", word))


def rollup(
    source: Table | Source,
    *,
    by: Names | None = None,
    every: str | None = None,
    timezone: str | None = None,
    week_start: Literal["monday", "saturday", "sunday"] = "monday",
    repeats: Repeats | None = None,
    on_error: OnError | None = None,
    dedupe: bool = False,
    drop_multivalued: Names = (),
    progress: Progress | None = None,
) -> Table:
    """Joins equal groups and buckets, keeps only the dimensions in ``by``, and joins buckets into
    periods such as ``"1h"``, ``"1d"``, ``"1w"`` or ``"1mo"``, which begin on boundaries of
    ``timezone``.

    ``source`` is a table, whose filters and layout the result has, or anything that
    :func:`gcagg.read` reads. ``repeats`` and ``on_error`` are those of :func:`gcagg.read`;
    ``dedupe=True`` is ``repeats="same"``.

    >>> import gcagg
    >>> day = gcagg.rollup("samples/queue-day.json", by=["mediaType"], every="1d")
    >>> day.rows < gcagg.read("samples/queue-day.json").rows
    True
    """
    table = _table(source, progress, repeats=repeats or ("same" if dedupe else None), on_error=on_error)
    asked = _options(
        {
            "by": by,
            "every": every,
            "timezone": timezone,
            "week_start": week_start,
            "drop_multivalued": drop_multivalued,
        }
    )
    document, text, repeated = table._inputs.checked.rollup(asked, progress)
    findings = parsed(text)
    if not document:
        raise refusal(findings, len(findings), "buckets cannot be joined")
    for sentence in [*map(str, findings), *([repeated] if repeated else [])]:
        warn(sentence)
    # The document has only what was wanted; its dimensions are those that were kept.
    done = {"metric", "where", "from_", "until", *(["dims"] if by is not None else [])}
    before = table._inputs
    kept = {name: value for name, value in before.options.items() if name not in done}
    joined = Inputs([("rollup", document)], kept, every=False, progress=before.progress)
    return Table(joined, table._types)


def _table(source: Table | Source, progress: Progress | None, **options: str | None) -> Table:
    """The table of ``source``; one that was read with other options is read again."""
    given = {name: value for name, value in options.items() if value is not None}
    if not isinstance(source, Table):
        return read(source, progress=progress, **given)  # type: ignore[arg-type]
    if given.items() <= source._inputs.options.items():
        return source
    return Table(source._inputs.with_options(**given), source._types)


@overload
def report(source: Table | Source, *, format: str | None = ..., path: None = ...,
           compare: Table | Source | None = ..., by: Names | None = ..., top: int | None = ...,
           sort: str | None = ..., title: str | None = ..., every: str | None = ...,
           detail: bool = ..., timezone: str | None = ...,
           absent: Literal["keep", "zero"] | None = ...,
           repeats: Repeats | None = ..., on_error: OnError | None = ...,
           progress: Progress | None = ...) -> str: ...
@overload
def report(source: Table | Source, *, path: str | os.PathLike[str], format: str | None = ...,
           compare: Table | Source | None = ..., by: Names | None = ..., top: int | None = ...,
           sort: str | None = ..., title: str | None = ..., every: str | None = ...,
           detail: bool = ..., timezone: str | None = ...,
           absent: Literal["keep", "zero"] | None = ...,
           repeats: Repeats | None = ..., on_error: OnError | None = ...,
           progress: Progress | None = ...) -> None: ...
def report(
    source: Table | Source,
    *,
    format: str | None = None,
    path: str | os.PathLike[str] | None = None,
    compare: Table | Source | None = None,
    by: Names | None = None,
    top: int | None = None,
    sort: str | None = None,
    title: str | None = None,
    every: str | None = None,
    detail: bool = False,
    timezone: str | None = None,
    absent: Literal["keep", "zero"] | None = None,
    repeats: Repeats | None = None,
    on_error: OnError | None = None,
    progress: Progress | None = None,
) -> str | None:
    """A report: ``text``, ``markdown``, ``html``, ``xlsx``, ``csv`` or ``json``; by default as the
    extension of ``path`` says, else text. Returned, or written to ``path``, whole or not at all.

    Each dimension of ``by`` has a table; dimensions joined by ``+`` have one. ``title`` is the title, and
    ``every`` the period of charts and of rows over time, such as ``1h``.

    ``source`` and ``compare`` are tables, whose filters and names count, or anything that
    :func:`gcagg.read` reads. ``repeats`` and ``on_error`` are those of :func:`gcagg.read`. Counters
    that a bucket lacks are 0 where their metrics apply; with ``absent="keep"`` they are unknown.

    >>> import gcagg
    >>> page = gcagg.report("samples/queue-day.json", format="markdown", by=["mediaType"])
    >>> page.splitlines()[0]
    '# Report'
    """
    # Missing days and hours are those of the days of the report. A table has days of its own.
    def read_of(source: Table | Source, progress: Progress | None) -> Table:
        zone = None if isinstance(source, Table) else timezone
        return _table(source, progress, timezone=zone, repeats=repeats, on_error=on_error)

    table = read_of(source, progress)
    before = None if compare is None else read_of(compare, None)
    options = _options(
        {"by": by, "top": top, "detail": detail, "timezone": timezone, "absent": absent}
    )
    texts = {"sort": sort, "title": title, "every": every}
    options.update({name: text for name, text in texts.items() if text is not None})
    compared = None if before is None else before._inputs.checked
    path = None if path is None else _converted("path", path, _path_text)
    if path is not None and any(it is not None and it._inputs.reads(path) for it in (table, before)):
        raise UsageError(f"the output {path} is also an input", "write to another file")
    format = checked_as(str, "format", format or _format_of(path))
    made = table._inputs.checked.report(format, options, compared, progress)
    if path is None:
        if made.startswith(b"PK"):
            raise UsageError("a workbook is not text", "write it to a file: path=\"report.xlsx\"")
        return made.decode()
    _write(path, made)
    return None


def _path_text(path: str | os.PathLike[str]) -> str:
    """A path as text, without a null byte."""
    if b"\0" in os.fsencode(path):
        raise ValueError("embedded null byte")
    return os.fsdecode(path)


def _format_of(path: str | os.PathLike[str] | None) -> str:
    if path is None:
        return "text"
    extension = os.path.splitext(os.fspath(path))[1].lower()
    formats = {".txt": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html",
               ".htm": "html", ".json": "json", ".csv": "csv", ".xlsx": "xlsx"}
    if extension not in formats:
        raise UsageError(f"{os.fspath(path)}: no format has this extension", "name one: format=...")
    return formats[extension]


def _write(path: str, content: bytes) -> None:
    """Writes a file under another name, and then gives it its own."""
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
            # A pipe or a device stays what it is, and a folder is refused.
            with open(target, "wb") as file:
                file.write(content)
            return
        _replace(target, content)
    except OSError as error:
        help = "make its folder first" if isinstance(error, FileNotFoundError) else "write to another file or folder"
        raise ReadError(f"cannot write {path}: {error.strerror}", help) from error


def _replace(target: str, content: bytes) -> None:
    temporary = os.path.join(os.path.dirname(target), f".gcagg-{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def files(source: Source) -> list[str]:
    """The files that ``source`` leads to, in the order in which they are read. A URL leads to URLs.

    >>> import gcagg
    >>> gcagg.files("samples/queue-*.json")
    ['samples/queue-day.json']
    """
    found: list[str] = []
    for is_url, part in itertools.groupby(native(source, reads=False), lambda it: isinstance(it, Url)):
        found += map(str, part) if is_url else map(os.fspath, _native.files(list(part)))
    return found
