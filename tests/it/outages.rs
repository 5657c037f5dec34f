//! Data that one query, one media type or one of several copies lacks.

use crate::ends::{hours, html};
use crate::work::{Work, counted, report};

#[test]
fn each_query_is_judged_by_its_own_documents() {
    let work = Work::new();
    let short = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 14)]);
    let whole = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 20)]);
    let by_user = |hours: &[(String, u32)]| {
        counted(&[("message", hours)]).replace(
            r#""mediaType":"message""#,
            r#""mediaType":"message","userId":"u""#,
        )
    };
    for (calls, agents) in [(&short, &whole), (&whole, &short)] {
        work.write("calls.json", counted(&[("voice", calls)]));
        work.write("agents.json", by_user(agents));
        for inputs in [["calls.json", "agents.json"], ["agents.json", "calls.json"]] {
            let page = html(&work, &inputs);
            // The headline figures are those of calls, and messages go on until 20:00.
            let note = page.contains("Wed 21 Oct 2026 has data only to 14:00.");
            assert_eq!(note, calls == &short, "{page}");
            let marks = page.matches("<small>to 14:00</small>").count();
            assert_eq!(marks, usize::from(calls == &short), "{page}");
        }
    }
}

#[test]
fn an_outage_of_one_media_type_is_noted_and_left_out_of_changes() {
    let work = Work::new();
    let whole = |from: u32| hours(&[0, 1, 2, 3, 4].map(|day| (from + day, 8, 20)));
    let rare = hours(&[(19, 9, 10), (20, 11, 12), (22, 9, 10), (23, 9, 10)]);
    let before = whole(12);
    work.write(
        "before.json",
        counted(&[("voice", &before), ("email", &before)]),
    );
    let week = |wednesday: &[(u32, u32, u32)]| {
        let others = [(19, 8, 20), (20, 8, 20), (22, 8, 20), (23, 8, 20)];
        let mut voice = hours(&[&others[..], wednesday].concat());
        voice.sort();
        counted(&[("voice", &voice), ("email", &whole(19)), ("chat", &rare)])
    };
    for (wednesday, note) in [
        (&[][..], "Voice: Wed 21 Oct 2026 has no data."),
        (
            &[(21, 8, 10), (21, 15, 20)],
            "Voice: Wed 21 Oct 2026 has no data from 10:00 to 15:00.",
        ),
    ] {
        work.write("a.json", week(wednesday));
        let page = html(&work, &["a.json", "--compare", "before.json"]);
        assert!(page.contains(note), "{page}");
        let left = "Changes leave out Wed 21 Oct 2026: one of the periods lacks hours there.";
        assert!(page.contains(left), "{page}");
        let json = report(&work, &["a.json", "--compare", "before.json"]);
        let notes = json["notes"].to_string();
        assert!(
            !notes.contains("Email:") && !notes.contains("Chat:"),
            "{notes}"
        );
        let media = json["media_types"].as_array().expect("media types");
        let voice = media.iter().find(|it| it["media_type"] == "voice");
        let voice = voice.expect("voice");
        assert_eq!(voice["totals"]["kpi_offered"]["change"], 0, "{voice}");
        let hours = &voice["by_weekday_and_hour"][0]["rows"][2]["hours"];
        assert_ne!(hours[11], 0, "{hours}");
    }
    // Both periods lack the same day.
    let both = counted(&[
        (
            "voice",
            &hours(&[(12, 8, 20), (13, 8, 20), (15, 8, 20), (16, 8, 20)]),
        ),
        ("email", &before),
    ]);
    work.write("before.json", both);
    work.write("a.json", week(&[]));
    let page = html(&work, &["a.json", "--compare", "before.json"]);
    assert!(!page.contains("Changes leave out"), "{page}");
    // Voice can rest on Tuesdays and Wednesdays, on Wednesdays, or on Sundays.
    let two = &[12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26][..];
    for (days, rest) in [
        (&two[7..12], &[20, 21][..]),
        (&two[7..12], &[21]),
        (two, &[18, 25]),
        (&two[7..], &[25]),
        (&two[..11], &[18]),
    ] {
        let of = |days: &[u32], rest: &[u32]| {
            let own = days.iter().filter(|day| !rest.contains(day));
            hours(&own.map(|day| (*day, 8, 20)).collect::<Vec<_>>())
        };
        let (voice, email) = (of(days, rest), of(days, &[]));
        work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
        let notes = report(&work, &["a.json"])["notes"].to_string();
        assert!(!notes.contains("Voice: "), "{days:?}: {notes}");
    }
}

/// Two weeks of working days. Some hours are missing on some days.
fn weeks(from: u32, lacking: &[(u32, u32, u32)]) -> Vec<(String, u32)> {
    let days = (from..from + 12).filter(|day| ![5, 6].contains(&(day - from)));
    let parts = days.flat_map(|day| {
        let hours = (7..22).filter(move |hour| {
            let mut all = lacking.iter();
            !all.any(|(it, a, b)| *it == day && a <= hour && hour < b)
        });
        hours.map(move |hour| (day, hour, hour + 1))
    });
    hours(&Vec::from_iter(parts))
}

#[test]
fn days_with_other_missing_hours_are_not_compared() {
    let work = Work::new();
    let of = |from, lacking: &[_]| {
        let email = weeks(from, &[]);
        counted(&[("voice", &weeks(from, lacking)), ("email", &email)])
    };
    work.write("a.json", of(19, &[(21, 8, 12)]));
    for (before, is_left_out) in [((7, 15, 19), true), ((7, 8, 12), false)] {
        work.write("before.json", of(5, &[before]));
        let json = report(&work, &["a.json", "--compare", "before.json"]);
        let notes = json["notes"].to_string();
        let left = notes.contains("Changes leave out Wed 21 Oct 2026:");
        assert_eq!(left, is_left_out, "{notes}");
        assert!(notes.contains("Voice: Wed 21 Oct 2026 has no data from 08:00 to 12:00."));
    }
    // Another query lacks the hours: changes leave out no day that has no note.
    let by_user = |text: String| text.replace("\"}", "\",\"userId\":\"u\"}");
    work.write("a.json", of(19, &[]));
    work.write("before.json", of(5, &[]));
    work.write("agents.json", by_user(of(19, &[(21, 8, 12)])));
    work.write("agents_before.json", by_user(of(5, &[])));
    let inputs = [
        "a.json",
        "agents.json",
        "--compare",
        "before.json",
        "agents_before.json",
    ];
    let notes = report(&work, &inputs)["notes"].to_string();
    assert!(notes.contains("grouped in 2 ways"), "{notes}");
    assert!(
        !notes.contains("Changes leave out") && !notes.contains("Voice"),
        "{notes}"
    );
}

#[test]
fn a_partial_day_can_lack_more_hours_of_one_media_type() {
    let work = Work::new();
    let end = (30, 14, 22);
    let voice = weeks(19, &[(30, 9, 12), end]);
    work.write(
        "a.json",
        counted(&[("voice", &voice), ("email", &weeks(19, &[end]))]),
    );
    let json = report(&work, &["a.json"]);
    let notes = json["notes"].to_string();
    for note in [
        "\"Fri 30 Oct 2026 has data only to 14:00.\"",
        "Voice: Fri 30 Oct 2026 has data only to 14:00, and no data from 09:00 to 12:00.",
    ] {
        assert!(notes.contains(note), "{note}: {notes}");
    }
    assert!(!notes.contains("Email"), "{notes}");
    let media = json["media_types"].as_array().expect("media types");
    let voice = media.iter().find(|it| it["media_type"] == "voice");
    let friday = &voice.expect("voice")["by_weekday_and_hour"][0]["rows"][4]["hours"];
    for hour in [8, 10, 13, 15] {
        assert_eq!(friday[hour], 10, "{hour}: {friday}");
    }
}

/// The notes about voice, which lacks these hours of two weeks; email has all of them.
fn voice_notes(work: &Work, lacking: &[(u32, u32, u32)]) -> String {
    let (voice, email) = (weeks(19, lacking), weeks(19, &[]));
    work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
    report(work, &["a.json"])["notes"].to_string()
}

#[test]
fn two_outages_of_one_media_type_do_not_hide_each_other() {
    let work = Work::new();
    let notes = voice_notes(&work, &[(20, 9, 14), (29, 10, 15)]);
    assert_eq!(notes.matches(" Oct ").count(), 2, "{notes}");
    for note in [
        "Voice: Tue 20 Oct 2026 has no data from 09:00 to 14:00.",
        "Voice: Thu 29 Oct 2026 has no data from 10:00 to 15:00.",
    ] {
        assert!(notes.contains(note), "{note}: {notes}");
    }
    // A lunch at that time, all Tuesdays, or a third of all days.
    for lacking in [
        &[(20, 9, 14), (29, 12, 13)][..],
        &[(20, 9, 14), (27, 10, 15)],
        &[(20, 9, 14), (22, 9, 14), (28, 9, 14)],
    ] {
        let notes = voice_notes(&work, lacking);
        assert!(!notes.contains("Voice: "), "{lacking:?}: {notes}");
    }
    // An early export of one week lacks the same hours of all media types.
    let of = |lacking: &[_]| {
        let mut hours = weeks(19, lacking);
        hours.retain(|(interval, _)| interval.as_str() < "2026-10-24");
        hours
    };
    let early = (23, 11, 22);
    let (voice, email) = (of(&[(20, 9, 14), early]), of(&[early]));
    work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
    let notes = report(&work, &["a.json"])["notes"].to_string();
    for note in [
        "\"Fri 23 Oct 2026 has data only to 11:00.\"",
        "\"Voice: Tue 20 Oct 2026 has no data from 09:00 to 14:00.\"",
    ] {
        assert!(notes.contains(note), "{note}: {notes}");
    }
    assert_eq!(notes.matches("23 Oct").count(), 1, "{notes}");
}

#[test]
fn the_begin_and_the_end_of_days_of_one_media_type_are_noted() {
    let work = Work::new();
    for (lacking, note) in [
        (
            (21, 15, 22),
            "Voice: Wed 21 Oct 2026 has data only to 15:00.",
        ),
        (
            (19, 7, 13),
            "Voice: Mon 19 Oct 2026 has data only from 13:00.",
        ),
        (
            (30, 16, 22),
            "Voice: Fri 30 Oct 2026 has data only to 16:00.",
        ),
        ((19, 7, 22), "Voice: Mon 19 Oct 2026 has no data."),
        ((30, 7, 22), "Voice: Fri 30 Oct 2026 has no data."),
    ] {
        let notes = voice_notes(&work, &[lacking]);
        assert!(notes.contains(note), "{note}: {notes}");
        let json = report(&work, &["a.json"]);
        let media = json["media_types"].as_array().expect("media types");
        let voice = media.iter().find(|it| it["media_type"] == "voice");
        let rows = &voice.expect("voice")["by_weekday_and_hour"][0]["rows"];
        let day = (lacking.0 - 19) as usize % 7;
        assert_eq!(rows[day]["hours"][16], 10, "{rows}");
    }
    // Three hours, all Fridays, a new media type, and one that ends.
    for lacking in [
        &[(21, 19, 22)][..],
        &[(23, 13, 22), (30, 13, 22)],
        &[(19, 7, 22), (20, 7, 22)],
        &[(29, 7, 22), (30, 7, 22)],
    ] {
        let notes = voice_notes(&work, lacking);
        assert!(!notes.contains("Voice: "), "{lacking:?}: {notes}");
    }
    // A Friday that occurs once can end early.
    let friday = |media: &str| {
        let end = if media == "voice" { 13 } else { 20 };
        hours(&[
            (19, 8, 20),
            (20, 8, 20),
            (21, 8, 20),
            (22, 8, 20),
            (23, 8, end),
        ])
    };
    let media = ["voice", "email"].map(|media| (media, friday(media)));
    work.write(
        "a.json",
        counted(&media.each_ref().map(|(media, all)| (*media, &**all))),
    );
    let notes = report(&work, &["a.json"])["notes"].to_string();
    assert!(!notes.contains("Voice: "), "{notes}");
}

#[test]
fn outages_of_one_media_type_at_midnight_are_noted() {
    let work = Work::new();
    let all = |lacking: &[(u32, u32, u32)]| {
        let parts = (19..26).flat_map(|day| (0..24).map(move |hour| (day, hour, hour + 1)));
        let is_lost = |(day, hour, _): &(u32, u32, u32)| {
            let mut all = lacking.iter();
            all.any(|(it, a, b)| it == day && a <= hour && hour < b)
        };
        hours(&Vec::from_iter(parts.filter(|part| !is_lost(part))))
    };
    for (lacking, expected) in [
        (
            &[(20, 20, 24)][..],
            &["Tue 20 Oct 2026 has data only to 20:00."][..],
        ),
        (
            &[(21, 0, 8)],
            &["Wed 21 Oct 2026 has data only from 08:00."],
        ),
        (
            &[(20, 22, 24), (21, 0, 2)],
            &[
                "Tue 20 Oct 2026 has data only to 22:00.",
                "Wed 21 Oct 2026 has data only from 02:00.",
            ],
        ),
        (&[(20, 22, 24)], &[]),
    ] {
        let (voice, email) = (all(lacking), all(&[]));
        work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
        let notes = report(&work, &["a.json"])["notes"].to_string();
        assert_eq!(notes.matches("Voice: ").count(), expected.len(), "{notes}");
        for note in expected {
            assert!(notes.contains(note), "{note}: {notes}");
        }
    }
}

#[test]
fn a_missing_day_of_calls_beside_agents_is_noted_once() {
    let work = Work::new();
    let (all, some) = (weeks(19, &[]), weeks(19, &[(21, 7, 22)]));
    work.write("a.json", counted(&[("voice", &some), ("email", &some)]));
    let agents = counted(&[("voice", &all)])
        .replace(r#""mediaType":"voice""#, r#""userId":"u""#)
        .replace(
            r#""nOffered","stats":{"count":5}"#,
            r#""tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":500}"#,
        );
    work.write("agents.json", agents);
    let notes = report(&work, &["a.json", "agents.json"])["notes"].to_string();
    assert_eq!(notes.matches("21 Oct").count(), 1, "{notes}");
}

/// Voice is closed at night: on the last day of an early export, only email has data.
#[test]
fn a_media_type_that_an_early_export_does_not_reach_is_no_outage() {
    let work = Work::new();
    let day = |from: u32, until: u32| (19..30).map(move |day| (day, from, until));
    let email = day(0, 24).chain([(30, 0, 2)]);
    let (voice, email) = (Vec::from_iter(day(8, 20)), Vec::from_iter(email));
    let (voice, email) = (hours(&voice), hours(&email));
    work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
    let notes = report(&work, &["a.json"])["notes"].to_string();
    assert!(
        notes.contains("\"Fri 30 Oct 2026 has data only to 02:00.\""),
        "{notes}"
    );
    assert!(!notes.contains("Voice: "), "{notes}");
}

#[test]
fn many_days_that_lack_data_are_counted_once() {
    let work = Work::new();
    let lacking = [(20, 9, 12), (21, 12, 15), (22, 15, 18)];
    let own = weeks(19, &lacking);
    let all = ["voice", "chat", "message"].map(|media| (media, &*own));
    let email = weeks(19, &[]);
    work.write(
        "a.json",
        counted(&[&all[..], &[("email", &*email)]].concat()),
    );
    let notes = report(&work, &["a.json"])["notes"].to_string();
    assert!(notes.contains("\"In all, 3 days lack data.\""), "{notes}");
    assert_eq!(notes.matches("has no data from").count(), 5, "{notes}");
}

#[test]
fn a_first_hour_without_calls_is_no_loss() {
    let work = Work::new();
    let mondays = |from| [(12, from, 20), (13, 8, 20), (19, 8, 20), (26, 8, 20)];
    for (from, is_marked) in [(9, false), (11, true)] {
        work.write("a.json", counted(&[("voice", &hours(&mondays(from)))]));
        let page = html(&work, &["a.json"]);
        assert_eq!(page.contains("has data only from"), is_marked, "{page}");
    }
}

#[test]
fn copies_with_other_holes_are_not_the_same() {
    let work = Work::new();
    let copy = |afternoon: u32| {
        let parts = [(20, 8, 10), (20, 11, afternoon), (20, afternoon + 1, 20)];
        counted(&[("voice", &hours(&parts))])
    };
    work.write("a.json", copy(13));
    work.write("b.json", copy(13));
    let text = |work: &Work| {
        let ran = work.run(&["report", "a.json", "b.json", "--repeats", "same"]);
        ran.exits(0)
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let note = "from 10:00 to 11:00, and at 1 other time.";
    assert!(text(&work).contains(note), "{}", text(&work));
    work.write("b.json", copy(15));
    assert!(!text(&work).contains(note), "{}", text(&work));
    // An export of the same day before its end.
    let early = counted(&[("voice", &hours(&[(20, 8, 10)]))]);
    for [whole, part] in [["a.json", "b.json"], ["b.json", "a.json"]] {
        work.write(whole, copy(13));
        work.write(part, &early);
        assert!(text(&work).contains(note), "{}", text(&work));
    }
    // A part ends between two holes, begins behind one, or fills one.
    work.write("a.json", copy(13));
    for (parts, is_noted) in [
        (&[(20, 8, 10), (20, 11, 12)][..], true),
        (&[(20, 8, 12)], false),
        (&[(20, 12, 13)], true),
        (&[(20, 12, 14)], false),
    ] {
        work.write("b.json", counted(&[("voice", &hours(parts))]));
        assert_eq!(text(&work).contains(note), is_noted, "{}", text(&work));
    }
    // Two days, and the second day again.
    let second = (21, 8, 20);
    let days = hours(&[(20, 8, 10), (20, 11, 20), second]);
    work.write("a.json", counted(&[("voice", &days)]));
    work.write("b.json", counted(&[("voice", &hours(&[second]))]));
    let note = "no data on Tue 20 Oct 2026 from 10:00 to 11:00.";
    assert!(text(&work).contains(note), "{}", text(&work));
}

/// Surveys have the dimensions of calls, and an interval per day.
#[test]
fn a_day_without_calls_is_missing_though_surveys_have_it() {
    let work = Work::new();
    let surveys = |from: u32| {
        let interval = |day| {
            format!(
                "2026-10-{day:02}T00:00:00Z/2026-10-{:02}T00:00:00Z",
                day + 1
            )
        };
        let days = (from..from + 5).map(|day| (interval(day), 3));
        counted(&[("voice", &Vec::from_iter(days))]).replace("nOffered", "nSurveysSent")
    };
    let calls = |days: &[u32]| {
        let days = days.iter().map(|day| (*day, 8, 20));
        counted(&[("voice", &hours(&Vec::from_iter(days)))])
    };
    // Surveys may lack a day.
    work.write("whole/calls.json", calls(&[19, 20, 21, 22, 23]));
    let some = surveys(19).replace(
        "2026-10-21T00:00:00Z/2026-10-22",
        "2026-10-25T00:00:00Z/2026-10-26",
    );
    work.write("whole/surveys.json", some);
    let notes = report(&work, &["whole"])["notes"].to_string();
    assert_eq!(notes.matches("have no data").count(), 1, "{notes}");
    assert!(notes.contains("have no data on Sun 25 Oct 2026"), "{notes}");
    work.write("now/calls.json", calls(&[19, 20, 22, 23]));
    work.write("before/calls.json", calls(&[12, 13, 14, 15, 16]));
    for has_surveys in [false, true] {
        if has_surveys {
            work.write("now/surveys.json", surveys(19));
            work.write("before/surveys.json", surveys(12));
        }
        let json = report(&work, &["now", "--compare", "before"]);
        let notes = json["notes"].to_string();
        assert!(notes.contains("Wed 21 Oct 2026"), "{notes}");
        let common = json["compared"]["common_days"].as_array().map(Vec::len);
        assert_eq!(common, Some(4), "{}", json["compared"]);
        let offered = &json["media_types"][0]["totals"]["kpi_offered"];
        assert_eq!(
            (&offered["change"], &offered["before"]),
            (&0.into(), &480.into())
        );
        let day = &json["media_types"][0]["days"]["points"][2];
        assert_eq!(day["missing"], true, "{day}");
    }
    // An outage of one media type, beside surveys.
    let short = [
        (19, 8, 20),
        (20, 8, 20),
        (21, 8, 10),
        (21, 15, 20),
        (22, 8, 20),
        (23, 8, 20),
    ];
    let all = hours(&[19, 20, 21, 22, 23].map(|day| (day, 8, 20)));
    let both = counted(&[("voice", &hours(&short)), ("email", &all)]);
    work.write("whole/calls.json", both);
    work.write("whole/surveys.json", surveys(19));
    let notes = report(&work, &["whole"])["notes"].to_string();
    assert!(
        notes.contains("Voice: Wed 21 Oct 2026 has no data from 10:00"),
        "{notes}"
    );
    // A score of surveys is in the row of the day.
    let score = r#"{"metric":"oSurveyTotalScore","stats":{"count":3,"sum":210}}"#;
    let sent = r#"{"metric":"nSurveysSent","stats":{"count":3}}"#;
    work.write("now/surveys.json", surveys(19).replace(sent, score));
    let page = html(&work, &["now", "--compare", "before"]);
    assert!(page.contains("<small>without Offered</small>"), "{page}");
}

/// A filter of metrics does not make one query of several.
#[test]
fn queries_are_kept_apart_whatever_metric_is_wanted() {
    let work = Work::new();
    let of = |days: &[u32]| {
        let text = counted(&[(
            "voice",
            &hours(&Vec::from_iter(days.iter().map(|it| (*it, 8, 20)))),
        )]);
        let both = r#""metrics":[{"metric":"nTransferred","stats":{"count":1}},"#;
        text.replace(r#""metrics":["#, both)
    };
    let agents = of(&[19, 20, 21, 22]).replace("nOffered", "nConnected");
    work.write("calls.json", of(&[19, 20, 22]));
    work.write(
        "agents.json",
        agents.replace(r#""mediaType""#, r#""userId":"u","mediaType""#),
    );
    let inputs = ["calls.json", "agents.json"];
    for (more, shown) in [(&[][..], 2), (&["--metric", "nOffered"], 1)] {
        let json = report(&work, &[&inputs[..], more].concat());
        let day = &json["media_types"][0]["days"]["points"][2];
        assert_eq!(day["missing"], true, "{more:?}: {day}");
        assert_eq!(json["totals"]["kpi_offered"]["value"], 360);
        let tables = json["tables"].as_array().map(Vec::len);
        assert_eq!(tables, Some(shown), "{json}");
    }
}

/// Nights, which no day has, are no part of a hole.
#[test]
fn an_hour_on_both_sides_of_a_night_is_no_outage() {
    let work = Work::new();
    let voice = weeks(5, &[(7, 21, 22), (8, 7, 8)]);
    for email in [&weeks(5, &[]), &voice] {
        work.write("a.json", counted(&[("voice", &voice), ("email", email)]));
        let json = report(&work, &["a.json"]);
        assert!(
            !json["notes"].to_string().contains("has data only"),
            "{}",
            json["notes"]
        );
    }
}

#[test]
fn a_lost_day_of_a_media_type_is_noted_beside_a_part_of_that_day() {
    let work = Work::new();
    let voice = weeks(5, &[(7, 7, 22)]);
    let email = weeks(5, &[(7, 14, 22)]);
    work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
    let json = report(&work, &["a.json"]);
    let notes = json["notes"].to_string();
    assert!(
        notes.contains("Voice: Wed 7 Oct 2026 has no data."),
        "{notes}"
    );
    // Voice is only there when all are lost.
    let late = hours(
        &(5..17)
            .filter(|day| ![10, 11].contains(day))
            .filter(|day| *day != 7)
            .map(|day| (day, 15, 22))
            .collect::<Vec<_>>(),
    );
    work.write("a.json", counted(&[("voice", &late), ("email", &email)]));
    let notes = report(&work, &["a.json"])["notes"].to_string();
    assert!(!notes.contains("Voice:"), "{notes}");
}

/// A query lacks a working day of its only week, but not the weekend in it.
#[test]
fn days_that_only_some_queries_have_are_judged_as_missing_days() {
    let work = Work::new();
    let days = |all: &[u32]| hours(&Vec::from_iter(all.iter().map(|day| (*day, 8, 20))));
    let agents = |all: &[u32]| {
        counted(&[("x", &days(all))])
            .replace(r#""mediaType":"x""#, r#""userId":"u""#)
            .replace("nOffered", "tOnQueue")
    };
    for (calls, agents_of, note) in [
        (
            &[5, 6, 8, 9][..],
            &[5, 6, 7, 8, 9][..],
            Some("Wed 7 Oct 2026"),
        ),
        (&[5, 6, 7, 8, 9, 12], &[5, 6, 7, 8, 9, 10, 11, 12], None),
    ] {
        work.write("calls.json", counted(&[("voice", &days(calls))]));
        work.write("agents.json", agents(agents_of));
        let notes = report(&work, &["calls.json", "agents.json"])["notes"].to_string();
        assert_eq!(note.is_some(), notes.contains("have no data on"), "{notes}");
        assert!(note.is_none_or(|note| notes.contains(note)), "{notes}");
        assert!(!notes.contains("Sat"), "{notes}");
    }
}
