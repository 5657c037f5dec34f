//! Repairs that are sure: they change how a document is written, and never what it says.
//!
//! Each finds changes of a text as [`edits`]; these are joined to changes of the text as it was
//! read, so what was not at fault keeps its bytes. A whole input is held in memory.

pub mod diff;
pub mod edits;
mod envelope;
mod fence;
pub mod fixes;
mod lenient;
mod names;
pub mod patch;
mod times;
mod values;

use crate::input::content::{Content, Encoding};
use crate::input::open_error::OpenError;

use edits::{Edit, Edits};
use fixes::{Fix, Fixes};
use patch::Patches;
use values::Values;

const MARK: char = '\u{feff}';

/// More rounds than any input needs: each takes a layer off, and layers grow by doubling.
const ROUNDS: usize = 64;

/// What was repaired in a text.
#[derive(Debug, Default)]
pub struct Repaired {
    /// The text after it.
    pub text: String,
    /// The changes of the text before it.
    pub edits: Edits,
    pub fixes: Fixes,
    /// The changes of each document as JSON, where they were asked for.
    pub patches: Option<Patches>,
}

/// How many bytes of text are repaired at the most: a repair keeps the text, its copy and the list
/// of changes in memory.
pub const MOST: usize = 256 << 20;

/// Reads an input completely, with its byte order mark where it has one in UTF-8, and whether it
/// was UTF-16; `None` where it is longer than [`MOST`].
///
/// # Errors
/// It cannot be read on, or is no text.
pub fn read(content: &mut Content) -> Result<Option<(String, bool)>, OpenError> {
    let utf16 = content.encoding() != Encoding::Utf8;
    let mut text = String::new();
    if !utf16 && content.bom() > 0 {
        text.push(MARK);
    }
    while text.len() <= MOST && content.fill(&mut text, MOST + 1)? {}
    Ok((text.len() <= MOST).then_some((text, utf16)))
}

/// Repairs a text, with `patches` if these are wanted.
pub fn repair(text: &str, patches: bool) -> Repaired {
    let mut repaired = Repaired {
        text: text.trim_start_matches(MARK).to_owned(),
        patches: patches.then(Patches::default),
        ..Repaired::default()
    };
    let marks = text.len() - repaired.text.len();
    let each = (0..marks / MARK.len_utf8()).map(|index| index * MARK.len_utf8());
    let marks = each
        .map(|at| Edit::new(at, at + MARK.len_utf8(), ""))
        .collect();
    repaired.edits = Edits::sorted(marks);
    for _ in repaired.edits.as_slice() {
        repaired.fixes.add(Fix::Bom);
    }
    for _ in 0..ROUNDS {
        let fence = fence::unwrap(&repaired.text, &mut repaired.fixes);
        let fence = repaired.take(fence, text.len());
        let syntax = lenient::repair(&repaired.text, &mut repaired.fixes);
        let syntax = repaired.take(syntax, text.len());
        let patches = repaired.patches.as_mut();
        let letters = envelope::unwrap(&repaired.text, &mut repaired.fixes, patches);
        let letters = repaired.take(letters, text.len());
        let patches = repaired.patches.as_mut();
        let names = names::repair(&repaired.text, &mut repaired.fixes, patches);
        if !(repaired.take(names, text.len()) || letters || syntax || fence) {
            break;
        }
    }
    if let Some(patches) = &mut repaired.patches {
        patches.reserve(Values::of(&repaired.text).spans.len());
    }
    repaired
}

impl Repaired {
    /// Makes changes of the text so far; says whether there were any.
    fn take(&mut self, edits: Edits, length: usize) -> bool {
        if edits.is_empty() {
            return false;
        }
        self.text = edits.apply(&self.text);
        self.edits = std::mem::take(&mut self.edits).then(edits, length);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_changes_are_changes_of_the_text_itself() {
        let text = "\u{feff}// saved by hand\n{'body': {'results': [{'group': {}, 'data': [{'interval': '1772438400/1772440200', 'metrics': [{'metric': 'm', 'stats': {'count_negative': 1, 'max': None,}}]}]}]}}\n";
        let good = "{\"results\": [{\"group\": {}, \"data\": [{\"interval\": \"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z\", \"metrics\": [{\"metric\": \"m\", \"stats\": {\"countNegative\": 1, \"max\": null}}]}]}]}\n";
        let repaired = repair(text, false);
        assert_eq!(repaired.text, good);
        assert_eq!(repaired.edits.apply(text), good);
        assert_eq!(
            repaired.fixes.to_string(),
            "1 byte order mark, 1 comment, 1 trailing comma, 12 single-quoted strings, 1 Python literal, 1 envelope, 1 snake_case key, 2 epoch times"
        );
        let again = repair(good, false);
        assert!(again.edits.is_empty());
        assert_eq!((again.text.as_str(), again.fixes.total()), (good, 0));
    }
}
