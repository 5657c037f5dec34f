//! `report`: the forms of one model, and the figures in it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::comparing::{days, of_format};
use crate::work::{OFFERED, Work, response, sample};

fn json(work: &Work, arguments: &[&str]) -> Value {
    let all = [&["report", "--format", "json"], arguments].concat();
    let text = work.run(&all).exits(0).stdout;
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Documents with groups and half hours over some days; figures follow from the seed.
fn documents(seed: u64, groups: u64, days: u64) -> String {
    let mut state = seed;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % limit
    };
    let mut containers = Vec::new();
    for group in 0..groups {
        let mut buckets = Vec::new();
        for half in 0..days * 48 {
            if below(4) == 0 {
                continue;
            }
            let (day, minutes) = (2 + half / 48, half % 48 * 30);
            let time = |minutes: u64| {
                let (day, minutes) = (day + minutes / 1440, minutes % 1440);
                format!(
                    "2026-03-{day:02}T{:02}:{:02}:00.000Z",
                    minutes / 60,
                    minutes % 60
                )
            };
            let (offered, handled) = (below(20), below(15));
            let (sum, met) = (handled * (1000 + below(90_000)), below(10));
            buckets.push(format!(
                r#"{{"interval":"{}/{}","metrics":[{{"metric":"nOffered","stats":{{"count":{offered}}}}},{{"metric":"tAnswered","stats":{{"count":{handled},"sum":{}}}}},{{"metric":"tHandle","stats":{{"count":{handled},"sum":{sum}}}}},{{"metric":"oServiceLevel","stats":{{"numerator":{met},"denominator":{},"target":0.8}}}}]}}"#,
                time(minutes),
                time(minutes + 30),
                handled * 7000,
                met + below(4),
            ));
        }
        let media = if group % 2 == 0 { "voice" } else { "chat" };
        containers.push(format!(
            r#"{{"group":{{"mediaType":"{media}","queueId":"queue-{group}"}},"data":[{}]}}"#,
            buckets.join(",")
        ));
    }
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// Sums of statistics: offered, handled, handle time, numerator and denominator.
type Sums = [u64; 5];

fn sums(
    document: &Value,
    mut of: impl FnMut(&Value, &str) -> Option<String>,
) -> BTreeMap<String, Sums> {
    let mut all: BTreeMap<String, Sums> = BTreeMap::new();
    for container in document["results"].as_array().expect("results") {
        for bucket in container["data"].as_array().expect("data") {
            let start = bucket["interval"].as_str().expect("an interval");
            let Some(key) = of(&container["group"], start) else {
                continue;
            };
            let sums = all.entry(key).or_default();
            for metric in bucket["metrics"].as_array().expect("metrics") {
                let get = |stat: &str| metric["stats"][stat].as_u64().unwrap_or_default();
                match metric["metric"].as_str().expect("a name") {
                    "nOffered" => sums[0] += get("count"),
                    "tHandle" => {
                        sums[1] += get("count");
                        sums[2] += get("sum");
                    }
                    "oServiceLevel" => {
                        sums[3] += get("numerator");
                        sums[4] += get("denominator");
                    }
                    _ => {}
                }
            }
        }
    }
    all
}

fn agrees(figures: &Value, sums: &Sums, what: &str) {
    let value = |name: &str| match &figures[name] {
        Value::Object(cell) => cell["value"].as_f64(),
        value => value.as_f64(),
    };
    let close = |found: Option<f64>, above: u64, below: u64, what: &str| {
        let expected = (below > 0).then(|| above as f64 / below as f64);
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!(
                    (found - expected).abs() < 0.001,
                    "{what}: {found}, not {expected}"
                );
            }
            (found, expected) => assert_eq!(found, expected, "{what}"),
        }
    };
    close(value("kpi_offered"), sums[0], 1, &format!("{what} offered"));
    close(value("kpi_aht"), sums[2], sums[1], &format!("{what} AHT"));
    close(
        value("kpi_service_level"),
        sums[3],
        sums[4],
        &format!("{what} level"),
    );
}

#[test]
fn figures_are_those_of_an_independent_computation() {
    let work = Work::new();
    for seed in 1..5 {
        let text = documents(seed, 7, 5);
        work.write("a.json", &text);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let report = json(&work, &["a.json"]);
        let total = sums(&document, |_, _| Some(String::new()));
        assert_eq!(report["totals"]["kpi_offered"]["value"], total[""][0]);
        let of_media = sums(&document, |group, _| {
            group["mediaType"].as_str().map(str::to_owned)
        });
        let media = report["media_types"].as_array().expect("media types");
        assert_eq!(media.len(), of_media.len());
        for own in media {
            let name = own["media_type"].as_str().expect("a media type");
            agrees(&own["totals"], &of_media[name], name);
        }
        // Times and shares of several media types are never joined.
        if media.len() > 1 {
            for figure in ["kpi_aht", "kpi_service_level"] {
                assert_eq!(report["totals"][figure]["value"], Value::Null, "{figure}");
                assert_eq!(
                    report["totals"][figure]["reason"], "by media type",
                    "{figure}"
                );
            }
        }
        let queues = sums(&document, |group, _| {
            group["queueId"].as_str().map(str::to_owned)
        });
        let rows = report["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), queues.len());
        for row in rows {
            let queue = row["group"]["queueId"].as_str().expect("a queue");
            agrees(&row["figures"], &queues[queue], queue);
        }
        // By volume, the greatest first.
        let volume = |row: &Value| row["figures"]["kpi_offered"]["value"].as_f64();
        assert!(
            rows.windows(2)
                .all(|pair| volume(&pair[0]) >= volume(&pair[1]))
        );
        let starts = sums(&document, |_, start| Some(start[..19].to_owned() + "Z"));
        assert!(of_media.len() > 1, "several media types");
        let points = report["series"]["points"].as_array().expect("points");
        assert_eq!(points.len(), starts.len());
        for point in points {
            let start = point["start"].as_str().expect("a start");
            let figures = &point["figures"];
            assert_eq!(
                figures["kpi_offered"].as_f64(),
                Some(starts[start][0] as f64)
            );
            // Times and shares of several media types are never joined.
            assert!(figures["kpi_aht"].is_null(), "{start}");
            assert!(figures["kpi_service_level"].is_null(), "{start}");
        }
        for name in of_media.keys() {
            let own = json(&work, &["a.json", "--where", &format!("mediaType={name}")]);
            let starts = sums(&document, |group, start| {
                (group["mediaType"] == name.as_str()).then(|| start[..19].to_owned() + "Z")
            });
            for point in own["series"]["points"].as_array().expect("points") {
                let start = point["start"].as_str().expect("a start");
                match starts.get(start) {
                    Some(sums) => agrees(&point["figures"], sums, start),
                    None => assert_eq!(point["missing"], true, "{start}"),
                }
            }
        }
        // By weekday and hour: averages per day. The second of March 2026 is a Monday.
        for row in report["by_weekday_and_hour"]["rows"]
            .as_array()
            .expect("rows")
        {
            for (hour, value) in row["hours"].as_array().expect("hours").iter().enumerate() {
                let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                    .iter()
                    .position(|day| row["weekday"] == *day)
                    .expect("a day");
                let start = format!("2026-03-{:02}T{hour:02}", 2 + day);
                let of = sums(&document, |_, it| it.starts_with(&start).then(String::new));
                let expected = of.get("").map(|sums| sums[0] as f64);
                assert_eq!(value.as_f64(), expected, "{start}");
            }
        }
        // Rows by a dimension, with the others joined to one.
        let report = json(&work, &["a.json", "--by", "mediaType"]);
        let media = sums(&document, |group, _| {
            group["mediaType"].as_str().map(str::to_owned)
        });
        for row in report["rows"].as_array().expect("rows") {
            let value = row["group"]["mediaType"].as_str().expect("a media type");
            agrees(&row["figures"], &media[value], value);
        }
        let report = json(&work, &["a.json", "--top", "2"]);
        let rows = report["rows"].as_array().expect("rows");
        assert_eq!((rows.len(), &rows[2]["others"]), (3, &Value::from(5)));
        let all = rows
            .iter()
            .map(|row| row["figures"]["kpi_offered"]["value"].as_u64());
        assert_eq!(all.sum::<Option<u64>>(), Some(total[""][0]));
    }
}

#[test]
fn text_fits_its_lines_and_names_every_group() {
    let work = Work::new();
    work.write("a.json", documents(3, 30, 2));
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for queue in 0..30 {
        assert!(text.contains(&format!(" · queue-{queue} ")), "{text}");
    }
    assert!(
        text.contains("Service level") && text.contains("  target       80 % "),
        "{text}"
    );
    assert!(text.contains('█'), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let colored = work
        .run(&["--color", "always", "report", "a.json"])
        .exits(0);
    assert!(colored.stdout.contains("\u{1b}[31m"), "{}", colored.stdout);
    let top = work
        .run(&["report", "a.json", "--top", "3"])
        .exits(0)
        .stdout;
    assert!(top.contains("Other (27)"), "{top}");
    let compared = ["report", "a.json", "--top", "3", "--compare", "a.json"];
    let compared = work.run(&compared).exits(0).stdout;
    let others = compared.split("Other (27)\n").nth(1).expect("the others");
    let offered = |text: &str| text.split("  Offered").nth(1).map(str::to_owned);
    assert!(
        offered(others).is_some_and(|it| !it.is_empty()),
        "{compared}"
    );
    let sorted = work
        .run(&["report", "a.json", "--sort", "name"])
        .exits(0)
        .stdout;
    let place = |name: &str| sorted.find(name).expect("a row");
    assert!(
        place("chat · queue-1 ") < place("voice · queue-0 "),
        "{sorted}"
    );
    let wrong = work.run(&["report", "a.json", "--sort", "Ofered"]).exits(2);
    assert!(
        wrong.stderr.contains("did you mean `Offered`?"),
        "{}",
        wrong.stderr
    );
    work.run(&["report", "a.json", "--sort", "service-level"])
        .exits(0);
}

#[test]
fn names_stand_for_ids_and_ids_stay_distinct() {
    let work = Work::new();
    let container = |id: &str, count: u32| {
        format!(
            r#"{{"group":{{"queueId":"{id}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}"#
        )
    };
    let ids = [
        "424b1fee-9709-4315-85d9-5954058b4714",
        "424b1fee-9809-4315-85d9-5954058b4714",
        "70ad2ccd-03bb-405b-a04f-14a7b6d801b2",
    ];
    let all = [
        container(ids[0], 3),
        container(ids[1], 2),
        container(ids[2], 1),
    ];
    work.write("a.json", format!(r#"{{"results":[{}]}}"#, all.join(",")));
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    assert!(
        text.contains("424b1fee-97… ") && text.contains("424b1fee-98… "),
        "{text}"
    );
    let names = format!(
        "id,name\n{},Sales\n{},Sales\n{},Service\n",
        ids[0], ids[1], ids[2]
    );
    work.write("names.csv", names);
    let arguments = ["report", "a.json", "--names", "names.csv"];
    let text = work.run(&arguments).exits(0).stdout;
    assert!(text.contains("\nService  "), "{text}");
    // A name of two queues does not tell them apart.
    let report = json(&work, &["a.json", "--names", "names.csv"]);
    assert_eq!(report["rows"][0]["name"], format!("Sales ({})", ids[0]));
}

#[test]
fn a_comparison_has_every_change_and_marks_targets() {
    let work = Work::new();
    let metrics = |offered: u32, met: u32| {
        format!(
            r#"{{"metric":"nOffered","stats":{{"count":{offered}}}}},{{"metric":"oServiceLevel","stats":{{"numerator":{met},"denominator":10,"target":0.8}}}}"#
        )
    };
    work.write("now.json", response("q", 8..9, &metrics(12, 9)));
    work.write("before.json", response("q", 8..9, &metrics(10, 7)));
    work.write("other.json", response("r", 8..9, &metrics(1, 1)));
    let text = work
        .run(&[
            "report",
            "now.json",
            "--compare",
            "before.json",
            "other.json",
        ])
        .exits(0)
        .stdout;
    for part in [
        "+2",
        "+20.0 %",
        "+20.0 points",
        "target met now",
        "Compared with: before.json, other.json",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let report = json(
        &work,
        &["now.json", "--compare", "before.json", "other.json"],
    );
    let row = &report["rows"][0]["figures"];
    assert_eq!(row["kpi_offered"]["change"], 2);
    assert_eq!(row["kpi_service_level"]["target_now_met"], true);
    // A group that is no more.
    let gone = &report["rows"][1];
    assert_eq!(gone["group"]["queueId"], "r");
    assert_eq!(gone["figures"]["kpi_offered"]["value"], Value::Null);
    assert_eq!(gone["figures"]["kpi_offered"]["before"], 1);
    for format in ["markdown", "html"] {
        let arguments = [
            "report",
            "now.json",
            "--format",
            format,
            "--compare",
            "before.json",
        ];
        let report = work.run(&arguments).exits(0).stdout;
        assert!(report.contains("+20.0 points"), "{report}");
    }
}

#[test]
fn standard_input_is_not_compared_with_itself() {
    let work = Work::new();
    for arguments in [
        &["report", "-", "--compare", "-"][..],
        &["report", "--compare", "-"],
    ] {
        let ran = work.run(arguments).exits(2);
        assert!(ran.stderr.contains("with itself"), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_known_is_said() {
    let work = Work::new();
    let ratio = r#"{"metric":"oServiceLevel","stats":{"ratio":0.5}},{"metric":"nConversations","stats":{"count":3}},{"metric":"tHandle","stats":{"count":2,"sum":9000,"p95":5}}"#;
    work.write("a.json", response("q", 8..10, ratio));
    let report = json(&work, &["a.json"]);
    let notes = report["notes"].to_string();
    for words in ["no service level", "upper bound", "p95 cannot be merged"] {
        assert!(notes.contains(words), "{words}: {notes}");
    }
    let level = &report["totals"]["kpi_service_level"];
    assert_eq!(level["value"], Value::Null);
    assert_eq!(level["reason"], "incomplete statistics");
    // A group that lacks a dimension is a part of the whole.
    let container = |group: &str, count: u32| {
        format!(
            r#"{{"group":{{{group}}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}"#
        )
    };
    let all = [
        container(r#""mediaType":"voice""#, 3),
        container(r#""mediaType":"voice","queueId":"a""#, 1),
        container(r#""mediaType":"voice","queueId":"b""#, 2),
    ];
    work.write(
        "levels.json",
        format!(r#"{{"results":[{}]}}"#, all.join(",")),
    );
    let report = json(&work, &["levels.json"]);
    assert_eq!(report["totals"]["kpi_offered"]["value"], 6);
    assert_eq!(report["notes"], serde_json::json!([]));
    // An interval that is not over.
    let year = OFFERED.to_owned();
    let open = response("q", 8..9, &year).replace("2026-03-02T09", "2126-03-02T09");
    work.write("open.json", open);
    let report = json(&work, &["open.json", "--ignore", "T006"]);
    assert_eq!(report["series"]["points"][0]["incomplete"], true);
    assert!(
        report["notes"].to_string().contains("incomplete"),
        "{report}"
    );
}

#[test]
fn hostile_text_stays_text() {
    let work = Work::new();
    let hostile =
        r#"<script>alert(1)</script><img src=x onerror=alert(1)>\" & ' | `x` *y* [z](http://e)"#;
    let metrics = format!(
        r#"{OFFERED},{{"metric":"tSystemPresence","qualifier":"{hostile}","stats":{{"sum":1}}}},{{"metric":"tSystemPresence","qualifier":"B","stats":{{"sum":2}}}},{{"metric":"n{hostile}","stats":{{"count":1}}}}"#
    );
    work.write("a.json", response(hostile, 8..10, &metrics));
    let arguments = ["report", "a.json", "--format", "html"];
    let html = work.run(&arguments).exits(0).stdout;
    assert_eq!(html.matches("<script>").count(), 1, "{html}");
    assert!(
        !html.contains("<img") && html.contains("&#60;img"),
        "{html}"
    );
    assert!(html.contains("default-src 'none'") || html.contains("default-src &#39;none&#39;"));
    for outward in ["http://", "https://", "url(", "@import", "src="] {
        let inside = html.replace("http://e)", "").replace("src=x onerror", "");
        assert!(!inside.contains(outward), "{outward}");
    }
    let arguments = ["report", "a.json", "--format", "markdown"];
    let markdown = work.run(&arguments).exits(0).stdout;
    assert!(
        !markdown.contains("<script>") || markdown.contains(r"\<script>"),
        "{markdown}"
    );
    assert!(!markdown.contains(" | `x`"), "{markdown}");
    json(&work, &["a.json"]);
}

#[test]
fn a_page_has_a_limited_size_and_every_group_that_fits() {
    let work = Work::new();
    work.write("a.json", documents(5, 500, 1));
    work.run(&["report", "a.json", "-o", "a.html"]).exits(0);
    let html = String::from_utf8(work.read("a.html")).expect("text");
    assert!(html.len() < 1_000_000, "{}", html.len());
    for queue in 0..500 {
        assert!(html.contains(&format!(">queue-{queue}<")), "queue-{queue}");
    }
    // Far more groups than a page has room for.
    let container = |number: u32| {
        format!(
            r#"{{"group":{{"queueId":"queue-with-a-long-name-{number}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{number}}}}}]}}]}}"#
        )
    };
    let all: Vec<String> = (0..40_000).map(container).collect();
    work.write("many.json", format!(r#"{{"results":[{}]}}"#, all.join(",")));
    work.run(&["report", "many.json", "-o", "many.html"])
        .exits(0);
    let html = String::from_utf8(work.read("many.html")).expect("text");
    assert!(html.len() <= 1_500_000, "{}", html.len());
    assert!(html.contains("rows have no room in this page"));
}

#[test]
fn every_sample_has_a_report_in_every_form() {
    let work = Work::new();
    for name in [
        "queue-day.json",
        "user-presence.json",
        "views.json",
        "flow.json",
        "bot.json",
        "survey.json",
        "evaluation.json",
        "summary-flat.json",
        "nightly.ndjson",
    ] {
        for format in ["text", "markdown", "html", "json"] {
            let arguments = [
                "report",
                &sample(name),
                "--format",
                format,
                "--timezone",
                "Europe/Berlin",
            ];
            let report = work.run(&arguments).exits(0).stdout;
            assert!(report.len() > 80, "{name} {format}: {report}");
            assert!(
                !report.contains("NaN") && !report.contains("inf "),
                "{name} {format}"
            );
        }
    }
    let piped = work.pipe(
        &["report", "-", "-o", "day.html"],
        response("q", 8..9, OFFERED).as_bytes(),
    );
    piped.exits(0);
    assert!(work.read("day.html").starts_with(b"<!doctype html>"));
    work.run(&[
        "report",
        &sample("queue-day.json"),
        "--format",
        "html",
        "--detail",
    ])
    .exits(2);
}

#[test]
fn all_figures_of_the_page_have_the_changes_of_each_media_type() {
    let work = Work::new();
    let file = |days_of: &[(u32, u32)], name: &str| {
        let voice = days("q", days_of);
        let email = voice.replace("voice", "email");
        work.write(name, format!("[{voice},{email}]"));
    };
    file(&[(2, 100)], "before.json");
    file(&[(9, 110)], "now.json");
    let page = of_format(&work, "html");
    let table = page.split("All figures").nth(1).expect("the table");
    let row = table.split("</tr>").find(|it| it.contains(">Offered<"));
    let row = row.expect("a row");
    assert_eq!(row.matches("+10.0 %</small>").count(), 2, "{row}");
}
