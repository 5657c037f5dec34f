//! Arrow IPC files.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use crate::error::temporary;
use crate::table::Type;
use crate::write::{Appender, Chunk, Output, ReadRows, TableFormat, csv};

use super::batches;
use super::dictionary::Dictionary;
use super::unit::{self, WaitingRows};
use super::{ArrowTypes, TypedTable, rows_in};

/// The Arrow file format, compressed with zstd.
pub static ARROW: TableFormat = TableFormat {
    name: "arrow",
    title: "Arrow",
    extensions: &["arrow", "feather"],
    options: &[],
    is_typed: true,
    is_packed: true,
    table: |columns, _| TypedTable::boxed(columns, begin),
    read: Some(|path, _, only| read(path, only)),
    ..csv::BASE
};

/// The most values of a batch, null ones too, and the most rows.
const VALUES: usize = 2 << 20;
const ROWS: usize = 64 * 1024;

fn read(path: &Path, only: &[String]) -> io::Result<ReadRows> {
    let open = |columns| {
        let file = BufReader::new(File::open(path)?);
        FileReader::try_new(file, columns).map_err(failed)
    };
    let mut batches = open(None)?;
    if !only.is_empty() {
        let schema = batches.schema();
        let columns = only.iter().filter_map(|it| schema.index_of(it).ok());
        batches = open(Some(columns.collect()))?;
    }
    Ok(batches::rows(batches))
}

fn begin<'o>(table: &'o TypedTable, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
    Ok(Box::new(IpcFile::new(table, out)?))
}

/// A file has one dictionary per column before its first batch, so batches wait in a temporary
/// file, with the keys of dictionaries that are complete at the end.
struct IpcFile<'o> {
    table: &'o TypedTable,
    out: Output<'o>,
    /// Number of rows that are a batch.
    batch: usize,
    rows: WaitingRows,
    dictionaries: Vec<Dictionary>,
    /// The schema with keys in place of texts.
    plain: SchemaRef,
    waiting: StreamWriter<BufWriter<File>>,
}

/// An error of the file in which batches wait.
fn waiting(error: ArrowError) -> io::Error {
    temporary(&std::env::temp_dir(), failed(error))
}

fn failed(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error),
    }
}

/// The fastest level of zstd: higher ones do not make these numbers and keys smaller.
const LEVEL: i32 = 1;

fn options() -> io::Result<IpcWriteOptions> {
    let options = IpcWriteOptions::default();
    let options = options.try_with_compression(Some(CompressionType::ZSTD));
    options
        .and_then(|options| options.try_with_compression_level(Some(LEVEL)))
        .map_err(failed)
}

fn is_text(field: &Field) -> bool {
    matches!(field.data_type(), DataType::Dictionary(..))
}

impl<'o> IpcFile<'o> {
    fn new(table: &'o TypedTable, out: Output<'o>) -> io::Result<Self> {
        let fields = table.schema.fields().iter();
        let plain = fields.map(|field| match is_text(field) {
            true => Field::new(field.name(), DataType::Int32, true),
            false => field.as_ref().clone(),
        });
        let plain: SchemaRef = Arc::new(Schema::new(plain.collect::<Vec<_>>()));
        let folder = std::env::temp_dir();
        let file = tempfile::tempfile_in(&folder).map_err(|error| temporary(&folder, error))?;
        let file = BufWriter::new(file);
        let columns = table.columns.list.iter();
        Ok(Self {
            table,
            out,
            batch: table.rows_of(VALUES).min(ROWS),
            rows: WaitingRows::default(),
            dictionaries: columns.map(|_| Dictionary::default()).collect(),
            plain: Arc::clone(&plain),
            // Compressed once, at the end.
            waiting: StreamWriter::try_new(file, &plain).map_err(waiting)?,
        })
    }

    /// Writes the first rows that wait as one batch.
    fn write(&mut self, rows: usize) -> io::Result<()> {
        let first = self.rows.first(rows);
        let columns = self.table.columns.list.iter().zip(&mut self.dictionaries);
        let arrays = columns.enumerate().map(|(at, (column, dictionary))| {
            Ok(match column.kind {
                Type::Text => unit::keys(&first, at, dictionary),
                kind => unit::array(&first, at, kind, ArrowTypes::Compact)?,
            })
        });
        let arrays = arrays.collect::<io::Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.plain), arrays).map_err(failed)?;
        self.waiting.write(&batch).map_err(waiting)?;
        self.rows.remove(rows);
        Ok(())
    }
}

impl Appender for IpcFile<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        if let Some(rows) = rows_in(chunk) {
            self.rows.push(rows);
        }
        while self.rows.rows >= self.batch {
            self.write(self.batch)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        if self.rows.rows > 0 {
            self.write(self.rows.rows)?;
        }
        self.waiting.finish().map_err(waiting)?;
        let buffered = self.waiting.into_inner().map_err(waiting)?;
        let file = buffered.into_inner().map_err(|error| error.into_error());
        let file = file.and_then(|mut file| file.rewind().map(|()| file));
        let file = file.map_err(|error| temporary(&std::env::temp_dir(), error))?;
        let texts = self
            .dictionaries
            .into_iter()
            .map(|dictionary| Arc::new(dictionary.into_texts()) as ArrayRef);
        let texts: Vec<ArrayRef> = texts.collect();
        let schema = &self.table.schema;
        let mut writer =
            FileWriter::try_new_with_options(self.out, schema, options()?).map_err(failed)?;
        for batch in StreamReader::try_new(BufReader::new(file), None).map_err(waiting)? {
            let batch = batch.map_err(waiting)?;
            let columns = schema.fields().iter().zip(batch.columns()).zip(&texts);
            let columns = columns.map(|((field, array), texts)| {
                if !is_text(field) {
                    return Ok(Arc::clone(array));
                }
                let keys: Int32Array = array.as_primitive::<Int32Type>().clone();
                let array = DictionaryArray::try_new(keys, Arc::clone(texts))?;
                Ok(Arc::new(array) as ArrayRef)
            });
            let columns = columns.collect::<Result<_, ArrowError>>().map_err(failed)?;
            let batch = RecordBatch::try_new(Arc::clone(schema), columns).map_err(failed)?;
            writer.write(&batch).map_err(failed)?;
        }
        writer.finish().map_err(failed)
    }
}
