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
