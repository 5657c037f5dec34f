//! Names in JSON: listings as the API returns them, arrays of entities, or entities one after
//! another.

use std::borrow::Cow;

use crate::error::Error;
use crate::json::Node;
use crate::json::scan::skip_blank;
use crate::json::tape::Tape;

use super::{FORMS, ListedNames, NamesFault};

/// The locales that are tried before any other one.
const LOCALES: [&str; 3] = ["en_US", "en-US", "en"];

/// Adds the names of a text.
pub(super) fn read(text: &str, names: &mut ListedNames) -> Result<(), NamesFault> {
    let mut at = skip_blank(text.as_bytes(), 0);
    while at < text.len() {
        let (tape, end) = Tape::read_prefix(text, at).map_err(|error| {
            let message = format!("not JSON: {}", error.message);
            (error.span.start, Error::usage(message).help(FORMS))
        })?;
        document(tape.root(), names)?;
        at = skip_blank(text.as_bytes(), end);
    }
    Ok(())
}

/// A page of a listing, an array, or one entity.
fn document(root: Node<'_>, names: &mut ListedNames) -> Result<(), NamesFault> {
    if root.is_array() {
        return root
            .elements()
            .try_for_each(|node| match node.get("entities") {
                // Pages in an array.
                Some(_) => document(node, names),
                None => entity(node, names),
            });
    }
    match root.get("entities") {
        Some(entities) if entities.is_array() => {
            entities.elements().try_for_each(|node| entity(node, names))
        }
        // A page without entities.
        Some(entities) if entities.is_null() => Ok(()),
        Some(entities) => {
            let error = Error::usage("`entities` is not an array").help(FORMS);
            Err((entities.span().start, error))
        }
        None => entity(root, names),
    }
}

fn entity(node: Node<'_>, names: &mut ListedNames) -> Result<(), NamesFault> {
    let text = |key| node.get(key).and_then(Node::string);
    let Some(id) = text("id").filter(|id| !id.is_empty()) else {
        let error = Error::usage("this is not an entity with an `id`").help(FORMS);
        return Err((node.span().start, error));
    };
    if let Some(name) = name(node) {
        names.add(&id, &name);
    }
    Ok(())
}

/// The name of an entity. Presences of an organization have a label per language, and all of them
/// are a kind of a system presence.
fn name(node: Node<'_>) -> Option<Cow<'_, str>> {
    let text = |node: Option<Node<'_>>| {
        let name = node.and_then(Node::string);
        name.filter(|name| !name.trim().is_empty())
            .map(|name| Cow::Owned::<str>(name.into_owned()))
    };
    let label = || {
        let labels = node.get("languageLabels")?;
        let first = LOCALES.iter().find_map(|locale| text(labels.get(locale)));
        first.or_else(|| labels.members().find_map(|(_, label)| text(Some(label))))
    };
    let system = || text(node.get("systemPresence"));
    text(node.get("name")).or_else(label).or_else(system)
}
