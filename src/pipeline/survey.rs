//! Pass one: every input read, checked and surveyed.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use std::sync::{Arc, OnceLock};

use crate::check::chains::Chains;
use crate::check::dimensions::GroupDimensions;
use crate::check::memory::InputMemory;
use crate::check::pages::Pages;
use crate::diagnostic::Severity;
use crate::diagnostic::store::{FindingStore, MOST};
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::input::content::Content;
use crate::input::cut::{Cutter, Cutting, Window};
use crate::input::discover::{Found, Input};
use crate::input::frame::Opened;
use crate::input::open_error::OpenError;
use crate::input::spool::Spool;
use crate::input::stamp::Stamp;
use crate::json::{Path, Span};
use crate::model::Dialect;
use crate::table::Survey;
use crate::write::digest;

use super::early::Made;
use super::facts::{DocumentFacts, Reject};
use super::fold::Fold;
use super::locate;
use super::parallel::Threads;
use super::{Resources, Run, groups, parts};
use crate::check::shapes::DocumentShapes;

/// Number of bytes of small inputs that are read side by side.
const TOGETHER: u64 = 16 * 1024 * 1024;

/// About how many bytes of text a byte of a compressed file is.
const PACKED: u64 = 8;

/// The number of bytes of small files that are kept from pass one, and the size of the largest of them.
/// Kept bytes cannot change before they are read again.
const KEPT: u64 = 8 * 1024 * 1024;
const SMALL: u64 = 256 * 1024;

const CHANGED: &str = "it changed while it was read; run again when it is complete";

/// The findings of an input.
#[derive(Debug, Default)]
pub struct InputFindings {
    /// The findings in the order of the text.
    pub in_order: FindingStore,
    /// The findings that come after them, in the order of the text.
    pub behind: FindingStore,
    /// The findings that come last, with their places or without any.
    pub last: Vec<Located>,
}

impl InputFindings {
    /// The findings that have no places yet, in their order.
    pub fn stores(&self) -> [&FindingStore; 2] {
        [&self.in_order, &self.behind]
    }

    /// The codes that are among them.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        let last = self.last.iter().map(|located| located.diagnostic.code);
        let stores = self.stores().into_iter();
        stores.flat_map(FindingStore::codes).chain(last)
    }

    /// Number of findings that are kept.
    pub fn len(&self) -> usize {
        self.in_order.len() + self.behind.len() + self.last.len()
    }
}

/// The results of pass one for one input.
#[derive(Debug, Default)]
pub struct Surveyed {
    pub found: Found,
    pub name: Arc<str>,
    pub findings: InputFindings,
    pub survey: Survey,
    pub documents: u64,
    /// Rows of the long layout, those of bad parts too.
    pub rows: u64,
    /// Buckets, those of bad parts too.
    pub buckets: u64,
    pub bytes: u64,
    pub dialects: BTreeSet<Dialect>,
    /// The data that does not count, by document.
    pub facts: Vec<DocumentFacts>,
    /// The documents themselves, those of which elements were read.
    opened: Vec<Option<Arc<Opened>>>,
    /// In the order of the input.
    pub rejects: Vec<Reject>,
    /// The number of buckets that repeat others or were replaced.
    pub repeated: u64,
    /// The names of the other inputs that have these buckets first.
    pub repeats_of: BTreeSet<Arc<str>>,
    /// The number of metrics that replaced buckets have and their successors lack.
    pub withdrawn: u64,
    /// The number of buckets that no sum can have: they overlap others, or repeat them with other
    /// figures, where `T003` was lowered.
    pub uncountable: u64,
    /// The pages of a job's results.
    pub pages: Pages,
    /// For the search for overlaps and gaps.
    pub chains: Chains,
    /// The extent of the chains: see [`Chains::extent`].
    pub extent: Option<[i64; 3]>,
    /// For the search for different queries.
    pub shapes: DocumentShapes,
    /// For the search for groups that lack dimensions.
    pub dimensions: GroupDimensions,
    /// True if the input could be read at all.
    pub readable: bool,
    /// The text that was kept of an input that cannot be read twice.
    pub kept: Option<Spool>,
    pub stamp: Option<Stamp>,
    /// Number of bytes of the input that are read together.
    pub window: usize,
    pub cutting: Cutting,
    /// Its threads and limits.
    pub resources: Resources,
    /// The SHA-256 of its bytes, once a column asked for it.
    sha256: OnceLock<String>,
    /// Rows or figures that were made during the check and wait for their turn.
    pub(super) made: Vec<Made>,
}

impl Surveyed {
    fn new(found: Found, run: &Run<'_>) -> Self {
        let stamp = Stamp::of(&found.input);
        Self {
            name: found.input.name().into(),
            readable: true,
            kept: stamp.is_none().then(Spool::default),
            stamp,
            window: run.window,
            cutting: run.cutting(),
            resources: run.resources.clone(),
            found,
            ..Self::default()
        }
    }

    /// About how many bytes of text it has. What cannot be read twice may be long.
    fn size(&self) -> u64 {
        let length = self.stamp.as_ref().map_or(TOGETHER, Stamp::len);
        let is_packed = self.name.ends_with(".gz") || self.name.ends_with(".zst");
        length.saturating_mul(if is_packed { PACKED } else { 1 })
    }

    /// Ends a document.
    pub(super) fn ended(&mut self, facts: DocumentFacts, opened: Option<Opened>) {
        self.facts.push(facts);
        // Lines are documents that are much alike.
        let known = self.opened.last().cloned().flatten();
        let same = known.filter(|known| Some(known.as_ref()) == opened.as_ref());
        self.opened.push(same.or_else(|| opened.map(Arc::new)));
    }

    /// Adds findings that came after those of pass one.
    pub fn report(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.in_order.extend(findings, MOST);
    }

    /// The facts about elements that checks across them need.
    pub fn memory(&self) -> InputMemory<'_> {
        InputMemory {
            chains: &self.chains,
            dimensions: &self.dimensions,
            opened: &self.opened,
        }
    }

    /// Returns true if every element counts: none is bad, repeated or replaced.
    pub fn is_whole(&self) -> bool {
        let mut facts = self.facts.iter();
        self.rejects.is_empty()
            && self.repeated + self.uncountable == 0
            && facts.all(DocumentFacts::is_whole)
    }

    /// Returns true if any document has elements.
    pub fn has_elements(&self) -> bool {
        self.opened.iter().any(Option::is_some)
    }

    /// The input once more.
    pub fn reopen(&self) -> Result<Content, OpenError> {
        Content::again(
            &self.found.input,
            self.kept.as_ref(),
            &self.resources.reading,
        )
    }

    /// The SHA-256 of its bytes as they are stored.
    pub fn sha256(&self) -> Result<Option<&str>, Error> {
        if let Some(known) = self.sha256.get() {
            return Ok(Some(known));
        }
        let measured = match (&self.found.input, &self.kept) {
            (Input::Memory(_, bytes), _) => digest::of(bytes.as_ref()),
            (_, Some(kept)) => digest::of(kept.reader(0)),
            (Input::File(path) | Input::Span { path, .. }, _) => digest::measure(path),
            (
                Input::Copy {
                    file,
                    start,
                    length,
                    ..
                },
                _,
            ) => digest::of_range(file, *start, *length),
            (Input::Stdin, None) => return Ok(None),
        };
        let (_, sha256) = measured.map_err(|error| self.changed(&error.to_string()))?;
        Ok(Some(self.sha256.get_or_init(|| sha256)))
    }

    /// The input once more, which has to be what it was.
    pub fn again(&self) -> Result<Content, Error> {
        self.reopen()
            .map_err(|error| self.changed(&error.to_string()))
    }

    /// The next window of the input.
    pub(super) fn window_of(&self, cutter: &mut Cutter) -> Result<Window, Error> {
        let window = cutter.next_window();
        window.map_err(|error| self.changed(&error.to_string()))
    }

    /// The error for an input that is not what it was in pass one.
    pub fn changed(&self, how: &str) -> Error {
        Error::io(format!("{} changed while it was read: {how}", self.name))
            .help("nothing was written; run again when the file is complete")
    }
}

/// Surveys the inputs in their order, small ones side by side.
pub fn survey_all(run: &Run<'_>, inputs: Vec<Found>) -> Vec<Surveyed> {
    let mut all: Vec<Surveyed> = inputs
        .into_iter()
        .map(|found| Surveyed::new(found, run))
        .collect();
    let mut kept = KEPT;
    for input in &mut all {
        let size = input.stamp.as_ref().map(Stamp::len);
        if let Some(size) = size.filter(|size| *size <= SMALL.min(kept)) {
            kept -= size;
            input.kept.get_or_insert_default();
        }
    }
    let mut room = run.room;
    for range in groups(&all, Surveyed::size, TOGETHER) {
        let together = &mut all[range];
        let is_alone = together.len() == 1;
        let run = Run {
            room,
            ..run.clone()
        };
        run.resources
            .threads
            .each(together, |input| survey_input(&run, input, is_alone));
        for input in &mut *together {
            input.findings.in_order.limit(room);
            room = room.saturating_sub(input.findings.in_order.len());
        }
        if let Some(early) = run.early {
            for input in together {
                early.take(std::mem::take(&mut input.made));
            }
        }
    }
    all
}

/// The survey of all of these inputs.
pub fn merged(inputs: &[Surveyed]) -> Survey {
    let mut survey = Survey::default();
    for input in inputs {
        survey.merge(input.survey.clone());
        survey.dialects.extend(input.dialects.iter().copied());
    }
    survey
}

/// The survey of the beginning of some inputs, about this number of bytes of their text, without findings.
pub fn sample(run: &Run<'_>, inputs: &[Found], bytes: usize) -> Survey {
    let mut survey = Survey::default();
    let mut read = 0;
    for found in inputs {
        let mut surveyed = Surveyed::new(found.clone(), run);
        let Ok(content) = Content::open(&found.input, None, &run.resources.reading) else {
            continue;
        };
        let mut cutter = Cutter::new(content, run.window, run.cutting());
        let mut fold = Fold::new(run);
        while let Ok(mut window) = cutter.next_window() {
            let (outcomes, last) = (parts::read(run, &window), window.last);
            read += window.text.len();
            fold.take(run, &mut window, outcomes, &mut surveyed);
            if last || read >= bytes {
                break;
            }
        }
        survey.merge(surveyed.survey);
        survey.merge(fold.open_survey());
        survey.dialects.extend(surveyed.dialects);
        if read >= bytes {
            break;
        }
    }
    survey
}

/// Surveys one text that has no name and is read once, in a run that keeps a few findings of each
/// cause. They have no places.
pub fn survey_content(run: &Run<'_>, content: Content) -> Result<Surveyed, OpenError> {
    let mut surveyed = Surveyed::new(Found::default(), run);
    surveyed.findings.in_order = windows(run, content, &mut surveyed, true)?;
    Ok(surveyed)
}

fn survey_input(run: &Run<'_>, surveyed: &mut Surveyed, is_alone: bool) {
    // One input that trips a bug must not take the others with it.
    let fenced = catch_unwind(AssertUnwindSafe(|| read(run, surveyed, is_alone)));
    if fenced.is_err() {
        let finding = Diagnostic::new(
            Code::Unreadable,
            "gcagg failed on this input: this is a bug",
        )
        .help("please report it, with the file if you can share it");
        let located = Located::of_file(finding, Arc::clone(&surveyed.name));
        surveyed.findings.last.push(located);
        surveyed.readable = false;
    }
}

fn read(run: &Run<'_>, surveyed: &mut Surveyed, is_alone: bool) {
    let opened = Content::open(
        &surveyed.found.input,
        surveyed.kept.as_ref(),
        &run.resources.reading,
    );
    let findings = opened.and_then(|content| windows(run, content, surveyed, is_alone));
    match findings {
        Ok(findings) => surveyed.findings.in_order = findings,
        Err(error) => {
            // The findings so far are of text that is not decodable.
            let found = surveyed.found.clone();
            *surveyed = Surveyed {
                kept: surveyed.kept.take(),
                ..Surveyed::new(found, run)
            };
            surveyed.readable = !matches!(error, OpenError::Io { .. });
            if surveyed.readable {
                let all = Span::new(0, usize::MAX);
                let reject = Reject::document(Path::default(), all);
                surveyed.rejects.push(reject);
            }
            surveyed.findings.last = vec![locate::unopened(surveyed, error)];
        }
    }
    surveyed.rejects.sort_by_key(|reject| reject.span);
}

/// Reads window after window: one is checked while the next is read. If no other input is read
/// meanwhile, rows and figures are taken at once.
fn windows(
    run: &Run<'_>,
    content: Content,
    surveyed: &mut Surveyed,
    is_alone: bool,
) -> Result<FindingStore, OpenError> {
    // That of what is read: the name may have come to mean another file.
    if let Some(stamp) = content.stamp() {
        surveyed.stamp = Some(stamp.clone());
    }
    let mut cutter = Cutter::new(content, run.window, run.cutting());
    let mut fold = Fold::new(run);
    let mut window = cutter.next_window()?;
    let threads = &run.resources.threads;
    loop {
        let mut made = match is_alone {
            true => std::mem::take(&mut surveyed.made),
            false => Vec::new(),
        };
        let read = || parts::read(run, &window);
        // No thread starts for a small input.
        let work = || match run.early {
            Some(early) if !made.is_empty() => {
                let take = || early.take(std::mem::take(&mut made));
                threads.join(read, take).0
            }
            _ => read(),
        };
        let (outcomes, next) = ahead(threads, &window, work, || cutter.next_window());
        fold.take(run, &mut window, outcomes, surveyed);
        match next {
            Some(next) => cutter.recycle(std::mem::replace(&mut window, next?)),
            None => break,
        }
    }
    if cutter.content().has_changed() {
        return Err(std::io::Error::other(CHANGED).into());
    }
    surveyed.dimensions.finish();
    surveyed.bytes = cutter.content().stored() as u64;
    let mut findings = fold.finish();
    // A later value can show that all of them were flattened.
    findings.remove(|cause| {
        cause.code == Code::MultivaluedDimension
            && cause.severity != Severity::Error
            && surveyed.dimensions.is_flattened(&cause.text)
    });
    Ok(findings)
}

/// Works on a window while the next one is read, if there is one.
pub(super) fn ahead<R: Send, E: Send>(
    threads: &Threads,
    window: &Window,
    mut work: impl FnMut() -> R + Send,
    read: impl FnMut() -> Result<Window, E> + Send,
) -> (R, Option<Result<Window, E>>) {
    if window.last {
        return (work(), None);
    }
    let (worked, next) = threads.join(work, read);
    (worked, Some(next))
}
