//! Documents in other wrappers, layouts and spellings than the API's own response: they have the rows
//! of that response, and findings that lead to the places where the file has them.

use serde_json::{Map, Value, json};

use crate::work::Work;

/// How a program writes the properties of the API.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Spelling {
    Camel,
    Snake,
    Pascal,
}

const SPELLINGS: [Spelling; 3] = [Spelling::Camel, Spelling::Snake, Spelling::Pascal];

impl Spelling {
    fn key(self, key: &str) -> String {
        match self {
            Self::Camel => key.to_owned(),
            Self::Pascal => key[..1].to_uppercase() + &key[1..],
            Self::Snake => key
                .chars()
                .flat_map(|char| {
                    let word = char.is_uppercase().then_some('_');
                    word.into_iter().chain(char.to_lowercase())
                })
                .collect(),
        }
    }

    /// A value with its properties in this spelling. The members of groups and mappings, and the
    /// metrics of a summary, are no properties.
    fn write(self, value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|value| self.write(value)).collect(),
            Value::Object(members) => {
                let member = |(key, value): (&String, &Value)| {
                    let own = matches!(&**key, "group" | "systemToOrganizationMappings")
                        || (key == "metrics" && value.is_object());
                    let value = match value {
                        Value::Object(names) if own => names
                            .iter()
                            .map(|(name, value)| (name.clone(), self.write(value)))
                            .collect(),
                        value => self.write(value),
                    };
                    (self.key(key), value)
                };
                members.iter().map(member).collect()
            }
            value => value.clone(),
        }
    }
}

fn bucket(hour: u32, metrics: &Value) -> Value {
    json!({
        "interval": format!("2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z", hour + 1),
        "metrics": metrics,
    })
}

fn containers() -> Vec<Value> {
    let metrics = json!([
        {"metric": "nOffered", "qualifier": null, "stats": {"count": 12, "sum": null}},
        {"metric": "tHandle", "stats": {"count": 3, "sum": 1264345.0, "min": 160499, "max": 687209, "p95": 5}},
        {"metric": "oServiceLevel", "stats": {"ratio": 0.75, "numerator": 3, "denominator": 4, "target": 0.8}},
    ]);
    let sentiment = json!([
        {"metric": "oSentimentScore", "stats": {"count": 4, "sum": -10, "countNegative": 3, "countPositive": 1,
            "calculatedMetricValue": 7, "countNeutral": 0, "p90": 8}},
    ]);
    let mut viewed = bucket(9, &metrics);
    viewed["views"] = json!([{"name": "Data", "stats": {"count": 2, "sum": 4000}}]);
    vec![
        json!({"group": {"mediaType": "voice", "queueId": "Group"}, "data": [bucket(8, &metrics), viewed]}),
        json!({"group": {"mediaType": "chat", "Stats": "own_name"}, "data": [bucket(8, &sentiment)]}),
    ]
}

/// A wrapper around containers: its name, and the documents that it makes of them.
type Wrapper = (&'static str, fn(Vec<Value>) -> Vec<Value>);

fn push(container: Value) -> Value {
    json!({"topicName": "v2.analytics.queues.q.observations", "version": "2", "eventBody": container,
        "metadata": {"correlationId": "c"}})
}

fn event(container: Value) -> Value {
    json!({"version": "0", "id": "e", "detail-type": "v2.analytics.queues.{id}.observations",
        "source": "aws.partner/genesys.com", "resources": [], "detail": push(container)})
}

fn response(containers: Vec<Value>) -> Value {
    json!({"results": containers})
}

const WRAPPERS: [Wrapper; 16] = [
    ("response", |all| vec![response(all)]),
    ("responses", |all| {
        all.into_iter().map(|it| response(vec![it])).collect()
    }),
    ("array of responses", |all| {
        vec![all.into_iter().map(|it| response(vec![it])).collect()]
    }),
    ("containers", |all| all),
    ("array of containers", |all| vec![all.into()]),
    ("body", |all| {
        vec![json!({"statusCode": 200, "body": response(all)})]
    }),
    ("body as text", |all| {
        vec![json!({"body": response(all).to_string()})]
    }),
    ("data in response", |all| {
        vec![json!({"response": {"data": response(all)}})]
    }),
    ("pushes", |all| all.into_iter().map(push).collect()),
    ("array of pushes", |all| {
        vec![all.into_iter().map(push).collect()]
    }),
    ("events", |all| all.into_iter().map(event).collect()),
    ("array of events", |all| {
        vec![all.into_iter().map(event).collect()]
    }),
    ("details", |all| {
        all.into_iter().map(|it| json!({"detail": it})).collect()
    }),
    ("detail as text", |all| {
        all.into_iter()
            .map(|it| json!({"detail": push(it).to_string()}))
            .collect()
    }),
    ("responses by id", |all| {
        let by_id = all.into_iter().enumerate();
        let by_id: Map<_, _> = by_id
            .map(|(id, it)| (format!("id {id}"), response(vec![it])))
            .collect();
        vec![by_id.into()]
    }),
    ("responses by id among empty ones", |all| {
        let mut by_id = Map::from_iter([("a/b~".to_owned(), json!({}))]);
        for (id, container) in all.into_iter().enumerate() {
            by_id.insert(format!("c{id}"), response(vec![container]));
            by_id.insert(format!("d{id}"), json!({"results": []}));
            by_id.insert(format!("e{id}"), json!({"results": null, "cursor": null}));
        }
        vec![json!({"body": by_id})]
    }),
];

/// The documents as text: one a line, over several lines, and one directly after another.
fn layouts(documents: &[Value]) -> Vec<String> {
    let written = |write: &dyn Fn(&Value) -> String, end: &str| {
        let texts = documents.iter().map(|document| write(document) + end);
        texts.collect::<String>()
    };
    let pretty = |it: &Value| serde_json::to_string_pretty(it).expect("JSON");
    vec![
        written(&Value::to_string, "\n"),
        written(&pretty, "\n"),
        written(&Value::to_string, ""),
    ]
}

/// A wrapper with the documents in it in another spelling.
fn inside(spelling: Spelling, value: Value) -> Value {
    match value {
        Value::Object(members)
            if ["results", "group"]
                .iter()
                .any(|it| members.contains_key(*it)) =>
        {
            spelling.write(&members.into())
        }
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(key, value)| (key, inside(spelling, value)))
                .collect()
        }
        Value::Array(values) => values.into_iter().map(|it| inside(spelling, it)).collect(),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(value @ Value::Object(_)) => inside(spelling, value).to_string().into(),
            _ => text.into(),
        },
        value => value,
    }
}

/// Calls `then` with every wrapper, layout and spelling of these containers.
fn each(containers: &[Value], then: &mut dyn FnMut(&str, Spelling, &str)) {
    for (name, wrap) in WRAPPERS {
        for spelling in SPELLINGS {
            let plain = wrap(containers.to_vec());
            // The program that wraps a document may write as another one.
            let inner = plain
                .iter()
                .map(|it| inside(spelling, it.clone()))
                .collect();
            let outer: Vec<Value> = plain.iter().map(|it| spelling.write(it)).collect();
            let both: &[Vec<Value>] = match spelling {
                Spelling::Camel => &[outer],
                _ => &[inner, outer],
            };
            for text in both.iter().flat_map(|documents| layouts(documents)) {
                then(name, spelling, &text);
            }
        }
    }
}

#[test]
fn all_have_the_rows_of_the_response() {
    let work = Work::new();
    let plain = response(containers()).to_string();
    for layout in ["long", "wide"] {
        let convert = ["convert", "--quiet", "--layout", layout, "-"];
        let expected = work.pipe(&convert, plain.as_bytes()).exits(0).stdout;
        assert_eq!(
            expected.lines().count(),
            [9, 4][usize::from(layout == "wide")]
        );
        let rollup = work.pipe(&["rollup", "-q", "-"], plain.as_bytes());
        let merged = rollup.exits(0).stdout;
        let mut count = 0;
        each(&containers(), &mut |name, spelling, text| {
            count += 1;
            if layout == "wide" && count % 4 > 0 {
                return;
            }
            if count % 8 == 0 {
                let ran = work.pipe(&["rollup", "-q", "-"], text.as_bytes()).exits(0);
                assert_eq!(ran.stdout, merged, "{name}, {spelling:?}: {text}");
                let packed = zstd::encode_all(text.as_bytes(), 1).expect("compressed");
                let ran = work.pipe(&convert, &packed).exits(0);
                assert_eq!(ran.stdout, expected, "{name}, {spelling:?}: {text}");
            }
            let ran = work.pipe(&convert, text.as_bytes()).exits(0);
            assert_eq!(
                ran.stdout, expected,
                "{layout}, {name}, {spelling:?}: {text}"
            );
        });
    }
}

/// Containers with a fault of each kind that has a place.
fn faulty() -> Vec<Value> {
    let handle = json!({"count": 1, "min": 5, "max": 4, "sum": 4.5, "avg": [1]});
    let metrics = json!([{"metric": "tHandle", "stats": handle}, {"metric": "nOfered", "stats": {"count": 2}}]);
    let wrong = json!([{"metric": "nOffered", "stats": {"count": 2}}, {"metric": "tWait", "stats": {"count": "x"}}]);
    let mut viewed = bucket(12, &metrics);
    viewed["views"] = json!([{"name": "v", "stats": {"count": -2}, "strange": 1}]);
    vec![
        json!({"group": {"mediaType": "voice", "brunch": "Data"}, "data": [
            bucket(8, &wrong),
            bucket(9, &metrics),
            bucket(9, &metrics),
            {"interval": "today", "metrics": [], "kind": 1},
            viewed,
        ]}),
        json!({"group": {"mediaType": "chat"}, "data": [{"interval": null, "metrics": [{"stats": {}}]}]}),
    ]
}

const CODES: [&str; 9] = [
    "S001", "S002", "S003", "M001", "M004", "M005", "T001", "T003", "G001",
];

/// A finding without what a spelling changes: its code and the text that it marks.
type Found = (String, String);

fn found(work: &Work, text: &str, window: &str) -> Vec<Found> {
    let validate = ["validate", "--format", "ndjson", "--window", window, "-"];
    let ran = work.pipe(&validate, text.as_bytes()).exits(1);
    let mut found = Vec::new();
    for line in ran.stdout.lines() {
        let finding: Value = serde_json::from_str(line).expect("JSON");
        let word = |key: &str| finding[key].as_str().expect("text").to_owned();
        if !CODES.contains(&&*word("code")) {
            continue;
        }
        let number = |key: &str| finding[key].as_u64().expect("a number") as usize;
        let (start, length) = (number("offset"), number("length"));
        let pointer = word("pointer");
        assert!(
            resolves(text, start, &pointer),
            "{pointer} in {text}: {line}"
        );
        let before = &text[..start];
        let column = before.rfind('\n').map_or(start, |at| start - at - 1) + 1;
        let place = (before.matches('\n').count() + 1, column);
        assert_eq!((number("line"), number("column")), place, "{text}: {line}");
        let marked = text[start..start + length].replace(['\\', '_'], "");
        found.push((word("code"), marked.to_lowercase()));
    }
    found.sort();
    found
}

/// Whether a pointer names a value of the document at an offset of a text.
fn resolves(text: &str, offset: usize, pointer: &str) -> bool {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut document = documents.next();
    while documents.byte_offset() <= offset {
        document = documents.next();
    }
    let mut at = document.expect("a document").expect("JSON");
    for step in pointer.split('/').skip(1) {
        if let Value::String(inner) = &at {
            at = serde_json::from_str(inner).expect("JSON");
        }
        match at.pointer(&format!("/{step}")) {
            Some(value) => at = value.clone(),
            None => return false,
        }
    }
    true
}

#[test]
fn findings_lead_to_the_places_of_the_file() {
    let work = Work::new();
    let expected = found(&work, &response(faulty()).to_string(), "1000000");
    let codes: Vec<&str> = expected.iter().map(|(code, _)| &**code).collect();
    for code in CODES {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    let mut count = 0;
    each(&faulty(), &mut |name, spelling, text| {
        // A small window cuts documents, and every seventh is enough.
        let window = ["1000000", "16", "200"][count % 3];
        count += 1;
        let found = found(&work, text, window);
        assert_eq!(found, expected, "{name}, {spelling:?}, {window}: {text}");
    });
}

#[test]
fn every_command_reads_every_spelling() {
    let work = Work::new();
    for spelling in SPELLINGS {
        let folder = format!("{spelling:?}");
        let mut all = response(containers());
        all["systemToOrganizationMappings"] = json!({"BREAK": ["b1"]});
        let stats = &mut all["results"][1]["data"][0]["metrics"][0]["stats"];
        // Of statistics that are not in the schema, a finding has the key.
        for later in ["countNeutral", "p90"] {
            stats.as_object_mut().expect("statistics").remove(later);
        }
        let text = spelling.write(&all).to_string();
        work.write(&format!("{folder}/x.json"), text);
        let summary = json!({"entities": [{"id": "i", "division": {"id": "d", "name": "n"},
            "metrics": {"talkTime": {"value": 7, "unit": "s", "label": "l"}}}]});
        work.write(
            &format!("{folder}/s.json"),
            spelling.write(&summary).to_string(),
        );
    }
    for command in [
        &["convert", "x.json", "--layout", "wide", "--kpi"][..],
        &["convert", "x.json", "--columns", "all"],
        &["convert", "x.json", "--paranoid"],
        &["convert", "s.json"],
        &["report", "x.json"],
        &["report", "s.json"],
        &["report", "x.json", "--by", "queueId", "--format", "json"],
        &["rollup", "x.json", "--every", "1d"],
        &["inspect", "x.json"],
        &["inspect", "x.json", "--against", "../Camel/x.json"],
    ] {
        let ran = SPELLINGS.map(|spelling| {
            let mut arguments = work.command(command);
            let output = arguments
                .current_dir(work.path(&format!("{spelling:?}")))
                .output()
                .expect("started");
            assert_ne!(output.stdout, b"", "{command:?}: {output:?}");
            String::from_utf8(output.stdout).expect("text")
        });
        // The time, the size and the columns of places are others.
        let plain = |text: &String| {
            let lines = text.lines().filter(|line| {
                let others = ["bytes", "\"time\":", "x.json:1:"];
                !others.iter().any(|it| line.contains(it))
            });
            lines
                .map(|line| line.split(", 0.").next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(plain(&ran[1]), plain(&ran[0]), "{command:?}");
        assert_eq!(plain(&ran[2]), plain(&ran[0]), "{command:?}");
    }
}

#[test]
fn keys_that_mean_one_property_stand_twice() {
    let work = Work::new();
    for document in [
        r#"{"results":[],"Results":[{"Group":{}}]}"#,
        r#"{"Results":[{"Group":{},"group":{},"Data":[]}]}"#,
        r#"{"results":[{"group":{},"data":[{"metrics":[{"metric":"tWait","stats":{"Count":1,"count":2}}]}]}]}"#,
    ] {
        let ran = work.pipe(&["validate", "-"], document.as_bytes()).exits(1);
        assert!(ran.stdout.contains("J003"), "{document}: {}", ran.stdout);
    }
}

#[test]
fn empty_responses_by_id_are_no_data() {
    let ids = [
        "6d1f8f2e-0a4c-4e69-9f0a-1b2c3d4e5f60",
        "7e2a9a3f-0a4c-4e69-9f0a-1b2c3d4e5f61",
    ];
    let work = Work::new();
    for (values, code) in [
        (["{}", "{}"], 0),
        (["{}", r#"{"results":null}"#], 0),
        ([r#"{"cursor":null}"#, r#"{"results":[]}"#], 0),
        (["{}", r#"{"a":1}"#], 1),
    ] {
        let text = format!(
            r#"{{"{}":{},"{}":{}}}"#,
            ids[0], values[0], ids[1], values[1]
        );
        for window in ["16", "1000000"] {
            let ran = work
                .pipe(&["validate", "--window", window, "-"], text.as_bytes())
                .exits(code);
            let expected = ["F005", "F004"][code as usize];
            assert!(ran.stdout.contains(expected), "{text}: {}", ran.stdout);
        }
    }
}

#[test]
fn one_response_of_many_may_be_an_error_or_broken() {
    let work = Work::new();
    let [good, other] = ["a", "b"].map(|queue| {
        let metrics = json!([{"metric": "nOffered", "stats": {"count": 12}}]);
        response(vec![
            json!({"group": {"queueId": queue}, "data": [bucket(8, &metrics)]}),
        ])
        .to_string()
    });
    let error = r#"{"message":"slow down","status":429}"#;
    for (text, code, pointer, rows) in [
        (
            format!(r#"{{"a":{good},"b":{error},"c":{other}}}"#),
            "F003",
            "/b",
            2,
        ),
        (
            format!(r#"{{"b":{error},"a":{good},"c":{other}}}"#),
            "F003",
            "/b",
            2,
        ),
        (
            format!(r#"{{"a":{good},"b":null,"c":{other}}}"#),
            "F004",
            "/b",
            2,
        ),
        (
            format!(r#"{{"b":null,"a":{good},"c":{other}}}"#),
            "F004",
            "/b",
            2,
        ),
        (
            format!(
                r#"{{"a":{good},"b":{},"c":{other}}}"#,
                good.replace("12", "1,,2")
            ),
            "J001",
            "/b",
            2,
        ),
        (
            format!(r#"{{"a":{good},"c":{}"#, &other[..80]),
            "J002",
            "/c",
            1,
        ),
        (format!(r#"{{"a":{good} "c":{other}}}"#), "J001", "", 1),
        (format!(r#"{{"a":{good},"c":{other}"#), "J002", "", 2),
        (format!(r#"{{"a":{good},"c" {other}}}"#), "J001", "", 1),
    ] {
        for window in ["16", "100", "1000000"] {
            let validate = ["validate", "--format", "ndjson", "--window", window, "-"];
            let ran = work.pipe(&validate, text.as_bytes()).exits(1);
            let finding: Value =
                serde_json::from_str(ran.stdout.lines().next().expect("a finding")).expect("JSON");
            assert_eq!(
                (&finding["code"], &finding["pointer"]),
                (&json!(code), &json!(pointer)),
                "{window}: {text}"
            );
            assert_eq!(
                ran.stdout.lines().count(),
                1,
                "{window}: {text}: {}",
                ran.stdout
            );
            let skip = ["convert", "--on-error", "skip", "--window", window, "-"];
            let ran = work.pipe(&skip, text.as_bytes());
            assert_eq!(
                ran.stdout.lines().count(),
                rows + 1,
                "{window}: {text}: {}",
                ran.stdout
            );
        }
    }
}
