//! One vocabulary of times and periods in all commands.

use chrono::{Days, Utc};

use crate::work::Work;

/// A response with a bucket of an hour at noon (UTC) on each of the last so many days, the newest
/// last, counting 1, 2, 4 …
fn days(count: u32) -> String {
    let today = Utc::now().date_naive();
    let buckets: Vec<String> = (1..=count)
        .rev()
        .map(|back| {
            let day = today - Days::new(u64::from(back));
            let number = 1 << (count - back);
            format!(
                r#"{{"interval":"{day}T12:00:00.000Z/{day}T13:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{number}}}}}]}}"#
            )
        })
        .collect();
    format!(
        r#"{{"results":[{{"group":{{"queueId":"q"}},"data":[{}]}}]}}"#,
        buckets.join(",")
    )
}

/// The counts of the rows that are left.
fn counts(work: &Work, arguments: &[&str]) -> Vec<u32> {
    let mut all = vec!["convert", "a.json", "--columns", "count"];
    all.extend(arguments);
    let table = work.run(&all).exits(0).stdout;
    let rows = table.lines().skip(1);
    rows.map(|row| row.parse().expect("a number")).collect()
}

#[test]
fn words_choose_rows() {
    let work = Work::new();
    work.write("a.json", days(3));
    assert_eq!(counts(&work, &["--from", "yesterday"]), [4]);
    assert_eq!(counts(&work, &["--until", "yesterday"]), [1, 2]);
    assert_eq!(counts(&work, &["--from", "last-2-days"]), [2, 4]);
    assert_eq!(
        counts(&work, &["--from", "last-3-days", "--until", "now"]),
        [1, 2, 4]
    );
    for command in ["convert", "report"] {
        let ran = work.run(&[command, "a.json", "--from", "someday"]).exits(2);
        for part in ["--from someday", "yesterday", "2026-03-02"] {
            assert!(ran.stderr.contains(part), "{}", ran.stderr);
        }
    }
    let ran = work
        .run(&[
            "report",
            "a.json",
            "--from",
            "yesterday",
            "--until",
            "today",
        ])
        .exits(0);
    assert!(ran.stdout.contains("1 bucket"), "{}", ran.stdout);
}

#[test]
fn expectations_know_the_same_words() {
    let work = Work::new();
    work.write("a.json", days(2));
    let validate = |options: &[&str]| {
        let mut all = vec!["validate", "a.json"];
        all.extend(options);
        work.run(&all)
    };
    validate(&["--expect-interval", "last-2-days"]).exits(0);
    validate(&["--expect-interval", "yesterday/today"]).exits(1);
    validate(&["--expect-granularity", "1h"]).exits(0);
    validate(&["--expect-granularity", "PT1H"]).exits(0);
    let ran = validate(&["--expect-granularity", "30m"]).exits(1);
    assert!(ran.stdout.contains("T008"), "{}", ran.stdout);
    let ran = validate(&["--expect-granularity", "30M"]).exits(2);
    assert!(ran.stderr.contains("PT30M"), "{}", ran.stderr);
    validate(&["--expect-interval", "tomorrow"]).exits(2);
}
