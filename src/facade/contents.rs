//! The contents of the inputs, and the differences to other inputs.

use crate::error::Error;

use crate::pipeline::profile;
use crate::pipeline::visit::{self, ElementBatch};
use crate::report::contents::Contents;
use crate::report::drift::{self, DriftChange};

use super::Dataset;

/// The differences between two sets of inputs.
#[derive(Debug)]
pub struct Changes(Vec<DriftChange>);

impl Changes {
    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The differences as text; `against` names the other inputs.
    pub fn text(&self, against: &str) -> String {
        drift::text(against, &self.0)
    }

    /// The differences as JSON.
    pub fn json(&self, against: &str) -> String {
        drift::json(against, &self.0)
    }
}

impl Dataset {
    /// Counts what the inputs contain: dimensions, metrics, times and rows.
    ///
    /// ```
    /// # fn main() -> Result<(), gcagg::Error> {
    /// let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
    /// let contents = checked.contents()?;
    /// assert_eq!((contents.files, contents.rows), (1, 303));
    /// assert!(contents.text().contains("mediaType"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An input has changed.
    pub fn contents(&self) -> Result<Contents, Error> {
        let mut contents = Contents::default();
        contents.dialects = self.dialects();
        for input in &self.inputs {
            contents.files += 1;
            contents.documents += input.documents;
            contents.bytes += input.bytes;
            contents.rows += input.rows;
        }
        let count = |elements: &ElementBatch<'_>| {
            Contents::of(|add| elements.each(|visit| add(visit.element)))
        };
        visit::all(&self.run, &self.inputs, &count, |part| contents.merge(part))?;
        Ok(contents)
    }

    /// Returns true if at least one document could be read. It may have no rows.
    pub fn has_documents(&self) -> bool {
        self.inputs.iter().any(|input| {
            !input.dialects.is_empty() || input.facts.iter().any(|facts| !facts.is_bad)
        })
    }

    /// The names, types and values that are new or gone, compared with other inputs.
    ///
    /// # Errors
    /// An input has changed.
    pub fn changes_since(&self, before: &Self) -> Result<Changes, Error> {
        let before = profile::of(&before.run, &before.inputs)?;
        let after = profile::of(&self.run, &self.inputs)?;
        Ok(Changes(drift::between(&before, &after)))
    }

    /// The names and types that neither the embedded schemas nor the catalogue know.
    ///
    /// # Errors
    /// An input has changed.
    pub fn changes_beyond_schema(&self) -> Result<Changes, Error> {
        let profile = profile::of(&self.run, &self.inputs)?;
        Ok(Changes(drift::beyond(&profile)))
    }
}
