#!/usr/bin/env python3
"""Changes one place of the code at a time, and shows which changes no test notices.

    cargo install cargo-mutants && python3 tests/mutants/run.py [--sample 40] [--seed 1] [--part aggregate]

cargo-mutants lists the changes of src/aggregate, src/check, src/table and src/record; this script tries a random
sample of them in a copy of the project. For each, it builds the command and runs the black-box tests that are nearest
to the part and the file, then the unit tests. The black-box tests are built once: they run the command at a fixed
path. All changes take days; the same seed gives the same sample, and --skip goes on behind an earlier one.
"""

import argparse
import collections
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# The modules of tests/it that are nearest to a part, the quickest first.
PARTS = {
    "aggregate": "rollup merging reports report keyfigures kpi absent repeats counting figures comparing oracle order",
    "check": "rules gate days shapes copies presences dimensions across times spans sparse slips many weather slow",
    "table": "tables columns filters named typed exact order partitions selection delimiters spellings kpi slow",
    "record": "reading framing tables exact spellings rules named presences weather slow",
}
# Builds without optimisation are quicker, and need no links to sources.
SETTINGS = ["--config", "profile.dev.package.gcagg.opt-level=0", "--config", "profile.dev.debug=false"]


def run(command, folder, limit, memory=None):
    """The exit code and what was printed; None and nothing after `limit` seconds."""
    def bound():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True, preexec_fn=bound)
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        # A change may make the command run for ever.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, ""
    return process.returncode, said


def built(folder):
    """The path of the black-box tests."""
    code, said = run(["cargo", "test", "--no-run", "--test", "it", "--message-format", "json", *SETTINGS], folder, 3600)
    if code:
        sys.exit(said[-2000:])
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return next(it["executable"] for it in lines if it.get("executable") and it["target"]["name"] == "it")


def nearest(file):
    """The modules for a file: first those of its name."""
    part, stem = file.split("/")[1], Path(file).stem
    return sorted(PARTS[part].split(), key=lambda module: module[:5] not in stem)


def outcome(folder, tests, file):
    """What becomes of the change in the copy: a word, and the test that noticed it."""
    code, said = run(["cargo", "build", "-q", *SETTINGS], folder, 1800)
    if code:
        return ("not built", "")
    for module in nearest(file):
        code, said = run([tests, "-q", f"{module}::"], folder, 240, 8 << 30)
        if code is None:
            return ("killed", f"{module}: too slow")
        if code:
            failed = [line.strip() for line in said.splitlines() if line.startswith(f"    {module}::")]
            return ("killed", failed[0] if failed else module)
    code, said = run(["cargo", "test", "-q", "--lib", *SETTINGS], folder, 1800)
    return ("killed", "unit tests") if code else ("survived", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--copy", type=Path, default=ROOT / "target/mutants", help="the copy of the project")
    arguments = parser.parse_args()
    parts = [arguments.part] if arguments.part else list(PARTS)
    filters = [word for part in parts for word in ("-f", f"src/{part}/**")]
    listed = subprocess.run(["cargo", "mutants", "--list", "--json", "--diff", *filters], cwd=ROOT, capture_output=True, text=True, check=True)
    changes = json.loads(listed.stdout)
    random.Random(arguments.seed).shuffle(changes)
    copy = arguments.copy
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, copy / name)
    tests = built(copy)
    code, said = run([tests, "-q", *sorted({f"{it}::" for part in parts for it in PARTS[part].split()})], copy, 3600)
    if code:
        sys.exit(f"the tests fail without a change:\n{said[-3000:]}")
    counts = collections.Counter()
    for change in changes[arguments.skip:arguments.skip + arguments.sample]:
        file, began = copy / change["file"], time.monotonic()
        before = file.read_text()
        subprocess.run(["patch", "-s", "-p0"], cwd=copy, input=change["diff"].split("\n", 2)[2].join(
            [f"--- {change['file']}\n+++ {change['file']}\n", ""]), text=True, check=True)
        word, test = outcome(copy, tests, change["file"])
        # The next build must see the old text again.
        file.write_text(before)
        counts[word] += 1
        print(f"{word}: {change['name']} {test} ({time.monotonic() - began:.0f} s)", flush=True)
    viable = counts["killed"] + counts["survived"]
    print(f"{len(changes):,} changes, {sum(counts.values())} tried: {counts['killed']} killed, {counts['survived']} survived, "
          f"{counts['not built']} not built; score {100 * counts['killed'] / max(viable, 1):.0f} %")


if __name__ == "__main__":
    main()
