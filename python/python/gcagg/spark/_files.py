"""The files that a data frame or a stream reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

import gcagg

from ._options import Settings

_WILDCARD = re.compile(r"[*?\[]")


def check_paths(paths: Sequence[str]) -> None:
    """Refuses paths that do not exist; a folder may be empty, and a pattern may match nothing."""
    for path in paths:
        if not _WILDCARD.search(path) and not os.path.exists(path):
            gcagg.files(path)


def listed(settings: Settings, paths: Sequence[str]) -> list[str]:
    """The files, of which there is at least one."""
    found = gcagg.files(paths)
    files = list(_wanted(settings, paths, found))
    if not files:
        raise ValueError(
            f"gcagg: none of {len(found)} files in {', '.join(paths)} has the name and time that the"
            " options pathGlobFilter, recursiveFileLookup, modifiedAfter and modifiedBefore require"
        )
    return files


def arrived(settings: Settings, paths: Sequence[str]) -> dict[str, int]:
    """The files that are there, with their sizes."""
    check_paths(paths)
    found: dict[str, None] = {}
    for path in paths:
        try:
            found.update(dict.fromkeys(gcagg.files(path)))
        except gcagg.ReadError:
            # A folder without files: some may come.
            continue
    files = sorted(_wanted(settings, paths, list(found)))
    return {file: os.path.getsize(file) for file in files}


def _wanted(settings: Settings, paths: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    """The files that the options of Spark for files choose."""
    patterns = [] if settings.glob is None else list(_alternatives(settings.glob))
    after = _seconds("modifiedAfter", settings.modified_after, settings)
    before = _seconds("modifiedBefore", settings.modified_before, settings)
    folders = [] if settings.recursive else [path for path in paths if os.path.isdir(path)]
    for file in files:
        folder, name = os.path.split(file)
        if patterns and not any(fnmatchcase(name, pattern) for pattern in patterns):
            continue
        if any(folder.startswith(os.path.join(it, "")) for it in folders):
            continue
        if after is not None or before is not None:
            time = os.path.getmtime(file)
            if (after is not None and time <= after) or (before is not None and time >= before):
                continue
        yield file


def _alternatives(pattern: str) -> Iterator[str]:
    """The patterns that ``{a,b}`` in a pattern of Hadoop stands for."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        yield pattern
        return
    for one in match[1].split(","):
        yield from _alternatives(pattern[: match.start()] + one + pattern[match.end() :])


def _seconds(option: str, text: str | None, settings: Settings) -> float | None:
    """A time as seconds; without an offset it is in the option ``timezone``, or in UTC."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(
            f"gcagg: option `{option}`: expected a time such as 2026-03-02T08:00:00+01:00, not `{text}`"
        ) from None
    if time.tzinfo is None:
        zone = settings.read.get("timezone")
        time = time.replace(tzinfo=ZoneInfo(zone) if zone else timezone.utc)
    return time.timestamp()
