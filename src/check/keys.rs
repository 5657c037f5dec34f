//! Duplicate keys, which a schema cannot see: most readers keep one value and drop the other.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::stat_name;
use crate::json::{Kind, Node, pointer, text};

/// Reports every key that stands twice in its object, at any depth.
pub fn duplicates(node: Node<'_>, path: &str, out: &mut Vec<Diagnostic>) {
    match node.kind() {
        Kind::Object => {
            duplicates_shallow(node, path, out);
            for (key, value) in node.members() {
                if value.is_object() || value.is_array() {
                    let name = key.string().unwrap_or_default();
                    duplicates(value, &pointer::child(path, &name), out);
                }
            }
        }
        Kind::Array => {
            for (index, value) in node.elements().enumerate() {
                if value.is_object() || value.is_array() {
                    duplicates(value, &pointer::child(path, index), out);
                }
            }
        }
        _ => {}
    }
}

/// Reports the keys that stand twice in this very object.
pub fn duplicates_shallow(node: Node<'_>, path: &str, out: &mut Vec<Diagnostic>) {
    for key in repeated(node) {
        let name = key.string().unwrap_or_default();
        let shown = text::printable(&name);
        let finding = Diagnostic::new(
                    Code::DuplicateKey,
                    format!("the key `{}` stands twice in one object", clip(&shown)),
                )
                .at(key.span(), pointer::child(path, &name))
                .cause(clip(&name))
                .label("the second one")
                .help("only one of the two values can be meant, and readers differ in which they keep; remove one");
        out.push(finding);
    }
}

/// The keys that repeat an earlier one; `count_negative` repeats `countNegative`.
fn repeated(object: Node<'_>) -> Vec<Node<'_>> {
    let mut repeated = Vec::new();
    let mut seen: Vec<std::borrow::Cow<'_, str>> = Vec::new();
    let mut many: HashSet<std::borrow::Cow<'_, str>> = HashSet::new();
    for (key, _) in object.members() {
        let name = key.string().unwrap_or_default();
        let name = match stat_name(&name) {
            same if same == name => name,
            other => std::borrow::Cow::Owned(other.to_owned()),
        };
        // A handful is compared faster than hashed.
        if seen.len() < 16 {
            if seen.contains(&name) {
                repeated.push(key);
            } else {
                seen.push(name);
            }
            continue;
        }
        if many.is_empty() {
            many.extend(seen.iter().cloned());
        }
        if !many.insert(name) {
            repeated.push(key);
        }
    }
    repeated
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
            (long.as_str(), "/x/k39"),
        ] {
            let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
            let mut out = Vec::new();
            duplicates(tape.root(), "", &mut out);
            let paths: Vec<_> = out.iter().map(|finding| finding.pointer.as_str()).collect();
            assert_eq!(paths, [path], "{text}");
        }
    }
}
