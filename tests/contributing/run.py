#!/usr/bin/env python3
"""Applies the recipes of CONTRIBUTING.md to a copy of the tree, builds it and runs each result.

Usage: tests/contributing/run.py [--test]

The copy is in target/contributing. It shares the target folder, so that dependencies are not built
again; its version differs, so that cargo does not take its files for those of the project. With --test,
the tests of the copy run too.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "contributing"

RESPONSE = {
    "results": [
        {
            "group": {"mediaType": "voice", "madeUpId": "m"},
            "data": [
                {
                    "interval": "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
                    "metrics": [
                        {"metric": "nMadeUp", "stats": {"count": 7}},
                        {"metric": "oMadeUp", "stats": {"count": 2, "madeUp": 9}},
                    ],
                }
            ],
        }
    ]
}

PAGE = """# M099 made-up

The count is exactly 7.

## Bad

```json
{"metric": "nMadeUp", "stats": {"count": 7}}
```

## Good

```json
{"metric": "nMadeUp", "stats": {"count": 8}}
```

## Why it happens

It does not happen.

## How to fix it

```sh
gcagg explain M099
```
"""

RULE = """//! A made-up rule.

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::stat::Stat;
use crate::record::EntryView;

use super::metrics::at_figure;

/// `M099`: the count is 7.
pub(super) fn count_is_seven(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    if let Some(count) = entry.figure(Stat::Count).filter(|it| it.whole() == Some(7)) {
        at_figure(entry, Code::MadeUp, &count, out, || {
            Diagnostic::new(Code::MadeUp, format!("the count of `{}` is 7", entry.shown()))
        });
    }
}
"""

TABLE = """//! A made-up table format.

use std::io;

use crate::table::{ColumnCell, RowSink};

use super::text::{self, TextFile};
use super::{Appender, Chunk, Encoder, FormattedTable, Output, TableFormat, csv};

/// One word per row.
pub static MADE_UP: TableFormat = TableFormat {
    name: "made-up",
    title: "a made-up format",
    extensions: &["madeup"],
    options: &[],
    table: |_, _| Box::new(MadeUpTable),
    ..csv::BASE
};

#[derive(Debug)]
struct MadeUpTable;

impl FormattedTable for MadeUpTable {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(MadeUpEncoder(Vec::new()))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        TextFile::begin(out, b"", 0, b"")
    }
}

struct MadeUpEncoder(Vec<u8>);

impl RowSink for MadeUpEncoder {
    fn shared(&mut self, _: usize, _: &[ColumnCell<'_>]) {}

    fn row(&mut self, _: &[ColumnCell<'_>]) {
        self.0.extend_from_slice(b"row\\n");
    }
}

impl Encoder for MadeUpEncoder {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        Ok(text::chunk(self.0, rows, 0))
    }
}
"""

REPORT = """//! A made-up report.

use std::io::{self, Write};

use super::model::Model;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "made up: {} figures", model.measures.len())
}
"""

FINDINGS = """//! A made-up format of findings.

use std::io::{self, Write};

use crate::diagnostic::collect::FindingSummary;

use super::FindingRenderer;

/// The number of causes.
#[derive(Debug, Default)]
pub struct MadeUp;

impl FindingRenderer for MadeUp {
    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "made up: {} causes", collection.groups().len())
    }
}
"""

COMMAND = """//! `gcagg made-up`: a made-up command.

use crate::output::print;
use crate::{Error, ExitStatus};

/// Runs the command.
///
/// # Errors
/// Standard output cannot be written.
pub fn run() -> Result<ExitStatus, Error> {
    print(b"made up\\n")?;
    Ok(ExitStatus::Success)
}
"""


def after(path, anchor, line):
    """Inserts a line after the only line that contains the anchor."""
    file = COPY / path
    lines = file.read_text().splitlines(keepends=True)
    found = [number for number, text in enumerate(lines) if anchor in text]
    assert len(found) == 1, f"{path}: {len(found)} lines contain {anchor!r}"
    lines.insert(found[0] + 1, line + "\n")
    file.write_text("".join(lines))


def append(path, line):
    """Adds a line at the end of a file."""
    with open(COPY / path, "a") as file:
        file.write(line + "\n")


def create(path, text):
    (COPY / path).write_text(text)


def metric():
    append("src/model/catalog/metrics.csv", "nMadeUp,counter,count,conversation,made-up events")
    append("src/model/catalog/metrics.csv", "oMadeUp,score,points,conversation,made-up values")


def dimension():
    append("src/model/catalog/dimensions.csv", "madeUpId,conversation,")


def statistic():
    after("src/model/stat.rs", 'CalculatedMetricValue "', '    /// Made up.\n    MadeUp "madeUp" Number Add Own;')
    file = COPY / "schemas/aggregates.schema.json"
    schema = json.loads(file.read_text())
    properties = schema["$defs"]["stats"]["properties"]
    names = {}
    for name, value in properties.items():
        names[name] = value
        if name == "calculatedMetricValue":
            names["madeUp"] = {"type": ["number", "null"], "description": "Made up."}
    schema["$defs"]["stats"]["properties"] = names
    file.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


def rule():
    after("src/diagnostic/code.rs", 'IncompleteStatistic "', '    MadeUp "M099" "made-up" Info "a count of 7",')
    create("src/diagnostic/explain/M099.md", PAGE)
    create("src/check/rules/made_up.rs", RULE)
    after("src/check/rules/mod.rs", "mod groups;", "mod made_up;")
    after("src/check/rules/mod.rs", "stats::negative_value(", "            made_up::count_is_seven(&entry, out);")


def table_format():
    create("src/write/made_up.rs", TABLE)
    after("src/write/mod.rs", "mod json;", "pub mod made_up;")
    after("src/write/format.rs", "    &json::JSON,", "    &super::made_up::MADE_UP,")


def report_format():
    create("src/report/made_up.rs", REPORT)
    after("src/report/mod.rs", "mod markdown;", "mod made_up;")
    after(
        "src/report/format.rs",
        "pub static REPORT_FORMATS",
        "    ReportFormat {\n"
        '        name: "made-up",\n        help: "Made up",\n        extensions: &["madeup"],\n'
        "        points: 1,\n        write: |model, _, out| super::made_up::write(model, out),\n"
        "        detail: None,\n        is_binary: false,\n        unused: &[],\n        has_notes: true,\n        has_trends: false,\n    },",
    )


def finding_format():
    create("src/diagnostic/render/made_up.rs", FINDINGS)
    after("src/diagnostic/render/mod.rs", "mod markdown;", "mod made_up;")
    after(
        "src/diagnostic/render/mod.rs",
        'Markdown "markdown"',
        '    MadeUp "made-up" ["madeup"] true "Made up" |_| Box::new(made_up::MadeUp);',
    )


def command():
    create("src/command/made_up.rs", COMMAND)
    after("src/command/mod.rs", "mod messages;", "pub mod made_up;")
    after("src/cli/args.rs", "    Validate(Box<ValidateArgs>),", "    /// Made up\n    MadeUp,")
    after("src/lib.rs", "Command::Validate(", "        Command::MadeUp => command::made_up::run(),")


def copy():
    if COPY.exists():
        shutil.rmtree(COPY)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).exists():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name)
    manifest = COPY / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace('version = "0.2.0"', 'version = "0.0.1"', 1))


def see(arguments, words, code=0):
    """Runs the command and looks for words in its output."""
    program = COPY / "gcagg"
    ran = subprocess.run([program, *arguments], cwd=COPY, capture_output=True, text=True)
    said = ran.stdout + ran.stderr
    shown = f"gcagg {' '.join(arguments)}: exit code {ran.returncode}\n{said}"
    assert ran.returncode == code, shown
    for word in words:
        assert word in said, f"{word!r} is missing in {shown}"


def main():
    copy()
    for recipe in (metric, dimension, statistic, rule, table_format, report_format, finding_format, command):
        recipe()
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    environment = {**os.environ, "CARGO_TARGET_DIR": target}
    subprocess.run(["cargo", "build", "--quiet"], cwd=COPY, env=environment, check=True)
    # The next build of the original replaces the file in the target folder.
    shutil.copy2(pathlib.Path(target) / "debug" / "gcagg", COPY / "gcagg")
    (COPY / "made-up.json").write_text(json.dumps(RESPONSE))
    see(["explain", "nMadeUp"], ["made-up events"])
    see(["explain", "madeUpId"], ["conversation"])
    see(["convert", "made-up.json"], ["madeUpId,", ",madeUp", ",9"])
    see(["convert", "made-up.json", "--columns", "all"], ["calculatedMetricValue,madeUp"])
    see(["rollup", "made-up.json", "--every", "1d"], ['"madeUp":9'])
    see(["validate", "made-up.json"], ["M099", "the count of `nMadeUp` is 7"])
    see(["explain", "made-up"], ["# M099 made-up"])
    see(["convert", "made-up.json", "-t", "made-up"], ["row\nrow\n"])
    see(["report", "made-up.json", "--format", "made-up"], ["made up: "])
    see(["report", "--help"], ["made-up", "Made up"])
    see(["validate", "made-up.json", "--format", "made-up"], ["made up: 1 causes"])
    see(["made-up"], ["made up"])
    if "--test" in sys.argv[1:]:
        subprocess.run(["cargo", "test", "--no-fail-fast"], cwd=COPY, env=environment, check=True)
    shutil.rmtree(COPY)


main()
