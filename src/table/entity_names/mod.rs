//! The names of ids: queues, users, wrap-up codes and whatever else a file of names lists.

mod attributes;
mod csv;
mod listing;
mod survey;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::error::Error;
use crate::input::Input;
use crate::input::content::Content;
use crate::input::near_path;
use crate::input::open_error::OpenError;
use crate::input::reading::Reading;
use crate::json::text::line_column;

pub use attributes::Attribute;
pub use survey::NameSurvey;

/// The extensions of files of names in a folder, also with `.gz` or `.zst` behind them.
const EXTENSIONS: [&str; 4] = ["csv", "json", "ndjson", "jsonl"];

/// The names of ids: those of files, and those of presences that the responses themselves have.
#[derive(Debug, Default, Clone)]
pub struct EntityNames {
    /// The names of files; `None` where no file was named.
    listed: Option<Arc<ListedNames>>,
    /// Names of organization presences that responses map to system presences, known once all inputs
    /// were read. They count where no file names the presence.
    mapped: Arc<OnceLock<HashMap<Box<str>, Box<str>>>>,
}

/// The names in files.
#[derive(Debug, Default)]
struct ListedNames {
    /// The files, in the order in which they were read.
    files: Vec<PathBuf>,
    names: HashMap<Box<str>, Box<str>>,
    /// The titles of the columns beside id and name, and the values of ids in them.
    columns: Vec<Box<str>>,
    attributes: HashMap<Box<str>, Vec<(usize, Box<str>)>>,
    /// Number of ids that got another name later.
    renamed: usize,
    /// The first of them: its id and both names.
    first_renamed: Option<[Box<str>; 3]>,
}

/// The offset of an error in a file of names, and the error.
type NamesFault = (usize, Error);

/// The form that a file of names must have.
const FORMS: &str = "a file of names is CSV with the columns id and name, or a saved list: \
                     {\"entities\":[{\"id\":...,\"name\":...}]}";

impl EntityNames {
    /// Reads files, and folders of them.
    ///
    /// # Errors
    /// One cannot be read, or is no list of names: its place is in the message.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut names = ListedNames::default();
        for path in paths {
            for file in files(path)? {
                names.file(&file)?;
                names.files.push(file);
            }
        }
        Ok(names.into())
    }

    /// The files of names, in the order in which they were read.
    pub fn files(&self) -> &[PathBuf] {
        self.listed.as_ref().map_or(&[], |it| &it.files)
    }

    /// Returns true if files of names were named.
    pub fn is_asked(&self) -> bool {
        self.listed.is_some()
    }

    /// The names of files, for a run of its own.
    #[must_use]
    pub fn without_mappings(&self) -> Self {
        Self {
            listed: self.listed.clone(),
            mapped: Arc::default(),
        }
    }

    /// Returns the system presence that responses map an organization presence to.
    pub fn system_presence(&self, organization: &str) -> Option<&str> {
        Some(self.mapped.get()?.get(organization)?)
    }

    /// Names organization presences after the system presences that responses map them to.
    pub fn map_presences<'m>(&self, mappings: impl Iterator<Item = (&'m str, &'m str)>) {
        let mut mapped = HashMap::new();
        for (system, organization) in mappings {
            mapped
                .entry(organization.into())
                .or_insert_with(|| system.into());
        }
        // Once per run.
        let _ = self.mapped.set(mapped);
    }

    /// Number of ids that have several names, with the first of them and its first and second name.
    pub fn renamed(&self) -> Option<(usize, &[Box<str>; 3])> {
        let listed = self.listed.as_ref()?;
        Some((listed.renamed, listed.first_renamed.as_ref()?))
    }

    /// The value of an attribute of an id.
    pub fn attribute(&self, id: &str, column: usize) -> Option<&str> {
        self.listed.as_ref()?.attribute(id, column)
    }

    /// The attributes of which an id has a value.
    pub fn attribute_columns(&self, id: &str) -> impl Iterator<Item = usize> {
        let listed = self.listed.iter().filter_map(|it| it.attributes.get(id));
        listed.flatten().map(|(column, _)| *column)
    }

    /// The attributes of the ids of a dimension; none where its values are no ids.
    pub fn attributes(&self, dimension: &str) -> Vec<Attribute> {
        let listed = self.listed.as_ref().filter(|_| is_id(dimension));
        let columns = listed.into_iter().flat_map(|it| it.columns());
        columns
            .map(|column| Attribute::of(dimension, column))
            .collect()
    }

    /// Returns true if a value of a dimension is an id of this name, in any case.
    pub fn is_called(&self, dimension: &str, value: &str, name: &str) -> bool {
        let is_id = is_id(dimension) || dimension == "id";
        let known = self.listed.as_ref().filter(|_| is_id);
        let known = known.and_then(|it| it.names.get(value));
        known.is_some_and(|known| known.to_lowercase() == name.to_lowercase())
    }

    /// Number of ids of this name, in any case.
    pub fn ids_called(&self, name: &str) -> usize {
        let names = self.listed.iter().flat_map(|it| it.names.values());
        let name = name.to_lowercase();
        names.filter(|it| it.to_lowercase() == name).count()
    }

    /// The name of one id.
    pub fn get(&self, id: &str) -> Option<&str> {
        let listed = self.listed.as_ref().and_then(|listed| listed.names.get(id));
        let name = listed.or_else(|| self.mapped.get()?.get(id));
        name.map(AsRef::as_ref)
    }

    /// The name of a value of a dimension. Several ids with commas between them, which a query with
    /// `flattenMultivaluedDimensions` returns, give their names with `; ` between them, and the id
    /// where one of them has no name.
    pub fn of<'n>(&'n self, value: &str) -> Option<Cow<'n, str>> {
        if let Some(name) = self.get(value) {
            return Some(Cow::Borrowed(name));
        }
        if !value.contains(',') {
            return None;
        }
        let ids = || value.split(',').map(str::trim);
        if !ids().any(|id| self.get(id).is_some()) {
            return None;
        }
        let names: Vec<&str> = ids().map(|id| self.get(id).unwrap_or(id)).collect();
        Some(Cow::Owned(names.join("; ")))
    }
}

impl From<ListedNames> for EntityNames {
    fn from(listed: ListedNames) -> Self {
        Self {
            listed: Some(Arc::new(listed)),
            mapped: Arc::default(),
        }
    }
}

impl ListedNames {
    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let shown = path.display();
        let text = text_of(path).map_err(|error| match error {
            OpenError::Io { error } => {
                let refused = near_path::unreadable(path, &error);
                match shown.to_string().contains(['*', '?']) && !path.exists() {
                    true => refused.help("--names has no wildcards: name the file, or its folder"),
                    false => refused,
                }
            }
            error @ OpenError::BadText { byte: Some(_), .. } => {
                let message = format!("{shown}: {error}: it may be Windows-1252");
                Error::usage(message).help("save it as UTF-8; Excel calls this `CSV UTF-8`")
            }
            error => Error::usage(format!("{shown}: {error}")).help(FORMS),
        })?;
        let read = match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => listing::read(&text, self),
            _ => csv::read(&text, self),
        };
        read.map_err(|(offset, error)| {
            let (line, column) = line_column(&text, offset);
            let help = error.suggestion().unwrap_or_default();
            Error::usage(format!("{shown}:{line}:{column}: {error}")).help(help)
        })
    }

    /// Adds a name. The last one counts.
    fn add(&mut self, id: &str, name: &str) {
        let Some(before) = self.names.insert(id.into(), name.into()) else {
            return;
        };
        if *before != *name {
            self.renamed += 1;
            self.first_renamed
                .get_or_insert_with(|| [id.into(), before, name.into()]);
        }
    }
}

/// Returns true if the values of a dimension are ids.
pub fn is_id(dimension: &str) -> bool {
    dimension.ends_with("Id") || dimension.ends_with("Ids") || dimension == "wrapUpCode"
}

/// The name of the column with the names of a dimension: `queue_name` for `queueId`.
pub fn column(dimension: &str) -> String {
    format!("{}_name", stem(dimension))
}

/// The name of a dimension without its ending: `queue` for `queueId`.
fn stem(dimension: &str) -> &str {
    let stem = dimension.strip_suffix("Ids");
    let stem = stem.or_else(|| dimension.strip_suffix("Id"));
    stem.filter(|it| !it.is_empty()).unwrap_or(dimension)
}

/// The files that a path means: itself, or those in the folder, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let shown = path.display();
    let entries = std::fs::read_dir(path).and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>, _>>()
    });
    let mut files = entries.map_err(|error| Error::io(format!("cannot read {shown}: {error}")))?;
    files.retain(|file| is_list(file) && file.is_file());
    files.sort();
    match files.is_empty() {
        true => Err(Error::usage(format!("no file of names in {shown}"))
            .help("*.csv, *.json, *.ndjson and *.jsonl are read, also with .gz or .zst")),
        false => Ok(files),
    }
}

fn is_list(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let plain = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"));
    let plain = plain.unwrap_or(&name);
    let hidden = plain.starts_with('.') || plain.ends_with(".manifest.json");
    let has = |extension: &&str| {
        plain
            .rsplit_once('.')
            .is_some_and(|(_, it)| it == *extension)
    };
    !hidden && EXTENSIONS.iter().any(has)
}

fn text_of(path: &Path) -> Result<String, OpenError> {
    let input = Input::File(path.to_owned());
    let mut content = Content::open(&input, None, &Reading::default())?;
    let mut text = String::new();
    while content.fill(&mut text, usize::MAX)? {}
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_after_their_dimensions() {
        for (dimension, name) in [
            ("queueId", "queue_name"),
            ("requestedRoutingSkillIds", "requestedRoutingSkill_name"),
            ("wrapUpCode", "wrapUpCode_name"),
            ("Id", "Id_name"),
        ] {
            assert_eq!(column(dimension), name);
            assert!(is_id(dimension));
        }
        assert!(!is_id("mediaType"));
    }

    #[test]
    fn several_ids_have_several_names() {
        let mut listed = ListedNames::default();
        listed.add("a", "A");
        listed.add("b", "B");
        listed.add("x,y", "whole");
        listed.add("a", "A");
        let names = EntityNames::from(listed);
        assert_eq!(names.of("a").as_deref(), Some("A"));
        assert_eq!(names.of("a,c,b").as_deref(), Some("A; c; B"));
        assert_eq!(names.of("x,y").as_deref(), Some("whole"));
        assert_eq!(names.of("c,d"), None);
        assert!(names.renamed().is_none());
        let mut listed = ListedNames::default();
        listed.add("a", "A");
        listed.add("a", "Other");
        let names = EntityNames::from(listed);
        assert_eq!(names.renamed().map(|(count, _)| count), Some(1));
        names.map_presences([("AWAY", "p"), ("MEAL", "a")].into_iter());
        assert_eq!(
            (names.get("p"), names.get("a")),
            (Some("AWAY"), Some("Other"))
        );
    }
}
