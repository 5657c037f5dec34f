//! `--partition-by`: folders named after values, with the rows of the whole table.

use std::collections::BTreeMap;
use std::path::Path;

use crate::work::{Work, sample};

/// The CSV files below a folder, by their paths in it.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(root)
                .expect("inside")
                .to_str()
                .expect("text");
            found.insert(
                name.to_owned(),
                std::fs::read_to_string(&path).expect("text"),
            );
        }
    }
    found
}

const ODD: &str = r#"{"results":[
 {"group":{"mediaType":"a/b=c","queueId":"q"},"data":[
  {"interval":"2026-03-02T23:30:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":1}}]},
  {"interval":"2026-03-03T00:00:00.000Z/2026-03-03T00:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":2}}]}]},
 {"group":{"queueId":"q"},"data":[
  {"interval":"2026-03-02T23:30:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":3}}]}]}]}"#;

#[test]
fn folders_are_named_as_hive_names_them() {
    let work = Work::new();
    work.write("in.json", ODD);
    let by = ["--partition-by", "mediaType,date", "-o", "lake"];
    work.run(&[&["convert", "in.json"], &by[..]].concat())
        .exits(0);
    let head = "queueId,interval_start,interval_end,metric,count\n";
    let row = |day: &str, times: &str, count: u8| {
        let times: Vec<&str> = times.split(' ').collect();
        let end = if times[1] == "00:00" {
            "2026-03-03"
        } else {
            day
        };
        format!(
            "{head}q,{day}T{}:00.000Z,{end}T{}:00.000Z,nOffered,{count}\n",
            times[0], times[1]
        )
    };
    let expected = [
        (
            "mediaType=a%2Fb%3Dc/date=2026-03-02/gcagg.csv",
            row("2026-03-02", "23:30 00:00", 1),
        ),
        (
            "mediaType=a%2Fb%3Dc/date=2026-03-03/gcagg.csv",
            row("2026-03-03", "00:00 00:30", 2),
        ),
        (
            "mediaType=__HIVE_DEFAULT_PARTITION__/date=2026-03-02/gcagg.csv",
            row("2026-03-02", "23:30 00:00", 3),
        ),
    ];
    let expected = expected.map(|(name, text)| (name.to_owned(), text));
    assert_eq!(files(&work.path("lake")), BTreeMap::from(expected));
    // Days are those of the time zone.
    let berlin = [
        "--partition-by",
        "date",
        "--timezone",
        "Europe/Berlin",
        "-o",
        "local",
    ];
    work.run(&[&["convert", "in.json"], &berlin[..]].concat())
        .exits(0);
    let days: Vec<String> = files(&work.path("local")).into_keys().collect();
    assert_eq!(days, ["date=2026-03-03/gcagg.csv"]);
}

#[test]
fn the_files_together_have_the_rows_of_the_table_whatever_the_threads() {
    let work = Work::new();
    let input = sample("queue-day.json");
    let table = work.run(&["convert", &input]).exits(0).stdout;
    let mut one = BTreeMap::new();
    for threads in ["1", "7"] {
        let by = ["--partition-by", "mediaType", "-o", threads, "-j", threads];
        work.run(&[&["convert", input.as_str()], &by[..]].concat())
            .exits(0);
        let found = files(&work.path(threads));
        assert!(one.is_empty() || one == found);
        one = found;
    }
    let mut rows: Vec<String> = Vec::new();
    for (name, text) in &one {
        let value = name.split(['=', '/']).nth(1).expect("a value");
        rows.extend(text.lines().skip(1).map(|row| format!("{value},{row}")));
    }
    let mut expected: Vec<&str> = table.lines().skip(1).collect();
    expected.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, expected);
}

#[test]
fn a_later_run_replaces_its_own_files_only() {
    let work = Work::new();
    work.write("in.json", ODD);
    work.write("lake/date=2026-03-02/other.csv", "kept");
    work.write("lake/date=2026-03-02/gcagg.csv", "old");
    work.write("lake/date=2026-03-01/gcagg.csv", "another day");
    let run = ["convert", "in.json", "--partition-by", "date", "-o", "lake"];
    work.run(&run).exits(0);
    let found = files(&work.path("lake"));
    assert_eq!(found["date=2026-03-02/other.csv"], "kept");
    assert_eq!(found["date=2026-03-01/gcagg.csv"], "another day");
    assert!(found["date=2026-03-02/gcagg.csv"].starts_with("mediaType,"));
    assert_eq!(found.len(), 4);
}

#[test]
fn nothing_is_left_where_a_run_fails() {
    let work = Work::new();
    work.write("in.json", ODD);
    work.write(
        "bad.json",
        "{\"results\":[{\"group\":{},\"data\":[{\"interval\":\"x\"}]}]}",
    );
    let by = ["--partition-by", "date", "-o", "lake"];
    work.run(&[&["convert", "in.json", "bad.json"], &by[..]].concat())
        .exits(1);
    assert!(!work.exists("lake"));
    for (more, words) in [
        (
            &["--partition-by", "nope", "-o", "lake"][..],
            "`nope` is not a column",
        ),
        (
            &["--partition-by", "count", "-o", "lake"],
            "column of figures",
        ),
        (&["--partition-by", "date"], "needs a folder"),
        (
            &["--partition-by", "date", "-o", "lake", "-t", "xlsx"],
            "--sheet-by",
        ),
        (
            &[
                "--partition-by",
                "date",
                "-o",
                "lake",
                "--columns",
                "metric,count",
            ],
            "interval_start",
        ),
    ] {
        let ran = work.run(&[&["convert", "in.json"], more].concat()).exits(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(!work.exists("lake"));
    }
    // A thousand files are enough at once.
    let containers: Vec<String> = (0..1001)
        .map(|number| format!("{{\"group\":{{\"queueId\":\"{number}\"}},\"data\":[{{\"interval\":\"2026-03-02T23:30:00.000Z/2026-03-03T00:00:00.000Z\",\"metrics\":[{{\"metric\":\"nOffered\",\"stats\":{{\"count\":1}}}}]}}]}}"))
        .collect();
    work.write(
        "many.json",
        format!("{{\"results\":[{}]}}", containers.join(",")),
    );
    let ran = work.run(&[
        "convert",
        "many.json",
        "--partition-by",
        "queueId",
        "-o",
        "lake",
    ]);
    let ran = ran.exits(3);
    assert!(
        ran.stderr.contains("more than 1000 partitions"),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("lake"));
}
