//! The names of metrics, views and dimensions as numbers, each looked up in the catalogue once.

use crate::model::catalog::{self, stats};
use crate::model::numbering::Numbering;
use crate::model::stat::StatSet;

use super::Entry;
use super::dimensions::Dimensions;
use super::template::Templates;
use super::value::Value;

/// Facts of the catalogue about the name of a metric or view.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// True if there is a metric of this name.
    pub known: bool,
    /// True if its values are durations in milliseconds.
    pub timer: bool,
    /// The statistics that a metric of this name can have.
    pub fits: StatSet,
    /// The statistics of a metric of this name that cannot be below zero.
    pub unsigned: StatSet,
    /// True if it is a handling time, which takes a second or more per interaction.
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

/// Names by number.
#[derive(Debug, Default)]
pub struct Interner {
    names: Numbering<Box<str>, Facts>,
    pub(super) entries: Templates<Entry>,
    pub(super) dimensions: Dimensions,
    /// The names of the metrics of entities, which are alike as groups are.
    pub(super) value_names: Dimensions,
    pub(super) values: Templates<(Value, u32)>,
}

/// More names than real responses have. An interner with so many names is not kept.
const MOST: usize = 2048;

impl Interner {
    /// Returns true if it knows no more names than real responses have.
    pub(super) fn is_small(&self) -> bool {
        self.names.len() < MOST && self.dimensions.len() < MOST && self.value_names.len() < MOST
    }

    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        self.names.number(name, || (name.into(), Facts::new(name)))
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number).map_or("", |(name, _)| name)
    }

    /// The facts about the name of a number.
    #[inline]
    pub fn facts(&self, number: u32) -> Option<Facts> {
        self.names.get(number).map(|(_, facts)| *facts)
    }

    /// Number of names.
    pub fn count(&self) -> usize {
        self.names.len()
    }
}
