//! Parquet, Arrow and Excel files have, cell for cell, what the CSV has.

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::work::{Work, sample};

/// A response with what typed formats can get wrong.
const ODD: &str = r#"{"results":[
  {"group":{"mediaType":"=1+1","queueId":"00042"},"data":[
    {"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[
      {"metric":"tHandle","stats":{"count":2,"sum":4864058.0,"min":0.5,"max":12345678901234567890}},
      {"metric":"oServiceLevel","stats":{"ratio":0.7575757575757576,"numerator":25,"denominator":33,"target":0.8}},
      {"metric":"tSystemPresence","qualifier":"ÄÖ,\"😀\"","stats":{"sum":-0.25}}]},
    {"interval":"2026-03-02T08:30:00.000Z/2026-03-02T09:00:00.000Z","metrics":[
      {"metric":"tHandle","stats":{"count":null,"sum":2.5e3}},
      {"metric":"nOffered","stats":null}]}]},
  {"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"nOffered","stats":{"count":1}}]}]}]}"#;

/// The header and the rows of a CSV.
fn csv(work: &Work, arguments: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut all = vec!["convert", "-q", "-t", "csv"];
    all.extend(arguments);
    let text = work.run(&all).exits(0).stdout;
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let owned = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    let head = owned(reader.headers().expect("a header").clone());
    let rows = reader.records().map(|record| owned(record.expect("a row")));
    (head, rows.collect())
}

/// A value as text, and nothing for null.
pub fn text(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return String::new();
    }
    match array.data_type() {
        DataType::Dictionary(..) => {
            let array = array.as_dictionary::<Int32Type>();
            let key = array.keys().value(row) as usize;
            array.values().as_string::<i32>().value(key).to_owned()
        }
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Decimal128(_, scale) => {
            let digits = array.as_primitive::<Decimal128Type>().value(row);
            format!("{digits}e-{scale}")
        }
        DataType::Timestamp(TimeUnit::Millisecond, Some(zone)) => {
            assert_eq!(&**zone, "UTC");
            let time = array.as_primitive::<TimestampMillisecondType>();
            let time = chrono::DateTime::from_timestamp_millis(time.value(row)).expect("a time");
            time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
        }
        other => panic!("{other}"),
    }
}

/// Two cells are the same text, or exactly the same number.
fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| -> Option<(i128, i32)> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let mut scale = exponent.parse::<i32>().ok()? - fraction.len() as i32;
        let mut digits = digits;
        while digits != 0 && digits % 10 == 0 {
            (digits, scale) = (digits / 10, scale + 1);
        }
        Some((digits, if digits == 0 { 0 } else { scale }))
    };
    a == b || (number(a).is_some() && number(a) == number(b))
}

fn compare(batches: &[RecordBatch], head: &[String], rows: &[Vec<String>], what: &str) {
    let mut all = rows.iter();
    for batch in batches {
        let schema = batch.schema();
        let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
        assert_eq!(names, head.iter().collect::<Vec<_>>(), "{what}");
        for row in 0..batch.num_rows() {
            let expected = all.next().expect("no row more than the CSV has");
            for (array, expected) in batch.columns().iter().zip(expected) {
                let found = text(array, row);
                assert!(same(&found, expected), "{what}: {found}, not {expected}");
            }
        }
    }
    assert!(all.next().is_none(), "{what}: rows are missing");
}

pub fn parquet(work: &Work, name: &str) -> Vec<RecordBatch> {
    let file = File::open(work.path(name)).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let reader = reader.build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

pub fn arrow(work: &Work, name: &str) -> Vec<RecordBatch> {
    let file = File::open(work.path(name)).expect("a file");
    let reader = arrow_ipc::reader::FileReader::try_new(file, None).expect("Arrow");
    reader.map(|batch| batch.expect("a batch")).collect()
}

/// The samples without errors, and the odd one.
fn inputs(work: &Work) -> Vec<String> {
    work.write("odd.json", ODD);
    let names = [
        "queue-day.json",
        "summary-flat.json",
        "summary-grouped.json",
        "user-presence.json",
        "views.json",
        "survey.json",
    ];
    let mut inputs: Vec<String> = names.map(sample).into();
    inputs.push("odd.json".to_owned());
    inputs
}

#[test]
fn parquet_and_arrow_have_what_the_csv_has() {
    let work = Work::new();
    for input in inputs(&work) {
        for more in [
            &["--layout", "long"][..],
            &["--layout", "wide"],
            &["--layout", "long", "--durations", "s"],
            &["--layout", "wide", "--durations", "hms"],
            &["--layout", "long", "--source-column"],
        ] {
            let arguments: Vec<&str> = more.iter().copied().chain([input.as_str()]).collect();
            let (head, rows) = csv(&work, &arguments);
            for name in ["t.parquet", "t.arrow"] {
                let mut all = vec!["convert", "-q", "-o", name];
                all.extend(&arguments);
                work.run(&all).exits(0);
            }
            let what = format!("{input} {more:?}");
            compare(&parquet(&work, "t.parquet"), &head, &rows, &what);
            compare(&arrow(&work, "t.arrow"), &head, &rows, &what);
        }
    }
}

#[test]
fn types_are_exact_and_stable_where_columns_are() {
    let work = Work::new();
    work.write("odd.json", ODD);
    let types = |arguments: &[&str]| -> Vec<(String, DataType)> {
        let mut all = vec!["convert", "-q", "-o", "t.parquet"];
        all.extend(arguments);
        work.run(&all).exits(0);
        let file = File::open(work.path("t.parquet")).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
        let fields = reader.schema().fields().iter();
        fields
            .map(|field| (field.name().clone(), field.data_type().clone()))
            .collect()
    };
    let of = |types: &[(String, DataType)], name: &str| {
        let found = types.iter().find(|(known, _)| known == name);
        found.map(|(_, kind)| kind.clone()).expect("a column")
    };
    let present = types(&["odd.json"]);
    assert_eq!(of(&present, "count"), DataType::Int64);
    assert_eq!(of(&present, "sum"), DataType::Decimal128(38, 2));
    assert_eq!(of(&present, "min"), DataType::Decimal128(38, 1));
    assert_eq!(of(&present, "max"), DataType::Decimal128(38, 0));
    assert_eq!(of(&present, "ratio"), DataType::Float64);
    let day = ["--columns", "all", "--dims", "mediaType,queueId"];
    let with = |input: &'static str| [&day[..], &[input]].concat();
    work.write("empty.json", r#"{"results":[]}"#);
    assert_eq!(types(&with("odd.json")), types(&with("empty.json")));
    // What does not fit the stable type is refused, and nothing is written.
    let long = ODD.replace("-0.25", "0.00000000000000000001");
    work.write("long.json", long);
    let arguments = [&["convert", "-o", "no.parquet"][..], &with("long.json")].concat();
    let ran = work.run(&arguments).exits(1);
    assert!(
        ran.stderr.contains("column `sum`") && ran.stderr.contains("0.00000000000000000001"),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("no.parquet"));
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let work = Work::new();
    let lines: String = (0..400)
        .map(|at| ODD.replace("00042", &format!("q{at}")).replace('\n', " ") + "\n")
        .collect();
    work.write("lines.ndjson", lines);
    for name in ["t.parquet", "t.arrow"] {
        let bytes = ["1", "2", "7"].map(|threads| {
            work.run(&[
                "convert",
                "-q",
                "-j",
                threads,
                "-o",
                name,
                "--allow",
                "T003",
                "lines.ndjson",
            ])
            .exits(0);
            work.read(name)
        });
        assert!(bytes[0] == bytes[1] && bytes[0] == bytes[2], "{name}");
    }
}

/// The time of a day number, to the millisecond.
fn clock(days: f64) -> chrono::DateTime<chrono::Utc> {
    let millis = ((days - 25_569.0) * 86_400_000.0).round() as i64;
    chrono::DateTime::from_timestamp_millis(millis).expect("a time")
}

fn sheets(work: &Work, name: &str) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = open_workbook(work.path(name)).expect("a workbook");
    let names = book.sheet_names();
    let mut sheets = Vec::new();
    for name in names {
        let range = book.worksheet_range(&name).expect("a sheet");
        sheets.push((name, range.rows().map(<[Data]>::to_vec).collect()));
    }
    sheets
}

#[test]
fn workbooks_have_what_the_csv_has() {
    let work = Work::new();
    for input in inputs(&work) {
        for layout in ["long", "wide"] {
            let (head, rows) = csv(&work, &["--layout", layout, &input]);
            work.run(&["convert", "-q", "--layout", layout, "-o", "t.xlsx", &input])
                .exits(0);
            let sheets = sheets(&work, "t.xlsx");
            let (last, about) = sheets.last().expect("a sheet");
            assert_eq!((sheets[0].0.as_str(), last.as_str()), ("Table", "About"));
            let facts: Vec<String> = about.iter().map(|row| row[0].to_string()).collect();
            for fact in ["Layout", "Order", "Times", "Durations", "Filters"] {
                assert!(facts.iter().any(|name| name == fact), "{facts:?}");
            }
            let (_, table) = &sheets[0];
            assert_eq!(table.len(), rows.len() + 1, "{input} {layout}");
            for (cell, name) in table[0].iter().zip(&head) {
                let zone = if name.starts_with("interval_") {
                    " (UTC)"
                } else {
                    ""
                };
                assert_eq!(cell.to_string(), format!("{name}{zone}"));
            }
            for (found, expected) in table[1..].iter().zip(&rows) {
                for (found, expected) in found.iter().zip(expected) {
                    let shown = match found {
                        Data::DateTime(time) => clock(time.as_f64())
                            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                        Data::Float(number) => {
                            let close = number - expected.parse::<f64>().expect("a number");
                            assert!(close.abs() <= f64::EPSILON * number.abs(), "{expected}");
                            continue;
                        }
                        other => other.to_string(),
                    };
                    assert_eq!(&shown, expected, "{input} {layout}");
                }
            }
        }
    }
}

#[test]
fn workbooks_keep_text_and_large_numbers_as_text() {
    let work = Work::new();
    work.write("odd.json", ODD);
    let ran = work
        .run(&["convert", "--layout", "long", "-o", "t.xlsx", "odd.json"])
        .exits(0);
    assert!(
        ran.stderr.contains("1 number written as text"),
        "{}",
        ran.stderr
    );
    let sheets = sheets(&work, "t.xlsx");
    let all: Vec<&Data> = sheets[0].1.iter().flatten().collect();
    for text in ["=1+1", "00042", "12345678901234567890"] {
        assert!(all.contains(&&Data::String(text.to_owned())), "{text}");
    }
    assert!(all.contains(&&Data::Float(0.7575757575757576)));
}

#[test]
fn a_sheet_per_value_of_a_dimension() {
    let work = Work::new();
    work.write("odd.json", ODD);
    work.run(&[
        "convert",
        "-q",
        "--sheet-by",
        "mediaType",
        "-o",
        "t.xlsx",
        "odd.json",
    ])
    .exits(0);
    let names: Vec<String> = sheets(&work, "t.xlsx")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["=1+1", "voice", "About"]);
    let refused = work
        .run(&[
            "convert",
            "--sheet-by",
            "mediatyp",
            "-o",
            "t.xlsx",
            "odd.json",
        ])
        .exits(2);
    assert!(
        refused.stderr.contains("did you mean `mediaType`?"),
        "{}",
        refused.stderr
    );
    let refused = work
        .run(&["convert", "--sheet-by", "mediaType", "odd.json"])
        .exits(2);
    assert!(
        refused.stderr.contains("--sheet-by is for Excel"),
        "{}",
        refused.stderr
    );
}

#[test]
fn durations_and_local_times_are_those_of_a_spreadsheet() {
    let work = Work::new();
    work.write("odd.json", ODD);
    let zone = ["--timezone", "Europe/Berlin", "--durations", "hms"];
    let arguments = [&["convert", "-q", "-o", "t.xlsx", "odd.json"][..], &zone].concat();
    work.run(&arguments).exits(0);
    let sheets = sheets(&work, "t.xlsx");
    let (head, row) = (&sheets[0].1[0], &sheets[0].1[1]);
    let at = |name: &str| {
        let found = head.iter().position(|cell| *cell == name);
        &row[found.expect("a column")]
    };
    let Data::DateTime(start) = at("interval_start (Europe/Berlin)") else {
        panic!("no date");
    };
    assert_eq!(clock(start.as_f64()).to_string(), "2026-03-02 09:00:00 UTC");
    // 4864058 ms are 1:21:04.
    let Data::DateTime(sum) = at("tHandle_sum") else {
        panic!("no duration: {:?}", at("tHandle_sum"));
    };
    assert!((sum.as_f64() * 86_400.0 - 4864.0).abs() < 1e-6);
}

#[test]
fn packed_formats_are_not_packed_again() {
    let work = Work::new();
    work.write("odd.json", ODD);
    let refused = work
        .run(&["convert", "-o", "t.parquet.gz", "odd.json"])
        .exits(2);
    assert!(
        refused.stderr.contains("Parquet is compressed already"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_workbook_says_what_is_wrong_with_a_source() {
    let work = Work::new();
    let text = crate::work::response("q", 8..10, crate::work::OFFERED);
    let other = text.replace(r#""q""#, r#""other""#);
    for (name, text) in [
        ("a", &text[..]),
        ("b", &text),
        ("c", &other[..other.len() - 20]),
    ] {
        work.write(&format!("{name}.json"), text);
    }
    let skip = ["--on-error", "skip", "--repeats", "same", "-o", "t.xlsx"];
    for command in ["convert", "rollup"] {
        let inputs = [command, "-q", "a.json", "b.json", "c.json"];
        work.run(&[&inputs[..], &skip].concat()).exits(0);
        let sheets = sheets(&work, "t.xlsx");
        let (_, about) = sheets.last().expect("About");
        let sources = about.iter().filter(|row| row[0] == "Source");
        let sources: Vec<String> = sources.map(|row| row[1].to_string()).collect();
        let expected = [
            "a.json",
            "b.json (2 repeated buckets)",
            "c.json (1 bad part left out)",
        ];
        assert_eq!(sources, expected, "{command}");
    }
}
