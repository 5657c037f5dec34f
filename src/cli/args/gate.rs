//! The reports of `validate`.

use std::path::PathBuf;

use crate::{FINDING_FORMATS, FindingFormat, nearest};

/// Reads `FORMAT=PATH`, or `FORMAT` for standard output.
pub(super) fn report_to(text: &str) -> Result<(FindingFormat, PathBuf), String> {
    let (name, path) = text.split_once('=').unwrap_or((text, "-"));
    let format = FindingFormat::named(name).ok_or_else(|| {
        let names = || FINDING_FORMATS.iter().map(|it| it.name);
        let all = names().collect::<Vec<&str>>().join(", ");
        match nearest(name, names()) {
            Some(near) => format!("unknown format `{name}`; did you mean `{near}`?"),
            None => format!("unknown format `{name}`; the formats are {all}"),
        }
    })?;
    match path {
        "" => Err(format!("`{name}=` needs a file name")),
        path => Ok((format, path.into())),
    }
}
