//! Outputs: standard output, or a file that is written atomically.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::error::of_output;
pub use crate::input::decode::Compression;

use super::signals::Registration;
use super::terminal::Terminal;
use super::{stdout, temporary};

const BUFFER: usize = 256 * 1024;
/// Number of bytes that are compressed at once.
const BLOCK: usize = 64 * 1024;

/// The maximum number of links that are followed in a row; Linux also stops at 40.
const MAX_LINKS: usize = 40;

impl Compression {
    /// The compression that the last extension of `path` asks for.
    pub fn from_path(path: &Path) -> Self {
        let is = |wanted: &str| {
            path.extension()
                .is_some_and(|it| it.eq_ignore_ascii_case(wanted))
        };
        if is("gz") {
            Self::Gzip
        } else if is("zst") {
            Self::Zstd
        } else {
            Self::None
        }
    }
}

/// The destination of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output for data, of which a terminal shows the names as text.
    Stdout,
    /// Standard output for text of our own, in which names are escaped already. It may have colors.
    Styled,
    /// A file.
    File(PathBuf),
}

impl Target {
    /// The target that a path means: `-` is standard output.
    pub fn of(path: &Path) -> Self {
        match path == Path::new("-") {
            true => Self::Stdout,
            false => Self::File(path.to_owned()),
        }
    }
}

impl fmt::Display for Target {
    /// The name in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout | Self::Styled => f.write_str("standard output"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// A buffered writer to a [`Target`].
///
/// A file is written under a temporary name and takes its place in [`Sink::finish`]. Dropped before,
/// it vanishes, and the target stays as it was. Pipes and devices are written to directly.
pub struct Sink {
    stage: BufWriter<SinkStage>,
    /// The name of the target in a sentence.
    name: String,
}

impl Sink {
    /// Opens the target that a path means, `-` being standard output, with the compression of its
    /// name.
    ///
    /// # Errors
    /// Same as [`Sink::create`].
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::create(&Target::of(path), Compression::from_path(path))
    }

    /// Same as [`Sink::open`], for text that may have colors and whose names are already escaped.
    ///
    /// # Errors
    /// Same as [`Sink::create`].
    pub fn open_styled(path: &Path) -> io::Result<Self> {
        match Target::of(path) {
            Target::File(_) => Self::open(path),
            _ => Self::create(&Target::Styled, Compression::None),
        }
    }

    /// Opens the target for writing, through symbolic links.
    ///
    /// # Errors
    /// When the target's folder does not exist, or the target cannot be created or replaced.
    pub fn create(target: &Target, compression: Compression) -> io::Result<Self> {
        Self::with_buffer(target, compression, BUFFER)
    }

    /// Same as [`Sink::create`], with a buffer of so many bytes.
    ///
    /// # Errors
    /// Same as [`Sink::create`].
    pub fn with_buffer(
        target: &Target,
        compression: Compression,
        buffer: usize,
    ) -> io::Result<Self> {
        let place = match target {
            Target::File(path) if !is_stdout(path) => SinkTarget::create(path),
            target => SinkTarget::stdout(*target == Target::Styled),
        };
        let name = target.to_string();
        let stage = place.and_then(|place| SinkStage::new(place, compression));
        Ok(Self {
            stage: BufWriter::with_capacity(buffer, stage.map_err(|it| of_output(&name, it))?),
            name,
        })
    }

    /// Returns true if nothing appears before [`Sink::finish`], as with files.
    pub fn is_atomic(&self) -> bool {
        self.temporary().is_some()
    }

    /// The path of the bytes before [`Sink::finish`].
    pub fn temporary(&self) -> Option<&Path> {
        let place = match self.stage.get_ref() {
            SinkStage::Plain(place) => place,
            SinkStage::Gzip(blocks) => blocks.out.get_ref(),
            SinkStage::Zstd(blocks) => blocks.out.get_ref(),
        };
        match place {
            SinkTarget::Temporary { file, .. } => Some(file.path()),
            _ => None,
        }
    }

    /// Ends the output; only now does a file appear under its name.
    ///
    /// # Errors
    /// Something cannot be written to its end. A closed pipe is [`io::ErrorKind::BrokenPipe`].
    pub fn finish(self) -> io::Result<()> {
        let stage = self.stage.into_inner();
        let stage = stage.map_err(io::IntoInnerError::into_error);
        let finished = stage.and_then(|stage| stage.finish()?.finish());
        finished.map_err(|error| of_output(&self.name, error))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stage.write(bytes);
        written.map_err(|error| of_output(&self.name, error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.stage.flush();
        flushed.map_err(|error| of_output(&self.name, error))
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sink").field(&self.name).finish()
    }
}

/// The compression on the way.
enum SinkStage {
    Plain(SinkTarget),
    Gzip(CompressedBlocks<GzEncoder<SinkTarget>>),
    Zstd(CompressedBlocks<zstd::Encoder<'static, SinkTarget>>),
}

/// Writes blocks of one size: the output of a compressor depends on the number of bytes per call.
struct CompressedBlocks<W> {
    block: Vec<u8>,
    out: W,
}

impl<W: Write> CompressedBlocks<W> {
    fn new(out: W) -> Self {
        Self {
            block: Vec::with_capacity(BLOCK),
            out,
        }
    }

    fn write_block(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// The writer after all bytes.
    fn finish(mut self) -> io::Result<W> {
        self.write_block()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for CompressedBlocks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() == BLOCK {
            self.write_block()?;
        }
        let taken = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_block()?;
        self.out.flush()
    }
}

impl SinkStage {
    fn new(place: SinkTarget, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(place),
            // Without a name and a time in its header the same input gives the same bytes.
            Compression::Gzip => {
                let level = flate2::Compression::default();
                Self::Gzip(CompressedBlocks::new(GzEncoder::new(place, level)))
            }
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(place, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(CompressedBlocks::new(encoder))
            }
        })
    }

    fn finish(self) -> io::Result<SinkTarget> {
        match self {
            Self::Plain(place) => Ok(place),
            Self::Gzip(blocks) => blocks.finish()?.finish(),
            Self::Zstd(blocks) => blocks.finish()?.finish(),
        }
    }
}

impl Write for SinkStage {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(place) => place.write(bytes),
            Self::Gzip(blocks) => blocks.write(bytes),
            Self::Zstd(blocks) => blocks.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(place) => place.flush(),
            Self::Gzip(blocks) => blocks.flush(),
            Self::Zstd(blocks) => blocks.flush(),
        }
    }
}

/// The target of the written bytes.
enum SinkTarget {
    Stdout(io::Stdout),
    Terminal(Terminal<io::Stdout>),
    Direct(File),
    /// Fields are dropped in this order: the file is gone before it is taken off the list.
    Temporary {
        file: NamedTempFile,
        target: PathBuf,
        registration: Registration,
    },
}

impl SinkTarget {
    fn stdout(is_styled: bool) -> io::Result<Self> {
        let stdout = stdout::open()?;
        Ok(match stdout.is_terminal() && !is_styled {
            true => Self::Terminal(Terminal::new(stdout)),
            false => Self::Stdout(stdout),
        })
    }

    fn create(path: &Path) -> io::Result<Self> {
        let target = follow_links(path)?;
        match fs::metadata(&target) {
            Ok(old) if is_descriptor(path) || !(old.is_file() || old.is_dir()) => {
                // Appending, because a descriptor of our caller may already hold something.
                Ok(Self::Direct(OpenOptions::new().append(true).open(path)?))
            }
            Ok(old) if old.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(old) => {
                // A rename would replace even what must not be written to: ask.
                OpenOptions::new().write(true).open(&target)?;
                Self::temporary(target, Some(old.permissions()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::temporary(target, None),
            Err(error) => Err(error),
        }
    }

    fn temporary(target: PathBuf, old: Option<fs::Permissions>) -> io::Result<Self> {
        let folder = folder_of(&target);
        if !folder.is_dir() {
            let message = format!("the folder {} does not exist", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        let Some(name) = target.file_name() else {
            let message = format!("\"{}\" does not name a file", target.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        };
        let (file, registration) = temporary::create(folder, name)?;
        if let Some(permissions) = old {
            file.as_file().set_permissions(permissions)?;
        }
        Ok(Self::Temporary {
            file,
            target,
            registration,
        })
    }

    fn out(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(stdout) => stdout,
            Self::Terminal(terminal) => terminal,
            Self::Direct(file) => file,
            Self::Temporary { file, .. } => file.as_file_mut(),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        match self {
            Self::Stdout(_) | Self::Direct(_) => self.out().flush(),
            Self::Terminal(terminal) => terminal.finish(),
            Self::Temporary {
                file,
                target,
                registration,
            } => {
                // Otherwise a crash of the system could leave an empty file under the final name.
                file.as_file().sync_data()?;
                file.persist(target).map_err(|failed| failed.error)?;
                drop(registration);
                Ok(())
            }
        }
    }
}

impl Write for SinkTarget {
    /// Repeats a write that a signal interrupted; a compressor does not repeat its last one.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.out().write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out().flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Returns the path at the end of a chain of links; nothing need exist there.
///
/// # Errors
/// Returns an error if the links form a loop.
pub fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other(format!(
        "too many symbolic links at {}",
        path.display()
    )))
}

/// These name what is already open, even where that is a regular file, which a rename would cut off
/// from whoever opened it.
pub fn is_stdout(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|it| path == Path::new(it))
}

fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stderr") || path.starts_with("/dev/fd") || path.starts_with("/proc")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn write(path: &Path, compression: Compression, bytes: &[u8]) -> io::Result<()> {
        let mut sink = Sink::create(&Target::File(path.to_owned()), compression)?;
        sink.write_all(bytes)?;
        sink.finish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn extensions_name_the_compression() {
        let of = |name: &str| Compression::from_path(Path::new(name));
        assert_eq!(of("a.csv.gz"), Compression::Gzip);
        assert_eq!(of("a.ZST"), Compression::Zstd);
        assert_eq!(
            (of("a.csv"), of("gz")),
            (Compression::None, Compression::None)
        );
    }

    #[test]
    fn a_file_appears_only_when_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut sink = Sink::create(&Target::File(path.clone()), Compression::None).unwrap();
        sink.write_all(&vec![b'x'; BUFFER * 2]).unwrap();
        let temporary = names(folder.path());
        assert!(
            temporary[0].starts_with(".out.csv.") && temporary[0].ends_with(".tmp"),
            "{temporary:?}"
        );
        assert!(!path.exists());
        sink.finish().unwrap();
        assert_eq!(names(folder.path()), ["out.csv"]);
        assert_eq!(fs::metadata(&path).unwrap().len(), BUFFER as u64 * 2);
    }

    #[test]
    fn dropped_it_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let mut sink = Sink::create(&Target::File(path.clone()), compression).unwrap();
            sink.write_all(b"new").unwrap();
            drop(sink);
            assert_eq!(names(folder.path()), ["out.csv"]);
            assert_eq!(fs::read(&path).unwrap(), b"old");
        }
    }

    #[test]
    fn compressed_output_reads_back_and_repeats() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        write(&path, Compression::Gzip, b"a,b\n").unwrap();
        let packed = fs::read(&path).unwrap();
        assert_eq!(packed[4..8], [0; 4], "no time in the header");
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "a,b\n");
        write(&path, Compression::Gzip, b"a,b\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), packed);
        write(&path, Compression::Zstd, b"a,b\n").unwrap();
        assert_eq!(
            zstd::decode_all(fs::read(&path).unwrap().as_slice()).unwrap(),
            b"a,b\n"
        );
        write(&path, Compression::Gzip, b"").unwrap();
        assert_eq!(fs::read(&path).unwrap()[..2], [0x1F, 0x8B]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("none/out.csv"), Compression::None, b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(
            error
                .to_string()
                .contains(&format!("{}", folder.path().join("none").display())),
            "{error}"
        );
        assert!(
            write(folder.path(), Compression::None, b"").is_err(),
            "a folder is not a file"
        );
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_long_name_still_has_a_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        write(
            &folder.path().join("n".repeat(250)),
            Compression::None,
            b"x",
        )
        .unwrap();
        assert_eq!(names(folder.path()), ["n".repeat(250)]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_file_or_of_the_old_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (plain, path) = (folder.path().join("plain"), folder.path().join("out"));
        fs::write(&plain, "").unwrap();
        write(&path, Compression::None, b"1").unwrap();
        assert_eq!(mode(&path), mode(&plain));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&path, Compression::None, b"2").unwrap();
        assert_eq!(
            (mode(&path), fs::read(&path).unwrap()),
            (0o640, b"2".to_vec())
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_written_through() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        symlink("deep/out", at("link")).unwrap();
        symlink("link", at("link2")).unwrap();
        for text in ["new", "again"] {
            write(&at("link2"), Compression::None, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("deep/out")).unwrap(), text);
            assert!(at("link2").is_symlink() && at("link").is_symlink());
        }
        symlink("round", at("round")).unwrap();
        assert!(write(&at("round"), Compression::None, b"").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_and_pipes_are_written_to_directly() {
        let full = Path::new("/dev/full");
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let error = write(full, compression, b"x").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
        write(Path::new("/dev/null"), Compression::None, b"x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read(pipe).unwrap())
        };
        write(&pipe, Compression::None, b"x").unwrap();
        assert_eq!(reader.join().unwrap(), b"x");
    }
}
