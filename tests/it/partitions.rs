//! `--partition-by`: folders named after values, with the rows of the whole table.

use std::collections::BTreeMap;
use std::path::Path;

use crate::work::{Work, sample};

/// The CSV files below a folder, by their paths in it.
pub fn files(root: &Path) -> BTreeMap<String, String> {
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
fn a_date_is_the_day_of_the_instant_in_utc_or_in_the_zone() {
    let work = Work::new();
    let times = [
        ("2026-03-02T00:30:00+02:00", "2026-03-02T01:00:00+02:00"),
        ("2026-03-02T00:30:00Z", "2026-03-02T01:00:00Z"),
        ("2026-03-03T12:00:00", "2026-03-03T12:30:00"),
        ("2026-03-03T23:30:00-05:00", "2026-03-04T00:00:00-05:00"),
        ("2026-03-05T23:30:00Z", "2026-03-06T00:00:00Z"),
    ];
    let intervals = times.map(|(start, end)| (format!("{start}/{end}"), 1));
    work.write("in.json", crate::work::counted(&[("voice", &intervals)]));
    for (zone, days) in [
        (&[][..], ["01", "02", "03", "04", "05"]),
        (
            &["--timezone", "America/New_York"][..],
            ["01", "01", "03", "03", "05"],
        ),
        (
            &["--timezone", "Asia/Tokyo"][..],
            ["02", "02", "03", "04", "06"],
        ),
    ] {
        let mut days = days.map(|day| format!("2026-03-{day}")).to_vec();
        days.dedup();
        for more in [
            &["-t", "csv"][..],
            &["-t", "csv", "--excel"],
            &["-t", "parquet"],
        ] {
            let lake = format!("lake-{}-{}", zone.concat().replace('/', "-"), more.concat());
            let run = ["convert", "in.json", "-q", "--partition-by", "date"];
            let to = ["-o", &lake, "--manifest", "run.json"];
            work.run(&[&run[..], &to, zone, more].concat()).exits(0);
            let found = std::fs::read_dir(work.path(&lake)).expect("the folders");
            let mut found: Vec<String> = found
                .map(|it| {
                    it.expect("a folder")
                        .file_name()
                        .to_string_lossy()
                        .replace("date=", "")
                })
                .collect();
            found.sort_unstable();
            assert_eq!(found, days, "{zone:?} {more:?}");
            work.run(&["verify", "run.json"]).exits(0);
        }
        // A roll-up has the same days.
        let day = ["rollup", "in.json", "--every", "1d", "-t", "csv", "-q"];
        let rows = work.run(&[&day[..], &["--columns", "interval_start"], zone].concat());
        let rows = rows.exits(0).stdout;
        let rolled: Vec<&str> = rows.lines().skip(1).map(|row| &row[..10]).collect();
        assert_eq!(rolled, days, "{zone:?}");
    }
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
    let ran = ran.exits(2);
    assert!(
        ran.stderr.contains("more than 1000 partitions"),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("lake"));
}

#[cfg(unix)]
#[test]
fn a_failed_write_is_no_loss_of_rows() {
    let work = Work::new();
    work.write("in.json", night(8..12));
    work.write("lake/date=2026-03-02/gcagg.parquet", "no Parquet");
    let line = "ulimit -f 0; exec \"$0\" convert in.json --partition-by date -o lake -t parquet --replace-partitions";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_gcagg")]);
    let ran = command.current_dir(work.path(".")).output().expect("ran");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    let kept = work.read("lake/date=2026-03-02/gcagg.parquet");
    assert_eq!(kept, b"no Parquet");
}

/// A night of one queue with these hours, for `--partition-by date`.
pub fn night(hours: std::ops::Range<u8>) -> String {
    crate::work::response("q", hours, crate::work::OFFERED)
}

#[test]
fn replaced_files_are_named_with_their_rows_and_lose_none_unasked() {
    for format in ["csv", "tsv", "ndjson", "json", "parquet", "arrow"] {
        let work = Work::new();
        work.write("four.json", night(8..12));
        work.write("five.json", night(8..13));
        work.write("two.json", night(8..10));
        let run = |input: &str, more: &[&str]| {
            let by = ["--partition-by", "date", "-o", "lake", "-t", format];
            work.run(&[&["convert", input], &by[..], more].concat())
        };
        let file = format!("lake/date=2026-03-02/gcagg.{format}");
        let first = run("four.json", &[]).exits(0);
        assert!(!first.stderr.contains("replaced"), "{}", first.stderr);
        for (input, before, now) in [("four.json", 4, 4), ("five.json", 4, 5)] {
            let ran = run(input, &[]).exits(0);
            let words = format!("replaced {file}: {before} rows before, {now} now");
            assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        }
        let kept = work.read(&file);
        let ran = run("two.json", &[]).exits(2);
        for words in [
            &format!(
                "{file} has 5 rows, and its replacement has 2, without 3 of these rows or their figures (such as queueId q, interval_start 2026-03-02T10:00:00"
            ),
            ": nothing was written",
            "--replace-partitions",
        ] {
            assert!(ran.stderr.contains(words), "{}", ran.stderr);
        }
        assert_eq!(work.read(&file), kept);
        let ran = run("two.json", &["--replace-partitions"]).exits(0);
        let words = format!("replaced {file}: 5 rows before, 2 now");
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        assert!(work.read(&file) != kept);
    }
    // A file that cannot be read may have any number of rows.
    let work = Work::new();
    work.write("in.json", night(8..12));
    work.write("lake/date=2026-03-02/gcagg.parquet", "no Parquet");
    let by = ["convert", "in.json", "--partition-by", "date", "-o", "lake"];
    let by = [&by[..], &["-t", "parquet"]].concat();
    let ran = work.run(&by).exits(2);
    assert!(ran.stderr.contains("cannot be read"), "{}", ran.stderr);
    let ran = work.run(&[&by[..], &["--replace-partitions"]].concat());
    let ran = ran.exits(0);
    assert!(ran.stderr.contains("unreadable before"), "{}", ran.stderr);
    // One partition that would lose rows keeps all of them as they were.
    let work = Work::new();
    work.write("in.json", ODD);
    let by = ["convert", "in.json", "--partition-by", "date", "-o", "lake"];
    work.run(&by).exits(0);
    let kept = files(&work.path("lake"));
    work.write("in.json", ODD.replace("\"count\":1", "\"count\":9"));
    let lossy = [&by[..], &["--where", "mediaType=a/b=c"]].concat();
    work.run(&lossy).exits(2);
    assert_eq!(files(&work.path("lake")), kept);
    let alone = work.run(&["convert", "in.json", "--replace-partitions"]);
    let alone = alone.exits(2);
    assert!(
        alone.stderr.contains("needs --partition-by"),
        "{}",
        alone.stderr
    );
}

/// A document with one group for each value of `mediaType`; `None` has no value.
fn of_values(values: &[Option<&str>]) -> String {
    let groups = values.iter().zip(1..).map(|(value, count)| {
        let group = match value {
            Some(value) => format!("\"mediaType\":\"{value}\","),
            None => String::new(),
        };
        format!(
            "{{\"group\":{{{group}\"queueId\":\"q\"}},\"data\":[{{\"interval\":\"2026-03-02T23:30:00.000Z/2026-03-03T00:00:00.000Z\",\"metrics\":[{{\"metric\":\"nOffered\",\"stats\":{{\"count\":{count}}}}}]}}]}}"
        )
    });
    let groups: Vec<String> = groups.collect();
    format!("{{\"results\":[{}]}}", groups.join(","))
}

#[test]
fn a_value_that_looks_like_no_value_has_a_folder_of_its_own() {
    let work = Work::new();
    work.write(
        "in.json",
        of_values(&[Some("__HIVE_DEFAULT_PARTITION__"), None]),
    );
    let by = ["--partition-by", "mediaType", "-o", "lake"];
    work.run(&[&["convert", "in.json"], &by[..]].concat())
        .exits(0);
    let found = files(&work.path("lake"));
    for (name, count) in [
        ("mediaType=%5F_HIVE_DEFAULT_PARTITION__/gcagg.csv", ",1\n"),
        ("mediaType=__HIVE_DEFAULT_PARTITION__/gcagg.csv", ",2\n"),
    ] {
        assert!(found[name].ends_with(count), "{found:?}");
    }
    assert_eq!(found.len(), 2);
}

#[test]
fn values_that_differ_in_case_never_share_a_file() {
    let work = Work::new();
    work.write("in.json", of_values(&[Some("A"), Some("a")]));
    let by = ["--partition-by", "mediaType", "-o", "lake"];
    let run = [&["convert", "in.json"], &by[..]].concat();
    let ran = work.run(&run);
    if ran.code == Some(0) {
        assert_eq!(files(&work.path("lake")).len(), 2);
    }
    // A link makes them one, as a file system does that ignores case.
    #[cfg(unix)]
    {
        let work = Work::new();
        work.write("in.json", of_values(&[Some("A"), Some("a")]));
        work.write("lake/mediaType=A/other.csv", "kept");
        std::os::unix::fs::symlink("mediaType=A", work.path("lake/mediaType=a")).expect("a link");
        let ran = work.run(&run).exits(3);
        let words = "the folders mediaType=A and mediaType=a are one on this file system";
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(files(&work.path("lake/mediaType=A")).len(), 1);
    }
}

/// File systems have names of up to 255 bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_value_that_is_too_long_for_a_folder_is_named() {
    let work = Work::new();
    let long = "x".repeat(300);
    work.write("in.json", of_values(&[Some(&long)]));
    let by = ["--partition-by", "mediaType", "-o", "lake"];
    let ran = work
        .run(&[&["convert", "in.json"], &by[..]].concat())
        .exits(3);
    let words = format!("cannot write lake/mediaType={long}: ");
    assert!(ran.stderr.contains(&words), "{}", ran.stderr);
    assert!(!work.path("lake").exists());
}

#[test]
fn partitions_of_all_formats_and_keys_have_the_rows_of_the_table() {
    let work = Work::new();
    let input = sample("queue-day.json");
    let more = ["--columns", "all", "--dims", "mediaType,queueId"];
    for by in ["mediaType", "metric", "queueId,metric", "date,mediaType"] {
        let whole = [&["convert", &input, "--sort", "metric,queueId"], &more[..]].concat();
        let whole = work.run(&whole).exits(0).stdout;
        let name = by.replace(',', "-");
        for order in [&[][..], &["--sort", "metric"]] {
            let name = format!("{name}-{}", order.len());
            let options = ["--partition-by", by, "-o", &name];
            work.run(&[&["convert", input.as_str()], &options[..], order, &more[..]].concat())
                .exits(0);
            let count: usize = files(&work.path(&name))
                .values()
                .map(|text| text.lines().count() - 1)
                .sum();
            assert_eq!(count, whole.lines().count() - 1, "{by}");
            let mut cells: Vec<String> = Vec::new();
            let head: Vec<&str> = whole.lines().next().expect("a header").split(',').collect();
            for (path, text) in files(&work.path(&name)) {
                let own: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
                for row in text.lines().skip(1) {
                    let row: Vec<&str> = row.split(',').collect();
                    let cell = |column: &&str| match own.iter().position(|it| it == column) {
                        Some(at) => row[at].to_owned(),
                        None => {
                            let key = format!("{column}=");
                            let part = path.split('/').find_map(|it| it.strip_prefix(&key));
                            let part = part.expect("a folder");
                            part.replace("__HIVE_DEFAULT_PARTITION__", "")
                        }
                    };
                    cells.push(head.iter().map(cell).collect::<Vec<_>>().join(","));
                }
            }
            let mut expected: Vec<&str> = whole.lines().skip(1).collect();
            expected.sort_unstable();
            cells.sort_unstable();
            assert_eq!(cells, expected, "{by}");
        }
    }
}

/// Whatever columns there are, the files have the rows of one table.
#[test]
fn no_row_of_any_columns_is_lost() {
    let work = Work::new();
    let timer = |queue: u32| {
        let stats =
            format!(r#"{{"metric":"tTalk","stats":{{"count":1,"sum":{queue}5,"max":{queue}7}}}}"#);
        crate::work::response(&format!("q{queue}"), 8..11, &stats)
    };
    let all: Vec<String> = (1..8).map(timer).collect();
    work.write("a.ndjson", all.join("\n"));
    let figures = [
        "sum",
        "max",
        "count",
        "count,sum",
        "sum,max",
        "metric,sum",
        "sum,metric",
    ];
    for format in ["csv", "tsv", "ndjson", "json", "parquet", "arrow"] {
        for figures in figures {
            let columns = format!("queueId,interval_start,{figures}");
            let lake = format!("{format} {figures}");
            let run = [
                "convert",
                "a.ndjson",
                "-t",
                format,
                "--columns",
                &columns,
                "-o",
                &lake,
            ];
            let more = ["--partition-by", "date", "--manifest", "m.json"];
            work.run(&[&run[..], &more].concat()).exits(0);
            work.run(&["verify", "m.json"]).exits(0);
            if ["csv", "tsv", "ndjson"].contains(&format) {
                let text = work.read(&format!("{lake}/date=2026-03-02/gcagg.{format}"));
                let lines = text.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(lines, 21 + usize::from(format != "ndjson"), "{lake}");
            }
        }
    }
}

#[test]
fn a_column_under_two_names_is_named_twice() {
    let work = Work::new();
    work.write(
        "a.json",
        crate::work::response("q", 8..9, crate::work::OFFERED),
    );
    for by in [
        "queueId,queue",
        "queueId,QUEUEID",
        "queue_id,queueId",
        "date,Date",
    ] {
        let said = work
            .run(&["convert", "a.json", "-o", "lake", "--partition-by", by])
            .exits(2)
            .stderr;
        assert!(said.contains("is named twice"), "{by}: {said}");
    }
    let renamed = [
        "convert",
        "a.json",
        "-o",
        "lake",
        "--columns",
        "queueId=Q,interval_start,count",
    ];
    let said = work
        .run(&[&renamed[..], &["--partition-by", "Q,queueId"]].concat())
        .exits(2)
        .stderr;
    assert!(said.contains("is named twice"), "{said}");
}

/// Readers see one of two columns with a name, and files without columns have no rows.
#[test]
fn folders_and_columns_have_different_names_and_files_have_columns() {
    let work = Work::new();
    let text = crate::work::response("q", 8..9, crate::work::OFFERED);
    let text = text.replace(r#"{"queueId""#, r#"{"mediaType":"voice","queueId""#);
    work.write("a.json", text);
    let cases = [
        ("mediaType=Kanal,metric=mediaType,count", "mediaType"),
        ("interval_start=date,metric,count", "date"),
        ("mediaType,metric", "mediaType,metric"),
    ];
    for (columns, by) in cases {
        for format in ["csv", "parquet", "arrow"] {
            let run = ["convert", "a.json", "-t", format, "-o", "lake"];
            let more = ["--columns", columns, "--partition-by", by];
            let said = work.run(&[&run[..], &more].concat()).exits(2).stderr;
            let wanted = match by {
                "mediaType,metric" => "no column is left",
                _ => "a folder and a column",
            };
            assert!(said.contains(wanted), "{columns} {by}: {said}");
        }
    }
    for format in ["csv", "ndjson", "parquet", "arrow"] {
        let run = ["convert", "a.json", "-t", format, "-o", "t", "--columns"];
        let said = work.run(&[&run[..], &["divi*"]].concat()).exits(2).stderr;
        assert!(said.contains("--columns"), "{said}");
    }
}
