//! The columns of the wide layout's figures.

use std::collections::HashMap;

use crate::model::STATS;

use super::Columns;

/// The columns of metrics, views and their qualifiers, looked up once each.
///
/// Buckets repeat their metrics in one order, so each is first taken for the one that followed
/// last time.
#[derive(Debug, Default)]
pub struct FigureColumns {
    list: Vec<Places>,
    known: HashMap<(bool, u32, String), usize>,
    last: usize,
    key: String,
}

#[derive(Debug)]
struct Places {
    view: bool,
    id: u32,
    qualifier: String,
    at: [Option<usize>; STATS.len()],
    next: usize,
}

impl FigureColumns {
    /// The columns of one metric or view (with a number that stands for its name) by statistic.
    pub fn of(
        &mut self,
        columns: &Columns,
        (view, id, name): (bool, u32, &str),
        qualifier: &str,
    ) -> &[Option<usize>; STATS.len()] {
        const NONE: &[Option<usize>; STATS.len()] = &[None; STATS.len()];
        let same = |it: &Places| it.id == id && it.view == view && it.qualifier == qualifier;
        let guess = self.list.get(self.last).map_or(0, |last| last.next);
        let at = if self.list.get(guess).is_some_and(same) {
            guess
        } else {
            let next = self.list.len();
            let at = *self
                .known
                .entry((view, id, qualifier.to_owned()))
                .or_insert(next);
            if at == next {
                let key = &mut self.key;
                self.list.push(Places {
                    view,
                    id,
                    qualifier: qualifier.to_owned(),
                    at: STATS.map(|stat| columns.figure(key, view, name, qualifier, stat)),
                    next: 0,
                });
            }
            if let Some(last) = self.list.get_mut(self.last) {
                last.next = at;
            }
            at
        };
        self.last = at;
        self.list.get(at).map_or(NONE, |places| &places.at)
    }
}
