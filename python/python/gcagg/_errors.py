"""The exceptions of gcagg."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from reprlib import repr as short
from typing import TYPE_CHECKING, TypeVar

from . import _native

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


def warn(message: str) -> None:
    """Warns of the data, at the line that called this package."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "gcagg":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, DataWarning, stacklevel=level)


def refusal(findings: Sequence[Finding], count: int, message: str = "the inputs have errors") -> Error:
    """The exception for inputs with so many errors. Inputs that cannot be read weigh more than bad
    data, as in the exit codes of the command line."""
    errors = [finding for finding in findings if finding.severity == "error"]
    unread = [finding for finding in errors if finding.code in UNREAD]
    help = next_step(unread or errors)
    if unread:
        return ReadError("the inputs cannot be read", help, findings, count)
    return DataError(message, help, findings, count)


def next_step(errors: Sequence[Finding]) -> str:
    """The help of the first error that has one."""
    helps = [finding.help for finding in errors if finding.help]
    return keywords(_native.printable(helps[0])) if helps else _NEXT[DataError]


#: The next step of errors that have none of their own.
_NEXT: dict[type[Error], str] = {
    DataError: "gcagg.validate(source) has all findings, with their places",
    ReadError: "check the path, its permissions, and the room on the disk",
}


def failure(kind: str, message: str, help: str | None) -> Error:
    """The exception for an error of the native half, which names options as the command line does."""
    kinds: dict[str, type[Error]] = {"usage": UsageError, "data": DataError, "io": ReadError}
    made = kinds.get(kind, Error)
    help = help or _NEXT.get(made)
    return made(keywords(message), None if help is None else keywords(help))


def keywords(text: str) -> str:
    """Options as keywords: ``--drop-multivalued`` is ``drop_multivalued``, but not in a command, and
    ``--on-error skip`` is ``on_error="skip"``."""

    def keyword(option: re.Match[str]) -> str:
        name, value = option[1], option[2]
        if name is None:
            return _WORDS.get(option[0], option[0])
        name = _WORDS.get(f"--{name}", name.replace("-", "_"))
        return name if value is None else f'{name}="{value}"'

    return _OPTION.sub(keyword, text)


#: Options that have another form in Python.
_WORDS = {
    "--from": "from_",
    "--async": "async_",
    "--exclude": "a list of files",
    "-t csv": "for row in table",
}
_OPTION = re.compile(
    r"`gcagg [^`]*`|-t csv\b|--([a-z]+(?:-[a-z]+)*)"
    r"(?: (all(?:,[^\s;]+)?|present|skip|same|last|wide|long)(?![\w-]))?"
)


def grouped(lines: Sequence[str]) -> Iterator[str]:
    """Warnings of the command line, each with the line of help below it."""
    for index, line in enumerate(lines):
        if line.startswith("warning"):
            yield "\n".join([line, *(it for it in lines[index + 1 : index + 2] if _is_help(it))])


def _is_help(line: str) -> bool:
    return line.startswith("  help:")


#: What only a command line has: the place holder of a value, and a short option outside of a command.
_PLACE = re.compile(r" <[A-Z0-9_-]+>(?=')")
_OUTPUT = re.compile(r"`[^`]*`|(?<!\S)-o (\S+?)(?=[:;,]?(?:\s|$))")
_HINTS = ("Usage:", "For more information")


def of_command(kind: type[Error], lines: Sequence[str]) -> Error:
    """The exception for a command that failed with these lines."""
    lines = [line for line in lines if line and not line.startswith(_HINTS)]
    lines = [_OUTPUT.sub(lambda it: f'output="{it[1]}"' if it[1] else it[0], _PLACE.sub("", line)) for line in lines]
    message = "\n".join(line for line in lines if not _is_help(line)).removeprefix("gcagg: ").removeprefix("error: ")
    helps = [line.removeprefix("  help: ") for line in lines if _is_help(line)]
    help = helps[-1] if helps else _NEXT.get(kind)
    return kind(keywords(message) or "gcagg failed", None if help is None else keywords(help))


def checked_as(kind: type[T], name: str, value: object) -> T:
    """An argument that has a type."""
    if isinstance(value, kind) and not isinstance(value, bool) and _is_text(value):
        return value
    raise UsageError(f"{name}={short(value)}: expected {_TYPES[kind]}")


def _is_text(value: object) -> bool:
    """False for text with a lone surrogate."""
    return not isinstance(value, str) or value.isascii() or not re.search("[\ud800-\udfff]", value)


@contextmanager
def needs(package: str) -> Iterator[None]:
    """A block that imports a package that the user may not have."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"this needs the package {package}: {error}", f"pip install {package}") from error
