//! What is reported of dimensions and metrics: `G002`, `G003`, `M004`.

use crate::work::{Work, joined as document, response};

const BUCKET: &str = "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z";

fn container(group: &str, metric: &str) -> String {
    format!(
        r#"{{"group":{{{group}}},"data":[{{"interval":"{BUCKET}","metrics":[{{"metric":"{metric}","stats":{{"count":12}}}}]}}]}}"#
    )
}

/// Code, severity, pointer and help of every finding of these codes.
fn found(work: &Work, codes: &str, arguments: &[&str]) -> Vec<[String; 4]> {
    let fixed = ["validate", "--format", "ndjson", "-q", "--select", codes];
    let ran = work.run(&[&fixed[..], arguments].concat());
    let field =
        |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    ran.stdout
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            ["code", "severity", "pointer", "help"].map(|name| field(&line, name))
        })
        .collect()
}

const WAYS: [&[&str]; 4] = [&[], &["--paranoid"], &["--window", "64"], &["-j", "1"]];

#[test]
fn a_dimension_that_some_metrics_do_not_carry_is_information() {
    let work = Work::new();
    let queue = container(r#""mediaType":"voice","queueId":"q1""#, "nOffered");
    let agent = container(
        r#""mediaType":"voice","queueId":"q1","userId":"u1""#,
        "tHandle",
    );
    work.write("a.json", document(&[queue.clone(), agent.clone()]));
    for way in WAYS {
        let found = found(&work, "G002", &[&["a.json"][..], way].concat());
        let [[_, severity, pointer, help]] = found.as_slice() else {
            panic!("{way:?}: {found:?}");
        };
        assert_eq!(
            (severity.as_str(), pointer.as_str()),
            ("info", "/results/0/group")
        );
        assert!(
            help.contains("some metrics do not have every dimension"),
            "{help}"
        );
    }
    work.run(&["validate", "-q", "a.json", "--deny", "warnings"])
        .exits(0);
    work.run(&["validate", "-q", "a.json", "--deny", "G002"])
        .exits(1);
    work.run(&["validate", "-q", "a.json", "--deny", "all"])
        .exits(1);
    let ran = work
        .run(&["validate", "a.json", "--expect-dims", "userId"])
        .exits(0);
    assert!(ran.stdout.contains("warning[G002]"), "{}", ran.stdout);
}

#[test]
fn across_documents_it_is_a_warning_in_one_file_and_in_several() {
    let work = Work::new();
    let by_queue = document(&[container(r#""queueId":"q1""#, "nOffered")]);
    let by_agent = document(&[container(r#""queueId":"q1","userId":"u1""#, "nOffered")]);
    work.write("a.json", &by_queue);
    work.write("b.json", &by_agent);
    work.write("both.ndjson", format!("{by_queue}\n{by_agent}\n"));
    for way in WAYS {
        for inputs in [&["a.json", "b.json"][..], &["both.ndjson"]] {
            let found = found(&work, "G002", &[inputs, way].concat());
            let [[_, severity, _, help]] = found.as_slice() else {
                panic!("{way:?}: {found:?}");
            };
            assert_eq!(severity, "warning", "{way:?}");
            assert!(help.contains("different queries"), "{help}");
        }
    }
    work.run(&["validate", "-q", "both.ndjson", "--deny", "warnings"])
        .exits(1);
}

#[test]
fn reports_and_rollups_keep_queries_apart_without_a_warning() {
    let work = Work::new();
    let by_queue = document(&[container(r#""queueId":"q1""#, "nOffered")]);
    let by_agent = document(&[container(r#""queueId":"q1","userId":"u1""#, "tHandle")]);
    let warned = document(&[container(r#""queueId":"q1","userId":"u1""#, "nOffered")]);
    work.write("a.json", by_queue);
    work.write("b.json", by_agent);
    work.write("c.json", warned);
    for arguments in [
        &["report", "a.json", "b.json"][..],
        &["report", "a.json", "c.json", "--format", "html"],
        &["rollup", "a.json", "b.json", "-o", "r.json"],
    ] {
        let ran = work.run(arguments).exits(0);
        assert!(!ran.stderr.contains("warning[G002]"), "{}", ran.stderr);
        assert!(!ran.stdout.contains("G002"), "{}", ran.stdout);
    }
    let ran = work.run(&["report", "a.json", "c.json", "--deny", "G002"]);
    assert!(ran.exits(1).stderr.contains("G002"));
}

#[test]
fn each_document_is_judged_by_its_own_groups() {
    // In the first document the agent is missing within it, in the second everywhere.
    let work = Work::new();
    let queue = container(r#""queueId":"q1""#, "nOffered");
    let agent = container(r#""queueId":"q1","userId":"u1""#, "nOffered");
    let mixed = document(&[queue.clone(), agent]);
    work.write("x.ndjson", format!("{mixed}\n{}\n", document(&[queue])));
    for way in WAYS {
        let found = found(&work, "G002", &[&["x.ndjson"][..], way].concat());
        let severities: Vec<&str> = found.iter().map(|it| it[1].as_str()).collect();
        assert_eq!(severities, ["info", "warning"], "{way:?}");
    }
}

#[test]
fn a_dimension_whose_values_were_flattened_is_silent() {
    let work = Work::new();
    let skill = |value: &str| {
        container(
            &format!(r#""requestedRoutingSkillId":"{value}""#),
            "nOffered",
        )
    };
    for (name, values, count) in [
        ("first.json", ["s1,s2", "s3"], 0),
        ("later.json", ["s1", "s2,s3"], 0),
        ("all.json", ["s1,s2", "s2,s3"], 0),
        ("none.json", ["s1", "s2"], 1),
    ] {
        work.write(name, document(&values.map(skill)));
        for way in WAYS {
            let found = found(&work, "G003", &[&[name][..], way].concat());
            assert_eq!(found.len(), count, "{name} {way:?}: {found:?}");
        }
    }
    // Another file says nothing of this one, and a comma elsewhere says nothing at all.
    let found_of = |arguments: &[&str]| found(&work, "G003", arguments).len();
    assert_eq!(found_of(&["none.json", "all.json"]), 1);
    let other = container(r#""queueId":"a,b","wrapUpCode":"w1""#, "nOffered");
    work.write("other.json", document(&[other]));
    assert_eq!(found_of(&["other.json"]), 1);
}

#[test]
fn metrics_of_every_published_family_are_known() {
    let work = Work::new();
    let names = [
        "nPlannedActivities",
        "oActivityScore",
        "nFailedActivities",
        "nCfcOffered",
        "tCfcAnswered",
        "oCallbackServiceLevel",
        "tCallbackVirtualWait",
        "nAgentDeclined",
        "nAlertExpired",
        "nCasesDeleted",
        "nDistinctConversations",
        "nSocialPosts",
    ];
    let metrics: Vec<String> = names
        .iter()
        .map(|name| format!(r#"{{"metric":"{name}","stats":{{"count":4}}}}"#))
        .collect();
    work.write("a.json", response("q", 8..9, &metrics.join(",")));
    assert_eq!(found(&work, "M004", &["a.json"]), [] as [[String; 4]; 0]);
    let groups = [
        r#""attendeeId":"u","moduleId":"m","isPassed":"true","type":"t""#,
        r#""facilitatorId":"u","status":"s""#,
        r#""platform":"p","sentiment":"s","country":"c""#,
        r#""stageId":"s","stepId":"t","associationType":"a""#,
    ];
    work.write(
        "b.json",
        document(&groups.map(|group| container(group, "nActivities"))),
    );
    assert_eq!(found(&work, "G001", &["b.json"]), [] as [[String; 4]; 0]);
    work.write(
        "c.json",
        response(
            "q",
            8..9,
            r#"{"metric":"oSomethingNew","stats":{"count":1}}"#,
        ),
    );
    let found = found(&work, "M004", &["c.json"]);
    assert_eq!(found.len(), 1);
    assert!(
        found[0][3].contains("family without a published list"),
        "{found:?}"
    );
    for family in ["learning", "coaching", "development", "socialmedia"] {
        let page = work.run(&["explain", family]).exits(0).stdout;
        assert!(page.contains("fetch         no"), "{page}");
        work.run(&["fetch", "--dry-run", "--family", family])
            .exits(2);
    }
}

#[test]
fn responses_of_social_media_are_clean() {
    let work = Work::new();
    let stats = r#"{"count":4,"average":4.25,"min":3,"max":5,"sum":17,"countPositive":2,"countNegative":1,"countNeutral":1,"countUnknown":0}"#;
    let metrics = [
        ("nSocialPosts", r#"{"count":12}"#),
        ("nSocialReviewRating", stats),
        ("oSocialAuthors", stats),
        ("oSocialEngagement", r#"{"sum":310,"average":25.833}"#),
        ("oSocialSentiment", stats),
    ]
    .map(|(name, stats)| format!(r#"{{"metric":"{name}","stats":{stats}}}"#));
    let dimensions = [
        "comments",
        "followerCount",
        "likes",
        "reposts",
        "saves",
        "shares",
        "views",
        "platform",
    ];
    let group = dimensions.map(|name| format!(r#""{name}":"1""#)).join(",");
    let text = response("q", 8..9, &metrics.join(",")).replace(r#""queueId":"q""#, &group);
    for text in [text.clone(), text.replace("countNeutral", "CountNeutral")] {
        let ran = work.pipe(&["validate", "-"], text.as_bytes()).exits(0);
        assert_eq!(ran.stdout, "");
        assert!(
            ran.stderr.contains("0 errors, 0 warnings"),
            "{}",
            ran.stderr
        );
    }
    // Of another family these statistics are unknown.
    work.write(
        "other.json",
        text.replace("nSocialReviewRating", "oMessageTurn"),
    );
    let found = found(&work, "S003", &["other.json"]);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn wrong_names_get_the_hint_that_the_field_knows() {
    let work = Work::new();
    for (name, hint) in [
        ("nSurveysCompleted", "`count` of `nSurveyResponses`"),
        ("nAbandonedPhase", "`count` of `tAbandon`"),
        ("nAnsweredIn20", "`numerator` of `oServiceLevel`"),
        (
            "tOnQueueTime",
            "`tSystemPresence` with the qualifier ON_QUEUE",
        ),
        ("nBotEscalated", "`tBotExit`"),
        ("oWaiting", "of observations"),
        ("tAbandoned", "did you mean `tAbandon`"),
        // Nothing is near that differs in a word.
        ("nSurveysCompleteds", "converted unchanged"),
        ("nConversationsOpened", "converted unchanged"),
    ] {
        work.write(
            "a.json",
            response(
                "q",
                8..9,
                &format!(r#"{{"metric":"{name}","stats":{{"count":4}}}}"#),
            ),
        );
        let found = found(&work, "M004", &["a.json"]);
        assert!(found[0][3].contains(hint), "{name}: {found:?}");
    }
}
