//! Compressed inputs: known by their first bytes, read member after member.

use std::io::{self, BufRead, BufReader, Read};

use super::limits::Limits;
use super::reading::Reading;

/// Number of bytes that are read of a compressed file at once.
const PACKED: usize = 128 * 1024;
/// Number of bytes that any input may expand to.
const HARMLESS: u64 = 16 * 1024 * 1024;

/// The compression of an input or output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// None.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

impl Compression {
    /// Detects the compression by the first bytes of an input.
    pub(crate) fn of(start: &[u8]) -> Self {
        match start {
            [0x1F, 0x8B, ..] => Self::Gzip,
            // A skippable frame may come first: parallel compressors write one.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// The name that users see.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// A reader that decompresses.
    ///
    /// # Errors
    /// The decoder cannot be set up.
    pub(crate) fn unpack<'r>(
        self,
        packed: impl Read + Send + 'r,
        limits: Limits,
    ) -> io::Result<Box<dyn Read + Send + 'r>> {
        let taken = Reading::new(limits);
        let packed = BufReader::with_capacity(PACKED, taken.counted(packed));
        let unpacked: Box<dyn Read + Send + 'r> = match self {
            Self::None => Box::new(packed),
            Self::Gzip => Box::new(Gunzip::Member(Box::new(flate2::bufread::GzDecoder::new(
                packed,
            )))),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(limits.zstd_window.max(1 << 10).ilog2().min(31))?;
                Box::new(decoder)
            }
        };
        Ok(Box::new(Guarded {
            unpacked,
            taken,
            given: 0,
        }))
    }
}

/// Ends with [`io::ErrorKind::FileTooLarge`] if the data expands too much.
struct Guarded<R> {
    unpacked: R,
    /// Counts what is read of the compressed input.
    taken: Reading,
    given: u64,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer)?;
        self.given += read as u64;
        let ratio = self.taken.limits.inflate;
        if self.given > HARMLESS && self.given / ratio > self.taken.bytes() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

/// All members of a gzip file, and the zeros that fill up a block of the medium behind them, as
/// gzip itself allows.
enum Gunzip<R: BufRead> {
    Member(Box<flate2::bufread::GzDecoder<R>>),
    Ended,
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Self::Member(member) = self else {
                return Ok(0);
            };
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Self::Member(member) = std::mem::replace(self, Self::Ended) else {
                return Ok(0);
            };
            let mut rest = member.into_inner();
            loop {
                let zeros = {
                    let bytes = rest.fill_buf()?;
                    if bytes.is_empty() {
                        return Ok(0);
                    }
                    bytes.iter().take_while(|byte| **byte == 0).count()
                };
                if zeros == 0 {
                    break;
                }
                rest.consume(zeros);
            }
            *self = Self::Member(Box::new(flate2::bufread::GzDecoder::new(rest)));
        }
    }
}
