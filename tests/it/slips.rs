//! Slips that people make, and the words that lead them on.

use crate::work::{OFFERED, Ran, Work, response};

const DESK: &str = "424b1fee-9709-4315-85d9-5954058b4714";
const SALES: &str = "70ad2ccd-03bb-405b-a04f-14a7b6d801b2";

fn work() -> Work {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write("queue-day.json", response("q", 8..9, OFFERED));
    work.write("samples/b.json", response("q", 8..9, OFFERED));
    work
}

/// Asserts the words of errors, each for what was typed.
#[track_caller]
fn says(work: &Work, code: i32, all: &[(&str, &str)]) {
    for (typed, words) in all {
        let arguments: Vec<&str> = typed.split(' ').collect();
        let ran = work.run(&arguments).exits(code);
        assert!(ran.stderr.contains(words), "{typed}: {}", ran.stderr);
        assert!(
            !ran.stderr.contains("as a value"),
            "{typed}: {}",
            ran.stderr
        );
    }
}

#[test]
fn options_of_other_commands_and_tools() {
    let work = work();
    says(
        &work,
        2,
        &[
            ("convert a.json --wide", "did you mean `--layout wide`?"),
            (
                "convert a.json --by queueId",
                "`--by` belongs to `report` and `rollup`",
            ),
            (
                "convert a.json --every 1d",
                "`--every` belongs to `report` and `rollup`",
            ),
            (
                "report a.json --group-by queueId",
                "did you mean `--by queueId`?",
            ),
            ("convert a.json --xlsx", "write `-o table.xlsx`"),
            (
                "convert a.json --queue X",
                "did you mean `--where queue=X`?",
            ),
            ("report a.json --kpi", "reports always have key figures"),
            (
                "report a.json --durations s",
                "`convert` and `rollup` have `--durations`",
            ),
            ("convert a.json --timezne UTC", "did you mean `--timezone`?"),
            ("-version", "did you mean `--version`?"),
            ("csv a.json", "did you mean `convert`?"),
            ("tocsv a.json", "did you mean `convert`?"),
            ("export a.json", "did you mean `convert`?"),
            ("convrt a.json", "did you mean `convert`?"),
            ("help convrt", "did you mean `convert`?"),
            (
                "convert a.json --timezone London",
                "did you mean `Europe/London`?",
            ),
            ("convert a.json --sort -count", "did you mean `count:desc`?"),
            (
                "convert a.json --sort count:descending",
                "did you mean `count:desc`?",
            ),
            ("convert a.json --durations hh:mm:ss", "did you mean `hms`?"),
            ("convert https://example.com/a.json", "gcagg fetch"),
            (
                "convert a.json --per-file -o queue-day.csv",
                "name a folder",
            ),
            ("report a.json --by queuId", "did you mean `queueId`?"),
        ],
    );
    let ran = work.run(&["convert", "a.json", "--queue", "X"]);
    assert!(!ran.stderr.contains("--quiet"), "{}", ran.stderr);
    let ran = work
        .run(&["validate", "a.json", "--format", "csv"])
        .exits(2);
    assert!(ran.stderr.contains("-o table.csv"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("--from"), "{}", ran.stderr);
    assert!(!work.exists("queue-day.csv"));
    for option in [
        "--layout wide",
        "--durations s",
        "--excel",
        "--columns all",
        "--dims queueId",
        "--source-column",
    ] {
        says(
            &work,
            2,
            &[(
                &format!("rollup a.json {option}"),
                "needs a table: -t csv, or -o table.csv",
            )],
        );
    }
}

#[test]
fn files_and_folders_that_are_not_there() {
    let work = work();
    work.write("names.csv", "id,name\n");
    says(
        &work,
        3,
        &[
            ("convert queue-dya.json", "did you mean `queue-day.json`?"),
            ("convert queue-dya.json", "no such file"),
            (
                "convert a.json --names nmaes.csv",
                "did you mean `names.csv`?",
            ),
            (
                "convert a.json -o samples",
                "name a file in it: -o samples/",
            ),
            ("convert a.json -o nodir/x.csv", "mkdir nodir"),
        ],
    );
}

#[test]
fn values_of_lists_have_any_case_and_their_other_names() {
    let work = work();
    for typed in [
        "convert a.json -t excel -o a1.xlsx",
        "convert a.json -t CSV",
        "convert a.json --layout WIDE",
        "convert a.json --durations Minutes",
        "convert a.json --timezone europe/berlin",
        "report a.json --format JSON",
        "report a.json --format Excel -o a2.xlsx",
        "rollup a.json --every 1y",
        "report a.json --by Queue",
        "rollup a.json --by media",
        "report a.json --sort OFFERED",
        "convert a.json --dims queue",
        "convert a.json --columns QUEUE,count",
        "convert a.json --sort COUNT:desc",
        "convert a.json --partition-by queue -o parts",
        "report a.json -o x.csv",
    ] {
        let arguments: Vec<&str> = typed.split(' ').collect();
        work.run(&arguments).exits(0);
    }
    assert!(work.read("a1.xlsx").starts_with(b"PK"));
}

#[test]
fn what_is_unknown_has_the_nearest_name() {
    let work = desk();
    says(
        &work,
        2,
        &[
            ("convert a.json -t excle", "did you mean `excel`?"),
            (
                "convert a.json --durations secnds",
                "did you mean `seconds`?",
            ),
            ("report a.json --format htlm", "did you mean `html`?"),
            ("report a.json --format exel", "did you mean `excel`?"),
            ("validate a.json --format jsn", "did you mean `json`?"),
            ("schema table --format dbtt", "did you mean `dbt`?"),
            ("report a.json --by quue", "did you mean `queue`?"),
            ("rollup a.json --by queuId", "did you mean `queueId`?"),
        ],
    );
    says(
        &work,
        0,
        &[
            (
                "convert a.json --metric talkTme",
                "did you mean `talkTime`?",
            ),
            ("convert a.json --where quue=x", "did you mean `queue`?"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn binary_output_is_not_for_a_terminal() {
    let work = work();
    let Some(shown) = work.on_terminal(&work.command(&["convert", "a.json", "-t", "xlsx"])) else {
        return;
    };
    assert!(shown.contains("-o table.xlsx"), "{shown}");
}

/// Two queues, of which one has a name, a brand and a service.
fn desk() -> Work {
    let work = Work::new();
    for (file, queue) in [("a.json", DESK), ("b.json", SALES)] {
        let text = response(
            queue,
            8..10,
            r#"{"metric":"nOffered","stats":{"count":5}},{"metric":"tTalkComplete","stats":{"count":2,"sum":9000}},{"metric":"tHandle","stats":{"count":2,"sum":10000}},{"metric":"tAcw","stats":{"count":1,"sum":1000}}"#,
        );
        work.write(file, text);
    }
    work.write(
        "names.csv",
        format!("id,name,brand,service\n{DESK},Service Desk,Acme,Billing\n{SALES},Sales,Zeta,\n"),
    );
    work
}

fn rows(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().skip(1).collect()
}

#[test]
fn metrics_have_the_names_that_people_know() {
    let work = desk();
    for (typed, metric) in [
        ("talkTime", "tTalkComplete"),
        ("AHT", "tHandle"),
        ("wrap-up", "tAcw"),
        ("NOFFERED", "nOffered"),
        ("T*complete", "tTalkComplete"),
    ] {
        let ran = work
            .run(&["convert", "a.json", "--metric", typed, "-q"])
            .exits(0);
        let all = rows(&ran);
        assert_eq!(all.len(), 2, "{typed}: {}", ran.stdout);
        assert!(all.iter().all(|row| row.contains(metric)), "{}", ran.stdout);
    }
    for (typed, words) in [
        ("wrap-up time", "Wrap-up"),
        ("hold time", "Hold"),
        ("Queue", "queueId"),
    ] {
        let ran = work.run(&["explain", typed]).exits(0);
        assert!(ran.stdout.contains(words), "{typed}: {}", ran.stdout);
    }
}

#[test]
fn groups_are_found_by_their_names_and_attributes() {
    let work = desk();
    for (condition, queue) in [
        ("queue=Service Desk", DESK),
        ("queueId=service desk", DESK),
        ("queue_name=Service Desk", DESK),
        ("QUEUE=sales", SALES),
        ("service=Billing", DESK),
        ("queue_service=Billing", DESK),
        ("service=(none)", SALES),
        ("brand=Zeta", SALES),
    ] {
        let ran = work
            .run(&[
                "convert",
                "a.json",
                "b.json",
                "--names",
                "names.csv",
                "--where",
                condition,
                "-q",
            ])
            .exits(0);
        let all = rows(&ran);
        assert_eq!(all.len(), 8, "{condition}: {}", ran.stderr);
        assert!(all.iter().all(|row| row.contains(queue)), "{condition}");
    }
    let ran = work.run(&[
        "convert",
        "a.json",
        "b.json",
        "--names",
        "names.csv",
        "--where",
        "queue=Nothing at all",
    ]);
    assert!(ran.stderr.contains("Sales"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(SALES), "{}", ran.stderr);
}

#[test]
fn attributes_are_columns_and_dimensions_in_every_command() {
    let work = desk();
    let ran = work
        .run(&["convert", "a.json", "b.json", "--names", "names.csv", "-q"])
        .exits(0);
    assert!(
        ran.stdout
            .starts_with("queueId,queue_name,queue_brand,queue_service,"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(&format!("{SALES},Sales,Zeta,,")),
        "{}",
        ran.stdout
    );
    let ran = work
        .run(&[
            "report",
            "a.json",
            "b.json",
            "--names",
            "names.csv",
            "--by",
            "service",
            "--format",
            "json",
        ])
        .exits(0);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("Billing"), "{}", ran.stdout);
    let ran = work
        .run(&[
            "rollup",
            "a.json",
            "b.json",
            "--names",
            "names.csv",
            "--by",
            "Brand",
            "--every",
            "1d",
        ])
        .exits(0);
    assert!(
        ran.stdout.contains(r#""group":{"queue_brand":"Acme"}"#),
        "{}",
        ran.stdout
    );
    // The groups of both services add up to the whole, the absent one included.
    let ran = work
        .run(&[
            "rollup",
            "a.json",
            "b.json",
            "--names",
            "names.csv",
            "--by",
            "service",
            "--every",
            "1d",
            "-t",
            "csv",
            "--metric",
            "nOffered",
        ])
        .exits(0);
    let counts = ran
        .stdout
        .lines()
        .skip(1)
        .filter_map(|row| row.rsplit(',').next()?.parse::<i64>().ok());
    assert_eq!(counts.collect::<Vec<_>>(), [10, 10], "{}", ran.stdout);
    let ran = work
        .run(&["report", "a.json", "--names", "names.csv", "--by", "brandd"])
        .exits(2);
    assert!(
        ran.stderr.contains("did you mean `brand`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn sheets_are_named_after_a_dimension_without_a_column() {
    use calamine::{Reader as _, Xlsx, open_workbook};
    let work = desk();
    work.run(&[
        "convert",
        "a.json",
        "b.json",
        "--names",
        "names.csv",
        "--columns",
        "interval_start,nOffered_count=Offered",
        "--sheet-by",
        "queue",
        "-o",
        "t.xlsx",
    ])
    .exits(0);
    let mut book: Xlsx<_> = open_workbook(work.path("t.xlsx")).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Service Desk", "Sales", "About"]);
    let sheet = book.worksheet_range("Sales").expect("a sheet");
    let heads: Vec<String> = sheet
        .rows()
        .next()
        .expect("a row")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(heads, ["interval_start (UTC)", "Offered"]);
    assert_eq!(sheet.height(), 3);
}

#[cfg(feature = "fetch")]
#[test]
fn queries_take_the_names_that_people_know() {
    let work = Work::new();
    for (typed, metric) in [
        ("wrapUpTime", "tAcw"),
        ("talktime", "tTalkComplete"),
        ("AHT", "tHandle"),
    ] {
        let ran = work
            .run(&[
                "fetch",
                "--metric",
                typed,
                "--group-by",
                "queue",
                "--last",
                "1d",
                "--dry-run",
            ])
            .exits(0);
        assert!(ran.stdout.contains(metric), "{typed}: {}", ran.stdout);
        assert!(ran.stdout.contains("queueId"), "{typed}: {}", ran.stdout);
    }
}

#[test]
fn help_is_short_where_it_is_asked_for_shortly() {
    let work = Work::new();
    let alone = work.run(&[]);
    let lines = |text: &str| text.lines().count();
    assert!(
        lines(&alone.stderr) + lines(&alone.stdout) <= 20,
        "{}",
        alone.stderr
    );
}

#[test]
fn headers_are_those_that_people_read() {
    use calamine::{Reader as _, Xlsx, open_workbook};
    let work = desk();
    let all = ["convert", "a.json", "--names", "names.csv", "-q"];
    work.run(&[&all[..], &["--kpi", "-o", "t.xlsx"]].concat())
        .exits(0);
    let mut book: Xlsx<_> = open_workbook(work.path("t.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Table").expect("a sheet");
    let heads: Vec<String> = sheet
        .rows()
        .next()
        .expect("a row")
        .iter()
        .map(ToString::to_string)
        .collect();
    for head in [
        "Queue id",
        "Queue",
        "Queue brand",
        "Start (UTC)",
        "Offered",
        "AHT",
    ] {
        assert!(heads.iter().any(|it| it == head), "{head}: {heads:?}");
    }
    let text = |options: &[&str]| work.run(&[&all[..], options].concat()).exits(0).stdout;
    let human = text(&["--kpi", "--headers", "human"]);
    assert!(human.starts_with("Queue,Queue id,Queue brand,"), "{human}");
    let names = text(&["--kpi"]);
    assert!(names.contains("kpi_aht"), "{names}");
}

#[cfg(unix)]
#[test]
fn findings_fit_the_terminal_and_have_their_severity_in_words() {
    let work = Work::new();
    work.write("bad.json", r#"{"results":[]} and more text"#);
    let mut command = work.command(&["validate", "bad.json"]);
    command.env("COLUMNS", "60");
    let Some(colored) = work.on_terminal(&command) else {
        return;
    };
    assert!(colored.contains("error[J006]"), "{colored}");
    assert!(
        colored.contains("unexpected text after the document"),
        "{colored}"
    );
    assert!(colored.contains("\u{1b}["), "{colored}");
    command.env("NO_COLOR", "1");
    let plain = work.on_terminal(&command).expect("a terminal");
    assert!(plain.contains('×') && !plain.contains("\u{1b}["), "{plain}");
    for line in plain
        .lines()
        .filter(|line| line.contains("help") || line.contains("outputs"))
    {
        assert!(line.chars().count() <= 61, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn excerpts_fit_narrow_terminals() {
    let work = Work::new();
    let long = r#""mediaType":"voice","queueId":"q","division":"far away""#;
    work.write(
        "bad.json",
        format!(
            r#"{{"results":[{{"group":{{{long}}},"data":7}},{{"group":{{{long}}},"data":[]}}]}}"#
        ),
    );
    for width in [40, 80] {
        let mut command = work.command(&["validate", "bad.json"]);
        command
            .env("COLUMNS", width.to_string())
            .env("NO_COLOR", "1");
        let Some(shown) = work.on_terminal(&command) else {
            return;
        };
        assert!(shown.contains("\"data\":7"), "{shown}");
        for line in shown.lines().take_while(|line| !line.contains("1 file")) {
            assert!(line.trim_end().chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn short_help_has_the_everyday_options_and_two_examples() {
    let work = Work::new();
    for command in [
        "convert", "report", "rollup", "validate", "fetch", "inspect",
    ] {
        let short = work.run(&[command, "-h"]).exits(0).stdout;
        let long = work.run(&[command, "--help"]).exits(0).stdout;
        let options = |text: &str| {
            let lines = text.lines().map(str::trim_start);
            lines.filter(|line| line.starts_with('-')).count()
        };
        assert!(options(&short) <= 15, "{short}");
        assert!(options(&long) > 2 * options(&short), "{long}");
        assert_eq!(short.matches("\n  gcagg ").count(), 2, "{short}");
        assert!(short.contains("--output"), "{short}");
    }
    let all = work.run(&["fetch", "--help"]).exits(0).stdout;
    for option in ["--async", "--resume", "--query", "--timeout", "--env-file"] {
        assert!(all.contains(option), "{all}");
    }
    // Options without an effect are not listed.
    for command in ["explain", "completions", "man", "config"] {
        let long = work.run(&[command, "--help"]).exits(0).stdout;
        assert!(!long.contains("--max-token"), "{long}");
    }
}

#[test]
fn examples_of_manual_pages_are_not_wrapped() {
    let work = Work::new();
    work.run(&["man", "man"]).exits(0);
    let page = work.read("man/gcagg-convert.1");
    let page = String::from_utf8_lossy(&page);
    let (_, examples) = page.split_once(".SH EXAMPLES\n.nf\n").expect("examples");
    assert!(examples.starts_with("  gcagg convert "), "{examples}");
}

#[test]
fn columns_that_do_not_fit_and_units_are_named() {
    let text = crate::work::sample("queue-day.json");
    let ran = Work::new().run(&["report", &text]).exits(0);
    assert!(ran.stdout.contains("Not shown: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("(wider terminal, or -o report.html)"));
    assert!(ran.stdout.contains("  ASA, h:mm:ss "), "{}", ran.stdout);
    let units = ran
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("h:mm:ss"));
    assert_eq!(units.count(), 1, "{}", ran.stdout);
}
