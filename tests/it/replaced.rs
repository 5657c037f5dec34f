//! `--partition-by`: a file is replaced by one that has its rows and figures.

use crate::partitions::{files, night};
use crate::work::Work;

#[test]
fn a_file_with_times_that_its_replacement_lacks_stays() {
    let work = Work::new();
    for format in ["csv", "tsv", "ndjson", "json", "parquet", "arrow"] {
        for by in ["date", "queueId"] {
            let folder = format!("lake-{format}-{by}");
            let run = |name: &str, hours: std::ops::Range<u8>, more: &[&str]| {
                work.write(name, night(hours));
                let to = ["--partition-by", by, "-t", format, "-o", &folder];
                work.run(&[&["convert", name], &to[..], more].concat())
            };
            run("late.json", 19..23, &[]).exits(0);
            // Rows of other hours, and fewer rows.
            for lacking in [0..22, 20..23] {
                let rows = lacking.len();
                let ran = run("day.json", lacking, &[]).exits(2);
                let said = match rows > 4 {
                    true => {
                        "has 4 rows, and its replacement has 22, without 1 of these rows or their figures (such as "
                    }
                    false => "has 4 rows",
                };
                assert!(ran.stderr.contains(said), "{format} {by}: {}", ran.stderr);
            }
            let ran = run("day.json", 0..23, &[]).exits(0);
            assert!(
                ran.stderr.contains("4 rows before, 23 now"),
                "{}",
                ran.stderr
            );
            run("day.json", 0..22, &["--replace-partitions"]).exits(0);
        }
    }
}

#[test]
fn times_are_compared_as_every_format_has_them() {
    let work = Work::new();
    let odd = |hours| night(hours).replace(":00:00.000Z", ":00:00.123456Z");
    for (at, more) in [&[][..], &["--excel"], &["--decimal-comma"]]
        .into_iter()
        .enumerate()
    {
        for format in ["csv", "parquet", "arrow"] {
            if format != "csv" && !more.is_empty() {
                continue;
            }
            let folder = format!("lake-{format}-{at}");
            let run = |text: String, more: &[&str]| {
                work.write("in.json", text);
                let to = ["--partition-by", "date", "-t", format, "-o", &folder];
                work.run(&[&["convert", "in.json"], &to[..], more].concat())
            };
            run(odd(6..8), more).exits(0);
            run(odd(6..8), more).exits(0);
            let ran = run(odd(8..12), more).exits(2);
            assert!(
                ran.stderr
                    .contains("without 2 of these rows or their figures ("),
                "{}",
                ran.stderr
            );
            run(odd(5..12), more).exits(0);
            // Times under another heading are unknown.
            if format == "csv" {
                let title = ["--columns", "queueId,interval_start=Start,metric,count"];
                run(odd(5..13), &[more, &title].concat()).exits(2);
            }
        }
    }
}

/// The same number of rows at the same times can be those of another queue.
#[test]
fn rows_of_other_groups_are_not_replaced() {
    for format in ["csv", "ndjson", "parquet", "arrow"] {
        let work = Work::new();
        let document = |queues: &[&str]| {
            let containers = queues.iter().map(|queue| {
                format!(
                    r#"{{"group":{{"mediaType":"voice","queueId":"{queue}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":1}}}}]}}]}}"#
                )
            });
            let containers: Vec<String> = containers.collect();
            format!(r#"{{"results":[{}]}}"#, containers.join(","))
        };
        for (name, queues) in [
            ("a.json", &["a"][..]),
            ("b.json", &["b"]),
            ("both.json", &["b", "a"]),
        ] {
            work.write(name, document(queues));
        }
        let lake = ["--partition-by", "date", "-t", format, "-o", "lake"];
        work.run(&[&["convert", "a.json"], &lake[..]].concat())
            .exits(0);
        let file = format!("lake/date=2026-03-02/gcagg.{format}");
        let before = work.read(&file);
        let ran = work
            .run(&[&["convert", "b.json"], &lake[..]].concat())
            .exits(2);
        assert!(
            ran.stderr
                .contains("has 1 row, and its replacement has 1, without 1 of these rows or their figures (such as mediaType voice, queueId a, interval_start 2026-03-02T08:00:00"),
            "{format} {}",
            ran.stderr
        );
        assert_eq!(work.read(&file), before);
        work.run(&[&["convert", "both.json"], &lake[..]].concat())
            .exits(0);
        let all = [&["convert", "b.json", "--replace-partitions"], &lake[..]].concat();
        work.run(&all).exits(0);
        assert_ne!(work.read(&file), before);
    }
}

/// Without the columns that identify a row, whole rows are compared.
#[test]
fn rows_that_no_column_tells_apart_are_not_replaced() {
    let bucket = |day: u8, end: &str, queue: &str, count: u8| {
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"{queue}"}},"data":[{{"interval":"2026-03-0{day}T00:00:00.000Z/2026-03-0{end}:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}]}}"#
        )
    };
    let half = |count| bucket(2, "2T00:30", "a", count);
    let (of_day, of_next) = (bucket(2, "3T00:00", "a", 90), bucket(3, "3T00:30", "a", 3));
    let of_other = bucket(2, "2T00:30", "b", 2);
    let names = ["--names", "names.csv"];
    let columns = |list: &'static str| ["--columns", list];
    for format in ["csv", "parquet"] {
        for (by, first, second, more) in [
            ("date", of_day.clone(), half(1), vec![]),
            (
                "date",
                of_day.clone(),
                half(1),
                columns("mediaType,queueId,interval_start,metric,count").into(),
            ),
            (
                "date",
                half(1),
                of_other.clone(),
                [
                    &names[..],
                    &columns("queue_name,interval_start,metric,count"),
                ]
                .concat(),
            ),
            (
                "date",
                half(1),
                of_other.clone(),
                columns("mediaType,interval_start,metric,count").into(),
            ),
            (
                "mediaType",
                half(1),
                of_next.clone(),
                columns("mediaType,queueId,interval_end,metric,count").into(),
            ),
            (
                "mediaType",
                half(1),
                of_next.clone(),
                columns("mediaType,queueId,metric,count").into(),
            ),
            (
                "mediaType",
                half(1),
                half(2),
                columns("mediaType,queueId,metric,count").into(),
            ),
        ] {
            let work = Work::new();
            work.write("names.csv", "id,name\na,Sales\nb,Service\n");
            let run = |text: &str, last: &[&str]| {
                work.write("in.json", text);
                let lake = [
                    "convert",
                    "in.json",
                    "-t",
                    format,
                    "-o",
                    "lake",
                    "--partition-by",
                    by,
                ];
                work.run(&[&lake[..], &more, last].concat())
            };
            run(&first, &[]).exits(0);
            run(&first, &[]).exits(0);
            let value = ["mediaType=voice", "date=2026-03-02"][usize::from(by == "date")];
            let file = format!("lake/{value}/gcagg.{format}");
            let before = work.read(&file);
            let said = run(&second, &[]).exits(2).stderr;
            assert!(said.contains("without 1 of these rows"), "{more:?}: {said}");
            assert_eq!(work.read(&file), before, "{more:?}");
            run(&second, &["--replace-partitions"]).exits(0);
        }
    }
    // The time of the run and the name of the file do not identify a row.
    let work = Work::new();
    for (name, time) in [("a.json", "1772000000"), ("b.json", "1772000009")] {
        work.write(name, half(1));
        let named = ["--columns", "metric,count,source,loaded_at", "-o", "lake"];
        let run = [&["convert", name, "--partition-by", "metric"], &named[..]].concat();
        let run = work.command(&run).env("SOURCE_DATE_EPOCH", time).output();
        let ran = run.expect("a run");
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
    // A column has as many decimals as the numbers of its run need.
    let work = Work::new();
    let sum = |day: &str, sum: &str| {
        let figures = format!(r#""nOffered","stats":{{"count":1,"sum":{sum},"max":5}}"#);
        half(1)
            .replace("03-02", day)
            .replace(r#""nOffered","stats":{"count":1}"#, &figures)
    };
    work.write("a.json", sum("03-02", "10"));
    work.write("b.json", sum("03-03", "10.25"));
    for inputs in [&["a.json", "b.json"][..], &["a.json"]] {
        let lake = [
            "convert",
            "-t",
            "parquet",
            "-o",
            "lake",
            "--partition-by",
            "date",
        ];
        let chosen = columns("queueId,interval_start,metric,count,sum");
        work.run(&[&lake[..], &chosen, inputs].concat()).exits(0);
    }
    // A quote before a name is a part of it.
    let work = Work::new();
    for (queue, code) in [("a", 0), ("'a", 2)] {
        work.write("in.json", bucket(2, "2T00:30", queue, 1));
        let lake = ["convert", "in.json", "-o", "lake", "--partition-by", "date"];
        work.run(&lake).exits(code);
    }
    // Another delimiter makes other columns.
    let work = Work::new();
    work.write("in.json", half(1));
    let lake = ["convert", "in.json", "-o", "lake", "--partition-by", "date"];
    work.run(&lake).exits(0);
    let said = work
        .run(&[&lake[..], &["--delimiter", ";"]].concat())
        .exits(2);
    let words = "such as the columns mediaType,queueId,interval_start";
    assert!(said.stderr.contains(words), "{}", said.stderr);
}

/// A correction can withdraw all rows of a value: its file stays, and is named.
#[test]
fn files_of_a_day_that_a_run_does_not_write_are_named() {
    let group = |media: &str| {
        crate::work::response("q", 8..9, crate::work::OFFERED).replace(
            r#""queueId""#,
            &format!(r#""mediaType":"{media}","queueId""#),
        )
    };
    let (voice, chat) = (group("voice"), group("chat"));
    for (by, kept) in [
        ("date,mediaType", "date=2026-03-02/mediaType=chat"),
        ("mediaType,date", "mediaType=chat/date=2026-03-02"),
    ] {
        let work = Work::new();
        work.write("voice.json", &voice);
        work.write("chat.json", &chat);
        let run = |inputs: &[&str]| {
            let lake = ["convert", "-o", "lake/", "--partition-by", by];
            work.run(&[&lake[..], inputs].concat()).exits(0).stderr
        };
        let words = format!("kept lake/{kept}/gcagg.csv: this run did not write it\n");
        let both = ["voice.json", "chat.json"];
        assert!(!run(&both).contains("kept") && !run(&both).contains("kept"));
        let said = run(&["voice.json"]);
        assert!(said.contains(&words), "{said}");
        // Files of another format, and of other folders.
        for other in [
            &["-t", "parquet", "--partition-by", by][..],
            &["--partition-by", "date"],
        ] {
            let convert = ["convert", "voice.json", "-o", "lake/"];
            let said = work.run(&[&convert[..], other].concat()).exits(0).stderr;
            assert!(said.contains(&words), "{said}");
        }
    }
    // Other days and other values without days are no part of a run.
    let work = Work::new();
    for (name, text) in [
        ("a.json", &voice),
        ("b.json", &voice.replace("03-02", "03-03")),
    ] {
        work.write(name, text);
        work.write("lake/mediaType=voice/gcagg.csv", "");
        work.write("lake/gcagg.toml", "");
        let lake = ["convert", name, "-o", "lake", "--partition-by", "date"];
        let said = work.run(&lake).exits(0).stderr;
        assert!(!said.contains("kept"), "{said}");
    }
}

/// Other files of a run are none of its partitions.
#[test]
fn a_partition_is_no_other_file_of_its_run() {
    let work = Work::new();
    work.write("in.json", night(8..9));
    let lake = [
        "convert",
        "in.json",
        "-t",
        "ndjson",
        "-o",
        "lake",
        "--partition-by",
        "date",
    ];
    work.run(&lake).exits(0);
    let before = files(&work.path("lake"));
    let file = "lake/date=2026-03-02/gcagg.ndjson";
    for other in [
        &["--manifest", file][..],
        &["--on-error", "skip", "--rejects", file],
    ] {
        let said = work.run(&[&lake[..], other].concat()).exits(2).stderr;
        assert!(said.contains("two outputs would be written to"), "{said}");
        assert_eq!(files(&work.path("lake")), before);
    }
}

/// As many rows can be those of other metrics or hours, or have fewer figures.
#[test]
fn rows_and_figures_that_a_replacement_lacks_are_named() {
    let document = |figures: &[(&str, &str, &str)]| {
        let buckets = figures.iter().map(|(hour, metric, stats)| {
            format!(
                r#"{{"interval":"2026-03-02T{hour}:00:00.000Z/2026-03-02T{hour}:30:00.000Z","metrics":[{{"metric":"{metric}","stats":{{{stats}}}}}]}}"#
            )
        });
        let buckets: Vec<String> = buckets.collect();
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"a"}},"data":[{}]}}]}}"#,
            buckets.join(",")
        )
    };
    let talk = r#""count":2,"sum":9,"min":1,"max":8"#;
    let full = [
        ("08", "nOffered", r#""count":1"#),
        ("09", "tTalk", talk),
        ("11", "nOffered", r#""count":1"#),
    ];
    // The last figure or row of the old file that the new one lacks, by layout.
    let cases = [
        (1, ("09", "tHeld", talk), ["metric tTalk", "tTalk_count of"]),
        (1, ("10", "tTalk", talk), ["T09:00", "T09:00"]),
        (
            1,
            ("09", "tTalk", r#""count":2,"sum":9"#),
            ["max of", "tTalk_max of"],
        ),
        (
            2,
            ("11", "nError", r#""count":1"#),
            ["metric nOffered", "nOffered_count of"],
        ),
    ];
    for format in ["csv", "ndjson", "parquet"] {
        for (at, changed, named) in &cases {
            let mut other = full;
            other[*at] = *changed;
            let mut both = full.to_vec();
            both.push(*changed);
            for (layout, named) in ["long", "wide"].iter().zip(named) {
                let work = Work::new();
                work.write("full.json", document(&full));
                work.write("other.json", document(&other));
                work.write(
                    "more.json",
                    document(&full).replace("\"count\":1", "\"count\":7"),
                );
                let run = |name: &str, more: &[&str]| {
                    let lake = ["--layout", layout, "-t", format, "-o", "lake"];
                    let by = ["convert", name, "--partition-by", "date"];
                    work.run(&[&by[..], &lake, more].concat())
                };
                run("full.json", &[]).exits(0);
                let file = format!("lake/date=2026-03-02/gcagg.{format}");
                let before = work.read(&file);
                let said = run("other.json", &[]).exits(2).stderr;
                let lacks = "has 3 rows, and its replacement has 3, without 1 of these rows";
                assert!(
                    said.contains(lacks) && said.contains(named),
                    "{named}: {said}"
                );
                assert_eq!(work.read(&file), before);
                // Other values of the same figures are a correction.
                run("more.json", &[]).exits(0);
                run("other.json", &["--replace-partitions"]).exits(0);
            }
        }
    }
}

/// A named column can be without a value in the new run: then what it had would be lost.
#[test]
fn a_column_that_lost_all_values_is_a_loss() {
    let work = Work::new();
    let metrics = |acw: &str| {
        let stats = format!(r#"{{"metric":"nOffered","stats":{{"count":3}}}}{acw}"#);
        let text = crate::work::response("q", 8..9, &stats);
        text.replace(r#"{"queueId""#, r#"{"mediaType":"voice","queueId""#)
    };
    let both = metrics(r#",{"metric":"tAcw","stats":{"count":2,"sum":1234}}"#);
    let without_media = metrics("").replace(r#""mediaType":"voice","#, "");
    assert!(!without_media.contains("voice"), "{without_media}");
    let wide = "mediaType,queueId,interval_start,interval_end,nOffered_count,tAcw_sum";
    let long = "queueId,mediaType,interval_start,interval_end,metric,count";
    let cases = [
        ("wide", wide, &both, metrics(""), "tAcw_sum"),
        ("long", long, &metrics(""), without_media, "mediaType"),
    ];
    for (layout, columns, first, second, lost) in cases {
        for format in ["csv", "ndjson", "parquet"] {
            let lake = format!("{layout} {format}");
            let run = |text: &str| {
                work.write("a.json", text);
                let run = ["convert", "a.json", "-t", format, "-o", &lake];
                let more = ["--layout", layout, "--columns", columns];
                work.run(&[&run[..], &more, &["--partition-by", "date"]].concat())
            };
            run(first).exits(0);
            let said = run(&second).exits(2).stderr;
            assert!(said.contains(&format!("{lost} of ")), "{lake}: {said}");
        }
    }
}

#[test]
fn a_second_run_with_guarded_cells_replaces_its_files() {
    let work = Work::new();
    work.write(
        "in.json",
        r#"{"results":[{"group":{"queueId":"=1+2"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":1}}]}]}]}"#,
    );
    for guard in ["--formula-guard", "--excel"] {
        for _ in 0..2 {
            let lake = [
                "--partition-by",
                "date",
                "-t",
                "csv",
                "-o",
                &guard[2..],
                guard,
            ];
            work.run(&[&["convert", "in.json"], &lake[..]].concat())
                .exits(0);
        }
    }
}

/// Without a key, all cells identify a row: also numbers with a comma.
#[test]
fn figures_with_a_comma_are_compared() {
    let work = Work::new();
    let of = |sum: &str| {
        let stats = format!(r#"{{"metric":"tTalk","stats":{{"count":2,"sum":{sum}}}}}"#);
        crate::work::response("q", 8..9, &stats)
    };
    let lake = [
        "convert",
        "a.json",
        "-o",
        "lake",
        "--partition-by",
        "date",
        "--durations",
        "s",
    ];
    let german = ["--decimal-comma", "--columns", "interval_start,count,sum"];
    for (sum, code) in [("1500", 0), ("1500.0", 0), ("1600", 2)] {
        work.write("a.json", of(sum));
        work.run(&[&lake[..], &german].concat()).exits(code);
    }
}
