//! Metrics that were written before with the same bytes, except for the figures.
//!
//! A program writes one metric like another, so the text of a valid entry is kept without its
//! numbers. The same bytes need not be parsed again: the text between the figures is compared 16 bytes
//! at a time. Any number may replace another, so a text that matches is as valid as the kept one.

use crate::model::stat::Stat;

use super::cursor::Cursor;
use super::{Container, Entry, Number, Scalar, Slice};

/// Number of templates, more than real responses need. Later entries are parsed.
const MOST: usize = 4096;
const MOST_NUMBERS: usize = Stat::ALL.len();
const SLOTS: usize = 512;
const NONE: u32 = u32::MAX;
/// Placeholder of a figure until it is read.
const NOTHING: Number = Number {
    literal: Slice { start: 0, len: 0 },
    whole: None,
};

/// An entry without its figures.
#[derive(Debug)]
struct Template {
    /// The entry as it was read first; its name and qualifier count from its first byte.
    entry: Entry,
    /// The texts before the figures, in their order, and the text behind the last one.
    pieces: Vec<TemplatePiece>,
    last: TemplatePiece,
    /// The words of the pieces that are longer than one word, behind the first one.
    words: Vec<Word>,
    /// Placeholders of the figures until they are read.
    blank: Vec<Number>,
    /// The template that followed last time.
    next: u32,
}

/// 16 bytes of text, and which of them count.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    text: u128,
    mask: u128,
}

/// The text before a figure.
#[derive(Debug, Clone, Copy, Default)]
struct TemplatePiece {
    first: Word,
    /// Number of words behind the first one.
    more: usize,
    /// Number of bytes.
    len: usize,
    /// The place of the figure behind it in the order of the columns, and whether it must be whole.
    rank: usize,
    is_integer: bool,
}

/// The entries that were read, by what is likely to come.
#[derive(Debug)]
pub(super) struct Templates {
    all: Vec<Template>,
    last: u32,
    /// Templates by the first bytes of their names.
    slots: Vec<u32>,
    /// Offset of the last name in its entry.
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
            pieces: Vec::with_capacity(stats.len()),
            last: TemplatePiece::default(),
            words: Vec::new(),
            blank: vec![NOTHING; stats.len()],
            next: 0,
        };
        let mut from = start;
        for &stat in stats {
            let rank = entry.numbers.rank(stat);
            let literal = ranked.get(rank)?.literal;
            let piece = template.piece(cursor.bytes.get(from..literal.start as usize)?);
            template.pieces.push(TemplatePiece {
                rank,
                is_integer: stat.is_integer(),
                ..piece
            });
            from = (literal.start + literal.len) as usize;
        }
        template.last = template.piece(cursor.bytes.get(from..cursor.at)?);
        // What is kept of a name or qualifier holds wherever the figures are longer or shorter.
        let fixed = template.pieces.first().unwrap_or(&template.last).len;
        let relative = |run: Slice| {
            let start = run.start - start as u32;
            ((start + run.len) as usize <= fixed).then_some(Slice { start, ..run })
        };
        template.entry.name = relative(entry.name)?;
        if let Scalar::Text(run) = entry.qualifier {
            template.entry.qualifier = Scalar::Text(relative(run)?);
        }
        Some(template)
    }

    /// Keeps the words of a text.
    fn piece(&mut self, bytes: &[u8]) -> TemplatePiece {
        let mut words = bytes.chunks(16).map(Word::of);
        let first = words.next().unwrap_or_default();
        let before = self.words.len();
        self.words.extend(words);
        TemplatePiece {
            first,
            more: self.words.len() - before,
            len: bytes.len(),
            ..TemplatePiece::default()
        }
    }

    /// Reads the entry at the cursor, if it differs in its figures only.
    #[inline]
    fn read(&self, record: &mut Container, cursor: &mut Cursor<'_>) -> bool {
        let start = cursor.at;
        let mut words = self.words.as_slice();
        let first_piece = self.pieces.first().unwrap_or(&self.last);
        let Some(at) = first_piece.behind(cursor.bytes, start, &mut words) else {
            return false;
        };
        let first = record.numbers.len();
        record.numbers.extend_from_slice(&self.blank);
        let numbers = record.numbers.get_mut(first..).unwrap_or_default();
        let Some(end) = self.numbers(cursor, at, words, numbers) else {
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

    /// Reads the figures into their places, from the first one at `at` on; returns the offset behind
    /// the entry.
    #[inline]
    fn numbers(
        &self,
        cursor: &Cursor<'_>,
        mut at: usize,
        mut words: &[Word],
        numbers: &mut [Number],
    ) -> Option<usize> {
        let Some((mut piece, pieces)) = self.pieces.split_first() else {
            return Some(at);
        };
        let mut pieces = pieces.iter();
        loop {
            let (number, end) = cursor.number_at(at)?;
            if number.whole.is_none() && piece.is_integer {
                return None;
            }
            *numbers.get_mut(piece.rank)? = number;
            let next = pieces.next();
            at = next
                .unwrap_or(&self.last)
                .behind(cursor.bytes, end, &mut words)?;
            match next {
                Some(next) => piece = next,
                None => return Some(at),
            }
        }
    }
}

impl TemplatePiece {
    /// The offset behind this text, if it is at `at`; takes its words.
    #[inline(always)]
    fn behind(&self, bytes: &[u8], at: usize, words: &mut &[Word]) -> Option<usize> {
        if !self.first.is_at(bytes, at) {
            return None;
        }
        if self.more > 0 {
            let (own, rest) = words.split_at_checked(self.more)?;
            let mut places = (at + 16..).step_by(16).zip(own);
            if !places.all(|(at, word)| word.is_at(bytes, at)) {
                return None;
            }
            *words = rest;
        }
        Some(at + self.len)
    }
}

impl Word {
    /// Up to 16 bytes.
    fn of(bytes: &[u8]) -> Self {
        let (mut text, mut mask) = ([0; 16], [0; 16]);
        for (at, byte) in bytes.iter().enumerate().take(16) {
            (text[at], mask[at]) = (*byte, 0xFF);
        }
        Self {
            text: u128::from_le_bytes(text),
            mask: u128::from_le_bytes(mask),
        }
    }

    /// Returns true if the text has its bytes at `at`.
    #[inline(always)]
    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let here = match bytes.get(at..).and_then(|ahead| ahead.first_chunk()) {
            Some(chunk) => u128::from_le_bytes(*chunk),
            None => Self::near_end(bytes, at),
        };
        (here ^ self.text) & self.mask == 0
    }

    /// The last bytes of the text, with zeros behind them, which no text has.
    #[cold]
    fn near_end(bytes: &[u8], at: usize) -> u128 {
        Self::of(bytes.get(at..).unwrap_or_default()).text
    }
}
