//! Tables cut into folders by the values of columns, as Hive, Spark and DuckDB lay them out:
//! `mediaType=voice/date=2026-03-02/gcagg.parquet`.
//!
//! The columns that name the folders are not in the files. Every file has the same name, so a later
//! run replaces its own files and no others. All files appear when all of them are complete.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use parking_lot::Mutex;

use crate::table::{Cell, Column, ColumnCell, ColumnContent, Columns, RowSink, Type};

use super::sink::{Compression, Sink, Target};
use super::{Appender, ChangedCells, Chunk, Encoder, FormattedTable, Output};

/// The most files that are written at once.
const MOST: usize = 1000;
/// Size of the buffer of each file in bytes.
const BUFFER: usize = 16 * 1024;
/// The folder value of an empty cell.
const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";
/// The stem of the names of the files.
const STEM: &str = "gcagg";

/// The columns that name the folders, and the columns of the files.
#[derive(Debug)]
pub struct PartitionKeys {
    /// Name of the folders, place among the columns, and true if only the date of a time counts.
    keys: Vec<(String, usize, bool)>,
    /// The columns that only name folders, in order.
    dropped: Vec<usize>,
}

impl PartitionKeys {
    /// The columns of these names. `date` is the date of `interval_start`, which stays a column.
    ///
    /// # Errors
    /// The first name that is no column of text.
    pub fn of(names: &[String], columns: &Columns) -> Result<Self, String> {
        let mut keys = Vec::new();
        let mut dropped = Vec::new();
        for name in names {
            let is_named = |column: &Column| column.is_called(name) && column.kind == Type::Text;
            let named = columns.list.iter().position(is_named);
            if let Some(at) = named {
                keys.push((name.clone(), at, false));
                dropped.push(at);
                continue;
            }
            match columns.position(&ColumnContent::IntervalStart) {
                Some(at) if name == "date" => keys.push((name.clone(), at, true)),
                _ => return Err(name.clone()),
            }
        }
        dropped.sort_unstable();
        Ok(Self { keys, dropped })
    }

    /// The columns of the files.
    pub fn rest(&self, columns: &Columns) -> Columns {
        columns.without(&self.dropped)
    }

    /// The place of a column among those of the files.
    fn place(&self, at: usize) -> Option<usize> {
        let before = self.dropped.partition_point(|dropped| *dropped < at);
        (self.dropped.get(before) != Some(&at)).then(|| at - before)
    }

    /// The folder of a row, from the folder of the table on.
    fn folder(&self, cells: &[ColumnCell<'_>]) -> String {
        let cell = |wanted: usize| {
            let mut cells = cells.iter();
            cells.find(|(at, _)| *at == wanted).map(|(_, cell)| cell)
        };
        let parts = self.keys.iter().map(|(name, at, part)| {
            let value = match (cell(*at), part) {
                (Some(Cell::Text(text)), true) => text.get(..10).unwrap_or_default(),
                (Some(Cell::Time(text)), true) => text.get(..10).unwrap_or_default(),
                (Some(Cell::Text(text) | Cell::Number(text)), false) => text,
                (Some(Cell::Figure(text) | Cell::Time(text)), false) => text,
                (Some(Cell::Bool(value)), false) => match value {
                    true => "true",
                    false => "false",
                },
                _ => "",
            };
            match value {
                "" => format!("{}={NOTHING}", escaped(name)),
                value => format!("{}={}", escaped(name), escaped(value)),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A name as Hive escapes it, so that it is one folder on every file system.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '\u{0}'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("%{:02X}", u32::from(char))),
            '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^'
            | '<' | '>' | '|' | '}' => out.push_str(&format!("%{:02X}", u32::from(char))),
            char => out.push(char),
        }
    }
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}

/// A table in files, by the values of its keys. It goes to none of the outputs that it begins in.
pub struct Partitioned {
    keys: PartitionKeys,
    /// The table of the columns that [`PartitionKeys::rest`] returns.
    table: Box<dyn FormattedTable>,
    folder: PathBuf,
    /// The name of every file.
    name: String,
    /// Where the inputs are that are files.
    sources: HashSet<PathBuf>,
}

impl Partitioned {
    /// A table of files in `folder`; `sources` are not overwritten.
    pub fn new(
        keys: PartitionKeys,
        table: Box<dyn FormattedTable>,
        folder: PathBuf,
        extension: &str,
        sources: Vec<PathBuf>,
    ) -> Self {
        let sources = sources.iter().filter_map(|path| path.canonicalize().ok());
        Self {
            keys,
            table,
            folder,
            name: format!("{STEM}.{extension}"),
            sources: sources.collect(),
        }
    }
}

impl FormattedTable for Partitioned {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(PartitionRows {
            keys: &self.keys,
            table: self.table.as_ref(),
            shared: Vec::new(),
            parts: IndexMap::new(),
        })
    }

    fn begin<'o>(&'o self, _: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Ok(Box::new(PartitionFiles {
            of: self,
            open: BTreeMap::new(),
            made: Vec::new(),
        }))
    }
}

/// Rows by their folder.
struct PartitionRows<'t> {
    keys: &'t PartitionKeys,
    table: &'t dyn FormattedTable,
    shared: Vec<ColumnCell<'static>>,
    parts: IndexMap<String, (Box<dyn Encoder + 't>, u64)>,
}

impl RowSink for PartitionRows<'_> {
    fn shared(&mut self, _: usize, cells: &[ColumnCell<'_>]) {
        let cells = cells.iter();
        self.shared = cells.map(|(at, cell)| (*at, cell.owned())).collect();
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut all: Vec<ColumnCell<'_>> = Vec::with_capacity(self.shared.len() + cells.len());
        all.extend(self.shared.iter().cloned());
        all.extend(cells.iter().cloned());
        let folder = self.keys.folder(&all);
        let (encoder, rows) = self.parts.entry(folder).or_insert_with(|| {
            let mut encoder = self.table.encoder();
            encoder.shared(0, &[]);
            (encoder, 0)
        });
        all.retain_mut(|(at, _)| match self.keys.place(*at) {
            Some(place) => {
                *at = place;
                true
            }
            None => false,
        });
        encoder.row(&all);
        *rows += 1;
    }
}

impl Encoder for PartitionRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        let mut whole = Chunk {
            rows,
            changed: ChangedCells::default(),
            content: Box::new(()),
        };
        let mut parts: Vec<(String, Mutex<Option<Chunk>>)> = Vec::new();
        for (folder, (encoder, rows)) in self.parts {
            let chunk = encoder.finish(rows)?;
            whole.changed += chunk.changed;
            parts.push((folder, Mutex::new(Some(chunk))));
        }
        whole.content = Box::new(parts);
        Ok(whole)
    }
}

/// An open file that several owners share; `None` after its end.
#[derive(Clone)]
struct SharedSink(Arc<Mutex<Option<Sink>>>);

impl SharedSink {
    fn with<R>(&self, work: impl FnOnce(&mut Sink) -> io::Result<R>) -> io::Result<R> {
        match self.0.lock().as_mut() {
            Some(sink) => work(sink),
            None => Err(io::Error::other("the file has ended")),
        }
    }

    fn finish(&self) -> io::Result<()> {
        match self.0.lock().take() {
            Some(sink) => sink.finish(),
            None => Ok(()),
        }
    }
}

impl Write for SharedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|sink| sink.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(Write::flush)
    }
}

/// The files of a table, by their folders.
struct PartitionFiles<'t> {
    of: &'t Partitioned,
    open: BTreeMap<String, (SharedSink, Box<dyn Appender + 't>)>,
    /// Folders that were made and hold no file yet.
    made: Vec<PathBuf>,
}

impl<'t> PartitionFiles<'t> {
    fn begin(&mut self, folder: &str) -> io::Result<(SharedSink, Box<dyn Appender + 't>)> {
        if self.open.len() >= MOST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "more than {MOST} partitions; use dimensions with fewer values, or fewer days at once"
                ),
            ));
        }
        let folder = self.of.folder.join(folder);
        let fresh = folder.ancestors().take_while(|it| !it.exists());
        self.made.extend(fresh.map(Path::to_owned));
        fs::create_dir_all(&folder)?;
        let path = folder.join(&self.of.name);
        if path
            .canonicalize()
            .is_ok_and(|path| self.of.sources.contains(&path))
        {
            let message = format!("the output {} is also an input", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let sink = Sink::with_buffer(&Target::File(path), Compression::None, BUFFER)?;
        let sink = SharedSink(Arc::new(Mutex::new(Some(sink))));
        let appender = self.of.table.begin(Box::new(sink.clone()))?;
        Ok((sink, appender))
    }
}

impl Drop for PartitionFiles<'_> {
    /// Takes the folders back in which no file appeared.
    fn drop(&mut self) {
        self.open.clear();
        self.made
            .sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        for folder in &self.made {
            // It stays where something is in it.
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Appender for PartitionFiles<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let parts = chunk
            .content
            .downcast_ref::<Vec<(String, Mutex<Option<Chunk>>)>>();
        for (folder, part) in parts.into_iter().flatten() {
            let part = part.lock().take();
            let Some(part) = part else {
                continue;
            };
            if !self.open.contains_key(folder) {
                let begun = self.begin(folder)?;
                self.open.insert(folder.clone(), begun);
            }
            if let Some((_, appender)) = self.open.get_mut(folder) {
                appender.append(part)?;
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        let mut sinks = Vec::new();
        for (sink, appender) in std::mem::take(&mut self.open).into_values() {
            appender.end()?;
            sinks.push(sink);
        }
        sinks.iter().try_for_each(SharedSink::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_of_folders_are_escaped_as_hive_does() {
        assert_eq!(escaped("voice"), "voice");
        assert_eq!(escaped("a/b=c:d%"), "a%2Fb%3Dc%3Ad%25");
        assert_eq!(
            (escaped(".."), escaped("Grün")),
            ("%2E%2E".into(), "Grün".into())
        );
    }
}
