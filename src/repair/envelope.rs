//! Documents taken out of the envelopes around them: `{"body":{…}}`, `{"body":"{…}"}`.

use crate::input::cut;
use crate::input::frame::{self, Framed};
use crate::input::identify::{Keys, Member, Shape, key_name};
use crate::json::{Span, Tape, pointer, scan, text};
use crate::model::Dialect;

use super::edits::{Edit, Edits};
use super::fixes::{Fix, Fixes};
use super::lenient;
use super::patch::{self, Op, Patches};
use super::values::Values;

/// The keys that may hold the document.
const KEYS: [&str; 3] = ["body", "response", "data"];

/// What lies in an envelope.
enum Letter {
    /// A document, and the way to it from the envelope.
    Inside(Span, String),
    /// A document as a JSON string, unescaped and repaired.
    Written(String, Fixes),
}

/// The changes that take every readable document out of its envelope.
pub(super) fn unwrap(text: &str, fixes: &mut Fixes, patches: Option<&mut Patches>) -> Edits {
    let values = Values::of(text);
    let mut edits = Vec::new();
    let mut own = Fixes::default();
    let mut ops: Vec<(usize, Vec<Op>)> = Vec::new();
    for (index, span) in values.spans.iter().enumerate() {
        for (outer, place) in candidates(text, *span) {
            match open(text, outer, !place.is_empty()) {
                None => continue,
                Some(Letter::Inside(inner, way)) => {
                    edits.push(Edit::new(outer.start, inner.start, ""));
                    edits.push(Edit::new(inner.end, outer.end, ""));
                    ops.push((index, patch::lift(&place, &way)));
                }
                Some(Letter::Written(letter, repaired)) => {
                    // White space only: strings of JSON hold no line breaks.
                    let line = letter.replace(['\n', '\r'], " ");
                    let op = patch::replace(&place, line.clone());
                    ops.push((index, op.into_iter().collect()));
                    let with = if values.lines { line } else { letter };
                    edits.push(Edit::new(outer.start, outer.end, with));
                    own.merge(&repaired);
                }
            }
            own.add(Fix::Envelope);
        }
    }
    let edits = Edits::sorted(edits);
    if edits.is_empty() || !reads_alike(text, &edits.apply(text)) {
        return Edits::default();
    }
    fixes.merge(&own);
    if let Some(patches) = patches {
        patches.reserve(values.spans.len());
        for (index, ops) in ops {
            patches.add(index, ops);
        }
    }
    edits
}

/// The objects that may be envelopes, with their pointers: a value, or the elements of one.
fn candidates(text: &str, value: Span) -> Vec<(Span, String)> {
    // What is not closed is not looked for beyond the value.
    let is_envelope = |span: &Span| {
        Keys::scan(text.get(..span.end).unwrap_or_default(), span.start)
            .is_some_and(|keys| matches!(keys.shape(), Shape::Envelope(..)))
    };
    if text.as_bytes().get(value.start) != Some(&b'[') {
        return Some((value, String::new()))
            .into_iter()
            .filter(|(span, _)| is_envelope(span))
            .collect();
    }
    let elements = scan::elements(&text.as_bytes()[..value.end], value.start);
    let elements = elements.unwrap_or_default().into_iter().enumerate();
    elements
        .filter(|(_, span)| is_envelope(span))
        .map(|(index, span)| (span, format!("/{index}")))
        .collect()
}

/// What lies in the envelope at `outer`; `None` where it is no document, or not the only one. Among
/// others in an array only whole responses stand apart; containers would become one response.
fn open(text: &str, outer: Span, among_others: bool) -> Option<Letter> {
    // What is no JSON to the last character is not taken apart.
    Tape::read(text, outer, 0).ok()?;
    let mut at = outer;
    let mut way = String::new();
    while let Some(keys) = Keys::scan(text, at.start)
        && let Shape::Envelope(Member { key, value }) = keys.shape()
    {
        let holds =
            |value: Span| matches!(text.as_bytes().get(value.start), Some(b'{' | b'[' | b'"'));
        let others = KEYS.iter().filter_map(|other| keys.member(other));
        if others
            .filter(|other| other.key != key)
            .any(|other| holds(other.value))
        {
            return None;
        }
        pointer::push(&mut way, &key_name(text, key));
        at = value;
        if text.as_bytes().get(value.start) == Some(&b'"') {
            return written(text.get(value.start + 1..value.end - 1)?, among_others);
        }
    }
    let inner = text.get(at.start..at.end)?;
    (at != outer && is_document(inner, among_others)).then_some(Letter::Inside(at, way))
}

/// A document in a string.
fn written(raw: &str, among_others: bool) -> Option<Letter> {
    let inner = text::unescape(raw);
    let mut fixes = Fixes::default();
    let inner = lenient::repair(&inner, &mut fixes).apply(&inner);
    let inner = inner.trim();
    Tape::read(inner, Span::new(0, inner.len()), 0).ok()?;
    is_document(inner, among_others).then(|| Letter::Written(inner.to_owned(), fixes))
}

/// Whether this one value is a document that is read, and a whole response where it must be.
fn is_document(text: &str, whole: bool) -> bool {
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let framed = frame::at(text, Span::new(0, text.len()), "");
    let fits = |part: &Framed| match part {
        Framed::Document(document) => !whole || (document.whole && document.dialect.is_some()),
        Framed::Unread(_) => false,
    };
    !framed.parts.is_empty() && framed.parts.iter().all(fits)
}

/// Whether the same documents are found after a change, or more because less is refused.
fn reads_alike(before: &str, after: &str) -> bool {
    let (before, after) = (read(before), read(after));
    after.0 < before.0 || after == before
}

/// How many faults are found, and the elements in their order.
fn read(text: &str) -> (usize, Vec<(Option<Dialect>, usize)>) {
    let framed = cut::frame(text);
    let mut elements: Vec<(Option<Dialect>, usize)> = Vec::new();
    for document in framed.documents() {
        let count = document.elements.len();
        match elements.last_mut() {
            Some((dialect, sum)) if *dialect == document.dialect => *sum += count,
            _ if count > 0 => elements.push((document.dialect, count)),
            _ => {}
        }
    }
    (framed.findings().count(), elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> String {
        let mut fixes = Fixes::default();
        unwrap(text, &mut fixes, None).apply(text)
    }

    #[test]
    fn readable_documents_are_taken_out() {
        for (text, inner) in [
            (r#"{"body":{"results":[]}}"#, r#"{"results":[]}"#),
            (r#"{"statusCode":200,"body":[] }"#, "[]"),
            (
                r#"{"data":{"response":{"entities":[]}}}"#,
                r#"{"entities":[]}"#,
            ),
            (r#"{"body":"{\"results\":[],}"}"#, r#"{"results":[]}"#),
            (
                r#"[{"body":{"results":[]}}, {"results":[]}]"#,
                r#"[{"results":[]}, {"results":[]}]"#,
            ),
            (
                "{\"body\":\"{\\n\\\"results\\\":[]}\"}\n{\"results\":[]}",
                "{ \"results\":[]}\n{\"results\":[]}",
            ),
        ] {
            assert_eq!(opened(text), inner, "{text}");
            assert_eq!(opened(inner), inner, "{inner}");
        }
    }

    #[test]
    fn what_is_not_sure_stays() {
        for text in [
            r#"{"body":{"message":"m","status":400}}"#,
            r#"{"body":"text"}"#,
            r#"{"body":{"results":[]},"response":{"results":[]}}"#,
            r#"{"body":{"results":[],}}"#,
            r#"{"body":"{\"results\":[\ud800]}"}"#,
            // The first would be taken for one of many containers.
            r#"[{"body":{"group":{},"data":[]}},{"results":[{"group":{}}]}]"#,
        ] {
            assert_eq!(opened(text), text);
        }
    }
}
