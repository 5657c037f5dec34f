//! Data that counts: figures follow from it alone, and reasons stand where there is none.

use serde_json::Value;

use crate::work::{VOICE, Work, count, joined as document, report};

/// A container with these dimensions, and buckets of an hour by day and hour with their metrics.
fn container(group: &str, buckets: &[(u8, u8, &str)]) -> String {
    let buckets: Vec<String> = buckets
        .iter()
        .map(|(day, hour, metrics)| {
            let time = |hour: u8| format!("2026-03-{day:02}T{hour:02}:00:00.000Z");
            format!(
                r#"{{"interval":"{}/{}","metrics":[{metrics}]}}"#,
                time(*hour),
                time(hour + 1)
            )
        })
        .collect();
    format!(r#"{{"group":{{{group}}},"data":[{}]}}"#, buckets.join(","))
}

#[test]
fn dimensions_are_flattened_by_query() {
    let work = Work::new();
    let coded = |code: &str| format!(r#"{VOICE},"wrapUpCode":"{code}""#);
    let one =
        |code: &str, day, offered| container(&coded(code), &[(day, 8, &count("tHandle", offered))]);
    let flattened = document(&[one("w1,w2", 2, 3)]);
    let plain = document(&[one("w1", 3, 3), one("w2", 3, 4)]);
    work.write("one.ndjson", format!("{flattened}\n{plain}\n"));
    work.write("a.json", &flattened);
    work.write("b.json", &plain);
    let rollup = |inputs: &[&str]| {
        let all = [&["rollup", "-q", "--by", "mediaType"], inputs].concat();
        work.run(&all)
    };
    for inputs in [&["one.ndjson"][..], &["a.json", "b.json"]] {
        let ran = rollup(inputs).exits(1);
        assert!(
            ran.stderr.contains("--by drops `wrapUpCode`"),
            "{}",
            ran.stderr
        );
        assert_eq!(
            report(&work, inputs)["totals"]["kpi_handled"]["value"],
            Value::Null
        );
    }
    // Pages are of one query.
    let first = flattened.replace(r#"{"results""#, r#"{"cursor":"c","results""#);
    work.write("p1.json", &first);
    work.write("p2.json", &plain);
    work.write("pages.ndjson", format!("{first}\n{plain}\n"));
    for inputs in [&["p1.json", "p2.json"][..], &["pages.ndjson"]] {
        assert!(
            rollup(inputs).exits(0).stdout.contains(r#""count":7"#),
            "{inputs:?}"
        );
    }
    // A filter that leaves one value leaves nothing to count twice.
    let filtered = ["b.json", "--where", "wrapUpCode=w1"];
    assert!(rollup(&filtered).exits(0).stdout.contains(r#""count":3"#));
    assert_eq!(
        report(&work, &filtered)["totals"]["kpi_handled"]["value"],
        3
    );
}

#[test]
fn data_that_does_not_count_makes_no_counter_zero() {
    let work = Work::new();
    let hours =
        |metrics: &[String], hour| document(&[container(VOICE, &[(2, hour, &metrics.join(","))])]);
    let (offered, abandoned) = (count("nOffered", 6), count("tAbandon", 2));
    work.write("a.json", hours(std::slice::from_ref(&offered), 8));
    work.write(
        "copy.json",
        hours(&[count("nOffered", 7), abandoned.clone()], 8),
    );
    let skipped = ["a.json", "copy.json", "--on-error", "skip"];
    let newest = ["copy.json", "a.json", "--repeats", "last"];
    for inputs in [&["a.json"][..], &skipped, &newest] {
        let table = work
            .run(&[&["convert", "-q", "--kpi"], inputs].concat())
            .exits(0);
        assert!(
            !table.stdout.contains("bandon"),
            "{inputs:?}\n{}",
            table.stdout
        );
        let figures = &report(&work, inputs)["totals"];
        assert_eq!(figures["kpi_abandoned"], Value::Null, "{inputs:?}");
    }
    // A metric of another file is 0 here, also where each file has its own table.
    work.write("b.json", hours(&[offered, abandoned], 9));
    let apart = [
        "convert",
        "-q",
        "--kpi",
        "--per-file",
        "-o",
        "tables",
        "a.json",
        "b.json",
    ];
    work.run(&apart).exits(0);
    let own = String::from_utf8(work.read("tables/a.csv")).expect("a table");
    let both = work
        .run(&["convert", "-q", "--kpi", "a.json", "b.json"])
        .exits(0)
        .stdout;
    let abandoned = |table: &str| {
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let at = rows
            .headers()
            .expect("a header")
            .iter()
            .position(|it| it == "kpi_abandoned");
        let first = rows.records().next().expect("a row").expect("a row");
        first.get(at.expect("the column")).map(str::to_owned)
    };
    assert_eq!(
        (abandoned(&own), abandoned(&both)),
        (Some("0".to_owned()), Some("0".to_owned()))
    );
}

#[test]
fn a_day_of_which_all_data_was_left_out_is_missing() {
    let work = Work::new();
    let (good, bad) = (
        count("nOffered", 6),
        r#"{"metric":"nOffered","stats":{"count":"6"}}"#,
    );
    let days = [(2, 8, &*good), (3, 8, bad), (4, 8, &*good)];
    work.write("a.json", document(&[container(VOICE, &days)]));
    let ran = work
        .run(&["report", "a.json", "--on-error", "skip"])
        .exits(0);
    assert!(
        ran.stdout.contains("No data on Tue 3 Mar 2026"),
        "{}",
        ran.stdout
    );
}

#[test]
fn half_of_a_pair_is_named_for_every_kind_of_metric() {
    let work = Work::new();
    for (metric, stats) in [
        ("tHandle", r#""count":1,"sum":2,"numerator":3"#),
        ("nOffered", r#""count":1,"denominator":3"#),
        ("oServiceLevel", r#""numerator":3"#),
    ] {
        let metrics = format!(r#"{{"metric":"{metric}","stats":{{{stats}}}}}"#);
        let hours = [(2, 8, &*metrics), (2, 9, &metrics)];
        work.write("a.json", document(&[container(VOICE, &hours)]));
        let ran = work
            .run(&["rollup", "a.json", "--by", "mediaType", "--every", "1d"])
            .exits(0);
        assert!(ran.stderr.contains("M009"), "{metric}: {}", ran.stderr);
    }
}

#[test]
fn every_figure_without_a_value_has_its_reason() {
    let work = Work::new();
    let target = |value| format!(r#"{{"metric":"oServiceTarget","stats":{{"target":{value}}}}}"#);
    let hours = [(2, 8, &*target("0.8")), (2, 9, &target("0.9"))];
    work.write("a.json", document(&[container(VOICE, &hours)]));
    for format in ["text", "markdown", "html", "json"] {
        let ran = work.run(&["report", "a.json", "--format", format]).exits(0);
        let note = "No figure of oServiceTarget: differs between groups or intervals";
        assert!(ran.stdout.contains(note), "{format}: {}", ran.stdout);
    }
    // The reasons of one metric are not those of another.
    let p95 = |value| format!(r#",{{"metric":"tAcw","stats":{{"p95":{value}}}}}"#);
    let [one, two] = [target("0.8") + &p95(1), target("0.9") + &p95(2)];
    let hours = [(2, 8, &*one), (2, 9, &two)];
    work.write("a.json", document(&[container(VOICE, &hours)]));
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    for note in [
        "No figure of oServiceTarget: differs between groups or intervals.",
        "No figure of tAcw: cannot be merged.",
    ] {
        assert!(text.contains(note), "{text}");
    }
}

#[test]
fn qualifiers_without_a_share_are_shown_too() {
    let work = Work::new();
    let presence = |name: &str, stats: &str| {
        format!(r#"{{"metric":"tSystemPresence","qualifier":"{name}","stats":{{{stats}}}}}"#)
    };
    let shown = |all: &[String]| {
        let user = container(r#""userId":"u""#, &[(2, 8, &all.join(","))]);
        work.write("a.json", document(&[user]));
        work.run(&["report", "a.json"]).exits(0).stdout
    };
    let sum = |name, sum: i32| presence(name, &format!(r#""sum":{sum}"#));
    let zero = shown(&[sum("AWAY", 5000), sum("BUSY", 7000), sum("MEAL", 0)]);
    assert!(zero.contains("Meal"), "{zero}");
    let negative = shown(&[sum("AWAY", 5000), sum("BUSY", 7000), sum("MEAL", -5000)]);
    assert!(
        negative.contains("[MEAL]") && negative.contains("[AWAY]"),
        "{negative}"
    );
    let both = |name, count| presence(name, &format!(r#""count":{count},"sum":9000"#));
    let counts = shown(&[both("AWAY", 31), both("BUSY", 47)]);
    assert!(counts.contains("31") && counts.contains("47"), "{counts}");
}

#[test]
fn figures_of_time_by_qualifier_need_a_qualifier() {
    let work = Work::new();
    let status = r#"{"metric":"tAgentRoutingStatus","stats":{"sum":21600000}}"#;
    let user = container(r#""userId":"u""#, &[(2, 8, status)]);
    work.write("a.json", document(&[user]));
    let table = work
        .run(&["convert", "-q", "--kpi", "a.json"])
        .exits(0)
        .stdout;
    assert!(!table.contains("kpi_"), "{table}");
}

#[test]
fn a_csv_report_says_what_it_cannot_show() {
    let work = Work::new();
    let coded = |code: &str| format!(r#""queueId":"q","wrapUpCode":"{code}""#);
    let one = |code: &str| container(&coded(code), &[(2, 8, &count("tHandle", 3))]);
    work.write("a.json", document(&[one("w1"), one("w2")]));
    let ran = work
        .run(&["report", "a.json", "--by", "queueId", "--format", "csv"])
        .exits(0);
    assert_eq!(ran.stdout, "queueId\n");
    assert!(
        ran.stderr.contains("note: There are no rows by queueId"),
        "{}",
        ran.stderr
    );
    // Rows have the order of their volume, also where the first figure is an average.
    let handled = |code: &str, count: u32, sum: u32| {
        let stats = format!(r#"{{"metric":"tHandle","stats":{{"count":{count},"sum":{sum}}}}}"#);
        container(&coded(code), &[(2, 8, &stats)])
    };
    work.write(
        "b.json",
        document(&[handled("long", 2, 9000), handled("often", 9, 900)]),
    );
    let table = work
        .run(&[
            "report",
            "-q",
            "b.json",
            "--by",
            "wrapUpCode",
            "--format",
            "csv",
        ])
        .exits(0);
    let rows: Vec<&str> = table.stdout.lines().skip(1).collect();
    let queue = r#""mediaType":"voice","queueId":"q""#;
    let queue = container(queue, &[(2, 8, &count("nOffered", 1))]);
    work.write("c.json", document(&[queue]));
    let several = "report c.json --by queueId,mediaType --format csv";
    let several: Vec<&str> = several.split(' ').collect();
    let several = work.run(&several).exits(0).stderr;
    assert!(several.contains("one of 2 tables"), "{several}");
    assert!(
        rows[0].starts_with("often") && rows[1].starts_with("long"),
        "{rows:?}"
    );
}

#[test]
fn a_conflict_of_queries_names_two_documents_that_conflict() {
    let work = Work::new();
    let one =
        |group: &str, metric: &str| document(&[container(group, &[(2, 8, &count(metric, 5))])]);
    // The agents count nothing that the others count.
    work.write("agents.json", one(r#""userId":"u""#, "nConnected"));
    work.write("calls.json", one(VOICE, "tHandle"));
    work.write(
        "queues.json",
        one(r#""mediaType":"voice","queueId":"q""#, "tHandle"),
    );
    let ran = work
        .run(&["rollup", "agents.json", "calls.json", "queues.json"])
        .exits(1);
    let told =
        "calls.json is grouped by mediaType and queues.json is grouped by mediaType, queueId";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    assert!(!ran.stderr.contains("agents.json is"), "{}", ran.stderr);
}

#[test]
fn a_share_of_some_media_types_is_none_of_all() {
    let work = Work::new();
    let group = |media: &str| format!(r#""mediaType":"{media}","queueId":"q""#);
    let metrics = |all: &[String]| all.join(",");
    let voice = metrics(&[count("nOffered", 10), count("tAbandon", 2)]);
    let callback = metrics(&[count("nOffered", 30)]);
    let of = |media: &str, metrics: &str| container(&group(media), &[(2, 8, metrics)]);
    work.write(
        "a.json",
        document(&[of("voice", &voice), of("callback", &callback)]),
    );
    let report = report(&work, &["a.json", "--by", "queueId"]);
    let figures = &report["rows"][0]["figures"];
    assert_eq!(figures["kpi_offered"]["value"], 40);
    assert_eq!(figures["kpi_abandoned"]["value"], 2);
    assert_eq!(figures["kpi_abandoned_ratio"]["value"], Value::Null);
    let by = [
        "rollup", "-q", "a.json", "--by", "queueId", "-t", "csv", "--kpi",
    ];
    // Also where absent counters are unknown.
    for options in [&[][..], &["--absent", "keep"]] {
        let table = work.run(&[&by[..], options].concat()).exits(0).stdout;
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let at = rows
            .headers()
            .expect("a header")
            .iter()
            .position(|it| it == "kpi_abandoned_ratio");
        let row = rows.records().next().expect("a row").expect("a row");
        assert!(at.is_none_or(|at| row[at].is_empty()), "{table}");
        let report = self::report(&work, &[&["a.json", "--by", "queueId"], options].concat());
        let share = &report["rows"][0]["figures"]["kpi_abandoned_ratio"];
        assert_eq!(
            share["reason"], "not known for every media type",
            "{options:?}"
        );
    }
}

#[test]
fn a_workbook_needs_no_talk_time() {
    let work = Work::new();
    let handled = r#"{"metric":"tHandle","stats":{"count":5,"sum":500000}}"#;
    let wrapped = r#"{"metric":"tAcw","stats":{"count":5,"sum":100000}}"#;
    let metrics = format!("{handled},{wrapped}");
    let days: Vec<(u8, u8, &str)> = (2..8).map(|day| (day, 8, &*metrics)).collect();
    work.write("a.json", document(&[container(VOICE, &days)]));
    work.run(&[
        "report",
        "-q",
        "a.json",
        "-o",
        "week.xlsx",
        "-o",
        "week.html",
    ])
    .exits(0);
    assert!(work.exists("week.xlsx") && work.exists("week.html"));
}

#[test]
fn a_table_of_two_queries_says_that_their_rows_are_not_to_be_added() {
    let work = Work::new();
    let one = |group: &str, day| document(&[container(group, &[(day, 8, &count("tHandle", 5))])]);
    let queue = r#""mediaType":"voice","queueId":"q""#;
    work.write("calls.json", one(VOICE, 2));
    work.write("queues.json", one(queue, 2));
    work.write("later.json", one(queue, 3));
    let told = |inputs: &[&str]| {
        let ran = work.run(&[&["convert"], inputs].concat()).exits(0);
        ran.stderr
            .contains("calls.json and queues.json are of queries that count the same events")
    };
    assert!(told(&["calls.json", "queues.json"]));
    assert!(!told(&["calls.json", "later.json"]));
    let before = [
        "report",
        "-q",
        "calls.json",
        "queues.json",
        "--compare",
        "calls.json",
    ];
    let report = work.run(&before).exits(0).stdout;
    assert!(
        report.contains("Export by mediaType, queueId\n"),
        "{report}"
    );
    assert!(report.contains("voice · q"), "{report}");
}

#[test]
fn days_that_one_query_lacks_are_named() {
    let work = Work::new();
    let calls = |group: &str, days: &[u8]| {
        let offered = count("nOffered", 1);
        let buckets: Vec<_> = days.iter().map(|day| (*day, 8, &*offered)).collect();
        document(&[container(group, &buckets)])
    };
    let named = |own: &[u8], others: &[u8]| {
        work.write("a.json", calls(VOICE, own));
        let queues = calls(&format!(r#"{VOICE},"queueId":"q""#), others);
        work.write("b.json", queues);
        let notes = report(&work, &["a.json", "b.json"])["notes"].clone();
        let notes = notes.as_array().expect("notes").clone();
        let named = notes.iter().filter_map(Value::as_str);
        let named: Vec<String> = named
            .filter_map(|it| Some(it.split_once("no data on ")?.1.to_owned()))
            .collect();
        named
    };
    // The second of March 2026 is a Monday.
    assert_eq!(
        named(&[2, 3], &[2, 3, 4]),
        ["Wed 4 Mar 2026, and others have."]
    );
    assert_eq!(named(&[2, 3], &[2, 3]), [""; 0]);
    // Without a Sunday between the first and the last day, Sundays are days without data.
    assert_eq!(
        named(&[2, 3, 4, 5, 6, 7], &[2, 3, 4, 5, 6, 7, 8]),
        ["Sun 8 Mar 2026, and others have."]
    );
    let (working, all): (Vec<u8>, Vec<u8>) = (
        (2..16).filter(|it| it % 7 != 1).collect(),
        (2..16).collect(),
    );
    assert_eq!(named(&working[..], &all[..14]), [""; 0]);
    assert_eq!(
        named(&[2, 3, 5, 6, 9, 10, 11], &[2, 3, 4, 5, 6, 9, 10, 11]),
        ["Wed 4 Mar 2026, and others have."]
    );
}

#[test]
fn media_types_have_the_days_of_their_own_query() {
    let work = Work::new();
    let (offered, all) = (count("nOffered", 5), count("nOffered", 8));
    let days: Vec<(u8, u8, &str)> = (2..12).map(|day| (day, 8, &*offered)).collect();
    let queues = ["voice", "email"]
        .map(|media| container(&format!(r#""mediaType":"{media}","queueId":"q""#), &days));
    let days: Vec<(u8, u8, &str)> = (2..12).map(|day| (day, 8, &*all)).collect();
    work.write("a.json", document(&[container("", &days)]));
    work.write("b.json", document(&queues));
    let found = report(&work, &["a.json", "b.json"]);
    for media in found["media_types"].as_array().expect("media types") {
        let points = media["days"]["points"].as_array().expect("days");
        assert_eq!(points.len(), 10, "{media}");
        for point in points {
            assert_eq!(point["missing"], false, "{point}");
            assert_eq!(point["figures"]["kpi_offered"], 5, "{point}");
        }
    }
}
