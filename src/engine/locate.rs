//! Findings get their lines and columns while their input is read once more, and only then.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Located, Place, excerpt::excerpt, fingerprint};
use crate::json::Span;
use crate::source::content::Content;
use crate::source::forward::{Forward, Position};
use crate::source::open_error::OpenError;

use super::Surveyed;

/// How many bytes around a fault an excerpt may reach to.
const AROUND: usize = 4096;

/// The findings of one input in the order of its text, each with its place, and the first of each
/// cause with an excerpt.
pub fn locate(input: &Surveyed, findings: Vec<Diagnostic>) -> Vec<Located> {
    if findings.is_empty() {
        return Vec::new();
    }
    in_text(input, input.again().ok().map(Content::lenient), findings)
}

fn in_text(
    input: &Surveyed,
    content: Option<Content>,
    mut findings: Vec<Diagnostic>,
) -> Vec<Located> {
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    let mut text = content.map(Forward::new);
    let mut shown = HashSet::new();
    findings
        .into_iter()
        .map(|diagnostic| {
            let first = shown.insert((diagnostic.code, diagnostic.common().into_owned()));
            let mut located = Located {
                diagnostic,
                file: Arc::clone(&input.name),
                place: None,
                excerpt: None,
            };
            if let Some(text) = &mut text
                && let Some(span) = located.diagnostic.span
            {
                place(text, span, first, &mut located);
            }
            located
        })
        .collect()
}

fn place(text: &mut Forward, span: Span, first: bool, located: &mut Located) {
    let from = span.start.saturating_sub(AROUND);
    let to = span.end.saturating_add(AROUND);
    if text.hold(from, to).is_err() {
        return;
    }
    let (start, end) = (text.position(span.start), text.position(span.end));
    located.place = Some(Place {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        offset: start.stored,
        length: end.stored - start.stored,
        content: fingerprint::content(text.text(span)),
    });
    let (held, base) = text.held();
    if first && !held.is_empty() {
        let within = |at: usize| at.saturating_sub(base);
        let within = Span::new(within(span.start), within(span.end));
        located.excerpt = Some(excerpt(held, within, start.line));
    }
}

/// Gives the first finding of each cause its excerpt again, where those before it were taken away.
pub fn excerpts(input: &mut Surveyed) {
    let mut shown = HashSet::new();
    let mut bare: Vec<usize> = Vec::new();
    for (index, located) in input.findings.iter().enumerate() {
        let diagnostic = &located.diagnostic;
        let first = shown.insert((diagnostic.code, diagnostic.common().into_owned()));
        if first && located.excerpt.is_none() && located.place.is_some() {
            bare.push(index);
        }
    }
    let start = |index: &usize| {
        input.findings[*index]
            .diagnostic
            .span
            .map(|span| span.start)
    };
    bare.sort_by_key(start);
    let wanted = bare
        .iter()
        .map(|index| input.findings[*index].diagnostic.clone());
    let located = locate(input, wanted.collect());
    for (index, located) in bare.into_iter().zip(located) {
        input.findings[index].excerpt = located.excerpt;
    }
}

/// `file:line:column` and the pointer of each of these places of inputs, in the order given.
pub fn named(inputs: &[Surveyed], places: Vec<(usize, Span, String)>) -> Vec<String> {
    let mut by_input: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, (input, ..)) in places.iter().enumerate() {
        by_input.entry(*input).or_default().push(index);
    }
    let mut named = vec![String::new(); places.len()];
    for (input, mut indices) in by_input {
        let input = &inputs[input];
        indices.sort_by_key(|&index| places[index].1.start);
        let starts = indices.iter().map(|&index| places[index].1.start);
        for (index, position) in indices.iter().zip(positions(input, starts)) {
            let pointer = &places[*index].2;
            let Position { line, column, .. } = position;
            named[*index] = format!("{}:{line}:{column} ({pointer})", input.name);
        }
    }
    named
}

/// Where spans begin, asked for in their order.
fn positions(input: &Surveyed, starts: impl Iterator<Item = usize>) -> Vec<Position> {
    let Ok(content) = input.again() else {
        return Vec::new();
    };
    let mut text = Forward::new(content.lenient());
    starts
        .map_while(|start| {
            text.hold(start, start + 1).ok()?;
            Some(text.position(start))
        })
        .collect()
}

/// The finding for an input that has no text.
pub fn unopened(input: &Surveyed, error: OpenError) -> Located {
    let without_place = |diagnostic| Located {
        diagnostic,
        file: Arc::clone(&input.name),
        place: None,
        excerpt: None,
    };
    match error {
        OpenError::Io { error } => without_place(
            Diagnostic::new(Code::Unreadable, format!("cannot be read: {error}"))
                .cause(error.kind().to_string())
                .help(match error.kind() {
                    std::io::ErrorKind::NotFound => {
                        "check the name; a pattern can be quoted, and gcagg expands it"
                    }
                    std::io::ErrorKind::PermissionDenied => {
                        "the file's permissions do not let you read it"
                    }
                    _ => "the other inputs are read all the same",
                }),
        ),
        ref error @ OpenError::CutCompressed { .. } => without_place(
            Diagnostic::new(Code::Truncated, error.to_string())
                .help("the download or the copy was cut; fetch or copy the file again"),
        ),
        OpenError::BadText {
            at,
            stored,
            len,
            reason,
        } => {
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let finding = Diagnostic::new(Code::InvalidText, reason)
                .at(span, "")
                .label("not a character")
                .help("the file was saved in another encoding (such as Windows-1252) or damaged; save it as UTF-8");
            let mut located = locate(input, vec![finding.clone()]);
            match located.pop() {
                Some(mut located) => {
                    if let Some(place) = &mut located.place {
                        (place.offset, place.length) = (stored, len);
                    }
                    located
                }
                None => without_place(finding),
            }
        }
    }
}
