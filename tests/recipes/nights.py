"""Loads nights with the scripts that `schema table` prints, and compares the table after each load.

Five nights, of which one is empty and one has statistics that the others lack. Then a rerun, a late day,
a correction, a day that lost a bucket, a day that became empty, and a day of a local zone. After each load the
database must have the rows of the last file of each day, and no others. Called by run.py.
"""

import csv
import io
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

DIMS = ["--dims", "mediaType,queueId"]

# Runs every load in one process; dbt needs seconds to start.
DUCKDB = """
import duckdb, json, sys
con = duckdb.connect()
con.execute(open(sys.argv[1]).read())
script = open(sys.argv[2]).read()
for line in sys.stdin:
    name, first, until, must_fail = json.loads(line)
    for variable, value in (('"from"', first), ("until", until), ("file", name + ".parquet")):
        con.execute(f"SET VARIABLE {variable} = '{value}'")
    failed = False
    try:
        con.execute(script)
    except duckdb.Error as error:
        failed = True
        con.execute("ROLLBACK")
        if not must_fail:
            print(error, file=sys.stderr)
    rows = con.execute("SELECT * FROM genesys_aggregates").fetchall()
    rows = [[None if it is None else it.isoformat() if hasattr(it, "isoformat") else str(it) for it in row] for row in rows]
    print(json.dumps([failed, rows]), flush=True)
"""

DBT = """
import contextlib, duckdb, io, json, os, sys
from dbt.cli.main import dbtRunner
folder = sys.argv[1]
database = folder + "/nights.duckdb"
for line in sys.stdin:
    name, first, until, must_fail = json.loads(line)
    variables = json.dumps({"from": first, "until": until, "file": name + ".parquet"})
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = dbtRunner().invoke(["run", "--project-dir", folder, "--profiles-dir", folder, "--vars", variables])
    if not (result.success or must_fail):
        print(said.getvalue(), file=sys.stderr)
    con = duckdb.connect(database)
    con.execute("SET TimeZone = 'UTC'")
    rows = con.execute("SELECT * FROM genesys_aggregates").fetchall()
    con.close()
    rows = [[None if it is None else it.isoformat() if hasattr(it, "isoformat") else str(it) for it in row] for row in rows]
    print(json.dumps([not result.success, rows]), flush=True)
"""

PROJECT = "name: nights\nprofile: nights\nmodel-paths: [models]\nflags: {send_anonymous_usage_stats: false}\n"


def document(start, hours, count, more=""):
    """A night with metrics, a metric with a qualifier and one with a view."""
    buckets = []
    for hour in hours:
        first = start + timedelta(hours=hour)
        interval = f"{first:%Y-%m-%dT%H}:00:00.000Z/{first + timedelta(hours=1):%Y-%m-%dT%H}:00:00.000Z"
        metrics = [
            {"metric": "nOffered", "stats": {"count": count + hour}},
            {"metric": "tHandle", "stats": {"count": 2, "sum": 1500.0 + hour, "min": 1, "max": 9}},
            {"metric": "tSystemPresence", "qualifier": "AWAY", "stats": {"sum": 60000}},
        ]
        if more:
            metrics.append({"metric": "oServiceLevel", "stats": {"ratio": 0.5, "numerator": 1, "denominator": 2, "target": 0.8}})
            metrics[1]["stats"]["p95"] = 8
        views = [{"name": "short", "stats": {"count": 1}}]
        buckets.append({"interval": interval, "metrics": metrics, "views": views})
    results = [
        {"group": {"mediaType": "voice", "queueId": "a"}, "data": buckets},
        {"group": {"mediaType": "voice"}, "data": buckets},
    ]
    return {"results": results if hours else []}


UNKNOWN = "unknown-column"
# A sum with more decimals than its column. It has a CSV only.
PRECISE = "too-precise"


def nights():
    """Name, document, first instant and end of each load; whether it must fail."""
    day = datetime(2026, 3, 2)
    busy = range(0, 24, 4)
    for name, offset, hours, count, more in [
        ("first", 0, busy, 5, ""),
        ("second", 1, busy, 7, ""),
        ("empty", 2, [], 0, ""),
        ("fourth", 3, busy, 9, "more"),
        ("fifth", 5, busy, 11, ""),
        ("rerun", 5, busy, 11, ""),
        ("late", 4, busy, 13, ""),
        ("correction", 1, busy, 700, ""),
        ("withdrawn", 3, [0, 4, 12], 9, ""),
        ("became-empty", 0, [], 0, ""),
    ]:
        start = day + timedelta(days=offset)
        until = start + timedelta(days=1)
        yield name, document(start, hours, count, more), f"{start:%Y-%m-%d}", f"{until:%Y-%m-%d}", False
    start = day + timedelta(days=5)
    yield "outside", document(start, busy, 1), f"{day:%Y-%m-%d}", f"{day + timedelta(days=1):%Y-%m-%d}", True
    yield "backwards", document(day, [], 0), f"{day + timedelta(days=1):%Y-%m-%d}", f"{day:%Y-%m-%d}", True
    # A table with one column more than the schema.
    yield UNKNOWN, document(day, busy, 1), f"{day:%Y-%m-%d}", f"{day + timedelta(days=1):%Y-%m-%d}", True
    precise = document(day, busy, 1)
    precise["results"][0]["data"][0]["metrics"][1]["stats"]["sum"] = PRECISE
    yield PRECISE, precise, f"{day:%Y-%m-%d}", f"{day + timedelta(days=1):%Y-%m-%d}", True
    # A day of Berlin: neither the hour before nor the one after it is replaced.
    start = day + timedelta(days=3, hours=-1)
    yield "local", document(start, [1, 5], 21), "2026-03-05T00:00:00+01:00", "2026-03-06T00:00:00+01:00", False


def instant(text):
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return parsed.timestamp()


def cell(value):
    """A cell that compares equal in CSV and in a database."""
    if value in (None, ""):
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return instant(value)
    except ValueError:
        return value


def comparable(rows):
    return sorted((tuple(cell(it) for it in row) for row in rows), key=repr)


def check(gcagg, python, postgres, folder):
    """Returns what failed; a program that is `None` is left out."""
    failures = []
    work = folder / "nights"
    (work / "models").mkdir(parents=True)
    loads, expected, kept = [], [], {}
    for name, content, first, until, must_fail in nights():
        path = work / f"{name}.json"
        path.write_text(json.dumps(content).replace(f'"{PRECISE}"', "1500.1234567890123456789"))
        for extension in ("csv", "parquet"):
            output = work / f"{name}.{extension}"
            columns = "all,source" if name == UNKNOWN else "all"
            command = [gcagg, "convert", "-q", "--allow", "all", "--columns", columns, *DIMS, path, "-o", output]
            done = subprocess.run(command, capture_output=True, text=True)
            refused = name == PRECISE and extension == "parquet"
            if done.returncode != int(refused):
                failures.append(f"convert to {output.name}: {done.returncode} {done.stderr}")
        head, *rows = csv.reader(io.StringIO((work / f"{name}.csv").read_text()))
        if not must_fail:
            at = head.index("interval_start")
            bounds = [instant(it if "T" in it else it + "T00:00:00Z") for it in (first, until)]
            outside = lambda row: not bounds[0] <= instant(row[at]) < bounds[1]
            kept = {**{key: row for key, row in kept.items() if outside(row)}, **{tuple(row): row for row in rows}}
        loads.append((name, first, until, must_fail))
        expected.append(comparable(kept.values()))
    formats = ("ddl-postgres", "load-postgres", "ddl-duckdb", "load-duckdb", "dbt", "dbt-model")
    texts = {
        name: subprocess.run([gcagg, "schema", "table", "--format", name, *DIMS], check=True, text=True, capture_output=True).stdout
        for name in formats
    }
    results = {}
    if python:
        (work / "ddl.sql").write_text(texts["ddl-duckdb"])
        (work / "load.sql").write_text(texts["load-duckdb"])
        results["DuckDB"] = [python, "-c", DUCKDB, "ddl.sql", "load.sql"]
        if subprocess.run([python, "-c", "import dbt.adapters.duckdb"], capture_output=True).returncode == 0:
            (work / "models/genesys_aggregates.sql").write_text(texts["dbt-model"])
            (work / "models/models.yml").write_text(texts["dbt"])
            (work / "dbt_project.yml").write_text(PROJECT)
            profile = {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": str(work / "nights.duckdb")}}}
            (work / "profiles.yml").write_text(json.dumps({"nights": profile}))
            results["dbt-duckdb"] = [python, "-c", DBT, str(work)]
        else:
            failures.append("dbt-duckdb is not installed")
    for program, command in results.items():
        lines = "".join(json.dumps(load) + "\n" for load in loads)
        run = subprocess.run(command, input=lines, text=True, capture_output=True, cwd=work)
        found = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
        if run.returncode or len(found) != len(loads):
            failures.append(f"{program}: {run.stdout}{run.stderr}")
            continue
        if run.stderr:
            failures.append(f"{program}: {run.stderr}")
        compare(program, loads, found, expected, failures)
    if postgres:
        (work / "pg.sql").write_text(texts["load-postgres"])
        made = postgres.psql("DROP TABLE IF EXISTS genesys_aggregates;\n" + texts["ddl-postgres"], work)
        if made.returncode:
            failures.append(f"PostgreSQL: {made.stderr}")
        found = []

        def loaded(name, first, until):
            variables = ["-v", f"from={first}", "-v", f"until={until}", "-f", "pg.sql"]
            return postgres.psql((work / f"{name}.csv").read_text(), work, variables)

        # The last night, four times at once.
        at_once = ("at once", *loads[-1][1:])
        for name, first, until, must_fail in [*loads, at_once]:
            file, times = (loads[-1][0], 4) if name == at_once[0] else (name, 1)
            with ThreadPoolExecutor() as pool:
                runs = list(pool.map(lambda _: loaded(file, first, until), range(times)))
            for run in runs:
                if run.returncode and not must_fail:
                    failures.append(f"PostgreSQL: {name}: {run.stderr}")
            dump = postgres.psql("SET timezone = 'UTC';\nCOPY genesys_aggregates TO STDOUT (FORMAT csv);\n", work)
            text = dump.stdout.split("\n", 1)[1]
            has_failed = any(run.returncode for run in runs)
            found.append((has_failed, list(csv.reader(io.StringIO(text)))))
        compare("PostgreSQL", [*loads, at_once], found, [*expected, expected[-1]], failures)
    return failures


def compare(program, loads, found, expected, failures):
    for (name, _, _, must_fail), (failed, rows), right in zip(loads, found, expected, strict=True):
        good = comparable(rows) == right and failed == must_fail
        print(f"{program}, {name}: {len(rows)} rows {'ok' if good else 'FAILED'}")
        if not good:
            failures.append(f"{program}, {name}: {len(rows)} rows, expected {len(right)}; failed: {failed}")
