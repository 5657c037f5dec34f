#!/usr/bin/env python3
"""Reads tables back with the programs that people use, and compares them cell by cell with the CSV.

    cargo build && python3 tests/readback/run.py [--gcagg target/debug/gcagg] [--documents 20]

XLSX is read by openpyxl and by LibreOffice (where `soffice` is on the machine), Parquet and Arrow by
pyarrow, Polars and DuckDB. The documents are those of samples/ and random ones of both dialects, in
both layouts, with all columns and with those present. A program that cannot be had is named.
"""

import argparse
import csv
import datetime
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["duckdb", "openpyxl", "polars", "pyarrow"]


def words():
    """The texts of the documents that the black-box tests make: naughty strings, formulas and the like."""
    source = (ROOT / "tests/it/slow/documents.rs").read_text()
    listed = source.partition("const TEXTS")[2].partition("];")[0]
    literals = re.findall(r'^    "(.*)",$', listed, re.M)
    plain = lambda match: chr(int(match[1], 16)) if match[1] else match[2]
    return [json.loads('"%s"' % re.sub(r'\\(?:u\{(\w+)\}|(.))', plain, it)) for it in literals]


WORDS = [*words(), "-5", 'a"b', "1e5"]


def number(dice):
    """A figure as the API writes it, or as it could."""
    return dice.choice(
        [
            lambda: str(dice.randrange(10**dice.randrange(1, 19))),
            lambda: f"{dice.randrange(10**9)}.0",
            lambda: f"{dice.randrange(10**6)}.{dice.randrange(10**4):04}",
            lambda: f"{dice.randrange(1, 10**4) / 1000}E{dice.randrange(0, 9)}",
            lambda: str(dice.random()),
            lambda: "null",
        ]
    )()


def stats(dice, names):
    chosen = [name for name in names if dice.random() < 0.7]
    whole = {"count"}
    pairs = [f'"{name}":{dice.randrange(10**6) if name in whole else number(dice)}' for name in chosen]
    return "{" + ",".join(pairs) + "}"


def aggregates(dice):
    containers = []
    for index in range(dice.randrange(1, 6)):
        group = {"mediaType": dice.choice(WORDS), "queueId": f"{index}"}
        buckets = []
        for hour in range(dice.randrange(0, 5)):
            metrics = [
                f'{{"metric":"tHandle","stats":{stats(dice, ["count", "sum", "min", "max"])}}}',
                f'{{"metric":"oServiceLevel","stats":{stats(dice, ["numerator", "denominator", "ratio", "target"])}}}',
                f'{{"metric":"tSystemPresence","qualifier":{json.dumps(dice.choice(WORDS))},"stats":{stats(dice, ["sum"])}}}',
            ]
            interval = f"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{hour + 1:02}:00:00.000Z"
            buckets.append(f'{{"interval":"{interval}","metrics":[{",".join(metrics)}]}}')
        containers.append(f'{{"group":{json.dumps(group)},"data":[{",".join(buckets)}]}}')
    return f'{{"results":[{",".join(containers)}]}}'


def summary(dice):
    entities = []
    for index in range(dice.randrange(1, 6)):
        metrics = [
            f'"{name}":{{"value":{number(dice)},"unit":{json.dumps(dice.choice(["s", "ms", "count"]))}}}'
            for name in ("wait", "talk", "offered")
            if dice.random() < 0.8
        ]
        entities.append(f'{{"id":"{index}","division":{json.dumps(dice.choice(WORDS))},"metrics":{{{",".join(metrics)}}}}}')
    return f'{{"entities":[{",".join(entities)}]}}'


READERS = {
    "python tsv": ("tsv", """
import csv
names, *rows = csv.reader(open(path, newline="", encoding="utf-8"), delimiter="\\t")
"""),
    "python ndjson": ("ndjson", """
import json
found = [json.loads(line, parse_float=str, parse_int=str) for line in open(path, encoding="utf-8", newline="\\n")]
# Empty cells are not written.
names = sys.argv[2:] + [name for row in found for name in row if name not in sys.argv[2:]]
rows = [[row.get(name) for name in names] for row in found]
"""),
    "pyarrow parquet": ("parquet", """
import pyarrow.parquet as pq
table = pq.read_table(path)
names, rows = table.column_names, list(zip(*[[v.as_py() for v in c] for c in table.columns]))
"""),
    "pyarrow arrow": ("arrow", """
import pyarrow.ipc as ipc
table = ipc.open_file(path).read_all()
names, rows = table.column_names, list(zip(*[[v.as_py() for v in c] for c in table.columns]))
"""),
    "polars parquet": ("parquet", """
import polars as pl
frame = pl.read_parquet(path)
names, rows = frame.columns, frame.rows()
"""),
    "polars arrow": ("arrow", """
import polars as pl
frame = pl.read_ipc(path)
names, rows = frame.columns, frame.rows()
"""),
    "duckdb parquet": ("parquet", """
import duckdb
con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'")
found = con.execute("SELECT * FROM read_parquet(?)", [str(path)])
names, rows = [it[0] for it in found.description], found.fetchall()
"""),
    "openpyxl": ("xlsx", """
import openpyxl, re
# Excel reads these escapes, openpyxl does not.
plain = lambda value: re.sub("_x([0-9A-F]{4})_", lambda it: chr(int(it[1], 16)), value) if isinstance(value, str) else value
sheet = openpyxl.load_workbook(path).worksheets[0]
all_rows = list(sheet.iter_rows())
names = [plain(cell.value).split(" (")[0] for cell in all_rows[0]]
assert not any(cell.data_type == "f" for row in all_rows for cell in row), "a formula"
rows = [[plain(cell.value) for cell in row] for row in all_rows[1:]]
"""),
}
SHELL = """
import datetime, decimal, json, sys
path = sys.argv[1]
%s
def text(value):
    if value is None: return None
    if isinstance(value, datetime.datetime):
        return ["time", value.replace(tzinfo=None).isoformat(timespec="milliseconds")]
    if isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool):
        return ["float" if isinstance(value, float) else "exact", repr(value) if isinstance(value, float) else str(value)]
    return ["text", value]
json.dump([list(names), [[text(value) for value in row] for row in rows]], sys.stdout)
"""


def same(cell, value, reader):
    """Whether a value is what the cell of the CSV says."""
    if value is None:
        return cell == ""
    kind, text = value
    if kind == "time":
        return datetime.datetime.fromisoformat(cell.replace("Z", "+00:00")).replace(tzinfo=None) == datetime.datetime.fromisoformat(text)
    if kind == "exact":
        return Decimal(cell) == Decimal(text)
    if kind == "float":
        return float(cell) == float(text) or (reader == "openpyxl" and abs(float(cell) - float(text)) <= abs(float(cell)) * 1e-15)
    if cell == text:
        return True
    # XML has one way to end a line; numbers beyond a spreadsheet's digits are text.
    return reader == "openpyxl" and cell.replace("\r\n", "\n") == text


def compare(name, table, read, failures):
    reader, case = name
    (head, *rows), (names, values) = table, read
    values = [row for row in values]
    if head != names or len(rows) != len(values):
        failures.append(f"{reader}, {case}: {len(rows)} rows of {head}, read {len(values)} of {names}")
        return 0
    for line, (row, found) in enumerate(zip(rows, values), 2):
        for column, cell, value in zip(head, row, found):
            if not same(cell, value, reader):
                failures.append(f"{reader}, {case}: line {line}, {column}: {cell!r} was read as {value}")
                return 0
    return len(rows) * len(head)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gcagg", type=Path, default=ROOT / "target/debug/gcagg")
    parser.add_argument("--tools", type=Path, default=ROOT / "target/readback")
    parser.add_argument("--documents", type=int, default=10, help="random documents of each dialect")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    gcagg = arguments.gcagg.resolve()
    python = arguments.tools / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", arguments.tools], check=True)
    if subprocess.run([python, "-m", "pip", "-q", "install", *PACKAGES]).returncode:
        print("the readers could not be installed: nothing was read back")
        return
    scratch = tempfile.TemporaryDirectory()
    folder = Path(scratch.name)
    dice = random.Random(arguments.seed)
    documents = sorted((ROOT / "samples").glob("*.json"))
    for index in range(arguments.documents):
        for dialect, make in (("aggregates", aggregates), ("summary", summary)):
            path = folder / f"{dialect}-{index}.json"
            path.write_text(make(dice))
            documents.append(path)
    failures, left_out, cells, tables = [], [], {}, 0
    soffice = shutil.which("soffice")
    for document in documents:
        for layout in ("long", "wide"):
            for columns in ("present", "all"):
                case = f"{document.name} {layout} {columns}"
                common = [gcagg, "convert", "-q", "--allow", "all", "--layout", layout, "--columns", columns, document]
                run = subprocess.run([*common, "-t", "csv"], capture_output=True)
                if run.returncode:
                    print(f"{case}: left out: {run.stderr.decode().strip().splitlines()[-1]}")
                    continue
                # A text has other line breaks than a file.
                table = list(csv.reader(io.StringIO(run.stdout.decode(), newline="")))
                tables += 1
                for reader, (extension, code) in READERS.items():
                    path = folder / f"out.{extension}"
                    written = subprocess.run([*common, "-o", path], capture_output=True, text=True)
                    if written.returncode:
                        words = written.stderr.strip()
                        # Types that do not depend on the data cannot hold every figure.
                        stable = columns == "all" and "does not fit" in words
                        (left_out if stable else failures).append(f"{reader}, {case}: {words}")
                        continue
                    read = subprocess.run([python, "-c", SHELL % code, path, *table[0]], capture_output=True, text=True)
                    if read.returncode:
                        failures.append(f"{reader}, {case}: {read.stderr.strip().splitlines()[-1]}")
                        continue
                    # DuckDB may show its progress before.
                    found = compare((reader, case), table, json.loads(read.stdout.rpartition("\n")[2]), failures)
                    cells[reader] = cells.get(reader, 0) + found
    if soffice:
        document = ROOT / "samples/queue-day.json"
        subprocess.run([gcagg, "convert", "-q", document, "-o", folder / "office.xlsx"], check=True)
        subprocess.run([soffice, "--headless", "--convert-to", "csv", "--outdir", folder, folder / "office.xlsx"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run = subprocess.run([gcagg, "convert", "-q", "--layout", "wide", document], capture_output=True, text=True, check=True)
        ours, theirs = (list(csv.reader(text.splitlines())) for text in (run.stdout, (folder / "office.csv").read_text()))
        skip = [index for index, name in enumerate(ours[0]) if name.startswith("interval_")]
        for line, (row, found) in enumerate(zip(ours[1:], theirs[1:], strict=True), 2):
            for index, (cell, value) in enumerate(zip(row, found, strict=True)):
                # Ratios are shown as per cent, and dates in LibreOffice's own form.
                if index in skip or value.endswith("%"):
                    continue
                if cell != value and not (cell and value and float(cell) == float(value)):
                    failures.append(f"LibreOffice: line {line}, {ours[0][index]}: {cell!r} was read as {value!r}")
        print(f"LibreOffice: {(len(ours) - 1) * len(ours[0]):,} cells of one table are those of the CSV")
    else:
        print("no soffice: LibreOffice was left out")
    for reader, count in cells.items():
        print(f"{reader}: {count:,} cells of {tables} tables are those of the CSV")
    for refused in left_out[:1]:
        print(f"{len(left_out)} tables with stable types were refused because of a figure, such as {refused}")
    for failure in failures[:40]:
        print(f"FAILED {failure}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
