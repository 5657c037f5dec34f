//! Groups that lack a dimension that others have (`G002`), with both places.
//!
//! Within one document this is normal: some metrics do not carry every dimension that a query
//! groups by, and the API then leaves the dimension out of the group. Across documents, responses
//! of different queries may have been mixed.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::json::{Path, text};

use super::chains::{Chains, related};
use super::dimensions::GroupKind;
use super::memory::{InputFinding, InputMemory, NamePlaces};
use super::place::BucketPlace;

/// A group that has a dimension: the input, and the place.
type Owner = (usize, BucketPlace);

/// The scope in which a group with a dimension is searched: a series of inputs, or an input and one
/// document of it.
type OwnerScope = (usize, Option<u32>);

/// Finds groups that lack dimensions of others, among inputs that share a metric: one finding for
/// each group and dimension.
pub fn find(inputs: &[InputMemory<'_>], named: NamePlaces<'_>) -> Vec<InputFinding> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| input.chains).collect();
    let series = related(&chains);
    let names = names(inputs, &series);
    let mut lacking = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        for kind in input.dimensions.kinds() {
            let own = kind.names();
            let of_series = names.range((series[index], "")..);
            let missing = of_series
                .take_while(|(number, _)| *number == series[index])
                .filter(|(_, name)| !own.contains(name));
            lacking.extend(missing.map(|(_, name)| (index, kind, *name)));
        }
    }
    if lacking.is_empty() {
        return Vec::new();
    }
    let owners = owners(inputs, &series);
    let wanted = owners.values().map(|(input, place)| {
        let path = inputs[*input].at(place, Path::default().key("group"));
        (*input, place.span, path)
    });
    let named = named(wanted.collect());
    let named: BTreeMap<&(OwnerScope, String), String> = owners.keys().zip(named).collect();
    let mut found = Vec::new();
    for (index, kind, name) in lacking {
        let other = |scope: OwnerScope| {
            let key = (scope, name.to_owned());
            named.get(&key).map(String::as_str)
        };
        let owner = |document: Option<u32>| match document {
            Some(_) => other((index, document)),
            None => other((series[index], None)),
        };
        let findings = findings(&inputs[index], kind, name, &owner);
        found.extend(findings.map(|finding| (index, finding)));
    }
    found
}

/// Every dimension of every series.
fn names<'i>(inputs: &[InputMemory<'i>], series: &[usize]) -> BTreeSet<(usize, &'i str)> {
    let mut names = BTreeSet::new();
    for (index, input) in inputs.iter().enumerate() {
        for kind in input.dimensions.kinds() {
            names.extend(kind.names().into_iter().map(|name| (series[index], name)));
        }
    }
    names
}

/// The first group with each dimension, of every series and of every document whose groups differ.
fn owners(inputs: &[InputMemory<'_>], series: &[usize]) -> BTreeMap<(OwnerScope, String), Owner> {
    let mut owners = BTreeMap::new();
    for (index, input) in inputs.iter().enumerate() {
        for kind in input.dimensions.kinds() {
            let names = kind.names();
            let mut add = |scope: OwnerScope, place: BucketPlace| {
                for name in &names {
                    let key = (scope, (*name).to_owned());
                    owners.entry(key).or_insert((index, place));
                }
            };
            if let Some(first) = kind.places.first() {
                add((series[index], None), first.0);
            }
            let mut last = None;
            for (place, names) in &kind.places {
                let number = place.document;
                if names.is_some() && last.replace(number) != Some(number) {
                    add((index, Some(number)), *place);
                }
            }
        }
    }
    owners
}

/// The findings of the groups of one kind that lack a dimension, as far as they were remembered; the
/// last one counts the others. `other` names a group that has the dimension, in a document of this
/// input or anywhere.
fn findings<'f>(
    input: &'f InputMemory<'f>,
    kind: &'f GroupKind,
    dimension: &'f str,
    other: &'f impl Fn(Option<u32>) -> Option<&'f str>,
) -> impl Iterator<Item = Diagnostic> + 'f {
    let name = text::printable(dimension);
    let more = kind.groups - kind.places.len() as u64;
    let last = kind.places.len().saturating_sub(1);
    kind.places.iter().enumerate().map(move |(index, (place, document))| {
            let mut message = format!("a group lacks the dimension `{name}`, which others have");
            if index == last && more > 0 {
                let groups = if more == 1 { "group" } else { "groups" };
                message.push_str(&format!("; {more} more {groups} of this input also lack it"));
            }
            let within = document
            .as_ref()
            .is_some_and(|names| names.contains(dimension));
            let owner = within.then(|| other(Some(place.document))).flatten();
            let owner = owner.or_else(|| other(None)).unwrap_or_default();
            let mut finding = Diagnostic::new(Code::MissingDimension, message)
                .at(place.span, input.at(place, Path::default().key("group")))
                .label(format!("no `{name}`"))
                .related(format!("one that has it: {owner}"));
            if within {
                finding.severity = Severity::Info;
                finding.cause(format!("lacks {name} within a document")).help(
                    "some metrics do not have every dimension of the query: nOffered belongs to the queue, not to the user; these rows have an empty cell",
                )
            } else {
                finding.cause(format!("lacks {name}")).help(
                    "responses of different queries may be mixed: rows without the dimension are totals, or have no value for it",
                )
            }
        })
}
