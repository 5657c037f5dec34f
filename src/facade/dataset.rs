//! Inputs that were read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

use crate::across::{self, coverage, repeated_keys};
use crate::check::Checker;
use crate::check::own::Own;
use crate::check::presences;
use crate::check::repeats::Repeats;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::store::FindingStore;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic, Located, Severity, UnreadExtent, render};
use crate::error::Error;
use crate::input::cut::WINDOW;
use crate::input::discover::{Discovery, Missing};
use crate::pipeline::early::Early;
use crate::pipeline::parallel::Threads;
use crate::pipeline::{PassError, Resources, Run, Surveyed, located, rejects, survey};

use super::{Finding, Progress, Table};
use crate::table::TableSpec;

/// Settings of one reading of the inputs: levels, limits, and the shape of the result.
#[derive(Debug)]
pub(crate) struct Settings {
    pub checker: Checker,
    pub levels: Levels,
    pub resources: Resources,
    pub spec: Arc<TableSpec>,
    /// Whether bad parts are left out of tables.
    pub skips: bool,
    /// What becomes of buckets that occur more than once.
    pub repeats: Repeats,
    /// Whether figures are summed: then repeated data never counts.
    pub sums: bool,
    /// The number of findings that are kept beyond the first few of each cause.
    pub room: usize,
    /// Whether the parts that are left out are listed, or only left out.
    pub rejects: bool,
    /// A user's own schema in place of the embedded one.
    pub schema: Option<Own>,
    /// Whether no verdict is trusted but that of the schema itself.
    pub paranoid: bool,
    /// How many bytes of an input are looked at together.
    pub window: usize,
}

impl Settings {
    /// The embedded schemas, and findings as text shows them.
    pub fn new(
        levels: Levels,
        resources: Resources,
        spec: impl Into<Arc<TableSpec>>,
    ) -> Result<Self, Error> {
        Ok(Self {
            checker: Checker::new()?,
            levels,
            resources,
            spec: spec.into(),
            skips: false,
            repeats: Repeats::default(),
            sums: false,
            room: 0,
            rejects: false,
            schema: None,
            paranoid: false,
            window: WINDOW,
        })
    }

    /// What a pass over the inputs needs.
    pub fn run(&self) -> Run<'_> {
        Run {
            schema: self.schema.as_ref(),
            paranoid: self.paranoid,
            room: self.room,
            rejects: self.rejects,
            repeats: self.repeats,
            sums: self.sums,
            window: self.window,
            ..Run::new(&self.checker, &self.spec, &self.levels, &self.resources)
        }
    }
}

/// Inputs after they were read and checked once, with what was found.
#[derive(Debug)]
pub struct Dataset {
    pub(crate) settings: Arc<Settings>,
    pub(crate) inputs: Vec<Surveyed>,
    /// The findings of arguments that name no input.
    pub(crate) missing: Vec<Located>,
    /// The findings about all inputs together.
    pub(crate) about: Vec<Located>,
    /// The number of files that were not read, by reason.
    passed: Coverage,
    began: Instant,
    outcome: Outcome,
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

impl Dataset {
    /// Reads, checks and surveys what was found, and looks for what several inputs show together
    /// (`across`) or each alone. `early` takes the rows meanwhile.
    pub(crate) fn read(
        settings: &Arc<Settings>,
        discovery: Discovery,
        across: bool,
        early: Option<&dyn Early>,
    ) -> Result<Self, PassError> {
        let began = Instant::now();
        let missing = discovery.missing.iter().map(missing).collect();
        let passed = Coverage {
            missing: discovery.missing.len(),
            hidden: discovery.hidden,
            other: discovery.skipped - discovery.hidden,
            repeated: discovery.repeated,
            ..Coverage::default()
        };
        let run = Run {
            early,
            ..settings.run()
        };
        let (inputs, about) = across::check(&run, discovery.inputs, across)?;
        let mut dataset = Self {
            settings: Arc::clone(settings),
            inputs,
            missing,
            about: Vec::new(),
            passed,
            began,
            outcome: Outcome::default(),
        };
        dataset.add_about(about);
        Ok(dataset)
    }

    /// Adds findings about all inputs together: of the only one, or of the first of several.
    pub(crate) fn add_about(&mut self, findings: Vec<Diagnostic>) {
        let Some(first) = self.inputs.first() else {
            // Without any input that is what is reported.
            return;
        };
        let inputs = self.inputs.len();
        for mut diagnostic in findings {
            if inputs > 1 {
                let all = format!(" (in {inputs} inputs together)");
                diagnostic.message.push_str(&all);
            }
            self.about.push(Located {
                diagnostic,
                file: Arc::clone(&first.name),
                place: None,
                excerpt: None,
            });
        }
    }

    /// Looks for rows of the wide layout that have one key.
    pub(crate) fn find_repeats(&mut self, across: bool) -> Result<(), PassError> {
        let settings = Arc::clone(&self.settings);
        repeated_keys::find(&settings.run(), &mut self.inputs, across)
    }

    /// Counts the errors.
    pub(super) fn weighed(mut self) -> Self {
        let mut outcome = Outcome::default();
        let mut add = |code: Code, severity, count| {
            if severity == Severity::Error {
                match self.settings.levels.shows(code, severity) {
                    true => outcome.errors += count,
                    false => outcome.hidden_errors += count,
                }
                outcome.is_unread |= code.unread() == UnreadExtent::Input;
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
        for located in self.missing.iter().chain(last).chain(&self.about) {
            add(located.diagnostic.code, located.diagnostic.severity, 1);
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
        self.about.iter().map(Finding::new).collect()
    }

    /// Where metrics occur, as a text that [`TableSpec::part_of`] takes.
    pub fn occurrences(&self) -> String {
        let occurrences = survey::merged(&self.inputs).occurrences;
        // Maps and lists of texts have a JSON form.
        serde_json::to_string(&occurrences).unwrap_or_default()
    }

    /// How far reading them is, and a way to end it.
    pub fn progress(&self) -> Progress {
        Progress::of(&self.settings.resources)
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
            if self.settings.levels.shows(found.code, found.severity) {
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
        self.missing.iter().try_for_each(&mut *visit)?;
        located::each(&self.inputs, excerpts, &mut |located| visit(&located))?;
        self.about.iter().try_for_each(visit)
    }

    /// What was looked at.
    pub(crate) fn coverage(&self) -> Coverage {
        Coverage {
            seconds: self.seconds(),
            missing: self.passed.missing,
            hidden: self.passed.hidden,
            other: self.passed.other,
            repeated: self.passed.repeated,
            ..coverage::of(&self.inputs)
        }
    }

    /// The number of files that were not read, by reason.
    pub(crate) fn passed(&self) -> &Coverage {
        &self.passed
    }

    /// Seconds since reading began.
    pub(crate) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// How many bad parts were left out.
    pub(crate) fn bad_parts(&self) -> usize {
        self.inputs.iter().map(|input| input.rejects.len()).sum()
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
        let mut collection = Collection::new(by_cause, &self.settings.levels);
        collection.coverage = self.coverage();
        self.each_located(by_cause, &mut |located| match collection.push(located) {
            true => visit(located, &collection.coverage),
            false => Ok(()),
        })?;
        self.count_omitted(&mut collection);
        Ok(collection)
    }

    /// Counts the findings that were not kept.
    pub(crate) fn count_omitted(&self, collection: &mut Collection) {
        for input in &self.inputs {
            collection.count_omitted(&input.findings.in_order);
        }
    }

    /// How many findings were counted and not kept.
    pub(crate) fn omitted(&self) -> usize {
        let stores = self.inputs.iter().map(|input| &input.findings.in_order);
        let counts = stores.flat_map(FindingStore::causes).map(|it| it.findings);
        counts.map(|count| count.all - count.kept).sum()
    }

    /// Writes the findings in a format that `validate --format` knows: `text`, `json`, `ndjson`,
    /// `sarif`, `junit`, `github`, `gitlab` or `markdown`.
    ///
    /// # Errors
    /// No such format, an input that has changed, or a failure of `out`.
    pub fn write_findings(&self, format: &str, out: &mut (dyn Write + Send)) -> Result<(), Error> {
        let Some(format) = render::Format::named(format) else {
            let names: Vec<&str> = render::FORMATS.iter().map(|it| it.name).collect();
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
        rejects::write(&self.inputs, &self.about, "the rejects", out)?;
        Ok(self.bad_parts())
    }

    /// The findings.
    ///
    /// # Errors
    /// As [`Dataset::each_finding`].
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
        if !is_bad || (self.settings.skips && !outcome.is_unread && !is_mixed) {
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

    pub(crate) fn run(&self) -> Run<'_> {
        self.settings.run()
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

    /// The presences of the organization that the inputs map, by system presence.
    pub(crate) fn presences(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        presences::union(self.inputs.iter().map(|input| &input.pages.presences))
    }

    /// The limits of the run with threads of their own.
    pub(super) fn own_threads(&self) -> Resources {
        Resources {
            threads: Threads::new(self.settings.resources.threads.count()),
            reading: self.settings.resources.reading.clone(),
        }
    }

    pub(crate) fn spec(&self) -> &TableSpec {
        &self.settings.spec
    }

    pub(super) fn inputs(&self) -> &[Surveyed] {
        &self.inputs
    }
}

/// The finding for an argument that leads to nothing.
pub(crate) fn missing(missing: &Missing) -> Located {
    let reason = &missing.reason;
    let diagnostic = match missing.empty {
        true => Diagnostic::new(Code::NoInput, format!("nothing was checked: {reason}"))
            .help("check the name, and whether the step that saves the files ran before"),
        false => Diagnostic::new(Code::Unreadable, format!("cannot be read: {reason}"))
            .help("check the name; a pattern can be quoted, and gcagg expands it"),
    };
    Located {
        diagnostic: diagnostic.cause(reason.clone()),
        file: Arc::from(missing.argument.as_str()),
        place: None,
        excerpt: None,
    }
}
