//! The figures of `report`: which are printed, and over which time.

use crate::work::Work;

fn bucket(interval: &str, metrics: &str) -> String {
    format!(r#"{{"interval":"{interval}","metrics":[{metrics}]}}"#)
}

fn document(group: &str, buckets: &[String]) -> String {
    format!(
        r#"{{"results":[{{"group":{group},"data":[{}]}}]}}"#,
        buckets.join(",")
    )
}

/// The cells of the line that begins with this name.
fn cells(report: &str, name: &str) -> Option<Vec<String>> {
    let line = report
        .lines()
        .find(|line| line.split("  ").find(|it| !it.is_empty()).map(str::trim) == Some(name))?;
    let rest = line.trim_start().strip_prefix(name)?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

const DAY: &str = "2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z";

#[test]
fn the_covered_time_is_compared_as_instants() {
    let offered = r#"{"metric":"nOffered","stats":{"count":1}}"#;
    // As text, 01:00+05:30 is before 23:30-03:00 of the day before; as an instant, too. But the
    // latest end as text is the one at 02:00+05:30, and the latest instant is 00:30-03:00.
    let buckets = [
        bucket(
            "2026-03-02T23:30:00-03:00/2026-03-03T00:30:00-03:00",
            offered,
        ),
        bucket(
            "2026-03-03T01:00:00+05:30/2026-03-03T02:00:00+05:30",
            offered,
        ),
        bucket("2026-03-02T20:30:00Z/2026-03-02T21:30:00Z", offered),
    ];
    for turn in 0..buckets.len() {
        let mut buckets = buckets.to_vec();
        buckets.rotate_left(turn);
        let work = Work::new();
        work.write("a.json", document(r#"{"queueId":"q"}"#, &buckets));
        let report = work.run(&["report", "a.json", "--detail"]).exits(0).stdout;
        assert!(
            report.contains("2026-03-03T01:00:00+05:30 – 2026-03-03T00:30:00-03:00, 3 buckets"),
            "{report}"
        );
        let contents = work.run(&["inspect", "a.json"]).exits(0).stdout;
        assert!(contents.contains("2026-03-03T01:00:00+05:30"), "{contents}");
        assert!(contents.contains("2026-03-03T00:30:00-03:00"), "{contents}");
    }
}

#[test]
fn one_target_written_in_two_ways_is_one_target() {
    let level = |day: &str, target: &str| {
        let stats = format!(r#"{{"ratio":0.5,"numerator":1,"denominator":2,"target":{target}}}"#);
        bucket(
            day,
            &format!(r#"{{"metric":"oServiceLevel","stats":{stats}}}"#),
        )
    };
    let next = "2026-03-03T00:00:00.000Z/2026-03-04T00:00:00.000Z";
    let work = Work::new();
    for (second, shown) in [("0.80", "50.0 % (target 80 %)"), ("0.81", "50.0 %")] {
        work.write("1.json", document("{}", &[level(DAY, "0.8")]));
        work.write("2.json", document("{}", &[level(next, second)]));
        let ran = work
            .run(&["report", "1.json", "2.json", "--detail"])
            .exits(0);
        let cells = cells(&ran.stdout, "Service level").expect("a line");
        assert_eq!(cells.join(" "), shown);
    }
}

#[test]
fn counts_without_a_sum_are_printed_and_nothing_else() {
    let work = Work::new();
    let metric = r#"{"metric":"tHandle","stats":{"count":140}}"#;
    work.write(
        "a.json",
        document(r#"{"wrapUpCode":"sale"}"#, &[bucket(DAY, metric)]),
    );
    let report = work.run(&["report", "a.json", "--detail"]).exits(0).stdout;
    assert_eq!(
        report,
        "wrapUpCode sale\n2026-03-02T00:00:00.000Z – 2026-03-03T00:00:00.000Z, 1 bucket\n\n  Handled  140\n"
    );
}

#[test]
fn every_metric_of_a_document_is_in_its_report() {
    // None of these counts can appear as a key figure: averages need sums, shares need offered.
    let metrics = [
        ("tWait", r#"{"count":7}"#, "7"),
        ("tTalkComplete", r#"{"count":8}"#, "8"),
        ("tHeldComplete", r#"{"count":9}"#, "9"),
        ("tAcw", r#"{"count":10}"#, "10"),
        ("nConnected", r#"{"count":11}"#, "11"),
        ("oServiceTarget", r#"{"current":0.8}"#, "0.8"),
        ("tNotResponding", r#"{"count":0,"sum":0}"#, "0"),
    ];
    let list: Vec<String> = metrics
        .iter()
        .map(|(name, stats, _)| format!(r#"{{"metric":"{name}","stats":{stats}}}"#))
        .collect();
    let work = Work::new();
    work.write("a.json", document("{}", &[bucket(DAY, &list.join(","))]));
    for format in ["text", "markdown"] {
        let report = work
            .run(&["report", "a.json", "--detail", "--format", format])
            .exits(0)
            .stdout
            .replace('|', " ");
        for (name, _, figure) in metrics {
            let cells = cells(&report, name).unwrap_or_default();
            assert!(cells.iter().any(|cell| cell == figure), "{name}\n{report}");
        }
    }
    let report = work.run(&["report", "a.json", "--detail"]).exits(0).stdout;
    for name in ["Offered", "AHT", "Service level", "Wait", "Answered %"] {
        assert_eq!(cells(&report, name), None, "{report}");
    }
}

#[test]
fn talk_segments_are_listed_beside_complete_talk() {
    let metrics = r#"{"metric":"tTalkComplete","stats":{"count":2,"sum":120000}},{"metric":"tTalk","stats":{"count":4,"sum":120000}}"#;
    let work = Work::new();
    work.write("a.json", document("{}", &[bucket(DAY, metrics)]));
    let report = work.run(&["report", "a.json", "--detail"]).exits(0).stdout;
    assert_eq!(cells(&report, "Talk"), Some(vec!["1:00".to_owned()]));
    let row = cells(&report, "tTalk").expect("a row");
    assert_eq!(row, ["4", "2:00", "0:30", "–"]);
    assert_eq!(cells(&report, "tTalkComplete"), None, "{report}");
}

#[test]
fn a_figure_that_divides_by_zero_is_a_dash_and_its_counts_remain() {
    let metrics = r#"{"metric":"nOffered","stats":{"count":0}},{"metric":"tAnswered","stats":{"count":0,"sum":0}},{"metric":"tAcw","stats":{"count":0,"sum":0}}"#;
    let work = Work::new();
    work.write("a.json", document("{}", &[bucket(DAY, metrics)]));
    let report = work.run(&["report", "a.json", "--detail"]).exits(0).stdout;
    for (name, shown) in [
        ("Offered", "0"),
        ("Answered %", "–"),
        ("ASA", "–"),
        ("Wrap-up", "–"),
    ] {
        assert_eq!(
            cells(&report, name),
            Some(vec![shown.to_owned()]),
            "{report}"
        );
    }
    let row = cells(&report, "tAcw").expect("a row");
    assert_eq!(row, ["0", "0:00", "–", "–"]);
}
