//! The text of one input, read from its beginning to its end: decompressed, without BOM, in UTF-8.

mod text;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use super::decode::Compression;
use super::discover::Input;
use super::limits::Limits;
use super::magic;
use super::open_error::OpenError;
use super::reading::Reading;
use super::spool::Spool;
use super::stamp::Stamp;

use text::damage;

/// Number of bytes that are looked at first: all of most inputs, in one go.
const HEAD: usize = 32 * 1024;
/// Number of bytes that are read at once.
const STEP: usize = 128 * 1024;
/// Number of decompressed bytes that are looked at first.
const PEEK: usize = 512;

/// Encoding of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// A reading of one input.
pub struct Content {
    source: Box<dyn Read + Send>,
    compression: Compression,
    encoding: Encoding,
    /// The length of the byte order mark; 0 without one.
    bom: usize,
    /// Buffer for the bytes of the source, and the number of bytes that are read at once.
    buffer: Vec<u8>,
    step: usize,
    /// Number of bytes at its front that are not a complete character yet.
    pending: usize,
    /// Number of bytes of text that were given out.
    given: usize,
    /// Number of decompressed bytes of the input that this text was.
    stored: usize,
    ended: bool,
    /// Replace what is broken, and end where the compression does.
    lenient: bool,
    /// Kind of a binary file and the help for it; `None` for text.
    binary_kind: Option<(&'static str, &'static str)>,
    /// The regular file that is read, as it was when it was opened.
    watched: Option<(File, Stamp)>,
    limits: Limits,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("compression", &self.compression)
            .field("encoding", &self.encoding)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

impl Content {
    /// Opens an input for its first reading. `spool` keeps the bytes of an input that cannot be read
    /// twice.
    ///
    /// # Errors
    /// It cannot be opened or read, or is compressed and damaged from the beginning.
    pub fn open(
        input: &Input,
        spool: Option<&Spool>,
        reading: &Reading,
    ) -> Result<Self, OpenError> {
        let mut watched = None;
        let mut watch = |path: &Path| -> io::Result<File> {
            let file = File::open(path)?;
            if let Some(stamp) = Stamp::of_open(&file) {
                watched = Some((file.try_clone()?, stamp));
            }
            Ok(file)
        };
        let source: Box<dyn Read + Send> = match input {
            Input::Stdin => Box::new(reading.counted(io::stdin())),
            Input::File(path) => Box::new(reading.counted(watch(path)?)),
            Input::Span { path, span } => {
                let file = watch(path)?;
                Box::new(reading.counted(span.reader(file)?))
            }
            Input::Copy {
                file,
                start,
                length,
                ..
            } => {
                let mut file = File::open(file)?;
                file.seek(SeekFrom::Start(*start))?;
                Box::new(reading.counted(file).take(*length))
            }
            Input::Memory(_, text) => Box::new(reading.counted(io::Cursor::new(text.clone()))),
        };
        let source = match spool {
            Some(spool) => Box::new(spool.keep(source)),
            None => source,
        };
        let content = Self::new(source, reading.limits)?;
        Ok(Self { watched, ..content })
    }

    /// Returns the stamp that the file had when it was opened; `None` if it is not a regular file.
    pub fn stamp(&self) -> Option<&Stamp> {
        self.watched.as_ref().map(|(_, stamp)| stamp)
    }

    /// Returns true if the file that is read has changed since it was opened.
    pub fn has_changed(&self) -> bool {
        let changed = |(file, stamp): &(File, Stamp)| Stamp::of_open(file).as_ref() != Some(stamp);
        self.watched.as_ref().is_some_and(changed)
    }

    /// Opens an input again: its kept bytes, or the file.
    ///
    /// # Errors
    /// The same as [`Content::open`].
    pub fn again(
        input: &Input,
        spool: Option<&Spool>,
        reading: &Reading,
    ) -> Result<Self, OpenError> {
        match spool {
            Some(spool) => Self::new(Box::new(reading.counted(spool.reader(0))), reading.limits),
            None => Self::open(input, None, reading),
        }
    }

    /// Reads broken text too: U+FFFD replaces invalid bytes, and damaged compression ends the text.
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// The text of these bytes. The format is detected from the bytes, never from a name.
    ///
    /// # Errors
    /// The same as [`Content::open`].
    pub fn new(mut source: Box<dyn Read + Send>, limits: Limits) -> Result<Self, OpenError> {
        let start = first(&mut source, HEAD)?;
        let compression = Compression::of(&start);
        // A source that has ended needs no more room than what it had.
        let step = match compression {
            Compression::None if start.len() < HEAD => start.len() + 1,
            _ => STEP,
        };
        let (encoding, bom) = recognise(&start);
        let kind = magic::of(&start);
        let rest = io::Cursor::new(start).chain(source);
        let (source, encoding, bom, binary_kind) = match compression {
            Compression::None => (Box::new(rest) as Box<dyn Read + Send>, encoding, bom, kind),
            compression => {
                let unpacked = compression.unpack(rest, limits);
                let mut unpacked = unpacked?;
                let start = first(&mut unpacked, PEEK)
                    .map_err(|error| damage(error, compression, 0, limits))?;
                let (encoding, bom) = recognise(&start);
                let kind = magic::of(&start);
                let again = io::Cursor::new(start).chain(unpacked);
                (Box::new(again) as Box<dyn Read + Send>, encoding, bom, kind)
            }
        };
        let mut content = Self {
            source,
            compression,
            encoding,
            bom,
            buffer: Vec::new(),
            step,
            pending: 0,
            given: 0,
            stored: 0,
            ended: false,
            lenient: false,
            binary_kind,
            watched: None,
            limits,
        };
        let mut mark = [0; 3];
        content.stored += content.source.read(&mut mark[..bom])?;
        Ok(content)
    }

    /// The compression of the input.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// Returns the limits of the input.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the encoding of the input.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The length of the byte order mark in the input; 0 without one.
    pub fn bom(&self) -> usize {
        self.bom
    }

    /// Returns the number of decompressed bytes of the input that the text so far was.
    pub fn stored(&self) -> usize {
        self.stored
    }

    /// Appends text until `text` has about `want` bytes, or the input ends. Returns true if the input
    /// has not ended.
    ///
    /// # Errors
    /// The input cannot be read, or its bytes are not text.
    pub fn fill(&mut self, text: &mut String, want: usize) -> Result<bool, OpenError> {
        if !self.lenient
            && let Some((name, help)) = self.binary_kind.take()
        {
            return Err(OpenError::Binary { name, help });
        }
        while !self.ended && text.len() < want {
            match self.encoding {
                Encoding::Utf8 => self.utf8(text, want)?,
                Encoding::Utf16Le => self.utf16(text, u16::from_le_bytes)?,
                Encoding::Utf16Be => self.utf16(text, u16::from_be_bytes)?,
            }
        }
        Ok(!self.ended)
    }

    /// Makes text of `start` and of what follows, about `want` bytes in all. Its memory is that of
    /// `used`, of which the bytes do not matter. Returns true, too, if the input has not ended.
    ///
    /// # Errors
    /// The same as [`Content::fill`].
    pub fn refill(
        &mut self,
        mut used: Vec<u8>,
        start: &str,
        want: usize,
    ) -> Result<(String, bool), OpenError> {
        let is_plain = self.encoding == Encoding::Utf8 && !self.lenient && self.pending == 0;
        used.truncate(want);
        let length = self.stamp().map_or(0, Stamp::len);
        if used.is_empty() && length >= (self.given + want) as u64 {
            used = vec![0; want];
        }
        let front = used.get_mut(..start.len());
        let mut text = match front.filter(|_| is_plain && self.binary_kind.is_none()) {
            Some(front) => {
                front.copy_from_slice(start.as_bytes());
                self.in_place(used, start.len())?
            }
            None => {
                used.clear();
                let mut text = String::from_utf8(used).unwrap_or_default();
                text.push_str(start);
                text
            }
        };
        let more = self.fill(&mut text, want)?;
        Ok((text, more))
    }
}

/// The first bytes of a source, fewer where it is shorter.
fn first(source: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut held = 0;
    while let Some(room) = bytes.get_mut(held..).filter(|room| !room.is_empty()) {
        match source.read(room) {
            Ok(0) => break,
            Ok(read) => held += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(held);
    Ok(bytes)
}

/// The encoding and the length of the BOM.
fn recognise(bytes: &[u8]) -> (Encoding, usize) {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
        // JSON begins with two ASCII characters, and no JSON in UTF-8 holds a NUL.
        [1..=0x7F, 0] | [1..=0x7F, 0, 1..=0x7F, 0, ..] => (Encoding::Utf16Le, 0),
        [0, 1..=0x7F] | [0, 1..=0x7F, 0, 1..=0x7F, ..] => (Encoding::Utf16Be, 0),
        _ => (Encoding::Utf8, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn open(bytes: Vec<u8>) -> Result<Content, OpenError> {
        Content::new(Box::new(io::Cursor::new(bytes)), Limits::default())
    }

    fn read(mut content: Content, step: usize) -> Result<(String, Content), OpenError> {
        let mut whole = String::new();
        loop {
            let mut text = String::new();
            let more = content.fill(&mut text, step)?;
            whole.push_str(&text);
            if !more {
                return Ok((whole, content));
            }
        }
    }

    /// The text however many bytes are asked for at once.
    fn decode(bytes: Vec<u8>) -> Result<(String, Content), OpenError> {
        for step in [1, 2, 3, 7] {
            let _ = read(open(bytes.clone())?, step)?;
        }
        let (by_seven, _) = read(open(bytes.clone())?, 7)?;
        let (whole, content) = read(open(bytes)?, 1 << 20)?;
        assert_eq!(by_seven, whole);
        Ok((whole, content))
    }

    /// Gives one byte at a time.
    struct Dribble(io::Cursor<Vec<u8>>);

    impl Read for Dribble {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn texts_have_the_same_lengths_however_they_are_read() {
        let bytes = "a\u{e9}\u{1f600}".repeat(10_000).into_bytes();
        for want in [1, 2, 15, 16, 17, 61, 100, 70_000] {
            let whole = |start: &str, content: &mut Content| {
                let mut text = start.to_owned();
                content.fill(&mut text, want).unwrap();
                text
            };
            let mut contents = [
                open(bytes.clone()).unwrap(),
                Content::new(
                    Box::new(Dribble(io::Cursor::new(bytes.clone()))),
                    Limits::default(),
                )
                .unwrap(),
                open(bytes.clone()).unwrap(),
            ];
            for turn in 0..40 {
                let start = "\u{e9}".repeat(turn % 9);
                let [first, second, third] = &mut contents;
                let expected = whole(&start, first);
                assert_eq!(whole(&start, second), expected);
                let (text, _) = third.refill(vec![b'x'; turn * 7], &start, want).unwrap();
                assert_eq!(text, expected, "{want} {turn}");
            }
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn long() -> String {
        (0..80_000_u32)
            .map(|n| format!("{},", n.wrapping_mul(2_654_435_761)))
            .collect()
    }

    #[test]
    fn a_bom_is_taken_off_and_counted() {
        let (text, content) = decode(b"\xEF\xBB\xBF{\"\xC3\xA9\":1}".to_vec()).unwrap();
        assert_eq!(
            (text.as_str(), content.bom(), content.stored()),
            ("{\"\u{e9}\":1}", 3, 11)
        );
        let (text, content) = decode(Vec::new()).unwrap();
        assert_eq!((text.as_str(), content.bom(), content.stored()), ("", 0, 0));
    }

    #[test]
    fn utf16_with_and_without_bom() {
        let expected = "{\"\u{e9}\u{1f600}\":1}";
        for (encoding, bytes) in [
            (Encoding::Utf16Le, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (Encoding::Utf16Be, u16::to_be_bytes),
        ] {
            for (mark, bom) in [("\u{FEFF}", 2), ("", 0)] {
                let stored = utf16(&format!("{mark}{expected}"), bytes);
                let length = stored.len();
                let (text, content) = decode(stored).unwrap();
                assert_eq!((text.as_str(), content.encoding()), (expected, encoding));
                assert_eq!((content.bom(), content.stored()), (bom, length));
            }
        }
    }

    #[test]
    fn broken_text_is_located() {
        let cut = utf16("\u{FEFF}{\u{1f600}", u16::to_le_bytes);
        let lone = [cut.clone(), vec![0x00, 0xD8, b'x', 0, b'y']].concat();
        let odd = [cut, vec![b'y']].concat();
        for (bytes, message, place, whole) in [
            (
                b"\xEF\xBB\xBF{\"a\xFFb".to_vec(),
                "not valid UTF-8 at byte 6",
                (3, 6, 1),
                "{\"a\u{FFFD}b",
            ),
            (
                b"{\"\xF0\x9F\x98".to_vec(),
                "a UTF-8 character is cut off at byte 2",
                (2, 2, 3),
                "{\"\u{FFFD}",
            ),
            (
                lone,
                "a lone surrogate in UTF-16 at byte 8",
                (5, 8, 2),
                "{\u{1f600}\u{FFFD}x\u{FFFD}",
            ),
            (
                odd,
                "a UTF-16 character is cut off at byte 8",
                (5, 8, 1),
                "{\u{1f600}\u{FFFD}",
            ),
        ] {
            for step in [1, 3, 100] {
                let error = read(open(bytes.clone()).unwrap(), step).unwrap_err();
                assert_eq!(error.to_string(), message);
                let OpenError::BadText {
                    at, stored, len, ..
                } = error
                else {
                    panic!("{error}")
                };
                assert_eq!((at, stored, len), place, "{message}, by {step}");
                let (text, content) = read(open(bytes.clone()).unwrap().lenient(), step).unwrap();
                assert_eq!((text.as_str(), content.stored()), (whole, bytes.len()));
            }
        }
    }

    #[test]
    fn compressed_members_and_frames_are_joined() {
        let two = [gzip(b"{\"a\":"), gzip(b"1}"), vec![0; 512]].concat();
        let (text, content) = decode(two).unwrap();
        assert_eq!(
            (text.as_str(), content.compression()),
            ("{\"a\":1}", Compression::Gzip)
        );
        let skippable = vec![0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9];
        let frame = |text: &[u8]| zstd::encode_all(text, 0).unwrap();
        let two = [skippable, frame(b"\xEF\xBB\xBF{\"a\":"), frame(b"1}")].concat();
        let (text, content) = decode(two).unwrap();
        assert_eq!(
            (text.as_str(), content.compression()),
            ("{\"a\":1}", Compression::Zstd)
        );
        assert_eq!(content.stored(), 10);
    }

    #[test]
    fn cut_compression_gives_what_came_out() {
        let whole = long();
        for (compression, packed) in [
            (Compression::Gzip, gzip(whole.as_bytes())),
            (
                Compression::Zstd,
                zstd::encode_all(whole.as_bytes(), 0).unwrap(),
            ),
        ] {
            for end in [packed.len() / 2, packed.len() - 1] {
                let cut = packed[..end].to_vec();
                let (text, _) = read(open(cut.clone()).unwrap().lenient(), 5000).unwrap();
                assert!(whole.starts_with(&text) && text.len() > whole.len() / 4);
                let error = read(open(cut).unwrap(), 5000).unwrap_err();
                assert!(
                    matches!(error, OpenError::CutCompressed { compression: named, decompressed }
                        if named == compression && decompressed == text.len() as u64),
                    "{error}"
                );
            }
            assert!(matches!(
                open(packed[..5].to_vec()),
                Err(OpenError::CutCompressed {
                    decompressed: 0,
                    ..
                })
            ));
        }
    }

    #[test]
    fn damaged_compression_is_no_text() {
        let mut packed = gzip(long().as_bytes());
        let middle = packed.len() / 2;
        packed[middle] ^= 0x55;
        let trailing = [gzip(b"{}"), b"garbage".to_vec()].concat();
        for bytes in [packed, trailing] {
            let error = open(bytes)
                .and_then(|content| read(content, 5000))
                .unwrap_err();
            assert!(matches!(error, OpenError::CutCompressed { .. }), "{error}");
        }
    }
}
