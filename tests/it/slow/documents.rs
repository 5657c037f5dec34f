//! Random documents of both dialects, as text, so that every literal is known.

/// A small generator: the same seed gives the same documents.
pub struct Dice(u64, std::vec::IntoIter<u8>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15, Vec::new().into_iter())
    }

    /// Rolls these bytes, and goes on by itself behind them.
    #[allow(dead_code, reason = "for fuzzing, in which a byte decides one roll")]
    pub fn of(bytes: &[u8]) -> Self {
        Self(0x9E37_79B9_7F4A_7C15, Vec::from(bytes).into_iter())
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        if let Some(byte) = self.1.next() {
            return usize::from(byte) % sides;
        }
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    pub fn one_of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.roll(choices.len())]
    }
}

const TEXTS: [&str; 11] = [
    "voice",
    "a,b",
    "say \\\"hi\\\"",
    "line\\nbreak",
    "\\u00e9\\ud83d\\ude00",
    "é😀",
    " lead",
    "=1+1",
    "",
    "tab\\there",
    "\\/\\b",
];
const NUMBERS: [&str; 12] = [
    "0",
    "-0",
    "7",
    "70430555",
    "4864058.0",
    "2.3790138961E10",
    "0.7575757575757576",
    "123456789012345678901234567890",
    "1e400",
    "-1.50",
    "1E-7",
    "0.0",
];
const COUNTS: [&str; 6] = ["0", "1385", "12.0", "99999999999999999999", "2e3", "-4"];
const STATS: [&str; 9] = [
    "sum",
    "min",
    "max",
    "ratio",
    "numerator",
    "p95",
    "current",
    "calculatedMetricValue",
    "average",
];

fn number(dice: &mut Dice) -> String {
    match dice.roll(6) {
        0 => "null".to_owned(),
        _ => dice.one_of(&NUMBERS).to_owned(),
    }
}

fn stats(dice: &mut Dice) -> String {
    match dice.roll(8) {
        0 => return String::new(),
        1 => return r#","stats":null"#.to_owned(),
        _ => {}
    }
    let mut members = Vec::new();
    if dice.roll(2) == 0 {
        members.push(format!("\"count\":{}", dice.one_of(&COUNTS)));
    }
    for stat in STATS {
        if dice.roll(4) == 0 {
            let value = number(dice);
            members.push(format!("\"{stat}\":{value}"));
        }
    }
    match dice.roll(8) {
        0 => members.push(r#""count_negative":3"#.to_owned()),
        1 => members.push(r#""odd":"x,y""#.to_owned()),
        2 => members.push(r#""odd":{"deep":1}"#.to_owned()),
        _ => {}
    }
    format!(",\"stats\":{{{}}}", members.join(","))
}

fn metrics(dice: &mut Dice) -> String {
    let mut entries = Vec::new();
    for name in [
        "tHandle",
        "nOffered",
        "oServiceLevel",
        "own, \\\"name\\\"",
        "a",
    ] {
        if dice.roll(2) == 0 {
            continue;
        }
        let qualifiers = [
            "",
            ",\"qualifier\":null",
            ",\"qualifier\":\"AVAILABLE\"",
            ",\"qualifier\":\"b,c\"",
            ",\"qualifier\":\"sum\"",
        ];
        // A null qualifier and an absent one are the same metric: only one of the two may stand.
        let from = dice.roll(2);
        let count = 1 + dice.roll(3);
        for qualifier in [from, 2, 3, 4].into_iter().take(count) {
            let stats = stats(dice);
            entries.push(format!(
                "{{\"metric\":\"{name}\"{}{stats}}}",
                qualifiers[qualifier]
            ));
        }
    }
    entries.join(",")
}

fn bucket(dice: &mut Dice, clock: &mut usize) -> String {
    let mut members = Vec::new();
    match dice.roll(8) {
        0 => {}
        1 => members.push("\"interval\":null".to_owned()),
        _ => {
            let time = |minutes: usize| {
                format!(
                    "2026-03-{:02}T{:02}:{:02}:00.000Z",
                    1 + minutes / 1440,
                    minutes / 60 % 24,
                    minutes % 60
                )
            };
            members.push(format!(
                "\"interval\":\"{}/{}\"",
                time(*clock),
                time(*clock + 1)
            ));
            *clock += 1;
        }
    }
    match dice.roll(8) {
        0 => {}
        1 => members.push("\"metrics\":null".to_owned()),
        _ => members.push(format!("\"metrics\":[{}]", metrics(dice))),
    }
    match dice.roll(4) {
        0 => {
            let (one, two) = (stats(dice), stats(dice));
            members.push(format!(
                "\"views\":[{{\"name\":\"tHandle\"{one}}},{{\"name\":\"5 min, up\"{two}}}]"
            ));
        }
        1 => members.push("\"derived\":{\"x\":[1,2]}".to_owned()),
        _ => {}
    }
    format!("{{{}}}", members.join(","))
}

fn container(dice: &mut Dice, clock: &mut usize) -> String {
    let mut group = vec![format!("\"queueId\":\"{}\"", dice.roll(3))];
    for name in [
        "mediaType",
        "count",
        "metric",
        "interval_start",
        "sum",
        "é,\\\"x\\\"",
        "tHandle_sum",
    ] {
        match dice.roll(5) {
            0 => group.push(format!("\"{name}\":\"{}\"", dice.one_of(&TEXTS))),
            1 => group.push(format!("\"{name}\":null")),
            _ => {}
        }
    }
    let buckets: Vec<String> = (0..dice.roll(4)).map(|_| bucket(dice, clock)).collect();
    match dice.roll(10) {
        0 => format!("{{\"group\":{{{}}}}}", group.join(",")),
        // The group may come last.
        1 => format!(
            "{{\"data\":[{}],\"group\":{{{}}}}}",
            buckets.join(","),
            group.join(",")
        ),
        _ => format!(
            "{{\"group\":{{{}}},\"data\":[{}]}}",
            group.join(","),
            buckets.join(",")
        ),
    }
}

fn entity(dice: &mut Dice) -> String {
    let mut members = vec![format!("\"id\":\"{}\"", ["all", "a,b", "é"][dice.roll(3)])];
    match dice.roll(5) {
        0 => members.push("\"division\":\"Home, \\\"x\\\"\"".to_owned()),
        1 => members.push("\"division\":{\"id\":\"d1\",\"name\":\"Berlin\"}".to_owned()),
        2 => members.push("\"division\":{\"id\":\"d2\"}".to_owned()),
        3 => members.push("\"division\":null".to_owned()),
        _ => {}
    }
    let mut metrics = Vec::new();
    for name in ["wrapupTime", "holdTime", "conversationCount", "x, y"] {
        match dice.roll(6) {
            0 => {}
            1 => metrics.push(format!("\"{name}\":null")),
            _ => {
                let mut value = vec![format!("\"value\":{}", number(dice))];
                match dice.roll(4) {
                    0 => {}
                    1 => value.push("\"unit\":null".to_owned()),
                    _ => value.push(format!(
                        "\"unit\":\"{}\"",
                        ["s", "ms", "count"][dice.roll(3)]
                    )),
                }
                if dice.roll(3) == 0 {
                    value.push(format!("\"label\":\"{}\"", dice.one_of(&TEXTS)));
                }
                metrics.push(format!("\"{name}\":{{{}}}", value.join(",")));
            }
        }
    }
    members.push(format!("\"metrics\":{{{}}}", metrics.join(",")));
    format!("{{{}}}", members.join(","))
}

/// One to three files of one dialect, each in a wrapping of its own.
pub fn files(dice: &mut Dice, summary: bool) -> Vec<String> {
    let mut clock = 0;
    let key = if summary { "entities" } else { "results" };
    (0..1 + dice.roll(3))
        .map(|_| {
            let mut whole = |dice: &mut Dice| {
                let elements: Vec<String> = (0..dice.roll(4))
                    .map(|_| {
                        if summary {
                            entity(dice)
                        } else {
                            container(dice, &mut clock)
                        }
                    })
                    .collect();
                format!(
                    "{{\"{key}\":[{}]}}",
                    elements.join(if dice.roll(2) == 0 { "," } else { " ,\n " })
                )
            };
            match dice.roll(6) {
                0 => format!("[{},{}]", whole(dice), whole(dice)),
                1 => format!(
                    "{}\n{}\n",
                    whole(dice).replace('\n', ""),
                    whole(dice).replace('\n', "")
                ),
                2 => format!("{{\"body\":{}}}", whole(dice)),
                3 => format!("{{\"body\":{}}}", serde_json::Value::from(whole(dice))),
                4 => format!("\u{feff}{{\"{key}\":null}}"),
                _ => whole(dice),
            }
        })
        .collect()
}
