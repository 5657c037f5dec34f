//! A report as text: the totals, then one row per group.

use std::io::{self, Write};

use crate::json::text::printable;

use super::aligned::{cut, paragraph};
use super::detail;
use super::lines;
use super::log_lines::LogLines;
use super::model::Model;
use super::model::cell::Cell;
use super::model::measure::Measure;
use super::model::media::DIMENSION;
use super::model::rows::{Row, RowTable};
use super::words::{self, ABSENT};
use super::{aligned, nothing, sparkline};

/// The look of a report.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Characters of a line.
    pub width: usize,
    /// True if values are colored, against their targets.
    pub colors: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 80,
            colors: false,
        }
    }
}

/// The headings of columns that are shorter than the names.
const SHORT: [(&str, &str); 7] = [
    ("Answered %", "Answ. %"),
    ("Abandoned", "Aband."),
    ("Abandoned %", "Aband. %"),
    ("Service level", "Service"),
    ("Transferred", "Transf."),
    ("Transferred %", "Transf. %"),
    ("Short abandoned", "Short ab."),
];

/// The widest that the name of a group may be before figures need the room.
const NAME: usize = 34;
/// Number of rows that decide the widths of columns.
const SAMPLE: usize = 2000;

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const OFF: &str = "\u{1b}[0m";

/// Writes the report as text.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LogLines::new(out);
    blocks(model, look, &mut lines)?;
    lines.finish()
}

fn blocks(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if model.is_empty() {
        return writeln!(out, "{}", nothing(&model.report));
    }
    let [missing, notes] = model.notes_by_place();
    if model.group_count() > 0 {
        if let Some(title) = &model.wanted.title {
            aligned::names(&printable(title), look.width, out)?;
        }
        paragraph("", &lines::covered(model), look.width, out)?;
        for note in &missing {
            paragraph("", note, look.width, out)?;
        }
        if let Some(comparison) = lines::comparison(model) {
            paragraph("", &comparison, look.width, out)?;
        }
        totals(model, look, out)?;
        for table in model.tables() {
            if model.queries().len() > 1 {
                writeln!(out)?;
                aligned::names(&lines::query_title(table), look.width, out)?;
            }
            match model.is_compared() && lines::has_changes(table) {
                true => changes(model, table, look, out)?,
                false => rows(model, table, look, out)?,
            }
        }
        distributions(model, look, out)?;
        others(model, look, out)?;
    }
    entities(model, look, out)?;
    list("Notes", &notes, look, out)?;
    list("Findings", &lines::findings(model), look, out)?;
    if model.group_count() == 0 {
        return Ok(());
    }
    writeln!(out)?;
    for line in lines::sources(model) {
        paragraph("", &line, look.width, out)?;
    }
    Ok(())
}

/// Several summaries as one table, if it fits.
fn entities(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let table = lines::entity_table(model.entities());
    let columns = 0..table.first().map_or(0, Vec::len);
    let column = |at: usize| table.iter().filter_map(move |row| row.get(at));
    let widths = columns.map(|at| aligned::width(column(at).map(String::as_str)));
    let widths: Vec<usize> = widths.collect();
    let is_table = table.len() > 2 && widths.iter().map(|it| it + 2).sum::<usize>() <= look.width;
    if model.group_count() > 0 && !model.entities().is_empty() {
        writeln!(out)?;
    }
    for row in table.iter().filter(|_| is_table) {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            match at {
                0 => aligned::left(&mut line, cell, *width),
                _ => aligned::right(&mut line, cell, width + 2),
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    for (index, entity) in model.entities().iter().enumerate().filter(|_| !is_table) {
        if index > 0 {
            writeln!(out)?;
        }
        detail::text::entity(entity, look.width, out)?;
    }
    Ok(())
}

/// A value in its color: only a target says what is good.
fn colored(text: String, cell: &Cell, look: Look) -> String {
    match cell.meets_target().filter(|_| look.colors) {
        Some(true) => format!("{GREEN}{text}{OFF}"),
        Some(false) => format!("{RED}{text}{OFF}"),
        None => text,
    }
}

fn totals(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if model.headline.is_empty() {
        return Ok(());
    }
    let series = model.series.as_ref().filter(|it| it.points.len() > 1);
    match series {
        Some(series) => writeln!(out, "\nTotals, and {} per character", series.period)?,
        None => writeln!(out, "\nTotals")?,
    }
    let headline = model
        .headline
        .iter()
        .filter(|(_, cell)| lines::is_of_all(cell));
    let headline: Vec<_> = headline.collect();
    let labels = headline.iter();
    let labels: Vec<String> = labels
        .map(|(it, cell)| lines::labelled(it, std::iter::once(cell)))
        .collect();
    let name = aligned::width(labels.iter().map(String::as_str));
    let values = headline.iter();
    let values: Vec<String> = values.map(|(it, cell)| lines::value(it, cell)).collect();
    let width = aligned::width(values.iter().map(String::as_str));
    let all = headline.into_iter().zip(labels).zip(values);
    for (((measure, cell), label), value) in all {
        let mut line = String::from("  ");
        aligned::left(&mut line, &label, name);
        line.push_str("  ");
        let mut right = String::new();
        aligned::right(&mut right, &value, width);
        let mut length = line.chars().count() + right.chars().count();
        line.push_str(&colored(right, cell, look));
        let values = series.and_then(|series| Some(series.values(series.place(measure)?)));
        let changed = cell.change.as_ref().filter(|it| it.before.is_some());
        let changed = changed.map(|change| {
            let [before, absolute, relative, crossed] = lines::change(measure, cell, change);
            let crossed = if crossed.is_empty() {
                crossed
            } else {
                format!("; {crossed}")
            };
            format!("before {before}, {absolute}, {relative}{crossed}")
        });
        let parts = [
            values.map(|values| sparkline::line(&values)),
            lines::reason(cell).map(str::to_owned),
            lines::target(cell),
            changed,
        ];
        for part in parts.into_iter().flatten() {
            // Each part is on one line.
            let own = part.chars().count();
            if length + 2 + own > look.width {
                writeln!(out, "{}", line.trim_end())?;
                line = "  ".to_owned();
                length = 2;
            }
            line.push_str("  ");
            line.push_str(&part);
            length += 2 + own;
        }
        match length > look.width {
            true => paragraph("    ", line.trim_start(), look.width, out)?,
            false => writeln!(out, "{}", line.trim_end())?,
        }
    }
    by_media(model, look, out)
}

/// The figures of each media type, in columns that fit into the width.
fn by_media(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let table = lines::by_media(model);
    let column = |at: usize| table.iter().filter_map(move |line| line.get(at));
    let width = |at: usize| aligned::width(column(at).map(String::as_str));
    let name = width(0);
    let mut from = 1;
    while column(from).next().is_some() {
        let mut room = look.width.saturating_sub(2 + name);
        let first = from;
        while column(from).next().is_some() && (from == first || room >= 2 + width(from)) {
            room = room.saturating_sub(2 + width(from));
            from += 1;
        }
        for (at, line) in table.iter().enumerate() {
            let mut text = String::from("  ");
            if at == 0 {
                writeln!(out)?;
            }
            if line.iter().take(from).skip(first).all(String::is_empty) {
                continue;
            }
            aligned::left(&mut text, line.first().map_or("", String::as_str), name);
            for (cell, at) in line.iter().zip(0..).take(from).skip(first) {
                text.push_str("  ");
                let mut right = String::new();
                aligned::right(&mut right, cell, width(at));
                let is_target = line.first().is_some_and(|it| it == lines::TARGET);
                let color = match (is_target && look.colors, cell.ends_with("met")) {
                    (true, true) => Some(GREEN),
                    (true, false) if cell.ends_with("missed") => Some(RED),
                    _ => None,
                };
                text.push_str(&color.map_or(right.clone(), |color| format!("{color}{right}{OFF}")));
            }
            writeln!(out, "{}", text.trim_end())?;
        }
    }
    Ok(())
}

/// The heading of a column.
fn heading(measure: &Measure) -> String {
    let label = measure.label();
    let short = SHORT.iter().find(|(name, _)| *name == label);
    short.map_or(label, |(_, short)| (*short).to_owned())
}

/// The measures that fit into a line behind names of this width, with the widths of their columns.
fn columns(
    (table, rows): (RowTable<'_>, &[Row]),
    units: &[&str],
    room: usize,
) -> Vec<(usize, usize)> {
    let heads = table.measures().iter().zip(units);
    let heads = heads.map(|(measure, unit)| heading(measure).chars().count().max(unit.len()));
    let mut widths: Vec<usize> = heads.collect();
    for row in rows {
        let cells = table.measures().iter().zip(units).zip(&row.cells);
        for (width, ((measure, unit), cell)) in widths.iter_mut().zip(cells) {
            *width = (*width).max(lines::value_in(unit, measure, cell).chars().count());
        }
    }
    // The figures that say most come first.
    let mut left = room;
    let mut chosen = Vec::new();
    for (at, width) in widths.into_iter().enumerate() {
        if width + 2 <= left {
            left -= width + 2;
            chosen.push((at, width));
        }
    }
    chosen
}

fn rows(model: &Model, table: RowTable<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if table.measures().is_empty() {
        return Ok(());
    }
    let (short, mut title) = (lines::short(model), lines::heading(table));
    let has_media = || table.query_dimensions().iter().any(|it| it == DIMENSION);
    if model.joins_media(table) && has_media() {
        title.push_str(" (media types joined)");
    }
    let totals = lines::totals(table);
    let sample: Vec<Row> = table.rows().take(SAMPLE).chain(totals.clone()).collect();
    let names = sample.iter();
    let names = names.map(|row| lines::name(model, table, row, Some(short)).chars().count());
    let name = names.chain([title.chars().count()]).max().unwrap_or(0);
    let most = NAME.max(look.width.saturating_sub(50));
    let name = name.min(most).min(look.width / 2);
    let all = lines::units(table, &totals);
    let columns = columns((table, &sample), &all, look.width.saturating_sub(name));
    let mut head = String::new();
    aligned::left(&mut head, &cut(&title, name), name);
    for (at, width) in &columns {
        let measure = table.measures().get(*at).map(heading).unwrap_or_default();
        head.push_str("  ");
        aligned::right(&mut head, &measure, *width);
    }
    writeln!(out, "\n{}", head.trim_end())?;
    let mut units = " ".repeat(name);
    for (at, width) in &columns {
        units.push_str("  ");
        aligned::right(
            &mut units,
            all.get(*at).copied().unwrap_or_default(),
            *width,
        );
    }
    if !units.trim().is_empty() {
        writeln!(out, "{}", units.trim_end())?;
    }
    for row in table.rows().chain(totals) {
        let mut line = String::new();
        aligned::left(
            &mut line,
            &cut(&lines::name(model, table, &row, Some(short)), name),
            name,
        );
        for (at, width) in &columns {
            let (Some(measure), Some(cell)) = (table.measures().get(*at), row.cells.get(*at))
            else {
                continue;
            };
            let mut text = String::new();
            let unit = all.get(*at).copied().unwrap_or_default();
            aligned::right(&mut text, &lines::value_in(unit, measure, cell), *width);
            line.push_str("  ");
            line.push_str(&colored(text, cell, look));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    let is_shown = |at: &usize| columns.iter().any(|(it, _)| it == at);
    let measures = table.measures().iter().enumerate();
    let left = measures.filter(|(at, _)| !is_shown(at));
    let left: Vec<String> = left.map(|(_, it)| it.label()).collect();
    if !left.is_empty() {
        let left = left.join(", ");
        let hint = format!("Not shown: {left} (wider terminal, or -o report.html)");
        paragraph("", &hint, look.width, out)?;
    }
    Ok(())
}

/// Writes the changes, group by group.
fn changes(model: &Model, table: RowTable<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let short = lines::short(model);
    for row in table.rows() {
        let cells = table.measures().iter().zip(&row.cells);
        let rows = cells.filter_map(|(measure, cell)| {
            // The row of the others has none.
            let change = cell.change.as_ref();
            if cell.value.is_none() && change.is_none_or(|it| it.before.is_none()) {
                return None;
            }
            let change = change.map(|it| lines::change(measure, cell, it));
            let [before, absolute, relative, crossed] = change.unwrap_or_default();
            // The value of now on the same days would widen the column.
            let (before, same_days) = match before.split_once(", on ") {
                Some((before, _)) => (before.to_owned(), lines::same_days(measure, cell)),
                None => (before, None),
            };
            let same_days = same_days.map(|now| format!("on the same days {now} now"));
            let crossed = Some(crossed).filter(|it| !it.is_empty());
            let beside: Vec<String> = same_days.into_iter().chain(crossed).collect();
            let beside = beside.join("; ");
            let value = lines::value(measure, cell);
            let label = lines::labelled(measure, std::iter::once(cell));
            Some(([label, value, before, absolute, relative], beside))
        });
        let (figures, beside): (Vec<[String; 5]>, Vec<String>) = rows.unzip();
        if figures.is_empty() {
            continue;
        }
        writeln!(out)?;
        let name = lines::name(model, table, &row, Some(short));
        aligned::names(&name, look.width, out)?;
        let head = ["", "now", "before", "change", "relative"];
        let mut text = Vec::new();
        detail::text::table(Some(&head), &figures, look.width, &mut text)?;
        let text = String::from_utf8_lossy(&text);
        let beside = std::iter::once("").chain(beside.iter().map(String::as_str));
        let beside = beside.chain(std::iter::repeat(""));
        for (line, beside) in text.lines().zip(beside) {
            match line.chars().count() + 2 + beside.chars().count() <= look.width {
                _ if beside.is_empty() => writeln!(out, "{}", line.trim_end())?,
                true => writeln!(out, "{line}  {beside}")?,
                false => {
                    writeln!(out, "{line}")?;
                    paragraph("    ", beside, look.width, out)?;
                }
            }
        }
    }
    Ok(())
}

fn distributions(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    const BAR: usize = 12;
    const LINES: usize = 8;
    for it in &model.distributions {
        let heading = match it.unit_of_times() {
            "" => it.heading(),
            unit => format!("{}, {unit}", it.heading()),
        };
        writeln!(out)?;
        paragraph("", &heading, look.width, out)?;
        let shares: Vec<_> = it.shares.iter().take(LINES).collect();
        let values: Vec<String> = shares.iter().map(|share| it.text(share)).collect();
        let width = aligned::width(values.iter().map(String::as_str));
        // Spaces, the value and the share.
        let room = look.width.saturating_sub(6 + width + 7).min(NAME);
        let names: Vec<String> = shares
            .iter()
            .map(|share| cut(&it.name(share), room))
            .collect();
        let name = aligned::width(names.iter().map(String::as_str));
        for ((share, label), value) in shares.iter().zip(names).zip(values) {
            let mut line = String::from("  ");
            aligned::left(&mut line, &label, name);
            line.push_str("  ");
            aligned::right(&mut line, &value, width);
            let percent = share.percent.and_then(|percent| percent.fixed(1));
            line.push_str("  ");
            aligned::right(&mut line, &percent.unwrap_or_else(|| ABSENT.to_owned()), 5);
            line.push_str(" %");
            if line.chars().count() + BAR + 2 <= look.width {
                let share = share.percent.map_or(0.0, |percent| percent.approximate());
                let bar = (share / 100.0 * BAR as f64).round() as usize;
                line.push_str("  ");
                line.extend(std::iter::repeat_n('█', bar));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        if it.shares.len() > LINES {
            writeln!(out, "  … {} more", it.shares.len() - LINES)?;
        }
    }
    Ok(())
}

/// Metrics that no figure shows.
fn others(model: &Model, look: Look, out: &mut dyn Write) -> io::Result<()> {
    const LINES: usize = 12;
    let others = model.other_metrics();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nOther metrics")?;
    let shown = others.get(..LINES).unwrap_or(&others);
    detail::text::table(Some(&words::OTHER), shown, look.width, out)?;
    if others.len() > shown.len() {
        writeln!(
            out,
            "  … {} more: -o report.html",
            others.len() - shown.len()
        )?;
    }
    Ok(())
}

fn list(title: &str, items: &[String], look: Look, out: &mut dyn Write) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    items
        .iter()
        .try_for_each(|item| paragraph("- ", item, look.width, out))
}
