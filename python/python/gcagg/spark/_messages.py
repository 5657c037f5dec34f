"""Errors as Spark shows them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def message_first() -> Iterator[None]:
    """A block, or a function, whose errors Spark shows by their message, without the traceback of
    Python. Spark ends a process of Python after an error."""
    try:
        yield
    except Exception:
        sys.tracebacklimit = 0
        raise
