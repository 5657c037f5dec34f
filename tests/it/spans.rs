//! Spans of large files: together they have the rows and the findings of the file.

use std::path::Path;

use gcagg::{Inputs, Span, TableSpec, spans};

use crate::work::Work;

/// A response with so many groups; every seventh bucket has a `min` above its `max`, in the last
/// group there are so many buckets.
fn large(name: &str, groups: usize, last: usize, between: &str) -> String {
    let bucket = |minute: usize| {
        let (hour, minute) = (minute / 60, minute % 60);
        let min = if minute.is_multiple_of(7) { 90 } else { 1 };
        format!(
            "{{\"interval\":\"2026-03-02T{hour:02}:{minute:02}:00Z/2026-03-02T{hour:02}:{minute:02}:59Z\",\
             \"metrics\":[{{\"metric\":\"tTalk\",\"stats\":{{\"count\":2,\"sum\":30.5,\"min\":{min},\"max\":29.5}}}}]}}"
        )
    };
    let group = |index: usize| {
        let count = if index + 1 == groups {
            last
        } else {
            1 + index % 5
        };
        let buckets: Vec<String> = (0..count).map(bucket).collect();
        let buckets = buckets.join(&format!(",{between}"));
        format!("{{\"group\":{{\"queueId\":\"{name}-ä{index}\"}},{between}\"data\":[{buckets}]}}")
    };
    let groups: Vec<String> = (0..groups).map(group).collect();
    format!(
        "{{\"results\":{between}[{}]}}\n",
        groups.join(&format!(",{between}"))
    )
}

fn table(inputs: Inputs) -> String {
    let shape = TableSpec::new().all_columns().dimensions(["queueId"]);
    let mut csv = Vec::new();
    let checked = inputs.table_spec(shape).check().expect("checked");
    checked
        .table()
        .expect("a table")
        .write("csv", &mut csv)
        .expect("written");
    String::from_utf8(csv).expect("text")
}

/// Every finding with its place.
fn findings(inputs: Inputs) -> Vec<String> {
    let findings = inputs
        .validate()
        .expect("checked")
        .findings()
        .expect("findings");
    let shown = findings.into_iter().map(|it| {
        format!(
            "{} {:?} {:?} {} {}",
            it.code, it.line, it.column, it.pointer, it.message
        )
    });
    shown.collect()
}

/// Reads a file in spans of each size, and compares with the whole. Returns the numbers of spans.
fn compare(path: &Path, sizes: &[u64]) -> Vec<usize> {
    let whole = table(Inputs::new().path(path));
    let (header, _) = whole.split_once('\n').expect("a header");
    let all = findings(Inputs::new().path(path));
    let mut counts = Vec::new();
    for &size in sizes {
        let spans: Vec<Span> = spans(path, size).expect("spans");
        let mut rows = format!("{header}\n");
        let mut found = Vec::new();
        for span in &spans {
            let part = table(Inputs::new().span(path, *span));
            let (first, rest) = part.split_once('\n').expect("a header");
            assert_eq!(first, header);
            rows.push_str(rest);
            found.extend(findings(Inputs::new().span(path, *span)));
        }
        assert!(rows == whole, "{} spans of {}", spans.len(), path.display());
        assert_eq!(found, all, "{} spans", spans.len());
        counts.push(spans.len());
    }
    counts
}

#[test]
fn spans_of_a_response_have_its_rows_and_findings() {
    let work = Work::new();
    for between in ["", " \n  "] {
        work.write("a.json", large("a", 9_000, 1400, between));
        let counts = compare(&work.path("a.json"), &[1 << 30, 1 << 20, 100_000]);
        assert_eq!(counts[0], 1);
        assert!(counts[1] > 3 && counts[2] > 2 * counts[1], "{counts:?}");
    }
    // Long white space is text like any other.
    let blank = format!("[{}", " ".repeat(3 << 20));
    work.write("a.json", large("a", 8_000, 3, "").replacen('[', &blank, 1));
    assert!(compare(&work.path("a.json"), &[100_000])[0] > 2);
}

#[test]
fn spans_of_documents_one_a_line_have_their_rows_and_findings() {
    let work = Work::new();
    let lines: String = (1..400)
        .map(|index| large(&format!("d{index}"), index % 40 + 1, 3, ""))
        .collect();
    work.write("a.ndjson", lines);
    let counts = compare(&work.path("a.ndjson"), &[300_000, 1]);
    assert!(counts[0] > 2 && counts[1] >= counts[0], "{counts:?}");
}

#[test]
fn what_cannot_be_cut_is_one_span() {
    let work = Work::new();
    let response = large("a", 8_000, 3, "");
    let body = &response[..response.len() - 1];
    for (name, text) in [
        ("envelope.json", format!("{{\"body\":{body}}}")),
        ("pages.json", format!("[{body},{body}]")),
        ("bom.json", format!("\u{feff}{body}")),
        ("broken.json", format!("{body}}}")),
        ("cut.json", body[..body.len() - 100].to_owned()),
        ("two.json", format!("{body}\n{body}\n")),
    ] {
        work.write(name, text);
        let spans = spans(work.path(name), 100_000).expect("spans");
        let length = work.read(name).len() as u64;
        assert_eq!(spans, [Span::whole(length)], "{name}");
    }
    assert!(spans(work.path("none.json"), 1).is_err());
}
