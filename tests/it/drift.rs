//! `inspect --against`: what is new, gone or of another type.

use serde_json::{Value, json};

use crate::work::{OFFERED, Ran, Work, response, sample};

const HANDLE: &str = r#"{"metric":"tHandle","stats":{"count":2,"sum":7000,"min":3000,"max":4000}}"#;

/// The lines of an answer, without the spaces that bring them under each other.
fn lines(ran: &Ran) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    ran.stdout.lines().map(words).collect()
}

/// The changes of an answer in JSON.
fn changes(ran: &Ran) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let changes = answer["changes"].as_array().expect("a list").clone();
    assert_eq!(answer["drift"].as_u64(), Some(changes.len() as u64));
    changes
}

#[test]
fn names_that_come_and_go_are_told() {
    let work = Work::new();
    work.write(
        "old.json",
        response("q", 8..9, &format!("{OFFERED},{HANDLE}")),
    );
    let new = r#"{"cursor":"next","results":[{"group":{"userId":"u"},"derived":{"asa":[1]},"data":[{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","metrics":[
        {"metric":"tHandle","qualifier":"voice","stats":{"count":2,"sum":7000,"p95":1}},
        {"metric":"tTalk","stats":{"sum":3}}],"views":[{"name":"short","stats":{"count":1}}]}]}]}"#;
    work.write("new.json", new);
    let arguments = ["inspect", "new.json", "--against", "old.json"];
    let ran = work.run(&arguments).exits(0);
    assert_eq!(
        lines(&ran),
        [
            "against old.json: 9 new, 4 gone",
            "",
            "fields",
            "new /cursor string",
            "new /results/*/data/*/metrics/*/qualifier string",
            "new /results/*/data/*/views array",
            "new /results/*/derived object",
            "",
            "dimensions",
            "new userId string",
            "gone queueId string",
            "",
            "metrics",
            "new tTalk",
            "gone nOffered",
            "",
            "views",
            "new short",
            "",
            "stats",
            "new p95 of tHandle number",
            "gone max of tHandle number",
            "gone min of tHandle number",
            "",
            "qualifiers",
            "new voice of tHandle",
        ],
    );
    let ran = work.run(&[&arguments[..], &["--format", "json"]].concat());
    let changes = changes(&ran.exits(0));
    assert_eq!(changes.len(), 13);
    assert!(
        changes.contains(&json!({
            "what": "stat", "change": "gone", "name": "max", "of": "tHandle",
            "before": ["number"], "after": [], "help": null,
        })),
        "{changes:?}"
    );
}

#[test]
fn another_type_is_told_and_another_number_is_not() {
    let work = Work::new();
    let document = |division: &str, stats: &str| {
        let metrics = format!(r#"{{"metric":"tHandle","stats":{{{stats}}}}}"#);
        response("q", 8..9, &metrics).replace(r#""q""#, division)
    };
    work.write(
        "old.json",
        document(r#""q""#, r#""count":2,"sum":7000,"min":null,"max":null"#),
    );
    work.write(
        "decimal.json",
        document(r#""q""#, r#""count":2,"sum":7000.5,"min":null"#),
    );
    let ran = work
        .run(&["inspect", "decimal.json", "--against", "old.json"])
        .exits(0);
    assert_eq!(ran.stdout, "against old.json: no drift\n");
    // The schema refuses such values, so they are found, too; they are drift all the same.
    work.write(
        "typed.json",
        document("7", r#""count":2,"sum":"7000","min":1"#),
    );
    let ran = work
        .run(&["inspect", "typed.json", "--against", "old.json"])
        .exits(1);
    assert_eq!(
        lines(&ran),
        [
            "against old.json: 3 changed",
            "",
            "dimensions",
            "changed queueId string → number",
            "",
            "stats",
            "changed min of tHandle only null → number",
            "changed sum of tHandle number → string",
        ]
    );
    assert!(ran.stderr.contains("S001"), "{}", ran.stderr);
}

#[test]
fn summaries_have_units_that_can_change() {
    let work = Work::new();
    let document = |unit: &str| {
        format!(
            r#"{{"entities":[{{"id":"all","metrics":{{"talkTime":{{"value":45,"unit":"{unit}"}}}}}}]}}"#
        )
    };
    work.write("s.json", document("s"));
    work.write("ms.json", document("ms"));
    let ran = work
        .run(&["inspect", "ms.json", "--against", "s.json"])
        .exits(0);
    let reported = [
        "against s.json: 1 new, 1 gone",
        "",
        "units",
        "new ms of talkTime",
        "gone s of talkTime",
    ];
    assert_eq!(lines(&ran), reported);
}

#[test]
fn drift_alone_is_no_failure_unless_it_was_asked_for() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write("b.json", response("q", 8..9, HANDLE));
    work.run(&["inspect", "b.json", "--against", "a.json"])
        .exits(0);
    work.run(&["inspect", "b.json", "--against", "a.json", "--exit-code"])
        .exits(1);
    work.run(&["inspect", "a.json", "--against", "a.json", "--exit-code"])
        .exits(0);
    let ran = work.run(&["inspect", "a.json", "--exit-code"]).exits(2);
    assert!(ran.stderr.contains("--against"), "{}", ran.stderr);
}

#[test]
fn the_schema_and_the_catalogue_are_a_side_of_their_own() {
    let work = Work::new();
    let metrics = r#"{"metric":"nOffered","stats":{"count":1,"sum":4,"max":null,"average":4}},
        {"metric":"tTalk","stats":{"count":1,"average":4,"current":1}},
        {"metric":"nAbandoned","stats":{"count":1}},{"metric":"tHandel","own":1,"stats":{"sum":1}}"#;
    let document = response("q", 8..9, metrics)
        .replace("queueId", "queueld")
        .replace(r#"{"results""#, r#"{"page":{"size":3},"results""#);
    work.write("a.json", document);
    let ran = work
        .run(&["inspect", "a.json", "--against", "schema"])
        .exits(0);
    assert_eq!(
        lines(&ran),
        [
            "against the schema and the catalogue: 7 new, 2 unfit",
            "",
            "fields",
            "new /page object",
            "new /results/*/data/*/metrics/*/own number",
            "",
            "dimensions",
            "new queueld string did you mean queueId?",
            "",
            "metrics",
            "new nAbandoned this figure is the count of tAbandon",
            "new tHandel did you mean tHandle?",
            "",
            "stats",
            "new average of nOffered, tTalk number",
            "unfit current of tTalk number metrics of this kind (timer) have no current",
            "unfit sum of nOffered number metrics of this kind (counter) have no sum",
        ]
    );
    let ran = work.run(&[
        "inspect",
        "a.json",
        "--against",
        "schema",
        "--format",
        "json",
    ]);
    assert_eq!(changes(&ran.exits(0)).len(), 9);
}

#[test]
fn samples_are_what_the_schema_and_the_catalogue_know() {
    let work = Work::new();
    for name in [
        "queue-day.json",
        "user-presence.json",
        "views.json",
        "flow.json",
        "bot.json",
        "survey.json",
        "evaluation.json",
        "async-page-1.json",
        "summary-flat.json",
        "summary-grouped.json",
        "nightly.ndjson",
        "queue-day-2.json.gz",
    ] {
        let ran = work.run(&[
            "inspect",
            &sample(name),
            "--against",
            "schema",
            "--exit-code",
        ]);
        assert_eq!(
            ran.exits(0).stdout,
            "against the schema and the catalogue: no drift\n",
            "{name}"
        );
    }
}

#[test]
fn the_form_of_a_document_is_no_drift() {
    let work = Work::new();
    let container = r#"{"group":{"queueId":"q"},"data":[{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","metrics":[{"metric":"nOffered","stats":{"count":12}}]}]}"#;
    work.write("response.json", format!(r#"{{"results":[{container}]}}"#));
    for (name, text) in [
        ("single.json", container.to_owned()),
        ("array.json", format!("[{container}]")),
        (
            "lines.ndjson",
            format!("{container}\n{}\n", container.replace(r#""q""#, r#""r""#)),
        ),
        (
            "envelope.json",
            format!(r#"{{"status":200,"body":{{"results":[{container}]}}}}"#),
        ),
    ] {
        work.write(name, text);
        let ran = work.run(&["inspect", name, "--against", "response.json", "--exit-code"]);
        assert_eq!(
            ran.exits(0).stdout,
            "against response.json: no drift\n",
            "{name}"
        );
    }
    // A folder and a pattern are as good as a file, and so is a pipe.
    work.write("folder/a.json", format!(r#"{{"results":[{container}]}}"#));
    for against in ["folder", "folder/*.json", "-"] {
        let arguments = ["inspect", "array.json", "--against", against];
        let ran = work.pipe(&arguments, container.as_bytes()).exits(0);
        assert_eq!(ran.stdout, format!("against {against}: no drift\n"));
    }
}

#[test]
fn what_cannot_be_read_is_found_on_either_side() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write("broken.json", "{\"results\":[");
    for (input, against, code, word) in [
        ("a.json", "none.json", 3, "F001"),
        ("none.json", "a.json", 3, "F001"),
        ("a.json", "broken.json", 1, "J002"),
        ("broken.json", "a.json", 1, "J002"),
        ("broken.json", "schema", 1, "J002"),
    ] {
        let ran = work
            .run(&["inspect", input, "--against", against])
            .exits(code);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        assert!(
            ran.stderr.contains(word) && ran.stderr.contains("nothing was compared"),
            "{}",
            ran.stderr
        );
    }
    // What can be read is compared, and a response without rows is read.
    work.write("empty.json", "{}");
    let ran = work
        .run(&["inspect", "empty.json", "--against", "a.json"])
        .exits(0);
    assert!(ran.stdout.contains("gone  nOffered"), "{}", ran.stdout);
    let ran = work
        .run(&["inspect", "a.json", "broken.json", "--against", "a.json"])
        .exits(1);
    assert_eq!(ran.stdout, "against a.json: no drift\n");
    let ran = work.run(&["inspect", "-", "--against", "-"]).exits(2);
    assert!(ran.stderr.contains("standard input"), "{}", ran.stderr);
    let arguments = ["inspect", "a.json", "--against", "b.json", "-o", "b.json"];
    work.write("b.json", response("q", 8..9, OFFERED));
    work.run(&arguments).exits(2);
}

#[test]
fn neither_threads_nor_windows_change_the_answer() {
    let work = Work::new();
    let metric = |number: usize| {
        let stat = if number.is_multiple_of(3) {
            "min"
        } else {
            "max"
        };
        format!(r#"{{"metric":"tTalk","qualifier":"q{number}","stats":{{"{stat}":{number}}}}}"#)
    };
    let metrics: Vec<String> = (0..40).map(metric).collect();
    let one = response("q", 0..20, &metrics.join(","));
    work.write("old.json", response("q", 8..9, OFFERED));
    work.write(
        "new.json",
        one.replace(r#"{"results""#, r#"{"own":1,"results""#),
    );
    let arguments = ["inspect", "new.json", "--against", "old.json"];
    let whole = work.run(&arguments).exits(0).stdout;
    assert!(whole.contains("/own") && whole.contains("tTalk"), "{whole}");
    for (threads, window) in [("1", "64"), ("2", "1000"), ("3", "5000"), ("8", "100000")] {
        let options = ["-j", threads, "--window", window];
        let ran = work.run(&[&arguments[..], &options].concat()).exits(0);
        assert_eq!(ran.stdout, whole, "{threads} threads, {window} bytes");
    }
}

#[test]
fn hostile_names_are_escaped() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let hostile = OFFERED.replace("nOffered", r"n\u001b[31m\u202e");
    work.write("b.json", response("q", 8..9, &hostile));
    let ran = work
        .run(&["inspect", "b.json", "--against", "a.json"])
        .exits(0);
    assert!(
        !ran.stdout.contains(['\u{1b}', '\u{202e}']),
        "{:?}",
        ran.stdout
    );
}

#[test]
fn excluded_files_are_not_compared_with() {
    let work = Work::new();
    work.write("new.json", response("q", 8..9, OFFERED));
    work.write("old/a.json", response("q", 8..9, OFFERED));
    work.write("old/a.bak.json", response("q", 8..9, HANDLE));
    let arguments = ["inspect", "new.json", "--against", "old"];
    let ran = work.run(&[&arguments[..], &["--exclude", "*.bak.json"]].concat());
    let ran = ran.exits(0);
    assert_eq!(ran.stdout, "against old: no drift\n");
}
