//! `rust_xlsxwriter` panics where its temporary files cannot be written, when the disk is full say, and
//! where it can start no thread. Here such a panic becomes an error.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::temporary;

thread_local! {
    /// True while work of `rust_xlsxwriter` runs in this thread.
    static IS_FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Runs work of `rust_xlsxwriter`. Its objects must not be used after an error.
///
/// # Errors
/// Its error, or that of a temporary file or a thread.
pub fn run<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    quiet();
    let before = IS_FENCED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_FENCED.set(before);
    match done {
        Ok(done) => done,
        Err(payload) => match system_error(payload.as_ref()) {
            Some(error) => Err(error),
            None => panic::resume_unwind(payload),
        },
    }
}

/// The error of the system in the message of a panic: `…: Os { code: 28, kind: …`.
fn system_error(payload: &(dyn Any + Send)) -> Option<io::Error> {
    let message = payload.downcast_ref::<String>()?;
    let (what, code) = message.split_once(": Os { code: ")?;
    let (code, _) = code.split_once(',')?;
    let error = io::Error::from_raw_os_error(code.parse().ok()?);
    Some(match what == "failed to spawn thread" {
        true => io::Error::new(error.kind(), format!("no thread can be started: {error}")),
        false => temporary(&std::env::temp_dir(), error),
    })
}

/// Says nothing on standard error of panics that become errors.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location();
            let is_theirs = place.is_some_and(|it| it.file().contains("rust_xlsxwriter"));
            let message = info.payload().downcast_ref::<String>();
            let is_error = message.is_some_and(|it| it.contains(": Os { code: "));
            if !((is_theirs || IS_FENCED.get()) && is_error) {
                usual(info);
            }
        }));
    });
}
