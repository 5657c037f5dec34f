//! The words for documents that are no aggregates.

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, Span, text};

use super::identify::{Keys, Wrong};

/// The documents that gcagg reads, and the option that leaves out a file of a folder.
pub const SHAPES: &str = "gcagg reads {\"results\":[{\"group\",\"data\"}]} and {\"entities\":[{\"id\",\"metrics\"}]}; --exclude GLOB leaves out files of a folder";

/// The finding for a document that is something else.
pub fn finding(wrong: Wrong, keys: &Keys<'_>, span: Span, path: &Path) -> Diagnostic {
    let opening = Span::new(span.start, span.start + 1);
    match wrong {
        Wrong::ApiError | Wrong::Failure => {
            let what = match wrong {
                Wrong::Failure => "a saved error of another program",
                _ => "a saved API error",
            };
            api_error(what, keys)
                .at(opening, path)
                .label("an error body, not a response")
        }
        Wrong::OauthError => oauth_error(keys, opening, path),
        _ => {
            let (message, help) = words(wrong, keys);
            Diagnostic::new(Code::NotAggregates, message)
                .at(opening, path)
                .cause(format!("{wrong:?}"))
                .label("this document")
                .help(help)
        }
    }
}

/// The finding for elements of another response, judged by the first ones.
pub fn elements(wrong: Wrong, span: Span, path: &Path) -> Diagnostic {
    finding(wrong, &Keys::default(), span, path)
}

fn words(wrong: Wrong, keys: &Keys<'_>) -> (String, &'static str) {
    match wrong {
        Wrong::Observation => (
            "an observation, not aggregates: its metrics describe one moment, not an interval"
                .into(),
            "query …/aggregates/query instead of …/observations/query; in a log of notifications, `--on-error skip` skips observations",
        ),
        Wrong::Usage => (
            "counts of usage, not analytics aggregates: they have no metrics".into(),
            "use an aggregates query of /api/v2/analytics instead of /api/v2/usage",
        ),
        Wrong::Notification => {
            let topic = keys.plain("topicName").unwrap_or_default();
            let topic: String = text::printable(&topic).chars().take(100).collect();
            (
                format!("a notification of the topic `{topic}`, not of aggregates"),
                "keep only notifications of aggregates, for example with `jq -c 'select(.eventBody.group)' FILE`, or skip this one with `--on-error skip`",
            )
        }
        Wrong::Statistics => (
            "statistics without their group and interval".into(),
            "save the whole response of the query, with `results`, `group` and `data`, instead of one of its statistics",
        ),
        Wrong::Details => (
            "a conversation details response, not aggregates: it lists single conversations".into(),
            "query /api/v2/analytics/conversations/aggregates/query for figures of groups",
        ),
        Wrong::FlatRows => (
            "rows of a table, not a response".into(),
            "pass the response of the API, with `results` and `group`",
        ),
        Wrong::MetricEvents => (
            "rows with one event per metric, as log collectors write them, not a response".into(),
            "pass the response of the API, with `results`, `group` and `data`",
        ),
        Wrong::ApiError | Wrong::Failure | Wrong::OauthError => (
            "a saved error".into(),
            "correct the cause and run the query again",
        ),
        Wrong::Buckets => (
            "buckets without their group".into(),
            "save the whole response, with `results` and `group`, or wrap it: {\"group\":{},\"data\":[…]}",
        ),
        Wrong::Query => (
            "a query, not the response to it".into(),
            "send this body to the API and save the response",
        ),
        Wrong::Report => (
            "a report that gcagg wrote, not a response".into(),
            "pass the responses it was made from; --exclude GLOB leaves out a file of a folder",
        ),
        Wrong::Job => (
            "the status of an asynchronous job, not its results".into(),
            "when its state is FULFILLED, save …/jobs/{jobId}/results, page by page",
        ),
        Wrong::Listing => (
            "a list of entities (queues, users, evaluations …) without metrics".into(),
            "pass the response of an aggregates query; a list of names is given with `--names FILE`, and `--exclude GLOB` leaves it out of a folder",
        ),
        Wrong::Token => (
            "a sign-in response with an access token, not data".into(),
            "this file is a secret: delete it or keep it safe; use the token to run an aggregates query, and save that response",
        ),
        Wrong::Har => (
            "a browser's HAR recording without a readable aggregates response".into(),
            "record the page again with the response bodies (\"Save all as HAR with content\"), or copy the response of …/aggregates/query alone",
        ),
        Wrong::Text => (
            "a text of a tool without an aggregates response".into(),
            "let the tool return the response of the API as JSON",
        ),
        Wrong::Object | Wrong::Other => {
            let names = keys.names();
            let message = if names.is_empty() {
                "no aggregates response".to_owned()
            } else {
                format!(
                    "not an aggregates response: it has neither `results` nor `entities`; its keys are {}",
                    names
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            };
            (message, SHAPES)
        }
    }
}

/// The finding for a failed request that some program wrote down in its own way.
pub fn failed(
    what: &str,
    status: Option<u16>,
    reason: &str,
    body: Option<&Keys<'_>>,
) -> Diagnostic {
    if let Some(body) = body {
        return api_error(what, body);
    }
    let mut message = what.to_owned();
    if let Some(status) = status {
        message.push_str(&format!(" {status}"));
    }
    if !reason.is_empty() {
        let reason: String = text::printable(reason).chars().take(200).collect();
        message.push_str(&format!(": {reason}"));
    }
    Diagnostic::new(Code::ApiErrorBody, message).help(advice(status, ""))
}

fn api_error(what: &str, keys: &Keys<'_>) -> Diagnostic {
    let inner = keys.child("error");
    let inner = inner.as_ref().and_then(|error| error.plain("message"));
    let said = (keys.plain("message"))
        .or_else(|| keys.plain("errorMessage"))
        .or_else(|| inner.clone())
        .or_else(|| keys.plain("error"))
        .unwrap_or_default();
    let status = (keys.plain("status"))
        .or_else(|| keys.plain("statusCode"))
        .filter(|status| status != "null")
        .or_else(|| inner.iter().chain([&said]).find_map(|it| http_status(it)));
    let said = text::printable(&said);
    let mut message = what.to_owned();
    if let Some(status) = &status {
        message.push_str(&format!(" {}", text::printable(status)));
    }
    if let Some(code) = keys.plain("code").filter(|code| code != "null") {
        message.push_str(&format!(" ({})", text::printable(&code)));
    }
    if !said.is_empty() {
        message.push_str(&format!(": {said}"));
    }
    if let Some(context) = keys.plain("contextId").filter(|id| id != "null") {
        message.push_str(&format!(" [contextId {}]", text::printable(&context)));
    }
    let status = status.and_then(|status| status.parse().ok());
    let code = keys.plain("code").unwrap_or_default();
    Diagnostic::new(Code::ApiErrorBody, message)
        .cause(code.clone())
        .help(advice(status, &code))
}

/// The status in words such as `HTTP 403`.
fn http_status(words: &str) -> Option<String> {
    let (_, rest) = words.split_once("HTTP ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() == 3).then_some(digits)
}

fn oauth_error(keys: &Keys<'_>, span: Span, path: &Path) -> Diagnostic {
    let said = keys
        .plain("error_description")
        .or_else(|| keys.plain("description"))
        .unwrap_or_default();
    let error = keys.plain("error").unwrap_or_default();
    let mut message = format!("a saved sign-in error ({})", text::printable(&error));
    if !said.is_empty() {
        message.push_str(&format!(": {}", text::printable(&said)));
    }
    Diagnostic::new(Code::ApiErrorBody, message)
    .at(span, path)
    .cause(error)
    .label("an error body, not a response")
    .help("the sign-in failed: check id, secret and region of the OAuth client, then run the query again")
}

/// Explains an HTTP status, and names the next step.
fn advice(status: Option<u16>, code: &str) -> &'static str {
    match status {
        Some(400) => {
            "400: the API rejected the query; correct the part in the message (metric, groupBy, interval) and run it again"
        }
        Some(401) => {
            "401: not signed in; the token was missing, wrong or expired: get a new one and run the query again"
        }
        Some(403) => {
            "403: signed in, but without the permission for this query; add it to the role of the OAuth client"
        }
        Some(404) => {
            "404: the address does not exist; check the host of the region and the path of the query"
        }
        Some(408 | 504) => {
            "the query took too long; ask for a shorter interval, or use the asynchronous job"
        }
        Some(413) => {
            "413: the query or its response is too large; divide the interval or the filter"
        }
        Some(429) => {
            "429: too many requests; wait as long as the Retry-After header says and run the query again"
        }
        Some(500..=599) => {
            "the service failed; run the query again; if this continues, send the contextId to Genesys support"
        }
        _ if code.contains("credentials") => {
            "not signed in; get a new token and run the query again"
        }
        _ => "the query failed, so this file has no figures: correct the cause and run it again",
    }
}

/// The finding for an input without a value: nothing, or white space.
pub fn nothing(is_empty: bool) -> Diagnostic {
    let message = match is_empty {
        true => "the input is empty",
        false => "the input contains only white space",
    };
    Diagnostic::new(Code::EmptyInput, message)
        .mark(Span::new(0, 0))
        .help("the export wrote nothing: check the program or redirection that created the file")
}

/// The finding for a page where JSON should be, which begins at `start`.
pub fn markup(text: &str, start: usize) -> Diagnostic {
    let near = text[start..].char_indices().take(60);
    let mut end = start;
    for (at, char) in near {
        end = start + at + char.len_utf8();
        if matches!(char, '>' | '\n') {
            break;
        }
    }
    Diagnostic::new(
        Code::NotAggregates,
        "an HTML or XML page, not JSON: often the sign-in page of a proxy or portal",
    )
    .mark(Span::new(start, end))
    .label("markup begins here")
    .help("open the file in a browser to read it, then fetch the response again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_part_of_a_page_ends_between_characters() {
        let long = "é".repeat(80);
        for (page, marked) in [
            ("<", "<"),
            ("<é", "<é"),
            ("<日本>語", "<日本>"),
            ("<日\n本>", "<日\n"),
            (&format!("<{long}"), &format!("<{}", "é".repeat(59))),
        ] {
            for before in ["", " \n", "\u{feff}"] {
                let text = format!("{before}{page}");
                let span = markup(&text, before.len()).span.unwrap();
                assert_eq!(text.get(span.start..span.end), Some(marked), "{text}");
            }
        }
    }
}
