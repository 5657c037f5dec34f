//! From arguments to documents: which files, what bytes, where each document begins.

pub mod condense;
pub mod content;
pub mod cut;
pub mod decode;
pub mod discover;
pub mod fault;
pub mod foreign;
pub mod forward;
pub mod frame;
pub mod identify;
pub mod limits;
pub mod magic;
pub mod open_error;
pub mod patch;
pub mod reading;
pub mod spool;
pub mod stamp;
pub mod wrong;

pub use discover::Input;

/// The two kinds of document that hold figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
