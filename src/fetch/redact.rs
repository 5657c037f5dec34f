//! Text without our secrets, which a server may repeat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;

/// The text in the place of a secret.
const REDACTED: &str = "[redacted]";
/// The length of the shortest secret that is hidden; shorter texts occur everywhere.
const SHORTEST: usize = 4;

/// The text without the secrets: as they are, escaped as JSON, percent-encoded, or in base64, where
/// the whole run of base64 digits goes.
pub fn redacted(text: &str, secrets: &[&str]) -> String {
    let mut secrets: Vec<&str> = secrets.to_vec();
    secrets.retain(|secret| secret.len() >= SHORTEST);
    // A secret may be part of another one.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut text = text.to_owned();
    for secret in secrets {
        text = without_percent(&text, secret);
        let escaped = serde_json::Value::from(secret).to_string();
        text = text.replace(escaped.trim_matches('"'), REDACTED);
        text = without_base64(&text, secret);
    }
    text
}

/// The text without a secret, any byte of which may be percent-encoded.
fn without_percent(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut skip_to = 0;
    for (at, char) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        match percent_length(&text.as_bytes()[at..], secret) {
            Some(length) => {
                out.push_str(REDACTED);
                skip_to = at + length;
            }
            None => out.push(char),
        }
    }
    out
}

/// The number of bytes that the secret takes at the start of a text.
fn percent_length(text: &[u8], secret: &str) -> Option<usize> {
    let mut at = 0;
    for byte in secret.bytes() {
        let rest = text.get(at..)?;
        let code = rest.strip_prefix(b"%").and_then(|rest| rest.get(..2));
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        let is_encoded = code.is_some_and(|digits| u8::from_str_radix(digits, 16) == Ok(byte));
        let is_plain = rest.first() == Some(&byte) || (byte == b' ' && rest.first() == Some(&b'+'));
        at += match (is_encoded, is_plain) {
            (true, _) => 3,
            (false, true) => 1,
            (false, false) => return None,
        };
    }
    Some(at)
}

/// The text without runs of base64 digits that a secret is in, alone or with more around it.
fn without_base64(text: &str, secret: &str) -> String {
    // The digits depend on the number of bytes before the secret: 0, 1 or 2 beyond a multiple of 3.
    let cores = [0, 1, 2].map(|before| {
        let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
        let digits = STANDARD_NO_PAD.encode(&bytes);
        // The first and the last digit may have bits of other bytes.
        digits[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
    });
    let is_digit = |char: char| char.is_ascii_alphanumeric() || "+/-_".contains(char);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, run) = rest.split_at(start);
        let (run, behind) = run.split_at(run.find(|char| !is_digit(char)).unwrap_or(run.len()));
        let digits = run.replace('-', "+").replace('_', "/");
        let hides = |core: &String| memmem::find(digits.as_bytes(), core.as_bytes()).is_some();
        out.push_str(before);
        out.push_str(if cores.iter().any(hides) {
            REDACTED
        } else {
            run
        });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose;

    const SECRET: &str = "s3cr\"et/&Key é";

    #[test]
    fn every_spelling_is_removed() {
        let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for spelled in [
            SECRET.to_owned(),
            "s3cr\\\"et/&Key é".to_owned(),
            percent.to_uppercase(),
            percent,
            "s3cr%22et%2F%26Key+%C3%A9".to_owned(),
        ] {
            let text = format!("before {spelled} after");
            assert_eq!(
                redacted(&text, &[SECRET]),
                "before [redacted] after",
                "{spelled}"
            );
        }
    }

    #[test]
    fn base64_is_removed_as_a_whole() {
        for around in ["", "i:", "id:", "id :"] {
            let sent = format!("{around}{SECRET}{around}");
            for encoded in [
                general_purpose::STANDARD_NO_PAD.encode(&sent),
                general_purpose::URL_SAFE_NO_PAD.encode(&sent),
            ] {
                let text = redacted(&format!("Basic {encoded}, sent"), &[SECRET]);
                assert_eq!(text, "Basic [redacted], sent", "{encoded}");
            }
        }
    }

    #[test]
    fn everything_else_stays() {
        let text = "{\"message\":\"100% of \\u0041 &amp; cHVibGlj 7075626c6963 \\\\\",\"é\":1}";
        assert_eq!(redacted(text, &[SECRET, "ab"]), text);
        assert_eq!(redacted("abc", &["abc"]), "abc", "too short to be a secret");
        assert_eq!(
            redacted("token-1-long token-1", &["token-1", "token-1-long"]),
            "[redacted] [redacted]"
        );
    }
}
