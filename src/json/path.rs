//! The path to a value in a document, which is shown as a JSON Pointer (RFC 6901).

use std::borrow::Cow;
use std::fmt;

/// The path from one value to another inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<PathStep>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// Into a member of an object.
    Key(Cow<'static, str>),
    /// Into an element of an array.
    Index(usize),
}

impl PathStep {
    /// The number of bytes of its key.
    pub fn key_len(&self) -> usize {
        match self {
            Self::Key(key) => key.len(),
            Self::Index(_) => 0,
        }
    }
}

impl Path {
    /// The path to a bucket, from its container on.
    pub fn bucket(index: usize) -> Self {
        Self::default().key("data").index(index)
    }

    /// The path with one more step, to a member.
    #[must_use]
    pub fn key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(PathStep::Key(key.into()));
        self
    }

    /// The path with one more step, to an element.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(PathStep::Index(index));
        self
    }

    /// The path followed by the steps of another.
    #[must_use]
    pub fn join(mut self, below: impl Into<Self>) -> Self {
        self.0.append(&mut below.into().0);
        self
    }

    /// The path without its last step.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        Some(Self(above.to_vec()))
    }

    /// The steps.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// The number of steps.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if it has no steps.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if it leads into the value that `outer` leads to.
    pub fn is_inside(&self, outer: &Self) -> bool {
        self.0.len() > outer.0.len() && self.0.starts_with(&outer.0)
    }

    /// Returns true if its last step is this key.
    pub fn ends_with(&self, name: &str) -> bool {
        matches!(self.0.last(), Some(PathStep::Key(key)) if key == name)
    }

    /// Adds `by` to the step at this position, if it is an index.
    pub fn shift(&mut self, position: usize, by: usize) {
        if let Some(PathStep::Index(index)) = self.0.get_mut(position) {
            *index += by;
        }
    }

    /// The pointer with `*` in place of every index and number, to compare causes.
    pub fn pattern(&self) -> String {
        let mut pattern = String::new();
        for step in &self.0 {
            match step {
                PathStep::Key(key) if !is_number(key) => push(&mut pattern, key),
                _ => pattern.push_str("/*"),
            }
        }
        pattern
    }

    /// The path of a JSON Pointer whose steps are all keys.
    pub fn of_keys(pointer: &str) -> Self {
        let steps = pointer.split('/').skip(1);
        let key = |step: &str| step.replace("~1", "/").replace("~0", "~");
        Self(steps.map(|step| PathStep::Key(key(step).into())).collect())
    }
}

impl From<&Self> for Path {
    fn from(path: &Self) -> Self {
        path.clone()
    }
}

impl IntoIterator for Path {
    type Item = PathStep;
    type IntoIter = std::vec::IntoIter<PathStep>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<PathStep> for Path {
    fn from_iter<I: IntoIterator<Item = PathStep>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    /// Writes the JSON Pointer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pointer = String::new();
        for step in &self.0 {
            match step {
                PathStep::Key(key) => push(&mut pointer, key),
                PathStep::Index(index) => pointer.push_str(&format!("/{index}")),
            }
        }
        f.write_str(&pointer)
    }
}

/// Appends a key to a JSON Pointer, escaped.
pub fn push(pointer: &mut String, key: &str) {
    pointer.push('/');
    for char in key.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            plain => pointer.push(plain),
        }
    }
}

fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::{Span, Tape};
    use super::*;

    #[test]
    fn paths_lead_to_values_and_are_shown_as_pointers() {
        let text = r#"{"a/b":[{"~":7}]}"#;
        let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
        let path = Path::default().key("a/b").index(0).key("~");
        let found = tape.root().find(&path).unwrap();
        assert_eq!(found.number(), Some("7"));
        assert_eq!(path.to_string(), "/a~1b/0/~0");
        assert_eq!(path.pattern(), "/a~1b/*/~0");
        let patterns = ["/a~1b/*/~0", "", "/x"];
        assert!(
            patterns
                .iter()
                .all(|it| Path::of_keys(it).to_string() == *it)
        );
        assert_eq!(Path::bucket(3).key("7").pattern(), "/data/*/*");
    }

    #[test]
    fn indices_are_shifted_where_they_are() {
        let mut path = Path::default()
            .key("results")
            .index(2)
            .join(Path::bucket(1));
        path.shift(1, 10);
        path.shift(0, 10);
        path.shift(9, 10);
        assert_eq!(path.to_string(), "/results/12/data/1");
        let outer = Path::default().key("results").index(12);
        assert!(path.is_inside(&outer) && !path.is_inside(&path));
    }
}
