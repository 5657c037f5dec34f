//! Tables cut into folders by the values of columns, as Hive, Spark and DuckDB lay them out:
//! `mediaType=voice/date=2026-03-02/gcagg.parquet`.
//!
//! The columns that name the folders are not in the files. Every file has the same name, so a later
//! run replaces its own files and no others. All files appear when all of them are complete, and none
//! if one of them would lose rows.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use parking_lot::Mutex;

use crate::diagnostic::fingerprint;
use crate::diagnostic::words::counted;
use crate::error::Error;
use crate::json::text::printable;
use crate::model::time::Instant;
use crate::record::Number;
use crate::table::{ColumnCell, RowSink, RowTemplates, owned};

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

/// The first and the last time of some rows, in milliseconds, which all formats keep.
#[derive(Debug, Clone, Copy, Default)]
struct TimeRange {
    /// As instants; a time without an offset is one of UTC.
    instants: Option<(i64, i64)>,
    /// As a clock on the wall shows them, which is what spreadsheets get.
    walls: Option<(i64, i64)>,
    /// True if all times have an offset.
    is_zoned: bool,
}

impl TimeRange {
    fn add(&mut self, text: &str) {
        // Times for spreadsheets have a space in the middle.
        let Some(Instant { time, zoned }) = Instant::parse(&text.replacen(' ', "T", 1)) else {
            return;
        };
        let (instant, wall) = (
            time.timestamp_millis(),
            time.naive_local().and_utc().timestamp_millis(),
        );
        self.join(Self {
            instants: Some((instant, instant)),
            walls: Some((wall, wall)),
            is_zoned: zoned,
        });
    }

    fn join(&mut self, other: Self) {
        let is_first = self.instants.is_none();
        let joined = |own: Option<(i64, i64)>, other: Option<(i64, i64)>| match (own, other) {
            (Some((first, last)), Some((start, end))) => Some((first.min(start), last.max(end))),
            (own, other) => own.or(other),
        };
        if other.instants.is_some() {
            self.is_zoned = other.is_zoned && (is_first || self.is_zoned);
        }
        self.instants = joined(self.instants, other.instants);
        self.walls = joined(self.walls, other.walls);
    }

    /// Returns true if it has all times of the other one. Times that nobody can read are not covered.
    fn covers(self, other: Self) -> bool {
        let ranges = match other.is_zoned {
            true => (self.instants, other.instants),
            false => (self.walls, other.walls),
        };
        match ranges {
            (Some((first, last)), Some((start, end))) => first <= start && end <= last,
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

/// The rows of a file: their times, and hashes of their groups.
#[derive(Debug, Default, Clone)]
struct RowExtent {
    times: TimeRange,
    groups: HashSet<u64>,
}

impl RowExtent {
    fn join(&mut self, other: &Self) {
        self.times.join(other.times);
        self.groups.extend(&other.groups);
    }
}

/// A hash of the values of the dimensions of a row, without the guard of formulas, which only files have.
fn group<'v>(values: impl Iterator<Item = &'v str>) -> u64 {
    let plain = values.map(|value| value.strip_prefix('\'').unwrap_or(value));
    let values: Vec<&[u8]> = plain.map(str::as_bytes).collect();
    fingerprint::hash(&values)
}

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
    /// True if the new file lacks the first or the last times of this file.
    pub lacks_times: bool,
    /// True if the new file lacks a group of this file.
    pub lacks_groups: bool,
}

impl ReplacedFile {
    /// Returns true if rows would be lost.
    pub fn loses_rows(&self) -> bool {
        self.lacks_times
            || self.lacks_groups
            || self.before.is_none_or(|before| before > self.after)
    }

    /// The error for files that would lose rows: this one, and the number of the others.
    pub(crate) fn refused(&self, others: usize) -> Error {
        let path = self.path.display();
        let before = match (self.before, &self.unreadable) {
            (Some(before), _) => format!("has {}", counted(before, "row")),
            (None, reason) => {
                let reason = reason.as_ref().map(|it| format!(" ({})", printable(it)));
                format!("cannot be read{}", reason.unwrap_or_default())
            }
        };
        let lacking = match self.before {
            Some(before) if before <= self.after && self.lacks_times => {
                ", but lacks its first or last times"
            }
            Some(before) if before <= self.after => ", but lacks some of its groups",
            _ => "",
        };
        let others = match others {
            0 => String::new(),
            others => format!(", and {} like it", counted(others, "file")),
        };
        Error::usage(format!(
        "{path} {before}, and its replacement has {}{lacking}{others}: nothing was written",
        self.after
    ))
    .help("convert whole days at once, and with --timezone if they are days of a time zone; to replace the files, add --replace-partitions")
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
    /// The real paths of the inputs that are files: they are not overwritten.
    pub sources: HashSet<PathBuf>,
    /// Files may be replaced by files with fewer rows, times or groups.
    pub may_lose_rows: bool,
    pub files: Mutex<PartitionedFiles>,
}

impl Partitioned<'_> {
    /// The path of the file in a folder.
    fn path(&self, folder: &str) -> PathBuf {
        let extension = self.format.extensions.first().copied().unwrap_or_default();
        self.folder.join(folder).join(format!("{STEM}.{extension}"))
    }

    /// The file that a new one replaces, if any.
    fn replaces(&self, folder: &str, new: &PartitionFile<'_>) -> Option<ReplacedFile> {
        let path = self.path(folder);
        let old = match self.extent_of(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            old => old,
        };
        let unreadable = old.as_ref().err().map(ToString::to_string);
        let old = old.ok();
        let extent = old.as_ref().filter(|(rows, _)| *rows > 0);
        let lacks = |what: fn(&RowExtent, &RowExtent) -> bool| {
            extent.is_some_and(|(_, old)| !what(&new.extent, old))
        };
        Some(ReplacedFile {
            path,
            before: old.as_ref().map(|(rows, _)| *rows),
            unreadable,
            after: new.rows,
            lacks_times: lacks(|new, old| new.times.covers(old.times)),
            lacks_groups: lacks(|new, old| old.groups.is_subset(&new.groups)),
        })
    }

    /// The number of rows of a file, and their extent.
    fn extent_of(&self, path: &Path) -> io::Result<(u64, RowExtent)> {
        let (mut count, mut extent) = (0, RowExtent::default());
        let Some(read) = self.format.read else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let (start, dimensions) = (&self.keys.start, &self.keys.dimensions);
        let columns = start.iter().chain(dimensions);
        let columns: Vec<String> = columns.map(|(_, name)| name.clone()).collect();
        let mut last = ReadRow::new();
        for row in read(path, self.options, &columns)? {
            let row = row?;
            count += 1;
            if row == last {
                continue;
            }
            let value = |(_, name): &(usize, String)| row.get(name).map_or("", String::as_str);
            if let Some(start) = start {
                extent.times.add(value(start));
            }
            extent.groups.insert(group(dimensions.iter().map(value)));
            last = row;
        }
        Ok((count, extent))
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
    extent: RowExtent,
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

/// The folder of some rows, their extent and the rows as the file takes them.
type FolderChunk = (String, RowExtent, Mutex<Option<Chunk>>);

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
        let part = entry.or_insert_with(|| FolderRows {
            encoder: table.encoder(),
            rows: 0,
            extent: RowExtent::default(),
            bucket: 0,
            templates: RowTemplates::default(),
        });
        let cell = |wanted: &(usize, String)| {
            let mut all = cells.iter().chain(&self.shared);
            let cell = all.find(|(at, _)| *at == wanted.0);
            cell.map_or("", |(_, cell)| cell.shown())
        };
        if let Some(start) = &self.keys.start {
            part.extent.times.add(cell(start));
        }
        let group = group(self.keys.dimensions.iter().map(cell));
        part.extent.groups.insert(group);
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
            if let Some(own) = part.templates.get(template) {
                encoder.templated(own, text, figures);
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
            parts.push((folder, part.extent, Mutex::new(Some(chunk))));
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

/// A file that is being written.
struct PartitionFile<'t> {
    sink: SharedSink,
    appender: Box<dyn Appender + 't>,
    rows: u64,
    extent: RowExtent,
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
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "more than {MOST} partitions; use dimensions with fewer values, or fewer days at once"
                ),
            ));
        }
        let folder = self.of.folder.join(name);
        let fresh = folder.ancestors().take_while(|it| !it.exists());
        self.made.extend(fresh.map(Path::to_owned));
        fs::create_dir_all(&folder)?;
        self.check_name(name, &folder)?;
        let path = self.of.path(name);
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
        Ok(PartitionFile {
            sink,
            appender,
            rows: 0,
            extent: RowExtent::default(),
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
        for (folder, extent, part) in parts.into_iter().flatten() {
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
                file.extent.join(extent);
                file.appender.append(part)?;
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        let files = self.open.iter();
        let replaced = files.filter_map(|(folder, file)| self.of.replaces(folder, file));
        let replaced: Vec<ReplacedFile> = replaced.collect();
        let is_lossy = replaced.iter().any(ReplacedFile::loses_rows);
        let written = self.open.iter();
        let written = written.map(|(folder, file)| (self.of.path(folder), file.rows));
        *self.of.files.lock() = PartitionedFiles {
            written: written.collect(),
            replaced,
        };
        if is_lossy && !self.of.may_lose_rows {
            let message = "files would be replaced by files with fewer rows, times or groups";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut sinks = Vec::new();
        for file in std::mem::take(&mut self.open).into_values() {
            file.appender.end()?;
            sinks.push(file.sink);
        }
        sinks.iter().try_for_each(SharedSink::finish)
    }
}
