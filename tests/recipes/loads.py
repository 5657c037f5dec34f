"""Loads tables of `--columns all` into the tables that `schema table` prints, and compares the values.

Called by run.py, which has the programs.
"""

import csv
import datetime
import json
import random
import subprocess
from decimal import Decimal

WHOLE = ["{0}", "{0}.0", "{0}.00", "{0}e0", "{0}E+0", "{0}0e-1", "{0}.50e1"]
MEASURE = ["{0}", "{0}.0", "{0}.125", "{0}e3", "{0}.5E2", "-{0}", "{0}.123456789012345"]
TEXTS = ["voice", "Ä😀", 'a"b', "line\nbreak", "x,y", " space ", "it's", "\\N", "NULL", "007"]

DUCKDB = """
import json, sys, duckdb
ddl, table, path, is_parquet = sys.argv[1:]
con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'")
con.execute(open(ddl).read())
if is_parquet == "1":
    con.execute(f"INSERT INTO {table} SELECT * FROM read_parquet('{path}')")
else:
    con.execute(f"COPY {table} FROM '{path}' (HEADER, NULLSTR '')")
rows = con.execute(f"SELECT * FROM {table}").fetchall()
json.dump([[None if it is None else it.isoformat() if hasattr(it, "isoformat") else str(it) for it in row] for row in rows], sys.stdout)
"""


def document(dice):
    """A response whose numbers are spelled in many ways."""

    def number(forms):
        return dice.choice(forms).format(dice.randrange(1, 10 ** dice.randrange(1, 9)))

    def stats(whole, measures):
        pairs = [f'"{name}":{number(WHOLE)}' for name in whole] + [f'"{name}":{number(MEASURE)}' for name in measures]
        return "{" + ",".join(it for it in pairs if dice.random() < 0.8) + "}"

    containers = []
    for index in range(6):
        group = {"mediaType": dice.choice(TEXTS), "queueId": f"{index}"}
        buckets = []
        for hour in range(6):
            metrics = [
                f'{{"metric":"tHandle","stats":{stats(["count"], ["sum", "min", "max", "p95", "p99"])}}}',
                f'{{"metric":"oServiceLevel","stats":{stats(["numerator", "denominator"], ["ratio", "target"])}}}',
                f'{{"metric":"nOffered","stats":{stats(["count", "countNegative", "countPositive"], [])}}}',
                f'{{"metric":"tSystemPresence","qualifier":{json.dumps(dice.choice(TEXTS))},"stats":{stats([], ["sum"])}}}',
            ]
            interval = f"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{hour + 1:02}:00:00.000Z"
            buckets.append(f'{{"interval":"{interval}","metrics":[{",".join(metrics)}]}}')
        containers.append(f'{{"group":{json.dumps(group)},"data":[{",".join(buckets)}]}}')
    return f'{{"results":[{",".join(containers)}]}}'


def time(text):
    text = text.replace(" ", "T").replace("Z", "+00:00")
    text = text + ":00" if text[-3] in "+-" else text
    return datetime.datetime.fromisoformat(text)


def same(name, cell, value):
    """Whether a value of a database is what the cell of the CSV says."""
    if value is None or value == "":
        return cell == ""
    if cell == value:
        return True
    try:
        if name.startswith("interval_"):
            return time(cell) == time(value)
        return Decimal(cell) == Decimal(value) or float(cell) == float(value)
    except (ArithmeticError, ValueError):
        return False


def rows_of(table):
    """The header and the rows of a CSV, in an order that does not depend on the database."""
    head, *rows = csv.reader(table.splitlines(keepends=True))
    return head, rows


def check(gcagg, python, postgres, folder):
    """Returns what failed; a database that is `None` is left out."""
    failures = []
    dice = random.Random(1)
    path = folder / "spelled.json"
    path.write_text(document(dice))
    for layout in ("long", "wide"):
        for durations in ([], ["--durations", "s"]):
            options = ["--layout", layout, "--dims", "queueId,mediaType", *durations]
            common = [gcagg, "convert", "-q", "--allow", "all", "--columns", "all", path, *options]
            what = f"{layout} {' '.join(durations)}"
            files = {}
            for extension in ("csv", "parquet"):
                files[extension] = folder / f"loads.{extension}"
                subprocess.run([*common, "-o", files[extension]], check=True)
            head, rows = rows_of(files["csv"].read_text())
            for database in ("duckdb", "postgres"):
                ddl = folder / f"{database}.sql"
                arguments = ["schema", "table", "--format", f"ddl-{database}", *options, path]
                ddl.write_text(subprocess.run([gcagg, *arguments], check=True, text=True, capture_output=True).stdout)
                loads = []
                if database == "duckdb" and python:
                    for extension, is_parquet in (("csv", "0"), ("parquet", "1")):
                        command = [python, "-c", DUCKDB, ddl, "genesys_aggregates", files[extension], is_parquet]
                        run = subprocess.run(command, text=True, capture_output=True)
                        loads.append((f"DuckDB from {extension}", run, lambda out: json.loads(out)))
                elif database == "postgres" and postgres:
                    copy = f"\\copy genesys_aggregates FROM '{files['csv']}' (FORMAT csv, HEADER true)\n"
                    dump = "COPY genesys_aggregates TO STDOUT (FORMAT csv, HEADER true);\n"
                    text = f"SET timezone = 'UTC';\nDROP TABLE IF EXISTS genesys_aggregates;\n{ddl.read_text()}{copy}{dump}"
                    run = postgres.psql(f"\\set QUIET on\n{text}", folder)
                    loads.append(("PostgreSQL from csv", run, lambda out: rows_of(out)[1]))
                for name, run, read in loads:
                    case = f"{name}, {what}"
                    if run.returncode or "ERROR" in run.stderr:
                        failures.append(f"{case}: {run.stderr.strip()}")
                        continue
                    # PostgreSQL says DROP TABLE first.
                    out = run.stdout
                    found = read(out[out.index(head[0]) :] if name.startswith("P") else out)
                    if len(found) != len(rows):
                        failures.append(f"{case}: {len(found)} rows of {len(rows)}")
                        continue
                    wrong = [
                        f"{case}: {column}: {cell!r} became {value!r}"
                        for row, values in zip(rows, found)
                        for column, cell, value in zip(head, row, values, strict=True)
                        if not same(column, cell, value)
                    ]
                    failures.extend(wrong[:3])
                    print(f"{case}: {len(rows)} rows of {len(head)} columns {'FAILED' if wrong else 'ok'}")
    return failures
