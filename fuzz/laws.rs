//! Laws that hold for any bytes. `cargo fuzz` runs them with bytes that it makes up, and tests/it/corpora.rs
//! with the bytes that were worth keeping.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use gcagg::internals::json::text::is_unsafe_in_terminal;
use gcagg::{Dataset, Inputs, Page, Rollup, TableSpec};
use serde_json::Value;

use super::documents::{self, Dice};

/// A law.
pub type Law = fn(&[u8]);

/// Writes an output in the format of this name.
type OutputWriter<'w> = &'w dyn Fn(&str, &mut Vec<u8>);

/// The laws, by the names of their corpora.
pub const LAWS: [(&str, Law); 9] = [
    ("reading", reading),
    ("formats", formats),
    ("rollup", rollup),
    ("report", report),
    ("render", render),
    ("names", names),
    ("config", config),
    ("answers", answers),
    ("fix", fix),
];

/// One of these while fuzzing, so that an execution is cheap; all of them in `cargo test`.
fn one_or_all<T>(all: &[T], chosen: usize) -> &[T] {
    match std::env::var_os("LAW") {
        Some(_) => &all[chosen % all.len()..][..1],
        None => all,
    }
}

/// A file for this thread, in a folder that it makes once.
fn scratch(name: &str) -> PathBuf {
    thread_local!(static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() });
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().expect("a folder"));
        folder.path().join(name)
    })
}

fn inputs() -> Inputs {
    Inputs::new().threads(1).allow("T003")
}

/// What a dataset says and what is made of it.
fn outcome(inputs: Inputs) -> String {
    let mut text = String::new();
    let checked = match inputs.check() {
        Ok(checked) => checked,
        Err(error) => return error.to_string(),
    };
    for finding in checked.findings().expect("findings") {
        text.push_str(&format!("{finding:?}\n"));
    }
    let mut table = Vec::new();
    match checked.table().and_then(|it| it.write("csv", &mut table)) {
        Ok(rows) => assert_eq!(rows, checked.rows()),
        Err(error) => text.push_str(&error.to_string()),
    }
    text.push_str(&String::from_utf8_lossy(&table));
    let mut rejects = Vec::new();
    checked.rejects(&mut rejects).expect("rejects");
    text + &String::from_utf8_lossy(&rejects)
}

/// An input is read alike in windows of any size, and by both readers.
pub fn reading(data: &[u8]) {
    let [size, bytes @ ..] = data else { return };
    let read = |window: usize, is_paranoid: bool| {
        let inputs = inputs().bytes("a.json", bytes).skip_bad_parts();
        outcome(inputs.window(Some(window)).paranoid(is_paranoid))
    };
    let whole = read(1_000_000, false);
    let window = 16 + 3 * usize::from(*size);
    for (window, is_paranoid) in one_or_all(&[(window, false), (1_000_000, true)], bytes.len()) {
        let found = read(*window, *is_paranoid);
        assert_eq!(found, whole, "window of {window} bytes, {is_paranoid}");
    }
}

/// Every format has the cells of the input.
pub fn formats(data: &[u8]) {
    let mut dice = Dice::of(data);
    let is_summary = dice.roll(3) == 0;
    let files = documents::files(&mut dice, is_summary);
    let layout = [gcagg::Layout::Long, gcagg::Layout::Wide][dice.roll(2)];
    let mut inputs = inputs().table_spec(TableSpec::new().layout(layout));
    for (index, file) in files.iter().enumerate() {
        inputs = inputs.bytes(&format!("{index}.json"), file.as_bytes());
    }
    let checked = inputs.check().expect("a dataset");
    let Ok(table) = checked.table() else { return };
    let options = gcagg::TableOptions::default();
    for format in one_or_all(gcagg::TABLE_FORMATS, data.len()) {
        let path = scratch("table");
        let mut file = std::fs::File::create(&path).expect("a file");
        if table.write_as(format, &options, &mut file).is_err() {
            continue;
        }
        file.flush().expect("written");
        let compared = table.compare(format, &options, Some(&path));
        if let Some(compared) = compared.expect("read back") {
            assert_eq!(
                compared.wrong, 0,
                "{}: {:?}",
                format.name, compared.first_wrong
            );
        }
    }
}

/// A document of counters and timers with a group per media type and queue.
fn counted(dice: &mut Dice) -> (Vec<String>, BTreeMap<(usize, usize), u64>) {
    let mut offered = BTreeMap::new();
    let mut containers = Vec::new();
    for queue in 0..1 + dice.roll(3) {
        let mut buckets = Vec::new();
        for hour in 0..dice.roll(6) {
            if dice.roll(4) == 0 {
                continue;
            }
            let (count, sum) = (dice.roll(1000) as u64, dice.roll(100_000));
            *offered.entry((queue, hour)).or_default() += count;
            let day = 2 + hour / 3;
            buckets.push(format!(
                r#"{{"interval":"2026-03-{day:02}T{hour:02}:00:00.000Z/2026-03-{day:02}T{:02}:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}},{{"metric":"tHandle","stats":{{"count":{count},"sum":{sum}.25,"min":{},"max":{sum}}}}}]}}"#,
                hour + 1,
                dice.roll(9)
            ));
        }
        containers.push(format!(
            r#"{{"group":{{"mediaType":"voice","queueId":"q{queue}"}},"data":[{}]}}"#,
            buckets.join(",")
        ));
    }
    (containers, offered)
}

fn response(containers: &[String]) -> String {
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

fn rolled(documents: &[&str], rollup: &Rollup, repeats: &str) -> Option<String> {
    let mut inputs = inputs().repeats(repeats).expect("a word");
    for (index, document) in documents.iter().enumerate() {
        inputs = inputs.bytes(&format!("{index}.json"), document.as_bytes());
    }
    let checked = inputs.check().expect("a dataset");
    let rolled = checked.rollup(rollup).ok().filter(|it| it.is_ok())?;
    let mut document = Vec::new();
    rolled.write(&mut document).expect("written");
    Some(String::from_utf8(document).expect("text"))
}

/// The order of inputs does not matter, joining twice is joining once, and a copy counts once.
pub fn rollup(data: &[u8]) {
    let mut dice = Dice::of(data);
    let every = ["1h", "1d", "1w", "1mo", "30m", "P2D"][dice.roll(6)];
    let mut rollup = Rollup::new().every(every).expect("a period");
    if dice.roll(2) == 0 {
        rollup = rollup.by(["mediaType"]);
    }
    if dice.roll(2) == 0 {
        rollup = rollup.timezone("America/St_Johns").expect("a zone");
    }
    if dice.roll(2) == 0 {
        let files = documents::files(&mut dice, false);
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let backwards: Vec<&str> = files.iter().rev().copied().collect();
        let once = rolled(&files, &rollup, "error");
        assert_eq!(once, rolled(&backwards, &rollup, "error"), "order");
        if let Some(once) = once {
            assert_eq!(
                rolled(&[&once], &rollup, "error"),
                Some(once.clone()),
                "twice"
            );
        }
        return;
    }
    let (containers, offered) = counted(&mut dice);
    let half = containers.len() / 2;
    let (one, two) = (response(&containers[..half]), response(&containers[half..]));
    // Buckets that cross periods of the zone are refused.
    let Some(all) = rolled(&[&response(&containers)], &rollup, "error") else {
        return;
    };
    for rule in one_or_all(&["parts", "twice", "same", "last"], data.len()) {
        let found = match *rule {
            "parts" => rolled(&[&two, &one], &rollup, "error"),
            "twice" => rolled(&[&all], &rollup, "error"),
            repeats => rolled(&[&one, &two, &one], &rollup, repeats),
        };
        assert_eq!(found.as_ref(), Some(&all), "{rule}");
    }
    let value: Value = serde_json::from_str(&all).expect("JSON");
    assert_eq!(
        sum_of(&value, "nOffered"),
        offered.values().sum::<u64>(),
        "sum"
    );
}

/// The sum of a counter over all buckets.
fn sum_of(document: &Value, metric: &str) -> u64 {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let mut sum = 0;
    for container in list(document, "results") {
        for bucket in list(&container, "data") {
            let metrics = list(&bucket, "metrics").into_iter();
            let own = metrics.filter(|it| it["metric"] == metric);
            sum += own
                .filter_map(|it| it["stats"]["count"].as_u64())
                .sum::<u64>();
        }
    }
    sum
}

fn reported(checked: &Dataset, page: &Page, format: &str) -> String {
    let mut out = Vec::new();
    checked
        .report(page, format, None, &mut out)
        .expect("a report");
    String::from_utf8(out).expect("text")
}

/// The figures of a report are the sums of the buckets.
pub fn report(data: &[u8]) {
    let mut dice = Dice::of(data);
    let (containers, offered) = counted(&mut dice);
    if offered.is_empty() {
        return;
    }
    let inputs = inputs().bytes("a.json", response(&containers).into_bytes());
    let checked = inputs.check().expect("a dataset");
    let page = Page::new().by(["queueId"]).timezone("UTC").expect("a zone");
    let report: Value = serde_json::from_str(&reported(&checked, &page, "json")).expect("JSON");
    let whole = |cell: &Value| cell["value"].as_f64().unwrap_or_default() as u64;
    let total: u64 = offered.values().sum();
    assert_eq!(whole(&report["totals"]["kpi_offered"]), total, "total");
    for row in report["rows"].as_array().expect("rows") {
        let name = row["group"]["queueId"].as_str().expect("a queue");
        let queue: usize = name.trim_start_matches('q').parse().expect("a queue");
        let own = offered.iter().filter(|((it, _), _)| *it == queue);
        let own: u64 = own.map(|(_, count)| count).sum();
        assert_eq!(whole(&row["figures"]["kpi_offered"]), own, "{name}");
    }
}

/// Names of any characters are shown without controlling a terminal, in every form of output.
pub fn render(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut names = text
        .split('\u{1f}')
        .map(|name| Value::from(name).to_string());
    let mut name = || names.next().unwrap_or_else(|| "\"x\"".to_owned());
    let (dimension, value, metric, qualifier) = (name(), name(), name(), name());
    let document = format!(
        r#"{{"results":[{{"group":{{"mediaType":"voice",{dimension}:{value}}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":{metric},"qualifier":{qualifier},"stats":{{"count":1,{dimension}:2}}}},{{"metric":"nOffered","stats":{{"count":-3}}}}]}}]}}]}}"#
    );
    let checked = inputs()
        .bytes(&text, document.into_bytes())
        .check()
        .expect("a dataset");
    let calm = |form: &str, text: &str| {
        let found = text
            .chars()
            .find(|it| *it != '\n' && is_unsafe_in_terminal(*it));
        assert_eq!(found, None, "{form}: {text}");
    };
    let report = |format: &str, out: &mut Vec<u8>| {
        let _ = checked.report(&Page::new().title(text.clone()), format, None, out);
    };
    let findings = |format: &str, out: &mut Vec<u8>| {
        let written = checked.write_findings(format, None, out);
        written.expect("findings");
    };
    let schema = |format: &str, out: &mut Vec<u8>| {
        let named = gcagg::SCHEMA_FORMATS.iter().find(|it| it.name == format);
        let schema = checked
            .table()
            .and_then(|it| it.schema_text(named.expect("a format"), &text));
        out.extend(schema.unwrap_or_default().into_bytes());
    };
    let inspection = |_: &str, out: &mut Vec<u8>| {
        let contents = checked.contents().expect("contents");
        out.extend(contents.text().into_bytes());
    };
    let mut outputs: Vec<(&str, OutputWriter<'_>)> = vec![("inspect", &inspection)];
    let reports = gcagg::REPORT_FORMATS.iter();
    for format in reports.filter(|it| !it.is_binary && it.name != "csv") {
        outputs.push((format.name, &report));
    }
    for format in gcagg::FINDING_FORMATS {
        outputs.push((format.name, &findings));
    }
    for format in gcagg::SCHEMA_FORMATS {
        outputs.push((format.name, &schema));
    }
    for (format, write) in one_or_all(&outputs, data.len()) {
        let mut out = Vec::new();
        write(format, &mut out);
        calm(format, &String::from_utf8(out).expect("text"));
    }
}

/// A file of names is read or refused, and gives no row another value.
pub fn names(data: &[u8]) {
    let path = scratch(["queues.csv", "queues.json"][data.len() % 2]);
    std::fs::write(&path, data).expect("written");
    let Ok(spec) = TableSpec::new().names([&path]) else {
        return;
    };
    let document = response(&[r#"{"group":{"queueId":"q","userId":"u"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":7}}]}]}"#.to_owned()]);
    let checked = inputs()
        .table_spec(spec)
        .bytes("a.json", document.into_bytes());
    let checked = checked.check().expect("a dataset");
    let mut rows = Vec::new();
    let written = checked.table().and_then(|it| it.write("ndjson", &mut rows));
    if written.is_ok() {
        let row: Value = serde_json::from_slice(&rows).expect("one row");
        assert_eq!(
            (&row["queueId"], &row["count"]),
            (&Value::from("q"), &Value::from(7))
        );
    }
}

/// A settings file is read or refused.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = gcagg::internals::cli::config::Config::parse(text, "gcagg.toml".into(), true);
    match read {
        Ok(config) => {
            let _ = config.levels();
            for setting in &config.settings {
                let _ = config.arguments(setting);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An answer of a server becomes a message without the secret.
pub fn answers(data: &[u8]) {
    use gcagg::internals::fetch::{body::Body, fault, http::Reply, retry};
    let [status, bytes @ ..] = data else { return };
    let text = String::from_utf8_lossy(bytes).into_owned();
    let names = ["retry-after", "inin-correlation-id", "location"].into_iter();
    let headers = names.filter_map(|name| Some((name.parse().ok()?, text.parse().ok()?)));
    let reply = Reply {
        status: 200 + 2 * u16::from(*status),
        headers: headers.collect(),
        body: Body::of(bytes),
        outline: None,
        attempts: 1,
    };
    let asked = fault::RequestContext {
        at: "POST https://api.example.invalid/x".to_owned(),
        what: "the query,".to_owned(),
        permission: "",
        could_be_job: true,
        named: "GENESYS_TOKEN".to_owned(),
        deadline: retry::Deadline::default(),
    };
    let now = chrono::DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let wait = retry::retry_after(&text, now);
    for found in [
        fault::answer(&asked, &reply, wait),
        fault::sign_in(&asked, &reply, wait),
    ] {
        let message = &found.diagnostic.message;
        let found = message
            .chars()
            .find(|it| *it != '\n' && is_unsafe_in_terminal(*it));
        assert_eq!(found, None, "{message:?}");
    }
    let secret = "s3cr3t-s3cr3t";
    let shown =
        gcagg::internals::fetch::redact::redacted(&format!("{text}{secret}{text}"), &[secret]);
    assert!(!shown.contains(secret));
}

/// A text that is repaired twice is repaired once, and the changes make the repaired text.
pub fn fix(data: &[u8]) {
    use gcagg::internals::repair::{Span, apply, repair};
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let first = repair(text);
    assert_eq!(
        apply(&first.edits, text, Span::new(0, text.len())),
        first.text
    );
    assert_eq!(first.edits.is_empty(), first.fixes.total() == 0);
    let again = repair(&first.text);
    assert_eq!(again.text, first.text);
    assert!(again.edits.is_empty() && again.fixes.total() == 0);
}
