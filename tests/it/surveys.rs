//! Days in reports that have calls, surveys, evaluations and presences together.

use serde_json::Value;

use crate::ends::hours;
use crate::work::{Work, counted, report};

const WEEK: [u32; 5] = [19, 20, 21, 22, 23];
const WEEK_BEFORE: [u32; 5] = [12, 13, 14, 15, 16];
const SCORE: &str = r#"{"metric":"oSurveyTotalScore","stats":{"count":3,"sum":210}}"#;
const EVALUATION: &str = r#"{"metric":"oTotalScore","stats":{"count":1,"sum":80}}"#;
const PRESENCE: &str =
    r#"{"metric":"tSystemPresence","qualifier":"ON_QUEUE","stats":{"sum":18000}}"#;

/// Days of October 2026, or their half hours from 8:00 to 20:00.
fn intervals(days: &[u32], are_days: bool) -> Vec<(String, u32)> {
    let day = |day: &u32| {
        let next = day + 1;
        let interval = format!("2026-10-{day:02}T00:00:00Z/2026-10-{next:02}T00:00:00Z");
        (interval, 5)
    };
    match are_days {
        true => days.iter().map(day).collect(),
        false => hours(&Vec::from_iter(days.iter().map(|day| (*day, 8, 20)))),
    }
}

/// A response that has these metrics in each interval.
fn response(group: &str, metrics: &str, intervals: &[(String, u32)]) -> String {
    counted(&[("voice", intervals)])
        .replace(r#""mediaType":"voice""#, group)
        .replace(r#"{"metric":"nOffered","stats":{"count":5}}"#, metrics)
}

const CALLS: &str = r#"{"metric":"nOffered","stats":{"count":5}}"#;
const BY_QUEUE: &str = r#""mediaType":"voice","queueId":"q""#;
/// The dimensions of calls, and true if their intervals are days.
const KINDS: [(&str, bool); 3] = [
    (BY_QUEUE, true),
    (BY_QUEUE, false),
    (r#""queueId":"q""#, true),
];

/// Other figures beside calls: the dimensions of their groups, and their metrics.
fn others() -> [(&'static str, &'static str); 7] {
    [
        (BY_QUEUE, SCORE),
        (r#""mediaType":"voice","userId":"u""#, SCORE),
        (r#""mediaType":"email","queueId":"q""#, SCORE),
        (r#""queueId":"q""#, SCORE),
        (r#""userId":"u""#, EVALUATION),
        (r#""userId":"u""#, PRESENCE),
        (BY_QUEUE, r#"{"metric":"nBrandNew","stats":{"count":2}}"#),
    ]
}

fn without(days: &[u32], missing: u32) -> Vec<u32> {
    days.iter().copied().filter(|it| *it != missing).collect()
}

fn notes(json: &Value) -> String {
    json["notes"].to_string()
}

#[test]
fn a_day_without_calls_is_no_day_of_calls_whatever_else_it_has() {
    let work = Work::new();
    for (by, are_days) in KINDS {
        let of = |days: &[u32]| intervals(days, are_days);
        work.write("before/a.json", response(by, CALLS, &of(&WEEK_BEFORE)));
        for (group, metrics) in others() {
            work.write("now/b.json", response(group, metrics, &of(&WEEK)));
            work.write("before/b.json", response(group, metrics, &of(&WEEK_BEFORE)));
            for missing in [19, 21, 23] {
                let calls = of(&without(&WEEK, missing));
                work.write("now/a.json", response(by, CALLS, &calls));
                let json = report(&work, &["now", "--compare", "before"]);
                let name = format!(
                    "{missing} {by} {are_days} {group} {metrics}: {}",
                    notes(&json)
                );
                let offered = &json["totals"]["kpi_offered"];
                assert_eq!(offered["change"], 0, "{name}");
                let common = json["compared"]["common_days"].as_array().map(Vec::len);
                assert_eq!(common, Some(4), "{name}");
                let note = format!(" {missing} Oct 2026, and others have.");
                assert!(notes(&json).contains(&note), "{name}");
            }
        }
    }
}

/// A day can have no survey: calls are compared on all days.
#[test]
fn surveys_beside_calls_leave_out_no_day() {
    let work = Work::new();
    let groups = [
        (BY_QUEUE, SCORE, "kpi_survey_score"),
        (r#""queueId":"q""#, SCORE, "kpi_survey_score"),
        (r#""surveyFormId":"f""#, SCORE, "kpi_survey_score"),
        (
            r#""mediaType":"voice","surveyFormId":"f""#,
            SCORE,
            "kpi_survey_score",
        ),
        (r#""userId":"u""#, EVALUATION, "kpi_evaluation_score"),
    ];
    let runs = groups.into_iter().flat_map(|it| [(it, true), (it, false)]);
    for ((group, metric, figure), are_days) in runs {
        let of = |days: &[u32]| intervals(days, are_days);
        let calls = |days: &[u32]| response(BY_QUEUE, CALLS, &of(days));
        let surveys = |days: &[u32]| response(group, metric, &of(days));
        work.write("now/a.json", calls(&WEEK));
        work.write("before/a.json", calls(&WEEK_BEFORE));
        work.write("before/b.json", surveys(&WEEK_BEFORE));
        for days in [&[19, 20, 22, 23][..], &[20]] {
            work.write("now/b.json", surveys(days));
            let json = report(&work, &["now", "--compare", "before"]);
            let name = format!("{group} {days:?} {are_days}: {}", notes(&json));
            assert!(!notes(&json).contains("have no data"), "{name}");
            let common = json["compared"]["common_days"].as_array().map(Vec::len);
            assert_eq!(common, Some(5), "{name}");
            assert_eq!(json["totals"]["kpi_offered"]["change"], 0, "{name}");
            assert_eq!(json["totals"][figure]["change"], 0, "{name}");
        }
    }
}

/// Surveys of days that are not compared are no part of a change.
#[test]
fn surveys_of_other_days_are_not_compared() {
    let work = Work::new();
    let of = |days: &[u32]| intervals(days, true);
    work.write("now/a.json", response(BY_QUEUE, CALLS, &of(&WEEK)));
    work.write(
        "before/a.json",
        response(BY_QUEUE, CALLS, &of(&WEEK_BEFORE)),
    );
    work.write("now/b.json", response(BY_QUEUE, SCORE, &of(&WEEK)));
    work.write(
        "before/b.json",
        response(BY_QUEUE, SCORE, &of(&WEEK_BEFORE)),
    );
    let low = SCORE.replace("210", "30");
    work.write("before/c.json", response(BY_QUEUE, &low, &of(&[17, 18])));
    let json = report(&work, &["now", "--compare", "before"]);
    let score = &json["totals"]["kpi_survey_score"];
    assert_eq!(
        (&score["before"], &score["change"]),
        (&70.into(), &0.into()),
        "{json}"
    );
}

/// A day with calls of which none was abandoned is a day with 0.
#[test]
fn a_day_with_other_figures_of_calls_counts() {
    let work = Work::new();
    let abandoned = r#"{"metric":"tAbandon","stats":{"count":2,"sum":8000}}"#;
    let both = format!("{CALLS},{abandoned}");
    for (by, are_days) in KINDS {
        let of = |days: &[u32]| intervals(days, are_days);
        work.write("now/a.json", response(by, &both, &of(&without(&WEEK, 21))));
        work.write("now/b.json", response(by, CALLS, &of(&[21])));
        work.write("before/a.json", response(by, &both, &of(&WEEK_BEFORE)));
        for (group, metrics) in others() {
            work.write("now/c.json", response(group, metrics, &of(&WEEK)));
            work.write("before/c.json", response(group, metrics, &of(&WEEK_BEFORE)));
            for metrics in ["tAbandon", "tAbandon,nSurveysSent,tSystemPresence,o*"] {
                let json = report(&work, &["now", "--compare", "before", "--metric", metrics]);
                let name = format!("{by} {are_days} {group} {metrics}: {}", notes(&json));
                let common = json["compared"]["common_days"].as_array().map(Vec::len);
                assert_eq!(common, Some(5), "{name}");
                assert!(!notes(&json).contains("21 Oct"), "{name}");
            }
        }
    }
}

/// Surveys of calls make no outage of calls invisible.
#[test]
fn surveys_by_hour_hide_no_outage_of_calls() {
    let work = Work::new();
    let weeks = [WEEK_BEFORE, WEEK].concat();
    let (all, some) = (
        intervals(&weeks, false),
        intervals(&without(&weeks, 21), false),
    );
    work.write("a.json", counted(&[("voice", &some), ("email", &all)]));
    work.write("b.json", response(BY_QUEUE, SCORE, &all));
    let notes = report(&work, &["a.json", "b.json"])["notes"].to_string();
    assert!(
        notes.contains("Voice: Wed 21 Oct 2026 has no data."),
        "{notes}"
    );
}
