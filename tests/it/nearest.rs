//! Unknown names: each option that takes one names the nearest, or takes it in any case.

use crate::work::{OFFERED, Work, response, sample};

/// Runs the commands on a day of queues and asserts their words.
#[track_caller]
fn says(code: i32, all: &[(&str, &str)]) {
    let work = Work::new();
    work.write(
        "a.json",
        std::fs::read(sample("queue-day.json")).expect("the sample"),
    );
    let mut failed = Vec::new();
    for (typed, words) in all {
        let arguments: Vec<&str> = typed.split(' ').collect();
        let ran = work.run(&arguments);
        if ran.code != Some(code) || !ran.stderr.contains(words) {
            failed.push(format!("{typed}: {:?} {}", ran.code, ran.stderr));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn columns() {
    says(
        2,
        &[
            (
                "convert a.json --columns ahtt",
                "did you mean `kpi_aht`? --kpi adds",
            ),
            ("convert a.json --columns AHT", "--kpi adds"),
            (
                "convert a.json --kpi --columns ahtt",
                "did you mean `kpi_aht`?",
            ),
            (
                "convert a.json --kpi --columns kpi_ahtt",
                "did you mean `kpi_aht`?",
            ),
            (
                "convert a.json --kpi --columns ahtt=X",
                "did you mean `kpi_aht`?",
            ),
            (
                "convert a.json --layout wide --columns ahtt=X",
                "did you mean `kpi_aht`? --kpi adds",
            ),
            (
                "convert a.json --layout wide --columns nOfferd",
                "did you mean `nOffered_count`?",
            ),
            (
                "convert a.json --layout wide --columns nOffered_cuont",
                "did you mean `nOffered_count`?",
            ),
            (
                "convert a.json --layout wide --columns talkTime",
                "did you mean `tTalkComplete_count`?",
            ),
            ("convert a.json --columns que", "did you mean `queue`?"),
            ("convert a.json --columns quue", "did you mean `queue`?"),
            ("convert a.json --columns prsent", "did you mean `present`?"),
            (
                "convert a.json --columns all,cuont",
                "did you mean `count`?",
            ),
            ("convert a.json --sort cuont", "did you mean `count`?"),
            (
                "convert a.json --kpi --sort ahtt",
                "did you mean `kpi_aht`?",
            ),
            (
                "convert a.json --sheet-by que -o t.xlsx",
                "did you mean `queue`?",
            ),
            (
                "convert a.json --partition-by que -o parts",
                "did you mean `queue`?",
            ),
            (
                "convert a.json --partition-by dat -o parts",
                "did you mean `date`?",
            ),
            ("convert a.json --dims que", "did you mean `queue`?"),
            (
                "rollup a.json --by queue --every 1d -t csv --columns cuont",
                "did you mean `count`?",
            ),
            (
                "schema table --format dbt --columns all,loaded_att",
                "did you mean `loaded_at`?",
            ),
        ],
    );
    says(
        0,
        &[
            ("convert a.json --kpi --columns AHT,asa -q", ""),
            ("convert a.json --kpi --columns KPI_A* -q", ""),
            ("convert a.json --columns ALL -q", ""),
            ("convert a.json --columns Present -q", ""),
            ("convert a.json --sort COUNT:DESC -q", ""),
            ("convert a.json --kpi --sort AHT:desc -q", ""),
            ("convert a.json --partition-by DATE -o parts", ""),
        ],
    );
}

#[test]
fn a_dimension_of_inputs_without_groups_is_unknown() {
    let work = Work::new();
    let text = response("q", 8..9, OFFERED);
    work.write("bare.json", text.replace(r#""queueId":"q""#, ""));
    work.write(
        "summary.json",
        std::fs::read(sample("summary-flat.json")).expect("a sample"),
    );
    work.write("empty.json", r#"{"results":[]}"#);
    let by = |command: &str, file: &str, name: &str| work.run(&[command, file, "--by", name]);
    for (command, file, name) in [
        ("report", "bare.json", "zzz"),
        ("report", "bare.json", "queue"),
        ("report", "summary.json", "zzz"),
        ("rollup", "bare.json", "zzz"),
    ] {
        let said = by(command, file, name).exits(2).stderr;
        let words = format!("--by {name}: no group has this dimension");
        assert!(said.contains(&words), "{command} {file}: {said}");
    }
    // `rollup` takes a dimension of the API, and inputs without groups have no dimension to compare with.
    for (command, file, name) in [
        ("rollup", "bare.json", "queue"),
        ("rollup", "empty.json", "brand"),
        ("report", "empty.json", "brand"),
    ] {
        by(command, file, name).exits(0);
    }
}

#[test]
fn the_dimensions_of_a_message_are_few_or_none() {
    let work = Work::new();
    let text = response("q", 8..9, OFFERED);
    for (count, help) in [
        (0, "help: the groups have no dimensions: remove the option"),
        (12, "`d10`, `d11`\n"),
        (14, "`d10`, `d11` and 2 more: `gcagg inspect` lists them"),
    ] {
        let names = (0..count).map(|at| format!(r#""d{at:02}":"x""#));
        let group = names.collect::<Vec<_>>().join(",");
        work.write("a.json", text.replace(r#""queueId":"q""#, &group));
        let dropped = ["--by", "queueId", "--drop-multivalued", "unlike"];
        let ran = work.run(&[&["rollup", "a.json"], &dropped[..]].concat());
        let message = ran.exits(2).stderr;
        assert!(message.contains(help), "{message}");
    }
}

#[test]
fn dimensions_and_filters() {
    says(
        2,
        &[
            ("report a.json --by que", "did you mean `queue`?"),
            (
                "report a.json --by userId",
                "--by userId: no group has this dimension",
            ),
            (
                "report a.json --by wrap-up",
                "the groups have `mediaType`, `queueId`",
            ),
            (
                "report a.json --by teamId,queueId",
                "--by teamId: no group has this dimension",
            ),
            ("rollup a.json --by que", "did you mean `queue`?"),
            ("rollup a.json --by qeue", "did you mean `queue`?"),
            ("report a.json --sort ahtt", "did you mean `AHT`?"),
            (
                "report a.json --timezone Berln",
                "did you mean `Europe/Berlin`?",
            ),
            (
                "report a.json --from yesturday",
                "did you mean `yesterday`?",
            ),
            (
                "report a.json --timezone MEZ",
                "did you mean `Europe/Berlin`?",
            ),
            (
                "report a.json --timezone pdt",
                "did you mean `America/Los_Angeles`?",
            ),
            (
                "report a.json --timezone CET+1",
                "a name such as Europe/Berlin: an offset does not know when clocks change",
            ),
            ("report a.json --every day", "did you mean `1d`?"),
            ("report a.json --period day", "did you mean `--every`?"),
            (
                "report a.json --top ten",
                "`ten` is not a whole number from 0, such as 10",
            ),
            (
                "report a.json --top -1",
                "`-1` is not a whole number from 0, such as 10",
            ),
            (
                "convert a.json --limit -3",
                "`-3` is not a whole number from 0, such as 10",
            ),
            (
                "validate a.json --min-rows -1",
                "is not a whole number from 0, such as 10",
            ),
            ("convert a.json -j -1", "`-1` is not a number of threads"),
            (
                "report a.json --from 2026-13-01",
                "there is no month 13: did you mean `2026-01-13`? Dates are written year-month-day",
            ),
            (
                "report a.json --until 2026-02-30",
                "month 2 of 2026 has no day 30; write 2026-03-02",
            ),
            (
                "report a.json --from 2026-3-2",
                "did you mean `2026-03-02`?",
            ),
            ("rollup a.json --by day", "write `--every 1d`"),
            ("report a.json --by Month", "write `--every 1mo`"),
            ("report a.json --by weekday", "the groups have `"),
            ("fetch --interval 2026-03-02", "write two times, such as"),
            ("report a.json --on-error ignore", "did you mean `skip`?"),
            ("convert a.json --repeats first", "did you mean `last`?"),
            ("report a.json --last 7d", "--from last-7-days"),
            (
                "validate a.json --min-rows ten",
                "is not a whole number from 0, such as 10",
            ),
            (
                "report a.json --where mediaType!=voice",
                "--where mediaType!=voice: `=` is the only operator",
            ),
            (
                "convert a.json --where mediaType>=voice",
                "list the values to keep, separated by commas",
            ),
            (
                "rollup a.json --where mediaType==voice",
                "`=` is the only operator",
            ),
            (
                "report a.json --sort servise",
                "the names are `Offered`, `Service level`, `Abandoned %`, `ASA`,",
            ),
            ("rollup a.json --every Hourly", "did you mean `1h`?"),
            (
                "report a.json --from 10/20/2026",
                "did you mean `2026-10-20`? Dates are written year-month-day",
            ),
            (
                "report a.json --from 10/11/2026",
                "did you mean `2026-10-11` or `2026-11-10`?",
            ),
            (
                "report a.json --from 2026/10/20",
                "did you mean `2026-10-20`?",
            ),
            ("explain que", "did you mean queueId?"),
            ("validate a.json --select overlapp", "did you mean overlap"),
            (
                "rollup a.json --by media --drop-multivalued wrapUpCod",
                "--drop-multivalued wrapUpCod: no group has this dimension",
            ),
            ("validate a.json --report srif=x", "did you mean `sarif`?"),
        ],
    );
    says(
        0,
        &[
            ("convert a.json --metric ahtt", "did you mean `AHT`?"),
            ("report a.json --metric ahtt", "did you mean `AHT`?"),
            ("convert a.json --where que=x", "did you mean `queue`?"),
            (
                "convert a.json --where mediaType=voise",
                "did you mean `voice`?",
            ),
            ("validate a.json --expect-dims QUEUE,media", "0 warnings"),
            ("validate a.json --expect-metrics AHT,nOFFERED", "0 errors"),
            ("rollup a.json --by media --drop-multivalued WRAPUP", ""),
            ("inspect a.json --against SCHEMA", ""),
            ("report a.json --where media=voi", "did you mean `voice`?"),
            (
                "report a.json --where queue=Support",
                "--where takes names of ids only with --names FILE",
            ),
            (
                "report a.json --where queue=Serv*",
                "write whole values, separated by commas: --where has no wildcards; the inputs have ",
            ),
            (
                "report a.json --from 2026-02-10 --until 2026-02-01",
                "--until 2026-02-01T00:00:00+00:00 is before --from 2026-02-10T00:00:00+00:00",
            ),
            (
                "convert a.json --from 2026-02-10 --until 2026-02-01",
                "exchange the two times",
            ),
            (
                "report a.json --from 2026-03-02 --until 2026-03-02",
                "is not after --from",
            ),
        ],
    );
}

#[cfg(feature = "fetch")]
#[test]
fn queries() {
    let fetch = "fetch --dry-run";
    let all: Vec<(String, &str)> = [
        ("--metric AHTT --last 1d", "did you mean AHT;"),
        ("--metric talkTme --last 1d", "did you mean talkTime;"),
        (
            "--metric tHandle --group-by quee --last 1d",
            "did you mean queue;",
        ),
        (
            "--metric tHandle --group-by que --last 1d",
            "did you mean queue;",
        ),
        (
            "--metric tHandle --group-by agnet --last 1d",
            "did you mean agent;",
        ),
        (
            "--where mediaTyp=voice --last 1d",
            "did you mean mediaType;",
        ),
        (
            "--timezone Berln --last 1d",
            "did you mean `Europe/Berlin`?",
        ),
        ("--last Yesturday", "did you mean `yesterday`?"),
        ("--interval yesturday/today", "did you mean `yesterday`?"),
        (
            "--family conversatons --last 1d",
            "did you mean `conversations`?",
        ),
    ]
    .map(|(options, words)| (format!("{fetch} {options}"), words))
    .into();
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(typed, words)| (&**typed, *words))
        .collect();
    says(2, &all);
    let work = Work::new();
    let ran = work
        .run(&[
            "fetch",
            "--dry-run",
            "--last",
            "1d",
            "--family",
            "Conversations",
            "--where",
            "queue=x",
            "--where",
            "MEDIA=voice",
        ])
        .exits(0);
    assert!(
        ran.stdout.contains(r#""dimension": "queueId""#),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(r#""dimension": "mediaType""#),
        "{}",
        ran.stdout
    );
}

#[test]
fn settings() {
    let work = Work::new();
    work.write(
        "a.json",
        std::fs::read(sample("queue-day.json")).expect("the sample"),
    );
    for (settings, words) in [
        (
            "[convert]\ncolumns = [\"cuont\"]\n",
            "did you mean `count`?",
        ),
        ("[convert]\nlayout = \"widee\"\n", "did you mean `wide`?"),
        (
            "[convert]\ndurations = \"secnds\"\n",
            "did you mean `seconds`?",
        ),
        ("[convert]\nto = \"cvs\"\n", "did you mean `csv`?"),
        ("[convert]\nabsent = \"zeroo\"\n", "did you mean `zero`?"),
        (
            "[convert]\ntimezone = \"Berln\"\n",
            "did you mean `Europe/Berlin`?",
        ),
        ("[convert]\nlayuot = \"wide\"\n", "did you mean `layout`?"),
        ("[convrt]\nlayout = \"wide\"\n", "did you mean `convert`?"),
    ] {
        work.write("gcagg.toml", settings);
        let ran = work.run(&["convert", "a.json"]).exits(2);
        assert!(ran.stderr.contains(words), "{settings}: {}", ran.stderr);
    }
}

#[test]
fn files_beside_the_inputs_have_the_nearest_name() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write("settings.toml", "");
    work.write("run.json", "{}");
    work.write("names.csv", "id,name\n");
    work.write("list.txt", "a.json\n");
    for (run, near) in [
        (
            &["convert", "a.json", "--config", "setings.toml"][..],
            "settings.toml",
        ),
        (&["verify", "rum.json"], "run.json"),
        (&["convert", "a.json", "--names", "nmes.csv"], "names.csv"),
        (&["validate", "a.json", "--schema", "rnu.json"], "run.json"),
        (&["validate", "--files-from", "lits.txt"], "list.txt"),
        #[cfg(feature = "fetch")]
        (&["fetch", "--dry-run", "--query", "rnu.json"], "run.json"),
    ] {
        let said = work.run(run).exits(3).stderr;
        let words = format!("no such file or folder\n  help: did you mean `{near}`?");
        assert!(said.contains(&words), "{run:?}: {said}");
    }
    for (run, code, words) in [
        (
            &["report", "a.json", "--names", "missing.csv"][..],
            3,
            "missing.csv: no such file or folder\n  help: the folder has `names.csv`",
        ),
        (
            &["report", "a.json", "--names", "*.csv"],
            3,
            "--names has no wildcards: name the file, or its folder",
        ),
        (
            &["validate", "a.json", "--baseline", "rnu.json"],
            2,
            "no such file or folder\n  help: did you mean `run.json`?",
        ),
        (
            &["report", "a.json", "-o", "week"],
            0,
            "-o week.xlsx writes a workbook",
        ),
    ] {
        let said = work.run(run).exits(code).stderr;
        assert!(said.contains(words), "{run:?}: {said}");
    }
}

#[test]
fn files_that_are_read_are_nearer_than_their_backups() {
    let work = Work::new();
    for name in ["day.json.bak", "days.json", "old.json.bak", "week.txt"] {
        work.write(name, response("q", 8..9, OFFERED));
    }
    for (typed, near) in [
        ("day.json", "days.json"),
        ("old.json", "old.json.bak"),
        ("week", "week.txt"),
    ] {
        let said = work.run(&["convert", typed]).exits(3).stderr;
        let words = format!("did you mean `{near}`?");
        assert!(said.contains(&words), "{typed}: {said}");
    }
}

#[test]
fn a_value_that_several_begin_with_names_them() {
    let work = Work::new();
    let mut names = "id,name\n".to_owned();
    for queue in ["DE", "EN", "FR"] {
        work.write(&format!("in/{queue}.json"), response(queue, 8..9, OFFERED));
        names += &format!("{queue},Billing {queue}\n");
    }
    work.write("names.csv", names);
    let options = ["--names", "names.csv", "--where", "queue=billing"];
    let said = work.run(&[&["report", "in"], &options[..]].concat()).stderr;
    let words = "write whole values, separated by commas: `Billing DE`, `Billing EN`, `Billing FR` begin so";
    assert!(said.contains(words), "{said}");
    let ran = work.run(&["convert", "in", "--metric", "calls offered"]);
    let words = "help: did you mean `Offered`?";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
}

#[test]
fn slips_at_the_end_of_a_value() {
    says(
        2,
        &[
            (
                "report a.json -o week.pdf",
                "-o week.html: a browser prints this page to a PDF",
            ),
            (
                "report a.json --from 26.10.2026",
                "did you mean `2026-10-26`?",
            ),
            (
                "report a.json --sort offerd:desc:asc",
                "did you mean `Offered`?",
            ),
            (
                "report a.json --from 26.10.26",
                "did you mean `2026-10-26`?",
            ),
            (
                "convert a.json --columns queueName",
                "--names FILE adds the names of ids",
            ),
            ("report a.json --per day", "did you mean `--every`?"),
            ("rollup a.json --weekly", "did you mean `--every 1w`?"),
            ("report a.json --by date", "write `--every 1d`"),
            ("report a.json --repeats yes", "did you mean `same`?"),
            ("report a.json --every 1dd", "did you mean `1d`?"),
            ("rollup a.json --every 1month", "did you mean `1mo`?"),
            (
                "convert a.json --sort metrc:desc:asc",
                "did you mean `metric`?",
            ),
            (
                "convert a.json --columns interval",
                "did you mean `interval_start`?",
            ),
            (
                "convert a.json --columns agent",
                "no group of the inputs has the dimension `userId`",
            ),
            (
                "convert a.json --columns USERID",
                "no group of the inputs has the dimension `userId`",
            ),
            (
                "convert a.json --columns KPI_*",
                "--kpi adds the columns of key figures",
            ),
            ("convert a.json --delimiter semicolonn", "did you mean `;`?"),
        ],
    );
}

#[test]
fn typed_names_are_checked_before_findings_are_shown() {
    let work = Work::new();
    work.write(
        "in/a.json",
        std::fs::read(sample("queue-day.json")).expect("the sample"),
    );
    work.write("in/b.json", "{");
    let ran = work
        .run(&["report", "in", "--on-error", "skip", "--by", "quee"])
        .exits(2);
    assert!(
        ran.stderr.starts_with("gcagg: error: --by quee"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_list_of_names_in_a_folder_is_recognised() {
    let work = Work::new();
    work.write(
        "in/a.json",
        std::fs::read(sample("queue-day.json")).expect("the sample"),
    );
    work.write(
        "in/names/queues.json",
        r#"{"entities":[{"id":"q","name":"Billing"}]}"#,
    );
    let ran = work.run(&["report", "in"]).exits(1);
    assert!(
        ran.stderr.contains("given with `--names FILE`"),
        "{}",
        ran.stderr
    );
}
