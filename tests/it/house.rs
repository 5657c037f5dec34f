//! The source itself: the order of the modules, no large files, and the small commands.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::work::Work;

/// The modules in the order of the data; each uses only those before it.
const ARROW: [&str; 16] = [
    "json",
    "model",
    "input",
    "record",
    "check",
    "repair",
    "table",
    "aggregate",
    "write",
    "report",
    "pipeline",
    "across",
    "facade",
    "fetch",
    "cli",
    "command",
];
/// The modules that all may use.
const SIDE: [&str; 3] = ["diagnostic", "error", "exit"];

pub fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_arrow_never_points_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let place = |module: &str| ARROW.iter().position(|name| *name == module);
    let mut uses = 0;
    for path in files {
        let relative = path
            .strip_prefix(&root)
            .expect("inside")
            .to_str()
            .expect("text")
            .to_owned();
        let module = relative
            .split(['/', '.'])
            .next()
            .expect("a module")
            .to_owned();
        if ["lib", "main", "internals"].contains(&module.as_str()) {
            continue;
        }
        if ["cli", "command"].contains(&module.as_str()) {
            // They use what the library exports: see `api`.
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.collect::<Vec<_>>().join("\n");
        for piece in code.split("crate::").skip(1) {
            let used: String = piece
                .chars()
                .take_while(|char| char.is_alphanumeric() || *char == '_')
                .collect();
            uses += 1;
            let allowed = match (place(&module), place(&used)) {
                (_, None) => SIDE.contains(&used.as_str()),
                (Some(own), Some(used)) => used <= own,
                // A side module uses nothing but the reader of bytes.
                (None, Some(_)) => used == "json",
            };
            assert!(
                allowed,
                "{relative} uses `{used}`, which stands later on the arrow"
            );
        }
    }
    assert!(uses > 100, "only {uses} uses were seen");
}

#[test]
fn no_file_is_too_large() {
    for folder in ["src", "tests"] {
        let mut files = Vec::new();
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut files,
        );
        for path in files {
            let lines = std::fs::read_to_string(&path)
                .expect("text")
                .lines()
                .count();
            assert!(lines <= 600, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn small_commands_answer() {
    let work = Work::new();
    let list = work.run(&["explain"]).exits(0).stdout;
    for line in list
        .lines()
        .filter(|line| line.len() > 4 && line.as_bytes()[1].is_ascii_digit())
    {
        let code = &line[..4];
        let page = work.run(&["explain", code]).exits(0).stdout;
        assert!(page.starts_with(&format!("# {code} ")), "{page}");
    }
    assert!(list.contains("S001") && list.contains("wrong-type"));
    let ran = work.run(&["explain", "wrong-tpye"]).exits(2);
    assert!(ran.stderr.contains("wrong-type"), "{}", ran.stderr);
    for name in ["aggregates", "summary"] {
        let schema: serde_json::Value =
            serde_json::from_str(&work.run(&["schema", name]).exits(0).stdout).expect("JSON");
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            work.run(&["completions", shell])
                .exits(0)
                .stdout
                .contains("gcagg")
        );
    }
    assert!(work.run(&["man"]).exits(0).stdout.contains(".TH gcagg"));
    assert_eq!(
        work.run(&["-V"]).exits(0).stdout,
        format!("gcagg {}\n", env!("CARGO_PKG_VERSION"))
    );
    work.run(&[]).exits(2);
    work.run(&["convert", "--no-such-option"]).exits(2);
}

#[test]
fn every_option_has_help() {
    let command = gcagg::internals::cli::args::Args::full_command();
    for sub in command.get_subcommands().chain([&command]) {
        for argument in sub.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{} {}",
                sub.get_name(),
                argument.get_id()
            );
        }
    }
}

#[test]
fn kept_inputs_keep_their_ends_of_lines_in_git() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = Work::new();
    work.write(
        ".gitattributes",
        std::fs::read(root.join(".gitattributes")).expect("read"),
    );
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(work.path(""));
        let output = command.output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output.stdout
    };
    git(&["init", "-q"]);
    let bytes = b"{\"results\":\r\n[]}\r\n";
    for name in [
        "fuzz/corpus/reading/a",
        "tests/it/corpora/a.txt",
        "samples/a.json",
        "samples/bad/a.json",
    ] {
        work.write(name, bytes);
        git(&["add", name]);
        assert_eq!(
            git(&["cat-file", "-p", &format!(":{name}")]),
            bytes,
            "{name}"
        );
    }
}
