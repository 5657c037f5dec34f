//! `report -o week.xlsx`: every figure is that of the JSON report. Several outputs of one reading.

use calamine::{Data, Range, Reader as _, Xlsx};
use serde_json::Value;

use crate::work::Work;

/// Names that a spreadsheet would take for formulas, or that a sheet cannot have.
const QUEUES: [(&str, &str); 3] = [
    ("q1", "=1+1"),
    ("q2", "@SUM(A1)"),
    ("q3", "Sales [EN]: a/b?"),
];

/// Three days of three queues, of which the second day has no data.
fn week(work: &Work) {
    let mut results = Vec::new();
    for (number, (queue, _)) in (1u64..).zip(QUEUES) {
        for (media, size) in [("voice", 10), ("email", 3)] {
            let mut data = Vec::new();
            for (day, hour) in [(2, 8), (2, 9), (4, 8), (4, 22)] {
                let (offered, answered) = (size * number + hour, size * number + hour - 2);
                let level = answered / 2 + day;
                data.push(format!(
                    r#"{{"interval":"2026-03-{day:02}T{hour:02}:00:00.000Z/2026-03-{day:02}T{end:02}:00:00.000Z","metrics":[
                    {{"metric":"nOffered","stats":{{"count":{offered}}}}},
                    {{"metric":"tAnswered","stats":{{"count":{answered},"sum":{wait}}}}},
                    {{"metric":"tAbandon","stats":{{"count":2,"sum":9000}}}},
                    {{"metric":"tHandle","stats":{{"count":{answered},"sum":{handle}}}}},
                    {{"metric":"tTalkComplete","stats":{{"count":{answered},"sum":{talk}}}}},
                    {{"metric":"tAcw","stats":{{"count":{answered},"sum":{acw}}}}},
                    {{"metric":"oServiceLevel","stats":{{"numerator":{level},"denominator":{offered},"target":0.8}}}}]}}"#,
                    end = hour + 1,
                    wait = answered * 7001,
                    handle = answered * 250_003,
                    talk = answered * 200_000,
                    acw = answered * 50_000,
                ));
            }
            results.push(format!(
                r#"{{"group":{{"mediaType":"{media}","queueId":"{queue}"}},"data":[{}]}}"#,
                data.join(",")
            ));
        }
    }
    work.write(
        "week.json",
        format!(r#"{{"results":[{}]}}"#, results.join(",")),
    );
    let names = QUEUES.map(|(id, name)| format!("{id},{name}\n"));
    work.write("names.csv", format!("id,name\n{}", names.concat()));
}

const REPORT: [&str; 7] = [
    "report",
    "week.json",
    "--names",
    "names.csv",
    "--timezone",
    "Europe/Berlin",
    "-q",
];

fn json(work: &Work, more: &[&str]) -> Value {
    let ran = work
        .run(&[&REPORT[..], &["--format", "json"], more].concat())
        .exits(0);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

fn open(work: &Work, name: &str) -> Xlsx<std::io::BufReader<std::fs::File>> {
    calamine::open_workbook(work.path(name)).expect("a workbook")
}

/// A sheet from the row of its heads on.
fn table(book: &mut Xlsx<std::io::BufReader<std::fs::File>>, name: &str) -> Vec<Vec<Data>> {
    let range: Range<Data> = book.worksheet_range(name).expect(name);
    range.rows().skip(2).map(<[Data]>::to_vec).collect()
}

/// The JSON report of the week, and a sheet of its workbook.
fn report_and_sheet(name: &str) -> (Value, Vec<Vec<Data>>) {
    let work = Work::new();
    week(&work);
    work.run(&[&REPORT[..], &["-o", "week.xlsx"]].concat())
        .exits(0);
    let sheet = table(&mut open(&work, "week.xlsx"), name);
    (json(&work, &[]), sheet)
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(number) => Some(*number),
        Data::Int(number) => Some(*number as f64),
        Data::DateTime(time) => Some(time.as_f64()),
        Data::Empty => None,
        other => panic!("{other:?}"),
    }
}

/// A cell is the figure of the JSON report: times are days there, and milliseconds here.
fn same(head: &str, cell: &Data, figure: &Value) {
    let is_time = [
        "ASA",
        "AHT",
        "AHT: talk",
        "AHT: hold",
        "AHT: wrap-up",
        "AHT: other",
    ];
    let factor = if is_time.contains(&head) {
        86_400_000.0
    } else {
        1.0
    };
    // Times are whole seconds, since some programs cut them off and others round them.
    let whole = |time: f64| (time / 1000.0 + 0.5).floor() * 1000.0;
    let is_time = factor > 1.0;
    let wanted = figure
        .as_f64()
        .map(|it| if is_time { whole(it) } else { it });
    let found = number(cell).map(|number| number * factor);
    match (found, wanted) {
        (None, None) => {}
        (Some(found), Some(wanted)) => {
            assert!(
                (found - wanted).abs() <= 1e-3_f64.min(1e-6 * factor.max(1.0)),
                "{head}: {found} {wanted}"
            );
        }
        other => panic!("{head}: {other:?}"),
    }
}

/// The heads of columns with the names of figures in JSON.
fn figures(report: &Value) -> Vec<(String, String)> {
    let all = report["figures"].as_array().expect("figures").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    all.map(|it| (text(&it["name"]), text(&it["id"]))).collect()
}

/// Compares a row with an object of figures, each a number or an object with a value.
fn compare(
    heads: &[Data],
    row: &[Data],
    known: &[(String, String)],
    have: &Value,
    parts: &Value,
) -> usize {
    let mut compared = 0;
    for (head, cell) in heads.iter().zip(row) {
        let head = head.to_string();
        let part = match head.as_str() {
            "AHT: talk" => Some("talk"),
            "AHT: hold" => Some("hold"),
            "AHT: wrap-up" => Some("wrap_up"),
            "AHT: other" => Some("other"),
            _ => None,
        };
        let figure = known.iter().find(|(name, _)| *name == head);
        match (part, figure) {
            (Some(part), _) => same(&head, cell, &parts[part]),
            (None, Some((_, id))) => {
                let figure = &have[id];
                same(&head, cell, figure.get("value").unwrap_or(figure));
            }
            (None, None) if head == "Target" => {
                same(&head, cell, &have["kpi_service_level"]["target"])
            }
            _ => continue,
        }
        compared += 1;
    }
    compared
}

#[test]
fn every_figure_of_the_rows_is_that_of_the_json_report() {
    let (report, queues) = report_and_sheet("Queues");
    let known = figures(&report);
    let rows = report["rows"].as_array().expect("rows");
    let mut compared = 0;
    for (line, row) in queues[1..].iter().zip(rows) {
        let queue = row["name"]
            .as_str()
            .expect("a name")
            .split(" · ")
            .last()
            .expect("a queue");
        assert_eq!(line[0], Data::String(queue.to_owned()));
        compared += compare(
            &queues[0],
            line,
            &known,
            &row["figures"],
            &row["handle_time"],
        );
    }
    assert_eq!(rows.len(), 6);
    assert!(compared > 60, "{compared}");
    // Below the rows: the total of counts, and each media type from its sums.
    let totals = report["tables"][0]["totals"].as_array().expect("totals");
    let lines = queues
        .iter()
        .filter(|line| line[0] == Data::String("All".to_owned()));
    let lines: Vec<&Vec<Data>> = lines.collect();
    assert_eq!(lines.len(), totals.len());
    for (line, total) in lines.iter().zip(totals) {
        assert!(
            compare(
                &queues[0],
                line,
                &known,
                &total["figures"],
                &total["handle_time"]
            ) > 8
        );
    }
    let visible = &queues[1 + rows.len()];
    assert_eq!(visible[0], Data::String("Visible rows".to_owned()));
    assert_eq!(
        number(&visible[2]),
        totals[2]["figures"]["kpi_offered"]["value"].as_f64()
    );
}

#[test]
fn days_are_those_of_the_json_report_and_a_missing_one_is_a_row() {
    let (report, days) = report_and_sheet("Days");
    let known = figures(&report);
    let media = report["media_types"].as_array().expect("media types");
    let points = media
        .iter()
        .flat_map(|it| it["days"]["points"].as_array().expect("points"));
    let mut compared = 0;
    for (line, point) in days[1..].iter().zip(points) {
        let is_missing = line[2] == Data::String("no data".to_owned());
        assert_eq!(point["missing"], is_missing, "{line:?}");
        let heads: Vec<Data> = days[0]
            .iter()
            .map(|head| match head {
                Data::String(text) if text == "Target" => Data::Empty,
                head => head.clone(),
            })
            .collect();
        compared += compare(
            &heads,
            line,
            &known,
            &point["figures"],
            &point["handle_time"],
        );
    }
    // Late on the last day in UTC is a day of its own in Berlin? 22:00 UTC is 23:00 there: the same day.
    assert_eq!(media[0]["days"]["points"].as_array().map(Vec::len), Some(3));
    assert!(compared > 60, "{compared}");
    // The first date is a date.
    assert!(
        matches!(&days[1][1], Data::DateTime(date) if date.as_f64() == 46_083.0),
        "{:?}",
        days[1][1]
    );
}

#[test]
fn names_are_text_and_sheets_have_valid_names() {
    let work = Work::new();
    week(&work);
    let title = "=cmd|' /C calc'!A0 & more";
    work.run(&[&REPORT[..], &["-o", "week.xlsx", "--title", title]].concat())
        .exits(0);
    let mut book = open(&work, "week.xlsx");
    let sheets = book.sheet_names();
    assert_eq!(
        sheets,
        [
            "Summary",
            "Days",
            "Hours",
            "Queues",
            "Figures",
            "Distributions",
            "About"
        ]
    );
    for sheet in &sheets {
        let formulas = book.worksheet_formula(sheet).expect("formulas");
        let formulas = formulas.used_cells().map(|(_, _, formula)| formula.clone());
        for formula in formulas.filter(|formula| !formula.is_empty()) {
            assert!(formula.starts_with("SUBTOTAL(109,"), "{sheet}: {formula}");
        }
    }
    let summary = book.worksheet_range("Summary").expect("a sheet");
    assert_eq!(
        summary.get_value((0, 0)),
        Some(&Data::String(title.to_owned()))
    );
    // By another dimension, a sheet of its own with other names.
    work.run(
        &[
            &REPORT[..],
            &["-o", "media.xlsx", "--by", "mediaType", "--top", "1"],
        ]
        .concat(),
    )
    .exits(0);
    let media = table(&mut open(&work, "media.xlsx"), "Media types");
    assert_eq!(media[1][0], Data::String("Voice".to_owned()));
    assert_eq!(media[2][0], Data::String("Other (1)".to_owned()));
}

#[test]
fn several_outputs_are_made_from_one_reading() {
    let work = Work::new();
    week(&work);
    let all = [
        "-o", "a.xlsx", "-o", "a.html", "-o", "a.csv", "-o", "a.json", "-o", "-",
    ];
    let ran = work.run(&[&REPORT[..], &all].concat()).exits(0);
    assert!(
        ran.stdout.starts_with("2026-03-02 09:00 – "),
        "{}",
        ran.stdout
    );
    assert!(
        work.read("a.xlsx").starts_with(b"PK") && work.read("a.html").starts_with(b"<!doctype")
    );
    let csv = String::from_utf8(work.read("a.csv")).expect("text");
    let mut lines = csv.lines();
    assert!(
        lines
            .next()
            .is_some_and(|it| it.starts_with("Queue,Media type,Offered,")),
        "{csv}"
    );
    assert!(
        lines.clone().any(|line| line.starts_with("'=1+1,Voice,")),
        "{csv}"
    );
    assert_eq!(lines.count(), 6);
    let parsed: Value = serde_json::from_slice(&work.read("a.json")).expect("JSON");
    assert_eq!(parsed["totals"], json(&work, &[])["totals"]);
    // One that cannot be written: none appears.
    let ran = work.run(&[&REPORT[..], &["-o", "b.xlsx", "-o", "no/b.html"]].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(!work.exists("b.xlsx"));
    for (outputs, words) in [
        (&["-o", "b.html", "-o", "./b.html"][..], "two outputs"),
        (
            &["-o", "b.html", "-o", "b.pdf"],
            "report does not write PDF",
        ),
        (
            &["-o", "b.html", "-o", "b.txt", "--format", "json"],
            "--format is for one output",
        ),
        (&["-o", "b.xlsx.gz"], "compressed already"),
        (
            &["-o", "b.html", "--every", "7h"],
            "boundaries are not fixed",
        ),
    ] {
        let ran = work.run(&[&REPORT[..], outputs].concat()).exits(2);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert!(!work.exists("b.html"));
    }
}

#[test]
fn a_period_can_be_chosen() {
    let work = Work::new();
    week(&work);
    let report = json(&work, &["--every", "1d"]);
    assert_eq!(report["series"]["period"], "1 day");
    assert_eq!(report["series"]["points"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["series"]["points"][1]["missing"], true);
    work.run(&[&REPORT[..], &["-o", "w.xlsx", "--every", "1w"]].concat())
        .exits(0);
    let weeks = table(&mut open(&work, "w.xlsx"), "Weeks");
    assert_eq!(number(&weeks[1][1]), Some(46_083.0));
}

#[test]
fn sheets_and_tables_have_names_of_their_own_whatever_the_dimensions_are_called() {
    let work = Work::new();
    let group = |dimension: &str| {
        let bucket = r#"{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":1}}]}"#;
        let group =
            |value: u8| format!(r#"{{"group":{{"{dimension}":"{value}"}},"data":[{bucket}]}}"#);
        format!(r#"{{"results":[{},{}]}}"#, group(1), group(2))
    };
    work.write("a.json", group("a_b"));
    work.write("b.json", group("a-b"));
    for (dimension, every, sheets) in [
        ("week", "1w", ["Weeks", "Weeks (2)"]),
        ("month", "1mo", ["Months", "Months (2)"]),
        ("interval", "30m", ["Intervals", "Intervals (2)"]),
    ] {
        work.write("own.json", group(dimension));
        work.run(&["report", "own.json", "--every", every, "-qo", "own.xlsx"])
            .exits(0);
        let names = open(&work, "own.xlsx").sheet_names();
        let shown = |sheet: &str| names.iter().any(|name| name == sheet);
        assert!(sheets.into_iter().all(shown), "{names:?}");
    }
    work.run(&["report", "a.json", "b.json", "-qo", "both.xlsx"])
        .exits(0);
}

#[test]
fn groups_without_a_queue_are_no_queue_at_its_target() {
    let work = Work::new();
    let report = |groups: [&str; 2]| {
        let groups = groups.map(|dimensions| {
            format!(
                r#"{{"group":{{{dimensions}}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{{"metric":"oServiceLevel","stats":{{"numerator":9,"denominator":10,"target":0.8}}}}]}}]}}"#
            )
        });
        work.write(
            "level.json",
            format!(r#"{{"results":[{}]}}"#, groups.join(",")),
        );
        work.run(&["report", "level.json", "-qo", "level.html"])
            .exits(0);
        let page = String::from_utf8(work.read("level.html")).expect("UTF-8");
        page.contains("2 of 2 queues meet their target")
    };
    let queue = r#""mediaType":"voice","queueId":"q1""#;
    assert!(report([queue, r#""mediaType":"voice","queueId":"q2""#]));
    assert!(!report([queue, r#""mediaType":"voice""#]));
}
