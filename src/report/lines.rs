//! Rows of a report as texts, for the forms that are text.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use crate::diagnostic::Severity;
use crate::diagnostic::words::counted;
use crate::json::text::printable;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::NoValue;

use super::EntitySummary;
pub use super::changes::{change, change_in_short, comparison, delta, same_days};
use super::model::Model;
use super::model::cell::Cell;
use super::model::measure::Measure;
use super::model::media::MediaFigures;
use super::model::naming;
use super::model::notes::NOTED;
use super::model::queries::NONE;
use super::model::rows::{Row, RowTable};
use super::model::series::local;
use super::short::Short;
use super::words::{self, ABSENT};

/// The shortening of ids in rows.
pub fn short(model: &Model) -> Short {
    let groups = model.report.groups();
    let values: Vec<&str> = groups
        .flat_map(|group| group.dimensions())
        .map(|(_, value)| value)
        .collect();
    Short::of(values.into_iter())
}

/// The title of the report: by default `Week 44` of a week from Monday, else `Report`.
pub fn title(model: &Model) -> String {
    if let Some(title) = &model.wanted.title {
        return printable(title);
    }
    let week = model.covered_times().filter(|(start, end)| {
        let is_week = *end - *start == TimeDelta::days(7) && start.time() == NaiveTime::MIN;
        is_week && start.weekday() == Weekday::Mon
    });
    match week {
        Some((start, _)) => format!("Week {}", start.iso_week().week()),
        None => "Report".to_owned(),
    }
}

/// The period in words with its zone: `19 Oct 2026 – 25 Oct 2026, Europe/Berlin`.
pub fn period(model: &Model) -> String {
    let zone = model.wanted.zone.name();
    match dates(model) {
        dates if dates.is_empty() => zone.to_owned(),
        dates => format!("{dates}, {zone}"),
    }
}

/// The period in words; empty without one.
pub fn dates(model: &Model) -> String {
    let Some((start, end)) = model.covered_times() else {
        return String::new();
    };
    let is_midnight = |time: NaiveDateTime| time.time() == NaiveTime::MIN;
    let date = |time: NaiveDateTime| time.format("%-d %b %Y").to_string();
    match is_midnight(start) && is_midnight(end) {
        true => {
            let last = end.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(end);
            match last.date() == start.date() {
                true => date(start),
                false => format!("{} – {}", date(start), date(last)),
            }
        }
        false => {
            let until = match start.date() == end.date() {
                true => end.format("%H:%M").to_string(),
                false => format!("{} {}", date(end), end.format("%H:%M")),
            };
            format!("{} {} – {until}", date(start), start.format("%H:%M"))
        }
    }
}

/// The local days of the period on which clocks change: `Sun 25 Oct 2026 has 25 hours`.
pub fn clock_changes(model: &Model) -> Option<String> {
    let days = model.media.iter().find_map(|it| it.days.as_ref())?;
    let days = days.points.iter().filter(|_| days.is_daily());
    let texts = days.filter_map(|day| {
        let minutes = (day.end - day.start).num_minutes();
        let hours = match minutes % 60 {
            0 => format!("{}", minutes / 60),
            rest => format!("{}:{rest:02}", minutes / 60),
        };
        let date = day.local.format("%a %-d %b %Y");
        (minutes != 24 * 60).then(|| format!("{date} has {hours} hours"))
    });
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The number of values of the dimensions: `40 queues · 4 media types`.
pub fn content(model: &Model) -> String {
    let mut counts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for group in model.report.groups() {
        for (name, value) in group.dimensions() {
            if counts.len() < MOST_COUNTED || counts.contains_key(name) {
                counts.entry(name).or_default().insert(value);
            }
        }
    }
    let mut counts: Vec<(&str, BTreeSet<&str>)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, _)| (*name == "mediaType", *name));
    let counts = counts.into_iter().map(|(name, values)| {
        let one = values.first().filter(|_| values.len() == 1);
        let known = one.and_then(|value| model.naming.of(name, value));
        known.unwrap_or_else(|| counted(values.len(), &naming::title(name).to_lowercase()))
    });
    counts.collect::<Vec<_>>().join(" · ")
}

/// The maximum number of dimensions in the text.
const MOST_COUNTED: usize = 8;

/// The dimensions that give a table of rows its title, the first that it has.
const TITLES: [(&str, &str); 4] = [
    ("wrapUpCode", "Wrap-up codes"),
    ("userId", "Agents"),
    ("queueId", "Queues"),
    ("flowId", "Flows"),
];

/// The title of a table of rows, in the plural: `Queues`.
pub fn sheet_title(table: RowTable<'_>) -> String {
    let dimensions = table.dimensions();
    let known = TITLES
        .iter()
        .find(|(name, _)| dimensions.iter().any(|it| it == name));
    let is_by_media = dimensions.iter().any(|it| it == "mediaType");
    match (known, dimensions) {
        (Some((_, "Agents")), [_, _]) if is_by_media => "Agents by media type".to_owned(),
        (Some((_, title)), _) => (*title).to_owned(),
        (None, [only]) => format!("{}s", naming::title(only)),
        _ => "Groups".to_owned(),
    }
}

/// The heads of the dimensions of rows, each with a column of its own: `Queue`. Where rows name only
/// the dimensions that they have, there is one column.
pub fn headings(table: RowTable<'_>) -> Vec<String> {
    match table.dimensions() {
        names if table.is_sparse() || names.is_empty() => vec!["Group".to_owned()],
        names => ordered(names)
            .into_iter()
            .map(|at| {
                names
                    .get(at)
                    .map(|it| naming::title(it))
                    .unwrap_or_default()
            })
            .collect(),
    }
}

/// The places of dimensions in their order for people: the media type behind the others.
fn ordered(names: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    let title = |at: &usize| {
        let name = names.get(*at);
        let known = TITLES
            .iter()
            .rev()
            .position(|(it, _)| name.is_some_and(|name| name == it));
        (
            name.is_some_and(|it| it == "mediaType"),
            known.is_none(),
            known,
        )
    };
    order.sort_by_key(title);
    order
}

/// The names of the dimensions of a row, in the order of [`headings`].
pub fn names(model: &Model, table: RowTable<'_>, row: &Row) -> Vec<String> {
    let dimensions = table.dimensions();
    if table.is_sparse() || dimensions.is_empty() {
        return vec![name(model, table, row, None)];
    }
    let places = ordered(dimensions);
    if let Some(others) = row.others {
        let names = places.iter().enumerate().map(|(at, _)| match at {
            0 => format!("Other ({others})"),
            _ => String::new(),
        });
        return names.collect();
    }
    let names = places.into_iter().filter_map(|place| {
        let dimension = dimensions.get(place)?;
        Some(match row.value(place) {
            None if row.is_total => "All".to_owned(),
            None => NONE.to_owned(),
            Some(value) if dimension == "mediaType" => naming::capitalized(value),
            Some(value) => {
                let name = model.naming.of(dimension, value);
                name.unwrap_or_else(|| printable(value))
            }
        })
    });
    names.collect()
}

/// The heading of rows: their dimensions.
pub fn heading(table: RowTable<'_>) -> String {
    match table.dimensions() {
        [] => "group".to_owned(),
        _ if table.is_sparse() => "group".to_owned(),
        names => printable(&names.join(" · ")),
    }
}

/// The name of a row, by the values of its dimensions; `All` of a total.
pub fn name(model: &Model, table: RowTable<'_>, row: &Row, short: Option<Short>) -> String {
    if let Some(others) = row.others {
        return format!("Other ({others})");
    }
    if table.dimensions().is_empty() {
        return "all".to_owned();
    }
    let shown = |dimension: &str, value: &str| {
        let id = || match short {
            Some(short) => short.shown(value),
            None => value.to_owned(),
        };
        model.naming.of(dimension, value).unwrap_or_else(id)
    };
    let absent = if row.is_total { "All" } else { NONE };
    if row.is_total && row.names.is_empty() {
        return absent.to_owned();
    }
    let dimensions = table.dimensions().iter();
    let names: Vec<String> = match table.is_sparse() {
        true => {
            let names = row.names.iter().filter_map(|(place, value)| {
                let dimension = table.dimensions().get(*place)?;
                Some(format!("{dimension}: {}", shown(dimension, value)))
            });
            let all = row.is_total.then(|| absent.to_owned());
            names.chain(all).collect()
        }
        false => {
            let names = dimensions.enumerate().map(|(place, dimension)| {
                let value = row.value(place);
                value.map_or_else(|| absent.to_owned(), |value| shown(dimension, value))
            });
            names.collect()
        }
    };
    match names.is_empty() {
        true => absent.to_owned(),
        false => printable(&names.join(" · ")),
    }
}

/// A figure in a column with this unit.
pub fn value_in(unit: &str, measure: &Measure, cell: &Cell) -> String {
    words::in_unit(value(measure, cell), unit)
}

/// A figure.
pub fn value(measure: &Measure, cell: &Cell) -> String {
    let unit = measure.unit();
    words::separated(unit, words::shown(unit, cell.value))
}

/// A figure, and why there is none.
pub fn value_or_reason(measure: &Measure, cell: &Cell) -> String {
    let value = value(measure, cell);
    match reason(cell) {
        Some(reason) => format!("{value} ({reason})"),
        None => value,
    }
}

/// Returns the reason why a figure has no value, if a part of it occurs.
pub fn reason(cell: &Cell) -> Option<&'static str> {
    let why = cell.why.filter(|why| *why != NoValue::Absent)?;
    Some(words::reason(why))
}

/// The target of a figure, and a mark if it is met or missed.
pub fn target(cell: &Cell) -> Option<String> {
    let target = words::target(cell.target?)?;
    Some(match cell.meets_target() {
        Some(true) => format!("target {target} met"),
        Some(false) => format!("target {target} missed"),
        None => format!("target {target}"),
    })
}

/// The title of a table where there are several groupings: `Export by mediaType, queueId`.
pub fn query_title(table: RowTable<'_>) -> String {
    match table.query_dimensions() {
        names if names.is_empty() => "Export without groups".to_owned(),
        names => {
            let names: Vec<String> = names.into_iter().collect();
            format!("Export by {}", printable(&names.join(", ")))
        }
    }
}

/// Returns true if some figure of a table is compared with an earlier one.
pub fn has_changes(table: RowTable<'_>) -> bool {
    table
        .rows()
        .any(|row| row.cells.iter().any(|cell| cell.change.is_some()))
}

/// The label of a figure with the unit of its times: `ASA, m:ss`.
pub fn labelled<'c>(measure: &Measure, cells: impl Iterator<Item = &'c Cell>) -> String {
    match unit(measure, cells) {
        "" => measure.label(),
        unit => format!("{}, {unit}", measure.label()),
    }
}

/// The unit of the times of a figure; empty for other figures.
pub fn unit<'c>(measure: &Measure, cells: impl Iterator<Item = &'c Cell>) -> &'static str {
    let values = cells.filter_map(|cell| Some(cell.value?.approximate()));
    match measure.unit() {
        FigureUnit::Time => words::clock_unit(values.fold(0.0, f64::max)),
        _ => "",
    }
}

/// The totals of a table that has several rows.
pub fn totals(table: RowTable<'_>) -> Vec<Row> {
    match table.len() {
        0 | 1 => Vec::new(),
        _ => table.totals(),
    }
}

/// The units of the figures of a table with these totals.
pub fn units(table: RowTable<'_>, totals: &[Row]) -> Vec<&'static str> {
    let measures = table.measures();
    let mut units = vec![""; measures.len()];
    for row in table.rows().chain(totals.iter().cloned()) {
        for ((measure, cell), known) in measures.iter().zip(&row.cells).zip(&mut units) {
            let own = unit(measure, std::iter::once(cell));
            if own.len() > known.len() {
                *known = own;
            }
        }
    }
    units
}

/// The label of the lines with targets.
pub const TARGET: &str = "  target";

/// The headline figures of each media type, where there are several: the first line has the titles of the
/// media types. Lines with targets and changes follow their figure.
pub fn by_media(model: &Model) -> Vec<Vec<String>> {
    if model.media.len() < 2 {
        return Vec::new();
    }
    let titles = model.media.iter().map(MediaFigures::title);
    let mut lines = vec![std::iter::once(String::new()).chain(titles).collect()];
    for (measure, _) in &model.headline {
        let mut add = |label: String, absent: &str, of: &dyn Fn(&Cell) -> Option<String>| {
            let cells = model.media.iter().map(|it| of(it.cell(measure)?));
            let cells: Vec<Option<String>> = cells.collect();
            if cells.iter().any(Option::is_some) {
                let cells = cells
                    .into_iter()
                    .map(|it| it.unwrap_or_else(|| absent.to_owned()));
                lines.push(std::iter::once(label).chain(cells).collect());
            }
        };
        let cells = model.media.iter().filter_map(|it| it.cell(measure));
        let unit = unit(measure, cells.clone());
        let label = labelled(measure, cells);
        add(label, ABSENT, &|cell| Some(value_in(unit, measure, cell)));
        add(TARGET.to_owned(), "", &|cell| {
            target(cell)?.strip_prefix("target ").map(str::to_owned)
        });
        add("  on the same days".to_owned(), "", &|cell| {
            same_days(measure, cell)
        });
        add("  change".to_owned(), "", &|cell| {
            change_in_short(measure, cell)
        });
    }
    lines
}

/// Returns true if the totals show a figure: media types have their own.
pub fn is_of_all(cell: &Cell) -> bool {
    cell.why != Some(NoValue::ByMedia)
}

/// Summaries as one table, a row for each entity: every metric has a column with one unit. The first row
/// has the heads.
pub fn entity_table(entities: &[EntitySummary]) -> Vec<Vec<String>> {
    let split = |label: &str| match label.rsplit_once(", ") {
        Some((name, unit @ (words::HOURS | words::MINUTES))) => (name.to_owned(), unit.to_owned()),
        _ => (label.to_owned(), String::new()),
    };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut heads: Vec<(String, String)> = Vec::new();
    for line in entities.iter().flat_map(|it| &it.lines) {
        let (name, unit) = split(&line.label);
        let at = *places.entry(name.clone()).or_insert(heads.len());
        match heads.get_mut(at) {
            None => heads.push((name, unit)),
            Some((_, known)) if unit.len() > known.len() => *known = unit,
            Some(_) => {}
        }
    }
    let titles = heads.iter().map(|(name, unit)| match &**unit {
        "" => name.clone(),
        unit => format!("{name}, {unit}"),
    });
    let mut table = vec![std::iter::once(String::new()).chain(titles).collect()];
    for entity in entities {
        let mut row = vec![ABSENT.to_owned(); heads.len() + 1];
        for line in &entity.lines {
            let at = places
                .get(&split(&line.label).0)
                .copied()
                .unwrap_or_default();
            let unit = heads.get(at).map_or("", |(_, unit)| unit);
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = words::in_unit(line.text.clone(), unit);
            }
        }
        if let Some(cell) = row.first_mut() {
            cell.clone_from(&entity.title);
        }
        table.push(row);
    }
    table
}

/// Findings as lines: severity, code, message and first place.
pub fn findings(model: &Model) -> Vec<String> {
    let all = model.about.findings.iter();
    // Findings of severity info are in the other formats, and gaps are in the notes.
    let is_note = |code: &str| NOTED.iter().any(|it| it.id() == code);
    let all = all.filter(|it| it.severity != Severity::Info && !is_note(it.code));
    let lines = all.map(|finding| {
        let mut line = format!(
            "{} {} {}: {}",
            finding.severity.word(),
            finding.code,
            finding.name,
            finding.message
        );
        if let Some(place) = finding.places.first() {
            line.push_str(&format!(" ({place}"));
            if finding.count > 1 {
                line.push_str(&format!(" and {} more", finding.count - 1));
            }
            line.push(')');
        }
        line
    });
    lines.collect()
}

/// The inputs, the first few by name.
pub fn sources(model: &Model) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut lines = Vec::new();
    for (is_compared, title) in [(false, "Sources"), (true, "Compared with")] {
        let all = model.about.sources.iter();
        let mut all: Vec<_> = all
            .filter(|source| source.is_compared == is_compared)
            .collect();
        if all.len() > SHOWN {
            // Files with bad parts come first, because the list is cut.
            all.sort_by_key(|source| source.bad_parts == 0);
        }
        let all: Vec<&str> = all.into_iter().map(|it| it.name.as_str()).collect();
        let names = all
            .iter()
            .take(SHOWN)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        match all.len() {
            0 => {}
            more if more > SHOWN => {
                lines.push(format!("{title}: {names} and {} more", more - SHOWN));
            }
            _ => lines.push(format!("{title}: {names}")),
        }
    }
    lines.extend(clock_changes(model).map(|it| format!("Clock change: {it}")));
    lines
}

/// The first line: the time that is covered, and how much there is.
pub fn covered(model: &Model) -> String {
    let counted = |number: u64, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    let groups = counted(model.group_count() as u64, "group");
    let buckets = model.report.groups().map(|group| group.buckets());
    let buckets = counted(buckets.sum(), "bucket");
    match model.covered() {
        Some((start, end)) => format!(
            "{start} – {end} ({}), {groups}, {buckets}",
            model.wanted.zone.name()
        ),
        None => format!("{groups}, {buckets}"),
    }
}

/// The clock of the times: `Local time (Europe/Berlin)`.
pub fn clock(model: &Model) -> String {
    match model.wanted.zone {
        Tz::UTC => "World time (UTC)".to_owned(),
        zone => format!("Local time ({zone})"),
    }
}

/// The period in the words of the title, and how much there is.
pub fn covered_days(model: &Model) -> String {
    let buckets: u64 = model.report.groups().map(|group| group.buckets()).sum();
    let entries = words::separated(FigureUnit::Count, buckets.to_string());
    let noun = if buckets == 1 { "entry" } else { "entries" };
    let groups = counted(model.group_count(), "group");
    format!("{}: {groups}, {entries} {noun}", period(model))
}

/// Formats the time of the report.
pub fn written(model: &Model) -> String {
    local(model.wanted.now, model.wanted.zone)
}
