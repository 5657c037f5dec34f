//! Code that surveys and rows of containers share.

use std::borrow::Cow;

use crate::model::stat::Stat;
use crate::model::time::milliseconds;
use crate::record::entity::{EntityView, Value};
use crate::record::{Bucket, Entry, Interner, Scalar, View};

use super::time::Times;
use super::{Cell, TableSpec, units};

/// The metric whose qualifiers are ids.
const PRESENCE: &str = "tOrganizationPresence";

/// Facts about a name in one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameTraits {
    pub(super) wanted: bool,
    pub(super) timer: bool,
    /// True if its qualifiers are ids of presences.
    pub(super) presence: bool,
}

/// The facts of the names of one interner, looked up once.
#[derive(Debug, Default)]
pub struct NameTraitsTable(Vec<NameTraits>);

impl NameTraitsTable {
    #[inline]
    pub(super) fn of(
        &mut self,
        spec: &TableSpec,
        interner: &Interner,
        entry: &Entry,
    ) -> NameTraits {
        if self.0.len() < interner.count() {
            self.look_up(spec, interner);
        }
        let facts = self
            .0
            .get(entry.id as usize)
            .copied()
            .unwrap_or(NameTraits {
                wanted: true,
                timer: false,
                presence: false,
            });
        NameTraits {
            timer: facts.timer || entry.view,
            ..facts
        }
    }

    #[inline(never)]
    fn look_up(&mut self, spec: &TableSpec, interner: &Interner) {
        for id in self.0.len()..interner.count() {
            let id = id as u32;
            self.0.push(NameTraits {
                wanted: spec.filter.metric(interner.name(id)),
                timer: interner.facts(id).is_some_and(|facts| facts.timer),
                presence: interner.name(id) == PRESENCE,
            });
        }
    }
}

/// The cells of both ends of a bucket's interval.
pub(super) fn ends<'a>(times: &Times, view: View<'a>, bucket: &Bucket) -> [Cell<'a>; 2] {
    match bucket.interval {
        Scalar::Text(slice) => times.ends(view.str(slice)),
        other => [cell(other, view), cell(other, view)],
    }
}

pub(super) fn figure<'a>(
    spec: &TableSpec,
    facts: NameTraits,
    stat: Stat,
    literal: &'a str,
) -> Cell<'a> {
    if spec.durations.is_none() {
        return Cell::Number(Cow::Borrowed(literal));
    }
    units::figure(spec.durations, facts.timer, stat, literal)
}

pub(super) fn cell(value: Scalar, view: View<'_>) -> Cell<'_> {
    Cell::of_scalar(value, |slice| view.str(slice))
}

/// The text of an id.
pub(super) fn id(value: Scalar, view: View<'_>) -> Option<&str> {
    match value {
        Scalar::Text(slice) | Scalar::Number(slice) => Some(view.str(slice)),
        Scalar::Absent | Scalar::Null | Scalar::Bool(_) => None,
    }
}

/// The value and its unit, converted where a time was asked for in another unit.
pub(super) fn measured<'a>(
    spec: &TableSpec,
    view: EntityView<'a>,
    value: &Value,
) -> (Cell<'a>, Cell<'a>) {
    let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
    if let Some(unit) = spec.durations
        && let Some(from) = view.text(value.unit).and_then(milliseconds)
    {
        let converted = match value.value {
            Scalar::Number(literal) => unit.convert(view.str(literal), from),
            other => Some(cell(other)),
        };
        if let Some(cell) = converted {
            return (cell, Cell::text(unit.name()));
        }
    }
    (cell(value.value), cell(value.unit))
}
