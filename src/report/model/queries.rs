//! What the queries of a report have in common: totals, and which of them have rows.

use std::collections::BTreeSet;

use crate::aggregate::{Aggregate, Group};
use crate::report::Report;

use super::wanted::Wanted;

/// The value of a dimension that a group lacks: the group is a part of the whole like others.
pub const NONE: &str = "(none)";

/// Whether groups add up to a total.
pub(super) fn adds(groups: &Aggregate) -> bool {
    groups.addends.conflicts(|_| false).is_empty()
}

/// The groups of one query as one.
#[derive(Debug)]
pub struct QueryTotal {
    groups: Aggregate,
    adds: bool,
}

impl QueryTotal {
    /// The groups as one, also where they do not add up.
    pub fn group(&self) -> Option<Group<'_>> {
        self.groups.get(0)
    }
}

/// The totals of the queries of a report, in their order.
pub(super) fn totals(report: &Report) -> Vec<QueryTotal> {
    let queries = report.queries.iter();
    let totals = queries.map(|query| QueryTotal {
        groups: query.groups.by(&[], |_| true),
        adds: adds(&query.groups),
    });
    totals.collect()
}

/// Those of the totals that are right, with the places of their queries.
pub(super) fn right(totals: &[QueryTotal]) -> impl Iterator<Item = (usize, Group<'_>)> {
    let all = totals.iter().enumerate().filter(|(_, total)| total.adds);
    all.filter_map(|(at, total)| Some((at, total.group()?)))
}

/// The dimensions that occur in groups.
pub(super) fn dimensions(groups: &Aggregate) -> BTreeSet<String> {
    let names = groups.iter().flat_map(|group| group.dimensions());
    names.map(|(name, _)| name.to_owned()).collect()
}

/// Whether a query has the rows that are asked for: it has one of the dimensions, and leaves none
/// out of which one conversation can have several values.
pub(super) fn has_rows(groups: &Aggregate, wanted: &Wanted) -> bool {
    let Some(by) = wanted.by.as_ref().filter(|by| !by.is_empty()) else {
        return true;
    };
    let own = dimensions(groups);
    by.iter().any(|name| own.contains(name)) && drops_multivalued(groups, wanted).is_none()
}

/// The dimension that rows leave out although one conversation can have several values of it.
pub(super) fn drops_multivalued<'g>(groups: &'g Aggregate, wanted: &Wanted) -> Option<&'g str> {
    let by = wanted.by.as_ref()?;
    let is_kept = |name: &str| by.iter().any(|it| it == name);
    groups.addends.conflicts(is_kept).first().copied()
}
