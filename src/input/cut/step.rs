//! One step on in a document that is followed from bracket to bracket: a member or an element.

use std::sync::Arc;

use crate::input::frame::ENVELOPES_DEEP;
use crate::input::identify::{ENVELOPES, key_name};
use crate::input::patch::Patch;
use crate::json::spelling::{self, Spelling};
use crate::json::{Path, Span, Tape, scan};
use crate::model::Dialect;

use super::view::{Fit, TextView, opens};
use super::walk::level::Level;
use super::walk::{Step, Walk};
use super::{Cutting, Form, Part};

impl Walk {
    /// A member of an object that is open, or the object's end.
    pub(super) fn member(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let count = self.levels.last().map_or(0, |(_, count)| *count);
        let mut key = scan::skip_blank(view.bytes, at);
        match view.bytes.get(key) {
            None => return Step::past(at, key),
            Some(b'}') => {
                self.keep(view, at, key + 1);
                self.end_object(parts);
                return Step::To(key + 1);
            }
            Some(b',') if count > 0 => key = scan::skip_blank(view.bytes, key + 1),
            Some(_) if count > 0 => return self.stop(view, at, parts),
            Some(_) => {}
        }
        let (key, value) = match scan::member(view.bytes, key) {
            Ok(member) => member,
            Err(scan::End::Text) => return Step::More,
            Err(_) => return self.stop(view, at, parts),
        };
        let key = key_name(view.text, key);
        let name = spelling::camel(&key);
        let fit = view.fit(value);
        let inside = match fit {
            Fit::Open => return Step::More,
            Fit::Ends(_) => None,
            Fit::Long => self.inside(view, value, (&key, &name)),
        };
        let end = match (inside, fit) {
            (Some(kind), _) => {
                self.note(&name);
                self.keep(view, at, value + 1);
                self.push(kind);
                return Step::To(value + 1);
            }
            (None, Fit::Ends(end)) => end,
            (None, _) => match view.whole(value) {
                Some(end) => end,
                None => return self.grow(view, at, value, parts),
            },
        };
        self.note(&name);
        self.keep(view, at, end);
        self.count();
        Step::To(end)
    }

    /// Remembers members that can hold elements: of several with one name, the first counts.
    fn note(&mut self, name: &str) {
        if let Some((Level::Object { seen, .. }, _)) = self.levels.last_mut()
            && is_telling(name)
        {
            seen.push(name.to_owned());
        }
    }

    /// Returns the level whose elements or members are read one by one, given the key and name of the
    /// member of a long value; `None` if the value is read whole.
    fn inside(
        &mut self,
        view: &TextView<'_>,
        value: usize,
        (key, name): (&str, &str),
    ) -> Option<Level> {
        let root = self.levels.len() == self.floor + 1;
        let (array, object) = (view.bytes[value] == b'[', view.bytes[value] == b'{');
        let allowed = match self.cutting {
            Cutting::Elements => array || object,
            Cutting::Property(home) => array && root && home == key,
            Cutting::Documents => false,
        };
        let (path, again) = match self.levels.last() {
            Some((Level::Object { path, seen }, _)) if allowed => {
                (path, seen.iter().any(|it| it == name))
            }
            _ => return None,
        };
        let inside = path.clone().key(key.to_owned());
        let spelling = Spelling::of(key);
        match name {
            "results" | "entities" if array && !again => {
                if self.opened.is_some() {
                    return None;
                }
                let dialect = match name {
                    "results" => Dialect::Aggregates,
                    _ => Dialect::Summary,
                };
                Some(Level::Elements(self.open(dialect, inside, spelling)))
            }
            _ if object
                && !again
                && ENVELOPES.contains(&name)
                && self.levels.len() - self.floor <= ENVELOPES_DEEP =>
            {
                Some(Level::object(inside))
            }
            // Arrays in envelopes are documents, and those of recordings hold some.
            _ if array
                && self.cutting == Cutting::Elements
                && (again || !(is_telling(name) || name == "content")) =>
            {
                Some(Level::Others(inside))
            }
            _ => None,
        }
    }

    /// An element of an array that is open, or the array's end.
    pub(super) fn element(
        &mut self,
        view: &TextView<'_>,
        at: usize,
        parts: &mut Vec<Part>,
    ) -> Step {
        let Some((level, count)) = self.levels.last() else {
            return Step::More;
        };
        let count = *count;
        let pages = match level {
            Level::Pages { path, keyed } => Some((path.clone(), *keyed)),
            _ => None,
        };
        let close = match pages {
            Some((_, true)) => b'}',
            _ => b']',
        };
        if let Some((path, _)) = &pages {
            // The last page may have been followed.
            self.floor = self.levels.len() - 1;
            self.path.clone_from(path);
            self.around = Patch::default();
        }
        let mut start = scan::skip_blank(view.bytes, at);
        match view.bytes.get(start) {
            None => return Step::past(at, start),
            Some(byte) if *byte == close => {
                self.end_array(view, start, parts);
                return Step::To(start + 1);
            }
            Some(b',') if count > 0 => start = scan::skip_blank(view.bytes, start + 1),
            Some(_) if count > 0 => return self.stop(view, at, parts),
            Some(_) => {}
        }
        match view.bytes.get(start) {
            None => return Step::More,
            Some(b',' | b']' | b'}' | b':') => return self.stop(view, at, parts),
            Some(_) => {}
        }
        match pages {
            Some((path, false)) => {
                return self.page(view, at, start, path.index(count), parts);
            }
            Some((path, true)) => {
                let (key, value) = match scan::member(view.bytes, start) {
                    Ok(member) => member,
                    Err(scan::End::Text) => return Step::More,
                    Err(_) => return self.stop(view, at, parts),
                };
                let path = path.key(key_name(view.text, key).into_owned());
                return self.page(view, at, value, path, parts);
            }
            None => {}
        }
        let end = match view.fit(start) {
            Fit::Ends(end) => end,
            Fit::Open => return Step::More,
            Fit::Long => match view.whole(start) {
                Some(end) => end,
                None => return self.grow(view, at, start, parts),
            },
        };
        self.add(view, Span::new(start, end), parts);
        self.count();
        Step::To(end)
    }

    /// A response in an array of them, at `start`.
    fn page(
        &mut self,
        view: &TextView<'_>,
        at: usize,
        start: usize,
        path: Path,
        parts: &mut Vec<Part>,
    ) -> Step {
        let bracket = opens(view.bytes.get(start));
        let end = match view.fit(start) {
            Fit::Ends(end) => end,
            Fit::Open if bracket && !view.more => {
                self.begin(path);
                return Step::Unended(start);
            }
            Fit::Open => return Step::More,
            Fit::Long => {
                if view.bytes[start] == b'{'
                    && let Some(step) = self.descend(view, start, path.clone())
                {
                    return step;
                }
                match view.whole(start) {
                    Some(end) => end,
                    None if bracket => {
                        self.begin(path);
                        return self.grow(view, start, start, parts);
                    }
                    None => return self.grow(view, at, start, parts),
                }
            }
        };
        let span = Span::new(start, end);
        if !bracket && Tape::read(view.text, span, 0).is_err() {
            return self.stop(view, at, parts);
        }
        let form = Form::At(path);
        parts.push(Part::Whole { span, form });
        self.count();
        Step::To(end)
    }

    /// Hands an element on.
    fn add(&mut self, view: &TextView<'_>, span: Span, parts: &mut Vec<Part>) {
        let Some((level, index)) = self.levels.last() else {
            return;
        };
        let index = *index;
        match level {
            Level::Elements(opened) => match parts.last_mut() {
                Some(Part::Elements { spans, .. }) => spans.push(span),
                _ => parts.push(Part::Elements {
                    opened: Arc::clone(opened),
                    first: index,
                    spans: vec![span],
                }),
            },
            // The first one shows what they are.
            Level::Others(_) if index == 0 => {
                let text = &view.text[span.start..span.end];
                self.around.push(text, self.base + span.start);
            }
            Level::Others(path) => match parts.last_mut() {
                Some(Part::Values { spans, .. }) => spans.push(span),
                _ => parts.push(Part::Values {
                    path: path.clone(),
                    depth: self.levels.len() - self.floor,
                    first: index,
                    spans: vec![span],
                }),
            },
            Level::Pages { .. } | Level::Object { .. } => {}
        }
    }
}

/// Returns true if a member with this name can hold a document or its elements.
fn is_telling(name: &str) -> bool {
    matches!(name, "results" | "entities") || ENVELOPES.contains(&name)
}
