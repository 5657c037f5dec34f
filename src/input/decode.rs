//! Compressed inputs: known by their first bytes, read member after member.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::limits::Limits;
use super::reading::{ReadWith, Reading};

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

    /// A reader that decompresses. It ends with [`io::ErrorKind::FileTooLarge`] if the data expands too
    /// much.
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
        let mut unpacked: Box<dyn Read + Send + 'r> = match self {
            Self::None => Box::new(packed),
            Self::Gzip => Box::new(gunzip(packed)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(limits.zstd_window.max(1 << 10).ilog2().min(31))?;
                Box::new(decoder)
            }
        };
        let mut given = 0;
        Ok(Box::new(ReadWith(move |buffer: &mut [u8]| {
            let read = unpacked.read(buffer)?;
            given += read as u64;
            if given > HARMLESS && given / limits.inflate > taken.bytes() {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            Ok(read)
        })))
    }
}

/// Reads all members of a gzip file, and the zeros that fill up a block of the medium behind them, as
/// gzip itself allows.
fn gunzip(packed: impl BufRead) -> impl Read {
    let mut member = Some(Box::new(GzDecoder::new(packed)));
    ReadWith(move |buffer: &mut [u8]| {
        while let Some(mut open) = member.take() {
            let read = open.read(buffer);
            if !matches!(read, Ok(0)) || buffer.is_empty() {
                member = Some(open);
                return read;
            }
            let mut rest = open.into_inner();
            loop {
                let bytes = rest.fill_buf()?;
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                if bytes.is_empty() {
                    return Ok(0);
                }
                if zeros == 0 {
                    break;
                }
                rest.consume(zeros);
            }
            member = Some(Box::new(GzDecoder::new(rest)));
        }
        Ok(0)
    })
}
