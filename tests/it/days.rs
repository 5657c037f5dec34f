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
