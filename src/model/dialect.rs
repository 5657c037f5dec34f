//! The two kinds of documents.

/// The kind of a document.
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

    /// Returns the name of the array of elements.
    pub fn array(self) -> &'static str {
        match self {
            Self::Aggregates => "results",
            Self::Summary => "entities",
        }
    }

    /// Returns the name of an element of the document.
    pub fn element(self) -> &'static str {
        match self {
            Self::Aggregates => "container",
            Self::Summary => "entity",
        }
    }
}
