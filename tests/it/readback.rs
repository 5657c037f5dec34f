//! `verify` reads clock times and empty rows back as they were written.

use crate::manifests::swap;
use crate::work::{OFFERED, Work, response};

#[test]
fn clock_times_are_the_same_with_a_comma_and_as_days_of_workbooks() {
    let work = Work::new();
    let sums = [
        "1234",
        "9007199254740993",
        "100000000000000000123",
        "123456789012345678901234567890123456789",
    ];
    for sum in sums {
        let metric = format!(r#"{{"metric":"tTalk","stats":{{"count":1,"sum":{sum}}}}}"#);
        work.write("a.json", response("q", 8..9, &metric));
        for durations in ["hms", "hms.ms"] {
            for (output, more) in [
                ("t.csv", &["--decimal-comma"][..]),
                ("t.csv", &["--excel"]),
                ("t.xlsx", &[]),
            ] {
                let run = ["convert", "a.json", "-q", "--durations", durations];
                let written = ["--manifest", "run.json", "-o", output];
                work.run(&[&run[..], &written, more].concat()).exits(0);
                let ran = work.run(&["verify", "run.json"]);
                let case = format!("{sum} {durations} {output}: {}{}", ran.stdout, ran.stderr);
                assert_eq!(ran.code, Some(0), "{case}");
            }
        }
    }
    // Another time is a difference.
    for (sum, other) in [
        ("1234", "1235"),
        ("9007199254740993", "9007199254750993"),
        ("100000000000000000123", "100000000000001000123"),
    ] {
        for (input, sum, output) in [("a.json", sum, "t.xlsx"), ("b.json", other, "u.xlsx")] {
            let metric = format!(r#"{{"metric":"tTalk","stats":{{"count":1,"sum":{sum}}}}}"#);
            work.write(input, response("q", 8..9, &metric));
            let manifest = format!("{input}.run");
            let run = [
                "convert",
                input,
                "-q",
                "--durations",
                "hms.ms",
                "-o",
                output,
            ];
            let run = [&run[..], &["--manifest", &manifest]].concat();
            work.run(&run).exits(0);
        }
        work.write("run.json", work.read("a.json.run"));
        swap(&work, "t.xlsx", "u.xlsx");
        let ran = work.run(&["verify", "run.json"]).exits(1);
        assert!(ran.stdout.contains("the file has"), "{}", ran.stdout);
    }
}

#[test]
fn the_last_rows_of_a_workbook_can_be_empty() {
    let work = Work::new();
    let view = r#""views":[{"name":"v","stats":{"count":3}},{"name":"w","stats":{"count":4}}],"#;
    let with_views = |queue: &str| {
        let document = response(queue, 8..10, OFFERED);
        document.replace(r#""metrics":"#, &format!(r#"{view}"metrics":"#))
    };
    work.write("a.json", with_views("q"));
    work.write("b.json", with_views("r"));
    let run = [
        "convert",
        "a.json",
        "b.json",
        "-q",
        "--manifest",
        "run.json",
    ];
    let long = ["--layout", "long", "--columns", "metric"];
    for (output, more) in [
        ("t.csv", &[][..]),
        ("t.ndjson", &[]),
        ("t.parquet", &[]),
        ("t.xlsx", &[]),
        ("t.xlsx", &["--sheet-by", "queueId"]),
        ("t.xlsx", &["--where", "queueId=q"]),
    ] {
        work.run(&[&run[..], &long, more, &["-o", output]].concat())
            .exits(0);
        let ran = work.run(&["verify", "run.json"]);
        assert_eq!(ran.code, Some(0), "{output} {more:?}: {}", ran.stdout);
    }
    // A row with a value that is not in the file is a difference.
    let options = [&run[..], &long].concat();
    let all = [&options[..], &["-o", "t.xlsx"]].concat();
    let fewer = [&options[..], &["-o", "u.xlsx", "--limit", "1"]].concat();
    work.run(&fewer).exits(0);
    work.run(&all).exits(0);
    swap(&work, "t.xlsx", "u.xlsx");
    let ran = work.run(&["verify", "run.json"]).exits(1);
    assert!(
        ran.stdout.contains("the file has no such row"),
        "{}",
        ran.stdout
    );
}
