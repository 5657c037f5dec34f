//! Inputs that were read and checked.

use std::io::{self, Write};

use crate::check::Checker;
use crate::check::repeats::Repeats;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::store::FindingStore;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic, Located, Severity, render};
use crate::error::Error;
use crate::pipeline::parallel::Threads;
use crate::pipeline::{Resources, Run, Surveyed, coverage, located, rejects, survey};

use super::{Finding, Progress, Shape, Table};

/// Inputs after they were read and checked once, with what was found.
#[derive(Debug)]
pub struct Checked {
    pub(super) checker: Checker,
    pub(super) levels: Levels,
    pub(super) resources: Resources,
    pub(super) shape: Shape,
    /// Whether bad parts are left out of tables.
    pub(super) skips: bool,
    /// What becomes of buckets that occur more than once.
    pub(super) repeats: Repeats,
    pub(super) inputs: Vec<Surveyed>,
    /// Arguments that lead to nothing.
    pub(super) absent: Vec<Located>,
    /// What is found about all inputs together.
    pub(super) about: Vec<Diagnostic>,
    /// What was passed over, and how long reading took.
    pub(super) passed: Coverage,
    pub(super) outcome: Outcome,
}

/// What the findings come to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    /// How many errors are shown, and how many the levels hide.
    errors: usize,
    hidden_errors: usize,
    /// There is one that leaving out a part does not mend: something was not read.
    is_unread: bool,
}

impl Checked {
    /// With what the findings come to.
    pub(super) fn weighed(mut self) -> Self {
        let mut outcome = Outcome::default();
        let mut add = |code: Code, severity, count| {
            if severity == Severity::Error {
                match self.levels.shows(code, severity) {
                    true => outcome.errors += count,
                    false => outcome.hidden_errors += count,
                }
                outcome.is_unread |= code.leaves_unread();
            }
        };
        for input in &self.inputs {
            for cause in input
                .findings
                .stores()
                .into_iter()
                .flat_map(FindingStore::causes)
            {
                add(cause.code, cause.severity, cause.findings.all);
            }
        }
        let last = self.inputs.iter().flat_map(|input| &input.findings.last);
        let others = self.absent.iter().chain(last).map(|it| &it.diagnostic);
        for finding in others.chain(&self.about) {
            add(finding.code, finding.severity, 1);
        }
        self.outcome = outcome;
        self
    }

    /// Whether there is no error among the findings.
    pub fn is_ok(&self) -> bool {
        self.outcome.errors == 0
    }

    /// How many errors there are among the findings, those that were only counted with them.
    pub fn errors(&self) -> usize {
        self.outcome.errors
    }

    /// What was found about all inputs together: filters that match nothing.
    pub fn remarks(&self) -> Vec<Finding> {
        self.about().iter().map(Finding::new).collect()
    }

    /// Where metrics occur, as a text that [`Shape::part_of`](super::Shape::part_of) takes.
    pub fn occurrences(&self) -> String {
        let occurrences = survey::merged(&self.inputs).occurrences;
        // Maps and lists of texts have a JSON form.
        serde_json::to_string(&occurrences).unwrap_or_default()
    }

    /// How far reading them is, and a way to end it.
    pub fn progress(&self) -> Progress {
        Progress::of(&self.resources)
    }

    /// How many rows a table of them has.
    pub fn rows(&self) -> u64 {
        self.inputs.iter().map(|input| input.survey.rows).sum()
    }

    /// Calls `visit` with the findings, input after input, in the order of the text.
    ///
    /// # Errors
    /// An input has changed since it was checked.
    pub fn each_finding(&self, visit: &mut (dyn FnMut(Finding) + Send)) -> Result<(), Error> {
        self.each_located(false, &mut |located| {
            let found = &located.diagnostic;
            if self.levels.shows(found.code, found.severity) {
                visit(Finding::new(located));
            }
            Ok(())
        })
    }

    /// Calls `visit` with the findings and their places, the first of each cause with an excerpt
    /// where they are wanted.
    fn each_located(
        &self,
        excerpts: bool,
        visit: &mut (dyn FnMut(&Located) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        self.absent.iter().try_for_each(&mut *visit)?;
        located::each(&self.inputs, excerpts, &mut |located| visit(&located))?;
        self.about().iter().try_for_each(visit)
    }

    fn coverage(&self) -> Coverage {
        Coverage {
            missing: self.passed.missing,
            hidden: self.passed.hidden,
            other: self.passed.other,
            repeated: self.passed.repeated,
            seconds: self.passed.seconds,
            ..coverage::of(&self.inputs)
        }
    }

    /// What is found about all inputs together.
    fn about(&self) -> Vec<Located> {
        let Some(first) = self.inputs.first() else {
            return Vec::new();
        };
        let located = self.about.iter().map(|diagnostic| Located {
            diagnostic: diagnostic.clone(),
            file: first.name.clone(),
            place: None,
            excerpt: None,
        });
        located.collect()
    }

    /// The findings by cause.
    pub(crate) fn collection(&self) -> Result<Collection, Error> {
        self.collected(true, &mut |_, _| Ok(()))
    }

    /// The findings counted, and grouped where they are wanted `by_cause`, with `visit` called for
    /// each.
    fn collected(
        &self,
        by_cause: bool,
        visit: &mut (dyn FnMut(&Located, &Coverage) -> Result<(), Error> + Send),
    ) -> Result<Collection, Error> {
        let mut collection = Collection::new(by_cause, &self.levels);
        collection.coverage = self.coverage();
        self.each_located(by_cause, &mut |located| match collection.push(located) {
            true => visit(located, &collection.coverage),
            false => Ok(()),
        })?;
        for input in &self.inputs {
            collection.count_omitted(&input.findings.in_order);
        }
        Ok(collection)
    }

    /// Writes the findings in a format that `validate --format` knows: `text`, `json`, `ndjson`,
    /// `sarif`, `junit`, `github`, `gitlab` or `markdown`.
    ///
    /// # Errors
    /// No such format, an input that has changed, or a failure of `out`.
    pub fn write_findings(&self, format: &str, out: &mut (dyn Write + Send)) -> Result<(), Error> {
        let Some(format) = render::Format::named(format) else {
            let names: Vec<&str> = render::FORMATS.iter().map(|(name, _)| *name).collect();
            return Err(Error::usage(format!("no format `{format}`"))
                .help(format!("the formats are {}", names.join(", "))));
        };
        let failed = |error: io::Error| Error::writing("the findings", &error);
        let mut form = format.form(0);
        let collection = self.collected(format.is_by_cause(), &mut |located, coverage| {
            form.add(located, coverage, out).map_err(failed)
        })?;
        form.finish(&collection, out).map_err(failed)
    }

    /// Writes the parts that were left out, each as a line of JSON with its findings and its text.
    /// Returns how many they are.
    ///
    /// # Errors
    /// An input has changed, or a failure of `out`.
    pub fn rejects(&self, out: &mut dyn Write) -> Result<usize, Error> {
        rejects::write(&self.inputs, &self.about(), "the rejects", out)?;
        Ok(self.inputs.iter().map(|input| input.rejects.len()).sum())
    }

    /// The findings.
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

    /// Refuses inputs with errors, unless what is bad is left out.
    pub(super) fn refuse_errors(&self) -> Result<(), Error> {
        let outcome = self.outcome;
        // Half of a mixture is no result, and what was not read is no bad part.
        let is_mixed = self.inputs.iter().any(|input| input.dialects.len() > 1);
        let is_bad = outcome.errors + outcome.hidden_errors > 0;
        if !is_bad || (self.skips && !outcome.is_unread && !is_mixed) {
            return Ok(());
        }
        let hidden = counted(outcome.hidden_errors, "error");
        Err(
            Error::data("the inputs have errors").help(match outcome.errors {
                0 => format!("{hidden} not shown: select all findings to see them"),
                _ => "see the findings".to_owned(),
            }),
        )
    }

    /// Refuses buckets that no sum can have, where `T003` was lowered.
    pub(super) fn refuse_uncountable(&self) -> Result<(), Error> {
        let count: u64 = self.inputs.iter().map(|input| input.uncountable).sum();
        match count {
            0 => Ok(()),
            count => Err(Error::data(format!(
                "{} of one group and time with different figures, which no sum can have",
                counted(count, "bucket")
            ))
            .help("count the newest: Inputs::repeats(\"last\"); or leave one of the files out")),
        }
    }

    pub(super) fn run(&self) -> Run<'_> {
        Run {
            repeats: self.repeats,
            ..Run::new(
                &self.checker,
                &self.shape.shaping,
                &self.levels,
                &self.resources,
            )
        }
    }

    /// The run of a pass that sums figures.
    pub(super) fn sums(&self) -> Run<'_> {
        Run {
            sums: true,
            ..self.run()
        }
    }

    /// How many buckets occur more than once: copies that count once, or older ones that were
    /// replaced, as [`Inputs::repeats`](super::Inputs::repeats) asks.
    pub fn repeated(&self) -> u64 {
        self.inputs.iter().map(|input| input.repeated).sum()
    }

    /// The limits of the run with threads of their own.
    pub(super) fn own_threads(&self) -> Resources {
        Resources {
            threads: Threads::new(self.resources.threads.count()),
            reading: self.resources.reading.clone(),
        }
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(super) fn inputs(&self) -> &[Surveyed] {
        &self.inputs
    }
}
