//! Reports that are compared: weekdays meet, and changes are those of the days that both periods have.

use calamine::{Reader as _, Xlsx};
use serde_json::Value;

use crate::work::Work;

/// A document of these days of March 2026, each with what was offered at noon.
pub fn days(queue: &str, offered: &[(u32, u32)]) -> String {
    let data = offered.iter().map(|(day, count)| {
        format!(
            r#"{{"interval":"2026-03-{day:02}T12:00:00.000Z/2026-03-{day:02}T13:00:00.000Z","metrics":[
            {{"metric":"nOffered","stats":{{"count":{count}}}}},
            {{"metric":"oServiceLevel","stats":{{"numerator":{},"denominator":{count},"target":0.8}}}}]}}"#,
            count / 2
        )
    });
    format!(
        r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"{queue}"}},"data":[{}]}}]}}"#,
        data.collect::<Vec<_>>().join(",")
    )
}

fn json(work: &Work, arguments: &[&str]) -> Value {
    let ran = work
        .run(&[&["report", "--format", "json", "-q"], arguments].concat())
        .exits(0);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn changes_are_those_of_the_days_that_both_periods_have() {
    let work = Work::new();
    // Monday the 9th to Thursday the 12th, without Wednesday.
    work.write("now.json", days("q", &[(9, 110), (10, 210), (12, 400)]));
    // The week before, without Tuesday.
    work.write(
        "before.json",
        days("q", &[(2, 100), (4, 300), (5, 500), (6, 77)]),
    );
    let report = json(&work, &["now.json", "--compare", "before.json"]);
    let compared = &report["compared"];
    assert_eq!(compared["from"], "2026-03-02");
    assert_eq!(compared["days_later"], 7);
    assert_eq!(
        compared["common_days"].as_array().map(Vec::len),
        Some(2),
        "Monday and Thursday: {compared}"
    );
    // The total is that of all days, and its change that of both Mondays and Thursdays.
    let offered = &report["totals"]["kpi_offered"];
    assert_eq!(offered["value"], 720);
    assert_eq!(offered["before"], 600);
    assert_eq!(offered["change"], -90);
    let row = &report["rows"][0]["figures"]["kpi_offered"];
    assert_eq!(
        (&row["value"], &row["change"]),
        (&720.into(), &(-90).into())
    );
    // Each day has the same weekday before; a missing day has one, too.
    let points = report["media_types"][0]["days"]["points"]
        .as_array()
        .expect("points");
    let before: Vec<&Value> = points
        .iter()
        .map(|it| &it["before"]["kpi_offered"])
        .collect();
    assert_eq!(
        before,
        [
            &Value::from(100),
            &Value::Null,
            &Value::from(300),
            &Value::from(500)
        ]
    );
    for (format, words) in [
        (
            "text",
            "Changes are against 2 Mar 2026 – 6 Mar 2026, over the 2 days that",
        ),
        ("markdown", "Changes are against 2 Mar 2026 – 6 Mar 2026"),
        ("html", "over the 2 days that both periods have"),
        ("html", "Offered before"),
        ("html", "vs before"),
    ] {
        let ran = work
            .run(&[
                "report",
                "now.json",
                "--compare",
                "before.json",
                "--format",
                format,
            ])
            .exits(0);
        let flat = ran.stdout.replace('\n', " ");
        assert!(flat.contains(words), "{format}: {}", ran.stdout);
        assert!(!ran.stdout.contains("−0.0"), "{format}");
    }
    work.run(&[
        "report",
        "now.json",
        "--compare",
        "before.json",
        "-o",
        "week.xlsx",
    ])
    .exits(0);
    use calamine::{Reader as _, Xlsx, open_workbook};
    let mut book: Xlsx<_> = open_workbook(work.path("week.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Days").expect("a sheet");
    let heads = sheet
        .rows()
        .find(|row| row.iter().any(|it| it == "Offered before"));
    let at = heads.and_then(|row| row.iter().position(|it| it == "Offered before"));
    let at = at.expect("a column of the earlier period");
    let column: Vec<String> = sheet.rows().map(|row| row[at].to_string()).collect();
    assert!(column.iter().any(|it| it == "300"), "{column:?}");
    // Scores have points, too.
    for (sheet, head) in [
        ("Summary", "Change, percentage points"),
        ("Queues", "Service level, change (percentage points)"),
    ] {
        let sheet = book.worksheet_range(sheet).expect("a sheet");
        assert!(sheet.rows().flatten().any(|it| it == head), "{sheet:?}");
    }
}

#[test]
fn a_day_is_compared_with_the_day_before() {
    let work = Work::new();
    work.write("today.json", days("q", &[(10, 210)]));
    work.write("yesterday.json", days("q", &[(9, 200)]));
    let report = json(&work, &["today.json", "--compare", "yesterday.json"]);
    assert_eq!(report["compared"]["days_later"], 1);
    assert_eq!(report["totals"]["kpi_offered"]["change"], 10);
    // Inputs that are not earlier have changes, and no alignment.
    let report = json(&work, &["yesterday.json", "--compare", "today.json"]);
    assert_eq!(report["compared"], Value::Null);
    assert_eq!(report["totals"]["kpi_offered"]["change"], -10);
}

#[test]
fn each_dimension_has_a_table() {
    let work = Work::new();
    work.write("a.json", days("a", &[(9, 110), (10, 210)]));
    work.write("b.json", days("b", &[(9, 5)]));
    let report = json(&work, &["a.json", "b.json", "--by", "queue,mediaType"]);
    let tables = report["tables"].as_array().expect("tables");
    let dimensions: Vec<&Value> = tables.iter().map(|it| &it["dimensions"][0]).collect();
    assert_eq!(dimensions, ["queueId", "mediaType"]);
    for table in tables {
        assert_eq!(table["totals"][0]["figures"]["kpi_offered"]["value"], 325);
    }
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 3, "two queues, and one media type");
    let report = json(&work, &["a.json", "b.json", "--by", "queue+mediaType"]);
    assert_eq!(report["tables"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["rows"][0]["group"]["mediaType"], "voice");
}

#[test]
fn agents_of_several_queries_are_one_table() {
    let work = Work::new();
    let bucket = |metrics: &str| {
        format!(
            r#"{{"interval":"2026-03-09T08:00:00.000Z/2026-03-09T12:00:00.000Z","metrics":[{metrics}]}}"#
        )
    };
    let presence = |name: &str, sum: u32| {
        format!(r#"{{"metric":"tSystemPresence","qualifier":"{name}","stats":{{"sum":{sum}}}}}"#)
    };
    let presences = [
        presence("ON_QUEUE", 6_000_000),
        presence("BREAK", 2_000_000),
        presence("OFFLINE", 9),
    ];
    work.write(
        "presence.json",
        format!(
            r#"{{"results":[{{"group":{{"userId":"u"}},"data":[{}]}}]}}"#,
            bucket(&presences.join(","))
        ),
    );
    let handled = |media: &str, count: u32, sum: u32| {
        let metric = format!(r#"{{"metric":"tHandle","stats":{{"count":{count},"sum":{sum}}}}}"#);
        format!(
            r#"{{"group":{{"mediaType":"{media}","userId":"u"}},"data":[{}]}}"#,
            bucket(&metric)
        )
    };
    work.write(
        "calls.json",
        format!(
            r#"{{"results":[{},{}]}}"#,
            handled("voice", 10, 3_000_000),
            handled("email", 2, 9_000_000)
        ),
    );
    let report = json(&work, &["presence.json", "calls.json"]);
    let titles: Vec<&Value> = report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|it| &it["title"])
        .collect();
    assert_eq!(titles, ["Agents", "Agents by media type"]);
    let figures = &report["rows"][0]["figures"];
    for (id, value) in [
        ("kpi_logged_in", 8_000_000.0),
        ("kpi_on_queue_share", 0.75),
        ("kpi_break_share", 0.25),
        // Of all media types, as a note says.
        ("kpi_handled", 12.0),
        ("kpi_aht", 1_000_000.0),
    ] {
        assert_eq!(
            figures[id]["value"].as_f64(),
            Some(value),
            "{id}: {figures}"
        );
    }
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("Rows of several media types have one average"),
        "{notes}"
    );
    // Times of agents are of no media type, so the total has them.
    assert_eq!(report["totals"]["kpi_logged_in"]["value"], 8_000_000);
    assert_eq!(report["totals"]["kpi_aht"]["reason"], "by media type");
}

#[test]
fn figures_that_only_one_period_has_are_not_compared_with_a_dash() {
    let work = Work::new();
    let now = days("q", &[(9, 110)]);
    let agents = r#"{"metric":"tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":7200000}}"#;
    let agents = format!(
        r#"{{"results":[{{"group":{{"userId":"u"}},"data":[{{"interval":"2026-03-09T12:00:00.000Z/2026-03-09T15:00:00.000Z","metrics":[{agents}]}}]}}]}}"#
    );
    work.write(
        "now.ndjson",
        format!("{}\n{agents}\n", now.replace('\n', "")),
    );
    work.write("before.json", days("q", &[(2, 100)]));
    let arguments = ["report", "now.ndjson", "--compare", "before.json"];
    let page = [&arguments[..], &["--format", "html"]].concat();
    let page = work.run(&page).exits(0).stdout;
    assert!(page.contains("Logged in, h:mm:ss</th>"), "{page}");
    assert!(page.contains("before 100"), "{page}");
    assert!(!page.contains("before –"), "{page}");
}

#[test]
fn media_types_of_the_earlier_time_are_not_joined() {
    let work = Work::new();
    let handled = |day: u32, media: &str, sum: u32| {
        format!(
            r#"{{"group":{{"mediaType":"{media}"}},"data":[{{"interval":"2026-03-{day:02}T12:00:00.000Z/2026-03-{day:02}T13:00:00.000Z","metrics":[
            {{"metric":"tHandle","stats":{{"count":10,"sum":{sum}}}}}]}}]}}"#
        )
    };
    let now = handled(9, "voice", 1_000_000);
    let before = [
        handled(2, "voice", 2_000_000),
        handled(2, "email", 90_000_000),
    ];
    work.write("now.json", format!(r#"{{"results":[{now}]}}"#));
    work.write(
        "before.json",
        format!(r#"{{"results":[{}]}}"#, before.join(",")),
    );
    let report = json(&work, &["now.json", "--compare", "before.json"]);
    let totals = &report["totals"];
    assert_eq!(totals["kpi_aht"]["before"], 200_000, "{totals}");
    assert_eq!(totals["kpi_handled"]["before"], 20, "{totals}");
    // Rows without the media type join those of the earlier time: a note says so.
    let now = now.replace(r#""mediaType""#, r#""queueId":"q","mediaType""#);
    let before = before.map(|it| it.replace(r#""mediaType""#, r#""queueId":"q","mediaType""#));
    work.write("now.json", format!(r#"{{"results":[{now}]}}"#));
    work.write(
        "before.json",
        format!(r#"{{"results":[{}]}}"#, before.join(",")),
    );
    let report = json(
        &work,
        &["now.json", "--compare", "before.json", "--by", "queue"],
    );
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("Rows of several media types have one average"),
        "{notes}"
    );
}

#[test]
fn a_part_of_a_folder_is_compared_with_the_time_before_it() {
    let work = Work::new();
    let all: Vec<(u32, u32)> = (1..=21).map(|day| (day, day)).collect();
    work.write("all.json", days("q", &all));
    let compare = ["all.json", "--compare", "all.json", "--timezone", "UTC"];
    let of = |options: &[&str]| {
        let report = json(&work, &[&compare[..], options].concat());
        let offered = report["totals"]["kpi_offered"].clone();
        (offered["value"].clone(), offered["before"].clone())
    };
    let week = of(&["--from", "2026-03-15", "--until", "2026-03-22"]);
    assert_eq!(week, (126.into(), 77.into()));
    // Everything before, of which the last week counts.
    assert_eq!(of(&["--from", "2026-03-15"]), week);
}

#[test]
fn weeks_are_compared_by_the_days_of_both() {
    let work = Work::new();
    let of = |all: &[u32], offered: u32| {
        let all: Vec<(u32, u32)> = all.iter().map(|day| (*day, offered)).collect();
        days("q", &all)
    };
    // The weeks of the 2nd and the 9th of March 2026 are before those of the 16th and the 23rd.
    work.write("before.json", of(&[2, 3, 4, 5, 6, 9, 10, 11, 12, 13], 10));
    let week = |now: &[u32], title: &str| {
        work.write("now.json", of(now, 20));
        let compare = ["now.json", "--compare", "before.json", "-o", "a.html"];
        work.run(&[&["report"], &compare[..]].concat()).exits(0);
        let page = String::from_utf8(work.read("a.html")).expect("text");
        let (_, row) = page.split_once(&format!("{title}<")).expect("a week");
        row.split_once("</tr>").expect("a row").0.to_owned()
    };
    for now in [
        [16, 17, 18, 19, 20, 23, 24, 25, 26, 28],
        [16, 17, 18, 19, 22, 23, 24, 25, 26, 27],
    ] {
        // A day that has no earlier one takes no part.
        for title in ["Week 12", "Week 13"] {
            let row = week(&now, title);
            assert!(row.contains("+100.0 %") && !row.contains("new"), "{row}");
        }
    }
    // Earlier days that the later week does not have take no part.
    let row = week(&[16, 17, 18, 23, 24, 25, 26, 27], "Week 12");
    assert!(row.contains("+100.0 %"), "{row}");
}

/// Surveys of voice and evaluations of agents, on the same days of two weeks.
#[test]
fn figures_without_a_media_type_keep_their_earlier_ones() {
    let work = Work::new();
    let mut all = String::new();
    for (day, sent, score) in [(2, 10, 70), (9, 20, 80)] {
        let interval = format!(
            "2026-03-{day:02}T00:00:00.000Z/2026-03-{:02}T00:00:00.000Z",
            day + 1
        );
        all += &format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":"q"}},"data":[{{"interval":"{interval}","metrics":[
            {{"metric":"nSurveysSent","stats":{{"count":{sent}}}}},
            {{"metric":"nSurveyResponses","stats":{{"count":2}}}},
            {{"metric":"nSurveyFullResponses","stats":{{"count":1}}}},
            {{"metric":"oSurveyTotalScore","stats":{{"count":2,"sum":{score}}}}}]}}]}}]}}
            {{"results":[{{"group":{{"userId":"u"}},"data":[{{"interval":"{interval}","metrics":[
            {{"metric":"nEvaluations","stats":{{"count":1}}}},
            {{"metric":"oTotalScore","stats":{{"count":1,"sum":{score}}}}}]}}]}}]}}
            "#
        );
    }
    work.write("all.ndjson", all);
    let compare = [
        "all.ndjson",
        "--compare",
        "all.ndjson",
        "--from",
        "2026-03-09",
    ];
    let report = json(&work, &compare);
    let totals = &report["totals"];
    assert_eq!(totals["kpi_evaluation_score"]["before"], 70, "{totals}");
    assert_eq!(totals["kpi_survey_score"]["before"], 35, "{totals}");
    // A key figure does not occur a second time, as the average of its metric.
    assert!(totals.get("oTotalScore_average").is_none(), "{totals}");
    work.run(
        &[
            &["report", "-q", "-o", "a.xlsx", "-o", "a.html"],
            &compare[..],
        ]
        .concat(),
    )
    .exits(0);
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("a.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Summary").expect("a sheet");
    let rows: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    let at = rows
        .iter()
        .position(|row| row[0] == "Media type")
        .expect("heads");
    let (titles, heads) = (&rows[at - 1], &rows[at]);
    assert!(titles.contains(&"Surveys sent".to_owned()), "{titles:?}");
    for column in (1..heads.len()).filter(|column| !heads[*column].is_empty()) {
        let mut values = rows[at + 1..].iter().map(|row| &row[column]);
        assert!(values.any(|it| !it.is_empty()), "{column}: {rows:?}");
    }
    let page = String::from_utf8(work.read("a.html")).expect("text");
    let cards = page.split("class=\"cards\"").nth(1).expect("cards");
    assert!(
        cards.contains("Evaluation score</dt><dd><b>80.0</b>"),
        "{cards}"
    );
}

/// Monday and Tuesday, of which the week before has only Monday.
fn compared(work: &Work, format: &str) -> String {
    work.write("now.json", days("q", &[(9, 110), (10, 210)]));
    work.write("before.json", days("q", &[(2, 100)]));
    of_format(work, format)
}

/// The report of two files in a format.
pub fn of_format(work: &Work, format: &str) -> String {
    let compare = ["report", "now.json", "--compare", "before.json", "-q"];
    let run = [&compare[..], &["--format", format]].concat();
    work.run(&run).exits(0).stdout
}

#[test]
fn a_change_of_fewer_days_has_their_value_beside_it() {
    let work = Work::new();
    let text = compared(&work, "text");
    let words = "before 100, on the same days 110 now, +10, +10.0 %";
    assert!(text.contains(words), "{text}");
    assert_eq!(
        text.matches("on the same days 110 now").count(),
        2,
        "{text}"
    );
    let markdown = compared(&work, "markdown");
    for line in [
        "| Offered | 320 |  | 100, on the same days 110 now | +10 | +10.0 % |",
        "| +10 (+10.0 %), on the same days 110 now |",
    ] {
        assert!(markdown.contains(line), "{line}: {markdown}");
    }
    let page = compared(&work, "html");
    let words = "+10.0 %, before 100, on the same days 110 now";
    assert!(page.contains(words), "{page}");
    let json: Value = serde_json::from_str(&compared(&work, "json")).expect("JSON");
    let row = &json["rows"][0]["figures"];
    assert_eq!(row["kpi_offered"]["value_on_common_days"], 110, "{row}");
    let level = &row["kpi_service_level"];
    assert!(level["value_on_common_days"].is_null(), "{level}");
    // Where both periods have the same days, there is nothing to say.
    work.write("before.json", days("q", &[(2, 100), (3, 200)]));
    for format in ["text", "markdown", "html"] {
        let arguments = [
            "report",
            "now.json",
            "--compare",
            "before.json",
            "--format",
            format,
        ];
        let text = work.run(&arguments).exits(0).stdout;
        assert!(!text.contains("same days"), "{text}");
    }
}

/// The columns of a sheet by their heads, each from below its head on.
fn columns(work: &Work, sheet: &str) -> Vec<(String, Vec<String>)> {
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("a.xlsx")).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("a sheet");
    let mut rows = range.rows().skip(2);
    let heads = rows.next().expect("heads").iter().enumerate();
    let columns = heads.map(|(at, head)| {
        let cells = rows.clone().map(|row| row[at].to_string());
        (head.to_string(), cells.collect())
    });
    columns.collect()
}

#[test]
fn the_sheet_of_days_has_the_days_that_its_totals_compare() {
    let work = Work::new();
    // Two weeks, and two before them, which lack the first Wednesday.
    let now = [9, 10, 11, 12, 13, 16, 17, 18, 19].map(|day| (day, day));
    let before = [23, 24, 26, 27].map(|day| (day, 10));
    work.write("now.json", days("q", &now));
    work.write(
        "before.json",
        days("q", &before).replace("2026-03", "2026-02"),
    );
    work.write(
        "between.json",
        days("q", &[2, 3, 4, 5, 6].map(|day| (day, 10))),
    );
    let arguments = [
        "report",
        "now.json",
        "--compare",
        "before.json",
        "between.json",
        "-q",
        "-o",
        "a.xlsx",
    ];
    work.run(&arguments).exits(0);
    let columns = columns(&work, "Days");
    let of = |head: &str| {
        let column = columns.iter().find(|it| it.0 == head);
        &column.unwrap_or_else(|| panic!("{head}: {columns:?}")).1
    };
    let dates = of("Date");
    let place = |title: &str| {
        let at = dates.iter().position(|it| it.starts_with(title));
        at.unwrap_or_else(|| panic!("{title}: {dates:?}"))
    };
    let number = |head: &str, at: usize| of(head)[at].parse::<f64>().ok();
    // Each row below the days is the sum of the days with a change.
    let days = place("Week 11") - 1;
    let sum = |head: &str, days: &std::ops::Range<usize>| {
        let days = days.clone();
        let compared = days.filter(|at| number("Offered, change", *at).is_some());
        compared.filter_map(|at| number(head, at)).sum::<f64>()
    };
    for (title, own) in [("Week 11", 0..5), ("Week 12", 7..11), ("Total", 0..days)] {
        let at = place(title);
        for head in ["Offered before", "Offered on the same days"] {
            let sum = sum(head, &own);
            assert_eq!(number(head, at), Some(sum), "{title} {head}: {columns:?}");
        }
        let [before, now] =
            ["Offered before", "Offered on the same days"].map(|head| sum(head, &own));
        let change = number("Offered, change", at).expect("a change");
        assert!((change - (now / before - 1.0)).abs() < 5e-4, "{title}");
    }
    assert_eq!(of("Offered on the same days")[2], "", "Wednesday");
    // Where both periods have the same days, there is no such column.
    work.write("now.json", self::days("q", &[(9, 10), (10, 20)]));
    work.write("before.json", self::days("q", &[(2, 10), (3, 20)]));
    let arguments = [
        "report",
        "now.json",
        "--compare",
        "before.json",
        "-o",
        "a.xlsx",
    ];
    work.run(&arguments).exits(0);
    let columns = self::columns(&work, "Days");
    assert!(
        !columns.iter().any(|it| it.0.contains("same days")),
        "{columns:?}"
    );
}

#[test]
fn changes_are_of_the_exact_figures_and_rounded_as_they_are() {
    let work = Work::new();
    // 1.4 and 2.6 seconds, and shares of 13.24 and 13.26 per cent: 13.2 and 13.3 as they are shown.
    let file = |day: u32, sum: u32, met: u32| {
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice"}},"data":[{{"interval":"2026-03-{day:02}T12:00:00.000Z/2026-03-{day:02}T13:00:00.000Z","metrics":[
            {{"metric":"nOffered","stats":{{"count":10000}}}},
            {{"metric":"tAnswered","stats":{{"count":1000,"sum":{sum}}}}},
            {{"metric":"oServiceLevel","stats":{{"numerator":{met},"denominator":10000,"target":0.8}}}}]}}]}}]}}"#
        )
    };
    work.write("now.json", file(9, 2_600_000, 1326));
    work.write("before.json", file(2, 1_400_000, 1324));
    let report = |format| of_format(&work, format);
    for format in ["text", "markdown", "html"] {
        let text = report(format);
        for change in ["±0.0 points", "+0:01", "+85.7 %", "+0.2 %"] {
            assert!(text.contains(change), "{change} in {text}");
        }
        assert!(!text.contains("better"), "a change of zero: {text}");
    }
    let json: Value = serde_json::from_str(&report("json")).expect("JSON");
    assert_eq!(json["totals"]["kpi_asa"]["change"], 1200);
}

#[test]
fn a_table_that_joins_media_types_says_so() {
    let work = Work::new();
    let voice = days("q", &[(9, 110)]);
    work.write("a.json", &voice);
    work.write("b.json", voice.replace("voice", "email"));
    let text = |inputs: &[&str]| {
        let arguments = [&["report", "--by", "queueId"], inputs].concat();
        work.run(&arguments).exits(0).stdout
    };
    assert!(text(&["a.json", "b.json"]).contains("queueId (media types joined)"));
    assert!(!text(&["a.json"]).contains("joined"));
}
