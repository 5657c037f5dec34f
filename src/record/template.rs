//! Metrics that were written before with the same bytes, except for the figures.
//!
//! A program writes one metric like another, so the text of a valid entry is kept without its
//! numbers. The same bytes need not be parsed again: the text between the figures is compared a word
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
    /// The words of all pieces.
    words: Vec<u64>,
    /// Placeholders of the figures until they are read.
    blank: Vec<Number>,
    /// The template that followed last time.
    next: u32,
}

/// The text before a figure: some words of eight bytes.
#[derive(Debug, Clone, Copy, Default)]
struct TemplatePiece {
    words: usize,
    len: usize,
    /// The bytes of the last word that count.
    mask: u64,
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
        let mut piece = TemplatePiece {
            len: bytes.len(),
            ..TemplatePiece::default()
        };
        for chunk in bytes.chunks(8) {
            let (mut word, mut mask) = ([0; 8], [0; 8]);
            word[..chunk.len()].copy_from_slice(chunk);
            mask[..chunk.len()].fill(0xFF);
            self.words.push(u64::from_le_bytes(word));
            piece.words += 1;
            piece.mask = u64::from_le_bytes(mask);
        }
        piece
    }

    /// Reads the entry at the cursor, if it differs in its figures only.
    #[inline]
    fn read(&self, record: &mut Container, cursor: &mut Cursor<'_>) -> bool {
        let start = cursor.at;
        let (Some(ahead), mut words) = (cursor.bytes.get(start..), self.words.as_slice()) else {
            return false;
        };
        let first_piece = self.pieces.first().unwrap_or(&self.last);
        let Some(ahead) = first_piece.behind(ahead, &mut words) else {
            return false;
        };
        let first = record.numbers.len();
        record.numbers.extend_from_slice(&self.blank);
        let numbers = record.numbers.get_mut(first..).unwrap_or_default();
        let Some(rest) = self.numbers(cursor, ahead, words, numbers) else {
            record.numbers.truncate(first);
            return false;
        };
        cursor.at = cursor.bytes.len() - rest.len();
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

    /// Reads the figures into their places, from behind the first piece on; returns the text behind
    /// the entry.
    #[inline]
    fn numbers<'t>(
        &self,
        cursor: &Cursor<'t>,
        mut ahead: &'t [u8],
        mut words: &[u64],
        numbers: &mut [Number],
    ) -> Option<&'t [u8]> {
        let Some((mut piece, pieces)) = self.pieces.split_first() else {
            return Some(ahead);
        };
        let mut pieces = pieces.iter();
        loop {
            let start = cursor.bytes.len() - ahead.len();
            let (number, end) = cursor.number_at(start)?;
            if number.whole.is_none() && piece.is_integer {
                return None;
            }
            *numbers.get_mut(piece.rank)? = number;
            ahead = ahead.get(end - start..)?;
            let next = pieces.next();
            ahead = next.unwrap_or(&self.last).behind(ahead, &mut words)?;
            match next {
                Some(next) => piece = next,
                None => return Some(ahead),
            }
        }
    }
}

impl TemplatePiece {
    /// The text behind this one, if it is at the beginning of `ahead`; takes its words.
    #[inline(always)]
    fn behind<'t>(&self, ahead: &'t [u8], words: &mut &[u64]) -> Option<&'t [u8]> {
        let (own, rest) = words.split_at_checked(self.words)?;
        let (chunks, _) = ahead.as_chunks::<8>();
        let chunks = chunks.get(..self.words)?;
        let ((last, own), (end, chunks)) = (own.split_last()?, chunks.split_last()?);
        let mut pairs = chunks.iter().zip(own);
        let is_here = pairs.all(|(chunk, word)| u64::from_le_bytes(*chunk) == *word)
            && (u64::from_le_bytes(*end) ^ last) & self.mask == 0;
        if !is_here {
            return None;
        }
        *words = rest;
        ahead.get(self.len..)
    }
}
