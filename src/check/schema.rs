//! Validation against the JSON Schemas, over the token tape.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, Validator};
use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic};
use crate::json::adapter::{Instance, TapeJson};
use crate::json::{Node, Path, PathStep, Span, TokenKind, text};
use crate::model::Dialect;

/// The schema of the aggregates dialect, as `gcagg schema aggregates` prints it.
pub const AGGREGATES: &str = include_str!("../../schemas/aggregates.schema.json");
/// The schema of the summary dialect, as `gcagg schema summary` prints it.
pub const SUMMARY: &str = include_str!("../../schemas/summary.schema.json");

/// A validator that is compiled when it is needed first: compiling takes longer than reading a small
/// document. It applies to properties in any spelling.
type LazyValidator = LazyLock<Result<Validator<TapeJson>, String>>;

/// The schema of each dialect in two parts: one for the text around the elements, one for each element
/// alone, so that elements can be checked in parallel.
static AGGREGATES_PARTS: [LazyValidator; 2] = [
    LazyLock::new(|| compile_around(AGGREGATES, Dialect::Aggregates)),
    LazyLock::new(|| compile_element(AGGREGATES, Dialect::Aggregates)),
];
static SUMMARY_PARTS: [LazyValidator; 2] = [
    LazyLock::new(|| compile_around(SUMMARY, Dialect::Summary)),
    LazyLock::new(|| compile_element(SUMMARY, Dialect::Summary)),
];

/// The two parts of the schema of a dialect.
fn parts(dialect: Dialect) -> &'static [LazyValidator; 2] {
    match dialect {
        Dialect::Aggregates => &AGGREGATES_PARTS,
        Dialect::Summary => &SUMMARY_PARTS,
    }
}

/// Compiles the schema of a response without its elements, which are checked one by one.
fn compile_around(schema: &str, dialect: Dialect) -> Result<Validator<TapeJson>, String> {
    let mut root: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    if let Some(array) = root["properties"][dialect.array()].as_object_mut() {
        array.remove("items");
    }
    compile(&root)
}

/// Compiles the schema of one element.
fn compile_element(schema: &str, dialect: Dialect) -> Result<Validator<TapeJson>, String> {
    let root: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    compile(&json!({
        "$schema": root["$schema"],
        "$ref": format!("#/$defs/{}", dialect.element()),
        "$defs": root["$defs"],
    }))
}

fn compile(schema: &Value) -> Result<Validator<TapeJson>, String> {
    let options = jsonschema::options_for();
    options.build(schema).map_err(|error| error.to_string())
}

/// Checks a response whose array of elements is left out.
pub fn around(dialect: Dialect, root: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    let [around, _] = parts(dialect);
    check_embedded(around, root, path, out);
}

/// Checks one element.
pub fn element(dialect: Dialect, node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    let [_, element] = parts(dialect);
    check_embedded(element, node, path, out);
}

fn check_embedded(
    validator: &LazyValidator,
    node: Node<'_>,
    path: &Path,
    out: &mut Vec<Diagnostic>,
) {
    match validator.as_ref() {
        Ok(validator) => check(validator, node, true, path, "", out),
        // A test rules it out.
        Err(error) => out.push(Diagnostic::new(Code::Schema, error.clone())),
    }
}

/// Returns true if a response is an object of its array of elements alone, which the schema allows.
pub fn is_plain(dialect: Dialect, root: Node<'_>) -> bool {
    let mut members = root.members();
    let array = members.next();
    members.next().is_none()
        && array.is_some_and(|(key, value)| {
            value.is_array() && key.string().as_deref() == Some(dialect.array())
        })
}

/// Turns every error of `validator` into a finding. With `any_spelling`, properties in other spellings have
/// the names of the API. `prefix` is the path of the schema in the schema that the finding names.
pub fn check(
    validator: &Validator<TapeJson>,
    node: Node<'_>,
    any_spelling: bool,
    base: &Path,
    prefix: &str,
    out: &mut Vec<Diagnostic>,
) {
    let instance = Instance::new(node, any_spelling);
    if validator.is_valid(instance.clone()) {
        return;
    }
    for error in validator.iter_errors(instance) {
        let path = path_of(error.instance_path());
        let (at, path) = node.resolve(&path).unwrap_or((node, path));
        let full = base.clone().join(&path);
        let finding = match error.kind() {
            ValidationErrorKind::Type { kind } => wrong_type(kind, at, &path, &full),
            ValidationErrorKind::Required { property } => missing(property, at, &path),
            kind => {
                let code = match kind {
                    ValidationErrorKind::Pattern { .. }
                    | ValidationErrorKind::Format { .. }
                    | ValidationErrorKind::Enum { .. }
                    | ValidationErrorKind::Constant { .. }
                    | ValidationErrorKind::Minimum { .. }
                    | ValidationErrorKind::Maximum { .. }
                    | ValidationErrorKind::ExclusiveMinimum { .. }
                    | ValidationErrorKind::ExclusiveMaximum { .. }
                    | ValidationErrorKind::MinLength { .. }
                    | ValidationErrorKind::MaxLength { .. }
                    | ValidationErrorKind::MultipleOf { .. } => Code::BadValue,
                    _ => Code::Schema,
                };
                let name = place_name(&full);
                Diagnostic::new(code, error.masked_with(name).to_string())
                    .cause(format!("{}{}", path.pattern(), kind.keyword()))
                    .label(format!("against `{}`", kind.keyword()))
                    .help(format!(
                        "the schema asks for this at {prefix}{}",
                        error.schema_path()
                    ))
            }
        };
        out.push(finding.at(shown(at), full));
    }
}

/// The path of a location.
fn path_of(location: &Location) -> Path {
    let steps = location.iter().map(|segment| match segment {
        LocationSegment::Property(name) => PathStep::Key(name.into_owned().into()),
        LocationSegment::Index(index) => PathStep::Index(index),
    });
    steps.collect()
}

fn wrong_type(kind: &TypeKind, at: Node<'_>, path: &Path, full: &Path) -> Diagnostic {
    let kinds: Vec<JsonType> = match kind {
        TypeKind::Single(kind) => vec![*kind],
        TypeKind::Multiple(kinds) => kinds.iter().collect(),
    };
    let integer = kinds.contains(&JsonType::Integer);
    let number = integer || kinds.contains(&JsonType::Number);
    let found = match at.kind() {
        TokenKind::Object => "an object",
        TokenKind::Array => "an array",
        TokenKind::String | TokenKind::Escaped => "a string",
        TokenKind::Number if integer => "a number with a fraction",
        TokenKind::Number => "a number",
        TokenKind::True | TokenKind::False => "a boolean",
        TokenKind::Null => "null",
    };
    let mut wanted: Vec<&str> = kinds.into_iter().map(with_article).collect();
    wanted.sort_by_key(|kind| *kind == "null");
    let wanted = wanted.join(" or ");
    let finding = Diagnostic::new(
        Code::WrongType,
        format!("{} must be {wanted}, not {found}", place_name(full)),
    )
    .cause(path.pattern())
    .label(format!("{found}, not {wanted}"));
    if at.string().is_some_and(|text| is_depth_cut(&text)) {
        return finding.cause("depth cut").help(DEPTH_CUT);
    }
    let digits = at
        .string()
        .is_some_and(|text| text.trim().parse::<f64>().is_ok());
    if number && digits {
        finding.help("write the number without quotes")
    } else {
        finding.help("`gcagg schema` prints the expected types")
    }
}

/// Returns true if PowerShell's `ConvertTo-Json` wrote this text in place of a value below its
/// `-Depth`.
fn is_depth_cut(text: &str) -> bool {
    (text.starts_with("@{") && text.ends_with('}'))
        || text == "System.Object[]"
        || text == "System.Collections.Hashtable"
        || text == "System.Management.Automation.PSCustomObject"
}

const DEPTH_CUT: &str = "ConvertTo-Json of PowerShell replaced everything below its depth limit by text, so the values are lost; fetch the response again and save it with `ConvertTo-Json -Depth 20`";

fn with_article(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "an array",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

fn missing(property: &Value, at: Node<'_>, path: &Path) -> Diagnostic {
    let property = property.as_str().unwrap_or_default();
    let name = text::printable(property);
    let near = at
        .members()
        .filter_map(|(key, _)| key.string())
        .find(|key| key.to_lowercase() == property.to_lowercase())
        .map(|key| text::printable(&key));
    let finding = Diagnostic::new(
        Code::MissingProperty,
        format!("{} lacks its `{name}`", owner(path)),
    )
    .cause(format!("{}/{property}", path.pattern()))
    .label(format!("no `{name}` in this object"));
    match near {
        Some(near) => finding.help(format!("rename `{near}` to `{name}`")),
        None => finding.help(format!("add `{name}`, or fetch the response again")),
    }
}

/// Names the value at a path, for a sentence.
fn place_name(path: &Path) -> String {
    match path.steps() {
        [] => "the document".into(),
        [.., PathStep::Key(key)] => format!("`{}`", text::printable(key)),
        [.., PathStep::Key(list), PathStep::Index(index)] => {
            format!("element {index} of `{}`", text::printable(list))
        }
        [.., PathStep::Index(index)] => format!("element {index} of the array"),
    }
}

fn owner(path: &Path) -> String {
    if path.is_empty() {
        "this object".into()
    } else {
        place_name(path)
    }
}

/// The bytes to mark: all of a scalar, or the opening bracket of a container.
fn shown(node: Node<'_>) -> Span {
    let span = node.span();
    if node.is_object() || node.is_array() {
        Span::new(span.start, span.start + 1)
    } else {
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
        let mut out = Vec::new();
        let path = Path::of_keys("/results/0");
        element(Dialect::Aggregates, tape.root(), &path, &mut out);
        out.iter()
            .map(|finding| (finding.code.id(), finding.path.to_string()))
            .collect()
    }

    #[test]
    fn the_embedded_schemas_compile() {
        let mut all = AGGREGATES_PARTS.iter().chain(&SUMMARY_PARTS);
        assert!(all.all(|it| it.is_ok()));
    }

    #[test]
    fn errors_become_findings_with_pointers() {
        assert_eq!(
            found(r#"{"group":{},"data":[{"metrics":[{"metric":"a","stats":{"count":4.0}}]}]}"#),
            []
        );
        assert_eq!(
            found(r#"{"group":{},"data":[{"metrics":[{"metric":"a","stats":{"count":"4"}},{}]}]}"#),
            [
                ("S001", "/results/0/data/0/metrics/0/stats/count".to_owned()),
                ("S002", "/results/0/data/0/metrics/1".to_owned()),
            ]
        );
        assert_eq!(
            found(r#"{"date":null}"#),
            [("S002", "/results/0".to_owned())]
        );
        assert_eq!(
            found(r#"{"group":{},"data":[{"metrics":[{"metric":""}]}]}"#),
            [("S004", "/results/0/data/0/metrics/0/metric".to_owned())]
        );
    }

    #[test]
    fn the_tape_is_a_faithful_instance() {
        let text = r#"{"string":"héllo","integer":42,"float":1.5,"boolean":true,"null":null,"array":[10,20,30],"duplicates":[1,{"a":1},{"a":1}],"object":{"nested":"value"}}"#;
        let tape = Tape::read(text, Span::new(0, text.len()), 0).unwrap();
        jsonschema::json::conformance::assert_conformance::<TapeJson>(&Instance::new(
            tape.root(),
            false,
        ));
    }
}
