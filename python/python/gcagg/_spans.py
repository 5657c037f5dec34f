"""Parts of a large file, which different machines can read."""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from typing import Tuple

from . import _native
from ._errors import UsageError, checked_as

#: A span as the native half takes it.
Place = Tuple[str, int, int, int, int, int, bool, bool]


@dataclass(frozen=True)
class Span:
    """Part of a file: a source for :func:`gcagg.read`, which can be pickled."""

    path: str
    #: The offsets of its first byte, and behind its last.
    start: int
    end: int
    #: The index of the first element in the response.
    first: int
    #: Where it begins, counted from 1.
    line: int
    column: int
    #: Whether it begins, and ends, among the elements of a response.
    opens: bool
    closes: bool

    def place(self) -> Place:
        """The fields."""
        return astuple(self)


def spans(path: str | os.PathLike[str], size: int = 128 << 20) -> list[Span]:
    """Cuts a file into spans of about ``size`` bytes.

    All spans together have the rows of the file, in its order. A file that is compressed, broken, or
    has its elements elsewhere is one span.

    >>> import gcagg
    >>> spans = gcagg.spans("samples/queue-day.json", size=10_000)
    >>> sum(gcagg.read(span).rows for span in spans) == gcagg.read("samples/queue-day.json").rows
    True
    """
    if checked_as(int, "size", size) < 1:
        raise UsageError(f"size={size}: expected a number of bytes")
    path = checked_as(str, "path", os.fspath(path) if isinstance(path, os.PathLike) else path)
    return [Span(os.fspath(place[0]), *place[1:]) for place in _native.spans(path, size)]
