//! The finding for a text that is no JSON, with what could be read before the fault.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Fault, Span, SyntaxError, Tape, scan};

use super::patch::Patch;
use super::{foreign, limits};

/// The cause of a syntax error by a placeholder of a template: one is enough to name for an input.
pub const TEMPLATE: &str = "template";

/// The finding for a text that is no JSON; `start` is where its document begins, and `whole` how
/// many elements are complete, where that is known already.
pub fn syntax(error: SyntaxError, text: &str, start: usize, whole: Option<usize>) -> Diagnostic {
    let code = match error.fault {
        Fault::Syntax => Code::JsonSyntax,
        Fault::Truncated => Code::Truncated,
        Fault::Text => Code::InvalidText,
        Fault::Depth => Code::TooDeep,
    };
    let mut message = error.message;
    let mut help = error.help;
    if code == Code::Truncated {
        if let Some(whole) = whole.or_else(|| complete(text, start)) {
            message.push_str(&format!("; {whole} of its elements are complete"));
        }
        help.get_or_insert("the download or the copy is incomplete; fetch the response again");
    }
    let template = code == Code::JsonSyntax && foreign::is_template(text, error.span.start);
    if template {
        message = format!("a template that was not filled in: {message}");
        help = Some(
            "run the program that replaces the placeholders (`{{…}}`, `{%…%}`, `${…}`), and pass its output to gcagg",
        );
    }
    let mut span = error.span;
    // The end of the input is shown on the last byte that there is.
    if span.is_empty() && span.start > 0 {
        let last = text[..span.start]
            .char_indices()
            .next_back()
            .map_or(0, |(at, _)| at);
        span = Span::new(last, span.start);
    }
    let mut finding = Diagnostic::new(code, message).mark(span).label(match code {
        Code::Truncated => "the input ends here",
        _ => "here",
    });
    finding.help = help.map(Cow::Borrowed);
    if template {
        return finding.cause(TEMPLATE);
    }
    finding
}

/// The finding for a string or number that is longer than the limit.
pub fn long_token(token: Span, limit: usize) -> Diagnostic {
    let limit = limits::shown(limit as u64);
    Diagnostic::new(
        Code::OverLimit,
        format!("a string or number is longer than {limit}, the limit of --max-token"),
    )
    .mark(Span::new(token.start, token.start + 1))
    .cause("token")
    .label("it begins here")
    .help("a quote may be missing before it; if the value is right, raise the limit: --max-token")
}

/// The finding for an element, or another value that is read whole, that is longer than the limit.
pub fn long_element(start: usize, limit: usize) -> Diagnostic {
    let limit = limits::shown(limit as u64);
    Diagnostic::new(
        Code::OverLimit,
        format!("an element is longer than {limit}, the limit of --max-element"),
    )
    .mark(Span::new(start, start + 1))
    .cause("element")
    .label("it begins here")
    .help("a bracket may be missing in it; if the element is right, raise the limit: --max-element")
}

/// The finding for invalid text: `rest`, which begins at `outer` of the input, behind the `kept` text
/// before it. `whole` is the number of complete elements, if `kept` does not show it.
pub fn behind(mut kept: Patch, rest: &str, outer: usize, whole: Option<usize>) -> Diagnostic {
    let begun = kept.text().len();
    kept.push(rest, outer);
    let error = match Tape::read_prefix(kept.text(), 0) {
        Err(error) => error,
        Ok((_, end)) => SyntaxError {
            fault: Fault::Syntax,
            span: Span::new(end.max(begun), end.max(begun)),
            message: "the document is invalid here".to_owned(),
            help: None,
        },
    };
    let is_end = rest.is_empty() && error.span.start == begun;
    let mut finding = syntax(error, kept.text(), 0, whole);
    finding.span = finding.span.map(|span| match is_end {
        // The end is shown on the last byte, a bracket or the end of a value.
        true => Span::new(outer.saturating_sub(1), outer),
        false => kept.outward(span),
    });
    finding
}

/// The finding for an array of responses, or an object of them if they are `keyed`, that is invalid
/// at `at`, behind `pages` responses.
pub fn between(text: &str, at: usize, pages: usize, keyed: bool) -> Diagnostic {
    let mut kept = Patch::default();
    kept.push(
        match (keyed, pages) {
            (false, 0) => "[",
            (false, _) => "[\"\"",
            (true, 0) => "{",
            (true, _) => "{\"\":\"\"",
        },
        at,
    );
    behind(kept, &text[at..], at, Some(pages))
}

/// The finding for text behind the last document, at `behind`.
pub fn trailing(text: &str, behind: usize) -> Diagnostic {
    let end = text[behind..]
        .char_indices()
        .nth(1)
        .map_or(text.len(), |(next, _)| behind + next);
    Diagnostic::new(
        Code::TrailingData,
        "unexpected text after the document",
    )
    .mark(Span::new(behind, end))
    .label("the document ended before this")
    .help("two outputs may have been written to one file; keep the first document only, or one document a line")
}

/// Number of elements that are complete of the array in which the text ends: the outermost one of
/// the value at `start`.
fn complete(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = start;
    while bytes.get(start)? == &b'{' {
        let mut members = scan::Members::new(bytes, start);
        members.by_ref().for_each(drop);
        let last = members.at();
        if last == start || scan::value_end(bytes, last).is_some() {
            return None;
        }
        start = last;
    }
    if bytes[start] != b'[' {
        return None;
    }
    let mut count = 0;
    let mut at = scan::skip_blank(bytes, start + 1);
    while let Some(end) = scan::value_end(bytes, at) {
        count += 1;
        at = scan::skip_blank(bytes, end);
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at = scan::skip_blank(bytes, at + 1);
    }
    Some(count)
}
