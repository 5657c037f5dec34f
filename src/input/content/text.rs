//! Reads bytes of an input and makes text of them.

use std::io::{self, Read as _};

use super::{Compression, Content, Limits, OpenError};

/// Number of bytes of memory that are reserved before the bytes arrive.
const RESERVE: usize = 16 * 1024 * 1024;
/// A text that is shorter has no room for more.
const SHORT: usize = 64 * 1024;

impl Content {
    /// Reads up to `room` bytes behind those pending.
    fn read(&mut self, room: usize) -> Result<(), OpenError> {
        let end = self.pending + room.min(self.step);
        let mut buffer = std::mem::take(&mut self.buffer);
        if buffer.len() < end {
            buffer.resize(end, 0);
        }
        let free = buffer.get_mut(self.pending..end).unwrap_or_default();
        let read = self.receive(free, self.pending);
        self.buffer = buffer;
        self.pending += read?;
        Ok(())
    }

    /// Reads into `free`, and returns the number of bytes. `pending` bytes before them were not given out.
    fn receive(&mut self, free: &mut [u8], pending: usize) -> Result<usize, OpenError> {
        match self.source.read(free) {
            Ok(read) => {
                self.ended = read == 0;
                return Ok(read);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => match self.compression {
                compression
                    if compression != Compression::None && error.raw_os_error().is_none() =>
                {
                    self.ended = true;
                    if !self.lenient {
                        let whole = self.stored + pending;
                        return Err(damage(error, compression, whole as u64, self.limits));
                    }
                }
                _ => return Err(error.into()),
            },
        }
        Ok(0)
    }

    /// Reads UTF-8 into `bytes`, from `start` on, and makes text of all of them without a copy.
    pub(super) fn in_place(
        &mut self,
        mut bytes: Vec<u8>,
        start: usize,
    ) -> Result<String, OpenError> {
        let mut end = start;
        let mut read = Ok(0);
        while !self.ended
            && let Some(free) = bytes.get_mut(end..).filter(|free| !free.is_empty())
        {
            read = self.receive(free, end - start);
            match read {
                Ok(read) => end += read,
                Err(_) => break,
            }
        }
        bytes.truncate(end);
        let text = match String::from_utf8(bytes) {
            Ok(text) => {
                self.stored += end - start;
                self.given += end - start;
                text
            }
            // Most often, a character is cut at the end.
            Err(error) => {
                let mut bytes = error.into_bytes();
                self.buffer = bytes.split_off(start);
                self.pending = self.buffer.len();
                let mut text = String::from_utf8(bytes).unwrap_or_default();
                self.decode(&mut text)?;
                text
            }
        };
        read.map(|_| text)
    }

    /// The bytes that were read and not given out.
    fn fresh(&self) -> &[u8] {
        self.buffer.get(..self.pending).unwrap_or_default()
    }

    /// Counts bytes of the input, and the bytes of text that they became.
    fn give(&mut self, stored: usize, given: usize) {
        self.stored += stored;
        self.given += given;
        self.buffer.copy_within(stored..self.pending, 0);
        self.pending -= stored;
    }

    /// Appends UTF-8 until there are about `want` bytes of text.
    pub(super) fn utf8(&mut self, text: &mut String, want: usize) -> Result<(), OpenError> {
        // However few bytes a reading gives, texts have one length: windows are the same each time.
        let room = match want.saturating_sub(text.len() + self.pending) {
            0 => 16,
            room => room,
        };
        // Most inputs are short, and a text that is moved is copied with the room that it has.
        if text.len() >= SHORT {
            text.reserve(room.min(RESERVE));
        }
        self.read(room)?;
        self.decode(text)
    }

    /// Appends the UTF-8 that was read and not given out.
    fn decode(&mut self, text: &mut String) -> Result<(), OpenError> {
        let fresh = self.fresh();
        let error = match simdutf8::compat::from_utf8(fresh) {
            Ok(fresh) => {
                text.push_str(fresh);
                self.give(fresh.len(), fresh.len());
                return Ok(());
            }
            Err(error) => error,
        };
        let whole = error.valid_up_to();
        // A character may be cut only where more is to come.
        if error.error_len().is_some() || self.ended {
            if self.lenient {
                self.replace(text);
                return Ok(());
            }
            let (len, reason) = match error.error_len() {
                Some(len) => (len, "not valid UTF-8"),
                None => (fresh.len() - whole, "a UTF-8 character is cut off"),
            };
            return Err(OpenError::BadText {
                at: self.given + whole,
                stored: self.stored + whole,
                len,
                reason,
                byte: fresh.get(whole).copied().filter(|_| len == 1),
            });
        }
        let valid = fresh.get(..whole).map(std::str::from_utf8);
        text.push_str(valid.and_then(Result::ok).unwrap_or_default());
        self.give(whole, whole);
        Ok(())
    }

    /// Appends what was read with U+FFFD for what is broken.
    fn replace(&mut self, text: &mut String) {
        let before = text.len();
        let (mut rest, mut kept) = (self.pending, 0);
        for chunk in self.fresh().utf8_chunks() {
            text.push_str(chunk.valid());
            rest -= chunk.valid().len() + chunk.invalid().len();
            let cut =
                std::str::from_utf8(chunk.invalid()).is_err_and(|it| it.error_len().is_none());
            if rest == 0 && cut && !self.ended {
                kept = chunk.invalid().len();
            } else if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.give(self.pending - kept, text.len() - before);
    }

    /// Appends UTF-16 whose units are made by `unit`.
    pub(super) fn utf16(
        &mut self,
        text: &mut String,
        unit: fn([u8; 2]) -> u16,
    ) -> Result<(), OpenError> {
        self.read(self.step)?;
        let before = text.len();
        let (pairs, odd) = self.fresh().as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let mut used = 0;
        for decoded in char::decode_utf16(units.iter().copied()) {
            match decoded {
                Ok(character) => {
                    text.push(character);
                    used += 2 * character.len_utf16();
                }
                // The other half of a pair may come next.
                Err(_) if used + 2 == pairs.len() * 2 && !self.ended => break,
                Err(_) if self.lenient => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    used += 2;
                }
                Err(_) => {
                    return Err(self.bad_unit(
                        text.len() - before,
                        used,
                        2,
                        "a lone surrogate in UTF-16",
                    ));
                }
            }
        }
        if self.ended && !odd.is_empty() {
            if !self.lenient {
                return Err(self.bad_unit(
                    text.len() - before,
                    used,
                    1,
                    "a UTF-16 character is cut off",
                ));
            }
            text.push(char::REPLACEMENT_CHARACTER);
            used += 1;
        }
        self.give(used, text.len() - before);
        Ok(())
    }

    fn bad_unit(&self, text: usize, stored: usize, len: usize, reason: &'static str) -> OpenError {
        OpenError::BadText {
            at: self.given + text,
            stored: self.stored + stored,
            len,
            reason,
            byte: None,
        }
    }
}

pub(super) fn damage(
    error: io::Error,
    compression: Compression,
    decompressed: u64,
    limits: Limits,
) -> OpenError {
    if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::OutOfMemory {
        return error.into();
    }
    if error.kind() == io::ErrorKind::FileTooLarge {
        let ratio = limits.inflate;
        return OpenError::Inflated { compression, ratio };
    }
    // The decoder's own words are the only difference between these and damage.
    match error.to_string() {
        words if words.contains("too much memory") => OpenError::Window {
            limit: limits.zstd_window,
        },
        words if words.contains("not enough memory") => {
            io::Error::from(io::ErrorKind::OutOfMemory).into()
        }
        _ => OpenError::CutCompressed {
            compression,
            decompressed,
        },
    }
}
