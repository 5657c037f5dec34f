//! Parquet files.

use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::add_encoded_arrow_schema_to_metadata;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::table::Layout;
use crate::write::{Appender, Chunk, Format, Output};

use super::{Batched, batch};

/// Parquet, compressed with zstd, with statistics and a page index.
pub static PARQUET: Format = Format {
    name: "parquet",
    title: "Parquet",
    extensions: &["parquet"],
    options: &[],
    layout: Layout::Long,
    is_typed: true,
    is_workbook: false,
    is_packed: true,
    table: |columns, _| Batched::boxed(columns, begin),
};

/// The most values of a row group, and the most rows.
const VALUES: usize = 128 << 20;
const ROWS: usize = 1 << 20;
/// How many rows wait until the columns are encoded side by side.
const TOGETHER: usize = 64 * 1024;

fn begin<'o>(schema: &'o SchemaRef, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
    let level = ZstdLevel::try_new(1).map_err(failed)?;
    let mut properties = WriterProperties::builder();
    for field in schema.fields() {
        // A dictionary of figures is given up when it is full, and costs more than it saves before.
        let column = ColumnPath::from(field.name().as_str());
        match field.data_type() {
            DataType::Int64 | DataType::Timestamp(..) => {
                properties = properties
                    .set_column_dictionary_enabled(column.clone(), false)
                    .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
            }
            DataType::Decimal128(..) | DataType::Float64 => {
                properties = properties.set_column_dictionary_enabled(column, false);
            }
            _ => {}
        }
    }
    let mut properties = properties
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("gcagg ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    add_encoded_arrow_schema_to_metadata(schema, &mut properties);
    let converted = ArrowSchemaConverter::new().convert(schema);
    let root = converted.map_err(failed)?.root_schema_ptr();
    let writer = SerializedFileWriter::new(out, root, Arc::new(properties)).map_err(failed)?;
    let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(schema));
    Ok(Box::new(Groups {
        schema,
        writer,
        factory,
        columns: Vec::new(),
        waiting: Vec::new(),
        waiting_rows: 0,
        rows: 0,
        groups: 0,
    }))
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

/// Whether there are threads to share the work with; none are started here.
fn is_in_pool() -> bool {
    rayon::current_thread_index().is_some()
}

/// Batches on their way into row groups.
struct Groups<'o> {
    schema: &'o SchemaRef,
    writer: SerializedFileWriter<Output<'o>>,
    factory: ArrowRowGroupWriterFactory,
    /// Those of the row group that is open; empty where none is.
    columns: Vec<ArrowColumnWriter>,
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    /// The rows of the row group that is open.
    rows: usize,
    /// How many row groups are complete.
    groups: usize,
}

impl Groups<'_> {
    /// Encodes the batches that wait, the columns side by side.
    fn encode(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        if self.columns.is_empty() {
            let columns = self.factory.create_column_writers(self.groups);
            self.columns = columns.map_err(failed)?;
        }
        let (schema, waiting) = (self.schema, &self.waiting);
        let encode = |(at, writer): (usize, &mut ArrowColumnWriter)| {
            for batch in waiting {
                for leaf in compute_leaves(schema.field(at), batch.column(at))? {
                    writer.write(&leaf)?;
                }
            }
            Ok(())
        };
        let columns = &mut self.columns;
        let encoded: Result<(), ParquetError> = match is_in_pool() {
            true => columns.par_iter_mut().enumerate().try_for_each(encode),
            false => columns.iter_mut().enumerate().try_for_each(encode),
        };
        encoded.map_err(failed)?;
        self.rows += std::mem::take(&mut self.waiting_rows);
        self.waiting.clear();
        Ok(())
    }

    /// Writes the row group that is open.
    fn close_group(&mut self) -> io::Result<()> {
        self.encode()?;
        if self.columns.is_empty() {
            return Ok(());
        }
        let columns = std::mem::take(&mut self.columns);
        let chunks: Result<Vec<ArrowColumnChunk>, ParquetError> = match is_in_pool() {
            true => columns
                .into_par_iter()
                .map(ArrowColumnWriter::close)
                .collect(),
            false => columns.into_iter().map(ArrowColumnWriter::close).collect(),
        };
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for chunk in chunks.map_err(failed)? {
            chunk.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.groups += 1;
        self.rows = 0;
        Ok(())
    }
}

impl Appender for Groups<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Some(batch) = batch(&chunk) else {
            return Ok(());
        };
        let most = (VALUES / self.schema.fields().len().max(1)).clamp(1, ROWS);
        if self.rows + self.waiting_rows + batch.num_rows() > most {
            self.close_group()?;
        }
        self.waiting_rows += batch.num_rows();
        self.waiting.push(batch.clone());
        if self.waiting_rows >= TOGETHER {
            self.encode()?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.close_group()?;
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}
