//! Pass one: every input read, checked and surveyed.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::overlap::{self, Names, Stretch};
use crate::check::{keys, schema};
use crate::diagnostic::{Code, Diagnostic, Located, Severity};
use crate::document::aggregates::Container;
use crate::document::summary::{Entity, Value};
use crate::json::{Span, SyntaxError, Tape, pointer};
use crate::source::discover::Found;
use crate::source::fault;
use crate::source::frame::{self, Document};
use crate::source::open::{self, Stamp, Text};
use crate::source::{Dialect, Input};
use crate::table::Survey;

use super::locate;
use super::reject::{self, Part, Reject, Skips};
use super::{Run, pieces};

/// How many bytes of elements one task checks.
const PIECE: usize = 256 * 1024;

/// What pass one learned of one input.
#[derive(Debug)]
pub struct Surveyed {
    pub found: Found,
    pub name: Arc<str>,
    pub findings: Vec<Located>,
    pub survey: Survey,
    pub documents: u64,
    /// Rows of the long layout, those of bad parts too.
    pub rows: u64,
    pub bytes: u64,
    pub dialects: BTreeSet<&'static str>,
    /// What is left out, document by document.
    pub skips: Vec<Skips>,
    pub rejects: Vec<Reject>,
    /// For the search for overlaps.
    pub stretches: Vec<Stretch>,
    pub names: Names,
    /// Whether the input could be read at all.
    pub readable: bool,
    /// The text of an input that cannot be read twice.
    pub kept: Option<Arc<Text>>,
    pub stamp: Option<Stamp>,
}

/// Surveys the inputs side by side, in their order.
pub fn survey_all(run: &Run<'_>, inputs: Vec<Found>) -> Vec<Surveyed> {
    inputs
        .into_par_iter()
        .map(|found| survey_input(run, found))
        .collect()
}

fn survey_input(run: &Run<'_>, found: Found) -> Surveyed {
    let name: Arc<str> = found.input.name().into();
    let mut surveyed = Surveyed {
        name: Arc::clone(&name),
        findings: Vec::new(),
        survey: Survey::default(),
        documents: 0,
        rows: 0,
        bytes: 0,
        dialects: BTreeSet::new(),
        skips: Vec::new(),
        rejects: Vec::new(),
        stretches: Vec::new(),
        names: Names::new(),
        readable: true,
        kept: None,
        stamp: Stamp::of(&found.input),
        found,
    };
    // One input that trips a bug must not take the others with it.
    let fenced = catch_unwind(AssertUnwindSafe(|| read(run, &mut surveyed)));
    if fenced.is_err() {
        let finding = Diagnostic::new(
            Code::Unreadable,
            "gcagg failed on this input: this is a bug",
        )
        .help("please report it, with the file if you can share it");
        surveyed.findings.push(Located {
            diagnostic: finding,
            file: name,
            place: None,
            excerpt: None,
        });
        surveyed.readable = false;
    }
    surveyed
}

fn read(run: &Run<'_>, surveyed: &mut Surveyed) {
    let text = match open::open(&surveyed.found.input) {
        Ok(text) => text,
        Err(error) => {
            surveyed.readable = !matches!(error, open::OpenError::Io { .. });
            if let open::OpenError::BadText { content, .. } = &error {
                surveyed.rejects.push(whole(content));
            }
            if let open::OpenError::CutCompressed { content, .. } = &error {
                surveyed
                    .rejects
                    .push(whole(&String::from_utf8_lossy(content)));
            }
            surveyed
                .findings
                .push(locate::unopened(error, &surveyed.name));
            return;
        }
    };
    surveyed.bytes = text.bytes;
    let content = text.content();
    let framed = frame::frame(content);
    let mut findings = framed.findings;
    run.levels.apply_from(&mut findings, 0);
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && !content.is_empty());
    surveyed
        .rejects
        .extend(errors.map(|finding| unframed(content, finding)));
    surveyed.documents = framed.documents.len() as u64;
    for (index, document) in framed.documents.iter().enumerate() {
        let before = findings.len();
        survey_document(run, document, index, content, surveyed, &mut findings);
        for finding in &mut findings[before..] {
            let inward = std::mem::replace(finding, Diagnostic::new(Code::NoData, ""));
            *finding = document.outward(inward);
        }
    }
    if surveyed.dialects.len() > 1 {
        findings.push(mixed(&framed.documents));
    }
    surveyed.findings = locate::locate(&text, &surveyed.name, findings);
    // What cannot be opened a second time is kept until the rows are written.
    if surveyed.found.input == Input::Stdin || surveyed.stamp.is_none() {
        surveyed.kept = Some(Arc::new(text));
    }
}

fn whole(content: &str) -> Reject {
    Reject {
        unit: "document",
        pointer: String::new(),
        span: Span::new(0, content.len()),
        content: content.to_owned(),
    }
}

/// What is no document at all: its line where lines are documents, else the whole text.
fn unframed(content: &str, finding: &Diagnostic) -> Reject {
    let lines = content.lines().filter(|line| !line.trim().is_empty());
    let is_lines = lines
        .take(2)
        .filter(|line| line.starts_with(['{', '[']) && line.len() > 1)
        .count()
        == 2;
    let span = match finding.span {
        Some(span) if is_lines => {
            let start = content[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let end = content[span.start..]
                .find('\n')
                .map_or(content.len(), |at| span.start + at);
            Span::new(start, end)
        }
        _ => Span::new(0, content.len()),
    };
    Reject {
        unit: "document",
        pointer: finding.pointer.clone(),
        span,
        content: content[span.start..span.end].to_owned(),
    }
}

/// A document that is left out as it stands.
fn rejected(document: &Document, text: &str) -> Reject {
    Reject {
        unit: "document",
        pointer: document.outer_pointer.clone(),
        span: document.outward_span(document.outer),
        content: text[document.outer.start..document.outer.end].to_owned(),
    }
}

fn mixed(documents: &[Document]) -> Diagnostic {
    let first = documents.iter().find_map(|document| document.dialect);
    let other = documents
        .iter()
        .find(|document| document.dialect.is_some() && document.dialect != first);
    let finding = Diagnostic::new(
        Code::MixedDialects,
        "aggregates and summary documents in one input: they make no common table",
    )
    .help("keep the two kinds in two files");
    match other {
        Some(document) => finding
            .at(
                Span::new(document.outer.start, document.outer.start + 1),
                document.outer_pointer.clone(),
            )
            .label("the first document of the other kind"),
        None => finding,
    }
}

/// What one piece of a document's elements gave.
#[derive(Default)]
struct Piece {
    findings: Vec<Diagnostic>,
    survey: Survey,
    stretches: Vec<Stretch>,
    names: Names,
    parts: Vec<(usize, Part, Vec<Reject>)>,
    rows: u64,
    broken: bool,
}

fn survey_document(
    run: &Run<'_>,
    document: &Document,
    index: usize,
    content: &str,
    surveyed: &mut Surveyed,
    findings: &mut Vec<Diagnostic>,
) {
    let text = document.text(content);
    let mut found = Vec::new();
    let mut skips = Skips::default();
    let fault = around(run, document, text, &mut found).err();
    run.levels.apply_from(&mut found, 0);
    let pieces: Vec<Piece> = if fault.is_some() {
        Vec::new()
    } else {
        pieces(&document.elements, PIECE)
            .into_par_iter()
            .map(|range| survey_piece(run, document, index, text, range))
            .collect()
    };
    if fault.is_some() || pieces.iter().any(|piece| piece.broken) {
        // The first fault of the whole document is the one to name, wherever pieces stumbled.
        if let Some(error) = Tape::read(text, document.outer, 0).err().or(fault) {
            let mut finding = fault::syntax(error, text, document.outer.start);
            finding.pointer.clone_from(&document.outer_pointer);
            findings.push(finding);
        }
        skips.whole = true;
        surveyed.rejects.push(rejected(document, text));
        surveyed.skips.push(skips);
        return;
    }
    if let Some(dialect) = document.dialect {
        surveyed.dialects.insert(dialect.name());
    }
    let around_bad = found
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if around_bad {
        skips.whole = true;
        surveyed.rejects.push(rejected(document, text));
    }
    let mut rows = 0;
    for piece in pieces {
        found.extend(piece.findings);
        rows += piece.rows;
        surveyed.stretches.extend(piece.stretches);
        surveyed.names.extend(piece.names);
        if !skips.whole {
            surveyed.survey.merge(piece.survey);
        }
        for (element, part, rejects) in piece.parts {
            skips.elements.insert(element, part);
            if !skips.whole {
                surveyed.rejects.extend(rejects);
            }
        }
    }
    surveyed.rows += rows;
    let errors = found
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if rows == 0 && !errors {
        found.extend(run.levels.apply(no_data(document)));
    }
    findings.append(&mut found);
    surveyed.skips.push(skips);
}

fn no_data(document: &Document) -> Diagnostic {
    let message = if document.elements.is_empty() {
        "the document has no rows: the query matched nothing"
    } else {
        "the document has groups, but none of them holds data"
    };
    Diagnostic::new(Code::NoData, message)
        .at(
            Span::new(document.outer.start, document.outer.start + 1),
            format!("{}{}", document.outer_pointer, document.inside),
        )
        .cause(message)
        .label("no rows in here")
        .help("check the date range and the filter of the query")
}

/// Checks everything of a document but its elements.
fn around(
    run: &Run<'_>,
    document: &Document,
    text: &str,
    out: &mut Vec<Diagnostic>,
) -> Result<(), SyntaxError> {
    let single = document.array.is_none() && !document.elements.is_empty();
    let opaque = document.array.filter(|_| run.schema.is_none());
    let tape = Tape::read_around(text, document.outer, 0, opaque)?;
    if let Some(validator) = run.schema {
        schema::check(validator, tape.root(), &document.outer_pointer, out);
    }
    if single {
        return Ok(());
    }
    keys_outside(document, &tape, out);
    if document.whole
        && let Some(root) = pointer::find(tape.root(), &document.inside)
    {
        let path = format!("{}{}", document.outer_pointer, document.inside);
        if run.schema.is_some() {
            if document.inside.is_empty() {
                keys::duplicates_shallow(root, &path, out);
            }
        } else {
            run.checker.around(document.dialect, root, &path, out);
        }
    }
    Ok(())
}

/// Duplicate keys of an envelope, which no schema describes.
fn keys_outside(document: &Document, tape: &Tape<'_>, out: &mut Vec<Diagnostic>) {
    if !document.inside.is_empty() {
        keys::duplicates_shallow(tape.root(), &document.outer_pointer, out);
    }
}

fn survey_piece(
    run: &Run<'_>,
    document: &Document,
    index: usize,
    text: &str,
    range: std::ops::Range<usize>,
) -> Piece {
    let mut piece = Piece::default();
    let Some(dialect) = document.dialect else {
        return piece;
    };
    let depth = document.depth();
    for element in range {
        let Ok(tape) = Tape::read(text, document.elements[element], depth) else {
            piece.broken = true;
            return piece;
        };
        let node = tape.root();
        let place = document.pointer(element);
        let before = piece.findings.len();
        if run.schema.is_some() {
            run.checker
                .rules(dialect, node, &place, &mut piece.findings);
        } else {
            run.checker
                .element(dialect, node, &place, &mut piece.findings);
        }
        run.levels.apply_from(&mut piece.findings, before);
        let part = reject::part(&piece.findings[before..], &place);
        let whole = matches!(part, Some(Part::Whole));
        piece.rows += rows_of(dialect, node);
        if !whole {
            let skip = match &part {
                Some(Part::Buckets(skip)) => Some(skip),
                _ => None,
            };
            piece.survey.take(run.shaping, dialect, node, skip);
            if dialect == Dialect::Aggregates {
                overlap::stretches(
                    Container(node),
                    index as u32,
                    element as u32,
                    &mut piece.names,
                    &mut piece.stretches,
                );
            }
        }
        if let Some(part) = part {
            let rejects = rejects(document, node, &place, &part);
            piece.parts.push((element, part, rejects));
        }
    }
    piece
}

/// The rows of the long layout that an element holds, whatever is asked for.
fn rows_of(dialect: Dialect, node: crate::json::Node<'_>) -> u64 {
    let rows = match dialect {
        Dialect::Aggregates => Container(node)
            .buckets()
            .map(|bucket| bucket.metrics().count() + bucket.views().count())
            .sum(),
        Dialect::Summary => Entity(node).metrics().filter(Value::has_value).count(),
    };
    rows as u64
}

fn rejects(
    document: &Document,
    node: crate::json::Node<'_>,
    place: &str,
    part: &Part,
) -> Vec<Reject> {
    let reject = |unit, pointer, node: crate::json::Node<'_>| Reject {
        unit,
        pointer,
        span: document.outward_span(node.span()),
        content: node.raw().to_owned(),
    };
    match part {
        Part::Whole => {
            let unit = document.dialect.map_or("document", Dialect::element);
            vec![reject(unit, place.to_owned(), node)]
        }
        Part::Buckets(skip) => Container(node)
            .buckets()
            .enumerate()
            .filter(|(bucket, _)| skip.0.contains(&(*bucket as u32)))
            .map(|(bucket, view)| reject("bucket", format!("{place}/data/{bucket}"), view.0))
            .collect(),
    }
}
