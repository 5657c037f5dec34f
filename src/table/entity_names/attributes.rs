//! Attributes of ids: the columns of a file of names beside `id` and `name`, such as the brand of a
//! queue. They are dimensions of the ids.

use crate::model::catalog::near::letters;

use super::{ListedNames, stem};

/// An attribute of the ids of a dimension: `queue_brand`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name as a dimension.
    pub name: String,
    /// The dimension of the ids.
    pub dimension: String,
    /// The place of its column.
    pub column: usize,
}

impl Attribute {
    /// The attribute of a column of a dimension.
    pub(super) fn of(dimension: &str, (column, title): (usize, &str)) -> Self {
        Self {
            name: format!("{}_{title}", stem(dimension)),
            dimension: dimension.to_owned(),
            column,
        }
    }

    /// Returns true if it is meant by a name: `brand`, or `queue_brand`, in any case.
    pub fn is_called(&self, typed: &str) -> bool {
        let typed = letters(typed);
        let title = self.name.strip_prefix(stem(&self.dimension));
        letters(&self.name) == typed || title.is_some_and(|title| letters(title) == typed)
    }
}

impl ListedNames {
    /// The place of a column; one of the same title in another file is the same.
    pub(super) fn column(&mut self, title: &str) -> usize {
        let mut columns = self.columns.iter();
        match columns.position(|it| it.eq_ignore_ascii_case(title)) {
            Some(known) => known,
            None => {
                self.columns.push(title.into());
                self.columns.len() - 1
            }
        }
    }

    /// Adds a value. The last one counts.
    pub(super) fn add_attribute(&mut self, id: &str, column: usize, value: &str) {
        let values = self.attributes.entry(id.into()).or_default();
        values.retain(|(at, _)| *at != column);
        values.push((column, value.into()));
    }

    /// The value of an id in a column.
    pub(super) fn attribute(&self, id: &str, column: usize) -> Option<&str> {
        let mut values = self.attributes.get(id)?.iter();
        let found = values.find(|(at, _)| *at == column);
        found.map(|(_, value)| &**value)
    }

    /// The columns with their titles.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns.iter().map(AsRef::as_ref).enumerate()
    }
}
