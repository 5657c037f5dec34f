//! Filters: lists of values, and a warning for those that match nothing.

use crate::work::{OFFERED, Ran, Work, response};

fn work() -> Work {
    let work = Work::new();
    let metrics = format!(
        r#"{OFFERED},{{"metric":"tHandle","stats":{{"count":1,"sum":5000,"min":5000,"max":5000}}}}"#
    );
    let response = response("voice", 8..10, &metrics).replace("queueId", "mediaType");
    let email = response.replace("voice", "email");
    work.write("a.json", &response);
    work.write("b.json", email);
    work
}

fn convert(work: &Work, more: &[&str]) -> Ran {
    let arguments = [
        "convert",
        "a.json",
        "b.json",
        "--columns",
        "mediaType,metric",
    ];
    work.run(&[&arguments[..], more].concat()).exits(0)
}

#[test]
fn lists_of_values_are_alternatives() {
    let work = work();
    let rows = |more: &[&str]| {
        let ran = convert(&work, more);
        assert!(!ran.stderr.contains("U001"), "{more:?} {}", ran.stderr);
        ran.stdout.lines().count() - 1
    };
    assert_eq!(rows(&["--metric", "nOffered,tHandle"]), 8);
    assert_eq!(rows(&["--metric", "nOffered"]), 4);
    assert_eq!(rows(&["--where", "mediaType=voice,email"]), 8);
    assert_eq!(rows(&["--where", "mediaType=voice, email"]), 8);
    assert_eq!(rows(&["--where", "mediaType=voice"]), 4);
    assert_eq!(rows(&["--where", "mediaType=chat,email"]), 4);
    assert_eq!(rows(&["--where", "userId="]), 8);
    // A value that holds a comma itself.
    work.write(
        "a.json",
        response("s1,s2", 8..9, OFFERED).replace("queueId", "mediaType"),
    );
    assert_eq!(rows(&["--where", "mediaType=s1,s2"]), 1);
}

#[test]
fn a_filter_without_a_match_is_a_warning_with_the_nearest() {
    let work = work();
    for (filter, message, help) in [
        (
            &["--metric", "nOffred"][..],
            "--metric nOffred matches no metric or view",
            "did you mean `nOffered`?",
        ),
        (
            &["--metric", "nOffered,tHandel"],
            "--metric tHandel matches no metric or view",
            "did you mean `tHandle`?",
        ),
        (
            &["--metric", "z*"],
            "--metric z* matches no metric or view",
            "the inputs have nOffered, tHandle",
        ),
        (
            &["--where", "mediatyp=voice"],
            "no group has the dimension `mediatyp`",
            "did you mean `mediaType`?",
        ),
        (
            &["--where", "mediaType=voise"],
            "--where mediaType=voise matches no group",
            "did you mean `voice`?",
        ),
        (
            &["--where", "mediaType=callback"],
            "--where mediaType=callback matches no group",
            "the inputs have email, voice",
        ),
        (
            &["--from", "2026-03-03"],
            "--from 2026-03-03T00:00:00+00:00 is after every bucket",
            "from 2026-03-02T08:00:00Z to 2026-03-02T09:00:00Z",
        ),
        (
            &["--until", "2026-03-02"],
            "--until 2026-03-02T00:00:00+00:00 is before every bucket",
            "from 2026-03-02T08:00:00Z to 2026-03-02T09:00:00Z",
        ),
    ] {
        for paranoid in [&[][..], &["--paranoid"], &["--window", "64"]] {
            let ran = convert(&work, &[filter, paranoid].concat());
            let line = "warning[U001] filter-matches-nothing: a.json: ";
            assert!(ran.stderr.contains(line), "{filter:?} {}", ran.stderr);
            assert!(ran.stderr.contains(message), "{filter:?} {}", ran.stderr);
            assert!(ran.stderr.contains(help), "{filter:?} {}", ran.stderr);
        }
        let ran = work.run(&[&["report", "a.json", "b.json"][..], filter].concat());
        let ran = ran.exits(0);
        assert!(ran.stderr.contains("U001"), "{filter:?} {}", ran.stderr);
        assert!(!ran.stdout.contains("the query"), "{}", ran.stdout);
    }
    let ran = work.run(&["convert", "a.json", "--metric", "x", "--deny", "U001"]);
    assert!(ran.exits(1).stdout.is_empty());
    let ran = convert(
        &work,
        &["--metric", "x", "--allow", "filter-matches-nothing"],
    );
    assert!(!ran.stderr.contains("U001"));
}

#[test]
fn filters_that_match_only_apart_are_a_warning_too() {
    let work = work();
    work.write(
        "b.json",
        response("email", 8..10, r#"{"metric":"nError","stats":{"count":1}}"#)
            .replace("queueId", "mediaType"),
    );
    let filters = ["--metric", "nError", "--where", "mediaType=voice"];
    let ran = convert(&work, &filters);
    assert_eq!(ran.stdout, "mediaType,metric\n");
    assert!(ran.stderr.contains("U001"), "{}", ran.stderr);
    // Inputs without rows are not the filter's fault.
    let ran = work
        .pipe(&["convert", "-", "--metric", "x"], b"{}")
        .exits(0);
    assert!(ran.stderr.contains("F005") && !ran.stderr.contains("U001"));
}

#[test]
fn filters_of_summaries_are_looked_at() {
    let work = Work::new();
    work.write(
        "a.json",
        r#"{"entities":[{"id":"all","metrics":{"talkTime":{"value":1,"unit":"s"}}}]}"#,
    );
    let ran = work
        .run(&["convert", "a.json", "--metric", "talktme"])
        .exits(0);
    assert!(
        ran.stderr.contains("did you mean `talkTime`?"),
        "{}",
        ran.stderr
    );
    let ran = work
        .run(&["convert", "a.json", "--where", "id=al"])
        .exits(0);
    assert!(
        ran.stderr.contains("--where id=al matches no group"),
        "{}",
        ran.stderr
    );
    let ran = work
        .run(&["convert", "a.json", "--where", "id=all"])
        .exits(0);
    assert!(!ran.stderr.contains("U001"), "{}", ran.stderr);
}

#[test]
fn buckets_without_a_row_have_no_columns() {
    let work = Work::new();
    let timeless = r#""data":[{"metrics":[{"metric":"tHandle","stats":{"count":2}}]},"#;
    let document = response("voice", 8..9, OFFERED).replace("queueId", "mediaType");
    work.write("a.json", document.replace(r#""data":["#, timeless));
    for (metric, columns) in [
        (
            "nOffered",
            "mediaType,interval_start,interval_end,metric,count",
        ),
        ("tHandle", "mediaType,metric,count"),
    ] {
        let ran = work
            .run(&["convert", "a.json", "--metric", metric])
            .exits(0);
        assert_eq!(ran.stdout.lines().next(), Some(columns), "{metric}");
    }
}

#[test]
fn entities_that_a_filter_keeps_have_their_columns() {
    let work = Work::new();
    let entity = |id: &str| {
        let metrics = r#"{"talkTime":{"value":1,"unit":"s"},"holdTime":{"value":2,"unit":"s"}}"#;
        format!(r#"{{"id":"{id}","metrics":{metrics}}}"#)
    };
    let entities = ["q1", "q2", "q3"].map(entity).join(",");
    work.write("a.json", format!(r#"{{"entities":[{entities}]}}"#));
    let convert = |more: &[&str]| work.run(&[&["convert", "a.json"], more].concat()).exits(0);
    let ran = convert(&["--where", "id=q2"]);
    assert_eq!(
        ran.stdout,
        "id,metric,value,unit\nq2,talkTime,1,s\nq2,holdTime,2,s\n"
    );
    let ran = convert(&["--metric", "talkTime", "--limit", "1"]);
    assert!(ran.stderr.contains("2 rows left out"), "{}", ran.stderr);
}
