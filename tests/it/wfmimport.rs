//! `convert --preset wfm-import`: the CSV that workforce management imports.

use crate::work::{Work, sample};

const HEADER: &str = "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time\n";

/// A response with one bucket from `start` to `end`.
fn bucket(group: &str, start: &str, end: &str, metrics: &str) -> String {
    format!(
        r#"{{"results":[{{"group":{{{group}}},"data":[{{"interval":"2026-03-02T{start}/2026-03-02T{end}","metrics":[{metrics}]}}]}}]}}"#
    )
}

const VOICE: &str = r#""mediaType":"voice","queueId":"q1""#;
const OFFERED: &str = r#"{"metric":"nOffered","stats":{"count":16}}"#;
const HANDLED: &str = r#"{"metric":"tHandle","stats":{"count":6,"sum":90500,"max":1}}"#;
const QUARTER: [&str; 2] = ["08:15:00.000Z", "08:30:00.000Z"];

fn work(documents: &[String]) -> Work {
    let work = Work::new();
    work.write("a.ndjson", documents.join("\n"));
    work.write(
        "queues.csv",
        "id,name\nq1,\"Sales, new\"\nq2,Service\nq3,Service\n",
    );
    work
}

fn import(work: &Work, more: &[&str]) -> crate::work::Ran {
    let arguments = [
        "convert",
        "a.ndjson",
        "--preset",
        "wfm-import",
        "--names",
        "queues.csv",
        "--allow",
        "all",
    ];
    work.run(&[&arguments[..], more].concat())
}

#[test]
fn rows_have_the_columns_of_the_import() {
    let [start, end] = QUARTER;
    let work = work(&[
        bucket(
            &VOICE.replace("q1", "q2").replace("voice", "chat"),
            "08:00:00.000+00:00",
            "08:15:00Z",
            HANDLED,
        ),
        // The metrics of one bucket may come in two documents.
        bucket(VOICE, start, end, HANDLED),
        bucket(VOICE, start, end, OFFERED),
        bucket(
            &VOICE.replace("q1", "q2"),
            start,
            end,
            r#"{"metric":"nOffered","stats":{"count":2.0}},{"metric":"tWait","stats":{"sum":5}}"#,
        ),
        bucket(
            VOICE,
            "08:30:00Z",
            "08:45:00Z",
            r#"{"metric":"tWait","stats":{"sum":5}}"#,
        ),
        bucket(&VOICE.replace("voice", "screenshare"), start, end, OFFERED),
        bucket(r#""mediaType":"voice""#, start, end, OFFERED),
    ]);
    let expected = format!(
        "{HEADER}\
         2026-03-02T08:00:00Z,Service,Chat,,,0,6,90\n\
         2026-03-02T08:15:00Z,\"Sales, new\",Voice,,,16,6,90\n\
         2026-03-02T08:15:00Z,Service,Voice,,,2,0,0\n"
    );
    for threads in ["1", "3"] {
        let ran = import(&work, &["-j", threads]).exits(0);
        assert_eq!(ran.stdout, expected);
        assert!(
            ran.stderr.contains("1 bucket without a queue left out"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr
                .contains("1 bucket of media types that cannot be imported left out"),
            "{}",
            ran.stderr
        );
    }
    let ran = import(&work, &["-o", "history.csv"]).exits(0);
    assert_eq!(work.read("history.csv"), expected.as_bytes());
    assert!(ran.stderr.ends_with("3 rows\n"), "{}", ran.stderr);
    let ran = import(&work, &["--where", "mediaType=chat"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 2);
}

#[test]
fn what_cannot_be_imported_is_named_with_its_place() {
    let [start, end] = QUARTER;
    for (document, words) in [
        (
            bucket(VOICE, "08:00:00Z", "08:30:00Z", OFFERED),
            "a.ndjson:1:",
        ),
        (
            bucket(VOICE, "08:00:00Z", "08:30:00Z", OFFERED),
            "is not a quarter of an hour",
        ),
        (
            bucket(VOICE, "08:05:00Z", "08:20:00Z", OFFERED),
            "is not a quarter of an hour",
        ),
        (
            bucket(VOICE, "08:00:00Z", "08:05:00Z", OFFERED),
            "is not a quarter of an hour",
        ),
        (
            bucket(&format!(r#"{VOICE},"userId":"u""#), start, end, HANDLED),
            "/results/0: groups by userId cannot be imported",
        ),
        (
            bucket(r#""queueId":"q1""#, start, end, OFFERED),
            "/results/0: a group without a mediaType",
        ),
        (
            bucket(r#""mediaType":"voice""#, start, end, OFFERED),
            "no group has a queueId",
        ),
        (
            bucket(&VOICE.replace("q1", "q9"), start, end, OFFERED),
            "1 queue without a name in --names, the first is q9",
        ),
        (
            bucket(VOICE, start, end, &OFFERED.replace("16", "-1")),
            "-1 of nOffered cannot be imported",
        ),
        (
            [
                bucket(&VOICE.replace("q1", "q2"), start, end, OFFERED),
                bucket(&VOICE.replace("q1", "q3"), start, end, OFFERED),
            ]
            .join("\n"),
            "two queues have the name Service: q2 and q3",
        ),
        (
            r#"{"entities":[{"id":"a","metrics":{"x":{"value":1}}}]}"#.to_owned(),
            "a summary has no intervals",
        ),
    ] {
        let work = work(&[document]);
        let ran = import(&work, &["-o", "t.csv"]).exits(1);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert!(!work.exists("t.csv"));
    }
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let [start, end] = QUARTER;
    let work = work(&[bucket(VOICE, start, end, OFFERED)]);
    for (more, words) in [
        (&["-o", "history.xlsx"][..], "writes CSV"),
        (&["-t", "parquet"], "writes CSV"),
        (
            &["-o", "my history.csv"],
            "does not accept file names with ` `",
        ),
        (&["-o", "a#b.csv"], "does not accept file names with `#`"),
        (&["--per-file"], "cannot be used with"),
        (&["--durations", "s"], "cannot be used with"),
        (&["--sort", "Queue"], "cannot be used with"),
        (&["--metric", "tHandle"], "cannot be used with"),
        (&["--on-error", "skip"], "cannot be used with"),
    ] {
        let ran = import(&work, more).exits(2);
        assert!(ran.stderr.contains(words), "{more:?}: {}", ran.stderr);
    }
    let ran = work
        .run(&["convert", "a.ndjson", "--preset", "wfm-import"])
        .exits(2);
    assert!(
        ran.stderr.contains("needs the names of the queues"),
        "{}",
        ran.stderr
    );
    let ran = work
        .run(&[
            "convert",
            &sample("queue-day.json"),
            "--preset",
            "wfm-import",
            "--names",
            &sample("names.csv"),
        ])
        .exits(1);
    assert!(
        ran.stderr.contains("R002") && ran.stderr.contains("--granularity PT15M"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_filter_that_keeps_one_value_makes_another_dimension_importable() {
    let [start, end] = QUARTER;
    let group = |direction: &str| format!(r#"{VOICE},"originatingDirection":"{direction}""#);
    let handled = |count: u32, sum: u32| {
        format!(r#"{{"metric":"tHandle","stats":{{"count":{count},"sum":{sum}}}}}"#)
    };
    let work = work(&[
        bucket(
            &group("inbound"),
            start,
            end,
            &format!("{OFFERED},{}", handled(3, 900_000)),
        ),
        bucket(&group("outbound"), start, end, &handled(2, 900_000)),
        // What lacks the dimension is not inbound.
        bucket(VOICE, start, end, &handled(7, 1_000)),
    ]);
    let row =
        |figures: &str| format!("{HEADER}2026-03-02T08:15:00Z,\"Sales, new\",Voice,,,{figures}\n");
    let inbound = ["--where", "originatingDirection=inbound"];
    assert_eq!(import(&work, &inbound).exits(0).stdout, row("16,3,900"));
    let outbound = ["--where", "originatingDirection=outbound"];
    assert_eq!(import(&work, &outbound).exits(0).stdout, row("0,2,900"));
    let more = [&inbound[..], &["--where", "mediaType=voice,chat"]].concat();
    assert_eq!(import(&work, &more).exits(0).stdout, row("16,3,900"));
    for refused in [
        &[][..],
        &["--where", "mediaType=voice"],
        &["--where", "originatingDirection=inbound,outbound"],
        &[&inbound[..], &outbound].concat(),
    ] {
        let ran = import(&work, refused).exits(1);
        assert!(
            ran.stderr
                .contains("groups by originatingDirection cannot be imported"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("--where originatingDirection=inbound"),
            "{}",
            ran.stderr
        );
    }
}
