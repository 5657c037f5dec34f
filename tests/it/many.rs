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
