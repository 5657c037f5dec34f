//! The figures that a report shows of a group: key figures, or metrics where there are none.

use crate::aggregate::{Group, kpi};
use crate::json::number::Decimal;
use crate::json::text::printable;
use crate::model::catalog::figure::{self, FigureUnit, KeyFigure};
use crate::model::catalog::formula::{NoValue, Quotient, TermValues};
use crate::model::catalog::{self, MetricKind};
use crate::model::stat::Stat;

use super::naming::capitalized;

/// One of the figures of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A key figure of the catalogue.
    Key(&'static KeyFigure),
    /// The count of a metric.
    Count(String),
    /// The average of a metric: `sum / count`.
    Average(String),
}

/// The merged statistics of a group, ready for measures.
#[derive(Debug, Clone)]
pub struct Totals<'g> {
    group: Group<'g>,
    values: TermValues<'static>,
}

impl<'g> Totals<'g> {
    /// The totals of a group.
    pub fn new(group: Group<'g>) -> Self {
        Self {
            values: kpi::values(group),
            group,
        }
    }

    /// The group that they are of.
    pub fn group(&self) -> Group<'g> {
        self.group
    }

    fn get(&self, metric: &str, stat: Stat) -> Result<Decimal, NoValue> {
        let total = self.group.plain(metric).ok_or(NoValue::Absent)?;
        let value = total.figure(stat).ok_or(NoValue::Absent)?;
        value.map_err(NoValue::Unmerged)
    }

    fn quotient(&self, above: (&str, Stat), below: (&str, Stat)) -> Result<Quotient, NoValue> {
        let divisor = self.get(below.0, below.1)?;
        let quotient = Quotient::new(self.get(above.0, above.1)?, divisor);
        quotient.ok_or(NoValue::ZeroDenominator)
    }
}

impl Measure {
    /// The key figure of this name.
    pub fn key(name: &str) -> Option<Self> {
        figure::find(name).map(Self::Key)
    }

    /// The name that people read.
    pub fn label(&self) -> String {
        match self {
            Self::Key(figure) => figure.name.to_owned(),
            Self::Count(metric) => match catalog::metric(metric) {
                Some(it) if it.kind == MetricKind::Counter => capitalized(it.description),
                _ => printable(metric),
            },
            Self::Average(metric) => format!("{} average", printable(metric)),
        }
    }

    /// The name that programs read: that of the column in tables.
    pub fn id(&self) -> String {
        match self {
            Self::Key(figure) => figure.column.to_owned(),
            Self::Count(metric) => format!("{metric}_count"),
            Self::Average(metric) => format!("{metric}_average"),
        }
    }

    /// The formula.
    pub fn formula(&self) -> String {
        printable(&match self {
            Self::Key(figure) => figure.formula.to_owned(),
            Self::Count(metric) => format!("{metric}.count"),
            Self::Average(metric) => format!("{metric}.sum / {metric}.count"),
        })
    }

    /// Its unit.
    pub fn unit(&self) -> FigureUnit {
        match self {
            Self::Key(figure) => figure.measure(),
            Self::Count(_) => FigureUnit::Count,
            Self::Average(metric) if catalog::is_timer(metric) => FigureUnit::Time,
            Self::Average(_) => FigureUnit::Points,
        }
    }

    /// Its value in a group, or why there is none.
    pub fn of(&self, totals: &Totals<'_>) -> Result<Quotient, NoValue> {
        match self {
            Self::Key(figure) => figure.result(&totals.values),
            Self::Count(metric) => {
                let count = totals.get(metric, Stat::Count)?;
                Quotient::new(count, 1.into()).ok_or(NoValue::ZeroDenominator)
            }
            Self::Average(metric) => totals.quotient((metric, Stat::Sum), (metric, Stat::Count)),
        }
    }

    /// Returns true if its statistics occur, with or without a value.
    pub fn is_measured(&self, totals: &Totals<'_>) -> bool {
        !matches!(self.of(totals), Err(NoValue::Absent))
    }

    /// Returns true if all metrics of the formula occur in a group.
    pub fn is_of(&self, group: Group<'_>) -> bool {
        let has_qualifier = |metric: &str| {
            let mut all = group.totals().into_iter();
            all.any(|(name, _)| &*name.name == metric && !name.view)
        };
        let occurs = |metric: &str| group.plain(metric).is_some() || has_qualifier(metric);
        match self {
            Self::Key(figure) => figure.terms().all(|term| occurs(&term.metric)),
            Self::Count(metric) | Self::Average(metric) => occurs(metric),
        }
    }

    /// The families that have its metrics.
    pub fn families(&self) -> u32 {
        match self {
            Self::Key(figure) => {
                let terms = figure.terms();
                terms.fold(0, |all, term| all | catalog::families(&term.metric))
            }
            Self::Count(metric) | Self::Average(metric) => catalog::families(metric),
        }
    }

    /// The target of a service level, as a share, where all merged buckets have the same.
    pub fn target(&self, totals: &Totals<'_>) -> Option<Quotient> {
        match self {
            Self::Key(figure) => {
                let target = kpi::target(totals.group, figure)?;
                Quotient::new(target, 1.into())
            }
            _ => None,
        }
    }
}

/// The parts of the handle time of one handled interaction, whose average is AHT: each is a sum
/// divided by `tHandle.count`, so that they add up. The rest is dialing and contacting, say; it is
/// absent where the parts exceed the whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct HandleParts {
    /// `tTalkComplete.sum / tHandle.count`.
    pub talk: Option<Quotient>,
    /// `tHeldComplete.sum / tHandle.count`.
    pub hold: Option<Quotient>,
    /// `tAcw.sum / tHandle.count`.
    pub wrap_up: Option<Quotient>,
    /// The rest of `tHandle.sum`, without the three parts above.
    pub other: Option<Quotient>,
}

impl HandleParts {
    /// The names of the parts.
    pub const NAMES: [&'static str; 4] = [
        "Talk",
        "Hold",
        "Wrap-up",
        "Other handle time (dialing, contacting)",
    ];

    /// The parts of a group.
    pub fn of(totals: &Totals<'_>) -> Self {
        let count = ("tHandle", Stat::Count);
        let part = |metric| totals.quotient((metric, Stat::Sum), count).ok();
        let parts = ["tTalkComplete", "tHeldComplete", "tAcw"].map(part);
        let [talk, hold, wrap_up] = parts;
        let whole = part("tHandle");
        let rest = whole.and_then(|whole| {
            let known = parts.into_iter().flatten();
            known.into_iter().try_fold(whole, Quotient::minus)
        });
        let is_any = parts.iter().any(Option::is_some);
        Self {
            talk,
            hold,
            wrap_up,
            other: rest.filter(|rest| is_any && !rest.is_negative()),
        }
    }

    /// The parts in the order of their names.
    pub fn list(self) -> [Option<Quotient>; 4] {
        [self.talk, self.hold, self.wrap_up, self.other]
    }
}
