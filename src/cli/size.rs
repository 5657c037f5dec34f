//! Sizes and ratios as they are typed.

/// Reads a number of bytes: `65536`, `64KiB`, `16MiB`, `2GiB`; also `64k`, `16M`, `2GB`, which mean
/// the same powers of 1024.
///
/// # Errors
/// What is expected instead.
pub fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let bits = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => Some(0),
        "k" | "kb" | "kib" => Some(10),
        "m" | "mb" | "mib" => Some(20),
        "g" | "gb" | "gib" => Some(30),
        _ => None,
    };
    let number: Option<u64> = digits.trim_end().parse().ok();
    number
        .zip(bits)
        .and_then(|(number, bits)| number.checked_mul(1 << bits))
        .ok_or_else(|| "expected a size, such as 65536, 64KiB, 16MiB or 2GiB".to_owned())
}

/// Reads the longest token that a run accepts.
///
/// # Errors
/// What is expected instead.
pub fn token(text: &str) -> Result<usize, String> {
    let least = crate::source::limits::LEAST_TOKEN;
    let bytes = usize::try_from(bytes(text)?).map_err(|error| error.to_string())?;
    match bytes >= least {
        true => Ok(bytes),
        false => Err(format!("expected at least {least} bytes")),
    }
}

/// Reads a ratio: `500` or `500:1`.
///
/// # Errors
/// What is expected instead.
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
    fn sizes_and_ratios_are_read_as_people_write_them() {
        for (text, expected) in [
            ("65536", Some(65_536)),
            ("64KiB", Some(65_536)),
            ("64 kib", Some(65_536)),
            ("16M", Some(16 << 20)),
            ("2gb", Some(2 << 30)),
            ("", None),
            ("x", None),
            ("-1", None),
            ("1.5MiB", None),
            ("16TiB", None),
            ("99999999999GiB", None),
        ] {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
        assert_eq!((ratio("500"), ratio("20:1")), (Ok(500), Ok(20)));
        assert!(ratio("0").is_err() && ratio("1:2").is_err() && ratio("much").is_err());
        assert!(token("255").is_err() && token("256") == Ok(256));
    }
}
