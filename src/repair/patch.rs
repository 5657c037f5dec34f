//! Repairs of a document as a JSON Patch (RFC 6902).

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

/// One operation of a patch.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Op {
    Move { from: String, path: String },
    Remove { path: String },
    Replace { path: String, value: Box<RawValue> },
}

/// The patches of the values that stand alone in a text, in their order.
#[derive(Debug, Default)]
pub struct Patches(Vec<Vec<Op>>);

impl Patches {
    /// Makes room for so many values.
    pub(super) fn reserve(&mut self, values: usize) {
        if self.0.len() < values {
            self.0.resize_with(values, Vec::new);
        }
    }

    /// Adds operations on a value.
    pub(super) fn add(&mut self, value: usize, ops: impl IntoIterator<Item = Op>) {
        if let Some(patch) = self.0.get_mut(value) {
            patch.extend(ops);
        }
    }

    /// Writes a patch a line; a text of one value has one.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for patch in &self.0 {
            serde_json::to_writer(&mut *out, patch)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// The operations that put a member, or what it holds, in the place of the object at `place`.
pub(super) fn lift(place: &str, inside: &str) -> Vec<Op> {
    let from = format!("{place}{inside}");
    let moved = |path: &str| Op::Move {
        from: from.clone(),
        path: path.to_owned(),
    };
    let Some((list, index)) = place.rsplit_once('/') else {
        return vec![moved(place)];
    };
    // What is moved to an element of an array goes in front of it.
    let behind = index.parse::<usize>().unwrap_or_default() + 1;
    let path = format!("{list}/{behind}");
    vec![moved(place), Op::Remove { path }]
}

/// The operation that puts a value, given as JSON, in the place of another.
pub(super) fn replace(path: &str, json: String) -> Option<Op> {
    Some(Op::Replace {
        path: path.to_owned(),
        value: RawValue::from_string(json).ok()?,
    })
}
