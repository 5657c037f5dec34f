//! Metrics as they were written before: the same bytes but for the figures.
//!
//! A program writes one metric like another, so the text of an entry that was read and found
//! clean is kept, without its numbers. Where the same bytes stand again, they need not be
//! understood again: what lies between the figures is compared a word at a time. Any number may
//! stand where one stood, so a text that matches is as clean as the one that was kept.

use crate::model::stat::Stat;

use super::cursor::Cursor;
use super::{Container, Entry, Number, Scalar, Slice};

/// More than real responses ever need; what comes later is read the long way.
const MOST: usize = 4096;
const MOST_NUMBERS: usize = Stat::ALL.len();
const SLOTS: usize = 512;
const NONE: u32 = u32::MAX;
/// What is in the place of a figure until it is read.
const NOTHING: Number = Number {
    literal: Slice { start: 0, len: 0 },
    whole: None,
};

/// An entry without its figures.
#[derive(Debug)]
struct Template {
    /// The entry as it was read first; its name and qualifier count from its first byte.
    entry: Entry,
    /// What stands before each figure and behind the last one, in words.
    pieces: Vec<Piece>,
    words: Vec<(u64, u64)>,
    /// For each figure, in the order of the text: its rank in the order of the columns, and
    /// whether it must be a whole number.
    figures: Vec<(u8, bool)>,
    /// The template that followed last time.
    next: u32,
}

/// Some bytes: words and masks from `first` on.
#[derive(Debug, Clone, Copy)]
struct Piece {
    first: u32,
    words: u32,
    len: u32,
}

/// The entries that were read, by what is likely to come.
#[derive(Debug)]
pub(super) struct Templates {
    all: Vec<Template>,
    last: u32,
    /// Templates by the first bytes of their names.
    slots: Vec<u32>,
    /// How far behind the first byte a name stood last.
    name: u32,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            last: NONE,
            slots: vec![NONE; SLOTS],
            name: 0,
        }
    }
}

impl Templates {
    /// Reads the entry that begins at the cursor, if one was read that differs in figures only.
    pub(super) fn read(
        &mut self,
        record: &mut Container,
        cursor: &mut Cursor<'_>,
        view: bool,
    ) -> bool {
        let next = self.all.get(self.last as usize).map_or(0, |last| last.next);
        if self.try_one(next, record, cursor, view) {
            return true;
        }
        let slot = self.slot(cursor, cursor.at);
        let by_name = slot.and_then(|slot| self.slots.get(slot)).copied();
        match by_name {
            Some(by_name) if by_name != next => self.try_one(by_name, record, cursor, view),
            _ => false,
        }
    }

    fn try_one(
        &mut self,
        at: u32,
        record: &mut Container,
        cursor: &mut Cursor<'_>,
        view: bool,
    ) -> bool {
        let Some(template) = self.all.get(at as usize) else {
            return false;
        };
        if template.entry.view != view || !template.read(record, cursor) {
            return false;
        }
        self.follow(at);
        true
    }

    fn follow(&mut self, at: u32) {
        if let Some(last) = self.all.get_mut(self.last as usize) {
            last.next = at;
        }
        self.last = at;
    }

    /// The slot for an entry that begins at `start`.
    fn slot(&self, cursor: &Cursor<'_>, start: usize) -> Option<usize> {
        let word = cursor.word(start + self.name as usize)?;
        let mixed = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some((mixed >> 55) as usize % SLOTS)
    }

    /// Keeps the entry that was read last, from `start` to the cursor; `stats` are its figures in
    /// the order of the text. Gives the entry its template's number.
    pub(super) fn learn(
        &mut self,
        record: &mut Container,
        cursor: &Cursor<'_>,
        start: usize,
        stats: &[Stat],
    ) {
        let Some(entry) = record.entries.last_mut() else {
            return;
        };
        let ranked = record
            .numbers
            .get(entry.first as usize..)
            .unwrap_or_default();
        let at = self.all.len() as u32;
        if self.all.len() == MOST {
            return;
        }
        let kept = Entry {
            template: at,
            ..*entry
        };
        let Some(template) = Template::new(kept, ranked, cursor, start, stats) else {
            return;
        };
        entry.template = at;
        self.name = template.entry.name.start;
        self.all.push(template);
        if let Some(slot) = self.slot(cursor, start)
            && let Some(slot) = self.slots.get_mut(slot)
        {
            *slot = at;
        }
        self.follow(at);
    }
}

impl Template {
    fn new(
        entry: Entry,
        ranked: &[Number],
        cursor: &Cursor<'_>,
        start: usize,
        stats: &[Stat],
    ) -> Option<Self> {
        if stats.len() > MOST_NUMBERS {
            return None;
        }
        let mut template = Self {
            entry,
            pieces: Vec::with_capacity(stats.len() + 1),
            words: Vec::new(),
            figures: Vec::with_capacity(stats.len()),
            next: 0,
        };
        let mut from = start;
        for &stat in stats {
            let rank = entry.numbers.rank(stat);
            let literal = ranked.get(rank)?.literal;
            template.piece(cursor.bytes.get(from..literal.start as usize)?);
            template.figures.push((rank as u8, stat.is_integer()));
            from = (literal.start + literal.len) as usize;
        }
        template.piece(cursor.bytes.get(from..cursor.at)?);
        // What is kept of a name or qualifier holds wherever the figures are longer or shorter.
        let fixed = template.pieces.first()?.len;
        let relative = |run: Slice| {
            let start = run.start - start as u32;
            (start + run.len <= fixed).then_some(Slice { start, ..run })
        };
        template.entry.name = relative(entry.name)?;
        if let Scalar::Text(run) = entry.qualifier {
            template.entry.qualifier = Scalar::Text(relative(run)?);
        }
        Some(template)
    }

    fn piece(&mut self, bytes: &[u8]) {
        let first = self.words.len() as u32;
        for chunk in bytes.chunks(8) {
            let (mut word, mut mask) = ([0; 8], [0; 8]);
            word[..chunk.len()].copy_from_slice(chunk);
            mask[..chunk.len()].fill(0xFF);
            self.words
                .push((u64::from_le_bytes(word), u64::from_le_bytes(mask)));
        }
        self.pieces.push(Piece {
            first,
            words: self.words.len() as u32 - first,
            len: bytes.len() as u32,
        });
    }

    /// Whether a piece stands at `at`; where it ends.
    #[inline]
    fn end_of(&self, piece: Piece, cursor: &Cursor<'_>, at: usize) -> Option<usize> {
        let words = self
            .words
            .get(piece.first as usize..(piece.first + piece.words) as usize)?;
        let bytes = cursor.bytes.get(at..at + 8 * words.len())?;
        for ((word, mask), bytes) in words.iter().zip(bytes.as_chunks().0) {
            if (u64::from_le_bytes(*bytes) ^ word) & mask != 0 {
                return None;
            }
        }
        Some(at + piece.len as usize)
    }

    #[inline]
    fn read(&self, record: &mut Container, cursor: &mut Cursor<'_>) -> bool {
        let start = cursor.at;
        let first = record.numbers.len();
        record.numbers.resize(first + self.figures.len(), NOTHING);
        let numbers = record.numbers.get_mut(first..).unwrap_or_default();
        let Some(end) = self.numbers(cursor, numbers) else {
            record.numbers.truncate(first);
            return false;
        };
        cursor.at = end;
        let placed = |run: Slice| Slice {
            start: run.start + start as u32,
            ..run
        };
        record.entries.push(Entry {
            name: placed(self.entry.name),
            qualifier: match self.entry.qualifier {
                Scalar::Text(run) => Scalar::Text(placed(run)),
                other => other,
            },
            first: first as u32,
            ..self.entry
        });
        true
    }

    /// Reads the figures into their places; returns where the entry ends.
    #[inline]
    fn numbers(&self, cursor: &Cursor<'_>, numbers: &mut [Number]) -> Option<usize> {
        let (last, pieces) = self.pieces.split_last()?;
        let mut at = cursor.at;
        for (piece, (rank, count)) in pieces.iter().zip(&self.figures) {
            let start = self.end_of(*piece, cursor, at)?;
            let (number, end) = cursor.number_at(start)?;
            if *count && number.whole.is_none() {
                return None;
            }
            *numbers.get_mut(usize::from(*rank))? = number;
            at = end;
        }
        self.end_of(*last, cursor, at)
    }
}
