//! The dimensions that figures can be grouped by.

use crate::diagnostic::words::listed;
use crate::error::Error;
use crate::json::text::printable;
use crate::model::catalog::named;
use crate::model::period::Period;
use crate::pipeline::{Surveyed, survey};
use crate::table::entity_names::Attribute;
use crate::table::{EntityNames, Survey};

/// The most dimensions that a message names.
const NAMED: usize = 12;

/// The dimensions of `--by`, one name for each that was typed, and those of them that are attributes of
/// ids. With `is_report`, an input must have them: a roll-up of a night in which nobody used a wrap-up code has
/// no such groups.
///
/// # Errors
/// A usage error for a name that no input has, with the nearest dimension.
pub(super) fn grouping(
    typed: &[String],
    names: &EntityNames,
    inputs: &[Surveyed],
    is_report: bool,
) -> Result<(Vec<String>, Vec<Attribute>), Error> {
    let (mut by, mut own) = (Vec::new(), Vec::new());
    if typed.is_empty() {
        return Ok((by, own));
    }
    let survey = survey::merged(inputs);
    let is_empty = survey.rows == 0 && survey.dimensions.is_empty();
    for name in typed {
        let is_known = |it: &String| !is_report || is_empty || survey.dimensions.contains_key(it);
        let found = survey.dimension_called(name).filter(is_known);
        let attributes = match found {
            Some(_) => Vec::new(),
            None => attributes(name, names, &survey),
        };
        by.push(match (found, attributes.as_slice()) {
            (Some(found), _) => found,
            (None, [attribute]) => {
                if !own.contains(attribute) {
                    own.push(attribute.clone());
                }
                attribute.name.clone()
            }
            (None, []) if is_empty => name.clone(),
            (None, []) => match named::dimensions(name).first() {
                Some(meant) if !is_report => (*meant).to_owned(),
                _ => return Err(unknown("--by", name, names, &survey)),
            },
            (None, [first, second, ..]) => {
                let (first, second) = (&first.name, &second.name);
                return Err(Error::usage(format!(
                    "--by {name}: ids of several dimensions have it"
                ))
                .help(format!("write `{first}` or `{second}`")));
            }
        });
    }
    Ok((by, own))
}

/// The dimensions that may be dropped although they are multivalued, by the words that were typed.
///
/// # Errors
/// A usage error for a name that neither the inputs nor the API have.
pub(super) fn dropped(typed: &[String], inputs: &[Surveyed]) -> Result<Vec<String>, Error> {
    let survey = survey::merged(inputs);
    let names = typed.iter().map(|name| {
        let meant = || {
            let first = named::dimensions(name).into_iter().next();
            first.map(str::to_owned)
        };
        let found = survey.dimension_called(name).or_else(meant);
        let none = EntityNames::default();
        found.ok_or_else(|| unknown("--drop-multivalued", name, &none, &survey))
    });
    names.collect()
}

/// The attributes of ids of the inputs that a word means.
fn attributes(typed: &str, names: &EntityNames, survey: &Survey) -> Vec<Attribute> {
    let ids = survey.dimensions.keys();
    let all = ids.flat_map(|name| names.attributes(name));
    let all = all.filter(|it| it.is_called(typed));
    let is_used = |it: &Attribute| {
        survey
            .names
            .as_ref()
            .is_some_and(|all| all.has_attribute(it))
    };
    let (used, others): (Vec<_>, Vec<_>) = all.partition(is_used);
    // Without any value, all groups are "(none)".
    if used.is_empty() {
        others.into_iter().take(1).collect()
    } else {
        used
    }
}

fn unknown(option: &str, typed: &str, names: &EntityNames, survey: &Survey) -> Error {
    let ids = survey.dimensions.keys();
    let attributes: Vec<Attribute> = ids.flat_map(|name| names.attributes(name)).collect();
    let attributes = attributes.iter().map(|it| it.name.as_str());
    // With and without the word before it: `queue_brand`, `brand`.
    let attributes = attributes.flat_map(|it| [Some(it), it.split_once('_').map(|it| it.1)]);
    let attributes = attributes.flatten();
    let known = survey
        .dimensions
        .keys()
        .map(String::as_str)
        .chain(attributes);
    let failure = Error::usage(format!("{option} {typed}: no group has this dimension"));
    if let Some(period) = Period::called(typed).filter(|_| option == "--by") {
        return failure.help(format!("write `--every {period}`"));
    }
    match named::nearest(typed, known) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => {
            let own = survey.dimensions.keys();
            let own: Vec<String> = own.map(|it| format!("`{}`", printable(it))).collect();
            let names = listed(&own, NAMED);
            failure.help(match own.len() {
                0 => "the groups have no dimensions: remove the option".to_owned(),
                1..=NAMED => format!("the groups have {names}"),
                _ => format!("the groups have {names}: `gcagg inspect` lists them"),
            })
        }
    }
}
