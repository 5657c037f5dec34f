//! Fresh responses from the API: what to ask, how to ask it, and what is kept of the answer.
//!
//! [`plan::plan`] works out the requests first, without any connection. [`run::run`] sends them
//! through a [`client::Api`] and hands what arrives to [`save`]. Time and chance come from a
//! [`clock::Clock`], so that tests wait for nothing.

pub mod arrival;
pub mod auth;
pub mod body;
pub mod cancel;
pub mod client;
pub mod clock;
pub mod credentials;
pub mod dotenv;
pub mod fault;
pub mod filter;
pub mod hosts;
pub mod http;
pub mod interval;
pub mod jobs;
pub mod join;
pub mod listing;
pub mod manifest;
pub mod missing;
pub mod outline;
pub mod period;
pub mod plan;
pub mod progress;
pub mod query;
pub mod rate;
pub mod redact;
pub mod retry;
pub mod run;
pub mod save;
pub mod users;
