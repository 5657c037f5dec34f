//! Faults in great number: what is only counted is counted rightly, whichever way it was read.

use crate::work::Work;

/// Figures that a rule has something to say of, and valid ones.
const FIGURES: [&str; 9] = [
    r#"{"metric":"tTalk","stats":{"count":2,"sum":90000,"min":40000,"max":50000}}"#,
    r#"{"metric":"tAcw","stats":{"count":2,"sum":90000,"min":50000,"max":40000}}"#,
    r#"{"metric":"tHeld","stats":{"count":2,"sum":190000.5,"min":40000,"max":50000}}"#,
    r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":1,"denominator":3,"target":0.8}}"#,
    r#"{"metric":"nAnswered","stats":{"count":3}}"#,
    r#"{"metric":"tWait","stats":{"count":2,"sum":-9,"min":-5,"max":-4}}"#,
    r#"{"metric":"nOffered","stats":{"count":3,"sum":4,"ratio":1}}"#,
    r#"{"metric":"tHandle","stats":{"count":30,"sum":9000}}"#,
    r#"{"metric":"madeUp","qualifier":"q","stats":{"count":-1,"sum":3}}"#,
];

/// Containers of which each has another selection of the figures, by a simple generator.
fn response(containers: u32) -> String {
    let mut state = 7_u32;
    let containers = (0..containers).map(|queue| {
        let buckets = (0..6).map(|hour| {
            let figures: Vec<&str> = FIGURES
                .into_iter()
                .filter(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> 30 == 0
                })
                .collect();
            format!(
                r#"{{"interval":"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z","metrics":[{}]}}"#,
                hour + 1,
                figures.join(",")
            )
        });
        let buckets: Vec<String> = buckets.collect();
        format!(r#"{{"group":{{"queueId":"{queue}"}},"data":[{}]}}"#, buckets.join(","))
    });
    let containers: Vec<String> = containers.collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// What text says, but for the seconds.
fn said(work: &Work, more: &[&str]) -> (String, String) {
    let ran = work.run(&[&["validate", "a.json"], more].concat());
    let line = ran.stderr.lines().last().expect("a line").to_owned();
    let line = line.rsplit_once(", ").expect("seconds").0.to_owned();
    (ran.stdout, line)
}

#[test]
fn the_short_way_counts_as_the_long_way_does() {
    let work = Work::new();
    work.write("a.json", response(300));
    let levels: [&[&str]; 4] = [
        &[],
        &["--ignore", "M004,M002"],
        &["--deny", "M003"],
        &["--warn", "M008", "--allow", "M001"],
    ];
    for level in levels {
        let long = said(&work, &[level, &["--paranoid"]].concat());
        assert!(
            long.0.contains("M005") && long.1.contains("warnings"),
            "{long:?}"
        );
        for more in [
            &[][..],
            &["-j", "3"],
            &["--window", "3000"],
            &["--window", "40000"],
        ] {
            let short = said(&work, &[level, more].concat());
            assert_eq!(short, long, "{level:?} {more:?}");
        }
    }
}

#[test]
fn every_finding_that_machines_get_is_in_the_counts_of_text() {
    let work = Work::new();
    work.write("a.json", response(100));
    let listed = work
        .run(&["validate", "a.json", "--format", "ndjson"])
        .stdout;
    let warnings = listed.matches(r#""severity":"warning""#).count();
    assert!(warnings > 500, "{warnings}");
    let (_, line) = said(&work, &[]);
    assert!(
        line.ends_with(&format!("{warnings} warnings")),
        "{line}: {warnings}"
    );
}

/// Every finding as its line of JSON.
fn lines(work: &Work, arguments: &[&str]) -> String {
    let all = [&["validate", "-q", "--format", "ndjson"], arguments].concat();
    work.run(&all).stdout
}

#[test]
fn findings_come_in_the_order_of_the_text_whatever_reads_them() {
    let work = Work::new();
    let one = response(400);
    // A bucket that fits no window, and is at fault as a whole and in itself.
    let long = FIGURES.join(",").replace("tTalk", "nOffered");
    let long = format!(
        "{{\"metrics\":[\n{}]}}",
        [long.as_str()].repeat(200).join(",\n")
    );
    let with_long = one.replacen(r#""data":["#, &format!(r#""data":[{long},"#), 1);
    for (name, text) in [
        ("whole.json", with_long),
        // The same buckets twice overlap.
        ("lines.ndjson", format!("{one}\n{one}\n")),
        ("spread.json", one.replace("},{", "}\n,   {")),
    ] {
        work.write(name, &text);
        let all = lines(&work, &["-j", "1", name]);
        let offsets: Vec<u64> = all
            .lines()
            .map(|line| {
                let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let (offset, length) = (&finding["offset"], &finding["length"]);
                let (offset, length) = (offset.as_u64().unwrap(), length.as_u64().unwrap());
                let end = (offset + length) as usize;
                let before = &text[..end];
                let column = end - before.rfind('\n').map_or(0, |at| at + 1) + 1;
                assert_eq!(finding["end_column"], column as u64, "{line}");
                offset
            })
            .collect();
        assert!(offsets.len() > 5_000 && offsets.is_sorted(), "{name}");
        for more in [
            &["-j", "2"][..],
            &["--paranoid"],
            &["--window", "3000"],
            &["--window", "3000", "-j", "2"],
        ] {
            assert!(
                lines(&work, &[more, &[name]].concat()) == all,
                "{name} {more:?}"
            );
        }
        let piped = work.pipe(
            &["validate", "-q", "--format", "ndjson", "-"],
            text.as_bytes(),
        );
        let named = all.replace(&format!(r#""file":"{name}""#), r#""file":"-""#);
        assert!(
            piped
                .stdout
                .replace(" at -:", &format!(" at {name}:"))
                .replace(r#""related":"-:"#, &format!(r#""related":"{name}:"#))
                == named,
            "{name}"
        );
    }
}

#[test]
fn reports_side_by_side_are_those_of_runs_of_their_own() {
    let work = Work::new();
    work.write("a.json", response(300));
    work.write("b.json", response(3));
    let names = ["r.json", "r.ndjson", "r.sarif", "r.xml", "r.md", "r.txt"];
    let formats = ["json", "ndjson", "sarif", "junit", "markdown", "text"];
    let reports: Vec<String> = names
        .iter()
        .zip(formats)
        .map(|(name, format)| format!("--report={format}={name}"))
        .collect();
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let run = |more: &[&str]| {
        // The two files hold the same time.
        let alone = ["validate", "-q", "--allow", "T003,G004", "a.json", "b.json"];
        work.run(&[&alone, more].concat()).exits(0).stdout
    };
    let gitlab = ["--format", "gitlab"];
    let beside = run(&[&reports[..], &gitlab].concat());
    assert_eq!(beside, run(&gitlab));
    let seconds = |text: String| {
        let lines = text.lines().filter(|line| !line.contains("seconds"));
        lines.collect::<Vec<_>>().join("\n")
    };
    for (name, format) in names.into_iter().zip(formats) {
        let own = seconds(run(&["--format", format]));
        let report = String::from_utf8(work.read(name)).expect("text");
        assert!(seconds(report) == own, "{name}");
    }
    // What is known of one file is hidden, and the first of the others has its lines.
    work.run(&["validate", "-q", "a.json", "--write-baseline", "base.json"])
        .exits(0);
    let hidden = run(&["--baseline", "base.json", "--format", "ndjson"]);
    assert_eq!(hidden, lines(&work, &["b.json"]));
    let text = run(&["--baseline", "base.json"]);
    assert_eq!(text, work.run(&["validate", "-q", "b.json"]).stdout);
}

#[test]
fn findings_beyond_the_memory_for_them_are_written_as_well() {
    let work = Work::new();
    // Names too long to be compared with others, and nothing that two findings share.
    let metric = |index: u32| {
        let part = |part| format!("{:08x}", index * 7919 + part);
        let name: String = (0..330).map(part).collect();
        format!(r#"{{"metric":"{name}","stats":{{"count":1}}}}"#)
    };
    let metrics: Vec<String> = (0..2_000).map(metric).collect();
    let interval = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
    let containers = metrics.chunks(100).enumerate().map(|(queue, metrics)| {
        let metrics = metrics.join(",");
        format!(
            r#"{{"group":{{"queueId":"{queue}"}},"data":[{{"interval":"{interval}","metrics":[{metrics}]}}]}}"#
        )
    });
    let containers: Vec<String> = containers.collect();
    work.write("a.json", containers.join("\n"));
    let all = ["validate", "-q", "--format", "ndjson", "a.json"];
    let stored = work.run(&all).exits(0).stdout;
    assert_eq!(stored.lines().count(), metrics.len());
    for (line, metric) in stored.lines().zip(&metrics) {
        assert!(line.contains(&metric[11..75]), "{line}");
    }
    // Where no temporary file can be made they stay in memory.
    let held = work
        .command(&all)
        .env("TMPDIR", work.path("missing"))
        .output()
        .expect("ended");
    assert!(held.stdout == stored.as_bytes());
}
