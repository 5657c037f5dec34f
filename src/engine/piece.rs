//! Pass one over some elements of a document: each is checked and surveyed alone.

use std::sync::Arc;

use crate::check::chains::{Chains, Collector, Place};
use crate::check::dimensions::Dimensions;
use crate::check::shape::{Flat, Lexicon};
use crate::diagnostic::once::Told;
use crate::diagnostic::sink::{Sink, Wanted};
use crate::diagnostic::thin::{Kept, More};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::aggregates::Container;
use crate::document::summary::{Entity, Value};
use crate::json::{Node, Span, SyntaxError, Tape};
use crate::source::frame::Opened;
use crate::source::{Dialect, fault};
use crate::table::direct::Surveyor;
use crate::table::{Shaping, Survey};

use super::Run;
use super::reject::{self, Part, Reject};

/// What some elements gave. Offsets are those of the text they were read from.
#[derive(Debug, Default)]
pub struct Piece {
    pub findings: Vec<Diagnostic>,
    /// What need not be told again.
    told: Told,
    /// What was kept of those that others gave.
    kept: Kept,
    /// Those that were counted and not kept.
    pub more: More,
    pub survey: Survey,
    pub chains: Chains,
    pub dimensions: Dimensions,
    pub parts: Vec<(usize, Part, Vec<Reject>)>,
    /// Rows of the long layout, those of bad parts too.
    pub rows: u64,
    /// Buckets, those of bad parts too.
    pub buckets: u64,
    /// The first element that is no JSON.
    pub broken: Option<Diagnostic>,
}

impl Piece {
    /// Puts offsets of the input in place of those of the text.
    pub fn outward(&mut self, outward: &dyn Fn(Span) -> Span) {
        let findings = self.findings.iter_mut().chain(&mut self.broken);
        for finding in findings {
            finding.span = finding.span.map(outward);
        }
        for reject in self.parts.iter_mut().flat_map(|(_, _, rejects)| rejects) {
            reject.span = outward(reject.span);
        }
        self.places(&|place| place.span = outward(place.span));
    }

    /// Changes what is remembered of places.
    pub fn places(&mut self, change: &impl Fn(&mut Place)) {
        self.chains.places(change);
        self.dimensions.places(change);
    }

    /// Keeps so many findings of each cause.
    fn thin(&mut self, keep: usize) {
        if self.findings.len() > keep {
            let all = std::mem::take(&mut self.findings);
            Kept::default().extend(&mut self.findings, all, keep, &mut self.more);
        }
    }

    /// Adds findings behind the others, but for what was reported before.
    fn report(&mut self, mut findings: Vec<Diagnostic>) {
        self.told.keep_first(&mut findings, 0);
        self.findings.extend(findings);
    }

    /// Adds what later elements gave; of each cause, so many findings are kept.
    pub fn merge(&mut self, mut other: Self, keep: usize) {
        if self.broken.is_some() {
            return;
        }
        self.told.keep_first(&mut other.findings, 0);
        self.kept
            .extend(&mut self.findings, other.findings, keep, &mut self.more);
        self.more.merge(other.more);
        self.survey.merge(other.survey);
        self.chains.merge(other.chains);
        self.dimensions.merge(other.dimensions);
        self.parts.extend(other.parts);
        self.rows += other.rows;
        self.buckets += other.buckets;
        self.broken = other.broken;
    }
}

/// Some elements of a document.
#[derive(Debug)]
pub struct Elements<'e> {
    pub text: &'e str,
    pub spans: &'e [Span],
    /// The index of the first.
    pub first: usize,
    pub opened: &'e Arc<Opened>,
}

/// Checks and surveys elements.
pub fn elements(run: &Run<'_>, shaping: &Shaping, elements: &Elements<'_>) -> Piece {
    let mut piece = Piece::default();
    let mut reader = Reader {
        lexicon: Lexicon::remembered(),
        ..Reader::default()
    };
    let (text, opened) = (elements.text, elements.opened);
    let dialect = opened.dialect;
    let own = run.schema.is_some_and(|own| own.is_split(Some(opened)));
    let flat = dialect == Dialect::Aggregates && !run.paranoid && !own;
    let latest = run.checker.latest();
    let mut wanted = Wanted::new(run.levels, run.keep);
    // Where this is an error, each group with it is left out.
    let denied = [Code::UnknownDimension, Code::MultivaluedDimension]
        .into_iter()
        .any(|code| run.levels.is_error(code));
    for (index, &span) in elements.spans.iter().enumerate() {
        let index = elements.first + index;
        let shape = flat && reader.flat.read(text, span, &mut reader.lexicon);
        let notable = shape && reader.flat.is_notable();
        let passed = shape
            && !(notable && denied)
            && (reader.flat).is_passed(text, &mut reader.lexicon, latest, &mut wanted);
        if passed {
            if notable {
                let mut found = Vec::new();
                let place = opened.element(index);
                reader
                    .flat
                    .about_group(text, &mut reader.lexicon, &place, &mut found);
                run.levels.apply_from(&mut found, 0);
                piece.report(found);
            }
            reader.take(&mut piece, shaping, text, index as u32);
            continue;
        }
        let tape = match Tape::read(text, span, opened.depth()) {
            Ok(tape) => tape,
            Err(error) => {
                let error = beyond(error, text, span, opened.depth());
                piece.broken = Some(fault::syntax(error, text, span.start, Some(index)));
                break;
            }
        };
        let node = tape.root();
        let place = opened.element(index);
        let before = piece.findings.len();
        if shape {
            let mut sink = Sink::of(&mut piece.findings, &mut wanted);
            run.checker.of_rules(dialect, node, &place, &mut sink);
        } else if let Some(own) = run.schema {
            run.checker
                .rules(dialect, node, &place, &mut piece.findings);
            own.element(opened, node, &place, &mut piece.findings);
        } else {
            run.checker
                .element(dialect, node, &place, &mut piece.findings);
        }
        run.levels.apply_from(&mut piece.findings, before);
        let part = reject::part(&piece.findings[before..], &place);
        if shape && part.is_none() {
            // Its figures are doubtful, but it was read all the same.
            piece.told.keep_first(&mut piece.findings, before);
            reader.take(&mut piece, shaping, text, index as u32);
            continue;
        }
        piece.rows += rows_of(dialect, node);
        piece.buckets += buckets_of(dialect, node);
        if !matches!(part, Some(Part::Whole)) {
            let skip = match &part {
                Some(Part::Buckets(skip)) => Some(skip),
                _ => None,
            };
            piece.survey.take(shaping, dialect, node, skip);
            if dialect == Dialect::Aggregates {
                let container = Container(node);
                reader.chains.container(container, index as u32);
                piece.dimensions.container(container, index as u32);
            }
        }
        if let Some(part) = part {
            let rejects = rejects(dialect, node, &place, &part);
            piece.parts.push((index, part, rejects));
        }
        piece.told.keep_first(&mut piece.findings, before);
    }
    reader.finish(&mut piece);
    wanted.finish(&mut piece.more);
    piece.thin(run.keep);
    piece
}

/// The fault of an element where the end of its span was taken for the end of the input: it is
/// read once more with what follows.
fn beyond(error: SyntaxError, text: &str, span: Span, depth: usize) -> SyntaxError {
    match Tape::read(text, Span::new(span.start, text.len()), depth) {
        Err(further) if error.span.end >= span.end => further,
        _ => error,
    }
}

/// Text in which buckets are those of an element of their own.
#[derive(Debug)]
pub struct Wrapped {
    pub text: String,
    /// How far the buckets lie behind their place in the window.
    pub shift: isize,
}

impl Wrapped {
    /// Wraps the buckets at `spans` of `text` into a container of this group.
    pub fn new(text: &str, spans: &[Span], group: &str) -> Self {
        let before = format!("{{\"group\":{group},\"data\":[");
        let span = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::new(0, 0),
        };
        Self {
            shift: before.len() as isize - span.start as isize,
            text: format!("{before}{}]}}", &text[span.start..span.end]),
        }
    }

    /// The span in the window of a span of the text.
    pub fn outward(&self, span: Span) -> Span {
        let back = |at: usize| at.saturating_add_signed(-self.shift);
        Span::new(back(span.start), back(span.end))
    }
}

/// Checks and surveys buckets of one element, the first of which has the index `first`. Their
/// group is not looked at: it may be yet to come.
pub fn buckets(
    run: &Run<'_>,
    opened: &Arc<Opened>,
    element: usize,
    first: usize,
    text: &str,
    spans: &[Span],
) -> Piece {
    let wrapped = Wrapped::new(text, spans, "null");
    let mut shaping = run.shaping.clone();
    shaping.filter.dimensions.clear();
    let mut piece = elements(
        run,
        &shaping,
        &Elements {
            text: &wrapped.text,
            spans: &[Span::new(0, wrapped.text.len())],
            first: element,
            opened,
        },
    );
    let place = format!("{}/data/", opened.element(element));
    for finding in &mut piece.findings {
        finding.span = finding.span.map(|span| wrapped.outward(span));
        finding.pointer = moved(&finding.pointer, &place, first);
    }
    for (_, part, rejects) in &mut piece.parts {
        *part = std::mem::replace(part, Part::Whole).shifted(first);
        for reject in rejects {
            reject.span = wrapped.outward(reject.span);
            reject.pointer = moved(&reject.pointer, &place, first);
        }
    }
    if let Some(finding) = &mut piece.broken {
        finding.span = finding.span.map(|span| wrapped.outward(span));
    }
    piece.chains.places(&|place| {
        place.span = wrapped.outward(place.span);
        place.bucket += first as u32;
    });
    piece.dimensions = Dimensions::default();
    piece
}

/// A pointer to a bucket or into one, with the bucket's index counted on from `first`.
fn moved(pointer: &str, place: &str, first: usize) -> String {
    let Some(rest) = pointer.strip_prefix(place) else {
        return pointer.to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (index, rest) = rest.split_at(end);
    match index.parse::<usize>() {
        Ok(index) => format!("{place}{}{rest}", index + first),
        Err(_) => pointer.to_owned(),
    }
}

/// What elements that are plainly clean are read into.
#[derive(Debug, Default)]
struct Reader {
    flat: Flat,
    lexicon: Lexicon,
    surveyor: Surveyor,
    chains: Collector,
}

impl Reader {
    fn take(&mut self, piece: &mut Piece, shaping: &Shaping, text: &str, element: u32) {
        piece.rows += self.flat.rows();
        piece.buckets += self.flat.buckets.len() as u64;
        let survey = &mut piece.survey;
        self.surveyor
            .take(survey, shaping, &self.flat, text, &self.lexicon);
        self.chains.take(&self.flat, text, element);
        piece.dimensions.take(&self.flat, text, element);
    }

    fn finish(self, piece: &mut Piece) {
        self.surveyor.finish(&mut piece.survey, &self.lexicon);
        piece.chains = self.chains.finish();
        self.lexicon.remember();
    }
}

/// The rows of the long layout that an element holds, whatever is asked for.
pub fn rows_of(dialect: Dialect, node: Node<'_>) -> u64 {
    let rows = match dialect {
        Dialect::Aggregates => Container(node)
            .buckets()
            .map(|bucket| bucket.metrics().count() + bucket.views().count())
            .sum(),
        Dialect::Summary => Entity(node).metrics().filter(Value::gives_row).count(),
    };
    rows as u64
}

/// The buckets that an element holds.
pub fn buckets_of(dialect: Dialect, node: Node<'_>) -> u64 {
    match dialect {
        Dialect::Aggregates => Container(node).buckets().count() as u64,
        Dialect::Summary => 0,
    }
}

/// The parts of an element that are left out, as they stand.
pub fn rejects(dialect: Dialect, node: Node<'_>, place: &str, part: &Part) -> Vec<Reject> {
    let reject = |unit, pointer, node: Node<'_>| Reject {
        unit,
        pointer,
        span: node.span(),
        content: None,
    };
    match part {
        Part::Whole => vec![reject(dialect.element(), place.to_owned(), node)],
        Part::Buckets(skip) => Container(node)
            .buckets()
            .enumerate()
            .filter(|(bucket, _)| skip.0.contains(&(*bucket as u32)))
            .map(|(bucket, view)| reject("bucket", format!("{place}/data/{bucket}"), view.0))
            .collect(),
    }
}
