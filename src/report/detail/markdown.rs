//! The blocks as Markdown.

use std::io::{self, Write};

use crate::diagnostic::carry::markdown as escaped;
use crate::report::{EntitySummary, Report, nothing, words};

/// Writes the report as Markdown.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Report")?;
    if report.is_empty() {
        return writeln!(out, "\n{}", nothing(report));
    }
    for group in report.groups() {
        let (title, covered) = (words::title(group), words::covered(group));
        writeln!(out, "\n## {}\n\n{}", escaped(&title), escaped(&covered))?;
        let figures = words::key_figures(group);
        if !figures.is_empty() {
            out.write_all(table(&["Figure", "Value"], &figures).as_bytes())?;
        }
        let others = words::others(group);
        if !others.is_empty() {
            out.write_all(table(&words::OTHER, &others).as_bytes())?;
        }
    }
    entities(&report.entities, out)
}

/// Writes a section per entity of the summary dialect.
///
/// # Errors
/// Returns the errors of `out`.
pub fn entities<'e>(
    entities: impl IntoIterator<Item = &'e EntitySummary>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for entity in entities {
        writeln!(out, "\n## {}", escaped(&entity.title))?;
        let lines = entity.lines.iter();
        let rows: Vec<[String; 2]> = lines
            .map(|line| [line.label.clone(), line.text.clone()])
            .collect();
        out.write_all(table(&["Metric", "Value"], &rows).as_bytes())?;
    }
    Ok(())
}

pub fn table<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut out = String::from("\n");
    out.push_str(&line(&head.map(str::to_owned)));
    let mut rule = vec!["---".to_owned()];
    rule.extend(std::iter::repeat_n("---:".to_owned(), N - 1));
    out.push_str(&line(&rule));
    for row in rows {
        out.push_str(&line(&row.each_ref().map(|cell| escaped(cell))));
    }
    out
}
