//! The assignments of a `.env` file: `NAME=VALUE`, with `export` before it or not, in single or
//! double quotes or none.
//!
//! Nothing is expanded. A file in the working folder must not be able to read the environment: with
//! `${…}` it could put a secret from there into the address of a host.

use super::body::MARK;

const ASSIGNMENT: &str = "expected NAME=VALUE; put values with spaces or # in single quotes";
const EXPANSION: &str = "variables are not expanded: write the value itself, in single quotes if \
                         it contains a $";

/// The assignments of a file. A `.env` that nobody named may serve other programs too, so lines
/// that have nothing to do with Genesys are skipped where they cannot be read; `strict` refuses
/// them.
pub fn assignments(
    bytes: &[u8],
    strict: bool,
) -> Result<Vec<(String, String)>, (usize, &'static str)> {
    // Editors on Windows begin files with a byte order mark.
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut found: Vec<(String, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match assignment(line) {
            // The first one of a name counts.
            Ok(Some(pair)) if found.iter().all(|(name, _)| *name != pair.0) => found.push(pair),
            Ok(_) => {}
            Err(why) if strict || line.contains("GENESYS") => {
                return Err((index + 1, why));
            }
            Err(_) => {}
        }
    }
    Ok(found)
}

/// The name and value of a line; blank lines and comments have none.
fn assignment(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (name, value) = line.split_once('=').ok_or(ASSIGNMENT)?;
    let name = name.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim_start();
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(ASSIGNMENT);
    }
    let value = value.trim_start();
    let (value, rest) = match value.chars().next() {
        Some('\'') => {
            let (value, rest) = value[1..].split_once('\'').ok_or(ASSIGNMENT)?;
            (value.to_owned(), rest)
        }
        Some('"') => unescaped(&value[1..], true)?,
        Some('#') => (String::new(), value),
        _ => {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            (unescaped(&value[..end], false)?.0, &value[end..])
        }
    };
    let rest = rest.trim_start();
    match rest.is_empty() || rest.starts_with('#') {
        true => Ok(Some((name.to_owned(), value))),
        false => Err(ASSIGNMENT),
    }
}

/// The value before the closing double quote, and what is behind it; or all of a value without quotes.
fn unescaped(text: &str, is_quoted: bool) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' if is_quoted => return Ok((value, &text[at + 1..])),
            '"' | '\'' if !is_quoted => return Err(ASSIGNMENT),
            '\\' => value.push(match chars.next() {
                Some((_, 'n')) if is_quoted => '\n',
                Some((_, escaped)) => escaped,
                None => '\\',
            }),
            '$' if expands(&text[at + 1..]) => return Err(EXPANSION),
            plain => value.push(plain),
        }
    }
    match is_quoted {
        true => Err(ASSIGNMENT),
        false => Ok((value, "")),
    }
}

/// Returns true if a shell would put a variable here.
fn expands(rest: &str) -> bool {
    rest.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '_' | '{' | '('))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        assignments(text.as_bytes(), true).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn lines_of_other_programs_are_passed_over() {
        let text = "\u{feff}GENESYS_CLIENT_ID=a\r\nTITLE=My own title\r\n\
                    export GENESYS_CLIENT_SECRET='b #$c'\r\n# done\n";
        let found = assignments(text.as_bytes(), false).unwrap();
        assert_eq!(
            found,
            [
                pair("GENESYS_CLIENT_ID", "a"),
                pair("GENESYS_CLIENT_SECRET", "b #$c")
            ]
        );
        let refused = assignments(text.as_bytes(), true).unwrap_err();
        assert_eq!(refused.0, 2);
        for (ours, line) in [
            ("A=1\nGENESYS_CLIENT_SECRET=b c\n", 2),
            ("A=b c\nGENESYS_CLIENT_SECRET=b c\n", 2),
            ("A=1\nGENESYS_CLIENT_ID='a\nB=2\n", 2),
            ("GENESYS_CLIENT_ID\n", 1),
        ] {
            let refused = assignments(ours.as_bytes(), false).unwrap_err();
            assert_eq!(refused.0, line, "{ours}");
        }
        // A quote that is never closed is the matter of its own line.
        let open = assignments(b"A=1\nNOTE=don't\nGENESYS_CLIENT_ID=a\n", false).unwrap();
        assert_eq!(open, [pair("A", "1"), pair("GENESYS_CLIENT_ID", "a")]);
    }

    #[test]
    fn values_are_read_as_they_are_quoted() {
        for (line, value) in [
            ("A=x", "x"),
            ("A = x # why", "x"),
            ("A=", ""),
            ("A= # nothing", ""),
            ("A=a#b", "a#b"),
            ("A='x y' # why", "x y"),
            (r#"A="x \"y\" \\ \$Z""#, r#"x "y" \ $Z"#),
            ("A='${HOME}'", "${HOME}"),
            ("A=cost$", "cost$"),
            ("A=5$7", "5$7"),
            ("export A=x=y", "x=y"),
        ] {
            assert_eq!(pairs(line), [pair("A", value)], "{line}");
        }
        assert_eq!(pairs("A=1\nA=2"), [pair("A", "1")]);
    }

    #[test]
    fn nothing_is_expanded() {
        for line in ["A=$HOME", "A=x${HOME}", "A=\"$HOME\"", "A=\"$(id)\""] {
            let refused = assignments(line.as_bytes(), true).unwrap_err();
            assert_eq!(refused.1, EXPANSION, "{line}");
        }
    }
}
