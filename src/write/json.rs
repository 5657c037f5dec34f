//! NDJSON, and JSON as one array with an object a line.

use crate::table::{Cell, Columns};

use super::Encoder;

/// Rows as JSON objects: absent cells are left out, null is null, numbers are the literals.
#[derive(Debug)]
pub struct Rows {
    keys: Vec<String>,
    before: &'static str,
    after: &'static str,
    bytes: Vec<u8>,
}

impl Rows {
    /// One object a line.
    pub fn lines(columns: &Columns) -> Self {
        Self::new(columns, "", "\n")
    }

    /// Elements of an array, each behind its comma.
    pub fn elements(columns: &Columns) -> Self {
        Self::new(columns, ",\n", "")
    }

    fn new(columns: &Columns, before: &'static str, after: &'static str) -> Self {
        let keys = columns.list.iter().map(|(name, _)| quoted(name)).collect();
        Self {
            keys,
            before,
            after,
            bytes: Vec::new(),
        }
    }
}

/// A string as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Encoder for Rows {
    fn row(&mut self, cells: &[Cell<'_>]) {
        self.bytes.extend_from_slice(self.before.as_bytes());
        self.bytes.push(b'{');
        let mut first = true;
        for (key, cell) in self.keys.iter().zip(cells) {
            if *cell == Cell::Absent {
                continue;
            }
            if !first {
                self.bytes.push(b',');
            }
            first = false;
            self.bytes.extend_from_slice(key.as_bytes());
            self.bytes.push(b':');
            match cell {
                Cell::Absent | Cell::Null => self.bytes.extend_from_slice(b"null"),
                Cell::Text(text) => self.bytes.extend_from_slice(quoted(text).as_bytes()),
                Cell::Figure(text) => self.bytes.extend_from_slice(quoted(text).as_bytes()),
                Cell::Number(literal) => self.bytes.extend_from_slice(literal.as_bytes()),
                Cell::Bool(true) => self.bytes.extend_from_slice(b"true"),
                Cell::Bool(false) => self.bytes.extend_from_slice(b"false"),
            }
        }
        self.bytes.push(b'}');
        self.bytes.extend_from_slice(self.after.as_bytes());
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.bytes
    }
}
