//! Documents of queries with other dimensions: they are added only where they share no time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Bucket, CASES, Case, Figures, Random, case, check_cells, document, grouped, own};
use crate::work::Work;

/// The buckets of a query by agent, at some hours.
fn by_agent(random: &mut Random, hours: u64) -> Vec<Bucket> {
    let mut all: Vec<Bucket> = Vec::new();
    for _ in 0..=random.below(8) {
        let mut bucket = super::bucket(random);
        bucket.group.remove("queueId");
        bucket
            .group
            .insert("userId", ["u1", "u2"][random.below(2) as usize]);
        bucket.hour = 60 + random.below(hours) as i64;
        if !all
            .iter()
            .any(|it| (&it.group, it.hour) == (&bucket.group, bucket.hour))
        {
            all.push(bucket);
        }
    }
    all
}

fn agents(buckets: &[Bucket]) -> String {
    let mut text: Value = serde_json::from_str(&document(buckets)).expect("JSON");
    let empty = text["results"].as_array_mut().and_then(|it| it.last_mut());
    *empty.expect("a group") = json!({"group": {"mediaType": "voice", "userId": "u1"}, "data": []});
    text.to_string()
}

#[test]
fn queries_that_share_time_are_never_added() {
    let cases = std::env::var("GCAGG_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let mut apart = 0;
    for seed in 0..2 * cases {
        let Case {
            counted: queues, ..
        } = case(seed);
        let random = &mut Random(seed);
        // Up to an hour at which there may be buckets by queue, or beyond them.
        let shift = if seed % 2 == 0 { 0 } else { 40 };
        let mut users = by_agent(random, 12);
        users.iter_mut().for_each(|it| it.hour += shift);
        let work = Work::new();
        work.write("a/queues.json", document(&queues));
        work.write("a/users.json", agents(&users));
        let hours = |of: &[Bucket]| of.iter().map(|it| it.hour).collect::<BTreeSet<i64>>();
        let shares = !hours(&queues).is_disjoint(&hours(&users));
        let what = format!("seed {seed}");
        let ran = work.run(&["rollup", "-q", "--by", "mediaType", "a"]);
        let ran = ran.exits(i32::from(shares));
        assert_eq!(
            ran.stderr.contains("R004"),
            shares,
            "{what}: {}",
            ran.stderr
        );
        let ran = work
            .run(&["report", "-q", "--format", "json", "a"])
            .exits(0);
        let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let count = report["queries"].as_array().expect("queries").len();
        assert_eq!(count, 1 + usize::from(shares), "{what}");
        let all: Vec<Bucket> = queues.iter().chain(&users).cloned().collect();
        // Each figure of the total is of one of the queries, or of both where they share no time.
        let answered = |of: &[Bucket]| {
            let of: Vec<&Bucket> = of.iter().collect();
            super::total(&of, "tAnswered", "count").unwrap_or_default()
        };
        let shown = report["totals"]["kpi_answered"]["value"].as_f64();
        let expected = if shares { &queues } else { &all };
        assert_eq!(shown, Some(answered(expected)), "{what}");
        let by = ["mediaType", "queueId", "userId"];
        let mut groups = grouped(&all, |bucket| {
            // A group without a queue of one query is not a group without a user of the other.
            let user = bucket.group.contains_key("userId");
            format!("{} {}", own(bucket, &by), shares && user)
        });
        for row in report["rows"].as_array().expect("rows") {
            let is_user = shares && !row["group"]["userId"].is_null();
            let key = format!("{} {is_user}", super::of_json(&row["group"], &by));
            let Some(buckets) = groups.remove(&key) else {
                assert_eq!(row["buckets"], 0, "{what}: {row}");
                continue;
            };
            assert_eq!(row["buckets"], buckets.len(), "{what}: {row}");
            // Counters of users are absent where they have none.
            match key.contains("|u") {
                true => assert_eq!(
                    row["figures"]["kpi_answered"]["value"].as_f64(),
                    super::total(&buckets, "tAnswered", "count"),
                    "{what}: {row}"
                ),
                false => check_cells(&row["figures"], &Figures::of(&buckets, &all), &what),
            }
        }
        assert!(groups.is_empty(), "{what}: no rows of {:?}", groups.keys());
        apart += usize::from(shares);
    }
    assert!(apart > 0 && apart < 2 * cases as usize, "{apart}");
}
