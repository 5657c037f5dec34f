//! Buckets of one group and interval in several documents: in the wide layout their rows have one
//! key (`G004`).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::Span;
use crate::record::{Element, Reader};
use crate::source::Dialect;
use crate::table::Filter;

use super::batch::{self, Batch, Changed};
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
    pointer: String,
}

/// Finds repeated buckets, within each input or `across` all of them: one finding in each input
/// that has the later ones.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed], across: bool) {
    if !run.levels.is_on(Code::RepeatedKey) {
        return;
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let groups = groups(inputs);
        if groups.is_empty() {
            continue;
        }
        let repeats = repeats(&run.shaping.filter, inputs, &groups);
        for (input, (later, earlier, count)) in repeats {
            let place = (earlier.input, earlier.span, earlier.pointer);
            let earlier = locate::named(inputs, vec![place]).pop().unwrap_or_default();
            let buckets = if count == 1 { "bucket" } else { "buckets" };
            let finding = Diagnostic::new(
                Code::RepeatedKey,
                format!(
                    "{count} {buckets} with a group and interval that another document has too, \
                     the first at {earlier}: the wide layout has a row for each"
                ),
            )
            .at(later.span, later.pointer)
            .cause("repeated")
            .label("in another document too")
            .related(earlier)
            .help("query the metrics together, or join the rows by their dimensions and interval");
            let finding = run.levels.apply(finding);
            inputs[input].tell(finding.into_iter().collect());
        }
    }
}

/// For each input: the first bucket that another document had before, that one, and their number.
fn repeats(
    filter: &Filter,
    inputs: &[Surveyed],
    groups: &HashSet<u64>,
) -> BTreeMap<usize, (Placed, Placed, u64)> {
    let mut known: HashMap<Key, Placed> = HashMap::new();
    let mut found: BTreeMap<usize, (Placed, Placed, u64)> = BTreeMap::new();
    for (index, input) in inputs.iter().enumerate() {
        if !input.chains.has(groups) {
            continue;
        }
        // An input that has changed is reported when its rows are read.
        let _ = batch::each(
            input,
            &|batch| buckets(filter, input, index, groups, batch),
            &mut |buckets: Vec<(Key, Placed)>| {
                for (key, placed) in buckets {
                    match known.entry(key) {
                        Entry::Vacant(free) => {
                            free.insert(placed);
                        }
                        Entry::Occupied(earlier) => {
                            let earlier = earlier.get();
                            if (earlier.input, earlier.document) != (index, placed.document) {
                                found
                                    .entry(index)
                                    .or_insert_with(|| (placed, earlier.clone(), 0))
                                    .2 += 1;
                            }
                        }
                    }
                }
                Ok::<(), Changed>(())
            },
        );
    }
    found
}

/// The buckets of these groups that give a wide row.
fn buckets(
    filter: &Filter,
    input: &Surveyed,
    index: usize,
    groups: &HashSet<u64>,
    batch: &Batch<'_>,
) -> Vec<(Key, Placed)> {
    let mut found = Vec::new();
    if batch.opened.dialect != Dialect::Aggregates {
        return found;
    }
    let mut reader = Reader::default();
    for (offset, &span) in batch.spans.iter().enumerate() {
        let element = batch.element + offset;
        let (dialect, depth) = (batch.opened.dialect, batch.opened.depth());
        let Ok(Element::Container(view)) = reader.read(dialect, &batch.text, span, depth) else {
            continue;
        };
        let group = overlap::group_number(view);
        if !groups.contains(&group) || batch.skips(input, element) || !filter.group(view) {
            continue;
        }
        let left_out = batch.left_out(input, element);
        let first = batch.buckets.map_or(0, |(first, _)| first);
        let place = batch.opened.element(element);
        for (number, bucket, span, (start, end)) in overlap::timed(view) {
            let is_left_out = left_out
                .as_ref()
                .is_some_and(|skip| skip.0.contains(&number));
            let mut entries = view.entries(bucket).iter();
            let gives_row = filter.metrics.is_empty()
                || entries.any(|entry| filter.metric(view.str(entry.name)));
            if is_left_out || !filter.bucket(view, bucket) || !gives_row {
                continue;
            }
            let number = first + number as usize;
            let placed = Placed {
                input: index,
                document: batch.document,
                span: batch.outward(span),
                pointer: format!("{place}/data/{number}/interval"),
            };
            found.push(((group, start, end), placed));
        }
    }
    reader.finish();
    found
}
