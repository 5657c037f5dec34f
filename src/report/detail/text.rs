//! The blocks as plain text.

use std::io::{self, Write};

use crate::aggregate::Group;
use crate::report::log_lines::LogLines;

use crate::report::{EntityLine, EntitySummary, Report, aligned, nothing, words};

/// Writes the report as text that reads on a terminal and in a pipe.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LogLines::new(out);
    blocks(report, &mut lines)?;
    lines.finish()
}

fn blocks(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.is_empty() {
        return writeln!(out, "{}", nothing(report));
    }
    let parts = report.groups().map(group);
    for (index, part) in parts.chain(report.entities.iter().map(entity)).enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

fn group(group: Group<'_>) -> String {
    let mut part = format!("{}\n{}\n", words::title(group), words::covered(group));
    let figures = words::key_figures(group);
    if !figures.is_empty() {
        part.push('\n');
        part.push_str(&table(None, &figures));
    }
    let others = words::others(group);
    if !others.is_empty() {
        part.push_str(if figures.is_empty() {
            "\n"
        } else {
            "\nOther metrics\n"
        });
        part.push_str(&table(Some(&words::OTHER), &others));
    }
    part
}

pub fn entity(entity: &EntitySummary) -> String {
    let mut part = format!("{}\n", entity.title);
    for EntityLine { label, text, .. } in &entity.lines {
        part.push_str(&format!("  {label}: {text}\n"));
    }
    part
}

/// A table whose figures are aligned to the right.
pub fn table<const N: usize>(head: Option<&[&str; N]>, rows: &[[String; N]]) -> String {
    let head = head.map(|head| head.map(str::to_owned));
    let lines: Vec<&[String; N]> = head.iter().chain(rows).collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        aligned::width(lines.iter().map(|line| line[column].as_str()))
    });
    let mut out = String::new();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            out.push_str("  ");
            if column == 0 {
                aligned::left(&mut out, cell, width);
            } else {
                aligned::right(&mut out, cell, width);
            }
        }
        out.push('\n');
    }
    out
}
