"""Findings: what is wrong or noteworthy in an input, with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from . import _native
from ._errors import checked_as
from ._inputs import Inputs


@dataclass(frozen=True)
class Finding:
    """Something that is wrong or noteworthy in an input. The fields are the keys of
    ``gcagg validate --format json``."""

    #: The code, such as ``S001``; ``gcagg.explain("S001")`` explains it.
    code: str
    #: The name of the code, such as ``wrong-type``.
    name: str
    severity: Literal["error", "warning", "info"]
    #: What is wrong, in one sentence.
    message: str
    #: The name of the input.
    file: str
    #: The line, counted from 1; ``None`` where the whole input is meant.
    line: int | None
    #: The column, counted from 1 in characters.
    column: int | None
    #: The place after the last character.
    end_line: int | None
    end_column: int | None
    #: The bytes before it and of it, in the input after decompression.
    offset: int | None
    length: int | None
    #: The JSON pointer (RFC 6901) to the value within its document.
    pointer: str
    #: What to do about it.
    help: str | None
    #: The web page of the code, if the package was built with its address.
    url: str | None
    #: A second place that the finding is about.
    related: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        pointer = f" ({self.pointer})" if self.pointer else ""
        return _native.printable(f"{self.severity}[{self.code}] {place}: {self.message}{pointer}")


def parsed(text: str | bytes) -> list[Finding]:
    """The findings in a JSON array."""
    return [Finding(**finding) for finding in json.loads(text)]


def found(checked: _native.Checked) -> list[Finding]:
    """The findings of inputs that were checked."""
    return parsed(checked.write_findings("json", None))


def told(checked: _native.Checked) -> Iterator[str]:
    """Sentences about the causes of warnings, and of parts that are left out."""
    for fields, count in json.loads(checked.warnings()):
        finding = Finding(**fields)
        places = f" ({count} places)" if count > 1 else ""
        left_out = "left out: " if finding.severity == "error" else ""
        help = f"\n  help: {_native.printable(finding.help)}" if finding.help else ""
        yield f"{left_out}{finding}{places}{help}"


class Findings(Sequence[Finding]):
    """All findings of a run, in the order of the inputs.

    >>> import gcagg
    >>> findings = gcagg.validate("samples/queue-day.json")
    >>> findings.ok
    True
    """

    def __init__(self, inputs: Inputs, baseline: str | None = None) -> None:
        self._inputs = inputs
        self._baseline = baseline
        self._list = parsed(self._report("json"))

    def _report(self, format: str) -> bytes:
        return self._inputs.checked.write_findings(format, self._baseline)

    @property
    def ok(self) -> bool:
        """Whether there is no error among them."""
        return all(finding.severity != "error" for finding in self)

    @property
    def fixed(self) -> list[tuple[str, bytes]]:
        """Names and texts of the inputs after ``fix=True``, as :func:`gcagg.read` takes them."""
        return [(name, text.encode()) for name, text in self._inputs.checked.repaired]

    def to(
        self,
        format: Literal[
            "text", "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown"
        ],
    ) -> str:
        """The findings in a format of ``gcagg validate --format``."""
        return self._report(checked_as(str, "format", format)).decode()

    def to_json(self) -> str:
        """One JSON array with every finding."""
        return self.to("json")

    def to_sarif(self) -> str:
        """SARIF 2.1.0, for code scanning."""
        return self.to("sarif")

    def __len__(self) -> int:
        return len(self._list)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._list)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> list[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | list[Finding]:
        return self._list[index]

    def __eq__(self, other: object) -> bool:
        return self._list == other._list if isinstance(other, Findings) else NotImplemented

    def __repr__(self) -> str:
        return f"<gcagg.Findings: {len(self)}, {'ok' if self.ok else 'with errors'}>"

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self)
