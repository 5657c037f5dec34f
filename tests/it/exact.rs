//! Numbers that a format cannot hold as they are: text in workbooks, and counted everywhere.

use std::io::Read as _;

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::work::{Work, response};

/// A response of timers, a bucket an hour, with these sums.
fn sums(sums: &[&str]) -> String {
    let containers = sums.iter().enumerate().map(|(at, sum)| {
        let metric = format!(r#"{{"metric":"tHandle","stats":{{"count":1,"sum":{sum}}}}}"#);
        let document = response(&format!("q{at}"), 8..9, &metric);
        document[12..document.len() - 2].to_owned()
    });
    let containers: Vec<String> = containers.collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// The cells of each sheet of a workbook.
fn sheets(work: &Work, name: &str) -> Vec<Vec<Vec<Data>>> {
    let mut book: Xlsx<_> = open_workbook(work.path(name)).expect("a workbook");
    let sheets = book.worksheets().into_iter();
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    sheets.map(|(_, range)| rows(range)).collect()
}

/// The bytes of a member of an archive.
fn member(archive: &[u8], name: &str) -> String {
    let number = |at: usize, bytes: usize| {
        let bytes = archive[at..at + bytes].iter().rev();
        bytes.fold(0, |all, byte| all << 8 | usize::from(*byte))
    };
    let starts = |mark: &[u8]| {
        let places = archive.windows(mark.len()).enumerate();
        let places = places.filter(|(_, window)| *window == mark);
        places.map(|(at, _)| at).collect::<Vec<_>>()
    };
    for at in starts(b"PK\x01\x02") {
        let end = at + 46 + number(at + 28, 2);
        if &archive[at + 46..end] == name.as_bytes() {
            let local = number(at + 42, 4);
            let from = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let packed = &archive[from..from + number(at + 20, 4)];
            let mut text = String::new();
            let mut reader = flate2::read::DeflateDecoder::new(packed);
            reader.read_to_string(&mut text).expect("deflated");
            return text;
        }
    }
    panic!("no {name}");
}

#[test]
fn workbooks_have_text_where_a_number_would_be_rounded() {
    let work = Work::new();
    let exact = [
        "9007199254740992",
        "-9007199254740992",
        "0.1",
        "1.4e1",
        "123456789.125",
        "0.7575757575757576",
    ];
    let as_text = [
        "9007199254740993",
        "-9007199254740993",
        "9007199254740994",
        "12345678901234567890",
        "0.12345678901234567890123",
        "900719925474099.21875",
        "1e400",
        "1e-400",
    ];
    work.write("a.json", sums(&[&exact[..], &as_text].concat()));
    for layout in ["long", "wide"] {
        let all = ["convert", "a.json", "-o", "t.xlsx", "--layout", layout];
        let said = work.run(&all).exits(0).stderr;
        assert!(said.contains("8 numbers written as text"), "{said}");
        let sheets = sheets(&work, "t.xlsx");
        let cells: Vec<&Data> = sheets[0].iter().flatten().collect();
        for literal in as_text {
            assert!(
                cells.contains(&&Data::String(literal.to_owned())),
                "{literal}"
            );
        }
        for literal in exact {
            let number = literal.parse().expect("a number");
            assert!(cells.contains(&&Data::Float(number)), "{literal}");
        }
        let about = sheets.last().expect("About");
        let line = about.iter().find(|row| {
            let name = row[0].to_string();
            name.starts_with("Numbers written as text")
        });
        assert_eq!(line.expect("a line")[1].to_string(), "8");
    }
    // A table of a roll-up says the same.
    let all = ["rollup", "a.json", "-o", "t.xlsx"];
    let said = work.run(&all).exits(0).stderr;
    assert!(said.contains("numbers written as text"), "{said}");
}

#[test]
fn clocks_with_milliseconds_show_them() {
    let work = Work::new();
    work.write("a.json", sums(&["70430555", "2000"]));
    for (unit, shown, other) in [
        ("hms.ms", "[h]:mm:ss.000", None),
        ("hms", "[h]:mm:ss", Some("[h]:mm:ss.000")),
    ] {
        for command in ["convert", "rollup"] {
            let all = [command, "-q", "a.json", "-o", "t.xlsx", "--durations", unit];
            work.run(&all).exits(0);
            let styles = member(&work.read("t.xlsx"), "xl/styles.xml");
            assert!(styles.contains(&format!("\"{shown}\"")), "{styles}");
            assert!(
                other.is_none_or(|other| !styles.contains(other)),
                "{styles}"
            );
        }
    }
    let sheets = sheets(&work, "t.xlsx");
    let durations = sheets[0].iter().flatten();
    let durations = durations.filter(|cell| matches!(cell, Data::DateTime(_)));
    assert!(durations.count() > 2);
}

#[test]
fn columns_beyond_decimals_say_how_many_numbers_are_rounded() {
    let work = Work::new();
    for (name, numbers, rounded) in [
        (
            "exact",
            &["9007199254740993", "0.1", "12345678901234567890"][..],
            0,
        ),
        (
            "beyond",
            &[
                "9007199254740993",
                "999999999999999999999999999999999999999",
                "1e-400",
                "5",
                "0.1",
            ],
            3,
        ),
        // It is the double that it reads back as.
        ("large", &["1e40", "3"], 0),
    ] {
        work.write("a.json", sums(numbers));
        for output in ["t.parquet", "t.arrow"] {
            let said = work
                .run(&["convert", "a.json", "-o", output])
                .exits(0)
                .stderr;
            let line = said.lines().find(|line| line.contains("rounded"));
            match rounded {
                0 => assert_eq!(line, None, "{name}"),
                rounded => {
                    let line = line.unwrap_or_else(|| panic!("{name}: {said}"));
                    assert!(
                        line.starts_with(&format!("{rounded} numbers rounded")),
                        "{line}"
                    );
                }
            }
        }
    }
    let all = ["convert", "-q", "a.json", "-o", "t.parquet"];
    assert_eq!(work.run(&all).exits(0).stderr, "");
}

/// A response of one bucket with these metrics.
fn bucket(metrics: &str) -> String {
    response("q", 8..9, metrics)
}

#[test]
fn numbers_that_a_fixed_type_cannot_hold_are_findings_with_their_place() {
    let work = Work::new();
    let level = |stats: &str| format!(r#"{{"metric":"oServiceLevel","stats":{{{stats}}}}}"#);
    let handle = |stats: &str| format!(r#"{{"metric":"tHandle","stats":{{{stats}}}}}"#);
    let nines = "9".repeat(39);
    for (metric, literal, column, text_too) in [
        (
            level(r#""numerator":1.5,"denominator":2"#),
            "1.5",
            "numerator",
            true,
        ),
        (level(r#""ratio":1e400"#), "1e400", "ratio", true),
        (
            handle(r#""count":9223372036854775808"#),
            "9223372036854775808",
            "count",
            true,
        ),
        (
            handle(&format!(r#""count":1,"sum":{nines}"#)),
            &nines,
            "sum",
            true,
        ),
        // 39 digits with the 18 after the point, and below the largest integer of 128 bits.
        (
            handle(r#""count":1,"sum":150000000000000000000"#),
            "150000000000000000000",
            "sum",
            true,
        ),
        (handle(r#""count":1,"max":1e-25"#), "1e-25", "max", false),
    ] {
        let text = bucket(&metric);
        work.write("a.json", &text);
        let at = text.find(literal).expect("it is there") + 1;
        let place = format!("a.json:1:{at}");
        for (output, layout) in [
            ("t.parquet", "long"),
            ("t.arrow", "wide"),
            ("t.csv", "long"),
            ("t.ndjson", "wide"),
        ] {
            let all = ["convert", "a.json", "-o", output, "--columns=all"];
            let all = [&all[..], &["--allow=M,S003", "--layout", layout]].concat();
            let typed = !output.ends_with("csv") && !output.ends_with("ndjson");
            if !typed && !text_too {
                work.run(&all).exits(0);
                std::fs::remove_file(work.path(output)).expect("the table");
                continue;
            }
            let said = work.run(&all).exits(1).stderr;
            let name = match layout {
                "long" => format!("`{column}`"),
                _ => format!("_{column}`"),
            };
            for words in [
                "S006",
                &place,
                &name,
                &literal[..3],
                "/data/0/metrics/0/stats/",
            ] {
                assert!(said.contains(words), "{words}: {said}");
            }
            assert!(
                !said.contains("Number(") && !said.contains("Int64"),
                "{said}"
            );
            assert!(!work.exists(output));
            // Its bucket is a bad part like any other.
            let skip = [&all[..], &["--on-error=skip", "--rejects=r.ndjson"]].concat();
            let said = work.run(&skip).exits(0).stderr;
            assert!(said.contains("1 bad part left out"), "{said}");
            assert!(
                String::from_utf8(work.read("r.ndjson"))
                    .expect("text")
                    .contains("S006")
            );
            std::fs::remove_file(work.path(output)).expect("the table");
        }
    }
}

#[test]
fn numbers_beyond_doubles_are_findings_in_every_typed_table() {
    let work = Work::new();
    work.write("a.json", sums(&["5", "1e400", "-1e999"]));
    for output in ["t.parquet", "t.arrow"] {
        let ran = work.run(&["convert", "a.json", "-o", output]).exits(1);
        assert!(ran.stderr.contains("1e400 does not fit"), "{}", ran.stderr);
        assert!(!work.exists(output));
        let filtered = ["--where", "queueId=q0"];
        work.run(&[&["convert", "a.json", "-o", output][..], &filtered].concat())
            .exits(0);
        std::fs::remove_file(work.path(output)).expect("the table");
    }
    // Text has every digit, and other commands have no types.
    for all in [
        &["convert", "a.json"][..],
        &["validate", "a.json"],
        &["report", "a.json"],
    ] {
        assert!(!work.run(all).exits(0).stderr.contains("S006"), "{all:?}");
    }
}

#[test]
fn a_merged_figure_that_does_not_fit_is_refused() {
    let work = Work::new();
    let large = r#"{"metric":"nOffered","stats":{"count":9000000000000000000}}"#;
    work.write("a.json", response("q", 8..10, large));
    let all = [
        "rollup",
        "a.json",
        "--every=1d",
        "--columns=all",
        "-o",
        "t.parquet",
    ];
    let said = work.run(&all).exits(1).stderr;
    assert!(said.contains("18000000000000000000 does not fit"), "{said}");
    assert!(!work.exists("t.parquet"));
}

#[test]
fn summaries_have_fixed_types_too() {
    let work = Work::new();
    let value = "1".repeat(30);
    let text = format!(
        r#"{{"entities":[{{"id":"e","metrics":{{"x":{{"value":{value},"unit":"s"}}}}}}]}}"#
    );
    work.write("a.json", &text);
    for layout in ["long", "wide"] {
        let all = [
            "convert",
            "a.json",
            "--columns=all",
            "-o",
            "t.parquet",
            "--layout",
            layout,
        ];
        let said = work.run(&all).exits(1).stderr;
        let place = format!("a.json:1:{}", text.find(&value).expect("it is there") + 1);
        for words in ["S006", &place, "/entities/0/metrics/x/value"] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}

#[test]
fn whole_numbers_of_fixed_columns_are_written_as_databases_read_them() {
    let work = Work::new();
    let spelled = |count: &str| format!(r#"{{"metric":"nOffered","stats":{{"count":{count}}}}}"#);
    let ratio = r#"{"metric":"oServiceLevel","stats":{"numerator":1.40e1,"denominator":20.0,"ratio":0.70}}"#;
    for (count, whole) in [
        ("14.0", "14"),
        ("1.4e1", "14"),
        ("140E-1", "14"),
        ("-0.0", "0"),
        ("7", "7"),
    ] {
        work.write("a.json", bucket(&format!("{},{ratio}", spelled(count))));
        let run = |more: &[&str]| {
            let all = ["convert", "-q", "--allow=all", "a.json"];
            work.run(&[&all[..], more].concat()).exits(0).stdout
        };
        let long = run(&["--columns=all"]);
        assert!(long.contains(&format!(",nOffered,,,{whole},,")), "{long}");
        // Ratios and sums keep their digits.
        assert!(long.contains(",0.70,14,20,"), "{long}");
        let wide = run(&["--columns=all", "--layout=wide"]);
        assert!(wide.contains(&format!(",{whole},0.70,14,20\n")), "{wide}");
        let json = run(&["--columns=all", "-t", "ndjson"]);
        assert!(json.contains(&format!("\"count\":{whole},")), "{json}");
        // Without fixed columns, the digits of the input.
        let present = run(&[]);
        assert!(
            present.contains(&format!(",nOffered,{count},")),
            "{present}"
        );
    }
}
