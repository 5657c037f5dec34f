//! The end of a document: checks of everything but its elements, and the decision about its findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::check::pages::JobPage;
use crate::check::presences::{self, PresenceMap};
use crate::check::{self, keys};
use crate::diagnostic::store::FindingStore;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::input::frame::{Document, Opened};
use crate::json::{Node, Path, Span, SyntaxError, Tape};
use crate::model::Dialect;

use super::Run;
use super::facts::{DocumentFacts, Reject};
use super::piece::Piece;

/// One document, read whole.
#[derive(Debug, Default)]
pub struct Read {
    pub dialect: Option<Dialect>,
    /// As its elements need to know it.
    pub opened: Option<Opened>,
    /// Its beginning and its path.
    pub begin: (usize, Path),
    pub piece: Piece,
    pub facts: DocumentFacts,
    pub rejects: Vec<Reject>,
    pub page: Option<JobPage>,
    /// The topic of a notification.
    pub topic: Option<String>,
    /// True if its text is no JSON.
    pub broken: bool,
}

/// Ends a document after its elements: checks the text around them.
pub fn close(
    run: &Run<'_>,
    document: &Document,
    text: &str,
    mut piece: Piece,
    outward: &dyn Fn(Span) -> Span,
    fault: &dyn Fn(SyntaxError) -> Diagnostic,
) -> Read {
    let mut read = Read {
        dialect: document.dialect,
        opened: document.dialect.map(|dialect| document.opened(dialect)),
        begin: (outward(document.outer).start, document.outer_path.clone()),
        ..Read::default()
    };
    let inside = document.inner.is_some();
    let reject = Reject {
        content: inside.then(|| text[document.outer.start..document.outer.end].to_owned()),
        ..Reject::document(document.outer_path.clone(), outward(document.outer))
    };
    let mut found = Vec::new();
    let fault = match around(run, document, text, &mut found) {
        Ok((page, topic)) => {
            read.topic = topic;
            read.page = page.map(|mut page| {
                let presences = page.presences.values_mut().flat_map(BTreeMap::values_mut);
                let places = presences.chain(&mut page.cursor);
                places.for_each(|(span, _)| *span = outward(*span));
                page
            });
            None
        }
        Err(error) => {
            let mut finding = fault(error);
            finding.span = finding.span.map(outward);
            Some(finding)
        }
    };
    let faults = fault.into_iter().chain(piece.broken.take());
    if let Some(mut finding) = first(faults) {
        finding.path.clone_from(&document.outer_path);
        read.piece.findings.push(finding, run.room);
        read.facts.is_bad = true;
        read.rejects.push(reject);
        read.broken = document.inner.is_none();
        read.dialect = None;
        // A broken document counts as no page.
        read.page = None;
        return read;
    }
    for finding in &mut found {
        finding.span = finding.span.map(outward);
    }
    let root = document.path();
    let counts = document.whole && document.inner.is_none();
    let beside = std::mem::take(&mut piece.beside).into_iter();
    found.extend(beside.filter(|it| counts && it.path.is_inside(&root)));
    found.sort_by_key(|finding| finding.span.map(|span| span.start));
    run.levels.apply_all(&mut found);
    if found
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        read.facts.is_bad = true;
        read.rejects.push(reject);
        piece.survey = Default::default();
    }
    let mut findings = FindingStore::default();
    findings.extend(found, run.room);
    findings.append(std::mem::take(&mut piece.findings), run.room);
    read.facts.bad.extend(piece.bad.drain(..));
    if !read.facts.is_bad {
        read.rejects.append(&mut piece.rejects);
    }
    if piece.rows == 0 && !findings.has_errors() {
        let mut finding = no_data(document, piece.elements == 0);
        finding.span = finding.span.map(outward);
        findings.extend(run.levels.apply(finding), run.room);
    }
    piece.findings = findings;
    read.piece = piece;
    read
}

/// Of several faults of a document, the one to name: all that follows it may come from it.
pub fn first(faults: impl Iterator<Item = Diagnostic>) -> Option<Diagnostic> {
    faults.min_by_key(|fault| fault.span.map(|span| span.start))
}

fn no_data(document: &Document, is_empty: bool) -> Diagnostic {
    let message = match is_empty {
        true => "the document has no rows: the query matched nothing",
        false => "the document has groups without data",
    };
    Diagnostic::new(Code::NoData, message)
        .at(
            Span::new(document.outer.start, document.outer.start + 1),
            document.path(),
        )
        .cause(message)
        .label("no rows")
        .help("check the interval and the filter of the query")
}

/// Checks everything of a document but its elements. Returns the page that it is, and its topic.
fn around(
    run: &Run<'_>,
    document: &Document,
    text: &str,
    out: &mut Vec<Diagnostic>,
) -> Result<(Option<JobPage>, Option<String>), SyntaxError> {
    let single = document.array.is_none() && !document.elements.is_empty();
    let opened = document.dialect.map(|dialect| document.opened(dialect));
    let opaque = document.array.filter(|_| {
        run.schema
            .as_ref()
            .is_none_or(|own| own.is_split(opened.as_ref()))
    });
    let tape = Tape::read_around(text, document.outer, 0, opaque)?;
    if let Some(own) = &run.schema {
        own.around(opened.as_ref(), tape.root(), &document.outer_path, out);
    }
    if single {
        return Ok((None, topic(document, &tape)));
    }
    let mut page = None;
    keys_outside(document, &tape, out);
    if document.whole
        && let Some(root) = tape.root().find(&document.inside)
    {
        let path = document.path();
        if document.dialect == Some(Dialect::Aggregates) {
            page = Some(page_of(root, &path));
        }
        if run.schema.is_some() {
            if document.inside.is_empty() {
                keys::duplicates_shallow(root, &path, out);
            }
        } else {
            check::around(document.dialect, root, &path, out);
        }
    }
    Ok((page, None))
}

/// The topic beside the element of a notification.
fn topic(document: &Document, tape: &Tape<'_>) -> Option<String> {
    let envelope = document.inside.parent()?;
    let (_, topic) = tape.root().find(&envelope)?.member("topicName")?;
    topic.string().map(Cow::into_owned)
}

fn page_of(root: Node<'_>, path: &Path) -> JobPage {
    let cursor = root
        .member("cursor")
        .filter(|(_, cursor)| cursor.string().is_some_and(|text| !text.is_empty()));
    let mappings = root.member("systemToOrganizationMappings");
    JobPage {
        cursor: cursor.map(|(key, cursor)| {
            let key = key.string().unwrap_or_default();
            (cursor.span(), path.clone().key(key.into_owned()))
        }),
        presences: mappings.map_or_else(PresenceMap::default, |(key, mappings)| {
            let key = key.string().unwrap_or_default();
            presences::read(mappings, &path.clone().key(key.into_owned()))
        }),
    }
}

/// Duplicate keys of an envelope, which no schema describes.
fn keys_outside(document: &Document, tape: &Tape<'_>, out: &mut Vec<Diagnostic>) {
    if !document.inside.is_empty() {
        keys::duplicates_shallow(tape.root(), &document.outer_path, out);
    }
}
