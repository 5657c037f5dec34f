//! `explain` of what the API calls things.

use crate::work::{OFFERED, Work, response};

fn explained(what: &str) -> String {
    Work::new().run(&["explain", what]).exits(0).stdout
}

#[test]
fn a_metric_is_told_with_all_that_is_known_of_it() {
    assert_eq!(
        explained("tHandle"),
        "\
tHandle: contacting, dialing, talk, hold and after-call work of a handled interaction

a metric      timer
unit          ms (milliseconds)
stats         count sum min max
wide columns  tHandle_count tHandle_sum tHandle_min tHandle_max
family        conversations  POST /api/v2/analytics/conversations/aggregates/query
also called   nHandled (its count)
"
    );
    let presence = explained("tSystemPresence");
    assert!(
        presence.contains("tSystemPresence_{qualifier}_sum\n"),
        "{presence}"
    );
    assert!(explained("tAcw").contains("wrapupTime (in fetch)"));
}

#[test]
fn the_columns_are_those_of_the_wide_layout() {
    let work = Work::new();
    let metrics = r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":1,"denominator":2,"target":0.8}}"#;
    work.write("a.json", crate::work::response("q", 8..9, metrics));
    let table = work
        .run(&["convert", "a.json", "--layout", "wide"])
        .exits(0)
        .stdout;
    let page = explained("oServiceLevel");
    let columns = page
        .lines()
        .find_map(|line| line.strip_prefix("wide columns"))
        .expect("columns");
    for column in columns.split_whitespace() {
        assert!(table.contains(column), "{column}\n{table}");
    }
}

#[test]
fn a_wrong_name_leads_to_the_real_figure() {
    let page = explained("nAbandoned");
    assert!(
        page.starts_with(
            "The API has no metric `nAbandoned`: this figure is the `count` of `tAbandon`.\n\ntAbandon: "
        ),
        "{page}"
    );
    let page = explained("wrapupTime");
    assert!(
        page.contains("`tAcw`") && page.contains("\ntAcw: "),
        "{page}"
    );
}

#[test]
fn dimensions_and_families_are_told() {
    let page = explained("queueId");
    assert!(page.contains("a dimension   ids\n"), "{page}");
    for family in ["conversations", "flows", "taskmanagement"] {
        let path = format!("POST /api/v2/analytics/{family}/aggregates/query");
        assert!(page.contains(&path), "{page}");
    }
    assert!(explained("botName").contains("a dimension   names\n"));
    assert!(explained("mediaType").contains("a dimension   values\n"));
    let page = explained("users");
    assert!(
        page.contains("analytics:userAggregate:view") && page.contains("tSystemPresence"),
        "{page}"
    );
}

#[test]
fn the_lists_hold_everything() {
    for (list, line) in [
        ("metrics", "tHandle "),
        ("dimensions", "queueId "),
        ("families", "conversations "),
    ] {
        let text = explained(list);
        assert!(text.lines().any(|it| it.starts_with(line)), "{text}");
        for name in text.lines().skip(1).take(20) {
            let name = name.split_whitespace().next().expect("a name");
            assert!(explained(name).contains(name), "{name}");
        }
    }
}

#[test]
fn a_mistyped_word_is_answered_with_the_nearest() {
    let work = Work::new();
    for (what, near) in [
        ("tHandel", "tHandle"),
        ("thandl", "tHandle"),
        ("queueD", "queueId"),
        ("conversation", "conversations"),
        ("metric", "metrics"),
        ("wrong-tpye", "wrong-type"),
        ("S00l", "S00"),
    ] {
        let ran = work.run(&["explain", what]).exits(2);
        let asks = format!("did you mean {near}");
        assert!(ran.stderr.contains(&asks), "{what}: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    let ran = work.run(&["explain", "qqqqqqqqqqqqqqq"]).exits(2);
    assert!(
        ran.stderr
            .contains("is not a code, key figure, metric, dimension or family")
            && !ran.stderr.contains("did you mean"),
        "{}",
        ran.stderr
    );
}

#[test]
fn every_command_has_examples() {
    let work = Work::new();
    let commands = [
        "convert",
        "validate",
        "report",
        "rollup",
        "inspect",
        "explain",
        "schema",
        "config",
        "verify",
        "completions",
        "man",
    ];
    for command in commands {
        let short = work.run(&[command, "-h"]).exits(0).stdout;
        let (_, examples) = short.split_once("Examples:\n").expect("examples");
        let own = format!("  gcagg {command}");
        assert_eq!(examples.lines().count(), 2, "{short}");
        assert!(
            examples.lines().any(|line| line.starts_with(&own)),
            "{short}"
        );
    }
    work.write("response.json", response("q", 8..10, OFFERED));
    for command in ["schema", "config", "completions", "man"] {
        let long = work.run(&[command, "--help"]).exits(0).stdout;
        let (_, examples) = long.split_once("Examples:\n").expect("examples");
        let lines = examples
            .lines()
            .filter_map(|line| line.trim().strip_prefix("gcagg "));
        let lines: Vec<&str> = lines.collect();
        assert!(lines.len() >= 2, "{long}");
        for line in lines {
            let line = line.split("  ").next().unwrap_or_default();
            let (words, _) = line.split_once(" > ").unwrap_or((line, ""));
            let words: Vec<&str> = words.split_whitespace().collect();
            work.run(&words).exits(0);
        }
    }
}
