//! Buckets of one group and interval in several documents: in the wide layout their rows have one
//! key (`G004`).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, Span};
use crate::record::Element;
use crate::table::Filter;

use super::batch::Changed;
use super::visit::{self, Elements, PassError};
use super::{Run, Surveyed, locate};

/// The groups with buckets that may be repeated, by [`overlap::group_number`].
pub fn groups(inputs: &[Surveyed]) -> HashSet<u64> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
    chains::repeated(&chains)
}

/// A bucket: group, start and end.
type Key = (u64, i64, i64);

/// Where a bucket is.
#[derive(Debug, Clone)]
struct Placed {
    input: usize,
    document: usize,
    span: Span,
    path: Path,
}

/// Finds repeated buckets, within each input or `across` all of them: one finding in each input
/// that has the later ones.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed], across: bool) -> Result<(), PassError> {
    if !run.levels.is_on(Code::RepeatedKey) {
        return Ok(());
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let groups = groups(inputs);
        if groups.is_empty() {
            continue;
        }
        let repeats = repeats(run, inputs, &groups)?;
        for (input, (later, earlier, count)) in repeats {
            let place = (earlier.input, earlier.span, earlier.path);
            let earlier = locate::named(inputs, vec![place]).pop().unwrap_or_default();
            let buckets = if count == 1 { "bucket" } else { "buckets" };
            let finding = Diagnostic::new(
                Code::RepeatedKey,
                format!(
                    "{count} {buckets} with a group and interval that another document has too, \
                     the first at {earlier}: the wide layout has a row for each"
                ),
            )
            .at(later.span, later.path)
            .cause("repeated")
            .label("in another document too")
            .related(earlier)
            .help("query the metrics together, or join the rows by their dimensions and interval");
            let finding = run.levels.apply(finding);
            inputs[input].report(finding);
        }
    }
    Ok(())
}

/// For each input: the first bucket that another document had before, that one, and their number.
type Repeats = BTreeMap<usize, (Placed, Placed, u64)>;

fn repeats(
    run: &Run<'_>,
    inputs: &[Surveyed],
    groups: &HashSet<u64>,
) -> Result<Repeats, PassError> {
    let mut known: HashMap<Key, Placed> = HashMap::new();
    let mut found = Repeats::new();
    let mut merge = |buckets: Vec<(Key, Placed)>| {
        for (key, placed) in buckets {
            match known.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(placed);
                }
                Entry::Occupied(earlier) => {
                    let earlier = earlier.get();
                    let index = placed.input;
                    if (earlier.input, earlier.document) != (index, placed.document) {
                        let first = || (placed, earlier.clone(), 0);
                        found.entry(index).or_insert_with(first).2 += 1;
                    }
                }
            }
        }
        Ok(())
    };
    visit::elements(
        run,
        inputs,
        |input| input.chains.has(groups),
        &|elements| buckets(&run.spec.filter, groups, elements),
        &mut merge,
    )?;
    Ok(found)
}

/// The buckets of these groups that give a wide row.
fn buckets(
    filter: &Filter,
    groups: &HashSet<u64>,
    elements: &Elements<'_>,
) -> Result<Vec<(Key, Placed)>, Changed> {
    let mut found = Vec::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        let group = overlap::group_number(view);
        if !groups.contains(&group) || !filter.group(view) {
            return;
        }
        for (number, bucket, span, (start, end)) in overlap::timed(view) {
            let mut entries = view.entries(bucket).iter();
            let gives_row = filter.metrics.is_empty()
                || entries.any(|entry| filter.metric(view.str(entry.name)));
            if !filter.bucket(view, bucket) || !gives_row {
                continue;
            }
            let placed = Placed {
                input: elements.index,
                document: visit.document(),
                span: visit.outward(span),
                path: visit.at(Path::bucket(number as usize).key("interval")),
            };
            found.push(((group, start, end), placed));
        }
    })?;
    Ok(found)
}
