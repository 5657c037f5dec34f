//! Names in place of ids.

use std::collections::{HashMap, HashSet};

use crate::json::text::printable;
pub use crate::model::catalog::named::title;
use crate::report::Report;
use crate::table::EntityNames;
use crate::table::entity_names::is_id;

/// The system presence of agents who are not logged in.
const OFFLINE: &str = "OFFLINE";

/// The names of the values of dimensions. Names that several ids of the report share are followed by
/// their ids.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    names: EntityNames,
    shared: HashSet<String>,
}

impl Naming {
    /// The names for the groups of a report.
    pub(super) fn new(names: EntityNames, report: &Report) -> Self {
        let mut naming = Self {
            names,
            shared: HashSet::new(),
        };
        if !naming.names.is_asked() {
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
        let names = is_id(dimension).then_some(&self.names)?;
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

    /// Returns true if a qualifier of a metric is the presence of agents who are not logged in.
    pub fn is_offline(&self, metric: &str, qualifier: &str) -> bool {
        match metric {
            "tSystemPresence" => qualifier == OFFLINE,
            "tOrganizationPresence" => self.names.system_presence(qualifier) == Some(OFFLINE),
            _ => false,
        }
    }

    /// The names of qualifiers, or the qualifiers themselves. A name that several have is followed by
    /// the id.
    pub fn of_qualifiers<'q>(&self, qualifiers: impl Iterator<Item = &'q str>) -> Vec<String> {
        let named = qualifiers.map(|id| (id, self.names.get(id)));
        let named: Vec<(&str, Option<&str>)> = named.collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for name in named.iter().filter_map(|(_, name)| *name) {
            *times.entry(name).or_default() += 1;
        }
        let shown = named.into_iter().map(|(id, name)| match name {
            None => printable(id),
            Some(name) if times.get(name) == Some(&1) => printable(name),
            Some(name) => printable(&format!("{name} ({id})")),
        });
        shown.collect()
    }
}

/// A word as the start of a title.
pub fn capitalized(word: &str) -> String {
    let mut letters = printable(word);
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}
