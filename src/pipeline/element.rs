//! The end of an element whose buckets came before: what stands around them.

use crate::check::chains::ChainCollector;
use crate::check::{keys, rules};
use crate::diagnostic::sink::{FindingLimit, Findings};
use crate::diagnostic::store::FindingStore;
use crate::input::fault;
use crate::input::frame::Opened;
use crate::input::identify::DialectVotes;
use crate::input::patch::Patch;
use crate::json::{Span, Tape};
use crate::record::{Element, RecordReader};
use crate::table::fit::FitChecker;
use crate::table::surveyor::Surveyor;

use super::Run;
use super::close::first;
use super::facts::BadPart;
use super::piece::Piece;

/// Ends the element with this index, which is at `span` of what stands around its buckets; `piece`
/// is what these gave. Returns all that the element gives, and its group as JSON.
pub fn close(
    run: &Run<'_>,
    opened: &Opened,
    element: usize,
    around: &Patch,
    span: Span,
    mut piece: Piece,
) -> (Piece, Option<String>) {
    let read = Tape::read(around.text(), span, opened.depth()).map_err(|error| {
        let mut finding = fault::syntax(error, around.text(), span.start, Some(element));
        finding.span = finding.span.map(|span| around.outward(span));
        finding
    });
    let tape = match (read, piece.broken.take()) {
        (Ok(tape), None) => tape,
        (read, broken) => {
            piece.broken = first(read.err().into_iter().chain(broken));
            return (piece, None);
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
    let mut reader = RecordReader::default();
    reader.fill(opened.dialect, node);
    let read = reader.element(opened.dialect, around.text());
    let mut limit = FindingLimit::new(&run.levels, run.room > 0);
    let below = |path| opened.at(element, path);
    let mut out = Findings::new(&mut found, &mut limit, &below);
    let mut state = rules::RuleMemory::default();
    (run.checker).rules(read, &reader.interner, &mut state, &mut out);
    FitChecker::default().check(&run.spec, read, &reader.interner, &mut out);
    run.levels.apply_all(&mut found);
    let part = BadPart::of(&found, opened);
    // Where not the buckets are what is long, they are still here.
    piece.rows += read.rows();
    if let Element::Container(view) = read {
        piece.buckets += view.buckets().len() as u64;
        let mut chains = ChainCollector::new(run.spec.filter.zone);
        chains.add(view, &reader.interner, element as u32);
        let mut rest = Piece {
            chains: chains.finish(&reader.interner),
            ..Piece::default()
        };
        rest.dimensions.add(view, element as u32);
        rest.places(&|place| place.span = around.outward(place.span));
        piece.merge(rest, run.room);
    }
    let is_bad = part == Some(BadPart::Element);
    if is_bad {
        piece.survey = Default::default();
        piece.chains = Default::default();
        piece.dimensions = Default::default();
        piece.bad.clear();
        piece.rejects.clear();
    }
    if let Some(part) = &part {
        let before = piece.rejects.len();
        piece.leave_out(run, opened, read, element, part);
        for reject in &mut piece.rejects[before..] {
            reject.span = around.outward(reject.span);
        }
    }
    if let Some(BadPart::Buckets(bad)) = &part {
        reader
            .container
            .retain(|it| !bad.contains(&it), |_, _| true);
    }
    let read = reader.element(opened.dialect, around.text());
    match read {
        _ if is_bad => {}
        Element::Container(view) if !run.spec.filter.group(view) => {
            let left_out = piece.survey.rows + piece.survey.filtered;
            let seen = std::mem::take(&mut piece.survey.seen);
            let occurrences = std::mem::take(&mut piece.survey.occurrences);
            piece.survey = Default::default();
            piece.survey.filtered = left_out;
            piece.survey.seen = seen;
            piece.survey.occurrences = occurrences;
            piece.survey.seen.group(&run.spec.filter, view);
        }
        Element::Container(view) => {
            let mut surveyor = Surveyor::default();
            let (survey, interner) = (&mut piece.survey, &reader.interner);
            surveyor.observe(survey, &run.spec, view, interner);
            surveyor.finish(survey, interner);
        }
        Element::Entity(view) => piece.survey.entity(&run.spec, view),
    }
    if let Element::Container(view) = read {
        piece.chains.regroup(view);
        piece.survey.regroup(view);
    }
    for finding in &mut found {
        finding.span = finding.span.map(|span| around.outward(span));
    }
    let mut findings = FindingStore::default();
    findings.extend(found, run.room);
    limit.finish(&mut findings);
    findings.append(std::mem::take(&mut piece.findings), run.room);
    piece.findings = findings;
    if run.early.is_some() {
        // The group may have come behind the buckets.
        piece.made.push(None);
    }
    piece.elements += 1;
    let mut votes = DialectVotes::default();
    votes.observe(opened.dialect, around.text(), span);
    votes.merge(&piece.votes);
    piece.votes = votes;
    let group = node.get("group").map_or("null", |group| group.raw());
    (piece, Some(group.to_owned()))
}
