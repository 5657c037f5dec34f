"""The exceptions of gcagg."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._findings import Finding

#: How many findings the text of an exception shows.
SHOWN = 10
#: The codes of inputs that could not be read at all.
UNREAD = ("F001", "F009")


class Error(Exception):
    """Any error of gcagg. ``help`` says what to do about it, where that is known; ``findings`` say
    what is wrong with the inputs, and where."""

    help: str | None
    findings: Sequence[Finding]

    def __init__(
        self,
        message: str,
        help: str | None = None,
        findings: Sequence[Finding] = (),
        count: int | None = None,
    ) -> None:
        """``count`` is the number of errors, where ``findings`` are not all of them."""
        errors = [str(finding) for finding in findings if finding.severity == "error"]
        lines = [message, *errors[:SHOWN]]
        more = (len(errors) if count is None else count) - len(errors[:SHOWN])
        if more:
            lines.append(f"and {more} more error{'s' if more > 1 else ''}")
        if help is not None:
            lines.append(f"  help: {help}")
        super().__init__("\n".join(lines))
        self.help = help
        self.findings = findings


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


class GcaggWarning(UserWarning):
    """Something was left out that may be missed."""


def refusal(findings: Sequence[Finding], count: int) -> Error:
    """The exception for inputs with so many errors. What could not be read weighs more than what is
    bad, as in the exit codes of the command line."""
    if any(finding.severity == "error" and finding.code in UNREAD for finding in findings):
        return ReadError("the inputs cannot be read", None, findings, count)
    return DataError("the inputs have errors", None, findings, count)


def failure(kind: str, message: str, help: str | None) -> Error:
    """The exception for an error of the native half, which names options as the command line does."""
    kinds: dict[str, type[Error]] = {"usage": UsageError, "data": DataError}
    return kinds.get(kind, ReadError)(keywords(message), None if help is None else keywords(help))


def keywords(text: str) -> str:
    """``--drop-multivalued`` is ``drop_multivalued`` here."""
    names = {"from": "from_"}

    def keyword(option: re.Match[str]) -> str:
        name = option[1].replace("-", "_")
        return names.get(name, name)

    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", keyword, text)
