//! Counts of the inputs that were read and checked.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::diagnostic::coverage::Coverage;

use crate::pipeline::Surveyed;

/// Counts the files, documents, buckets, metrics, rows and bytes of inputs.
pub fn of(inputs: &[Surveyed]) -> Coverage {
    let mut names: HashSet<u64> = HashSet::new();
    let mut values = BTreeSet::new();
    for input in inputs {
        names.extend(input.chains.names());
        values.extend(input.survey.values.keys());
    }
    let sum = |of: fn(&Surveyed) -> u64| inputs.iter().map(of).sum();
    Coverage {
        files: inputs
            .iter()
            .map(|input| (Arc::clone(&input.name), input.readable))
            .collect(),
        documents: sum(|input| input.documents),
        buckets: sum(|input| input.buckets),
        metrics: (names.len() + values.len()) as u64,
        rows: sum(|input| input.rows),
        bytes: sum(|input| input.bytes),
        folder: std::env::current_dir().ok(),
        ..Coverage::default()
    }
}
