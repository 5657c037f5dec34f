"""The exceptions of gcagg."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from reprlib import repr as short
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ._findings import Finding

#: The number of characters of an exception.
LIMIT = 500
#: The codes of inputs that could not be read at all.
UNREAD = ("F001", "F009")
T = TypeVar("T")
_TYPES: dict[type, str] = {str: "text", int: "a whole number"}
#: Room for the number of errors that are not shown.
_MORE = 30


class Error(Exception):
    """Any error of gcagg. Its text has at most 500 characters. ``help`` is the next step, if it is
    known. ``findings`` are all problems of the inputs, with their places."""

    help: str | None
    findings: Sequence[Finding]

    def __init__(
        self,
        message: str,
        help: str | None = None,
        findings: Sequence[Finding] = (),
        count: int | None = None,
    ) -> None:
        """``count`` is the number of errors, if ``findings`` are not all of them."""
        errors = [str(finding) for finding in findings if finding.severity == "error"]
        super().__init__(_text(message, help, errors, len(errors) if count is None else count))
        self.help = help
        self.findings = findings


def _text(message: str, help: str | None, errors: list[str], count: int) -> str:
    last = [] if help is None else [clipped(f"  help: {help}", LIMIT // 3)]
    room = LIMIT - sum(len(line) + 1 for line in last)
    lines = [clipped(message, LIMIT // 3 if errors else room)]
    room -= len(lines[0]) + _MORE
    for error in errors:
        line = error if len(lines) > 1 else clipped(error, room - 1)
        if len(line) >= room:
            break
        lines.append(line)
        room -= len(line) + 1
    more = count - len(lines) + 1
    if errors and more:
        lines.append(f"and {more} more error{'s' if more > 1 else ''}")
    return "\n".join(lines + last)


def clipped(text: str, length: int) -> str:
    """The text, without its middle if it is longer."""
    if len(text) <= length:
        return text
    end = length // 3
    return f"{text[: length - end - 1]}…{text[-end:]}"


class UsageError(Error, ValueError):
    """An argument is wrong."""


class ReadError(Error, OSError):
    """Something could not be read or written, or changed while it was read."""


class DataError(Error, ValueError):
    """The data is bad; ``findings`` say what and where.

    >>> import gcagg
    >>> try:
    ...     gcagg.read(b'{"results":[{"group":{},"data":[{"interval":"today","metrics":[]}]}]}')
    ... except gcagg.DataError as error:
    ...     finding = error.findings[0]
    >>> finding.code, finding.line, finding.column, finding.pointer
    ('T001', 1, 45, '/results/0/data/0/interval')
    """


class DataWarning(UserWarning):
    """The data is suspicious, or a part of it is not in the result."""


for _kind in (Error, UsageError, ReadError, DataError, DataWarning):
    # Tracebacks, and Spark, show the public name.
    _kind.__module__ = "gcagg"


def refusal(findings: Sequence[Finding], count: int) -> Error:
    """The exception for inputs with so many errors. Inputs that cannot be read weigh more than bad
    data, as in the exit codes of the command line."""
    if any(finding.severity == "error" and finding.code in UNREAD for finding in findings):
        return ReadError("the inputs cannot be read", None, findings, count)
    return DataError("the inputs have errors", None, findings, count)


def failure(kind: str, message: str, help: str | None) -> Error:
    """The exception for an error of the native half, which names options as the command line does."""
    kinds: dict[str, type[Error]] = {"usage": UsageError, "data": DataError, "io": ReadError}
    return kinds.get(kind, Error)(keywords(message), None if help is None else keywords(help))


def keywords(text: str) -> str:
    """``--drop-multivalued`` is ``drop_multivalued`` here, but not in a command."""
    names = {"from": "from_", "async": "async_"}

    def keyword(option: re.Match[str]) -> str:
        if option[1] is None:
            return option[0]
        name = option[1].replace("-", "_")
        return names.get(name, name)

    return re.sub(r"`gcagg [^`]*`|--([a-z]+(?:-[a-z]+)*)", keyword, text)


def checked_as(kind: type[T], name: str, value: object) -> T:
    """An argument that has a type."""
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    raise UsageError(f"{name}={short(value)}: expected {_TYPES[kind]}")


@contextmanager
def needs(package: str) -> Iterator[None]:
    """A block that imports a package that the user may not have."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"this needs the package {package}: {error}", f"pip install {package}") from error
