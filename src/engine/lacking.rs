//! Groups that lack a dimension that others have: found after pass one, told with both places.

use std::collections::{BTreeMap, HashMap};

use crate::check::chains::Place;
use crate::check::dimensions::Kind;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::text;

use super::{Surveyed, locate};

/// A group that has a dimension: the input, and the place.
type Owner = (usize, Place);

/// Finds groups that lack dimensions of others, within each input or `across` those that share a
/// metric, and adds a finding to their inputs for each group and dimension.
pub fn find(inputs: &mut [Surveyed], across: bool, levels: &Levels) {
    if !levels.is_on(Code::MissingDimension) {
        return;
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let series = series(inputs);
        let owners = owners(inputs, &series);
        let mut lacking = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            for kind in input.dimensions.kinds() {
                let names = kind.names();
                let of_series = owners.range((series[index], String::new())..);
                let missing = of_series
                    .map(|(owner, _)| owner)
                    .take_while(|(number, _)| *number == series[index])
                    .filter(|(_, name)| !names.contains(name.as_str()));
                lacking.extend(missing.map(|owner| (index, kind.clone(), owner)));
            }
        }
        if lacking.is_empty() {
            continue;
        }
        let wanted = owners.values().map(|(input, place)| {
            let pointer = format!("{}/group", inputs[*input].element(place));
            (*input, place.span, pointer)
        });
        let named = locate::named(inputs, wanted.collect());
        let named: BTreeMap<&(usize, String), String> = owners.keys().zip(named).collect();
        let mut found: Vec<Vec<Diagnostic>> = vec![Vec::new(); inputs.len()];
        for (index, kind, owner) in &lacking {
            let other = named.get(owner).map_or("", String::as_str);
            let name = &owner.1;
            let told = tell(&inputs[*index], kind, name, other);
            found[*index].extend(told.filter_map(|finding| levels.apply(finding)));
        }
        for (input, found) in inputs.iter_mut().zip(found) {
            input.tell(found);
        }
    }
}

/// Which series each input belongs to: inputs that share a metric make one, and those of other
/// families another.
fn series(inputs: &[Surveyed]) -> Vec<usize> {
    let mut leads: Vec<usize> = (0..inputs.len()).collect();
    let mut first: HashMap<u64, usize> = HashMap::new();
    for (index, input) in inputs.iter().enumerate() {
        for name in input.chains.names() {
            let other = lead(&mut leads, *first.entry(*name).or_insert(index));
            let own = lead(&mut leads, index);
            leads[own.max(other)] = own.min(other);
        }
    }
    (0..inputs.len())
        .map(|index| lead(&mut leads, index))
        .collect()
}

/// The first input of the series of this one.
fn lead(leads: &mut [usize], mut index: usize) -> usize {
    while leads[index] != index {
        leads[index] = leads[leads[index]];
        index = leads[index];
    }
    index
}

/// Every dimension of every series, with the first group that has it.
fn owners(inputs: &[Surveyed], series: &[usize]) -> BTreeMap<(usize, String), Owner> {
    let mut owners = BTreeMap::new();
    for (index, input) in inputs.iter().enumerate() {
        for kind in input.dimensions.kinds() {
            let Some(place) = kind.places.first() else {
                continue;
            };
            for name in kind.names() {
                let key = (series[index], name.to_owned());
                owners.entry(key).or_insert((index, *place));
            }
        }
    }
    owners
}

/// The findings of the groups of a kind that were remembered; the last one counts the others.
fn tell<'f>(
    input: &'f Surveyed,
    kind: &'f Kind,
    name: &'f str,
    other: &'f str,
) -> impl Iterator<Item = Diagnostic> + 'f {
    let name = text::printable(name);
    let more = kind.groups - kind.places.len() as u64;
    let last = kind.places.len() - 1;
    kind.places.iter().enumerate().map(move |(index, place)| {
        let mut message = format!("a group lacks the dimension `{name}`, which others have");
        if index == last && more > 0 {
            let groups = if more == 1 { "group" } else { "groups" };
            message.push_str(&format!("; so do {more} more {groups} of this input"));
        }
        Diagnostic::new(Code::MissingDimension, message)
            .at(place.span, format!("{}/group", input.element(place)))
            .cause(format!("lacks {name}"))
            .label(format!("no `{name}`"))
            .related(format!("one that has it: {other}"))
            .help("responses of different queries may have been mixed: rows without the dimension are totals, or have no value for it")
    })
}
