//! What people see of days: partial days, days of another time zone, the repeated hour, and printed sheets.

use std::io::Read as _;

use calamine::{Reader as _, Xlsx};

use crate::work::{Work, counted, report};

/// Half hours of days of October 2026 in UTC, between two hours.
fn hours(days: &[(u32, u32, u32)]) -> Vec<(String, u32)> {
    let of = |(day, from, until): &(u32, u32, u32)| {
        let time = |half: u32| {
            let (day, half) = (day + half / 48, half % 48);
            format!(
                "2026-10-{day:02}T{:02}:{:02}:00.000Z",
                half / 2,
                half % 2 * 30
            )
        };
        let halves = *from * 2..*until * 2;
        let interval = move |half| (format!("{}/{}", time(half), time(half + 1)), 5);
        halves.map(interval).collect::<Vec<_>>()
    };
    days.iter().flat_map(of).collect()
}

fn html(work: &Work, arguments: &[&str]) -> String {
    let arguments = [&["report", "-q", "--format", "html"], arguments].concat();
    work.run(&arguments).exits(0).stdout
}

fn sheet(work: &Work, arguments: &[&str], name: &str) -> Vec<Vec<String>> {
    let arguments = [&["report", "-q", "-o", "t.xlsx"], arguments].concat();
    work.run(&arguments).exits(0);
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("t.xlsx")).expect("a workbook");
    let range = book.worksheet_range(name).expect(name);
    let rows = range
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect());
    rows.collect()
}

#[test]
fn partial_days_have_a_mark_in_every_form() {
    let work = Work::new();
    // Monday to Thursday: the data begins at 11 and ends at 14:30.
    let mut days = hours(&[(19, 11, 20), (20, 8, 20), (21, 8, 20), (22, 8, 15)]);
    days.pop();
    work.write(
        "a.json",
        counted(&[("voice", &days), ("email", &hours(&[(20, 8, 12)]))]),
    );
    let page = html(&work, &["a.json"]);
    let notes = [
        "Mon 19 Oct 2026 has data from 11:00 only.",
        "Thu 22 Oct 2026 has data to 14:30 only.",
    ];
    for words in ["<small>from 11:00</small>", "<small>to 14:30</small>"]
        .iter()
        .chain(&notes)
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for format in ["text", "markdown"] {
        let text = work
            .run(&["report", "a.json", "--format", format])
            .exits(0)
            .stdout;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        notes
            .iter()
            .for_each(|note| assert!(text.contains(note), "{text}"));
    }
    let rows = sheet(&work, &["a.json"], "Days");
    let noted: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.last())
        .map(String::as_str)
        .collect();
    assert!(
        noted.contains(&"from 11:00") && noted.contains(&"to 14:30"),
        "{rows:?}"
    );
    let json = report(&work, &["a.json"]);
    let points = &json["media_types"][0]["days"]["points"];
    assert_eq!(points[0]["data_from"], "2026-10-19T11:00:00Z");
    assert_eq!(points[3]["data_until"], "2026-10-22T14:30:00Z");
    assert!(points[1]["data_until"].is_null(), "{points}");
    // A comparison names it, too.
    work.write(
        "b.json",
        counted(&[(
            "voice",
            &hours(&[(12, 8, 20), (13, 8, 20), (14, 8, 20), (15, 8, 20)]),
        )]),
    );
    let page = html(&work, &["a.json", "--compare", "b.json"]);
    assert!(
        page.contains("to 14:30 only. It is compared with a whole day."),
        "{page}"
    );
    // Both days end at the same time.
    let before = hours(&[(12, 8, 20), (13, 8, 20), (14, 8, 20), (15, 8, 14)]);
    work.write("b.json", counted(&[("voice", &before)]));
    let page = html(&work, &["a.json", "--compare", "b.json"]);
    assert!(page.contains("to 14:30 only.</li>"), "{page}");
}

#[test]
fn the_end_of_a_query_is_no_end_of_another() {
    let work = Work::new();
    let short = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 14)]);
    let whole = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 20)]);
    let by_user = counted(&[("message", &whole)]).replace(
        r#""mediaType":"message""#,
        r#""mediaType":"message","userId":"u""#,
    );
    work.write("calls.json", counted(&[("voice", &short)]));
    assert!(html(&work, &["calls.json"]).contains("to 14:00"));
    work.write("agents.json", by_user);
    for inputs in [["calls.json", "agents.json"], ["agents.json", "calls.json"]] {
        let page = html(&work, &inputs);
        assert!(!page.contains("to 14:00"), "{page}");
    }
}

#[test]
fn nights_and_short_weekends_are_not_partial() {
    let work = Work::new();
    for days in [
        &[(19, 8, 20), (20, 8, 20), (21, 8, 20)][..],
        &[(22, 8, 20), (23, 8, 20), (24, 9, 13)],
        &[(22, 8, 20), (23, 8, 20), (24, 8, 20), (25, 9, 13)],
    ] {
        work.write("a.json", counted(&[("voice", &hours(days))]));
        let page = html(&work, &["a.json"]);
        assert!(!page.contains(" only."), "{page}");
    }
}

#[test]
fn days_of_utc_keep_their_dates_in_the_west() {
    let work = Work::new();
    let days: Vec<(String, u32)> = (19..26)
        .map(|day| {
            (
                format!(
                    "2026-10-{day}T00:00:00.000Z/2026-10-{}T00:00:00.000Z",
                    day + 1
                ),
                day,
            )
        })
        .collect();
    work.write("a.json", counted(&[("voice", &days)]));
    let title = |zone: &str| {
        let page = html(&work, &["a.json", "--timezone", zone]);
        let (_, title) = page.split_once("<h1>").expect("a title");
        title.split("</h1>").next().expect("its end").to_owned()
    };
    for zone in [
        "UTC",
        "America/New_York",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Asia/Tokyo",
    ] {
        assert_eq!(
            title(zone),
            "Week 43 <span>19 Oct 2026 – 25 Oct 2026</span>",
            "{zone}"
        );
    }
}

#[test]
fn the_repeated_hour_has_a_mark_in_the_workbook() {
    let work = Work::new();
    work.write(
        "a.json",
        counted(&[("voice", &hours(&[(24, 22, 24), (25, 0, 6)]))]),
    );
    let rows = sheet(&work, &["a.json", "--timezone", "Europe/Berlin"], "Day");
    let marked = rows
        .iter()
        .filter(|row| row.iter().any(|it| it == "2nd, after the clock change"));
    assert_eq!(marked.count(), 1, "{rows:?}");
}

#[test]
fn cards_have_dates_where_the_days_of_media_types_differ() {
    let work = Work::new();
    let voice = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 20)]);
    let email = hours(&[(20, 8, 20)]);
    work.write("a.json", counted(&[("voice", &voice), ("email", &email)]));
    let page = html(&work, &["a.json"]);
    assert!(
        page.contains("<h2>Voice <small>19 Oct 2026 – 21 Oct 2026</small></h2>"),
        "{page}"
    );
    assert!(
        page.contains("<h2>Email <small>20 Oct 2026</small></h2>"),
        "{page}"
    );
    work.write("a.json", counted(&[("voice", &voice), ("email", &voice)]));
    let page = html(&work, &["a.json"]);
    assert!(page.contains("<h2>Voice</h2>"), "{page}");
}

/// The XML of a part of a workbook.
fn part(work: &Work, name: &str) -> String {
    let bytes = work.read("t.xlsx");
    // The header of a part has 30 bytes, and two lengths at its end.
    let is_header = |at: &usize| {
        bytes[*at..].starts_with(b"PK\x03\x04") && bytes[*at + 30..].starts_with(name.as_bytes())
    };
    let at = (0..bytes.len()).find(is_header).expect(name);
    let length = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let start = at + 30 + length(at + 26) + length(at + 28);
    let mut text = String::new();
    let mut part = flate2::read::DeflateDecoder::new(&bytes[start..]);
    part.read_to_string(&mut text).expect("text");
    text
}

#[test]
fn wide_sheets_are_printed_on_pages_that_can_be_read() {
    let work = Work::new();
    let document = |week: u32| {
        let day = |day: u32| {
            let time = |hour: u32| format!("2026-03-{:02}T{hour:02}:00:00.000Z", week * 7 + day);
            format!(
                r#"{{"interval":"{}/{}","metrics":[
                {{"metric":"nOffered","stats":{{"count":50}}}},{{"metric":"nTransferred","stats":{{"count":5}}}},
                {{"metric":"tAnswered","stats":{{"count":45,"sum":90000}}}},
                {{"metric":"tAbandon","stats":{{"count":5,"sum":9000}}}},
                {{"metric":"tShortAbandon","stats":{{"count":2,"sum":900}}}},
                {{"metric":"tHandle","stats":{{"count":45,"sum":9000000}}}},
                {{"metric":"tTalkComplete","stats":{{"count":45,"sum":8000000}}}},
                {{"metric":"tHeldComplete","stats":{{"count":5,"sum":100000}}}},
                {{"metric":"tAcw","stats":{{"count":45,"sum":900000}}}},
                {{"metric":"oServiceLevel","stats":{{"numerator":40,"denominator":50,"target":0.8}}}}]}}"#,
                time(9),
                time(10)
            )
        };
        let days: Vec<String> = (2..9).map(day).collect();
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"q"}},"data":[{}]}}]}}"#,
            days.join(",")
        )
    };
    work.write("before.json", document(0));
    work.write("now.json", document(1));
    work.run(&[
        "report",
        "now.json",
        "--compare",
        "before.json",
        "-q",
        "-o",
        "t.xlsx",
    ])
    .exits(0);
    let (days, queues) = (
        part(&work, "xl/worksheets/sheet2.xml"),
        part(&work, "xl/worksheets/sheet4.xml"),
    );
    for sheet in [days, queues] {
        assert!(sheet.contains(r#"orientation="landscape""#), "{sheet}");
        assert!(sheet.contains(r#"fitToWidth="2""#), "{sheet}");
        assert!(sheet.contains(r#"fitToHeight="0""#), "{sheet}");
    }
    let book = part(&work, "xl/workbook.xml");
    assert!(book.contains("Days!$A:$B,Days!$"), "{book}");
    assert!(book.contains("Queues!$A:$B,Queues!$"), "{book}");
}

#[test]
fn a_report_that_is_compared_with_itself_says_so() {
    let work = Work::new();
    work.write(
        "a.json",
        counted(&[("voice", &hours(&[(19, 8, 20), (20, 8, 20)]))]),
    );
    let page = html(&work, &["a.json", "--compare", "a.json"]);
    for words in [
        "Changes are against 19 Oct 2026 – 20 Oct 2026.",
        "is compared with its own files, of 19 Oct 2026 – 20 Oct 2026: nothing changes.",
    ] {
        assert!(page.contains(words), "{page}");
    }
    work.write(
        "b.json",
        counted(&[("voice", &hours(&[(26, 8, 20), (27, 8, 20)]))]),
    );
    let page = html(&work, &["a.json", "--compare", "b.json"]);
    assert!(
        page.contains("The compared inputs are of 26 Oct 2026 – 27 Oct 2026, which is not earlier"),
        "{page}"
    );
}

#[test]
fn numbers_of_summaries_keep_their_digits() {
    let work = Work::new();
    let literals = [
        "1e400",
        "0.12345678901234567890123",
        "123456789012345678901234567890",
        "14.0",
    ];
    let metrics = literals.map(|it| format!(r#""m{it}":{{"value":{it},"unit":"count"}}"#));
    work.write(
        "a.json",
        format!(
            r#"{{"entities":[{{"id":"e","metrics":{{{}}}}}]}}"#,
            metrics.join(",")
        ),
    );
    let ran = work.run(&["report", "a.json", "--format", "json"]).exits(0);
    for literal in literals {
        assert!(
            ran.stdout.contains(&format!("\"value\": {literal},")),
            "{}",
            ran.stdout
        );
    }
}
