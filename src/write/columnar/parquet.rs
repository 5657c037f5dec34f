//! Parquet files.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::DataType;
use parquet::arrow::add_encoded_arrow_schema_to_metadata;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{ArrowSchemaConverter, ProjectionMask};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::write::{Appender, Chunk, Output, ReadRows, TableFormat, csv};

use super::batches;
use super::unit::{self, WaitingRows};
use super::{ArrowTypes, TypedTable, rows_in};

/// Parquet, compressed with zstd, with statistics and a page index.
pub static PARQUET: TableFormat = TableFormat {
    name: "parquet",
    title: "Parquet",
    extensions: &["parquet"],
    options: &[],
    is_typed: true,
    is_packed: true,
    table: |columns, _| TypedTable::boxed(columns, begin),
    read: Some(|path, _, only| read(path, only)),
    ..csv::BASE
};

/// The most values of a row group, and the most rows.
const VALUES: usize = 128 << 20;
const ROWS: usize = 1 << 20;
/// Number of rows that are encoded together: pages, too, end where they do.
const TOGETHER: usize = 64 * 1024;

fn read(path: &Path, only: &[String]) -> io::Result<ReadRows> {
    let file = File::open(path)?;
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
    let groups = reader.metadata().row_groups().iter();
    for column in groups.flat_map(|group| group.columns()) {
        match column.compression() {
            Compression::UNCOMPRESSED | Compression::ZSTD(_) => {}
            other => return Err(batches::compressed(&format!("{other:?}"))),
        }
    }
    if !only.is_empty() {
        let only = only.iter().map(String::as_str);
        let columns = ProjectionMask::columns(reader.parquet_schema(), only);
        reader = reader.with_projection(columns);
    }
    Ok(batches::rows(reader.build().map_err(failed)?))
}

fn begin<'o>(table: &'o TypedTable, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
    let schema = &table.schema;
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
    let most = table.rows_of(VALUES).min(ROWS);
    let together = most.min(TOGETHER);
    Ok(Box::new(RowGroups {
        table,
        writer,
        factory,
        together,
        most: most / together * together,
        columns: Vec::new(),
        waiting: WaitingRows::default(),
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

/// Returns true if there are threads to share the work with; none are started here.
fn is_in_pool() -> bool {
    rayon::current_thread_index().is_some()
}

/// Rows on their way into row groups.
struct RowGroups<'o> {
    table: &'o TypedTable,
    writer: SerializedFileWriter<Output<'o>>,
    factory: ArrowRowGroupWriterFactory,
    /// Number of rows that are encoded together.
    together: usize,
    /// The maximum number of rows of a row group: a multiple of `together`.
    most: usize,
    /// The writers of the open row group; empty if none is open.
    columns: Vec<ArrowColumnWriter>,
    waiting: WaitingRows,
    /// The rows of the row group that is open.
    rows: usize,
    /// Number of row groups that are complete.
    groups: usize,
}

impl RowGroups<'_> {
    /// Encodes the first rows that wait, the columns side by side.
    fn encode(&mut self, rows: usize) -> io::Result<()> {
        if self.columns.is_empty() {
            let columns = self.factory.create_column_writers(self.groups);
            self.columns = columns.map_err(failed)?;
        }
        let (table, first) = (self.table, self.waiting.first(rows));
        let encode = |(at, writer): (usize, &mut ArrowColumnWriter)| {
            let Some(column) = table.columns.list.get(at) else {
                return Ok(());
            };
            let array = unit::array(&first, at, column.kind, ArrowTypes::Compact)?;
            for leaf in compute_leaves(table.schema.field(at), &array).map_err(failed)? {
                writer.write(&leaf).map_err(failed)?;
            }
            Ok(())
        };
        let columns = &mut self.columns;
        let encoded: io::Result<()> = match is_in_pool() {
            true => columns.par_iter_mut().enumerate().try_for_each(encode),
            false => columns.iter_mut().enumerate().try_for_each(encode),
        };
        encoded?;
        self.waiting.remove(rows);
        self.rows += rows;
        if self.rows >= self.most {
            self.close_group()?;
        }
        Ok(())
    }

    /// Writes the row group that is open.
    fn close_group(&mut self) -> io::Result<()> {
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

impl Appender for RowGroups<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        if let Some(rows) = rows_in(chunk) {
            self.waiting.push(rows);
        }
        while self.waiting.rows >= self.together {
            self.encode(self.together)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        if self.waiting.rows > 0 {
            self.encode(self.waiting.rows)?;
        }
        self.close_group()?;
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}
