//! Files of `src/` do not use each other in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::house::sources;

/// The module of each file, by its path from `src/`.
fn modules() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let name = |path: &Path| {
        let path = path.strip_prefix(&root).expect("inside").with_extension("");
        let parts = path.iter().map(|part| part.to_str().expect("text"));
        parts
            .filter(|part| *part != "mod")
            .collect::<Vec<_>>()
            .join("::")
    };
    files
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).expect("text")))
        .filter(|(name, _)| !["lib", "main", "internals"].contains(&name.as_str()))
        .collect()
}

/// The paths in a file that begin with `crate`, `super` or `self`, those in braces one by one.
pub fn paths(text: &str) -> Vec<String> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .expect("text before the tests")
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n");
    let is_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with(is_path) {
                continue;
            }
            let rest = &code[at..];
            let end = rest.find(|char| !is_path(char)).unwrap_or(rest.len());
            let (path, rest) = rest.split_at(end);
            match rest.strip_prefix('{').filter(|_| path.ends_with("::")) {
                Some(list) => {
                    let list = list.split(['}', ';']).next().unwrap_or_default();
                    for name in list.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                        found.push(format!("{path}{}", name.split(' ').next().unwrap_or(name)));
                    }
                }
                None => found.push(path.to_owned()),
            }
        }
    }
    found
}

/// The module that a path of `own` leads to.
fn target(own: &str, path: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut parts: Vec<&str> = own.split("::").collect();
    for part in path.split("::") {
        match part {
            "crate" => parts.clear(),
            "self" | "" => {}
            "super" => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    (1..=parts.len())
        .rev()
        .map(|length| parts[..length].join("::"))
        .find(|name| modules.contains_key(name))
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let modules = modules();
    let is_within = |a: &str, b: &str| a.starts_with(&format!("{b}::"));
    let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (own, text) in &modules {
        let used = paths(text).into_iter();
        let used = used.filter_map(|path| target(own, &path, &modules));
        // A folder's own file declares, and shows, what is in it.
        let used = used.filter(|it| it != own && !is_within(it, own) && !is_within(own, it));
        uses.insert(own, used.collect());
    }
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 500);
    // What uses nothing that is left is in no circle.
    let mut left: BTreeSet<String> = modules.keys().cloned().collect();
    while let Some(free) = left
        .iter()
        .find(|own| uses[own.as_str()].is_disjoint(&left))
        .cloned()
    {
        left.remove(&free);
    }
    // Nor is what only uses a circle.
    while let Some(free) = left
        .iter()
        .find(|own| !left.iter().any(|other| uses[other.as_str()].contains(*own)))
        .cloned()
    {
        left.remove(&free);
    }
    assert!(
        left.is_empty(),
        "these use each other in a circle: {left:?}"
    );
}
