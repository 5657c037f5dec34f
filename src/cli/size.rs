//! Parses sizes and ratios.

/// Reads a number of bytes with a unit: `64KiB`, `2GiB`, `500MB`.
pub fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("", 1),
        ("b", 1),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
    ];
    let digits = text
        .find(|char: char| !char.is_ascii_digit() && char != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let factor = UNITS.iter().find(|(name, _)| *name == unit);
    let bytes = number
        .parse::<f64>()
        .ok()
        .zip(factor)
        .map(|(number, (_, factor))| number * *factor as f64);
    // Up to here every number of bytes is exact.
    bytes
        .filter(|bytes| (1.0..9e15).contains(bytes))
        .map(|bytes| bytes as u64)
        .ok_or_else(|| "write a number of bytes above 0, such as 500MB or 2GiB".to_owned())
}

/// Reads the longest token that a run accepts.
pub fn token(text: &str) -> Result<usize, String> {
    at_least(crate::Limits::LEAST_TOKEN, text)
}

/// Reads the longest element that a run accepts.
pub fn element(text: &str) -> Result<usize, String> {
    const MOST: usize = crate::Limits::MOST_ELEMENT;
    match at_least(crate::Limits::LEAST_ELEMENT, text)? {
        bytes if bytes > MOST => Err(format!("expected at most {MOST} bytes")),
        bytes => Ok(bytes),
    }
}

fn at_least(least: usize, text: &str) -> Result<usize, String> {
    let bytes = usize::try_from(bytes(text)?).map_err(|error| error.to_string())?;
    match bytes >= least {
        true => Ok(bytes),
        false => Err(format!("expected at least {least} bytes")),
    }
}

/// Reads a ratio: `500` or `500:1`.
pub fn ratio(text: &str) -> Result<u64, String> {
    let number = text.strip_suffix(":1").unwrap_or(text).parse().ok();
    number
        .filter(|ratio| *ratio > 0)
        .ok_or_else(|| "expected a ratio, such as 500 or 500:1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, expected) in [
            ("1", 1),
            ("64KiB", 65_536),
            ("1MB", 1_000_000),
            ("2GiB", 2_147_483_648),
            ("1.5 mib", 1_572_864),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for wrong in ["", "0", "GiB", "-1", "1TiBB", "1e3", "nan", "20000000TiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ratios_and_tokens_have_their_least() {
        assert_eq!((ratio("500"), ratio("20:1")), (Ok(500), Ok(20)));
        assert!(ratio("0").is_err() && ratio("1:2").is_err() && ratio("much").is_err());
        assert!(token("255").is_err() && token("256") == Ok(256));
    }
}
