//! The names, types and values of inputs, including parts with findings: a comparison looks for values of
//! a wrong type.

use crate::error::Error;
use crate::input::cut::{Cutter, Part};
use crate::input::frame::{self, Frame};
use crate::json::{Span, Tape};
use crate::report::profile::Profile;

use super::visit::{self, ElementBatch};
use super::{Run, Surveyed};

/// The profile of some inputs.
pub fn of(run: &Run<'_>, inputs: &[Surveyed]) -> Result<Profile, Error> {
    let mut profile = Profile::default();
    visit::all(run, inputs, &part, |part| profile.merge(part))?;
    for input in inputs.iter().filter(|input| !input.facts.is_empty()) {
        roots(input, &mut profile)?;
    }
    Ok(profile)
}

fn part(elements: &ElementBatch<'_>) -> Result<Profile, Error> {
    let mut part = Profile::default();
    elements.texts(|text, depth| {
        if let Ok(tape) = Tape::read(text, Span::new(0, text.len()), depth) {
            part.element(elements.dialect(), tape.root());
        }
    });
    Ok(part)
}

/// The values around the elements.
fn roots(input: &Surveyed, profile: &mut Profile) -> Result<(), Error> {
    let content = input.again()?;
    let mut cutter = Cutter::new(content, input.window, input.cutting);
    loop {
        let window = input.window_of(&mut cutter)?;
        for part in input
            .resources
            .threads
            .map(&window.parts, |part| match part {
                Part::Whole { span, form } => {
                    around(&form.frame(&window.text, *span), &window.text)
                }
                Part::EndDocument {
                    opened,
                    base,
                    around: text,
                } => {
                    let framed = frame::around(text.text(), base, opened.as_deref());
                    around(&framed, text.text())
                }
                _ => Profile::default(),
            })
        {
            profile.merge(part);
        }
        if window.last {
            return Ok(());
        }
    }
}

fn around(frame: &Frame, text: &str) -> Profile {
    let mut profile = Profile::default();
    for document in frame.documents().filter(|document| document.whole) {
        let text = document.text(text);
        let tape = Tape::read_around(text, document.outer, 0, document.array);
        if let (Some(dialect), Ok(tape)) = (document.dialect, tape)
            && let Some(root) = tape.root().find(&document.inside)
        {
            profile.root(dialect, root);
        }
    }
    profile
}
