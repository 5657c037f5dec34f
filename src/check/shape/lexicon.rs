//! The names of metrics and views that occur, each looked up in the catalogue once.

use std::cell::Cell;
use std::collections::HashMap;

use crate::check::rules::stats;
use crate::document::{STATS, catalog};

use super::dimensions::Dimensions;
use super::template::Templates;

/// What is known of a name.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    /// Whether the catalogue has a metric of this name.
    pub(super) known: bool,
    /// Bit `n` is set where a metric of this name can have the `n`th of [`STATS`].
    pub(super) fits: u16,
    /// Bit `n` is set where that statistic cannot be below zero.
    pub(super) unsigned: u16,
    /// The bucket, by its running number, in which the name stood last.
    pub(super) seen: u64,
    /// The name that followed this one last time.
    next: u32,
}

/// Names by number. Buckets repeat their metrics in one order, so each name is first taken for
/// the one that followed last time.
#[derive(Debug, Default)]
pub struct Lexicon {
    numbers: HashMap<Box<str>, u32>,
    pub(super) names: Vec<Name>,
    last: u32,
    /// The running number of the bucket that is looked at.
    pub(super) bucket: u64,
    pub(super) templates: Templates,
    pub(super) dimensions: Dimensions,
}

/// More names than real responses ever have: a lexicon that knows so many is not kept.
const MOST: usize = 2048;

thread_local! {
    static KEPT: Cell<Option<Box<Lexicon>>> = const { Cell::new(None) };
}

impl Lexicon {
    /// A lexicon with what this thread has learned before, for elements of which
    /// nothing was told yet.
    pub fn remembered() -> Self {
        let mut lexicon = *KEPT.take().unwrap_or_default();
        lexicon.dimensions.untell();
        lexicon
    }

    /// Keeps what was learned for this thread's next lexicon.
    pub fn remember(self) {
        if self.names.len() < MOST && self.dimensions.len() < MOST {
            KEPT.set(Some(Box::new(self)));
        }
    }

    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        let guess = self.names.get(self.last as usize).map_or(0, |it| it.next);
        if let Some(known) = self.names.get(guess as usize)
            && &*known.text == name
        {
            self.last = guess;
            return guess;
        }
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => self.insert(name),
        };
        if let Some(last) = self.names.get_mut(self.last as usize) {
            last.next = number;
        }
        self.last = number;
        number
    }

    fn insert(&mut self, name: &str) -> u32 {
        let number = self.names.len() as u32;
        self.names.push(Name {
            text: name.into(),
            known: catalog::metric(name).is_some(),
            fits: mask(|stat| stats::fits(name, stat)),
            unsigned: mask(|stat| stats::is_unsigned(Some(name), stat)),
            seen: 0,
            next: 0,
        });
        self.numbers.insert(name.into(), number);
        number
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |it| &it.text)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no name has been seen yet.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// The bits of the statistics that this holds for.
fn mask(holds: impl Fn(&str) -> bool) -> u16 {
    let bit = |(at, stat): (usize, &&str)| u16::from(holds(stat)) << at;
    STATS.iter().enumerate().map(bit).sum()
}
