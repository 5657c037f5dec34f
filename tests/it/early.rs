//! Rows that are written while their inputs are checked: the same bytes as in two passes.

use crate::work::{Work, response, sample};

/// Small windows, so that small inputs are long.
const WINDOW: &str = "4096";

/// Lines of one document, each with a queue of its own.
fn lines(document: &str, count: usize) -> String {
    let value: serde_json::Value = serde_json::from_str(document).expect("JSON");
    let line = value.to_string();
    (0..count)
        .map(|at| {
            let own = format!("\"group\":{{\"own\":\"{at}\",");
            line.replace("\"group\":{", &own)
                .replace("\"id\":\"", &format!("\"id\":\"{at}-"))
                + "\n"
        })
        .collect()
}

/// The table in a file and on standard output, which may be made in one pass and are the same, and with
/// a limit, which never is.
fn both(work: &Work, arguments: &[&str], code: i32) -> (Vec<u8>, String, String) {
    let with = |more: &[&str]| -> Vec<String> {
        let all = ["convert", "--window", WINDOW]
            .iter()
            .chain(arguments)
            .chain(more);
        all.map(|it| (*it).to_owned()).collect()
    };
    let run = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        work.run(&arguments).exits(code)
    };
    let file = run(with(&["-o", "table.csv"]));
    let printed = run(with(&[]));
    let plain = run(with(&["-v", "--limit", "1000000000"]));
    assert!(printed.stdout == plain.stdout, "{arguments:?}");
    let bytes = if work.exists("table.csv") {
        work.read("table.csv")
    } else {
        Vec::new()
    };
    (bytes, plain.stdout, file.stderr)
}

#[test]
fn every_sample_gives_the_same_table() {
    let work = Work::new();
    for name in [
        "queue-day.json",
        "summary-flat.json",
        "summary-grouped.json",
        "user-presence.json",
        "views.json",
        "survey.json",
        "bot.json",
    ] {
        let document = std::fs::read_to_string(sample(name)).expect("text");
        work.write("a.ndjson", lines(&document, 1 + 200_000 / document.len()));
        for more in [
            &["-j", "1"][..],
            &["-j", "3"],
            &["--layout", "wide"],
            &["--durations", "s", "--columns", "all"],
            &["--metric", "*t*"],
            &["-t", "json"],
        ] {
            let arguments = [more, &["--allow", "all", "a.ndjson"]].concat();
            let code = work
                .run(&[&["convert", "-q"][..], &arguments].concat())
                .code
                .expect("a status");
            let (bytes, plain, _) = both(&work, &arguments, code);
            assert!(bytes == plain.as_bytes(), "{name} {more:?}");
        }
    }
}

#[test]
fn several_files_keep_their_order() {
    let work = Work::new();
    let document = std::fs::read_to_string(sample("queue-day.json")).expect("text");
    for (at, line) in lines(&document, 20).lines().enumerate() {
        work.write(&format!("in/{at:02}.json"), line);
    }
    let (bytes, plain, _) = both(&work, &["in"], 0);
    assert!(bytes == plain.as_bytes());
}

#[test]
fn a_wrong_guess_and_a_late_fault_leave_no_trace() {
    let work = Work::new();
    let document = std::fs::read_to_string(sample("queue-day.json")).expect("text");
    let many = lines(&document, 8);
    let odd = r#"{"results":[{"group":{"ofThisLineOnly":"x"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"tHandle","stats":{"p99":7}}]}]}]}"#;
    work.write("a.ndjson", format!("{many}{odd}\n"));
    let (bytes, plain, _) = both(&work, &["a.ndjson"], 0);
    assert!(bytes == plain.as_bytes());
    assert!(plain.starts_with("mediaType,ofThisLineOnly,"));
    // A fault at the end: the old table stays.
    work.write("table.csv", "old");
    work.write(
        "a.ndjson",
        format!("{many}{}\n", odd.replace(":7}", ":\"7\"}")),
    );
    let (bytes, plain, _) = both(&work, &["a.ndjson"], 1);
    assert_eq!((bytes.as_slice(), plain.as_str()), (&b"old"[..], ""));
    // Bad parts are left out in two passes.
    let (bytes, plain, _) = both(&work, &["--on-error", "skip", "a.ndjson"], 0);
    assert!(bytes == plain.as_bytes());
    assert_eq!(work.names(), ["a.ndjson", "table.csv"]);
}

#[test]
fn rows_name_their_input() {
    let work = Work::new();
    let document = std::fs::read_to_string(sample("queue-day.json")).expect("text");
    work.write("a.ndjson", lines(&document, 2));
    let (bytes, plain, _) = both(&work, &["--source-column", "a.ndjson"], 0);
    assert!(bytes == plain.as_bytes());
    let mut rows = plain.lines();
    assert!(rows.next().is_some_and(|it| it.starts_with("source,")));
    assert!(rows.all(|it| it.starts_with("a.ndjson,")));
}

#[test]
fn names_that_only_the_last_document_has_are_in_every_row() {
    let work = Work::new();
    let document = |user: usize, mapping: &str| {
        let metrics = ["p1", "p3"].map(|id| {
            format!(
                r#"{{"metric":"tOrganizationPresence","qualifier":"{id}","stats":{{"sum":60}}}}"#
            )
        });
        let response = response(&user.to_string(), 8..9, &metrics.join(","));
        let response = response.replace("queueId", "userId");
        response.replacen('{', &format!("{{{mapping}"), 1) + "\n"
    };
    let mapping = r#""systemToOrganizationMappings":{"MEAL":["p3","p1"]},"#;
    let first: String = (0..300).map(|user| document(user, "")).collect();
    work.write("a.ndjson", first + &document(300, mapping));
    work.write("names.csv", "id,name\np1,Lunch\n");
    let columns = ["--columns", "qualifier,qualifier_name", "a.ndjson"];
    for (names, first) in [
        (&["--names", "names.csv"][..], "p1,Lunch"),
        (&[], "p1,MEAL"),
    ] {
        let (bytes, plain, _) = both(&work, &[&columns[..], names].concat(), 0);
        assert!(bytes == plain.as_bytes(), "{names:?}");
        let rows = plain.lines().skip(1).enumerate();
        for (at, row) in rows {
            assert_eq!(row, [first, "p3,MEAL"][at % 2], "{names:?}");
        }
    }
}
