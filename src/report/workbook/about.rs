//! The sheet about the report: period, notes, findings, formulas and sources.

use rust_xlsxwriter::XlsxError;

use crate::diagnostic::Severity;
use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::about::Source;

use super::sheet::{ReportBook, ReportSheet};
use super::style::RowStyle;
use super::value::Value;

/// The most findings of the sheet, and the first sources.
const FINDINGS: usize = 1000;
const SOURCES: usize = 10_000;

/// The widths of the columns, in characters.
const WIDTHS: [u16; 4] = [48, 70, 12, 50];
/// The most lines of a cell.
const MOST_LINES: usize = 20;

/// The parts of the handle time with their formulas.
const PARTS: [(&str, &str); 4] = [
    ("AHT: talk", "tTalkComplete.sum / tHandle.count"),
    ("AHT: hold", "tHeldComplete.sum / tHandle.count"),
    ("AHT: wrap-up", "tAcw.sum / tHandle.count"),
    ("AHT: other", "the rest of AHT: dialing and contacting, say"),
];

struct Section<'s, 'b> {
    sheet: &'s mut ReportSheet<'b>,
    row: u32,
}

impl Section<'_, '_> {
    fn start(&mut self, heads: &[&str]) -> Result<(), XlsxError> {
        self.row += 1;
        for (column, head) in (0..).zip(heads) {
            self.sheet.head(self.row, column, head)?;
        }
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, values: &[Value], style: RowStyle) -> Result<(), XlsxError> {
        let mut lines = 1;
        for ((column, value), width) in (0..).zip(values).zip(WIDTHS) {
            let format = self.sheet.styles.of(value, style).set_text_wrap();
            self.sheet.put(self.row, column, value, &format)?;
            if let Value::Text(text) = value {
                lines = lines.max(text.chars().count().div_ceil(usize::from(width)));
            }
        }
        let height = lines.min(MOST_LINES) as f64 * 13.5;
        self.sheet.sheet.set_row_height(self.row, height)?;
        self.row += 1;
        Ok(())
    }
}

pub fn write(book: &mut ReportBook<'_>) -> Result<(), XlsxError> {
    let model = book.model;
    let mut sheet = book.sheet("About", "About", false)?;
    let mut section = Section {
        sheet: &mut sheet,
        row: 1,
    };
    section.start(&["Report", "Value"])?;
    let facts = [
        ("Title", lines::title(model)),
        ("Period", lines::period(model)),
        ("Content", lines::content(model)),
        ("Time zone", model.wanted.zone.name().to_owned()),
        (
            "Clock change",
            lines::clock_changes(model).unwrap_or_default(),
        ),
        ("Comparison", lines::comparison(model).unwrap_or_default()),
        ("Written", lines::written(model)),
        ("Filters", model.about.filters.clone()),
        ("Written by", format!("gcagg {}", env!("CARGO_PKG_VERSION"))),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        section.line(&[Value::text(*name), Value::text(value)], RowStyle::Body)?;
    }
    if !model.notes.is_empty() {
        section.start(&["Notes", ""])?;
        for (number, note) in (1..).zip(&model.notes) {
            let line = [Value::Text(format!("Note {number}")), Value::text(note)];
            section.line(&line, RowStyle::Body)?;
        }
    }
    if !model.about.findings.is_empty() {
        section.start(&["Finding", "Message", "Number", "First places"])?;
        for it in model.about.findings.iter().take(FINDINGS) {
            let line = [
                Value::Text(format!("{} {} {}", it.severity.word(), it.code, it.name)),
                Value::text(&it.message),
                Value::Count(it.count as f64),
                Value::Text(it.places.join(", ")),
            ];
            section.line(&line, RowStyle::Body)?;
        }
    }
    section.start(&["Figure", "Formula"])?;
    for measure in &model.measures {
        let line = [Value::Text(measure.label()), Value::Text(measure.formula())];
        section.line(&line, RowStyle::Body)?;
    }
    if model.parts.is_some() {
        for (name, formula) in PARTS {
            section.line(&[Value::text(name), Value::text(formula)], RowStyle::Body)?;
        }
    }
    section.start(&["Source", "Note", "Documents", "Rows"])?;
    for source in model.about.sources.iter().take(SOURCES) {
        let (note, style) = match left_out(model, source) {
            Some(why) if source.is_compared => {
                (format!("earlier period, {why}"), RowStyle::Missing)
            }
            None if source.is_compared => ("earlier period".to_owned(), RowStyle::Body),
            Some(why) => (why, RowStyle::Missing),
            None => (String::new(), RowStyle::Body),
        };
        let line = [
            Value::text(&source.name),
            Value::text(note),
            Value::Count(source.documents as f64),
            Value::Count(source.rows as f64),
        ];
        section.line(&line, style)?;
    }
    let more = model.about.sources.len().saturating_sub(SOURCES);
    if more > 0 {
        let line = [Value::Text(format!("and {more} more sources"))];
        section.line(&line, RowStyle::Body)?;
    }
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.sheet.set_column_width(column, width)?;
    }
    Ok(())
}

/// The note of a source of which something is left out.
fn left_out(model: &Model, source: &Source) -> Option<String> {
    if source.bad_parts == 0 {
        return None;
    }
    let is_own = |place: &String| {
        let rest = place.strip_prefix(&*source.name);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    let findings = match source.is_compared {
        true => &model.about.compared_findings,
        false => &model.about.findings,
    };
    let mut errors = findings.iter();
    let error = errors.find(|it| it.severity == Severity::Error && it.places.iter().any(is_own));
    let why = error.map(|it| it.message.as_str());
    match (source.rows, why) {
        (0, None) => Some("left out".to_owned()),
        (0, Some(why)) => Some(format!("left out: {why}")),
        (_, None) => Some("a part is left out".to_owned()),
        (_, Some(why)) => Some(format!("a part is left out: {why}")),
    }
}
