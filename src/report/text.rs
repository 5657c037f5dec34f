//! A report as plain text.

use comfy_table::{CellAlignment, Table, presets};

use super::{NOTHING, Report, words};

/// The report as text that reads on a terminal and in a pipe.
pub fn text(report: &Report) -> String {
    if report.is_empty() {
        return format!("{NOTHING}\n");
    }
    let mut parts = Vec::new();
    for group in &report.groups {
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
        parts.push(part);
    }
    for entity in &report.entities {
        let mut part = format!("{}\n", entity.title);
        for (name, value) in &entity.lines {
            part.push_str(&format!("  {name}: {value}\n"));
        }
        parts.push(part);
    }
    parts.join("\n")
}

fn table<const N: usize>(head: Option<&[&str; N]>, rows: &[[String; N]]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(head) = head {
        table.set_header(head.iter().copied());
    }
    for row in rows {
        table.add_row(row.iter());
    }
    for index in 1..N {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table
        .to_string()
        .lines()
        .map(|line| format!(" {}\n", line.trim_end()))
        .collect();
    lines.concat()
}
