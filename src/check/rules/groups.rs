//! Rules on groups (`G…`).

use crate::diagnostic::sink::Sink;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::aggregates::Container;
use crate::document::catalog;
use crate::json::{Span, pointer, text};

/// `G001` and `G003` for every dimension of a group.
pub fn dimensions(container: Container<'_>, path: &str, out: &mut Sink<'_, '_>) {
    for (key, value) in container.members() {
        let name = key.string().unwrap_or_default();
        let flattened = value.string().is_some_and(|it| is_flattened(&name, &it));
        if !flattened {
            about(&name, key.span(), || path.to_owned(), out);
        }
    }
}

/// Whether a value joins all values of one conversation, so that it counts once: the API separates
/// them by commas where the query sets flattenMultivaluedDimensions.
pub(in crate::check) fn is_flattened(name: &str, value: &str) -> bool {
    value.contains(',') && is_multivalued(name)
}

/// Whether one conversation can have several values of this dimension.
pub(in crate::check) fn is_multivalued(name: &str) -> bool {
    catalog::dimension(name).is_some_and(|dimension| dimension.multivalued)
}

/// Whether something is to be told of a dimension.
pub(in crate::check) fn is_notable(name: &str) -> bool {
    !name.is_empty() && catalog::dimension(name).is_none_or(|dimension| dimension.multivalued)
}

/// What is to be told of a dimension whose name stands at `span` in the group of the container at
/// `path`.
pub(in crate::check) fn about(
    name: &str,
    span: Span,
    path: impl Fn() -> String,
    out: &mut Sink<'_, '_>,
) {
    if !is_notable(name) {
        return;
    }
    let finding = match catalog::is_dimension(name) {
        false => unknown(name),
        true => multivalued(name),
    };
    let place = pointer::child(&format!("{}/group", path()), name);
    out.push(finding.at(span, place).cause(name));
}

/// `G001`: a dimension that the API does not have.
fn unknown(name: &str) -> Diagnostic {
    let shown: String = text::printable(name).chars().take(80).collect();
    Diagnostic::new(
        Code::UnknownDimension,
        format!("`{shown}` is not a known dimension of the API"),
    )
    .label("unknown dimension")
    .help(match catalog::nearest_dimension(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "it may be newer than this version of gcagg, or added by the program that wrote the file; it is converted unchanged".to_owned(),
    })
}

/// `G003`: a dimension of which one conversation can have several values.
fn multivalued(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MultivaluedDimension,
        format!("one conversation may count in several groups: it can have more than one `{name}`"),
    )
    .label("one conversation can have several of these")
    .help("do not add these rows up; take the total from a query without this dimension, or set flattenMultivaluedDimensions in the query")
}
