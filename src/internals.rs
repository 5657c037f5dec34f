//! The modules of the library, for benchmarks, fuzz targets and black-box tests.

#[cfg(feature = "fetch")]
pub mod api {
    pub mod client {
        pub use crate::api::client::*;
    }
    pub mod clock {
        pub use crate::api::clock::*;
    }
    pub mod credentials {
        pub use crate::api::credentials::*;
    }
    pub mod hosts {
        pub use crate::api::hosts::*;
    }
    pub mod http {
        pub use crate::api::http::*;
    }
    pub mod plan {
        pub use crate::api::plan::*;
    }
    pub mod progress {
        pub use crate::api::progress::*;
    }
    pub mod query {
        pub use crate::api::query::*;
    }
    pub mod retry {
        pub use crate::api::retry::*;
    }
    pub mod run {
        pub use crate::api::run::*;
    }
}
pub mod check {
    pub use crate::check::Checker;
    pub mod rules {
        pub use crate::check::rules::*;
    }
}
pub mod diagnostic {
    pub use crate::diagnostic::Diagnostic;
    pub mod levels {
        pub use crate::diagnostic::levels::*;
    }
    pub mod sink {
        pub use crate::diagnostic::sink::*;
    }
}
pub mod document {
    pub mod catalog {
        pub use crate::document::catalog::family;
    }
    pub mod period {
        pub use crate::document::period::*;
    }
}
pub mod json {
    pub use crate::json::*;
    pub mod structure {
        pub use crate::json::structure::*;
    }
}
pub mod record {
    pub use crate::record::{Container, Element, Interner};
}
pub mod repair {
    pub use crate::repair::repair;
}
pub mod source {
    pub use crate::source::{Dialect, Input};
    pub mod content {
        pub use crate::source::content::*;
    }
    pub mod cut {
        pub use crate::source::cut::*;
    }
    pub mod frame {
        pub use crate::source::frame::*;
    }
}
#[cfg(feature = "cli")]
pub mod cli {
    pub mod args {
        pub use crate::cli::args::Args;
    }
    pub mod config {
        pub use crate::cli::config::SETTINGS;
    }
}
