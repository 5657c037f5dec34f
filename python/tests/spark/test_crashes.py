"""A process that is killed in mid-run changes nothing in the result."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from against_csv import SAMPLES, Load
from pyspark.sql import functions as F

DIMS = "mediaType,queueId"
TASKS = 60


@pytest.fixture(scope="module")
def many(folder: Path) -> Path:
    path = folder / "crashes"
    path.mkdir()
    text = (SAMPLES / "queue-day.json").read_text()
    for number in range(TASKS):
        (path / f"{number:02}.json").write_text(
            text.replace('"queueId": "', f'"queueId": "{number}-')
        )
    return path


def children() -> dict[int, list[int]]:
    """The processes of this machine by their parents."""
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            found.setdefault(parent, []).append(int(entry.name))
    return found


def started(word: str, by: int | None = None) -> Iterator[int]:
    """Processes that this test has started, directly or not, whose command line has this word."""
    tree = children()
    waiting = tree.get(by or os.getpid(), [])
    while waiting:
        process = waiting.pop()
        waiting += tree.get(process, [])
        try:
            command = Path(f"/proc/{process}/cmdline").read_text()
        except OSError:
            continue
        if word in command:
            yield process


def an_executor() -> int:
    return next(started("CoarseGrainedExecutorBackend"))


def a_worker() -> int:
    """A Python process that runs tasks: the daemon of an executor has forked it."""
    for executor in started("CoarseGrainedExecutorBackend"):
        daemons = set(started("pyspark.daemon", by=executor))
        for daemon in daemons:
            for process in children().get(daemon, []):
                return process
    raise AssertionError("no executor has a Python worker")


def totals(df: Any) -> list[tuple[Any, ...]]:
    figures = F.count("*"), F.sum("count"), F.sum("sum"), F.max("max")
    return [tuple(row) for row in df.groupBy("metric").agg(*figures).orderBy("metric").collect()]


@pytest.mark.parametrize("victim", [an_executor, a_worker])
def test_a_killed_process_changes_nothing(
    spark: Any, load: Load, many: Path, victim: Callable[[], int]
) -> None:
    df = load(many, dims=DIMS, maxPartitionBytes="1")
    expected = totals(df)
    document = json.loads((SAMPLES / "queue-day.json").read_text())
    buckets = [bucket for group in document["results"] for bucket in group["data"]]
    assert sum(row[1] for row in expected) == TASKS * sum(
        len(bucket["metrics"]) for bucket in buckets
    )

    found: list[Any] = []
    run = threading.Thread(target=lambda: found.append(totals(df)))
    before = set(spark.sparkContext.statusTracker().getJobIdsForGroup())
    run.start()
    wait_for_tasks(spark, before, 5)
    process = victim()
    os.kill(process, signal.SIGKILL)
    assert run.is_alive(), "the query ended before the process was killed"
    run.join(120)
    assert found == [expected]
    assert not Path(f"/proc/{process}").exists() or is_zombie(process)


def is_zombie(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def wait_for_tasks(spark: Any, before: set[int], number: int) -> None:
    """Until so many tasks of the newest job are done, and others are left."""
    tracker = spark.sparkContext.statusTracker()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for job in set(tracker.getJobIdsForGroup()) - before:
            info = tracker.getJobInfo(job)
            for stage in info.stageIds if info else []:
                stage = tracker.getStageInfo(stage)
                if stage and stage.numTasks == TASKS and stage.numCompletedTasks >= number:
                    assert stage.numCompletedTasks < TASKS
                    return
        time.sleep(0.02)
    raise AssertionError("the query did not begin")
