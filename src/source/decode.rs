//! Compressed inputs: known by their first bytes, read member after member.

use std::io::{self, BufRead, Read};

/// How an input is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// What the first bytes of an input say.
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            // A skippable frame may come first: parallel compressors write one.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// A reader of what was packed.
    ///
    /// # Errors
    /// The decoder cannot be set up.
    pub fn unpack<'r>(
        self,
        packed: impl BufRead + Send + 'r,
    ) -> io::Result<Box<dyn Read + Send + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(Gunzip::Member(Box::new(flate2::bufread::GzDecoder::new(
                packed,
            )))),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
        })
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
