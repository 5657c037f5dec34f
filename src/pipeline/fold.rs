//! Pass one, joined in the order of the input: documents from their pieces.

use crate::diagnostic::causes::Cause;
use crate::diagnostic::store::{FindingCount, FindingStore};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::input::cut::{Part as Cut, Window};
use crate::input::frame::{self, Opened, Unread};
use crate::input::patch::Patch;
use crate::input::{fault, wrong};
use crate::json::{Path, Span, Tape};
use crate::model::Dialect;
use crate::table::Survey;

use super::close::{Read, close, first};
use super::facts::{DocumentFacts, Reject};
use super::parts::{self, Item};
use super::piece::Piece;
use super::{Run, Surveyed};
use crate::check::shapes::DocumentRole;

/// Joins outcomes to what is known of an input.
#[derive(Debug, Default)]
pub struct Fold {
    /// The elements of the document that is open.
    open: Piece,
    /// True if the last document was broken.
    broken: bool,
    findings: FindingStore,
    /// Number of findings that there is room for.
    room: usize,
    /// The first dialect, and where the first document of another begins.
    dialect: Option<Dialect>,
    other: Option<(usize, Path)>,
}

impl Fold {
    /// Joins what this run finds.
    pub fn new(run: &Run<'_>) -> Self {
        Self {
            room: run.room,
            ..Self::default()
        }
    }

    /// The contents of the elements of the open document.
    pub fn open_survey(self) -> Survey {
        self.open.survey
    }

    /// Adds the outcomes of a window.
    pub fn take(
        &mut self,
        run: &Run<'_>,
        window: &mut Window,
        outcomes: Vec<Vec<Item>>,
        surveyed: &mut Surveyed,
    ) {
        let parts = std::mem::take(&mut window.parts);
        for (part, mut items) in parts.into_iter().zip(outcomes) {
            surveyed.made.extend(items.iter_mut().flat_map(Item::made));
            self.items(run, items, surveyed);
            match part {
                Cut::Nothing { blank } => {
                    let finding = Some(wrong::nothing(!blank));
                    self.add_rest(run, finding, 0, surveyed);
                }
                Cut::EndDocument {
                    opened,
                    base,
                    around,
                } => {
                    let opened = opened.as_deref();
                    self.end_document(run, opened, &base, &around, surveyed);
                }
                Cut::Fault { finding, start } => {
                    none_of_it(run, surveyed);
                    // The text before it may have the first fault.
                    let finding = self.drop_open(Some(finding));
                    self.add_rest(run, finding, start, surveyed);
                    self.broken = true;
                }
                Cut::Trailing(at) => {
                    let finding = (!self.broken).then(|| {
                        let finding = fault::trailing(&window.text, at);
                        let span = finding.span.map(|span| parts::moved(span, window.base));
                        Diagnostic { span, ..finding }
                    });
                    self.add_rest(run, finding, window.base + at, surveyed);
                }
                Cut::EndUnread(end) => {
                    if let Some(reject) = surveyed.rejects.last_mut() {
                        reject.span.end = end;
                    }
                }
                _ => {}
            }
        }
        if !run.rejects {
            surveyed.rejects.clear();
        }
    }

    /// Adds documents and what is none.
    fn items(&mut self, run: &Run<'_>, items: Vec<Item>, surveyed: &mut Surveyed) {
        for item in items {
            match item {
                Item::Read(read) => self.document(*read, surveyed),
                Item::Unread(unread) => self.add_unread(run, *unread, surveyed),
                Item::Piece(piece) => self.open.merge(*piece, self.room),
            }
        }
    }

    /// Adds bytes that have no document.
    fn add_unread(&mut self, run: &Run<'_>, unread: Unread, surveyed: &mut Surveyed) {
        let is_silent = unread.finding.is_none();
        let finding = unread.finding.and_then(|it| run.levels.apply(it));
        let is_error = |it: &Diagnostic| it.severity == Severity::Error;
        if is_silent || finding.as_ref().is_some_and(is_error) {
            let path = finding.as_ref().map(|it| it.path.clone());
            let reject = Reject::document(path.unwrap_or_default(), unread.span);
            surveyed.rejects.push(reject);
        }
        self.broken = unread.broken;
        self.add_one(finding);
    }

    /// Adds what is not read from `start` on.
    fn add_rest(
        &mut self,
        run: &Run<'_>,
        finding: Option<Diagnostic>,
        start: usize,
        surveyed: &mut Surveyed,
    ) {
        let path = finding.as_ref().map(|finding| finding.path.clone());
        let span = Span::new(start, usize::MAX);
        let reject = Reject::document(path.unwrap_or_default(), span);
        surveyed.rejects.push(reject);
        let finding = finding.and_then(|finding| run.levels.apply(finding));
        self.add_one(finding);
    }

    /// Drops what the open document gave so far, which does not count, but for its first fault: that
    /// of these, with the path to the document.
    fn drop_open(&mut self, finding: Option<Diagnostic>) -> Option<Diagnostic> {
        let open = std::mem::take(&mut self.open).broken;
        let path = finding.as_ref().map(|it| it.path.clone());
        first(open.into_iter().chain(finding)).map(|first| Diagnostic {
            path: path.unwrap_or_default(),
            ..first
        })
    }

    /// Ends a document whose elements came before.
    fn end_document(
        &mut self,
        run: &Run<'_>,
        opened: Option<&Opened>,
        base: &Path,
        around: &Patch,
        surveyed: &mut Surveyed,
    ) {
        let text = around.text();
        let framed = frame::around(text, base, opened);
        let outward = |span: Span| around.outward(span);
        let document = opened.and_then(|opened| framed.taken_for(opened));
        let (Some(document), Some(opened)) = (document, opened) else {
            // It is not what it was taken for: what its elements gave does not count.
            if opened.is_some() {
                none_of_it(run, surveyed);
            }
            let beside = std::mem::take(&mut self.open.beside);
            let mut items = parts::items(run, framed, text, &outward, &beside);
            if let Some(fault) = self.drop_open(None) {
                let unread = broken(fault, text, base, &outward);
                items = vec![Item::Unread(Box::new(unread))];
            }
            return self.items(run, items, surveyed);
        };
        let piece = std::mem::take(&mut self.open);
        let fault = |error| fault::syntax(error, text, document.outer.start, None);
        // A summary says of itself what it is; a list of entities does not.
        let is_told = document.whole || opened.dialect == Dialect::Aggregates;
        let verdict = piece.votes.verdict().filter(|_| is_told);
        let read = close(run, document, text, piece, &outward, &fault);
        match verdict.filter(|_| !read.broken) {
            None => self.document(read, surveyed),
            Some(verdict) => {
                none_of_it(run, surveyed);
                let path = base.clone().join(&document.inside);
                let single = document.elements.first().copied();
                let at = document.array.or(single).unwrap_or(document.outer);
                let mut unread = Unread {
                    span: document.outer,
                    finding: Some(wrong::elements(verdict, at, &path)),
                    broken: false,
                };
                unread.translate(&outward);
                self.add_unread(run, unread, surveyed);
            }
        }
    }

    /// Adds a document.
    fn document(&mut self, mut read: Read, surveyed: &mut Surveyed) {
        let number = surveyed.facts.len() as u32;
        read.piece.places(&|place| place.document = number);
        let has_cursor = read.page.as_ref().is_some_and(|it| it.cursor.is_some());
        let topic = read.topic.as_deref();
        let role = DocumentRole::of(read.opened.as_ref(), &read.begin.1, topic, has_cursor);
        if let Some(page) = read.page {
            let dimensions = read.piece.dimensions.names();
            let has_groups = read.piece.elements > 0;
            surveyed.pages.add(page, has_groups.then_some(dimensions));
        }
        match read.facts.is_bad || read.piece.elements == 0 {
            true => surveyed.shapes.add_empty(role),
            false => {
                let piece = &read.piece;
                let covered = (piece.buckets, &piece.chains.coverage());
                surveyed.shapes.add(&piece.dimensions, covered, role);
            }
        }
        surveyed.documents += u64::from(!read.broken);
        surveyed.rows += read.piece.rows;
        surveyed.buckets += read.piece.buckets;
        surveyed.survey.merge(read.piece.survey);
        surveyed.rejects.extend(read.rejects);
        surveyed.chains.merge(read.piece.chains);
        read.piece.dimensions.end_document();
        surveyed.dimensions.merge(read.piece.dimensions);
        self.broken = read.broken;
        self.add(read.piece.findings);
        surveyed.ended(read.facts, read.opened);
        if let Some(dialect) = read.dialect {
            surveyed.dialects.insert(dialect);
            if *self.dialect.get_or_insert(dialect) != dialect && self.other.is_none() {
                self.other = Some(read.begin);
            }
        }
    }

    /// Adds findings behind the others. All placeholders of a template have one cause, which is
    /// reported once.
    fn add(&mut self, mut findings: FindingStore) {
        let is_template = |cause: &Cause<FindingCount>| {
            cause.code == Code::JsonSyntax && &*cause.text == fault::TEMPLATE
        };
        if self.findings.causes().any(is_template) {
            findings.remove(is_template);
        }
        self.findings.append(findings, self.room);
    }

    fn add_one(&mut self, finding: Option<Diagnostic>) {
        let mut findings = FindingStore::default();
        findings.extend(finding, self.room);
        self.add(findings);
    }

    /// All findings.
    pub fn finish(mut self) -> FindingStore {
        if let Some((at, path)) = self.other {
            let finding = Diagnostic::new(
                Code::MixedDialects,
                "aggregates and summary documents in one input: they cannot share one table",
            )
            .help("write the two kinds to two files")
            .at(Span::new(at, at + 1), path)
            .label("the first document of the other kind");
            self.findings.push(finding, self.room);
        }
        self.findings
    }
}

/// Leaves out all of a document whose elements came before, and the rows that were made of them.
fn none_of_it(run: &Run<'_>, surveyed: &mut Surveyed) {
    let facts = DocumentFacts {
        is_bad: true,
        ..DocumentFacts::default()
    };
    surveyed.shapes.add_empty(DocumentRole::Response);
    surveyed.ended(facts, None);
    if run.early.is_some() {
        surveyed.made.push(None);
    }
}

/// A document whose elements are broken.
fn broken(fault: Diagnostic, text: &str, base: &Path, outward: &dyn Fn(Span) -> Span) -> Unread {
    let span = Span::new(0, text.len());
    let around = Tape::read(text, span, 0).err().map(|error| {
        let finding = fault::syntax(error, text, 0, None);
        let span = finding.span.map(outward);
        Diagnostic { span, ..finding }
    });
    let finding = first([fault].into_iter().chain(around)).map(|first| Diagnostic {
        path: base.clone(),
        ..first
    });
    Unread {
        span: outward(span),
        finding,
        broken: true,
    }
}
