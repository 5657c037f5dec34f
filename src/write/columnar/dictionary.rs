//! The different texts of a column.

use std::collections::HashMap;

use arrow_array::StringArray;

/// The texts of a column, in the order of their first rows.
#[derive(Debug, Default)]
pub struct Dictionary {
    pub texts: Vec<Box<str>>,
    known: HashMap<Box<str>, i32>,
    /// The place of the last text: texts mostly occur several times in a row.
    last: i32,
}

impl Dictionary {
    /// The place of a text, which is added where it is new.
    pub fn key(&mut self, text: &str) -> i32 {
        if self
            .texts
            .get(self.last as usize)
            .is_some_and(|last| **last == *text)
        {
            return self.last;
        }
        self.last = match self.known.get(text) {
            Some(key) => *key,
            None => {
                let key = self.texts.len() as i32;
                self.texts.push(text.into());
                self.known.insert(text.into(), key);
                key
            }
        };
        self.last
    }

    /// The texts as an array.
    pub fn into_texts(self) -> StringArray {
        StringArray::from_iter_values(self.texts)
    }
}
