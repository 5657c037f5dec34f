//! What commands say about the names of ids.

use crate::cli::options::Shared;
use crate::table::{Survey, TableSpec};

/// Says which ids have several names or none, each in one line.
pub fn say(shared: &Shared, spec: &TableSpec, survey: &Survey) {
    if !spec.names.is_asked() {
        return;
    }
    if let Some((count, [id, before, after])) = spec.names.renamed() {
        let ids = if count == 1 { "id has" } else { "ids have" };
        shared.say(&format!(
            "warning: {count} {ids} two names in --names, and the last one counts: {id} is `{before}`, then `{after}`"
        ));
    }
    let known = survey.names.as_ref();
    if survey.rows > 0 && !known.is_some_and(|known| known.any()) {
        shared.say("warning: --names has no name for any id of these inputs");
        return;
    }
    let Some(known) = known else { return };
    let dimensions = known.dimensions.iter();
    let columns = dimensions.map(|(name, known)| (name.as_str(), known));
    for (column, known) in columns.chain([("qualifier", &known.qualifiers)]) {
        if let Some((count, first)) = known.missing() {
            let (ids, have) = match count.as_str() {
                "1" => ("id", "has"),
                _ => ("ids", "have"),
            };
            shared.say(&format!(
                "warning: {count} {ids} of {column} {have} no name in --names, the first is {first}"
            ));
        }
    }
}
