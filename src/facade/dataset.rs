//! Inputs that were read and checked.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::across::expect::Expectations;
use crate::across::shapes::Shapes;
use crate::across::{self, coverage, repeated_keys, unmatched};
use crate::aggregate::{Aggregate, Scope};
use crate::check::chains::Chains;
use crate::check::days::{CoveredDays, LocalDays};
use crate::check::gaps::{self, Gap};
use crate::check::presences;
use crate::check::repeats::Repeats;
use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::finding::Finding;
use crate::diagnostic::store::FindingStore;
use crate::diagnostic::words::{counted, listed};
use crate::diagnostic::{Code, Diagnostic, Located, Severity, UnreadExtent};
use crate::error::Error;
use crate::input::discover::{Discovery, Input, Missing};
use crate::input::stamp::Stamp;
use crate::json::text::printable;
use crate::model::Dialect;
use crate::model::catalog::absence::Occurrences;
use crate::pipeline::early::Early;
use crate::pipeline::parallel::Threads;
use crate::pipeline::{Resources, Run, Surveyed, rejects};
use crate::table::{Columns, MergedScopes, Survey, TableSpec};

use super::copies::Copies;
use super::early::EarlyFigures;
use super::{Progress, Table};

/// Inputs that were read and checked, with their findings.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
/// assert!(checked.is_ok());
/// assert_eq!(checked.rows(), 303);
/// assert_eq!(checked.coverage().documents, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Dataset {
    /// The settings of every pass over the inputs.
    pub(super) run: Run<'static>,
    /// The table that was asked for.
    pub(super) spec: TableSpec,
    pub(super) inputs: Vec<Surveyed>,
    /// The findings of arguments that name no input.
    pub(super) missing: Vec<Located>,
    /// The findings about all inputs together.
    pub(super) about: Vec<Located>,
    /// The groups whose even buckets have holes within a day.
    pub(super) gaps: Vec<Gap>,
    /// The groups whose buckets may be in several documents.
    pub(super) repeated_groups: HashSet<u64>,
    /// The metrics that occur in all inputs.
    pub(super) occurrences: Occurrences,
    /// The days on which the inputs have buckets, also those that filters leave out.
    pub(super) days: CoveredDays,
    coverage: Coverage,
    /// The findings by cause; empty until they are requested.
    pub(super) summary: OnceLock<FindingSummary>,
    /// The columns of the table of all inputs; empty until they are requested.
    pub(super) decided: OnceLock<(Arc<Survey>, Arc<Columns>)>,
    began: Instant,
    /// The number of errors that are shown, and the number that the levels hide.
    errors: usize,
    hidden_errors: usize,
    /// True if skipping bad parts does not solve an error: an input was not read, or the error is
    /// about all data.
    is_whole: bool,
    /// Copies that are read in the place of inputs.
    pub(super) copies: Option<Arc<Copies>>,
    /// Figures that were collected during the check.
    pub(super) early: Option<EarlyFigures>,
}

impl Dataset {
    /// Reads, checks and surveys the inputs, and compares their elements: across inputs if `across`,
    /// else within each input. `early` takes the rows during the check.
    pub(super) fn read(
        run: Run<'static>,
        spec: TableSpec,
        discovery: Discovery,
        across: bool,
        early: Option<&dyn Early>,
    ) -> Result<Self, Error> {
        let began = Instant::now();
        let missing: Vec<Located> = discovery.missing.iter().map(missing).collect();
        let patterns = match discovery.searched {
            true => unmatched::patterns(&discovery.unmatched, &run.levels),
            // Which files are named is not up to a pattern.
            false => Vec::new(),
        };
        let reading = Run {
            early,
            ..run.clone()
        };
        let (inputs, about) = across::check(&reading, discovery.inputs, across)?;
        let mut dataset = Self::of(run, spec, inputs);
        dataset.coverage = Coverage {
            missing: missing.len(),
            hidden: discovery.hidden,
            excluded: discovery.excluded,
            other: discovery.skipped - discovery.hidden,
            repeated: discovery.repeated,
            ..dataset.coverage
        };
        dataset.missing = missing;
        dataset.began = began;
        dataset.add_about(about);
        dataset.add_about(patterns);
        Ok(dataset)
    }

    /// A dataset of inputs that were surveyed.
    pub(super) fn of(run: Run<'static>, spec: TableSpec, inputs: Vec<Surveyed>) -> Self {
        Self {
            run,
            spec,
            missing: Vec::new(),
            about: Vec::new(),
            gaps: Vec::new(),
            repeated_groups: HashSet::new(),
            occurrences: Occurrences::default(),
            days: CoveredDays::default(),
            coverage: coverage::of(&inputs),
            summary: OnceLock::new(),
            decided: OnceLock::new(),
            inputs,
            began: Instant::now(),
            errors: 0,
            hidden_errors: 0,
            is_whole: false,
            copies: None,
            early: None,
        }
    }

    /// Adds findings about all inputs together. They name the first input.
    fn add_about(&mut self, findings: Vec<Diagnostic>) {
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
            self.about
                .push(Located::of_file(diagnostic, Arc::clone(&first.name)));
        }
    }

    /// Finds rows of the wide layout with the same key. No counter that such a row lacks is 0: another
    /// row may have it.
    pub(super) fn find_repeats(&mut self, across: bool) -> Result<(), Error> {
        let keys = repeated_keys::find(&self.run, &mut self.inputs, across)?;
        if !keys.is_empty() && self.run.spec.has_zeros() {
            self.run.spec.merged = Some(Arc::new(MergedScopes::of_parts(keys)));
        }
        Ok(())
    }

    /// Adds a finding for each expectation that the data does not meet.
    pub(super) fn check_expected(&mut self, expected: &Expectations) -> Result<(), Error> {
        let whole = expected.check(&self.run, &mut self.inputs)?;
        self.add_about(whole);
        Ok(())
    }

    /// Finds aggregates and summaries among the inputs, which cannot share one table.
    pub(super) fn find_mixture(&mut self) {
        let mut dialects = self.inputs.iter().flat_map(|input| &input.dialects);
        let Some(first) = dialects.next().copied() else {
            return;
        };
        let of_other = |dialect: &Dialect| *dialect != first;
        let mut inputs = self.inputs.iter_mut();
        let Some(input) = inputs.find(|input| input.dialects.iter().any(of_other)) else {
            return;
        };
        // A mixture within an input is a finding already.
        if let [dialect] = Vec::from_iter(&input.dialects)[..] {
            let words = format!(
                "a {} document among {} documents: they cannot share one table",
                dialect.name(),
                first.name()
            );
            let finding = Diagnostic::new(Code::MixedDialects, words)
                .help("convert the two kinds separately, or use --per-file");
            let located = Located::of_file(finding, Arc::clone(&input.name));
            input.findings.last.push(located);
        }
    }

    /// Counts the errors, and frees the memory that only the search for findings needs.
    pub(super) fn weighed(mut self) -> Self {
        let (mut errors, mut hidden, mut is_whole) = (0, 0, false);
        let mut add = |code: Code, severity, count| {
            if severity == Severity::Error {
                match self.run.levels.shows(code, severity) {
                    true => errors += count,
                    false => hidden += count,
                }
                is_whole |= code.unread() == UnreadExtent::Input
                    || code.has_no_part()
                    || code == Code::MixedDialects;
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
        (self.errors, self.hidden_errors, self.is_whole) = (errors, hidden, is_whole);
        // A report can be made of any dataset.
        let chains: Vec<&Chains> = self.inputs.iter().map(|input| &input.chains).collect();
        self.gaps = gaps::of(&chains, &mut LocalDays::new(self.run.spec.filter.zone));
        self.repeated_groups = repeated_keys::groups(&self.inputs);
        let surveys = self.inputs.iter().map(|input| &input.survey);
        surveys.for_each(|survey| self.occurrences.merge(&survey.occurrences));
        for input in &mut self.inputs {
            input.extent = input.chains.extent();
            self.days.merge(std::mem::take(&mut input.chains.days));
            // A million groups take room.
            input.chains = Default::default();
        }
        self
    }

    /// Removes the findings, the skipped parts and the repeated buckets if another dataset has all of the
    /// files, too, so that both together have them once. Missing days depend on the filters, and stay.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        if !self.is_of(&other.files()) {
            // A finding of two files is one of the later file.
            return self;
        }
        for input in &mut self.inputs {
            let findings = &mut input.findings;
            for store in [&mut findings.in_order, &mut findings.behind] {
                store.remove(|cause| cause.code != Code::MissingDay);
            }
            input.rejects.clear();
            (input.repeated, input.withdrawn) = (0, 0);
        }
        // Figures of the check count only if nothing was left out.
        self.early = None;
        self
    }

    /// Returns true if all inputs are among these files.
    pub(super) fn is_of(&self, files: &HashSet<&Stamp>) -> bool {
        let mut stamps = self.inputs.iter().map(|input| input.stamp.as_ref());
        stamps.all(|stamp| stamp.is_some_and(|it| files.contains(it)))
    }

    /// The files of the inputs.
    pub(super) fn files(&self) -> HashSet<&Stamp> {
        let stamps = self.inputs.iter().filter_map(|it| it.stamp.as_ref());
        stamps.filter(|it| it.is_identified()).collect()
    }

    /// Returns true if there is no error among the findings.
    pub fn is_ok(&self) -> bool {
        self.errors == 0
    }

    /// The number of errors, including errors that were counted and not kept.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Returns true if tables, reports and roll-ups can be made: there are no errors, or bad parts
    /// are left out and no error concerns more than a part. Errors that the levels hide count, too.
    pub fn is_usable(&self) -> bool {
        self.errors + self.hidden_errors == 0 || self.leaves_out()
    }

    /// Returns true if bad parts are left out, and no error concerns more than a part.
    pub fn leaves_out(&self) -> bool {
        // Half of a mixture is no result, and what was not read is no bad part.
        let is_mixed = self.inputs.iter().any(|input| input.dialects.len() > 1);
        self.run.skips && !self.is_whole && !is_mixed
    }

    /// The findings about all inputs together, such as filters that match nothing.
    pub fn remarks(&self) -> Vec<Finding> {
        self.about.iter().map(Finding::new).collect()
    }

    /// The groups in which metrics occur, as a text for
    /// [`TableSpec::part_of`](crate::TableSpec::part_of).
    pub fn occurrences(&self) -> String {
        // Maps and lists of texts have a JSON form.
        serde_json::to_string(&self.occurrences).unwrap_or_default()
    }

    /// The progress of reading the inputs, which can also stop it.
    pub fn progress(&self) -> Progress {
        Progress::of(&self.run.resources)
    }

    /// The number of stored bytes of the inputs, if it is known for all of them.
    pub fn size(&self) -> Option<u64> {
        size(self.inputs.iter().map(|input| &input.found.input))
    }

    /// The number of rows of a table of the inputs.
    pub fn rows(&self) -> u64 {
        self.inputs.iter().map(|input| input.survey.rows).sum()
    }

    /// The number of rows that the filters exclude.
    pub fn filtered_rows(&self) -> u64 {
        self.inputs.iter().map(|input| input.survey.filtered).sum()
    }

    /// The files and documents that were checked, and the seconds since reading began.
    pub fn coverage(&self) -> Coverage {
        Coverage {
            seconds: self.began.elapsed().as_secs_f64(),
            ..self.coverage.clone()
        }
    }

    /// Number of bad parts that were left out.
    pub fn bad_parts(&self) -> usize {
        self.inputs.iter().map(|input| input.rejects.len()).sum()
    }

    /// Writes the parts that were left out, each as a line of JSON with its findings and its text.
    /// Returns the number of parts.
    ///
    /// ```
    /// # fn main() -> Result<(), gcagg::Error> {
    /// let inputs = gcagg::Inputs::new().path("samples/bad/S001-wrong-type.json");
    /// let checked = inputs.skip_bad_parts().check()?;
    /// let mut lines = Vec::new();
    /// assert_eq!(checked.rejects(&mut lines)?, 1);
    /// assert!(String::from_utf8_lossy(&lines).contains("\"unit\":\"bucket\""));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An input has changed, or a failure of `out`.
    pub fn rejects(&self, out: &mut dyn Write) -> Result<usize, Error> {
        rejects::write(&self.inputs, &self.about, "the rejects", out)?;
        Ok(self.bad_parts())
    }

    /// A table of the inputs.
    ///
    /// # Errors
    /// There are errors among the findings, or a column that was asked for does not exist.
    pub fn table(&self) -> Result<Table<'_>, Error> {
        self.refuse_errors()?;
        Table::new(self, &self.inputs)
    }

    /// One table per input, with the path of the input below its argument.
    ///
    /// # Errors
    /// The errors of [`Dataset::table`].
    pub fn tables(&self) -> Result<Vec<(&std::path::Path, Table<'_>)>, Error> {
        self.refuse_errors()?;
        let inputs = self.inputs.chunks(1).zip(&self.inputs);
        let tables = inputs.map(|(slice, input)| {
            let table = Table::new(self, slice)?;
            Ok((input.found.relative.as_path(), table))
        });
        tables.collect()
    }

    /// The survey of some inputs, and the columns of their table. For all inputs they are decided once:
    /// that takes as long as the rows of a small document.
    pub(super) fn decide(&self, inputs: &[Surveyed]) -> Result<(Arc<Survey>, Arc<Columns>), Error> {
        let all = inputs.len() == self.inputs.len();
        if let (true, Some(decided)) = (all, self.decided.get()) {
            return Ok(decided.clone());
        }
        let survey = self.survey(inputs);
        if survey.dialects.len() > 1 {
            return Err(
                Error::data("aggregates and summaries cannot share one table")
                    .help("make a table of each"),
            );
        }
        let columns = Columns::decide(&survey, &self.run.spec)?;
        let decided = (Arc::new(survey), Arc::new(columns));
        Ok(match all {
            true => self.decided.get_or_init(|| decided).clone(),
            false => decided,
        })
    }

    /// Refuses inputs with errors, unless bad parts are skipped.
    pub(super) fn refuse_errors(&self) -> Result<(), Error> {
        if self.is_usable() {
            return Ok(());
        }
        let hidden = counted(self.hidden_errors, "error");
        Err(
            Error::data("the inputs have errors").help(match self.errors {
                0 => format!("{hidden} not shown: select all findings to see them"),
                _ => "see the findings".to_owned(),
            }),
        )
    }

    /// Refuses buckets that cannot be added, if `T003` was lowered.
    pub(super) fn refuse_uncountable(&self) -> Result<(), Error> {
        // A check for sums has refused them, or left them out.
        let inputs = self.inputs.iter().filter(|_| !self.run.sums);
        let count: u64 = inputs.map(|input| input.uncountable).sum();
        match count {
            0 => Ok(()),
            count => Err(Error::data(format!(
                "{} of one group and time with different figures, which cannot be added",
                counted(count, "bucket")
            ))
            .help("use --repeats last to count the later one, or remove one of the files")),
        }
    }

    /// The settings of a pass that sums figures.
    pub(super) fn sums(&self) -> Run<'static> {
        Run {
            sums: true,
            ..self.run.clone()
        }
    }

    /// The figures by these scopes, if they were collected during the check and all of them count.
    pub(super) fn early_figures(
        &self,
        scopes: &[Scope],
        shapes: &Shapes,
    ) -> Option<Vec<Aggregate>> {
        let early = self.early.as_ref().filter(|_| shapes.is_plain())?;
        early.take(scopes, &self.inputs)
    }

    /// The number of buckets that occur more than once: copies that count once, or older buckets that
    /// were replaced, by the rule of [`Inputs::repeats`](super::Inputs::repeats).
    pub fn repeated(&self) -> u64 {
        self.inputs.iter().map(|input| input.repeated).sum()
    }

    /// The presences of the organization that the inputs map, by system presence.
    pub(super) fn presences(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        presences::union(self.inputs.iter().map(|input| &input.pages.presences))
    }

    /// A sentence about the repeated buckets that do not count, if there are some.
    pub fn repeats_in_words(&self) -> Option<String> {
        let repeated = self.repeated();
        let withdrawn: u64 = self.inputs.iter().map(|input| input.withdrawn).sum();
        if repeated == 0 || self.run.keeps_repeated() {
            return None;
        }
        let own = self.inputs.iter().filter(|input| input.repeated > 0);
        let files: Vec<String> = own.map(|input| printable(&input.name)).collect();
        let originals = self.inputs.iter().flat_map(|input| &input.repeats_of);
        let originals: BTreeSet<String> = originals.map(|name| printable(name)).collect();
        let originals = match listed(&Vec::from_iter(originals), 3) {
            names if names.is_empty() => String::new(),
            names => format!(", first in {names}"),
        };
        let (buckets, files) = (counted(repeated, "bucket"), listed(&files, 3));
        Some(match self.run.repeats {
            Repeats::Last if withdrawn > 0 => format!(
                "{buckets} replaced by later ones, which do not have {} of them (in {files})",
                counted(withdrawn, "metric")
            ),
            Repeats::Last => format!("{buckets} replaced by later ones (in {files})"),
            _ => {
                let verbs = match repeated {
                    1 => ["occurs", "counts"],
                    _ => ["occur", "count"],
                };
                let [occur, count] = verbs;
                format!(
                    "{buckets} {occur} more than once and {count} once (again in {files}{originals})"
                )
            }
        })
    }

    /// The number of documents that map presences to those of the organization, if no column shows
    /// them.
    pub fn unused_mappings(&self) -> u64 {
        let is_named = |input: &Surveyed| {
            let known = input.survey.names.as_ref();
            known.is_some_and(|known| known.qualifiers.known)
        };
        match self.inputs.iter().any(is_named) {
            true => 0,
            false => {
                let mapped = self.inputs.iter().map(|it| it.pages.with_presences);
                mapped.sum()
            }
        }
    }

    /// The settings of a run with its own threads.
    pub(super) fn with_own_threads(&self) -> Run<'static> {
        Run {
            resources: Resources {
                threads: Threads::new(self.run.resources.threads.count()),
                reading: self.run.resources.reading.clone(),
            },
            ..self.run.clone()
        }
    }

    /// The dialects of the inputs.
    pub(super) fn dialects(&self) -> BTreeSet<Dialect> {
        let dialects = self.inputs.iter().flat_map(|input| &input.dialects);
        dialects.copied().collect()
    }
}

/// The finding for an argument that names no file.
pub(super) fn missing(missing: &Missing) -> Located {
    let reason = &missing.reason;
    let diagnostic = match missing.empty {
        true => Diagnostic::new(Code::NoInput, format!("nothing was checked: {reason}"))
            .help("check the name, and that the step that saves the files has run"),
        false => {
            let help = match &missing.near {
                Some(near) => format!("did you mean `{}`?", printable(&near.to_string_lossy())),
                None => "check the name; a pattern can be quoted, and gcagg expands it".to_owned(),
            };
            Diagnostic::new(Code::Unreadable, format!("cannot be read: {reason}")).help(help)
        }
    };
    Located::of_file(
        diagnostic.cause(reason.clone()),
        Arc::from(missing.argument.as_str()),
    )
}

/// The number of stored bytes of inputs, if it is known for all of them.
pub(super) fn size<'i>(inputs: impl Iterator<Item = &'i Input>) -> Option<u64> {
    let sizes = inputs.map(|input| match input {
        Input::Span { span, .. } => Some(span.end.saturating_sub(span.start)),
        whole => Stamp::of(whole).map(|stamp| stamp.len()),
    });
    sizes.sum()
}
