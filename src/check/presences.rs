//! Presences of an organization, and the system presences to which responses map them (`G005`).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::json::text::printable;
use crate::json::{Node, Path, Span};

use super::memory::{InputFinding, NamePlaces};

/// The `systemToOrganizationMappings` of responses: by system presence, the presences of the
/// organization with the first place of each.
pub type PresenceMap = BTreeMap<String, BTreeMap<String, (Span, Path)>>;

/// Reads the mappings of a response, which have this path.
pub fn read(mappings: Node<'_>, path: &Path) -> PresenceMap {
    let mut map = PresenceMap::new();
    for (system, organizations) in mappings.members() {
        let system = system.string().unwrap_or_default();
        let own = path.clone().key(system.to_string());
        let known = map.entry(system.into_owned()).or_default();
        for (index, organization) in organizations.elements().enumerate() {
            if let Some(id) = organization.string() {
                let place = (organization.span(), own.clone().index(index));
                known.entry(id.into_owned()).or_insert(place);
            }
        }
    }
    map
}

/// Adds the mappings of a later response.
pub fn merge(map: &mut PresenceMap, later: PresenceMap) {
    for (system, organizations) in later {
        let known = map.entry(system).or_default();
        for (id, place) in organizations {
            known.entry(id).or_insert(place);
        }
    }
}

/// The mappings of all inputs: the presences of the organization by system presence.
pub fn union<'m>(
    all: impl Iterator<Item = &'m PresenceMap>,
) -> BTreeMap<&'m str, BTreeSet<&'m str>> {
    let mut united: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (system, organizations) in all.flatten() {
        let known = united.entry(system).or_default();
        known.extend(organizations.keys().map(String::as_str));
    }
    united
}

/// Each presence of the organization with its system presence. One that is mapped to several has
/// none: which of them counted would depend on the order of the inputs.
pub fn systems<'m>(all: impl Iterator<Item = &'m PresenceMap>) -> Vec<(&'m str, &'m str)> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (system, organizations) in union(all) {
        for organization in organizations {
            systems.entry(organization).or_default().insert(system);
        }
    }
    let single = systems.into_iter().filter(|(_, it)| it.len() == 1);
    single
        .flat_map(|(organization, it)| it.into_iter().map(move |system| (system, organization)))
        .collect()
}

/// The number of an input, the place of a presence in it, and the system presence.
type Mapping<'m> = (usize, &'m (Span, Path), &'m str);

/// Finds presences that are mapped to several system presences: one finding for each but the first.
pub fn find(inputs: &[&PresenceMap], named: NamePlaces<'_>) -> Vec<InputFinding> {
    // The places of each presence, in the order of the inputs.
    let mut mapped: BTreeMap<&str, Vec<Mapping<'_>>> = BTreeMap::new();
    for (number, map) in inputs.iter().enumerate() {
        for (system, organizations) in *map {
            for (id, place) in organizations {
                let places = mapped.entry(id).or_default();
                places.push((number, place, system));
            }
        }
    }
    let mut found = Vec::new();
    for (id, mut places) in mapped {
        places.sort_by_key(|(number, (span, _), _)| (*number, *span));
        let Some(((input, (span, path), first), others)) = places.split_first() else {
            continue;
        };
        let mut known = BTreeSet::from([*first]);
        let mut earlier = String::new();
        for (number, place, system) in others {
            if !known.insert(system) {
                continue;
            }
            if earlier.is_empty() {
                let place = (*input, *span, path.clone());
                earlier = named(vec![place]).pop().unwrap_or_default();
            }
            found.push((*number, conflict(id, (first, &earlier), (system, place))));
        }
    }
    found
}

fn conflict(
    id: &str,
    (first, earlier): (&str, &str),
    (system, (span, path)): (&str, &(Span, Path)),
) -> Diagnostic {
    let (first, system) = (printable(first), printable(system));
    Diagnostic::new(
        Code::ConflictingPresence,
        format!(
            "the presence `{}` is mapped to {system} here and to {first} at {earlier}: it gets \
             neither as its name",
            printable(id)
        ),
    )
    .at(*span, path.clone())
    .cause("conflict")
    .label(format!("{first} in the other place"))
    .related(earlier)
    .help("name the presence in a file of names: --names FILE; or leave the outdated file out")
}
