//! The blocks as plain text.

use std::io::{self, Write};

use crate::aggregate::Group;
use crate::report::log_lines::LogLines;
use crate::report::{EntityLine, EntitySummary, Report, aligned, nothing, words};

/// The narrowest column of names, where figures need the room.
const NAME: usize = 16;

/// Writes the report as text that reads on a terminal and in a pipe.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LogLines::new(out);
    blocks(report, width, &mut lines)?;
    lines.finish()
}

fn blocks(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if report.is_empty() {
        return writeln!(out, "{}", nothing(report));
    }
    for (at, it) in report.groups().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        group(it, width, out)?;
    }
    let is_alone = report.groups().next().is_none();
    for (at, it) in report.entities.iter().enumerate() {
        if at > 0 || !is_alone {
            writeln!(out)?;
        }
        entity(it, width, out)?;
    }
    Ok(())
}

fn group(group: Group<'_>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    aligned::names(&words::title(group), width, out)?;
    aligned::paragraph("", &words::covered(group), width, out)?;
    let figures = words::key_figures(group);
    if !figures.is_empty() {
        writeln!(out)?;
        table(None, &figures, width, out)?;
    }
    let others = words::others(group);
    if !others.is_empty() {
        match figures.is_empty() {
            true => writeln!(out)?,
            false => writeln!(out, "\nOther metrics")?,
        }
        table(Some(&words::OTHER), &others, width, out)?;
    }
    Ok(())
}

/// Writes the metrics of an entity.
///
/// # Errors
/// Returns the errors of `out`.
pub fn entity(entity: &EntitySummary, width: usize, out: &mut dyn Write) -> io::Result<()> {
    aligned::names(&entity.title, width, out)?;
    for EntityLine { label, text, .. } in &entity.lines {
        aligned::paragraph("  ", &format!("{label}: {text}"), width, out)?;
    }
    Ok(())
}

/// Writes a table whose figures are aligned to the right. Long names are cut, and the last line names columns
/// that do not fit.
///
/// # Errors
/// Returns the errors of `out`.
pub fn table<const N: usize>(
    head: Option<&[&str; N]>,
    rows: &[[String; N]],
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = head.map(|head| head.map(str::to_owned));
    let lines: Vec<&[String; N]> = head.iter().chain(rows).collect();
    let columns: [usize; N] = std::array::from_fn(|column| {
        aligned::width(lines.iter().map(|line| line[column].as_str()))
    });
    let [name, figures @ ..] = columns.as_slice() else {
        return Ok(());
    };
    let mut room = width.saturating_sub(2 + (*name).min(NAME));
    let fitting = figures.iter().take_while(|figure| {
        let fits = **figure + 2 <= room;
        room = room.saturating_sub(**figure + 2);
        fits
    });
    // The first figure is always there.
    let shown = fitting.count().max(1);
    let figures: usize = figures.iter().take(shown).map(|it| it + 2).sum();
    let most = width.saturating_sub(2 + figures).max(NAME);
    let name = (*name).min(most);
    for line in lines {
        let mut text = String::from("  ");
        for (at, (cell, column)) in line.iter().zip(columns).enumerate().take(shown + 1) {
            match at {
                0 => aligned::left(&mut text, &aligned::cut(cell, most), name),
                _ => {
                    text.push_str("  ");
                    aligned::right(&mut text, cell, column);
                }
            }
        }
        // A value can have a reason behind it.
        match text.chars().count() <= width {
            true => writeln!(out, "{text}")?,
            false => aligned::paragraph("  ", text.trim_start(), width, out)?,
        }
    }
    let heads = head.iter().flatten().skip(shown + 1);
    let left: Vec<&str> = heads.map(String::as_str).collect();
    match left.is_empty() {
        true => Ok(()),
        false => {
            let hint = format!("Not shown: {} (wider terminal)", left.join(", "));
            aligned::paragraph("  ", &hint, width, out)
        }
    }
}
