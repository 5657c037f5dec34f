//! The size and the hash of a file.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::read_text::uninterrupted;

/// The size and the SHA-256 of a file.
///
/// # Errors
/// It cannot be read.
pub fn measure(path: &Path) -> io::Result<(u64, String)> {
    of(uninterrupted(File::open(path)?))
}

/// The size and the SHA-256 of a part of a file.
///
/// # Errors
/// It cannot be read.
pub fn of_range(path: &Path, start: u64, length: u64) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    of(uninterrupted(file).take(length))
}

/// The number and the SHA-256 of the bytes of a reader.
///
/// # Errors
/// It fails.
pub fn of(mut text: impl io::Read) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match text.read(&mut buffer)? {
            0 => return Ok((bytes, hex(&hash.finalize()))),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
