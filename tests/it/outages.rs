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
    // Voice rests on Tuesdays and Wednesdays.
    let rest = hours(&[(19, 8, 20), (22, 8, 20), (23, 8, 20)]);
    work.write(
        "a.json",
        counted(&[("voice", &rest), ("email", &whole(19))]),
    );
    let notes = report(&work, &["a.json"])["notes"].to_string();
    assert!(!notes.contains("Voice: "), "{notes}");
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
}
