//! Findings get their lines and columns while their input is read once more, and only then.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::store::{FindingStore, MOST};
use crate::diagnostic::{Code, Diagnostic, Located, SourceSpan, excerpt::excerpt, fingerprint};
use crate::input::content::Content;
use crate::input::discover::Input;
use crate::input::file_span;
use crate::input::forward::Forward;
use crate::input::open_error::OpenError;
use crate::input::position::Position;
use crate::json::{Path, Span};

use super::Surveyed;

/// Spans of more bytes are long: their end may be far behind their beginning.
const LONG: usize = 64 * 1024;
/// Number of bytes around a fault that an excerpt may cover.
const AROUND: usize = 4096;

/// Finds the places of the findings of one input, in the order of its text.
pub(super) struct Locator {
    /// Absent where the input cannot be read any more.
    text: Option<Forward>,
    /// The place of the text in its file, if it is part of one.
    part: Option<file_span::Span>,
    /// The places of the ends of long spans, of which only the beginning is held.
    ends: BTreeMap<usize, Position>,
    /// The causes that have an excerpt already, where excerpts are wanted.
    shown: Option<HashSet<(Code, String)>>,
}

impl Locator {
    /// `content` is the text of the input.
    pub(super) fn new(
        input: &Surveyed,
        content: Option<Content>,
        findings: &FindingStore,
        excerpts: bool,
    ) -> Self {
        let ends: BTreeSet<usize> = findings.long_ends(LONG).collect();
        let places = positions(input, ends.iter().copied());
        Self {
            text: content.map(|content| Forward::new(content.lenient())),
            part: part(input),
            ends: ends.into_iter().zip(places).collect(),
            shown: excerpts.then(HashSet::new),
        }
    }

    /// The finding with its place, and the first of each cause with an excerpt. Spans have to come in
    /// their order.
    pub(super) fn locate(&mut self, file: &Arc<str>, diagnostic: Diagnostic) -> Located {
        let shown = self.shown.as_mut();
        let first = shown
            .is_some_and(|shown| shown.insert((diagnostic.code, diagnostic.common().into_owned())));
        let mut located = Located::of_file(diagnostic, Arc::clone(file));
        if let Some(text) = &mut self.text
            && let Some(span) = located.diagnostic.span
        {
            place(text, span, self.part, first, &mut located);
            if span.len() > LONG
                && let Some(place) = &mut located.place
                && let Some(end) = self.ends.get(&span.end)
            {
                (place.end_line, place.end_column) = (end.line, end.column);
                place.length = end.stored - place.offset;
            }
        }
        if let Some(part) = self.part {
            part.outward_path(&mut located.diagnostic.path);
        }
        located
    }
}

/// The part of its file that an input is.
fn part(input: &Surveyed) -> Option<file_span::Span> {
    match &input.found.input {
        Input::Span { span, .. } => Some(*span),
        _ => None,
    }
}

/// Places a finding. Of a long span only the beginning is held, which is where it ends for now.
fn place(
    text: &mut Forward,
    span: Span,
    part: Option<file_span::Span>,
    first: bool,
    located: &mut Located,
) {
    let span = Span::new(span.start, span.end.min(span.start.saturating_add(LONG)));
    let from = span.start.saturating_sub(AROUND);
    let to = span.end.saturating_add(AROUND);
    if text.hold(from, to).is_err() {
        return;
    }
    let mut position = |at: usize| outward(text.position(at), part);
    let (start, end) = (position(span.start), position(span.end));
    located.place = Some(SourceSpan {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        offset: start.stored,
        length: end.stored - start.stored,
        content: fingerprint::content(text.text(span)),
    });
    // More may have been read than is near, and all of it would be searched for secrets.
    let (held, base) = text.held(to);
    if first && !held.is_empty() {
        let within = |at: usize| at.saturating_sub(base);
        let within = Span::new(within(span.start), within(span.end));
        located.excerpt = Some(excerpt(held, within, start.line));
    }
}

/// A few findings of one input in the order of its text, each with its place, and the first of each
/// cause with an excerpt.
pub fn locate(input: &Surveyed, findings: Vec<Diagnostic>) -> Vec<Located> {
    let mut store = FindingStore::default();
    store.extend(findings, MOST);
    let mut locator = Locator::new(input, input.reopen().ok(), &store, true);
    let located = |finding| locator.locate(&input.name, finding);
    store.ordered().map(located).collect()
}

/// Gives findings an excerpt whose inputs gave it to others of their causes.
pub fn excerpts(inputs: &[Surveyed], bare: Vec<&mut Located>) {
    let mut by_file: HashMap<Arc<str>, Vec<&mut Located>> = HashMap::new();
    for located in bare {
        let file = Arc::clone(&located.file);
        by_file.entry(file).or_default().push(located);
    }
    for input in inputs {
        let Some(mut bare) = by_file.remove(&input.name) else {
            continue;
        };
        bare.sort_by_key(|located| located.diagnostic.span.map(|span| span.start));
        let mut locator = Locator::new(input, input.reopen().ok(), &FindingStore::default(), true);
        for located in bare {
            let again = locator.locate(&input.name, located.diagnostic.clone());
            located.excerpt = again.excerpt;
        }
    }
}

/// `file:line:column` and the path of each of these places of inputs, in the order given.
pub fn named(inputs: &[Surveyed], places: Vec<(usize, Span, Path)>) -> Vec<String> {
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
            let path = path_in_file(input, &places[*index].2);
            let Position { line, column, .. } = position;
            named[*index] = format!("{}:{line}:{column} ({path})", input.name);
        }
    }
    named
}

/// The beginnings of spans, in their order.
fn positions(input: &Surveyed, starts: impl Iterator<Item = usize>) -> Vec<Position> {
    let Ok(content) = input.reopen() else {
        return Vec::new();
    };
    let mut text = Forward::new(content.lenient());
    starts
        .map_while(|start| {
            text.hold(start, start + 1).ok()?;
            Some(outward(text.position(start), part(input)))
        })
        .collect()
}

/// The path in the file of a path in the text.
pub(super) fn path_in_file(input: &Surveyed, path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(part) = part(input) {
        part.outward_path(&mut path);
    }
    path
}

/// The place in the file of a place in the text.
fn outward(mut position: Position, part: Option<file_span::Span>) -> Position {
    if let Some(part) = part {
        part.outward(&mut position);
    }
    position
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
    let without_place = |diagnostic| Located::of_file(diagnostic, Arc::clone(&input.name));
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
                    _ => "the other inputs are still read",
                }),
        ),
        ref error @ OpenError::CutCompressed { .. } => without_place(
            Diagnostic::new(Code::Truncated, error.to_string())
                .help("the download or the copy is incomplete; fetch or copy the file again"),
        ),
        OpenError::Binary { name, help } => without_place(
            Diagnostic::new(Code::NotAggregates, error.to_string())
                .cause(name)
                .help(help),
        ),
        ref error @ (OpenError::Inflated { .. } | OpenError::Window { .. }) => without_place(
            Diagnostic::new(Code::OverLimit, error.to_string())
                .help("if the file is right, raise the limit in the message"),
        ),
        OpenError::BadText {
            at,
            stored,
            len,
            reason,
            byte,
        } => {
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let finding = bad_text(reason, byte).mark(span).label("not a character");
            let mut locator =
                Locator::new(input, input.reopen().ok(), &FindingStore::default(), true);
            let mut located = locator.locate(&input.name, finding);
            if let Some(place) = &mut located.place {
                (place.offset, place.length) = (stored, len);
            }
            located
        }
    }
}
