//! The two kinds of documents.

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// `{"results":[{"group","data":[…]}]}` of the analytics aggregates API.
    Aggregates,
    /// `{"entities":[{"id","metrics":{…}}]}`.
    Summary,
}

impl Dialect {
    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aggregates => "aggregates",
            Self::Summary => "summary",
        }
    }

    /// What one element of the document is called.
    pub fn element(self) -> &'static str {
        match self {
            Self::Aggregates => "container",
            Self::Summary => "entity",
        }
    }
}
