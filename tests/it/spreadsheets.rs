//! Tables for spreadsheets: text that one would change, local times, durations.

use crate::work::{OFFERED, Work, response};

fn queues(work: &Work, queues: &[&str]) {
    let responses: Vec<String> = queues
        .iter()
        .map(|queue| response(queue, 8..9, OFFERED))
        .collect();
    work.write("a.json", format!("[{}]", responses.join(",")));
}

#[test]
fn text_that_a_spreadsheet_changes_is_guarded_and_counted() {
    let work = Work::new();
    queues(
        &work,
        &[
            "007",
            "1234567890123456",
            "123456789012345",
            "1e305678",
            "2026-03-02",
            "MAR1",
            "=1+1",
            "424b1fee-9709-4315-85d9-5954058b4714",
        ],
    );
    let excel = |more: &[&str]| {
        let columns = ["convert", "a.json", "--columns", "queueId,interval_start"];
        work.run(&[&columns[..], more].concat()).exits(0)
    };
    let ran = excel(&["--excel", "-o", "t.csv"]);
    assert_eq!(
        String::from_utf8(work.read("t.csv")).expect("text"),
        "\u{feff}queueId,interval_start\r\n\
         '007,2026-03-02 08:00:00\r\n\
         '1234567890123456,2026-03-02 08:00:00\r\n\
         123456789012345,2026-03-02 08:00:00\r\n\
         '1e305678,2026-03-02 08:00:00\r\n\
         '2026-03-02,2026-03-02 08:00:00\r\n\
         'MAR1,2026-03-02 08:00:00\r\n\
         '=1+1,2026-03-02 08:00:00\r\n\
         424b1fee-9709-4315-85d9-5954058b4714,2026-03-02 08:00:00\r\n"
    );
    assert!(
        ran.stderr.contains("6 cells prefixed with '"),
        "{}",
        ran.stderr
    );
    // Only `--excel` looks further than formulas.
    let ran = excel(&["--formula-guard"]);
    assert!(ran.stdout.contains("\n007,") && ran.stdout.contains("\n'=1+1,"));
    assert!(
        ran.stderr.contains("1 cell prefixed with '"),
        "{}",
        ran.stderr
    );
}

#[test]
fn guarded_cells_are_counted_in_every_row() {
    let work = Work::new();
    let metrics = r#"{"metric":"tSystemPresence","qualifier":"1e5","stats":{"sum":1}},{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":2}}"#;
    work.write("a.json", response("007", 8..11, metrics));
    for paranoid in [&[][..], &["--paranoid"]] {
        let arguments = ["convert", "a.json", "--excel", "-o", "t.csv"];
        let ran = work.run(&[&arguments[..], paranoid].concat()).exits(0);
        assert!(
            ran.stderr.contains("9 cells prefixed"),
            "{paranoid:?} {}",
            ran.stderr
        );
    }
}

#[test]
fn numbers_are_never_guarded() {
    let work = Work::new();
    work.write(
        "a.json",
        response(
            "q",
            8..9,
            r#"{"metric":"oSentimentScore","stats":{"count":1,"sum":-1.5,"min":-1.50,"max":1e3}}"#,
        ),
    );
    let ran = work
        .run(&[
            "convert",
            "a.json",
            "--excel",
            "--decimal-comma",
            "--columns",
            "sum,min,max",
        ])
        .exits(0);
    assert_eq!(ran.stdout, "\u{feff}sum;min;max\r\n-1,5;-1,50;1e3\r\n");
}

#[test]
fn a_repeated_local_hour_can_be_told_apart() {
    let work = Work::new();
    let bucket = |start: &str, end: &str| {
        format!(r#"{{"interval":"2026-10-25T{start}Z/2026-10-25T{end}Z","metrics":[{OFFERED}]}}"#)
    };
    let buckets = [
        bucket("00:00:00.000", "00:30:00.000"),
        bucket("01:00:00.000", "01:30:00.000"),
        bucket("01:30:00.000", "02:00:00.000"),
    ];
    work.write(
        "a.json",
        format!(
            r#"{{"results":[{{"group":{{}},"data":[{}]}}]}}"#,
            buckets.join(",")
        ),
    );
    let run = |zone: &str| {
        let arguments = ["convert", "a.json", "--excel", "--timezone", zone];
        let columns = ["--columns", "interval_start,interval_end"];
        work.run(&[&arguments[..], &columns].concat())
            .exits(0)
            .stdout
    };
    assert_eq!(
        run("Europe/Berlin"),
        "\u{feff}interval_start,interval_end\r\n\
         2026-10-25 02:00:00+02:00,2026-10-25 02:30:00+02:00\r\n\
         2026-10-25 02:00:00+01:00,2026-10-25 02:30:00+01:00\r\n\
         2026-10-25 02:30:00+01:00,2026-10-25 03:00:00\r\n"
    );
    assert_eq!(
        run("UTC").lines().nth(1),
        Some("2026-10-25 00:00:00,2026-10-25 00:30:00")
    );
}

#[test]
fn hms_is_in_whole_seconds_and_hms_ms_keeps_the_rest() {
    let work = Work::new();
    let metric =
        r#"{"metric":"tHandle","stats":{"count":4,"sum":70430555,"min":2500,"max":3600500}}"#;
    work.write("a.json", response("q", 8..9, metric));
    let row = |unit: &str| {
        let arguments = ["convert", "a.json", "--durations", unit];
        let columns = ["--columns", "count,sum,min,max"];
        let ran = work.run(&[&arguments[..], &columns].concat()).exits(0);
        ran.stdout.lines().nth(1).expect("a row").to_owned()
    };
    assert_eq!(row("hms"), "4,19:33:51,0:00:02,1:00:00");
    assert_eq!(row("hms.ms"), "4,19:33:50.555,0:00:02.5,1:00:00.5");
}
