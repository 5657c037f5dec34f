//! Time zones by their IANA names.

use chrono_tz::Tz;

use crate::error::Error;

use super::catalog::nearest;

/// The time zone of this name.
///
/// # Errors
/// The name is unknown; the error suggests the nearest one.
pub fn named(name: &str) -> Result<Tz, Error> {
    name.parse().map_err(|_| {
        let failure = Error::usage(format!("--timezone {name}: unknown time zone"));
        match nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())) {
            Some(near) => failure.help(format!("did you mean {near}?")),
            None => failure.help("write a name such as Europe/Berlin"),
        }
    })
}
