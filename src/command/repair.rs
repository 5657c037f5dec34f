//! `gcagg validate --fix`: repairs inputs that are nearly JSON, and reports the findings of the copy.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::args::ValidateArgs;
use crate::cli::options::Shared;
use crate::output::{Compression, OutputFiles, Sink};
use crate::{Error, Inputs, RepairCounts, RepairedInput, counted};

use super::progress::ProgressBar;

/// The target of repaired inputs.
#[derive(Debug)]
enum RepairTarget {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
    InPlace,
    Diff,
    /// Nothing is written: the files that would change are named.
    Check,
}

/// Returns true if standard output has the repaired copy instead of the findings.
pub fn takes_stdout(args: &ValidateArgs) -> bool {
    let to_stdout = args.output.as_deref().is_none_or(|it| it == Path::new("-"));
    args.fix && to_stdout && !args.in_place && !args.check
}

/// Returns true if nothing is written: `--diff` and `--check` show what would change.
pub fn only_shows(args: &ValidateArgs) -> bool {
    args.diff || args.check
}

/// Repairs the inputs if `--fix` is given, and replaces them by the repaired texts. Returns the numbers
/// of repairs.
pub fn run(
    shared: &Shared,
    args: &ValidateArgs,
    inputs: &mut Inputs,
) -> Result<Option<RepairCounts>, Error> {
    if !args.fix {
        return Ok(None);
    }
    let target = target(args, inputs)?;
    let relative = inputs.relative_paths();
    let files = files(&target, &relative, inputs)?;
    if matches!(target, RepairTarget::Folder(_)) {
        let mut outputs = OutputFiles::default();
        let reports = args.reports.iter().map(|(_, path)| path);
        let others = reports.chain(&args.write_baseline);
        let others = others.filter(|it| it.as_path() != Path::new("-"));
        files
            .iter()
            .chain(others)
            .try_for_each(|it| outputs.add(it))?;
    }
    let _bar = ProgressBar::start(shared, "repairing", inputs.progress(), || inputs.size());
    let counts = inputs.repair(&mut |input| {
        if input.has_failed {
            shared.say(&format!(
                "gcagg failed to repair {}: this is a bug; nothing of it changes",
                input.name()
            ));
        }
        if input.is_changed() {
            let line = format!("{}: {}", input.name(), input.fixes());
            match target {
                RepairTarget::Check => shared.say(&format!("would fix {line}")),
                _ => shared.detail(&line),
            }
        }
        write(&target, input)
    })?;
    Ok(Some(counts))
}

fn target(args: &ValidateArgs, inputs: &Inputs) -> Result<RepairTarget, Error> {
    let count = inputs.relative_paths().len();
    // A folder and a pattern are several, whatever they hold today.
    let named = |input: &PathBuf| input == Path::new("-") || (input.exists() && !input.is_dir());
    let several = count > 1 || !args.inputs.inputs.iter().all(named);
    if args.check {
        return Ok(RepairTarget::Check);
    }
    match (&args.output, args.diff) {
        (_, true) => Ok(RepairTarget::Diff),
        (_, false) if args.in_place => match inputs.first_pipe() {
            None => Ok(RepairTarget::InPlace),
            Some(name) => Err(Error::usage(format!("--in-place cannot change {name}"))
                .help("name a file, or remove --in-place to write the copy to standard output")),
        },
        (Some(path), false) if path != Path::new("-") => {
            let slash = path.to_string_lossy().ends_with(std::path::is_separator);
            Ok(match several || slash || path.is_dir() {
                true => RepairTarget::Folder(path.clone()),
                false => RepairTarget::File(path.clone()),
            })
        }
        _ if count > 1 => Err(
            Error::usage("several repaired copies cannot go to standard output").help(
                "name a folder with -o, change the inputs with --in-place, or show the changes with --diff",
            ),
        ),
        _ => Ok(RepairTarget::Stdout),
    }
}

/// The files of the repaired copies, in the order of the inputs.
fn files(
    target: &RepairTarget,
    relative: &[PathBuf],
    inputs: &Inputs,
) -> Result<Vec<PathBuf>, Error> {
    let files: Vec<PathBuf> = match target {
        RepairTarget::File(path) => relative.iter().map(|_| path.clone()).collect(),
        RepairTarget::Folder(folder) => relative.iter().map(|it| folder.join(it)).collect(),
        _ => Vec::new(),
    };
    let outputs = OutputFiles::beside(inputs.found_files());
    let mut taken = HashSet::new();
    for file in &files {
        outputs.check(file).map_err(to_another_file)?;
        if !taken.insert(file) {
            return Err(super::same_output(file));
        }
    }
    Ok(files)
}

/// Adds the next step to the error for a copy that would replace an input.
pub fn to_another_file(error: Error) -> Error {
    error.help("write to another file, or use --in-place")
}

/// Writes one repaired input. Returns the written file, which is then read in the place of the input.
fn write(target: &RepairTarget, input: &RepairedInput<'_>) -> Result<Option<PathBuf>, Error> {
    let (path, compression) = match target {
        RepairTarget::Stdout => (PathBuf::from("-"), Compression::None),
        RepairTarget::File(path) => (path.clone(), Compression::from_path(path)),
        RepairTarget::Folder(folder) => {
            let path = folder.join(input.relative());
            let parent = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(parent)
                .map_err(|error| Error::writing(&parent.display().to_string(), &error))?;
            (path, input.compression())
        }
        RepairTarget::InPlace => {
            if input.is_changed() {
                input.replace()?;
            }
            return Ok(input.path().map(Path::to_owned));
        }
        RepairTarget::Check => return Ok(None),
        RepairTarget::Diff => {
            let mut sink = Sink::open(Path::new("-"))?;
            input.write_diff(&mut sink)?;
            sink.finish()?;
            return Ok(None);
        }
    };
    input.write(&path, compression)?;
    Ok(match target {
        // A file named `-` is not the copy on standard output.
        RepairTarget::Stdout => None,
        _ => Some(path),
    })
}

/// Prints the number of repairs.
pub fn report(shared: &Shared, args: &ValidateArgs, counts: &RepairCounts) {
    if counts.changed == 0 {
        let read = counted(counts.read, "file");
        return shared.say(&format!("nothing to fix in {read}"));
    }
    let done = match only_shows(args) {
        true => "would fix",
        false => "fixed",
    };
    shared.say(&format!(
        "{done} {} in {}: {}",
        counted(counts.fixes.total(), "thing"),
        counted(counts.changed, "file"),
        counts.fixes
    ));
}
