//! Changes of a text as pieces of it and what stands there instead.

use std::borrow::Cow;

use crate::json::Span;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// What comes in their place.
    pub with: Cow<'static, str>,
}

impl Edit {
    /// Puts `with` in the place of `start..end`.
    pub fn new(start: usize, end: usize, with: impl Into<Cow<'static, str>>) -> Self {
        Self {
            span: Span::new(start, end),
            with: with.into(),
        }
    }
}

/// Changes in the order of the text, none of which touches another's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Puts changes into the order of the text.
    pub fn sorted(mut edits: Vec<Edit>) -> Self {
        // There may be millions, mostly in order: no room is taken for a copy.
        edits.sort_unstable_by_key(|edit| edit.span);
        Self(edits)
    }

    /// The changes.
    pub fn as_slice(&self) -> &[Edit] {
        &self.0
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with the changes.
    pub fn apply(&self, text: &str) -> String {
        apply(&self.0, text, Span::new(0, text.len()))
    }

    /// These changes and then `later` ones, which were made of the changed text, as changes of
    /// the text itself; `length` is that of the text.
    #[must_use]
    pub fn then(self, later: Self, length: usize) -> Self {
        if self.is_empty() {
            return later;
        }
        let mut joined = Joined::default();
        let mut later = Later {
            edits: &later.0,
            at: 0,
            begun: false,
        };
        let mut kept = 0;
        for edit in &self.0 {
            later.pass(Piece::Kept(kept, edit.span.start), &mut joined);
            later.pass(Piece::New(&edit.with), &mut joined);
            kept = edit.span.end;
        }
        later.pass(Piece::Kept(kept, length), &mut joined);
        later.rest(&mut joined);
        joined.flush(length);
        Self(joined.edits)
    }
}

/// The bytes `within` of a text, with the changes that lie there.
pub(super) fn apply(edits: &[Edit], text: &str, within: Span) -> String {
    let added: usize = edits.iter().map(|edit| edit.with.len()).sum();
    let mut changed = String::with_capacity(within.len() + added);
    let mut at = within.start;
    for edit in edits {
        changed.push_str(text.get(at..edit.span.start).unwrap_or_default());
        changed.push_str(&edit.with);
        at = edit.span.end;
    }
    changed.push_str(text.get(at..within.end).unwrap_or_default());
    changed
}

/// A piece of the changed text: bytes of the text itself, or new ones.
#[derive(Clone, Copy)]
enum Piece<'e> {
    Kept(usize, usize),
    New(&'e str),
}

impl<'e> Piece<'e> {
    fn len(self) -> usize {
        match self {
            Self::Kept(start, end) => end.saturating_sub(start),
            Self::New(text) => text.len(),
        }
    }

    fn part(self, from: usize, to: usize) -> Self {
        match self {
            Self::Kept(start, _) => Self::Kept(start + from, start + to),
            Self::New(text) => Self::New(text.get(from..to).unwrap_or_default()),
        }
    }
}

/// Later changes, on the way through the changed text.
struct Later<'e> {
    edits: &'e [Edit],
    /// How much of the changed text has passed.
    at: usize,
    /// Whether the first of the changes has been written, though not all that it replaces passed.
    begun: bool,
}

impl<'e> Later<'e> {
    fn pass(&mut self, piece: Piece<'e>, out: &mut Joined) {
        let (start, end) = (self.at, self.at + piece.len());
        let mut from = start;
        while let Some((edit, rest)) = self.edits.split_first()
            && edit.span.start < end
        {
            if edit.span.start > from {
                out.push(piece.part(from - start, edit.span.start - start));
                from = edit.span.start;
            }
            if !self.begun {
                out.with.push_str(&edit.with);
            }
            self.begun = edit.span.end > end;
            if self.begun {
                from = end;
                break;
            }
            from = from.max(edit.span.end);
            self.edits = rest;
        }
        if from < end {
            out.push(piece.part(from - start, end - start));
        }
        self.at = end;
    }

    /// What comes behind the end of the text.
    fn rest(&self, out: &mut Joined) {
        for edit in self.edits.iter().skip(usize::from(self.begun)) {
            out.with.push_str(&edit.with);
        }
    }
}

/// Changes that are put together from what stays and what is new.
#[derive(Default)]
struct Joined {
    edits: Vec<Edit>,
    /// Behind the bytes that stayed last.
    at: usize,
    with: String,
}

impl Joined {
    fn push(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::New(text) => self.with.push_str(text),
            Piece::Kept(start, end) => {
                self.flush(start);
                self.at = end;
            }
        }
    }

    fn flush(&mut self, until: usize) {
        if self.at < until || !self.with.is_empty() {
            let with = std::mem::take(&mut self.with);
            self.edits.push(Edit::new(self.at, until, with));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Changes of a text of this length, as places and what to write there.
    fn edits(length: usize, wanted: &[(usize, usize, String)]) -> Edits {
        let mut at = 0;
        let mut made = Vec::new();
        for (skip, take, with) in wanted {
            let start = at + skip;
            let end = start + take;
            if end > length {
                break;
            }
            made.push(Edit::new(start, end, with.clone()));
            // Two changes at one place have no order.
            at = end + 1;
        }
        Edits::sorted(made)
    }

    proptest! {
        #[test]
        fn two_changes_are_one(
            text in "[a-z]{0,30}",
            first in proptest::collection::vec((0..6_usize, 0..5_usize, "[A-Z]{0,6}"), 0..6),
            later in proptest::collection::vec((0..6_usize, 0..5_usize, "[0-9]{0,6}"), 0..6),
        ) {
            let first = edits(text.len(), &first);
            let between = first.apply(&text);
            let later = edits(between.len(), &later);
            let joined = first.then(later.clone(), text.len());
            prop_assert_eq!(joined.apply(&text), later.apply(&between));
            let ends = joined.as_slice().windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
            prop_assert!(ends, "{:?}", joined);
        }
    }
}
