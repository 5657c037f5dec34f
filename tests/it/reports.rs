//! `report` and `inspect`.

use crate::work::{OFFERED, Work, response, sample};

#[test]
fn a_summary_is_listed_in_readable_units() {
    let work = Work::new();
    let document = r#"{"entities":[{"id":"all","division":{"id":"d","name":"Home"},"metrics":{"wrapupTime":{"value":150,"unit":"s","label":"Wrap-up"},"talkTime":{"value":45200,"unit":"ms"},"waitTime":{"value":null,"unit":"s"},"holdTime":null,"conversationCount":{"value":284,"unit":"count"},"own":{"value":1.50}}}]}"#;
    let ran = work.pipe(&["report", "-"], document.as_bytes()).exits(0);
    assert_eq!(
        ran.stdout,
        "all (division Home)\n  Wrap-up, m:ss: 2:30\n  talkTime, m:ss: 0:45\n  waitTime: N/A\n  holdTime: N/A\n  conversationCount: 284\n  own: 1.50\n"
    );
}

#[test]
fn a_group_has_a_table_of_figures_merged_by_their_parts() {
    let work = Work::new();
    let metrics = r#"{"metric":"nOffered","stats":{"count":10}},{"metric":"tAnswered","stats":{"count":8,"sum":80000}},{"metric":"oServiceLevel","stats":{"ratio":0.75,"numerator":6,"denominator":8,"target":0.8}},{"metric":"tHandle","stats":{"count":8,"sum":3608000,"max":900000}},{"metric":"nError","stats":{"count":1}}"#;
    work.write("a.json", response("q", 8..10, metrics));
    let ran = work.run(&["report", "a.json", "--detail"]).exits(0);
    let figure = |name: &str| {
        let line = ran
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap_or_default();
        line.trim_start()
            .strip_prefix(name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    assert!(
        ran.stdout.starts_with(
            "queueId q\n2026-03-02T08:00:00.000Z – 2026-03-02T10:00:00.000Z, 2 buckets\n"
        ),
        "{}",
        ran.stdout
    );
    assert_eq!(figure("Offered"), "20");
    assert_eq!(figure("Answered %"), "80.0 %");
    assert_eq!(figure("Handled"), "16");
    // No metric says anything of abandoned interactions.
    assert!(!ran.stdout.contains("Abandoned"), "{}", ran.stdout);
    assert_eq!(figure("Service level"), "75.0 % (target 80 %)");
    assert_eq!(figure("ASA"), "0:10");
    assert_eq!(figure("AHT"), "7:31");
    assert!(figure("nError").starts_with('2'));
    let ran = work
        .run(&["report", "a.json", "--detail", "--format", "markdown"])
        .exits(0);
    assert!(
        ran.stdout
            .contains("| Service level | 75.0 % (target 80 %) |"),
        "{}",
        ran.stdout
    );
}

#[test]
fn nothing_and_bad_input_are_said() {
    let work = Work::new();
    let ran = work.pipe(&["report"], b"{}").exits(0);
    assert!(
        ran.stdout.contains("check the interval and the filter"),
        "{}",
        ran.stdout
    );
    let ran = work
        .pipe(&["report", "-"], b"{\"results\":[{\"date\":[]}]}")
        .exits(1);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("S002"),
        "{}",
        ran.stderr
    );
    let ran = work
        .pipe(
            &["report", "-", "--where", "queueId=x"],
            response("q", 8..9, OFFERED).as_bytes(),
        )
        .exits(0);
    assert!(ran.stdout.contains("No data"), "{}", ran.stdout);
}

#[test]
fn every_sample_reports_and_can_be_inspected() {
    let work = Work::new();
    for name in [
        "queue-day.json",
        "user-presence.json",
        "views.json",
        "flow.json",
        "bot.json",
        "survey.json",
        "evaluation.json",
        "async-page-1.json",
        "summary-flat.json",
        "summary-grouped.json",
        "nightly.ndjson",
        "queue-day-2.json.gz",
    ] {
        let report = work.run(&["report", &sample(name)]).exits(0).stdout;
        assert!(report.lines().count() > 4, "{name}: {report}");
        let ran = work
            .run(&["inspect", "--format", "json", &sample(name)])
            .exits(0);
        let contents: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let rows = work
            .run(&["convert", "-t", "ndjson", &sample(name)])
            .exits(0)
            .stdout
            .lines()
            .count();
        assert_eq!(contents["rows"].as_u64(), Some(rows as u64), "{name}");
        assert!(
            !contents["metrics"].as_array().expect("a list").is_empty(),
            "{name}"
        );
    }
}

#[test]
fn an_inspection_names_what_is_in_here() {
    let work = Work::new();
    work.write("a.json", response("q", 8..11, OFFERED));
    let ran = work.run(&["inspect", "a.json"]).exits(0);
    for line in [
        "dialect      aggregates",
        "groups       1",
        "buckets      3",
        "granularity  PT1H (3)",
        "last         2026-03-02T11:00:00.000Z",
    ] {
        assert!(
            ran.stdout.lines().any(|have| have == line),
            "{line}\n{}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout.contains("nOffered") && ran.stdout.contains("counter, count"),
        "{}",
        ran.stdout
    );
    let ran = work.run(&["inspect", "a.json", "b.json"]).exits(3);
    assert!(ran.stdout.contains("nOffered") && ran.stderr.contains("F001"));
}

#[test]
fn a_million_alike_are_counted_and_the_first_are_shown() {
    let work = Work::new();
    let wrong = r#"{"metric":"tTalk","stats":{"count":2,"min":9000,"max":8000,"sum":17000}}"#;
    let files: Vec<String> = (0..40).map(|number| format!("{number:02}.json")).collect();
    for (number, file) in files.iter().enumerate() {
        work.write(file, response(&format!("queue-{number}"), 0..20, wrong));
    }
    let all = work
        .run(&["validate", "--format", "ndjson", "."])
        .exits(0)
        .stdout;
    let count = |code: &str| all.lines().filter(|line| line.contains(code)).count();
    assert_eq!(count("M001"), 800);
    let text = work.run(&["validate", "."]).exits(0);
    let total: usize = all
        .lines()
        .filter(|line| line.contains("\"warning\""))
        .count();
    assert!(
        text.stderr.contains(&format!("{total} warnings")),
        "{}",
        text.stderr
    );
    assert!(text.stdout.contains("796 more"), "{}", text.stdout);
    assert!(text.stdout.contains("00.json:1:"), "{}", text.stdout);
}

#[test]
fn presences_are_words_for_people_and_codes_for_programs() {
    let work = Work::new();
    let presence = |name: &str, sum: u32| {
        format!(r#"{{"metric":"tSystemPresence","qualifier":"{name}","stats":{{"sum":{sum}}}}}"#)
    };
    let all = [
        presence("ON_QUEUE", 6_000_000),
        presence("BREAK", 60_000),
        presence("OFFLINE", 9),
    ];
    let text = response("q", 8..9, &all.join(",")).replace("queueId", "userId");
    work.write("a.json", text);
    let report = |options: &[&str]| {
        let arguments = [&["report", "a.json", "-q"], options].concat();
        work.run(&arguments).exits(0).stdout
    };
    for (format, lines) in [
        (
            "text",
            &[
                "system presence, h:mm:ss\n  On queue  1:40:00",
                "  Break     0:01:00",
            ][..],
        ),
        (
            "markdown",
            &[
                "| Value | Time, h:mm:ss | Share |",
                "| On queue | 1:40:00 | 99.0 % |",
            ],
        ),
        (
            "html",
            &["Time, h:mm:ss</th>", ">On queue</th><td>1:40:00</td>"],
        ),
    ] {
        let text = report(&["--format", format]);
        let (_, part) = text
            .split_once("Logged-in time by system presence")
            .expect(format);
        let part = part.split("</table>").next().unwrap_or_default();
        let part = format!("system presence{part}");
        for line in lines {
            assert!(part.contains(line), "{format}: {line}: {part}");
        }
        assert!(!part.contains("ON_QUEUE"), "{format}: {part}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&report(&["--format", "json"])).expect("JSON");
    let own = &json["distributions"][0];
    assert_eq!(own["of"], "tSystemPresence", "{json}");
    assert_eq!(own["shares"][0]["name"], "ON_QUEUE", "{json}");
    report(&["-o", "a.xlsx"]);
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook(work.path("a.xlsx")).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range(&mut book, "Distributions").expect("a sheet");
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    for cell in ["Logged-in time by system presence", "Time", "On queue"] {
        assert!(cells.iter().any(|it| it == cell), "{cell}: {cells:?}");
    }
}

/// Times and shares of different media types are not joined.
#[test]
fn others_of_several_media_types_have_only_counts() {
    let work = Work::new();
    let metrics = r#"{"metric":"nOffered","stats":{"count":9}},{"metric":"tAnswered","stats":{"count":8,"sum":80000}}"#;
    let of = |queue: &str, media: &str, hours| {
        let text = response(queue, hours, metrics);
        text.replace(
            r#""queueId""#,
            &format!(r#""mediaType":"{media}","queueId""#),
        )
    };
    work.write("a.json", of("a", "voice", 8..12));
    work.write("b.json", of("b", "voice", 8..10));
    for (media, has_times) in [("voice", true), ("email", false)] {
        work.write("c.json", of("c", media, 8..9));
        let json = crate::work::report(&work, &["a.json", "b.json", "c.json", "--top", "1"]);
        let rows = json["rows"].as_array().expect("rows");
        let figures = &rows.last().expect("the others")["figures"];
        assert_eq!(figures["kpi_offered"]["value"], 27, "{figures}");
        assert_eq!(
            figures["kpi_asa"]["value"].is_number(),
            has_times,
            "{figures}"
        );
    }
}

#[test]
fn a_report_is_no_response() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.run(&["report", "a.json", "-o", "report.json"])
        .exits(0);
    let said = work.run(&["report", "report.json"]).exits(1).stderr;
    let words = "error[F004] not-aggregates: a report that gcagg wrote, not a response";
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_forgotten_extension_is_the_nearest_path() {
    let work = Work::new();
    work.write("week_1.json", response("q", 8..9, OFFERED));
    work.write("week_2.json", response("q", 8..9, OFFERED));
    work.write("week_2.csv", "a");
    let said = work.run(&["report", "week_2"]).exits(3).stderr;
    assert!(said.contains("`week_2.json`"), "{said}");
}
