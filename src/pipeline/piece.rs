//! Pass one over some elements of a document: each is checked and surveyed alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::chains::{ChainCollector, Chains};
use crate::check::dimensions::GroupDimensions;
use crate::check::place::BucketPlace;
use crate::check::{self, keys, rules};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::sink::{FindingLimit, Findings};
use crate::diagnostic::store::FindingStore;
use crate::input::fault;
use crate::input::frame::Opened;
use crate::input::identify::DialectVotes;
use crate::json::{Path, Span, SyntaxError, Tape, text};
use crate::record::{Element, RecordReader};
use crate::table::Survey;
use crate::table::fit;
use crate::table::parts::NameTraitsTable;
use crate::table::surveyor::Surveyor;

use super::Run;
use super::early::Made;
use super::facts::{BucketPosition, Reject, WHOLE, bad_buckets};

/// Number of bytes behind a value that are enough for a message about it.
const AROUND: usize = 64;

/// The results of some elements. Offsets are those of the text they were read from.
#[derive(Debug, Default)]
pub struct Piece {
    pub findings: FindingStore,
    /// Findings in arrays beside the elements; they count where the arrays are part of a response.
    pub beside: Vec<Diagnostic>,
    pub survey: Survey,
    pub chains: Chains,
    pub dimensions: GroupDimensions,
    /// The positions of bad buckets and elements.
    pub bad: Vec<BucketPosition>,
    pub rejects: Vec<Reject>,
    /// Number of elements.
    pub elements: usize,
    /// Rows of the long layout, those of bad parts too.
    pub rows: u64,
    /// Buckets, those of bad parts too.
    pub buckets: u64,
    /// The first element that is no JSON.
    pub broken: Option<Diagnostic>,
    /// True if the elements are those of another response.
    pub votes: DialectVotes,
    /// Rows or figures that were made during the check, in order.
    pub made: Vec<Made>,
}

impl Piece {
    /// Replaces offsets of the text by offsets of the input.
    pub fn translate(&mut self, outward: &dyn Fn(Span) -> Span) {
        self.findings.spans(outward);
        for finding in self.beside.iter_mut().chain(&mut self.broken) {
            finding.span = finding.span.map(outward);
        }
        for reject in &mut self.rejects {
            reject.span = outward(reject.span);
        }
        self.places(&|place| place.span = outward(place.span));
    }

    /// Changes the remembered places.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        self.chains.places(change);
        self.dimensions.places(change);
    }

    /// Leaves out the bad buckets of an element.
    pub(super) fn leave_out(
        &mut self,
        run: &Run<'_>,
        opened: &Opened,
        element: Element<'_>,
        index: usize,
        bad: &BTreeSet<u32>,
    ) {
        self.bad
            .extend(bad.iter().map(|bucket| (index as u32, *bucket)));
        if run.rejects {
            let place = |below| opened.at(index, below);
            self.rejects.extend(rejects(element, &place, bad));
        }
    }

    /// Adds what later elements gave; there is room for so many findings.
    pub fn merge(&mut self, mut other: Self, room: usize) {
        self.made.append(&mut other.made);
        if self.broken.is_some() {
            return;
        }
        self.findings.append(other.findings, room);
        self.beside.append(&mut other.beside);
        self.survey.merge(other.survey);
        self.chains.merge(other.chains);
        self.dimensions.merge(other.dimensions);
        self.bad.extend(other.bad);
        self.rejects.extend(other.rejects);
        self.elements += other.elements;
        self.rows += other.rows;
        self.buckets += other.buckets;
        self.broken = other.broken;
        self.votes.merge(&other.votes);
    }
}

/// Checks and surveys elements of a document: these spans of a text, the first of which has this
/// index.
pub fn elements(
    run: &Run<'_>,
    (text, spans): (&str, &[Span]),
    first: usize,
    opened: &Arc<Opened>,
) -> Piece {
    let spec = &run.spec;
    let mut piece = Piece::default();
    let mut reader = RecordReader::kept();
    let mut surveyor = Surveyor::default();
    let mut chains = ChainCollector::new(run.spec.filter.zone);
    let mut state = rules::RuleMemory::default();
    let mut names = NameTraitsTable::default();
    let mut limit = FindingLimit::new(&run.levels, run.room > 0);
    let mut found = Vec::new();
    let dialect = opened.dialect;
    let own = run.schema.as_ref().filter(|own| own.is_split(Some(opened)));
    let direct = !run.paranoid && own.is_none();
    let mut early = run.early.and_then(|early| early.begin(dialect));
    for (index, &span) in (first..).zip(spans) {
        piece.elements += 1;
        piece.votes.observe(dialect, text, span);
        let path = || opened.element(index);
        let direct = direct && reader.read(dialect, text, span);
        if !direct {
            let tape = match Tape::read(text, span, opened.depth()) {
                Ok(tape) => tape,
                Err(error) => {
                    let error = of_element(error, text, span);
                    piece.broken = Some(fault::syntax(error, text, span.start, Some(index)));
                    break;
                }
            };
            let (node, out) = (tape.root(), &mut found);
            if let Some(own) = &run.schema {
                keys::duplicates(node, &path(), out);
                own.element(opened, node, &path(), out);
            } else {
                check::element(dialect, node, &path(), out);
            }
            reader.fill(dialect, node);
        }
        let below = |path| opened.at(index, path);
        let mut out = Findings::new(&mut found, &mut limit, &below);
        let element = reader.element(dialect, text);
        rules::element(element, &reader.interner, run.latest, &mut state, &mut out);
        fit::check(&mut names, spec, element, &reader.interner, &mut out);
        let mut bad = BTreeSet::new();
        if !found.is_empty() {
            run.levels.apply_all(&mut found);
            bad = bad_buckets(&found, opened);
            piece.findings.extend(found.drain(..), run.room);
        }
        piece.rows += element.rows();
        if let Element::Container(view) = element {
            piece.buckets += view.buckets().len() as u64;
        }
        match &mut early {
            Some(work) if bad.is_empty() => work.add(element, &reader.interner),
            _ => early = None,
        }
        if !bad.is_empty() {
            if let Element::Container(view) = element {
                chains.note(view);
            }
            piece.leave_out(run, opened, element, index, &bad);
            if bad.contains(&WHOLE) {
                continue;
            }
            reader
                .container
                .retain(|it| !bad.contains(&it), |_, _| true);
        }
        match reader.element(dialect, text) {
            Element::Container(view) => {
                chains.add(view, &reader.interner, index as u32);
                piece.dimensions.add(view, index as u32);
                surveyor.observe(&mut piece.survey, spec, view, &reader.interner);
            }
            Element::Entity(view) => surveyor.entity(&mut piece.survey, spec, view),
        }
    }
    if run.early.is_some() {
        let is_whole = piece.broken.is_none();
        let work = early.filter(|_| is_whole);
        piece.made = vec![work.and_then(|work| work.finish())];
    }
    surveyor.finish(&mut piece.survey, &reader.interner);
    piece.chains = chains.finish(&reader.interner);
    reader.keep();
    limit.finish(&mut piece.findings);
    piece
}

/// Reads values of an array that is none of ours, which lie `depth` deep. `place` is the path to
/// the array, and the index of the first.
pub fn values(text: &str, spans: &[Span], depth: usize, place: (&Path, usize)) -> Piece {
    let mut piece = Piece::default();
    for (index, span) in (place.1..).zip(spans) {
        match Tape::read(text, *span, depth) {
            Ok(tape) => {
                let path = place.0.clone().index(index);
                keys::duplicates(tape.root(), &path, &mut piece.beside);
            }
            Err(error) => {
                let error = of_element(error, text, *span);
                piece.broken = Some(fault::syntax(error, text, span.start, None));
                break;
            }
        }
    }
    piece
}

/// The fault of the element at `span`. Text that is no container is read again as an element of an
/// array: it ends where the scan says only if it is JSON.
fn of_element(error: SyntaxError, text: &str, span: Span) -> SyntaxError {
    if matches!(text.as_bytes()[span.start], b'{' | b'[') {
        return error;
    }
    let end = text::boundary(text, span.end + AROUND);
    let array = format!("[{}", &text[span.start..end]);
    match Tape::read_prefix(&array, 0) {
        Ok(_) => error,
        Err(error) => SyntaxError {
            span: Span::new(
                error.span.start + span.start - 1,
                error.span.end + span.start - 1,
            ),
            ..error
        },
    }
}

/// The parts of an element that are left out, as they are in the text.
fn rejects(element: Element<'_>, place: &dyn Fn(Path) -> Path, bad: &BTreeSet<u32>) -> Vec<Reject> {
    let reject = |unit, path, span| Reject {
        unit,
        path,
        span,
        content: None,
    };
    match element {
        Element::Container(view) if !bad.contains(&WHOLE) => view
            .buckets()
            .iter()
            .filter(|bucket| bad.contains(&bucket.index))
            .map(|bucket| {
                let path = place(Path::bucket(bucket.index as usize));
                reject("bucket", path, view.bucket_span(bucket))
            })
            .collect(),
        Element::Container(view) => {
            vec![reject("container", place(Path::default()), view.span())]
        }
        Element::Entity(view) => vec![reject("entity", place(Path::default()), view.span())],
    }
}
