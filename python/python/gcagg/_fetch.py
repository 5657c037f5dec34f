"""Responses from the API."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from reprlib import repr as short
from typing import overload

from ._errors import DataError, Error, ReadError, UsageError, grouped, keywords, of_command, warn

Names = str | Iterable[str]
Conditions = Mapping[str, Names] | Names

#: Exceptions by the exit code of the command.
_ERRORS: dict[int, type[Error]] = {1: DataError, 2: UsageError}


@overload
def fetch(
    output: None = ..., *, family: str | None = ..., last: str | None = ..., interval: str | None = ...,
    timezone: str | None = ..., metric: Names | None = ..., group_by: Names | None = ...,
    granularity: str | None = ..., where: Conditions | None = ..., query: str | os.PathLike[str] | None = ...,
    no_check: bool = ..., split: str | None = ..., async_: bool = ..., resume: bool = ...,
    names: Names | None = ..., concurrency: int | None = ..., max_retries: int | None = ...,
    deadline: str | None = ..., timeout: str | None = ..., ca_cert: str | os.PathLike[str] | None = ...,
    env_file: str | os.PathLike[str] | None = ...,
) -> bytes: ...
@overload
def fetch(
    output: str | os.PathLike[str], *, family: str | None = ..., last: str | None = ...,
    interval: str | None = ..., timezone: str | None = ..., metric: Names | None = ...,
    group_by: Names | None = ..., granularity: str | None = ..., where: Conditions | None = ...,
    query: str | os.PathLike[str] | None = ..., no_check: bool = ..., split: str | None = ...,
    async_: bool = ..., resume: bool = ..., names: Names | None = ..., concurrency: int | None = ...,
    max_retries: int | None = ..., deadline: str | None = ..., timeout: str | None = ...,
    ca_cert: str | os.PathLike[str] | None = ..., env_file: str | os.PathLike[str] | None = ...,
) -> str: ...
def fetch(
    output: str | os.PathLike[str] | None = None,
    *,
    family: str | None = None,
    last: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    metric: Names | None = None,
    group_by: Names | None = None,
    granularity: str | None = None,
    where: Conditions | None = None,
    query: str | os.PathLike[str] | None = None,
    no_check: bool = False,
    split: str | None = None,
    async_: bool = False,
    resume: bool = False,
    names: Names | None = None,
    concurrency: int | None = None,
    max_retries: int | None = None,
    deadline: str | None = None,
    timeout: str | None = None,
    ca_cert: str | os.PathLike[str] | None = None,
    env_file: str | os.PathLike[str] | None = None,
) -> bytes | str:
    """Runs a query and saves the response, as ``gcagg fetch`` does with the same options. Returns
    the response, or with ``output`` the path of the file or folder that has it. Both are sources
    for :func:`gcagg.read`.

    Credentials and hosts come from the environment or from ``.env``. Without them, or if a request
    fails, raises :class:`gcagg.ReadError`.

    >>> import gcagg
    >>> day = gcagg.read(gcagg.fetch(last="yesterday", group_by="queueId"))  # doctest: +SKIP
    """
    options = dict(locals())
    del options["output"]
    try:
        path = None if output is None else os.fsdecode(output)
    except TypeError as error:
        raise UsageError(f"output={short(output)}: expected a path") from error
    command = [sys.executable, "-m", "gcagg", "fetch", f"--output={path or '-'}", *_flags(options)]
    # A process of its own ends with Ctrl-C, whatever it waits for.
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except ValueError as error:
        # A null byte, or text with a lone surrogate.
        raise UsageError(f"an argument has no form on a command line: {error}") from error
    except OSError as error:
        raise ReadError(f"the command cannot start: {error}") from error
    lines = done.stderr.decode(errors="replace").splitlines()
    if done.returncode:
        raise of_command(_ERRORS.get(done.returncode, ReadError), lines)
    for warning in grouped(lines):
        warn(keywords(warning))
    return done.stdout if path is None else path


def _flags(options: Mapping[str, object]) -> list[str]:
    """Keyword arguments as the command line has them."""
    flags = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if isinstance(value, Mapping) and name != "where":
            raise _not_text(name, value)
        if value is True:
            flags.append(option)
        elif isinstance(value, Mapping):
            flags += [f"{option}={key}={_joined(name, one)}" for key, one in value.items()]
        elif name == "where" and isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
            flags += [f"{option}={_joined(name, one)}" for one in value]
        elif value is not None and value is not False:
            flags.append(f"{option}={_joined(name, value)}")
    return flags


def _joined(name: str, value: object) -> str:
    if isinstance(value, (bytes, Mapping)):
        raise _not_text(name, value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(_joined(name, one) for one in value)
    return str(value)


def _not_text(name: str, value: object) -> UsageError:
    return UsageError(f"{name}={short(value)}: expected text or a path")
