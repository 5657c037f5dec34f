//! Time zones by their IANA names.

use chrono_tz::Tz;

use crate::error::Error;

use super::catalog::nearest;

/// Abbreviations that are no names, with a zone that uses them.
const ABBREVIATIONS: [(&str, &str); 15] = [
    ("MEZ", "Europe/Berlin"),
    ("MESZ", "Europe/Berlin"),
    ("CEST", "Europe/Berlin"),
    ("WEST", "Europe/Lisbon"),
    ("EEST", "Europe/Athens"),
    ("BST", "Europe/London"),
    ("EDT", "America/New_York"),
    ("CDT", "America/Chicago"),
    ("MDT", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("AEST", "Australia/Sydney"),
    ("AEDT", "Australia/Sydney"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
];

/// The time zone of this name.
pub fn named(name: &str) -> Result<Tz, Error> {
    let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let same = || {
        chrono_tz::TZ_VARIANTS
            .iter()
            .find(|it| it.name().eq_ignore_ascii_case(name))
    };
    if let Ok(zone) = name.parse() {
        return Ok(zone);
    }
    same().copied().ok_or_else(|| {
        let failure = Error::usage(format!("--timezone {name}: unknown time zone"));
        // A city without its region.
        let city = |zone: &&str| zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        let typed = name.replace('_', " ");
        let cities: Vec<String> = names().map(|zone| city(&zone)).collect();
        let of = |city: &str| cities.iter().position(|it| it.eq_ignore_ascii_case(city));
        let near_city = || of(nearest(&typed, cities.iter().map(String::as_str))?);
        let zone = |at: usize| names().nth(at);
        let mut abbreviations = ABBREVIATIONS.iter();
        let same = abbreviations.find(|it| it.0.eq_ignore_ascii_case(name));
        let of_city = same.map(|it| it.1).or_else(|| of(&typed).and_then(zone));
        let near = || nearest(name, names()).or_else(|| near_city().and_then(zone));
        // The sign of `Etc/GMT+1` means hours behind UTC, which nobody means by GMT+1.
        let is_offset = name.contains(['+', '-']) && name.contains(|it: char| it.is_ascii_digit());
        match of_city.or_else(near).filter(|_| !is_offset) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None if is_offset => failure.help(
                "write a name such as Europe/Berlin: an offset does not know when clocks change",
            ),
            None => failure.help("write a name such as Europe/Berlin"),
        }
    })
}
