//! Sentences about ids that files of names list twice or not at all.

use crate::table::{Survey, entity_names};

use super::Dataset;

impl Dataset {
    /// Sentences about ids of the inputs with several names or without one.
    pub fn name_warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        self.add_name_warnings(&self.survey(&self.inputs), &mut warnings);
        warnings
    }

    pub(super) fn add_name_warnings(&self, survey: &Survey, warnings: &mut Vec<String>) {
        let names = &self.run.spec.names;
        if !names.is_asked() {
            return;
        }
        if let Some((count, [id, before, after])) = names.renamed() {
            let ids = if count == 1 { "id has" } else { "ids have" };
            warnings.push(format!(
                "warning: {count} {ids} two names in --names, and the last one is used: {id} is `{before}`, then `{after}`"
            ));
        }
        let known = survey.names.as_ref();
        let has_ids = survey
            .dimensions
            .keys()
            .any(|name| entity_names::is_id(name));
        if survey.rows > 0 && has_ids && !known.is_some_and(|known| known.any()) {
            warnings.push("warning: --names has no name for any id of these inputs".to_owned());
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
                warnings.push(format!(
                    "warning: {count} {ids} of {column} {have} no name in --names, the first is {first}"
                ));
            }
        }
    }
}
