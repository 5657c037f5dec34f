"""What can be read: paths, bytes, files, documents as dicts, and URLs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard, Union

from ._errors import ReadError, UsageError
from ._spans import Place, Span

#: Anything that can be read.
Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, Mapping[str, Any], Span, Any]
#: What the native half takes.
Native = Union[str, "tuple[str, bytes]", Place]

_BYTES = (bytes, bytearray, memoryview)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def native(source: Source) -> list[Native]:
    """The sources as the native half takes them."""
    sources = _native(source, "")
    if not sources:
        # Like a pattern that matches no file: that nothing is wrong with nothing is no good news.
        raise UsageError("there is nothing to read", "check what the list of sources is made of")
    return sources


def _native(source: Source, at: str) -> list[Native]:
    """What has no name is called after its kind, with ``at``, its index in a list."""
    if isinstance(source, (str, os.PathLike)):
        path = os.fsdecode(source)
        return _opened(path) if _URL.match(path) else [path]
    if isinstance(source, Span):
        return [source.place()]
    if isinstance(source, _BYTES):
        return [(f"<bytes{at}>", bytes(source))]
    if _is_named(source):
        return [(os.fsdecode(source[0]), bytes(source[1]))]
    if isinstance(source, Mapping):
        return [(f"<dict{at}>", _document(source))]
    if hasattr(source, "read"):
        return [_file(source, at)]
    if hasattr(source, "to_dict"):
        return [(f"<{type(source).__name__}{at}>", _document(source.to_dict()))]
    if isinstance(source, Iterable):
        return [it for index, one in enumerate(source) for it in _native(one, f"{at}[{index}]")]
    raise UsageError(
        f"cannot read an object of type {type(source).__name__}",
        "give a path, a pattern, bytes, an open file, a dict, or a list of these",
    )


def _is_named(source: Source) -> TypeGuard[tuple[str | os.PathLike[str], bytes]]:
    """Whether it is a name with bytes, and not two sources."""
    return (
        isinstance(source, tuple)
        and len(source) == 2
        and isinstance(source[0], (str, os.PathLike))
        and isinstance(source[1], _BYTES)
    )


def _file(file: Any, at: str) -> tuple[str, bytes]:
    content = file.read()
    # The name of a file that was opened by its descriptor is a number.
    name = getattr(file, "name", None)
    name = name if isinstance(name, str) else f"<file{at}>"
    return name, content.encode() if isinstance(content, str) else bytes(content)


def _opened(url: str) -> list[Native]:
    try:
        import fsspec
    except ImportError as error:
        raise UsageError(f"{url}: URLs are opened by fsspec", "pip install fsspec") from error
    files: list[Native] = []
    try:
        for file in fsspec.open_files(url, "rb"):
            with file as opened:
                files.append((file.full_name, opened.read()))
    except OSError as error:
        raise ReadError(f"cannot read {url}: {error}") from error
    if not files:
        raise ReadError(f"{url}: no file matches this pattern", "check the name")
    return files


def _document(document: Mapping[str, Any]) -> bytes:
    """A response as JSON. What ``to_dict`` of the official SDK makes of names and of absent members
    is known to the reader, and stays as it is: the keys of a group are no names of members."""
    return json.dumps(document, separators=(",", ":"), default=_value).encode()


def _value(value: Any) -> Any:
    """A value that JSON has no form of, in one that it has."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise UsageError(f"a document cannot have a value of type {type(value).__name__}")
