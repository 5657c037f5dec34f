"""What can be read: paths, bytes, files, documents as dicts, and URLs."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from reprlib import repr as short
from typing import Any, Protocol, TypeGuard, Union

from ._errors import Error, ReadError, UsageError, needs
from ._spans import Place, Span


class Readable(Protocol):
    """An open file, in binary or text mode."""

    def read(self) -> str | bytes: ...


class Openable(Protocol):
    """A file of fsspec that is not open yet."""

    @property
    def full_name(self) -> str: ...
    def __enter__(self) -> Any: ...
    def __exit__(self, *exception: Any) -> Any: ...


class Model(Protocol):
    """An object of the official SDK."""

    def to_dict(self) -> Mapping[str, Any]: ...


#: Anything that can be read.
Source = Union[
    str, "os.PathLike[str]", bytes, bytearray, memoryview, "tuple[str | os.PathLike[str], bytes]",
    Mapping[str, object], Span, Readable, Openable, Model, Iterable["Source"],
]
#: What the native half takes.
Native = Union[str, "tuple[str, bytes]", Place]
#: Makes sources of files of fsspec, which a name leads to.
Remote = Callable[[str, Iterable[Any]], "list[Native]"]

_BYTES = (bytes, bytearray, memoryview)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: The beginning of a document; a pattern can begin with a bracket, too.
_DOCUMENT = re.compile(r"\ufeff?\s*(\{|\[\s*[\[\]{])")


class Url(str):
    """The address of a file of fsspec that was not read."""


def native(source: Source, *, reads: bool = True) -> list[Native]:
    """The sources as the native half takes them. If ``reads`` is false, files of fsspec are a
    :class:`Url`."""
    try:
        sources = list(_native(source, "", _opened if reads else _located))
    except RecursionError as error:
        raise UsageError("these lists are too deep for sources", "give a list of sources") from error
    if not sources:
        # Like a pattern that matches no file: that nothing is wrong with nothing is no good news.
        raise UsageError("there is nothing to read", "check what the list of sources is made of")
    return sources


def _native(source: Source, at: str, remote: Remote) -> list[Native]:
    """A source without a name is called after its kind, with ``at``, its index in a list. ``remote``
    makes sources of files of fsspec."""
    if isinstance(source, (str, os.PathLike)):
        return _path(_decoded(source), remote)
    if isinstance(source, Span):
        return [source.place()]
    if isinstance(source, _BYTES):
        return [(f"<bytes{at}>", bytes(source))]
    if _is_named(source):
        # A name is only shown: what has no text is a question mark.
        return [(os.fsdecode(source[0]).encode(errors="replace").decode(), bytes(source[1]))]
    if isinstance(source, Mapping):
        return [(f"<dict{at}>", _document(source))]
    if hasattr(source, "read"):
        return [_file(source, at)]
    if hasattr(source, "full_name") and isinstance(source, AbstractContextManager):
        return remote(source.full_name, [source])
    if hasattr(source, "to_dict"):
        return [(f"<{type(source).__name__}{at}>", _document(source))]
    # The rows of a table are no documents.
    if isinstance(source, Iterable) and not hasattr(source, "__arrow_c_stream__"):
        return [it for index, one in enumerate(source) for it in _native(one, f"{at}[{index}]", remote)]
    raise UsageError(
        f"cannot read an object of type {type(source).__name__}: {short(source)}",
        "give a path, a pattern, bytes, an open file, a dict, or a list of these",
    )


def _decoded(path: str | os.PathLike[str]) -> str:
    try:
        os.fsencode(path)
    except (UnicodeError, TypeError) as error:
        raise UsageError(f"{short(path)}: no path of a file: {error}") from error
    return os.fsdecode(path)


def _path(path: str, remote: Remote) -> list[Native]:
    if _DOCUMENT.match(path) and not os.path.exists(path):
        raise UsageError(
            f"a str is a path or a pattern, and this is the text of a document: {short(path)}",
            "pass the text as bytes: text.encode()",
        )
    if not _URL.match(path):
        return [path]
    with needs("fsspec"):
        import fsspec
    try:
        files = fsspec.open_files(path, "rb")
    except Exception as error:
        raise _unread(path, error) from error
    if not files:
        raise ReadError(f"{path}: no file matches this pattern", "check the name")
    return remote(path, files)


def _is_named(source: Source) -> TypeGuard[tuple[str | os.PathLike[str], bytes]]:
    """Whether it is a name with bytes, and not two sources."""
    return (
        isinstance(source, tuple)
        and len(source) == 2
        and isinstance(source[0], (str, os.PathLike))
        and isinstance(source[1], _BYTES)
    )


def _file(file: Any, at: str) -> tuple[str, bytes]:
    # The name of a file that was opened by its descriptor is a number; files of fsspec have a path.
    names = (getattr(file, attribute, None) for attribute in ("name", "full_name", "path"))
    name = next((name for name in names if isinstance(name, str)), f"<file{at}>")
    return name, _content(name, file)


def _opened(name: str, files: Iterable[Any]) -> list[Native]:
    """The content of files of fsspec, whose errors are those of many libraries."""
    found: list[Native] = []
    try:
        for file in files:
            with file as opened:
                found.append((file.full_name, _content(file.full_name, opened)))
    except Error:
        raise
    except Exception as error:
        raise _unread(name, error) from error
    return found


def _located(name: str, files: Iterable[Any]) -> list[Native]:
    """The addresses of files of fsspec."""
    try:
        for file in files:
            # `info` raises where the file is missing.
            file.fs.info(file.path)
    except Exception as error:
        raise _unread(name, error) from error
    return [Url(file.full_name) for file in files]


def _unread(name: str, error: Exception) -> ReadError:
    reason = "no such file" if isinstance(error, FileNotFoundError) else error
    return ReadError(f"cannot read {name}: {reason}", f"check that fsspec can open it: fsspec.open({short(name)})")


def _content(name: str, file: Any) -> bytes:
    try:
        content = file.read()
        return content.encode() if isinstance(content, str) else bytes(content)
    except Exception as error:
        help = "open the file in binary mode" if isinstance(error, UnicodeError) else "open the file again"
        raise ReadError(f"cannot read {name}: {error}", help) from error


def _is_number(value: Any) -> bool:
    """Whether it is a number of NumPy: its text has the fewest digits that its type needs."""
    return getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", None) in ("i", "u", "f")


def _document(document: object) -> bytes:
    """A response as JSON, from a dict or an object that makes one. What ``to_dict`` of the official SDK
    makes of names and of absent members is known to the reader, and stays as it is: the keys of a
    group are no names of members."""
    mark = secrets.token_hex(8)

    def value(value: Any) -> Any:
        """A value that JSON has no form of, in one that it has."""
        if isinstance(value, Decimal) or _is_number(value):
            # Numbers that `json` writes, and those in a format, have the digits of a float.
            return f"{mark}{value!s}"
        if getattr(value, "shape", None) and hasattr(value, "tolist"):
            # `tolist` of an array would give floats the digits of another type.
            return list(value)
        for method in ("to_dict", "isoformat", "tolist"):
            if hasattr(value, method) and not isinstance(value, type):
                return getattr(value, method)()
        raise UsageError(
            f"a document cannot have a value of type {type(value).__name__}: {short(value)}"
        )

    try:
        text = json.dumps(document, separators=(",", ":"), default=value)
    except Error:
        raise
    except Exception as error:
        raise UsageError(f"{short(document)} has no JSON: {error}") from error
    return re.sub(f'"{mark}([^"]*)"', r"\1", text).encode() if mark in text else text.encode()
