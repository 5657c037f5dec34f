//! Weeks in reports: their sums, targets that differ, units of columns, changes of the clock.

use std::fs;

use calamine::{Data, Reader as _, Xlsx};

use crate::work::Work;

fn shown(cell: &Data) -> String {
    cell.to_string()
}

/// Days of October 2026, local days of Berlin with the hours from 8 to 10: on the 25th, clocks change.
const DAYS: std::ops::RangeInclusive<u64> = 19..=28;

/// Two queues with different targets, and email that waits for hours. The 22nd has no data.
fn write(work: &Work) {
    let mut results = Vec::new();
    for (queue, media, number) in [("a", "voice", 1), ("b", "voice", 4), ("a", "email", 3)] {
        let mut data = Vec::new();
        for day in DAYS.filter(|day| *day != 22) {
            let (offered, answered) = (day * number, day * number - 3);
            let wait = if media == "email" { 5_000_000 } else { 8_000 };
            data.push(format!(
                r#"{{"interval":"2026-10-{day}T10:00:00Z/2026-10-{day}T11:00:00Z","metrics":[
                {{"metric":"nOffered","stats":{{"count":{offered}}}}},
                {{"metric":"tAnswered","stats":{{"count":{answered},"sum":{}}}}},
                {{"metric":"oServiceLevel","stats":{{"numerator":{},"denominator":{answered},"target":{}}}}}]}}"#,
                answered * wait,
                answered / 2 + day % 7,
                if queue == "a" { 0.8 } else { 0.9 },
            ));
        }
        results.push(format!(
            r#"{{"group":{{"mediaType":"{media}","queueId":"{queue}"}},"data":[{}]}}"#,
            data.join(",")
        ));
    }
    work.write(
        "in/a.json",
        format!(r#"{{"results":[{}]}}"#, results.join(",")),
    );
    work.write(
        "in/b.json",
        r#"{"message":"no","code":"bad.request","status":400}"#,
    );
}

/// Offered interactions and the service level of a media type over some days.
fn expected(numbers: &[u64], days: impl Iterator<Item = u64>) -> (u64, f64) {
    let (mut offered, mut met, mut counted) = (0, 0, 0);
    for day in days.filter(|day| *day != 22) {
        for number in numbers {
            offered += day * number;
            met += (day * number - 3) / 2 + day % 7;
            counted += day * number - 3;
        }
    }
    (offered, met as f64 / counted as f64)
}

fn report(work: &Work, more: &[&str]) -> String {
    let arguments = [
        "report",
        "in",
        "--timezone",
        "Europe/Berlin",
        "-q",
        "--on-error",
        "skip",
    ];
    work.run(&[&arguments, more].concat()).exits(0).stdout
}

/// The text of a row of a page, without its marks.
fn cells(row: &str) -> Vec<String> {
    let cells = row.split("<td").skip(1).map(|cell| {
        let text = cell.split_once('>').map_or("", |(_, text)| text);
        let text = text.rsplit("</span>").next().unwrap_or_default();
        text.split('<').next().unwrap_or_default().trim().to_owned()
    });
    cells.filter(|text| !text.is_empty()).collect()
}

#[test]
fn a_table_of_days_has_the_sums_of_its_weeks() {
    let work = Work::new();
    write(&work);
    report(&work, &["-o", "week.html", "-o", "week.xlsx"]);
    let page = fs::read_to_string(work.path("week.html")).expect("a page");
    let rows: Vec<&str> = page.split("<tr class=\"week\">").skip(1).collect();
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("week.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Days").expect("days");
    let sheet: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    let place = |head: &str| {
        sheet[2]
            .iter()
            .position(|it| shown(it) == head)
            .expect(head)
    };
    let weeks = [
        ("Week 43", "6 days", 19..=25),
        ("Week 44", "3 days", 26..=28),
    ];
    let mut at = 0;
    for (media, numbers) in [("Voice", &[1, 4][..]), ("Email", &[3])] {
        for (title, days, numbers_of_days) in &weeks {
            let (offered, level) = expected(numbers, numbers_of_days.clone());
            let row = rows[at].split("</tr>").next().expect("a row");
            at += 1;
            assert!(row.contains(title) && row.contains(days), "{row}");
            let cells = cells(row);
            assert_eq!(cells[0].replace(',', ""), offered.to_string(), "{row}");
            assert!(cells.contains(&format!("{:.1} %", level * 100.0)), "{row}");
            let own = sheet.iter().find(|row| {
                shown(&row[0]) == media && shown(&row[1]) == format!("{title}, {days}")
            });
            let own = own.expect("a row of the sheet");
            assert_eq!(own[place("Offered")], Data::Float(offered as f64));
            let Data::Float(shown) = own[place("Service level")] else {
                panic!("{own:?}");
            };
            assert!((shown - level).abs() < 1e-9, "{shown} {level}");
        }
    }
    assert_eq!(rows.len(), at);
    // A single week has no sums.
    report(&work, &["--until", "2026-10-26", "-o", "one.html"]);
    let page = fs::read_to_string(work.path("one.html")).expect("a page");
    assert!(!page.contains("<tr class=\"week\">"));
}

#[test]
fn targets_that_differ_are_a_range_in_every_row_of_days() {
    let work = Work::new();
    write(&work);
    report(&work, &["-o", "week.xlsx", "-o", "week.html"]);
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("week.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Days").expect("days");
    let rows: Vec<Vec<Data>> = sheet.rows().skip(2).map(<[Data]>::to_vec).collect();
    let place = |head: &str| rows[0].iter().position(|it| shown(it) == head).expect(head);
    let (level, target) = (place("Service level"), place("Target"));
    let voice = rows.iter().filter(|row| shown(&row[0]) == "Voice");
    for row in voice.filter(|row| row[level] != Data::Empty) {
        assert_eq!(row[target].to_string(), "80–90 %", "{row:?}");
    }
    let page = fs::read_to_string(work.path("week.html")).expect("a page");
    assert!(page.contains("target 80–90 %"));
}

#[test]
fn every_time_of_a_column_has_the_unit_of_its_head() {
    let work = Work::new();
    write(&work);
    report(&work, &["-o", "a.html", "-o", "a.md", "-o", "a.txt"]);
    let [page, markdown, text] =
        ["a.html", "a.md", "a.txt"].map(|name| fs::read_to_string(work.path(name)).expect(name));
    // Email waits for hours, so that calls wait for 0:00:08.
    assert!(text.contains("h:mm:ss") && text.contains("0:00:08") && text.contains("1:23:20"));
    assert!(!text.contains(" 0:08"), "{text}");
    let row = markdown
        .lines()
        .find(|line| line.starts_with("| voice"))
        .expect("a row");
    assert!(row.contains("0:00:08"), "{row}");
    let table = page.split("id=\"groups\"").nth(1).expect("a table of rows");
    assert!(table.contains("ASA h:mm:ss") && table.contains(">0:00:08<"));
    assert!(!table.contains(">0:08<"));
    // The days of calls have a unit of their own.
    let days = page.split("<table class=\"days\">").nth(1).expect("days");
    assert!(days.contains("ASA, m:ss") && days.contains(">0:08<"));
}

#[test]
fn a_change_of_the_clock_and_what_was_left_out_are_about_the_report() {
    let work = Work::new();
    write(&work);
    let text = report(&work, &[]);
    assert!(
        text.contains("Clock change: Sun 25 Oct 2026 has 25 hours"),
        "{text}"
    );
    report(&work, &["-o", "week.xlsx"]);
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("week.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("About").expect("about");
    let find = |name: &str| {
        let row = sheet.rows().find(|row| shown(&row[0]) == name);
        row.expect(name)[1].to_string()
    };
    assert_eq!(find("Clock change"), "Sun 25 Oct 2026 has 25 hours");
    assert!(
        find("in/b.json").starts_with("left out: "),
        "{}",
        find("in/b.json")
    );
    assert_eq!(find("in/a.json"), "");
}

#[test]
fn charts_of_more_than_a_week_have_days_and_few_interactions_have_no_share() {
    let work = Work::new();
    write(&work);
    report(&work, &["-o", "long.html"]);
    let page = fs::read_to_string(work.path("long.html")).expect("a page");
    assert!(page.contains("Over time, by day"));
    report(&work, &["--until", "2026-10-24", "-o", "short.html"]);
    let page = fs::read_to_string(work.path("short.html")).expect("a page");
    assert!(page.contains("Over time, by hour"));
    // Email has 57 interactions and more in an hour, calls as many: none is left out.
    assert!(!page.contains("of 30 or more"));
    let few = [
        "--where",
        "queueId=a",
        "--where",
        "mediaType=voice",
        "--until",
        "2026-10-24",
    ];
    report(&work, &[&few[..], &["-o", "few.html"]].concat());
    let page = fs::read_to_string(work.path("few.html")).expect("a page");
    // All hours have few: all are shown.
    assert!(!page.contains("of 30 or more") && page.contains("Service level by hour"));
}

#[test]
fn hours_with_few_interactions_have_no_share_beside_others() {
    let work = Work::new();
    let hours: Vec<String> = [(8, 50), (9, 10), (10, 40)]
        .iter()
        .map(|(hour, offered)| {
            format!(
                r#"{{"interval":"2026-10-19T{hour:02}:00:00Z/2026-10-19T{:02}:00:00Z","metrics":[
                {{"metric":"nOffered","stats":{{"count":{offered}}}}},
                {{"metric":"oServiceLevel","stats":{{"numerator":{},"denominator":{offered}}}}}]}}"#,
                hour + 1,
                offered / 2
            )
        })
        .collect();
    let hours = hours.join(",");
    let group = r#""group":{"mediaType":"voice","queueId":"a"}"#;
    work.write(
        "in/a.json",
        format!(r#"{{"results":[{{{group},"data":[{hours}]}}]}}"#),
    );
    work.run(&["report", "in/a.json", "-o", "few.html"])
        .exits(0);
    let page = fs::read_to_string(work.path("few.html")).expect("a page");
    assert!(page.contains("of 30 or more interactions"));
}

#[test]
fn one_queue_of_one_day_has_its_name_and_hours() {
    let work = Work::new();
    write(&work);
    work.write("names.csv", "id,name\na,Billing\n");
    let more = ["--where", "queue=Billing", "--names", "names.csv"];
    let until = ["--until", "2026-10-20", "-o", "day.html"];
    report(&work, &[&more[..], &until].concat());
    let page = fs::read_to_string(work.path("day.html")).expect("a page");
    assert!(page.contains("<p class=\"eyebrow\">Billing · 2 media types</p>"));
    assert!(!page.contains(" of 1 queues"));
    // The time of the filter is that of the report.
    assert!(page.contains("before 20 Oct 2026: "));
}

#[test]
fn queries_of_agents_are_not_compared_with_those_of_queues() {
    let work = Work::new();
    let group = |group: &str, metrics: &str| {
        format!(
            r#"{{"results":[{{"group":{{{group}}},"data":[{{"interval":"2026-10-19T10:00:00Z/2026-10-19T11:00:00Z","metrics":[{metrics}]}}]}}]}}"#
        )
    };
    let offered = r#"{"metric":"nOffered","stats":{"count":9}},{"metric":"tHandle","stats":{"count":7,"sum":700}}"#;
    let presence = r#"{"metric":"tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":9000}}"#;
    let handled = r#"{"metric":"tHandle","stats":{"count":4,"sum":400}}"#;
    work.write(
        "in/queues.json",
        group(r#""mediaType":"voice","queueId":"q""#, offered),
    );
    work.write("in/presence.json", group(r#""userId":"u""#, presence));
    work.write(
        "in/agents.json",
        group(r#""mediaType":"voice","userId":"u""#, handled),
    );
    let text = work.run(&["report", "in"]).exits(0).stdout;
    assert!(
        text.contains("grouped in 3 ways") && !text.contains("differ"),
        "{text}"
    );
}

#[test]
fn a_half_is_rounded_away_from_zero_in_every_form() {
    let work = Work::new();
    let bucket = |day: u32, offered: u32, met: u32| {
        format!(
            r#"{{"interval":"2026-03-{day:02}T08:00:00Z/2026-03-{day:02}T09:00:00Z","metrics":[
            {{"metric":"nOffered","stats":{{"count":{offered}}}}},
            {{"metric":"tAnswered","stats":{{"count":8,"sum":20000}}}},
            {{"metric":"oServiceLevel","stats":{{"numerator":{met},"denominator":8,"target":0.8}}}}]}}"#
        )
    };
    // 33 on two Mondays, 1 of 16 in time, and 2.5 s to an answer.
    work.write(
        "in/a.json",
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"a"}},"data":[{},{}]}}]}}"#,
            bucket(2, 16, 0),
            bucket(9, 17, 1)
        ),
    );
    let page = report(&work, &["--format", "html"]);
    let hours = page.split("id=\"h-heat\"").nth(1).expect("hours");
    let hours = hours.split("</table>").next().expect("a table");
    assert!(hours.contains(">17<") && !hours.contains(">16<"), "{hours}");
    assert!(page.contains("Missed by 73.7 points"), "{page}");
    let (text, markdown) = (report(&work, &[]), report(&work, &["--format", "markdown"]));
    for form in [page, text, markdown] {
        assert!(form.contains("6.3 %") && form.contains("0:03"), "{form}");
    }
}

#[test]
fn hours_of_a_page_have_their_date_and_the_repeated_one_a_mark() {
    let work = Work::new();
    let data = [23, 0, 1, 2].map(|hour| {
        let day = if hour == 23 { 24 } else { 25 };
        format!(
            r#"{{"interval":"2026-10-{day}T{hour:02}:00:00Z/2026-10-25T{:02}:00:00Z","metrics":[{{"metric":"nOffered","stats":{{"count":5}}}}]}}"#,
            (hour + 1) % 24
        )
    });
    work.write(
        "in/a.json",
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice"}},"data":[{}]}}]}}"#,
            data.join(",")
        ),
    );
    let page = report(&work, &["--format", "html"]);
    for title in [
        "Hours, Sun 25 Oct 2026</h2>",
        "Over time, by hour, Sun 25 Oct 2026</h2>",
    ] {
        assert!(page.contains(title), "{page}");
    }
    assert_eq!(page.matches("2nd, after the clock change").count(), 1);
}
