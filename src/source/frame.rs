//! One input cut into documents: a response, an array of them, bare containers, NDJSON of any of
//! these, or any of these inside an envelope.

mod letters;
mod stretch;

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Fault, Span, SyntaxError, Tape, scan};

use super::Dialect;
use super::fault;
use super::identify::{self, Keys, Shape, Wrong};
use super::patch::Patch;
use super::{foreign, wrong};

pub use stretch::{Stretch, extents, stretch};

/// An input's documents, and what was found while looking for them.
#[derive(Debug, Default)]
pub struct Frame {
    pub documents: Vec<Document>,
    pub findings: Vec<Diagnostic>,
    /// Where the part begins that was not read, where responses before it in an array were.
    pub rest: Option<usize>,
}

/// A document: where its elements lie, and what stands around them.
#[derive(Debug)]
pub struct Document {
    /// Absent where the document is empty and could be either.
    pub dialect: Option<Dialect>,
    /// The value that stands alone: a line, a file, or an element of an array of responses.
    pub outer: Span,
    /// Pointer to `outer` within the text.
    pub outer_pointer: String,
    /// Pointer from `outer` to the object that holds the elements.
    pub inside: String,
    /// Whether that object is a whole response, which the schema's root describes.
    pub whole: bool,
    /// The array of the elements, where there is one.
    pub array: Option<Span>,
    /// The containers or entities.
    pub elements: Vec<Span>,
    /// The pointer to the elements' array, or to the only element.
    pub home: Home,
    /// The text, where it is not the input's own.
    pub inner: Option<Arc<Patch>>,
}

/// Where the elements of a document are.
#[derive(Debug, Clone)]
pub enum Home {
    /// In the array with this pointer.
    Array(String),
    /// The document is the one element.
    Single(String),
}

impl Document {
    /// The text that the document's spans mean.
    pub fn text<'t>(&'t self, input: &'t str) -> &'t str {
        self.inner.as_deref().map_or(input, Patch::text)
    }

    /// What its elements are read as.
    pub fn opened(&self, dialect: Dialect) -> Opened {
        let (pointer, single) = match &self.home {
            Home::Array(pointer) => (pointer.clone(), false),
            Home::Single(pointer) => (pointer.clone(), true),
        };
        Opened {
            dialect,
            pointer,
            single,
            plain: self.whole && self.inside.is_empty() && !single,
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
    /// The pointer to the array of the elements; to the only element where it is one.
    pub pointer: String,
    /// Whether the document is one element.
    pub single: bool,
    /// Whether it is a response without an envelope.
    pub plain: bool,
}

impl Opened {
    /// The pointer to an element.
    pub fn element(&self, index: usize) -> String {
        if self.single {
            self.pointer.clone()
        } else {
            format!("{}/{index}", self.pointer)
        }
    }

    /// How deep the elements lie.
    pub fn depth(&self) -> usize {
        self.pointer.matches('/').count() + usize::from(!self.single)
    }
}

/// Cuts `text` into documents.
pub fn frame(text: &str) -> Frame {
    let mut framer = Framer::new(text);
    let start = scan::skip_blank(text.as_bytes(), 0);
    if start == text.len() {
        framer.frame.findings.push(wrong::nothing(text));
    } else if text.as_bytes()[start] == b'<' {
        framer.frame.findings.push(wrong::markup(text, start));
    } else if let Some(finding) = foreign(text, start) {
        framer.frame.findings.push(finding);
    } else if is_lines(text) {
        framer.lines(start);
    } else {
        framer.sequence(start);
    }
    framer.frame
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

/// Cuts a text that is one document a line.
pub fn lines(text: &str) -> Frame {
    let mut framer = Framer::new(text);
    framer.lines(0);
    framer.frame
}

/// Cuts a text of one document after another.
pub fn sequence(text: &str) -> Frame {
    let mut framer = Framer::new(text);
    framer.sequence(scan::skip_blank(text.as_bytes(), 0));
    framer.frame
}

/// Looks at a text that is one value, with its pointer.
pub fn at(text: &str, pointer: &str) -> Frame {
    let mut framer = Framer::new(text);
    let span = Span::new(0, text.len());
    framer.classify(span, span, pointer, "");
    framer.frame
}

/// The finding for what follows the last document and is none, at `behind`.
pub fn trailing(text: &str, behind: usize) -> Diagnostic {
    let end = text[behind..]
        .char_indices()
        .nth(1)
        .map_or(text.len(), |(next, _)| behind + next);
    Diagnostic::new(
        Code::TrailingData,
        "more text after the document, and it is no document",
    )
    .at(Span::new(behind, end), "")
    .label("the document ended before this")
    .help("two outputs may have been written to one file; keep the first document only, or one document a line")
}

/// Whether the text is one document a line: its first line is balanced, and another follows.
pub fn is_lines(text: &str) -> bool {
    let bytes = text.as_bytes();
    let start = scan::skip_blank(bytes, 0);
    if !matches!(bytes.get(start), Some(b'{' | b'[')) {
        return false;
    }
    let Some(line) = memchr::memchr(b'\n', &bytes[start..]) else {
        return false;
    };
    let end = start + line;
    let balanced = scan::value_end(&bytes[..end], start).is_some();
    let next = scan::skip_blank(bytes, end);
    balanced && matches!(bytes.get(next), Some(b'{' | b'['))
}

/// Whether each document has a line of its own.
pub fn is_one_a_line(text: &str) -> bool {
    is_lines(text) && extents(text).is_empty()
}

struct Framer<'t> {
    text: &'t str,
    /// Where the current value must end: the line's end, or the text's.
    limit: usize,
    /// The pointer to the values that are looked at.
    base: String,
    inner: Option<Arc<Patch>>,
    frame: Frame,
}

/// Frames the text of the string at `value`, whose pointer is given.
fn unescaped(text: &str, value: Span, pointer: String) -> Frame {
    let inner = Arc::new(Patch::unescaped(text, value));
    let mut framer = Framer::new(inner.text());
    framer.inner = Some(Arc::clone(&inner));
    framer.base = pointer;
    let start = scan::skip_blank(inner.text().as_bytes(), 0);
    if start == inner.text().len() {
        framer.broken(Span::new(start, start), &framer.base.clone());
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
            base: String::new(),
            inner: None,
            frame: Frame::default(),
        }
    }

    fn bytes(&self) -> &'t [u8] {
        &self.text.as_bytes()[..self.limit]
    }

    /// Documents one after another, most of them one a line: a broken one is reported, and the next
    /// one read.
    fn lines(&mut self, start: usize) {
        let mut at = start;
        while at < self.text.len() {
            let stretch = stretch(self.text, at, false);
            let end = match stretch {
                Stretch::Lines(end) | Stretch::Document(end) => end,
                Stretch::Broken | Stretch::Open => self.text.len(),
            };
            if let Stretch::Lines(end) = stretch {
                self.each_line(at, end);
            } else {
                self.limit = end;
                self.sequence(scan::skip_blank(self.bytes(), at));
            }
            at = end;
        }
        self.limit = self.text.len();
    }

    /// Lines, each of which is looked at alone.
    fn each_line(&mut self, start: usize, stop: usize) {
        let mut at = start;
        while at < stop {
            let end =
                memchr::memchr(b'\n', &self.text.as_bytes()[at..stop]).map_or(stop, |it| at + it);
            self.limit = end;
            let value = scan::skip_blank(self.bytes(), at);
            if value < end {
                self.sequence(value);
            }
            at = end + 1;
        }
    }

    /// One document after another, which is nearly always one.
    fn sequence(&mut self, start: usize) {
        let mut at = start;
        while at < self.limit {
            let documents = self.frame.documents.len();
            let bytes = self.bytes();
            let opens = |at: usize| matches!(bytes.get(at), Some(b'{' | b'['));
            let Some(end) = self.value(at) else {
                return;
            };
            if end < self.limit && !opens(end) {
                self.trailing(at, end, documents);
                return;
            }
            at = end;
        }
    }

    /// Says what follows the value at `start`, before which there were so many documents.
    fn trailing(&mut self, start: usize, behind: usize, documents: usize) {
        // A bracket too many ends the value early for the scan: then that is the fault.
        if let Err(error) = Tape::read(&self.text[..behind], Span::new(start, behind), 0) {
            self.frame.documents.truncate(documents);
            self.syntax_once(error, start);
            return;
        }
        let finding = trailing(self.text, behind);
        self.push(finding);
    }

    /// Looks at the value at `start`; returns where the next begins, `None` after a fault.
    fn value(&mut self, start: usize) -> Option<usize> {
        match scan::value_end(self.bytes(), start) {
            Some(end) if matches!(self.bytes()[start], b'{' | b'[' | b'"') => {
                let span = Span::new(start, end);
                let before = self.frame.findings.len();
                let base = self.base.clone();
                self.classify(span, span, &base, "");
                let broken = self.frame.findings[before..]
                    .iter()
                    .any(|finding| finding.code.id().starts_with('J'));
                (!broken).then(|| scan::skip_blank(self.bytes(), end))
            }
            _ => {
                if self.bytes()[start] == b'[' {
                    let base = self.base.clone();
                    self.pages(start, &base);
                }
                self.broken(Span::new(start, self.limit), &self.base.clone());
                None
            }
        }
    }

    /// Reports why `span` is no JSON.
    fn broken(&mut self, span: Span, pointer: &str) {
        match Tape::read(self.text, span, 0) {
            Err(error) => self.syntax_once(error, span.start),
            Ok(tape) => {
                let kind = match tape.root().kind() {
                    crate::json::Kind::Number => "number",
                    crate::json::Kind::String | crate::json::Kind::Escaped => "string",
                    _ => "word",
                };
                let finding = Diagnostic::new(
                    Code::NotAggregates,
                    format!("a single {kind}, not an aggregates response"),
                )
                .at(tape.root().span(), pointer)
                .help("save the whole response body, beginning with its opening brace");
                self.push(finding);
            }
        }
    }

    fn syntax_once(&mut self, error: SyntaxError, start: usize) {
        let text = &self.text[..self.limit];
        self.push(fault::syntax(error, text, start, None));
    }

    fn push(&mut self, mut finding: Diagnostic) {
        if let Some(inner) = &self.inner {
            finding.span = finding.span.map(|span| inner.outward(span));
        }
        self.frame.findings.push(finding);
    }

    /// Finds out what the value at `span` is. `outer` is the value that stands alone around it,
    /// `base` the pointer to that one, and `inside` the way from there to here.
    fn classify(&mut self, span: Span, outer: Span, base: &str, inside: &str) {
        match self.bytes()[span.start] {
            b'{' => self.object(span, outer, base, inside),
            b'[' => self.array(span, outer, base, inside),
            _ => self.broken(span, &format!("{base}{inside}")),
        }
    }

    fn object(&mut self, span: Span, outer: Span, base: &str, inside: &str) {
        let Some(keys) = Keys::scan(&self.text[..self.limit], span.start) else {
            return self.broken(outer, base);
        };
        let pointer = format!("{base}{inside}");
        let mut document = Document {
            dialect: None,
            outer,
            outer_pointer: base.to_owned(),
            inside: inside.to_owned(),
            whole: true,
            array: None,
            elements: Vec::new(),
            home: Home::Single(pointer.clone()),
            inner: self.inner.clone(),
        };
        match keys.shape() {
            Shape::Empty => {}
            Shape::Results(value) => {
                document.dialect = Some(Dialect::Aggregates);
                return self.holder(document, value, "results", &keys);
            }
            Shape::Entities(value) => {
                document.dialect = Some(Dialect::Summary);
                return self.holder(document, value, "entities", &keys);
            }
            Shape::Container => {
                if let Some(wrong) = identify::wrong_containers(self.text, &[span]) {
                    return self.wrong(wrong, &keys, span, outer, &pointer);
                }
                document.dialect = Some(Dialect::Aggregates);
                document.whole = false;
                document.elements.push(span);
            }
            Shape::Entity => {
                document.dialect = Some(Dialect::Summary);
                document.whole = false;
                document.elements.push(span);
            }
            Shape::Envelope(key, value) => {
                let inside = format!("{inside}/{key}");
                return if inside.matches('/').count() > 4 {
                    self.wrong(Wrong::Other, &keys, span, outer, &pointer)
                } else if self.bytes()[value.start] == b'"' {
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
                .at(Span::new(span.start, span.start + 1), pointer)
                .help("these are two kinds of response; keep them in two files");
                return self.push(finding);
            }
            Shape::Recording(entries) => {
                return self.recording(entries, &keys, outer, (base, inside));
            }
            Shape::Contents(items) => {
                return self.contents(items, &keys, outer, (base, inside));
            }
            Shape::Wrong(wrong) => return self.wrong(wrong, &keys, span, outer, &pointer),
        }
        self.frame.documents.push(document);
    }

    /// A document whose elements are in the array of `key`.
    fn holder(&mut self, mut document: Document, value: Span, key: &str, keys: &Keys<'_>) {
        let pointer = format!("{}{}", document.outer_pointer, document.inside);
        if self.bytes()[value.start] == b'[' {
            let Some(elements) = scan::elements(self.bytes(), value.start) else {
                return self.broken(document.outer, &document.outer_pointer.clone());
            };
            let wrong = match document.dialect {
                Some(Dialect::Summary) => identify::wrong_entities(self.text, &elements),
                _ => identify::wrong_containers(self.text, &elements),
            };
            if let Some(wrong) = wrong {
                return self.wrong(wrong, keys, value, document.outer, &pointer);
            }
            document.array = Some(value);
            document.elements = elements;
        }
        document.home = Home::Array(format!("{pointer}/{key}"));
        self.frame.documents.push(document);
    }

    fn array(&mut self, span: Span, outer: Span, base: &str, inside: &str) {
        let Some(elements) = scan::elements(self.bytes(), span.start) else {
            if span == outer {
                self.pages(span.start, base);
            }
            return self.broken(outer, base);
        };
        let pointer = format!("{base}{inside}");
        let first = elements
            .iter()
            .filter_map(|element| Keys::scan(self.text, element.start))
            .find(|keys| keys.shape() != Shape::Empty);
        let dialect = match first.as_ref().map(Keys::shape) {
            Some(Shape::Container) => Some(Dialect::Aggregates),
            Some(Shape::Entity) => Some(Dialect::Summary),
            Some(Shape::Wrong(wrong)) if !matches!(wrong, Wrong::ApiError | Wrong::OauthError) => {
                if let Some(keys) = first {
                    // Flat objects in a row are rows, whatever they are about.
                    let wrong = match wrong {
                        Wrong::Object => Wrong::FlatRows,
                        wrong => wrong,
                    };
                    self.wrong(wrong, &keys, span, outer, &pointer);
                }
                return;
            }
            Some(_) => {
                // Whole responses, page after page: each stands alone.
                for (index, element) in elements.iter().enumerate() {
                    let base = format!("{pointer}/{index}");
                    self.classify(*element, *element, &base, "");
                }
                return;
            }
            None if elements.is_empty() => None,
            None => return self.nothing_in(span, outer, &elements, &pointer),
        };
        if dialect == Some(Dialect::Aggregates)
            && let Some(wrong) = identify::wrong_containers(self.text, &elements)
            && let Some(keys) = first
        {
            return self.wrong(wrong, &keys, span, outer, &pointer);
        }
        self.frame.documents.push(Document {
            dialect,
            outer,
            outer_pointer: base.to_owned(),
            inside: inside.to_owned(),
            whole: false,
            array: Some(span),
            elements,
            home: Home::Array(pointer),
            inner: self.inner.clone(),
        });
    }

    /// An array without an object to tell by: empty responses, or values that are no documents.
    fn nothing_in(&mut self, span: Span, outer: Span, elements: &[Span], pointer: &str) {
        let empty = |element: &Span| Keys::scan(self.text, element.start).is_some();
        if elements.iter().all(empty) {
            for (index, element) in elements.iter().enumerate() {
                self.classify(*element, *element, &format!("{pointer}/{index}"), "");
            }
            return;
        }
        if let Err(error) = Tape::read(self.text, outer, 0) {
            return self.syntax_once(error, outer.start);
        }
        let finding = Diagnostic::new(
            Code::NotAggregates,
            "an array of plain values, not of responses or containers",
        )
        .at(Span::new(span.start, span.start + 1), pointer)
        .help("gcagg reads {\"results\":[{\"group\",\"data\"}]} and {\"entities\":[{\"id\",\"metrics\"}]}");
        self.push(finding);
    }

    /// A document as a JSON string inside an envelope.
    fn string(&mut self, value: Span, outer: Span, base: &str, inside: &str, keys: &Keys<'_>) {
        if let Err(error) = Tape::read(self.text, outer, 0) {
            return self.syntax_once(error, outer.start);
        }
        let pointer = format!("{base}{inside}");
        if self.inner.is_some() {
            return self.wrong(Wrong::Other, keys, value, outer, &pointer);
        }
        let mut inner = unescaped(self.text, value, pointer);
        self.frame.documents.append(&mut inner.documents);
        self.frame.findings.append(&mut inner.findings);
    }

    fn wrong(&mut self, wrong: Wrong, keys: &Keys<'_>, span: Span, outer: Span, pointer: &str) {
        // What does not read as JSON is that before it is anything else.
        if let Err(error) = Tape::read(self.text, outer, 0) {
            return self.syntax_once(error, outer.start);
        }
        let finding = wrong::finding(wrong, keys, span, pointer);
        self.push(finding);
    }
}

#[cfg(test)]
mod tests;
