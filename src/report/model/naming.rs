//! Names in place of ids.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::json::text::printable;
use crate::report::Report;
use crate::table::EntityNames;
use crate::table::entity_names::is_id;

/// The names of the values of dimensions. Names that several ids of the report share are followed by
/// their ids.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    names: Option<Arc<EntityNames>>,
    shared: HashSet<String>,
}

impl Naming {
    /// The names for the groups of a report.
    pub(super) fn new(names: Option<Arc<EntityNames>>, report: &Report) -> Self {
        let mut naming = Self {
            names,
            shared: HashSet::new(),
        };
        if naming.names.is_none() {
            return naming;
        }
        let mut ids: HashMap<String, String> = HashMap::new();
        let mut shared = HashSet::new();
        for group in report.groups() {
            for (dimension, value) in group.dimensions() {
                let Some(name) = naming.name(dimension, value) else {
                    continue;
                };
                let known = ids.entry(name.clone()).or_insert_with(|| value.to_owned());
                if known != value {
                    shared.insert(name);
                }
            }
        }
        naming.shared = shared;
        naming
    }

    fn name(&self, dimension: &str, value: &str) -> Option<String> {
        let names = self.names.as_ref().filter(|_| is_id(dimension))?;
        names.of(value).map(|name| printable(&name))
    }

    /// The name of a value of a dimension, where it is known.
    pub fn of(&self, dimension: &str, value: &str) -> Option<String> {
        let name = self.name(dimension, value)?;
        Some(match self.shared.contains(&name) {
            true => format!("{name} ({})", printable(value)),
            false => name,
        })
    }

    /// The name of an id that is a qualifier, or the qualifier itself.
    pub fn of_qualifier(&self, qualifier: &str) -> String {
        let name = self.names.as_ref().and_then(|names| names.get(qualifier));
        printable(name.unwrap_or(qualifier))
    }
}
