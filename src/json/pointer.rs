//! JSON Pointers (RFC 6901): making them, and finding what they name on a tape.

use super::tape::Node;

/// Appends a step to a pointer, escaped.
pub fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    for char in step.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            plain => pointer.push(plain),
        }
    }
}

/// The pointer with one more step.
#[must_use]
pub fn child(pointer: &str, step: impl std::fmt::Display) -> String {
    let mut child = pointer.to_owned();
    push(&mut child, &step.to_string());
    child
}

/// The value that `pointer` names below `node`, whose properties may have other spellings.
pub fn find<'a>(node: Node<'a>, pointer: &str) -> Option<Node<'a>> {
    resolve(node, pointer).map(|(node, _)| node)
}

/// The value that `pointer` names below `node`, and the pointer to it in the spelling of the text.
pub fn resolve<'a>(node: Node<'a>, pointer: &str) -> Option<(Node<'a>, String)> {
    let mut own = String::with_capacity(pointer.len());
    let found = steps(pointer).try_fold(node, |node, step| {
        if node.is_array() {
            push(&mut own, &step);
            return node.elements().nth(step.parse().ok()?);
        }
        let (key, value) = node.member(&step)?;
        push(&mut own, &key.string()?);
        Some(value)
    })?;
    Some((found, own))
}

fn steps(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// The pointer with every array index replaced by `*`: what equal causes have in common.
pub fn pattern(pointer: &str) -> String {
    let mut pattern = String::with_capacity(pointer.len());
    for step in pointer.split('/').skip(1) {
        pattern.push('/');
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            pattern.push('*');
        } else {
            pattern.push_str(step);
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::super::{Span, Tape};
    use super::*;

    #[test]
    fn finds_values() {
        let text = r#"{"a/b":[{"~":7}]}"#;
        let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
        let found = find(tape.root(), "/a~1b/0/~0").unwrap();
        assert_eq!(found.number(), Some("7"));
        assert_eq!(child("/a~1b/0", "~"), "/a~1b/0/~0");
        assert_eq!(pattern("/results/12/x"), "/results/*/x");
    }
}
