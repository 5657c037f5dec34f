#!/usr/bin/env python3
"""Processor time and memory of the commands on an ordinary input and on doubtful ones.

    cargo build --release --bin gcagg --example generate
    python3 benches/costs.py [--megabytes 100] [--rounds 5] [--keep FOLDER]

Prints the table of docs/performance.md: medians of user and system time together, which other work
on the machine disturbs little, elapsed time, and peak memory. The ordinary input has a fraction in a
tenth of its figures, as the API writes them.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GCAGG = ROOT / "target/release/gcagg"
GENERATE = ROOT / "target/release/examples/generate"
INPUTS = {
    "ordinary": [],
    "100 infos": ["--infos", "100"],
    "a warning in every bucket": ["--warnings"],
    "an error in every group": ["--errors"],
    "one bucket a group": ["--buckets", "1"],
}
COMMANDS = [
    ("validate", "ordinary", ["validate"]),
    ("validate", "100 infos", ["validate"]),
    ("validate", "a warning in every bucket", ["validate"]),
    ("validate", "an error in every group", ["validate"]),
    ("validate", "one bucket a group", ["validate"]),
    ("convert to standard output", "ordinary", ["convert"]),
    ("convert -o FILE", "ordinary", ["convert", "-o", "out.csv"]),
    ("convert -o FILE -j 1", "ordinary", ["convert", "-j", "1", "-o", "out.csv"]),
    ("convert -o FILE", "a warning in every bucket", ["convert", "-o", "out.csv"]),
    ("convert -o FILE.parquet", "ordinary", ["convert", "-o", "out.parquet"]),
    ("convert -o FILE.xlsx", "ordinary", ["convert", "-o", "out.xlsx"]),
    ("report", "ordinary", ["report"]),
    ("inspect", "ordinary", ["inspect"]),
    ("rollup --every 1d", "ordinary", ["rollup", "--every", "1d"]),
]


def measured(command, folder):
    """Processor seconds, elapsed seconds and peak megabytes."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    elapsed = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="keep the inputs in this folder")
    arguments = parser.parse_args()
    scratch = tempfile.TemporaryDirectory()
    folder = arguments.keep or Path(scratch.name)
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, more in INPUTS.items():
        files[name] = folder / (name.replace(" ", "-") + ".json")
        if not files[name].exists():
            size = ["--megabytes", str(arguments.megabytes)]
            subprocess.run([GENERATE, *size, "--floats", *more, "-o", files[name]], check=True)
    print("| command | input | processor | elapsed | MB/s | peak |\n|---|---|---:|---:|---:|---:|")
    for title, name, command in COMMANDS:
        runs = []
        for turn in range(arguments.rounds + 1):
            figures = measured([GCAGG, command[0], "-q", *command[1:], files[name].resolve()], folder)
            if turn:
                # The first turn only warms the caches.
                runs.append(figures)
        processor, elapsed, memory = map(statistics.median, zip(*runs))
        speed = files[name].stat().st_size / 1e6 / elapsed
        print(f"| {title} | {name} | {processor:.2f} s | {elapsed:.2f} s | {speed:,.0f} | {memory:.0f} MB |")


if __name__ == "__main__":
    main()
