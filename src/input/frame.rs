//! Splits a value into documents: a response, an array of responses, bare containers, or any of these
//! inside an envelope.

mod arrays;
mod letters;

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::spelling::{self, Spelling};
use crate::json::{Fault, Path, PathStep, Span, SyntaxError, Tape, scan};

use super::fault;
use super::identify::{self, Holds, Keys, Shape, Wrong, key_name};
use super::patch::Patch;
use super::{foreign, wrong};
use crate::model::Dialect;

/// The documents of a text and the bytes between them, in their order.
#[derive(Debug, Default)]
pub struct Frame {
    pub parts: Vec<Framed>,
}

/// A part of a text.
#[derive(Debug)]
pub enum Framed {
    Document(Document),
    Unread(Unread),
}

/// Bytes without a document.
#[derive(Debug)]
pub struct Unread {
    pub span: Span,
    /// `None` if the fault of the document before them is the reason.
    pub finding: Option<Diagnostic>,
    /// True if the reason is that they are not JSON.
    pub broken: bool,
}

impl Unread {
    /// Replaces offsets of the text by offsets of the input.
    pub fn translate(&mut self, outward: &dyn Fn(Span) -> Span) {
        self.span = outward(self.span);
        if let Some(finding) = &mut self.finding {
            finding.span = finding.span.map(outward);
        }
    }
}

impl Frame {
    /// Returns true if the last part of this text is no JSON.
    pub fn is_broken(&self, text: &str) -> bool {
        match self.parts.last() {
            Some(Framed::Document(last)) if last.inner.is_none() => {
                Tape::read(text, last.outer, 0).is_err()
            }
            Some(Framed::Unread(last)) => last.broken,
            _ => false,
        }
    }

    /// The only document, if it is the one whose elements were cut out.
    pub fn taken_for(&self, opened: &Opened) -> Option<&Document> {
        let [Framed::Document(document)] = self.parts.as_slice() else {
            return None;
        };
        let is = Opened {
            spelling: opened.spelling,
            ..document.opened(document.dialect?)
        };
        (is == *opened).then_some(document)
    }

    /// The documents.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.parts.iter().filter_map(|part| match part {
            Framed::Document(document) => Some(document),
            Framed::Unread(_) => None,
        })
    }

    /// The findings for the bytes without a document.
    pub fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.parts.iter().filter_map(|part| match part {
            Framed::Document(_) => None,
            Framed::Unread(unread) => unread.finding.as_ref(),
        })
    }
}

/// Number of envelopes that a document may be in.
pub const ENVELOPES_DEEP: usize = 4;

/// A document: the spans of its elements and of the value around them.
#[derive(Debug)]
pub struct Document {
    /// Absent where the document is empty and could be either.
    pub dialect: Option<Dialect>,
    /// The outermost value: a line, a file, or an element of an array of responses.
    pub outer: Span,
    /// The path to `outer` within the text.
    pub outer_path: Path,
    /// The path from `outer` to the object that holds the elements.
    pub inside: Path,
    /// True if that object is a whole response, which the schema's root describes.
    pub whole: bool,
    /// The array of the elements, where there is one.
    pub array: Option<Span>,
    /// The containers or entities.
    pub elements: Vec<Span>,
    /// The path to the array of the elements; to the only element where it is one.
    pub home: Path,
    /// True if the document is one element.
    pub single: bool,
    /// Spelling of the properties of the elements.
    pub spelling: Spelling,
    /// The text, where it is not the input's own.
    pub inner: Option<Arc<Patch>>,
}

impl Document {
    /// The path to the object that holds the elements.
    pub fn path(&self) -> Path {
        self.outer_path.clone().join(&self.inside)
    }

    /// The text that the spans of the document refer to.
    pub fn text<'t>(&'t self, input: &'t str) -> &'t str {
        self.inner.as_deref().map_or(input, Patch::text)
    }

    /// Describes the elements, to read them as this dialect.
    pub fn opened(&self, dialect: Dialect) -> Opened {
        Opened {
            dialect,
            path: self.home.clone(),
            single: self.single,
            plain: self.whole && self.inside.is_empty() && !self.single,
            spelling: self.spelling,
        }
    }

    /// The bytes of the input that a span of the document's text was written with.
    pub fn outward_span(&self, span: Span) -> Span {
        self.inner
            .as_ref()
            .map_or(span, |inner| inner.outward(span))
    }
}

/// A document as its elements need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub dialect: Dialect,
    /// The path to the array of the elements; to the only element where it is one.
    pub path: Path,
    /// True if the document is one element.
    pub single: bool,
    /// True if it is a response without an envelope.
    pub plain: bool,
    /// Spelling of the properties of its elements.
    pub spelling: Spelling,
}

impl Opened {
    /// The path to an element.
    pub fn element(&self, index: usize) -> Path {
        match self.single {
            true => self.path.clone(),
            false => self.path.clone().index(index),
        }
    }

    /// The path to a value in an element, by its path below it in the spelling of the API.
    pub fn at(&self, index: usize, below: Path) -> Path {
        self.element(index).join(self.spelling.path(below))
    }

    /// The bucket of its element that a path leads to or into.
    pub fn bucket_of(&self, path: &Path) -> Option<u32> {
        match path.steps().get(self.depth()..)? {
            [PathStep::Key(list), PathStep::Index(index), ..]
                if self.dialect == Dialect::Aggregates && spelling::camel(list) == "data" =>
            {
                Some(*index as u32)
            }
            _ => None,
        }
    }

    /// Returns true if it is a notification of aggregates.
    pub fn is_push(&self) -> bool {
        let is_body = |step: &PathStep| match step {
            PathStep::Key(key) => spelling::camel(key) == "eventBody",
            PathStep::Index(_) => false,
        };
        self.single && self.path.steps().last().is_some_and(is_body)
    }

    /// Depth of the elements.
    pub fn depth(&self) -> usize {
        self.path.len() + usize::from(!self.single)
    }
}

/// The finding for a text that begins at `start` with something else than JSON that has a name.
pub fn foreign(text: &str, start: usize) -> Option<Diagnostic> {
    let opens = matches!(text.as_bytes().get(start), Some(b'{' | b'['));
    let is_json = || match Tape::read_prefix(text, start) {
        Err(error) => error.fault != Fault::Syntax,
        // A date begins with a number.
        Ok((_, end)) => opens || scan::skip_blank(text.as_bytes(), end) == text.len(),
    };
    (foreign::is_doubtful(text, start) != Some(false) && !is_json())
        .then(|| foreign::named(text, start))
        .flatten()
}

/// Says what a text is that begins at `start` with neither brace nor bracket.
pub fn beginning(text: &str, start: usize) -> Frame {
    let mut framer = Framer::new(text);
    if text.as_bytes().get(start) == Some(&b'<') {
        framer.unread(wrong::markup(text, start), Span::new(0, text.len()));
    } else if let Some(finding) = foreign(text, start) {
        framer.unread(finding, Span::new(0, text.len()));
    } else {
        framer.broken(Span::new(start, text.len()), &Path::default());
    }
    framer.frame
}

/// Frames lines, each of which is looked at alone.
pub fn lines(text: &str, span: Span) -> Frame {
    let mut framer = Framer::new(&text[..span.end]);
    framer.lines(span.start);
    framer.frame
}

/// Frames documents that follow one another.
pub fn sequence(text: &str, span: Span) -> Frame {
    let mut framer = Framer::new(&text[..span.end]);
    framer.sequence(span.start);
    framer.frame
}

/// Frames one value with its path.
pub fn at(text: &str, span: Span, path: &Path) -> Frame {
    let mut framer = Framer::new(&text[..span.end]);
    framer.classify(span, span, path, &Path::default());
    framer.frame
}

/// Frames the text around the elements of a value that was taken for a document.
pub fn around(text: &str, path: &Path, opened: Option<&Opened>) -> Frame {
    let mut framed = at(text, Span::new(0, text.len()), path);
    // An array without its elements does not show what they are.
    if let ([Framed::Document(document)], Some(opened)) = (&mut framed.parts[..], opened)
        && document.array == Some(document.outer)
    {
        document.dialect = Some(opened.dialect);
        document.spelling = opened.spelling;
    }
    framed
}

struct Framer<'t> {
    text: &'t str,
    /// The end of the line or text, where the current value must end.
    limit: usize,
    /// The path to the values that are framed.
    base: Path,
    /// The text of a string of the input, and the value that the string is part of.
    inner: Option<(Arc<Patch>, Span)>,
    frame: Frame,
}

/// Frames the text of the string at `value`, whose path is given; `outer` is the value around it.
fn unescaped(text: &str, value: Span, path: Path, outer: Span) -> Frame {
    let inner = Arc::new(Patch::unescaped(text, value));
    let mut framer = Framer::new(inner.text());
    framer.inner = Some((Arc::clone(&inner), outer));
    framer.base.clone_from(&path);
    let start = scan::skip_blank(inner.text().as_bytes(), 0);
    if start == inner.text().len() {
        framer.broken(Span::new(start, start), &path);
    } else {
        framer.sequence(start);
    }
    framer.frame
}

impl<'t> Framer<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            limit: text.len(),
            base: Path::default(),
            inner: None,
            frame: Frame::default(),
        }
    }

    /// The text as far as the current value may reach.
    fn near(&self) -> &'t str {
        &self.text[..self.limit]
    }

    fn bytes(&self) -> &'t [u8] {
        self.near().as_bytes()
    }

    /// Lines, each of which is looked at alone.
    fn lines(&mut self, start: usize) {
        let mut at = start;
        while at < self.text.len() {
            let rest = &self.text.as_bytes()[at..];
            self.limit = memchr::memchr(b'\n', rest).map_or(self.text.len(), |it| at + it);
            let value = scan::skip_blank(self.bytes(), at);
            if value < self.limit {
                self.sequence(value);
            }
            at = self.limit + 1;
        }
    }

    /// One document after another, which is nearly always one.
    fn sequence(&mut self, start: usize) {
        let mut at = start;
        while at < self.limit {
            let Some(end) = self.value(at) else {
                return;
            };
            let next = scan::skip_blank(self.bytes(), end);
            if next < self.limit && !matches!(self.bytes()[next], b'{' | b'[') {
                return self.trailing(next);
            }
            at = next;
        }
    }

    /// Reports the text at `next` behind the last value. An extra bracket ends a value early: then the
    /// fault of the value is the only finding.
    fn trailing(&mut self, next: usize) {
        let broken = self.frame.is_broken(self.near());
        let finding = (!broken).then(|| fault::trailing(self.near(), next));
        self.push(finding, Span::new(next, self.limit), false);
    }

    /// Looks at the value at `start`; returns its end, `None` where it has none.
    fn value(&mut self, start: usize) -> Option<usize> {
        let base = self.base.clone();
        let rest = Span::new(start, self.limit);
        if !matches!(self.bytes()[start], b'{' | b'[') {
            self.broken(rest, &base);
            return None;
        }
        let end = scan::value_end(self.bytes(), start);
        match end {
            Some(end) => {
                let span = Span::new(start, end);
                self.classify(span, span, &base, &Path::default());
            }
            None if identify::holds(self.near(), start) == Some(Holds::Pages) => {
                self.pages(rest, &base);
            }
            None => self.broken(rest, &base),
        }
        end
    }

    /// Reports why `span` is no document.
    fn broken(&mut self, span: Span, path: &Path) {
        match Tape::read(self.near(), span, 0) {
            Err(error) => self.syntax(error, span, path),
            Ok(tape) => {
                let kind = match tape.root().kind() {
                    crate::json::TokenKind::Number => "number",
                    crate::json::TokenKind::String | crate::json::TokenKind::Escaped => "string",
                    _ => "word",
                };
                let finding = Diagnostic::new(
                    Code::NotAggregates,
                    format!("a single {kind}, not an aggregates response"),
                )
                .at(tape.root().span(), path)
                .help("save the whole response body, beginning with its opening brace");
                self.unread(finding, span);
            }
        }
    }

    /// Reports a fault of the value at `span`.
    fn syntax(&mut self, error: SyntaxError, span: Span, path: &Path) {
        let mut finding = fault::syntax(error, self.near(), span.start, None);
        finding.path.clone_from(path);
        self.push(Some(finding), span, true);
    }

    fn unread(&mut self, finding: Diagnostic, span: Span) {
        self.push(Some(finding), span, false);
    }

    fn push(&mut self, finding: Option<Diagnostic>, span: Span, broken: bool) {
        let mut unread = Unread {
            span,
            finding,
            broken,
        };
        if let Some((inner, outer)) = &self.inner {
            unread.span = *outer;
            unread.broken = false;
            if let Some(finding) = &mut unread.finding {
                finding.span = finding.span.map(|span| inner.outward(span));
            }
        }
        self.frame.parts.push(Framed::Unread(unread));
    }

    fn document(&mut self, document: Document) {
        self.frame.parts.push(Framed::Document(document));
    }

    /// Classifies the value at `span`. `outer` is the outermost value around it, `base` the path of
    /// `outer`, and `inside` the path from there to the value.
    fn classify(&mut self, span: Span, outer: Span, base: &Path, inside: &Path) {
        match self.bytes()[span.start] {
            b'{' => self.object(span, outer, base, inside),
            b'[' => self.array(span, outer, base, inside),
            _ => self.broken(span, &base.clone().join(inside)),
        }
    }

    fn object(&mut self, span: Span, outer: Span, base: &Path, inside: &Path) {
        if span == outer && identify::holds(self.near(), span.start) == Some(Holds::Pages) {
            return self.pages(span, base);
        }
        let Some(keys) = Keys::scan(self.near(), span.start) else {
            return self.broken(outer, base);
        };
        let path = base.clone().join(inside);
        let mut document = Document {
            dialect: None,
            outer,
            outer_path: base.clone(),
            inside: inside.clone(),
            whole: true,
            array: None,
            elements: Vec::new(),
            home: path.clone(),
            single: true,
            spelling: identify::element_spelling(self.near(), span.start),
            inner: self.inner.as_ref().map(|(inner, _)| Arc::clone(inner)),
        };
        match keys.shape() {
            Shape::Empty => {}
            Shape::Results(key, value) => {
                document.dialect = Some(Dialect::Aggregates);
                return self.holder(document, (key, value), &keys);
            }
            Shape::Entities(key, value) => {
                document.dialect = Some(Dialect::Summary);
                return self.holder(document, (key, value), &keys);
            }
            Shape::Responses => {
                if self.reads(outer, base) {
                    for (name, value) in keys.named() {
                        let path = path.clone().key(name.to_string());
                        self.classify(value, value, &path, &Path::default());
                    }
                }
                return;
            }
            Shape::Container => {
                let dialect = Dialect::Aggregates;
                if let Some(wrong) = identify::wrong_elements(dialect, self.near(), &[span]) {
                    return self.wrong(wrong, &keys, span, outer, (base, inside));
                }
                document.dialect = Some(dialect);
                document.whole = false;
                document.elements.push(span);
            }
            Shape::Entity => {
                document.dialect = Some(Dialect::Summary);
                document.whole = false;
                document.elements.push(span);
            }
            Shape::Envelope(key, value) => {
                if inside.len() >= ENVELOPES_DEEP {
                    return self.wrong(Wrong::Other, &keys, span, outer, (base, inside));
                }
                let inside = inside.clone().key(key_name(self.text, key).into_owned());
                return if self.bytes()[value.start] == b'"' {
                    self.string(value, outer, base, &inside, &keys)
                } else {
                    self.classify(value, outer, base, &inside)
                };
            }
            Shape::Both => {
                let finding = Diagnostic::new(
                    Code::MixedDialects,
                    "both `results` and `entities` in one document",
                )
                .at(Span::new(span.start, span.start + 1), path)
                .help("these are two kinds of response; keep them in two files");
                return self.other(finding, outer, base);
            }
            Shape::Recording(entries) => {
                return self.recording(entries, &keys, outer, (base, inside));
            }
            Shape::Contents(items) => {
                return self.contents(items, &keys, outer, (base, inside));
            }
            Shape::Wrong(wrong) => return self.wrong(wrong, &keys, span, outer, (base, inside)),
        }
        self.document(document);
    }

    /// A document whose elements are in the array of a member.
    fn holder(&mut self, mut document: Document, (key, value): (Span, Span), keys: &Keys<'_>) {
        let key = key_name(self.text, key);
        document.spelling = Spelling::of(&key);
        let path = document.path();
        if self.bytes()[value.start] == b'[' {
            let Some(elements) = scan::elements(self.bytes(), value.start) else {
                return self.broken(document.outer, &document.outer_path.clone());
            };
            let dialect = document.dialect.unwrap_or(Dialect::Aggregates);
            if let Some(wrong) = identify::wrong_elements(dialect, self.near(), &elements) {
                let way = (&document.outer_path, &document.inside);
                return self.wrong(wrong, keys, value, document.outer, way);
            }
            document.array = Some(value);
            document.elements = elements;
        }
        document.home = path.key(key.into_owned());
        document.single = false;
        self.document(document);
    }

    /// A document as a JSON string inside an envelope.
    fn string(&mut self, value: Span, outer: Span, base: &Path, inside: &Path, keys: &Keys<'_>) {
        if !self.reads(outer, base) {
            return;
        }
        let path = base.clone().join(inside);
        if self.inner.is_some() {
            return self.wrong(Wrong::Other, keys, value, outer, (base, inside));
        }
        let mut inner = unescaped(self.near(), value, path, outer);
        self.frame.parts.append(&mut inner.parts);
    }

    fn wrong(
        &mut self,
        wrong: Wrong,
        keys: &Keys<'_>,
        span: Span,
        outer: Span,
        (base, inside): (&Path, &Path),
    ) {
        let finding = wrong::finding(wrong, keys, span, &base.clone().join(inside));
        self.other(finding, outer, base);
    }

    /// Reports a value that is not a document. A fault of the JSON comes before this finding.
    fn other(&mut self, finding: Diagnostic, outer: Span, base: &Path) {
        if self.reads(outer, base) {
            self.unread(finding, outer);
        }
    }

    /// Returns true if a value is JSON throughout; reports the fault where it is not.
    fn reads(&mut self, outer: Span, base: &Path) -> bool {
        match Tape::read(self.near(), outer, 0) {
            Ok(_) => true,
            Err(error) => {
                self.syntax(error, outer, base);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
