//! Local days and other periods: where clocks change, and where days are missing.

use serde_json::Value;

use crate::work::{Work, counted};

/// The intervals of the first group of a document.
fn intervals(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let data = document["results"][0]["data"].as_array().expect("data");
    let texts = data.iter().map(|bucket| bucket["interval"].as_str());
    texts.map(|text| text.expect("text").to_owned()).collect()
}

#[test]
fn periods_end_where_the_clock_changes_and_are_a_document() {
    let work = Work::new();
    let halves: Vec<(String, u32)> = (24..36)
        .map(|half: u32| {
            let time =
                |half: u32| format!("2026-04-04T{:02}:{:02}:00.000Z", half / 2, half % 2 * 30);
            (format!("{}/{}", time(half), time(half + 1)), 1)
        })
        .collect();
    work.write("halves.json", counted(&[("voice", &halves)]));
    for (zone, every, expected) in [
        (
            "Australia/Lord_Howe",
            "1h",
            "12:00/13:00 13:00/14:00 14:00/15:00 15:00/15:30 15:30/16:30 16:30/17:30 17:30/18:30",
        ),
        ("Asia/Kathmandu", "1h", "R002"),
        ("UTC", "2h", "12:00/14:00 14:00/16:00 16:00/18:00"),
    ] {
        let ran = work.run(&[
            "rollup",
            "--every",
            every,
            "--timezone",
            zone,
            "halves.json",
            "-o",
            "out.json",
        ]);
        if expected == "R002" {
            assert!(ran.exits(1).stderr.contains(expected));
            continue;
        }
        ran.exits(0);
        let text = String::from_utf8(work.read("out.json")).expect("text");
        let found: Vec<String> = intervals(&text)
            .iter()
            .map(|text| format!("{}/{}", &text[11..16], &text[36..41]))
            .collect();
        assert_eq!(found.join(" "), expected, "{zone}");
        let ran = work.run(&["validate", "-q", "out.json"]).exits(0);
        assert!(!ran.stdout.contains("T003"), "{}", ran.stdout);
    }
}

/// Hours of these days of March 2026, from 8 to 10 in UTC, as a response of its own each.
fn write_days(work: &Work, media: &str, days: &[u32]) -> Vec<String> {
    let names = days.iter().map(|day| {
        let hours: Vec<(String, u32)> = [8, 9]
            .map(|hour| {
                let time = |hour: u32| format!("2026-03-{day:02}T{hour:02}:00:00.000Z");
                (format!("{}/{}", time(hour), time(hour + 1)), 5)
            })
            .into();
        let name = format!("{media}-{day:02}.json");
        work.write(&name, counted(&[(media, &hours)]));
        name
    });
    names.collect()
}

/// The messages and pointers of `T009` in these inputs.
fn missing(work: &Work, arguments: &[&str]) -> Vec<(String, String)> {
    let all = [
        &["validate", "-q", "--select", "T009", "--format", "ndjson"],
        arguments,
    ]
    .concat();
    let lines = work.run(&all).exits(0).stdout;
    let lines = lines.lines().map(|line| {
        let finding: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| finding[key].as_str().expect("text").to_owned();
        assert_eq!(finding["severity"], "warning");
        (
            text("message"),
            format!("{}{}", text("file"), text("pointer")),
        )
    });
    lines.collect()
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

#[test]
fn a_day_without_any_bucket_is_found_over_all_groups_and_files() {
    let work = Work::new();
    // The second is a Monday.
    let names = write_days(&work, "voice", &[2, 3, 4, 6]);
    let place = "voice-06.json/results/0/data/0/interval".to_owned();
    let thursday = ("no data on 2026-03-05 (Thu)".to_owned(), place);
    let mut all = borrowed(&names);
    assert_eq!(
        missing(&work, &all).as_slice(),
        std::slice::from_ref(&thursday)
    );
    all.reverse();
    assert_eq!(missing(&work, &all), [thursday]);
    // Two days: each is counted once, also beside a single day with data.
    let two = write_days(&work, "message", &[2, 3, 5, 7, 8, 9, 10]);
    let days = "no data on 2 days: 2026-03-04 (Wed), 2026-03-06 (Fri)".to_owned();
    let place = "message-05.json/results/0/data/0/interval".to_owned();
    assert_eq!(missing(&work, &borrowed(&two)), [(days, place)]);
    // Another group has the day.
    let chat = write_days(&work, "chat", &[5]);
    assert!(missing(&work, &[&all[..], &borrowed(&chat)].concat()).is_empty());
    // Weekends are empty in two weeks, and a Tuesday is not.
    let weeks = write_days(&work, "email", &[2, 3, 4, 5, 6, 9, 11, 12, 13]);
    let place = "email-11.json/results/0/data/0/interval".to_owned();
    let tuesday = ("no data on 2026-03-10 (Tue)".to_owned(), place);
    let weeks = borrowed(&weeks);
    assert_eq!(missing(&work, &weeks), [tuesday]);
    for command in ["convert", "rollup", "report"] {
        let ran = work.run(&[&[command][..], &weeks].concat()).exits(0);
        assert!(ran.stderr.contains("T009"), "{command}: {}", ran.stderr);
        let until = [&[command, "--until", "2026-03-10"][..], &weeks].concat();
        let ran = work.run(&until).exits(0);
        assert!(!ran.stderr.contains("T009"), "{command}: {}", ran.stderr);
    }
    let ran = work
        .run(&[&["report", "--format", "json"][..], &weeks].concat())
        .exits(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["notes"][0], "No data on Tue 10 Mar 2026.");
}

#[test]
fn a_day_that_a_time_zone_left_out_is_not_missing() {
    let work = Work::new();
    // Apia crossed the date line at the end of 29 December 2011.
    let days: Vec<(String, u32)> = (26..31)
        .map(|day| {
            (
                format!(
                    "2011-12-{day}T10:00:00.000Z/2011-12-{}T10:00:00.000Z",
                    day + 1
                ),
                1,
            )
        })
        .collect();
    work.write("a.json", counted(&[("voice", &days)]));
    let found = missing(&work, &["a.json", "--timezone", "Pacific/Apia"]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn days_are_those_of_the_time_zone() {
    let work = Work::new();
    let hours = |starts: &[&str]| -> Vec<(String, u32)> {
        let hours = starts.iter().map(|start| {
            let hour: u32 = start[6..].parse().expect("an hour");
            let day = &start[..5];
            let until = format!("2026-{day}T{:02}:30:00.000Z", hour);
            (format!("2026-{day}T{hour:02}:00:00.000Z/{until}"), 1)
        });
        hours.collect()
    };
    // In Auckland, 11 to 13 hours ahead, these are Tuesday, Wednesday and Friday.
    let evening = hours(&["03-02T20", "03-03T20", "03-05T20"]);
    work.write("a.json", counted(&[("voice", &evening)]));
    let message = |arguments: &[&str]| {
        let all = [&["report", "a.json", "--format", "json"], arguments].concat();
        let report = work.run(&all).exits(0).stdout;
        let report: Value = serde_json::from_str(&report).expect("JSON");
        report["notes"][0].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(message(&[]), "No data on Wed 4 Mar 2026.");
    let zone = ["--timezone", "Pacific/Auckland"];
    assert_eq!(message(&zone), "No data on Thu 5 Mar 2026.");
    // Offsets that the data has.
    let text = counted(&[("voice", &evening)]).replace(".000Z", "+13:00");
    let text = text.replace("T20", "T02");
    work.write("a.json", text);
    assert_eq!(message(&[]), "No data on Wed 4 Mar 2026.");
}

/// What a report shows over time: the period, and for each point whether it has data.
fn axis(work: &Work, arguments: &[&str]) -> (String, String) {
    let all = [&["report", "-q", "--format", "json"], arguments].concat();
    let report = work.run(&all).exits(0).stdout;
    let series = &serde_json::from_str::<Value>(&report).expect("JSON")["series"];
    let points = series["points"].as_array().expect("points");
    for pair in points.windows(2) {
        assert_eq!(pair[0]["end"], pair[1]["start"], "{series}");
    }
    let marks = points.iter().map(|point| {
        let value = &point["figures"]["kpi_offered"];
        assert_eq!(point["missing"] == true, value.is_null(), "{series}");
        if value.is_null() { '.' } else { '#' }
    });
    let period = series["period"].as_str().expect("text").to_owned();
    (period, marks.collect())
}

#[test]
fn the_axis_of_a_report_leaves_room_for_what_is_missing() {
    let work = Work::new();
    let names = write_days(&work, "voice", &[2, 3, 5]);
    let (period, marks) = axis(&work, &borrowed(&names));
    let day = |marks: &str| format!("{marks}{}", ".".repeat(22));
    let days = [day("##"), day("##"), day(".."), "##".to_owned()];
    assert_eq!((period.as_str(), marks), ("1 hour", days.concat()));
    let text = work
        .run(&[&["report"][..], &borrowed(&names)].concat())
        .exits(0);
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert!(
        text.stdout.contains("3 hours per character"),
        "{}",
        text.stdout
    );
    let line = lines
        .iter()
        .find(|line| line.starts_with("  Offered"))
        .expect("a line");
    assert!(line.ends_with("██      ██              ██"), "{line}");
    // Whole days, a month of them, and their weeks.
    let daily = |days: &[u32]| {
        let time = |day: u32| format!("2026-03-{day:02}T00:00:00.000Z");
        let days = days
            .iter()
            .map(|day| (format!("{}/{}", time(*day), time(day + 1)), 1));
        counted(&[("voice", &days.collect::<Vec<_>>())])
    };
    work.write("a.json", daily(&[2, 3, 6, 7]));
    assert_eq!(
        axis(&work, &["a.json"]),
        ("1 day".to_owned(), "##..##".to_owned())
    );
    let half = r#""interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:20:00.000Z""#;
    work.write("b.json", response_of(&[half, &half.replace("T08", "T11")]));
    let marks = format!("#{}#", ".".repeat(5));
    assert_eq!(axis(&work, &["b.json"]), ("30 minutes".to_owned(), marks));
}

fn response_of(intervals: &[&str]) -> String {
    let buckets = intervals.iter().map(|interval| {
        format!(r#"{{{interval},"metrics":[{{"metric":"nOffered","stats":{{"count":1}}}}]}}"#)
    });
    let buckets: Vec<String> = buckets.collect();
    format!(
        r#"{{"results":[{{"group":{{"mediaType":"voice"}},"data":[{}]}}]}}"#,
        buckets.join(",")
    )
}

#[test]
fn days_of_23_and_25_hours_are_days() {
    let work = Work::new();
    let time = |day: u32| match day {
        0..=25 => format!("2026-10-{:02}T22:00:00.000Z", day - 1),
        day => format!("2026-10-{:02}T23:00:00.000Z", day - 1),
    };
    let day = |day: u32| (format!("{}/{}", time(day), time(day + 1)), 1);
    let days: Vec<(String, u32)> = (23..28).map(day).collect();
    let hour = |day: u32| {
        (
            format!("2026-10-{day}T09:00:00.000Z/2026-10-{day}T10:00:00.000Z"),
            1,
        )
    };
    let hours: Vec<(String, u32)> = (23..28).map(hour).collect();
    let holes: Vec<(String, u32)> = [23, 24, 27].map(day).into();
    work.write("days.json", counted(&[("voice", &days)]));
    work.write(
        "mixed.json",
        counted(&[("voice", &days), ("email", &hours)]),
    );
    work.write("holes.json", counted(&[("voice", &holes)]));
    for zone in ["UTC", "Europe/Berlin"] {
        for (name, marks) in [
            ("days.json", "#####"),
            ("mixed.json", "#####"),
            ("holes.json", "##..#"),
        ] {
            let expected = ("1 day".to_owned(), marks.to_owned());
            assert_eq!(
                axis(&work, &[name, "--timezone", zone]),
                expected,
                "{name} {zone}"
            );
        }
    }
    let markdown = work
        .run(&["report", "mixed.json", "--format", "markdown"])
        .exits(0);
    assert!(
        markdown.stdout.contains("| By day |"),
        "{}",
        markdown.stdout
    );
    // The 25th is a Sunday, which occurs once.
    let report = work.run(&["report", "holes.json"]).exits(0);
    assert!(
        report.stdout.contains("No data on Mon 26 Oct 2026."),
        "{}",
        report.stdout
    );
}
