//! Inputs that were read and checked.

use std::io::Write;

use crate::check::Checker;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Diagnostic, Located, Severity};
use crate::error::Error;
use crate::pipeline::{Resources, Run, Surveyed, located, repeats};
use crate::report::detail;

use super::{Finding, Shape, Table};

/// Inputs after they were read and checked once, with what was found.
#[derive(Debug)]
pub struct Checked {
    checker: Checker,
    levels: Levels,
    resources: Resources,
    shape: Shape,
    inputs: Vec<Surveyed>,
    /// Arguments that lead to nothing.
    absent: Vec<Located>,
    /// What is found about all inputs together.
    about: Vec<Diagnostic>,
    is_ok: bool,
}

impl Checked {
    pub(super) fn new(
        checker: Checker,
        levels: Levels,
        resources: Resources,
        shape: Shape,
        inputs: Vec<Surveyed>,
        absent: Vec<Located>,
        about: Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let mut checked = Self {
            checker,
            levels,
            resources,
            shape,
            inputs,
            absent,
            about,
            is_ok: true,
        };
        let mut is_ok = true;
        checked.each_finding(&mut |finding| is_ok &= finding.severity != Severity::Error)?;
        checked.is_ok = is_ok;
        Ok(checked)
    }

    /// Whether there is no error among the findings.
    pub fn is_ok(&self) -> bool {
        self.is_ok
    }

    /// How many rows a table of them has.
    pub fn rows(&self) -> u64 {
        self.inputs.iter().map(|input| input.survey.rows).sum()
    }

    /// Calls `visit` with every finding, input after input, in the order of the text.
    ///
    /// # Errors
    /// An input has changed since it was checked.
    pub fn each_finding(&self, visit: &mut (dyn FnMut(Finding) + Send)) -> Result<(), Error> {
        self.absent.iter().for_each(|it| visit(Finding::new(it)));
        located::each(&self.inputs, false, &mut |located| {
            visit(Finding::new(&located));
            Ok::<(), Error>(())
        })?;
        for diagnostic in &self.about {
            let first = self.inputs.first().map(|input| input.name.clone());
            visit(Finding::new(&Located {
                diagnostic: diagnostic.clone(),
                file: first.unwrap_or_else(|| "".into()),
                place: None,
                excerpt: None,
            }));
        }
        Ok(())
    }

    /// Every finding.
    ///
    /// # Errors
    /// As [`Checked::each_finding`].
    pub fn findings(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        self.each_finding(&mut |finding| findings.push(finding))?;
        Ok(findings)
    }

    /// A table of them.
    ///
    /// # Errors
    /// There are errors among the findings, or a column that was asked for does not exist.
    pub fn table(&self) -> Result<Table<'_>, Error> {
        self.refuse_errors()?;
        Table::new(self)
    }

    /// Writes a report of key figures by group: plain text.
    ///
    /// # Errors
    /// There are errors among the findings, an input has changed, or `out` fails.
    pub fn report(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.refuse_errors()?;
        let repeated = repeats::groups(&self.inputs);
        let report = super::report(&self.run(), &self.inputs, &repeated)?;
        detail::text::write(&report, out).map_err(|error| Error::writing("the report", &error))
    }

    fn refuse_errors(&self) -> Result<(), Error> {
        match self.is_ok {
            true => Ok(()),
            false => Err(Error::data("the inputs have errors").help("see the findings")),
        }
    }

    pub(super) fn run(&self) -> Run<'_> {
        Run::new(
            &self.checker,
            &self.shape.shaping,
            &self.levels,
            &self.resources,
        )
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(super) fn inputs(&self) -> &[Surveyed] {
        &self.inputs
    }
}
