//! Text in CSV files that a spreadsheet changes when it reads them.

/// Months as spreadsheets know them in dates, by their first letters.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Spreadsheets keep this many digits of a number.
const DIGITS: usize = 15;

/// Returns true if a spreadsheet may take this text for a formula.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Returns true if a spreadsheet takes this text for a number, a date, a time or a truth value and
/// shows it differently: `007`, more than 15 digits, `1e305678`, `1.10`, `2026-03-02`, `3/4`,
/// `MAR1`.
pub fn is_changed(text: &str) -> bool {
    let text = text.trim();
    if !text.starts_with(|first: char| first.is_ascii_alphanumeric() || "./,$(".contains(first)) {
        return false;
    }
    // Nothing longer is a date; a longer number has too many digits.
    if text.len() > 40 && !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    matches!(lower.as_str(), "true" | "false")
        || is_changed_number(&lower)
        || is_scientific(&lower)
        || is_separated(&lower)
        || has_month(&lower)
}

/// Digits alone that lose some of them.
fn is_changed_number(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text.len() > DIGITS || (text.len() > 1 && text.starts_with('0')))
}

/// Digits, an `e`, digits.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_mantissa = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b',';
    mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && mantissa.bytes().all(is_mantissa)
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits with the separators of dates, times, fractions, amounts and thousands.
fn is_separated(text: &str) -> bool {
    let text = text
        .strip_suffix("am")
        .or_else(|| text.strip_suffix("pm"))
        .unwrap_or(text);
    let is_separator = |byte: u8| b"-/.:, %$()".contains(&byte);
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(is_separator)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || is_separator(byte))
}

/// A month's name with a number: `MAR1`, `1-Mar`, `March 2026`, `2 Mar 26`.
fn has_month(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase();
    let Some(start) = text.find(is_letter) else {
        return false;
    };
    let word = &text[start..];
    let end = word.find(|c: char| !is_letter(c)).unwrap_or(word.len());
    let (word, after) = word.split_at(end);
    let month = word == "sept"
        || (word.len() >= 3
            && MONTHS
                .iter()
                .any(|month| *month == word || (word.len() == 3 && month.starts_with(word))));
    let around = || text[..start].bytes().chain(after.bytes());
    month
        && around().any(|byte| byte.is_ascii_digit())
        && around().all(|byte| byte.is_ascii_digit() || b"-/., :".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_a_spreadsheet_rewrites_is_known() {
        for text in [
            "007",
            "00",
            "1234567890123456",
            "1e305678",
            "12E5",
            "1.5e-3",
            "2026-03-02",
            "2026-03-02T08:00:00".split_once('T').unwrap().1,
            "3/4",
            "1.10",
            "1,234",
            "10:30",
            "10:30 PM",
            "5%",
            "$5.00",
            "MAR1",
            "1-Mar",
            "March 2026",
            "2 Mar 26",
            "SEPT2",
            "TRUE",
            " 007 ",
        ] {
            assert!(is_changed(text), "{text}");
        }
    }

    #[test]
    fn text_that_stays_as_it_is_is_left_alone() {
        for text in [
            "",
            "0",
            "42",
            "123456789012345",
            "voice",
            "424b1fee-9709-4315-85d9-5954058b4714",
            "1e",
            "e5",
            "march",
            "MARX1",
            "v1.2",
            "2026-03-02T08:00:00.000Z",
            "tel:4930123",
            "a 1",
            "1 queue",
            "s1,s2",
            "…",
        ] {
            assert!(!is_changed(text), "{text}");
        }
    }
}
