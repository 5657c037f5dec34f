//! Pass one, joined in the order of the input: documents from their pieces.

use std::borrow::Cow;
use std::sync::Arc;

use crate::check::chains::Collector;
use crate::check::{keys, rules};
use crate::diagnostic::once::Told;
use crate::diagnostic::sink::{Findings, Wanted};
use crate::diagnostic::thin::Kept;
use crate::diagnostic::{Code, Diagnostic, Severity, secret};
use crate::json::{Span, SyntaxError, Tape};
use crate::record::{Element, Reader};
use crate::source::cut::{Form, Part as Cut, Window};
use crate::source::frame::{self, Document, Frame, Opened};
use crate::source::patch::Patch;
use crate::source::{Dialect, fault};
use crate::table::surveyor::Surveyor;

use super::close::{Read, close, first};
use super::piece::{self, Elements, Piece};
use super::reject::{self, Part, Reject, Skips};
use super::{Run, Surveyed, parallel, pieces};

/// How many bytes of elements one task checks.
const PIECE: usize = 256 * 1024;

/// What one part of a window gave.
#[derive(Debug)]
pub enum Outcome {
    /// Documents, and what was found beside them.
    Documents(Vec<Read>, Vec<Diagnostic>, Vec<Reject>),
    /// Elements or buckets of the document that is open.
    Piece(Box<Piece>),
    /// A part that is looked at when its turn has come.
    Later,
}

/// Reads the parts of a window side by side.
pub fn read(run: &Run<'_>, window: &Window) -> Vec<Vec<Outcome>> {
    let read = |part: &Cut| match part {
        Cut::Whole { span, form } => vec![whole(run, window, *span, form)],
        Cut::Elements {
            opened,
            first,
            spans,
        } => {
            let task = |range: std::ops::Range<usize>| {
                let mut piece = piece::elements(
                    run,
                    run.shaping,
                    &Elements {
                        text: &window.text,
                        first: first + range.start,
                        spans: &spans[range],
                        opened,
                    },
                );
                piece.outward(&|span| moved(span, window.base));
                Outcome::Piece(Box::new(piece))
            };
            side_by_side(spans, task)
        }
        Cut::Buckets {
            opened,
            element,
            first,
            spans,
        } => {
            let task = |range: std::ops::Range<usize>| {
                let mut piece = piece::buckets(
                    run,
                    opened,
                    *element,
                    first + range.start,
                    &window.text,
                    &spans[range],
                );
                piece.outward(&|span| moved(span, window.base));
                Outcome::Piece(Box::new(piece))
            };
            side_by_side(spans, task)
        }
        _ => vec![Outcome::Later],
    };
    if let [part] = window.parts.as_slice() {
        return vec![read(part)];
    }
    parallel::map(&window.parts, read)
}

fn side_by_side<T: Send>(
    spans: &[Span],
    task: impl Fn(std::ops::Range<usize>) -> T + Sync + Send,
) -> Vec<T> {
    let ranges = pieces(spans, PIECE);
    parallel::map(&ranges, |range| task(range.clone()))
}

fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start + by, span.end.saturating_add(by))
}

/// Frames and reads whole documents.
fn whole(run: &Run<'_>, window: &Window, span: Span, form: &Form) -> Outcome {
    let text = &window.text[span.start..span.end];
    let base = window.base + span.start;
    let outward = |span: Span| moved(span, base);
    let framed = framed(text, form);
    let mut outcome = documents(run, framed, text, &outward);
    if let (Form::Any, Outcome::Documents(_, _, rejects)) = (form, &mut outcome) {
        // The text at hand may be the beginning of the input only.
        for reject in rejects
            .iter_mut()
            .filter(|it| it.span.end == base + text.len())
        {
            reject.span.end = usize::MAX;
        }
    }
    outcome
}

/// Cuts a text into documents.
pub fn framed(text: &str, form: &Form) -> Frame {
    match form {
        Form::Any => frame::frame(text),
        Form::Lines => frame::lines(text),
        Form::Sequence => frame::sequence(text),
        Form::At(pointer) => frame::at(text, pointer),
    }
}

fn documents(
    run: &Run<'_>,
    framed: Frame,
    text: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
) -> Outcome {
    let mut findings = framed.findings;
    let rest = framed.rest;
    run.levels.apply_from(&mut findings, 0);
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && !text.is_empty())
        .peekable();
    let is_lines = errors.peek().is_some() && frame::is_lines(text);
    let extents = if is_lines {
        frame::extents(text)
    } else {
        Vec::new()
    };
    let rejects = errors
        .map(|finding| unframed(text, finding, is_lines, &extents, rest, outward))
        .collect();
    for finding in &mut findings {
        finding.span = finding.span.map(outward);
    }
    let documents = framed
        .documents
        .iter()
        .map(|document| in_memory(run, document, text, outward))
        .collect();
    Outcome::Documents(documents, findings, rejects)
}

/// Whether what stands around elements makes the document that they were taken out of.
pub fn fits(framed: &Frame, opened: Option<&Opened>) -> bool {
    let (true, [document], Some(opened)) = (
        framed.findings.is_empty(),
        framed.documents.as_slice(),
        opened,
    ) else {
        return false;
    };
    let is = document.opened(opened.dialect);
    document.dialect == Some(opened.dialect)
        && is.single == opened.single
        && is.plain == opened.plain
        && is.pointer == opened.pointer
}

/// What is no document at all: its line or lines where documents follow one another, else all of
/// the text. Secrets in it are not kept.
fn unframed(
    text: &str,
    finding: &Diagnostic,
    is_lines: bool,
    extents: &[Span],
    rest: Option<usize>,
    outward: &dyn Fn(Span) -> Span,
) -> Reject {
    let span = match finding.span {
        Some(span) if finding.code == Code::TrailingData && !is_lines => {
            Span::new(span.start, text.len())
        }
        Some(span) if is_lines => {
            let next = extents.partition_point(|extent| extent.end <= span.start);
            match extents.get(next).filter(|it| it.start <= span.start) {
                Some(extent) => *extent,
                None => {
                    let start = match finding.code {
                        Code::TrailingData => span.start,
                        _ => text[..span.start].rfind('\n').map_or(0, |at| at + 1),
                    };
                    let end = text[span.start..]
                        .find('\n')
                        .map_or(text.len(), |at| span.start + at);
                    Span::new(start, end)
                }
            }
        }
        Some(span) if rest.is_some_and(|rest| rest <= span.start) => {
            Span::new(rest.unwrap_or_default(), text.len())
        }
        _ => Span::new(0, text.len()),
    };
    let shown = secret::hidden(&text[span.start..span.end]);
    let content = match shown {
        Cow::Owned(shown) => Some(shown),
        Cow::Borrowed(_) => None,
    };
    Reject {
        unit: "document",
        pointer: finding.pointer.clone(),
        span: outward(span),
        content,
    }
}

/// Reads a document of which everything is at hand.
fn in_memory(
    run: &Run<'_>,
    document: &Document,
    around: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
) -> Read {
    let text = document.text(around);
    let outward = |span: Span| outward(document.outward_span(span));
    let mut merged = Piece::default();
    if let Some(dialect) = document.dialect {
        let opened = Arc::new(document.opened(dialect));
        let parts = side_by_side(&document.elements, |range| {
            let first = range.start;
            let spans = &document.elements[range];
            let opened = &opened;
            let mut piece = piece::elements(
                run,
                run.shaping,
                &Elements {
                    text,
                    spans,
                    first,
                    opened,
                },
            );
            if document.inner.is_some() {
                for reject in piece.parts.iter_mut().flat_map(|part| &mut part.2) {
                    reject.content = Some(text[reject.span.start..reject.span.end].to_owned());
                }
            }
            piece.outward(&outward);
            piece
        });
        let parts = parts.into_iter();
        parts.for_each(|part| merged.merge(part, run.keep));
    }
    // The first fault of the whole document is the one to name, wherever pieces stumbled.
    let fault = |error: SyntaxError| {
        let error = Tape::read(text, document.outer, 0).err().unwrap_or(error);
        fault::syntax(error, text, document.outer.start, None)
    };
    if merged.broken.is_some()
        && let Err(error) = Tape::read(text, document.outer, 0)
    {
        let mut finding = fault(error);
        finding.span = finding.span.map(outward);
        merged.broken = Some(finding);
    }
    close(run, document, text, merged, &outward, &fault)
}

/// Joins outcomes to what is known of an input.
#[derive(Debug, Default)]
pub struct Fold {
    /// The elements of the document that is open.
    open: Piece,
    /// The buckets of the element that is open.
    element: Piece,
    /// The groups of elements that came in pieces, by element.
    groups: Vec<(usize, String)>,
    /// Whether the last document was broken.
    broken: bool,
    findings: Vec<Diagnostic>,
    /// What the input need not be told again.
    told: Told,
    kept: Kept,
    /// How many findings of each cause are kept.
    keep: usize,
    /// The first dialect, and where the first document of another begins.
    dialect: Option<Dialect>,
    other: Option<(usize, String)>,
}

impl Fold {
    /// Joins what this run finds.
    pub fn new(run: &Run<'_>) -> Self {
        Self {
            keep: run.keep,
            ..Self::default()
        }
    }

    /// Adds the outcomes of a window.
    pub fn take(
        &mut self,
        run: &Run<'_>,
        window: &mut Window,
        outcomes: Vec<Vec<Outcome>>,
        surveyed: &mut Surveyed,
    ) {
        let parts = std::mem::take(&mut window.parts);
        for (part, outcomes) in parts.into_iter().zip(outcomes) {
            for outcome in outcomes {
                match (outcome, &part) {
                    (Outcome::Documents(documents, findings, rejects), _) => {
                        self.broken = findings.iter().any(|it| it.code.id().starts_with('J'));
                        self.add(findings, surveyed);
                        surveyed.rejects.extend(rejects);
                        for document in documents {
                            self.document(document, surveyed);
                        }
                    }
                    (Outcome::Piece(piece), Cut::Buckets { .. }) => {
                        self.element.merge(*piece, self.keep);
                    }
                    (Outcome::Piece(piece), _) => self.open.merge(*piece, self.keep),
                    (Outcome::Later, _) => {}
                }
            }
            match part {
                Cut::EndElement {
                    opened,
                    element,
                    around,
                } => {
                    let span = Span::new(0, around.text().len());
                    self.end_element(run, &opened, element, &around, span);
                }
                Cut::EndDocument {
                    opened,
                    base,
                    around,
                } => self.end_document(run, opened.as_deref(), &base, &around, surveyed),
                Cut::Fault { finding, start } => {
                    // What came before may hold the first fault.
                    let open = std::mem::take(&mut self.open).broken;
                    let element = std::mem::take(&mut self.element).broken;
                    let pointer = finding.pointer.clone();
                    let known = open.into_iter().chain(element);
                    let finding = first(known.chain([finding]));
                    surveyed.rejects.push(Reject {
                        unit: "document",
                        pointer: pointer.clone(),
                        span: Span::new(start, usize::MAX),
                        content: None,
                    });
                    let finding = finding.map(|first| Diagnostic { pointer, ..first });
                    let finding = finding.and_then(|finding| run.levels.apply(finding));
                    self.add(finding.into_iter().collect(), surveyed);
                }
                Cut::Trailing(at) if !self.broken => {
                    let mut finding = frame::trailing(&window.text, at);
                    finding.span = finding.span.map(|span| moved(span, window.base));
                    surveyed.rejects.push(Reject {
                        unit: "document",
                        pointer: String::new(),
                        span: Span::new(window.base + at, usize::MAX),
                        content: None,
                    });
                    self.add(vec![finding], surveyed);
                }
                _ => {}
            }
        }
    }

    /// Ends an element whose buckets came before.
    fn end_element(
        &mut self,
        run: &Run<'_>,
        opened: &Opened,
        element: usize,
        around: &Patch,
        span: Span,
    ) {
        let mut piece = std::mem::take(&mut self.element);
        let read = Tape::read(around.text(), span, opened.depth()).map_err(|error| {
            let mut finding = fault::syntax(error, around.text(), span.start, Some(element));
            finding.span = finding.span.map(|span| around.outward(span));
            finding
        });
        let tape = match (read, piece.broken.take()) {
            (Ok(tape), None) => tape,
            (read, broken) => {
                piece.broken = first(read.err().into_iter().chain(broken));
                self.open.merge(piece, self.keep);
                return;
            }
        };
        let node = tape.root();
        let place = opened.element(element);
        let mut found = Vec::new();
        if run.schema.is_some() {
            keys::duplicates(node, &place, &mut found);
        } else {
            (run.checker).element(opened.dialect, node, &place, &mut found);
        }
        let mut reader = Reader::default();
        reader.fill(opened.dialect, node);
        let read = reader.element(opened.dialect, around.text());
        let mut wanted = Wanted::new(run.levels, run.keep);
        let path = || place.clone();
        let mut out = Findings::new(&mut found, &mut wanted, &path);
        let mut state = rules::State::default();
        (run.checker).rules(read, &reader.interner, &mut state, &mut out);
        wanted.finish(&mut piece.more);
        run.levels.apply_from(&mut found, 0);
        let part = reject::part(&found, &place);
        let skip = match &part {
            Some(Part::Buckets(skip)) => Some(skip),
            _ => None,
        };
        // Where not the buckets are what is long, they are still here.
        piece.rows += read.rows();
        if let Element::Container(view) = read {
            piece.buckets += view.buckets().len() as u64;
            let mut chains = Collector::default();
            chains.add(view, element as u32);
            let mut rest = Piece {
                chains: chains.finish(),
                ..Piece::default()
            };
            rest.dimensions.add(view, element as u32);
            rest.places(&|place| place.span = around.outward(place.span));
            piece.merge(rest, self.keep);
        }
        if matches!(part, Some(Part::Whole)) {
            piece.survey = Default::default();
            piece.chains = Default::default();
            piece.dimensions = Default::default();
            piece.parts.clear();
        } else {
            match read {
                Element::Container(view) if !run.shaping.filter.group(view) => {
                    let left_out = piece.survey.rows + piece.survey.filtered;
                    let seen = std::mem::take(&mut piece.survey.seen);
                    piece.survey = Default::default();
                    piece.survey.filtered = left_out;
                    piece.survey.seen = seen;
                    piece.survey.seen.group(&run.shaping.filter, view);
                }
                Element::Container(view) => {
                    let mut surveyor = Surveyor::default();
                    let (survey, interner) = (&mut piece.survey, &reader.interner);
                    surveyor.observe(survey, run.shaping, view, interner, skip);
                    surveyor.finish(survey, interner);
                }
                Element::Entity(view) => piece.survey.entity(run.shaping, view),
            }
        }
        if let Some(part) = part {
            let mut rejects = piece::rejects(read, &place, &part);
            for reject in &mut rejects {
                reject.span = around.outward(reject.span);
            }
            piece.parts.push((element, part, rejects));
        }
        if let Element::Container(view) = read {
            piece.chains.regroup(view);
        }
        for finding in &mut found {
            finding.span = finding.span.map(|span| around.outward(span));
        }
        found.append(&mut piece.findings);
        piece.findings = found;
        let group = node.get("group").map_or("null", |group| group.raw());
        self.groups.push((element, group.to_owned()));
        self.open.merge(piece, self.keep);
    }

    /// Ends a document whose elements came before.
    fn end_document(
        &mut self,
        run: &Run<'_>,
        opened: Option<&Opened>,
        base: &str,
        around: &Patch,
        surveyed: &mut Surveyed,
    ) {
        let text = around.text();
        let framed = frame::at(text, base);
        let outward = |span: Span| around.outward(span);
        let (true, [document], Some(opened)) =
            (fits(&framed, opened), framed.documents.as_slice(), opened)
        else {
            // It is not what it was taken for: what its elements gave does not count.
            self.open = Piece::default();
            self.element = Piece::default();
            self.groups.clear();
            if opened.is_some() {
                let whole = true;
                let elements = Default::default();
                surveyed.ended(Skips { whole, elements }, None);
            }
            if let Outcome::Documents(documents, findings, rejects) =
                documents(run, framed, text, &outward)
            {
                self.broken = findings.iter().any(|it| it.code.id().starts_with('J'));
                self.add(findings, surveyed);
                surveyed.rejects.extend(rejects);
                for document in documents {
                    self.document(document, surveyed);
                }
            }
            return;
        };
        if opened.single
            && let Some(span) = document.elements.first()
        {
            self.end_element(run, opened, 0, around, *span);
        }
        let piece = std::mem::take(&mut self.open);
        let fault = |error| fault::syntax(error, text, document.outer.start, None);
        let number = surveyed.skips.len();
        for (element, group) in self.groups.drain(..) {
            surveyed.groups.insert((number, element), group);
        }
        let read = close(run, document, text, piece, &outward, &fault);
        self.document(read, surveyed);
    }

    /// Adds a document.
    fn document(&mut self, mut read: Read, surveyed: &mut Surveyed) {
        let number = surveyed.skips.len() as u32;
        read.piece.places(&|place| place.document = number);
        surveyed.documents += 1;
        surveyed.rows += read.piece.rows;
        surveyed.buckets += read.piece.buckets;
        surveyed.survey.merge(read.piece.survey);
        surveyed.rejects.extend(read.rejects);
        if let Some(page) = read.page {
            surveyed.pages.add(page);
        }
        surveyed.chains.merge(read.piece.chains);
        read.piece.dimensions.end_document();
        surveyed.dimensions.merge(read.piece.dimensions);
        self.broken |= read
            .piece
            .findings
            .iter()
            .any(|it| it.code.id().starts_with('J'));
        self.told.keep_first(&mut read.piece.findings, 0);
        self.add(read.piece.findings, surveyed);
        surveyed.more.merge(read.piece.more);
        surveyed.ended(read.skips, read.opened);
        if let Some(dialect) = read.dialect {
            surveyed.dialects.insert(dialect.name());
            if *self.dialect.get_or_insert(dialect) != dialect && self.other.is_none() {
                self.other = Some(read.begin);
            }
        }
    }

    /// Adds findings behind the others.
    fn add(&mut self, findings: Vec<Diagnostic>, surveyed: &mut Surveyed) {
        self.kept
            .extend(&mut self.findings, findings, self.keep, &mut surveyed.more);
    }

    /// Everything that was found.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        if let Some((at, pointer)) = self.other {
            let finding = Diagnostic::new(
                Code::MixedDialects,
                "aggregates and summary documents in one input: they cannot share one table",
            )
            .help("keep the two kinds in two files")
            .at(Span::new(at, at + 1), pointer)
            .label("the first document of the other kind");
            self.findings.push(finding);
        }
        // Every placeholder of a template is a fault, but they have one cause.
        let mut template = false;
        self.findings.retain(|finding| {
            let again = finding.cause == fault::TEMPLATE;
            !(again && std::mem::replace(&mut template, true))
        });
        self.findings
    }
}
