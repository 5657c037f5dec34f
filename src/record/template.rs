//! Entries and values that were written before with the same bytes, except for their figures.
//!
//! A program writes one metric like another, so the text of a valid one is kept without its figures.
//! The same bytes need not be parsed again. Any number may replace another, so a text that matches is
//! as valid as the kept one.

use super::cursor::Cursor;
use super::{Number, Slice};

/// Number of templates, more than real responses need. Later texts are parsed.
const MOST: usize = 4096;
const SLOTS: usize = 512;
const NONE: u32 = u32::MAX;
/// Number of bytes that are compared at once.
const CHUNK: usize = 16;
/// Number of bytes that have to follow each step: its text and the first digits.
const AHEAD: usize = 40;

/// Something with a name that is written in one text.
pub(super) trait Templated: Copy {
    /// The slice by which templates are found.
    fn name(&self) -> Slice;

    /// The same thing with other slices; `None` if there is none for one of them.
    fn moved(self, to: impl Fn(Slice) -> Option<Slice>) -> Option<Self>;
}

/// A figure in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct FigureSlot {
    pub(super) literal: Slice,
    /// The place among the numbers.
    pub(super) rank: u8,
    /// True if it must be whole.
    pub(super) is_integer: bool,
}

/// A text without its figures.
#[derive(Debug)]
struct Template<T> {
    /// The thing as it was read first. Its slices count from the first byte, or back from the end
    /// where they are behind the figures.
    of: T,
    steps: Vec<Step>,
    /// The template that followed last time.
    next: u32,
}

/// A few bytes, and the figure behind them: its place among the numbers, and true if it must be whole.
#[derive(Debug)]
struct Step {
    text: u128,
    mask: u128,
    len: u32,
    figure: Option<(u8, bool)>,
}

/// The texts that were read, by what is likely to come.
#[derive(Debug)]
pub(super) struct Templates<T> {
    all: Vec<Template<T>>,
    last: u32,
    /// Templates by the first bytes of their names.
    slots: Vec<u32>,
    /// Offset of the last name in its text.
    name: u32,
}

impl<T> Default for Templates<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            last: NONE,
            slots: vec![NONE; SLOTS],
            name: 0,
        }
    }
}

impl<T: Templated> Templates<T> {
    /// Reads the text at the cursor and its figures, if one was read that differs in figures only.
    /// Returns the number of its template and the thing, which `fits`.
    #[inline]
    pub(super) fn read<const N: usize>(
        &mut self,
        cursor: &mut Cursor<'_>,
        numbers: &mut [Number; N],
        fits: impl Fn(&T) -> bool,
    ) -> Option<(u32, T)> {
        let next = self.all.get(self.last as usize).map_or(0, |last| last.next);
        let mut at = next;
        let mut end = self.end(at, cursor, numbers, &fits);
        if end.is_none() {
            let slot = self.slot(cursor, cursor.at)?;
            at = *self.slots.get(slot)?;
            if at == next {
                return None;
            }
            end = self.end(at, cursor, numbers, &fits);
        }
        let end = end?;
        let (from, to) = (cursor.at as u32, end as u32);
        cursor.at = end;
        self.follow(at);
        // Offsets that count from the end are below zero.
        let moved = |run: Slice| {
            let base = if run.start.cast_signed() < 0 {
                to
            } else {
                from
            };
            let start = base.wrapping_add(run.start);
            Some(Slice { start, ..run })
        };
        let of = self.all.get(at as usize)?.of.moved(moved)?;
        Some((at, of))
    }

    #[inline(always)]
    fn end<const N: usize>(
        &self,
        at: u32,
        cursor: &Cursor<'_>,
        numbers: &mut [Number; N],
        fits: &impl Fn(&T) -> bool,
    ) -> Option<usize> {
        let template = self.all.get(at as usize)?;
        let end = template.end(cursor, numbers)?;
        fits(&template.of).then_some(end)
    }

    fn follow(&mut self, at: u32) {
        if let Some(last) = self.all.get_mut(self.last as usize) {
            last.next = at;
        }
        self.last = at;
    }

    /// The slot for a text that begins at `start`.
    fn slot(&self, cursor: &Cursor<'_>, start: usize) -> Option<usize> {
        let word = cursor.word(start + self.name as usize)?;
        let mixed = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some((mixed >> 55) as usize % SLOTS)
    }

    /// Keeps what was read last, from `start` to the cursor, with its figures. Returns the number of
    /// the template, if there is one.
    pub(super) fn learn(
        &mut self,
        of: T,
        cursor: &Cursor<'_>,
        start: usize,
        figures: impl Iterator<Item = FigureSlot>,
    ) -> Option<u32> {
        // At the end of the text it would not be found again.
        if self.all.len() == MOST || cursor.bytes.len() < cursor.at + AHEAD {
            return None;
        }
        let mut figures: Vec<FigureSlot> = figures.collect();
        figures.sort_unstable_by_key(|figure| figure.literal.start);
        let template = Template::new(of, cursor, start, &figures)?;
        let at = self.all.len() as u32;
        self.name = template.of.name().start;
        self.all.push(template);
        if let Some(slot) = self.slot(cursor, start)
            && let Some(slot) = self.slots.get_mut(slot)
        {
            *slot = at;
        }
        self.follow(at);
        Some(at)
    }
}

impl<T: Templated> Template<T> {
    fn new(of: T, cursor: &Cursor<'_>, start: usize, figures: &[FigureSlot]) -> Option<Self> {
        let mut steps = Vec::new();
        let mut from = start;
        for figure in figures {
            let until = figure.literal.start();
            steps.extend(cursor.bytes.get(from..until)?.chunks(CHUNK).map(Step::new));
            steps.last_mut()?.figure = Some((figure.rank, figure.is_integer));
            from = until + figure.literal.len();
        }
        let rest = cursor.bytes.get(from..cursor.at)?;
        steps.extend(rest.chunks(CHUNK).map(Step::new));
        let (end, last) = (cursor.at, from);
        let first = figures.first().map_or(end, |it| it.literal.start());
        if of.name().start() >= first {
            return None;
        }
        let of = of.moved(|run| {
            let base = match run.start() {
                at if at + run.len() <= first => start,
                at if at >= last => end,
                _ => return None,
            };
            let start = run.start.wrapping_sub(base as u32);
            Some(Slice { start, ..run })
        });
        Some(Self {
            of: of?,
            steps,
            next: 0,
        })
    }

    /// The end of the text at the cursor, if it differs in its figures only, which are put in their
    /// places.
    #[inline(always)]
    fn end<const N: usize>(&self, cursor: &Cursor<'_>, numbers: &mut [Number; N]) -> Option<usize> {
        let mut at = cursor.at;
        for step in &self.steps {
            let ahead: &[u8; AHEAD] = cursor.bytes.get(at..)?.first_chunk()?;
            let text = u128::from_le_bytes(*ahead.first_chunk()?);
            if (text ^ step.text) & step.mask != 0 {
                return None;
            }
            let len = step.len as usize % (2 * CHUNK);
            at += len;
            if let Some((rank, is_integer)) = step.figure {
                let digits = u64::from_le_bytes(*ahead.get(len..)?.first_chunk()?);
                let (number, end) = cursor.number_in(digits, at)?;
                if is_integer && number.whole.is_none() {
                    return None;
                }
                *numbers.get_mut(rank as usize % N)? = number;
                at = end;
            }
        }
        Some(at)
    }
}

impl Step {
    fn new(bytes: &[u8]) -> Self {
        let (mut text, mut mask) = ([0; CHUNK], [0; CHUNK]);
        for ((byte, text), mask) in bytes.iter().zip(&mut text).zip(&mut mask) {
            (*text, *mask) = (*byte, 0xFF);
        }
        Self {
            text: u128::from_le_bytes(text),
            mask: u128::from_le_bytes(mask),
            len: bytes.len() as u32,
            figure: None,
        }
    }
}
