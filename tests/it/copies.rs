//! Documents of one query, and copies of one bucket: what belongs together counts once.

use serde_json::Value;

use crate::work::{Ran, VOICE, Work, count, joined as response, report};

const HOUR: &str = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";

/// A container of one hour.
fn container(group: &str, metrics: &str) -> String {
    format!(r#"{{"group":{{{group}}},"data":[{{"interval":"{HOUR}","metrics":[{metrics}]}}]}}"#)
}

fn handled(report: &Value) -> Option<u64> {
    report["totals"]["kpi_handled"]["value"].as_u64()
}

/// Runs each command that uses the data; all of them fail with a code.
fn refused(work: &Work, code: &str, arguments: &[&str]) -> Vec<Ran> {
    let commands = [&["convert"][..], &["report"], &["rollup"]].into_iter();
    let ran = commands.map(|command| work.run(&[command, arguments].concat()).exits(1));
    let ran: Vec<Ran> = ran.collect();
    for ran in &ran {
        assert!(ran.stderr.contains(code), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
    ran
}

#[test]
fn notifications_of_different_topics_are_different_queries() {
    let push = |topic: Option<&str>, group: &str| {
        let topic = topic.map(|kind| format!(r#""topicName":"v2.analytics.{kind}.aggregates","#));
        let body = container(group, &count("tHandle", 5));
        format!(r#"{{{}"eventBody":{body}}}"#, topic.unwrap_or_default())
    };
    let event = |push: &String| format!(r#"{{"version":"0","source":"aws","detail":{push}}}"#);
    let queue = |id: &str| format!(r#"{VOICE},"queueId":"{id}""#);
    let user = format!(r#"{VOICE},"userId":"u""#);
    for topics in [
        [Some("queues.q1"), Some("queues.q2"), Some("users.u")],
        [None, None, None],
    ] {
        let all = [
            push(topics[0], &queue("q1")),
            push(topics[1], &queue("q2")),
            push(topics[2], &user),
        ];
        let work = Work::new();
        work.write("all.ndjson", all.join("\n"));
        work.write("events.ndjson", all.each_ref().map(event).join("\n"));
        for (at, push) in all.iter().enumerate() {
            work.write(&format!("{at}.json"), push);
        }
        let apart = ["0.json", "1.json", "2.json"];
        for inputs in [&["all.ndjson"][..], &["events.ndjson"], &apart] {
            let ran = work.run(&[&["rollup"], inputs].concat()).exits(1);
            assert!(ran.stderr.contains("R004"), "{topics:?}: {}", ran.stderr);
            let report = report(&work, inputs);
            assert_eq!(handled(&report), Some(10), "{topics:?} {inputs:?}");
            assert_eq!(report["queries"].as_array().map(Vec::len), Some(2));
        }
        // Those of one topic are of one query.
        let ran = work.run(&["rollup", "--by", "", "0.json", "1.json"]);
        let rolled = ran.exits(0).stdout;
        assert!(rolled.contains(r#""count":10"#), "{rolled}");
    }
    // Also where some groups of a topic lack a dimension.
    let work = Work::new();
    let lacking = [
        push(Some("queues.q1"), &queue("q1")),
        push(Some("queues.q2"), r#""queueId":"q2""#),
    ];
    work.write("a.ndjson", lacking.join("\n"));
    work.run(&["rollup", "a.ndjson"]).exits(0);
}

#[test]
fn responses_by_id_of_different_groupings_are_different_queries() {
    let queue = |id: &str, handled| {
        container(
            &format!(r#"{VOICE},"queueId":"{id}""#),
            &count("tHandle", handled),
        )
    };
    let queues = response(&[queue("q1", 10), queue("q2", 5)]);
    let whole = response(&[container(VOICE, &count("tHandle", 15))]);
    let work = Work::new();
    for (file, pair) in [("a.json", [&queues, &whole]), ("b.json", [&whole, &queues])] {
        work.write(file, format!(r#"{{"a":{},"b":{}}}"#, pair[0], pair[1]));
        let ran = work.run(&["rollup", file]).exits(1);
        assert!(ran.stderr.contains("R004"), "{}", ran.stderr);
        assert_eq!(handled(&report(&work, &[file])), Some(15), "{file}");
    }
    // Those with the same dimensions are of one query.
    let (one, two) = (response(&[queue("q1", 10)]), response(&[queue("q2", 5)]));
    work.write("same.json", format!(r#"{{"q1":{one},"q2":{two}}}"#));
    assert_eq!(handled(&report(&work, &["same.json"])), Some(15));
    work.run(&["rollup", "same.json"]).exits(0);
}

#[test]
fn a_division_is_one_of_several_of_a_conversation() {
    let work = Work::new();
    let divided = format!(r#"{VOICE},"divisionId":"d""#);
    let both = [
        container(VOICE, &count("tHandle", 1)),
        container(&divided, &count("tHandle", 2)),
    ];
    work.write("a.json", response(&both));
    assert_eq!(handled(&report(&work, &["a.json"])), None);
    for by in ["mediaType", ""] {
        let ran = work.run(&["rollup", "a.json", "--by", by]).exits(1);
        assert!(ran.stderr.contains("divisionId"), "{}", ran.stderr);
    }
    let explained = work.run(&["explain", "divisionId"]).exits(0).stdout;
    assert!(explained.contains("multivalued"), "{explained}");
}

#[test]
fn a_bucket_without_metrics_is_a_copy_of_any_other() {
    let work = Work::new();
    let full = count("nOffered", 3);
    for (name, metrics) in [("full", &*full), ("empty", ""), ("again", "")] {
        let text = response(&[container(VOICE, metrics)]);
        let untimed = text.replace(&format!(r#""interval":"{HOUR}","#), "");
        work.write(&format!("{name}.json"), text);
        work.write(&format!("{name}-untimed.json"), untimed);
    }
    let rows = |arguments: &[&str]| {
        let wide = [
            "convert",
            "-q",
            "--layout",
            "wide",
            "--columns",
            "nOffered_count",
        ];
        let table = work.run(&[&wide[..], arguments].concat()).exits(0).stdout;
        let rows = table.lines().skip(1).map(|row| row.replace('"', ""));
        rows.collect::<Vec<String>>()
    };
    for suffix in ["", "-untimed"] {
        let file = |name: &str| format!("{name}{suffix}.json");
        let (full, empty, again) = (file("full"), file("empty"), file("again"));
        for pair in [[&*full, &*empty], [&*empty, &*full], [&*empty, &*again]] {
            refused(&work, "error[T003]", &pair);
        }
        for pair in [[&*full, &*empty], [&*empty, &*full]] {
            let same = [&pair[..], &["--repeats", "same"]].concat();
            for ran in refused(&work, "error[R003]", &same) {
                let told = "`nOffered` is ";
                assert!(ran.stderr.contains(told), "{}", ran.stderr);
            }
        }
        assert_eq!(rows(&[&*empty, &*full, "--repeats", "last"]), ["3"]);
        assert_eq!(rows(&[&*full, &*empty, "--repeats", "last"]), [""]);
        assert_eq!(rows(&[&*empty, &*again, "--repeats", "same"]), [""]);
    }
}

#[test]
fn a_bucket_without_an_interval_is_never_added_to_those_with_one() {
    let group = format!(r#"{VOICE},"queueId":"q""#);
    let timeless = |metric: &str| {
        format!(
            r#"{{"group":{{{group}}},"data":[{{"metrics":[{}]}}]}}"#,
            count(metric, 7)
        )
    };
    let timed = container(&group, &count("nConnected", 5));
    let both = [timed.clone(), timeless("nConnected")];
    let work = Work::new();
    work.write("a.json", response(&both));
    work.write("b/1.json", response(&both[..1]));
    work.write("b/2.json", response(&both[1..]));
    for input in ["a.json", "b"] {
        for options in [&[][..], &["--repeats", "same"], &["--repeats", "last"]] {
            for ran in refused(&work, "T003", &[options, &[input]].concat()) {
                assert!(ran.stderr.contains("has an interval"), "{}", ran.stderr);
            }
        }
        // If it is lowered, sums still do not have both.
        let lowered = ["--warn", "T003", input];
        let rows = work.run(&[&["convert", "-q"], &lowered[..]].concat());
        assert_eq!(rows.exits(0).stdout.lines().count(), 3);
        for command in ["report", "rollup"] {
            let ran = work.run(&[&[command], &lowered[..]].concat()).exits(1);
            assert!(ran.stderr.contains("R003"), "{}", ran.stderr);
        }
        let skipped = report(&work, &["--on-error", "skip", input]);
        assert_eq!(
            skipped["totals"]["nConnected_count"]["value"], 5,
            "{skipped}"
        );
    }
    // Other metrics and other groups are other data.
    work.write("c.json", response(&[timed, timeless("nOffered")]));
    let ran = work.run(&["report", "c.json"]).exits(0);
    assert!(!ran.stderr.contains("T003"), "{}", ran.stderr);
}

#[test]
fn the_query_without_groups_is_compared_with_those_that_have_them() {
    let timer = |count: u32| {
        let sum = count * 10_000;
        format!(r#"{{"metric":"tHandle","stats":{{"count":{count},"sum":{sum}}}}}"#)
    };
    let queue = |id: &str, of| container(&format!(r#"{VOICE},"queueId":"{id}""#), &timer(of));
    let work = Work::new();
    work.write("queues.json", response(&[queue("a", 3), queue("b", 4)]));
    for (whole, differ) in [(7, false), (8, true)] {
        let bare = container("", &timer(whole)).replace(r#""group":{},"#, "");
        work.write("bare.json", response(&[bare]));
        let report = report(&work, &["queues.json", "bare.json"]);
        assert_eq!(handled(&report), Some(whole.into()));
        // It is no media type, so there is an average of all.
        let media = report["media_types"].as_array().expect("media types");
        assert_eq!(media.len(), 1, "{media:?}");
        assert_eq!(report["totals"]["kpi_aht"]["value"], 10_000);
        let notes = report["notes"].to_string();
        assert_eq!(notes.contains("8 and 7 (Handled)"), differ, "{notes}");
    }
}

#[test]
fn a_filter_makes_no_copies_of_two_queries() {
    let work = Work::new();
    let queue = format!(r#"{VOICE},"queueId":"q""#);
    let coded = format!(r#"{queue},"wrapUpCode":"w""#);
    let handle = r#"{"metric":"tHandle","stats":{"count":6,"sum":6000}}"#;
    let both = format!("{},{handle}", count("nOffered", 10));
    work.write("q.json", response(&[container(&queue, &both)]));
    // A group without a code looks like one of the other query.
    let codes = [container(&coded, handle), container(&queue, handle)];
    work.write("w.json", response(&codes));
    let inputs = ["q.json", "w.json"];
    assert_eq!(report(&work, &inputs)["totals"]["kpi_offered"]["value"], 10);
    for filter in [&["--metric", "nOffered"][..], &["--from", "2026-03-02"]] {
        for repeats in [&[][..], &["--repeats", "same"], &["--repeats", "last"]] {
            let arguments = [&inputs[..], filter, repeats].concat();
            let shown = report(&work, &arguments);
            assert_eq!(shown["totals"]["kpi_offered"]["value"], 10, "{arguments:?}");
            work.run(&[&["convert"], &arguments[..]].concat()).exits(0);
        }
    }
}

#[test]
fn an_empty_value_is_an_absent_dimension_of_copies() {
    let work = Work::new();
    let of =
        |queue: &str| response(&[container(&format!("{VOICE}{queue}"), &count("nOffered", 5))]);
    let forms = ["", r#","queueId":"""#, r#","queueId":null"#];
    for (at, form) in forms.into_iter().enumerate() {
        work.write(&format!("{at}.json"), of(form));
    }
    for pair in [
        ["0.json", "1.json"],
        ["1.json", "2.json"],
        ["2.json", "0.json"],
    ] {
        refused(&work, "T003", &pair);
        for repeats in ["same", "last"] {
            let arguments = [&pair[..], &["--repeats", repeats]].concat();
            let shown = report(&work, &arguments);
            assert_eq!(shown["totals"]["kpi_offered"]["value"], 5);
            let rolled = work.run(&[&["rollup"], &arguments[..]].concat()).exits(0);
            assert!(
                rolled.stdout.contains(r#"{"count":5}"#),
                "{}",
                rolled.stdout
            );
        }
    }
}

#[test]
fn pages_belong_together_in_any_order() {
    let work = Work::new();
    let queue = format!(r#"{VOICE},"queueId":"q""#);
    let first = response(&[container(&queue, &count("nOffered", 4))]);
    let first = first.replace(r#"{"results""#, r#"{"cursor":"c","results""#);
    work.write("page-1.json", first);
    work.write(
        "page-2.json",
        response(&[container(VOICE, &count("nOffered", 6))]),
    );
    let rolled = |inputs: [&str; 2]| {
        let arguments = [&["rollup", "-q", "--by", "mediaType"], &inputs[..]].concat();
        work.run(&arguments).exits(0).stdout
    };
    let expected = rolled(["page-1.json", "page-2.json"]);
    assert!(expected.contains(r#"{"count":10}"#), "{expected}");
    assert_eq!(rolled(["page-2.json", "page-1.json"]), expected);
}

#[test]
fn copies_have_all_metrics_of_each_other() {
    let work = Work::new();
    let view = r#"],"views":[{"name":"own","stats":{"count":1}}"#;
    let offered = count("nOffered", 3);
    let both = format!("{offered},{}", count("nConnected", 2));
    let viewed = format!("{offered}{view}");
    for (name, metrics) in [("one", &offered), ("both", &both), ("view", &viewed)] {
        work.write(
            &format!("{name}.json"),
            response(&[container(VOICE, metrics)]),
        );
    }
    let other = response(&[container(VOICE, &count("nConnected", 2))]);
    work.write("other.json", other);
    for (files, told) in [
        (
            ["both.json", "one.json"],
            "`nConnected` is absent here and present at both.json:1:",
        ),
        (
            ["one.json", "both.json"],
            "`nConnected` is present here and absent at one.json:1:",
        ),
        (
            ["one.json", "view.json"],
            "`own` is present here and absent at one.json:1:",
        ),
    ] {
        let same = [&files[..], &["--repeats", "same"]].concat();
        for ran in refused(&work, "error[R003]", &same) {
            assert!(ran.stderr.contains(told), "{}", ran.stderr);
        }
    }
    // Two queries with different metrics have no copies, and a copy of both is equal to them.
    for files in [
        &["one.json", "other.json"][..],
        &["one.json", "other.json", "both.json"],
    ] {
        let same = [&["rollup", "--repeats", "same"], files].concat();
        let ran = work.run(&same).exits(0);
        assert!(ran.stdout.contains(r#""count":2"#), "{}", ran.stdout);
        assert!(ran.stdout.contains(r#""count":3"#), "{}", ran.stdout);
    }
}

#[test]
fn a_bucket_that_differs_is_counted_as_a_bad_part_alone() {
    let work = Work::new();
    for (name, offered) in [("a", 1), ("b", 7), ("c", 1)] {
        let text = response(&[container(VOICE, &count("nOffered", offered))]);
        work.write(&format!("{name}.json"), text);
    }
    let skip = ["--repeats", "same", "--on-error", "skip"];
    for command in ["convert", "rollup", "report"] {
        let ran = work.run(&[&[command, "a.json", "b.json"], &skip[..]].concat());
        let said = ran.exits(0);
        let said = format!("{}{}", said.stdout, said.stderr);
        assert!(said.contains("1 bad part"), "{said}");
        assert!(!said.contains("than once"), "{said}");
        let three = [&[command, "a.json", "b.json", "c.json"], &skip[..]].concat();
        let ran = work.run(&three).exits(0);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let words = match command {
            "report" => "1 entry occurs more than once in the files: it counts once",
            _ => "1 bucket occurs more than once and counts once",
        };
        assert!(said.contains(words), "{command}: {said}");
    }
}

#[test]
fn the_last_bucket_replaces_those_of_its_query() {
    let work = Work::new();
    let queue = |handled| {
        let group = format!(r#"{VOICE},"queueId":"q""#);
        response(&[container(&group, &count("tHandle", handled))])
    };
    let media = |handled| response(&[container(VOICE, &count("tHandle", handled))]);
    work.write("1-queue.json", queue(5));
    work.write("2-media.json", media(9));
    work.write("3-queue.json", queue(6));
    work.write("4-media.json", media(8));
    let all = [
        "1-queue.json",
        "2-media.json",
        "3-queue.json",
        "4-media.json",
    ];
    let last = [&all[..], &["--repeats", "last"]].concat();
    let figures = report(&work, &last);
    assert_eq!(handled(&figures), Some(8));
    let rows = figures["rows"].as_array().expect("rows").iter();
    let rows: Vec<_> = rows
        .map(|row| row["figures"]["kpi_handled"]["value"].as_u64())
        .collect();
    assert_eq!(rows, [Some(8), Some(6)]);
    let table = [&["convert", "--columns", "queueId,count"], &last[..]].concat();
    let ran = work.run(&table).exits(0);
    assert_eq!(ran.stdout, "queueId,count\nq,6\n,8\n");
    assert!(ran.stderr.contains("2 buckets replaced"), "{}", ran.stderr);
    let ran = work.run(&[&["rollup"], &last[..]].concat()).exits(1);
    assert!(ran.stderr.contains("R004"), "{}", ran.stderr);
}

#[test]
fn hidden_findings_change_no_result() {
    let work = Work::new();
    let twice = [count("nOffered", 1), count("nOffered", 1)].join(",");
    let half = format!(
        r#"{},{{"metric":"tHandle","stats":{{"sum":5}}}}"#,
        count("nOffered", 1)
    );
    let large = r#"{"metric":"nOffered","stats":{"count":99999999999999999999}}"#;
    let lone = container(VOICE, &half);
    let whole = half.replace(r#""sum""#, r#""count":1,"sum""#);
    let whole = container(VOICE, &whole);
    for (name, containers) in [
        ("M006", vec![container(VOICE, &twice)]),
        ("M009", vec![lone.clone(), whole.replace("voice", "chat")]),
        ("S006", vec![container(VOICE, large)]),
        ("R002", vec![container(VOICE, &count("nOffered", 1))]),
    ] {
        work.write(&format!("{name}.json"), response(&containers));
    }
    let typed = ["convert", "--columns", "all", "--dims", "mediaType"];
    for (code, command) in [
        ("M006", &["convert"][..]),
        ("M006", &["report"]),
        ("M006", &["rollup"]),
        ("M006", &["rollup", "--on-error", "skip"]),
        ("M009", &["rollup", "--by", ""]),
        ("S006", &typed),
        ("R002", &["rollup", "--every", "30m"]),
    ] {
        let file = format!("{code}.json");
        let run = |more: &[&str]| work.run(&[command, &[&*file], more].concat());
        let plain = run(&[]);
        assert!(plain.stderr.contains(code), "{code}: {}", plain.stderr);
        for hidden in [&["--select", "T003"][..], &["--ignore", "all"]] {
            let ran = run(hidden);
            assert_eq!(ran.stdout, plain.stdout, "{code} {command:?} {hidden:?}");
            assert_eq!(ran.code, plain.code, "{code} {command:?} {hidden:?}");
        }
    }
}

#[test]
fn copies_of_all_groups_without_a_dimension_are_of_the_query_of_the_others() {
    let queue = container(&format!(r#"{VOICE},"queueId":"q""#), &count("tHandle", 10));
    let whole = |handled| container(VOICE, &count("tHandle", handled));
    let work = Work::new();
    work.write("a.json", response(&[queue, whole(5)]));
    work.write("copy.json", response(&[whole(5)]));
    work.write("other.json", response(&[whole(6)]));
    let rollup = |file| {
        let arguments = ["rollup", "--by", "", "--repeats", "same", "a.json", file];
        work.run(&arguments)
    };
    let ran = rollup("copy.json").exits(0);
    assert!(ran.stdout.contains(r#""count":15"#), "{}", ran.stdout);
    // A bucket with another figure is no copy.
    let ran = rollup("other.json").exits(1);
    assert!(ran.stderr.contains("R004"), "{}", ran.stderr);
}
