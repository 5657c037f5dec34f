//! The registry of codes: every finding's number, name, default severity and one line.

use super::Severity;

macro_rules! codes {
    ($($variant:ident $code:literal $name:literal $severity:ident $summary:literal,)*) => {
        /// The code of a finding. The letter is its category: F file, J JSON, S schema, M metric,
        /// T time, G group, R roll-up, U use of an
        /// option, V value of a summary, N network.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            /// Every code, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the letter and number, such as `S001`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns the name, such as `wrong-type`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the default severity.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns its summary, in one line.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// Returns the page that explains it.
            pub fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("explain/", $code, ".md")),)* }
            }
        }
    };
}

codes! {
    Unreadable "F001" "unreadable" Error "the file cannot be opened or read",
    EmptyInput "F002" "empty-input" Error "the input is empty or only white space",
    ApiErrorBody "F003" "api-error-body" Error "the input is a saved error response of the API",
    NotAggregates "F004" "not-aggregates" Error "the document is not an aggregates or summary response",
    NoData "F005" "no-data" Warning "the document has no rows",
    MixedDialects "F006" "mixed-dialects" Error "aggregates and summaries cannot share one table",
    MorePages "F007" "more-pages" Warning "a page has a cursor, and the last page is missing",
    TooFewRows "F008" "too-few-rows" Error "there are fewer rows than expected",
    NoInput "F009" "no-input" Error "a folder or pattern has no files to read",
    StaleBaseline "F010" "stale-baseline" Info "a finding of the baseline no longer occurs",
    MissingMetric "F011" "missing-metric" Error "an expected metric does not occur",
    JsonSyntax "J001" "json-syntax" Error "the text is not JSON",
    Truncated "J002" "truncated" Error "the input ends too early",
    DuplicateKey "J003" "duplicate-key" Error "a key occurs twice in an object",
    InvalidText "J004" "invalid-text" Error "the text is not valid UTF-8, or has a lone surrogate",
    TooDeep "J005" "too-deep" Error "the nesting is deeper than 128 levels",
    TrailingData "J006" "trailing-data" Error "there is unexpected text after the document",
    OverLimit "J007" "over-limit" Error "a limit on size or memory is exceeded",
    WrongType "S001" "wrong-type" Error "a value has the wrong type",
    MissingProperty "S002" "missing-property" Error "a required property is missing",
    UnknownProperty "S003" "unknown-property" Warning "the schema has no such property",
    BadValue "S004" "bad-value" Error "a value does not fit the pattern, range or list of the schema",
    Schema "S005" "schema" Error "another rule of the schema is violated",
    NumberDoesNotFit "S006" "number-does-not-fit" Error "a number does not fit the type of its column",
    MinAboveMax "M001" "min-above-max" Warning "min is above max",
    SumOutOfBounds "M002" "sum-out-of-bounds" Warning "sum is not between count·min and count·max",
    RatioMismatch "M003" "ratio-mismatch" Warning "ratio is not numerator / denominator",
    UnknownMetric "M004" "unknown-metric" Warning "the API has no metric with this name",
    NegativeValue "M005" "negative-value" Warning "a count, duration or share is negative",
    DuplicateMetric "M006" "duplicate-metric" Error "a bucket has a metric and qualifier twice",
    StatDoesNotFit "M007" "stat-does-not-fit" Warning "metrics of this kind do not have this statistic",
    LooksLikeSeconds "M008" "looks-like-seconds" Info "a timer seems to be in seconds, not milliseconds",
    IncompleteStatistic "M009" "incomplete-statistic" Warning "a sum has no count, or a numerator no denominator",
    BadInterval "T001" "bad-interval" Error "the interval is not two ISO-8601 times",
    InvertedInterval "T002" "inverted-interval" Error "the interval ends before it starts",
    OverlappingBuckets "T003" "overlapping-buckets" Error "buckets of one group overlap, so rows would count twice",
    Gap "T004" "gap" Info "buckets are missing within a day",
    ShortDayEnd "T005" "short-day-end" Info "the interval ends just before the end of its day",
    FutureInterval "T006" "future-interval" Warning "the bucket starts in the future",
    OutsideExpectedInterval "T007" "outside-expected-interval" Error "a bucket is outside the expected interval",
    UnexpectedGranularity "T008" "unexpected-granularity" Error "a bucket does not have the expected length",
    MissingDay "T009" "missing-day" Warning "a day between other days has no buckets",
    UnknownDimension "G001" "unknown-dimension" Info "the API has no dimension with this name",
    MissingDimension "G002" "missing-dimension" Warning "a group lacks a dimension that others have, or that is expected",
    MultivaluedDimension "G003" "multivalued-dimension" Info "rows may count one conversation more than once",
    RepeatedKey "G004" "repeated-key" Info "several documents have rows of the same group and bucket",
    ConflictingPresence "G005" "conflicting-presence" Warning "a presence is mapped to several system presences",
    UnmergeableStatistic "R001" "unmergeable-statistic" Warning "rollup: a statistic cannot be merged and is left out",
    StraddlingBucket "R002" "straddling-bucket" Error "a bucket is not within one period",
    DifferingBuckets "R003" "differing-buckets" Error "copies of one bucket have different figures",
    DifferentQueries "R004" "different-queries" Error "documents of different queries cover the same time",
    FilterMatchesNothing "U001" "filter-matches-nothing" Warning "a filter matches nothing in any input",
    UnknownUnit "V001" "unknown-unit" Warning "the unit of a summary value is unknown",
    MissingValue "V002" "missing-value" Info "a summary value is null",
    NoCredentials "N001" "no-credentials" Error "no credentials were found",
    SignInFailed "N002" "sign-in-failed" Error "the credentials or the token were rejected (401)",
    Forbidden "N003" "forbidden" Error "the client lacks a permission (403)",
    QueryRejected "N004" "query-rejected" Error "the API rejected the query (400)",
    NotFound "N005" "not-found" Error "the address does not exist (404)",
    RateLimited "N006" "rate-limited" Error "too many requests (429)",
    TooHeavy "N007" "too-heavy" Error "the query or the response is too large",
    ServerFailed "N008" "server-failed" Error "the API failed (5xx)",
    Unreachable "N009" "unreachable" Error "no connection, or the connection broke",
    TimedOut "N010" "timed-out" Error "no response in time",
    JobFailed "N011" "job-failed" Error "an asynchronous job failed, expired or was cancelled",
    RejectedResponse "N012" "rejected-response" Error "a response with a success status is not data",
    Redirected "N013" "redirected" Error "a redirect was not followed",
}

/// The extent of an input that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnreadExtent {
    Nothing,
    /// A part of a document.
    Part,
    Document,
    /// All of it, so that no smaller part can be left out in its place.
    Input,
}

impl Code {
    /// The number and the name, such as `S001 wrong-type`.
    pub fn title(self) -> String {
        format!("{} {}", self.id(), self.name())
    }

    /// Returns the code with this number or name, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| {
            code.id().eq_ignore_ascii_case(text) || code.name().eq_ignore_ascii_case(text)
        })
    }

    /// Returns the code or name nearest to a mistyped one.
    pub fn nearest(text: &str) -> Option<&'static str> {
        let text = text.to_lowercase();
        let names = || Self::ALL.iter().flat_map(|code| [code.id(), code.name()]);
        let distance = |name: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &text);
        let farther = || {
            let (distance, name) = names().map(|name| (distance(name), name)).min()?;
            (distance <= name.len() / 2).then_some(name)
        };
        let begun =
            || names().find(|name| text.len() > 2 && name.to_lowercase().starts_with(&text));
        begun().or_else(farther)
    }

    /// The extent of an input that cannot be read where this is found.
    pub fn unread(self) -> UnreadExtent {
        match self {
            Self::Unreadable | Self::NoInput | Self::OverLimit => UnreadExtent::Input,
            Self::EmptyInput | Self::ApiErrorBody | Self::NotAggregates | Self::MixedDialects => {
                UnreadExtent::Document
            }
            code if code.id().starts_with('J') => UnreadExtent::Document,
            Self::WrongType | Self::MissingProperty => UnreadExtent::Part,
            _ => UnreadExtent::Nothing,
        }
    }

    /// Returns true if it is always an error and always shown: the data is unreadable, or a sum
    /// would be wrong.
    pub fn is_fixed(self) -> bool {
        self.unread() > UnreadExtent::Nothing
            || matches!(
                self,
                Self::NumberDoesNotFit
                    | Self::StraddlingBucket
                    | Self::DifferingBuckets
                    | Self::DifferentQueries
            )
    }

    /// Returns true if it is about all groups or inputs together, so that no part can be skipped.
    pub fn has_no_part(self) -> bool {
        matches!(
            self,
            Self::MissingDimension
                | Self::Gap
                | Self::MissingDay
                | Self::MorePages
                | Self::RepeatedKey
                | Self::FilterMatchesNothing
                | Self::IncompleteStatistic
        )
    }

    /// Returns true if it is reported once per input and cause, at the first place.
    pub fn is_reported_once(self) -> bool {
        matches!(self, Self::UnknownDimension | Self::MultivaluedDimension)
    }

    /// The address that the pages of the codes are below, where one was configured when the program
    /// was built (`GCAGG_DOCS_URL`).
    pub const BASE: Option<&str> = option_env!("GCAGG_DOCS_URL");

    /// Returns the web address of the page, if there is one.
    pub fn url(self) -> Option<String> {
        let base = Self::BASE?.trim_end_matches('/');
        Some(format!("{base}/codes/{}", self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_parts() {
        for code in Code::ALL {
            let page = code.page();
            assert!(
                page.starts_with(&format!("# {} {}\n", code.id(), code.name())),
                "{code:?}"
            );
            for part in ["## Bad", "## Good", "## Why it happens", "## How to fix it"] {
                assert!(
                    page.contains(&format!("\n{part}\n")),
                    "{code:?} lacks {part}"
                );
            }
        }
    }

    #[test]
    fn parses_and_suggests() {
        assert_eq!(Code::parse("s001"), Some(Code::WrongType));
        assert_eq!(Code::parse("wrong-type"), Some(Code::WrongType));
        assert_eq!(Code::nearest("wrong-typ"), Some("wrong-type"));
        assert_eq!(Code::nearest("zzzzzzzzzzz"), None);
    }
}
