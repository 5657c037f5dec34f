//! Findings get their lines and columns while their input is read once more, and only then.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Located, Place, excerpt::excerpt, fingerprint};
use crate::json::Span;
use crate::source::content::Content;
use crate::source::forward::{Forward, Position};
use crate::source::open_error::OpenError;

use super::Surveyed;

/// How many bytes around a fault an excerpt may reach to.
const AROUND: usize = 4096;
/// How many bytes of a span are held together: its end may be far behind its beginning.
const NEAR: usize = 64 * 1024;

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
    let mut all: Vec<Located> = Vec::with_capacity(findings.len());
    // The ends of long spans are looked up when the text has come so far.
    let mut ends: BTreeSet<(usize, usize)> = BTreeSet::new();
    for diagnostic in findings {
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
            while let Some(&(end, index)) = ends.first().filter(|(end, _)| *end <= span.start) {
                ends.pop_first();
                end_of(text, end, all.get_mut(index));
            }
            place(text, span, first, &mut located);
            if span.len() > NEAR {
                ends.insert((span.end, all.len()));
            }
        }
        all.push(located);
    }
    if let Some(text) = &mut text {
        for (end, index) in ends {
            end_of(text, end, all.get_mut(index));
        }
    }
    all
}

/// Places a finding. Of a long span only the beginning is held, which is where it ends for now.
fn place(text: &mut Forward, span: Span, first: bool, located: &mut Located) {
    let span = Span::new(span.start, span.end.min(span.start.saturating_add(NEAR)));
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

/// Puts the end of a long span where it is.
fn end_of(text: &mut Forward, end: usize, located: Option<&mut Located>) {
    if let Some(place) = located.and_then(|located| located.place.as_mut())
        && text.hold(end.saturating_sub(AROUND), end).is_ok()
    {
        let end = text.position(end);
        (place.end_line, place.end_column) = (end.line, end.column);
        place.length = end.stored - place.offset;
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

/// The finding for bytes that are no text, with the character that the byte would be in the
/// encoding that is most common after UTF-8.
fn bad_text(reason: &str, byte: Option<u8>) -> Diagnostic {
    let bytes = byte.map_or([0], |byte| [byte]);
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
    let char = text.chars().next();
    match char.filter(|char| *char as u32 > 0xA0 || char.is_alphabetic()) {
        Some(char) => Diagnostic::new(
            Code::InvalidText,
            format!("{reason}: the byte {:02X} would be `{char}` in Windows-1252", bytes[0]),
        )
        .cause(reason)
        .help("the file may have been saved as Windows-1252 (ANSI); convert it with `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`, or save it as UTF-8"),
        None => Diagnostic::new(Code::InvalidText, reason).help(
            "the file was saved in another encoding or damaged; save it again as UTF-8",
        ),
    }
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
        OpenError::Binary { ref magic } => without_place(
            Diagnostic::new(Code::NotAggregates, error.to_string())
                .cause(magic.name)
                .help(magic.help),
        ),
        ref error @ (OpenError::Inflated { .. } | OpenError::Window { .. }) => without_place(
            Diagnostic::new(Code::OverLimit, error.to_string())
                .help("if the file is what it should be, raise the limit that the message names"),
        ),
        OpenError::BadText {
            at,
            stored,
            len,
            reason,
            byte,
        } => {
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let finding = bad_text(reason, byte).at(span, "").label("not a character");
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
