//! Record batches in Arrow's PyCapsules.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, SchemaRef};
use gcagg::{ArrowTypes, Dataset, Error};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// How many batches are made before they are wanted.
const AHEAD: usize = 4;

/// What a thread hands over.
enum Message {
    Batch(RecordBatch),
    Failed(String),
    End,
}

/// The batches of a table, made by another thread while they are taken.
struct Batches {
    schema: SchemaRef,
    /// `None` behind the last one.
    messages: Option<Receiver<Message>>,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let message = self.messages.as_ref()?.recv();
        let failed = match message {
            Ok(Message::Batch(batch)) => return Some(Ok(batch)),
            Ok(Message::End) => None,
            Ok(Message::Failed(text)) => Some(text),
            Err(_) => Some("gcagg failed unexpectedly; please report this with the input".into()),
        };
        self.messages = None;
        failed.map(|text| Err(ArrowError::ExternalError(text.into())))
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// Batches that are all at hand.
struct Collected {
    schema: SchemaRef,
    batches: std::vec::IntoIter<RecordBatch>,
}

impl Iterator for Collected {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batches.next().map(Ok)
    }
}

impl RecordBatchReader for Collected {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// The message of an error, and the next step.
fn with_help(error: &Error) -> String {
    let help = error.suggestion().map(gcagg::printable);
    let help = help.map(|help| format!("\n  help: {help}"));
    format!("{error}{}", help.unwrap_or_default())
}

/// Makes batches until nobody wants more.
fn produce(checked: &Dataset, types: ArrowTypes, out: &SyncSender<Message>) -> Result<(), Error> {
    let table = checked.table()?;
    let mut hand = |batch| {
        let gone = |_| std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        out.send(Message::Batch(batch)).map_err(gone)
    };
    table.batches(types, &mut hand).map(drop)
}

/// A stream whose batches are made while they are taken.
pub fn lazy(
    py: Python<'_>,
    checked: Arc<Dataset>,
    schema: SchemaRef,
    types: ArrowTypes,
) -> PyResult<Bound<'_, PyCapsule>> {
    checked.progress().resume();
    let (sender, receiver) = sync_channel(AHEAD);
    let work = move || {
        let made = catch_unwind(AssertUnwindSafe(|| produce(&checked, types, &sender)));
        // Without a last message the reader knows that this thread has panicked; it may be gone.
        if let Ok(made) = made {
            let last = made.map_or_else(
                |error| Message::Failed(with_help(&error)),
                |()| Message::End,
            );
            let _ = sender.send(last);
        }
    };
    std::thread::Builder::new()
        .name("gcagg".into())
        .spawn(work)
        .map_err(PyErr::from)?;
    let messages = Some(receiver);
    capsule(py, Box::new(Batches { schema, messages }))
}

/// A stream of batches that are at hand.
pub fn of(
    py: Python<'_>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let batches = batches.into_iter();
    capsule(py, Box::new(Collected { schema, batches }))
}

fn capsule(
    py: Python<'_>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let stream = FFI_ArrowArrayStream::new(reader);
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// A schema.
pub fn schema<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema.as_ref())
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}
