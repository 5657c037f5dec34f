//! Drift: names that are new, gone or of another type in some documents, compared with others or
//! with the embedded schema and the catalogue.

mod catalogue;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::profile::{Held, Profile};
use crate::check::types::{Typed, Types};

pub use catalogue::beyond;
pub use words::{json, text};

/// The kinds of differences, in the order of the output. `unfit` is a statistic that metrics of this
/// kind do not have.
const KINDS: [&str; 4] = ["new", "gone", "changed", "unfit"];

/// The things that differ, in the order of the output.
const THINGS: [&str; 7] = [
    "field",
    "dimension",
    "metric",
    "view",
    "stat",
    "qualifier",
    "unit",
];

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftChange {
    /// One of [`THINGS`].
    pub what: &'static str,
    /// One of [`KINDS`].
    pub how: &'static str,
    pub name: String,
    /// The metric or view that a statistic, qualifier or unit belongs to.
    pub of: Option<String>,
    /// The types before and after.
    pub before: Types,
    pub after: Types,
    pub help: Option<String>,
}

impl DriftChange {
    fn new(what: &'static str, how: &'static str, name: &str) -> Self {
        Self {
            what,
            how,
            name: name.to_owned(),
            of: None,
            before: Types::default(),
            after: Types::default(),
            help: None,
        }
    }

    fn of(self, of: Option<&str>) -> Self {
        Self {
            of: of.map(str::to_owned),
            ..self
        }
    }

    fn types(self, before: Types, after: Types) -> Self {
        Self {
            before,
            after,
            ..self
        }
    }

    fn help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}

/// Compares documents before and after.
pub fn between(before: &Profile, after: &Profile) -> Vec<DriftChange> {
    let mut changes = typed("field", None, &before.fields, &after.fields);
    let is_new = |path: &str| is_missing(&before.fields, path);
    let is_gone = |path: &str| is_missing(&after.fields, path);
    changes.retain(|change| match change.how {
        "new" => !is_inside(&change.name, &after.fields, is_new),
        "gone" => !is_inside(&change.name, &before.fields, is_gone),
        _ => true,
    });
    let (old, new) = (&before.dimensions, &after.dimensions);
    changes.extend(typed("dimension", None, old, new));
    held("metric", &before.metrics, &after.metrics, &mut changes);
    held("metric", &before.values, &after.values, &mut changes);
    held("view", &before.views, &after.views, &mut changes);
    sorted(changes)
}

/// Returns true if no value was ever there: null and absence are one.
fn is_missing(names: &Typed, name: &str) -> bool {
    names
        .get(name)
        .is_none_or(|types| types.valued().is_empty())
}

/// Returns true if a field is part of one that is reported of already.
fn is_inside(path: &str, fields: &Typed, is_told: impl Fn(&str) -> bool) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(parent, _)| fields.contains_key(parent) && is_told(parent))
}

/// Names that are new, gone or of another type. A name that never has a value is as good as absent,
/// until it gets one.
fn typed(what: &'static str, of: Option<&str>, before: &Typed, after: &Typed) -> Vec<DriftChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        let (was, is) = (
            old.copied().unwrap_or_default(),
            new.copied().unwrap_or_default(),
        );
        if was.valued() == is.valued() {
            continue;
        }
        let how = match (old, new) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        };
        changes.push(DriftChange::new(what, how, name).of(of).types(was, is));
    }
    changes
}

/// Compares metrics or views.
fn held(
    what: &'static str,
    before: &BTreeMap<String, Held>,
    after: &BTreeMap<String, Held>,
    changes: &mut Vec<DriftChange>,
) {
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        changes.push(DriftChange::new(what, "gone", name));
    }
    for (name, new) in after {
        let Some(old) = before.get(name) else {
            changes.push(DriftChange::new(what, "new", name));
            continue;
        };
        changes.extend(typed("stat", Some(name), &old.stats, &new.stats));
        for (what, old, new) in [
            ("qualifier", &old.qualifiers, &new.qualifiers),
            ("unit", &old.units, &new.units),
        ] {
            let (Some(old), Some(new)) = (old.reported(), new.reported()) else {
                continue;
            };
            for (how, names) in [("new", new.difference(old)), ("gone", old.difference(new))] {
                changes.extend(names.map(|it| DriftChange::new(what, how, it).of(Some(name))));
            }
        }
    }
}

fn sorted(mut changes: Vec<DriftChange>) -> Vec<DriftChange> {
    let place = |list: &[&str], word: &str| list.iter().position(|it| *it == word);
    let rank = |it: &DriftChange| (place(&THINGS, it.what), place(&KINDS, it.how));
    changes.sort_by(|a, b| (rank(a), &a.name, &a.of).cmp(&(rank(b), &b.name, &b.of)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[(&str, &[&str])]) -> Profile {
        let types = |words: &[&str]| {
            words
                .iter()
                .map(|word| Types::named(word))
                .fold(Types::default(), Types::and)
        };
        let fields = fields
            .iter()
            .map(|(name, words)| ((*name).to_owned(), types(words)));
        Profile {
            fields: fields.collect(),
            ..Profile::default()
        }
    }

    fn reported(
        before: &[(&str, &[&str])],
        after: &[(&str, &[&str])],
    ) -> Vec<(&'static str, String)> {
        between(&fields(before), &fields(after))
            .into_iter()
            .map(|change| (change.how, change.name))
            .collect()
    }

    #[test]
    fn null_is_no_type_of_its_own() {
        assert_eq!(reported(&[("/a", &["null"])], &[]), []);
        assert_eq!(reported(&[], &[("/a", &["null"])]), []);
        assert_eq!(
            reported(&[("/a", &["number"])], &[("/a", &["number", "null"])]),
            []
        );
        for (before, after) in [("null", "number"), ("number", "null"), ("number", "string")] {
            assert_eq!(
                reported(&[("/a", &[before])], &[("/a", &[after])]),
                [("changed", "/a".to_owned())]
            );
        }
    }

    #[test]
    fn what_lies_in_a_new_field_is_not_told_again() {
        let new: &[(&str, &[&str])] = &[
            ("/a", &["object"]),
            ("/a/b", &["array"]),
            ("/a/b/*", &["number"]),
            ("/c/d", &["number"]),
        ];
        let names = |how| vec![(how, "/a".to_owned()), (how, "/c/d".to_owned())];
        assert_eq!(reported(&[], new), names("new"));
        assert_eq!(reported(new, &[]), names("gone"));
        assert_eq!(reported(new, new), []);
        assert_eq!(
            reported(&[("/a", &["null"])], &new[..3]),
            [("changed", "/a".to_owned())]
        );
    }
}
