//! `gcagg schema`: the embedded JSON Schemas.

use serde_json::{Map, Value, json};

use crate::check::schema;
use crate::cli::args::{SchemaArgs, SchemaName};
use crate::cli::sections::{self, CommandOption, SECTIONS, Takes};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::write::stdout;

/// The schema of `gcagg.toml`, without the options of commands.
const CONFIG: &str = include_str!("../../schemas/config.schema.json");

/// Runs the command.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: SchemaArgs) -> Result<ExitStatus, Error> {
    let text = match args.name {
        SchemaName::Aggregates => schema::AGGREGATES,
        SchemaName::Summary => schema::SUMMARY,
        SchemaName::Config => &config()?,
    };
    stdout::print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// The schema of `gcagg.toml` with the options of the commands, from their definition.
fn config() -> Result<String, Error> {
    let mut schema: Value = serde_json::from_str(CONFIG)
        .map_err(|error| Error::io(format!("the embedded schema cannot be read: {error}")))?;
    for section in SECTIONS {
        let options = sections::options().iter();
        let properties: Map<String, Value> = options
            .filter(|option| option.section == *section)
            .map(|option| (option.name.clone(), property(option)))
            .collect();
        schema["properties"][section] = json!({
            "description": format!("Defaults of the options of `gcagg {section}`."),
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
        });
    }
    Ok(format!("{schema:#}\n"))
}

fn property(option: &CommandOption) -> Value {
    let one = match option.values.as_slice() {
        [] => json!({ "type": ["string", "number"] }),
        values => json!({ "enum": values }),
    };
    let mut property = match option.takes {
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::One | Takes::Many => {
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
    };
    property["description"] = Value::String(option.help.clone());
    property
}
