//! Text without our secrets, however a server spells them when it repeats them.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// What is put in the place of a secret.
const REDACTED: &str = "[redacted]";
/// What is left of a text that hides a secret under several encodings.
const WITHHELD: &str = "[withheld: it repeats a secret in an encoded form]";
/// Shorter secrets would be found everywhere.
const SHORTEST: usize = 4;
/// How many encodings on top of each other are looked through.
const LAYERS: usize = 4;

/// The text without the secrets: as they are, escaped as JSON, percent-encoded, as HTML entities, in
/// base64 or in hexadecimal.
pub fn redacted(text: &str, secrets: &[&str]) -> String {
    let mut secrets: Vec<&str> = secrets.to_vec();
    secrets.retain(|secret| secret.len() >= SHORTEST);
    // A secret may be part of another one.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut text = text.to_owned();
    for secret in &secrets {
        text = without_spellings(&text, secret);
    }
    text = without_encodings(&text, &secrets);
    if hides(&text, &secrets) {
        return WITHHELD.to_owned();
    }
    text
}

/// The text without one secret, each character of which may be escaped in its own way.
fn without_spellings(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let first = secret.bytes().next().unwrap_or_default();
    let mut skip_to = 0;
    for (at, char) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        let byte = text.as_bytes()[at];
        let may_begin = byte == first || matches!(byte, b'\\' | b'%' | b'&' | b'+');
        match may_begin
            .then(|| spelled(text.as_bytes(), at, secret))
            .flatten()
        {
            Some(end) => {
                out.push_str(REDACTED);
                skip_to = end;
            }
            None => out.push(char),
        }
    }
    out
}

/// Where a spelling of the secret that begins here ends.
fn spelled(text: &[u8], at: usize, secret: &str) -> Option<usize> {
    let mut ends = vec![at];
    for char in secret.chars() {
        let mut next = Vec::new();
        for end in ends {
            spellings(text.get(end..).unwrap_or_default(), char, &mut |length| {
                next.push(end + length);
            });
        }
        next.sort_unstable();
        next.dedup();
        ends = next;
        if ends.is_empty() {
            return None;
        }
    }
    ends.last().copied()
}

/// Calls `found` with the length of each spelling of the character at the start of a text.
fn spellings(text: &[u8], char: char, found: &mut dyn FnMut(usize)) {
    let mut utf8 = [0; 4];
    let utf8 = char.encode_utf8(&mut utf8).as_bytes();
    if text.starts_with(utf8) {
        found(utf8.len());
    }
    if char == ' ' && text.first() == Some(&b'+') {
        found(1);
    }
    match text.first() {
        Some(b'\\') => {
            // Escaped texts are escaped again, with more backslashes.
            let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
            for count in 1..=slashes.min(8) {
                let rest = &text[count..];
                if rest.starts_with(utf8) && char.is_ascii_punctuation() {
                    found(count + utf8.len());
                }
            }
            let units = |rest: &[u8]| json_units(rest, char, slashes);
            if let Some(length) = units(&text[slashes..]) {
                found(slashes + length);
            }
        }
        Some(b'%') => {
            if let Some(length) = percent(text, utf8) {
                found(length);
            }
        }
        Some(b'&') => {
            if let Some(length) = entity(text, char) {
                found(length);
            }
        }
        _ => {}
    }
}

/// The length of `uXXXX` (twice, with backslashes between, for characters beyond 16 bits), `xXX` or
/// `u{X}`.
fn json_units(rest: &[u8], char: char, slashes: usize) -> Option<usize> {
    let hex = |text: &[u8]| {
        let text = std::str::from_utf8(text).ok()?;
        u32::from_str_radix(text, 16).ok()
    };
    match rest.first()? {
        b'x' => (hex(rest.get(1..3)?)? == char as u32).then_some(3),
        b'u' if rest.get(1) == Some(&b'{') => {
            let length = rest.iter().take(12).position(|byte| *byte == b'}')?;
            (hex(&rest[2..length])? == char as u32).then_some(length + 1)
        }
        b'u' => {
            let mut units = [0; 2];
            let mut at = 0;
            for (index, unit) in char.encode_utf16(&mut units).iter().enumerate() {
                if index > 0 {
                    at += slashes;
                }
                let escape = rest.get(at..at + 5)?;
                if escape[0] != b'u' || hex(&escape[1..])? != u32::from(*unit) {
                    return None;
                }
                at += 5;
            }
            Some(at)
        }
        _ => None,
    }
}

/// The length of these bytes as `%XX`, or `%25XX` where they were encoded twice.
fn percent(text: &[u8], bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for byte in bytes {
        if text.get(at) != Some(&b'%') {
            return None;
        }
        at += 1;
        while text.get(at..at + 2) == Some(b"25") && *byte != b'%' {
            at += 2;
        }
        let digits = std::str::from_utf8(text.get(at..at + 2)?).ok()?;
        if u8::from_str_radix(digits, 16).ok()? != *byte {
            return None;
        }
        at += 2;
    }
    Some(at)
}

/// The length of the character as an entity of HTML or XML.
fn entity(text: &[u8], char: char) -> Option<usize> {
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&text[1..end]).ok()?;
    (entity_value(name)? == char).then_some(end + 1)
}

fn entity_value(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').and_then(|number| {
        let hex = number.strip_prefix(['x', 'X']);
        match hex {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        }
    });
    match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => char::from_u32(number?),
    }
}

/// The text without runs of base64 or hexadecimal digits that a secret is in.
fn without_encodings(text: &str, secrets: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let run = &rest[start..];
        let run = &run[..run.find(|char| !is_digit(char)).unwrap_or(run.len())];
        out.push_str(&rest[..start]);
        out.push_str(if encodes(run, secrets) { REDACTED } else { run });
        rest = &rest[start + run.len()..];
    }
    out.push_str(rest);
    out
}

/// Digits of base64, in either alphabet; hexadecimal digits are among them.
fn is_digit(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '-' | '_')
}

/// Whether a run of digits encodes a secret, alone or with more around it.
fn encodes(run: &str, secrets: &[&str]) -> bool {
    if run.len() < SHORTEST * 4 / 3 {
        return false;
    }
    let engine = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let plain: Vec<u8> = run
        .bytes()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        })
        .collect();
    let contains = |bytes: &[u8]| {
        secrets
            .iter()
            .any(|secret| memchr::memmem::find(bytes, secret.as_bytes()).is_some())
    };
    let base64 = (0..4).any(|skipped| {
        let mut digits = plain.get(skipped..).unwrap_or_default();
        if digits.len() % 4 == 1 {
            digits = &digits[..digits.len() - 1];
        }
        engine.decode(digits).is_ok_and(|bytes| contains(&bytes))
    });
    let hex = || {
        (0..2).any(|skipped| {
            let digits = run.as_bytes().get(skipped..).unwrap_or_default();
            let pairs = digits.chunks_exact(2).map(|pair| {
                let pair = std::str::from_utf8(pair).unwrap_or_default();
                // What is no digit is no part of a secret.
                u8::from_str_radix(pair, 16).unwrap_or_default()
            });
            contains(&pairs.collect::<Vec<u8>>())
        })
    };
    base64 || hex()
}

/// Whether a secret is still there below several encodings, or broken into lines.
fn hides(text: &str, secrets: &[&str]) -> bool {
    let mut layer = text.to_owned();
    for _ in 0..LAYERS {
        let joined: String = layer.chars().filter(|char| !char.is_whitespace()).collect();
        for text in [&layer, &joined] {
            let plain = secrets.iter().any(|secret| text.contains(secret));
            if plain || without_encodings(text, secrets) != *text {
                return true;
            }
        }
        let next = decoded(&layer);
        if next == layer {
            return false;
        }
        layer = next;
    }
    false
}

/// The text with its escapes, percent-encodings and entities resolved once.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let (piece, length) = match byte {
            b'\\' => unescaped(rest),
            b'%' => hexadecimal(rest, 1, 3).map(|value| (value, 3)),
            b'&' => rest
                .iter()
                .take(12)
                .position(|byte| *byte == b';')
                .and_then(|end| Some((entity_value(text.get(at + 1..at + end)?)?, end + 1)))
                .map(|(char, length)| (char.to_string().into_bytes(), length)),
            _ => None,
        }
        .unwrap_or_else(|| (vec![*byte], 1));
        out.extend_from_slice(&piece);
        at += length;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The byte that these digits mean.
fn hexadecimal(text: &[u8], from: usize, to: usize) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(text.get(from..to)?).ok()?;
    Some(vec![u8::from_str_radix(digits, 16).ok()?])
}

/// The value and the length of an escape.
fn unescaped(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    match text.get(1)? {
        b'u' => {
            let digits = std::str::from_utf8(text.get(2..6)?).ok()?;
            let char = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((char.to_string().into_bytes(), 6))
        }
        b'x' => Some((hexadecimal(text, 2, 4)?, 4)),
        b'n' | b'r' | b't' => Some((b" ".to_vec(), 2)),
        escaped => Some((vec![*escaped], 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose;

    const SECRET: &str = "s3cr\"et/&Key é";

    #[test]
    fn every_spelling_is_removed() {
        let json: String = SECRET
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect();
        let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let entities: String = SECRET
            .chars()
            .map(|char| format!("&#x{:X};", char as u32))
            .collect();
        for spelled in [
            SECRET.to_owned(),
            serde_json::to_string(SECRET)
                .unwrap()
                .trim_matches('"')
                .to_owned(),
            json.clone(),
            json.replace('\\', "\\\\"),
            json.to_lowercase(),
            percent.clone(),
            percent.to_uppercase(),
            percent.replace('%', "%25"),
            entities,
            "s3cr&quot;et/&amp;Key &#233;".to_owned(),
            "s3cr\\\"et\\/&Key \\u00e9".to_owned(),
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
    fn base64_and_hexadecimal_are_looked_into() {
        for around in ["", "i:", "id:", "id :"] {
            let sent = format!("{around}{SECRET}{around}");
            let hex: String = sent.bytes().map(|byte| format!("{byte:02x}")).collect();
            for encoded in [
                general_purpose::STANDARD.encode(&sent),
                general_purpose::URL_SAFE_NO_PAD.encode(&sent),
                hex.to_uppercase(),
                hex,
            ] {
                let text = redacted(&format!("Basic {encoded}, sent"), &[SECRET]);
                assert!(
                    text.starts_with("Basic [redacted]") && text.ends_with(", sent"),
                    "{encoded}: {text}"
                );
            }
        }
    }

    #[test]
    fn what_is_encoded_several_times_is_withheld() {
        let base64 = general_purpose::STANDARD.encode(format!("id:{SECRET}:more"));
        let broken = format!("{}\\r\\n{}", &base64[..10], &base64[10..]);
        let lines = format!("{}\n{}", &base64[..9], &base64[9..]);
        let nested: String = base64.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let twice: String = SECRET
            .bytes()
            .flat_map(|byte| format!("%{byte:02x}").into_bytes())
            .map(|byte| format!("\\u{byte:04x}"))
            .collect();
        for text in [broken, lines, nested, twice] {
            assert_eq!(
                redacted(&format!("x {text} y"), &[SECRET]),
                WITHHELD,
                "{text}"
            );
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
