//! Properties that the schema does not know: kept open by the schema, named here.

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Node, Path, TokenKind, spelling, text};
use crate::model::Dialect;
use crate::model::catalog::{self, nearest};

use super::types::{PropertyNames, names};

/// The objects of a response, by their pointers.
const CONTAINER: &str = "/results/*";
const BUCKET: &str = "/results/*/data/*";
const METRIC: &str = "/results/*/data/*/metrics/*";
const VIEW: &str = "/results/*/data/*/views/*";
const STATS: &str = "/results/*/data/*/metrics/*/stats";
const ENTITY: &str = "/entities/*";
const VALUE: &str = "/entities/*/metrics/*";

/// The properties of a response beside its elements.
pub fn around(dialect: Dialect, root: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    unknown(root, names(dialect.name()), "a response", path, out);
}

/// The properties of one element and all that it holds.
pub fn element(dialect: Dialect, node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    match dialect {
        Dialect::Aggregates => container(node, path, out),
        Dialect::Summary => {
            unknown(node, names(ENTITY), "an entity", path, out);
            let Some((metrics, path)) = property(node, "metrics", path) else {
                return;
            };
            let known = names(VALUE);
            for (key, value) in metrics.members() {
                if value.members().any(|(key, _)| !knows(known, key)) {
                    let path = path
                        .clone()
                        .key(key.string().unwrap_or_default().into_owned());
                    unknown(value, known, "a metric", &path, out);
                }
            }
        }
    }
}

fn container(node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    unknown(node, names(CONTAINER), "a container", path, out);
    if node.get("group").is_none() {
        misspelt_group(node, path, out);
    }
    let Some((buckets, path)) = property(node, "data", path) else {
        return;
    };
    let (of_bucket, of_stats) = (names(BUCKET), names(STATS));
    let lists = [
        ("metrics", names(METRIC), "a metric"),
        ("views", names(VIEW), "a view"),
    ];
    for (index, bucket) in buckets.elements().enumerate() {
        let path = path.clone().index(index);
        unknown(bucket, of_bucket, "a bucket", &path, out);
        for (list, names, kind) in lists {
            let Some((entries, path)) = property(bucket, list, &path) else {
                continue;
            };
            for (index, entry) in entries.elements().enumerate() {
                let path = || path.clone().index(index);
                if entry.members().any(|(key, _)| !knows(names, key)) {
                    unknown(entry, names, kind, &path(), out);
                }
                let stats = entry.get("stats").into_iter().flat_map(Node::members);
                if { stats }.any(|(key, _)| !knows_stat(of_stats, entry, key)) {
                    unknown_stats(of_stats, entry, &path(), out);
                }
            }
        }
    }
}

/// Returns true if a statistic is one of `names`, those of the schema, or one of the family of the metric.
fn knows_stat(names: &PropertyNames, entry: Node<'_>, key: Node<'_>) -> bool {
    knows(names, key) || {
        let (metric, key) = (entry.get("metric").and_then(Node::string), key.string());
        metric
            .zip(key)
            .is_some_and(|(metric, key)| catalog::stats::has_later(&metric, &spelling::camel(&key)))
    }
}

fn unknown_stats(names: &PropertyNames, entry: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    let Some((stats, path)) = property(entry, "stats", path) else {
        return;
    };
    let members = stats.members();
    for (key, value) in members.filter(|(key, _)| !knows_stat(names, entry, *key)) {
        let fate = match value.kind() {
            TokenKind::Object | TokenKind::Array => {
                "it is not a single figure and is left out of tables".to_owned()
            }
            _ => format!(
                "it becomes a column after the known ones; with --columns all, name it: --columns all,{}",
                text::printable(&key.string().unwrap_or_default())
            ),
        };
        out.push(finding(key, names, "the stats", &fate, &path));
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
