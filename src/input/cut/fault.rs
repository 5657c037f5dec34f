//! Faults of JSON: their places and findings.

use crate::diagnostic::{Code, Diagnostic};
use crate::input::fault;
use crate::json::{Fault, Tape};

use super::Part;
use super::view::TextView;
use super::walk::level::Level;
use super::walk::{Step, Walk};

/// Number of bytes behind a fault that are enough to identify it.
const TELLING: usize = 64;

impl Walk {
    /// Stops at a fault, which the strict reader finds at `at` or further on, when all of the text
    /// that identifies it is available.
    pub(super) fn stop(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let finding = self.finding(view, at);
        let place = finding.span.map_or(0, |span| span.start);
        if view.more && place + TELLING > self.base + view.bytes.len() {
            return Step::More;
        }
        self.report(finding, at, parts);
        self.leave();
        Step::To(at)
    }

    /// Reports the fault of the open document, which is not read behind `at`.
    pub(super) fn fault(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) {
        let mut finding = self.finding(view, at);
        if let Some(token) = self.token {
            let is_earlier = finding.span.is_some_and(|it| it.start < token.start);
            if finding.code != Code::JsonSyntax || !is_earlier {
                finding = fault::long_token(token, self.limits.token);
                finding.path.clone_from(&self.path);
            }
        }
        self.report(finding, at, parts);
    }

    fn report(&mut self, finding: Diagnostic, at: usize, parts: &mut Vec<Part>) {
        let start = match self.around.text() {
            "" => self.base + at,
            text => {
                self.around
                    .outward(crate::json::Span::new(0, text.len()))
                    .start
            }
        };
        parts.push(Part::Fault { finding, start });
    }

    /// Finds the fault with the strict reader, which reads the kept text of the document and then the
    /// text from `at` on.
    fn finding(&self, view: &TextView<'_>, at: usize) -> Diagnostic {
        let mut kept = self.around.clone();
        let mut whole = None;
        let place = self.base + at;
        for (depth, (level, count)) in self.levels.iter().enumerate().skip(self.floor) {
            let is_last = depth + 1 == self.levels.len();
            match level {
                Level::Object { .. } => continue,
                Level::Pages { keyed, .. } => {
                    kept.push(if *keyed { "{" } else { "[" }, place);
                }
                Level::Elements(_) | Level::Others(_) => {}
            }
            // One element replaces those that were not kept.
            kept.push(
                match (level, *count) {
                    (Level::Others(_), 0 | 1) | (_, 0) => "",
                    (Level::Others(_), _) => ",\"\"",
                    (Level::Pages { keyed: true, .. }, _) => "\"\":\"\"",
                    _ if is_last => "\"\"",
                    _ => "\"\",",
                },
                place,
            );
            whole = whole.or(Some(*count));
        }
        let mut finding = fault::behind(kept, &view.text[at..], place, whole);
        finding.path.clone_from(&self.path);
        finding
    }

    /// Asks for more of a value that is read whole, unless it is longer than the limit, or the text so
    /// far is no JSON: a quote too many would make one value of all that follows.
    pub(super) fn grow(
        &mut self,
        view: &TextView<'_>,
        at: usize,
        value: usize,
        parts: &mut Vec<Part>,
    ) -> Step {
        if view.bytes.len() - value > view.longest {
            let value = self.base + value;
            let mut finding = fault::long_element(value, self.limits.element);
            finding.path.clone_from(&self.path);
            self.report(finding, at, parts);
            self.leave();
            return Step::To(at);
        }
        if !view.more {
            return Step::Unended(at);
        }
        let length = view.bytes.len() - at;
        if length >= 2 * self.looked {
            self.looked = length;
            if let Err(error) = Tape::read_prefix(view.text, value)
                && error.fault != Fault::Truncated
            {
                return self.stop(view, at, parts);
            }
        }
        Step::More
    }
}
