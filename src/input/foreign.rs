//! Texts that are not JSON, recognised by how they begin, so that they are named instead of being
//! reported as a syntax error.

mod printed;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Span, text::floor};

use super::identify::Keys;
use super::wrong;
use printed::{is_console_print, is_fence, is_powershell, is_to_string};

/// The beginnings of lines that open or close a code block of Markdown.
pub const FENCES: [&str; 2] = ["```", "~~~"];

/// Number of bytes that are looked at: the verdict must not depend on how much text is at hand.
const HEAD: usize = 4096;
/// Number of characters that are marked at most.
const MARKED: usize = 60;

/// The finding for the text that begins at `start`; `None` if its format is not known.
pub fn named(text: &str, start: usize) -> Option<Diagnostic> {
    let head = head(text.get(start..)?);
    // Comments have a word of their own, and can be removed.
    if ["//", "/*", "#"].iter().any(|mark| head.starts_with(mark)) {
        return None;
    }
    let span = Span::new(start, start + first_line(head));
    let opens = head.starts_with(['{', '[']);
    if let Some(finding) = http(text, start, head).or_else(|| exception(text, start, head)) {
        return Some(finding.mark(span).label("not a response body"));
    }
    let (message, help) = if is_powershell(head) {
        (
            "an object in the form of PowerShell, not JSON".to_owned(),
            "save the response as JSON: `… | ConvertTo-Json -Depth 20 | Set-Content FILE -Encoding utf8`",
        )
    } else if is_to_string(head) {
        (
            "an object in the form of the SDK for Java or .NET (`ToString`), not JSON".to_owned(),
            "save the response as JSON: `response.ToJson()` in .NET, `new ObjectMapper().writeValueAsString(response)` in Java",
        )
    } else if FENCES.iter().any(|fence| head.starts_with(fence)) {
        (
            "JSON in a Markdown code fence".to_owned(),
            "remove the lines with ``` or ~~~, or write a copy without them: `gcagg validate --fix FILE`",
        )
    } else if head.lines().any(is_fence) {
        (
            "text with JSON in a Markdown code fence".to_owned(),
            "keep the lines between the lines with ``` or ~~~ and remove the rest",
        )
    } else if is_console_print(head) {
        (
            "an object in the form of a JavaScript console, not JSON: the values of `[Object]` and `[Array]` are lost".to_owned(),
            "save the response as JSON: `JSON.stringify(response)` instead of console.log(response)",
        )
    } else if let Some(lines) = lines_before(head, opens) {
        let s = if lines == 1 { "" } else { "s" };
        (
            match lines {
                0 => "text before the JSON, on the same line".to_owned(),
                _ => format!("text before the JSON: {lines} line{s} of it"),
            },
            "remove the text before the JSON, and print log output to standard error (`2> log.txt`)",
        )
    } else if opens {
        return None;
    } else if is_table(head) {
        (
            "a table with separated columns (CSV), not JSON".to_owned(),
            "this may be a table that gcagg wrote; pass the JSON response of the API instead",
        )
    } else if is_yaml(head) {
        (
            "YAML, not JSON".to_owned(),
            "let the program write JSON (with the `gc` command line: `--outputformat json`), or convert the file with `yq -o json FILE`",
        )
    } else {
        return None;
    };
    Some(
        Diagnostic::new(Code::NotAggregates, message)
            .mark(span)
            .label("not JSON")
            .help(help),
    )
}

/// Returns true if the text at `start` does not begin like a document and may be a format that
/// [`named`] knows. `None` if the text ends too early.
pub fn is_doubtful(text: &str, start: usize) -> Option<bool> {
    let rest = text.get(start..)?;
    let inside = rest.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t']);
    let first = inside.chars().next()?;
    Some(!matches!(first, '"' | '}' | ']'))
}

/// Returns true if a syntax error at `at` comes from a template that was not filled in.
pub fn is_template(text: &str, at: usize) -> bool {
    let near = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        ["{{", "{%", "{#", "${", "<%"]
            .iter()
            .any(|mark| rest.starts_with(mark))
    };
    near(at) || at.checked_sub(1).is_some_and(near)
}

/// The beginning of a text, to a boundary between characters.
fn head(text: &str) -> &str {
    &text[..floor(text, HEAD)]
}

/// The length of the first line, as far as it is marked.
fn first_line(head: &str) -> usize {
    head.chars()
        .take(MARKED)
        .take_while(|char| !matches!(char, '\n' | '\r'))
        .map(char::len_utf8)
        .sum::<usize>()
        .max(head.chars().next().map_or(0, char::len_utf8))
}

/// Headers before the body, as `curl -i` writes them.
fn http(text: &str, start: usize, head: &str) -> Option<Diagnostic> {
    let line = head.strip_prefix("HTTP/")?.lines().next()?;
    let status: u16 = line.split_whitespace().nth(1)?.parse().ok()?;
    if status >= 400 {
        let body = head.find("\n\n").or_else(|| head.find("\r\n\r\n"));
        let keys = body.and_then(|at| error_body(text, start + at));
        return Some(wrong::failed(
            "an HTTP error response",
            Some(status),
            "",
            keys.as_ref(),
        ));
    }
    Some(
        Diagnostic::new(
            Code::NotAggregates,
            "HTTP headers before the JSON, as `curl -i` writes them",
        )
        .help("save the body alone: run curl without `-i` (`--include`), or delete the lines down to the first empty one"),
    )
}

/// An exception of one of the SDKs: its status, its reason and the body of the answer.
fn exception(text: &str, start: usize, head: &str) -> Option<Diagnostic> {
    let mut status = None;
    let mut reason = "";
    for line in head.lines() {
        if let Some(said) = line.strip_prefix("Reason: ") {
            reason = said;
            break;
        }
        let number = line
            .rfind('(')
            .and_then(|at| line.get(at + 1..)?.strip_suffix(')'));
        status = number
            .and_then(|number| number.parse::<u16>().ok())
            .or(status);
    }
    let named = [
        "ApiException",
        "ApiError:",
        "Traceback (most recent call last)",
    ]
    .iter()
    .any(|name| head.contains(name));
    if (status.is_none() || reason.is_empty()) && !named {
        return None;
    }
    let keys = error_body(text, start);
    Some(wrong::failed(
        "an exception of an SDK",
        status,
        reason,
        keys.as_ref(),
    ))
}

/// The error body in a text: the first object with a `message`.
fn error_body(text: &str, from: usize) -> Option<Keys<'_>> {
    let head = head(text.get(from..)?);
    let mut objects = memchr::memmem::find_iter(head.as_bytes(), b"{\"");
    objects.find_map(|at| {
        let keys = Keys::scan(text, from + at)?;
        keys.get("message").is_some().then_some(keys)
    })
}

/// Number of lines up to the first one that begins like JSON.
fn lines_before(head: &str, opens: bool) -> Option<usize> {
    let begins = |line: &str| {
        let rest = line.strip_prefix(['{', '[']).map(str::trim_start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['"', '{', '[', '}', ']']))
    };
    let mut lines = head.lines();
    let first = lines.next()?;
    if opens {
        // `[2026-03-02 08:00:00] INFO …`, `[INFO] …`
        let word = first.strip_prefix('[')?.split(']').next()?;
        let log = word.starts_with(|char: char| char.is_alphanumeric())
            && !first.contains(['"', ',', '{'])
            && first.contains(']');
        if !log {
            return None;
        }
    } else if is_words(first) && (first.contains("{\"") || first.contains("[{")) {
        return Some(0);
    }
    lines.position(begins).map(|index| index + 1)
}

/// Returns true if a line begins like words, and not like a value with something odd before it.
fn is_words(line: &str) -> bool {
    line.starts_with(|char: char| char.is_ascii_graphic() && !"\"'".contains(char))
}

/// Returns true if the first lines have columns.
fn is_table(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let Some(header) = lines.next() else {
        return false;
    };
    let next = lines.next();
    [',', ';', '\t', '|'].into_iter().any(|separator| {
        let count = |line: &str| {
            let mut quoted = false;
            line.chars()
                .filter(|char| {
                    quoted ^= *char == '"';
                    *char == separator && !quoted
                })
                .count()
        };
        let columns = count(header);
        let name = |field: &str| {
            let field = field.trim().trim_matches('"');
            !field.is_empty()
                && field
                    .chars()
                    .all(|char| char.is_alphanumeric() || "_-./ ()%#".contains(char))
                && !field.starts_with(|char: char| char.is_ascii_digit())
        };
        let ours = header
            .split(separator)
            .any(|field| field == "interval_start");
        columns > 0
            && header.split(separator).all(name)
            && next.map_or(ours, |next| count(next) == columns)
    })
}

/// Returns true if the text begins with keys of YAML.
fn is_yaml(head: &str) -> bool {
    let mut lines = head
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let is_key = |line: &str| {
        let line = line.trim_start_matches(['-', ' ']);
        let name = line
            .find(':')
            .and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?)));
        name.is_some_and(|(name, rest)| {
            let name = name.trim_matches(['"', '\'']);
            !name.is_empty()
                && name
                    .chars()
                    .all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'))
                && (rest.is_empty() || rest.starts_with(' '))
        })
    };
    match lines.next() {
        Some("---") => true,
        Some(line) => {
            is_key(line)
                && lines
                    .next()
                    .is_none_or(|next| is_key(next) || next.starts_with([' ', '-']))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        named(text, 0).map_or_else(String::new, |finding| finding.message)
    }

    #[test]
    fn texts_are_named() {
        for (text, word) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}", "curl -i"),
            (
                "HTTP/2 429 \n\n{\"message\":\"slow\",\"status\":429}",
                "429: slow",
            ),
            (
                "[2026-03-02 08:00:01] INFO start\n{\"results\":[]}",
                "1 line of it",
            ),
            ("a\nb\n{\n", "2 lines"),
            ("response: {\"results\":[]}", "same line"),
            ("---\na: 1", "YAML"),
            ("entities:\n  - id: a", "YAML"),
            ("a;b\n1;2", "CSV"),
            ("queueId,interval_start", "CSV"),
            ("[object Object]", "console"),
            ("{\n  entities: [ [Object] ] }", "console"),
            ("results : {@{group=; data=System.Object[]}}", "PowerShell"),
            ("(403)\nReason: Forbidden\n", "403: Forbidden"),
            ("group : @{a=b}\ndata  : {@{c=}}", "PowerShell"),
            (
                "metric    : nOffered\nqualifier :\nstats     : @{count=12;\n            sum=5}\n\nmetric : x",
                "PowerShell",
            ),
            ("Interval : 2026-03-02", "PowerShell"),
            (
                "metric   count\n------   -----\nnOffered    12",
                "PowerShell",
            ),
            (
                "class Response {\n    results: [class Container {",
                "ToString",
            ),
            ("class Response {\n}", "ToString"),
            ("{results=[{group={mediaType=voice}}]}", "ToString"),
            ("Response(results=[Container(group={a=b})])", "ToString"),
            (
                "Response { Results = System.Collections.Generic.List`1[X] }",
                "ToString",
            ),
            ("PureCloudPlatform.Client.V2.Model.Response\n", "ToString"),
            ("```json\n{\"results\":[]}\n```\n", "Markdown"),
            ("~~~json\n{\"results\":[]}\n~~~\n", "Markdown"),
            ("Here it is:\n\n```\n{\"results\":[]}\n```", "Markdown"),
        ] {
            assert!(message(text).contains(word), "{text}: {}", message(text));
        }
        for text in [
            "{\"a\":1,}",
            "[1 2]",
            "hello",
            "hello, world",
            "{a:1}",
            "[\"x\"\n{",
            "12",
            "é",
            "Response",
            "Hello (world)",
            "a : b\nc: d",
            "a\n-",
        ] {
            assert_eq!(message(text), "", "{text}");
        }
    }
}
