//! The public interface of the library: its list, and that the commands use nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::circles::paths;
use crate::house::sources;

/// The list, which `GCAGG_UPDATE=1 cargo test --test it api` writes.
const FILE: &str = "tests/it/api.txt";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `src/lib.rs` exports: names by module, the module of the crate itself being empty.
fn exported() -> BTreeMap<String, BTreeSet<String>> {
    let mut exported = BTreeMap::new();
    read_exports("src/lib.rs", "", &mut exported);
    exported
}

/// Adds what a file exports, which is a module of the crate.
fn read_exports(file: &str, within: &str, exported: &mut BTreeMap<String, BTreeSet<String>>) {
    let text = std::fs::read_to_string(root().join(file)).expect("text");
    let (mut module, mut open, mut is_hidden) = (within.to_owned(), String::new(), false);
    for line in text.lines() {
        let word = line.trim();
        if let Some(name) = line.strip_prefix("pub mod ") {
            let name = name.trim_end_matches([' ', '{', ';']);
            if !is_hidden && line.ends_with('{') {
                module = name.to_owned();
            } else if !is_hidden {
                read_exports(&format!("src/{name}/mod.rs"), name, exported);
            }
            if !is_hidden {
                exported
                    .entry(String::new())
                    .or_default()
                    .insert(name.to_owned());
            }
        } else if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split('(').next().unwrap_or_default();
            exported
                .entry(String::new())
                .or_default()
                .insert(name.to_owned());
        } else if line == "}" {
            module = within.to_owned();
        }
        is_hidden = word == "#[doc(hidden)]" || (is_hidden && word.starts_with('#'));
        if word.starts_with("pub use ") || !open.is_empty() {
            open.push_str(word);
            if word.ends_with(';') {
                let statement = std::mem::take(&mut open);
                let names = statement.trim_end_matches(';').trim_end_matches('}');
                let names = names.rsplit(['{', ':']).next().unwrap_or_default();
                let names = match statement.contains('{') {
                    true => statement.split(['{', '}']).nth(1).unwrap_or_default(),
                    false => names,
                };
                let names = names
                    .split(',')
                    .map(|name| name.rsplit(" as ").next().unwrap_or(name));
                let names = names.map(|name| name.trim().to_owned());
                let list = exported.entry(module.clone()).or_default();
                list.extend(names.filter(|name| !name.is_empty()));
            }
        }
    }
}

#[test]
fn the_commands_use_what_the_library_exports() {
    let exported = exported();
    let has = |module: &str, name: &str| exported.get(module).is_some_and(|it| it.contains(name));
    let mut uses = 0;
    for folder in ["src/cli", "src/command"] {
        let mut files = Vec::new();
        sources(&root().join(folder), &mut files);
        for path in files {
            let text = std::fs::read_to_string(&path).expect("text");
            let inner = paths(&text).into_iter();
            for used in inner.filter_map(|it| it.strip_prefix("crate::").map(str::to_owned)) {
                let mut parts = used.split("::");
                let (first, second) = (parts.next().unwrap_or_default(), parts.next());
                let is_public = ["cli", "command"].contains(&first)
                    || has("", first)
                        && second.is_none_or(|name| {
                            name == "self" || !exported.contains_key(first) || has(first, name)
                        });
                assert!(
                    is_public,
                    "{} uses crate::{used}, which is not public",
                    path.display()
                );
                uses += 1;
            }
        }
    }
    assert!(uses > 100, "only {uses} uses were seen");
}

/// The name that a declaration declares, if it is public.
fn declared(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("pub ")?;
    let rest = rest.strip_prefix("const fn ").map_or(rest, |it| it);
    let (kind, rest) = rest.split_once(' ').unwrap_or(("fn", rest));
    let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    let kinds = ["struct", "enum", "trait", "fn", "const", "static"];
    kinds.contains(&kind).then_some((kind, name))
}

/// The public methods and fields of each type, and the kind of each item, of all files.
fn items() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut items: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("text");
        let text = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        let (mut own, mut is_hidden, mut is_enum) = (None, false, false);
        for line in text.lines() {
            if let Some((kind, name)) = declared(line) {
                items.entry(name.to_owned()).or_default().0 = kind.to_owned();
                own = line.ends_with('{').then(|| name.to_owned());
                is_enum = kind == "enum";
            } else if let Some(rest) = line.strip_prefix("impl") {
                let rest = rest.trim_start_matches(|char| char != ' ').trim();
                let is_inherent = !rest.contains(" for ");
                let name = rest.split(['<', ' ']).next().unwrap_or_default();
                own = is_inherent.then(|| name.to_owned());
                is_enum = false;
            } else if line == "}" {
                own = None;
            }
            let Some(inner) = line.strip_prefix("    ").filter(|it| !it.starts_with(' ')) else {
                continue;
            };
            let next = inner == "#[doc(hidden)]" || (is_hidden && inner.starts_with('#'));
            let hidden = std::mem::replace(&mut is_hidden, next);
            let (Some(own), false) = (&own, hidden) else {
                continue;
            };
            let member = match declared(inner) {
                Some((kind, name)) => Some(format!("{kind} {name}")),
                None if is_enum && inner.starts_with(char::is_uppercase) => {
                    let end = inner.find(|char: char| !char.is_alphanumeric());
                    Some(inner[..end.unwrap_or(inner.len())].to_owned())
                }
                None => {
                    let field = inner.strip_prefix("pub ").and_then(|it| it.split_once(':'));
                    field.map(|(name, _)| name.to_owned())
                }
            };
            items.entry(own.clone()).or_default().1.extend(member);
        }
    }
    items
}

#[test]
fn the_public_interface_is_the_one_in_the_list() {
    let items = items();
    let mut list = String::new();
    for (module, names) in exported() {
        for name in names
            .iter()
            .filter(|name| !["output", "fetch"].contains(&name.as_str()))
        {
            let path = if module.is_empty() {
                String::new()
            } else {
                format!("{module}::")
            };
            let (kind, members) = items.get(name).cloned().unwrap_or_default();
            let kind = if kind.is_empty() { "item" } else { &kind };
            writeln!(list, "{kind} {path}{name}").expect("memory");
            for member in members {
                writeln!(list, "    {member}").expect("memory");
            }
        }
    }
    let path = root().join(FILE);
    if std::env::var_os("GCAGG_UPDATE").is_some() {
        std::fs::write(&path, &list).expect("written");
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        list == known,
        "{FILE} differs: GCAGG_UPDATE=1 cargo test --test it api, and say so in CHANGELOG.md"
    );
}
