//! Documents as strings in a recording of another program (a HAR of a browser, an MCP tool result).

use crate::diagnostic::{Code, Diagnostic};
use crate::input::identify::{Keys, Wrong};
use crate::input::wrong;
use crate::json::{Path, Span, scan, text};

use super::{Frame, Framed, Framer, unescaped};

/// Number of characters of a text that are shown.
const SHOWN: usize = 200;

impl Framer<'_> {
    /// The responses that a browser recorded. Most entries of a recording are other requests:
    /// they are ignored.
    pub(super) fn recording(
        &mut self,
        entries: Span,
        keys: &Keys<'_>,
        outer: Span,
        (base, inside): (&Path, &Path),
    ) {
        if !self.reads(outer, base) {
            return;
        }
        let mut read = false;
        let entries = scan::elements(self.bytes(), entries.start).unwrap_or_default();
        for (index, entry) in entries.iter().enumerate() {
            let entry = Keys::scan(self.near(), entry.start);
            let content = entry
                .as_ref()
                .and_then(|entry| entry.child("response")?.child("content"))
                .filter(|content| {
                    let encoding = content.plain("encoding");
                    encoding.is_none_or(|it| it.is_empty() || it == "null")
                });
            let Some(value) = content.and_then(|content| self.string_of(&content, "text")) else {
                continue;
            };
            let asked = entry
                .and_then(|entry| entry.child("request")?.plain("url"))
                .is_some_and(|url| url.contains("/aggregates/"));
            let entry = base
                .clone()
                .join(inside)
                .key("log")
                .key("entries")
                .index(index);
            let path = entry.key("response").key("content").key("text");
            let mut inner = unescaped(self.near(), value, path, outer);
            let holds = inner.documents().any(|it| it.dialect.is_some() || asked);
            if holds || (asked && inner.findings().any(is_error_body)) {
                self.frame.parts.append(&mut inner.parts);
                read = true;
            }
        }
        if !read {
            let finding = wrong::finding(Wrong::Har, keys, outer, &base.clone().join(inside));
            self.unread(finding, outer);
        }
    }

    /// The documents in the text of a tool result.
    pub(super) fn contents(
        &mut self,
        items: Span,
        keys: &Keys<'_>,
        outer: Span,
        (base, inside): (&Path, &Path),
    ) {
        if !self.reads(outer, base) {
            return;
        }
        let failed = keys.plain("isError").as_deref() == Some("true");
        let (mut read, mut found) = (false, Frame::default());
        let items = scan::elements(self.bytes(), items.start).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let Some(item) = Keys::scan(self.near(), item.start) else {
                continue;
            };
            let Some(value) = self.string_of(&item, "text") else {
                continue;
            };
            let content = base.clone().join(inside).key("content");
            let path = content.index(index).key("text");
            if failed {
                let said = item.plain("text").unwrap_or_default();
                let said: String = text::printable(&said).chars().take(SHOWN).collect();
                let finding =
                    Diagnostic::new(Code::ApiErrorBody, format!("a tool's error: {said}"))
                        .at(value, path)
                        .label("an error, not a response")
                        .help("correct the error in the message, and call the tool again");
                return self.unread(finding, outer);
            }
            let mut inner = unescaped(self.near(), value, path, outer);
            let holds = inner.documents().next().is_some();
            read |= holds;
            if !holds {
                inner.parts.retain(|part| match part {
                    Framed::Document(_) => false,
                    Framed::Unread(it) => it.finding.as_ref().is_some_and(is_error_body),
                });
            }
            found.parts.append(&mut inner.parts);
        }
        if !read && found.parts.is_empty() {
            let finding = wrong::finding(Wrong::Text, keys, outer, &base.clone().join(inside));
            return self.unread(finding, outer);
        }
        self.frame.parts.append(&mut found.parts);
    }

    /// The value of a key, where it is a string that can be unescaped here.
    fn string_of(&self, keys: &Keys<'_>, key: &str) -> Option<Span> {
        keys.get(key)
            .filter(|value| self.inner.is_none() && self.bytes()[value.start] == b'"')
    }
}

fn is_error_body(finding: &Diagnostic) -> bool {
    finding.code == Code::ApiErrorBody
}
