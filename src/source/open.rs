//! From an input to its text: decompressed, without BOM, in UTF-8.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::time::SystemTime;

use super::discover::Input;

/// How the text was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
        })
    }
}

/// The text of one input.
#[derive(Debug)]
pub struct Text {
    content: String,
    encoding: Encoding,
    /// The length of the byte order mark in the input; 0 without one.
    bom: usize,
    /// `gzip` or `zstd` when the input was compressed.
    pub compressed: Option<&'static str>,
    /// The length of the input as stored, after decompression.
    pub bytes: u64,
}

impl Text {
    /// The text in UTF-8, without BOM.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// How the text was encoded in the input.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the input began with a byte order mark.
    pub fn has_bom(&self) -> bool {
        self.bom > 0
    }

    /// The byte of the input as stored (after decompression) at which byte `offset` of the content
    /// stood. An offset within a character counts as its beginning, one past the end as the end.
    pub fn stored_offset(&self, offset: usize) -> usize {
        self.bom
            + match self.encoding {
                Encoding::Utf8 => offset.min(self.content.len()),
                _ => 2 * utf16_units(&self.content, offset),
            }
    }
}

fn utf16_units(content: &str, offset: usize) -> usize {
    let mut end = offset.min(content.len());
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    // Counting leading bytes is several times faster than decoding: one unit for each, and one more
    // for a character of four bytes.
    let units = |byte: &u8| usize::from(byte & 0xC0 != 0x80) + usize::from(*byte >= 0xF0);
    content.as_bytes().iter().take(end).map(units).sum()
}

/// Why an input has no text.
#[derive(Debug)]
pub enum OpenError {
    /// It cannot be opened or read.
    Io { error: io::Error },
    /// Its compression is cut short or damaged.
    CutCompressed {
        /// `gzip` or `zstd`.
        kind: &'static str,
        /// How many bytes came out whole: the length of `content`.
        decompressed: u64,
        /// What came out before the damage, in the encoding of the input.
        content: Vec<u8>,
    },
    /// It is no valid UTF-8 or UTF-16.
    BadText {
        /// The text with U+FFFD in place of what is broken.
        content: String,
        /// Where the first of these stands in `content`.
        at: usize,
        /// Where the broken bytes begin in the input as stored, after decompression.
        stored: usize,
        /// How many bytes of the input are broken there.
        len: usize,
        reason: &'static str,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { error } => error.fmt(f),
            Self::CutCompressed {
                kind, decompressed, ..
            } => {
                let s = if *decompressed == 1 { "" } else { "s" };
                write!(
                    f,
                    "the {kind} data is cut short or damaged; {decompressed} byte{s} came out whole"
                )
            }
            Self::BadText { stored, reason, .. } => write!(f, "{reason} at byte {stored}"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error } => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io { error }
    }
}

/// What a regular file looked like, to notice that it changed between two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of a regular file; `None` for anything else, which cannot be read twice.
    pub fn of(input: &Input) -> Option<Self> {
        let Input::File(path) = input else {
            return None;
        };
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// Reads an input to its end.
///
/// # Errors
///
/// When it cannot be read, is compressed and damaged, or is no text.
pub fn open(input: &Input) -> Result<Text, OpenError> {
    decode(match input {
        Input::Stdin => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            bytes
        }
        Input::File(path) => fs::read(path)?,
    })
}

/// Turns the bytes of an input into its text. The bytes tell what they are; no name is asked.
///
/// # Errors
///
/// When the bytes are compressed and damaged, or are no text.
pub fn decode(bytes: Vec<u8>) -> Result<Text, OpenError> {
    let (bytes, compressed) = decompress(bytes)?;
    let stored = bytes.len() as u64;
    let (encoding, bom) = recognise(&bytes);
    let content = match encoding {
        Encoding::Utf8 => from_utf8(bytes, bom)?,
        Encoding::Utf16Le => from_utf16(&bytes, bom, u16::from_le_bytes)?,
        Encoding::Utf16Be => from_utf16(&bytes, bom, u16::from_be_bytes)?,
    };
    Ok(Text {
        content,
        encoding,
        bom,
        compressed,
        bytes: stored,
    })
}

fn decompress(bytes: Vec<u8>) -> Result<(Vec<u8>, Option<&'static str>), OpenError> {
    let mut content = Vec::new();
    let (kind, done) = match bytes.as_slice() {
        [0x1F, 0x8B, ..] => ("gzip", gunzip(&bytes, &mut content)),
        // A skippable frame may come first: parallel compressors write one.
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => {
            ("zstd", unzstd(&bytes, &mut content))
        }
        _ => return Ok((bytes, None)),
    };
    match done {
        Ok(()) => Ok((content, Some(kind))),
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => Err(error.into()),
        Err(_) => Err(OpenError::CutCompressed {
            kind,
            decompressed: content.len() as u64,
            content,
        }),
    }
}

fn gunzip(bytes: &[u8], content: &mut Vec<u8>) -> io::Result<()> {
    let mut rest = bytes;
    // Member by member, as `MultiGzDecoder` does, but zeros that fill up a block of the medium may
    // follow, as gzip itself allows.
    loop {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        member.read_to_end(content)?;
        rest = member.into_inner();
        if rest.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
    }
}

fn unzstd(bytes: &[u8], content: &mut Vec<u8>) -> io::Result<()> {
    zstd::Decoder::with_buffer(bytes)?
        .read_to_end(content)
        .map(drop)
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

fn from_utf8(mut bytes: Vec<u8>, bom: usize) -> Result<String, OpenError> {
    bytes.drain(..bom.min(bytes.len()));
    String::from_utf8(bytes).map_err(|error| {
        let found = error.utf8_error();
        let at = found.valid_up_to();
        let rest = error.as_bytes().len() - at;
        let (len, reason) = match found.error_len() {
            Some(len) => (len, "not valid UTF-8"),
            None => (rest, "a UTF-8 character is cut off"),
        };
        let content = String::from_utf8_lossy(error.as_bytes()).into_owned();
        OpenError::BadText {
            content,
            at,
            stored: bom + at,
            len,
            reason,
        }
    })
}

fn from_utf16(bytes: &[u8], bom: usize, unit: fn([u8; 2]) -> u16) -> Result<String, OpenError> {
    let (pairs, odd) = bytes.get(bom..).unwrap_or_default().as_chunks::<2>();
    let mut content = String::with_capacity(pairs.len());
    let mut stored = bom;
    let mut bad = None;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(character) => {
                content.push(character);
                stored += 2 * character.len_utf16();
            }
            Err(_) => {
                bad.get_or_insert((content.len(), stored, 2, "a lone surrogate in UTF-16"));
                content.push(char::REPLACEMENT_CHARACTER);
                stored += 2;
            }
        }
    }
    if !odd.is_empty() {
        bad.get_or_insert((content.len(), stored, 1, "a UTF-16 character is cut off"));
        content.push(char::REPLACEMENT_CHARACTER);
    }
    match bad {
        None => Ok(content),
        Some((at, stored, len, reason)) => Err(OpenError::BadText {
            content,
            at,
            stored,
            len,
            reason,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

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
    fn plain_text_is_not_copied() {
        let bytes = b"{\"a\":1}".to_vec();
        let before = bytes.as_ptr();
        let text = decode(bytes).unwrap();
        assert_eq!(text.content().as_ptr(), before);
        assert_eq!(
            (text.encoding(), text.has_bom(), text.compressed, text.bytes),
            (Encoding::Utf8, false, None, 7)
        );
        assert_eq!((text.stored_offset(3), text.stored_offset(99)), (3, 7));
        assert_eq!(decode(Vec::new()).unwrap().content(), "");
    }

    #[test]
    fn a_bom_is_taken_off_and_counted() {
        let text = decode(b"\xEF\xBB\xBF{}".to_vec()).unwrap();
        assert_eq!(
            (text.content(), text.stored_offset(1), text.bytes),
            ("{}", 4, 5)
        );
        assert!(text.has_bom());
    }

    #[test]
    fn utf16_with_and_without_bom() {
        let content = "{\"é😀\":1}";
        for (encoding, bytes) in [
            (Encoding::Utf16Le, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (Encoding::Utf16Be, u16::to_be_bytes),
        ] {
            for (mark, bom) in [("\u{FEFF}", 2), ("", 0)] {
                let text = decode(utf16(&format!("{mark}{content}"), bytes)).unwrap();
                assert_eq!((text.content(), text.encoding()), (content, encoding));
                for (at, character) in content.char_indices() {
                    let units = content[..at].encode_utf16().count();
                    assert_eq!(text.stored_offset(at), bom + 2 * units);
                    let within = at + character.len_utf8() - 1;
                    assert_eq!(text.stored_offset(within), bom + 2 * units);
                }
                assert_eq!(text.stored_offset(content.len()) as u64, text.bytes);
            }
        }
    }

    #[test]
    fn broken_utf8_is_located() {
        let error = decode(b"\xEF\xBB\xBF{\"a\xFFb".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "not valid UTF-8 at byte 6");
        let OpenError::BadText {
            content,
            at,
            stored,
            len,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(
            (content.as_str(), at, stored, len),
            ("{\"a\u{FFFD}b", 3, 6, 1)
        );
        let error = decode(b"{\"\xF0\x9F\x98".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "a UTF-8 character is cut off at byte 2");
        assert!(matches!(error, OpenError::BadText { len: 3, .. }));
    }

    #[test]
    fn broken_utf16_is_located() {
        let mut bytes = utf16("\u{FEFF}{😀", u16::to_le_bytes);
        bytes.extend([0x00, 0xD8, b'x', 0, b'y']);
        let error = decode(bytes).unwrap_err();
        assert_eq!(error.to_string(), "a lone surrogate in UTF-16 at byte 8");
        let OpenError::BadText {
            content, at, len, ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!((content.as_str(), at, len), ("{😀\u{FFFD}x\u{FFFD}", 5, 2));
        let error = decode(b"{\0\"\0a".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "a UTF-16 character is cut off at byte 4");
    }

    #[test]
    fn compressed_members_and_frames_are_joined() {
        let two = [gzip(b"{\"a\":"), gzip(b"1}"), vec![0; 512]].concat();
        let text = decode(two).unwrap();
        assert_eq!(
            (text.content(), text.compressed, text.bytes),
            ("{\"a\":1}", Some("gzip"), 7)
        );
        let skippable = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9];
        let frame = |text: &[u8]| zstd::encode_all(text, 0).unwrap();
        let two = [
            skippable.to_vec(),
            frame(b"\xEF\xBB\xBF{\"a\":"),
            frame(b"1}"),
        ]
        .concat();
        let text = decode(two).unwrap();
        assert_eq!(
            (text.content(), text.compressed, text.bytes),
            ("{\"a\":1}", Some("zstd"), 10)
        );
    }

    #[test]
    fn cut_compression_gives_what_came_out() {
        let whole = long();
        for (name, packed) in [
            ("gzip", gzip(whole.as_bytes())),
            ("zstd", zstd::encode_all(whole.as_bytes(), 0).unwrap()),
        ] {
            for end in [5, packed.len() / 2, packed.len() - 1] {
                let error = decode(packed[..end].to_vec()).unwrap_err();
                let message = error.to_string();
                let OpenError::CutCompressed {
                    kind,
                    decompressed,
                    content,
                } = error
                else {
                    panic!("{error}")
                };
                assert_eq!((kind, decompressed), (name, content.len() as u64));
                assert!(
                    message.contains(&format!("{decompressed} byte")),
                    "{message}"
                );
                assert!(whole.as_bytes().starts_with(&content));
                assert!(
                    end < packed.len() / 2 || content.len() > whole.len() / 4,
                    "{name} {end} {decompressed}"
                );
            }
        }
    }

    #[test]
    fn damaged_compression_is_no_text() {
        let mut packed = gzip(long().as_bytes());
        let middle = packed.len() / 2;
        packed[middle] ^= 0x55;
        assert!(matches!(
            decode(packed),
            Err(OpenError::CutCompressed { .. })
        ));
        let trailing = [gzip(b"{}"), b"garbage".to_vec()].concat();
        assert!(matches!(
            decode(trailing),
            Err(OpenError::CutCompressed {
                decompressed: 2,
                ..
            })
        ));
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let gone = Input::File(folder.path().join("gone"));
        for input in [Input::File(folder.path().to_owned()), gone] {
            assert!(matches!(open(&input), Err(OpenError::Io { .. })));
            assert_eq!(Stamp::of(&input), None);
        }
    }

    #[test]
    fn a_stamp_notices_a_change() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let input = Input::File(file.path().to_owned());
        let before = Stamp::of(&input);
        assert!(before.is_some() && before == Stamp::of(&input));
        file.as_file().write_all(b"{}").unwrap();
        assert_ne!(before, Stamp::of(&input));
        assert_eq!(Stamp::of(&Input::Stdin), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || fs::write(path, "[1]").unwrap())
        };
        let input = Input::File(path);
        assert_eq!(Stamp::of(&input), None);
        assert_eq!(open(&input).unwrap().content(), "[1]");
        writer.join().unwrap();
    }
}
