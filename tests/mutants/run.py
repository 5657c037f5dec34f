#!/usr/bin/env python3
"""Changes one place of the code at a time, and shows which changes no test notices.

    cargo install cargo-mutants && python3 tests/mutants/run.py [--sample 400] [--seed 1] [--part aggregate]

cargo-mutants lists the changes of src/aggregate, src/check, src/table and src/record. This script draws a random
sample and builds all of it at once, in a copy of the project: a changed function has its old body and its new bodies,
and the variable MUTANT says which one runs. So one build serves hundreds of changes.

1. Build. A change that the compiler refuses is taken out, and the build starts again.
2. Run each test alone, without a change. This measures its time, and which changed functions it runs. Tests that fail
   here are left out, as some look at the source, and so are tests that take more than --cap seconds.
3. For each change: run the unit tests and black-box tests that run its function, the quickest first, up to the first
   failure or a timeout. A failure counts if the same tests succeed without the change. A change that no test notices
   has survived.

The changes are tried in random order, so the first changes of an unfinished run are a random sample, too.
target/mutants/results.ndjson has a line per change: a run that was ended goes on there while the sources and the sample
are the same. --survivors tries those that survived again, after tests were added; --only tries changes by number, and
--tests with tests by name. --also builds more changes, by file, line and column: they have the numbers after the
sample, are tried with --only, and do not count.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import math
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ["aggregate", "check", "table", "record"]
BUILD = ["cargo", "test", "--no-run", "--lib", "--bin", "gcagg", "--test", "it", "--message-format", "json",
         "--config", "profile.dev.debug=false"]
SWITCH = """
/// Which change is on.
pub(crate) mod mutation {
    use std::io::Write as _;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    static ON: OnceLock<(usize, Option<std::ffi::OsString>)> = OnceLock::new();
    static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

    pub(crate) fn is_on(number: usize) -> bool {
        let (on, reached) = ON.get_or_init(|| {
            let number = std::env::var("MUTANT").ok().and_then(|it| it.parse().ok());
            (number.unwrap_or(usize::MAX), std::env::var_os("MUTANTS_REACHED"))
        });
        if let Some(path) = reached && !REACHED[number].swap(true, Ordering::Relaxed) {
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
            let _ = file.and_then(|mut file| file.write_all(format!("{number}\\n").as_bytes()));
        }
        *on == number
    }
}
"""
# A comment, a string, a character, a lifetime, a bracket, or any other character.
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^'\\])'|'\w+|.""", re.S)


def run(command, folder, limit, memory=None, **variables):
    """The exit code, standard output and errors; None as the code after `limit` seconds."""
    def bound():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    env = {**os.environ, "INSTA_UPDATE": "no", "PROPTEST_MAX_SHRINK_ITERS": "0", **variables}
    env.pop("CARGO_TARGET_DIR", None)
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   start_new_session=True, preexec_fn=bound, env=env)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        # A change may make the command run for ever, and leave it behind.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        out.seek(0)
        return code, out.read()


def offset(lines, place):
    """The offset of a line and column, which begin at 1."""
    return lines[place["line"] - 1] + place["column"] - 1


def body(text, start, end):
    """The offset of the bracket that opens the body of the function; None if it is not found."""
    depth, at = 0, start
    opened = None
    for token in TOKEN.finditer(text, start, end):
        it = token.group()
        if it in "([":
            depth += 1
        elif it in ")]":
            depth -= 1
        elif it == "{":
            if depth == 0 and opened is None:
                opened = token.start()
            depth += 1
        elif it == "}":
            depth -= 1
            if depth == 0 and opened is not None:
                return opened if token.end() == end else None
    return None


def changed_file(text, changes):
    """The text with all bodies, the lines of each change in it, and the numbers of changes without a place."""
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    functions, lost = collections.defaultdict(list), []
    for number, change in changes:
        function = change.get("function")
        if function is None:
            lost.append(number)
            continue
        span = function["span"]
        functions[offset(lines, span["start"]), offset(lines, span["end"])].append((number, change))
    made, ends, ranges = [], 0, []
    for (start, end), group in sorted(functions.items()):
        opened = body(text, start, end)
        if opened is None or start < ends or re.search(r"\bconst\s+(unsafe\s+)?fn\b", text[start:opened]):
            lost += [number for number, _ in group]
            continue
        made.append(text[ends:opened])
        made.append("{ ")
        old = text[opened:end]
        first = sum(it.count("\n") for it in made) + 1
        for number, change in group:
            a, b = offset(lines, change["span"]["start"]), offset(lines, change["span"]["end"])
            new = text[opened:a] + change["replacement"] + text[b:end]
            from_line = sum(it.count("\n") for it in made) + 1
            made.append(f"if crate::mutation::is_on({number}) {new}\nelse ")
            ranges.append((number, from_line, from_line + new.count("\n")))
        made.append(old + " }")
        ranges.append(([number for number, _ in group], first, sum(it.count("\n") for it in made) + 1))
        ends = end
    made.append(text[ends:])
    return "".join(made), ranges, lost


class Copy:
    """A copy of the project with the changes of the sample."""

    def __init__(self, folder, changes):
        self.folder, self.changes = folder, changes
        # What the compiler refused before, if the sources and the sample are the same.
        self.state = folder / "refused.json"
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        # The sources at the start: someone may edit them while this runs.
        self.before = {name: (ROOT / name).read_bytes() for name in files.split("\0") if (ROOT / name).is_file()}
        for name, content in self.before.items():
            # Files with changes are written once: the next build compares their times.
            if name != "src/lib.rs" and name not in {change["file"] for change in changes}:
                self.put(name, content)
        sources = [self.before[name].decode() for name in sorted({change["file"] for change in changes})]
        self.digest = hashlib.sha256(json.dumps([changes, sources]).encode()).hexdigest()
        digest, self.refused, self.alone = json.loads(self.state.read_text()) if self.state.is_file() else (None, {}, {})
        if digest != self.digest:
            self.refused, self.alone = {}, {}
        self.refused, self.alone = ({int(number): why for number, why in it.items()} for it in (self.refused, self.alone))

    def put(self, name, new):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != new:
            path.write_bytes(new)
            shutil.copymode(ROOT / name, path)

    def write(self):
        """Writes the changed files, and returns the lines of the changes by file."""
        by_file = collections.defaultdict(list)
        for number, change in enumerate(self.changes):
            if number not in self.refused and number not in self.alone:
                by_file[change["file"]].append((number, change))
        places = {}
        for name in sorted({change["file"] for change in self.changes}):
            text, places[name], lost = changed_file(self.before[name].decode(), by_file[name])
            self.alone.update(dict.fromkeys(lost, "no body of its own"))
            self.put(name, text.encode())
        self.put("src/lib.rs", self.before["src/lib.rs"] + SWITCH.replace("COUNT", str(len(self.changes))).encode())
        return places

    def build(self):
        """The paths of the unit tests and of the black-box tests."""
        while True:
            places = self.write()
            code, said = run(BUILD, self.folder, 7200)
            messages = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
            if code == 0:
                self.state.write_text(json.dumps([self.digest, self.refused, self.alone]))
                tests = [it for it in messages if it.get("executable") and it["profile"]["test"]]
                # The unit tests come first: they are the quickest.
                return [it["executable"] for it in sorted(tests, key=lambda it: it["target"]["name"]) if "bin" not in it["target"]["kind"]]
            before = len(self.refused) + len(self.alone)
            for message in messages:
                error = message.get("message")
                if not isinstance(error, dict) or error["level"] != "error":
                    continue
                for span in error["spans"]:
                    name = span["file_name"]
                    for number, first, last in places.get(name, []):
                        if span["is_primary"] and isinstance(number, int) and first <= span["line_start"] <= last:
                            self.refused[number] = error["message"]
                            break
                    else:
                        for numbers, first, last in places.get(name, []):
                            if span["is_primary"] and isinstance(numbers, list) and first <= span["line_start"] <= last:
                                self.alone.update(dict.fromkeys(numbers, error["message"]))
            print(f"{len(self.refused)} changes are refused by the compiler, {len(self.alone)} do not fit in a build with others", flush=True)
            if before == len(self.refused) + len(self.alone):
                sys.exit(said[-4000:])


def listed(binary, folder):
    _, said = run([binary, "--list"], folder, 60)
    return [line[:-6] for line in said.splitlines() if line.endswith(": test")]


def alone(tests, folder, cap, jobs):
    """The time of each test that succeeds alone within `cap` seconds, and the changes that it reaches."""
    # A run that was ended goes on here, unless the tests were built again.
    saved = folder / "measured.ndjson"
    built = max(os.stat(binary).st_mtime for binary, _ in tests)
    known, seen = {}, set()
    if saved.is_file() and saved.stat().st_mtime > built:
        for binary, name, seconds, reached in map(json.loads, saved.read_text().splitlines()):
            seen.add((binary, name))
            if seconds is not None:
                known[binary, name] = (seconds, set(reached))
    else:
        saved.write_text("")
    with tempfile.TemporaryDirectory() as scratch, open(saved, "a") as out, pool(jobs) as workers:
        def measure(test):
            log = Path(scratch, hashlib.sha256(repr(test).encode()).hexdigest())
            log.write_text("")
            began = time.monotonic()
            code, _ = run([test[0], "-q", "--exact", test[1]], folder, cap, MUTANTS_REACHED=str(log))
            return test, code, time.monotonic() - began, sorted({int(line) for line in log.read_text().split()})

        for (binary, name), code, seconds, reached in workers.map(measure, [test for test in tests if test not in seen]):
            if code == 0:
                known[binary, name] = (seconds, set(reached))
            else:
                print(f"left out: {name} {'is slow' if code is None else 'fails without a change'}", flush=True)
            print(json.dumps([binary, name, seconds if code == 0 else None, reached]), file=out, flush=True)
    return known


def pool(jobs):
    return concurrent.futures.ThreadPoolExecutor(jobs)


def batches(tests):
    """Runs of tests, the quickest first, each about as long as those before it together."""
    batch, length, before = [], 0, 1
    for time, test in sorted(tests):
        batch.append(test)
        length += time
        if length >= before:
            yield batch, length
            before += length
            batch, length = [], 0
    if batch:
        yield batch, length


def outcome(number, known, folder):
    """What becomes of a change: a word, and the test that noticed it."""
    tests = [(time, test) for test, (time, reached) in known.items() if number in reached]
    if not tests:
        return "survived", "no test runs it"
    for batch, length in batches(tests):
        for binary in sorted({binary for binary, _ in batch}):
            names = [name for its, name in batch if its == binary]
            limit = 60 + 20 * length
            command = [binary, "-q", "--exact", *names]
            code, said = run(command, folder, limit, 12 << 30, MUTANT=str(number))
            if code == 0:
                continue
            failed = [name for name in re.findall(r"^    (\S+)$", said, re.M) if name in names] or names
            # Another run without the change: a test may fail because the machine is busy.
            if run([binary, "-q", "--exact", *failed], folder, limit, 12 << 30)[0] == 0:
                return "killed", "too slow" if code is None else failed[0]
    return "survived", f"{len(tests)} tests run it"


def margin(killed, viable):
    """The interval of 95 % (Wilson)."""
    z, share = 1.96, killed / viable
    middle, half = share + z * z / (2 * viable), z * math.sqrt(share * (1 - share) / viable + z * z / (4 * viable * viable))
    return [(middle + sign * half) / (1 + z * z / viable) for sign in (-1, 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--only", help="numbers of changes of the sample, with commas")
    parser.add_argument("--also", nargs="*", default=[], metavar="FILE:LINE:COLUMN", help="more changes, behind the sample")
    parser.add_argument("--survivors", action="store_true", help="try again those that survived")
    parser.add_argument("--jobs", type=int, default=1, help="changes that are tried at a time")
    parser.add_argument("--tests", nargs="*", help="words; only tests with one in their name")
    parser.add_argument("--cap", type=float, default=60, help="leave out tests that take more seconds")
    parser.add_argument("--minutes", type=float, default=math.inf, help="start no change after this time")
    parser.add_argument("--copy", type=Path, default=ROOT / "target/mutants", help="the copy of the project")
    arguments = parser.parse_args()
    began = time.monotonic()
    filters = [word for part in ([arguments.part] if arguments.part else PARTS) for word in ("-f", f"src/{part}/**")]
    said = subprocess.run(["cargo", "mutants", "--list", "--json", *filters], cwd=ROOT, capture_output=True, text=True, check=True)
    changes = json.loads(said.stdout)
    total = len(changes)
    random.Random(arguments.seed).shuffle(changes)
    sample = min(arguments.sample, total)
    changes = changes[:sample] + [it for it in changes[sample:] if it["name"].partition(": ")[0] in arguments.also]
    copy = Copy(arguments.copy.resolve(), changes)
    binaries = copy.build()
    print(f"built after {time.monotonic() - began:.0f} s", flush=True)
    tests = [(binary, name) for binary in binaries for name in listed(binary, copy.folder)
             if not arguments.tests or any(word in name for word in arguments.tests)]
    known = alone(tests, copy.folder, arguments.cap, arguments.jobs)
    print(f"{len(known)} tests measured after {time.monotonic() - began:.0f} s", flush=True)
    # The last word on each change, of runs with the same sources and sample.
    log = copy.folder / "results.ndjson"
    lines = map(json.loads, log.read_text().splitlines()) if log.is_file() else []
    words = {it["number"]: it["word"] for it in lines if it.get("digest") == copy.digest}
    wanted = "survived" if arguments.survivors else None
    chosen = [number for number in range(sample) if words.get(number) == wanted]
    if arguments.only:
        chosen = [int(it) for it in arguments.only.split(",")]

    def decide(number):
        since = time.monotonic()
        if since - began > 60 * arguments.minutes:
            return None
        if number in copy.refused:
            word, why = "not built", copy.refused[number]
        elif number in copy.alone:
            word, why = "not tried", copy.alone[number]
        else:
            word, why = outcome(number, known, copy.folder)
        return number, word, why, time.monotonic() - since

    with open(log, "a") as results, pool(arguments.jobs) as workers:
        for number, word, why, seconds in filter(None, workers.map(decide, chosen)):
            name, words[number] = changes[number]["name"], word
            print(f"{number} {word}: {name}: {why} ({seconds:.1f} s)", flush=True)
            line = {"number": number, "word": word, "name": name, "why": why, "digest": copy.digest}
            results.write(json.dumps(line) + "\n")
            results.flush()
    counts = collections.Counter(word for number, word in words.items() if number < sample)
    killed, viable = counts["killed"], counts["killed"] + counts["survived"]
    low, high = margin(killed, max(viable, 1))
    print(f"{total:,} changes, {sum(counts.values())} of them drawn (seed {arguments.seed}): {killed} killed, {counts['survived']} survived, "
          f"{counts['not built']} not built, {counts['not tried']} not tried; score {100 * killed / max(viable, 1):.1f} % "
          f"(95 %: {100 * low:.1f} to {100 * high:.1f} %) in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
