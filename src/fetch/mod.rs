//! Responses from the API: the requests of a query, how they are sent, and how the answers are saved.
//!
//! `plan` makes the requests without a connection. `run` sends them through `client` and saves the
//! answers with `save`. Time and random numbers come from `clock`, so tests do not wait.

pub(crate) mod arrival;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod cancel;
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod dotenv;
pub(crate) mod fault;
pub(crate) mod filter;
pub(crate) mod hosts;
pub(crate) mod http;
pub(crate) mod interval;
pub(crate) mod jobs;
pub(crate) mod join;
pub(crate) mod listing;
pub(crate) mod manifest;
pub(crate) mod missing;
pub(crate) mod outline;
pub(crate) mod period;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod query;
pub(crate) mod rate;
pub(crate) mod redact;
pub(crate) mod retry;
pub(crate) mod run;
pub(crate) mod save;
mod session;
pub(crate) mod users;

pub use listing::{LISTINGS, Listing};
pub use plan::Request;
pub use progress::Verbosity;
pub use query::Query;
pub use retry::RetryPolicy;
pub use run::{FetchOutcome, SaveTarget};
pub use session::{Access, FetchOptions};
