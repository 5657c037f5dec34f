//! Standard output, which may have been closed before the program began.
//!
//! The runtime opens the null device in place of a closed descriptor before `main`, so writing
//! succeeds and the output is lost. The binary therefore looks at the descriptor earlier.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Records whether standard output was closed when the process began.
pub fn set_closed(closed: bool) {
    CLOSED.store(closed, Ordering::SeqCst);
}

/// Standard output.
///
/// # Errors
/// It is closed.
pub fn open() -> io::Result<io::Stdout> {
    if CLOSED.load(Ordering::SeqCst) {
        return Err(io::Error::other("it is closed"));
    }
    Ok(io::stdout())
}

/// Writes all of `bytes` to standard output.
///
/// # Errors
/// It is closed, or cannot be written to.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = open()?.lock();
    out.write_all(bytes)?;
    out.flush()
}
