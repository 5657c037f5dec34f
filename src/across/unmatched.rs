//! Filters that match nothing in any input, and patterns that match no file (`U001`).

use chrono::{DateTime, FixedOffset, SecondsFormat};

use crate::diagnostic::levels::Levels;
use crate::diagnostic::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::input::identify::is_uuid;
use crate::json::text::printable;
use crate::model::catalog::{named, suggested};
use crate::table::Filter;
use crate::table::filter::Condition;
use crate::table::seen::FilterSurvey;

use crate::pipeline::Surveyed;

/// Number of names or values that are listed where none is near.
const LISTED: usize = 5;

/// Returns one finding per condition that matches nothing. If each condition matches rows but no row
/// meets all of them, returns one finding. Inputs without rows have `F005` instead.
pub fn find(inputs: &[Surveyed], filter: &Filter, levels: &Levels) -> Vec<Diagnostic> {
    let rows: u64 = inputs.iter().map(|input| input.survey.rows).sum();
    let filtered: u64 = inputs.iter().map(|input| input.survey.filtered).sum();
    if !filter.is_set() || !levels.is_on(Code::FilterMatchesNothing) || rows + filtered == 0 {
        return Vec::new();
    }
    let mut seen = FilterSurvey::default();
    for input in inputs {
        seen.merge(input.survey.seen.clone());
    }
    let mut found = Vec::new();
    metrics(filter, &seen, &mut found);
    for (index, condition) in filter.dimensions.iter().enumerate() {
        if !seen.matched.contains(&index) {
            let is_named = filter.names.is_asked();
            found.push(unmet(condition, index, &seen, is_named));
        }
    }
    times(filter, &seen, &mut found);
    if found.is_empty() && rows == 0 {
        found.push(finding(
            "the filters match no row: each filter matches rows, but not the same ones".to_owned(),
            "remove one of them, or look at the inputs with `gcagg inspect`".to_owned(),
        ));
    }
    found
        .into_iter()
        .filter_map(|finding| levels.apply(finding))
        .collect()
}

/// Returns one finding per pattern of `--exclude` that matches no file.
pub fn patterns(unmatched: &[(String, Option<String>)], levels: &Levels) -> Vec<Diagnostic> {
    let found = unmatched.iter().map(|(typed, near)| {
        finding(
            format!("--exclude {} matches no file", printable(typed)),
            match near {
                Some(near) => format!("did you mean `{}`?", printable(near)),
                None => {
                    "write a name (*.bak.json, old), or a path below the folder (old/*.json); or remove it".to_owned()
                }
            },
        )
    });
    found.filter_map(|it| levels.apply(it)).collect()
}

fn finding(message: String, help: String) -> Diagnostic {
    Diagnostic::new(Code::FilterMatchesNothing, message.clone())
        .cause(message)
        .help(help)
}

fn metrics(filter: &Filter, seen: &FilterSurvey, found: &mut Vec<Diagnostic>) {
    for pattern in &filter.metrics {
        if seen.metrics.iter().any(|name| pattern.matches(name)) {
            continue;
        }
        let typed = pattern.as_str();
        let names = || seen.metrics.iter().map(String::as_str);
        found.push(finding(
            format!(
                "--metric {} matches no metric or view of the inputs",
                printable(typed)
            ),
            suggestion(typed, "metric", names),
        ));
    }
}

/// A condition of `--where` that no group meets. `is_named` is true if `--names` was given.
fn unmet(condition: &Condition, index: usize, seen: &FilterSurvey, is_named: bool) -> Diagnostic {
    let Condition {
        dimension, typed, ..
    } = condition;
    let option = format!("--where {}={}", printable(dimension), printable(typed));
    if !seen.found.contains(&index) {
        let names = || seen.dimensions.iter().map(String::as_str);
        return finding(
            format!(
                "{option} matches nothing: no group has the dimension `{}`",
                printable(dimension)
            ),
            suggestion(dimension, "dimension", names),
        );
    }
    let values = || {
        let values = seen.values.get(&index).into_iter().flatten();
        values.map(String::as_str)
    };
    let near = condition.values.iter();
    let near = near.filter_map(|value| suggested(value, values())).next();
    let begun = condition.values.first().map(|it| it.to_lowercase());
    let begun = values().filter(|value| {
        let value = value.to_lowercase();
        begun.as_ref().is_some_and(|begun| value.starts_with(begun))
    });
    let begun: Vec<String> = begun.map(|it| format!("`{}`", printable(it))).collect();
    let help = match near {
        // Each of several values can be meant.
        Some(_) if begun.len() > 1 => format!(
            "write whole values, separated by commas: {} begin so",
            words::listed(&begun, LISTED)
        ),
        Some(near) => format!("did you mean `{}`?", printable(near)),
        None if typed.contains(['*', '?']) => format!(
            "write whole values, separated by commas: --where has no wildcards; {}",
            listed("value", values)
        ),
        None if !is_named
            && condition.is_of_ids()
            && !condition.values.iter().any(|it| is_uuid(it)) =>
        {
            format!(
                "--where takes names of ids only with --names FILE; {}",
                listed("value", values)
            )
        }
        None => listed("value", values),
    };
    finding(format!("{option} matches no group of the inputs"), help)
}

fn times(filter: &Filter, seen: &FilterSurvey, found: &mut Vec<Diagnostic>) {
    let Some((first, last)) = seen.starts else {
        return;
    };
    let nanoseconds = |time: &DateTime<FixedOffset>| time.timestamp_nanos_opt();
    let shown = |nanoseconds: i64| {
        DateTime::from_timestamp_nanos(nanoseconds).to_rfc3339_opts(SecondsFormat::AutoSi, true)
    };
    if let (Some(from), Some(until)) = (&filter.from, &filter.until)
        && until <= from
    {
        let (message, help) = match until < from {
            true => (
                format!(
                    "--until {} is before --from {}",
                    until.to_rfc3339(),
                    from.to_rfc3339()
                ),
                "exchange the two times",
            ),
            false => (
                format!("--until {} is not after --from", until.to_rfc3339()),
                "--until is the first time that does not count: for a day, write the next one",
            ),
        };
        found.push(finding(message, help.to_owned()));
        return;
    }
    let (first_shown, last_shown) = (shown(first), shown(last));
    let range = format!("the buckets of the inputs start from {first_shown} to {last_shown}");
    if let Some(from) = &filter.from
        && nanoseconds(from).is_some_and(|from| last < from)
    {
        found.push(finding(
            format!("--from {} is after every bucket", from.to_rfc3339()),
            range.clone(),
        ));
    }
    if let Some(until) = &filter.until
        && nanoseconds(until).is_some_and(|until| first >= until)
    {
        found.push(finding(
            format!("--until {} is before every bucket", until.to_rfc3339()),
            range,
        ));
    }
}

/// Names the nearest name, or lists some names that occur.
fn suggestion<'n, N: Iterator<Item = &'n str>>(
    typed: &str,
    noun: &str,
    names: impl Fn() -> N,
) -> String {
    match named::nearest(typed, names()) {
        Some(near) => format!("did you mean `{}`?", printable(near)),
        None => listed(noun, names),
    }
}

fn listed<'n, N: Iterator<Item = &'n str>>(noun: &str, names: impl Fn() -> N) -> String {
    let names: Vec<String> = names().map(printable).collect();
    if names.is_empty() {
        return format!("no {noun} is in the inputs");
    }
    format!("the inputs have {}", words::listed(&names, LISTED))
}
