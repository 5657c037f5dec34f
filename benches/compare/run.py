#!/usr/bin/env python3
"""Compares gcagg with what people use today, and prints Markdown tables.

    python3 benches/compare/run.py                 # 100 MB, five rounds
    python3 benches/compare/run.py --megabytes 10 --rounds 2

Peers are whole processes, run one after another in each round, so that a busy moment hits all of
them; the figures are medians. What a peer needs is installed into a folder of its own (--tools),
with pip and npm; a peer that cannot be installed is left out and named. The simdjson converter is
built where a C++ compiler and simdjson.h are (--simdjson FOLDER for one outside the usual places).
Every table must have the same number of rows and the same sums of `count` and `sum`, or it is no
comparison.
"""

import argparse
import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE / "peers"
PACKAGES = ["polars", "duckdb", "orjson", "jsonschema-rs", "check-jsonschema"]
SDK = "PureCloudPlatformClientV2"
ERRORS = "an error in every group"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, help="how many small files (50 per megabyte)")
    parser.add_argument("--tools", type=Path, default=ROOT / "target/compare")
    parser.add_argument("--simdjson", type=Path, help="a folder with simdjson.h and simdjson.cpp")
    parser.add_argument("--sdk", action="store_true", help="the official SDK too (slow)")
    parser.add_argument("--only", help="peers whose name contains this")
    return parser.parse_args()


def quiet(command, **more):
    """Runs a command that prepares something; says whether it could."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    if done.returncode:
        print(f"left out: {command[0]}: {done.stderr.strip()[-200:]}", file=sys.stderr)
    return done.returncode == 0


def built(arguments):
    """The binaries, the inputs, and an environment for the peers."""
    subprocess.run(["cargo", "build", "--release", "--example", "generate", "--bin", "gcagg"], cwd=ROOT, check=True)
    tools = arguments.tools
    tools.mkdir(parents=True, exist_ok=True)
    python = tools / "python/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", tools / "python"], check=True)
    wanted = PACKAGES + ([SDK] if arguments.sdk else [])
    packages = [it for it in wanted if quiet([python, "-m", "pip", "-q", "install", it])]
    if shutil.which("npm") and not (tools / "node_modules/ajv").exists():
        quiet(["npm", "install", "--silent", "--prefix", tools, "ajv"])
    simdjson = tools / "simdjson_csv"
    if shutil.which("g++") and not simdjson.exists():
        flags = ["-O3", "-march=native", "-std=c++17", PEERS / "simdjson_csv.cpp", "-o", simdjson]
        folder = arguments.simdjson
        source = [f"-I{folder}", folder / "simdjson.cpp"] if folder else ["-lsimdjson"]
        quiet(["g++", *flags, *source])
    generate = ROOT / "target/release/examples/generate"
    inputs = {}
    for name, more in {
        # A fraction in a tenth of the figures, as the API writes whole milliseconds; a third of the metrics
        # of a queue do not occur in a half hour.
        "ordinary": ["--floats", "--missing", "30", "--buckets", "8"],
        "whole numbers only": [],
        "100 infos": ["--floats", "--infos", "100"],
        "a warning in every bucket": ["--floats", "--warnings"],
        ERRORS: ["--floats", "--errors"],
        "pretty": ["--floats", "--pretty"],
        "one group": ["--floats", "--one-group"],
        "one bucket per group": ["--floats", "--buckets", "1"],
        "one document per line": ["--floats", "--lines"],
    }.items():
        path = tools / f"{name.replace(' ', '-')}.json"
        subprocess.run([generate, "--megabytes", str(arguments.megabytes), *more, "-o", path], check=True)
        inputs[name] = path
    folder = tools / "small"
    shutil.rmtree(folder, ignore_errors=True)
    count = arguments.files or max(1, int(arguments.megabytes * 50))
    subprocess.run([generate, "--floats", "--megabytes", "0.018", "--buckets", "8", "--files", str(count), "-o", folder], check=True)
    inputs[f"{count} files"] = folder
    with open(tools / "ordinary.json.gz", "wb") as file:
        subprocess.run(["gzip", "-c", inputs["ordinary"]], stdout=file, check=True)
    inputs["gzip"] = tools / "ordinary.json.gz"
    return python, packages, inputs


def size(path):
    path = Path(path)
    if path.is_dir():
        return sum(it.stat().st_size for it in path.iterdir())
    return path.stat().st_size


def measured(command, stdout=None):
    """Wall seconds and peak megabytes of a process."""
    start = time.perf_counter()
    child = subprocess.Popen(list(map(str, command)), stdout=stdout or subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    return os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / 1024


def rounds(count, peers):
    """Medians of each peer's seconds and megabytes."""
    figures = {name: [] for name in peers}
    for turn in range(count + 1):
        for name, run in list(peers.items()):
            if turn > 1 and figures[name] and figures[name][0][0] > 20:
                continue
            code, seconds, memory = run()
            # Validation that finds errors has done its work.
            if code > 1 or (code and ERRORS not in name):
                print(f"left out: {name} ended with {code}", file=sys.stderr)
                del peers[name], figures[name]
            elif turn:
                # The first turn only warms the caches.
                figures[name].append((seconds, memory))
    return {name: tuple(map(statistics.median, zip(*runs))) for name, runs in figures.items()}


def totals(path):
    """Rows, and the sums of the count and sum columns."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        header = next(rows, None)
        at = [header.index(name) for name in ("count", "sum")] if header else []
        number, sums = 0, [0, 0]
        for row in rows:
            number += 1
            for index, column in enumerate(at):
                if row[column]:
                    sums[index] += int(float(row[column]))
    return number, *sums


def table(title, figures, base, length):
    print(f"\n{title}\n\n| | time | of {base} | MB/s | peak MB |\n|---|---:|---:|---:|---:|")
    first = figures[base][0]
    for name, (seconds, memory) in figures.items():
        print(f"| {name} | {seconds:.3f} s | {seconds / first:.1f} | {length / seconds / 1e6:,.0f} | {memory:,.0f} |")


def main():
    arguments = options()
    python, packages, inputs = built(arguments)
    tools, large = arguments.tools, inputs["ordinary"]
    gcagg = ROOT / "target/release/gcagg"
    schema = ROOT / "schemas/aggregates.schema.json"

    def out(name):
        return tools / f"{''.join(filter(str.isalnum, name))}.csv"

    def convert(name, *command):
        return lambda: measured([*command, large, out(name)])

    def to_file(name, *command):
        """Runs what writes to standard output: no peer waits for the disk, and so gcagg must not."""
        with open(out(name), "w") as file:
            return measured(command, stdout=file)

    converters = {
        "gcagg": lambda: to_file("gcagg", gcagg, "convert", "-q", large),
        "gcagg -j 1": lambda: to_file("gcagg -j 1", gcagg, "convert", "-q", "-j", "1", large),
        # Reads once, and waits until the disk has the file, as no peer does.
        "gcagg -o FILE": lambda: measured([gcagg, "convert", "-q", large, "-o", out("gcagg -o FILE")]),
    }
    for name, script in {"polars": "polars_table.py", "duckdb": "duckdb_csv.py", "orjson": "orjson_csv.py"}.items():
        if name in packages:
            converters[name] = convert(name, python, PEERS / script)
    if (tools / "simdjson_csv").exists():
        converters["simdjson (C++)"] = convert("simdjson (C++)", tools / "simdjson_csv")
    if SDK in packages:
        converters["Python SDK"] = convert("Python SDK", python, PEERS / "sdk_csv.py")
    if shutil.which("jq"):

        def jq():
            with open(out("jq"), "w") as file:
                file.write("mediaType,queueId,interval_start,interval_end,metric,count,sum,min,max,ratio,numerator,denominator,target\n")
                file.flush()
                return measured(["jq", "-r", "-f", PEERS / "long.jq", large], stdout=file)

        converters["jq"] = jq
    validators = {
        "gcagg": lambda: measured([gcagg, "validate", "-q", large]),
        "gcagg -j 1": lambda: measured([gcagg, "validate", "-q", "-j", "1", large]),
    }
    if (tools / "node_modules/ajv").exists():
        validators["ajv"] = lambda: measured(["node", PEERS / "ajv.mjs", schema, large, tools.resolve()])
    if "jsonschema-rs" in packages:
        validators["jsonschema-rs"] = lambda: measured([python, PEERS / "jsonschema_rs_check.py", schema, large])
    if "check-jsonschema" in packages:
        check = tools / "python/bin/check-jsonschema"
        validators["check-jsonschema"] = lambda: measured([check, "--schemafile", schema, large])
    for peers in (converters, validators):
        for name in list(peers):
            if arguments.only and arguments.only not in name and name != "gcagg":
                del peers[name]

    versions = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True).stdout
    named = [line for line in versions.split() if line.split("==")[0].lower().replace("_", "-") in {it.lower() for it in packages}]
    for command in (["jq", "--version"], ["node", "--version"], ["rustc", "--version"]):
        if shutil.which(command[0]):
            named.append(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    print(f"{platform.machine()}, {os.cpu_count()} cores; {', '.join(named)}; {arguments.rounds} rounds, medians.")

    found = rounds(arguments.rounds, converters)
    expected = totals(out("gcagg"))
    for name in list(found):
        got = totals(out(name))
        if got != expected:
            print(f"{name}: another table: {got}, not {expected}", file=sys.stderr)
            del found[name]
    table(f"Long CSV of {expected[0]:,} rows to a file", found, "gcagg", size(large))
    if not arguments.only or arguments.only == "polars":
        parquet = {"gcagg": lambda: measured([gcagg, "convert", "-q", large, "-o", tools / "gcagg.parquet"])}
        if "polars" in packages:
            parquet["polars"] = lambda: measured([python, PEERS / "polars_table.py", large, tools / "polars.parquet"])
        table("Parquet with times, zstd", rounds(arguments.rounds, parquet), "gcagg", size(large))
    table("Validation", rounds(arguments.rounds, validators), "gcagg", size(large))

    for what in ("convert", "validate"):
        shapes = {}
        for name, path in inputs.items():
            if what == "convert" and name == ERRORS:
                continue
            shapes[name] = lambda path=path: measured([gcagg, what, "-q", path])
        shapes["standard input"] = lambda: measured(["sh", "-c", f"'{gcagg}' {what} -q - < '{large}'"])
        shapes["pipe"] = lambda: measured(["sh", "-c", f"cat '{large}' | '{gcagg}' {what} -q -"])
        figures = rounds(arguments.rounds, shapes)
        print(f"\nShapes of input, {what} to nowhere\n\n| | MB | time | MB/s | peak MB |\n|---|---:|---:|---:|---:|")
        for name, (seconds, memory) in figures.items():
            length = size(inputs.get(name, large))
            print(f"| {name} | {length / 1e6:,.0f} | {seconds:.3f} s | {length / seconds / 1e6:,.0f} | {memory:,.0f} |")


if __name__ == "__main__":
    main()
