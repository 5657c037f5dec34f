//! A report as Markdown, for a wiki or a job's summary.

use super::{Report, nothing, words};

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("# Report\n");
    if report.is_empty() {
        out.push_str(&format!("\n{}\n", nothing(report)));
        return out;
    }
    for group in &report.groups {
        out.push_str(&format!(
            "\n## {}\n\n{}\n",
            escaped(&words::title(group)),
            escaped(&words::covered(group))
        ));
        let figures = words::key_figures(group);
        if !figures.is_empty() {
            out.push_str(&table(&["Figure", "Value"], &figures));
        }
        let others = words::others(group);
        if !others.is_empty() {
            out.push_str(&table(&words::OTHER, &others));
        }
    }
    for entity in &report.entities {
        out.push_str(&format!("\n## {}\n", escaped(&entity.title)));
        let rows: Vec<[String; 2]> = entity
            .lines
            .iter()
            .map(|(name, value)| [name.clone(), value.clone()])
            .collect();
        out.push_str(&table(&["Metric", "Value"], &rows));
    }
    out
}

fn table<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
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

/// Text that Markdown would take for markup, kept as text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\' | '#') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}
