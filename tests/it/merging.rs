//! What several buckets come to: targets, statistics that are not known, halves of pairs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::work::{Random, Work, report, response};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn rolled(work: &Work, arguments: &[&str]) -> Value {
    let all = [&["rollup", "-q"], arguments].concat();
    parsed(&work.run(&all).exits(0).stdout)
}

/// A document with a group per queue, and a bucket an hour with these statistics of a metric each.
fn document(metric: &str, queues: &[(&str, &[&str])]) -> String {
    let groups = queues.iter().map(|(queue, stats)| {
        let buckets = stats.iter().enumerate().map(|(at, stats)| {
            let (from, until) = (8 + at, 9 + at);
            format!(
                r#"{{"interval":"2026-03-02T{from:02}:00:00.000Z/2026-03-02T{until:02}:00:00.000Z","metrics":[{{"metric":"{metric}","stats":{stats}}}]}}"#
            )
        });
        let buckets: Vec<String> = buckets.collect();
        format!(
            r#"{{"group":{{"queueId":"{queue}"}},"data":[{}]}}"#,
            buckets.join(",")
        )
    });
    let groups: Vec<String> = groups.collect();
    format!(r#"{{"results":[{}]}}"#, groups.join(","))
}

/// The statistics of the only bucket of the only group.
fn only(document: &Value) -> &Value {
    let results = document["results"].as_array().expect("results");
    let data = results[0]["data"].as_array().expect("data");
    assert_eq!((results.len(), data.len()), (1, 1), "{document}");
    &data[0]["metrics"][0]["stats"]
}

#[test]
fn a_target_is_kept_only_where_every_bucket_has_the_same() {
    let work = Work::new();
    let with = |target: &str| format!(r#"{{"numerator":1,"denominator":2{target}}}"#);
    let (low, high) = (with(r#","target":0.8"#), with(r#","target":0.9"#));
    let same = with(r#","target":0.80"#);
    let (none, null) = (with(""), with(r#","target":null"#));
    for (others, kept) in [
        (vec![&same], true),
        (vec![&high], false),
        (vec![&none], false),
        (vec![&null], false),
        (vec![&same, &none], false),
        (vec![&none, &same], false),
    ] {
        let all: Vec<&str> = [&low].into_iter().chain(others).map(|it| &**it).collect();
        for metric in ["oServiceLevel", "oCasesServiceLevel"] {
            work.write("a.json", document(metric, &[("q", &all)]));
            let day = rolled(&work, &["--every", "1d", "a.json"]);
            let target = only(&day).get("target");
            assert_eq!(target.is_some(), kept, "{all:?}");
        }
        work.write("a.json", document("oServiceLevel", &[("q", &all)]));
        let totals = &report(&work, &["a.json"])["totals"]["kpi_service_level"];
        assert_eq!(totals.get("target").is_some(), kept, "{all:?}");
        assert_eq!(totals["value"], 0.5);
        let ran = work.run(&["rollup", "--every", "1d", "a.json"]).exits(0);
        let words = "`target` differs between the buckets";
        assert_eq!(ran.stderr.contains(words), !kept, "{}", ran.stderr);
    }
}

#[test]
fn statistics_that_are_not_known_stay_in_one_bucket_and_are_named_else() {
    let work = Work::new();
    let stats = r#"{"count":1,"sum":2,"p95":3,"p90":100.5,"average":2,"note":"a \"b\"","whole":true,"countNeutral":4}"#;
    work.write("one.json", document("tHandle", &[("q", &[stats])]));
    let once = rolled(&work, &["--every", "1d", "one.json"]);
    assert_eq!(only(&once), &parsed(stats));
    work.write("once.json", once.to_string());
    assert_eq!(rolled(&work, &["once.json"]), once);
    // Another bucket of the metric has none of them: they are not those of the day.
    for other in [stats, r#"{"count":1,"sum":2}"#, "null"] {
        work.write("two.json", document("tHandle", &[("q", &[stats, other])]));
        let ran = work.run(&["rollup", "--every", "1d", "two.json"]).exits(0);
        for name in ["p90", "p95", "average", "note", "whole", "countNeutral"] {
            let entries = if other == stats {
                "2 entries"
            } else {
                "1 entry"
            };
            let line = format!(
                "R001] unmergeable-statistic: two.json: `{name}` cannot be merged and was left out; {entries} of the inputs"
            );
            assert!(ran.stderr.contains(&line), "{line}: {}", ran.stderr);
            assert!(!ran.stdout.contains(name), "{}", ran.stdout);
        }
        let notes = report(&work, &["two.json"])["notes"].to_string();
        let names = "average, countNeutral, note, p90";
        assert!(notes.contains("p95") && notes.contains(names), "{notes}");
    }
    // Of another metric there is one bucket.
    let other = response("r", 8..9, r#"{"metric":"tHandle","stats":{"p90":7}}"#);
    work.write("other.json", other);
    let both = rolled(&work, &["--every", "1d", "two.json", "other.json"]);
    assert_eq!(
        both["results"][1]["data"][0]["metrics"][0]["stats"],
        json!({"p90": 7})
    );
    let ran = work
        .run(&["rollup", "-q", "one.json", "-t", "csv", "--layout", "wide"])
        .exits(0);
    assert!(ran.stdout.contains("tHandle_p90"), "{}", ran.stdout);
}

#[test]
fn a_ratio_alone_stays_in_one_bucket_and_is_named_else() {
    let work = Work::new();
    let ratio = r#"{"ratio":0.5}"#;
    work.write("one.json", document("oServiceLevel", &[("q", &[ratio])]));
    let day = rolled(&work, &["--every", "1d", "one.json"]);
    assert_eq!(only(&day), &json!({"ratio": 0.5}));
    work.write("two.json", document("oServiceLevel", &[("q", &[ratio; 2])]));
    let ran = work.run(&["rollup", "--every", "1d", "two.json"]).exits(0);
    assert!(
        ran.stderr.contains("`ratio` cannot be merged"),
        "{}",
        ran.stderr
    );
    for input in ["one.json", "two.json"] {
        let level = &report(&work, &[input])["totals"]["kpi_service_level"];
        assert_eq!(
            (&level["value"], &level["reason"]),
            (&Value::Null, &json!("incomplete statistics"))
        );
    }
}

#[test]
fn halves_of_pairs_take_no_part_and_are_named_with_their_place() {
    let work = Work::new();
    // The metric, the buckets, and what they come to.
    let cases: [(&str, &[&str], Value); 9] = [
        (
            "oServiceLevel",
            &[
                r#"{"numerator":1,"denominator":2}"#,
                r#"{"numerator":1,"ratio":0.25}"#,
            ],
            json!({"ratio": 0.5, "numerator": 1, "denominator": 2}),
        ),
        (
            "oServiceLevel",
            &[r#"{"denominator":7}"#, r#"{"numerator":1,"denominator":2}"#],
            json!({"ratio": 0.5, "numerator": 1, "denominator": 2}),
        ),
        ("oServiceLevel", &[r#"{"numerator":1}"#; 2], json!({})),
        (
            "tHandle",
            &[r#"{"count":1,"sum":100000}"#, r#"{"sum":300000,"max":7}"#],
            json!({"count": 1, "sum": 100000, "max": 7}),
        ),
        (
            "tHandle",
            &[
                r#"{"sum":300000}"#,
                r#"{"count":1,"sum":100000}"#,
                r#"{"sum":1}"#,
            ],
            json!({"count": 1, "sum": 100000}),
        ),
        ("tHandle", &[r#"{"sum":300000}"#; 2], json!({})),
        // All events are counted; an average of them is not known.
        (
            "tHandle",
            &[r#"{"count":1,"sum":100000}"#, r#"{"count":3}"#],
            json!({"count": 4}),
        ),
        ("oNew", &[r#"{"sum":3}"#, r#"{"sum":4}"#], json!({"sum": 7})),
        (
            "oNew",
            &[r#"{"sum":3}"#, r#"{"count":2,"sum":4}"#],
            json!({"count": 2, "sum": 4}),
        ),
    ];
    for (metric, buckets, expected) in cases {
        work.write("a.json", document(metric, &[("q", buckets)]));
        let day = rolled(&work, &["--every", "1d", "a.json"]);
        assert_eq!(only(&day), &expected, "{metric} {buckets:?}");
        // A bucket alone is as it was.
        let plain = rolled(&work, &["a.json"]);
        for (bucket, stats) in buckets
            .iter()
            .zip(plain["results"][0]["data"].as_array().unwrap())
        {
            let mut expected = parsed(bucket);
            if let (Some(1), Some(2)) = (
                expected["numerator"].as_u64(),
                expected["denominator"].as_u64(),
            ) {
                expected["ratio"] = json!(0.5);
            }
            assert_eq!(stats["metrics"][0]["stats"], expected);
        }
        let ran = work.run(&[
            "validate", "-q", "--select", "M009", "--format", "ndjson", "a.json",
        ]);
        let lone = buckets.iter().position(|bucket| {
            let has = |stat: &str| bucket.contains(&format!("\"{stat}\""));
            has("count") != has("sum") || has("numerator") != has("denominator")
        });
        let is_pair = expected.get("sum").is_none() || expected.get("count").is_some();
        let Some(lone) = lone.filter(|_| is_pair) else {
            assert_eq!(ran.exits(0).stdout, "");
            continue;
        };
        let finding = parsed(ran.exits(0).stdout.trim_end());
        assert_eq!(finding["code"], "M009");
        assert_eq!(
            finding["pointer"],
            format!("/results/0/data/{lone}/metrics/0")
        );
        for command in ["report", "rollup", "convert"] {
            let ran = work.run(&[command, "a.json"]).exits(0);
            assert!(ran.stderr.contains("M009"), "{}", ran.stderr);
        }
    }
    let (full, half) = (r#"{"count":1,"sum":100000}"#, r#"{"sum":300000}"#);
    for buckets in [[full, half], [half, full]] {
        work.write("a.json", document("tHandle", &[("q", &buckets)]));
        let totals = report(&work, &["a.json"])["totals"].clone();
        assert_eq!(totals["kpi_aht"]["value"], 100_000);
    }
    work.write(
        "a.json",
        document("tHandle", &[("q", &[half]), ("r", &[half])]),
    );
    let aht = &report(&work, &["a.json"])["totals"]["kpi_aht"];
    assert_eq!(
        aht,
        &json!({"value": null, "reason": "incomplete statistics"})
    );
    // Times of users have only a sum.
    let presence = r#"{"metric":"tSystemPresence","qualifier":"MEAL","stats":{"sum":5}}"#;
    work.write("users.json", response("q", 8..10, presence));
    let ran = work
        .run(&["rollup", "--every", "1d", "users.json"])
        .exits(0);
    assert!(
        ran.stdout.contains(r#""sum":10"#) && ran.stderr.is_empty(),
        "{ran:?}"
    );
}

#[test]
fn no_metric_disappears_from_a_report() {
    let work = Work::new();
    for (metric, stats, reason) in [
        ("tHandle", "null", "the data has no value"),
        ("tHandle", r#"{"count":1e41,"sum":1e400}"#, "too large"),
        ("oNew", r#"{"sum":1e400}"#, "too large"),
        ("oNew", r#"{"average":4}"#, "do not show its average"),
        ("oServiceTarget", r#"{"current":1e400}"#, "too large"),
    ] {
        work.write("a.json", document(metric, &[("q", &[stats])]));
        for format in ["text", "markdown", "json", "html"] {
            let arguments = [
                "report", "-q", "a.json", "--format", format, "--allow", "all",
            ];
            let text = work.run(&arguments).exits(0).stdout;
            assert!(
                text.contains(metric) && text.contains(reason),
                "{stats}: {text}"
            );
        }
    }
}

impl Random {
    fn stats(&mut self, names: &[&str]) -> Value {
        let mut stats = Map::new();
        for name in names {
            if self.below(3) > 0 {
                let value = match *name {
                    "target" => json!([0.8, 0.9][self.below(2) as usize]),
                    _ => json!(1 + self.below(9)),
                };
                stats.insert((*name).to_owned(), value);
            }
        }
        Value::Object(stats)
    }

    /// Groups by three dimensions with buckets of half an hour over two days.
    fn document(&mut self) -> Value {
        let mut groups: BTreeMap<String, Value> = BTreeMap::new();
        for _ in 0..6 {
            let mut group = Map::new();
            for (dimension, values) in [("queueId", 3), ("mediaType", 2), ("direction", 2)] {
                if self.below(5) > 0 {
                    group.insert(dimension.to_owned(), json!(self.below(values).to_string()));
                }
            }
            let mut buckets = Vec::new();
            for half in 0..8 {
                let start = half * 6 + self.below(6);
                let time = |minutes: u64| {
                    let (day, minutes) = (2 + start / 24, start % 24 * 30 + minutes);
                    let (hour, minute) = (8 + minutes / 60, minutes % 60);
                    format!("2026-03-{day:02}T{hour:02}:{minute:02}:00.000Z")
                };
                let mut metrics = Vec::new();
                for (metric, stats) in [
                    (
                        "oServiceLevel",
                        &["ratio", "numerator", "denominator", "target"][..],
                    ),
                    ("tHandle", &["count", "sum", "min", "max", "p90", "p95"][..]),
                    ("oServiceTarget", &["current"][..]),
                    ("oNew", &["count", "sum", "average"][..]),
                    ("nOffered", &["count"][..]),
                ] {
                    if self.below(4) > 0 {
                        metrics.push(json!({"metric": metric, "stats": self.stats(stats)}));
                    }
                }
                let interval = format!("{}/{}", time(0), time(30));
                buckets.push(json!({"interval": interval, "metrics": metrics}));
            }
            let key = Value::Object(group.clone()).to_string();
            groups.insert(key, json!({"group": group, "data": buckets}));
        }
        json!({"results": groups.into_values().collect::<Vec<_>>()})
    }
}

/// The entries of a metric in the buckets that become one.
type Entries = Vec<Map<String, Value>>;

/// What a document comes to, by the rules and not by the program.
fn expected(document: &Value, minutes: u64, by: &[&str]) -> Value {
    type Metrics = BTreeMap<String, Entries>;
    let mut groups: BTreeMap<Vec<(String, String)>, BTreeMap<u64, Metrics>> = BTreeMap::new();
    for container in document["results"].as_array().unwrap() {
        let mut key: Vec<(String, String)> = container["group"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| by.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        key.sort();
        for bucket in container["data"].as_array().unwrap() {
            // Since the beginning of Monday, 2 March 2026.
            let text = bucket["interval"].as_str().unwrap();
            let number =
                |range: std::ops::Range<usize>| text.get(range).unwrap().parse::<u64>().unwrap();
            let start = (number(8..10) - 2) * 1440 + number(11..13) * 60 + number(14..16);
            let group = groups.entry(key.clone()).or_default();
            let merged = group.entry(start / minutes * minutes).or_default();
            for metric in bucket["metrics"].as_array().unwrap() {
                let name = metric["metric"].as_str().unwrap().to_owned();
                let stats = metric["stats"].as_object().unwrap().clone();
                merged.entry(name).or_default().push(stats);
            }
        }
    }
    let time = |minutes: u64| {
        let (day, minutes) = (2 + minutes / 1440, minutes % 1440);
        format!(
            "2026-03-{day:02}T{:02}:{:02}:00.000Z",
            minutes / 60,
            minutes % 60
        )
    };
    let groups = groups.into_iter().map(|(key, buckets)| {
        let buckets = buckets.into_iter().map(|(start, metrics)| {
            let metrics = metrics.into_iter();
            let metrics =
                metrics.map(|(name, all)| json!({"stats": merged(&name, &all), "metric": name}));
            json!({
                "interval": format!("{}/{}", time(start), time(start + minutes)),
                "metrics": metrics.collect::<Vec<_>>(),
            })
        });
        let group: Map<String, Value> = key
            .into_iter()
            .map(|(name, it)| (name, json!(it)))
            .collect();
        json!({"group": group, "data": buckets.collect::<Vec<_>>()})
    });
    json!({"results": groups.collect::<Vec<_>>()})
}

fn merged(metric: &str, all: &Entries) -> Map<String, Value> {
    let get = |entry: &Map<String, Value>, stat: &str| entry.get(stat).and_then(Value::as_u64);
    let has = |entry: &Map<String, Value>, stat: &str| entry.contains_key(stat);
    let mut stats = Map::new();
    let mut put = |stat: &str, values: Vec<u64>, pick: fn(Vec<u64>) -> u64| {
        if !values.is_empty() {
            stats.insert(stat.to_owned(), json!(pick(values)));
        }
    };
    let of = |stat: &str| {
        all.iter()
            .filter_map(|it| get(it, stat))
            .collect::<Vec<u64>>()
    };
    let pairs = |stat: &str, partner: &str| {
        let both = all.iter().filter(|it| has(it, partner));
        both.filter_map(|it| get(it, stat)).collect::<Vec<u64>>()
    };
    let sum = |values: Vec<u64>| values.iter().sum();
    if let [only] = all.as_slice() {
        stats.clone_from(only);
    } else {
        put("count", of("count"), sum);
        put("min", of("min"), |values| *values.iter().min().unwrap());
        put("max", of("max"), |values| *values.iter().max().unwrap());
        put("numerator", pairs("numerator", "denominator"), sum);
        put("denominator", pairs("denominator", "numerator"), sum);
        // The sums of a timer come with counts.
        let counted = metric == "tHandle" || all.iter().any(|it| has(it, "count"));
        let uncounted = all.iter().any(|it| has(it, "count") && !has(it, "sum"));
        match counted {
            true if !uncounted => put("sum", pairs("sum", "count"), sum),
            false => put("sum", of("sum"), sum),
            _ => {}
        }
        for stat in ["target", "current"] {
            let Some(first) = all[0].get(stat) else {
                continue;
            };
            if all.iter().all(|it| it.get(stat) == Some(first)) {
                stats.insert(stat.to_owned(), first.clone());
            }
        }
    }
    if let (Some(above), Some(below)) = (get(&stats, "numerator"), get(&stats, "denominator")) {
        stats.insert("ratio".to_owned(), json!(above as f64 / below as f64));
    }
    stats
}

#[test]
fn rolling_up_in_two_steps_is_rolling_up_once() {
    let work = Work::new();
    let mut random = Random(7);
    let by = |names: &[&str]| names.join(",");
    for round in 0..40 {
        let document = random.document();
        work.write("a.json", document.to_string());
        let periods = [
            None,
            Some("1h"),
            Some("2h"),
            Some("6h"),
            Some("1d"),
            Some("1w"),
        ];
        let names = ["queueId", "mediaType", "direction"];
        // The second step is the coarser one.
        let (first, second) = (random.below(6) as usize, random.below(6) as usize);
        let (first, second) = (first.min(second), first.max(second));
        let kept = (random.below(4) as usize, random.below(4) as usize);
        let (more, fewer) = (kept.0.max(kept.1), kept.0.min(kept.1));
        let arguments = |period: usize, dimensions: usize, input: &'static str| {
            let mut all = vec!["--by".to_owned(), by(&names[..dimensions])];
            if let Some(period) = periods[period] {
                all.extend(["--every".to_owned(), period.to_owned()]);
            }
            all.push(input.to_owned());
            all
        };
        let run = |arguments: Vec<String>| {
            let all: Vec<&str> = arguments.iter().map(String::as_str).collect();
            rolled(&work, &all)
        };
        let once = run(arguments(second, fewer, "a.json"));
        let step = run(arguments(first, more, "a.json"));
        work.write("step.json", step.to_string());
        let twice = run(arguments(second, fewer, "step.json"));
        assert_eq!(once, twice, "{round}: {first} {more}, {second} {fewer}");
        let minutes = [30, 60, 120, 360, 1440, 10_080][second];
        let expected = expected(&document, minutes, &names[..fewer]);
        assert_eq!(expected, once, "{round}: {second} {fewer}");
    }
}
