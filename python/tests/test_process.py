"""The process around a run: Ctrl-C, progress, threads, forks, and the command line."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gcagg
import pyarrow as pa
import pytest
from oracle import DAY, ROOT, repeated, run

pytestmark = pytest.mark.usefixtures("at_root")

#: Every copy in the larger file has other queues, or its buckets would overlap.
COPIES = 6


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A response of 48 MB, which takes a while."""
    path = tmp_path_factory.mktemp("larger") / "larger.json"
    containers = json.dumps(repeated(300)["results"])[1:-1]
    copies = (containers.replace('"queueId": "000', f'"queueId": "{index:03x}') for index in range(COPIES))
    path.write_text(f'{{"results":[{",".join(copies)}]}}')
    return path


def interrupted(work: Callable[[], object]) -> float:
    """Seconds from Ctrl-C to the exception, in work that is done again and again until then."""
    sent = 0.0

    def send() -> None:
        nonlocal sent
        sent = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.2, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        while True:
            work()
    return time.monotonic() - sent


def test_ctrl_c_ends_reading(larger: Path) -> None:
    assert interrupted(lambda: gcagg.read(larger)) < 0.5
    assert interrupted(lambda: gcagg.validate(larger)) < 0.5


def test_a_table_is_whole_after_ctrl_c(large: Path) -> None:
    table = gcagg.read(large)
    assert interrupted(table.to_arrow) < 0.5
    assert interrupted(lambda: gcagg.report(table)) < 0.5
    assert interrupted(lambda: gcagg.rollup(table, by="mediaType")) < 0.5
    assert table.to_arrow().num_rows == pa.table(table).num_rows == table.rows


WAITS = """
import gcagg
print("waiting", flush=True)
try:
    gcagg.read("-")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_waiting_for_input() -> None:
    command = [sys.executable, "-c", WAITS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "waiting\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        # The input is still open, and has nothing.
        assert process.stdout.read() == "interrupted\n"
        assert process.wait(30) == 0
        assert time.monotonic() - sent < 2


def test_progress_is_told(larger: Path) -> None:
    calls: list[tuple[int, int]] = []
    table = gcagg.read(larger, progress=lambda done, total: calls.append((done, total)), threads=1)
    size = larger.stat().st_size
    assert {total for _, total in calls} == {size}
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1] == (size, size)
    # The rows are read in a pass of their own.
    for use in (table.to_arrow, lambda: gcagg.report(table, progress=lambda *call: calls.append(call))):
        calls.clear()
        use()
        assert calls[-1] == (size, size)
        assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_progress_of_small_inputs() -> None:
    calls: list[tuple[int, int]] = []
    tell = lambda done, total: calls.append((done, total))  # noqa: E731
    gcagg.read([DAY, b'{"results":[]}'], progress=tell)
    size = os.path.getsize(DAY) + 14
    assert calls[-1] == (size, size)
    gcagg.rollup(DAY, by="mediaType", progress=tell)
    gcagg.validate(DAY, progress=tell)
    assert calls[-1] == (size - 14, size - 14)


def test_an_exception_of_progress_ends_the_run(larger: Path) -> None:
    calls = []

    def refuse(done: int, total: int) -> None:
        calls.append(done)
        raise LookupError("enough")

    for work in (gcagg.read, gcagg.validate):
        with pytest.raises(LookupError, match="enough"):
            work(larger, progress=refuse)
    with pytest.raises(LookupError, match="enough"):
        gcagg.read(DAY, progress=refuse)
    assert len(calls) == 3


def test_the_interpreter_is_free_while_a_file_is_read(larger: Path) -> None:
    turns = 0
    reader = threading.Thread(target=gcagg.read, args=(larger,))
    reader.start()
    while reader.is_alive():
        time.sleep(0.001)
        turns += 1
    assert turns > 10


def test_several_threads_of_python(large: Path) -> None:
    shared = gcagg.read(large, types="plain")
    expected = shared.to_arrow()

    def use(index: int) -> bool:
        table = shared if index % 2 else gcagg.read(large, types="plain", threads=index % 3)
        return bool((pa.table(table) if index % 4 < 2 else table.to_arrow()) == expected)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(use, range(8)))


@pytest.fixture
def fork() -> Iterator[Callable[[Callable[[], object]], int | None]]:
    """Runs work in a child that was forked, and that an alarm ends should it hang."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork")

    def child(work: Callable[[], object]) -> None:
        signal.alarm(30)
        os._exit(0 if work() else 1)

    def start(work: Callable[[], object]) -> int | None:
        process = multiprocessing.get_context("fork").Process(target=child, args=(work,))
        process.start()
        process.join()
        return process.exitcode

    yield start


# Python warns of forks in processes with threads, which are what this is about.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_table_lives_on_in_a_fork(fork: Any, large: Path) -> None:
    table = gcagg.read(large, threads=2)
    schema = table.schema
    rows = table.to_arrow().num_rows
    works: list[Callable[[], object]] = [
        lambda: table.to_arrow().num_rows == rows,
        lambda: pa.table(table).num_rows == rows,
        lambda: table.rows == rows and table.rejects == [] and table.schema.names,
        lambda: pa.schema(schema) == pa.schema(table.schema),
        lambda: gcagg.read(large).rows == rows,
        lambda: "Offered" in gcagg.report(table),
        lambda: gcagg.rollup(table, by="mediaType").rows,
    ]
    assert [fork(work) for work in works] == [0] * len(works)
    assert table.to_arrow().num_rows == rows


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_findings_live_on_in_a_fork(fork: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(repeated(100)).replace("T08:00:00.000Z/", "T08/"))
    findings = gcagg.validate(path, threads=2)
    report = findings.to_json()
    rejects = gcagg.read(path, threads=2, on_error="skip")
    assert fork(lambda: findings.to_json() == report and not findings.ok) == 0
    assert fork(lambda: len(rejects.rejects) == len(findings) > 100) == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forks_while_others_read(fork: Any, large: Path) -> None:
    table = gcagg.read(large)
    done = threading.Event()

    def busy() -> None:
        while not done.is_set():
            gcagg.read(large)
            table.to_arrow()

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        assert [fork(lambda: table.to_arrow().num_rows == table.rows) for _ in range(5)] == [0] * 5
    finally:
        done.set()
        thread.join()


def test_a_pool_of_processes(large: Path) -> None:
    spans = gcagg.spans(large, size=2_000_000)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        tables = pool.map(gcagg.read, spans)
    # What comes back is read again when it is used.
    assert sum(table.rows for table in tables) == gcagg.read(large).rows


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (0, ["--version"]),
        (0, ["validate", DAY]),
        (1, ["validate", "samples/bad/S001-wrong-type.json"]),
        (2, ["convert", DAY, "--no-such-option"]),
        (2, []),
        (3, ["convert", "no.json"]),
    ],
)
def test_exit_codes_of_the_command_line(status: int, arguments: list[str]) -> None:
    run(*arguments, status=status)


def test_the_script_is_the_command_line() -> None:
    version = f"gcagg {gcagg.__version__}\n"
    assert run("--version").stdout == version
    script = shutil.which("gcagg", path=os.path.dirname(sys.executable))
    assert script
    assert subprocess.run([script, "--version"], capture_output=True, text=True).stdout == version
    piped = subprocess.run([script, "convert", "-"], input=(ROOT / DAY).read_bytes(), capture_output=True)
    assert piped.stdout == run("convert", DAY, text=False).stdout


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gcagg", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_output_that_is_closed_early(larger: Path) -> None:
    with started("convert", larger) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline().startswith("mediaType,")
        process.stdout.close()
        assert (process.wait(30), process.stderr.read()) == (0, "")


def test_ctrl_c_ends_the_command_line() -> None:
    with started("validate", "-") as process:
        assert process.stdin
        process.stdin.write('{"results":[')
        process.stdin.flush()
        # Until the interpreter has started, the signal is Python's own.
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
