//! Inputs that are something else than aggregates: each is named for what it is, none is converted.

use serde_json::Value;

use crate::work::{OFFERED, Ran, Work, response};

fn findings(ran: &Ran) -> Vec<Value> {
    ran.stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The only finding of an input, as code, message and help; nothing is converted.
#[track_caller]
fn only(input: &[u8]) -> (String, String, String) {
    let work = Work::new();
    work.write("x.json", input);
    let ran = work
        .run(&["validate", "--format", "ndjson", "x.json"])
        .exits(1);
    let found = findings(&ran);
    assert_eq!(found.len(), 1, "{}", ran.stdout);
    let word = |key: &str| found[0][key].as_str().unwrap_or_default().to_owned();
    let converted = work.run(&["convert", "x.json"]).exits(1);
    assert_eq!(converted.stdout, "");
    if input.starts_with(b"[{") {
        // Arrays are recognised by their first element, which must fit a window.
        return (word("code"), word("message"), word("help"));
    }
    let small = work.run(&["validate", "--format", "ndjson", "--window", "16", "x.json"]);
    assert_eq!(small.stdout, ran.stdout);
    (word("code"), word("message"), word("help"))
}

/// Asserts that an input has one finding, of this code, with these words in its message and help.
fn assert_named(input: &str, code: &str, message: &str, help: &str) {
    let (found, said, todo) = only(input.as_bytes());
    assert_eq!(found, code, "{input}: {said}");
    assert!(
        said.contains(message) && todo.contains(help),
        "{input}: {said}; {todo}"
    );
}

#[test]
fn objects_of_another_kind_are_named() {
    for (input, code, message, help) in [
        (
            r#"{"entities":[{"id":"f1","state":"OPEN","score":{"total":7}}],"pageCount":1}"#,
            "F004",
            "list of entities",
            "aggregates query",
        ),
        (
            r#"{"entities":[{"user":{"id":"u"}}]}"#,
            "F004",
            "list of entities",
            "",
        ),
        (
            r#"{"results":[{"id":"u","type":"person"}]}"#,
            "F004",
            "list of entities",
            "",
        ),
        (
            r#"{"access_token":"aBcD","token_type":"bearer"}"#,
            "F004",
            "access token",
            "secret",
        ),
        (
            r#"{"id":"x","state":"RUNNING","submitted":"2026-03-02T00:00:00Z"}"#,
            "F004",
            "status of an asynchronous job",
            "FULFILLED",
        ),
        (
            r#"{"status":"AVAILABLE","since":"2026-03-02T00:00:00Z"}"#,
            "F004",
            "`status`, `since`",
            "",
        ),
        (
            r#"{"id":"c","participants":[]}"#,
            "F004",
            "details",
            "aggregates",
        ),
        (
            r#"{"queueId":"q","nOffered":3}"#,
            "F004",
            "not a response",
            "",
        ),
        (r#"[{"name":"a","value":3}]"#, "F004", "not a response", ""),
        (
            r#"{"count":12,"sum":93173,"min":null}"#,
            "F004",
            "statistics without their group",
            "whole response",
        ),
        (
            r#"{"Count":12}"#,
            "F004",
            "statistics without their group",
            "",
        ),
        (
            r#"{"stats":{"count":12,"sum":93173}}"#,
            "F004",
            "statistics without their group",
            "",
        ),
        (
            r#"{"nOffered":{"count":12},"tHandle":{"count":3,"sum":93173}}"#,
            "F004",
            "statistics without their group",
            "",
        ),
        (
            r#"{"metrics":[{"metric":"nOffered","stats":{"count":12}}]}"#,
            "F004",
            "buckets without their group",
            "",
        ),
        (
            r#"{"ok":false,"errorMessage":"Failed to query","error":{"message":"HTTP 403"},"meta":{}}"#,
            "F003",
            "another program 403: Failed to query",
            "permission",
        ),
        (
            r#"{"success":false,"error":"timed out","results":[]}"#,
            "F003",
            "another program: timed out",
            "",
        ),
        (
            r#"{"Message":"slow down","Status":429,"Code":"too.many"}"#,
            "F003",
            "429 (too.many): slow down",
            "Retry-After",
        ),
        (
            r#"{"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}}"#,
            "F004",
            "notification of the topic `channel.metadata`",
            "--on-error skip",
        ),
        (
            r#"{"results":[{"clientId":"c","templateUri":"/api/v2/users","httpMethod":"GET","requests":3}]}"#,
            "F004",
            "counts of usage",
            "/api/v2/analytics",
        ),
        (
            r#"{"log":{"entries":[{"request":{"url":"https://x/api"},"response":{"content":{"text":"{}"}}}]}}"#,
            "F004",
            "HAR",
            "content",
        ),
        (
            r#"{"content":[{"type":"text","text":"There were 12 calls."}]}"#,
            "F004",
            "a text of a tool",
            "",
        ),
        (
            r#"{"content":[{"type":"text","text":"no permission"}],"isError":true}"#,
            "F003",
            "no permission",
            "",
        ),
    ] {
        assert_named(input, code, message, help);
    }
}

/// Buckets that are no buckets of aggregates, alone and in every wrapper of aggregates.
#[test]
fn buckets_of_another_kind_are_named() {
    let moment = "2024-12-30T09:46:54.839Z";
    let usage = r#"{"interval":"2026-08-01T00:00:00.000Z/2026-08-02T00:00:00.000Z","count":1520}"#;
    let of_moment = |interval: &str| {
        format!(
            r#"{{"interval":"{interval}","metrics":[{{"metric":"nOffered","stats":{{"count":1}}}},{{"metric":"oWaiting","stats":{{"count":0}}}}]}}"#
        )
    };
    for (bucket, message) in [
        (of_moment(&format!("{moment}/{moment}")), "an observation"),
        (of_moment(moment), "an observation"),
        (
            r#"{"metric":"oWaiting","stats":{"count":0}}"#.to_owned(),
            "an observation",
        ),
        (usage.to_owned(), "counts of usage"),
        (
            usage
                .replace("interval", "Interval")
                .replace("count", "Count"),
            "counts of usage",
        ),
    ] {
        let container = format!(r#"{{"group":{{"queueId":"q"}},"data":[{bucket},{bucket}]}}"#);
        for input in [
            container.clone(),
            format!(r#"{{"results":[{{"group":{{}},"data":[]}},{container}]}}"#),
            format!(
                r#"{{"topicName":"v2.analytics.queues.q.observations","eventBody":{container}}}"#
            ),
            format!(r#"{{"detail-type":"t","detail":{{"eventBody":{container}}}}}"#),
            format!(r#"{{"body":{{"a":{{}},"b":{{"results":[{container}]}}}}}}"#),
        ] {
            // An empty document beside it is a finding of its own.
            if input.contains(r#""a":{}"#) {
                let work = Work::new();
                let ran = work.pipe(&["validate", "-"], input.as_bytes()).exits(1);
                assert!(ran.stdout.contains(message), "{input}: {}", ran.stdout);
                continue;
            }
            assert_named(&input, "F004", message, "/a");
        }
    }
    // A bucket without duration is still one of aggregates.
    let offered = of_moment(&format!("{moment}/{moment}")).replace("oWaiting", "nConnected");
    let container = format!(r#"{{"group":{{}},"data":[{offered}]}}"#);
    Work::new()
        .pipe(&["convert", "-"], container.as_bytes())
        .exits(0);
}

#[test]
fn texts_that_are_no_json_are_named() {
    for (input, code, message, help) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"results\":[]}",
            "F004",
            "HTTP headers",
            "without `-i`",
        ),
        (
            "HTTP/2 401 \ncontent-type: application/json\n\n{\"message\":\"No authentication bearer token\",\"status\":401,\"code\":\"authentication.required\"}",
            "F003",
            "No authentication bearer token",
            "new one",
        ),
        (
            "2026-03-02 08:00:00 GET /api\n{\"results\":[]}\n",
            "F004",
            "1 line of it",
            "2> log.txt",
        ),
        (
            "[2026-03-02 08:00:00] fetching\n{\"results\":[]}\n",
            "F004",
            "1 line of it",
            "",
        ),
        (
            "result = {\"results\":[]}\n",
            "F004",
            "on the same line",
            "",
        ),
        (
            "(429)\nReason: Too Many Requests\nHTTP response body: {\"message\":\"Rate limit\",\"code\":\"too.many.requests\",\"status\":429}\n",
            "F003",
            "429 (too.many.requests): Rate limit",
            "Retry-After",
        ),
        (
            "Exception when calling AnalyticsApi: (500)\nReason: Server Error\n",
            "F003",
            "500: Server Error",
            "",
        ),
        (
            "{ results:\n  [ { group: [Object], data: [Array] } ] }\n",
            "F004",
            "JavaScript console",
            "JSON.stringify",
        ),
        ("[object Object]", "F004", "JavaScript console", ""),
        ("queueId;metric;sum\na;tTalk;7\n", "F004", "CSV", "gcagg"),
        ("interval_start,interval_end,metric\n", "F004", "CSV", ""),
        (
            "results:\n- group:\n    queueId: a\n",
            "F004",
            "YAML",
            "--outputformat json",
        ),
        (
            "results : {@{group=; data=System.Object[]}}\n",
            "F004",
            "PowerShell",
            "-Depth 20",
        ),
        (
            "\r\nmetric    : nOffered\r\nqualifier :\r\nstats     : 12\r\n\r\n",
            "F004",
            "PowerShell",
            "-Depth 20",
        ),
        (
            "\nmetric   count\n------   -----\nnOffered    12\n",
            "F004",
            "PowerShell",
            "-Depth 20",
        ),
        (
            "class ConversationAggregateQueryResponse {\n    results: [class ConversationAggregateDataContainer {\n        group: {a=b}\n    }]\n}\n",
            "F004",
            "Java or .NET",
            "ToJson()",
        ),
        (
            "class ConversationAggregateQueryResponse {\n  SystemToOrganizationMappings: \n  Results: System.Collections.Generic.List`1[X]\n}\n",
            "F004",
            "Java or .NET",
            "writeValueAsString",
        ),
        (
            "```json\n{\"results\":[]}\n```\n",
            "F004",
            "Markdown code fence",
            "validate --fix",
        ),
        (
            "Here it is:\n\n```\n{\"results\":[]}\n```\n",
            "F004",
            "Markdown code fence",
            "between the lines",
        ),
        (
            "{\"results\":[{{#each rows}}{\"group\":{}},{{/each}}]}",
            "J001",
            "template",
            "placeholders",
        ),
        ("{{a}}\n{{b}}\n{{c}}\n{{d}}\n", "J001", "template", ""),
    ] {
        assert_named(input, code, message, help);
    }
}

#[test]
fn a_metric_named_template_is_reported_wherever_it_occurs() {
    let work = Work::new();
    let metric = r#"{"metric":"template","stats":{"count":1}}"#;
    let twice = format!("{metric},{metric}");
    work.write("a.json", response("q", 8..11, &twice));
    let found = work
        .run(&["validate", "--format", "ndjson", "a.json"])
        .exits(1)
        .stdout;
    assert_eq!(found.matches("M004").count(), 6, "{found}");
    assert_eq!(found.matches("M006").count(), 3, "{found}");
}

#[test]
fn files_that_are_no_text_are_named() {
    let pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n".to_vec();
    for (input, message) in [
        (pdf.clone(), "a PDF document"),
        (
            zstd::encode_all(&pdf[..], 1).expect("compressed"),
            "a PDF document",
        ),
        (b"\xFD7zXZ\0\0\x04abc".to_vec(), "an xz file"),
        (b"BZh91AY&SY\x00\x01".to_vec(), "a bzip2 file"),
        (b"PAR1\x15\x04\x15\x10".to_vec(), "a Parquet file"),
        (
            b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml".to_vec(),
            "an Excel workbook",
        ),
        (
            b"PK\x03\x04\x14\0\0\0\x08\0day.json".to_vec(),
            "a zip archive",
        ),
        (b"\x7FELF\x02\x01\x01\0".to_vec(), "an executable"),
        (vec![0; 1000], "a file of NUL bytes"),
    ] {
        let (code, said, help) = only(&input);
        assert_eq!(code, "F004");
        assert!(
            said.starts_with(message) && !help.is_empty(),
            "{said}: {help}"
        );
    }
    let text = response("Köln", 8..9, OFFERED);
    let (legacy, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let (code, said, help) = only(&legacy);
    assert_eq!(code, "J004");
    assert!(
        said.contains("the byte F6 would be `ö` in Windows-1252"),
        "{said}"
    );
    assert!(help.contains("iconv -f WINDOWS-1252"), "{help}");
}

#[test]
fn a_secret_is_in_no_output() {
    let work = Work::new();
    let secret = "s3cr3tValue";
    let token = format!("eyJhbGciOi.eyJzdWIiOi.{secret}");
    for (name, text) in [
        (
            "a.json",
            format!(r#"{{"access_token":"{secret}","expires_in":86399}}"#),
        ),
        (
            "b.json",
            format!("{{\n \"token_type\": \"bearer\",\n \"id_token\": \"{secret}\"\n}}"),
        ),
        (
            "c.json",
            format!("POST /token Authorization: Basic {secret}\n{{\"results\":[]}}\n"),
        ),
        (
            "d.json",
            format!("{{\"results\":[],\"client_secret\":\"{secret}\",}}"),
        ),
        ("e.json", format!("{token}\n")),
        (
            "f.ndjson",
            format!("{{}}\n{{\"refresh_token\":\"{secret}\"}}\n"),
        ),
    ] {
        work.write(name, text);
        for format in [
            "text", "json", "ndjson", "sarif", "junit", "github", "gitlab",
        ] {
            let ran = work.run(&["validate", "--format", format, name]).exits(1);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!said.contains(secret), "{name} {format}: {said}");
        }
        let skip = [
            "convert",
            "--on-error",
            "skip",
            "--rejects",
            "r.ndjson",
            "-o",
            "x.csv",
            name,
        ];
        let ran = work.run(&skip).exits(0);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret));
        let kept = String::from_utf8(work.read("r.ndjson")).expect("text");
        assert!(!kept.is_empty() && !kept.contains(secret), "{name}: {kept}");
        let ran = work.run(&["inspect", name]);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret));
    }
}

#[test]
fn what_is_no_document_is_in_the_rejects_to_its_end() {
    let work = Work::new();
    let secret = "c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU";
    let head = format!("HTTP/1.1 200 OK\nAuthorization: Bearer {secret}\n\n");
    let text = head + &"a line that is no JSON, \"é\"\n".repeat(100_000);
    work.write("x.txt", &text);
    let skip = [
        "convert",
        "--on-error",
        "skip",
        "--rejects",
        "r.ndjson",
        "-o",
        "x.csv",
    ];
    work.run(&[&skip[..], &["x.txt"]].concat()).exits(0);
    let reject: Value = serde_json::from_slice(&work.read("r.ndjson")).expect("one line of JSON");
    let kept = reject["text"].as_str().expect("the text");
    let stars = "*".repeat("Bearer ".len() + secret.len());
    assert!(kept == text.replacen(&format!("Bearer {secret}"), &stars, 1));
}

#[test]
fn values_that_powershell_cut_say_so() {
    let cut =
        "@{interval=2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z; metrics=System.Object[]}";
    for input in [
        format!(r#"{{"results":[{{"group":{{}},"data":["{cut}"]}}]}}"#),
        format!(r#"{{"results":["{cut}"]}}"#),
        r#"{"results":[{"group":{},"data":[{"metrics":"System.Object[]"}]}]}"#.to_owned(),
        r#"{"results":[{"group":"@{queueId=q}","data":[]}]}"#.to_owned(),
        r#"{"entities":[{"id":"a","metrics":"@{waitTime=}"}]}"#.to_owned(),
    ] {
        let (code, _, help) = only(input.as_bytes());
        assert_eq!(code, "S001", "{input}");
        assert!(help.contains("ConvertTo-Json -Depth 20"), "{input}: {help}");
    }
}

#[test]
fn what_must_be_an_object_is_named_with_its_place() {
    for (input, message) in [
        (
            r#"{"results":[{"group":{},"data":[]},null]}"#,
            "element 1 of `results` must be an object, not null",
        ),
        (
            r#"[{"group":{},"data":[]},null]"#,
            "element 1 of the array must be an object, not null",
        ),
        (
            r#"{"entities":[{"id":"a","metrics":{}},7]}"#,
            "element 1 of `entities` must be an object, not a number",
        ),
        (
            r#"{"results":[{"group":{},"data":[null]}]}"#,
            "element 0 of `data` must be an object, not null",
        ),
    ] {
        let (code, said, _) = only(input.as_bytes());
        assert_eq!((code.as_str(), said.as_str()), ("S001", message));
    }
}

#[test]
fn a_dimension_of_another_type_is_one_finding() {
    let numbers = response("7", 8..9, OFFERED).replace("\"7\"", "7");
    let others = numbers.replace("queueId\":7", "queueId\":8");
    let both = format!("{numbers}\n{others}\n");
    let work = Work::new();
    let ran = work.pipe(
        &["validate", "--format", "ndjson", "--deny", "S001", "-"],
        both.as_bytes(),
    );
    let codes: Vec<Value> = findings(&ran).iter().map(|it| it["code"].clone()).collect();
    assert_eq!(codes, ["S001", "S001"]);
}

#[test]
fn a_schema_that_is_none_is_refused() {
    let work = Work::new();
    work.write("x.json", response("q", 8..9, OFFERED));
    for (schema, word) in [
        (response("q", 8..9, OFFERED), "`results`"),
        (r#"{"title":"mine"}"#.to_owned(), "no keyword"),
        ("{}".to_owned(), "empty"),
        ("7".to_owned(), "object"),
    ] {
        work.write("s.json", schema);
        let ran = work
            .run(&["validate", "--schema", "s.json", "x.json"])
            .exits(2);
        assert!(
            ran.stderr.contains("s.json") && ran.stderr.contains(word),
            "{}",
            ran.stderr
        );
    }
    let levels: Vec<String> = (0..25)
        .map(|n| {
            let next = format!(
                r##"{{"properties":{{"results":{{"$ref":"#/$defs/l{}"}}}}}}"##,
                n + 1
            );
            format!(r#""l{n}":{{"anyOf":[{next},{next}]}}"#)
        })
        .collect();
    work.write(
        "s.json",
        format!(
            r##"{{"$ref":"#/$defs/l0","$defs":{{{},"l25":false}}}}"##,
            levels.join(",")
        ),
    );
    let ran = work
        .run(&["validate", "--schema", "s.json", "x.json"])
        .exits(2);
    assert!(
        ran.stderr.contains("more than 1000000 subschemas"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_pattern_of_many_levels_finds_each_file_once() {
    let work = Work::new();
    let folder: Vec<String> = (0..12).map(|level| format!("d{level}")).collect();
    for depth in 1..=folder.len() {
        let path = format!("{}/x.json", folder[..depth].join("/"));
        work.write(&path, response("q", 8..9, OFFERED));
    }
    let pattern = format!("{}*.json", "**/".repeat(24));
    let ran = work
        .run(&["validate", "--allow", "T003", &pattern])
        .exits(0);
    assert!(ran.stderr.contains("12 files"), "{}", ran.stderr);
}
