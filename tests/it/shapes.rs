//! Which documents are of one query: pages, containers that were taken out of a response, responses by
//! id, pushes, and groups whose dimensions are null.

use crate::work::{Ran, VOICE, Work};

const HOUR: &str = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
const NO_QUEUE: &str = r#""mediaType":"voice","queueId":null"#;
const QUEUE: &str = r#""mediaType":"voice","queueId":"q1""#;
const USER: &str = r#""mediaType":"voice","userId":"u1""#;

/// A container with a count in one hour.
fn container(group: &str, count: u32) -> String {
    format!(
        r#"{{"group":{{{group}}},"data":[{{"interval":"{HOUR}","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}"#
    )
}

fn document(groups: &[(&str, u32)]) -> String {
    let containers = groups.iter().map(|(group, count)| container(group, *count));
    let containers: Vec<String> = containers.collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// A page that another follows.
fn page(groups: &[(&str, u32)]) -> String {
    let mut page = document(groups);
    page.truncate(page.len() - 1);
    page + r#","cursor":"next"}"#
}

/// The same as a notification.
fn push(group: &str, count: u32) -> String {
    format!(
        r#"{{"topicName":"v2.analytics.queues.q1.aggregates","eventBody":{}}}"#,
        container(group, count)
    )
}

/// What a total of these inputs is.
#[track_caller]
fn total(work: &Work, inputs: &[&str]) -> u64 {
    let by = ["rollup", "--by", "", "-t", "csv", "--columns", "count"];
    let ran = work.run(&[&by[..], inputs].concat()).exits(0);
    let total = ran.stdout.lines().nth(1).and_then(|line| line.parse().ok());
    let total = total.expect("a total");
    let report = work.run(&[&["report", "--format", "json", "-q"][..], inputs].concat());
    let report: serde_json::Value = serde_json::from_str(&report.exits(0).stdout).expect("JSON");
    assert_eq!(report["totals"]["kpi_offered"]["value"], total, "{report}");
    total
}

/// The refusal to join inputs.
#[track_caller]
fn refusal(work: &Work, inputs: &[&str]) -> Ran {
    let ran = work.run(&[&["rollup"][..], inputs].concat()).exits(1);
    assert!(ran.stderr.contains("error[R004]"), "{}", ran.stderr);
    ran
}

#[test]
fn a_dimension_that_is_null_everywhere_is_absent() {
    let work = Work::new();
    work.write("1-null.json", document(&[(NO_QUEUE, 3)]));
    work.write("2-absent.json", document(&[(VOICE, 3)]));
    for order in [
        ["1-null.json", "2-absent.json"],
        ["2-absent.json", "1-null.json"],
    ] {
        for command in ["rollup", "report", "convert"] {
            let ran = work.run(&[&[command][..], &order].concat()).exits(1);
            assert!(
                ran.stderr.contains("error[T003]"),
                "{command}: {}",
                ran.stderr
            );
        }
        assert_eq!(
            total(&work, &[&["--repeats", "same"][..], &order].concat()),
            3
        );
    }
    // Where another group has a value, null is the part without one.
    work.write("3-queues.json", document(&[(QUEUE, 5)]));
    assert_eq!(total(&work, &["1-null.json", "3-queues.json"]), 8);
    refusal(&work, &["2-absent.json", "3-queues.json"]);
    work.write("4-media.json", document(&[(VOICE, 8)]));
    refusal(&work, &["1-null.json", "3-queues.json", "4-media.json"]);
}

#[test]
fn a_page_is_of_one_query_with_pages_only() {
    let work = Work::new();
    work.write("queues-1.json", page(&[(QUEUE, 5)]));
    work.write("queues-2.json", document(&[(VOICE, 3)]));
    work.write("users.json", document(&[(USER, 8)]));
    work.write("totals.json", document(&[("", 8)]));
    assert_eq!(total(&work, &["queues-1.json", "queues-2.json"]), 8);
    for other in ["users.json", "totals.json"] {
        let ran = refusal(&work, &["queues-1.json", other]);
        assert!(ran.stderr.contains("warning[F007]"), "{}", ran.stderr);
        let ran = refusal(&work, &["queues-1.json", "queues-2.json", other]);
        assert!(!ran.stderr.contains("F007"), "{}", ran.stderr);
    }
    // Within one file, too.
    work.write(
        "all.ndjson",
        [
            page(&[(QUEUE, 5)]),
            document(&[(VOICE, 3)]),
            document(&[(USER, 8)]),
        ]
        .join("\n"),
    );
    refusal(&work, &["all.ndjson"]);
    work.write(
        "pages.ndjson",
        [page(&[(QUEUE, 5)]), page(&[]), document(&[(VOICE, 3)])].join("\n"),
    );
    assert_eq!(total(&work, &["pages.ndjson"]), 8);
}

#[test]
fn a_page_twice_is_found() {
    let work = Work::new();
    work.write("p1.json", page(&[(QUEUE, 5)]));
    work.write("p2.json", document(&[(VOICE, 3)]));
    work.write("z-copy.json", document(&[(VOICE, 3)]));
    let all = ["p1.json", "p2.json", "z-copy.json"];
    for command in ["convert", "rollup", "report", "validate"] {
        let ran = work.run(&[&[command][..], &all].concat()).exits(1);
        let found = ran.stderr + &ran.stdout;
        assert!(found.contains("error[T003]"), "{command}: {found}");
        assert!(found.contains("z-copy.json"), "{command}: {found}");
    }
    for how in ["same", "last"] {
        assert_eq!(
            total(&work, &[&["--repeats", how][..], &all].concat()),
            8,
            "{how}"
        );
    }
    // A query by media type of which one figure happens to be equal is no copy.
    let chat = r#""mediaType":"chat""#;
    let chats = r#""mediaType":"chat","queueId":"q2""#;
    work.write("queues.json", document(&[(chats, 4), (VOICE, 3)]));
    work.write("media.json", document(&[(chat, 4), (VOICE, 3)]));
    work.run(&["convert", "queues.json", "media.json"]).exits(0);
    refusal(&work, &["queues.json", "media.json"]);
}

#[test]
fn containers_of_one_input_are_of_one_query_and_those_of_others_are_not() {
    let work = Work::new();
    let lines = |groups: &[(&str, u32)]| {
        let lines = groups.iter().map(|(group, count)| container(group, *count));
        lines.collect::<Vec<String>>().join("\n")
    };
    work.write("queues.ndjson", lines(&[(QUEUE, 5), (VOICE, 3)]));
    work.write("users.ndjson", lines(&[(USER, 7), (VOICE, 1)]));
    work.write("users.json", document(&[(USER, 7), (VOICE, 1)]));
    assert_eq!(total(&work, &["queues.ndjson"]), 8);
    for other in ["users.ndjson", "users.json"] {
        refusal(&work, &["queues.ndjson", other]);
        refusal(&work, &[other, "queues.ndjson"]);
    }
}

#[test]
fn responses_by_id_of_one_grouping_are_of_one_query() {
    let work = Work::new();
    let other = QUEUE.replace("q1", "q2");
    let map = format!(
        r#"{{"q1":{},"none":{},"q2":{}}}"#,
        document(&[(QUEUE, 5)]),
        document(&[]),
        document(&[(&other, 3)])
    );
    work.write("map.json", &map);
    assert_eq!(total(&work, &["map.json"]), 8);
    assert_eq!(total(&work, &["--window=16", "map.json"]), 8);
    work.write("wrapped.json", format!(r#"{{"body":{map}}}"#));
    assert_eq!(total(&work, &["wrapped.json"]), 8);
    let responses = [document(&[(QUEUE, 5)]), document(&[(VOICE, 8)])];
    work.write("array.json", format!("[{}]", responses.join(",")));
    refusal(&work, &["array.json"]);
    let [queues, all] = &responses;
    work.write("both.json", format!(r#"{{"queues":{queues},"all":{all}}}"#));
    refusal(&work, &["both.json"]);
    work.write("users.json", document(&[(USER, 8)]));
    refusal(&work, &["map.json", "users.json"]);
}

#[test]
fn pushes_are_of_one_query() {
    let work = Work::new();
    work.write("a.json", push(QUEUE, 5));
    work.write("b.json", push(VOICE, 3));
    work.write("all.ndjson", [push(QUEUE, 5), push(VOICE, 3)].join("\n"));
    work.write(
        "array.json",
        format!("[{},{}]", push(QUEUE, 5), push(VOICE, 3)),
    );
    work.write("users.json", document(&[(USER, 8)]));
    for inputs in [&["all.ndjson"][..], &["array.json"], &["a.json", "b.json"]] {
        assert_eq!(total(&work, inputs), 8, "{inputs:?}");
        refusal(&work, &[inputs, &["users.json"]].concat());
        refusal(&work, &[&["users.json"], inputs].concat());
    }
}
