//! Duplicate keys, which a schema cannot see: most readers keep one value and drop the other.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Node, Path, TokenKind, spelling, text};
use crate::model::stat::Stat;

/// Reports every key that appears twice in its object, at any depth.
pub fn duplicates(node: Node<'_>, base: &Path, out: &mut Vec<Diagnostic>) {
    deep(node, &|| base.clone(), out);
}

/// Reports the keys that this object has twice, without those of objects in it.
pub fn duplicates_shallow(node: Node<'_>, base: &Path, out: &mut Vec<Diagnostic>) {
    object(node, &|| base.clone(), out);
}

/// Recursion is safe: the reader refuses what is nested deeper than its limit. `path` makes the path of the
/// value if something is found.
fn deep(node: Node<'_>, path: &dyn Fn() -> Path, out: &mut Vec<Diagnostic>) {
    match node.kind() {
        TokenKind::Object => {
            object(node, path, out);
            for (key, value) in node.members() {
                if value.is_object() || value.is_array() {
                    deep(value, &|| path().key(name(key)), out);
                }
            }
        }
        TokenKind::Array => {
            for (index, value) in node.elements().enumerate() {
                if value.is_object() || value.is_array() {
                    deep(value, &|| path().index(index), out);
                }
            }
        }
        _ => {}
    }
}

fn name(key: Node<'_>) -> String {
    key.string().unwrap_or_default().into_owned()
}

fn object(node: Node<'_>, path: &dyn Fn() -> Path, out: &mut Vec<Diagnostic>) {
    for key in repeated(node) {
        let name = name(key);
        let shown = clip(&text::printable(&name));
        let finding = Diagnostic::new(
            Code::DuplicateKey,
            format!("the key `{shown}` appears twice in one object"),
        )
        .cause(clip(&name))
        .at(key.span(), path().key(name))
        .label("the second one")
        .help("only one of the two values can be right, and JSON readers differ in which one they keep; remove one");
        out.push(finding);
    }
}

/// Number of keys that are compared one by one; more are hashed.
const FEW: usize = 16;

/// The keys that repeat an earlier one; `count_negative` and `CountNegative` repeat `countNegative`.
fn repeated(object: Node<'_>) -> Vec<Node<'_>> {
    let mut repeated = Vec::new();
    let keys = object.members().map(|(key, _)| key);
    if object.members().nth(FEW).is_some() {
        let mut seen = HashSet::new();
        repeated.extend(keys.filter(|key| !seen.insert(plain(*key))));
        return repeated;
    }
    for (index, key) in keys.clone().enumerate() {
        if keys.clone().take(index).any(|earlier| same(earlier, key)) {
            repeated.push(key);
        }
    }
    repeated
}

fn same(a: Node<'_>, b: Node<'_>) -> bool {
    let simple = |key: Node<'_>| {
        let raw = key.raw().as_bytes();
        let is_pascal = raw.get(1).is_some_and(u8::is_ascii_uppercase);
        key.kind() == TokenKind::String && !is_pascal && !raw.contains(&b'_')
    };
    if simple(a) && simple(b) {
        a.raw() == b.raw()
    } else {
        plain(a) == plain(b)
    }
}

/// The name that a key means.
fn plain(key: Node<'_>) -> Cow<'_, str> {
    let name = key.string().unwrap_or_default();
    let stat = Stat::of_key(&name).map(|stat| Cow::Borrowed(stat.name()));
    let property = stat.or_else(|| spelling::property(&name).map(|it| it.into_owned().into()));
    property.unwrap_or(name)
}

/// A name short enough for a sentence.
fn clip(name: &str) -> String {
    if name.chars().count() <= 80 {
        name.to_owned()
    } else {
        name.chars().take(79).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Span, Tape};

    #[test]
    fn finds_plain_escaped_and_many() {
        let mut long = String::from("{\"x\":{");
        for index in 0..40 {
            long.push_str(&format!("\"k{index}\":0,"));
        }
        long.push_str("\"k39\":1}}");
        for (text, path) in [
            (r#"{"a":1,"a":2}"#, "/a"),
            (r#"{"a":[{"b":1,"\u0062":2}]}"#, "/a/0/b"),
            (
                r#"{"countNegative":1,"count_negative":2}"#,
                "/count_negative",
            ),
            (r#"{"Data":1,"data":2}"#, "/data"),
            (r#"{"results":1,"Results":2}"#, "/Results"),
            (long.as_str(), "/x/k39"),
        ] {
            let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
            let mut out = Vec::new();
            duplicates(tape.root(), &Path::default(), &mut out);
            let paths: Vec<_> = out.iter().map(|finding| finding.path.to_string()).collect();
            assert_eq!(paths, [path], "{text}");
        }
    }
}
