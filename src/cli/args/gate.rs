//! The reports of `validate`.

use std::path::PathBuf;

use crate::{FINDING_FORMATS, FindingFormat};

/// Reads `FORMAT=PATH`, or `FORMAT` for standard output.
pub(super) fn report_to(text: &str) -> Result<(FindingFormat, PathBuf), String> {
    let (name, path) = text.split_once('=').unwrap_or((text, "-"));
    let format = FindingFormat::named(name).ok_or_else(|| {
        let names: Vec<&str> = FINDING_FORMATS.iter().map(|it| it.name).collect();
        let names = names.join(", ");
        format!("unknown format `{name}`; the formats are {names}")
    })?;
    match path {
        "" => Err(format!("`{name}=` needs a file name")),
        path => Ok((format, path.into())),
    }
}
