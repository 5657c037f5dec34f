//! The finding for a text that is no JSON, with what could be read before the fault.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Fault, Span, SyntaxError, scan};

use super::foreign;
use super::limits;

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
        if let Some(whole) = whole.or_else(|| whole_elements(text, start)) {
            message.push_str(&format!("; {whole} of its elements are complete"));
        }
        help.get_or_insert("the download or the copy was cut; fetch the response again");
    }
    let template = code == Code::JsonSyntax && foreign::is_template(text, error.span.start);
    if template {
        message = format!("a template that was not filled in: {message}");
        help = Some(
            "run the program that replaces the placeholders (`{{…}}`, `{%…%}`, `${…}`), and give gcagg what it writes",
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
    let mut finding = Diagnostic::new(code, message)
        .at(span, "")
        .label(match code {
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
pub fn too_long(token: Span, limit: usize) -> Diagnostic {
    let limit = limits::shown(limit as u64);
    Diagnostic::new(
        Code::OverLimit,
        format!("a string or number is longer than {limit}, the limit of --max-token"),
    )
    .at(Span::new(token.start, token.start + 1), "")
    .cause("token")
    .label("it begins here")
    .help("a quote may be missing before it; if the value is right, raise the limit: --max-token")
}

/// How many elements of a document's array end before the text does.
fn whole_elements(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = match bytes.get(start)? {
        b'[' => start,
        b'{' => loop_to_array(bytes, start)?,
        _ => return None,
    };
    let mut count = 0;
    at = scan::skip_blank(bytes, at + 1);
    while let Some(end) = bytes
        .get(at)
        .filter(|byte| matches!(byte, b'{' | b'['))
        .and_then(|_| scan::value_end(bytes, at))
    {
        count += 1;
        at = scan::skip_blank(bytes, end);
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at = scan::skip_blank(bytes, at + 1);
    }
    Some(count)
}

/// The array that was being read when the text of the object at `start` ended.
fn loop_to_array(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = scan::skip_blank(bytes, start + 1);
    loop {
        at = scan::skip_blank(bytes, scan::value_end(bytes, at)?);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        at = scan::skip_blank(bytes, at + 1);
        match scan::value_end(bytes, at) {
            Some(end) => at = scan::skip_blank(bytes, scan::skip_blank(bytes, end) + 1),
            None => return (bytes.get(at) == Some(&b'[')).then_some(at),
        }
    }
}
