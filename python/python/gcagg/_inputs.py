"""Inputs that were checked, in this process or in one before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import _native
from ._errors import UsageError
from ._sources import Native

#: Is told how many bytes were read, of how many.
Progress = Callable[[int, int], object]


class Inputs:
    """Sources with the options under which they were checked, and what came of it.

    Threads do not live on in a process that was forked, and a copy or a pickle has nothing native.
    The inputs are checked again there, as soon as they are wanted.
    """

    def __init__(
        self,
        sources: Sequence[Native],
        options: Mapping[str, Any],
        *,
        every: bool,
        progress: Progress | None,
    ) -> None:
        if progress is not None and not callable(progress):
            raise UsageError(f"progress={progress!r}: expected a function")
        self.options = dict(options)
        self.progress = progress
        self._sources = sources
        self._every = every
        self._check()

    def with_options(self, **options: Any) -> Inputs:
        """The same sources, checked with other options."""
        changed = {**self.options, **options}
        return Inputs(self._sources, changed, every=self._every, progress=self.progress)

    def _check(self) -> None:
        self._native = _native.check(self._sources, self.options, self._every, self.progress)
        self._pid = os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "progress": None, "_native": None, "_pid": None}

    def reads(self, path: str) -> bool:
        """Whether the file at ``path`` was read: as a source, as an open file, or for names."""
        paths = [it for it in self._sources if isinstance(it, str)]
        others = [it[0] for it in self._sources if not isinstance(it, str)]
        read = [*(_native.files(paths) if paths else []), *others, *self.options.get("names", [])]
        return os.path.realpath(path) in {os.path.realpath(it) for it in read}

    @property
    def checked(self) -> _native.Checked:
        """The native half of these inputs in this process."""
        if self._pid != os.getpid():
            self._check()
        return self._native
