//! What the queries of a report have in common: totals, and which of them have rows.

use std::collections::{BTreeSet, HashSet};

use crate::report::Report;
use crate::rollup::series::Series;
use crate::rollup::{Groups, Name};

use super::wanted::Wanted;

/// The value of a dimension that a group lacks: the group is a part of the whole like others.
pub const NONE: &str = "(none)";

/// Whether groups add up to a total: not those with several values of a dimension that one
/// conversation can have.
pub(super) fn adds(groups: &Groups, multivalued: &[String]) -> bool {
    let is_multivalued = |(name, _): &(&str, &str)| multivalued.iter().any(|it| it == name);
    groups.len() < 2
        || multivalued.is_empty()
        || !groups
            .iter()
            .any(|group| group.dimensions().iter().any(is_multivalued))
}

/// All groups as one, and all intervals: each metric from the query with the fewest dimensions that
/// has it. Queries are never added to each other.
pub(super) fn added(report: &Report, multivalued: &[String]) -> (Groups, Series) {
    let (mut total, mut intervals) = (Groups::default(), Series::default());
    let mut known: HashSet<Name> = HashSet::new();
    for query in &report.queries {
        if !adds(&query.groups, multivalued) {
            continue;
        }
        let is_new = |name: &Name| !known.contains(name);
        let groups = query.groups.total(is_new);
        if known.is_empty() {
            intervals = query.series.clone();
        } else {
            intervals.merge(query.series.only(is_new));
        }
        known.extend(query.groups.metrics().iter().cloned());
        total.merge(groups);
    }
    (total, intervals)
}

/// The dimensions that occur in groups.
pub(super) fn dimensions(groups: &Groups) -> BTreeSet<String> {
    let names = groups.iter().flat_map(|group| group.dimensions());
    names.map(|(name, _)| name.to_owned()).collect()
}

/// Whether a query has the rows that are asked for: it has one of the dimensions, and leaves none
/// out of which one conversation can have several values.
pub(super) fn has_rows(groups: &Groups, wanted: &Wanted) -> bool {
    let Some(by) = wanted.by.as_ref().filter(|by| !by.is_empty()) else {
        return true;
    };
    let own = dimensions(groups);
    by.iter().any(|name| own.contains(name)) && drops_multivalued(groups, wanted).is_none()
}

/// The dimension that rows leave out although one conversation can have several values of it.
pub(super) fn drops_multivalued<'w>(groups: &Groups, wanted: &'w Wanted) -> Option<&'w str> {
    let by = wanted.by.as_ref()?;
    let own = dimensions(groups);
    let mut several = wanted.multivalued.iter();
    let dropped = several.find(|name| own.contains(*name) && !by.contains(*name));
    dropped.map(String::as_str).filter(|_| groups.len() > 1)
}
