//! `rust_xlsxwriter` panics where its temporary files cannot be written, when the disk is full say.
//! Here such a panic becomes an error that names the folder.

use std::any::Any;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::temporary;

/// Runs work of `rust_xlsxwriter`. Its objects must not be used after an error.
///
/// # Errors
/// Its error, or that of a temporary file.
pub fn run<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    quiet();
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done,
        Err(payload) => match system_error(payload.as_ref()) {
            Some(error) => Err(temporary(&std::env::temp_dir(), error)),
            None => panic::resume_unwind(payload),
        },
    }
}

/// The error of the system in the message of a panic: `…: Os { code: 28, kind: …`.
fn system_error(payload: &(dyn Any + Send)) -> Option<io::Error> {
    let message = payload.downcast_ref::<String>()?;
    let (_, code) = message.split_once(": Os { code: ")?;
    let (code, _) = code.split_once(',')?;
    Some(io::Error::from_raw_os_error(code.parse().ok()?))
}

/// Says nothing on standard error of panics that become errors.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_theirs = info
                .location()
                .is_some_and(|place| place.file().contains("rust_xlsxwriter"));
            let message = info.payload().downcast_ref::<String>();
            let is_error = message.is_some_and(|it| it.contains(": Os { code: "));
            if !(is_theirs && is_error) {
                usual(info);
            }
        }));
    });
}
