//! A report as Markdown, for a wiki or a job's summary.

use std::io::{self, Write};

use crate::diagnostic::carry::markdown as escaped;

use super::detail::markdown::{entities, table};
use super::lines;
use super::model::Model;
use super::model::rows::RowTable;
use super::words;
use super::{nothing, sparkline};

/// Writes the report as Markdown.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}", escaped(&lines::title(model)))?;
    if model.is_empty() {
        return writeln!(out, "\n{}", nothing(&model.report));
    }
    let [missing, notes] = model.notes_by_place();
    if model.group_count() > 0 {
        writeln!(out, "\n{}", escaped(&lines::covered(model)))?;
        for note in &missing {
            writeln!(out, "\n{}", escaped(note))?;
        }
        if let Some(comparison) = lines::comparison(model) {
            writeln!(out, "\n{}", escaped(&comparison))?;
        }
        totals(model, out)?;
        for table in model.tables() {
            rows(model, table, out)?;
        }
        for it in &model.distributions {
            writeln!(out, "\n## {}", escaped(&it.heading()))?;
            let shares = it.shares.iter().map(|share| {
                let percent = share.percent.and_then(|percent| percent.fixed(1));
                let percent = percent.unwrap_or_default();
                [it.name(share), it.text(share), format!("{percent} %")]
            });
            let shares: Vec<[String; 3]> = shares.collect();
            out.write_all(table(&["Value", &it.amount(), "Share"], &shares).as_bytes())?;
        }
        let others = model.other_metrics();
        if !others.is_empty() {
            writeln!(out, "\n## Other metrics")?;
            out.write_all(table(&words::OTHER, &others).as_bytes())?;
        }
    }
    match model.entities() {
        [] | [_] => entities(model.entities(), out)?,
        all => {
            let mut table = lines::entity_table(all).into_iter();
            writeln!(out, "\n## Summaries")?;
            wide(&table.next().unwrap_or_default(), table, out)?;
        }
    }
    list("Notes", &notes, out)?;
    list("Findings", &lines::findings(model), out)?;
    list("Sources", &lines::sources(model), out)
}

fn totals(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    if model.headline.is_empty() {
        return Ok(());
    }
    let series = model.series.as_ref().filter(|it| it.points.len() > 1);
    writeln!(out, "\n## Totals")?;
    let headline = model
        .headline
        .iter()
        .filter(|(_, cell)| lines::is_of_all(cell));
    let rows = headline.map(|(measure, cell)| {
        let values = series.and_then(|series| Some(series.values(series.place(measure)?)));
        // Plain spaces at the end, or several of them, would not be shown.
        let line = values.map(|values| sparkline::line(&values).replace(' ', "\u{2007}"));
        let label = lines::labelled(measure, std::iter::once(cell));
        let mut row = vec![label, lines::value_or_reason(measure, cell)];
        row.push(lines::target(cell).unwrap_or_default());
        if let Some(change) = &cell.change {
            row.extend(lines::change(measure, cell, change));
        }
        row.push(line.unwrap_or_default());
        row
    });
    let mut head = vec!["Figure", "Value", "Target"];
    if model.is_compared() {
        head.extend(["Before", "Change", "Relative", "Crossed"]);
    }
    let period = series.map_or(String::new(), |series| format!("By {}", series.by()));
    head.push(&period);
    wide(&head, rows, out)?;
    let mut media = lines::by_media(model).into_iter();
    let Some(mut head) = media.next() else {
        return Ok(());
    };
    if let Some(first) = head.first_mut() {
        "Figure".clone_into(first);
    }
    writeln!(out, "\n## By media type")?;
    wide(&head, media, out)
}

fn rows(model: &Model, table: RowTable<'_>, out: &mut dyn Write) -> io::Result<()> {
    if table.measures().is_empty() {
        return Ok(());
    }
    match model.queries().len() {
        0 | 1 => writeln!(out, "\n## Groups")?,
        _ => writeln!(out, "\n## {}", escaped(&lines::query_title(table)))?,
    }
    let mut head = vec![lines::heading(table)];
    let totals = lines::totals(table);
    let units = lines::units(table, &totals);
    for (measure, unit) in table.measures().iter().zip(&units) {
        head.push(match *unit {
            "" => measure.label(),
            unit => format!("{}, {unit}", measure.label()),
        });
        if model.is_compared() {
            head.push("change".to_owned());
        }
    }
    let rows = table.rows().chain(totals).map(|row| {
        let mut line = vec![lines::name(model, table, &row, None)];
        for ((measure, cell), unit) in table.measures().iter().zip(&row.cells).zip(&units) {
            line.push(lines::value_in(unit, measure, cell));
            if model.is_compared() {
                let mut change = lines::change_in_short(measure, cell).unwrap_or_default();
                if let Some(now) = lines::same_days(measure, cell) {
                    change.push_str(&format!(", on the same days {now} now"));
                }
                line.push(change);
            }
        }
        line
    });
    wide(&head, rows, out)
}

/// A table with any number of columns.
fn wide(
    head: &[impl AsRef<str>],
    rows: impl Iterator<Item = Vec<String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cells: Vec<String> = head.iter().map(|cell| escaped(cell.as_ref())).collect();
    writeln!(out, "\n| {} |", cells.join(" | "))?;
    let rules = std::iter::once("---").chain(std::iter::repeat_n("---:", head.len() - 1));
    writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn list(title: &str, items: &[String], out: &mut dyn Write) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {title}\n")?;
    items
        .iter()
        .try_for_each(|item| writeln!(out, "- {}", escaped(item)))
}
