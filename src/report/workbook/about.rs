//! The sheet about the report: period, notes, findings, formulas and sources.

use rust_xlsxwriter::XlsxError;

use crate::report::lines;

use super::sheet::{ReportBook, ReportSheet};
use super::style::RowStyle;
use super::value::Value;

/// The most findings of the sheet, and the first sources.
const FINDINGS: usize = 1000;
const SOURCES: usize = 10_000;

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

    fn line(&mut self, values: &[Value]) -> Result<(), XlsxError> {
        for (column, value) in (0..).zip(values) {
            let format = self.sheet.styles.of(value, RowStyle::Body).set_text_wrap();
            self.sheet.put(self.row, column, value, &format)?;
        }
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
        ("Written", lines::written(model)),
        ("Filters", model.about.filters.clone()),
        ("Written by", format!("gcagg {}", env!("CARGO_PKG_VERSION"))),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        section.line(&[Value::text(*name), Value::text(value)])?;
    }
    if !model.notes.is_empty() {
        section.start(&["Note"])?;
        for note in &model.notes {
            section.line(&[Value::Empty, Value::text(note)])?;
        }
    }
    if !model.about.findings.is_empty() {
        section.start(&["Finding", "Message", "Number", "First places"])?;
        for it in model.about.findings.iter().take(FINDINGS) {
            section.line(&[
                Value::Text(format!("{} {} {}", it.severity.word(), it.code, it.name)),
                Value::text(&it.message),
                Value::Count(it.count as f64),
                Value::Text(it.places.join(", ")),
            ])?;
        }
    }
    section.start(&["Figure", "Formula"])?;
    for measure in &model.measures {
        section.line(&[Value::Text(measure.label()), Value::Text(measure.formula())])?;
    }
    if model.parts.is_some() {
        for (name, formula) in PARTS {
            section.line(&[Value::text(name), Value::text(formula)])?;
        }
    }
    section.start(&["Source", "Compared", "Documents", "Rows"])?;
    for source in model.about.sources.iter().take(SOURCES) {
        let compared = match source.is_compared {
            true => "earlier period",
            false => "",
        };
        section.line(&[
            Value::text(&source.name),
            Value::text(compared),
            Value::Count(source.documents as f64),
            Value::Count(source.rows as f64),
        ])?;
    }
    let more = model.about.sources.len().saturating_sub(SOURCES);
    if more > 0 {
        section.line(&[Value::Text(format!("and {more} more sources"))])?;
    }
    sheet.sheet.set_column_width(0, 34)?;
    sheet.sheet.set_column_width(1, 70)?;
    sheet.sheet.set_column_width(2, 12)?;
    sheet.sheet.set_column_width(3, 50)?;
    Ok(())
}
