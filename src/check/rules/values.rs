//! Rules on the values of summaries (`V…`).

use crate::check::overlap::hash;
use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, text};
use crate::model::catalog::nearest;
use crate::model::time::milliseconds;
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};

/// Units that are no time and yet plain: of counts and shares.
const PLAIN: [&str; 11] = [
    "count",
    "counts",
    "number",
    "calls",
    "conversations",
    "interactions",
    "messages",
    "%",
    "percent",
    "percentage",
    "ratio",
];
/// Units of time, for the nearest to a mistyped one.
const TIMES: [&str; 10] = [
    "milliseconds",
    "millisecond",
    "seconds",
    "second",
    "minutes",
    "minute",
    "hours",
    "hour",
    "sec",
    "min",
];

/// `V001`: a unit that is no time and no count. Returns true if the metric has one.
pub(super) fn unknown_unit(
    view: EntityView<'_>,
    value: &Value,
    out: &mut Findings<'_, '_>,
) -> bool {
    let Some(unit) = view.text(value.unit).filter(|unit| !unit.is_empty()) else {
        return false;
    };
    if milliseconds(unit).is_some() || PLAIN.contains(&unit) {
        return false;
    }
    out.report(Code::UnknownUnit, hash(&unit), || unit.to_owned(), || {
        Diagnostic::new(
            Code::UnknownUnit,
            format!(
                "the unit of `{}` is unknown: `{}`",
                shown(view.str(value.name)),
                shown(unit)
            ),
        )
        .at(view.unit_span(value), path(view, value).key("unit"))
        .label("unknown unit")
        .help(match nearest(unit, TIMES.into_iter().chain(PLAIN)) {
            Some(near) => format!("did you mean `{near}`? Without a change, it is a plain number and never converted"),
            None => "it is a plain number and never converted; units of time are ms, s, min and h".to_owned(),
        })
    });
    true
}

/// `V002`: a value that is null. Returns true if it is.
pub(super) fn missing_value(
    view: EntityView<'_>,
    value: &Value,
    out: &mut Findings<'_, '_>,
) -> bool {
    let path = || match value.value {
        Scalar::Null => path(view, value).key("value"),
        _ => path(view, value),
    };
    if !value.is_null && !matches!(value.value, Scalar::Null) {
        return false;
    }
    let name = view.str(value.name);
    out.report(Code::MissingValue, hash(&name), || name.to_owned(), || {
        Diagnostic::new(
            Code::MissingValue,
            format!("`{}` has no value", shown(name)),
        )
        .at(view.value_span(value), path())
        .label("null")
        .help("nothing happened, or the figure does not apply to this entity; it has no row and is not 0")
    });
    true
}

/// The path to a metric, from the entity on.
fn path(view: EntityView<'_>, value: &Value) -> Path {
    let metrics = Path::default().key("metrics");
    metrics.key(view.str(value.name).to_owned())
}

fn shown(text: &str) -> String {
    text::printable(text).chars().take(80).collect()
}
