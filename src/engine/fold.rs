//! Pass one, joined in the order of the input: documents from their pieces.

use crate::check::chains::Collector;
use crate::check::{keys, rules};
use crate::diagnostic::once::Told;
use crate::diagnostic::sink::{Findings, Wanted};
use crate::diagnostic::thin::Kept;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Span, Tape};
use crate::record::{Element, Reader};
use crate::source::condense::Gaps;
use crate::source::cut::{Part as Cut, Window};
use crate::source::frame::{self, Opened};
use crate::source::patch::Patch;
use crate::source::{Dialect, fault};
use crate::table::Survey;
use crate::table::surveyor::Surveyor;

use super::close::{Read, close, first};
use super::findings::FindingList;
use super::parts::{Outcome, documents, fits, moved};
use super::piece::Piece;
use super::reject::{self, Part, Reject, Skips};
use super::{Run, Surveyed};

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
    findings: FindingList,
    /// What the input need not be told again.
    told: Told,
    /// Whether a placeholder of a template was found: all of them have one cause.
    template: bool,
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

    /// What the elements of the document that is open hold.
    pub fn open_survey(self) -> Survey {
        let mut survey = self.open.survey;
        survey.merge(self.element.survey);
        survey
    }

    /// Adds the outcomes of a window.
    pub fn take(
        &mut self,
        run: &Run<'_>,
        window: &mut Window,
        outcomes: Vec<Vec<Outcome>>,
        gaps: &Gaps,
        surveyed: &mut Surveyed,
    ) {
        let parts = std::mem::take(&mut window.parts);
        for (part, mut outcomes) in parts.into_iter().zip(outcomes) {
            for outcome in &mut outcomes {
                outcome.take_made(&mut surveyed.made);
            }
            for outcome in outcomes {
                match (outcome, &part) {
                    (Outcome::Documents(documents, findings, rejects), _) => {
                        self.broken = findings.iter().any(|it| it.code.id().starts_with('J'));
                        self.add(findings.into(), surveyed);
                        surveyed.rejects.extend(rejects);
                        for document in documents {
                            self.document(document, surveyed);
                            self.spill(gaps, surveyed);
                        }
                    }
                    (Outcome::Piece(piece), Cut::Buckets { .. }) => {
                        self.element.merge(*piece, self.keep);
                    }
                    (Outcome::Piece(piece), _) => self.open.merge(*piece, self.keep),
                    (Outcome::Later, _) => {}
                }
                self.spill(gaps, surveyed);
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
                    self.add(finding.into(), surveyed);
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
                    self.add(vec![finding].into(), surveyed);
                }
                _ => {}
            }
        }
        if !run.rejects {
            surveyed.rejects.clear();
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
            piece.left_out.clear();
            piece.rejects.clear();
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
            let before = piece.rejects.len();
            piece.leave_out(run, read, element, &place, &part);
            for reject in &mut piece.rejects[before..] {
                reject.span = around.outward(reject.span);
            }
        }
        if let Element::Container(view) = read {
            piece.chains.regroup(view);
        }
        for finding in &mut found {
            finding.span = finding.span.map(|span| around.outward(span));
        }
        let behind = std::mem::replace(&mut piece.findings, found.into());
        piece.findings.append(behind);
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
            if run.early.is_some() {
                surveyed.made.push(None);
            }
            self.open = Piece::default();
            self.element = Piece::default();
            self.groups.clear();
            if opened.is_some() {
                let whole = true;
                let parts = Default::default();
                surveyed.ended(Skips { whole, parts }, None);
            }
            if let Outcome::Documents(documents, findings, rejects) =
                documents(run, framed, text, &outward)
            {
                self.broken = findings.iter().any(|it| it.code.id().starts_with('J'));
                self.add(findings.into(), surveyed);
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
        let findings = &mut read.piece.findings;
        self.broken |= findings.any(|code, _| code.id().starts_with('J'));
        // Those that are packed are looked at when they are read again.
        self.told.keep_first(&mut findings.recent, 0);
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
    fn add(&mut self, findings: FindingList, surveyed: &mut Surveyed) {
        let mut fresh = self.findings.append_before(findings);
        fresh.retain(|finding| {
            let again = finding.code == Code::JsonSyntax && finding.cause == fault::TEMPLATE;
            !(again && std::mem::replace(&mut self.template, true))
        });
        let (findings, more) = (&mut self.findings.recent, &mut surveyed.more);
        self.kept.extend(findings, fresh, self.keep, more);
    }

    /// Packs findings where they are many. Where only a few of each cause are kept they have to be
    /// at hand, to be counted.
    fn spill(&mut self, gaps: &Gaps, surveyed: &Surveyed) {
        if self.keep < usize::MAX {
            return;
        }
        for findings in [
            &mut self.findings,
            &mut self.open.findings,
            &mut self.element.findings,
        ] {
            findings.spill(&surveyed.store, &|span| gaps.outward(span));
        }
    }

    /// Everything that was found.
    pub fn finish(mut self) -> FindingList {
        if let Some((at, pointer)) = self.other {
            let finding = Diagnostic::new(
                Code::MixedDialects,
                "aggregates and summary documents in one input: they cannot share one table",
            )
            .help("keep the two kinds in two files")
            .at(Span::new(at, at + 1), pointer)
            .label("the first document of the other kind");
            self.findings.recent.push(finding);
        }
        self.findings
    }
}
