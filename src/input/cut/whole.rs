//! All of a text that is at hand, cut into documents.

use crate::input::fault;
use crate::input::frame::{Frame, Framed, Unread};
use crate::input::limits::Limits;
use crate::input::wrong;
use crate::json::Span;

use super::walk::Walk;
use super::{Cutting, Form, Part};

/// The documents of a text.
#[allow(dead_code, reason = "tests, benchmarks and a fuzz target use it")]
pub fn frame(text: &str) -> Frame {
    let mut frame = Frame::default();
    let unread = |start, finding, broken| {
        Framed::Unread(Unread {
            span: Span::new(start, text.len()),
            finding,
            broken,
        })
    };
    for part in parts(text).1 {
        match part {
            Part::Nothing { .. } => {
                let finding = Some(wrong::nothing(text.is_empty()));
                frame.parts.push(unread(0, finding, false));
            }
            Part::Whole { span, form } => {
                frame.parts.append(&mut form.frame(text, span).parts);
            }
            Part::Fault { finding, start } => {
                frame.parts.push(unread(start, Some(finding), true));
            }
            Part::Trailing(at) => {
                let finding = (!frame.is_broken(text)).then(|| fault::trailing(text, at));
                frame.parts.push(unread(at, finding, false));
            }
            Part::EndUnread(end) => {
                if let Some(Framed::Unread(last)) = frame.parts.last_mut() {
                    last.span.end = end;
                }
            }
            Part::Elements { .. } | Part::Values { .. } | Part::EndDocument { .. } => {}
        }
    }
    frame
}

/// Returns true if there are several documents in the text, each with a line of its own.
pub fn is_one_a_line(text: &str) -> bool {
    let (walk, parts) = parts(text);
    let has_break = |span: Span| text[span.start..span.end].contains('\n');
    let mut begun = None;
    walk.is_lines()
        && parts.iter().all(|part| match part {
            Part::Whole { span, form } => *form == Form::Lines || !has_break(*span),
            Part::Fault { start, .. } => {
                begun = Some(*start);
                true
            }
            Part::EndUnread(end) => {
                let start = begun.take();
                start.is_none_or(|start| !has_break(Span::new(start, *end)))
            }
            _ => true,
        })
        && begun.is_none_or(|start| !has_break(Span::new(start, text.len())))
}

fn parts(text: &str) -> (Walk, Vec<Part>) {
    let mut walk = Walk::new(usize::MAX, Limits::none(), Cutting::Documents);
    let mut parts = Vec::new();
    walk.cut(text, false, None, &mut parts);
    if walk.found_nothing() {
        let blank = !text.is_empty();
        parts.push(Part::Nothing { blank });
    }
    (walk, parts)
}
