//! The dimensions that figures can be grouped by.

use crate::error::Error;
use crate::model::catalog::{self, nearest};
use crate::pipeline::Surveyed;

/// Refuses dimensions that no input has.
///
/// # Errors
/// A usage error with the nearest dimension.
pub(super) fn check_by(by: &[String], inputs: &[Surveyed]) -> Result<(), Error> {
    let mut known: Vec<&str> = inputs
        .iter()
        .flat_map(|input| input.survey.dimensions.keys().map(String::as_str))
        .collect();
    known.sort_unstable();
    known.dedup();
    for name in by.iter().filter(|_| !known.is_empty()) {
        if !known.contains(&name.as_str()) && !catalog::is_dimension(name) {
            let failure = Error::usage(format!("--by {name}: no group has this dimension"));
            return Err(match nearest(name, known.iter().copied()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`gcagg inspect` lists the dimensions"),
            });
        }
    }
    Ok(())
}
