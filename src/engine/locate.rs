//! Findings get their lines and columns while the text is still at hand.

use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Located, Place, excerpt::excerpt};
use crate::json::lines::Lines;
use crate::json::pointer;
use crate::source::open::{OpenError, Text};

/// The findings of one input in the order of its text, each with its place, and the first of each
/// cause with an excerpt.
pub fn locate(text: &Text, file: &Arc<str>, mut findings: Vec<Diagnostic>) -> Vec<Located> {
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    let content = text.content();
    let (mut starts, mut ends) = (Lines::new(content), Lines::new(content));
    let mut shown = HashSet::new();
    findings
        .into_iter()
        .map(|diagnostic| {
            let place = diagnostic.span.map(|span| {
                let (start, end) = (starts.position(span.start), ends.position(span.end));
                let offset = text.stored_offset(span.start);
                Place {
                    line: start.line,
                    column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                    offset,
                    length: text.stored_offset(span.end) - offset,
                }
            });
            let cause = if diagnostic.cause.is_empty() {
                pointer::pattern(&diagnostic.pointer)
            } else {
                diagnostic.cause.clone()
            };
            let first = shown.insert((diagnostic.code, cause));
            let excerpt = match (diagnostic.span, place) {
                (Some(span), Some(place)) if first && !content.is_empty() => {
                    Some(excerpt(content, span, place.line))
                }
                _ => None,
            };
            Located {
                diagnostic,
                file: Arc::clone(file),
                place,
                excerpt,
            }
        })
        .collect()
}

/// The finding for an input that has no text.
pub fn unopened(error: OpenError, file: &Arc<str>) -> Located {
    let (diagnostic, place, shown) = match error {
        OpenError::Io { error } => (
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
            None,
            None,
        ),
        ref error @ OpenError::CutCompressed { .. } => (
            Diagnostic::new(Code::Truncated, error.to_string())
                .help("the download or the copy was cut; fetch or copy the file again"),
            None,
            None,
        ),
        OpenError::BadText {
            content,
            at,
            stored,
            len,
            reason,
        } => {
            let position = Lines::new(&content).position(at);
            let span = crate::json::Span::new(at, (at + '\u{fffd}'.len_utf8()).min(content.len()));
            let shown = excerpt(&content, span, position.line);
            let place = Place {
                line: position.line,
                column: position.column,
                end_line: position.line,
                end_column: position.column + 1,
                offset: stored,
                length: len,
            };
            (
                Diagnostic::new(Code::InvalidText, reason)
                    .label("not a character")
                    .help("the file was saved in another encoding (such as Windows-1252) or damaged; save it as UTF-8"),
                Some(place),
                Some(shown),
            )
        }
    };
    Located {
        diagnostic,
        file: Arc::clone(file),
        place,
        excerpt: shown,
    }
}
