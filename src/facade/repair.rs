//! Repairs inputs that are nearly JSON.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;
use crate::input::Input;
use crate::input::content::Content;
use crate::input::discover::Found;
use crate::input::limits;
use crate::input::stamp::Stamp;
use crate::json::text;
use crate::repair::{self, Fix, Fixes, Repaired, diff};
use crate::write::sink::{Compression, Sink, Target};

use super::Inputs;
use super::copies::Copies;

/// An input after its repair.
#[derive(Debug)]
pub struct RepairedInput<'r> {
    found: &'r Found,
    stamp: Option<&'r Stamp>,
    compression: Compression,
    text: &'r str,
    repaired: &'r Repaired,
    /// True if a bug prevented the repair.
    pub has_failed: bool,
}

/// The number of repairs of all inputs.
#[derive(Debug, Default)]
pub struct RepairCounts {
    /// The slips that were repaired, by kind.
    pub fixes: Fixes,
    /// The number of readable inputs.
    pub read: u64,
    /// The number of inputs that changed.
    pub changed: u64,
}

impl RepairedInput<'_> {
    /// The name of the input.
    pub fn name(&self) -> String {
        self.found.input.name()
    }

    /// The path of the input below its argument.
    pub fn relative(&self) -> &Path {
        &self.found.relative
    }

    /// The file of the input, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.found.input {
            Input::File(path) => Some(path),
            _ => None,
        }
    }

    /// The repaired text.
    pub fn text(&self) -> &str {
        &self.repaired.text
    }

    /// The slips that were repaired.
    pub fn fixes(&self) -> &Fixes {
        &self.repaired.fixes
    }

    /// Returns true if anything was repaired.
    pub fn is_changed(&self) -> bool {
        self.fixes().total() > 0
    }

    /// The compression of the input.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// Writes the repaired text.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write(&self, path: &Path, compression: Compression) -> Result<(), Error> {
        let mut sink = Sink::create(&Target::of(path), compression)?;
        sink.write_all(self.repaired.text.as_bytes())?;
        Ok(sink.finish()?)
    }

    /// Writes the changes as a unified diff.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write_diff(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut shown = Vec::new();
        let name = text::printable(&self.name());
        diff::write(&name, self.text, &self.repaired.edits, &mut shown)?;
        out.write_all(&shown)
    }

    /// Replaces the file of the input by the repaired text, unless the file has changed.
    ///
    /// # Errors
    /// The file has changed, or cannot be written.
    pub fn replace(&self) -> Result<(), Error> {
        let Some(path) = self.path() else {
            return Ok(());
        };
        let target = Target::File(path.to_owned());
        let mut sink = Sink::create(&target, self.compression())?;
        sink.write_all(self.repaired.text.as_bytes())?;
        if self.stamp.is_none() || Stamp::of(&self.found.input).as_ref() != self.stamp {
            let name = path.display();
            return Err(Error::io(format!("{name} changed while it was repaired"))
                .help("it was not changed; run again when it is complete"));
        }
        Ok(sink.finish()?)
    }
}

fn too_long(name: &str) -> Error {
    let most = limits::shown(repair::MOST as u64);
    Error::io(format!("{name}: --fix takes inputs of up to {most}"))
        .help("a repair keeps the input in memory; divide it into smaller files, or validate it without --fix")
}

impl Inputs {
    /// The paths of the inputs below their arguments.
    pub fn relative_paths(&self) -> Vec<PathBuf> {
        let inputs = self.found().inputs.iter();
        inputs.map(|found| found.relative.clone()).collect()
    }

    /// The name of the first input that is no regular file, and can be read only once.
    pub fn first_pipe(&self) -> Option<String> {
        let mut inputs = self.found().inputs.iter().map(|found| &found.input);
        match inputs.find(|input| Stamp::of(input).is_none())? {
            Input::Stdin => Some("standard input".to_owned()),
            other => Some(other.name()),
        }
    }

    /// Repairs inputs that are nearly JSON: comments, trailing commas, Python repr, code fences. Calls
    /// `each` with every readable input. `each` returns the path of the file that it wrote the text
    /// to, if any. The repaired texts are then read in the place of the inputs.
    ///
    /// ```
    /// # fn main() -> Result<(), gcagg::Error> {
    /// let text = "{\"results\": [], /* nothing yet */}";
    /// let mut inputs = gcagg::Inputs::new().bytes("day.json", text.as_bytes().to_vec());
    /// let counts = inputs.repair(&mut |_| Ok(None))?;
    /// assert_eq!(counts.fixes.to_string(), "1 comment, 1 trailing comma");
    /// assert!(inputs.check()?.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An input is too long, or an error of `each`.
    pub fn repair(
        &mut self,
        each: &mut dyn FnMut(&RepairedInput<'_>) -> Result<Option<PathBuf>, Error>,
    ) -> Result<RepairCounts, Error> {
        // Before anything is written.
        for found in &self.found().inputs {
            if Stamp::of(&found.input).is_some_and(|stamp| stamp.len() > repair::MOST as u64) {
                return Err(too_long(&found.input.name()));
            }
        }
        let mut counts = RepairCounts::default();
        let mut copies = Copies::default();
        let reading = self.resources.reading.clone();
        for found in self
            .found
            .get_mut()
            .into_iter()
            .flat_map(|it| &mut it.inputs)
        {
            let name = found.input.name();
            let stamp = Stamp::of(&found.input);
            // An input that can be read only once is kept for the check.
            if stamp.is_none() {
                found.input = match &found.input {
                    Input::File(path) => match File::open(path) {
                        Ok(mut file) => keep(&mut copies, name.clone(), &mut file)?,
                        // The check will say why.
                        Err(_) => continue,
                    },
                    _ => keep(&mut copies, name.clone(), &mut io::stdin())?,
                };
            }
            let Ok(mut content) = Content::open(&found.input, None, &reading) else {
                continue;
            };
            let compression = content.compression();
            let (text, utf16) = match repair::read(&mut content) {
                Ok(Some(read)) => read,
                Ok(None) => return Err(too_long(&name)),
                Err(_) => continue,
            };
            // One input that trips a bug must not take the others with it.
            let fenced = std::panic::catch_unwind(|| repair::repair(&text));
            let has_failed = fenced.is_err();
            let mut repaired = fenced.unwrap_or_else(|_| Repaired {
                text: text.clone(),
                ..Repaired::default()
            });
            if utf16 {
                repaired.fixes.add(Fix::Utf16);
            }
            let input = RepairedInput {
                found,
                stamp: stamp.as_ref(),
                compression,
                text: &text,
                repaired: &repaired,
                has_failed,
            };
            let is_changed = input.is_changed();
            counts.read += 1;
            counts.changed += u64::from(is_changed);
            counts.fixes.merge(&repaired.fixes);
            match each(&input)? {
                Some(path) if path.is_file() => found.input = Input::File(path),
                _ if is_changed => {
                    found.input = keep(&mut copies, name, &mut repaired.text.as_bytes())?;
                }
                _ => {}
            }
        }
        self.copies = Some(Arc::new(copies));
        Ok(counts)
    }
}

fn keep(copies: &mut Copies, name: String, bytes: &mut impl Read) -> Result<Input, Error> {
    let shown = name.clone();
    copies
        .keep(name, bytes)
        .map_err(|error| Error::io(format!("cannot keep a copy of {shown}: {error}")))
}
