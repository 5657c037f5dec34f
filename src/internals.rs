//! The modules of the library, for benchmarks, fuzz targets and black-box tests.

#[cfg(feature = "fetch")]
pub mod fetch {
    pub mod body {
        pub use crate::fetch::body::Body;
    }
    pub mod client {
        pub use crate::fetch::client::*;
    }
    pub mod clock {
        pub use crate::fetch::clock::*;
    }
    pub mod credentials {
        pub use crate::fetch::credentials::*;
    }
    pub mod fault {
        pub use crate::fetch::fault::{RequestContext, answer, sign_in};
    }
    pub mod hosts {
        pub use crate::fetch::hosts::*;
    }
    pub mod http {
        pub use crate::fetch::http::*;
    }
    pub mod plan {
        pub use crate::fetch::plan::*;
    }
    pub mod progress {
        pub use crate::fetch::progress::*;
    }
    pub mod query {
        pub use crate::fetch::query::*;
    }
    pub mod redact {
        pub use crate::fetch::redact::redacted;
    }
    pub mod retry {
        pub use crate::fetch::retry::*;
    }
    pub mod run {
        pub use crate::fetch::run::*;
    }
}
pub mod check {
    pub use crate::check::{element, rules};
}
pub mod diagnostic {
    pub use crate::diagnostic::{Diagnostic, levels, sink};
}
pub mod model {
    pub use crate::model::{Dialect, period};
    pub mod catalog {
        pub use crate::model::catalog::family;
    }
}
pub mod json {
    pub use crate::json::*;
}
pub mod record {
    pub use crate::record::{Container, Element, Interner};
}
pub mod repair {
    pub use crate::json::Span;
    pub use crate::repair::{apply, repair};
}
pub mod input {
    pub use crate::input::{Input, content, cut, frame, limits};
}
#[cfg(feature = "cli")]
pub mod cli {
    pub use crate::cli::sections;
    pub mod args {
        pub use crate::cli::args::Args;
    }
    pub mod config {
        pub use crate::cli::config::{Config, SETTINGS};
    }
}
pub mod pipeline {
    pub use crate::pipeline::Resources;
}
