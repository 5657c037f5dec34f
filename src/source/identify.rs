//! Which document this is, told by the keys of an object.

use crate::json::{Span, Tape, scan, text};

/// What an object is, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{}`: a response of a query that matched nothing.
    Empty,
    /// Both `results` and `entities`.
    Both,
    /// A whole response: the value of `results`.
    Results(Span),
    /// A whole summary: the value of `entities`.
    Entities(Span),
    /// One container of `results`.
    Container,
    /// One entity of `entities`.
    Entity,
    /// A wrapper around a document, which is the value of this key.
    Envelope(&'static str, Span),
    /// A browser's recording (HAR): the value of its `entries`.
    Recording(Span),
    /// The result of an MCP tool: the value of its `content`.
    Contents(Span),
    /// Something that is named instead of read.
    Wrong(Wrong),
}

impl Shape {
    /// Whether an array whose first element this is holds whole responses.
    pub fn is_page(self) -> bool {
        !matches!(self, Self::Container | Self::Entity)
            && !matches!(self, Self::Wrong(wrong) if !matches!(wrong, Wrong::ApiError | Wrong::OauthError))
    }
}

/// Documents that people feed in by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    ApiError,
    OauthError,
    Observation,
    Details,
    FlatRows,
    MetricEvents,
    Buckets,
    Query,
    Job,
    Listing,
    /// A sign-in answer, which is secret.
    Token,
    /// A HAR recording in which there is no response to read.
    Har,
    /// An answer in words.
    Text,
    /// A flat object of another kind: a status, a setting.
    Object,
    Other,
}

/// The keys under which envelopes have a document.
pub const ENVELOPES: [&str; 6] = ["body", "response", "data", "json", "payload", "result"];

/// Keys of a row of a table, beside metrics.
const COLUMNS: [&str; 7] = [
    "interval",
    "interval_start",
    "intervalStart",
    "metric",
    "mediaType",
    "queueId",
    "userId",
];

/// The members of an object as the scan found them.
#[derive(Debug)]
pub struct Keys<'t> {
    text: &'t str,
    members: Vec<(Span, Span)>,
}

impl<'t> Keys<'t> {
    /// The members of the object at `start`; `None` where it is none, or broken.
    pub fn scan(text: &'t str, start: usize) -> Option<Self> {
        if text.as_bytes().get(start) != Some(&b'{') {
            return None;
        }
        let members = scan::members(text.as_bytes(), start)?;
        Some(Self { text, members })
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Span> {
        self.members
            .iter()
            .find(|(name, _)| {
                let raw = &self.text[name.start + 1..name.end - 1];
                raw == key || (raw.contains('\\') && self.unescaped(*name) == key)
            })
            .map(|(_, value)| *value)
    }

    /// The members of the object that is the value of a key.
    pub fn child(&self, key: &str) -> Option<Self> {
        Self::scan(self.text, self.get(key)?.start)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether this is a figure of an observation, where a bucket should be.
    pub fn is_observed(&self) -> bool {
        self.has("metric")
            && !["interval", "metrics", "views"]
                .iter()
                .any(|key| self.has(key))
    }

    fn first_byte(&self, key: &str) -> Option<u8> {
        self.get(key).map(|value| self.text.as_bytes()[value.start])
    }

    fn unescaped(&self, name: Span) -> String {
        // The scan does not check escapes; only a string that reads well is worth comparing.
        Tape::read(self.text, name, 0)
            .ok()
            .and_then(|tape| tape.root().string().map(|name| name.into_owned()))
            .unwrap_or_default()
    }

    /// The names of the first few keys, for a message.
    pub fn names(&self) -> Vec<String> {
        self.members
            .iter()
            .take(6)
            .map(|(name, _)| text::printable(&self.text[name.start + 1..name.end - 1]))
            .collect()
    }

    /// The value of a key as text, without its quotes.
    pub fn plain(&self, key: &str) -> Option<String> {
        let span = self.get(key)?;
        let tape = Tape::read(self.text, span, 0).ok()?;
        let node = tape.root();
        Some(match node.string() {
            Some(string) => string.into_owned(),
            None => node.raw().to_owned(),
        })
    }

    /// What the object is.
    pub fn shape(&self) -> Shape {
        // A query that matched nothing may leave `results` out and still carry its companions.
        let companion = |(name, _): &(Span, Span)| {
            matches!(
                &self.text[name.start + 1..name.end - 1],
                "cursor" | "systemToOrganizationMappings" | "system_to_organization_mappings"
            )
        };
        if self.members.iter().all(companion) {
            return Shape::Empty;
        }
        match (self.get("results"), self.get("entities")) {
            (Some(_), Some(_)) => return Shape::Both,
            (Some(results), None) => return Shape::Results(results),
            (None, Some(entities)) => return Shape::Entities(entities),
            (None, None) => {}
        }
        if self.has("message")
            && ["code", "status", "contextId"]
                .iter()
                .any(|key| self.has(key))
        {
            return Shape::Wrong(Wrong::ApiError);
        }
        // A gateway's own error: `{"timestamp","status":502,"error":"Bad Gateway"}`.
        if self.has("error") && self.has("status") {
            return Shape::Wrong(Wrong::ApiError);
        }
        if self.has("error") && (self.has("description") || self.has("error_description")) {
            return Shape::Wrong(Wrong::OauthError);
        }
        if self.has("conversations")
            || self.has("userDetails")
            || (self.array("participants").is_some() && self.has("id"))
        {
            return Shape::Wrong(Wrong::Details);
        }
        if self.has("metric") && self.has("stats") {
            return Shape::Wrong(Wrong::MetricEvents);
        }
        if self.has("group") || self.first_byte("data") == Some(b'[') {
            return Shape::Container;
        }
        if self.has("metrics") {
            return self.with_metrics();
        }
        if let Some(entries) = self.child("log").and_then(|log| log.array("entries")) {
            return Shape::Recording(entries);
        }
        if let Some(content) = self.array("content")
            && scan::elements(self.text.as_bytes(), content.start)
                .and_then(|items| Self::scan(self.text, items.first()?.start))
                .is_some_and(|item| item.has("text") || item.has("type"))
        {
            return Shape::Contents(content);
        }
        if ["access_token", "refresh_token", "id_token", "client_secret"]
            .iter()
            .any(|key| self.has(key))
        {
            return Shape::Wrong(Wrong::Token);
        }
        for key in ENVELOPES {
            if let Some(value) = self.get(key)
                && (self.first_byte(key) == Some(b'{')
                    || (key != "data" && matches!(self.first_byte(key), Some(b'"' | b'['))))
            {
                return Shape::Envelope(key, value);
            }
        }
        if self.has("jobId")
            || (self.has("state")
                && ["submissionDate", "id", "executionId", "interval"]
                    .iter()
                    .any(|key| self.has(key)))
        {
            return Shape::Wrong(Wrong::Job);
        }
        let bytes = self.text.as_bytes();
        let flat = |(_, value): &(Span, Span)| !matches!(bytes[value.start], b'{' | b'[');
        if self.members.iter().all(flat) {
            return Shape::Wrong(if self.is_row() {
                Wrong::FlatRows
            } else {
                Wrong::Object
            });
        }
        Shape::Wrong(Wrong::Other)
    }

    /// The value of a key, where it is an array.
    fn array(&self, key: &str) -> Option<Span> {
        self.get(key)
            .filter(|value| self.text.as_bytes()[value.start] == b'[')
    }

    /// Whether a flat object is a row of a table: it has a metric, or what metrics are grouped by.
    fn is_row(&self) -> bool {
        self.members.iter().any(|(name, _)| {
            let name = &self.text[name.start + 1..name.end - 1];
            let metric = matches!(
                name.as_bytes(),
                [b'n' | b't' | b'o', b'A'..=b'Z', b'a'..=b'z', ..]
            );
            metric || COLUMNS.contains(&name)
        })
    }

    fn with_metrics(&self) -> Shape {
        let bytes = self.text.as_bytes();
        match self.get("metrics") {
            Some(value) if bytes[value.start] == b'[' => {
                let first = bytes.get(scan::skip_blank(bytes, value.start + 1));
                if first == Some(&b'"') {
                    Shape::Wrong(Wrong::Query)
                } else if self.has("interval") {
                    Shape::Wrong(Wrong::Buckets)
                } else {
                    Shape::Wrong(Wrong::Other)
                }
            }
            Some(_) if self.has("id") => Shape::Entity,
            _ => Shape::Wrong(Wrong::Other),
        }
    }
}

/// Whether these containers are those of another response: the first one that holds data tells.
pub fn wrong_containers(text: &str, elements: &[Span]) -> Option<Wrong> {
    for element in elements {
        let keys = Keys::scan(text, element.start)?;
        if keys.has("metric") && keys.has("stats") {
            return Some(Wrong::MetricEvents);
        }
        if keys.has("conversationId") && keys.has("participants") {
            return Some(Wrong::Details);
        }
        if !keys.members.is_empty() && !keys.has("data") && !keys.has("group") {
            return match keys.shape() {
                Shape::Wrong(Wrong::Object | Wrong::Other)
                    if keys.has("id") || keys.has("name") || keys.has("type") =>
                {
                    Some(Wrong::Listing)
                }
                Shape::Wrong(Wrong::Object) => Some(Wrong::FlatRows),
                Shape::Wrong(wrong @ (Wrong::FlatRows | Wrong::Buckets | Wrong::Job)) => {
                    Some(wrong)
                }
                _ => None,
            };
        }
        let Some(data) = keys.get("data") else {
            continue;
        };
        let bytes = text.as_bytes();
        if bytes[data.start] != b'[' {
            return None;
        }
        let first = scan::skip_blank(bytes, data.start + 1);
        if bytes.get(first) == Some(&b']') {
            continue;
        }
        let bucket = Keys::scan(text, first)?;
        return bucket.is_observed().then_some(Wrong::Observation);
    }
    None
}

/// Whether these entities are those of another listing (queues, users, evaluations): none has
/// metrics. Entities of which no other key is known are a summary that lost its metrics.
pub fn wrong_entities(text: &str, elements: &[Span]) -> Option<Wrong> {
    let mut other = false;
    for element in elements {
        let keys = Keys::scan(text, element.start)?;
        for (name, _) in &keys.members {
            let name = &text[name.start + 1..name.end - 1];
            if name.eq_ignore_ascii_case("metrics") {
                return None;
            }
            other |= !matches!(name, "id" | "division");
        }
    }
    other.then_some(Wrong::Listing)
}
