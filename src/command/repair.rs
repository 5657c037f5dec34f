//! `gcagg validate --fix`: JSON is made of text that is nearly JSON, and its findings are reported.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::args::ValidateArgs;
use crate::cli::options::{self, Shared};
use crate::error::Error;
use crate::input::Input;
use crate::input::content::Content;
use crate::input::decode::Packing;
use crate::input::discover::{Discovery, Found};
use crate::input::limits;
use crate::input::stamp::Stamp;
use crate::json::text;
use crate::repair::{self, Fix, Fixes, Repaired, diff};
use crate::write::sink::{Compression, Sink};

use super::copies::Copies;
use super::distinct::Distinct;
use super::gather;
use super::progress::Progress;
use crate::diagnostic::words::counted;

/// Where what is repaired goes.
#[derive(Debug)]
enum Destination {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
    InPlace,
    Diff,
}

/// What a run has repaired.
#[derive(Debug)]
pub struct Repairs {
    destination: Destination,
    fixes: Fixes,
    /// How many inputs could be read, and how many of them changed.
    read: u64,
    changed: u64,
    /// What is checked instead of the inputs, where it has no file of its own.
    copies: Copies,
}

/// Whether standard output is for what is repaired, and not for findings.
pub fn takes_stdout(args: &ValidateArgs) -> bool {
    let to_stdout = args.output.as_deref().is_none_or(|it| it == Path::new("-"));
    args.fixing.fix && to_stdout && !args.fixing.in_place
}

/// Repairs the inputs where `--fix` asks for it, and puts the repaired ones in their place.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(
    shared: &Shared,
    args: &ValidateArgs,
    discovery: &mut Discovery,
) -> Result<Option<Repairs>, Error> {
    if !args.fixing.fix {
        return Ok(None);
    }
    let destination = destination(args, discovery)?;
    let targets = targets(&destination, discovery)?;
    if matches!(destination, Destination::Folder(_)) {
        let mut distinct = Distinct::default();
        let reports = args.reports.iter().map(|report| &report.path);
        let others = reports.chain(&args.known.write_baseline);
        for path in targets
            .iter()
            .chain(others.filter(|it| it.as_path() != Path::new("-")))
        {
            distinct.add(path)?;
        }
    }
    // Before anything is written.
    for found in &discovery.inputs {
        if Stamp::of(&found.input).is_some_and(|stamp| stamp.len() > repair::MOST as u64) {
            return Err(too_long(&found.input.name()));
        }
    }
    let progress = Progress::reading(
        shared,
        "repairing",
        discovery.inputs.iter().map(|found| &found.input),
    );
    let mut repairs = Repairs {
        destination,
        fixes: Fixes::default(),
        read: 0,
        changed: 0,
        copies: Copies::default(),
    };
    for (index, found) in discovery.inputs.iter_mut().enumerate() {
        repairs.input(shared, found, targets.get(index))?;
    }
    drop(progress);
    Ok(Some(repairs))
}

fn too_long(name: &str) -> Error {
    let most = limits::shown(repair::MOST as u64);
    Error::io(format!("{name}: --fix takes inputs of up to {most}"))
        .help("a repair keeps the input in memory; split it into smaller files, or validate it without --fix")
}

fn destination(args: &ValidateArgs, discovery: &Discovery) -> Result<Destination, Error> {
    let inputs = &discovery.inputs;
    // A folder and a pattern are several, whatever they hold today.
    let named = |input: &PathBuf| input == Path::new("-") || (input.exists() && !input.is_dir());
    let several = inputs.len() > 1 || !args.inputs.inputs.iter().all(named);
    match (&args.output, args.fixing.diff) {
        (_, true) => Ok(Destination::Diff),
        (_, false) if args.fixing.in_place => {
            let pipe = |found: &&Found| Stamp::of(&found.input).is_none();
            let name = match inputs.iter().find(pipe).map(|found| &found.input) {
                None => return Ok(Destination::InPlace),
                Some(Input::Stdin) => "standard input".to_owned(),
                Some(other) => other.name(),
            };
            Err(Error::usage(format!("--in-place cannot change {name}"))
                .help("name a file, or leave --in-place out: the copy goes to standard output"))
        }
        (Some(path), false) if path != Path::new("-") => {
            let slash = path.to_string_lossy().ends_with(std::path::is_separator);
            Ok(match several || slash || path.is_dir() {
                true => Destination::Folder(path.clone()),
                false => Destination::File(path.clone()),
            })
        }
        _ if inputs.len() > 1 => Err(Error::usage(
            "several repaired copies do not go to standard output",
        )
        .help("name a folder with -o, change the inputs with --in-place, or look with --diff")),
        _ => Ok(Destination::Stdout),
    }
}

/// The files that the copies get, in the order of the inputs.
fn targets(destination: &Destination, discovery: &Discovery) -> Result<Vec<PathBuf>, Error> {
    let targets: Vec<PathBuf> = match destination {
        Destination::File(path) => discovery.inputs.iter().map(|_| path.clone()).collect(),
        Destination::Folder(folder) => {
            let names = discovery.inputs.iter();
            names.map(|found| folder.join(&found.relative)).collect()
        }
        _ => Vec::new(),
    };
    let inputs = gather::Inputs::new(&gather::paths(discovery));
    let mut taken = HashSet::new();
    for target in &targets {
        inputs
            .refuse(target)
            .map_err(|failure| failure.help("write to another file, or use --in-place"))?;
        if !taken.insert(target) {
            return Err(Error::usage(format!(
                "two inputs would be written to {}",
                target.display()
            ))
            .help(
                "give their common folder as the input, so that the folders inside keep them apart",
            ));
        }
    }
    Ok(targets)
}

impl Repairs {
    /// Repairs one input. One that cannot be read stays, and the check will say why.
    fn input(
        &mut self,
        shared: &Shared,
        found: &mut Found,
        target: Option<&PathBuf>,
    ) -> Result<(), Error> {
        let name = found.input.name();
        let stamp = Stamp::of(&found.input);
        // What can be read only once is kept for the check.
        if stamp.is_none() {
            found.input = match &found.input {
                Input::File(path) => match File::open(path) {
                    Ok(mut file) => self.keep(name.clone(), &mut file)?,
                    Err(_) => return Ok(()),
                },
                _ => self.keep(name.clone(), &mut io::stdin())?,
            };
        }
        let Ok(mut content) = Content::open(&found.input, None, &shared.resources.reading) else {
            return Ok(());
        };
        let packing = content.packing();
        let (text, utf16) = match repair::read(&mut content) {
            Ok(Some(read)) => read,
            Ok(None) => return Err(too_long(&name)),
            Err(_) => return Ok(()),
        };
        // One input that trips a bug must not take the others with it.
        let fenced = std::panic::catch_unwind(|| repair::repair(&text));
        let mut repaired = fenced.unwrap_or_else(|_| {
            shared.say(&format!(
                "gcagg failed to repair {name}: this is a bug; nothing of it changes"
            ));
            Repaired {
                text: text.clone(),
                ..Repaired::default()
            }
        });
        if utf16 {
            repaired.fixes.add(Fix::Utf16);
        }
        let changed = repaired.fixes.total() > 0;
        self.read += 1;
        self.changed += u64::from(changed);
        self.fixes.merge(&repaired.fixes);
        if changed {
            shared.detail(&format!("{name}: {}", repaired.fixes));
        }
        match &self.destination {
            Destination::Stdout => write(Path::new("-"), Compression::None, &repaired.text)?,
            Destination::File(path) => write(path, Compression::from_path(path), &repaired.text)?,
            Destination::Folder(_) => {
                let path = target.map_or(Path::new("-"), PathBuf::as_path);
                folder_for(path)?;
                write(path, as_before(packing), &repaired.text)?;
            }
            Destination::InPlace if changed => {
                replace(found, stamp.as_ref(), packing, &repaired.text)?
            }
            Destination::InPlace => {}
            Destination::Diff => show(&name, &text, &repaired)?,
        }
        match (&self.destination, target) {
            (Destination::InPlace, _) => {}
            (_, Some(target)) if target.is_file() => found.input = Input::File(target.clone()),
            _ if changed => found.input = self.keep(name, &mut repaired.text.as_bytes())?,
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, name: String, bytes: &mut impl io::Read) -> Result<Input, Error> {
        let shown = name.clone();
        self.copies
            .keep(name, bytes)
            .map_err(|error| Error::io(format!("cannot keep a copy of {shown}: {error}")))
    }

    /// Says what was repaired, or would be.
    pub fn report(&self, shared: &Shared) {
        let would = matches!(self.destination, Destination::Diff);
        if self.changed == 0 {
            return shared.say(&format!("nothing to fix in {}", counted(self.read, "file")));
        }
        shared.say(&format!(
            "{} {} in {}: {}",
            if would { "would fix" } else { "fixed" },
            counted(self.fixes.total(), "thing"),
            counted(self.changed, "file"),
            self.fixes
        ));
    }
}

fn as_before(packing: Option<Packing>) -> Compression {
    match packing {
        None => Compression::None,
        Some(Packing::Gzip) => Compression::Gzip,
        Some(Packing::Zstd) => Compression::Zstd,
    }
}

fn folder_for(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::writing(&folder.display().to_string(), &error))
}

fn create(path: &Path, compression: Compression) -> Result<Sink, Error> {
    Sink::create(&options::target(path), compression)
        .map_err(|error| Error::writing(&options::shown(path), &error))
}

fn write(path: &Path, compression: Compression, text: &str) -> Result<(), Error> {
    let mut sink = create(path, compression)?;
    let written = sink.write_all(text.as_bytes()).and_then(|()| sink.finish());
    written.map_err(|error| Error::writing(&options::shown(path), &error))
}

/// Puts the repaired text in the place of the input, unless that changed in between.
fn replace(
    found: &Found,
    stamp: Option<&Stamp>,
    packing: Option<Packing>,
    text: &str,
) -> Result<(), Error> {
    let Input::File(path) = &found.input else {
        return Ok(());
    };
    let failed = |error: io::Error| Error::writing(&options::shown(path), &error);
    let mut sink = create(path, as_before(packing))?;
    sink.write_all(text.as_bytes()).map_err(failed)?;
    if stamp.is_none() || Stamp::of(&found.input).as_ref() != stamp {
        let name = path.display();
        return Err(Error::io(format!("{name} changed while it was repaired"))
            .help("it was left as it is now; run again when it is complete"));
    }
    sink.finish().map_err(failed)
}

/// Shows what would change.
fn show(name: &str, text: &str, repaired: &Repaired) -> Result<(), Error> {
    let mut shown = Vec::new();
    diff::write(&text::printable(name), text, &repaired.edits, &mut shown)?;
    let mut sink = options::sink(Path::new("-"))?;
    sink.write_all(&shown)?;
    Ok(sink.finish()?)
}
