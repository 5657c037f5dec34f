#!/usr/bin/env python3
"""How reading in Spark scales with executors: one large file, and many small ones.

    pip install ./python 'pyspark[sql]'
    python3 python/benches/spark_scaling.py [--megabytes 600]

Prints the table of docs/spark.md. All processes together have as many cores as there are executors.
Every row is read, checked, converted and handed to the JVM, and written nowhere. The fastest of
some runs counts, after one that warms up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "samples/queue-day.json"
DIMS = "mediaType,queueId"


def groups(megabytes: float, seed: str) -> Iterator[str]:
    """The groups of a sample, again and again under other queues."""
    results = json.loads(SAMPLE.read_text())["results"]
    texts = [(json.dumps(one, separators=(",", ":")), one["group"]["queueId"]) for one in results]
    size = number = 0
    while size < megabytes * 1e6:
        for text, queue in texts:
            text = text.replace(queue, f"{queue[:8]}-{seed}-{number}")
            size += len(text)
            yield text
        number += 1


def write(path: Path, megabytes: float, seed: str) -> None:
    path.write_text('{"results":[' + ",".join(groups(megabytes, seed)) + "]}")


def make(folder: Path, megabytes: float) -> dict[str, Path]:
    """One large file, and small ones of 0.1 MB that are as large together."""
    large, small = folder / "large.json", folder / "small"
    if not small.exists():
        write(large, megabytes, "large")
        small.mkdir()
        for number in range(round(megabytes * 10)):
            write(small / f"{number:06}.json", 0.1, f"{number}")
    return {"one large file": large, "many small files": small}


def measure(executors: int, inputs: dict[str, Path], rounds: int) -> None:
    """Prints rows of the table; a process of its own, because a session keeps its executors."""
    # What is started from here has the same cores.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:executors])
    import gcagg.spark
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master(f"local-cluster[{executors},1,2048]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    spark.dataSource.register(gcagg.spark.Source)
    for name, path in inputs.items():
        files = [path] if path.is_file() else sorted(path.iterdir())
        megabytes = sum(file.stat().st_size for file in files) / 1e6
        times = []
        for turn in range(rounds + 1):
            df = spark.read.format("gcagg").option("dims", DIMS).load(str(path))
            start = time.perf_counter()
            df.write.format("noop").mode("overwrite").save()
            if turn:
                times.append(time.perf_counter() - start)
        seconds, rows = min(times), df.count()
        tasks = df.rdd.getNumPartitions()
        print(
            f"| {name} | {len(files):,} | {megabytes:.0f} | {tasks} | {executors} |"
            f" {seconds:.1f} | {megabytes / seconds:.0f} | {rows / seconds / 1e6:.2f} |",
            flush=True,
        )
    spark.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep the inputs in this folder")
    parser.add_argument("--executors", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (arguments.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        inputs = make(folder, arguments.megabytes)
        if arguments.executors:
            measure(arguments.executors, inputs, arguments.rounds)
            return
        print("| input | files | MB | tasks | executors | seconds | MB/s | million rows/s |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
        for executors in 1, 2:
            own = {
                "PYSPARK_PYTHON": sys.executable,
                "SPARK_LOCAL_DIRS": f"{scratch}/local",
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_WORKER_DIR": f"{scratch}/work",
            }
            command = [
                sys.executable,
                __file__,
                "--keep",
                str(folder),
                "--executors",
                str(executors),
            ]
            command += ["--megabytes", str(arguments.megabytes), "--rounds", str(arguments.rounds)]
            subprocess.run(
                command,
                check=True,
                env={**os.environ, **own},
                cwd=scratch,
                stderr=subprocess.DEVNULL,
            )


if __name__ == "__main__":
    main()
