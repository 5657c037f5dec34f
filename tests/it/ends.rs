//! What people see of days: partial days, days of another time zone, the repeated hour, and printed sheets.

use std::io::Read as _;

use calamine::{Reader as _, Xlsx};

use crate::work::{Work, counted, report, sample};

/// Half hours of days of October 2026 in UTC, between two hours.
pub fn hours(days: &[(u32, u32, u32)]) -> Vec<(String, u32)> {
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

pub fn html(work: &Work, arguments: &[&str]) -> String {
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
        "Mon 19 Oct 2026 has data only from 11:00.",
        "Thu 22 Oct 2026 has data only to 14:30.",
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
        .filter_map(|row| row.get(2))
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
    assert!(page.contains("only to 14:30.</li>"), "{page}");
    let left =
        "Changes leave out Mon 19 Oct 2026, Thu 22 Oct 2026: one of the periods lacks hours there.";
    assert!(page.contains(left), "{page}");
    assert!(
        page.contains("over the 2 whole days that both periods have."),
        "{page}"
    );
    let json = report(&work, &["a.json", "--compare", "b.json"]);
    let voice = &json["media_types"][0]["totals"]["kpi_offered"];
    assert_eq!(voice["change"], 0, "{voice}");
    // Both days end at the same time.
    let before = hours(&[(12, 8, 20), (13, 8, 20), (14, 8, 20), (15, 8, 14)]);
    work.write("b.json", counted(&[("voice", &before)]));
    let page = html(&work, &["a.json", "--compare", "b.json"]);
    assert!(page.contains("only to 14:30.</li>"), "{page}");
    let json = report(&work, &["a.json", "--compare", "b.json"]);
    let common = json["compared"]["common_days"].as_array().expect("days");
    assert_eq!(common.len(), 3, "{common:?}");
}

#[test]
fn a_day_that_lacks_hours_of_the_compared_day_is_no_change() {
    let work = Work::new();
    let days = |days: &[u32], until: u32| -> Vec<(u32, u32, u32)> {
        days.iter().map(|day| (*day, 8, until)).collect()
    };
    // All Fridays end at 13:00: only the compared days show that this is not the usual end.
    let full = days(&[12, 13, 14, 15, 19, 20, 21, 22], 20);
    let mut own = [full, days(&[16, 23], 13)].concat();
    own.sort_unstable();
    work.write("a.json", counted(&[("voice", &hours(&own))]));
    let before = hours(&days(&[5, 6, 7, 8, 9], 20));
    work.write("b.json", counted(&[("voice", &before)]));
    let json = report(&work, &["a.json", "--compare", "b.json"]);
    let voice = &json["media_types"][0]["totals"]["kpi_offered"];
    assert_eq!(voice["change"], 0, "{voice}");
    let left = "Changes leave out Fri 16 Oct 2026: one of the periods lacks hours there.";
    for [own, before] in [["a.json", "b.json"], ["b.json", "a.json"]] {
        let page = html(&work, &[own, "--compare", before]);
        assert_eq!(page.contains(left), own == "a.json", "{page}");
    }
    // One day, which is a part: it is compared, and a note says so.
    work.write("c.json", counted(&[("voice", &hours(&days(&[16], 13)))]));
    let page = html(&work, &["c.json", "--compare", "b.json"]);
    assert!(
        page.contains("one of the periods lacks hours that the other has."),
        "{page}"
    );
}

/// The hours of nightly exports in Berlin of two weeks, without those of some days: around the clock, with 10 calls
/// each hour.
fn nights(from: i64, lacking: &[i64]) -> Vec<(String, u32)> {
    let hours = (from..from + 14).filter(|day| !lacking.contains(day));
    let hours = hours.flat_map(|day| (0..24).map(move |hour| day * 24 + hour - 2));
    let time = |hour: i64| {
        let start = chrono::DateTime::from_timestamp(1_790_812_800 + hour * 3600, 0);
        start.expect("a time").format("%FT%T.000Z").to_string()
    };
    hours
        .map(|hour| (format!("{}/{}", time(hour), time(hour + 1)), 10))
        .collect()
}

#[test]
fn a_night_that_is_missing_in_berlin_is_noted_in_other_zones() {
    let work = Work::new();
    // Days are counted from 1 October 2026. Wed 14 October is missing.
    work.write("a.json", counted(&[("voice", &nights(4, &[13]))]));
    work.write("before.json", counted(&[("voice", &nights(-10, &[]))]));
    let inputs = ["a.json", "--compare", "before.json", "--timezone"];
    let page = html(&work, &[&inputs[..], &["America/New_York"]].concat());
    for words in [
        "Tue 13 Oct 2026 has data only to 18:00.",
        "Wed 14 Oct 2026 has data only from 18:00.",
        "<small>to 18:00</small>",
        "<small>from 18:00</small>",
        ">to 18:00</text>",
        ">from 18:00</text>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let json = report(&work, &[&inputs[..], &["America/New_York"]].concat());
    let voice = &json["media_types"][0];
    let offered = &voice["totals"]["kpi_offered"];
    assert_eq!(
        (&offered["value"], &offered["change"]),
        (&3120.into(), &0.into())
    );
    for row in voice["by_weekday_and_hour"][0]["rows"]
        .as_array()
        .expect("rows")
    {
        for hour in row["hours"].as_array().expect("hours") {
            assert_eq!(hour, 10, "{row}");
        }
    }
    // Two hours of the 13th are of the missing night, too.
    let page = html(&work, &["a.json", "--timezone", "UTC"]);
    for words in [
        "Tue 13 Oct 2026 has data only to 22:00.",
        "Wed 14 Oct 2026 has data only from 22:00.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = html(&work, &["a.json", "--timezone", "Europe/Berlin"]);
    assert!(!page.contains(" only."), "{page}");
}

#[test]
fn a_hole_of_many_hours_in_the_middle_is_noted() {
    let work = Work::new();
    let week = |tuesday: &[(u32, u32, u32)]| {
        let others = [
            (19, 8, 20),
            (21, 8, 20),
            (22, 8, 20),
            (23, 8, 20),
            (26, 8, 20),
        ];
        let mut days = hours(&[&others[..], tuesday].concat());
        days.sort();
        days
    };
    let page = |work: &Work, tuesday: &[(u32, u32, u32)]| {
        work.write("a.json", counted(&[("voice", &week(tuesday))]));
        html(work, &["a.json"])
    };
    let found = page(&work, &[(20, 8, 10), (20, 15, 20)]);
    for words in [
        "Tue 20 Oct 2026 has no data from 10:00 to 15:00.",
        "<small>without 10:00–15:00</small>",
    ] {
        assert!(found.contains(words), "{words}: {found}");
    }
    work.write("b.json", counted(&[("voice", &hours(&[(27, 8, 20)]))]));
    let json = report(&work, &["a.json", "b.json"]);
    let rows = &json["media_types"][0]["by_weekday_and_hour"][0]["rows"];
    assert_eq!(
        (&rows[1]["hours"][11], &rows[1]["hours"][8]),
        (&10.into(), &10.into())
    );
    let points = &json["media_types"][0]["days"]["points"];
    assert_eq!(
        points[1]["without"],
        serde_json::json!([{"start": "2026-10-20T10:00:00Z", "end": "2026-10-20T15:00:00Z"}])
    );
    // Lunch, an early end of an hour or two, or of one weekday.
    for tuesday in [
        &[(20, 8, 12), (20, 14, 20)][..],
        &[(20, 8, 18)],
        &[(20, 10, 20)],
        &[(20, 8, 13)],
    ] {
        let found = page(&work, tuesday);
        assert!(
            !found.contains("Tue 20 Oct 2026 has"),
            "{tuesday:?}: {found}"
        );
    }
}

#[test]
fn missing_hours_are_noted_with_a_name_and_local_times() {
    let work = Work::new();
    let halves = counted(&[("voice", &hours(&[(20, 8, 10), (20, 11, 20)]))]);
    let halves = halves.replace(
        r#""mediaType":"voice""#,
        r#""mediaType":"voice","queueId":"3f1a9d6c-5a5e-4c7b-9b1d-0f2e8c6a4b10""#,
    );
    work.write("a.json", &halves);
    work.write("b.json", &halves);
    work.write(
        "names.csv",
        "id,name\n3f1a9d6c-5a5e-4c7b-9b1d-0f2e8c6a4b10,Billing\n",
    );
    let options = [
        "--names",
        "names.csv",
        "--timezone",
        "Europe/Berlin",
        "--repeats",
        "same",
    ];
    for inputs in [&["a.json"][..], &["a.json", "b.json"]] {
        let ran = work.run(&[&["report"], inputs, &options].concat()).exits(0);
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let note = "Billing, voice has no data on Tue 20 Oct 2026 from 12:00 to 13:00.";
        assert!(text.contains(note), "{text}");
        if inputs.len() > 1 {
            let words = "once (again in b.json, first in a.json)";
            assert!(ran.stderr.contains(words), "{}", ran.stderr);
        }
    }
}

#[test]
fn left_out_files_have_a_reason_and_come_first() {
    let work = Work::new();
    // Two weeks: the second ends before its Sunday.
    for day in (5..=17).filter(|day| *day != 8) {
        let text = counted(&[("voice", &hours(&[(day, 8, 20)]))]);
        work.write(&format!("in/{day:02}.json"), text);
    }
    let whole = counted(&[("voice", &hours(&[(8, 8, 20)]))]);
    work.write("in/08.json", &whole[..whole.len() / 2]);
    work.write(
        "in/18.json",
        r#"{"message":"no","code":"bad.request","status":400}"#,
    );
    work.write("in/19.json", "<html>no</html>");
    let page = html(&work, &["in", "--on-error", "skip"]);
    let note = "Data with errors is left out of all figures, in 3 places: 08.json (cut off), 18.json (a saved error), 19.json (not a response with figures).";
    assert!(page.contains(note), "{page}");
    let week = "The last week is not complete: no data on Sun 18 Oct 2026.";
    assert!(page.contains(week), "{page}");
    assert!(
        page.contains("Sources: in/08.json, in/18.json, in/19.json, in/05.json"),
        "{page}"
    );
    let page = html(
        &work,
        &["in", "--on-error", "skip", "--until", "2026-10-18"],
    );
    assert!(!page.contains("not complete"), "{page}");
}

#[test]
fn nights_and_short_weekends_are_not_partial() {
    let work = Work::new();
    for days in [
        &[(19, 8, 20), (20, 8, 20), (21, 8, 20)][..],
        &[(22, 8, 20), (23, 8, 20), (24, 9, 13)],
        &[(22, 8, 20), (23, 8, 20), (24, 8, 20), (25, 9, 13)],
        // Shifts from Monday evening to Saturday morning.
        &[
            (19, 22, 24),
            (20, 0, 6),
            (20, 22, 24),
            (21, 0, 6),
            (21, 22, 24),
            (22, 0, 6),
            (22, 22, 24),
            (23, 0, 6),
            (23, 22, 24),
            (24, 0, 6),
        ],
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
    assert!(book.contains("Days!$A:$C,Days!$"), "{book}");
    assert!(book.contains("Queues!$A:$B,Queues!$"), "{book}");
}

#[test]
fn tables_are_printed_in_landscape_with_their_heads_on_each_page() {
    let work = Work::new();
    work.write(
        "a.json",
        std::fs::read(sample("queue-day.json")).expect("the sample"),
    );
    for (columns, wide) in [("queueId,interval_start,nOffered_count", 1), ("all", 5)] {
        work.run(&[
            "convert",
            "a.json",
            "--columns",
            columns,
            "-q",
            "-o",
            "t.xlsx",
        ])
        .exits(0);
        let sheet = part(&work, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains(r#"orientation="landscape""#), "{sheet}");
        let across = match wide {
            // The default is one page.
            1 => r#"paperSize="9" fitToHeight="0""#.to_owned(),
            wide => format!(r#"fitToWidth="{wide}" fitToHeight="0""#),
        };
        assert!(sheet.contains(&across), "{across} in {sheet}");
        let book = part(&work, "xl/workbook.xml");
        assert!(
            book.contains("_xlnm.Print_Titles") && book.contains("$1:$1"),
            "{book}"
        );
        // The other pages have the names, too.
        assert_eq!(book.contains("$A:$"), wide > 1, "{book}");
    }
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

/// A day can have many holes: their mark is then wider than a narrow chart.
#[test]
fn a_mark_without_room_is_no_failure() {
    let work = Work::new();
    let days = (1..=28).filter(|day| *day != 14).map(|day| (day, 0, 24));
    let bits = [0, 5, 10, 15, 20].map(|hour| (14, hour, hour + 1));
    let intervals = hours(&days.chain(bits).collect::<Vec<_>>());
    work.write("a.json", counted(&[("voice", &intervals)]));
    work.run(&["report", "a.json", "-o", "x.html"]).exits(0);
    assert!(work.exists("x.html"));
}
