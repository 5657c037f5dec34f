//! The rows of record batches, as texts.

use std::io;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use chrono::{DateTime, SecondsFormat};

use crate::write::{ReadRow, ReadRows};

/// The rows of batches.
pub fn rows(
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static,
) -> ReadRows {
    Box::new(batches.flat_map(|batch| {
        match batch {
            Ok(batch) => (0..batch.num_rows())
                .map(|at| row(&batch, at))
                .collect::<Vec<_>>(),
            Err(error) => vec![Err(failed(error))],
        }
    }))
}

/// The error for a file that another program compressed.
pub fn compressed(codec: &str) -> io::Error {
    let codec = codec.split('(').next().unwrap_or_default().to_lowercase();
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!("compressed with {codec}, which gcagg does not read: write it again with zstd"),
    )
}

/// The error of a batch. Only the text of the library names the compression of a file.
fn failed(error: ArrowError) -> io::Error {
    match error.to_string() {
        text if text.contains("lz4 feature") => compressed("lz4"),
        _ => io::Error::other(error),
    }
}

fn row(batch: &RecordBatch, at: usize) -> io::Result<ReadRow> {
    let schema = batch.schema();
    let mut row = ReadRow::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if column.is_null(at) {
            continue;
        }
        let Some(text) = text(column.as_ref(), at) else {
            let message = format!(
                "column `{}` has the type {}, which gcagg does not write",
                field.name(),
                field.data_type()
            );
            return Err(io::Error::other(message));
        };
        row.insert(field.name().clone(), text);
    }
    Ok(row)
}

/// The value of a column at a place; `None` for types that gcagg does not write.
fn text(column: &dyn Array, at: usize) -> Option<String> {
    Some(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(at).to_owned(),
        DataType::Dictionary(..) => {
            let keys = column.as_dictionary_opt::<Int32Type>()?;
            let texts = keys.values().as_string_opt::<i32>()?;
            texts.value(keys.key(at)?).to_owned()
        }
        DataType::Int64 => column.as_primitive::<Int64Type>().value(at).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(at).to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(at),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let times = column.as_primitive::<TimestampMillisecondType>();
            let time = DateTime::from_timestamp_millis(times.value(at))?;
            time.to_rfc3339_opts(SecondsFormat::Millis, true)
        }
        _ => return None,
    })
}
