//! Which document this is, reported by the keys of an object.

mod holds;
mod votes;

use std::borrow::Cow;

use crate::json::spelling;
use crate::json::{Span, Tape, scan, text};

use crate::model::stat::Stat;
use crate::model::{catalog, time};

pub use holds::{Holds, element_spelling, holds, is_of_responses, is_uuid};
use holds::{are_responses, is_companion};
pub use votes::{DialectVotes, wrong_elements};

/// The kind of an object, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{}`: a response of a query that matched nothing.
    Empty,
    /// Both `results` and `entities`.
    Both,
    /// A whole response: the key `results`, with the quotes, and its value.
    Results(Span, Span),
    /// A whole summary: the key `entities` and its value.
    Entities(Span, Span),
    /// Whole responses, each under a key of its own.
    Responses,
    /// One container of `results`.
    Container,
    /// One entity of `entities`.
    Entity,
    /// A wrapper around a document, which is the value of this key.
    Envelope(Span, Span),
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
    /// A response that reports a failed call.
    Failure,
    OauthError,
    /// A JSON report of gcagg.
    Report,
    Observation,
    /// Counts of usage, of events or of API calls.
    Usage,
    /// A notification of another topic than aggregates.
    Notification,
    Details,
    FlatRows,
    MetricEvents,
    Buckets,
    /// Statistics without their container.
    Statistics,
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
pub const ENVELOPES: [&str; 8] = [
    "body",
    "response",
    "data",
    "json",
    "payload",
    "result",
    "eventBody",
    "detail",
];

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

/// The members of an object as the scan found them. Its properties may have any spelling.
#[derive(Debug, Default)]
pub struct Keys<'t> {
    text: &'t str,
    start: usize,
    members: Vec<(Span, Span)>,
}

impl<'t> Keys<'t> {
    /// The members of the object at `start`; `None` if it is not an object, or broken.
    pub fn scan(text: &'t str, start: usize) -> Option<Self> {
        if text.as_bytes().get(start) != Some(&b'{') {
            return None;
        }
        let members = scan::members(text.as_bytes(), start)?;
        Some(Self {
            text,
            start,
            members,
        })
    }

    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<Span> {
        self.member(name).map(|(_, value)| value)
    }

    /// A property: its key, with the quotes, and its value. The spelling of the API comes first.
    pub fn member(&self, name: &str) -> Option<(Span, Span)> {
        let find = |is: &dyn Fn(&str) -> bool| {
            let mut members = self.members.iter();
            members.find(|(key, _)| is(&key_name(self.text, *key)))
        };
        let found = find(&|key| key == name);
        let found = found.or_else(|| find(&|key| spelling::is_respelled(key, name)));
        found.copied()
    }

    /// The members of the object that is the value of a key.
    pub fn child(&self, key: &str) -> Option<Self> {
        Self::scan(self.text, self.get(key)?.start)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }

    /// Returns the kind of an object that is not a bucket: a figure or a bucket of an observation, or
    /// a count of usage.
    fn tells_of_bucket(&self) -> Option<Wrong> {
        if self.is_of_moment() {
            return Some(Wrong::Observation);
        }
        if self.has("metrics") || self.has("views") {
            return None;
        }
        if self.has("metric") && !self.has("interval") {
            return Some(Wrong::Observation);
        }
        let mut keys = self.members.iter();
        let has_figure = keys.any(|member| self.is_statistic(member));
        (has_figure && !self.has("metric")).then_some(Wrong::Usage)
    }

    /// Returns true if this is a bucket without duration that has metrics of a moment.
    fn is_of_moment(&self) -> bool {
        let is_instant = |interval: &str| match time::interval(interval) {
            Some((start, end)) => start.time == end.time,
            None => !interval.contains('/'),
        };
        if !self.plain("interval").is_some_and(|it| is_instant(&it)) {
            return false;
        }
        let metrics = self.array("metrics");
        let metrics = metrics.and_then(|it| scan::elements(self.text.as_bytes(), it.start));
        metrics.unwrap_or_default().iter().any(|metric| {
            let metric = Self::scan(self.text, metric.start);
            let name = metric.and_then(|metric| metric.plain("metric"));
            name.is_some_and(|name| catalog::is_observed(&name))
        })
    }

    /// Returns true if a member is a statistic with a figure.
    fn is_statistic(&self, (key, value): &(Span, Span)) -> bool {
        Stat::of_key(&key_name(self.text, *key)).is_some()
            && !matches!(self.text.as_bytes()[value.start], b'{' | b'[' | b'"')
    }

    fn first_byte(&self, key: &str) -> Option<u8> {
        self.get(key).map(|value| self.text.as_bytes()[value.start])
    }

    /// The names of the keys and their values.
    pub fn named(&self) -> impl Iterator<Item = (Cow<'t, str>, Span)> {
        let members = self.members.iter();
        members.map(|(key, value)| (key_name(self.text, *key), *value))
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

    /// Returns the kind of the object.
    pub fn shape(&self) -> Shape {
        // A query that matched nothing may leave `results` out and still carry its companions.
        if self
            .named()
            .all(|(name, _)| is_companion(&spelling::camel(&name)))
        {
            return Shape::Empty;
        }
        if are_responses(self.text, self.start) == Some(true) {
            return Shape::Responses;
        }
        if self.is_failure() {
            return Shape::Wrong(Wrong::Failure);
        }
        if self.has("by_weekday_and_hour") && self.has("media_types") {
            return Shape::Wrong(Wrong::Report);
        }
        match (self.member("results"), self.member("entities")) {
            (Some(_), Some(_)) => return Shape::Both,
            (Some((key, value)), None) => return Shape::Results(key, value),
            (None, Some((key, value))) => return Shape::Entities(key, value),
            (None, None) => {}
        }
        // A gateway's own error: `{"timestamp","status":502,"error":"Bad Gateway"}`.
        if (self.has("message") && self.has_any(&["code", "status", "contextId"]))
            || (self.has("error") && self.has("status"))
        {
            return Shape::Wrong(Wrong::ApiError);
        }
        if self.has("error") && self.has_any(&["description", "error_description"]) {
            return Shape::Wrong(Wrong::OauthError);
        }
        if self.has_any(&["conversations", "userDetails"])
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
        if self.has_any(&["access_token", "refresh_token", "id_token", "client_secret"]) {
            return Shape::Wrong(Wrong::Token);
        }
        if self.has("topicName")
            && let Some(body) = self.child("eventBody")
            && !body.has_any(&["group", "data"])
        {
            return Shape::Wrong(Wrong::Notification);
        }
        for name in ENVELOPES {
            if let Some((key, value)) = self.member(name)
                && self.may_hold_document(name, value)
            {
                return Shape::Envelope(key, value);
            }
        }
        let of_job = ["submissionDate", "id", "executionId", "interval"];
        if self.has("jobId") || (self.has("state") && self.has_any(&of_job)) {
            return Shape::Wrong(Wrong::Job);
        }
        if self.are_statistics() || self.members.iter().all(|it| self.has_statistics(it)) {
            return Shape::Wrong(Wrong::Statistics);
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

    /// Returns true if all members are statistics.
    fn are_statistics(&self) -> bool {
        let mut members = self.members.iter();
        !self.members.is_empty() && members.all(|member| self.is_statistic(member))
    }

    /// Returns true if the value of a member is an object of statistics.
    fn has_statistics(&self, (_, value): &(Span, Span)) -> bool {
        Self::scan(self.text, value.start).is_some_and(|it| it.are_statistics())
    }

    /// Returns true if a program reports that its call failed.
    fn is_failure(&self) -> bool {
        ["ok", "success"]
            .iter()
            .any(|key| self.plain(key).as_deref() == Some("false"))
    }

    /// Returns true if the value of this key of an envelope may be a document, or hold one as text.
    fn may_hold_document(&self, name: &str, value: Span) -> bool {
        match (self.text.as_bytes()[value.start], name) {
            (b'{', _) => true,
            (b'"' | b'[', "data") => false,
            // Errors have a `detail` in words.
            (b'"', "detail") => self
                .plain(name)
                .is_some_and(|it| it.trim_start().starts_with(['{', '['])),
            (byte, _) => matches!(byte, b'"' | b'['),
        }
    }

    /// The value of a key, where it is an array.
    fn array(&self, key: &str) -> Option<Span> {
        self.get(key)
            .filter(|value| self.text.as_bytes()[value.start] == b'[')
    }

    /// Returns true if a flat object is a row of a table: it has a metric, or what metrics are
    /// grouped by.
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

    /// Judges a document by a container: the kind of another response, or nothing for aggregates.
    /// `None` if the container has no data to decide by.
    fn tells_of_container(&self) -> Option<Option<Wrong>> {
        if self.has("metric") && self.has("stats") {
            return Some(Some(Wrong::MetricEvents));
        }
        if self.has("conversationId") && self.has("participants") {
            return Some(Some(Wrong::Details));
        }
        if self.has("templateUri") && self.has("requests") {
            return Some(Some(Wrong::Usage));
        }
        if !self.members.is_empty() && !self.has("data") && !self.has("group") {
            return Some(match self.shape() {
                Shape::Wrong(Wrong::Object | Wrong::Other)
                    if self.has_any(&["id", "name", "type"]) =>
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
        Some(bucket.and_then(|bucket| bucket.tells_of_bucket()))
    }

    fn with_metrics(&self) -> Shape {
        let bytes = self.text.as_bytes();
        match self.get("metrics") {
            Some(value) if bytes[value.start] == b'[' => {
                let first = scan::skip_blank(bytes, value.start + 1);
                let metric = Self::scan(self.text, first);
                if bytes.get(first) == Some(&b'"') {
                    Shape::Wrong(Wrong::Query)
                } else if self.has("interval") || metric.is_some_and(|it| it.has("metric")) {
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
