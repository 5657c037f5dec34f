"""Measures how time and memory grow: each kind of input with n and with 4n.

    python3 benches/growth/run.py [GCAGG] [KIND…]

Prints the table of docs/reliability.md. Times are those of the processor
(user time), so that other work on the machine matters little. 4.0 is linear, 16 quadratic.
"""

import os
import sys
import tempfile

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
    "buckets": (20000, lambda n: response([container("q", ",".join(bucket(ONE, i) for i in minutes(n)))]), [V, T]),
    "empty buckets of one time": (20000, lambda n: response([container("q", ",".join([bucket("")] * n))]), [V]),
    "overlapping buckets": (10000, lambda n: response(container("q", bucket(metric("tSystemPresence", i, '"sum":1'))) for i in range(n)), [V]),
    "metrics in a bucket": (20000, lambda n: response([container("q", bucket(",".join(metric("m%06d" % i) for i in range(n))))]), [["validate", "-q", "--allow", "M004"]]),
    "qualifiers in a bucket": (20000, lambda n: response([container("q", bucket(",".join(metric("tSystemPresence", i, '"sum":1') for i in range(n))))]), [V, T]),
    "dimensions of a group": (1000, lambda n: '{"results":[{"group":{%s},"data":[%s]}]}' % (",".join('"d%06d":"x"' % i for i in range(n)), bucket()), [V, T]),
    "groups with different dimensions": (1000, lambda n: response('{"group":{"d%06d":"x"},"data":[%s]}' % (i, bucket()) for i in range(n)), [V]),
    "distinct causes": (500, lambda n: response(container("q%d" % i, bucket(metric("made%06dUp" % i))) for i in range(n)), [V, J]),
    "findings of one cause": (20000, lambda n: response(container("q%d" % i, bucket(metric("nOffered", None, '"count":-1'))) for i in range(n)), [V, J]),
    "distinct names (wide)": (5000, lambda n: response([container("q", bucket(",".join(metric("tSystemPresence", i, '"sum":1') for i in range(n))))]), [T + ["--layout", "wide"]]),
    "envelopes": (10000, lambda n: "\n".join('{"body":%s}' % response([container("q%d" % i, bucket())]) for i in range(n)), [V]),
    "skipped parts": (10000, lambda n: response(container("q%d" % i, bucket(ONE, "nope")) for i in range(n)), [SKIP]),
    "baseline entries": (10000, lambda n: response(container("q%d" % i, bucket(metric("nOffered", None, '"count":-1'))) for i in range(n)), [["validate", "-q", "--write-baseline", "base.json"]]),
    "fixes": (10000, lambda n: response(container("q%d" % i, bucket(ONE)) + " // %d\n" % i for i in range(n)), [["validate", "-q", "--fix", "-o", "fixed.json"]]),
    "groups of a report": (20000, lambda n: response(container("q%d" % i, bucket()) for i in range(n)), [["report", "-q", "-o", "report.txt"]]),
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


def main():
    gcagg = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/gcagg")
    wanted = sys.argv[2:]
    print("| input | command | n | time | 4n | growth | peak MB at 4n |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for kind, (n, make, commands) in KINDS.items():
        if wanted and kind not in wanted:
            continue
        for command in commands:
            times = []
            for size in (n, 4 * n):
                with tempfile.TemporaryDirectory() as folder:
                    if make is files:
                        name = make(folder, size)
                    else:
                        name = "in.ndjson"
                        with open(os.path.join(folder, name), "w") as out:
                            out.write(make(size))
                    times.append(measure(gcagg, command + [name], folder))
            (small, _), (large, peak) = times
            shown = " ".join(it for it in command[:1] + command[1:] if it not in ("-q",))
            growth = "%.1f" % (large / small) if small >= 0.02 else "–"
            print("| %s | `%s` | %s | %.2f s | %.2f s | %s | %.0f |" % (kind, shown, f"{n:,}", small, large, growth, peak), flush=True)


main()
