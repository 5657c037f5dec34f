#!/usr/bin/env python3
"""Makes system calls fail, kills runs, and runs every command in bad surroundings.

    cargo build && python3 tests/faults/run.py [--gcagg PATH] [--runs N] [--seed N] [--case WORD] [--kind WORD]

Each run writes over old files. It must end with the old or the new files, a known exit code, a message if it
failed, no panic, and no temporary file. An exit code of success means that every file is complete.

calls     strace makes the nth call of a kind fail, for n = 1, 2, … until a run makes fewer calls
short     every read and write moves at most N bytes, or is interrupted
kills     a signal after a random time
limits    ulimit, closed streams, devices, links, odd names, locale, time zone, clock, width
changes   a file that is cut, extended or replaced during the run

Without --runs, all calls of all cases are tried (about 40 minutes). With --runs, N of the runs are chosen at random.
"""

import argparse
import collections
import gzip
import http.server
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = ROOT / "samples"
# Outputs of every command and format. {o} is the folder with the old files.
CASES = {
    **{f"convert {it}": f"convert day.json -o {{o}}/t.{it}" for it in
       ["csv", "tsv", "ndjson", "json", "xlsx", "parquet", "arrow", "csv.gz", "csv.zst", "ndjson.gz"]},
    "convert stdout": "convert day.json",
    "convert two threads": "convert -j 2 day.json day2.json.gz -o {o}/t.csv",
    "convert wide": "convert day.json --kpi --names names.csv -o {o}/t.csv",
    "convert stdin": "convert - -o {o}/t.csv",
    "convert gz": "convert day2.json.gz -o {o}/t.csv",
    "convert sorted": "convert day.json --sort queueId,nOffered_count:desc --layout wide -o {o}/t.csv",
    "convert folder": "convert in -o {o}/t.csv",
    "convert per file": "convert in --per-file -o {o}/tables",
    "convert partitions": "convert day.json --partition-by mediaType -t parquet -o {o}/parts --replace-partitions",
    "convert sheets": "convert day.json --sheet-by mediaType -o {o}/t.xlsx",
    "convert skip": "convert day.json bad.json --on-error skip --rejects {o}/r.ndjson -o {o}/t.csv",
    "convert summary": "convert summary.json -o {o}/t.csv",
    "convert bad": "convert bad.json -o {o}/t.csv",
    "rollup json": "rollup day.json --every 1d --by mediaType -o {o}/t.json",
    **{f"rollup {it}": f"rollup day.json --every 1d -o {{o}}/t.{it}" for it in
       ["csv", "tsv", "ndjson", "xlsx", "parquet", "arrow"]},
    "rollup stdout": "rollup day.json --every 1h",
    **{f"report {it}": f"report day.json --names names.csv -o {{o}}/t.{it}" for it in
       ["txt", "md", "html", "json", "xlsx", "csv"]},
    "report two outputs": "report day.json -o {o}/t.md -o {o}/t.xlsx",
    "report compare": "report day.json --compare day2.json.gz -o {o}/t.html",
    **{f"validate {it}": f"validate bad.json day.json --format {it} -o {{o}}/t.{it}" for it in
       ["json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown", "text"]},
    "validate reports": "validate bad.json --report sarif={o}/t.sarif --report junit={o}/t.xml",
    "validate baseline": "validate bad.json --write-baseline {o}/base.json",
    "validate fix": "validate nearly.json --fix -o {o}/t.json",
    "validate diff": "validate nearly.json --fix --diff",
    "validate schema": "validate day.json --schema schema.json",
    "inspect text": "inspect day.json -o {o}/t.txt",
    "inspect json": "inspect day.json --format json -o {o}/t.json",
    "inspect against": "inspect day.json --against day2.json.gz --format json -o {o}/t.json",
    **{f"schema {it}": f"schema table day.json --format {it}" for it in
       ["ddl-postgres", "ddl-duckdb", "load-postgres", "load-duckdb", "arrow-json", "dbt", "dbt-model"]},
    "schema aggregates": "schema aggregates",
    "verify": "verify kept.manifest",
    "fetch": "fetch --interval 2026-03-02T00:00:00Z/2026-03-02T12:00:00Z --group-by mediaType -o {o}/t.json",
    "fetch pieces": "fetch --interval 2026-03-02/2026-03-04 --split 1d --timezone UTC --group-by mediaType -o {o}/fetched",
    "fetch plan": "fetch --interval 2026-03-02/2026-03-03 --timezone UTC --group-by mediaType --dry-run",
    "explain": "explain T004",
    "config": "config",
    "completions": "completions bash",
    "man": "man",
    "help": "convert --help",
}
FAULTS = {
    ("write", "writev", "pwrite64", "copy_file_range", "sendfile"): ["ENOSPC", "EIO", "EINTR", "EDQUOT"],
    ("read", "readv", "pread64"): ["EIO", "EINTR"],
    ("openat",): ["EMFILE", "EACCES", "EINTR", "ENOSPC"],
    ("rename", "renameat", "renameat2", "link", "linkat"): ["EACCES", "ENOSPC", "EXDEV"],
    ("fsync", "fdatasync", "ftruncate", "fallocate"): ["EIO", "ENOSPC"],
    ("lseek", "fstat", "newfstatat", "statx", "fcntl", "getdents64", "flock"): ["EIO"],
    ("mkdir", "mkdirat", "unlink", "unlinkat", "fchmod", "chmod"): ["EACCES", "ENOSPC"],
    ("mmap",): ["ENOMEM"],
    ("clone3", "clone"): ["EAGAIN"],
}
# The runtime of Rust calls this before main.
START = "sigaltstack"
NEARLY = '{"results":[{"group":{"queueId":"q"},"data":[],}],} // end\n'
# Old files that a command takes for its own.
OLD = {"out/base.json": b'{"version":1,"findings":[]}\n'}
# tokio wakes itself by an eventfd, which is no file: it is never full. It panics if the write fails.
UNREAL = "failed to wake I/O driver"
BUGS = re.compile(r"panicked|this is a bug|RUST_BACKTRACE|overflow")


def make_inputs(folder):
    """The inputs, and the old files of out/."""
    (folder / "in").mkdir()
    (folder / "out/tables").mkdir(parents=True)
    (folder / "tmp").mkdir()
    day = (SAMPLES / "queue-day.json").read_bytes()
    (folder / "day.json").write_bytes(day)
    shutil.copy(SAMPLES / "queue-day-2.json.gz", folder / "day2.json.gz")
    shutil.copy(SAMPLES / "names.csv", folder)
    shutil.copy(SAMPLES / "summary-grouped.json", folder / "summary.json")
    shutil.copy(SAMPLES / "bad/S001-wrong-type.json", folder / "bad.json")
    (folder / "nearly.json").write_text(NEARLY)
    (folder / "schema.json").write_text('{"type":"object"}')
    shutil.copy(SAMPLES / "flow.json", folder / "in/a.json")
    (folder / "in/b.json.gz").write_bytes(gzip.compress((SAMPLES / "bot.json").read_bytes(), mtime=0))


def snapshot(folder):
    files = (it for it in folder.rglob("*") if it.is_file() and not it.is_symlink())
    return {str(it.relative_to(folder)): content(it.read_bytes()) for it in files}


def content(text):
    """What a file says: the packing of a workbook depends on the sizes of reads, a summary has the seconds, and a
    manifest has the number of attempts."""
    try:
        with zipfile.ZipFile(io.BytesIO(text)) as book:
            return b"".join(name.encode() + book.read(name) for name in sorted(book.namelist()))
    except zipfile.BadZipFile:
        return re.sub(rb"\d+\.\d\d s\b|(?<=seconds \| )\d+\.\d\d|(?<=\"attempts\": )\d+", b"_", text)


class Api(http.server.BaseHTTPRequestHandler):
    """A stand-in for the API on loopback: it signs in, and has one answer for each query."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = json.dumps({"access_token": "token", "token_type": "bearer", "expires_in": 86399}).encode()
        answer = token if self.path.startswith("/oauth") else (SAMPLES / "queue-day.json").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A run that was killed leaves its connection."""


class Prober:
    def __init__(self, gcagg, scratch):
        self.gcagg, self.scratch = gcagg, scratch
        self.template = scratch / "template"
        self.template.mkdir()
        make_inputs(self.template)
        self.shim = scratch / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.shim, HERE / "shim.c", "-ldl"], check=True)
        # Reports have a time: all runs have the same.
        self.env = {"LD_PRELOAD": str(self.shim), "SHIM_TIME": "1780000000"}
        server = Server(("127.0.0.1", 0), Api)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        self.api = {"GENESYS_CLIENT_ID": "id", "GENESYS_CLIENT_SECRET": "secret", "GENESYS_API_URL": url, "GENESYS_LOGIN_URL": url}
        subprocess.run([gcagg, "convert", "day.json", "-o", "kept.csv", "--manifest", "kept.manifest", "-q"], cwd=self.template, check=True)
        self.golden, self.counts, self.failures = {}, collections.Counter(), []

    def folder(self, case):
        """A folder with the inputs, and an old file in the place of each output."""
        if case not in self.golden:
            self.golden[case] = ({},)
            self.learn(case)
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.copytree(self.template, folder, dirs_exist_ok=True)
        for name in self.golden[case][0]:
            if name.startswith("out/"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(OLD.get(name, b"old\n"))
        return folder

    def start(self, case, folder, wrapper=(), env=None):
        words = CASES[case].format(o="out").split()
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp"),
                       **(self.api if case.startswith("fetch") else {}), **(self.env if env is None else env)}
        threads = [] if "-j" in words or "convert" not in words and "report" not in words else ["-j", "1"]
        return subprocess.Popen(
            [*wrapper, self.gcagg, *words, *threads], cwd=folder, env=environment, start_new_session=True,
            stdin=open(folder / "day.json", "rb"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def learn(self, case):
        """What a run without faults writes."""
        # The first run has no old files, the second has.
        for _ in range(2):
            folder = self.folder(case)
            old = snapshot(folder)
            process = self.start(case, folder)
            stdout, stderr = process.communicate(timeout=60)
            new = snapshot(folder)
            shutil.rmtree(folder)
            self.golden[case] = ({name: text for name, text in new.items() if self.template_text(name) != text},
                                 process.returncode, content(stdout))
        if process.returncode not in (0, 1):
            sys.exit(f"{case}: exit {process.returncode}: {stderr.decode()}")
        self.golden[case] += (old, new)

    def template_text(self, name):
        path = self.template / name
        return content(path.read_bytes()) if path.exists() else None

    def check(self, case, folder, what, code, stdout, stderr, codes=(3,), leftovers=False, silent=False):
        """Compares the end of a run with the old and the new files."""
        _, good, golden_out, old, new = self.golden[case]
        now, said = snapshot(folder), (stderr or b"").decode(errors="replace")
        # A file that cannot be read for a repair is checked as it is.
        if case in ("validate fix", "validate diff") and code == 1 and "nothing to fix in 0 files" in said:
            code = 3
        # A server that cannot be reached.
        codes = (*codes, 4) if case.startswith("fetch") else codes
        if UNREAL in said:
            shutil.rmtree(folder, ignore_errors=True)
            self.counts["faults that no system has"] += 1
            return
        problems = []
        if BUGS.search(said):
            problems.append("a panic or a bug is reported")
        if code not in (good, *codes):
            problems.append(f"exit {code}")
        if code == good:
            if now != new and not leftovers:
                problems.append("success, but the files are not complete: " + self.difference(now, new))
            # The width of a help text is that of COLUMNS.
            is_wrapped = case.startswith("help") and stdout is not None and stdout.split() == golden_out.split()
            if stdout is not None and not leftovers and not is_wrapped and content(stdout) != golden_out:
                problems.append(f"success, but {len(stdout)} of {len(golden_out)} bytes on standard output")
        else:
            if not said.strip() and not silent and code >= 0:
                problems.append(f"exit {code} without a message")
            for name, text in now.items():
                if name.endswith(".tmp") or name.startswith("tmp/"):
                    if not leftovers:
                        problems.append(f"{name} was left behind")
                # A validation and an inspection name a file that they cannot read, and describe the others.
                elif text not in (old.get(name), new.get(name)) and not (case.startswith(("validate", "inspect")) and "F001" in said + text.decode(errors="replace")):
                    problems.append(f"{name} is neither the old nor the new file ({len(text)} bytes)")
            problems += [f"{name} is gone" for name in old if name not in now]
        shutil.rmtree(folder, ignore_errors=True)
        self.counts["runs"] += 1
        self.counts["failed as they should" if code != good else "ended well"] += 1
        if problems:
            self.failures.append(f"{case}: {what}: " + "; ".join(problems))
            print("FAILED", self.failures[-1], said[-300:], flush=True)

    @staticmethod
    def difference(now, new):
        names = sorted(it for it in {*now, *new} if now.get(it) != new.get(it))
        return ", ".join(f"{it} ({len(now.get(it, b''))} bytes, not {len(new.get(it, b''))})" for it in names)

    def traced(self, case, folder, *words):
        """Runs under strace. Returns the process, its output, and a line per call."""
        trace = self.scratch / f"{folder.name}.trace"
        preload = [it for name in ("LD_PRELOAD", "SHIM_TIME") for it in ("-E", f"{name}={self.env[name]}")]
        process = self.start(case, folder, ["strace", "-f", "--seccomp-bpf", "-qq", *preload, "-o", trace, *words], env={})
        try:
            stdout, stderr = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            stderr += b"(hangs) panicked"
        text = trace.read_text(errors="replace")
        trace.unlink()
        return process, stdout, stderr, text.splitlines()

    # ---- a call that fails
    def call(self, case, call, error, nth):
        folder = self.folder(case)
        process, stdout, stderr, lines = self.traced(
            case, folder, "-e", f"trace={call},{START}", "-e", f"inject={call}:error={error}:when={nth}")
        begun = next((at for at, line in enumerate(lines) if START in line), len(lines))
        hit = [line for line in lines[begun:] if "(INJECTED)" in line]
        wakes = r'"\1\0\0\0\0\0\0\0", 8)'
        if not hit or "(INJECTED)" in "".join(lines[:begun]) or "MAP_STACK" in hit[0] or wakes in hit[0]:
            # No such call, one of the dynamic loader, or the stack of a thread, without which the runtime aborts; or a
            # thread of the HTTP client that wakes another, which Linux never refuses.
            shutil.rmtree(folder)
            return
        self.counts["faults"] += 1
        # What cannot be removed stays.
        stays = call.startswith("unlink")
        muted = any(re.search(r"write\(2,", line) for line in hit)
        self.check(case, folder, f"{error} at call {nth}: {hit[0][:160]}", process.returncode, stdout, stderr,
                   leftovers=stays, silent=muted)

    def faults(self, case):
        """Every call of a good run, with every way it can fail."""
        folder = self.folder(case)
        *_, lines = self.traced(case, folder, "-e", "trace=" + ",".join(["?" + it for calls in FAULTS for it in calls] + [START]))
        shutil.rmtree(folder)
        counts, found, begun = collections.Counter(), {}, False
        for line in lines:
            if match := re.match(r"(\d+) +(\w+)\(", line):
                counts[match.groups()] += 1
                begun |= match[2] == START
                if begun:
                    found[match[2], counts[match.groups()]] = None
        for call, nth in found:
            for error in next((errors for calls, errors in FAULTS.items() if call in calls), []):
                yield call, error, nth

    # ---- surroundings
    def surrounded(self, case, what, wrapper=(), env=None, codes=(3,)):
        folder = self.folder(case)
        process = self.start(case, folder, wrapper, env)
        stdout, stderr = process.communicate(timeout=120)
        self.counts["surroundings"] += 1
        self.check(case, folder, what, process.returncode, stdout, stderr, codes,
                   # Another time of day is another result.
                   leftovers="clock" in what, silent="2>" in " ".join(map(str, wrapper)))

    def killed(self, case, number, dice, seconds):
        folder = self.folder(case)
        process = self.start(case, folder)
        time.sleep(dice.random() * seconds)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        self.counts["kills"] += 1
        hard = number == signal.SIGKILL
        # SIGHUP ends as SIGTERM does.
        codes = (-number, 130, 143)
        if hard:
            # The next run sweeps the folder of the output; the folder for temporary files is the system's.
            again = self.start(case, folder)
            again.communicate(timeout=60)
            left = [it for it in snapshot(folder) if it.startswith("out/") and it.endswith(".tmp")]
            if left:
                self.failures.append(f"{case}: the run after a kill leaves {left}")
                print("FAILED", self.failures[-1], flush=True)
        self.check(case, folder, f"signal {number}", process.returncode, None, stderr, codes, leftovers=hard, silent=True)

    def changed(self, case, how, dice):
        """Changes the input while the run reads it; success must mean the old or the new input as a whole."""
        folder = self.folder(case)
        path = folder / "day.json"
        text = path.read_bytes()
        process = self.start(case, folder)
        time.sleep(dice.random() * 0.03)
        if how == "cut":
            os.truncate(path, dice.randrange(len(text)))
        elif how == "empty":
            os.truncate(path, 0)
        elif how == "extended":
            with open(path, "ab") as out:
                out.write(text)
        elif how == "removed":
            path.unlink()
        else:
            other = folder / "other"
            other.write_bytes(text.replace(b"voice", b"email"))
            other.rename(path)
        stdout, stderr = process.communicate(timeout=60)
        said, code = stderr.decode(errors="replace"), process.returncode
        self.counts["changes"] += 1
        self.counts["runs"] += 1
        if BUGS.search(said) or code not in (0, 1, 3) or (code and not said):
            self.failures.append(f"{case}: the input was {how}: exit {code}: {said[-200:]}")
            print("FAILED", self.failures[-1], flush=True)
        left = [it for it in snapshot(folder) if it.endswith(".tmp") or it.startswith("tmp/")]
        if left:
            self.failures.append(f"{case}: the input was {how}: {left} left behind")
            print("FAILED", self.failures[-1], flush=True)
        shutil.rmtree(folder)


# Runs in a file system of its own in the place of a folder, which has so little room.
FULL = """unshare -rm bash -c 'cp -a {folder} .kept; mount -t tmpfs -o size={size} full {folder}; cp -a .kept/. {folder}
"$@"; code=$?; rm -rf .kept; cp -a {folder} .kept; umount {folder}; rm -rf {folder}; mv .kept {folder}; exit $code' bash "$@" """


def surroundings():
    """A name, a shell line around "$@" or None, variables, and exit codes besides 3 and that of a good run."""
    if subprocess.run("unshare -rm mount -t tmpfs none /mnt", shell=True, capture_output=True).returncode == 0:
        for folder, size in (("tmp", "4k"), ("tmp", "64k"), ("out", "32k"), ("out", "64k"), ("out", "256k")):
            yield f"{folder} has {size}", FULL.format(folder=folder, size=size), {}, ()
    for kilobytes in (100_000, 200_000, 400_000):
        yield f"ulimit -v {kilobytes}", f'ulimit -v {kilobytes}; exec "$@"', {}, ()
    for files in range(3, 16):
        yield f"ulimit -n {files}", f'ulimit -n {files}; exec "$@"', {}, (127,)
    for blocks in (0, 1, 2, 8, 64):
        yield f"ulimit -f {blocks}", f'ulimit -f {blocks}; exec "$@"', {}, (-25,)
    for kilobytes in (1024, 4096):
        yield f"ulimit -s {kilobytes}", f'ulimit -s {kilobytes}; exec "$@"', {}, ()
    for end in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", "</dev/null", "2>/dev/full", "</"):
        yield end, f'exec "$@" {end}', {}, (1, 2)
    for name, value in [
        *((name, value) for name in ("LC_ALL", "LANG") for value in ("C", "tr_TR.UTF-8", "no_such", "\udcff")),
        *(("TZ", value) for value in ("", ":", "Nowhere/City", "America/St_Johns", "x" * 5000, "UTC-99:99")),
        *(("COLUMNS", value) for value in ("1", "0", "-1", "99999999999999999999", "x")),
        *(("TERM", value) for value in ("", "dumb", "x" * 999)),
        *(("HOME", value) for value in ("", "/nonexistent", "/dev/null")),
        *(("XDG_CONFIG_HOME", value) for value in ("", "relative", "/dev/null")),
        ("NO_COLOR", ""), ("FORCE_COLOR", "1"), ("RUST_BACKTRACE", "1"), ("RAYON_NUM_THREADS", "x"),
        *(("TMPDIR", value) for value in ("/nonexistent", "/dev/null", "", "relative")),
    ]:
        yield f"{name}={value[:20]!r}", None, {name: value}, ()
    # Linux has no clock before 1970.
    for moment in (0, 253402300800, 9223372036, 2**31, 9223372036854775807):
        yield f"the clock at {moment}", None, {"SHIM_TIME": str(moment)}, ()


def special_paths(prober):
    """Inputs and outputs that are no plain files: a word for the case, a shell line, and its exit code."""
    g = str(prober.gcagg)
    long = "n" * 250
    lines = [
        ("a FIFO is read once", f"mkfifo p; cat day.json > p & {g} convert p -o t.csv", {0}),
        ("a FIFO twice", f"mkfifo p; cat day.json > p & timeout 20 {g} convert p p -o t.csv", {0, 1, 2, 3}),
        ("a FIFO is written", f"mkfifo p; cat p > t & {g} convert day.json -t csv -o p; c=$?; wait; test -p p && exit $c", {0}),
        ("a FIFO whose reader leaves", f"mkfifo p; head -c 10 p >/dev/null & {g} convert day.json -t csv -o p", {0, 3}),
        ("/dev/null is read", f"{g} convert /dev/null", {1}),
        ("/dev/zero is read", f"ulimit -f 200000; timeout 60 {g} convert /dev/zero", {1}),
        ("/dev/full is read", f"ulimit -f 200000; timeout 60 {g} validate /dev/full", {1}),
        ("/dev/stdin", f"cat day.json | {g} convert /dev/stdin -o t.csv", {0}),
        ("/dev/fd", f"{g} convert /dev/fd/9 9<day.json -o t.csv", {0}),
        ("/proc/self/mem", f"{g} validate /proc/self/mem", {1, 3}),
        ("/proc/version", f"{g} validate /proc/version", {1}),
        ("a folder as output", f"mkdir d; {g} convert day.json -t csv -o d", {2, 3}),
        ("a file where a folder must be", f"touch f; {g} convert day.json -o f/t.csv", {2, 3}),
        ("a link that leads to itself", f"ln -s l l; {g} convert l", {3}),
        ("a link to itself as output", f"ln -s l.csv l.csv; {g} convert day.json -o l.csv", {0, 2, 3}),
        ("links in a ring", f"mkdir a; ln -s b c; ln -s c b; {g} convert b c a", {3}),
        ("a folder that contains itself", f"mkdir d; cp in/a.json d; ln -s ../d d/d; {g} convert d -o t.csv", {3}),
        ("a dangling link as input", f"ln -s nothing l; {g} convert l", {3}),
        ("an output behind a link", f"mkdir d; touch d/t.csv; ln -s d/t.csv l.csv; {g} convert day.json -o l.csv && test -L l.csv && test -s d/t.csv", {0}),
        ("a socket", "python3 -c 'import socket;s=socket.socket(1);s.bind(\"s\")'; " + f"{g} convert s", {3}),
        ("a line break in a name", f"cp day.json \"a\nb.json\"; {g} validate \"a\nb.json\" bad.json; {g} convert \"a\nb.json\" -o \"x\ny.csv\"", {0}),
        ("a name like an option", f"cp day.json ./-o.json; {g} convert -o t.csv -- -o.json", {0}),
        ("a name that is not UTF-8", f"cp day.json $'\\xff.json'; {g} convert $'\\xff.json' -o $'\\xfe.csv'; c=$?; test -s $'\\xfe.csv' && exit $c", {0}),
        ("a folder with a name that is not UTF-8", f"mkdir $'d\\xff'; cp in/a.json $'d\\xff/\\xfe.json'; {g} convert $'d\\xff' --source-column --per-file -o out2", {0}),
        ("a long name of an input", f"cp day.json {long}.json; {g} convert {long}.json --per-file -o out2", {0, 3}),
        ("a long name of an output", f"{g} convert day.json -o {long}.csv", {0, 3}),
        ("a name that is too long", f"{g} convert day.json -o {long}{long}.csv", {3}),
        ("a path that is too long", f"{g} convert day.json -o " + "d/" * 3000 + "t.csv", {3}),
        ("a pattern in a name", f"cp day.json '[a].json'; {g} convert '[a].json' -o t.csv", {0}),
        ("the working folder is gone", f"mkdir d; cd d; rmdir ../d; {g} convert ../day.json; {g} convert - <../day.json -o t.csv", {2, 3}),
        ("the working folder is gone, standard output", f"cp day.json /tmp/$$.json; mkdir d; cd d; rmdir ../d; {g} convert /tmp/$$.json >/dev/null; c=$?; rm /tmp/$$.json; exit $c", {0, 3}),
        ("a folder that takes no file", f"{g} convert day.json -o /proc/t.csv", {3}),
        ("a read-only file system", f"{g} convert day.json -o /sys/t.csv", {3}),
        ("an output that is an input", f"cp day.json x.csv; {g} convert x.csv -o x.csv; test $? = 2 && cmp day.json x.csv", {0}),
        ("an output that is an input behind a link", f"cp day.json x.csv; ln x.csv y.csv; {g} convert x.csv -o y.csv; cmp day.json x.csv", {0}),
        ("files from a list with odd ends", f"printf 'day.json\\r\\n\\n day.json \\n' > l; {g} convert --files-from l -o t.csv", {0, 1, 3}),
        ("a settings file that is a folder", f"mkdir gcagg.toml; {g} convert day.json -o t.csv", {0, 2, 3}),
        ("a settings file that is a FIFO", f"mkfifo gcagg.toml; timeout 5 {g} convert day.json -o t.csv", {0, 2, 3}),
        ("a names file that is a FIFO", f"mkfifo n; cat names.csv > n & timeout 20 {g} convert day.json --names n -o t.csv", {0, 2, 3}),
    ]
    for what, line, codes in lines:
        folder = prober.folder("explain")
        run = subprocess.run(["bash", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        said = run.stderr.decode(errors="replace")
        left = [it for it in snapshot(folder) if it.endswith(".tmp")]
        prober.counts["runs"] += 1
        prober.counts["surroundings"] += 1
        if run.returncode not in codes or BUGS.search(said) or left or (run.returncode and not (said or run.stdout)):
            prober.failures.append(f"{what}: exit {run.returncode} {left}")
            print("FAILED", prober.failures[-1], said[-400:], flush=True)
        shutil.rmtree(folder, ignore_errors=True)


def jobs(prober, cases, arguments, dice):
    """Every run as a function, by kind."""
    for case in cases:
        if arguments.kind in "calls":
            for fault in prober.faults(case):
                yield "calls", lambda case=case, fault=fault: prober.call(case, *fault)
        for env in ({"SHIM_BYTES": "1"}, {"SHIM_BYTES": "7"}, {"SHIM_EINTR": "2"}, {"SHIM_BYTES": "4093", "SHIM_EINTR": "3"}):
            env = {**prober.env, **env}
            yield "short", lambda case=case, env=env: prober.surrounded(case, f"short {env}", env=env, codes=())
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for _ in range(8):
                yield "kills", lambda case=case, number=number: prober.killed(case, number, dice, arguments.seconds)
        for what, line, env, codes in surroundings():
            wrapper = ["bash", "-c", line, "bash"] if line else []
            env = {**prober.env, **env}
            yield "limits", lambda case=case, what=what, wrapper=wrapper, env=env, codes=codes: prober.surrounded(
                case, what, wrapper, env, (3, *codes))
        if "day.json" in CASES[case]:
            for how in ("cut", "empty", "extended", "removed", "replaced"):
                for _ in range(4):
                    yield "changes", lambda case=case, how=how: prober.changed(case, how, dice)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gcagg", type=Path, default=ROOT / "target/debug/gcagg")
    parser.add_argument("--runs", type=int, help="this many runs, chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", default="", help="only cases with this word")
    parser.add_argument("--kind", default="", help="calls, short, kills, limits or changes")
    parser.add_argument("--seconds", type=float, default=0.05, help="longest time before a signal")
    arguments = parser.parse_args()
    for tool in ("strace", "cc"):
        if not shutil.which(tool):
            print(f"no {tool}: no fault was tried")
            return
    dice = random.Random(arguments.seed)
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=room) as scratch:
        prober = Prober(arguments.gcagg.resolve(), Path(scratch))
        cases = [case for case in CASES if arguments.case in case]
        every = [job for kind, job in jobs(prober, cases, arguments, dice) if arguments.kind in kind]
        if arguments.runs:
            every = dice.sample(every, min(arguments.runs, len(every)))
        for job in every:
            job()
        if not arguments.case and arguments.kind in ("", "limits"):
            special_paths(prober)
        counts = ", ".join(f"{count:,} {name}" for name, count in prober.counts.items())
        print(f"{len(cases)} cases: {counts}; {len(prober.failures)} problems")
    sys.exit(1 if prober.failures else 0)


if __name__ == "__main__":
    main()
