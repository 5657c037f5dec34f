//! Texts that programs get wrong, in every place of a document: each format keeps them, and what is
//! read back is what the document has.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::{Map, Value, json};

use crate::typed;
use crate::work::Work;

/// Formulas, words that are values elsewhere, numbers, dates, quotes and line breaks, escapes of
/// formats, markup, templates, paths, and characters that are invisible, combined or unassigned.
const TEXTS: &str = r##"
"=1+1" "=cmd|' /C calc'!A0" "=HYPERLINK(\"http://example.invalid\",\"x\")" "+1+1" "-1+1" "@SUM(1,1)" "\t=1+1"
"\r=1+1" "\n=1+1" " =1+1" "\"=1+1\"" "'=1+1" "＝1+1" "{=1}" "=" "+" "-" "@" "\t" "\r" "\n" "\r\n" " " "  " "\u00a0"
"null" "NULL" "None" "nil" "undefined" "true" "FALSE" "NaN" "-nan" "Infinity" "-inf" "N/A" "#N/A" "#REF!" "\\N" "-"
"0" "-0" "+0" "007" "1e5" "1E400" "0x1F" "1_000" "1,000" "1.000,5" ".5" "5." "١٢٣" "½" "10000000000000000000000001"
"2026-03-02" "2026-03-02T08:00:00.000Z" "MAR1" "1/2" "12:30" "1.2.3.4" "SEPT2"
"\"" "\"\"" "\"a" "a\"" "\"\"\"" "'" "''" "`" "a,b" "a;b" "a\tb" "a|b" "a\nb" "a\rb" "a\r\nb" "\na" "a\n" " a" "a "
"\\" "\\\\" "\\n" "\\\"" "a\\" "C:\\new\\table" "\\u0041" "%20" "%s%n" "%00" "&" "&amp;" "&lt;b&gt;" "&#0;" "&nbsp;"
"<b>x</b>" "<script>alert(1)</script>" "\"><img src=x onerror=alert(1)>" "javascript:alert(1)" "]]>" "<![CDATA[x]]>"
"<!-- x" "-->" "<?xml?>" "_x0041_" "_x000D_" "_x005F_x0041_" "_X0041_" "x_x00" "**b**" "_i_" "~~s~~" "[a](b)" "![a](b)"
"# h" "- l" "1. l" "> q" "---" "```" "|---|" "a|b|c" "'; DROP TABLE t; --" "1; --" "/* x */" "$$" "${7*7}" "$(id)"
"{{7*7}}" "{% x %}" "{0}" "`id`" "../../etc/passwd" "/dev/null" "CON" "a/b" "." ".." "file:///x" "a:b" "*" "?"
"é" "e\u0301" "ß" "ǅ" "İstanbul" "ıI" "ﬀ" "Å" "Å" "שלום" "مرحبا" "漢字" "ﷺ" "Z̸͍a̴l̷g̶o" "👩‍👩‍👧" "🇩🇪" "👍🏽" "\u202eabc" "\u2066a"
"\u200b" "a\u200bb" "\u00ad" "\ufeff" "\ufeffa" "a\ufeff" "\ufffd" "\uffff" "\ufffe" "\ue000" "\ud83d\ude00" "\udbff\udfff"
"\u0000" "a\u0000b" "\u0001" "\u0007" "\u0008" "\u000b" "\u000c" "\u001a" "\u001b[31mred" "\u001f" "\u007f" "\u0085" "a\u0085b"
"\u2028" "a\u2029b" "\u0600" "\ufdd0"
"##;

/// The texts, and one that is long.
fn texts() -> Vec<String> {
    let read = serde_json::Deserializer::from_str(TEXTS).into_iter::<String>();
    let mut texts: Vec<String> = read.map(|text| text.expect("a text")).collect();
    texts.push("long, \"and\"".repeat(1000));
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    assert!(texts.len() > 180, "{}", texts.len());
    texts
}

const FORMATS: [&str; 7] = ["csv", "tsv", "ndjson", "json", "parquet", "arrow", "xlsx"];

/// A row: the text of each column that has one.
type Row = BTreeMap<String, String>;

fn delimited(bytes: &[u8], delimiter: u8) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(bytes);
    let names = reader.headers().expect("a header").clone();
    let owned = |(name, cell): (&str, &str)| (name.to_owned(), cell.to_owned());
    let rows = reader.records().map(|row| {
        let row = row.expect("as many fields as the header");
        names.iter().zip(row.iter()).map(owned).collect()
    });
    rows.collect()
}

fn objects(rows: impl IntoIterator<Item = Map<String, Value>>) -> Vec<Row> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let row = |row: Map<String, Value>| row.into_iter().map(|(name, it)| (name, text(it)));
    rows.into_iter().map(|it| row(it).collect()).collect()
}

fn columnar(batches: &[arrow_array::RecordBatch]) -> Vec<Row> {
    let mut rows = Vec::new();
    for batch in batches {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let cells = schema.fields().iter().zip(batch.columns());
            let cell = cells.map(|(field, array)| (field.name().clone(), typed::text(array, row)));
            rows.push(cell.collect());
        }
    }
    rows
}

fn workbook(work: &Work, name: &str) -> Vec<Row> {
    let mut book: Xlsx<_> = open_workbook(work.path(name)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    let mut rows = range.rows();
    let names: Vec<String> = rows
        .next()
        .expect("a header")
        .iter()
        .map(Data::to_string)
        .collect();
    let row = |row: &[Data]| {
        names
            .iter()
            .cloned()
            .zip(row.iter().map(Data::to_string))
            .collect()
    };
    rows.map(row).collect()
}

/// The rows of a table, with the cells that are not empty.
fn read(work: &Work, name: &str) -> Vec<Row> {
    let mut rows = match name.rsplit('.').next().expect("an extension") {
        "csv" => delimited(&work.read(name), b','),
        "tsv" => delimited(&work.read(name), b'\t'),
        "ndjson" => {
            let bytes = work.read(name);
            let lines = bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            objects(lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")))
        }
        "json" => objects(serde_json::from_slice::<Vec<_>>(&work.read(name)).expect("JSON")),
        "parquet" => columnar(&typed::parquet(work, name)),
        "arrow" => columnar(&typed::arrow(work, name)),
        _ => workbook(work, name),
    };
    for row in &mut rows {
        row.retain(|_, cell| !cell.is_empty());
    }
    rows
}

fn bucket(metrics: Value) -> Value {
    json!({"interval": "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z", "metrics": metrics})
}

fn offered(count: usize) -> Value {
    bucket(json!([{"metric": "nOffered", "stats": {"count": count + 1}}]))
}

/// A document of the queues q0, q1, …, and a file with the texts as their names.
fn queues(work: &Work) {
    let texts = texts();
    let containers = (0..texts.len())
        .map(|at| json!({"group": {"queueId": format!("q{at}")}, "data": [offered(at)]}));
    let document = json!({"results": containers.collect::<Vec<_>>()});
    work.write("in.json", document.to_string());
    let quoted = |text: &String| text.replace('"', "\"\"");
    let names = texts.iter().enumerate();
    let names = names.map(|(at, text)| format!("q{at},\"{}\"\n", quoted(text)));
    work.write(
        "names.csv",
        format!("id,name\n{}", names.collect::<String>()),
    );
}

/// Converts in.json to each format, and compares one column with these cells.
fn column_has(work: &Work, more: &[&str], column: &str, cells: &[String]) {
    for format in FORMATS {
        let output = format!("t.{format}");
        let arguments = [
            "convert", "-q", "in.json", "-o", &output, "--layout", "long",
        ];
        work.run(&[&arguments[..], more].concat()).exits(0);
        let rows = read(work, &output);
        assert_eq!(rows.len(), cells.len(), "{format}");
        for (row, cell) in rows.iter().zip(cells) {
            let found = row.get(column).map_or("", String::as_str);
            assert_eq!(found, cell, "{format}: {row:?}");
        }
    }
}

/// Converts a document to each format, and compares one column with the texts.
fn column_is_kept(document: &Value, column: &str) {
    let work = Work::new();
    work.write("in.json", document.to_string());
    column_has(&work, &[], column, &texts());
}

#[test]
fn values_of_dimensions_are_kept() {
    let containers = texts().into_iter().enumerate().map(|(at, text)| {
        json!({"group": {"mediaType": "voice", "wrapUpCode": text}, "data": [offered(at)]})
    });
    column_is_kept(
        &json!({"results": containers.collect::<Vec<_>>()}),
        "wrapUpCode",
    );
}

#[test]
fn metrics_and_qualifiers_are_kept() {
    let one = |metrics: Vec<Value>| json!({"results": [{"group": {"mediaType": "voice"}, "data": [bucket(Value::Array(metrics))]}]});
    let metrics = texts().into_iter();
    let metrics = metrics.map(|text| json!({"metric": text, "stats": {"count": 1}}));
    column_is_kept(&one(metrics.collect()), "metric");
    let qualifiers = texts().into_iter();
    let qualifiers = qualifiers
        .map(|text| json!({"metric": "tSystemPresence", "qualifier": text, "stats": {"sum": 1}}));
    column_is_kept(&one(qualifiers.collect()), "qualifier");
}

#[test]
fn ids_and_units_of_summaries_are_kept() {
    let entity = |text: String| json!({"id": text, "metrics": {"talkTime": {"value": 1, "unit": "s", "label": text}}});
    let entities: Vec<Value> = texts().into_iter().map(entity).collect();
    let document = json!({"entities": entities});
    for column in ["id", "label"] {
        column_is_kept(&document, column);
    }
}

#[test]
fn names_of_ids_are_kept_without_the_white_space_around_them() {
    let work = Work::new();
    queues(&work);
    let names: Vec<String> = texts().iter().map(|text| text.trim().to_owned()).collect();
    column_has(&work, &["--names", "names.csv"], "queue_name", &names);
}

#[test]
fn names_of_dimensions_and_of_wide_columns_are_kept() {
    let work = Work::new();
    let texts = texts();
    let group: Map<String, Value> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (text.clone(), json!(format!("v{at}"))))
        .collect();
    let qualifiers = texts
        .iter()
        .map(|text| json!({"metric": "tSystemPresence", "qualifier": text, "stats": {"sum": 1}}));
    let data = bucket(qualifiers.collect());
    work.write(
        "in.json",
        json!({"results": [{"group": group, "data": [data]}]}).to_string(),
    );
    work.run(&[
        "convert",
        "-q",
        "in.json",
        "-o",
        "expected.ndjson",
        "--layout",
        "wide",
    ])
    .exits(0);
    let expected = read(&work, "expected.ndjson");
    for text in &texts {
        assert!(expected[0].contains_key(text), "{text:?}");
        let wide = format!("tSystemPresence_{text}_sum");
        assert_eq!(
            expected[0].get(&wide).map(String::as_str),
            Some("1"),
            "{wide:?}"
        );
    }
    for format in FORMATS {
        let output = format!("t.{format}");
        work.run(&[
            "convert", "-q", "in.json", "-o", &output, "--layout", "wide",
        ])
        .exits(0);
        let mut rows = read(&work, &output);
        for row in &mut rows {
            row.retain(|name, _| !name.starts_with("interval_"));
        }
        let mut expected = expected.clone();
        expected[0].retain(|name, _| !name.starts_with("interval_"));
        assert_eq!(rows, expected, "{format}");
    }
}

/// The text of HTML without the character references for ASCII.
fn decoded(html: &str) -> String {
    let mut text = html.to_owned();
    for (reference, char) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "\0"),
        ("&amp;", "\0"),
        ("\0", "&"),
    ] {
        text = text.replace(reference, char);
    }
    text
}

/// True if a report shows the text as it is.
fn is_plain(text: &str) -> bool {
    let is_short = text.len() < 100 && text.trim() == text && !text.is_empty();
    is_short
        && text
            .chars()
            .all(|char| char == ' ' || char.is_ascii_graphic())
}

#[test]
fn reports_show_the_names_of_rows() {
    let work = Work::new();
    queues(&work);
    let report = |format: &str| {
        let arguments = [
            "report",
            "-q",
            "in.json",
            "--names",
            "names.csv",
            "--by",
            "queueId",
        ];
        let ran = work.run(&[&arguments[..], &["--format", format]].concat());
        ran.exits(0).stdout
    };
    let report_of = |format: &str| serde_json::from_str::<Value>(&report(format)).expect("JSON");
    let json = report_of("json");
    let rows = json["rows"].as_array().expect("rows");
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    let csv = delimited(report("csv").as_bytes(), b',');
    let cells: Vec<&str> = csv.iter().map(|row| row["Queue"].as_str()).collect();
    let html = decoded(&report("html"));
    let texts = texts();
    assert_eq!((names.len(), cells.len()), (texts.len(), texts.len()));
    for text in texts.iter().filter(|text| is_plain(text)) {
        // Equal names have their ids.
        let has = |names: &[&str], text: &str| {
            let with_id = format!("{text} (q");
            names
                .iter()
                .any(|it| *it == text || it.starts_with(&with_id))
        };
        assert!(has(&names, text), "{text:?} in {names:?}");
        assert!(has(&cells, &guarded(text)), "{text:?} in {cells:?}");
        assert!(html.contains(text.as_str()), "{text:?} in HTML");
    }
}

/// The text as a cell that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    let guard = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => "'",
        false => "",
    };
    format!("{guard}{text}")
}

#[test]
fn guarded_cells_and_headers_begin_with_a_quote_and_only_those() {
    let (work, mut texts) = (Work::new(), texts());
    // `=a` and `'=a` have one header.
    texts.retain(|text| !text.starts_with('\''));
    let containers = texts.iter().enumerate().map(|(at, text)| {
        json!({"group": {"wrapUpCode": text, text.as_str(): "x"}, "data": [offered(at)]})
    });
    let document = json!({"results": containers.collect::<Vec<_>>()});
    work.write("in.json", document.to_string());
    for (format, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let arguments = ["convert", "-q", "in.json", "-t", format, "--formula-guard"];
        let ran = work.run(&arguments).exits(0);
        let rows = delimited(ran.stdout.as_bytes(), delimiter);
        assert_eq!(rows.len(), texts.len());
        for (row, text) in rows.iter().zip(&texts) {
            assert_eq!(row["wrapUpCode"], guarded(text), "{format}");
            assert_eq!(row[&guarded(text)], "x", "{format}");
        }
    }
}

#[test]
fn headers_of_reports_are_guarded() {
    let work = Work::new();
    for metric in ["=evil", "+evil", "-evil", "@evil"] {
        let data = bucket(json!([{"metric": metric, "stats": {"count": 1}}]));
        let document = json!({"results": [{"group": {"=own": "x"}, "data": [data]}]});
        work.write("in.json", document.to_string());
        let metric_option = format!("--metric={metric}");
        let arguments = ["report", "-q", "in.json", "--format", "csv", &metric_option];
        let ran = work.run(&arguments).exits(0);
        let header = ran.stdout.lines().next().unwrap_or_default();
        assert_eq!(header, format!("'=own,'{metric}"));
    }
}
