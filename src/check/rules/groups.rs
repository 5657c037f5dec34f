//! Rules on groups (`G…`).

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, text};
use crate::model::catalog;
use crate::record::View;

use super::RuleMemory;

/// `G001` and `G003`: a dimension that the API does not have, or one of which a conversation can
/// have several values. Each is reported once, unless it is an error, which leaves its group out.
pub(super) fn unknown_or_multivalued(
    view: View<'_>,
    state: &mut RuleMemory,
    out: &mut Findings<'_, '_>,
) {
    for dimension in view.group() {
        let name = view.str(dimension.name);
        let is_known = catalog::is_dimension(name);
        if name.is_empty() || is_known && !catalog::is_multivalued(name) {
            continue;
        }
        let code = match is_known {
            false => Code::UnknownDimension,
            // The API joins all values of a conversation by commas where the query sets
            // flattenMultivaluedDimensions: each conversation then counts once.
            true if dimension
                .value
                .text()
                .is_some_and(|it| view.str(it).contains(',')) =>
            {
                continue;
            }
            true => Code::MultivaluedDimension,
        };
        if !state.dimensions.insert(dimension.id) && !out.is_error(code) {
            continue;
        }
        out.report(
            code,
            dimension.id.into(),
            || name.to_owned(),
            || {
                let finding = match code {
                    Code::UnknownDimension => unknown(name),
                    _ => multivalued(name),
                };
                let path = Path::default().key("group").key(name.to_owned());
                finding.at(view.token(dimension.name), path)
            },
        );
    }
}

fn unknown(name: &str) -> Diagnostic {
    let shown: String = text::printable(name).chars().take(80).collect();
    Diagnostic::new(
        Code::UnknownDimension,
        format!("`{shown}` is not a known dimension of the API"),
    )
    .label("unknown dimension")
    .help(match catalog::nearest_dimension(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "it may be newer than this version of gcagg, or come from another program; it is converted unchanged".to_owned(),
    })
}

fn multivalued(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MultivaluedDimension,
        format!("one conversation may count in several groups: it can have more than one `{name}`"),
    )
    .label("one conversation can have several of these")
    .help("do not add these rows; take the total from a query without this dimension, or set flattenMultivaluedDimensions in the query")
}
