//! Arrow IPC files.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use crate::error::temporary;
use crate::table::Layout;
use crate::write::{Appender, Chunk, Format, Output};

use super::{Batched, batch};

/// The Arrow file format, compressed with zstd.
pub static ARROW: Format = Format {
    name: "arrow",
    title: "Arrow",
    extensions: &["arrow", "feather"],
    options: &[],
    layout: Layout::Long,
    is_typed: true,
    is_workbook: false,
    is_packed: true,
    table: |columns, _| Batched::boxed(columns, begin),
};

fn begin<'o>(schema: &'o SchemaRef, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
    Ok(Box::new(Files::new(schema, out)?))
}

/// A dictionary over all batches.
#[derive(Debug, Default)]
struct Dictionary {
    texts: Vec<Box<str>>,
    known: HashMap<Box<str>, i32>,
}

impl Dictionary {
    fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.known.get(text) {
            return *key;
        }
        let key = self.texts.len() as i32;
        self.texts.push(text.into());
        self.known.insert(text.into(), key);
        key
    }
}

/// A file has one dictionary per column before its first batch, so batches wait in a temporary
/// file, with the keys of dictionaries that are complete at the end.
struct Files<'o> {
    schema: &'o SchemaRef,
    out: Output<'o>,
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

fn options() -> io::Result<IpcWriteOptions> {
    let options = IpcWriteOptions::default();
    options
        .try_with_compression(Some(CompressionType::ZSTD))
        .map_err(failed)
}

fn is_text(field: &Field) -> bool {
    matches!(field.data_type(), DataType::Dictionary(..))
}

impl<'o> Files<'o> {
    fn new(schema: &'o SchemaRef, out: Output<'o>) -> io::Result<Self> {
        let plain = schema.fields().iter().map(|field| match is_text(field) {
            true => Field::new(field.name(), DataType::Int32, true),
            false => field.as_ref().clone(),
        });
        let plain: SchemaRef = Arc::new(Schema::new(plain.collect::<Vec<_>>()));
        let folder = std::env::temp_dir();
        let file = tempfile::tempfile_in(&folder).map_err(|error| temporary(&folder, error))?;
        let file = BufWriter::new(file);
        Ok(Self {
            schema,
            out,
            dictionaries: schema
                .fields()
                .iter()
                .map(|_| Dictionary::default())
                .collect(),
            plain: Arc::clone(&plain),
            waiting: StreamWriter::try_new_with_options(file, &plain, options()?)
                .map_err(waiting)?,
        })
    }
}

/// The keys of a dictionary array among those of the dictionary over all batches.
fn keys(array: &ArrayRef, all: &mut Dictionary) -> ArrayRef {
    let array = array.as_dictionary::<Int32Type>();
    let texts = array.values().as_string::<i32>();
    let places: Vec<i32> = texts
        .iter()
        .map(|text| all.key(text.unwrap_or_default()))
        .collect();
    let place = |key: i32| places.get(key as usize).copied().unwrap_or_default();
    Arc::new(array.keys().unary::<_, Int32Type>(place))
}

impl Appender for Files<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Some(batch) = batch(&chunk) else {
            return Ok(());
        };
        let columns = batch.columns().iter().zip(&mut self.dictionaries);
        let columns = columns.map(|(array, dictionary)| match array.data_type() {
            DataType::Dictionary(..) => keys(array, dictionary),
            _ => Arc::clone(array),
        });
        let plain =
            RecordBatch::try_new(Arc::clone(&self.plain), columns.collect()).map_err(failed)?;
        self.waiting.write(&plain).map_err(waiting)
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.waiting.finish().map_err(waiting)?;
        let buffered = self.waiting.into_inner().map_err(waiting)?;
        let file = buffered.into_inner().map_err(|error| error.into_error());
        let file = file.and_then(|mut file| file.rewind().map(|()| file));
        let file = file.map_err(|error| temporary(&std::env::temp_dir(), error))?;
        let texts = self.dictionaries.into_iter().map(|dictionary| {
            let texts = StringArray::from_iter_values(dictionary.texts);
            Arc::new(texts) as ArrayRef
        });
        let texts: Vec<ArrayRef> = texts.collect();
        let mut writer =
            FileWriter::try_new_with_options(self.out, self.schema, options()?).map_err(failed)?;
        for batch in StreamReader::try_new(BufReader::new(file), None).map_err(waiting)? {
            let batch = batch.map_err(waiting)?;
            let columns = self.schema.fields().iter().zip(batch.columns()).zip(&texts);
            let columns = columns.map(|((field, array), texts)| {
                if !is_text(field) {
                    return Ok(Arc::clone(array));
                }
                let keys: Int32Array = array.as_primitive::<Int32Type>().clone();
                let array = DictionaryArray::try_new(keys, Arc::clone(texts))?;
                Ok(Arc::new(array) as ArrayRef)
            });
            let columns = columns.collect::<Result<_, ArrowError>>().map_err(failed)?;
            let batch = RecordBatch::try_new(Arc::clone(self.schema), columns).map_err(failed)?;
            writer.write(&batch).map_err(failed)?;
        }
        writer.finish().map_err(failed)
    }
}
