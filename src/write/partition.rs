//! Tables cut into folders by the values of columns, as Hive, Spark and DuckDB lay them out:
//! `mediaType=voice/date=2026-03-02/gcagg.parquet`.
//!
//! The columns that name the folders are not in the files. Every file has the same name, so a later
//! run replaces its own files and no others. All files appear when all of them are complete, and none
//! if one of them would lose rows.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use parking_lot::Mutex;

use crate::diagnostic::words::counted;
use crate::error::{Error, of_output};
use crate::json::text::printable;
use crate::record::Number;
use crate::table::{Cell, ColumnCell, RowSink, RowTemplates, owned};

use super::digest;
use super::outputs::OutputFiles;
use super::partition_keys::PartitionKeys;
use super::sink::{Compression, Sink, Target};
use super::{
    Appender, ChangedCells, Chunk, Encoder, FormattedTable, Output, ReadRow, TableFormat,
    TableOptions,
};

/// The most files that are written at once.
const MOST: usize = 1000;
/// Size of the buffer of each file in bytes.
const BUFFER: usize = 16 * 1024;
/// The stem of the names of the files.
const STEM: &str = "gcagg";

/// A file that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplacedFile {
    /// Its path.
    pub path: PathBuf,
    /// Its rows; `None` where it cannot be read.
    pub before: Option<u64>,
    /// The reason why it cannot be read.
    pub unreadable: Option<String>,
    /// The rows of the file that takes its place.
    pub after: u64,
    /// The rows of this file that the new file lacks, as a whole or in one of their figures.
    pub lost: u64,
    /// The first of them, as a person reads it.
    pub first_lost: String,
}

impl ReplacedFile {
    /// Returns true if rows would be lost.
    pub fn loses_rows(&self) -> bool {
        self.lost > 0 || self.before.is_none()
    }

    /// The error for files that would lose rows: this one, and the number of the others.
    pub(crate) fn refused(&self, others: usize) -> Error {
        let path = self.path.display();
        let after = self.after;
        let before = match (self.before, &self.unreadable) {
            (Some(before), _) => format!(
                "has {}, and its replacement has {after}, without {} of these rows or their figures (such as {})",
                counted(before, "row"),
                self.lost,
                printable(&self.first_lost)
            ),
            (None, reason) => {
                let reason = reason.as_ref().map(|it| format!(" ({})", printable(it)));
                let reason = reason.unwrap_or_default();
                format!("cannot be read{reason}, and its replacement has {after}")
            }
        };
        let others = match others {
            0 => String::new(),
            others => format!(", and {} like it", counted(others, "file")),
        };
        Error::usage(format!("{path} {before}{others}: nothing was written"))
            .help("convert whole days at once, each time with the same --timezone (into a new folder if it was another one); to replace the files, add --replace-partitions")
    }
}

/// The files of a table in folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionedFiles {
    /// The files, with the numbers of their rows.
    pub written: Vec<(PathBuf, u64)>,
    /// The files that were replaced.
    pub replaced: Vec<ReplacedFile>,
}

/// A table in files, by the values of its keys. It goes to none of the outputs that it begins in.
pub struct Partitioned<'p> {
    pub keys: PartitionKeys,
    /// The table of the columns that [`PartitionKeys::rest`] returns.
    pub table: Box<dyn FormattedTable>,
    pub folder: &'p Path,
    pub format: &'static TableFormat,
    pub options: &'p TableOptions,
    /// The other files of the run: they are not overwritten.
    pub others: Mutex<OutputFiles>,
    /// Files may be replaced by files that lack some of their rows.
    pub may_lose_rows: bool,
    pub files: Mutex<PartitionedFiles>,
}

impl Partitioned<'_> {
    /// The path of the file in a folder.
    fn path(&self, folder: &str) -> PathBuf {
        let extension = self.format.extensions.first().copied().unwrap_or_default();
        self.folder.join(folder).join(format!("{STEM}.{extension}"))
    }

    /// The file that a new one replaces, if any. The new one is complete under a temporary name.
    fn replaces(
        &self,
        path: &Path,
        new: &SharedSink,
        rows: u64,
    ) -> io::Result<Option<ReplacedFile>> {
        let (true, Some(temporary)) = (path.exists(), new.temporary()) else {
            return Ok(None);
        };
        let mut replaced = ReplacedFile {
            path: path.to_owned(),
            before: None,
            unreadable: None,
            after: rows,
            lost: 0,
            first_lost: String::new(),
        };
        let Some(read) = self.format.read else {
            return Ok(Some(replaced));
        };
        let measured = digest::measure(&temporary)?;
        let old = digest::measure(path);
        let mut new_rows = NewRows::default();
        if old.as_ref().is_ok_and(|old| *old != measured) {
            for row in read(&temporary, self.options, &[])? {
                new_rows.add(&self.keys, row?);
            }
        }
        let before = old.and_then(|old| {
            if old == measured {
                return Ok(rows);
            }
            let mut old_rows = read(path, self.options, &[])?;
            old_rows.try_fold(0, |before, row| {
                if let Some(lost) = new_rows.take(&self.keys, row?) {
                    replaced.lost += 1;
                    if replaced.first_lost.is_empty() {
                        replaced.first_lost = lost;
                    }
                }
                Ok(before + 1)
            })
        });
        match before {
            Ok(before) => replaced.before = Some(before),
            Err(error) => replaced.unreadable = Some(error.to_string()),
        }
        Ok(Some(replaced))
    }
}

/// The rows of a new file, for the comparison with the file that it replaces.
#[derive(Default)]
struct NewRows {
    /// The columns, numbered.
    columns: IndexSet<String>,
    /// By a hash of what identifies a row: the number of such rows, and a bit for each column that has a
    /// value in one of them.
    rows: HashMap<u64, (u64, Vec<u64>)>,
}

impl NewRows {
    fn add(&mut self, keys: &PartitionKeys, row: ReadRow) {
        let (count, filled) = self.rows.entry(keys.hash(&row)).or_default();
        *count += 1;
        for name in row.into_keys() {
            let (at, _) = self.columns.insert_full(name);
            if filled.len() <= at / 64 {
                filled.resize(at / 64 + 1, 0);
            }
            if let Some(word) = filled.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
    }

    /// Takes a row of the old file out. Returns its words if the new file lacks it, or one of its figures.
    fn take(&mut self, keys: &PartitionKeys, row: ReadRow) -> Option<String> {
        let same = self.rows.get_mut(&keys.hash(&row));
        let Some((count, filled)) = same.filter(|(count, _)| *count > 0) else {
            return Some(keys.shown(&row));
        };
        *count -= 1;
        let is_filled = |name: &str| {
            let at = self.columns.get_index_of(name);
            let word = at.and_then(|at| Some((at, filled.get(at / 64)?)));
            word.is_some_and(|(at, word)| word >> (at % 64) & 1 == 1)
        };
        let mut figures = row.keys().filter(|name| !keys.is_description(name));
        let lost = figures.find(|name| !is_filled(name))?;
        Some(format!("{lost} of {}", keys.shown(&row)))
    }
}

impl FormattedTable for Partitioned<'_> {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(PartitionRows {
            keys: &self.keys,
            table: self.table.as_ref(),
            bucket: 0,
            width: 0,
            shared: Vec::new(),
            parts: IndexMap::new(),
            current: None,
            templates: Vec::new(),
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

/// The rows of one folder.
struct FolderRows<'t> {
    encoder: Box<dyn Encoder + 't>,
    rows: u64,
    /// The bucket whose shared cells the encoder has.
    bucket: u64,
    /// The templates of the encoder, once they are needed.
    templates: RowTemplates,
}

/// A template for rows, with the columns of the files.
struct FolderTemplate {
    cells: Vec<ColumnCell<'static>>,
    slots: Vec<(usize, u8)>,
}

impl FolderTemplate {
    /// The cells of a row with these figures of `text`.
    fn row<'t>(&'t self, text: &'t str, figures: &[Number]) -> Vec<ColumnCell<'t>> {
        let figure = |(at, rank): &(usize, u8)| {
            let literal = figures.get(usize::from(*rank))?.literal;
            let literal = text.get(literal.start()..literal.start() + literal.len())?;
            Some((*at, Cell::Number(literal.into())))
        };
        let figures = self.slots.iter().filter_map(figure);
        let mut row: Vec<ColumnCell<'t>> = self.cells.iter().cloned().chain(figures).collect();
        row.sort_by_key(|(at, _)| *at);
        row
    }
}

/// The folder of some rows, and the rows as the file takes them.
type FolderChunk = (String, Mutex<Option<Chunk>>);

/// Rows by their folder. The rows of a bucket are passed on as they come: its shared cells once, and
/// its figures by template.
struct PartitionRows<'t> {
    keys: &'t PartitionKeys,
    table: &'t dyn FormattedTable,
    /// The number of the bucket.
    bucket: u64,
    width: usize,
    shared: Vec<ColumnCell<'static>>,
    parts: IndexMap<String, FolderRows<'t>>,
    /// The folder of all rows of the bucket, if its shared cells decide it.
    current: Option<usize>,
    templates: Vec<FolderTemplate>,
}

impl<'t> PartitionRows<'t> {
    /// The place of the folder of a row.
    fn place(&mut self, cells: &[ColumnCell<'_>]) -> usize {
        if let Some(current) = self.current {
            return current;
        }
        let folder = self.keys.folder(&self.shared, cells);
        let (table, parts) = (self.table, &mut self.parts);
        let entry = parts.entry(folder);
        let at = entry.index();
        entry.or_insert_with(|| FolderRows {
            encoder: table.encoder(),
            rows: 0,
            bucket: 0,
            templates: RowTemplates::default(),
        });
        if self.keys.are_within(self.width) {
            self.current = Some(at);
        }
        at
    }

    /// The rows of a folder, for one more row of this bucket.
    fn part(&mut self, at: usize) -> Option<&mut FolderRows<'t>> {
        let (_, part) = self.parts.get_index_mut(at)?;
        if part.bucket != self.bucket || part.rows == 0 {
            part.bucket = self.bucket;
            let shared = self.keys.kept(&self.shared);
            part.encoder.shared(self.keys.width(self.width), &shared);
        }
        part.rows += 1;
        Some(part)
    }
}

impl RowSink for PartitionRows<'_> {
    fn shared(&mut self, width: usize, cells: &[ColumnCell<'_>]) {
        self.shared = owned(cells);
        self.width = width;
        self.bucket += 1;
        self.current = None;
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let at = self.place(cells);
        let kept = self.keys.kept(cells);
        if let Some(part) = self.part(at) {
            part.encoder.row(&kept);
        }
    }

    fn template(&mut self, cells: &[ColumnCell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        if !self.keys.are_within(self.width) {
            return None;
        }
        let slots = slots.iter();
        let slots = slots.filter_map(|(at, rank)| Some((self.keys.place(*at)?, *rank)));
        let template = FolderTemplate {
            cells: self.keys.kept(&owned(cells)),
            slots: slots.collect(),
        };
        // Formats without templates have none for any folder.
        let mut encoder = self.table.encoder();
        encoder.template(&template.cells, &template.slots)?;
        self.templates.push(template);
        Some(self.templates.len() as u32 - 1)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        let at = self.place(&[]);
        let templates = std::mem::take(&mut self.templates);
        let known = templates.get(template as usize);
        if let (Some(known), Some(part)) = (known, self.part(at)) {
            let encoder = &mut part.encoder;
            let make = || encoder.template(&known.cells, &known.slots);
            part.templates.ask(template, make);
            match part.templates.get(template) {
                Some(own) => encoder.templated(own, text, figures),
                None => encoder.row(&known.row(text, figures)),
            }
        }
        self.templates = templates;
    }
}

impl Encoder for PartitionRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        let mut whole = Chunk {
            rows,
            changed: ChangedCells::default(),
            content: Box::new(()),
        };
        let mut parts: Vec<FolderChunk> = Vec::new();
        for (folder, part) in self.parts {
            let chunk = part.encoder.finish(part.rows)?;
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

    /// The path of the bytes so far.
    fn temporary(&self) -> Option<PathBuf> {
        Some(self.0.lock().as_ref()?.temporary()?.to_owned())
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

/// A file that is being written.
struct PartitionFile<'t> {
    sink: SharedSink,
    appender: Box<dyn Appender + 't>,
    rows: u64,
}

/// The files of a table, by their folders.
struct PartitionFiles<'t> {
    of: &'t Partitioned<'t>,
    open: BTreeMap<String, PartitionFile<'t>>,
    /// Folders that were made and hold no file yet.
    made: Vec<PathBuf>,
}

impl<'t> PartitionFiles<'t> {
    fn begin(&mut self, name: &str) -> io::Result<PartitionFile<'t>> {
        if self.open.len() >= MOST {
            let refused = Error::usage(format!("--partition-by: more than {MOST} partitions"));
            let refused = refused.help("use dimensions with fewer values, or fewer days at once");
            return Err(io::Error::other(refused));
        }
        let folder = self.of.folder.join(name);
        let fresh = folder.ancestors().take_while(|it| !it.exists());
        self.made.extend(fresh.map(Path::to_owned));
        let made = fs::create_dir_all(&folder);
        made.map_err(|error| of_output(&folder.display().to_string(), error))?;
        self.check_name(name, &folder)?;
        let path = self.of.path(name);
        let added = self.of.others.lock().add(&path);
        added.map_err(io::Error::other)?;
        let sink = Sink::with_buffer(&Target::File(path), Compression::None, BUFFER)?;
        let sink = SharedSink(Arc::new(Mutex::new(Some(sink))));
        let appender = self.of.table.begin(Box::new(sink.clone()))?;
        Ok(PartitionFile {
            sink,
            appender,
            rows: 0,
        })
    }

    /// Refuses a folder that is the one of another value, as on file systems that ignore case.
    fn check_name(&self, name: &str, folder: &Path) -> io::Result<()> {
        let (root, real) = (self.of.folder.canonicalize()?, folder.canonicalize()?);
        let real = real.strip_prefix(root).unwrap_or(&real);
        let real = real.to_string_lossy().replace('\\', "/");
        if real == name || real.to_lowercase() != name.to_lowercase() {
            return Ok(());
        }
        let message = format!(
            "the folders {real} and {name} are one on this file system; use another column, or a file system that distinguishes upper and lower case"
        );
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
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
        let parts = chunk.content.downcast_ref::<Vec<FolderChunk>>();
        for (folder, part) in parts.into_iter().flatten() {
            let part = part.lock().take();
            let Some(part) = part else {
                continue;
            };
            if !self.open.contains_key(folder) {
                let begun = self.begin(folder)?;
                self.open.insert(folder.clone(), begun);
            }
            if let Some(file) = self.open.get_mut(folder) {
                file.rows += part.rows;
                file.appender.append(part)?;
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        let mut files = PartitionedFiles::default();
        let mut sinks = Vec::new();
        for (folder, file) in std::mem::take(&mut self.open) {
            let (path, mut sink) = (self.of.path(&folder), file.sink);
            file.appender.end()?;
            sink.flush()?;
            let replaced = self.of.replaces(&path, &sink, file.rows)?;
            files.replaced.extend(replaced);
            files.written.push((path, file.rows));
            sinks.push(sink);
        }
        let mut lossy = files.replaced.iter().filter(|file| file.loses_rows());
        if !self.of.may_lose_rows
            && let Some(first) = lossy.next()
        {
            return Err(io::Error::other(first.refused(lossy.count())));
        }
        *self.of.files.lock() = files;
        sinks.iter().try_for_each(SharedSink::finish)
    }
}
