//! Reports in time zones whose hours begin at half past or a quarter to.

use serde_json::Value;

use crate::work::{Work, counted, report};

/// Hours of two weeks of October 2026 in UTC.
fn hours(has: impl Fn(u32, u32) -> bool) -> String {
    let all = (5..19).flat_map(|day| (0..24).map(move |hour| (day, hour)));
    let hours = all
        .filter(|(day, hour)| has(*day, *hour))
        .map(|(day, hour)| {
            let time =
                |hour: u32| format!("2026-10-{:02}T{:02}:00:00.000Z", day + hour / 24, hour % 24);
            (format!("{}/{}", time(hour), time(hour + 1)), 10)
        });
    counted(&[("voice", &Vec::from_iter(hours))])
}

/// The hours of all weekdays.
fn matrix(json: &Value) -> Vec<Vec<Option<u64>>> {
    let rows = json["media_types"][0]["by_weekday_and_hour"][0]["rows"].as_array();
    let rows = rows.expect("rows").iter().map(|row| {
        let hours = row["hours"].as_array().expect("hours").iter();
        hours.map(Value::as_u64).collect()
    });
    rows.collect()
}

#[test]
fn a_report_looks_as_in_other_zones() {
    let work = Work::new();
    work.write("a.json", hours(|_, _| true));
    for zone in [
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Europe/Berlin",
    ] {
        let json = report(&work, &["a.json", "--timezone", zone]);
        assert!(
            !json["notes"].to_string().contains("ended"),
            "{zone}: {}",
            json["notes"]
        );
        let rows = matrix(&json);
        assert!(
            rows.iter().flatten().all(|it| *it == Some(10)),
            "{zone}: {rows:?}"
        );
        let ran = work.run(&["report", "a.json", "--timezone", zone]).exits(0);
        assert!(
            ran.stdout.contains("Totals, and 1 day per character"),
            "{zone}: {}",
            ran.stdout
        );
        let week = ["--from", "2026-10-06", "--until", "2026-10-12"];
        let ran = work.run(&[&["report", "a.json", "--timezone", zone], &week[..]].concat());
        let text = ran.exits(0).stdout;
        assert!(text.contains("6 hours per character"), "{zone}: {text}");
    }
}

#[test]
fn an_outage_is_no_part_of_averages() {
    let work = Work::new();
    for (zone, until, from) in [
        ("Asia/Kolkata", "09:30", "14:30"),
        ("Asia/Kathmandu", "09:45", "14:45"),
        ("Asia/Karachi", "09:00", "14:00"),
    ] {
        // Tuesday.
        let lost = |day, hour| day == 13 && (4..9).contains(&hour);
        work.write("a.json", hours(|day, hour| !lost(day, hour)));
        let json = report(&work, &["a.json", "--timezone", zone]);
        let note = format!("Tue 13 Oct 2026 has no data from {until} to {from}.");
        let notes = json["notes"].to_string();
        assert!(notes.contains(&note), "{zone}: {notes}");
        assert_eq!(notes.matches("13 Oct").count(), 1, "{zone}: {notes}");
        let rows = matrix(&json);
        assert!(
            rows.iter().flatten().all(|it| *it == Some(10)),
            "{zone}: {rows:?}"
        );
        // A night.
        let lost = |day, hour| (day, hour) >= (13, 15) && (day, hour) < (14, 2);
        work.write("a.json", hours(|day, hour| !lost(day, hour)));
        let json = report(&work, &["a.json", "--timezone", zone]);
        let notes = json["notes"].to_string();
        assert!(
            notes.contains("Tue 13 Oct 2026 has data only to 20:"),
            "{zone}: {notes}"
        );
        assert!(
            notes.contains("Wed 14 Oct 2026 has data only from 07:"),
            "{zone}: {notes}"
        );
        let rows = matrix(&json);
        assert!(
            rows.iter().flatten().all(|it| *it == Some(10)),
            "{zone}: {rows:?}"
        );
    }
}

#[test]
fn an_hour_of_which_a_day_has_a_part_is_not_in_the_average() {
    let work = Work::new();
    // Half hours of two weeks from 08:00 to 18:00; the second Tuesday ends at 12:30.
    let halves = (5..19).flat_map(|day| (16..36).map(move |half| (day, half)));
    let halves = halves.filter(|(day, half)| *day != 13 || *half < 25);
    let time = |day: u32, half: u32| {
        let minutes = half % 2 * 30;
        format!("2026-10-{day:02}T{:02}:{minutes:02}:00.000Z", half / 2)
    };
    let halves = halves.map(|(day, half)| {
        let interval = format!("{}/{}", time(day, half), time(day, half + 1));
        (interval, if day == 13 { 6 } else { 10 })
    });
    work.write("a.json", counted(&[("voice", &Vec::from_iter(halves))]));
    let json = report(&work, &["a.json"]);
    assert!(
        json["notes"].to_string().contains("12:30"),
        "{}",
        json["notes"]
    );
    let tuesday = &matrix(&json)[1];
    // 20 and 12 calls; of 12:00 only the whole hour; later there is one day.
    assert_eq!(tuesday[11..14], [Some(16), Some(20), Some(20)]);
    assert_eq!(matrix(&json)[2][12], Some(20), "Wednesday");
}
