//! Rules on the values of summaries (`V…`).

use crate::diagnostic::sink::Sink;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::catalog::nearest;
use crate::document::summary::{Entity, Value, milliseconds};
use crate::json::{Node, pointer, text};

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

/// `V001` and `V002` for every value of an entity.
pub fn values(entity: Entity<'_>, path: &str, out: &mut Sink<'_, '_>) {
    for value in entity.metrics() {
        let place = || pointer::child(&format!("{path}/metrics"), &value.name);
        unknown_unit(&value, place, out);
        missing_value(&value, place, out);
    }
}

/// `V001`: a unit that is no time and no count.
fn unknown_unit(value: &Value<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let Some(node) = value.unit() else {
        return;
    };
    let Some(unit) = node.string().filter(|unit| !unit.is_empty()) else {
        return;
    };
    if milliseconds(&unit).is_some() || PLAIN.contains(&&*unit) {
        return;
    }
    let shown = |text: &str| -> String { text::printable(text).chars().take(80).collect() };
    out.push(
        Diagnostic::new(
            Code::UnknownUnit,
            format!(
                "the unit of `{}` is no time and no count: `{}`",
                shown(&value.name),
                shown(&unit)
            ),
        )
        .at(node.span(), format!("{}/unit", place()))
        .cause(&*unit)
        .label("unknown unit")
        .help(match nearest(&unit, TIMES.into_iter().chain(PLAIN)) {
            Some(near) => format!("did you mean `{near}`? As it stands, it is taken for a plain number and never converted"),
            None => "it is taken for a plain number and never converted; times are in ms, s, min or h".to_owned(),
        }),
    );
}

/// `V002`: a value that is null.
fn missing_value(value: &Value<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let (node, place): (Node<'_>, String) = match value.value() {
        Some(node) if node.is_null() => (node, format!("{}/value", place())),
        None if value.node.is_null() => (value.node, place()),
        _ => return,
    };
    let shown: String = text::printable(&value.name).chars().take(80).collect();
    out.push(
        Diagnostic::new(Code::MissingValue, format!("`{shown}` has no value"))
            .at(node.span(), place)
            .cause(&*value.name)
            .label("null")
            .help("nothing happened, or the figure does not apply to this entity; it gives no row, and is not 0"),
    );
}
