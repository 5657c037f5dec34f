//! The columns of the wide layout's figures.

use crate::model::STATS;
use crate::model::numbering::{EntryKey, Numbering};

use super::Columns;

/// The columns of a metric or view, by statistic.
type StatColumns = [Option<usize>; STATS.len()];

/// The columns of metrics, views and their qualifiers, looked up once each.
#[derive(Debug, Default)]
pub struct FigureColumns {
    all: Numbering<(bool, u32, Box<str>), StatColumns>,
    key: String,
}

impl FigureColumns {
    /// The columns of one metric or view (with a number that stands for its name) by statistic.
    pub fn of(
        &mut self,
        columns: &Columns,
        (view, id, name): (bool, u32, &str),
        qualifier: &str,
    ) -> &StatColumns {
        const NONE: &StatColumns = &[None; STATS.len()];
        let entry = EntryKey {
            view,
            id,
            qualifier,
        };
        let key = &mut self.key;
        let at = self.all.number(&entry, || {
            let columns = STATS.map(|stat| columns.figure(key, view, name, qualifier, stat));
            (entry.owned(), columns)
        });
        self.all.get(at).map_or(NONE, |(_, columns)| columns)
    }
}
