//! `report`, `rollup` and `convert --kpi` against a simple computation, on random documents with
//! absent dimensions, repeated buckets, incomplete statistics, bad parts, two media types and none, and
//! a clock change.

mod several;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Berlin;
use serde_json::{Map, Value, json};

use crate::work::Work;

/// How many random folders are tried; `GCAGG_CASES=2000` tries more.
const CASES: u64 = 20;

type Group = BTreeMap<&'static str, &'static str>;
/// Statistics of metrics by name.
type Metrics = BTreeMap<&'static str, BTreeMap<&'static str, f64>>;

/// A bucket of an hour.
#[derive(Debug, Clone, PartialEq)]
struct Bucket {
    group: Group,
    hour: i64,
    metrics: Metrics,
    is_bad: bool,
}

/// A source of random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

fn metrics(random: &mut Random) -> Metrics {
    let mut metrics = Metrics::new();
    let timer = |random: &mut Random| {
        let count = 1 + random.below(9);
        let sum = count * (1000 + random.below(9000));
        BTreeMap::from([("count", count as f64), ("sum", sum as f64)])
    };
    if !random.one_in(4) {
        let count = random.below(20) as f64;
        metrics.insert("nOffered", BTreeMap::from([("count", count)]));
    }
    // Copies of a bucket always share this one.
    metrics.insert("tAnswered", timer(random));
    if !random.one_in(3) {
        let mut handle = timer(random);
        if random.one_in(6) {
            handle.remove("count");
        }
        metrics.insert("tHandle", handle);
    }
    if !random.one_in(3) {
        let denominator = 1 + random.below(9);
        let numerator = random.below(denominator + 1);
        let mut level = BTreeMap::from([
            ("numerator", numerator as f64),
            ("denominator", denominator as f64),
        ]);
        if random.one_in(6) {
            level.remove("denominator");
        }
        match random.below(6) {
            0 => {}
            1 => drop(level.insert("target", 0.75)),
            _ => drop(level.insert("target", 0.5)),
        }
        metrics.insert("oServiceLevel", level);
    }
    metrics
}

fn bucket(random: &mut Random) -> Bucket {
    let mut group = Group::new();
    let media = [Some("voice"), Some("chat"), None][random.below(5) as usize % 3];
    if let Some(media) = media {
        group.insert("mediaType", media);
    }
    if let Some(queue) = [Some("q1"), Some("q2"), None][random.below(3) as usize] {
        group.insert("queueId", queue);
    }
    Bucket {
        group,
        hour: random.below(72) as i64,
        metrics: metrics(random),
        is_bad: false,
    }
}

/// The start of an hour: the clock in Berlin changes in the second day.
fn start(hour: i64) -> DateTime<Utc> {
    let first = Utc.with_ymd_and_hms(2026, 3, 28, 0, 0, 0).single();
    first.expect("a time") + TimeDelta::hours(hour)
}

fn document(buckets: &[Bucket]) -> String {
    let time = |hour| start(hour).format("%Y-%m-%dT%H:%M:%S.000Z");
    let number = |value: f64| match value.fract() == 0.0 {
        true => json!(value as i64),
        false => json!(value),
    };
    let container = |bucket: &Bucket| {
        let entries = bucket.metrics.iter().map(|(name, stats)| {
            let stats = stats.iter().map(|(stat, value)| {
                let value = if bucket.is_bad {
                    json!("x")
                } else {
                    number(*value)
                };
                ((*stat).to_owned(), value)
            });
            json!({"metric": name, "stats": stats.collect::<Map<_, _>>()})
        });
        let interval = format!("{}/{}", time(bucket.hour), time(bucket.hour + 1));
        json!({
            "group": bucket.group,
            "data": [{"interval": interval, "metrics": entries.collect::<Vec<_>>()}],
        })
    };
    let mut results: Vec<Value> = buckets.iter().map(container).collect();
    // Every document is of one query, whichever groups it has.
    results.push(json!({"group": {"mediaType": "voice", "queueId": "q1"}, "data": []}));
    json!({ "results": results }).to_string()
}

/// Files of buckets, and those that count.
struct Case {
    files: Vec<Vec<Bucket>>,
    repeats: &'static str,
    /// True if bad parts are left out.
    skips: bool,
    counted: Vec<Bucket>,
}

fn case(seed: u64) -> Case {
    let random = &mut Random(seed);
    let repeats = ["same", "last"][random.below(2) as usize];
    let mut all: Vec<Bucket> = Vec::new();
    for _ in 0..random.below(60) + 1 {
        let mut next = bucket(random);
        let same = |it: &&Bucket| (&it.group, it.hour) == (&next.group, next.hour);
        if let Some(known) = all.iter().find(same)
            && repeats == "same"
        {
            next = known.clone();
        }
        if random.one_in(5) {
            all.push(next.clone());
        }
        all.push(next);
    }
    // A later bucket replaces an earlier one; equal ones may go either way.
    let mut last: BTreeMap<(Group, i64), Bucket> = BTreeMap::new();
    for bucket in &all {
        last.insert((bucket.group.clone(), bucket.hour), bucket.clone());
    }
    let skips = random.one_in(2);
    for hour in 72..72 + i64::from(skips) * 3 {
        let at = random.below(all.len() as u64 + 1) as usize;
        let bad = Bucket {
            hour,
            is_bad: true,
            ..bucket(random)
        };
        all.insert(at, bad);
    }
    let count = 1 + random.below(3) as usize;
    let size = all.len().div_ceil(count);
    Case {
        files: all.chunks(size).map(<[Bucket]>::to_vec).collect(),
        repeats,
        skips,
        counted: last.into_values().collect(),
    }
}

/// The figures of some buckets, computed as the documentation says.
#[derive(Debug, Default)]
struct Figures {
    offered: Option<f64>,
    answered: Option<f64>,
    handled: Option<f64>,
    asa: Option<f64>,
    aht: Option<f64>,
    level: Option<f64>,
    target: Option<f64>,
}

/// `above / below` of the entries that have both, and what they add up to.
fn pairs(buckets: &[&Bucket], metric: &str, above: &str, below: &str) -> Option<f64> {
    let entries = buckets
        .iter()
        .filter_map(|bucket| bucket.metrics.get(metric));
    let pairs = entries.filter_map(|stats| Some((stats.get(above)?, stats.get(below)?)));
    let (above, below) = pairs.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    (below > 0.0).then(|| above / below)
}

fn total(buckets: &[&Bucket], metric: &str, stat: &str) -> Option<f64> {
    let entries = buckets
        .iter()
        .filter_map(|bucket| bucket.metrics.get(metric)?.get(stat));
    entries.copied().reduce(|a, b| a + b)
}

impl Figures {
    /// Of these buckets; `all` are those of the inputs.
    fn of(buckets: &[&Bucket], all: &[Bucket]) -> Self {
        // A count is 0 where no bucket has the metric, and it occurs for the media type.
        let media: BTreeSet<_> = buckets.iter().map(|it| it.group.get("mediaType")).collect();
        let count = |metric: &str| {
            let own = all.iter().filter(|it| {
                !it.group.contains_key("mediaType") || media.contains(&it.group.get("mediaType"))
            });
            let occurs = own.into_iter().any(|it| it.metrics.contains_key(metric));
            let is_absent = !buckets.iter().any(|it| it.metrics.contains_key(metric));
            total(buckets, metric, "count").or((occurs && is_absent).then_some(0.0))
        };
        let levels = buckets
            .iter()
            .filter_map(|it| it.metrics.get("oServiceLevel"));
        let targets: Vec<Option<&f64>> = levels.map(|stats| stats.get("target")).collect();
        let first = targets.first().copied().flatten();
        let is_one = targets.iter().all(|target| *target == first);
        Self {
            offered: count("nOffered"),
            answered: count("tAnswered"),
            handled: count("tHandle"),
            asa: pairs(buckets, "tAnswered", "sum", "count"),
            aht: pairs(buckets, "tHandle", "sum", "count"),
            level: pairs(buckets, "oServiceLevel", "numerator", "denominator"),
            target: first.copied().filter(|_| is_one),
        }
    }

    fn list(&self) -> [(&'static str, Option<f64>); 6] {
        [
            ("kpi_offered", self.offered),
            ("kpi_answered", self.answered),
            ("kpi_handled", self.handled),
            ("kpi_asa", self.asa),
            ("kpi_aht", self.aht),
            ("kpi_service_level", self.level),
        ]
    }
}

fn is_close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 0.0006 + b.abs() * 1e-9,
        (a, b) => a == b,
    }
}

/// Compares figures as the JSON of a report has them.
fn check_cells(cells: &Value, expected: &Figures, what: &str) {
    for (name, value) in expected.list() {
        let shown = cells[name]["value"].as_f64();
        assert!(
            is_close(shown, value),
            "{what}: {name} is {shown:?}, not {value:?}\n{cells:#}"
        );
    }
    if expected.level.is_some() {
        let shown = cells["kpi_service_level"]["target"].as_f64();
        assert!(
            is_close(shown, expected.target),
            "{what}: {shown:?} {expected:?}"
        );
    }
}

fn grouped(buckets: &[Bucket], key: impl Fn(&Bucket) -> String) -> BTreeMap<String, Vec<&Bucket>> {
    let mut groups: BTreeMap<String, Vec<&Bucket>> = BTreeMap::new();
    for bucket in buckets {
        groups.entry(key(bucket)).or_default().push(bucket);
    }
    groups
}

/// The values of dimensions for a key; an absent one is empty.
fn values(group: impl Fn(&str) -> Option<String>, by: &[&str]) -> String {
    let values = by.iter().map(|name| group(name).unwrap_or_default());
    values.collect::<Vec<_>>().join("|")
}

fn own(bucket: &Bucket, by: &[&str]) -> String {
    values(|name| bucket.group.get(name).map(|it| (*it).to_owned()), by)
}

fn of_json(group: &Value, by: &[&str]) -> String {
    values(|name| group[name].as_str().map(str::to_owned), by)
}

fn check_report(work: &Work, arguments: &[&str], counted: &[Bucket], what: &str) {
    for by in [&["mediaType"][..], &["queueId"], &["mediaType", "queueId"]] {
        let names = by.join(",");
        // Several dimensions with --by are several tables.
        let grouping = ["--by", &names];
        let grouping = if by.len() > 1 { &[] } else { &grouping[..] };
        let ran = work.run(&[&["report", "-q", "--format", "json"], grouping, arguments].concat());
        let report: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
        let all: Vec<&Bucket> = counted.iter().collect();
        // A total over several media types has counts only; each media type has all figures.
        let media = grouped(counted, |bucket| own(bucket, &["mediaType"]));
        let mut joined = Figures::of(&all, counted);
        let shown = report["media_types"].as_array().expect("media types");
        if shown.len() > 1 {
            (joined.asa, joined.aht, joined.level) = (None, None, None);
        }
        check_cells(&report["totals"], &joined, what);
        for own in shown {
            let buckets = match own["media_type"].as_str() {
                Some(name) => &media[name],
                None => &all,
            };
            check_cells(&own["totals"], &Figures::of(buckets, counted), what);
        }
        let mut groups = grouped(counted, |bucket| own(bucket, by));
        for row in report["rows"].as_array().expect("rows") {
            let key = of_json(&row["group"], by);
            // The empty container of each document is a group without a bucket.
            let Some(buckets) = groups.remove(&key) else {
                assert_eq!(row["buckets"], 0, "{what}: {row}");
                continue;
            };
            assert_eq!(row["buckets"], buckets.len(), "{what}: {row}");
            check_cells(&row["figures"], &Figures::of(&buckets, counted), what);
        }
        assert!(groups.is_empty(), "{what}: no rows of {:?}", groups.keys());
        if let Some(points) = report["series"]["points"].as_array() {
            let points = points
                .iter()
                .filter_map(|it| it["figures"]["kpi_answered"].as_f64());
            assert!(
                is_close(Some(points.sum()), total(&all, "tAnswered", "count")),
                "{what}"
            );
        }
    }
}

fn check_rollup(work: &Work, arguments: &[&str], counted: &[Bucket], what: &str) {
    let local_day = |bucket: &Bucket| {
        let local = start(bucket.hour).with_timezone(&Berlin).date_naive();
        let midnight = local.and_hms_opt(0, 0, 0).expect("midnight");
        let begin = Berlin
            .from_local_datetime(&midnight)
            .single()
            .expect("one instant");
        begin.to_utc().format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
    };
    for by in [&[][..], &["mediaType"], &["mediaType", "queueId"]] {
        let names = by.join(",");
        let options = [
            "--by",
            &names,
            "--every",
            "1d",
            "--timezone",
            "Europe/Berlin",
        ];
        let command = [
            &["rollup", "-q", "-o", "rolled.json"],
            &options[..],
            arguments,
        ]
        .concat();
        work.run(&command).exits(0);
        let text = String::from_utf8(work.read("rolled.json")).expect("text");
        let again = [&["rollup", "-q", "rolled.json"], &options[..]].concat();
        assert_eq!(
            work.run(&again).exits(0).stdout,
            text,
            "{what}: twice is not once"
        );
        let rolled: Value = serde_json::from_str(&text).expect("JSON");
        let key = |bucket: &Bucket| format!("{} {}", own(bucket, by), local_day(bucket));
        let mut groups = grouped(counted, key);
        for container in rolled["results"].as_array().expect("results") {
            for bucket in container["data"].as_array().expect("data") {
                let interval = bucket["interval"].as_str().expect("an interval");
                let (begin, _) = interval.split_once('/').expect("two instants");
                let key = format!("{} {begin}", of_json(&container["group"], by));
                let buckets = groups
                    .remove(&key)
                    .unwrap_or_else(|| panic!("{what}: {key}"));
                let stats = |metric: &str| {
                    let entries = bucket["metrics"].as_array().expect("metrics");
                    entries
                        .iter()
                        .find(|it| it["metric"] == metric)
                        .map(|it| &it["stats"])
                };
                let get = |metric, stat: &str| stats(metric).and_then(|it| it[stat].as_f64());
                for metric in ["nOffered", "tAnswered", "tHandle"] {
                    let expected = total(&buckets, metric, "count");
                    assert!(
                        is_close(get(metric, "count"), expected),
                        "{what}: {bucket:#}"
                    );
                }
                let quotient =
                    |metric, above, below| Some(get(metric, above)? / get(metric, below)?);
                let figures = Figures::of(&buckets, counted);
                assert!(
                    is_close(quotient("tAnswered", "sum", "count"), figures.asa),
                    "{what}"
                );
                assert!(
                    is_close(quotient("tHandle", "sum", "count"), figures.aht),
                    "{what}: {bucket:#}"
                );
                let level = quotient("oServiceLevel", "numerator", "denominator");
                assert!(is_close(level, figures.level), "{what}: {bucket:#}");
                if level.is_some() {
                    let target = get("oServiceLevel", "target");
                    assert!(is_close(target, figures.target), "{what}: {bucket:#}");
                }
            }
        }
        assert!(
            groups.is_empty(),
            "{what}: no buckets of {:?}",
            groups.keys()
        );
    }
}

fn check_rows(work: &Work, arguments: &[&str], counted: &[Bucket], what: &str) {
    let options = [
        "convert",
        "-q",
        "-t",
        "ndjson",
        "--layout",
        "wide",
        "--kpi",
        "--durations",
        "ms",
    ];
    let table = work
        .run(&[&options[..], arguments].concat())
        .exits(0)
        .stdout;
    let by = ["mediaType", "queueId"];
    let key = |bucket: &Bucket| {
        let time = start(bucket.hour).format("%Y-%m-%dT%H:%M:%S.000Z");
        format!("{} {time}", own(bucket, &by))
    };
    let mut groups = grouped(counted, key);
    for line in table.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let begin = row["interval_start"].as_str().expect("a time");
        let key = format!("{} {begin}", of_json(&row, &by));
        let buckets = groups
            .remove(&key)
            .unwrap_or_else(|| panic!("{what}: {key}"));
        for (name, value) in Figures::of(&buckets, counted).list() {
            let shown = row[name].as_f64();
            assert!(
                is_close(shown, value),
                "{what}: {name} is {shown:?}, not {value:?}\n{row:#}"
            );
        }
    }
    assert!(groups.is_empty(), "{what}: no rows of {:?}", groups.keys());
}

#[test]
fn commands_agree_with_a_simple_computation() {
    let cases = std::env::var("GCAGG_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    for seed in 0..cases {
        let case = case(seed);
        let work = Work::new();
        let names: Vec<String> = (0..case.files.len())
            .map(|at| format!("{at}.json"))
            .collect();
        for (name, buckets) in names.iter().zip(&case.files) {
            work.write(name, document(buckets));
        }
        let mut arguments = vec!["--repeats", case.repeats];
        if case.skips {
            arguments.extend(["--on-error", "skip"]);
        }
        arguments.extend(names.iter().map(String::as_str));
        let what = format!("seed {seed}, {}", case.repeats);
        check_report(&work, &arguments, &case.counted, &what);
        check_rollup(&work, &arguments, &case.counted, &what);
        check_rows(&work, &arguments, &case.counted, &what);
    }
}
