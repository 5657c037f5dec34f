//! Drift against what the embedded schemas and the catalogue know. They hold far more than any
//! response, so nothing is ever gone.

use std::collections::BTreeMap;

use crate::check::types as known;
use crate::check::types::Types;
use crate::model::catalog::{self, MetricKind, index};
use crate::model::{STATS, catalog::nearest};
use crate::report::profile::{Held, Profile};

use super::{DriftChange, is_inside, sorted};

/// Compares documents with the schemas and the catalogue.
pub fn beyond(profile: &Profile) -> Vec<DriftChange> {
    let mut changes = Vec::new();
    let is_new = |path: &str| !known::fields().contains_key(path);
    for (path, types) in &profile.fields {
        if !is_inside(path, &profile.fields, is_new) {
            changes.extend(checked("field", path, None, path, *types));
        }
    }
    for (name, types) in &profile.dimensions {
        let names = index::dimensions();
        if names.contains_key(name.as_str()) {
            changes.extend(checked(
                "dimension",
                name,
                None,
                "/results/*/group/*",
                *types,
            ));
        } else {
            let near = nearest(name, names.keys().copied());
            let change = DriftChange::new("dimension", "new", name);
            let change = change.types(Types::default(), *types);
            changes.push(change.help(near.map(|near| format!("did you mean {near}?"))));
        }
    }
    for (name, held) in &profile.metrics {
        let entry = catalog::metric(name);
        if entry.is_none() {
            changes.push(DriftChange::new("metric", "new", name).help(real(name)));
        }
        let kind = entry.map(|entry| entry.kind);
        stats(
            name,
            held,
            kind,
            "/results/*/data/*/metrics/*/stats",
            &mut changes,
        );
    }
    // Views are named by the query, and narrow timers down.
    let (views, path) = (&profile.views, "/results/*/data/*/views/*/stats");
    all(views, Some(MetricKind::Timer), path, &mut changes);
    all(&profile.values, None, "/entities/*/metrics/*", &mut changes);
    sorted(changes)
}

fn all(
    held: &BTreeMap<String, Held>,
    kind: Option<MetricKind>,
    path: &str,
    changes: &mut Vec<DriftChange>,
) {
    for (name, held) in held {
        stats(name, held, kind, path, changes);
    }
}

fn stats(
    name: &str,
    held: &Held,
    kind: Option<MetricKind>,
    path: &str,
    changes: &mut Vec<DriftChange>,
) {
    for (stat, types) in &held.stats {
        let unfit = kind.filter(|kind| STATS.contains(&stat.as_str()) && !kind.allows(stat));
        match unfit {
            Some(_) if types.valued().is_empty() => {}
            Some(kind) => {
                let change = DriftChange::new("stat", "unfit", stat).of(Some(name));
                let help = format!("metrics of this kind ({}) have no {stat}", kind.name());
                changes.push(change.types(Types::default(), *types).help(Some(help)));
            }
            None => {
                let path = format!("{path}/{stat}");
                changes.extend(checked("stat", stat, Some(name), &path, *types));
            }
        }
    }
}

/// A name against the property of the schema at `path`.
fn checked(
    what: &'static str,
    name: &str,
    of: Option<&str>,
    path: &str,
    types: Types,
) -> Option<DriftChange> {
    let (how, known) = match known::fields().get(path) {
        None => ("new", Types::default()),
        Some(known) if !types.valued().within(*known) => ("changed", *known),
        Some(_) => return None,
    };
    Some(DriftChange::new(what, how, name).of(of).types(known, types))
}

/// Returns the metric that an unknown name may mean.
fn real(name: &str) -> Option<String> {
    match (catalog::misnomer(name), catalog::nearest_metric(name)) {
        (Some(real), _) => Some(real.explanation().replace('`', "")),
        (None, Some(near)) => Some(format!("did you mean {near}?")),
        (None, None) => None,
    }
}
