//! Figures that would mislead, and data that is left out: the report says so.

use std::fs;

use serde_json::Value;

use crate::work::{VOICE, Work, count, report, sample};

/// A container with these metrics in each of these hours of March 2026, as day and hour.
fn container(group: &str, hours: &[(u32, u32)], metrics: &str) -> String {
    let buckets = hours.iter().map(|(day, hour)| {
        format!(
            r#"{{"interval":"2026-03-{day:02}T{hour:02}:00:00.000Z/2026-03-{day:02}T{:02}:00:00.000Z","metrics":[{metrics}]}}"#,
            hour + 1
        )
    });
    let buckets: Vec<String> = buckets.collect();
    format!(r#"{{"group":{{{group}}},"data":[{}]}}"#, buckets.join(","))
}

fn response(containers: &[String]) -> String {
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

fn timer(metric: &str, count: u32) -> String {
    format!(
        r#"{{"metric":"{metric}","stats":{{"count":{count},"sum":{}}}}}"#,
        count * 60_000
    )
}

/// Days of March 2026 in UTC.
fn utc_days(work: &Work, name: &str, days: &[u32]) {
    let buckets = days.iter().map(|day| {
        format!(
            r#"{{"interval":"2026-03-{day:02}T00:00:00.000Z/2026-03-{:02}T00:00:00.000Z","metrics":[{}]}}"#,
            day + 1,
            count("nOffered", *day)
        )
    });
    let buckets: Vec<String> = buckets.collect();
    work.write(
        name,
        format!(
            r#"{{"results":[{{"group":{{{VOICE}}},"data":[{}]}}]}}"#,
            buckets.join(",")
        ),
    );
}

fn notes(report: &Value) -> String {
    let notes = report["notes"].as_array().expect("notes").iter();
    let notes: Vec<&str> = notes.map(|it| it.as_str().expect("text")).collect();
    notes.join("\n")
}

/// The local days of the first media type, those with data, with what was offered on each.
fn days(report: &Value) -> Vec<(String, u64)> {
    let points = report["media_types"][0]["days"]["points"].as_array();
    let points = points.expect("points").iter();
    let days = points.filter_map(|point| {
        let day = point["local_start"].as_str()?[..10].to_owned();
        Some((day, point["figures"]["kpi_offered"].as_u64()?))
    });
    days.collect()
}

#[test]
fn a_total_of_one_query_is_no_row_of_another() {
    let hours = [(2, 8), (2, 9)];
    for total in ["", VOICE] {
        let work = Work::new();
        let queues = format!("{},{}", count("nOffered", 9), timer("tHandle", 8));
        let documents = [
            ("total.json", total.to_owned(), count("nOffered", 10)),
            ("queues.json", format!("{VOICE},\"queueId\":\"q\""), queues),
            (
                "codes.json",
                format!("{VOICE},\"wrapUpCode\":\"w\""),
                timer("tHandle", 8),
            ),
        ];
        for (name, group, metrics) in &documents {
            work.write(name, response(&[container(group, &hours, metrics)]));
        }
        let all = report(&work, &["total.json", "queues.json", "codes.json"]);
        let notes = notes(&all);
        assert!(notes.contains("grouped in 3 ways"), "{notes}");
        assert!(notes.contains("20 and 18 (Offered)"), "{notes}");
        for row in all["rows"].as_array().expect("rows") {
            let is_code = !row["group"]["wrapUpCode"].is_null();
            assert!(
                !is_code || row["figures"]["kpi_offered"]["value"].is_null(),
                "{row}"
            );
        }
    }
}

#[test]
fn figures_of_a_day_are_not_figures_of_an_hour() {
    let work = Work::new();
    let day = |metrics: &str| {
        format!(
            r#"{{"group":{{{VOICE}}},"data":[{{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{metrics}]}}]}}"#
        )
    };
    let sent = format!(
        "{},{}",
        count("nSurveysSent", 9),
        count("nSurveyResponses", 3)
    );
    work.write("surveys.json", response(&[day(&sent)]));
    let hours = [(2, 0), (2, 8)];
    work.write(
        "queues.json",
        response(&[container(VOICE, &hours, &count("nOffered", 9))]),
    );
    work.write("days.json", response(&[day(&count("nOffered", 9))]));
    let rate = "kpi_survey_response_ratio";
    let points = |series: &Value, figure: &str| {
        let points = series["points"].as_array().expect("points").iter();
        points.filter(|it| !it["figures"][figure].is_null()).count()
    };
    let all = report(&work, &["queues.json", "surveys.json"]);
    let media = &all["media_types"][0];
    assert!(!media["totals"][rate]["value"].is_null(), "{media}");
    for series in [&all["series"], &media["days"]] {
        assert_eq!(points(series, "kpi_offered"), 2, "{series}");
        assert_eq!(points(series, rate), 0, "{series}");
    }
    assert!(
        notes(&all).contains("by hour leave out 1 longer period"),
        "{all}"
    );
    let all = report(&work, &["days.json", "--every", "1h"]);
    assert_eq!(points(&all["series"], "kpi_offered"), 0, "{all}");
    let all = report(&work, &["queues.json", "surveys.json", "--every", "1d"]);
    for series in [&all["series"], &all["media_types"][0]["days"]] {
        assert_eq!(points(series, "kpi_offered"), 1, "{series}");
    }
    assert_eq!(points(&all["media_types"][0]["days"], rate), 1, "{all}");
}

#[test]
fn a_counter_of_another_query_is_unknown_and_not_zero() {
    let work = Work::new();
    let hours = [(2, 8), (2, 9)];
    let metrics = |all: &[String]| all.join(",");
    let offered = metrics(&[
        count("nOffered", 9),
        count("nTransferred", 3),
        timer("tAbandon", 1),
    ]);
    let handled = metrics(&[timer("tHandle", 4), count("nOffered", 9)]);
    let email = r#""mediaType":"email""#;
    let of = |dimension: &str, media: &str| format!("{media},{dimension}");
    let queue = r#""queueId":"q""#;
    let code = r#""wrapUpCode":"w""#;
    work.write(
        "queues.json",
        response(&[
            container(&of(queue, VOICE), &hours, &offered),
            container(&of(queue, email), &hours, &count("nOffered", 5)),
        ]),
    );
    work.write(
        "codes.json",
        response(&[
            container(&of(code, VOICE), &hours, &handled),
            container(&of(code, email), &hours, &handled),
        ]),
    );
    let all = report(&work, &["queues.json", "codes.json"]);
    let text = all.to_string();
    assert!(!notes(&all).contains(" and 0 ("), "{text}");
    for media in all["media_types"].as_array().expect("media types") {
        let handled = &media["totals"]["kpi_handled"]["value"];
        assert!(handled.as_u64() != Some(0), "{media}");
        let points = media["days"]["points"].as_array().expect("points");
        for point in points {
            assert!(
                point["figures"]["kpi_handled"].as_u64() != Some(0),
                "{point}"
            );
        }
    }
    for row in all["rows"].as_array().expect("rows") {
        let is_queue = !row["group"]["queueId"].is_null();
        let figures = row["figures"].as_object().expect("figures");
        let has = |name: &str| figures.get(name).is_some_and(|it| !it["value"].is_null());
        assert!(!(is_queue && has("kpi_handled")), "{row}");
        assert!(
            is_queue || !has("kpi_transferred") && !has("kpi_abandoned"),
            "{row}"
        );
    }
    // A filter does not make a 0 unknown.
    work.write(
        "queues.json",
        response(&[
            container(&of(queue, VOICE), &hours, &offered),
            container(
                &of(r#""queueId":"calm""#, VOICE),
                &hours,
                &count("nOffered", 5),
            ),
        ]),
    );
    let calm = report(
        &work,
        &["queues.json", "codes.json", "--where", "queue=calm"],
    );
    assert_eq!(calm["totals"]["kpi_transferred"]["value"], 0, "{calm}");
}

#[test]
fn days_of_another_zone_count_for_the_day_with_most_of_them() {
    let work = Work::new();
    utc_days(&work, "utc.json", &[2, 3, 4, 6]);
    let expected: Vec<(String, u64)> = [2, 3, 4, 6]
        .map(|day| (format!("2026-03-{day:02}"), day))
        .into();
    for zone in ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC"] {
        let arguments = ["utc.json", "--timezone", zone];
        let all = report(&work, &arguments);
        assert_eq!(days(&all), expected, "{zone}");
        let notes = notes(&all);
        assert!(
            notes.contains("No data on Thu 5 Mar 2026."),
            "{zone}: {notes}"
        );
        let divided = format!("4 entries have parts of two days of {zone}");
        assert_eq!(notes.contains(&divided), zone != "UTC", "{zone}: {notes}");
        assert!(!notes.contains("--"), "{notes}");
        let ran = work
            .run(&[&["validate", "--select", "T009"], &arguments[..]].concat())
            .exits(0);
        assert!(
            ran.stdout.contains("2026-03-05 (Thu)"),
            "{zone}: {}",
            ran.stdout
        );
        let rolled = [&["rollup", "--every", "1d"], &arguments[..]].concat();
        work.run(&rolled).exits(i32::from(zone != "UTC"));
    }
    // The days of Berlin, in a report in UTC.
    let berlin = fs::read_to_string(work.path("utc.json")).expect("text");
    let berlin = [7, 6, 5, 4, 3, 2].iter().fold(berlin, |text, day| {
        let midnight = |day: u32| format!("2026-03-{day:02}T00:");
        text.replace(&midnight(*day), &format!("2026-03-{:02}T23:", day - 1))
    });
    work.write("berlin.json", berlin);
    let all = report(&work, &["berlin.json"]);
    assert_eq!(days(&all), expected);
    assert!(notes(&all).contains("4 entries have parts of two days of UTC"));
}

#[test]
fn a_weekday_is_always_empty_only_in_all_days_of_the_run() {
    let work = Work::new();
    // Two weeks from Monday on: the second lacks Saturday and Sunday.
    let week = [2, 3, 4, 5, 6, 7, 8];
    let next = [9, 10, 11, 12, 13, 16];
    utc_days(&work, "all.json", &[&week[..], &next].concat());
    utc_days(&work, "week.json", &week);
    utc_days(&work, "next.json", &next);
    let lacking = "2026-03-14 (Sat), 2026-03-15 (Sun)";
    let compared = ["next.json", "--compare", "week.json"];
    for inputs in [&["all.json"][..], &compared] {
        for until in ["2026-03-16", "2026-03-17"] {
            let of = ["--from", "2026-03-09", "--until", until];
            let all = notes(&report(&work, &[inputs, &of].concat()));
            assert!(all.contains("Sat 14 Mar 2026, Sun 15 Mar 2026"), "{all}");
        }
    }
    let of = ["all.json", "--from", "2026-03-09", "--until", "2026-03-17"];
    for command in [
        &["convert", "--columns", "present"][..],
        &["rollup", "--every", "1d"],
    ] {
        let ran = work.run(&[command, &of].concat()).exits(0);
        assert!(ran.stderr.contains(lacking), "{}", ran.stderr);
    }
    let ran = work.run(&["validate", "all.json"]).exits(0);
    assert!(ran.stdout.contains(lacking), "{}", ran.stdout);
    // Without the first week, both days are always empty.
    let all = report(
        &work,
        &["next.json", "--from", "2026-03-09", "--until", "2026-03-17"],
    );
    assert!(!notes(&all).contains("No data"), "{all}");
}

#[test]
fn days_missing_at_the_ends_of_the_time_are_named() {
    let work = Work::new();
    // From Wednesday to Friday and from Monday to Thursday.
    utc_days(&work, "in.json", &[4, 5, 6, 9, 10, 11, 12]);
    let of = |from: &str, until: &str| {
        notes(&report(
            &work,
            &["in.json", "--from", from, "--until", until],
        ))
    };
    let all = of("2026-03-02", "2026-03-16");
    let expected = "Mon 2 Mar 2026, Tue 3 Mar 2026, Fri 13 Mar 2026.";
    assert!(all.contains(expected), "{all}");
    let all = of("2026-03-04", "2026-03-13");
    assert!(!all.contains("ends of the period"), "{all}");
    let open = report(&work, &["in.json", "--from", "2026-01-01"]);
    assert!(!notes(&open).contains("ends of the period"), "{open}");
}

#[test]
fn names_that_match_no_id_are_said_by_each_command() {
    let work = Work::new();
    work.write(
        "in.json",
        response(&[container(
            r#""queueId":"q""#,
            &[(2, 8)],
            &count("nOffered", 5),
        )]),
    );
    work.write("names.csv", "id,name\nother,Other\n");
    for command in [
        &["report", "in.json"][..],
        &["convert", "in.json"],
        &["rollup", "in.json", "-t", "csv"],
    ] {
        let all = [command, &["--names", "names.csv"]].concat();
        let ran = work.run(&all).exits(0);
        assert!(
            ran.stderr.contains("--names has no name for any id"),
            "{command:?}: {}",
            ran.stderr
        );
        assert!(!ran.stdout.contains("no name for any id"), "{}", ran.stdout);
        let quiet = work.run(&[&all[..], &["-q"]].concat()).exits(0);
        assert_eq!(quiet.stderr, "");
    }
    work.write("names.csv", "id,name\nq,Billing\n");
    let ran = work
        .run(&["report", "in.json", "--names", "names.csv"])
        .exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn files_of_names_that_cannot_be_read_say_why() {
    let work = Work::new();
    utc_days(&work, "in.json", &[4]);
    work.write("names.csv", "Queue Id;Queue Name\nq;Billing\n");
    let ran = work
        .run(&["report", "in.json", "--names", "names.csv"])
        .exits(2);
    assert!(
        ran.stderr.contains("`Queue Id`, `Queue Name`"),
        "{}",
        ran.stderr
    );
    work.write("names.csv", b"id,name\nq,B\xfcro\n");
    let ran = work
        .run(&["report", "in.json", "--names", "names.csv"])
        .exits(2);
    for words in ["Windows-1252", "CSV UTF-8"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}

#[test]
fn a_folder_that_is_compared_with_itself_counts_its_bad_parts_once() {
    let work = Work::new();
    utc_days(&work, "in/a.json", &[2, 3, 4, 9, 10, 11]);
    work.write(
        "in/b.json",
        r#"{"message":"no","code":"bad.request","status":400}"#,
    );
    let arguments = [
        "report",
        "in",
        "--compare",
        "in/",
        "--from",
        "2026-03-09",
        "--until",
        "2026-03-16",
        "--on-error",
        "skip",
        "--rejects",
        "rejects.ndjson",
        "-o",
        "week.json",
    ];
    let ran = work.run(&arguments).exits(0);
    assert_eq!(ran.stderr.matches("F003").count(), 1, "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("left out:").count(), 1, "{}", ran.stderr);
    let rejects = String::from_utf8(work.read("rejects.ndjson")).expect("text");
    assert_eq!(rejects.lines().count(), 1, "{rejects}");
    let report: Value = serde_json::from_slice(&work.read("week.json")).expect("JSON");
    assert!(notes(&report).contains("in 1 place: b.json"));
    // The library and Python have no messages.
    let folder = work.path("in");
    let check = || {
        let inputs = gcagg::Inputs::new().path(&folder).skip_bad_parts();
        inputs.check().expect("checked")
    };
    let mut json = Vec::new();
    let page = gcagg::Page::new();
    let written = check().report(&page, "json", Some(&check()), &mut json);
    assert!(written.is_ok(), "{written:?}");
    let same = String::from_utf8(json).expect("text");
    assert!(same.contains("in 1 place: b.json"), "{same}");
    let offered = &report["totals"]["kpi_offered"];
    assert_eq!(
        (&offered["value"], &offered["before"]),
        (&30.into(), &9.into())
    );
}

#[test]
fn summaries_are_a_table_in_csv() {
    let work = Work::new();
    let ran = work
        .run(&["report", &sample("summary-grouped.json"), "--format", "csv"])
        .exits(0);
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let head = reader.headers().expect("a header").clone();
    assert!(head.len() > 2 && &head[0] == "Entity", "{}", ran.stdout);
    assert!(reader.records().count() > 0, "{}", ran.stdout);
    assert!(
        !ran.stdout.contains('–') && !ran.stdout.contains("N/A"),
        "{}",
        ran.stdout
    );
}

#[test]
fn times_that_lose_digits_are_counted() {
    let work = Work::new();
    let text = response(&[container(
        r#""queueId":"q""#,
        &[(2, 8), (2, 9)],
        &count("nOffered", 5),
    )]);
    work.write(
        "in.json",
        text.replace("T09:00:00.000Z", "T09:00:00.123456Z"),
    );
    for form in ["parquet", "arrow"] {
        let output = format!("out.{form}");
        let ran = work.run(&["convert", "in.json", "-o", &output]).exits(0);
        assert!(ran.stderr.contains("2 times shortened"), "{}", ran.stderr);
    }
    let ran = work.run(&["convert", "in.json", "-o", "out.csv"]).exits(0);
    assert!(!ran.stderr.contains("shortened"), "{}", ran.stderr);
}

#[test]
fn what_a_report_cannot_show_apart_is_said() {
    let work = Work::new();
    // Presences lack a day that calls have.
    let hours = [(2, 8), (3, 8), (4, 8), (9, 8), (10, 8), (11, 8)];
    let calls = container(VOICE, &hours, &count("nOffered", 5));
    let presence = r#"{"metric":"tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":60000}}"#;
    let agent = container(
        r#""userId":"u""#,
        &[&hours[..4], &hours[5..]].concat(),
        presence,
    );
    work.write("calls.json", response(&[calls]));
    work.write("agents.json", response(&[agent]));
    let all = report(&work, &["calls.json", "agents.json"]);
    let expected = "Figures by agent have no data on Tue 10 Mar 2026, and others have.";
    assert!(notes(&all).contains(expected), "{}", all["notes"]);
    // More answered than offered.
    let metrics = [count("nOffered", 100), timer("tAnswered", 101)].join(",");
    work.write(
        "in.json",
        response(&[container(VOICE, &[(2, 8)], &metrics)]),
    );
    let all = report(&work, &["in.json"]);
    assert!(
        notes(&all).contains("Answered is more than 100 % at times (Voice)"),
        "{}",
        all["notes"]
    );
    // More media types than have figures of their own.
    let many = (0..40).map(|at| {
        container(
            &format!(r#""mediaType":"m{at}""#),
            &[(2, 8)],
            &count("nOffered", 1),
        )
    });
    work.write("in.json", response(&many.collect::<Vec<String>>()));
    let all = report(&work, &["in.json"]);
    assert!(notes(&all).contains("40 media types"), "{}", all["notes"]);
}

#[test]
fn a_report_in_a_file_ends_with_its_numbers() {
    let work = Work::new();
    utc_days(&work, "in.json", &[4]);
    let ran = work.run(&["report", "in.json", "-o", "week.html"]).exits(0);
    assert_eq!(ran.stderr, "1 file, 1 document, 0 errors, 0 warnings\n");
    let ran = work
        .run(&["report", "in.json", "-o", "week.html", "-q"])
        .exits(0);
    assert_eq!(ran.stderr, "");
    let ran = work.run(&["report", "in.json"]).exits(0);
    assert_eq!(ran.stderr, "");
    let ran = work.run(&["report", "in.json", "-o", "week.xls"]).exits(2);
    assert!(ran.stderr.contains("-o week.xlsx"), "{}", ran.stderr);
}

#[test]
fn a_day_that_one_query_lacks_is_not_compared() {
    let work = Work::new();
    // Calls lack a day, and the presences of agents have it.
    let hours = |days: &[u32]| -> Vec<(u32, u32)> { days.iter().map(|day| (*day, 8)).collect() };
    let calls = |days: &[u32]| container(VOICE, &hours(days), &count("nOffered", 10));
    let presence = r#"{"metric":"tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":60000}}"#;
    let week: Vec<u32> = (9..16).collect();
    let agents = container(r#""userId":"u""#, &hours(&week), presence);
    work.write(
        "now.json",
        response(&[calls(&[9, 10, 12, 13, 14, 15]), agents]),
    );
    work.write("before.json", response(&[calls(&[2, 3, 4, 5, 6, 7, 8])]));
    let all = report(&work, &["now.json", "--compare", "before.json"]);
    let offered = &all["totals"]["kpi_offered"];
    assert_eq!(
        (&offered["value"], &offered["before"]),
        (&60.into(), &60.into())
    );
    let common = all["compared"]["common_days"].as_array().expect("days");
    assert_eq!(common.len(), 6, "{common:?}");
    let voice = &all["media_types"][0]["totals"]["kpi_offered"];
    assert_eq!(voice["change"], 0, "{voice}");
}

#[test]
fn a_part_that_was_left_out_has_each_finding_once() {
    let work = Work::new();
    utc_days(&work, "a.json", &[4]);
    work.write("b.json", b"PK\x03\x04aaaa");
    work.write("c.json", "id,name\n1,2\n");
    for command in ["report", "convert", "rollup"] {
        let names = ["a.json", "b.json", "c.json"];
        let options = ["--on-error", "skip", "--rejects", "rejects.ndjson"];
        work.run(&[&[command][..], &names, &options].concat())
            .exits(0);
        let rejects = String::from_utf8(work.read("rejects.ndjson")).expect("text");
        assert!(rejects.lines().count() > 1, "{rejects}");
        for line in rejects.lines() {
            let part: Value = serde_json::from_str(line).expect("JSON");
            let findings = part["diagnostics"].as_array().expect("findings");
            assert_eq!(findings.len(), 1, "{command}: {part}");
        }
    }
}

#[test]
fn values_of_summaries_are_numbers_in_json() {
    let work = Work::new();
    work.write(
        "in.json",
        r#"{"entities":[{"id":"e","metrics":{
            "talk":{"value":245300,"unit":"ms","label":"Talk"},
            "score":{"value":18.75},
            "hold":{"value":null,"unit":"s"}}}]}"#,
    );
    let page = report(&work, &["in.json"]);
    let expected = serde_json::json!([
        {"name": "Talk", "value": 245_300, "unit": "ms", "text": "4:05"},
        {"name": "score", "value": 18.75, "unit": "", "text": "18.75"},
        {"name": "hold", "value": null, "unit": "s", "text": "N/A"},
    ]);
    assert_eq!(page["entities"][0]["metrics"], expected, "{page}");
}

/// The earlier inputs may have a file of the later ones, and an error that lies between two files.
#[test]
fn an_error_between_two_compared_files_is_shown() {
    let work = Work::new();
    let bucket = |minutes: &str, offered: u32| {
        format!(
            r#"{{"results":[{{"group":{{{VOICE}}},"data":[{{"interval":"2026-03-04T08:00:00Z/2026-03-04T{minutes}:00Z","metrics":[{}]}}]}}]}}"#,
            count("nOffered", offered)
        )
    };
    work.write("all/10.json", bucket("09:00", 5));
    work.write("all/11.json", bucket("08:30", 3));
    for file in ["all/10.json", "all/11.json"] {
        let ran = work.run(&["report", file, "--compare", "all"]).exits(1);
        assert!(ran.stderr.contains("error[T003]"), "{}", ran.stderr);
    }
}
