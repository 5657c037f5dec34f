//! Notes, distributions, figures and widths of reports, as the documentation describes them.

use calamine::{Reader as _, Xlsx};
use serde_json::Value;

use crate::ends::hours;
use crate::work::{OFFERED, VOICE, Work, count, counted, joined, report, response};

fn notes(work: &Work, arguments: &[&str]) -> Vec<String> {
    let report = report(work, arguments);
    let notes = report["notes"].as_array().expect("notes");
    let notes = notes.iter().map(|it| it.as_str().expect("text").to_owned());
    notes.collect()
}

/// Days of October 2026 with calls.
fn write_days(work: &Work, name: &str, days: std::ops::RangeInclusive<u32>) {
    let days: Vec<(u32, u32, u32)> = days.map(|day| (day, 8, 20)).collect();
    work.write(name, counted(&[("voice", &hours(&days))]));
}

#[test]
fn a_compared_day_makes_no_incomplete_week() {
    let work = Work::new();
    write_days(&work, "sunday.json", 18..=18);
    write_days(&work, "before.json", 12..=18);
    for (last, compared, is_incomplete) in [
        (19, "sunday.json", false),
        (23, "sunday.json", false),
        (19, "before.json", false),
        (24, "before.json", true),
    ] {
        write_days(&work, "week.json", 19..=last);
        let notes = notes(&work, &["week.json", "--compare", compared]);
        let note = "The last week is not complete: no data on Sun 25 Oct 2026.";
        let found = notes.iter().any(|it| it.contains("not complete"));
        assert_eq!(found, is_incomplete, "{last} {compared} {notes:?}");
        assert!(!found || notes.iter().any(|it| it == note), "{notes:?}");
    }
}

#[test]
fn bad_parts_are_those_of_the_report_or_of_the_compared_inputs() {
    let work = Work::new();
    let good = response("q", 8..12, OFFERED);
    let bad = |name: &str, queue: &str, times: usize| {
        let mut text = response(queue, 8..12, OFFERED);
        let places = good.match_indices("/2026").map(|(at, _)| at).take(times);
        for at in places {
            text.replace_range(at..=at, "_");
        }
        work.write(name, text);
    };
    work.write("good.json", &good);
    bad("in/b1.json", "q", 1);
    bad("in/b2.json", "r", 2);
    let own = "Data with errors is left out of all figures, in 1 place: b1.json.";
    let both = "Data with errors is left out of all figures, in 3 places: b1.json, b2.json.";
    let compared = "Data with errors is left out of the compared figures, in 2 places: b2.json.";
    let skip = ["--on-error", "skip"];
    for (arguments, expected) in [
        (
            &["in/b1.json", "--compare", "in/b2.json"][..],
            &[own, compared][..],
        ),
        (&["good.json", "--compare", "in/b2.json"], &[compared]),
        (&["in/b1.json", "--compare", "good.json"], &[own]),
        (&["in/b1.json", "--compare", "in/b1.json"], &[own]),
        (&["in", "--compare", "in/b2.json"], &[both]),
    ] {
        let found = notes(&work, &[arguments, &skip].concat());
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        let found: Vec<&str> = found
            .into_iter()
            .filter(|it| it.contains("errors"))
            .collect();
        assert_eq!(found, expected, "{arguments:?}");
        let output = ["-o", "t.html", "--manifest", "run.json"];
        work.run(&[&["report"], arguments, &skip, &output].concat())
            .exits(0);
        work.run(&["verify", "run.json"]).exits(0);
        let manifest: Value = serde_json::from_slice(&work.read("run.json")).expect("JSON");
        let left_out = manifest["left_out"].as_array().expect("a list");
        assert_eq!(left_out.len(), expected.len(), "{arguments:?}");
    }
    // The workbook has the reason beside each source.
    let run = [
        "report",
        "good.json",
        "--compare",
        "in/b2.json",
        "-o",
        "t.xlsx",
    ];
    work.run(&[&run[..], &skip].concat()).exits(0);
    let about = cells(&work, "About");
    let why = "earlier period, a part is left out: the interval";
    assert!(
        about.iter().flatten().any(|it| it.starts_with(why)),
        "{about:?}"
    );
}

/// The cells of a sheet of `t.xlsx`.
fn cells(work: &Work, sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("t.xlsx")).expect("a workbook");
    let range = book.worksheet_range(sheet).expect(sheet);
    let rows = range.rows();
    let rows = rows.map(|row| row.iter().map(ToString::to_string).collect());
    rows.collect()
}

#[test]
fn codes_and_outcomes_alone_have_their_shares() {
    let work = Work::new();
    let container = |group: &str, metric: &str| {
        let interval = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
        format!(
            r#"{{"group":{{{group}}},"data":[{{"interval":"{interval}","metrics":[{metric}]}}]}}"#
        )
    };
    let timer =
        |count: u32| format!(r#"{{"metric":"tHandle","stats":{{"count":{count},"sum":9000}}}}"#);
    let codes = |more: &str| {
        let code = |name: &str, count: u32| {
            container(
                &format!(r#"{VOICE},"wrapUpCode":"{name}"{more}"#),
                &timer(count),
            )
        };
        joined(&[code("sale", 3), code("no sale", 1)])
    };
    work.write("codes.json", codes(""));
    work.write("queued.json", codes(r#","queueId":"q""#));
    let outcomes = |dimension: &str| {
        let outcome = |value: &str, number: u32| {
            let group = format!(r#""{dimension}":"{value}""#);
            container(&group, &count("nFlowOutcome", number))
        };
        joined(&[outcome("a", 3), outcome("b", 1)])
    };
    work.write("outcomes.json", outcomes("flowOutcomeId"));
    work.write("results.json", outcomes("flowOutcomeValue"));
    let calls = format!(r#"{VOICE},"queueId":"q""#);
    work.write("calls.json", joined(&[container(&calls, OFFERED)]));
    for (inputs, title, of) in [
        (&["codes.json"][..], "Wrap-up codes", "Handled"),
        (&["queued.json"], "Wrap-up codes", "Handled"),
        (&["codes.json", "calls.json"], "Wrap-up codes", "Handled"),
        (&["outcomes.json"], "Flow outcomes", "Flow outcomes"),
        (
            &["results.json"],
            "Results of flow outcomes",
            "Flow outcomes",
        ),
        (
            &["outcomes.json", "calls.json"],
            "Flow outcomes",
            "Flow outcomes",
        ),
    ] {
        let json = report(&work, inputs);
        let all = json["distributions"].as_array().expect("a list");
        let found = all.iter().find(|it| it["title"] == title);
        let found = found.unwrap_or_else(|| panic!("{inputs:?} {title}: {all:?}"));
        assert_eq!(found["of"], of, "{inputs:?}");
        assert_eq!(found["shares"][0]["percent"], 75.0, "{inputs:?}");
        let text = work.run(&[&["report", "-q"], inputs].concat()).exits(0);
        assert!(
            text.stdout.contains(&format!("\n{title}")),
            "{}",
            text.stdout
        );
        work.run(&[&["report", "-o", "t.xlsx"], inputs].concat())
            .exits(0);
        let sheet = cells(&work, "Distributions");
        let mut heads = sheet.iter().flatten();
        assert!(heads.any(|it| it.starts_with(title)), "{sheet:?}");
        let page = work.run(&[&["report", "-q", "--format", "html"], inputs].concat());
        assert!(page.stdout.contains(title), "{inputs:?}");
    }
}

/// A document of two days with a day between them, with all headline figures and long names.
fn write_figures(work: &Work, name: &str, days: [u32; 2], queues: &[&str]) {
    let metrics = |factor: u32| {
        let timer = |metric: &str, count: u32, sum: u32| {
            format!(
                r#"{{"metric":"{metric}","stats":{{"count":{},"sum":{}}}}}"#,
                count * factor,
                sum * factor
            )
        };
        [
            count("nOffered", 10 * factor),
            count("nTransferred", factor),
            timer("tAnswered", 8, 80_000),
            timer("tAbandon", 2, 30_000),
            timer("tHandle", 8, 2_400_000),
            timer("tAcw", 8, 240_000),
            format!(
                r#"{{"metric":"oServiceLevel","stats":{{"numerator":{},"denominator":{},"target":0.8}}}}"#,
                7 * factor,
                10 * factor
            ),
        ]
        .join(",")
    };
    let containers = queues.iter().zip(1000..).map(|(queue, factor)| {
        let hours = days.iter().flat_map(|day| (8..20).map(move |hour| (day, hour)));
        let buckets = hours.map(|(day, hour)| {
            format!(
                r#"{{"interval":"2026-03-{day:02}T{hour:02}:00:00.000Z/2026-03-{day:02}T{:02}:00:00.000Z","metrics":[{}]}}"#,
                hour + 1,
                metrics(factor)
            )
        });
        let buckets: Vec<String> = buckets.collect();
        format!(
            r#"{{"group":{{{VOICE},"queueId":"{queue}"}},"data":[{}]}}"#,
            buckets.join(",")
        )
    });
    work.write(name, joined(&containers.collect::<Vec<_>>()));
}

#[test]
fn headline_figures_have_one_order_in_every_form() {
    let work = Work::new();
    write_figures(&work, "a.json", [2, 3], &["q"]);
    let order = ["Offered", "Service level", "Abandoned %", "ASA", "AHT"];
    let ordered = |places: Vec<Option<usize>>, what: &str| {
        assert!(places.iter().all(Option::is_some), "{what}: {places:?}");
        assert!(places.is_sorted(), "{what}: {places:?}");
    };
    let lines = |text: &str, start: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let place = |name: &str| {
            let start = format!("{start}{name}");
            lines.iter().position(|line| line.starts_with(&start))
        };
        let mut places: Vec<Option<usize>> = order.map(place).to_vec();
        places.push(place("Answered"));
        places.push(place("Transferred"));
        places
    };
    let of = |format: &str| {
        let run = ["report", "-q", "a.json", "--format", format];
        work.run(&run).exits(0).stdout
    };
    ordered(lines(&of("text"), "  "), "text");
    ordered(lines(&of("markdown"), "| "), "markdown");
    let csv = of("csv");
    let heads: Vec<&str> = csv.lines().next().expect("heads").split(',').collect();
    let column = |name: &&str| heads.iter().position(|head| head.starts_with(name));
    ordered(order.iter().map(column).collect(), "csv");
    assert!(column(&"AHT") < column(&"Answered"), "{csv}");
    let json: Value = serde_json::from_str(&of("json")).expect("JSON");
    let of_object = |value: &Value| {
        let keys: Vec<&String> = value.as_object().expect("an object").keys().collect();
        let ids = ["offered", "service_level", "abandoned_ratio", "asa", "aht"];
        let place = |id: &str| keys.iter().position(|key| **key == format!("kpi_{id}"));
        ids.map(place).to_vec()
    };
    ordered(of_object(&json["totals"]), "totals");
    ordered(of_object(&json["rows"][0]["figures"]), "rows");
    work.run(&["report", "a.json", "-o", "t.xlsx"]).exits(0);
    let sheet = cells(&work, "Summary");
    let titles = sheet
        .iter()
        .find(|row| row.iter().any(|it| it == "Offered"));
    let titles = titles.expect("titles");
    let names = [
        "Offered",
        "Service level",
        "Abandoned %",
        "Speed of",
        "Handle time",
    ];
    let column = |name: &&str| titles.iter().position(|it| it.starts_with(name));
    ordered(names.iter().map(column).collect(), "Summary");
}

#[test]
fn missing_days_come_first() {
    let work = Work::new();
    write_figures(&work, "a.json", [2, 4], &["q"]);
    let note = "No data on Tue 3 Mar 2026.";
    let text = work
        .run(&["report", "a.json", "--title", "T"])
        .exits(0)
        .stdout;
    assert_eq!(text.lines().nth(2), Some(note), "{text}");
    assert_eq!(text.matches(note).count(), 1, "{text}");
    let markdown = ["report", "a.json", "--format", "markdown"];
    let markdown = work.run(&markdown).exits(0).stdout;
    let blocks: Vec<&str> = markdown.split("\n\n").collect();
    assert_eq!(blocks.get(2), Some(&note), "{markdown}");
    assert_eq!(markdown.matches(note).count(), 1, "{markdown}");
    assert_eq!(
        notes(&work, &["a.json"]).first().map(String::as_str),
        Some(note)
    );
}

#[cfg(unix)]
#[test]
fn every_line_fits_the_terminal() {
    let work = Work::new();
    let queues = [
        "3f1a9d6c-5a5e-4c7b-9b1d-0f2e8c6a4b10",
        "A queue with a long name that no narrow terminal has room for, and some words more",
        &"x".repeat(120),
    ];
    write_figures(&work, "a.json", [9, 11], &queues);
    write_figures(&work, "b.json", [2, 3], &queues);
    for options in [
        &[][..],
        &["--detail"],
        &["--compare", "b.json"],
        &["--by", "queue"],
        &[
            "--title",
            "A title of the report that is as long as a line of a terminal, or longer than it",
        ],
    ] {
        for width in [40, 60, 80, 100] {
            let mut command = work.command(&[&["report", "-q", "a.json"], options].concat());
            command
                .env("COLUMNS", width.to_string())
                .env("NO_COLOR", "1");
            let Some(shown) = work.on_terminal(&command) else {
                return;
            };
            assert!(shown.contains("AHT"), "{shown}");
            for line in shown.lines() {
                let line = line.trim_end();
                assert!(
                    line.chars().count() <= width,
                    "{options:?} {width}: {line}\n{shown}"
                );
            }
        }
    }
}

#[test]
fn tables_of_groups_have_their_totals() {
    let work = Work::new();
    write_figures(&work, "a.json", [2, 3], &["q", "r"]);
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    // 24 hours with 10,000 and 10,010 calls.
    let total = text.lines().find(|line| line.starts_with("voice · All "));
    let cells: Vec<&str> = total.expect("a total").split_whitespace().collect();
    assert_eq!(cells[3..5], ["480,240", "70.0"], "{text}");
    let markdown = ["report", "a.json", "--by", "queue", "--format", "markdown"];
    let markdown = work.run(&markdown).exits(0).stdout;
    assert!(
        markdown.contains("\n| All | 480,240 | 70.0 % |"),
        "{markdown}"
    );
    let one = ["report", "a.json", "--where", "queue=q"];
    let one = work.run(&one).exits(0).stdout;
    assert!(!one.contains("All"), "{one}");
}
