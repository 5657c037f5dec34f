//! `gcagg schema`: the embedded JSON Schemas.

use crate::cli::args::{SchemaArgs, SchemaName};
use crate::cli::options::Shared;
use crate::output::print;
use crate::{
    AGGREGATES_SCHEMA, Error, ExitStatus, Inputs, Layout, SCHEMA_FORMATS, SUMMARY_SCHEMA, TableSpec,
};

use super::messages;

/// The schema of `gcagg.toml`. A test keeps the options of commands in it.
const CONFIG: &str = include_str!("../../schemas/config.schema.json");

/// Runs the command.
pub fn run(shared: &Shared, args: SchemaArgs) -> Result<ExitStatus, Error> {
    if args.name == SchemaName::Table {
        return table(shared, args);
    }
    let options = [
        "format",
        "layout",
        "dims",
        "columns",
        "durations",
        "names",
        "source-column",
        "table-name",
    ];
    if !args.inputs.is_empty() || options.iter().any(|option| shared.is_typed(option)) {
        return Err(
            Error::usage("only the schema of a table takes options and inputs")
                .help("gcagg schema table --format ddl-postgres"),
        );
    }
    let text = match args.name {
        SchemaName::Aggregates => AGGREGATES_SCHEMA,
        SchemaName::Summary => SUMMARY_SCHEMA,
        SchemaName::Config | SchemaName::Table => CONFIG,
    };
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// Prints the schema of a table with all columns.
fn table(shared: &Shared, args: SchemaArgs) -> Result<ExitStatus, Error> {
    let Some(format) = args.format else {
        let names: Vec<&str> = SCHEMA_FORMATS.iter().map(|format| format.name).collect();
        return Err(Error::usage("the schema of a table needs a format")
            .help(format!("--format {}", names.join("|"))));
    };
    if format.name == "arrow-json" {
        let help = "remove it, or choose another --format";
        shared.refuse_typed(
            ["table-name"],
            "is not for arrow-json, which names no table",
            help,
        )?;
    }
    // Only names are read of the inputs.
    let columns: Vec<&str> = args.columns.split(',').collect();
    if columns.first() != Some(&"all") {
        let columns = &args.columns;
        return Err(Error::usage(format!(
            "--columns {columns}: the types of these columns depend on the inputs"
        ))
        .help("begin with all: --columns all,loaded_at"));
    }
    let mut spec = TableSpec::new().columns(columns).any_numbers();
    if let Some(unit) = args.durations {
        spec = spec.durations(unit);
    }
    if args.layout == Layout::Wide {
        if args.inputs.is_empty() {
            return Err(
                Error::usage("the columns of the wide layout depend on the inputs")
                    .help("pass documents that have all metrics, or use --layout long"),
            );
        }
        spec = spec.layout(Layout::Wide);
    }
    if !args.dims.is_empty() {
        spec = spec.dimensions(args.dims);
    }
    if !args.names.files.is_empty() {
        spec = spec.names(&args.names.files)?;
    }
    if args.source_column {
        spec = spec.source_column();
    }
    let checked = Inputs::new().paths(&args.inputs).table_spec(spec).check()?;
    if !checked.is_ok() {
        let findings = checked.summary()?;
        messages::errors(shared, findings)?;
        return Ok(findings.status());
    }
    let table = checked.table()?;
    print(table.schema_text(format, &args.table_name)?.as_bytes())?;
    Ok(ExitStatus::Success)
}
