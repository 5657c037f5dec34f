//! `gcagg verify`: compares the outputs that a manifest names with the inputs.

mod made_again;
mod table;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::args::{Command, InputArgs};
use crate::cli::options::Shared;
use crate::cli::parse;
use crate::output::print;
use crate::{CellComparison, Dataset, Error, ExitStatus, Inputs, RunManifest, counted, printable};

/// The result of a verification: lines of text, and the number of problems.
#[derive(Default)]
struct Verification {
    lines: Vec<String>,
    problems: u64,
}

impl Verification {
    fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    fn problem(&mut self, line: String) {
        self.problems += 1;
        self.lines.push(format!("error: {line}"));
    }

    /// Adds the differences of an output.
    fn differences(&mut self, comparison: &CellComparison) {
        for (conversion, count) in &comparison.converted {
            self.line(format!("  {} {conversion}", counted(*count, "cell")));
        }
        for words in &comparison.first_wrong {
            self.problem(words.clone());
        }
        if comparison.wrong > comparison.first_wrong.len() as u64 {
            self.problem(format!(
                "{} in all",
                counted(comparison.wrong, "difference")
            ));
        }
    }
}

/// The run that a manifest describes.
struct DescribedRun<'v> {
    shared: &'v Shared,
    manifest: Value,
}

impl DescribedRun<'_> {
    /// The entries of a list of files.
    fn files(&self, list: &str) -> impl Iterator<Item = &Value> {
        self.manifest[list].as_array().into_iter().flatten()
    }

    /// The paths of its outputs, in their order.
    fn outputs(&self) -> Vec<PathBuf> {
        paths(self.files("outputs"))
    }

    /// The time of the run.
    fn time(&self) -> &str {
        self.manifest["loaded_at"].as_str().unwrap_or_default()
    }

    /// The inputs, checked as the run did.
    fn check(&self, inputs: Inputs) -> Result<Dataset, Error> {
        let dataset = inputs.check()?;
        if dataset.is_usable() {
            return Ok(dataset);
        }
        let error = match dataset.summary()?.status() {
            ExitStatus::Io => Error::io("inputs cannot be read"),
            _ => Error::data("the inputs have errors now"),
        };
        Err(error.help("gcagg validate names them"))
    }

    /// The paths of its inputs, in the order of the run: those of the first set, or those that it is
    /// compared with.
    fn inputs(&self, is_compared: bool) -> Vec<PathBuf> {
        let inputs = self.files("inputs");
        paths(inputs.filter(|input| (input["compared"] == true) == is_compared))
    }

    /// The command of the manifest, with the files and times that it used: folders have other files
    /// now, and words for times mean other times.
    fn repeated_command(&self) -> Result<Command, Error> {
        let mut command = self.command()?;
        let (inputs, filter, names) = match &mut command {
            Command::Convert(args) => (&mut args.inputs, &mut args.filter, &mut args.table.names),
            Command::Rollup(args) => (&mut args.inputs, &mut args.filter, &mut args.table.names),
            Command::Report(args) => {
                let compared = self.inputs(true);
                if !compared.is_empty() {
                    args.compare = compared;
                }
                (&mut args.inputs, &mut args.filter, &mut args.names)
            }
            _ => return Ok(command),
        };
        if self.manifest["names"].is_array() {
            names.files = paths(self.files("names"));
        }
        *inputs = InputArgs {
            inputs: self.inputs(false),
            exclude: Vec::new(),
            files_from: None,
        };
        for (name, time) in [("from", &mut filter.from), ("until", &mut filter.until)] {
            if let Some(used) = self.manifest[name].as_str() {
                *time = Some(used.to_owned());
            }
        }
        Ok(command)
    }

    /// The command of the manifest, as it was typed.
    fn command(&self) -> Result<Command, Error> {
        let words = self.manifest["arguments"].as_array().into_iter().flatten();
        let words = words.filter_map(Value::as_str).map(OsString::from);
        let words = std::iter::once(OsString::from("gcagg")).chain(words);
        let args = parse::arguments(words.collect());
        args.map(|args| args.command).map_err(|_| {
            Error::data("the command of the manifest cannot be repeated")
                .help("verify with the version of gcagg that wrote it")
        })
    }
}

/// Runs the command.
pub fn run(shared: &Shared, path: &Path) -> Result<ExitStatus, Error> {
    let text =
        std::fs::read(path).map_err(|error| Error::io(format!("{}: {error}", path.display())))?;
    let manifest: Value =
        serde_json::from_slice(&text).map_err(|error| not_a_manifest(path, &error.to_string()))?;
    if !manifest["command"].is_string() || !manifest["arguments"].is_array() {
        return Err(not_a_manifest(path, "it names no command"));
    }
    let run = DescribedRun { shared, manifest };
    let mut result = Verification::default();
    for (list, noun) in [
        ("inputs", "input"),
        ("names", "names file"),
        ("outputs", "output"),
    ] {
        hashes(run.files(list), noun, &mut result)?;
    }
    let mut inputs = run.files("inputs");
    if result.problems > 0 {
        // Figures of other files would differ.
    } else if inputs.any(|input| input["sha256"].is_null()) {
        result.line("the outputs are not compared: an input was no file".to_owned());
    } else {
        match run.repeated_command()? {
            Command::Convert(args) if args.preset.is_some() => {
                made_again::history(&run, &args, &mut result)?;
            }
            Command::Convert(args) => table::verify(&run, &args, &mut result)?,
            Command::Rollup(args) => made_again::rollup(&run, &args, &mut result)?,
            Command::Report(args) => made_again::report(&run, &args, &mut result)?,
            _ => {
                return Err(not_a_manifest(path, "its command has no manifest"));
            }
        }
    }
    if !shared.quiet || result.problems > 0 {
        let text = result.lines.iter().map(|it| printable(it) + "\n");
        print(text.collect::<String>().as_bytes())?;
    }
    Ok(match result.problems {
        0 => ExitStatus::Success,
        _ => ExitStatus::BadData,
    })
}

/// The paths of files that a manifest describes.
fn paths<'m>(files: impl Iterator<Item = &'m Value>) -> Vec<PathBuf> {
    let paths = files.filter_map(|file| file["path"].as_str());
    paths.map(PathBuf::from).collect()
}

fn not_a_manifest(path: &Path, reason: &str) -> Error {
    Error::data(format!("{}: no manifest: {reason}", path.display()))
        .help("write one: gcagg convert response.json -o table.csv --manifest run.json")
}

const WHERE: &str = "put the file back; paths of a manifest are relative to the folder of its run: run gcagg verify there";

/// Compares the sizes and hashes of files.
fn hashes<'m>(
    files: impl Iterator<Item = &'m Value>,
    noun: &str,
    result: &mut Verification,
) -> Result<(), Error> {
    let mut same = 0_usize;
    for file in files {
        let path = file["path"].as_str().unwrap_or_default();
        let Some(expected) = file["sha256"].as_str() else {
            result.line(format!("{path}: not compared, because it was no file"));
            continue;
        };
        let measured = RunManifest::measure(Path::new(path));
        let (bytes, sha256) = measured.map_err(|error| error.help(WHERE))?;
        if sha256 == expected {
            same += 1;
            continue;
        }
        let before = file["bytes"].as_u64().unwrap_or_default();
        result.problem(format!(
            "{path} has changed since the manifest was written: {before} bytes before, {bytes} now"
        ));
    }
    if same > 0 {
        result.line(format!("{}: unchanged", counted(same, noun)));
    }
    Ok(())
}
