//! Groups that lack a dimension are parts of the whole; documents of different queries are not.

use serde_json::Value;

use crate::work::{VOICE, Work, report};

/// A document of groups, each with its dimensions and a count, in one hour of a day.
fn document(day: u8, groups: &[(&str, u32)]) -> String {
    let groups: Vec<String> = groups
        .iter()
        .map(|(group, count)| {
            format!(
                r#"{{"group":{{{group}}},"data":[{{"interval":"2026-03-{day:02}T08:00:00.000Z/2026-03-{day:02}T09:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}"#
            )
        })
        .collect();
    format!(r#"{{"results":[{}]}}"#, groups.join(","))
}

const QUEUE: &str = r#""mediaType":"voice","queueId":"q1""#;
const OTHER: &str = r#""mediaType":"voice","queueId":"q2""#;
const CODE: &str = r#""mediaType":"voice","wrapUpCode":"w1""#;

/// The rows of a report: name, count, and the query where there are several.
fn rows(report: &Value) -> Vec<(String, u64, Option<u64>)> {
    let rows = report["rows"].as_array().expect("rows").iter();
    let row = |row: &Value| {
        let count = row["figures"]["kpi_offered"]["value"].as_u64();
        let name = row["name"].as_str().expect("a name").to_owned();
        (name, count.expect("a count"), row["query"].as_u64())
    };
    rows.map(row).collect()
}

fn offered(report: &Value) -> Option<u64> {
    report["totals"]["kpi_offered"]["value"].as_u64()
}

#[test]
fn a_group_that_lacks_a_dimension_is_a_part() {
    let work = Work::new();
    work.write("a.json", document(2, &[(QUEUE, 5), (VOICE, 3), ("", 2)]));
    let all = report(&work, &["a.json"]);
    assert_eq!(offered(&all), Some(10));
    assert_eq!(
        rows(&all),
        [
            ("voice · q1".to_owned(), 5, None),
            ("voice · (none)".to_owned(), 3, None),
            ("(none) · (none)".to_owned(), 2, None),
        ]
    );
    let by = report(&work, &["a.json", "--by", "queueId"]);
    assert_eq!(
        rows(&by),
        [("(none)".to_owned(), 5, None), ("q1".to_owned(), 5, None)]
    );
    let rolled = work.run(&["rollup", "--by", "", "a.json"]).exits(0).stdout;
    assert!(rolled.contains(r#""count":10"#), "{rolled}");
    for form in ["text", "markdown", "html"] {
        let page = work
            .run(&["report", "a.json", "--format", form])
            .exits(0)
            .stdout;
        assert!(page.contains("(none)"), "{page}");
    }
}

#[test]
fn documents_of_different_queries_are_never_added() {
    let work = Work::new();
    work.write("1-queues.json", document(2, &[(QUEUE, 5), (OTHER, 4)]));
    work.write("2-media.json", document(2, &[(VOICE, 9)]));
    work.write("3-codes.json", document(2, &[(CODE, 7), (VOICE, 2)]));
    let all = report(&work, &["1-queues.json", "2-media.json", "3-codes.json"]);
    assert_eq!(offered(&all), Some(9));
    assert_eq!(
        rows(&all),
        [
            ("voice".to_owned(), 9, Some(0)),
            ("voice · q1".to_owned(), 5, Some(1)),
            ("voice · q2".to_owned(), 4, Some(1)),
            ("voice · w1".to_owned(), 7, Some(2)),
            ("voice · (none)".to_owned(), 2, Some(2)),
        ]
    );
    let points = all["series"]["points"].as_array().expect("points");
    assert_eq!(points[0]["figures"]["kpi_offered"], 9);
    let note = all["notes"][0].as_str().expect("a note");
    assert!(
        note.contains("3 ways: by media type; by media type and queue;"),
        "{note}"
    );
    // In any order of the inputs.
    let turned = report(&work, &["3-codes.json", "1-queues.json", "2-media.json"]);
    assert_eq!(rows(&turned), rows(&all));
    let text = work
        .run(&["report", "1-queues.json", "2-media.json"])
        .exits(0)
        .stdout;
    assert!(text.contains("\nmediaType · queueId"), "{text}");
    assert!(text.contains("\nmediaType "), "{text}");
    let page = work
        .run(&[
            "report",
            "1-queues.json",
            "2-media.json",
            "--format",
            "html",
        ])
        .exits(0)
        .stdout;
    for rows in ["media type", "queue and media type"] {
        let caption = format!(">Figures by {rows}</caption>");
        assert_eq!(page.matches(&caption).count(), 1, "{rows}");
    }
    for order in [
        ["1-queues.json", "3-codes.json"],
        ["3-codes.json", "1-queues.json"],
    ] {
        let ran = work
            .run(&[&["rollup", "--ignore", "all"][..], &order].concat())
            .exits(1);
        assert_eq!(ran.stdout, "");
        for words in [
            "error[R004]",
            "1-queues.json is grouped by mediaType, queueId",
            "3-codes.json",
        ] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
    }
    // All rows are written.
    let table = work
        .run(&["convert", "1-queues.json", "2-media.json", "3-codes.json"])
        .exits(0)
        .stdout;
    assert_eq!(table.lines().count(), 6);
}

#[test]
fn a_total_comes_from_the_query_with_the_fewest_dimensions_that_has_it() {
    let work = Work::new();
    let handled = document(2, &[(VOICE, 9)]).replace(
        r#""metric":"nOffered","stats":{"count":9}"#,
        r#""metric":"tHandle","stats":{"count":8,"sum":80}},{"metric":"nConnected","stats":{"count":1}"#,
    );
    let queues = document(2, &[(QUEUE, 5), (OTHER, 4)]).replace(
        r#"{"metric":"nOffered""#,
        r#"{"metric":"nConnected","stats":{"count":3}},{"metric":"nOffered""#,
    );
    work.write("media.json", handled);
    work.write("queues.json", queues);
    let all = report(&work, &["media.json", "queues.json"]);
    assert_eq!(offered(&all), Some(9));
    assert_eq!(all["totals"]["kpi_handled"]["value"], 8);
}

#[test]
fn fewer_dimensions_on_another_day_are_the_same_query() {
    let work = Work::new();
    work.write("1.json", document(2, &[(QUEUE, 5), (VOICE, 1)]));
    work.write("2.json", document(3, &[(VOICE, 3)]));
    let all = report(&work, &["1.json", "2.json"]);
    assert_eq!(offered(&all), Some(9));
    assert_eq!(rows(&all).len(), 2);
    let ran = work
        .run(&["rollup", "--by", "", "--every", "1mo", "1.json", "2.json"])
        .exits(0);
    assert!(ran.stdout.contains(r#""count":9"#), "{}", ran.stdout);
    // Pages of one query may split its groups as they like.
    let page = document(4, &[(QUEUE, 5)]).replace("]}]}]}", "]}]}],\"cursor\":\"next\"}");
    assert!(page.contains("cursor"), "{page}");
    work.write("p1.json", page);
    work.write("p2.json", document(4, &[(VOICE, 3)]));
    assert_eq!(offered(&report(&work, &["p1.json", "p2.json"])), Some(8));
    // So may groups of one document.
    work.write(
        "both.ndjson",
        [document(5, &[(QUEUE, 1)]), document(5, &[(VOICE, 9)])].join("\n"),
    );
    let ran = work.run(&["rollup", "both.ndjson"]).exits(1);
    assert!(
        ran.stderr.contains("document 2 of both.ndjson"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_dimension_that_no_group_has_is_refused_with_the_nearest() {
    let work = Work::new();
    work.write("a.json", document(2, &[(QUEUE, 5)]));
    for command in ["report", "rollup"] {
        let ran = work.run(&[command, "a.json", "--by", "queuId"]).exits(2);
        assert!(
            ran.stderr.contains("did you mean `queueId`?"),
            "{}",
            ran.stderr
        );
    }
    // A night can lack a dimension of its query, and is rolled up. A report by it would have one row.
    work.run(&["rollup", "a.json", "--by", "userId"]).exits(0);
    work.run(&["report", "a.json", "--by", "userId"]).exits(2);
}

#[test]
fn a_dimension_with_several_values_makes_totals_impossible() {
    let work = Work::new();
    work.write("a.json", document(2, &[(CODE, 7), (VOICE, 2)]));
    let all = report(&work, &["a.json"]);
    assert_eq!(offered(&all), None);
    assert!(
        all["notes"][0]
            .as_str()
            .expect("a note")
            .contains("more than one wrap-up code")
    );
    let by = report(&work, &["a.json", "--by", "wrapUpCode"]);
    assert_eq!(
        rows(&by),
        [("w1".to_owned(), 7, None), ("(none)".to_owned(), 2, None)]
    );
    let dropped = report(&work, &["a.json", "--by", "mediaType"]);
    assert_eq!(rows(&dropped), []);
    work.run(&["rollup", "a.json", "--by", "mediaType"])
        .exits(1);
    work.run(&["rollup", "a.json", "--by", "wrapUpCode"])
        .exits(0);
}

#[test]
fn containers_that_were_taken_out_of_a_response_are_of_one_query() {
    let work = Work::new();
    let whole = document(2, &[(QUEUE, 5), (VOICE, 3)]);
    work.write("whole.json", &whole);
    let value: Value = serde_json::from_str(&whole).expect("JSON");
    let lines = value["results"].as_array().expect("results").iter();
    let lines: Vec<String> = lines.map(Value::to_string).collect();
    work.write("lines.ndjson", lines.join("\n"));
    for file in ["whole.json", "lines.ndjson"] {
        assert_eq!(offered(&report(&work, &[file])), Some(8), "{file}");
        work.run(&["rollup", file]).exits(0);
    }
}

#[test]
fn nothing_is_added_over_a_dimension_with_several_values() {
    let work = Work::new();
    let other = CODE.replace("w1", "w2");
    work.write("a.json", document(2, &[(CODE, 7), (&other, 7), (VOICE, 2)]));
    work.write("now.json", document(2, &[(VOICE, 3)]));
    for arguments in [
        &["a.json"][..],
        &["a.json", "--by", "wrapUpCode", "--top", "1"],
        &["now.json", "--compare", "a.json"],
    ] {
        let page = report(&work, arguments).to_string();
        for sum in ["14", "16", "9"] {
            assert!(
                !page.contains(&format!("\"value\":{sum}}}")),
                "{arguments:?}: {page}"
            );
            assert!(
                !page.contains(&format!("\"value\":{sum},")),
                "{arguments:?}: {page}"
            );
        }
    }
    let top = report(&work, &["a.json", "--by", "wrapUpCode", "--top", "1"]);
    assert_eq!(top["rows"][1]["others"], 2);
    assert_eq!(
        top["rows"][1]["figures"]["kpi_offered"]["value"],
        Value::Null
    );
}

#[test]
fn notes_of_queries_do_not_contradict_what_is_shown() {
    let work = Work::new();
    let other = document(2, &[(r#""mediaType":"email","queueId":"q1""#, 4)]);
    work.write("calls.json", document(2, &[(QUEUE, 5), (OTHER, 3)]));
    work.write("email.json", other);
    work.write(
        "codes.json",
        document(
            2,
            &[(r#""mediaType":"voice","queueId":"q1","wrapUpCode":"w1""#, 5)],
        ),
    );
    // Rows by queue come from the other query.
    let by = report(&work, &["calls.json", "codes.json", "--by", "wrapup,queue"]);
    let notes = by["notes"].to_string();
    assert!(!notes.contains("There are no rows by"), "{notes}");
    // A survey on another day is a figure by queue, too. Agents are a query of their own.
    let survey = |metric: &str| document(3, &[(QUEUE, 2)]).replace("nOffered", metric);
    work.write("surveys.json", survey("nSurveysSent"));
    work.write(
        "agents.json",
        document(3, &[(r#""userId":"u""#, 1)]).replace("nOffered", "nEvaluations"),
    );
    let all = ["calls.json", "codes.json", "surveys.json", "agents.json"];
    let notes = report(&work, &all)["notes"].to_string();
    assert!(notes.contains("grouped in 3 ways"), "{notes}");
    assert!(
        notes.contains("Figures of Offered by media type and queue have no data on Tue 3 Mar 2026"),
        "{notes}"
    );
    // Each media type has its target.
    let level = |name: &str, target: &str| {
        let text = String::from_utf8(work.read(name)).expect("text");
        text.replace(
            r#"{"metric":"nOffered""#,
            &format!(
                r#"{{"metric":"oServiceTarget","stats":{{"current":{target}}}}},{{"metric":"oServiceLevel","stats":{{"numerator":1,"denominator":2,"target":{target}}}}},{{"metric":"nOffered""#
            ),
        )
    };
    work.write("a.json", level("calls.json", "0.8"));
    work.write("b.json", level("email.json", "0.7"));
    let notes = report(&work, &["a.json", "b.json"])["notes"].to_string();
    assert!(
        !notes.contains("targets of the service level are not"),
        "{notes}"
    );
}
