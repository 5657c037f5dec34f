//! Files that are no text, recognised by their first bytes.

const UNPACK: &str = "unpack it and pass the JSON files; gcagg only unpacks gzip and zstd";
const TABLE: &str = "this is a table; pass the JSON response of the API";
const OTHER: &str = "this may be the wrong file; pass the JSON response of the API";

/// First bytes, and the kind they belong to.
const KINDS: [(&[u8], &str, &str); 24] = [
    (b"PK\x05\x06", "an empty zip archive", UNPACK),
    (b"\xFD7zXZ\0", "an xz file", UNPACK),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"\x04\x22\x4D\x18", "an LZ4 file", UNPACK),
    (b"\xFF\x06\0\0sNaPpY", "a Snappy file", UNPACK),
    (b"PAR1", "a Parquet file", TABLE),
    (b"ARROW1", "an Arrow file", TABLE),
    (b"Obj\x01", "an Avro file", TABLE),
    (b"SQLite format 3\0", "an SQLite database", TABLE),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office file (xls, doc)",
        TABLE,
    ),
    (b"%PDF-", "a PDF document", OTHER),
    (b"\x7FELF", "an executable program (ELF)", OTHER),
    (b"MZ\x90\0", "an executable program (Windows)", OTHER),
    (b"MZ\0\0", "an executable program (Windows)", OTHER),
    (b"\xCF\xFA\xED\xFE", "an executable program (macOS)", OTHER),
    (
        b"\xCA\xFE\xBA\xBE",
        "a Java class or an executable program (macOS)",
        OTHER,
    ),
    (b"\0asm", "a WebAssembly module", OTHER),
    (b"\x89PNG\r\n", "a PNG image", OTHER),
    (b"\xFF\xD8\xFF", "a JPEG image", OTHER),
    (b"GIF8", "a GIF image", OTHER),
    (b"RIFF", "a recording or image (RIFF)", OTHER),
    (b"ID3", "a recording (MP3)", OTHER),
];

/// Offset of the name of the format in a tar archive.
const TAR: usize = 257;

/// Fewer NUL bytes may be UTF-16, or damage at the beginning of a text.
const NULS: usize = 512;

/// The kind of file that begins with these bytes, with its article, and the help for it; `None` where it
/// may be text.
pub fn of(start: &[u8]) -> Option<(&'static str, &'static str)> {
    if start.starts_with(b"PK\x03\x04") {
        let has = |name: &[u8]| memchr::memmem::find(start, name).is_some();
        return Some(match has(b"[Content_Types].xml") || has(b"xl/") {
            true => ("an Excel workbook (xlsx) or another Office file", TABLE),
            false => ("a zip archive", UNPACK),
        });
    }
    if start
        .get(TAR..)
        .is_some_and(|rest| rest.starts_with(b"ustar"))
    {
        return Some(("a tar archive", UNPACK));
    }
    if start.len() >= NULS && start.iter().all(|byte| *byte == 0) {
        return Some((
            "a file of NUL bytes",
            "it may be a device, or a copy that failed; copy the file again",
        ));
    }
    let (magic, name, help) = KINDS.iter().find(|(magic, ..)| start.starts_with(magic))?;
    // Text may begin with the letters of a short mark: then no control character follows.
    let text = magic.iter().all(u8::is_ascii_graphic)
        && !start
            .iter()
            .take(512)
            .any(|byte| matches!(byte, 0..=8 | 0x7F..));
    (!text).then_some((name, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_text() {
        let name = |bytes: &[u8]| of(bytes).map(|(name, _)| name);
        assert_eq!(
            name(b"PK\x03\x04\x14\0....[Content_Types].xml"),
            Some("an Excel workbook (xlsx) or another Office file")
        );
        assert_eq!(name(b"PK\x03\x04\x14\0....a.json"), Some("a zip archive"));
        assert_eq!(name(b"BZh91AY&SY\x01\x02"), Some("a bzip2 file"));
        assert_eq!(name(b"%PDF-1.7\n%\xE2\xE3"), Some("a PDF document"));
        assert_eq!(name(b"PAR1\x15\x04"), Some("a Parquet file"));
        let mut tar = vec![b'a'; 600];
        tar[TAR..TAR + 5].copy_from_slice(b"ustar");
        assert_eq!(name(&tar), Some("a tar archive"));
        for text in [
            &b"GIF8 is a format"[..],
            b"BZh,PAR1\n1,2",
            b"{}",
            b"",
            b"RIFF",
        ] {
            assert_eq!(name(text), None);
        }
    }
}
