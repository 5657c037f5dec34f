//! `gcagg convert --preset wfm-import`: the CSV that workforce management imports as history.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::json::Path;
use crate::json::number::Decimal;
use crate::model::Dialect;
use crate::model::stat::Stat;

use crate::pipeline::visit::{self, ElementBatch, Visit};
use crate::record::{Bucket, Element, View};
use crate::table::{EntityNames, Filter};

use super::Dataset;
use super::rollup::summary_of;

/// The columns, as the help of Genesys Cloud names them.
const HEADER: [&str; 8] = [
    "Interval Start UTC Date",
    "Queue",
    "Media Type",
    "Skill Set",
    "Language",
    "Offered",
    "Interactions Handled",
    "Total Handle Time",
];

/// The media types that are imported, as the API and as the file names them.
const MEDIA: [(&str, &str); 5] = [
    ("voice", "Voice"),
    ("chat", "Chat"),
    ("email", "Email"),
    ("callback", "Callback"),
    ("message", "Message"),
];

/// The length of an interval, in nanoseconds.
const QUARTER: i64 = 15 * 60 * 1_000_000_000;

/// The characters that the name of an imported file must not contain, besides white space.
const NOT_IN_NAMES: &str = "{^}%`]\">/:[~<#|";

const QUERY: &str =
    "query with --group-by queueId,mediaType --granularity PT15M --metric nOffered,tHandle";

/// An interval's start, the queue's id or name, and the media type.
type Key = (i64, String, &'static str);

/// The figures of an interval: offered, handled, and the handle time in milliseconds.
type Figures = [Option<Decimal>; 3];

/// The history that workforce management imports: one row per queue, media type and quarter of an
/// hour.
#[derive(Debug, Default)]
pub struct WfmHistory {
    rows: BTreeMap<Key, Figures>,
    /// The findings about buckets that cannot be imported, by the index of their input.
    findings: BTreeMap<usize, Vec<Diagnostic>>,
    /// Buckets without a queue, and those of other media types.
    outside: u64,
    other_media: u64,
    /// A message about the first group that cannot be imported.
    refused: Option<String>,
    /// A message about the first figure that cannot be imported.
    wrong: Option<String>,
}

impl WfmHistory {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The numbers of buckets that are left out, with the reasons.
    pub fn left_out(&self) -> Vec<(u64, &'static str)> {
        let counts = [
            (self.outside, "without a queue"),
            (self.other_media, "of media types that cannot be imported"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        counts.collect()
    }

    /// Writes the rows as CSV.
    ///
    /// # Errors
    /// `out` cannot be written, or a time is beyond exact arithmetic.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&csv(&self.rows)?)
    }

    /// Refuses file names that the import does not take.
    ///
    /// # Errors
    /// A usage error with the character.
    pub fn check_file_name(name: &str) -> Result<(), Error> {
        let wrong = |char: &char| char.is_whitespace() || NOT_IN_NAMES.contains(*char);
        match name.chars().find(wrong) {
            None => Ok(()),
            Some(char) => Err(Error::usage(format!(
                "-o {name}: the import does not accept file names with `{char}`"
            ))
            .help(format!("use no white space and none of {NOT_IN_NAMES}"))),
        }
    }
}

impl Dataset {
    /// The history that workforce management imports, with the names of queues that
    /// [`TableSpec::names`](crate::TableSpec::names) gave. The inner error has the findings about buckets
    /// that cannot be imported.
    ///
    /// # Errors
    /// There are errors among the findings, a group or figure that cannot be imported, a queue
    /// without a name, or an input has changed.
    pub fn wfm_history(&self) -> Result<Result<WfmHistory, FindingSummary>, Error> {
        self.refuse_errors()?;
        self.refuse_uncountable()?;
        let mut history = collect(self)?;
        if !history.findings.is_empty() {
            let findings = history.findings;
            return Ok(Err(summary_of(&self.run, &self.inputs, findings)));
        }
        history.rows = named(history.rows, &self.run.spec.names)?;
        if history.rows.is_empty() && history.outside > 0 {
            return Err(Error::data("no group has a queueId").help(QUERY));
        }
        Ok(Ok(history))
    }
}

fn collect(dataset: &Dataset) -> Result<WfmHistory, Error> {
    let (run, filter) = (dataset.sums(), &dataset.run.spec.filter);
    if let Some(input) = dataset
        .inputs
        .iter()
        .find(|input| input.dialects.contains(&Dialect::Summary))
    {
        return Err(Error::data(format!("{}: a summary has no intervals", input.name)).help(QUERY));
    }
    let mut all = WfmHistory::default();
    visit::all(
        &run,
        &dataset.inputs,
        &|elements| part(elements, filter),
        |part| all.merge(part),
    )?;
    match all.refused.as_ref().or(all.wrong.as_ref()) {
        Some(words) => Err(Error::data(words.as_str()).help(QUERY)),
        None => Ok(all),
    }
}

impl WfmHistory {
    fn merge(&mut self, other: Self) {
        for (key, figures) in other.rows {
            let own = self.rows.entry(key).or_default();
            add(own, figures, &mut self.wrong);
        }
        for (input, findings) in other.findings {
            self.findings.entry(input).or_default().extend(findings);
        }
        self.outside += other.outside;
        self.other_media += other.other_media;
        self.refused = self.refused.take().or(other.refused);
        self.wrong = self.wrong.take().or(other.wrong);
    }
}

fn add(own: &mut Figures, figures: Figures, wrong: &mut Option<String>) {
    for (own, other) in own.iter_mut().zip(figures) {
        *own = match (*own, other) {
            (Some(a), Some(b)) => {
                let sum = a.plus(b);
                if sum.is_none() {
                    wrong.get_or_insert_with(|| "a sum is beyond exact arithmetic".to_owned());
                }
                sum
            }
            (a, b) => a.or(b),
        };
    }
}

fn part(elements: &ElementBatch<'_>, filter: &Filter) -> Result<WfmHistory, Error> {
    let mut part = WfmHistory::default();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        if !filter.group(view) {
            return;
        }
        let wanted = (0..).zip(view.buckets());
        let wanted: Vec<(usize, &Bucket)> = wanted
            .filter(|(_, bucket)| filter.bucket(view, bucket))
            .collect();
        let (mut queue, mut media) = (None, None);
        for (name, value) in view.group_values() {
            match name {
                "queueId" => queue = Some(value).filter(|it| !it.is_empty()),
                "mediaType" => media = Some(value),
                // The filter keeps one value of it, so that nothing counts twice.
                other if filter.keeps_one_value(other) => {}
                other => {
                    let place = format!("{}: {}", elements.input.name, visit.at(Path::default()));
                    part.refused.get_or_insert_with(|| {
                        format!(
                            "{place}: groups by {other} cannot be imported, because a row is a queue and a media type. Keep one value with --where {other}={value}, or remove {other} from the query",
                        )
                    });
                }
            }
        }
        let Some(queue) = queue else {
            part.outside += wanted.len() as u64;
            return;
        };
        let Some(media) = media else {
            let place = format!("{}: {}", elements.input.name, visit.at(Path::default()));
            part.refused
                .get_or_insert_with(|| format!("{place}: a group without a mediaType"));
            return;
        };
        let media = MEDIA.iter().find(|(name, _)| name.eq_ignore_ascii_case(media));
        let Some((_, media)) = media else {
            part.other_media += wanted.len() as u64;
            return;
        };
        for (index, bucket) in wanted {
            match bucket.times.filter(is_quarter) {
                None => {
                    let finding = not_a_quarter(view, bucket, &visit, index);
                    part.findings.entry(elements.index).or_default().push(finding);
                }
                Some((start, _)) => {
                    if let Some(figures) = figures(view, bucket, &mut part.wrong) {
                        let key = (start, queue.to_owned(), *media);
                        add(part.rows.entry(key).or_default(), figures, &mut part.wrong);
                    }
                }
            }
        }
    })?;
    Ok(part)
}

fn is_quarter((start, end): &(i64, i64)) -> bool {
    start.rem_euclid(QUARTER) == 0 && end - start == QUARTER
}

fn not_a_quarter(view: View<'_>, bucket: &Bucket, visit: &Visit<'_>, index: usize) -> Diagnostic {
    let interval = view.interval(bucket).unwrap_or("without an interval");
    Diagnostic::new(
        Code::StraddlingBucket,
        format!("the bucket {interval} is not a quarter of an hour: workforce management imports intervals of 15 minutes"),
    )
    .cause("quarter")
    .label("not 15 minutes from :00, :15, :30 or :45")
    .help(QUERY)
    .at(
        visit.outward(view.bucket_span(bucket)),
        visit.at(Path::bucket(index)),
    )
}

/// The figures of a bucket; `None` where it has none of them.
fn figures(view: View<'_>, bucket: &Bucket, wrong: &mut Option<String>) -> Option<Figures> {
    let mut figures: Figures = [None; 3];
    let mut has = false;
    for entry in view.entries(bucket).iter().filter(|entry| !entry.view) {
        let metric = view.str(entry.name);
        has |= matches!(metric, "nOffered" | "tHandle");
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            let at = match (metric, stat) {
                ("nOffered", Stat::Count) => 0,
                ("tHandle", Stat::Count) => 1,
                ("tHandle", Stat::Sum) => 2,
                _ => continue,
            };
            let literal = view.str(number.literal);
            match Decimal::parse(literal).filter(|it| !it.is_negative()) {
                Some(value) => figures[at] = Some(value),
                None => {
                    let short: String = literal.chars().take(40).collect();
                    wrong.get_or_insert_with(|| format!("{short} of {metric} cannot be imported"));
                }
            }
        }
    }
    has.then_some(figures)
}

/// The rows with the names of their queues, by time, queue and media type.
fn named(
    rows: BTreeMap<Key, Figures>,
    names: &EntityNames,
) -> Result<BTreeMap<Key, Figures>, Error> {
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut unknown: HashSet<String> = HashSet::new();
    let mut first = None;
    let mut named = BTreeMap::new();
    for ((start, id, media), figures) in rows {
        let Some(name) = names.get(&id) else {
            first.get_or_insert_with(|| id.clone());
            unknown.insert(id);
            continue;
        };
        let known = ids.entry(name.to_owned()).or_insert_with(|| id.clone());
        if *known != id {
            let one = known.clone();
            return Err(Error::data(format!(
                "two queues have the name {name}: {one} and {id}"
            ))
            .help("the import identifies queues only by name: rename one, or exclude it with --where"));
        }
        named.insert((start, name.to_owned(), media), figures);
    }
    match first {
        None => Ok(named),
        Some(first) => {
            let count = counted(unknown.len() as u64, "queue");
            Err(
                Error::data(format!("{count} without a name in --names, the first is {first}"))
                    .help("gcagg fetch --names queues -o names/ saves the names; add a deleted queue in a CSV with id,name"),
            )
        }
    }
}

fn csv(rows: &BTreeMap<Key, Figures>) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for ((start, queue, media), [offered, handled, time]) in rows {
        let start = DateTime::from_timestamp_nanos(*start);
        let start = start.to_rfc3339_opts(SecondsFormat::Secs, true);
        let count = |figure: &Option<Decimal>| {
            figure.map_or_else(|| "0".to_owned(), |figure| figure.to_string())
        };
        let seconds = time.unwrap_or_else(|| Decimal::from(0));
        let seconds = seconds
            .divided(Decimal::from(1000), 0)
            .ok_or_else(|| io::Error::other("a handle time is beyond exact arithmetic"))?;
        writer.write_record([
            start.as_str(),
            queue,
            media,
            "",
            "",
            &count(offered),
            &count(handled),
            &seconds.to_string(),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}
