//! Random inputs in every wrapping and layout, whole and with random faults.

use serde_json::Value;

use super::documents::{self, Dice};

/// What may be put anywhere.
const PIECES: [&str; 46] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "]}",
    "}]",
    "{}",
    "[]",
    "},{",
    "{\"",
    "null",
    "nul",
    "tru",
    "1e5",
    "-",
    "1.",
    "01",
    "NaN",
    "'",
    "//c\n",
    "/*,*/",
    "/* } */",
    "# c\n",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\n{",
    "}\n",
    " ",
    "\0",
    "\u{1e}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "\\ud800",
    "\\u00e9",
    "\"metric\":7",
    "\"results\":[],",
    "\"data\":[],",
    "${x}",
    "{{x}}",
];

/// What may follow a document.
const TRAILERS: [&str; 12] = [
    "x",
    "]",
    "}",
    ",",
    "\n]",
    " null",
    "\n\nfoo\n",
    "\u{1e}",
    ";",
    "\0",
    "12",
    "\"a\"",
];

/// A document of figures.
fn response(dice: &mut Dice, summary: bool) -> String {
    let mut text = String::new();
    for file in documents::files(dice, summary) {
        // Files of this generator are wrapped already.
        let bare = file.trim_start_matches('\u{feff}');
        if let Ok(Value::Object(_)) = serde_json::from_str::<Value>(bare) {
            text = bare.to_owned();
        }
    }
    if text.is_empty() {
        text = r#"{"results":[{"group":{"queueId":"q"},"data":[]}]}"#.to_owned();
    }
    if dice.roll(6) == 0 && text.ends_with("]}") {
        text.truncate(text.len() - 1);
        text.push_str(dice.one_of(&[
            r#","cursor":"abc"}"#,
            r#","systemToOrganizationMappings":{"a":["b"]}}"#,
            r#","results":[]}"#,
            r#","entities":null}"#,
            r#","message":"m","status":400}"#,
            r#","own":{"deep":[1,[2]]}}"#,
        ]));
    }
    text
}

/// The elements of a response, without their array.
fn elements(dice: &mut Dice, summary: bool) -> String {
    loop {
        let text = response(dice, summary);
        if let (Some(open), Some(close)) = (text.find('['), text.rfind(']'))
            && (text.starts_with("{\"results\":[") || text.starts_with("{\"entities\":["))
            && close > open
        {
            return text[open + 1..close].to_owned();
        }
    }
}

/// Something that is no response, but named.
fn wrong(dice: &mut Dice) -> String {
    dice.one_of(&[
        r#"{"message":"no such metric","code":"bad.request","status":400,"contextId":"x"}"#,
        r#"{"error":"invalid_client","error_description":"no such client"}"#,
        r#"{"conversations":[{"conversationId":"a","participants":[]},{"conversationId":"b","participants":[]}]}"#,
        r#"{"entities":[{"id":"q","name":"Sales"},{"id":"r","name":"Service"}],"pageSize":25}"#,
        r#"{"results":[{"group":{"queueId":"q"},"data":[{"metric":"oOnQueueUsers","stats":{"count":3}}]}]}"#,
        r#"[{"queueId":"q","interval":"x","nOffered":3},{"queueId":"r","interval":"x","nOffered":4}]"#,
        r#"{"id":"a","state":"FULFILLED","submissionDate":"2026-03-02"}"#,
        r#"{"access_token":"secret","token_type":"bearer"}"#,
        "[1,2,3,[4,5],\"six\"]",
        r#"{"interval":"x","metrics":["nOffered"],"groupBy":["queueId"]}"#,
        r#"{"data":[{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","metrics":[]}]}"#,
        r#"{"group":{},"data":[{"metric":"oWaiting","stats":{"count":3}}]}"#,
        r#"{"a":1,"b":[1,2,{"c":[3]}]}"#,
        "{}",
        "[]",
        "[{},{}]",
        r#"{"results":null}"#,
        "12",
        "\"text\"",
        "true",
        "<html></html>",
        "hello",
    ])
    .to_owned()
}

/// A value in an envelope.
fn wrapped(dice: &mut Dice, summary: bool) -> String {
    let inner = match dice.roll(8) {
        0 => wrong(dice),
        1 => document(dice, summary),
        _ => response(dice, summary),
    };
    let string = Value::from(inner.clone()).to_string();
    match dice.roll(9) {
        0 => format!(r#"{{"statusCode":200,"body":{inner}}}"#),
        1 => format!(r#"{{"body":{string},"headers":{{"a":[1]}}}}"#),
        2 => format!(r#"{{"data":{inner},"errors":[1,{{"x":2}}]}}"#),
        3 => format!(
            r#"[{{"json":{inner},"pairedItem":0}},{{"json":{}}}]"#,
            response(dice, summary)
        ),
        4 => format!(r#"{{"payload":{string},"_msgid":"1"}}"#),
        5 => format!(r#"{{"result":{{"response":{inner}}},"id":[1]}}"#),
        6 => format!(
            r#"{{"content":[{{"type":"text","text":"Two:"}},{{"type":"text","text":{string}}}]}}"#
        ),
        7 => format!(
            r#"{{"log":{{"entries":[{{"request":{{"url":"x/aggregates/y"}},"response":{{"content":{{"text":{string}}}}}}}]}}}}"#
        ),
        _ => format!(r#"{{"body":[{inner},{}]}}"#, response(dice, summary)),
    }
}

/// One value that stands alone.
fn document(dice: &mut Dice, summary: bool) -> String {
    match dice.roll(10) {
        0 => format!("[{}]", elements(dice, summary)),
        1 => {
            let array: Result<Vec<Value>, _> =
                serde_json::from_str(&format!("[{}]", elements(dice, summary)));
            let first = array.ok().and_then(|array| array.into_iter().next());
            first.map_or_else(|| "{}".to_owned(), |value| value.to_string())
        }
        2 => {
            let pages: Vec<String> = (0..1 + dice.roll(4))
                .map(|_| response(dice, summary))
                .collect();
            format!("[{}]", pages.join(","))
        }
        3 => wrapped(dice, summary),
        4 => wrong(dice),
        _ => response(dice, summary),
    }
}

/// A value laid out in one of the ways that programs do.
fn laid_out(dice: &mut Dice, text: String) -> String {
    let pretty = |text: &str| {
        let value: Option<Value> = serde_json::from_str(text).ok();
        value.and_then(|value| serde_json::to_string_pretty(&value).ok())
    };
    match dice.roll(6) {
        0 => pretty(&text).unwrap_or(text),
        1 => pretty(&text).unwrap_or(text).replace('\n', "\r\n"),
        // One element a line, without indentation.
        2 => text.replace("},{", "},\n{").replace("[{", "[\n{"),
        3 => text.replace("},{", "}\n,{"),
        _ => text,
    }
}

/// One change at random, half of them at a bracket or comma.
fn changed(dice: &mut Dice, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let marks: Vec<usize> = (0..bytes.len())
        .filter(|at| b"{}[],:\"\n".contains(&bytes[*at]))
        .collect();
    let at = match dice.roll(2) {
        0 if !marks.is_empty() => marks[dice.roll(marks.len())] + dice.roll(2),
        _ => dice.roll(bytes.len() + 1),
    };
    let at = at.min(bytes.len());
    let length = match dice.roll(4) {
        0 => dice.roll(200),
        1 => dice.roll(20),
        _ => 1,
    };
    let end = (at + length).min(bytes.len());
    match dice.roll(11) {
        0 => bytes.truncate(at),
        1 | 2 => {
            bytes.drain(at..end);
        }
        3 => {
            let copy = bytes[at..end].to_vec();
            let to = dice.roll(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        4 if at < bytes.len() => {
            let swapped = match bytes[at] {
                b'}' => b']',
                b']' => b'}',
                b'{' => b'[',
                b'[' => b'{',
                _ => dice.roll(256) as u8,
            };
            bytes[at] = swapped;
        }
        6 => {
            // A key written in another way, or twice.
            let text = String::from_utf8_lossy(bytes).into_owned();
            let keys = [
                "results", "entities", "data", "group", "body", "id", "metrics",
            ];
            let key = format!("\"{}\"", dice.one_of(&keys));
            let other = match dice.roll(4) {
                0 => format!("\"\\u{:04x}{}", key.as_bytes()[1], &key[2..]),
                1 => format!("{key}:[],{key}"),
                2 => format!("{key}:{{}},{key}"),
                _ => format!("\"x\":[1,{{\"y\":[]}},[2]],{key}"),
            };
            let places: Vec<usize> = text.match_indices(&key).map(|it| it.0).collect();
            if let Some(at) = places.get(dice.roll(places.len().max(1))) {
                let rest = &text[at + key.len()..];
                *bytes = format!("{}{other}{rest}", &text[..*at]).into_bytes();
            }
        }
        5 => {
            // A comment, or none of the commas, between two elements.
            let text = String::from_utf8_lossy(bytes).into_owned();
            let places: Vec<usize> = text.match_indices("},").map(|it| it.0 + 1).collect();
            if let Some(at) = places.get(dice.roll(places.len().max(1))) {
                let with = dice.one_of(&["/*c*/,", ",/*c*/", ", //c\n", "", " ", ",,", ";"]);
                *bytes = format!("{}{with}{}", &text[..*at], &text[at + 1..]).into_bytes();
            }
        }
        _ => {
            let piece = dice.one_of(&PIECES);
            bytes.splice(at..at, piece.bytes());
        }
    }
}

/// An input: documents one after another, in one of several encodings, faulty more often than not.
pub fn input(dice: &mut Dice) -> Vec<u8> {
    // Both dialects in one input make no table at all.
    let summary = dice.roll(3) == 0;
    let count = match dice.roll(4) {
        0 => 2 + dice.roll(4),
        _ => 1,
    };
    let joint = dice.one_of(&["\n", "\n", "\r\n", "", " ", "\n\n", "\n \n", "\r", ","]);
    let lines = dice.roll(2) == 0;
    let mut text = String::new();
    for index in 0..count {
        if index > 0 {
            text.push_str(joint);
        }
        let one = document(dice, summary);
        text.push_str(&match count > 1 && lines {
            true => one.replace('\n', ""),
            false => laid_out(dice, one),
        });
    }
    match dice.roll(6) {
        0 => text.push('\n'),
        1 => text.push_str(dice.one_of(&TRAILERS)),
        2 => text.insert_str(0, dice.one_of(&["\n", " ", "\u{feff}", "\u{feff}\r\n"])),
        _ => {}
    }
    let mut bytes = text.into_bytes();
    for _ in 0..[0, 1, 1, 1, 2, 3][dice.roll(6)] {
        changed(dice, &mut bytes);
    }
    match (dice.roll(20), String::from_utf8(bytes)) {
        (0, Ok(text)) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        (_, Ok(text)) => text.into_bytes(),
        (_, Err(error)) => error.into_bytes(),
    }
}
