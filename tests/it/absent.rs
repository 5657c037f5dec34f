//! Counters that a bucket lacks: 0 where their metric applies, else unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::work::{Random, Work, report};

/// The rows of a CSV by column.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a header").clone();
    let records = reader.records().map(|record| {
        let record = record.expect("a row");
        let pairs = head.iter().zip(record.iter());
        pairs
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    records.collect()
}

fn table(work: &Work, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
    rows(&work.run(arguments).exits(0).stdout)
}

impl Random {
    /// Queues and users of some media types, with a bucket an hour on one day. What a media type
    /// never has depends on it.
    fn export(&mut self) -> Value {
        let mut never = BTreeMap::new();
        for media in ["voice", "email", "callback", ""] {
            let few: BTreeSet<&str> = COUNTERS
                .into_iter()
                .filter(|_| self.below(3) == 0)
                .collect();
            never.insert(media, few);
        }
        let mut groups = Vec::new();
        for number in 0..8 {
            let media = ["voice", "email", "callback", ""][self.below(4) as usize];
            let kind = if self.below(4) == 0 {
                "userId"
            } else {
                "queueId"
            };
            let mut group = Map::new();
            group.insert(kind.to_owned(), json!((number % 5).to_string()));
            if !media.is_empty() {
                group.insert("mediaType".to_owned(), json!(media));
            }
            let mut data = Vec::new();
            for hour in 8..14 {
                let mut metrics = vec![json!({"metric": "nConnected", "stats": {"count": 1}})];
                for name in COUNTERS {
                    if never[media].contains(name) || self.below(3) == 0 {
                        continue;
                    }
                    let mut stats = json!({"count": self.below(9)});
                    if name.starts_with('t') {
                        stats["sum"] = json!(self.below(9000));
                    }
                    metrics.push(json!({"metric": name, "stats": stats}));
                }
                let time = |hour| format!("2026-03-02T{hour:02}:00:00.000Z");
                let interval = format!("{}/{}", time(hour), time(hour + 1));
                data.push(json!({"interval": interval, "metrics": metrics}));
            }
            if groups
                .iter()
                .all(|known: &Value| known["group"] != json!(group))
            {
                groups.push(json!({"group": group, "data": data}));
            }
        }
        json!({"results": groups})
    }
}

const COUNTERS: [&str; 6] = [
    "nOffered",
    "nTransferred",
    "tAnswered",
    "tAbandon",
    "tHandle",
    "nError",
];
const OF_QUEUES: [&str; 2] = ["nOffered", "tAbandon"];

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The media type of a group, and whether it is that of a user.
fn scope(container: &Value) -> (&str, bool) {
    let group = &container["group"];
    (text(group, "mediaType"), group["userId"].is_string())
}

/// Whether a counter is 0 in a bucket of this group that lacks it.
fn is_zero(document: &Value, (media, user): (&str, bool), metric: &str) -> bool {
    let occurs = |media: &str| {
        let groups = document["results"].as_array().unwrap().iter();
        let mut own = groups.filter(|it| scope(it).0 == media);
        own.any(|it| it["data"].to_string().contains(&format!("\"{metric}\"")))
    };
    let without = media != "callback" && occurs("");
    !(user && OF_QUEUES.contains(&metric)) && (without || occurs(media))
}

/// The count of a metric in some buckets, each with its group.
fn count(document: &Value, buckets: &[(&Value, &Value)], metric: &str, zero: bool) -> Option<u64> {
    let counts = buckets.iter().map(|(container, bucket)| {
        let metrics = bucket["metrics"].as_array().unwrap();
        let found = metrics.iter().find(|it| it["metric"] == metric);
        let absent = zero && is_zero(document, scope(container), metric);
        found.map_or(absent.then_some(0), |it| it["stats"]["count"].as_u64())
    });
    let known: Vec<u64> = counts.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

/// What some key figures are, as texts with six decimals.
fn expected(
    document: &Value,
    buckets: &[(&Value, &Value)],
    zero: bool,
) -> BTreeMap<&'static str, String> {
    let get = |metric| count(document, buckets, metric, zero);
    let whole = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    // One media type's count is never divided by the count of others too.
    let media: BTreeSet<&str> = buckets.iter().map(|(it, _)| scope(it).0).collect();
    let knows = |media: &str, metric: &'static str| {
        let scopes = buckets.iter().map(|(container, _)| scope(container));
        let mut own = scopes.filter(|(it, _)| *it == media);
        own.any(|scope| is_zero(document, scope, metric))
    };
    let is_mixed = |metrics: [&'static str; 2]| {
        let differs = |media: &&str| knows(media, metrics[0]) != knows(media, metrics[1]);
        media.len() > 1 && media.iter().any(differs)
    };
    let share = |above: &'static str, below: &'static str| match (get(above), get(below)) {
        (Some(above_count), Some(below_count)) if below_count > 0 && !is_mixed([above, below]) => {
            let (above, below) = (above_count, below_count);
            let text = format!("{:.6}", above as f64 / below as f64);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => String::new(),
    };
    BTreeMap::from([
        ("kpi_offered", whole(get("nOffered"))),
        ("kpi_answered", whole(get("tAnswered"))),
        ("kpi_abandoned", whole(get("tAbandon"))),
        ("kpi_handled", whole(get("tHandle"))),
        ("kpi_transferred", whole(get("nTransferred"))),
        ("kpi_abandoned_ratio", share("tAbandon", "nOffered")),
        ("kpi_transferred_ratio", share("nTransferred", "tHandle")),
    ])
}

fn buckets(container: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let data = container["data"].as_array().unwrap().iter();
    data.map(move |bucket| (container, bucket))
}

#[test]
fn key_figures_of_tables_rollups_and_reports_follow_one_rule() {
    let work = Work::new();
    let mut random = Random(11);
    for round in 0..6 {
        let document = random.export();
        work.write("a.json", document.to_string());
        let groups = document["results"].as_array().unwrap();
        let all: Vec<(&Value, &Value)> = groups.iter().flat_map(buckets).collect();
        for zero in [true, false] {
            let absent = ["--absent", if zero { "zero" } else { "keep" }];
            let plain = [
                "convert",
                "a.json",
                "--layout",
                "wide",
                "--kpi",
                "--columns",
                "all",
            ];
            let found = table(&work, &[&plain[..], &absent].concat());
            for (row, bucket) in found.iter().zip(&all) {
                for (name, value) in expected(&document, &[*bucket], zero) {
                    assert_eq!(row[name], value, "{round} {zero} {name}: {bucket:?}");
                }
            }
            // By queue, whatever the media type.
            let by = ["--by", "queueId"];
            let arguments = [
                "rollup",
                "-q",
                "a.json",
                "--every",
                "1d",
                "-t",
                "csv",
                "--layout",
                "wide",
                "--kpi",
                "--columns",
                "all",
            ];
            let rolled = table(&work, &[&arguments[..], &by, &absent].concat());
            let report = report(&work, &[&["a.json"][..], &by, &absent].concat());
            let report = report["rows"].as_array().unwrap();
            assert_eq!(rolled.len(), report.len());
            for row in rolled {
                let queue = row.get("queueId").cloned().unwrap_or_default();
                let own = |it: &&Value| text(&it["group"], "queueId") == queue;
                let parts: Vec<(&Value, &Value)> =
                    groups.iter().filter(own).flat_map(buckets).collect();
                let line = report
                    .iter()
                    .find(|it| text(&it["group"], "queueId") == queue);
                let figures = &line.expect("the queue")["figures"];
                for (name, value) in expected(&document, &parts, zero) {
                    assert_eq!(row[name], value, "{round} {zero} {name} of {queue}");
                    let shown = &figures[name]["value"];
                    let shown = if shown.is_null() {
                        String::new()
                    } else {
                        shown.to_string()
                    };
                    // No row has a figure that the total has not.
                    if !figures[name].is_null() {
                        assert_eq!(shown, value, "{round} {zero} {name} of {queue}");
                    }
                }
            }
        }
    }
}

#[test]
fn threads_windows_and_order_do_not_matter() {
    let work = Work::new();
    let mut random = Random(5);
    let document = random.export();
    let pretty = serde_json::to_string_pretty(&document).unwrap();
    work.write("a.json", &pretty);
    // The group behind its buckets.
    let turned = document["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|container| {
            let (group, data) = (&container["group"], &container["data"]);
            format!(r#"{{"data":{data},"group":{group}}}"#)
        });
    let turned = turned.collect::<Vec<_>>().join(",");
    work.write("b.json", format!(r#"{{"results":[{turned}]}}"#));
    let run = |name: &str, more: &[&str]| {
        let arguments = [
            "convert", "-q", name, "--layout", "wide", "--kpi", "--absent", "zero",
        ];
        work.run(&[&arguments[..], more].concat()).exits(0).stdout
    };
    let plain = run("a.json", &[]);
    for name in ["a.json", "b.json"] {
        for more in [
            &["--window", "700"][..],
            &["-j", "3", "--window", "2000"],
            &["--paranoid"],
        ] {
            assert_eq!(run(name, more), plain, "{name} {more:?}");
        }
    }
}

#[test]
fn columns_of_counters_are_filled_where_that_is_asked_for() {
    let work = Work::new();
    let document = json!({"results": [
        {"group": {"mediaType": "voice", "queueId": "a"}, "data": [{"metrics": [
            {"metric": "nOffered", "stats": {"count": 3}},
            {"metric": "nTransferred", "stats": {"count": 1}},
            {"metric": "nTransferred", "qualifier": "X", "stats": {"count": 1}},
            {"metric": "tHandle", "stats": {"count": 2, "sum": 9}}]}]},
        {"group": {"mediaType": "voice", "queueId": "b"}, "data": [{"metrics": [
            {"metric": "nOffered", "stats": {"count": 3}}]}]},
        {"group": {"mediaType": "callback", "queueId": "c"}, "data": [{"metrics": [
            {"metric": "nOffered", "stats": {"count": 3}}]}]},
        // Another family, which has none of these counters.
        {"group": {"mediaType": "voice", "userId": "u"}, "data": [{"metrics": [
            {"metric": "tSystemPresence", "qualifier": "MEAL", "stats": {"sum": 3}}]}]},
    ]});
    work.write("a.json", document.to_string());
    let convert = ["convert", "-q", "a.json", "--layout", "wide"];
    let cells = |more: &[&str], column: &str| {
        let rows = table(&work, &[&convert[..], more].concat());
        rows.iter()
            .map(|row| row[column].clone())
            .collect::<Vec<_>>()
    };
    for zero in [&["--absent", "zero"][..], &["--absent-zero"]] {
        assert_eq!(cells(zero, "nTransferred_count"), ["1", "0", "", ""]);
        assert_eq!(cells(zero, "nTransferred_X_count"), ["1", "", "", ""]);
        assert_eq!(cells(zero, "tHandle_count"), ["2", "", "", ""]);
        assert_eq!(cells(zero, "tHandle_sum"), ["9", "", "", ""]);
    }
    assert_eq!(cells(&[], "nTransferred_count"), ["1", "", "", ""]);
    assert_eq!(cells(&["--kpi"], "nTransferred_count"), ["1", "", "", ""]);
    assert_eq!(cells(&["--kpi"], "kpi_transferred"), ["1", "0", "", ""]);
    // Filters choose rows; what occurs is looked for in all of them.
    let some = [
        "--kpi",
        "--where",
        "queueId=b",
        "--columns",
        "kpi_transferred",
    ];
    assert_eq!(cells(&some, "kpi_transferred"), ["0"]);
    for (arguments, words) in [
        (
            &["convert", "a.json", "--absent", "zero"][..],
            "--layout wide",
        ),
        (&["convert", "a.json", "--absent", "keep"], "--kpi"),
        (
            &["convert", "a.json", "--absent", "keep", "--absent-zero"],
            "--absent-zero",
        ),
        (&["rollup", "a.json", "--absent", "zero"], "for tables"),
        (&["report", "a.json", "--absent", "none"], "keep, zero"),
    ] {
        let ran = work.run(arguments).exits(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}

#[test]
fn a_metric_without_its_count_is_unknown_and_not_zero() {
    let work = Work::new();
    let group = |queue: &str, stats: &str| {
        format!(
            r#"{{"group":{{"queueId":"{queue}"}},"data":[{{"metrics":[{{"metric":"nOffered","stats":{{"count":4}}}},{{"metric":"tAbandon","stats":{stats}}}]}}]}}"#
        )
    };
    let all = [
        group("a", r#"{"count":1}"#),
        group("b", "null"),
        group("c", r#"{"max":5}"#),
    ];
    work.write("a.json", format!(r#"{{"results":[{}]}}"#, all.join(",")));
    let rows = table(
        &work,
        &["convert", "-q", "a.json", "--layout", "wide", "--kpi"],
    );
    let abandoned: Vec<&str> = rows.iter().map(|row| &*row["kpi_abandoned"]).collect();
    assert_eq!(abandoned, ["1", "", ""]);
}

#[test]
fn a_counter_that_another_row_of_the_bucket_has_is_not_zero() {
    let work = Work::new();
    let bucket = |metrics: Value, hour: u32| {
        let interval = format!(
            "2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z",
            hour + 1
        );
        json!({"interval": interval, "metrics": metrics})
    };
    let response = |buckets: Vec<Value>| {
        let group = json!({"mediaType": "voice", "queueId": "q"});
        json!({"results": [{"group": group, "data": buckets}]}).to_string()
    };
    let offered = json!([{"metric": "nOffered", "stats": {"count": 8}}]);
    let answered = json!([
        {"metric": "nTransferred", "stats": {"count": 2}},
        {"metric": "tAnswered", "stats": {"count": 6, "sum": 60}},
    ]);
    let own = vec![bucket(offered.clone(), 8), bucket(offered, 9)];
    work.write("a.json", response(own));
    work.write("b.json", response(vec![bucket(answered, 8)]));
    for hidden in [&[][..], &["--ignore", "G004"], &["-q"]] {
        let plain = ["convert", "a.json", "b.json", "--kpi", "--absent", "zero"];
        let found = table(&work, &[&plain[..], hidden].concat());
        let cells = found.iter().map(|row| {
            let columns = [
                "kpi_offered",
                "kpi_answered",
                "kpi_answered_ratio",
                "nTransferred_count",
            ];
            columns.map(|column| row[column].as_str())
        });
        let cells: Vec<[&str; 4]> = cells.collect();
        let expected = [["8", "", "", ""], ["8", "0", "0", "0"], ["", "6", "", "2"]];
        let mut sorted = cells.clone();
        sorted.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(sorted, expected, "{hidden:?}");
    }
    // Joined, the bucket has both.
    let joined = table(
        &work,
        &[
            "rollup", "a.json", "b.json", "-t", "csv", "--layout", "wide", "--kpi", "-q",
        ],
    );
    let ratios: Vec<&str> = joined
        .iter()
        .map(|row| row["kpi_answered_ratio"].as_str())
        .collect();
    assert_eq!(ratios, ["0.75", "0"]);
}
