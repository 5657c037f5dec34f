//! Numbers that the types of their columns cannot hold (`S006`).

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::number::{self, Decimal};
use crate::json::{Path, Span};
use crate::model::FigureId;
use crate::model::stat::Stat;
use crate::record::entity::EntityView;
use crate::record::{Element, EntryView, Interner, View};

use super::parts::{NameTraitsTable, figure, measured};
use super::types::{Numbers, Type};
use super::{Cell, Layout, TableSpec};

/// The numbers that fit the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberFit {
    /// All: the columns have no types, or types that are chosen when rows are written.
    #[default]
    Any,
    /// Numbers within the range of doubles: the types follow from the data.
    Doubles,
    /// Numbers of the types that `schema table` prints. Other programs read them from text and may
    /// round them, unless the table `is_typed` itself.
    Fixed { is_typed: bool },
}

/// Digits of a decimal before the point.
const WHOLE_DIGITS: i32 = 20;

impl NumberFit {
    /// The type of the column of a statistic, as far as it is known before the data is.
    fn kind(self, stat: Stat) -> Type {
        match self {
            Self::Any | Self::Doubles => Type::Float,
            Self::Fixed { .. } => Numbers::default().of_stat(Some(stat), true),
        }
    }

    fn holds(self, kind: Type, literal: &str) -> bool {
        let double = number::double(literal).map(|(double, _)| double);
        let Some(double) = double else {
            return false;
        };
        match (kind, self) {
            (Type::Integer, _) => Decimal::parse(literal).and_then(Decimal::whole).is_some(),
            (Type::Decimal(scale), Self::Fixed { is_typed: true }) => {
                let number = Decimal::parse(literal).and_then(|it| it.scaled(scale));
                number.is_some_and(|it| it.unsigned_abs().checked_ilog10() < Some(38))
            }
            (Type::Decimal(_), _) => double.abs() < 10_f64.powi(WHOLE_DIGITS),
            _ => true,
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Any | Self::Doubles => {
                "correct the figure; skip its bucket: --on-error skip; or choose a format that keeps every digit: -t csv"
            }
            Self::Fixed { .. } => {
                "correct the figure; skip its bucket: --on-error skip; or let the data decide the types: --columns present"
            }
        }
    }
}

/// Reports the numbers of an element that do not fit. `names` is for all elements of an interner.
pub fn check(
    names: &mut NameTraitsTable,
    spec: &TableSpec,
    element: Element<'_>,
    interner: &Interner,
    out: &mut Findings<'_, '_>,
) {
    match element {
        _ if spec.fit == NumberFit::Any => {}
        Element::Container(view) => container(names, spec, view, interner, out),
        Element::Entity(view) => entity(spec, view, out),
    }
}

fn container(
    names: &mut NameTraitsTable,
    spec: &TableSpec,
    view: View<'_>,
    interner: &Interner,
    out: &mut Findings<'_, '_>,
) {
    if !spec.filter.group(view) {
        return;
    }
    for bucket in view.buckets() {
        if !spec.filter.bucket(view, bucket) {
            continue;
        }
        for (index, entry) in (0..).zip(view.entries(bucket)) {
            // A whole number of at most 18 digits fits every column.
            if view.are_whole(entry) {
                continue;
            }
            let traits = names.of(spec, interner, entry);
            let Some(facts) = interner.facts(entry.id).filter(|_| traits.wanted) else {
                continue;
            };
            let place = EntryView {
                view,
                entry,
                facts,
                bucket: bucket.index,
                index,
            };
            for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                if number.whole.is_some() {
                    continue;
                }
                let literal = view.str(number.literal);
                if let Cell::Number(literal) = figure(spec, traits, stat, literal)
                    && !spec.fit.holds(spec.fit.kind(stat), &literal)
                {
                    report(spec.fit, &place, stat, spec.layout, out);
                }
            }
        }
    }
}

fn report(
    fit: NumberFit,
    entry: &EntryView<'_>,
    stat: Stat,
    layout: Layout,
    out: &mut Findings<'_, '_>,
) {
    let Some(found) = entry.figure(stat) else {
        return;
    };
    let column = match layout {
        Layout::Long => stat.name().to_owned(),
        Layout::Wide => {
            let figure = FigureId {
                view: entry.entry.view,
                name: entry.name().to_owned(),
                qualifier: entry.view.qualifier(entry.entry).to_owned(),
                stat: stat.name().to_owned(),
            };
            figure.column()
        }
    };
    let cause = || stat.name().to_owned();
    out.report(Code::NumberDoesNotFit, stat as u64, cause, || {
        let path = entry.figure_path(&found);
        misfit(fit, &column, fit.kind(stat), found.literal()).at(found.span(), path)
    });
}

fn entity(spec: &TableSpec, view: EntityView<'_>, out: &mut Findings<'_, '_>) {
    if !spec.filter.entity(view) {
        return;
    }
    for value in view.values() {
        let name = view.str(value.name);
        let (cell, _) = measured(spec, view, value);
        let Cell::Number(literal) = cell else {
            continue;
        };
        let kind = spec.fit.kind(Stat::Sum);
        if !spec.filter.metric(name) || spec.fit.holds(kind, &literal) {
            continue;
        }
        let column = match spec.layout {
            Layout::Long => "value".to_owned(),
            Layout::Wide => format!("{name}_value"),
        };
        out.report(
            Code::NumberDoesNotFit,
            0,
            || "value".to_owned(),
            || {
                let metrics = Path::default().key("metrics");
                let place = metrics.key(name.to_owned()).key("value");
                let span: Span = view.value_span(value);
                misfit(spec.fit, &column, kind, &literal).at(span, place)
            },
        );
    }
}

fn misfit(fit: NumberFit, column: &str, kind: Type, literal: &str) -> Diagnostic {
    Diagnostic::new(Code::NumberDoesNotFit, kind.misfit(column, literal))
        .label("does not fit")
        .help(fit.help())
}
