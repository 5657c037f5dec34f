//! Buckets of one group and interval in several documents: in the wide layout their rows have one
//! key (`G004`).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap::BucketKey;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::pipeline::{Run, Surveyed, locate};
use crate::record::{Bucket, View};

use super::copies::{self, BucketCandidate};

/// The groups with buckets that may be repeated, by [`group_number`](crate::check::overlap::group_number).
pub fn groups(inputs: &[Surveyed]) -> HashSet<u64> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
    chains::repeated(&chains)
}

/// Finds repeated buckets, within each input or `across` all of them: one finding in each input
/// that has the later ones. Returns their keys.
pub fn find(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    across: bool,
) -> Result<HashSet<BucketKey>, Error> {
    let mut keys = HashSet::new();
    // Key figures must not be made of half a bucket, whatever findings are shown.
    if !run.levels.is_on(Code::RepeatedKey) && !run.spec.has_zeros() {
        return Ok(keys);
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let groups = groups(inputs);
        if groups.is_empty() {
            continue;
        }
        let repeats = repeats(run, inputs, &groups, &mut keys)?;
        let places = repeats
            .values()
            .map(|(_, earlier, _)| earlier.bucket.located(inputs));
        let named = locate::named(inputs, places.collect());
        for ((input, (later, _, count)), earlier) in repeats.into_iter().zip(named) {
            let (_, span, path) = later.bucket.located(inputs);
            let buckets = if count == 1 { "bucket" } else { "buckets" };
            let finding = Diagnostic::new(
                Code::RepeatedKey,
                format!(
                    "{count} {buckets} with a group and interval that another document has too, \
                     the first at {earlier}: the wide layout has a row for each"
                ),
            )
            .at(span, path)
            .cause("repeated")
            .label("in another document too")
            .related(earlier)
            .help("query the metrics together, or join the rows by their dimensions and interval");
            let finding = run.levels.apply(finding);
            inputs[input].report(finding);
        }
    }
    Ok(keys)
}

/// For each input: the first bucket that another document had before, that one, and their number.
type RepeatedBuckets = BTreeMap<usize, (BucketCandidate, BucketCandidate, u64)>;

/// Finds the repeated ones of the buckets of these groups that give a wide row.
fn repeats(
    run: &Run<'_>,
    inputs: &[Surveyed],
    groups: &HashSet<u64>,
    keys: &mut HashSet<BucketKey>,
) -> Result<RepeatedBuckets, Error> {
    let filter = &run.spec.filter;
    let gives_row = |view: View<'_>, bucket: &Bucket| {
        let mut entries = view.entries(bucket).iter();
        filter.group(view)
            && filter.bucket(view, bucket)
            && (filter.metrics.is_empty()
                || entries.any(|entry| filter.metric(view.str(entry.name))))
    };
    let mut known: HashMap<BucketKey, BucketCandidate> = HashMap::new();
    let mut found = RepeatedBuckets::new();
    copies::candidates(run, inputs, (groups, false), gives_row, |candidate| {
        let key = candidate.stretch.key();
        let document = |it: &BucketCandidate| (it.bucket.input, it.bucket.place.document);
        let Some(earlier) = known.get(&key) else {
            known.insert(key, candidate);
            return;
        };
        if document(earlier) != document(&candidate) {
            keys.insert(key);
            let input = candidate.bucket.input;
            let first = || (candidate, earlier.clone(), 0);
            found.entry(input).or_insert_with(first).2 += 1;
        }
    })?;
    Ok(found)
}
