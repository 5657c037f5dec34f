#!/usr/bin/env python3
"""Compares the direct reader with the tape on mutated responses.

    fuzz/mutate.py BINARY [SECONDS] [SEED]

Each round writes some responses, most of them broken, and runs `validate` and `convert` on all of them
three times: with the direct reader, with the tape alone, and with the direct reader and another window.
Findings, rows and exit codes have to be the same. What differs is kept, and named.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

PER_ROUND = 200
WINDOWS = [1, 2, 3, 7, 16, 61, 64, 100, 256, 1000, 4096, 65536]
PARTS = [
    b'"', b"\\", b",", b":", b"{", b"}", b"[", b"]", b" ", b"\n", b"0", b"1", b"-", b".", b"e", b"null",
    b"true", b"\x00", b"\x1f", b"\x0c", b"\x1a", b"\xff", b"\xc3", b'"a":1,', b'"count":1,', b"{}", b"[]",
    b"//", b"+", b"E5", b"\xef\xbb\xbf", b"NaN", b'""', b'"stats":{}', b'\\"', b'"x" ', b"\x7f",
    b"\xc2\xa0", b"/", b":", b'"value":null,', b'"unit":"s",', b'"id":"e",', b'"qualifier":"q",',
]


def metric(r):
    names = ["tAcd", "tHandle", "nOffered", "oServiceLevel", "tUserResponseTime", "aMetricOfMoreThanThirtyBytesInAll"]
    stats = [
        {"max": r.randint(0, 10 ** r.randint(1, 19)), "min": 7.0, "count": r.randint(0, 99999999), "sum": r.randint(0, 10**9)},
        {"max": 20, "min": 10, "count": r.randint(1, 9), "sum": r.randint(0, 99)},
        {"count": r.randint(0, 10**9)},
        {"count": r.randint(0, 10**9), "sum": r.randint(0, 10**18)},
        None,
        {},
        {"ratio": r.random(), "numerator": 0, "denominator": -1, "p95": None},
        {"current": 1e-7, "countNegative": 12, "calculatedMetricValue": -0.5},
    ]
    made = {"metric": r.choice(names)}
    if r.random() < 0.2:
        made["qualifier"] = r.choice(["x", None, "é,}"])
    made["stats"] = r.choice(stats)
    if r.random() < 0.1:
        made = dict(reversed(made.items()))
    return made


def container(r):
    buckets = []
    for half in range(r.randint(0, 3)):
        start, end = 30 * half, 30 * half + 30
        interval = f"2026-10-01T{start // 60:02}:{start % 60:02}:00.000Z/2026-10-01T{end // 60:02}:{end % 60:02}:00.000Z"
        bucket = {"interval": interval, "metrics": [metric(r) for _ in range(r.randint(0, 4))]}
        if r.random() < 0.1:
            bucket["views"] = [{"name": "tAcd", "stats": {"count": 4}}, metric(r)][: r.randint(0, 2)]
        buckets.append(bucket)
    group = r.choice([{"mediaType": "voice", "queueId": "c386bbc4"}, {}, None, {"a,b": "x]", "ü": None}])
    return {"group": group, "data": buckets}


def value(r):
    made = {"value": r.choice([None, 0, r.randint(0, 10**9), r.random() * 1000, -1.5, 7.0])}
    if r.random() < 0.7:
        made["unit"] = r.choice(["s", "ms", "count", None, "furlongs", ""])
    if r.random() < 0.7:
        made["label"] = r.choice(["Talk time", None, "a,}"])
    return r.choice([made, made, made, made, None])


def entity(r):
    names = r.sample(["talkTime", "waitTime", "calls", "a_b", "ü"], r.randint(0, 5))
    made = {"id": f"e{r.randint(0, 3)}", "metrics": {name: value(r) for name in names}}
    if r.random() < 0.3:
        made["division"] = r.choice(["d", None, {"id": "d", "name": "n"}])
    return made


def document(r):
    if r.random() < 0.6:
        made = {"results": [container(r) for _ in range(r.randint(0, 5))]}
    else:
        made = {"entities": [entity(r) for _ in range(r.randint(0, 6))]}
    form = r.choice([dict(separators=(",", ":")), {}, dict(indent=1), dict(separators=(" , ", "\t:\r\n"))])
    return json.dumps(made, ensure_ascii=r.random() < 0.1, **form).encode()


def mutated(r, data):
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 1, 1, 2, 3])):
        kind, start = r.randint(0, 7), r.randrange(len(data))
        end = min(len(data), start + r.randint(1, r.choice([1, 1, 2, 8, 40])))
        if kind == 0:
            data[start] = r.randrange(256)
        elif kind == 1:
            del data[start:end]
        elif kind == 2:
            data[start:start] = r.choice(PARTS)
        elif kind == 3:
            data[start:end] = r.choice(PARTS)
        elif kind == 4:
            data[start:start] = data[start:end]
        elif kind == 5:
            data[start] ^= 1 << r.randrange(8)
        elif kind == 6:
            replace(r, data, b'{}[],:"', lambda byte: [b"", byte * 2, r.choice(PARTS)])
        else:
            digits = [b"", b"0", b"00", b".", b"-", b"1e5", b"0.", b".0", b"9" * r.randint(1, 19), b":", b"/", b" "]
            replace(r, data, b"0123456789", lambda byte: digits)
        data = data or bytearray(b" ")
    return bytes(data)


def replace(r, data, alphabet, choices):
    """Replaces one byte of the alphabet."""
    places = [at for at, byte in enumerate(data) if byte in alphabet]
    if places:
        at = r.choice(places)
        data[at : at + 1] = r.choice(choices(bytes([data[at]])))


COMMANDS = [
    ["validate", "-q", "-j1", "--format", "json"],
    ["convert", "-q", "-j1", "-t", "csv", "--on-error", "skip"],
]


def run(binary, command, folder, files, **settings):
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    done = subprocess.run([binary, *command, *files], cwd=folder, env=environment, capture_output=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def differs(binary, folder, files, window):
    """The first command whose results differ between the readers, and how they were had."""
    for command in COMMANDS:
        expected = run(binary, command, folder, files, GCAGG_TEST_PARANOID=1)
        if expected[0] not in (0, 1):
            return command, "tape", expected
        for way in ({}, {"GCAGG_TEST_WINDOW": window}):
            found = run(binary, command, folder, files, **way)
            if found != expected:
                return command, way, (expected, found)
    return None


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
    r, until = random.Random(seed), time.monotonic() + seconds
    documents = rounds = faults = 0
    while time.monotonic() < until and faults < 5:
        rounds += 1
        folder = tempfile.mkdtemp(prefix="gcagg-mutate-")
        window = r.choice(WINDOWS)
        files = [f"{index}.json" for index in range(PER_ROUND)]
        for index, name in enumerate(files):
            data = document(r)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data if index % 10 == 0 else mutated(r, data))
        documents += len(files)
        kept = False
        if differs(binary, folder, files, window):
            # One file at a time shows which.
            for name in files:
                found = differs(binary, folder, [name], window)
                if found:
                    kept, faults = True, faults + 1
                    print(f"DIFFERS: {os.path.join(folder, name)} with window {window}: {found[:2]}")
                    break
            else:
                kept, faults = True, faults + 1
                print(f"DIFFERS: {folder}, all files together, with window {window}")
        if not kept:
            shutil.rmtree(folder)
    print(f"seed {seed}: {documents} documents in {rounds} rounds, {faults} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
