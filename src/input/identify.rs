//! Which document this is, reported by the keys of an object.

use std::borrow::Cow;

use crate::json::{Span, Tape, scan, text};

use crate::model::Dialect;

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
#[derive(Debug, Default)]
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
            .find(|(name, _)| key_name(self.text, *name) == key)
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
    fn is_observed(&self) -> bool {
        self.has("metric")
            && !["interval", "metrics", "views"]
                .iter()
                .any(|key| self.has(key))
    }

    fn first_byte(&self, key: &str) -> Option<u8> {
        self.get(key).map(|value| self.text.as_bytes()[value.start])
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

    /// What a container says of its document; `None` where it has no data to decide by.
    fn tells_of_container(&self) -> Option<Option<Wrong>> {
        if self.has("metric") && self.has("stats") {
            return Some(Some(Wrong::MetricEvents));
        }
        if self.has("conversationId") && self.has("participants") {
            return Some(Some(Wrong::Details));
        }
        if !self.members.is_empty() && !self.has("data") && !self.has("group") {
            return Some(match self.shape() {
                Shape::Wrong(Wrong::Object | Wrong::Other)
                    if self.has("id") || self.has("name") || self.has("type") =>
                {
                    Some(Wrong::Listing)
                }
                Shape::Wrong(Wrong::Object) => Some(Wrong::FlatRows),
                Shape::Wrong(wrong @ (Wrong::FlatRows | Wrong::Buckets | Wrong::Job)) => {
                    Some(wrong)
                }
                _ => None,
            });
        }
        let data = self.get("data")?;
        let bytes = self.text.as_bytes();
        if bytes[data.start] != b'[' {
            return Some(None);
        }
        let first = scan::skip_blank(bytes, data.start + 1);
        if bytes.get(first) == Some(&b']') {
            return None;
        }
        let bucket = Self::scan(self.text, first);
        Some(bucket.and_then(|it| it.is_observed().then_some(Wrong::Observation)))
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

/// What an array of a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Nothing,
    Elements(Dialect),
    /// Whole responses.
    Pages,
    Others,
}

/// What the array at `start` holds, if it is one: the first deciding key of its first element,
/// however long that element is. `None` where the text ends before.
pub fn holds(text: &str, start: usize) -> Option<Holds> {
    let bytes = text.as_bytes();
    if *bytes.get(start)? != b'[' {
        return Some(Holds::Others);
    }
    let first = scan::skip_blank(bytes, start + 1);
    match *bytes.get(first)? {
        b']' => return Some(Holds::Nothing),
        b'{' => {}
        _ => return Some(Holds::Others),
    }
    let (mut id, mut metrics) = (false, false);
    let mut members = scan::Members::new(bytes, first);
    for (name, value) in &mut members {
        let byte = *bytes.get(value)?;
        match &*key_name(text, name) {
            "results" | "entities" | "body" | "response" | "json" | "payload" | "result" => {
                return Some(Holds::Pages);
            }
            "group" => return Some(Holds::Elements(Dialect::Aggregates)),
            "data" if byte == b'[' => return Some(Holds::Elements(Dialect::Aggregates)),
            "data" if byte == b'{' => return Some(Holds::Pages),
            "conversations" | "userDetails" => return Some(Holds::Others),
            "metrics" if byte == b'[' => return Some(Holds::Others),
            "metrics" => metrics = true,
            "id" => id = true,
            _ => {}
        }
        if id && metrics {
            return Some(Holds::Elements(Dialect::Summary));
        }
    }
    match members.end() {
        scan::End::Text => None,
        scan::End::Fault => Some(Holds::Others),
        scan::End::Object => Some(match Keys::scan(text, first)?.shape() {
            Shape::Wrong(Wrong::ApiError | Wrong::OauthError) => Holds::Pages,
            Shape::Wrong(_) => Holds::Others,
            _ => Holds::Pages,
        }),
    }
}

/// The name of a key, whose quotes are at `span`.
pub fn key_name(text: &str, span: Span) -> Cow<'_, str> {
    let raw = &text[span.start + 1..span.end - 1];
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    // The scan does not check escapes; only a string that reads well is worth comparing.
    let tape = Tape::read(text, span, 0).ok();
    let name = tape.and_then(|tape| tape.root().string().map(Cow::into_owned));
    Cow::Owned(name.unwrap_or_default())
}

/// What the elements of a document, in their order, say about it: whether they are those of another
/// response.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    reported: Option<Option<Wrong>>,
    /// Whether an entity has a property that no summary has.
    other: bool,
}

impl Telling {
    /// Looks at the element at `span`, unless those before it reported.
    pub fn observe(&mut self, dialect: Dialect, text: &str, span: Span) {
        if self.reported.is_none() {
            self.reported = match (Keys::scan(&text[..span.end], span.start), dialect) {
                (None, _) => Some(None),
                (Some(keys), Dialect::Aggregates) => keys.tells_of_container(),
                (Some(keys), Dialect::Summary) => self.entity(&keys),
            };
        }
    }

    /// Adds what later elements say.
    pub fn merge(&mut self, later: &Self) {
        self.reported = self.reported.or(later.reported);
        self.other |= later.other;
    }

    /// What the elements are where they are not ours.
    pub fn verdict(&self) -> Option<Wrong> {
        match self.reported {
            Some(verdict) => verdict,
            None => self.other.then_some(Wrong::Listing),
        }
    }

    /// An entity with metrics is ours. A listing (queues, users, evaluations) has none, but other
    /// properties; entities without either are a summary that lost its metrics.
    fn entity(&mut self, keys: &Keys<'_>) -> Option<Option<Wrong>> {
        for (name, _) in &keys.members {
            let name = &keys.text[name.start + 1..name.end - 1];
            if name.eq_ignore_ascii_case("metrics") {
                return Some(None);
            }
            self.other |= !matches!(name, "id" | "division");
        }
        None
    }
}

/// What elements are where they are not ours, as [`Telling`] finds it.
pub fn wrong_elements(dialect: Dialect, text: &str, elements: &[Span]) -> Option<Wrong> {
    let mut telling = Telling::default();
    for element in elements {
        telling.observe(dialect, text, *element);
        if telling.reported.is_some() {
            break;
        }
    }
    telling.verdict()
}
