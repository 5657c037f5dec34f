//! `gcagg verify`: compares the outputs that a manifest names with the inputs.

mod made_again;
mod table;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::args::{Command, InputArgs};
use crate::cli::options::Shared;
use crate::cli::parse;
use crate::output::print;
use crate::{
    CellComparison, Dataset, Error, ExitStatus, Inputs, LintLevels, RunManifest, counted,
    printable, unreadable,
};

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

/// The number of differences of a manifest that are named.
const NAMED: usize = 10;

/// The run that a manifest describes.
struct DescribedRun {
    /// The options of the run, with its severities. A settings file of today has no effect.
    shared: Shared,
    /// The name of its command.
    command: &'static str,
    manifest: Value,
}

impl DescribedRun {
    /// The run of a manifest, and its command.
    fn read(shared: &Shared, manifest: Value) -> Result<(Self, Command), Error> {
        let words = manifest["arguments"].as_array().into_iter().flatten();
        let words = words.filter_map(Value::as_str).map(OsString::from);
        let words = std::iter::once(OsString::from("gcagg")).chain(words);
        let args = parse::repeated(words.collect());
        let args = args.map_err(|_| {
            Error::data("the command of the manifest cannot be repeated")
                .help("verify with the version of gcagg that wrote it")
        })?;
        let mut levels = LintLevels::default();
        for option in LintLevels::OPTIONS {
            let texts = manifest["levels"][option].as_array().into_iter().flatten();
            if let Some(list) = levels.list(option) {
                list.extend(texts.filter_map(Value::as_str).map(str::to_owned));
            }
        }
        let shared = Shared {
            threads: shared.threads,
            file_levels: Some(levels),
            ..args.shared
        };
        let command = match &args.command {
            Command::Convert(_) => "convert",
            Command::Rollup(_) => "rollup",
            _ => "report",
        };
        let is_folder = matches!(&args.command, Command::Convert(convert)
            if convert.per_file || !convert.table.partition_by.is_empty());
        let run = Self {
            shared,
            command,
            manifest,
        };
        if run.outputs().is_empty() && !is_folder {
            return Err(Error::data("the manifest names no output")
                .help("it was changed after the run: write it again"));
        }
        Ok((run, args.command))
    }

    /// Compares the manifest with one that is made again. Each difference is named with its place.
    fn compare(&self, made: &RunManifest, result: &mut Verification) -> Result<(), Error> {
        let mut text = Vec::new();
        made.write(&mut text)?;
        let made = serde_json::from_slice(&text)
            .map_err(|error| Error::data(format!("the manifest cannot be made again: {error}")))?;
        let mut different = Vec::new();
        differences(&self.manifest, &made, "", &mut different);
        // Another version may have other words.
        let tool = self.manifest["tool"].as_str().unwrap_or_default();
        let by = match self.manifest["tool"] == made["tool"] {
            true => String::new(),
            false => format!(" ({} wrote it)", quoted(&json!(tool))),
        };
        different.retain(|(place, _)| place != "/tool");
        for (place, [written, made]) in different.iter().take(NAMED) {
            result.problem(format!(
                "the manifest has {written} at {place}, and the inputs and outputs give {made}{by}"
            ));
        }
        if different.len() > NAMED {
            let all = counted(different.len(), "difference");
            result.problem(format!("{all} of the manifest in all"));
        }
        Ok(())
    }

    /// A manifest of the same command without inputs.
    fn made_again(&self) -> Result<RunManifest, Error> {
        let words = self.manifest["arguments"].as_array().into_iter().flatten();
        let words = words.filter_map(Value::as_str).map(str::to_owned);
        let mut made = RunManifest::new(self.command, &words.collect::<Vec<String>>());
        if let Some(levels) = &self.shared.file_levels {
            made.levels(levels);
        }
        for rejects in paths(self.files("rejects")) {
            made.rejects(&rejects)?;
        }
        Ok(made)
    }

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

    /// The command with the files and times that the run used: folders have other files now, and words
    /// for times mean other times.
    fn with_own_files(&self, mut command: Command) -> Command {
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
            _ => return command,
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
        command
    }
}

/// The places at which two manifests differ, with both values.
fn differences(
    written: &Value,
    made: &Value,
    place: &str,
    different: &mut Vec<(String, [String; 2])>,
) {
    let at = |name: &str| format!("{place}/{name}");
    match (written, made) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                differences(&written[name], &made[name], &at(name), different);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                let place = at(&index.to_string());
                differences(&written[index], &made[index], &place, different);
            }
        }
        (a, b) if a == b => {}
        (a, b) => different.push((place.to_owned(), [quoted(a), quoted(b)])),
    }
}

/// A part of a manifest as it is shown.
fn quoted(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => format!("`{value}`"),
    }
}

/// Runs the command.
pub fn run(shared: &Shared, path: &Path) -> Result<ExitStatus, Error> {
    let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let manifest: Value =
        serde_json::from_slice(&text).map_err(|error| not_a_manifest(path, &error.to_string()))?;
    if !manifest["command"].is_string() || !manifest["arguments"].is_array() {
        return Err(not_a_manifest(path, "it names no command"));
    }
    let (run, command) = DescribedRun::read(shared, manifest)?;
    let mut result = Verification::default();
    for (list, noun) in [
        ("inputs", "input"),
        ("names", "names file"),
        ("rejects", "rejects file"),
        ("outputs", "output"),
    ] {
        hashes(run.files(list), noun, &mut result)?;
    }
    let unread = run.files("inputs").find(|it| it["sha256"].is_null());
    if result.problems == 0 && unread.is_none() {
        match run.with_own_files(command) {
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
    if let Some(input) = unread {
        let name = match input["path"].as_str() {
            Some("-") | None => "standard input",
            Some(path) => path,
        };
        return Err(Error::io(format!(
            "the outputs are not verified: {name} was an input, and it cannot be read again"
        ))
        .help(format!(
            "save the input to a file, and name the file: gcagg {} response.json --manifest {} …",
            run.command,
            path.display()
        )));
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
            continue;
        };
        let measured = RunManifest::measure(Path::new(path));
        let (bytes, sha256) = measured.map_err(|error| error.help(WHERE))?;
        let before = file["bytes"].as_u64().unwrap_or_default();
        if (before, expected) == (bytes, sha256.as_str()) {
            same += 1;
            continue;
        }
        result.problem(format!(
            "{path} has changed since the manifest was written: {before} bytes before, {bytes} now"
        ));
    }
    if same > 0 {
        result.line(format!("{}: unchanged", counted(same, noun)));
    }
    Ok(())
}
