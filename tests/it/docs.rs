//! The documents tell the truth: every example in them is run, every link in them leads somewhere.
//!
//! An example is a fenced block of kind `console`. A line `$ gcagg …` (or
//! `$ cargo run --release -- …`) runs the built binary; what stands below it, up to the next `$ `
//! or the end of the block, is what must come out:
//!
//! - the lines of standard output,
//! - the lines of standard error, each behind `2> `,
//! - `[exit N]`, where the status is not 0.
//!
//! A line `...` stands for any number of lines. Seconds such as `1.25 s` at the end of a line count
//! as `0.00 s`. Arguments may stand in quotes, and `< FILE` at the end gives standard input. The
//! commands of one document run one after another in a folder of their own, which holds a copy of
//! `samples/`. Blocks of any other kind are not run.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where its files cannot be read"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One command of a document, and what it must say.
struct Example {
    line: usize,
    command: String,
    expected: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md, CONTRIBUTING.md, CHANGELOG.md, SECURITY.md and everything in docs/.
fn documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ]
    .map(|name| root().join(name))
    .into();
    let listed = fs::read_dir(root().join("docs")).unwrap();
    let pages = listed.map(|entry| entry.unwrap().path());
    documents.extend(pages.filter(|path| path.extension().is_some_and(|kind| kind == "md")));
    // Without the feature there is no such command.
    documents.retain(|path| cfg!(feature = "fetch") || !path.ends_with("docs/fetch.md"));
    documents.sort();
    documents
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    // The kind of the block that is open.
    let mut block: Option<&str> = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(kind) = line.strip_prefix("```") {
            block = if block.is_some() { None } else { Some(kind) };
        } else if block == Some("console") {
            if let Some(command) = line.strip_prefix("$ ") {
                examples.push(Example {
                    line: number + 1,
                    command: command.to_owned(),
                    expected: Vec::new(),
                });
            } else if let Some(example) = examples.last_mut() {
                example.expected.push(line.to_owned());
            }
        }
    }
    examples
}

/// The arguments behind the program's name, and the file behind `<`.
fn arguments(command: &str) -> Result<(Vec<String>, Option<String>), String> {
    let rest = command
        .strip_prefix("cargo run --release -- ")
        .or_else(|| command.strip_prefix("gcagg "))
        .ok_or("neither `gcagg` nor `cargo run --release --`")?;
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for char in rest.chars() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '|' | '>' | '&' | ';' | '$' | '\\') => {
                return Err(format!("`{char}` needs a shell"));
            }
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    let input = match words.as_slice() {
        [.., sign, file] if sign == "<" => Some(file.clone()),
        _ => None,
    };
    if input.is_some() {
        words.truncate(words.len() - 2);
    }
    Ok((words, input))
}

/// What the command says, in the form of the documents.
fn said(command: &str, folder: &Path) -> Result<Vec<String>, String> {
    let (arguments, input) = arguments(command)?;
    let input = match input {
        Some(file) => Stdio::from(File::open(folder.join(file)).map_err(|it| it.to_string())?),
        None => Stdio::null(),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_gcagg"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env("XDG_CONFIG_HOME", folder.join("settings"))
        .env_remove("GENESYS_ENVIRONMENT")
        .env_remove("GENESYS_API_URL")
        .stdin(input)
        .output()
        .map_err(|error| error.to_string())?;
    let stdout = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let stderr = String::from_utf8(output.stderr).map_err(|error| error.to_string())?;
    let mut lines: Vec<String> = stdout.lines().map(timeless).collect();
    lines.extend(stderr.lines().map(|line| timeless(&format!("2> {line}"))));
    match output.status.code() {
        Some(0) => {}
        Some(code) => lines.push(format!("[exit {code}]")),
        None => lines.push("[killed]".to_owned()),
    }
    Ok(lines)
}

/// The line with `0.00 s` for the seconds at its end.
fn timeless(line: &str) -> String {
    let Some(rest) = line.strip_suffix(" s") else {
        return line.to_owned();
    };
    let before = rest.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    if before.len() == rest.len() || !rest[before.len()..].contains('.') {
        return line.to_owned();
    }
    format!("{before}0.00 s")
}

/// Whether the lines are as expected, where `...` is any number of them.
fn fits(expected: &[String], actual: &[String]) -> bool {
    match expected {
        [] => actual.is_empty(),
        [any, rest @ ..] if any == "..." => {
            (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..]))
        }
        [line, rest @ ..] => actual
            .split_first()
            .is_some_and(|(first, others)| timeless(line) == *first && fits(rest, others)),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn every_example_says_what_the_document_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("samples"), &folder.path().join("samples"));
        for example in examples(&text) {
            count += 1;
            let place = format!("{}:{}", document.display(), example.line);
            match said(&example.command, folder.path()) {
                Ok(actual) if fits(&example.expected, &actual) => {}
                Ok(actual) => wrong.push(format!(
                    "{place}: $ {}\n--- the document\n{}\n--- the program\n{}\n",
                    example.command,
                    example.expected.join("\n"),
                    actual.join("\n"),
                )),
                Err(error) => wrong.push(format!("{place}: $ {}: {error}\n", example.command)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 10, "only {count} examples were found");
}

#[test]
fn every_link_leads_to_a_file() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let on_site = target.starts_with("../../releases");
            let elsewhere = target.is_empty() || target.contains("://") || on_site;
            let folder = document.parent().unwrap_or(root());
            if !elsewhere && !folder.join(target).exists() {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn the_readme_names_every_command() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_gcagg"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let command = line.split_whitespace().next().unwrap_or_default();
        if command != "help" {
            assert!(
                readme.contains(&format!("`gcagg {command}")),
                "README.md does not name `gcagg {command}`"
            );
        }
    }
}

#[test]
fn the_readme_has_at_most_a_thousand_words() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let words = readme.split_whitespace().count();
    assert!(words <= 1000, "README.md has {words} words");
}

/// Cargo.toml defines the address of the project; pages repeat it in commands to copy.
#[test]
fn pages_name_the_repository_of_cargo_toml() {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let (host, _) = repository.rsplit_once('/').unwrap();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for (found, _) in text.match_indices(host) {
            assert!(
                text[found..].starts_with(repository),
                "{} names another repository than Cargo.toml, which names {repository}",
                document.display()
            );
        }
    }
    let packages = root().join("packages");
    for folder in [packages.clone(), packages.join("templates")] {
        for file in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            let text = fs::read_to_string(&file).unwrap_or_default();
            assert!(!text.contains(host), "{}: use @REPOSITORY@", file.display());
        }
    }
}

#[test]
fn the_index_names_every_page() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for document in documents() {
        let name = document.file_name().unwrap().to_string_lossy();
        let in_docs = document.parent() == Some(&root().join("docs"));
        if in_docs && name != "README.md" {
            assert!(
                index.contains(&format!("]({name}")),
                "docs/README.md does not link {name}"
            );
        }
    }
}

#[test]
fn the_convention_holds() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    assert!(fits(&lines("a\n...\nd"), &lines("a\nb\nc\nd")));
    assert!(fits(&lines("a\n..."), &lines("a")));
    assert!(!fits(&lines("a\n...\nd"), &lines("a\nb")));
    assert!(!fits(&lines("a"), &lines("a\nb")));
    assert_eq!(timeless("1 file, 12.34 s"), "1 file, 0.00 s");
    assert_eq!(timeless("for 12 s"), "for 12 s");
    assert_eq!(
        arguments("gcagg validate 'a b' - < c"),
        Ok((lines("validate\na b\n-"), Some("c".to_owned())))
    );
    assert!(arguments("gcagg man | less").is_err());
    assert_eq!(examples("```console\n$ gcagg x\n1\n\n2\n```\n").len(), 1);
}
