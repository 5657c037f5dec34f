"""The first rows of a table, as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

import shutil
from html import escape

from ._native import printable

#: The longest value that is shown whole; ids are longer.
_LONGEST = 24
_GAP = "  "


def text(rows: list[list[str]], more: int) -> str:
    """Rows below a header, in columns as wide as what is in them; ``more`` rows follow.

    Columns in the middle give way where the line is too short.

    >>> print(text([["metric", "count"], ["nOffered", "18"]], more=301))
    metric    count
    nOffered  18
    301 more rows
    """
    columns = [[_short(cell) for cell in column] for column in zip(*rows, strict=True)]
    columns = _fitting(columns, shutil.get_terminal_size((100, 24)).columns)
    widths = [max(map(len, column)) for column in columns]
    lines = [
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]
    return "\n".join([*lines, *([f"{more} more rows"] if more > 0 else [])])


def html(rows: list[list[str]], more: int) -> str:
    """Rows below a header as a table; ``more`` rows follow.

    >>> html([["metric", "count"], ["<b>", "18"]], more=0)
    '<table><tr><th>metric</th><th>count</th></tr><tr><td>&lt;b&gt;</td><td>18</td></tr></table>'
    """
    lines = []
    for index, row in enumerate(rows):
        tag = "td" if index else "th"
        cells = (f"<{tag}>{escape(printable(cell))}</{tag}>" for cell in row)
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>" + (f"<p>{more} more rows</p>" if more > 0 else "")


def _short(cell: str) -> str:
    cell = printable(" ".join(cell.split()))
    return cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 1]}…"


def _fitting(columns: list[list[str]], width: int) -> list[list[str]]:
    """The first and last columns that fit, and a mark for those between them."""
    sizes = [max(map(len, column)) + len(_GAP) for column in columns]
    if sum(sizes) - len(_GAP) <= width:
        return columns
    left, right = 0, len(columns)
    room = width - len("…")
    while left < right:
        from_left = left <= len(columns) - right
        size = sizes[left] if from_left else sizes[right - 1]
        if size > room:
            break
        room -= size
        left, right = (left + 1, right) if from_left else (left, right - 1)
    return [*columns[:left], ["…"] * len(columns[0]), *columns[right:]]
