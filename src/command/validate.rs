//! `gcagg validate`: every problem, with its place.

use std::io::Write as _;
use std::path::Path;

use crate::check::Checker;
use crate::check::own::Own;
use crate::cli::args::{FindingFormat, ValidateArgs};
use crate::cli::failure::Failure;
use crate::cli::options::{self, Shared};
use crate::diagnostic::render::{self, Format, Style};
use crate::engine::Run;
use crate::exit::ExitStatus;
use crate::table::{Filter, Layout, Shaping};

use super::gather;

/// Runs the command.
///
/// # Errors
/// A wrong command line, a schema that does not read, an output that cannot be written.
pub fn run(shared: &Shared, args: ValidateArgs) -> Result<ExitStatus, Failure> {
    let user = args.schema.as_deref().map(user_schema).transpose()?;
    let discovery = options::inputs(&args.inputs.inputs, "validate")?;
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let levels = options::levels(&args.levels)?;
    let checker = Checker::new().map_err(Failure::io)?;
    let shaping = Shaping {
        layout: Layout::Long,
        filter: Filter::default(),
        durations: None,
        times: crate::table::time::Times::default(),
    };
    let run = Run {
        checker: &checker,
        shaping: &shaping,
        schema: user.as_ref(),
        levels: &levels,
        paranoid: shared.paranoid,
        window: shared.window,
    };
    if let (Some(own), Some(path), true) = (&user, &args.schema, shared.verbose) {
        let path = path.display();
        shared.say(&match own.array() {
            Ok(array) => format!("--schema {path}: applied to each element of `{array}`"),
            Err(reason) => format!("--schema {path}: applied to whole documents: {reason}"),
        });
    }
    let mut gathered = gather::gather(&run, discovery, true);
    let collection = gathered.collection();
    let format = match args.format {
        FindingFormat::Text => Format::Text(if args.output == Path::new("-") {
            shared.stdout_style()
        } else {
            Style::Narrated
        }),
        FindingFormat::Json => Format::Json,
        FindingFormat::Ndjson => Format::Ndjson,
    };
    let failed = |error: &std::io::Error| Failure::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    render::render(&collection, format, args.max_shown, &mut sink)
        .map_err(|error| failed(&error))?;
    sink.flush().map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))?;
    gathered.details(shared);
    let rows = gathered.inputs.iter().map(|input| input.rows).sum();
    shared.say(&gathered.summary(&collection, rows));
    Ok(gather::status(&collection))
}

fn user_schema(path: &Path) -> Result<Own, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::io(format!("--schema {}: {error}", path.display())))?;
    let value = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("--schema {}: not JSON: {error}", path.display()))
    })?;
    Own::compile(&value).map_err(|error| {
        Failure::usage(format!(
            "--schema {}: not a usable JSON Schema: {error}",
            path.display()
        ))
    })
}
