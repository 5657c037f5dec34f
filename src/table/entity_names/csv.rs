//! Names in CSV: a header with `id` and `name`, other columns are passed over.

use super::{EntityNames, FORMS, Fault};

/// Adds the names of a text.
pub(super) fn read(text: &str, names: &mut EntityNames) -> Result<(), Fault> {
    let header = text.lines().next().unwrap_or_default();
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter(header))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| fault(&error))?;
    let place = |wanted: &str| {
        let mut titles = header.iter();
        titles.position(|title| title.trim().eq_ignore_ascii_case(wanted))
    };
    let (Some(id), Some(name)) = (place("id"), place("name")) else {
        return Err(Fault {
            offset: text.len() - text.trim_start().len(),
            message: "the first line has no columns `id` and `name`".to_owned(),
            help: FORMS,
        });
    };
    for record in reader.records() {
        let record = record.map_err(|error| fault(&error))?;
        let field = |at| record.get(at).map(str::trim).filter(|it| !it.is_empty());
        let at = record.position().map_or(0, |place| place.byte() as usize);
        match (field(id), field(name)) {
            (Some(id), Some(name)) => names.add(id, name),
            // An id may have no name; a row of blanks says nothing.
            (Some(_), None) if record.len() > name => {}
            (None, None) => {}
            (None, Some(name)) => {
                return Err(Fault {
                    offset: at,
                    message: format!("the name `{name}` has no id"),
                    help: "fill in the column id, or remove the row",
                });
            }
            (Some(_), None) => {
                return Err(Fault {
                    offset: at,
                    message: format!(
                        "the row has {} of {} fields",
                        record.len(),
                        name.max(id) + 1
                    ),
                    help: "write the name behind the id, in quotes if it contains the delimiter",
                });
            }
        }
    }
    Ok(())
}

/// The delimiter of a header: that of which it has the most.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

fn fault(error: &::csv::Error) -> Fault {
    Fault {
        offset: error.position().map_or(0, |place| place.byte() as usize),
        message: error.to_string(),
        help: FORMS,
    }
}
