//! Names from inputs in every output: nothing in them controls a terminal, forges a line, or runs
//! as SQL, HTML, Markdown or a template.

mod cases;
mod forms;

use std::sync::Mutex;

use cases::{Case, HOSTILE, KINDS, Kind};
use forms::Form;

/// Every command that shows names of its inputs, and the form of its standard output.
const COMMANDS: &[(Form, &str)] = &[
    (Form::Text, "report {in} {plain}"),
    (Form::Text, "report {in} --names {names} --by {arg}"),
    (Form::Text, "report {in} --compare {plain}"),
    (Form::Text, "report {plain} --compare {in}"),
    (Form::Text, "report {in} --detail --where {arg}={arg}"),
    (Form::Text, "report {in} --sort {arg}"),
    (
        Form::Markdown,
        "report {in} --format markdown --names {names}",
    ),
    (Form::Markdown, "report {in} --format markdown --detail"),
    (
        Form::Markdown,
        "report {plain} --format markdown --compare {in}",
    ),
    (
        Form::Html,
        "report {in} {plain} --format html --names {names}",
    ),
    (Form::Html, "report {plain} --format html --compare {in}"),
    (Form::Json, "report {in} --format json --names {names}"),
    (Form::Json, "report {in} --format json --title {arg}"),
    (Form::Text, "report {in} --title {arg}"),
    (
        Form::Markdown,
        "report {in} --format markdown --title {arg}",
    ),
    (Form::Html, "report {in} --format html --title {arg}"),
    (Form::Table, "report {in} --format csv --title {arg}"),
    (
        Form::Table,
        "report {in} --names {names} -o x.xlsx --title {arg}",
    ),
    (Form::Table, "report {in} --every {arg}"),
    (Form::Table, "convert {in} --exclude {arg}"),
    (Form::Table, "convert --files-from {in}"),
    (Form::Json, "rollup {in} --every 1d"),
    (Form::Table, "rollup {in} -t csv --by {arg}"),
    (
        Form::Text,
        "validate {in} --expect-dims {arg} --expect-metrics {arg}",
    ),
    (Form::Colored, "validate {in} --color always"),
    (Form::Json, "validate {in} --format json"),
    (Form::Json, "validate {in} --format ndjson"),
    (Form::Json, "validate {in} --format sarif"),
    (Form::Json, "validate {in} --format gitlab"),
    (Form::Text, "validate {in} --format junit"),
    (Form::Text, "validate {in} --format github"),
    (Form::Markdown, "validate {in} --format markdown"),
    (Form::Text, "validate {in} --schema {in}"),
    (Form::Text, "validate {in} --fix --diff"),
    (Form::Text, "inspect {in}"),
    (Form::Json, "inspect {in} --format json"),
    (Form::Text, "inspect {in} --against {plain}"),
    (Form::Text, "inspect {plain} --against {in}"),
    (Form::Json, "inspect {plain} --against {in} --format json"),
    (Form::Text, "inspect {in} --against schema"),
    (
        Form::Sql,
        "schema table {in} --format ddl-duckdb --table-name {arg}",
    ),
    (
        Form::Sql,
        "schema table {in} --format ddl-postgres --layout wide",
    ),
    (
        Form::Sql,
        "schema table {in} --format ddl-duckdb --layout wide",
    ),
    (
        Form::Script {
            statements: 9,
            drops: 2,
        },
        "schema table {in} --format load-postgres --table-name {arg}",
    ),
    (
        Form::Script {
            statements: 9,
            drops: 1,
        },
        "schema table {in} --format load-duckdb --table-name {arg}",
    ),
    (
        Form::Script {
            statements: 9,
            drops: 1,
        },
        "schema table {in} --format load-duckdb --layout wide",
    ),
    (Form::Model, "schema table {in} --format dbt-model"),
    (
        Form::Model,
        "schema table {in} --format dbt-model --layout wide",
    ),
    (
        Form::Dbt,
        "schema table {in} --format dbt --table-name {arg}",
    ),
    (Form::Dbt, "schema table {in} --format dbt --layout wide"),
    (
        Form::Json,
        "schema table {in} --format arrow-json --layout wide",
    ),
    (Form::Table, "convert {in} --names {names} -v"),
    (
        Form::Table,
        "convert {in} --columns all --dims mediaType --layout wide --kpi",
    ),
    (Form::Table, "convert {in} --where {arg}"),
    (
        Form::Table,
        "convert {in} --where {arg}={arg} --metric {arg}",
    ),
    (Form::Table, "convert {in} --columns {arg}"),
    (Form::Table, "convert {in} --sort {arg}"),
    (Form::Table, "convert {in} --sheet-by {arg} -o x.xlsx"),
    (Form::Table, "convert {in} --partition-by {arg} -o folder"),
    (
        Form::Table,
        "convert {in} --preset wfm-import --names {names}",
    ),
    (
        Form::Table,
        "convert {in} --on-error skip --rejects rejects.ndjson",
    ),
    (Form::Table, "convert {in} -o {in}"),
    (Form::Table, "convert {in} -o {arg}"),
    (Form::Table, "convert {in} --from {arg}"),
    (Form::Table, "convert {in} --timezone {arg}"),
    (Form::Table, "convert {in} --{arg}"),
    (Form::Table, "convert {arg} {in}/none"),
    (Form::Table, "convert {in} --names {in}"),
    (Form::Table, "convert {in} --config {in}"),
    (Form::Json, "convert {in} -t ndjson"),
    (Form::Json, "convert {in} -t json --layout wide"),
    (Form::Text, "explain {arg}"),
    (Form::Text, "{arg}"),
];

/// Runs every command over a document with one hostile name, and returns what is wrong with what it
/// prints.
fn walk(kind: Kind) -> Vec<String> {
    let mut faults = Vec::new();
    for name in HOSTILE {
        let case = Case::new(kind, name);
        // Names in other places than the document matter only where a command names them.
        let place = match kind {
            Kind::Argument => "{arg}",
            Kind::EntityName | Kind::NamesFile => "{names}",
            _ => "",
        };
        let commands = COMMANDS.iter().filter(|(_, it)| it.contains(place));
        for (form, command) in commands {
            let words = command.split(' ').map(|word| case.argument(word));
            let words: Vec<String> = words.collect();
            let ran = case
                .work
                .run(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let ended = matches!(ran.code, Some(0..=3));
            let ended = (!ended).then(|| format!("{:?} {}", ran.code, ran.stderr));
            for fault in [
                ended,
                Form::Text.fault(&ran.stderr),
                form.fault(&ran.stdout),
            ] {
                faults.extend(fault.map(|it| format!("{kind:?}: {command}: {it}")));
            }
        }
    }
    faults
}

#[test]
fn names_are_harmless_in_every_output() {
    let kinds = Mutex::new(KINDS.iter());
    let next = || kinds.lock().expect("kinds").next();
    let faults: Vec<String> = std::thread::scope(|scope| {
        let one = || {
            scope.spawn(|| {
                std::iter::from_fn(next)
                    .flat_map(|kind| walk(*kind))
                    .collect()
            })
        };
        let all: Vec<_> = (0..4).map(|_| one()).collect();
        let all = all
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        all.collect::<Vec<Vec<String>>>().concat()
    });
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn data_on_a_terminal_is_escaped_and_its_colors_stay() {
    let case = Case::new(Kind::Metric, HOSTILE[0]);
    for command in [
        "convert {in}",
        "convert {in} -t tsv --layout wide",
        "validate {in} --fix --color never",
    ] {
        let words: Vec<String> = command.split(' ').map(|word| case.argument(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(shown) = case.work.on_terminal(&case.work.command(&words)) else {
            return;
        };
        let shown = shown.replace("\r\n", "\n");
        assert!(shown.contains("FORGED"), "{command}: {shown}");
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
            "{command}: {shown:?}"
        );
        // In a pipe, cells are what the input has.
        let piped = case.work.run(&words).stdout;
        assert!(piped.contains('\u{202e}'), "{command}: {piped:?}");
    }
    let report = case
        .work
        .command(&["report", "plain.json", "--color", "always"]);
    if let Some(shown) = case.work.on_terminal(&report) {
        assert!(shown.contains("\u{1b}[31m"), "{shown:?}");
    }
}
