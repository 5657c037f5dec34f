//! Totals over dimensions with several values, on random groups.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{CASES, Group, Random, start};
use crate::work::Work;

/// A group with buckets of an hour: it may have a multivalued dimension, and may not count.
struct Coded {
    group: Group,
    hour: i64,
    metric: &'static str,
    is_bad: bool,
}

const FILTERS: [&[&str]; 5] = [
    &[],
    &["--where", "queueId=q1"],
    &["--metric", "nOffered"],
    &["--until", "2026-03-28T02:00:00Z"],
    &["--on-error", "skip"],
];

fn coded(random: &mut Random) -> Coded {
    let mut group = Group::from([("mediaType", "voice")]);
    group.insert("queueId", ["q1", "q2"][random.below(2) as usize]);
    let metric = ["nOffered", "nTransferred"][random.below(2) as usize];
    let (hour, is_bad) = (random.below(4) as i64, random.one_in(4));
    // The value is of those that may be left out, mostly.
    if random.one_in(6) || (random.one_in(2) && (is_bad || hour > 1 || metric != "nOffered")) {
        group.insert("wrapUpCode", ["w1", "w2"][random.below(2) as usize]);
    }
    Coded {
        group,
        hour,
        metric,
        is_bad,
    }
}

/// Whether a group counts where a filter is set.
fn counts(coded: &Coded, filter: &[&str]) -> bool {
    match filter.first() {
        Some(&"--where") => coded.group.get("queueId") == Some(&"q1"),
        Some(&"--metric") => coded.metric == "nOffered",
        Some(&"--until") => coded.hour < 2,
        Some(_) => !coded.is_bad,
        None => true,
    }
}

#[test]
fn commands_agree_on_groups_with_several_values() {
    let cases = std::env::var("GCAGG_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let (mut totals, mut refusals) = (0, 0);
    for seed in 0..3 * cases {
        let random = &mut Random(seed);
        let filter = FILTERS[random.below(5) as usize];
        let mut all: Vec<Coded> = Vec::new();
        for _ in 0..1 + random.below(4) {
            let next = coded(random);
            let is_known = |it: &Coded| (&it.group, it.hour) == (&next.group, next.hour);
            if !all.iter().any(is_known) {
                all.push(next);
            }
        }
        let work = Work::new();
        let results = all.iter().map(|it| {
            let time = |hour| start(hour).format("%Y-%m-%dT%H:%M:%S.000Z");
            let interval = format!("{}/{}", time(it.hour), time(it.hour + 1));
            let is_bad = it.is_bad && filter.contains(&"--on-error");
            let count = if is_bad { json!("x") } else { json!(3) };
            let metrics = json!([{"metric": it.metric, "stats": {"count": count}}]);
            json!({"group": it.group, "data": [{"interval": interval, "metrics": metrics}]})
        });
        let results: Vec<Value> = results.collect();
        work.write("a.json", json!({ "results": results }).to_string());
        let counted: Vec<&Coded> = all.iter().filter(|it| counts(it, filter)).collect();
        if counted.is_empty() {
            continue;
        }
        let groups: BTreeSet<&Group> = counted.iter().map(|it| &it.group).collect();
        let codes: BTreeSet<Option<&&str>> = groups.iter().map(|it| it.get("wrapUpCode")).collect();
        let has_codes = codes.iter().any(Option::is_some);
        // No conversation counts twice where all have one value, or none.
        let adds = groups.len() < 2 || codes.len() == 1;
        let what = format!("seed {seed}, {filter:?}");
        let report = [&["report", "-q", "--format", "json", "a.json"], filter].concat();
        let report: Value = serde_json::from_str(&work.run(&report).exits(0).stdout).expect("JSON");
        let refused = "There are no totals";
        let has_total = !report["notes"].to_string().contains(refused);
        assert_eq!(has_total, adds, "{what}: report\n{report:#}");
        let rollup = [&["rollup", "-q", "--by", "mediaType", "a.json"], filter].concat();
        let ran = work.run(&rollup);
        if !adds {
            let stderr = ran.exits(1).stderr;
            assert!(stderr.contains("wrapUpCode"), "{what}: {stderr}");
            refusals += 1;
            continue;
        }
        let rolled: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
        let buckets = rolled["results"][0]["data"]
            .as_array()
            .expect("data")
            .iter();
        let metrics = buckets.flat_map(|it| it["metrics"].as_array().expect("metrics"));
        let sum: u64 = metrics.filter_map(|it| it["stats"]["count"].as_u64()).sum();
        assert_eq!(sum, 3 * counted.len() as u64, "{what}: rollup\n{rolled:#}");
        totals += usize::from(has_codes || all.len() > counted.len());
    }
    assert!(totals > 0 && refusals > 0, "{totals} {refusals}");
}
