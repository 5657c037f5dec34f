//! NDJSON, and JSON as one array with an object a line.

use crate::check::shape::Number;
use crate::table::{Cell, Columns, Plan, Rows};

use super::Encoder;

/// Rows as JSON objects: absent cells are left out, null is null, numbers are the literals.
#[derive(Debug)]
pub struct Objects {
    /// Each with its colon.
    keys: Vec<String>,
    /// The members that all rows begin with, and how many columns they take.
    prefix: Vec<u8>,
    shared: usize,
    before: &'static str,
    after: &'static str,
    bytes: Vec<u8>,
}

impl Objects {
    /// One object a line.
    pub fn lines(columns: &Columns) -> Self {
        Self::new(columns, "", "\n")
    }

    /// Elements of an array, each behind its comma.
    pub fn elements(columns: &Columns) -> Self {
        Self::new(columns, ",\n", "")
    }

    fn new(columns: &Columns, before: &'static str, after: &'static str) -> Self {
        let keys = columns
            .list
            .iter()
            .map(|(name, _)| quoted(name) + ":")
            .collect();
        Self {
            keys,
            prefix: Vec::new(),
            shared: 0,
            before,
            after,
            bytes: Vec::new(),
        }
    }

    /// Begins an object with its shared members.
    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        out.push(b'{');
        out.extend_from_slice(&self.prefix);
    }

    /// Ends an object with these members.
    fn rest(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        let keys = self.keys.get(self.shared..).unwrap_or_default();
        members(keys, cells, out);
        if out.last() == Some(&b',') {
            out.pop();
        }
        out.push(b'}');
        out.extend_from_slice(self.after.as_bytes());
    }
}

/// A string as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Appends the members of `cells`, each with a comma behind it.
fn members(keys: &[String], cells: &[Cell<'_>], out: &mut Vec<u8>) {
    for (key, cell) in keys.iter().zip(cells) {
        if *cell == Cell::Absent {
            continue;
        }
        out.extend_from_slice(key.as_bytes());
        match cell {
            Cell::Absent | Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(text) => string(text, out),
            Cell::Figure(text) => string(text, out),
            Cell::Number(literal) => out.extend_from_slice(literal.as_bytes()),
            Cell::Bool(true) => out.extend_from_slice(b"true"),
            Cell::Bool(false) => out.extend_from_slice(b"false"),
        }
        out.push(b',');
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    if text
        .bytes()
        .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(quoted(text).as_bytes());
    }
}

impl Rows for Objects {
    fn shared(&mut self, cells: &[Cell<'_>]) {
        self.prefix.clear();
        members(&self.keys, cells, &mut self.prefix);
        self.shared = cells.len();
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.open(&mut bytes);
        self.rest(cells, &mut bytes);
        self.bytes = bytes;
    }

    fn plan(&mut self, cells: &[Cell<'_>], figures: usize) -> Option<Plan> {
        let mut row = Vec::new();
        self.rest(cells, &mut row);
        Plan::of(&row, figures)
    }

    fn planned(&mut self, plan: &Plan, text: &str, figures: &[Number]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.open(&mut bytes);
        plan.fill(text, figures, &mut bytes);
        self.bytes = bytes;
    }
}

impl Encoder for Objects {
    fn finish(self: Box<Self>) -> Vec<u8> {
        self.bytes
    }
}
