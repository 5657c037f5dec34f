//! Properties that the schema does not know: kept open by the schema, named here.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Node, Path, TokenKind, spelling, text};
use crate::model::Dialect;
use crate::model::catalog::{self, nearest};

use super::schema::{AGGREGATES, SUMMARY};

type PropertyNames = BTreeSet<String>;

/// The names that the schemas know, object by object.
#[derive(Debug)]
pub struct KnownProperties {
    response: PropertyNames,
    container: PropertyNames,
    bucket: PropertyNames,
    metric: PropertyNames,
    view: PropertyNames,
    stats: PropertyNames,
    summary: PropertyNames,
    entity: PropertyNames,
    value: PropertyNames,
}

impl KnownProperties {
    /// The names, which are read from the embedded schemas when they are needed first.
    pub fn get() -> &'static Self {
        static NAMES: LazyLock<KnownProperties> = LazyLock::new(KnownProperties::new);
        &NAMES
    }

    fn new() -> Self {
        // A test makes sure that the schemas compile.
        let read = |text| serde_json::from_str(text).unwrap_or_default();
        let (aggregates, summary): (Value, Value) = (read(AGGREGATES), read(SUMMARY));
        let names = |schema: &Value| -> PropertyNames {
            schema["properties"]
                .as_object()
                .map(|properties| properties.keys().cloned().collect())
                .unwrap_or_default()
        };
        let def = |schema: &Value, name: &str| names(&schema["$defs"][name]);
        Self {
            response: names(&aggregates),
            container: def(&aggregates, "container"),
            bucket: def(&aggregates, "bucket"),
            metric: def(&aggregates, "metric"),
            view: def(&aggregates, "view"),
            stats: def(&aggregates, "stats"),
            summary: names(&summary),
            entity: def(&summary, "entity"),
            value: def(&summary, "value"),
        }
    }

    /// The properties of a response beside its elements.
    pub fn around(&self, dialect: Dialect, root: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
        let names = match dialect {
            Dialect::Aggregates => &self.response,
            Dialect::Summary => &self.summary,
        };
        unknown(root, names, "a response", path, out);
    }

    /// The properties of one element and all that it holds.
    pub fn element(
        &self,
        dialect: Dialect,
        node: Node<'_>,
        path: &Path,
        out: &mut Vec<Diagnostic>,
    ) {
        match dialect {
            Dialect::Aggregates => self.container(node, path, out),
            Dialect::Summary => {
                unknown(node, &self.entity, "an entity", path, out);
                let Some((metrics, path)) = property(node, "metrics", path) else {
                    return;
                };
                for (key, value) in metrics.members() {
                    if value.members().any(|(key, _)| !knows(&self.value, key)) {
                        let path = path
                            .clone()
                            .key(key.string().unwrap_or_default().into_owned());
                        unknown(value, &self.value, "a metric", &path, out);
                    }
                }
            }
        }
    }

    fn container(&self, node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
        unknown(node, &self.container, "a container", path, out);
        if node.get("group").is_none() {
            misspelt_group(node, path, out);
        }
        let Some((buckets, path)) = property(node, "data", path) else {
            return;
        };
        for (index, bucket) in buckets.elements().enumerate() {
            let path = path.clone().index(index);
            unknown(bucket, &self.bucket, "a bucket", &path, out);
            for (list, names, kind) in [
                ("metrics", &self.metric, "a metric"),
                ("views", &self.view, "a view"),
            ] {
                let Some((entries, path)) = property(bucket, list, &path) else {
                    continue;
                };
                for (index, entry) in entries.elements().enumerate() {
                    let path = || path.clone().index(index);
                    if entry.members().any(|(key, _)| !knows(names, key)) {
                        unknown(entry, names, kind, &path(), out);
                    }
                    let stats = entry.get("stats").into_iter().flat_map(Node::members);
                    if { stats }.any(|(key, _)| !self.knows_stat(entry, key)) {
                        self.stats(entry, &path(), out);
                    }
                }
            }
        }
    }

    /// Returns true if a statistic is one of the schema, or one of the family of the metric.
    fn knows_stat(&self, entry: Node<'_>, key: Node<'_>) -> bool {
        knows(&self.stats, key) || {
            let (metric, key) = (entry.get("metric").and_then(Node::string), key.string());
            metric.zip(key).is_some_and(|(metric, key)| {
                catalog::stats::has_later(&metric, &spelling::camel(&key))
            })
        }
    }

    fn stats(&self, entry: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
        let Some((stats, path)) = property(entry, "stats", path) else {
            return;
        };
        let members = stats.members();
        for (key, value) in members.filter(|(key, _)| !self.knows_stat(entry, *key)) {
            let fate = match value.kind() {
                TokenKind::Object | TokenKind::Array => {
                    "it is not a single figure and is left out of tables"
                }
                _ => "it becomes a column after the known ones",
            };
            out.push(finding(key, &self.stats, "the stats", fate, &path));
        }
    }
}

/// A container may lack its group, but not because the key is misspelt: its dimensions would be
/// lost.
fn misspelt_group(node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    let group = node.members().find_map(|(key, value)| {
        let name = key.string().filter(|_| value.is_object())?;
        nearest(&name, std::iter::once("group"))?;
        Some((key, text::printable(&name)))
    });
    if let Some((key, shown)) = group {
        out.push(
            Diagnostic::new(
                Code::MissingProperty,
                format!("the container has no `group`, but `{shown}`"),
            )
            .at(key.span(), path)
            .cause("group")
            .label("not a property of a container")
            .help(format!(
                "rename `{shown}` to `group`; otherwise its dimensions are lost"
            )),
        );
    }
}

/// The property of this name, and the path to it.
fn property<'a>(node: Node<'a>, name: &str, path: &Path) -> Option<(Node<'a>, Path)> {
    let (key, value) = node.member(name)?;
    Some((value, path.clone().key(key.string()?.into_owned())))
}

fn knows(names: &PropertyNames, key: Node<'_>) -> bool {
    key.string()
        .is_some_and(|name| names.contains(spelling::camel(&name).as_ref()))
}

fn unknown(
    node: Node<'_>,
    names: &PropertyNames,
    kind: &str,
    path: &Path,
    out: &mut Vec<Diagnostic>,
) {
    for (key, _) in node.members().filter(|(key, _)| !knows(names, *key)) {
        out.push(finding(key, names, kind, "it is left out of tables", path));
    }
}

fn finding(
    key: Node<'_>,
    names: &PropertyNames,
    kind: &str,
    fate: &str,
    path: &Path,
) -> Diagnostic {
    let name = key.string().unwrap_or_default();
    let shown: String = text::printable(&name).chars().take(80).collect();
    let help = match nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? Without a change, {fate}"),
        None => format!(
            "known properties: {}; {fate}",
            names.iter().cloned().collect::<Vec<_>>().join(", ")
        ),
    };
    Diagnostic::new(
        Code::UnknownProperty,
        format!("unknown property `{shown}` in {kind}"),
    )
    .at(key.span(), path.clone().key(name.into_owned()))
    .cause(format!("{kind}/{shown}"))
    .label("unknown")
    .help(help)
}
