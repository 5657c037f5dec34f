//! The parts that were left out, whole and with the reasons, so that nothing is lost.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::iter::Peekable;

use serde_json::json;

use crate::diagnostic::finding::Finding;
use crate::diagnostic::{Located, Severity};
use crate::error::Error;
use crate::input::forward::Forward;
use crate::input::open_error::OpenError;
use crate::json::Span;

use super::located::{self, LocatedFindings};
use super::{Surveyed, locate};
use part::RejectedPart;

mod part;

/// The errors of one input as its parts need them.
struct Errors<'i> {
    /// The errors without a place belong to every part: they come before and after the others.
    before: Vec<Located>,
    behind: Vec<&'i Located>,
    rest: Peekable<LocatedFindings<'i>>,
    /// The errors that begin within the last part, or after its beginning.
    near: VecDeque<(Span, Located)>,
}

impl<'i> Errors<'i> {
    fn new(input: &'i Surveyed, run: &'i [Located]) -> Result<Self, Error> {
        let of_run = run.iter().filter(|located| located.file == input.name);
        let behind = input.findings.last.iter().chain(of_run);
        let mut errors = Self {
            before: Vec::new(),
            behind: behind
                .filter(|it| is_error(it) && it.diagnostic.span.is_none())
                .collect(),
            rest: located::findings(input, false).peekable(),
            near: VecDeque::new(),
        };
        let unplaced = |next: &Result<Located, _>| {
            next.as_ref()
                .map_or(true, |it: &Located| it.diagnostic.span.is_none())
        };
        while let Some(located) = errors.rest.next_if(unplaced).transpose()? {
            // Without findings in the text, these are the last ones.
            let is_same = |it: &&Located| it.diagnostic == located.diagnostic;
            if is_error(&located) && !errors.behind.iter().any(is_same) {
                errors.before.push(located);
            }
        }
        Ok(errors)
    }

    /// The findings within a part, and those without a place. Parts come in their order.
    fn within(&mut self, part: Span) -> Result<impl Iterator<Item = &Located>, Error> {
        let passed = |(span, _): &(Span, Located)| span.start < part.start;
        while self.near.front().is_some_and(passed) {
            self.near.pop_front();
        }
        let near = |next: &Result<Located, _>| {
            let span = next
                .as_ref()
                .ok()
                .and_then(|it: &Located| it.diagnostic.span);
            span.is_none_or(|span| span.start <= part.end)
        };
        while let Some(located) = self.rest.next_if(near).transpose()? {
            if let Some(span) = located
                .diagnostic
                .span
                .filter(|span| span.start >= part.start)
                && is_error(&located)
            {
                self.near.push_back((span, located));
            }
        }
        let near = self.near.iter();
        let within = near.filter(move |(span, _)| span.start <= part.end && span.end <= part.end);
        let within = within.map(|(_, located)| located);
        Ok(self
            .before
            .iter()
            .chain(within)
            .chain(self.behind.iter().copied()))
    }
}

fn is_error(located: &Located) -> bool {
    located.diagnostic.severity == Severity::Error
}

/// Writes the parts that were left out to the output `what`; `about` are the findings about the whole run.
pub fn write(
    inputs: &[Surveyed],
    about: &[Located],
    what: &str,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let failed = |error: &io::Error| Error::writing(what, error);
    for input in inputs.iter().filter(|input| !input.rejects.is_empty()) {
        let unread = |error: OpenError| Error::io(format!("{}: {error}", input.name));
        let mut text = Forward::new(input.reopen().map_err(unread)?.lenient());
        let mut errors = Errors::new(input, about)?;
        for reject in &input.rejects {
            let findings: Vec<Finding> = errors.within(reject.span)?.map(Finding::new).collect();
            let line = json!({
                "file": &*input.name,
                "unit": reject.unit,
                "pointer": locate::path_in_file(input, &reject.path).to_string(),
                "diagnostics": findings,
            });
            let part = RejectedPart::read(input, &mut text, reject).map_err(unread)?;
            let written = serde_json::to_vec(&line).map_err(io::Error::from);
            let written = written.and_then(|mut line| {
                // The text is the last member of the line.
                line.pop();
                out.write_all(&line)?;
                part.write(out)?;
                out.write_all(b"}\n")
            });
            written.map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}
