//! The manifest of a run: its inputs and outputs with their hashes, and what was left out.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::diagnostic::carry;
use crate::diagnostic::levels::LintLevels;
use crate::error::Error;
use crate::input::decode::Compression;
use crate::input::limits::Limits;
use crate::input::{Input, near_path};
use crate::json::number::Decimal;
use crate::table::TableSpec;
use crate::write::digest;

use super::{Dataset, Table};

/// The manifest of a run.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
/// let mut manifest = gcagg::RunManifest::new("convert", &["samples/queue-day.json".to_owned()]);
/// manifest.inputs(&checked)?;
/// manifest.columns(&checked.table()?);
/// let mut text = Vec::new();
/// manifest.write(&mut text)?;
/// assert!(String::from_utf8_lossy(&text).contains("\"documents\": 1"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RunManifest {
    fields: Map<String, Value>,
    inputs: Vec<Value>,
    documents: u64,
    left_out: Vec<Value>,
    outputs: Vec<Value>,
}

impl RunManifest {
    /// The manifest of a command with these arguments.
    pub fn new(command: &str, arguments: &[String]) -> Self {
        let mut fields = Map::new();
        let version = concat!("gcagg ", env!("CARGO_PKG_VERSION"));
        fields.insert("tool".to_owned(), json!(version));
        fields.insert("command".to_owned(), json!(command));
        fields.insert("arguments".to_owned(), json!(arguments));
        Self {
            fields,
            inputs: Vec::new(),
            documents: 0,
            left_out: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Adds inputs, and what was left out of them. Inputs that are added later are those that the first
    /// ones are compared with.
    ///
    /// # Errors
    /// A file cannot be read again.
    pub fn inputs(&mut self, dataset: &Dataset) -> Result<(), Error> {
        let is_compared = !self.inputs.is_empty();
        if !is_compared {
            self.settings(&dataset.spec)?;
        }
        for input in &dataset.inputs {
            let (bytes, sha256) = match &input.found.input {
                // A pipe cannot be read a second time.
                Input::File(path) if is_regular(path)? => {
                    let (bytes, sha256) = measured(path)?;
                    (bytes, json!(sha256))
                }
                _ => (input.bytes, Value::Null),
            };
            self.documents += input.documents;
            let mut described = json!({
                "path": &*input.name,
                "bytes": bytes,
                "sha256": sha256,
                "documents": input.documents,
                "rows": input.rows,
            });
            if is_compared {
                described["compared"] = json!(true);
            }
            self.inputs.push(described);
        }
        self.left_out("rows", dataset.filtered_rows(), "filtered");
        self.left_out("bad parts", dataset.bad_parts() as u64, "rejected");
        if let Some(words) = dataset.repeats_in_words() {
            self.left_out("buckets", dataset.repeated(), &words);
        }
        Ok(())
    }

    /// Adds the files of names, and the times that the run used: words such as `yesterday` mean other
    /// times later.
    fn settings(&mut self, spec: &TableSpec) -> Result<(), Error> {
        let names = spec.names.files().iter().map(|path| described(path));
        let names = names.collect::<Result<Vec<Value>, Error>>()?;
        if !names.is_empty() {
            self.fields.insert("names".to_owned(), json!(names));
        }
        self.fact("loaded_at", &spec.loaded_at);
        for (name, time) in [("from", spec.filter.from), ("until", spec.filter.until)] {
            if let Some(time) = time {
                self.fact(name, &time.to_rfc3339());
            }
        }
        Ok(())
    }

    /// Adds the columns of the one table of the run.
    pub fn columns(&mut self, table: &Table<'_>) {
        self.fields.insert("columns".to_owned(), columns(table));
    }

    /// Adds the severities of the settings file.
    pub fn levels(&mut self, levels: &LintLevels) {
        let mut levels = levels.clone();
        let mut set = Map::new();
        for option in LintLevels::OPTIONS {
            if let Some(list) = levels.list(option).filter(|list| !list.is_empty()) {
                set.insert(option.to_owned(), json!(list));
            }
        }
        if !set.is_empty() {
            self.fields.insert("levels".to_owned(), Value::Object(set));
        }
    }

    /// Adds a fact about the run, such as its time.
    pub fn fact(&mut self, name: &str, value: &str) {
        self.fields.insert(name.to_owned(), json!(value));
    }

    /// Adds something that is not in the outputs, unless there is none of it.
    pub fn left_out(&mut self, what: &str, count: u64, reason: &str) {
        if count > 0 {
            let left_out = json!({ "what": what, "count": count, "reason": reason });
            self.left_out.push(left_out);
        }
    }

    /// Adds an output that is complete, with its rows, and with its own columns if it is one of several
    /// tables.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn output(
        &mut self,
        path: &Path,
        rows: Option<u64>,
        table: Option<&Table<'_>>,
    ) -> Result<(), Error> {
        let mut output = described(path)?;
        if let Some(rows) = rows {
            output["rows"] = json!(rows);
        }
        if let Some(table) = table {
            output["columns"] = columns(table);
        }
        self.outputs.push(output);
        Ok(())
    }

    /// Adds the complete file of the rejected parts.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn rejects(&mut self, path: &Path) -> Result<(), Error> {
        let rejects = json!([described(path)?]);
        self.fields.insert("rejects".to_owned(), rejects);
        Ok(())
    }

    /// Writes the manifest as JSON.
    ///
    /// # Errors
    /// A failure of `out`.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut fields = self.fields.clone();
        fields.insert("documents".to_owned(), json!(self.documents));
        fields.insert("inputs".to_owned(), json!(self.inputs));
        fields.insert("left_out".to_owned(), json!(self.left_out));
        fields.insert("outputs".to_owned(), json!(self.outputs));
        let text = carry::pretty(&Value::Object(fields));
        Ok(out.write_all(text.as_bytes())?)
    }

    /// The size and the SHA-256 of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn measure(path: &Path) -> Result<(u64, String), Error> {
        measured(path)
    }

    /// The sums of figures that differ between files and a document that was made of them, in words:
    /// counted without the reader of documents. `None` for a file that is not JSON, or numbers beyond
    /// exact arithmetic.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn differing_sums(
        files: &[PathBuf],
        document: &[u8],
    ) -> Result<Option<Vec<String>>, Error> {
        let mut sums: BTreeMap<String, [Decimal; 2]> = BTreeMap::new();
        let mut is_exact = add_sums(document, 1, &mut sums);
        for path in files {
            let unreadable = |error| Error::io(format!("{}: {error}", path.display()));
            let text = decompressed(path).map_err(unreadable)?;
            is_exact &= add_sums(&text, 0, &mut sums);
        }
        if !is_exact {
            return Ok(None);
        }
        let differing = sums.iter();
        let differing = differing.filter(|(_, [a, b])| a.compare(*b) != Some(Ordering::Equal));
        let words = differing.map(|(name, [own, document])| {
            format!("{name}: {own} in the inputs, {document} in the document")
        });
        Ok(Some(words.collect()))
    }

    /// The numbers of figures and of nulls in the text of a file, counted without the reader of
    /// documents: the members of `stats`, and the metrics of entities. `None` for a text that is not
    /// JSON.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn count_figures(path: &Path) -> Result<Option<[u64; 2]>, Error> {
        let unreadable = |error| Error::io(format!("{}: {error}", path.display()));
        let text = decompressed(path).map_err(unreadable)?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let documents = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
        let mut counts = [0; 2];
        for document in documents {
            match document {
                Ok(value) => count(&value, &mut counts),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(counts))
    }
}

fn columns(table: &Table<'_>) -> Value {
    let columns = table.columns().into_iter();
    let columns = columns.map(|column| match column.unit {
        None => json!({ "name": column.name, "type": column.kind }),
        Some(unit) => json!({ "name": column.name, "type": column.kind, "unit": unit }),
    });
    columns.collect()
}

/// The path, size and hash of a file.
fn described(path: &Path) -> Result<Value, Error> {
    let (bytes, sha256) = measured(path)?;
    Ok(json!({ "path": path.display().to_string(), "bytes": bytes, "sha256": sha256 }))
}

fn measured(path: &Path) -> Result<(u64, String), Error> {
    digest::measure(path).map_err(|error| near_path::unreadable(path, &error))
}

fn is_regular(path: &Path) -> Result<bool, Error> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| near_path::unreadable(path, &error))?;
    Ok(metadata.is_file())
}

/// The bytes of a file, decompressed if they are compressed.
fn decompressed(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = std::fs::read(path)?;
    let compression = Compression::of(&bytes);
    if compression == Compression::None {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    let mut unpacked = compression.unpack(bytes.as_slice(), Limits::none())?;
    unpacked.read_to_end(&mut text)?;
    Ok(text)
}

/// Adds the figures and nulls of a value to their counts.
fn count(value: &Value, counts: &mut [u64; 2]) {
    match value {
        Value::Array(values) => values.iter().for_each(|it| count(it, counts)),
        // A document inside an envelope may be text.
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            if let Ok(value) = serde_json::from_str(text) {
                count(&value, counts);
            }
        }
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| count_member(name, value, counts)),
        _ => {}
    }
}

/// The statistics whose sums a roll-up keeps.
const SUMMED: [&str; 6] = [
    "count",
    "sum",
    "numerator",
    "denominator",
    "countNegative",
    "countPositive",
];

/// Adds the figures of a text to their sums, on one side of the comparison. Returns false if it is not
/// JSON, or beyond exact arithmetic.
fn add_sums(text: &[u8], side: usize, sums: &mut BTreeMap<String, [Decimal; 2]>) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut documents = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    documents.all(|it| it.is_ok_and(|value| add_value(&value, side, sums).is_some()))
}

fn add_value(value: &Value, side: usize, sums: &mut BTreeMap<String, [Decimal; 2]>) -> Option<()> {
    match value {
        Value::Array(values) => values.iter().try_for_each(|it| add_value(it, side, sums)),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            match serde_json::from_str(text) {
                Ok(value) => add_value(&value, side, sums),
                Err(_) => Some(()),
            }
        }
        Value::Object(members) => {
            let member = |name: &str| {
                let mut all = members.iter();
                let found = all.find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value)
            };
            let name = member("metric").or(member("name")).and_then(Value::as_str);
            let (Some(name), Some(Value::Object(stats))) = (name, member("stats")) else {
                return members
                    .values()
                    .try_for_each(|it| add_value(it, side, sums));
            };
            for (stat, number) in stats {
                let known = SUMMED.iter().find(|it| it.eq_ignore_ascii_case(stat));
                if let (Some(stat), Value::Number(number)) = (known, number) {
                    let number = Decimal::parse(&number.to_string())?;
                    let sum = sums.entry(format!("{name} {stat}"));
                    let sum = sum.or_insert([Decimal::from(0); 2]).get_mut(side)?;
                    *sum = sum.plus(number)?;
                }
            }
            Some(())
        }
        _ => Some(()),
    }
}

fn count_member(name: &str, value: &Value, counts: &mut [u64; 2]) {
    let [figures, nulls] = counts;
    let mut add = |value: &Value| match value {
        Value::Null => *nulls += 1,
        _ => *figures += 1,
    };
    match value {
        Value::Object(stats) if name.eq_ignore_ascii_case("stats") => stats.values().for_each(add),
        Value::Object(metrics) if name.eq_ignore_ascii_case("metrics") => {
            let values = metrics.values();
            values.filter_map(|it| it.get("value")).for_each(&mut add);
        }
        value => count(value, counts),
    }
}
