//! Documents inside other things: as strings in what another program recorded (a browser's HAR, an
//! MCP tool result), and before a fault in an array.

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Span, Tape, scan, text};
use crate::source::identify::{Keys, Wrong};

use super::{Framer, unescaped};

/// How many characters of an answer in words are shown.
const SHOWN: usize = 200;

impl Framer<'_> {
    /// The responses that a browser recorded. Most entries of a recording are other requests:
    /// they are passed over.
    pub(super) fn recording(
        &mut self,
        entries: Span,
        keys: &Keys<'_>,
        outer: Span,
        (base, inside): (&str, &str),
    ) {
        if !self.reads(outer) {
            return;
        }
        let mut read = false;
        let entries = scan::elements(self.bytes(), entries.start).unwrap_or_default();
        for (index, entry) in entries.iter().enumerate() {
            let entry = Keys::scan(self.text, entry.start);
            let content = entry
                .as_ref()
                .and_then(|entry| entry.child("response")?.child("content"))
                .filter(|content| content.get("encoding").is_none());
            let Some(value) = content.and_then(|content| self.string_of(&content, "text")) else {
                continue;
            };
            let asked = entry
                .and_then(|entry| entry.child("request")?.plain("url"))
                .is_some_and(|url| url.contains("/aggregates/"));
            let pointer = format!("{base}{inside}/log/entries/{index}/response/content/text");
            let mut inner = unescaped(self.text, value, pointer);
            let holds = inner
                .documents
                .iter()
                .any(|it| it.dialect.is_some() || asked);
            let failed = |it: &Diagnostic| it.code == Code::ApiErrorBody;
            if holds || (asked && inner.findings.iter().any(failed)) {
                self.frame.documents.append(&mut inner.documents);
                self.frame.findings.append(&mut inner.findings);
                read = true;
            }
        }
        if !read {
            self.wrong(Wrong::Har, keys, outer, outer, &format!("{base}{inside}"));
        }
    }

    /// The documents in the text of a tool result.
    pub(super) fn contents(
        &mut self,
        items: Span,
        keys: &Keys<'_>,
        outer: Span,
        (base, inside): (&str, &str),
    ) {
        if !self.reads(outer) {
            return;
        }
        let failed = keys.plain("isError").as_deref() == Some("true");
        let (mut read, mut found) = (false, Vec::new());
        let items = scan::elements(self.bytes(), items.start).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let Some(item) = Keys::scan(self.text, item.start) else {
                continue;
            };
            let Some(value) = self.string_of(&item, "text") else {
                continue;
            };
            let pointer = format!("{base}{inside}/content/{index}/text");
            if failed {
                let said = item.plain("text").unwrap_or_default();
                let said: String = text::printable(&said).chars().take(SHOWN).collect();
                let finding =
                    Diagnostic::new(Code::ApiErrorBody, format!("a tool's error: {said}"))
                        .at(value, pointer)
                        .label("an error, not a response")
                        .help("correct what the message names, and call the tool again");
                self.push(finding);
                return;
            }
            let mut inner = unescaped(self.text, value, pointer);
            if inner.documents.is_empty() {
                found.append(&mut inner.findings);
            } else {
                self.frame.documents.append(&mut inner.documents);
                self.frame.findings.append(&mut inner.findings);
                read = true;
            }
        }
        found.retain(|it| it.code == Code::ApiErrorBody);
        if !read && found.is_empty() {
            return self.wrong(Wrong::Text, keys, outer, outer, &format!("{base}{inside}"));
        }
        self.frame.findings.append(&mut found);
    }

    /// Reads the whole responses of the array at `start`, which is broken behind them. Those of an
    /// array that fits no window are read before the fault is known.
    pub(super) fn pages(&mut self, start: usize, pointer: &str) {
        let bytes = self.bytes();
        let mut elements = Vec::new();
        let mut at = scan::skip_blank(bytes, start + 1);
        while let Some(end) = scan::value_end(bytes, at).filter(|_| bytes[at] == b'{') {
            elements.push(Span::new(at, end));
            let comma = scan::skip_blank(bytes, end);
            if bytes.get(comma) != Some(&b',') {
                break;
            }
            at = scan::skip_blank(bytes, comma + 1);
        }
        let first = elements.first();
        let keys = first.and_then(|first| Keys::scan(self.text, first.start));
        if !keys.is_some_and(|keys| keys.shape().is_page()) {
            return;
        }
        self.frame.rest = elements.last().map(|last| last.end);
        for (index, element) in elements.into_iter().enumerate() {
            self.classify(element, element, &format!("{pointer}/{index}"), "");
        }
    }

    /// The value of a key, where it is a string that can be unescaped here.
    fn string_of(&self, keys: &Keys<'_>, key: &str) -> Option<Span> {
        keys.get(key)
            .filter(|value| self.inner.is_none() && self.bytes()[value.start] == b'"')
    }

    /// Whether a value is JSON throughout; reports the fault where it is not.
    fn reads(&mut self, outer: Span) -> bool {
        match Tape::read(self.text, outer, 0) {
            Ok(_) => true,
            Err(error) => {
                self.syntax_once(error, outer.start);
                false
            }
        }
    }
}
