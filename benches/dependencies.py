#!/usr/bin/env python3
"""Prints what each direct dependency costs: size in the command, and share of the build time.

    cargo build --release --bin gcagg --timings
    CARGO_PROFILE_DIST_STRIP=none packages/static
    benches/dependencies.py target/x86_64-unknown-linux-gnu/dist/gcagg target/cargo-timings/cargo-timing.html

The size is the code in functions whose names begin with a crate. Generic code of a crate that gcagg
instantiates counts for the crate, and inlined code counts for the caller. A package that only one direct
dependency needs counts for it; others are in the last row.
"""

import collections
import json
import re
import subprocess
import sys

# A shared package of this size has its own row.
LARGE = 100_000
C_PREFIXES = {
    "ZSTD": "zstd-sys", "HUF": "zstd-sys", "FSE": "zstd-sys", "XXH": "zstd-sys", "HIST": "zstd-sys",
    "COVER": "zstd-sys", "mi_": "libmimalloc-sys", "_mi_": "libmimalloc-sys", "ring_core": "ring",
}


def sizes(binary):
    """Bytes of code per crate, with `_` for `-`."""
    listed = subprocess.check_output(["nm", "-S", "--defined-only", "-C", binary], text=True)
    found = collections.Counter()
    for line in listed.splitlines():
        fields = line.split(maxsplit=3)
        if len(fields) == 4 and fields[2] in "tTwW":
            name = fields[3]
            crate = re.match(r"<*(?:&|mut |dyn |\[|\(|\*const |\*mut )*([A-Za-z_0-9]+)", name)
            owner = next((it for key, it in C_PREFIXES.items() if name.startswith(key)), None)
            found[owner.replace("-", "_") if owner else crate.group(1) if crate else "?"] += int(fields[1], 16)
    return found


def seconds(report):
    """Seconds of rustc and build scripts per package."""
    text = open(report).read()
    units = json.loads(re.search(r"UNIT_DATA = (\[.*?\]);", text, re.S).group(1))
    found = collections.Counter()
    for unit in units:
        found[unit["name"]] += unit["duration"]
    return found


def tree():
    """Names of direct dependencies, and the dependencies of each package."""
    command = ["cargo", "metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"]
    facts = json.loads(subprocess.check_output(command))
    names = {it["id"]: it["name"] for it in facts["packages"]}
    needs = collections.defaultdict(set)
    for node in facts["resolve"]["nodes"]:
        for dependency in node["deps"]:
            if any(it["kind"] != "dev" for it in dependency["dep_kinds"]):
                needs[names[node["id"]]].add(names[dependency["pkg"]])
    return sorted(needs["gcagg"]), needs


def reach(start, needs, others=frozenset()):
    """What `start` needs, itself included, but not through the packages `others`."""
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in others:
            found.add(name)
            waiting.extend(needs[name])
    return found


def owner(package, wanted_by, size):
    """The row in which a package counts."""
    if package == "gcagg" or len(wanted_by) == 1:
        return next(iter(wanted_by), package)
    return package if size > LARGE else "other shared crates"


def main():
    size, time = sizes(sys.argv[1]), seconds(sys.argv[2])
    direct, needs = tree()
    owners = collections.defaultdict(set)
    for name in direct:
        for package in reach(name, needs, set(direct) - {name}):
            owners[package].add(name)
    cost = collections.defaultdict(lambda: [0, 0.0, 0])
    for package in reach("gcagg", needs):
        row = cost[owner(package, owners[package], size[package.replace("-", "_")])]
        row[0] += size[package.replace("-", "_")]
        row[1] += time[package]
        row[2] += 1
    cost["std"] = [sum(size[it] for it in ("core", "std", "alloc")), 0.0, 1]
    total = sum(time[package] for package in reach("gcagg", needs))
    for name, (bytes_, spent, packages) in sorted(cost.items(), key=lambda it: -it[1][0]):
        print(f"| {name} | {packages} | {bytes_ / 1024:.0f} | {spent * 100 / total:.1f} % |")


main()
