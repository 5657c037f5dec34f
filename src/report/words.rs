//! Texts of figures, the same in every format.

use chrono::NaiveDate;

use crate::aggregate::group::Total;
use crate::aggregate::{Group, kpi};
use crate::json::number::Decimal;
use crate::json::text::printable;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::{NoValue, Quotient};
use crate::model::stat::{Stat, Unmerged};
use crate::model::time::milliseconds;
use crate::model::{FigureId, catalog};
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};
use crate::report::EntityLine;

/// The text of an absent figure.
pub const ABSENT: &str = "–";

/// The first and the last day of a period in words.
pub fn period_of_days((first, last): (NaiveDate, NaiveDate)) -> String {
    let date = |date: NaiveDate| date.format("%-d %b %Y").to_string();
    match first == last {
        true => date(first),
        false => format!("{} – {}", date(first), date(last)),
    }
}

/// The text of a summary value that is null.
pub const NULL: &str = "N/A";

/// The heading of a group: its dimensions.
pub fn title(group: Group<'_>) -> String {
    let dimensions = group.dimensions();
    if dimensions.is_empty() {
        return "all".to_owned();
    }
    let pairs: Vec<String> = dimensions
        .iter()
        .map(|(name, value)| format!("{} {}", printable(name), printable(value)))
        .collect();
    pairs.join(" · ")
}

/// The time that a group's buckets cover.
pub fn covered(group: Group<'_>) -> String {
    let buckets = match group.buckets() {
        1 => "1 bucket".to_owned(),
        number => format!("{number} buckets"),
    };
    match group.covered() {
        Some((start, end)) => {
            format!("{} – {}, {buckets}", printable(start), printable(end))
        }
        None => buckets,
    }
}

/// The key figures of a group as name and value.
pub fn key_figures(group: Group<'_>) -> Vec<[String; 2]> {
    let lines = kpi::figures(group).into_iter();
    let lines = lines.map(|line| {
        let mut value = shown(line.figure.measure(), line.result.ok());
        match (line.result, line.target.and_then(percent)) {
            (Ok(_), Some(target)) => value.push_str(&format!(" (target {target} %)")),
            (Err(why @ NoValue::Unmerged(_)), _) => {
                value.push_str(&format!(" ({})", reason(why)));
            }
            _ => {}
        }
        [line.figure.name.to_owned(), value]
    });
    lines.collect()
}

/// The number that a form shows of a result, rounded half away from zero: whole counts, per cent and points
/// with one decimal, whole seconds.
pub fn as_shown(unit: FigureUnit, result: Quotient) -> Option<Decimal> {
    match unit {
        FigureUnit::Count => result.as_shown(0),
        FigureUnit::Share => result.times(100)?.as_shown(1),
        FigureUnit::Time => result.as_shown(0)?.divided_as_shown(Decimal::from(1000), 0),
        FigureUnit::Points => result.as_shown(1),
    }
}

/// A result in words: shares as per cent, times as a clock.
pub fn shown(unit: FigureUnit, result: Option<Quotient>) -> String {
    let number = result.and_then(|result| as_shown(unit, result));
    let text = number.and_then(|number| match unit {
        FigureUnit::Count => Some(number.to_string()),
        FigureUnit::Share => Some(format!("{} %", number.fixed(1)?)),
        FigureUnit::Time => Some(clock_of_seconds(number)),
        FigureUnit::Points => number.fixed(1),
    });
    text.unwrap_or_else(|| ABSENT.to_owned())
}

/// A count with thousands separators; a sign may precede it.
pub fn separated(unit: FigureUnit, text: String) -> String {
    let start = text.find(|it: char| it.is_ascii_digit()).unwrap_or(0);
    let (sign, digits) = text.split_at(start);
    let is_whole = digits.bytes().all(|it| it.is_ascii_digit());
    if unit != FigureUnit::Count || digits.len() < 4 || !is_whole {
        return text;
    }
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The reason why a figure has no value.
pub fn reason(why: NoValue) -> &'static str {
    match why {
        NoValue::Absent => "not in the data",
        NoValue::ZeroDenominator => "divided by zero",
        NoValue::MixedMedia => "not known for every media type",
        NoValue::ByMedia => "by media type",
        NoValue::Unmerged(Unmerged::Never) => "cannot be merged",
        NoValue::Unmerged(Unmerged::Differs) => "differs between groups or intervals",
        NoValue::Unmerged(Unmerged::Incomplete) => "incomplete statistics",
        NoValue::Unmerged(Unmerged::TooLarge) => "too large for exact arithmetic",
    }
}

/// A difference of numbers as [`as_shown`] in words, with its sign: of shares in percentage points. Zero has the
/// sign `±`.
pub fn difference(unit: FigureUnit, difference: Decimal) -> Option<String> {
    let size = difference.abs();
    let text = match unit {
        FigureUnit::Count => size.to_string(),
        FigureUnit::Share => format!("{} points", size.fixed(1)?),
        FigureUnit::Time => clock_of_seconds(size),
        FigureUnit::Points => size.fixed(1)?,
    };
    Some(signed(difference, text))
}

/// A relative difference in per cent with one decimal.
pub fn relative(share: Decimal) -> Option<String> {
    let percent = share.times(Decimal::from(100))?;
    Some(signed(percent, format!("{} %", percent.abs().fixed(1)?)))
}

/// The text of a size with the sign of a number.
fn signed(number: Decimal, size: String) -> String {
    let is_zero = !size.bytes().any(|it| (b'1'..=b'9').contains(&it));
    let sign = match (is_zero, number.is_negative()) {
        (true, _) => "±",
        (_, true) => "−",
        _ => "+",
    };
    format!("{sign}{size}")
}

/// A target in words, such as `80 %`.
pub fn target(target: Quotient) -> Option<String> {
    Some(format!("{} %", target.times(100)?.as_shown(6)?))
}

/// A share of one as per cent, with the decimals that it has.
fn percent(share: Decimal) -> Option<String> {
    Some(share.times(Decimal::from(100))?.to_string())
}

/// The heads of the table of other metrics.
pub const OTHER: [&str; 5] = ["Metric", "Count", "Total", "Average", "Max"];

/// Every metric that no key figure shows, so that no count is lost.
pub fn others(group: Group<'_>) -> Vec<[String; 5]> {
    let lines = kpi::figures(group);
    let shown: Vec<&str> = lines.iter().filter_map(kpi::Line::covers).collect();
    let totals = group.totals().into_iter();
    totals
        .filter(|(name, _)| {
            name.view || !name.qualifier.is_empty() || !shown.contains(&&*name.name)
        })
        .map(|(name, total)| other(name, total))
        .collect()
}

fn other(name: &FigureId, total: Total<'_>) -> [String; 5] {
    let mut shown = printable(&name.name);
    if !name.qualifier.is_empty() {
        shown.push_str(&format!(" [{}]", printable(&name.qualifier)));
    }
    if name.view {
        shown.push_str(" (view)");
    }
    let timer = name.view || catalog::is_timer(&name.name);
    let plain = |figure: Option<Decimal>| figure.map_or(ABSENT.to_owned(), |it| it.to_string());
    let measured = |figure: Option<Decimal>| match figure {
        Some(figure) if timer => clock(rounded(figure)),
        figure => plain(figure),
    };
    let average = match (total.ratio(4), total.get(Stat::Current)) {
        (Some(figure), _) | (None, Some(figure)) => figure.to_string(),
        (None, None) => measured(total.average(if timer { 0 } else { 2 })),
    };
    [
        shown,
        plain(total.count()),
        measured(total.sum()),
        average,
        measured(total.get(Stat::Max)),
    ]
}

fn rounded(figure: Decimal) -> i128 {
    figure
        .divided_as_shown(Decimal::from(1), 0)
        .map_or(0, |whole| whole.split().0)
}

/// Milliseconds as `m:ss` or `h:mm:ss`, rounded to the second, a half up.
pub fn clock(milliseconds: i128) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let seconds = (milliseconds.unsigned_abs() + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{sign}{minutes}:{seconds:02}")
    }
}

fn clock_of_seconds(seconds: Decimal) -> String {
    clock(seconds.split().0.saturating_mul(1000))
}

/// The unit of times of an hour and longer.
pub const HOURS: &str = "h:mm:ss";
/// The unit of shorter times.
pub const MINUTES: &str = "m:ss";

/// The unit of [`clock`] for times up to so many milliseconds.
pub fn clock_unit(longest: f64) -> &'static str {
    match longest >= 3_599_500.0 {
        true => HOURS,
        false => MINUTES,
    }
}

/// A text of [`shown`] in a column with this unit: where it has hours, every time has them.
pub fn in_unit(text: String, unit: &str) -> String {
    match text.matches(':').count() {
        1 if unit == HOURS && text.starts_with(|it: char| it.is_ascii_digit()) => {
            format!("0:{text:0>5}")
        }
        _ => text,
    }
}

/// A summary metric: times as a clock, null as `N/A`.
pub fn summary_line(view: EntityView<'_>, value: &Value) -> EntityLine {
    let name = printable(
        view.text(value.label)
            .unwrap_or_else(|| view.str(value.name)),
    );
    let unit = view.text(value.unit).unwrap_or_default();
    let Scalar::Number(literal) = value.value else {
        return EntityLine {
            label: name.clone(),
            name,
            text: NULL.to_owned(),
            unit: printable(unit),
            literal: String::new(),
        };
    };
    let literal = view.str(literal);
    let time = milliseconds(unit).and_then(|of| {
        Decimal::parse(literal)?
            .times(Decimal::from(of))
            .map(rounded)
    });
    let (label, text) = match (time, unit) {
        (Some(time), _) => (format!("{name}, {}", clock_unit(time as f64)), clock(time)),
        (None, "" | "count") => (name.clone(), literal.to_owned()),
        (None, unit) => (format!("{name}, {}", printable(unit)), literal.to_owned()),
    };
    EntityLine {
        name,
        label,
        text,
        literal: literal.to_owned(),
        unit: printable(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_round_to_the_second() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(59_500), "1:00");
        assert_eq!(clock(3_725_499), "1:02:05");
        assert_eq!(clock(360_000_000), "100:00:00");
    }
}
