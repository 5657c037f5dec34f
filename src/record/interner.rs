//! The names of metrics, views and dimensions as numbers, each looked up in the catalogue once.

use std::cell::Cell;
use std::collections::HashMap;

use crate::model::catalog::{self, stats};
use crate::model::stat::StatSet;

use super::dimensions::Dimensions;
use super::template::Templates;

/// What the catalogue knows of a metric's or view's name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// Whether there is a metric of this name.
    pub known: bool,
    /// Whether its values are durations in milliseconds.
    pub timer: bool,
    /// The statistics that a metric of this name can have.
    pub fits: StatSet,
    /// The statistics of a metric of this name that cannot be below zero.
    pub unsigned: StatSet,
    /// Whether it is a time that nobody can handle an interaction in less than a second of.
    pub handling: bool,
}

impl Facts {
    fn new(name: &str) -> Self {
        Self {
            known: catalog::metric(name).is_some(),
            timer: catalog::is_timer(name),
            fits: StatSet::of(|stat| stats::fits(name, stat)),
            unsigned: StatSet::of(|stat| stats::is_unsigned(Some(name), stat)),
            handling: matches!(name, "tHandle" | "tTalk" | "tTalkComplete"),
        }
    }
}

#[derive(Debug)]
struct Name {
    text: Box<str>,
    facts: Facts,
    /// The name that followed this one last time.
    next: u32,
}

/// Names by number. Buckets repeat their metrics in one order, so each name is first compared with
/// the one that followed last time.
#[derive(Debug, Default)]
pub struct Interner {
    numbers: HashMap<Box<str>, u32>,
    names: Vec<Name>,
    last: u32,
    pub(super) templates: Templates,
    pub(super) dimensions: Dimensions,
}

/// More names than real responses ever have: an interner that knows so many is not kept.
const MOST: usize = 2048;

thread_local! {
    static KEPT: Cell<Option<Box<Interner>>> = const { Cell::new(None) };
}

impl Interner {
    /// An interner with what this thread has learned before.
    pub fn remembered() -> Self {
        *KEPT.take().unwrap_or_default()
    }

    /// Keeps what was learned for this thread's next interner.
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
            facts: Facts::new(name),
            next: 0,
        });
        self.numbers.insert(name.into(), number);
        number
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |it| &it.text)
    }

    /// What is known of the name of a number.
    #[inline]
    pub fn facts(&self, number: u32) -> Option<Facts> {
        self.names.get(number as usize).map(|it| it.facts)
    }

    /// How many names there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }
}
