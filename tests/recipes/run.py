#!/usr/bin/env python3
"""Runs the blocks of docs/recipes.md against the real programs, in their order.

    cargo build && python3 tests/recipes/run.py [--gcagg target/debug/gcagg] [--tools FOLDER]

Blocks of the kinds of KINDS are run, in one folder with a copy of samples/. dbt-duckdb, pandas, Polars,
DuckDB and pyarrow are installed into a folder of their own; PostgreSQL
must be on the machine (initdb, pg_ctl and psql). Then tables of `--columns all` are loaded into the
tables that `schema table` prints (loads.py), and nights with its scripts (nights.py). A program that cannot be had is named, and its blocks
are skipped; `--strict` makes that an error. The page must say the number of rows that are expected:
EXPECTED is what the last statement of a block prints.
"""

import argparse
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import loads
import nights

ROOT = Path(__file__).resolve().parent.parent.parent
# dbt-core 1.12 downloads a program from elsewhere when it is installed.
PACKAGES = ["dbt-core<1.12", "dbt-duckdb", "duckdb", "pandas", "polars", "pyarrow"]
# The last line that a block of SQL prints, in the order of the page.
EXPECTED = {
    "sql duckdb": ["2026-03-03|307", "606"],
    "sql postgres": ["CREATE TABLE", "606"],
    "sh postgres": ["COMMIT"],
    "sh dbt": ["|  606 |"],
}
KINDS = ("sh", "python", *EXPECTED)


def blocks():
    """Kind, first line and text of each block that is run."""
    found, kind, text, start = [], None, [], 0
    for number, line in enumerate((ROOT / "docs/recipes.md").read_text().splitlines(), 1):
        if line.startswith("```"):
            if kind is None:
                kind, text, start = line[3:], [], number
            else:
                if kind in KINDS:
                    found.append((kind, start, "\n".join(text) + "\n"))
                kind = None
        elif kind is not None:
            text.append(line)
    return found


class Postgres:
    """A server of its own, which only listens on a socket in a temporary folder."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gcagg-pg-"))
        self.user = []
        if os.geteuid() == 0:
            # The server refuses to be root.
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self.user = ["runuser", "-u", "nobody", "--"]
        programs = [shutil.which(name) for name in ("initdb", "pg_ctl")]
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        self.initdb = programs[0] or (str(found[-1]) if found else None)
        self.pg_ctl = programs[1] or (str(found[-1].with_name("pg_ctl")) if found else None)
        if not (self.initdb and self.pg_ctl and shutil.which("psql")):
            raise FileNotFoundError("initdb, pg_ctl or psql")
        data = self.folder / "data"
        self.run([self.initdb, "-D", data, "-U", "gcagg", "-A", "trust"])
        options = f"-c listen_addresses='' -k {self.folder}"
        self.run([self.pg_ctl, "-D", data, "-l", self.folder / "log", "-w", "-o", options, "start"])

    def run(self, command):
        subprocess.run([*self.user, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def psql(self, text, folder, more=()):
        command = ["psql", "-h", self.folder, "-U", "gcagg", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-At", *more]
        return subprocess.run([*map(str, command)], input=text, text=True, capture_output=True, cwd=folder)

    def stop(self):
        self.run([self.pg_ctl, "-D", self.folder / "data", "-m", "fast", "stop"])
        shutil.rmtree(self.folder)


DUCKDB = """
import re, sys, duckdb
con = duckdb.connect("recipes.duckdb")
text = re.sub(r"^\\.read (.*)$", lambda it: open(it[1]).read(), sys.stdin.read(), flags=re.M)
for statement in duckdb.extract_statements(text):
    result = con.execute(statement)
for row in result.fetchall() if result.description else []:
    print("|".join(map(str, row)))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gcagg", type=Path, default=ROOT / "target/debug/gcagg")
    parser.add_argument("--tools", type=Path, default=ROOT / "target/recipes")
    parser.add_argument("--strict", action="store_true", help="what is skipped is an error")
    arguments = parser.parse_args()
    python = arguments.tools / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", arguments.tools], check=True)
    installed = subprocess.run([python, "-m", "pip", "-q", "install", *PACKAGES]).returncode == 0
    try:
        postgres = Postgres()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no PostgreSQL: {error}")
        postgres = None
    expected = {kind: iter(lines) for kind, lines in EXPECTED.items()}
    failed = skipped = 0
    scratch = tempfile.TemporaryDirectory()
    folder = Path(scratch.name)
    shutil.copytree(ROOT / "samples", folder / "samples")
    path = f"{arguments.gcagg.resolve().parent}:{python.absolute().parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    if postgres:
        environment.update(PGHOST=str(postgres.folder), PGUSER="gcagg", PGDATABASE="postgres")
    for kind, line, text in blocks():
        wanted = next(expected[kind]) if kind in expected else None
        if (kind.endswith("postgres") and not postgres) or (kind in ("python", "sql duckdb", "sh dbt") and not installed):
            print(f"docs/recipes.md:{line}: {kind}: skipped")
            skipped += 1
            continue
        if kind.startswith("sh"):
            run = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment, text=True, capture_output=True)
        elif kind == "python":
            # Blocks of a page go on where the one before ended.
            with open(folder / "page.py", "a") as page:
                page.write(text)
            run = subprocess.run([python, "page.py"], cwd=folder, env=environment, text=True, capture_output=True)
        elif kind == "sql duckdb":
            run = subprocess.run([python, "-c", DUCKDB], input=text, cwd=folder, text=True, capture_output=True)
        else:
            run = postgres.psql(text, folder)
        last = (run.stdout.strip().splitlines() or [""])[-1]
        good = run.returncode == 0 and (wanted is None or last == wanted)
        print(f"docs/recipes.md:{line}: {kind}: {'ok' if good else 'FAILED'}")
        if not good:
            failed += 1
            print(f"exit {run.returncode}, last line {last!r}, expected {wanted!r}\n{run.stdout}{run.stderr}")
    found = loads.check(arguments.gcagg.resolve(), python if installed else None, postgres, folder)
    found += nights.check(arguments.gcagg.resolve(), python if installed else None, postgres, folder)
    for failure in found:
        print(f"FAILED {failure}")
    failed += len(found)
    if postgres:
        postgres.stop()
    sys.exit(1 if failed or (skipped and arguments.strict) else 0)


if __name__ == "__main__":
    main()
