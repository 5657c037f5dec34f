//! Documents with one hostile name.

use serde_json::{Map, Value, json};

use crate::work::Work;

/// What a terminal acts on, and all ends of lines; then what SQL, HTML, Markdown, templates and
/// spreadsheets act on. Both are short, because messages cut long names.
pub const HOSTILE: [&str; 2] = [
    "a\nFORGED\rFORGED\u{85}FORGED\u{2028}FORGED\u{2029}FORGED\u{1b}[2J\u{9b}2J\u{7}\u{7f}\u{202e}\u{2066}\u{feff}",
    "=a\"; DROP TABLE t; --\n*/'<script>alert(1)</script><img src=x onerror=y>`c`|**b**__~~[l](x)&lt;{{ x }}{% x %}",
];

/// What an input or a command line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Dimension,
    DimensionValue,
    Metric,
    /// The metric of a document that has no other.
    LoneMetric,
    Stat,
    Qualifier,
    View,
    Property,
    Interval,
    EntityId,
    Division,
    SummaryMetric,
    Label,
    Unit,
    SummaryProperty,
    File,
    EntityName,
    NamesFile,
    Argument,
}

pub const KINDS: [Kind; 19] = [
    Kind::Dimension,
    Kind::DimensionValue,
    Kind::Metric,
    Kind::LoneMetric,
    Kind::Stat,
    Kind::Qualifier,
    Kind::View,
    Kind::Property,
    Kind::Interval,
    Kind::EntityId,
    Kind::Division,
    Kind::SummaryMetric,
    Kind::Label,
    Kind::Unit,
    Kind::SummaryProperty,
    Kind::File,
    Kind::EntityName,
    Kind::NamesFile,
    Kind::Argument,
];

/// The names of a document: plain ones but for one kind.
#[derive(Clone, Copy)]
struct Naming<'n>(Option<(Kind, &'n str)>);

impl Naming<'_> {
    fn of(self, kind: Kind, plain: &str) -> String {
        match self.0 {
            Some((hostile, name)) if hostile == kind => name.to_owned(),
            _ => plain.to_owned(),
        }
    }
}

/// A folder with a hostile document, its names, and a plain document.
pub struct Case {
    pub work: Work,
    input: String,
    names: String,
    argument: String,
}

impl Case {
    pub fn new(kind: Kind, name: &str) -> Self {
        let naming = Naming(Some((kind, name)));
        // No file name has a slash, and none has more than 255 bytes.
        let file = |kind, plain: &str| -> String {
            let name = naming.of(kind, plain).replace('/', "");
            name.chars().take(230).collect()
        };
        let case = Self {
            work: Work::new(),
            input: file(Kind::File, "in") + ".json",
            names: file(Kind::NamesFile, "names") + ".csv",
            argument: naming.of(Kind::Argument, "queueId"),
        };
        let is_summary = matches!(
            kind,
            Kind::EntityId
                | Kind::Division
                | Kind::SummaryMetric
                | Kind::Label
                | Kind::Unit
                | Kind::SummaryProperty
        );
        let document = match is_summary {
            true => summary(naming),
            false => aggregates(naming),
        };
        case.work.write(&case.input, document.to_string());
        let plain = match is_summary {
            true => summary(Naming(None)),
            false => aggregates(Naming(None)),
        };
        case.work.write("plain.json", plain.to_string());
        let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
        let name = quoted(naming.of(Kind::EntityName, "Service"));
        let id = quoted(naming.of(Kind::DimensionValue, "q1"));
        // An id with two names is a warning.
        let names = format!("id,name\n{id},{name}\nq2,Sales\n{id},again\n{id},{name}\n");
        case.work.write(&case.names, names);
        case
    }

    /// A word of a command with its placeholders filled in.
    pub fn argument(&self, word: &str) -> String {
        word.replace("{plain}", "plain.json")
            .replace("{in}", &self.input)
            .replace("{names}", &self.names)
            .replace("{arg}", &self.argument)
    }
}

fn object<const N: usize>(members: [(String, Value); N]) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

fn aggregates(naming: Naming<'_>) -> Value {
    let bucket = |day: u32| {
        let plain = format!(
            "2026-03-0{day}T00:00:00.000Z/2026-03-0{}T00:00:00.000Z",
            day + 1
        );
        let stats = object([
            ("count".to_owned(), json!(3)),
            ("sum".to_owned(), json!(3000)),
            (naming.of(Kind::Stat, "max"), json!(1500)),
        ]);
        let metrics = json!([
            {"metric": "nOffered", "stats": {"count": 7}},
            {"metric": naming.of(Kind::Metric, "tHandle"), "stats": stats},
            {"metric": "tTalkComplete", "stats": {"count": 3, "sum": 1800}},
            {"metric": "tHeldComplete", "stats": {"count": 1, "sum": 300}},
            {"metric": "tAcw", "stats": {"count": 3, "sum": 600}},
            {"metric": "oServiceLevel",
                "stats": {"ratio": 0.5, "numerator": 1, "denominator": 2, "target": 0.8}},
            {"metric": "tOrganizationPresence", "qualifier": naming.of(Kind::Qualifier, "p"),
                "stats": {"sum": 60}},
            {"metric": "tSystemPresence", "qualifier": naming.of(Kind::Qualifier, "AWAY"),
                "stats": {"sum": 60}},
        ]);
        let metrics = match naming.of(Kind::LoneMetric, "") {
            lone if lone.is_empty() => metrics,
            lone => json!([{"metric": lone, "stats": {"count": 3, "sum": 3000}}]),
        };
        let interval = match day {
            2 => naming.of(Kind::Interval, &plain),
            _ => plain,
        };
        object([
            ("interval".to_owned(), Value::from(interval)),
            ("metrics".to_owned(), metrics),
            (
                "views".to_owned(),
                json!([{"name": naming.of(Kind::View, "short"), "stats": {"count": 1, "sum": 2}}]),
            ),
            (naming.of(Kind::Property, "more"), json!(1)),
        ])
    };
    let container = |queue: String| {
        let group = object([
            ("mediaType".to_owned(), json!("voice")),
            ("queueId".to_owned(), Value::from(queue)),
            (naming.of(Kind::Dimension, "wrapUpCode"), json!("w")),
        ]);
        json!({"group": group, "data": [bucket(1), bucket(2)]})
    };
    let first = naming.of(Kind::DimensionValue, "q1");
    json!({"results": [container(first), container("q2".to_owned())]})
}

fn summary(naming: Naming<'_>) -> Value {
    let entity = |id: String| {
        let value = object([
            ("value".to_owned(), json!(12.5)),
            ("unit".to_owned(), Value::from(naming.of(Kind::Unit, "s"))),
            (
                "label".to_owned(),
                Value::from(naming.of(Kind::Label, "Talk time")),
            ),
            (naming.of(Kind::SummaryProperty, "more"), json!(1)),
        ]);
        let division = naming.of(Kind::Division, "d");
        let metrics = object([(naming.of(Kind::SummaryMetric, "talkTime"), value)]);
        json!({"id": id, "division": division, "metrics": metrics})
    };
    let first = naming.of(Kind::EntityId, "q1");
    json!({"entities": [entity(first), entity("q2".to_owned())]})
}
