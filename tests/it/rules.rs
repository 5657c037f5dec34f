//! Rules fire where they should, are silent on valid oddities, and tell of groups once.

use chrono::{SecondsFormat, TimeDelta, Utc};

use crate::work::{OFFERED, Work, response};

/// The codes that are found, each with its pointer, but for those that compare groups.
fn found(work: &Work, arguments: &[&str]) -> Vec<(String, String)> {
    let all = [
        &[
            "validate", "--format", "ndjson", "-q", "--ignore", "G002", "--ignore", "T004",
        ],
        arguments,
    ]
    .concat();
    let ran = work.run(&all);
    let lines = ran.stdout.lines();
    lines
        .map(|line| {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| finding[key].as_str().expect(key).to_owned();
            (text("code"), text("pointer"))
        })
        .collect()
}

/// The codes that are found in a document, by both ways of reading.
fn codes(document: impl AsRef<[u8]>) -> Vec<String> {
    let work = Work::new();
    work.write("x.json", document);
    let by_shape = found(&work, &["x.json"]);
    assert_eq!(found(&work, &["--paranoid", "x.json"]), by_shape);
    by_shape.into_iter().map(|(code, _)| code).collect()
}

fn metric(metric: &str) -> Vec<String> {
    codes(response("a", 8..9, metric))
}

#[test]
fn figures_below_zero_fire() {
    for stats in [
        r#"{"metric":"nOffered","stats":{"count":-1}}"#,
        r#"{"metric":"nOffered","stats":{"count":-1.0}}"#,
        r#"{"metric":"tWait","stats":{"count":2,"sum":-2147483648}}"#,
        r#"{"metric":"tWait","stats":{"p95":-0.5}}"#,
        r#"{"metric":"tWait","stats":{"count":1,"sum":-1e400}}"#,
        r#"{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":-3}}"#,
        r#"{"metric":"oServiceLevel","stats":{"numerator":-1,"denominator":-1,"ratio":1}}"#,
        r#"{"metric":"oServiceTarget","stats":{"current":-0.8}}"#,
        r#"{"metric":"oSentimentScore","stats":{"countNegative":-4}}"#,
        r#"{"metric":"oSentimentScore","stats":{"count_negative":-4}}"#,
    ] {
        let codes = metric(stats);
        assert!(!codes.is_empty(), "{stats}");
        assert!(
            codes.iter().all(|code| code == "M005"),
            "{stats}: {codes:?}"
        );
    }
}

#[test]
fn statistics_that_do_not_fit_fire() {
    for stats in [
        r#"{"metric":"nOffered","stats":{"count":1,"sum":1}}"#,
        r#"{"metric":"nOffered","stats":{"max":3}}"#,
        r#"{"metric":"tHandle","stats":{"ratio":0.5}}"#,
        r#"{"metric":"tHandle","stats":{"current":5000}}"#,
        r#"{"metric":"tHandle","stats":{"count_positive":2}}"#,
        r#"{"metric":"oServiceLevel","stats":{"sum":12}}"#,
        r#"{"metric":"oServiceTarget","stats":{"ratio":0.8}}"#,
    ] {
        assert_eq!(metric(stats), ["M007"], "{stats}");
    }
}

#[test]
fn ratios_of_four_decimals_or_more_may_be_rounded() {
    for (ratio, fires) in [
        ("0.758", true),
        ("0.7576", false),
        ("0.7577", true),
        ("0.757576", false),
        ("0.757577", true),
        ("0.75757576", false),
        ("0.75757577", true),
    ] {
        let stats = format!(r#""ratio":{ratio},"numerator":25,"denominator":33,"target":0.8"#);
        let found = metric(&format!(
            r#"{{"metric":"oServiceLevel","stats":{{{stats}}}}}"#
        ));
        assert_eq!(found.contains(&"M003".to_owned()), fires, "{ratio}");
    }
}

#[test]
fn averages_of_less_than_a_second_look_like_seconds() {
    for (stats, fires) in [
        (r#""count":3,"sum":2999"#, true),
        (r#""count":3,"sum":0.5"#, true),
        (r#""count":3,"sum":3000"#, false),
        (r#""count":2,"sum":100"#, false),
        (r#""count":3,"sum":0"#, false),
        (r#""count":3,"sum":-5"#, false),
    ] {
        let work = Work::new();
        let metric = format!(r#"{{"metric":"tHandle","stats":{{{stats}}}}}"#);
        work.write("x.json", response("a", 8..9, &metric));
        let found = found(&work, &["--warn", "M008", "x.json"]);
        assert_eq!(
            found.iter().any(|(code, _)| code == "M008"),
            fires,
            "{stats}"
        );
    }
}

#[test]
fn valid_figures_are_silent() {
    for stats in [
        // Users' timers have only a sum, a count at the most.
        r#"{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":120000}}"#,
        r#"{"metric":"tAgentRoutingStatus","qualifier":"IDLE","stats":{"sum":120000,"count":1}}"#,
        // Responses of 2016 have no min.
        r#"{"metric":"tTalk","stats":{"max":71000,"count":2,"sum":90000}}"#,
        r#"{"metric":"tTalk","stats":{"count":2,"sum":90000,"p95":50000,"p99":50000}}"#,
        r#"{"metric":"oServiceTarget","stats":{"current":0.8}}"#,
        r#"{"metric":"oServiceLevel","stats":{"ratio":0,"numerator":0,"denominator":0,"target":0.8}}"#,
        r#"{"metric":"oMessageTurn","stats":{"max":3,"min":1,"count":9,"sum":15}}"#,
        // Scores and sentiments may be negative, and -0 is not.
        r#"{"metric":"oSentimentScore","stats":{"count":2,"sum":-30,"min":-20,"max":-10,"countNegative":2,"countPositive":0}}"#,
        r#"{"metric":"oCustomerSentiment","stats":{"count":1,"sum":-0.5}}"#,
        r#"{"metric":"tHandle","stats":{"min":-0,"max":-0.0,"sum":-0e5,"count":-0}}"#,
        r#"{"metric":"tHandle","stats":{"calculatedMetricValue":-1}}"#,
        // What clients fill in with null is no statistic.
        r#"{"metric":"nOffered","stats":{"count":3,"sum":null,"ratio":null,"count_negative":null}}"#,
        // Answered may be above offered.
        r#"{"metric":"nOffered","stats":{"count":3}},{"metric":"tAnswered","stats":{"count":4,"sum":9000}}"#,
        r#"{"metric":"nOffered","stats":null}"#,
    ] {
        assert_eq!(metric(stats), Vec::<String>::new(), "{stats}");
    }
    let view = response("a", 8..9, "").replace(
        r#""metrics":[]"#,
        r#""views":[{"name":"late","stats":{"count":2,"sum":-5,"ratio":1}}]"#,
    );
    assert_eq!(codes(&view), Vec::<String>::new());
    assert_eq!(codes(view.replace("2,", "-2,")), ["M005"]);
}

#[test]
fn a_bucket_may_have_begun_but_not_be_yet_to_begin() {
    let at = |hours: i64| {
        (Utc::now() + TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Millis, true)
    };
    let naive = |hours: i64| at(hours).trim_end_matches('Z').to_owned();
    for (start, end, fires) in [
        (at(-1), at(23), false),
        (at(-48), at(-24), false),
        (at(1), at(2), true),
        (at(24 * 365), at(24 * 366), true),
        // Somewhere it is that late already.
        (naive(13), naive(14), false),
        (naive(15), naive(16), true),
    ] {
        let document = format!(
            r#"{{"results":[{{"group":{{}},"data":[{{"interval":"{start}/{end}","metrics":[{OFFERED}]}}]}}]}}"#
        );
        let future = codes(&document).contains(&"T006".to_owned());
        assert_eq!(future, fires, "{start}/{end}");
    }
}

/// Groups with one bucket each.
fn groups(groups: &[&str]) -> String {
    let container = |(hour, group): (usize, &&str)| {
        format!(
            r#"{{"group":{{{group}}},"data":[{{"interval":"2026-03-02T{hour:02}:00:00Z/2026-03-02T{:02}:00:00Z","metrics":[{OFFERED}]}}]}}"#,
            hour + 1
        )
    };
    let containers: Vec<String> = groups.iter().enumerate().map(container).collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

const WAYS: [&[&str]; 6] = [
    &[],
    &["--paranoid"],
    &["--window", "16", "-j", "1"],
    &["--window", "150", "-j", "2"],
    &["--window", "600", "-j", "4"],
    &["--window", "600", "--paranoid"],
];

#[test]
fn what_groups_have_in_common_is_told_once_an_input() {
    let document = groups(&[
        r#""queueId":"a""#,
        r#""queueId":"b","wrapUpCode":"x""#,
        r#""branch":"Berlin","wrapUpCode":"y""#,
        // Names with an underscore take the slow way.
        r#""own_name":"c","wrapUpCode":"y""#,
        r#""own_name":"d","branch":"Bonn""#,
        r#""wrapUpCode":"z","requestedRoutingSkillId":"s""#,
    ]);
    let expected = [
        ("G003", "/results/1/group/wrapUpCode"),
        ("G001", "/results/2/group/branch"),
        ("G001", "/results/3/group/own_name"),
        ("G003", "/results/5/group/requestedRoutingSkillId"),
    ]
    .map(|(code, pointer)| (code.to_owned(), pointer.to_owned()));
    let work = Work::new();
    work.write("one.json", &document);
    work.write("two.json", &document);
    work.write(
        "lines.ndjson",
        format!("{document}\n{document}\n{document}"),
    );
    work.write("array.json", format!("[{document},{document}]"));
    for way in WAYS {
        assert_eq!(
            found(&work, &[way, &["one.json"]].concat()),
            expected,
            "{way:?}"
        );
        // Each input hears of it.
        let both = found(&work, &[way, &["one.json", "two.json"]].concat());
        let reported = |it: &&(String, String)| it.0.starts_with('G');
        assert_eq!(both.iter().filter(reported).count(), 8, "{way:?}");
        let lines = found(&work, &[way, &["lines.ndjson"]].concat());
        let reported: Vec<_> = lines.iter().filter(reported).cloned().collect();
        assert_eq!(reported, expected, "{way:?}");
        let array = found(&work, &[way, &["array.json"]].concat());
        assert_eq!(
            array.iter().filter(|it| it.0.starts_with('G')).count(),
            4,
            "{way:?}"
        );
        assert_eq!(array[0].1, "/0/results/1/group/wrapUpCode");
    }
    let text = work
        .run(&["validate", "--ignore", "G002", "one.json"])
        .exits(0);
    assert_eq!(
        text.stdout.matches("more than one `wrapUpCode`").count(),
        1,
        "{}",
        text.stdout
    );
    assert!(!text.stdout.contains("more place"), "{}", text.stdout);
    // A conversion does not mention what is only worth knowing.
    let converted = work.run(&["convert", "one.json"]).exits(0);
    assert!(!converted.stderr.contains("info["), "{}", converted.stderr);
}

#[test]
fn many_groups_of_one_kind_are_told_once_at_the_first() {
    let group = |index: usize| match index {
        0..700 => format!(r#""queueId":"{index}""#),
        _ => format!(r#""queueId":"{index}","wrapUpCode":"w{index}","team":"t""#),
    };
    let containers: Vec<String> = (0..4000)
        .map(|index| {
            format!(
                r#"{{"group":{{{}}},"data":[{{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","metrics":[{OFFERED},{{"metric":"tWait","stats":{{"count":2,"sum":9000}}}}]}}]}}"#,
                group(index)
            )
        })
        .collect();
    let work = Work::new();
    work.write(
        "x.json",
        format!(r#"{{"results":[{}]}}"#, containers.join(",\n")),
    );
    for way in [
        &["-j", "1"][..],
        &["-j", "4"],
        &["--window", "30000", "-j", "4"],
    ] {
        let all = found(&work, &[way, &["x.json"]].concat());
        let pointers: Vec<&str> = all.iter().map(|it| it.1.as_str()).collect();
        let expected = ["/results/700/group/wrapUpCode", "/results/700/group/team"];
        assert_eq!(pointers, expected, "{way:?}");
    }
}

#[test]
fn a_group_that_is_denied_is_left_out_with_its_reason_each_time() {
    let document = groups(&[
        r#""queueId":"a""#,
        r#""wrapUpCode":"x""#,
        r#""wrapUpCode":"y""#,
        r#""queueId":"b""#,
    ]);
    for way in WAYS {
        let work = Work::new();
        work.write("x.json", &document);
        let skip = [
            "convert",
            "--deny",
            "G003",
            "--on-error",
            "skip",
            "--rejects",
            "left.ndjson",
            "x.json",
        ];
        let ran = work.run(&[&skip[..], way].concat()).exits(0);
        assert_eq!(ran.stdout.lines().count(), 3, "{way:?}: {}", ran.stdout);
        let left = String::from_utf8(work.read("left.ndjson")).expect("text");
        assert_eq!(
            left.matches(r#""code":"G003""#).count(),
            2,
            "{way:?}: {left}"
        );
    }
}

#[test]
fn dimensions_of_the_api_are_silent_and_near_ones_are_named() {
    let document = groups(&[
        r#""mediaType":"voice","queueId":"a","originatingDirection":"inbound""#,
        r#""userId":null,"flowId":"f","teamId":"d","direction":"outbound""#,
        "",
    ]);
    assert_eq!(codes(&document), Vec::<String>::new());
    let work = Work::new();
    work.write(
        "x.json",
        groups(&[r#""queueid":"a","Branch \u001b[1m":"b""#]),
    );
    let ran = work.run(&["validate", "x.json"]).exits(0);
    assert!(
        ran.stdout.contains("did you mean `queueId`?"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
}

#[test]
fn values_of_summaries_have_known_units_and_are_there() {
    let entity = |metrics: &str| {
        codes(format!(
            r#"{{"entities":[{{"id":"all","metrics":{{{metrics}}}}}]}}"#
        ))
    };
    for unit in ["ms", "s", "seconds", "min", "h", "count", "%", ""] {
        let value = format!(r#""a":{{"value":1,"unit":"{unit}"}}"#);
        assert_eq!(entity(&value), Vec::<String>::new(), "{unit}");
    }
    for value in [r#"{"value":1}"#, r#"{"value":-1.5,"unit":null}"#] {
        assert_eq!(
            entity(&format!(r#""a":{value}"#)),
            Vec::<String>::new(),
            "{value}"
        );
    }
    for unit in ["secs", "Seconds", "Stunden", "widgets"] {
        let value = format!(r#""a":{{"value":1,"unit":"{unit}"}}"#);
        assert_eq!(entity(&value), ["V001"], "{unit}");
    }
    let work = Work::new();
    work.write(
        "x.json",
        r#"{"entities":[{"id":"all","metrics":{"a":{"value":1,"unit":"secs"}}}]}"#,
    );
    let ran = work.run(&["validate", "x.json"]).exits(0);
    assert!(ran.stdout.contains("did you mean `sec`?"), "{}", ran.stdout);
    for value in ["null", r#"{"value":null}"#, r#"{"value":null,"unit":"s"}"#] {
        assert_eq!(
            entity(&format!(r#""a":{value},"b":{{"value":1}}"#)),
            ["V002"],
            "{value}"
        );
    }
}

/// The findings about one group with these metrics.
fn findings(group: &str, metrics: &str) -> Vec<serde_json::Value> {
    let work = Work::new();
    let bucket = format!(
        r#"{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{metrics}]}}"#
    );
    work.write(
        "a.json",
        format!(r#"{{"results":[{{"group":{group},"data":[{bucket}]}}]}}"#),
    );
    let ran = work.run(&["validate", "-q", "--format", "ndjson", "a.json"]);
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn large_sums_are_compared_with_their_bounds() {
    let sum = r#"{"metric":"tHandle","stats":{"count":1,"sum":30000000000,"max":10000000000}}"#;
    let found = findings(r#"{"mediaType":"voice"}"#, sum);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "M002");
}

#[test]
fn a_metric_is_named_once() {
    let work = Work::new();
    let metric = r#"{"metric":"nOffered","name":"other","stats":{"count":1}}"#;
    work.write("a.json", response("q", 8..9, metric));
    let ran = work.run(&["convert", "a.json", "--columns", "metric,count"]);
    let ran = ran.exits(0);
    assert_eq!(ran.stdout, "metric,count\nnOffered,1\n");
    assert!(ran.stderr.contains("S003"), "{}", ran.stderr);
}

#[test]
fn findings_mark_the_bracket_of_a_container() {
    for (group, length) in [
        (r#"{"mediaType":{"a":1}}"#, 1),
        (r#"{"mediaType":[1]}"#, 1),
        (r#"{"mediaType":123}"#, 3),
    ] {
        let found = findings(group, r#"{"metric":"nOffered","stats":{"count":1}}"#);
        assert_eq!(found[0]["code"], "S001", "{group}");
        assert_eq!(found[0]["length"], length, "{group}");
    }
}

#[test]
fn a_value_that_is_null_has_a_place() {
    let work = Work::new();
    let metrics = r#"{"talkTime":{"value":null,"unit":"s"},"nOffered":null}"#;
    work.write(
        "a.json",
        format!(r#"{{"entities":[{{"id":"q","metrics":{metrics}}}]}}"#),
    );
    let ran = work.run(&["validate", "-q", "--format", "ndjson", "a.json"]);
    for pointer in ["talkTime/value", "nOffered"] {
        let pointer = format!(r#""pointer":"/entities/0/metrics/{pointer}""#);
        assert!(ran.stdout.contains(&pointer), "{}", ran.stdout);
    }
}

#[test]
fn findings_about_escaped_texts_have_their_own_places() {
    let group = r#"{"mediaType":"vo\u0069ce","queueId":"\u0071"}"#;
    let metrics = r#"{"metric":"nOffer\u0065","stats":{"count":1}}"#;
    let found = findings(group, metrics);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "M004");
    let token = r#""nOffer\u0065""#;
    assert_eq!(found[0]["length"], token.len());
    let before = format!(
        r#"{{"results":[{{"group":{group},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":"#
    );
    assert_eq!(found[0]["offset"], before.len());
}

#[test]
fn an_entity_has_one_division() {
    let metrics = r#""metrics":{"talkTime":{"value":1,"unit":"s"}}"#;
    let divisions = r#""division":{"id":"a"},"division":{"name":"b"}"#;
    let document = format!(r#"{{"entities":[{{"id":"q",{divisions},{metrics}}}]}}"#);
    assert_eq!(codes(document), ["J003"]);
}
