//! The objects and arrays that are open, and what is kept of a document around its elements.

use std::sync::Arc;

use crate::input::frame::Opened;
use crate::input::identify::{self, Holds};
use crate::input::patch::Patch;
use crate::json::spelling::Spelling;
use crate::json::{Path, scan};
use crate::model::Dialect;

use super::{Step, Walk};
use crate::input::cut::view::TextView;
use crate::input::cut::{Cutting, Part};

/// An object or array that is open.
#[derive(Debug)]
pub(in crate::input::cut) enum Level {
    /// A document or an envelope around it, with its path and the names of its members so far that can
    /// contain elements.
    Object { path: Path, seen: Vec<String> },
    /// Whole documents in an array, or in an object if they are `keyed`, with its path.
    Pages { path: Path, keyed: bool },
    /// The elements of a document.
    Elements(Arc<Opened>),
    /// An array of another document, with its path.
    Others(Path),
}

impl Level {
    pub(in crate::input::cut) fn object(path: Path) -> Self {
        let seen = Vec::new();
        Self::Object { path, seen }
    }
}

impl Walk {
    /// Begins a document, or an array of them.
    pub(in crate::input::cut) fn begin(&mut self, path: Path) {
        self.around = Patch::default();
        self.opened = None;
        self.floor = self.levels.len();
        self.path = path;
    }

    /// Goes into the object or array of documents at `start`, which is too long, if it can be cut.
    pub(in crate::input::cut) fn descend(
        &mut self,
        view: &TextView<'_>,
        start: usize,
        path: Path,
    ) -> Option<Step> {
        self.begin(path.clone());
        let object = view.bytes[start] == b'{';
        let holds = identify::holds(view.text, start)?;
        match self.cutting {
            _ if holds == Holds::Pages => {
                return Some(self.descend_to_pages(start, path, object));
            }
            Cutting::Elements => {}
            Cutting::Property(_) if object => {}
            Cutting::Property(_) | Cutting::Documents => return None,
        }
        self.keep(view, start, start + 1);
        let level = match holds {
            _ if object => Level::object(path),
            Holds::Elements(dialect) => {
                let first = scan::skip_blank(view.bytes, start + 1);
                let spelling = identify::element_spelling(view.text, first);
                Level::Elements(self.open(dialect, path, spelling))
            }
            _ => Level::Others(path),
        };
        self.push(level);
        Some(Step::To(start + 1))
    }

    /// Goes into an array of documents, or an object of them if they are `keyed`.
    pub(in crate::input::cut) fn descend_to_pages(
        &mut self,
        start: usize,
        path: Path,
        keyed: bool,
    ) -> Step {
        self.begin(path.clone());
        self.push(Level::Pages { path, keyed });
        Step::To(start + 1)
    }

    pub(in crate::input::cut) fn push(&mut self, level: Level) {
        self.levels.push((level, 0));
    }

    /// Takes the document for one with elements there.
    pub(in crate::input::cut) fn open(
        &mut self,
        dialect: Dialect,
        path: Path,
        spelling: Spelling,
    ) -> Arc<Opened> {
        let object = matches!(self.levels.last(), Some((Level::Object { .. }, _)));
        let opened = Arc::new(Opened {
            dialect,
            path,
            single: false,
            plain: object && self.levels.len() == self.floor + 1,
            spelling,
        });
        self.opened = Some(Arc::clone(&opened));
        opened
    }

    /// Keeps bytes around elements.
    pub(in crate::input::cut) fn keep(&mut self, view: &TextView<'_>, from: usize, to: usize) {
        self.around.push(&view.text[from..to], self.base + from);
    }

    /// Keeps the closing bracket of the array that is open, and ends it.
    pub(in crate::input::cut) fn end_array(
        &mut self,
        view: &TextView<'_>,
        at: usize,
        parts: &mut Vec<Part>,
    ) {
        if !matches!(self.levels.pop(), Some((Level::Pages { .. }, _))) {
            self.keep(view, at, at + 1);
        }
        self.closed(parts);
    }

    /// Ends the object that is open.
    pub(in crate::input::cut) fn end_object(&mut self, parts: &mut Vec<Part>) {
        self.levels.pop();
        self.closed(parts);
    }

    fn closed(&mut self, parts: &mut Vec<Part>) {
        self.count();
        if self.levels.len() > self.floor {
            return;
        }
        if !self.around.text().is_empty() {
            parts.push(Part::EndDocument {
                opened: self.opened.take(),
                base: std::mem::take(&mut self.path),
                around: std::mem::take(&mut self.around),
            });
        }
        if self.levels.is_empty() {
            self.ended();
        }
    }

    /// Counts a member or an element.
    pub(in crate::input::cut) fn count(&mut self) {
        self.looked = 0;
        if let Some((_, count)) = self.levels.last_mut() {
            *count += 1;
        }
    }
}
