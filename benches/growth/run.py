"""Measures how time and memory grow: each kind of input with n, 4n and 16n.

    python3 benches/growth/run.py [GCAGG] [KIND…]

Prints the table of docs/reliability.md. Times are those of the processor (user time), so that other work on the
machine matters little. Growth is the last time divided by the one before: 4.0 is linear, 16 quadratic.

Where 4n takes less than 0.1 s, and valgrind is installed, instructions are counted with n/16, n/4 and n pieces. Their
growth is 4 times the instructions of one more piece above n/4, divided by those below.

A time that grows by 6.5 or more, or instructions that grow by 5 or more, are measured again, because other programs
disturb times, and some costs are steps: instructions with n, 4n and 16n pieces, or without valgrind the least of
three times. Ends with 1 if these grow as fast, too.
"""

import datetime
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Growth from here on is measured again: of times, and of instructions.
TIME, INSTRUCTIONS = 6.5, 5
END = "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z"
ONE = '{"metric":"nOffered","stats":{"count":1}}'


def bucket(metrics=ONE, interval=END):
    return '{"interval":"%s","metrics":[%s]}' % (interval, metrics)


def container(queue, buckets):
    return '{"group":{"queueId":"%s"},"data":[%s]}' % (queue, buckets)


def response(containers):
    return '{"results":[%s]}' % ",".join(containers)


def minutes(n):
    """Intervals of one minute, one after another."""
    for i in range(n):
        a, b = divmod(i, 1440), divmod(i + 1, 1440)
        time = lambda at: "20%02d-%02d-%02dT%02d:%02d:00.000Z" % (
            10 + at[0] // 336, 1 + at[0] // 28 % 12, 1 + at[0] % 28, at[1] // 60, at[1] % 60)
        yield time(a) + "/" + time(b)


def metric(name="nOffered", qualifier=None, stats='"count":1'):
    middle = '"qualifier":"%s",' % qualifier if qualifier is not None else ""
    return '{"metric":"%s",%s"stats":{%s}}' % (name, middle, stats)


def names(folder, n):
    """A names file of n ids, and a document with these queues."""
    with open(os.path.join(folder, "names.csv"), "w") as out:
        out.write("id,name\n" + "".join("q%d,Queue %d\n" % (i, i) for i in range(n)))
    with open(os.path.join(folder, "in.json"), "w") as out:
        out.write(response(container("q%d" % i, bucket()) for i in range(n)))
    return "in.json"


def days(n):
    """A bucket per day."""
    day = datetime.date(1900, 1, 1)
    one = datetime.timedelta(1)
    return response([container("q", ",".join(
        bucket(ONE, "%sT00:00:00.000Z/%sT00:00:00.000Z" % (day + i * one, day + (i + 1) * one)) for i in range(n)))])


def files(folder, n):
    os.makedirs(os.path.join(folder, "in"))
    for i in range(n):
        with open(os.path.join(folder, "in", "%06d.json" % i), "w") as out:
            out.write(response([container("q%d" % i, bucket())]))
    return "in"


# Each kind: n, what the file holds, and the commands.
V, T = ["validate", "-q"], ["convert", "-q", "-o", "out.csv"]
J = ["validate", "-q", "--format", "ndjson", "-o", "out.ndjson"]
SKIP = ["convert", "-q", "--on-error", "skip", "--rejects", "rejects.ndjson", "-o", "out.csv"]
KINDS = {
    "documents": (20000, lambda n: "\n".join(response([container("q%d" % i, bucket())]) for i in range(n)), [V, T]),
    "documents without rows": (40000, lambda n: '{"results":[]}\n' * n, [V, J]),
    "containers": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [V, T]),
    "entities of a summary": (20000, lambda n: '{"entities":[%s]}' % ",".join('{"id":"q%d","metrics":{"talkTime":{"value":%d,"unit":"s"}}}' % (i, i) for i in range(n)), [V, T]),
    "buckets": (20000, lambda n: response([container("q", ",".join(bucket(ONE, i) for i in minutes(n)))]), [V, T]),
    "empty buckets of one time": (20000, lambda n: response([container("q", ",".join([bucket("")] * n))]), [V]),
    "overlapping buckets": (10000, lambda n: response(container("q", bucket(metric("tSystemPresence", i, '"sum":1'))) for i in range(n)), [V]),
    "metrics in a bucket": (20000, lambda n: response([container("q", bucket(",".join(metric("m%06d" % i) for i in range(n))))]), [["validate", "-q", "--allow", "M004"]]),
    "qualifiers in a bucket": (20000, lambda n: response([container("q", bucket(",".join(metric("tSystemPresence", i, '"sum":1') for i in range(n))))]), [V, T]),
    "dimensions of a group": (1000, lambda n: '{"results":[{"group":{%s},"data":[%s]}]}' % (",".join('"d%06d":"x"' % i for i in range(n)), bucket()), [V, T]),
    "groups with different dimensions": (1000, lambda n: response('{"group":{"d%06d":"x"},"data":[%s]}' % (i, bucket()) for i in range(n)), [V]),
    "distinct causes": (500, lambda n: response(container("q%d" % i, bucket(metric("made%06dUp" % i))) for i in range(n)), [V, J]),
    "findings of one cause": (20000, lambda n: response(container("q%d" % i, bucket(metric("nOffered", None, '"count":-1'))) for i in range(n)), [V, J]),
    "elements with an error": (5000, lambda n: response(container("q%d" % i, bucket(metric("nOffered", None, '"count":"1"'))) for i in range(n)), [V]),
    "distinct names (wide)": (5000, lambda n: response([container("q", bucket(",".join(metric("tSystemPresence", i, '"sum":1') for i in range(n))))]), [T + ["--layout", "wide"]]),
    "columns": (900, lambda n: response([container("q", bucket(",".join(metric("tSystemPresence", i, '"sum":1') for i in range(n))))]), [["convert", "-q", "-o", "out.xlsx"], ["convert", "-q", "--layout", "wide", "-o", "out.parquet"]]),
    "envelopes": (10000, lambda n: "\n".join('{"body":%s}' % response([container("q%d" % i, bucket())]) for i in range(n)), [V]),
    "skipped parts": (10000, lambda n: response(container("q%d" % i, bucket(ONE, "nope")) for i in range(n)), [SKIP]),
    "baseline entries": (10000, lambda n: response(container("q%d" % i, bucket(metric("nOffered", None, '"count":-1'))) for i in range(n)), [["validate", "-q", "--write-baseline", "base.json"]]),
    "fixes": (10000, lambda n: response(container("q%d" % i, bucket(ONE)) + " // %d\n" % i for i in range(n)), [["validate", "-q", "--fix", "-o", "fixed.json"]]),
    "groups of a report": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["report", "-q", "-o", "report.txt"]]),
    "groups of an inspection": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["inspect", "-o", "inspection.txt"]]),
    "groups of a roll-up": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["rollup", "-q", "-o", "rolled.json"], ["rollup", "-q", "--by", "mediaType", "-o", "rolled.json"]]),
    "periods of a roll-up": (20000, lambda n: response([container("q", ",".join(bucket(ONE, i) for i in minutes(n)))]), [["rollup", "-q", "--every", "5m", "-o", "rolled.json"]]),
    "buckets of a report": (20000, lambda n: response([container("q", ",".join(bucket(ONE, i) for i in minutes(n)))]), [["report", "-q", "-o", "report.html"], ["report", "-q", "-o", "report.xlsx"]]),
    "days of a report": (2000, days, [["report", "-q", "-o", "report.txt"], ["report", "-q", "-o", "report.html"]]),
    "metrics of a report": (500, lambda n: response([container("q", bucket(",".join(metric("m%06d" % i) for i in range(n))))]), [["report", "-q", "-o", "report.md"]]),
    "copies of buckets": (10000, lambda n: "\n".join([response(container("q%d" % i, bucket()) for i in range(n))] * 2), [["convert", "-q", "--repeats", "same", "-o", "out.csv"], ["convert", "-q", "--repeats", "last", "-o", "out.csv"]]),
    "rows that are sorted": (20000, lambda n: response(container("q%d" % (i * 7919 % n), bucket()) for i in range(n)), [T + ["--sort", "queueId"]]),
    "rows of a workbook": (5000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["convert", "-q", "-o", "out.xlsx"]]),
    "rows of columnar files": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["convert", "-q", "-o", "out.parquet"], ["convert", "-q", "-o", "out.arrow"]]),
    "sheets": (12, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["convert", "-q", "--sheet-by", "queueId", "-o", "out.xlsx"]]),
    "partitions": (60, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["convert", "-q", "--partition-by", "queueId", "-o", "parts"]]),
    "names": (20000, names, [T + ["--names", "names.csv"], ["report", "-q", "--names", "names.csv", "-o", "report.txt"]]),
    "values of a filter": (2000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [lambda n: T + ["--where", "queueId=" + ",".join("q%d" % i for i in range(min(n, 10000)))]]),
    "differences": (5000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["report", "-q", "--compare", "in.ndjson", "-o", "report.txt"]]),
    "files": (1000, files, [V, T, ["convert", "-q", "--per-file", "-o", "tables"]]),
}


def measure(gcagg, arguments, folder):
    """User seconds and peak megabytes."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execv(gcagg, [gcagg] + arguments)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        print("%s: exit %d" % (" ".join(arguments), code), file=sys.stderr)
    return usage.ru_utime, usage.ru_maxrss / 1024


def instructions(gcagg, arguments, folder):
    """The instructions of a run, with one thread."""
    counting = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", gcagg]
    run = subprocess.run(counting + arguments + ["-j", "1"], cwd=folder, capture_output=True, text=True, errors="replace")
    return int(re.search(r"I +refs: +([0-9,]+)", run.stderr)[1].replace(",", ""))


def with_input(make, size, use):
    """The result of `use` with a folder and the name of an input of this size."""
    with tempfile.TemporaryDirectory() as folder:
        if make in (files, names):
            return use(folder, make(folder, size))
        with open(os.path.join(folder, "in.ndjson"), "w") as out:
            out.write(make(size))
        return use(folder, "in.ndjson")


def growth_of_instructions(count, sizes):
    """4 times the instructions of one piece more above the middle size, divided by those below."""
    low, middle, high = map(count, sizes)
    above, below = (high - middle) / (sizes[2] - sizes[1]), (middle - low) / (sizes[1] - sizes[0])
    return 4 * above / max(below, 1)


def main():
    gcagg = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/gcagg")
    wanted, too_fast, has_valgrind = sys.argv[2:], [], shutil.which("valgrind")
    print("| input | command | n | time | 4n | 16n | growth | MB at n | MB at 16n | million instructions at n | growth |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for kind, (n, make, commands) in KINDS.items():
        if wanted and kind not in wanted:
            continue
        for command in commands:
            words = command if callable(command) else lambda _, command=command: command

            def each(use, size):
                return with_input(make, size, lambda folder, name: use(gcagg, words(size) + [name], folder))

            count = functools.cache(functools.partial(each, instructions))
            (one, least), (four, _), (sixteen, peak) = [each(measure, size) for size in (n, 4 * n, 16 * n)]
            shown = " ".join(it for it in words(1) if it not in ("-q",))
            growth = sixteen / four if four >= 0.03 else 0
            more = growth_of_instructions(count, (max(n // 16, 1), n // 4, n)) if has_valgrind and four < 0.1 else 0
            if sixteen >= TIME * max(four, 0.03) or more >= INSTRUCTIONS:
                print("%s: %s: measured again after growth of %.1f in time, %.1f in instructions" % (
                    kind, shown, sixteen / max(four, 0.03), more), file=sys.stderr)
                if has_valgrind:
                    more = growth_of_instructions(count, (n, 4 * n, 16 * n))
                else:
                    four, sixteen = [min(each(measure, size)[0] for _ in range(3)) for size in (4 * n, 16 * n)]
                    growth = sixteen / max(four, 0.03)
                if more >= INSTRUCTIONS or not has_valgrind and growth >= TIME:
                    too_fast.append("%s: %s" % (kind, shown))
            counted = f"{count(n) / 1e6:,.0f}" if more else "–"
            print("| %s | `%s` | %s | %.2f s | %.2f s | %.2f s | %s | %.0f | %.0f | %s | %s |" % (
                kind, shown, f"{n:,}", one, four, sixteen, f"{growth:.1f}" if growth else "–", least, peak, counted, f"{more:.1f}" if more else "–"), flush=True)
    for words in too_fast:
        print("grows too fast: " + words, file=sys.stderr)
    sys.exit(1 if too_fast else 0)


main()
