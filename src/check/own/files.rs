//! A schema in several files: resolves the `$ref`s that lead to other files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::{Retrieve, Uri};
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::diagnostic::uri;
use crate::error::{Error, ErrorKind};
use crate::json::text::printable;

use super::branches;

/// The files of a schema.
#[derive(Debug, Clone)]
pub(super) struct SchemaFiles {
    /// The file as it was named, and its absolute path.
    name: String,
    path: PathBuf,
    /// The address of the folder that its `$id` names: the same as its own folder.
    home: Option<String>,
    /// The first file that could not be read.
    failure: Arc<Mutex<Option<Error>>>,
}

impl SchemaFiles {
    /// The files of the schema that was read from `path`.
    pub(super) fn new(path: &Path, schema: &Value) -> Self {
        let id = ["$id", "id"].iter().find_map(|key| schema[key].as_str());
        let home = id.filter(|id| id.contains("://"));
        Self {
            name: path.display().to_string(),
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            home: home.and_then(|id| Some(id.get(..=id.rfind('/')?)?.to_owned())),
            failure: Arc::default(),
        }
    }

    /// The address that relative references begin with.
    pub(super) fn base(&self) -> String {
        uri::reference(&self.path.to_string_lossy(), None)
    }

    /// Takes the error of the first file that could not be read.
    pub(super) fn failure(&self) -> Option<Error> {
        let mut failure = self.failure.lock();
        failure.take()
    }

    /// The path of the file that an address means.
    fn path_of(&self, uri: &str) -> Option<PathBuf> {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if let Some(path) = uri.strip_prefix("file://") {
            // Another machine has a name before its path.
            let inside = path.strip_prefix('/')?;
            let is_drive = inside.as_bytes().get(1) == Some(&b':');
            let path = if is_drive { inside } else { path };
            return Some(decoded(path).into());
        }
        let inside = uri.strip_prefix(self.home.as_deref()?)?;
        Some(self.path.parent()?.join(decoded(inside)))
    }

    fn load(&self, uri: &str) -> Result<Value, Error> {
        let Some(path) = self.path_of(uri) else {
            let shown: String = printable(uri).chars().take(200).collect();
            return Err(Error::usage(format!(
                "--schema {}: a `$ref` leads to {shown}, and schemas are read from files only",
                self.name
            ))
            .help("save that schema in a file and refer to it by its path from the schema, such as \"$ref\": \"other.json\""));
        };
        // As it would be named from here.
        let folder = std::env::current_dir().ok();
        let path = uri::path(&path.to_string_lossy(), folder.as_deref());
        let schema = read(Path::new(&path)).and_then(|schema| {
            branches::limit_definitions(&schema)
                .map_err(|error| Error::usage(format!("{path}: {error}")))?;
            Ok(schema)
        });
        schema.map_err(|error| {
            let message = format!("--schema {}: a `$ref` leads to {error}", self.name);
            match error.kind() {
                ErrorKind::Io => Error::io(message),
                _ => Error::usage(message),
            }
            .help("a relative `$ref` begins at the folder of the schema that has it")
        })
    }
}

impl Retrieve for SchemaFiles {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        self.load(uri.as_str()).map_err(|error| {
            let message = error.to_string();
            let mut failure = self.failure.lock();
            failure.get_or_insert(error);
            message.into()
        })
    }
}

/// Reads a file of JSON.
pub(super) fn read(path: &Path) -> Result<Value, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::io(format!("{}: {error}", path.display())))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| Error::usage(format!("{}: not JSON: {error}", path.display())))
}
