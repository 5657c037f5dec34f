//! Where people run it: the step of the GitHub action, and the commands in the documents.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::work::{OFFERED, Work, response};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the step in a folder, as the runner would.
#[cfg(unix)]
fn step(work: &Work, paths: &str, arguments: &str) -> (String, String) {
    let bin = work.path("runner/gcagg/bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    let link = bin.join("gcagg");
    if !link.exists() {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gcagg"), link).expect("a link");
    }
    let output_file = work.path("runner/output");
    let _ = std::fs::remove_file(&output_file);
    let output = Command::new("bash")
        .arg(root().join(".ci/action"))
        .current_dir(work.path("."))
        .env("RUNNER_TEMP", work.path("runner"))
        .env("GITHUB_OUTPUT", &output_file)
        .env("GITHUB_STEP_SUMMARY", work.path("runner/summary"))
        .env("GCAGG_PATHS", paths)
        .env("GCAGG_ARGUMENTS", arguments)
        .env("GCAGG_SARIF", "gcagg.sarif")
        .stdin(Stdio::null())
        .output()
        .expect("bash");
    assert!(output.status.success(), "{output:?}");
    (
        String::from_utf8(output.stdout).expect("text"),
        std::fs::read_to_string(output_file).expect("outputs"),
    )
}

#[cfg(unix)]
#[test]
fn the_step_of_the_action_tells_and_goes_on() {
    let work = Work::new();
    let bad = r#"{"metric":"nOffered","stats":{"count":"12"}}"#;
    work.write("my exports/a.json", response("a", 8..9, OFFERED));
    let (log, outputs) = step(&work, "my exports\n", "");
    assert_eq!(
        (log.as_str(), outputs.as_str()),
        ("", "exit-code=0\nsarif=true\n")
    );
    work.write("more/b.json", response("b", 8..9, bad));
    let (log, outputs) = step(
        &work,
        "  my exports\n\n  more\n",
        "--deny=warnings  --min-rows 1\n'--expect-metrics=nOffered'\n",
    );
    assert!(
        log.starts_with("::error title=S001 wrong-type,file=more/b.json,line=1"),
        "{log}"
    );
    assert_eq!(outputs, "exit-code=1\nsarif=true\n");
    let summary = String::from_utf8(work.read("runner/summary")).expect("text");
    assert_eq!(summary.matches("## gcagg validate").count(), 2, "{summary}");
    // A wrong option writes no report, and an old one is not taken for a new one. It is an annotation.
    let (log, outputs) = step(&work, "more", "--nonsense");
    assert_eq!(outputs, "exit-code=2\nsarif=false\n");
    assert!(
        log.starts_with("::error title=gcagg::gcagg validate checked nothing (exit code 2)"),
        "{log}"
    );
    // Half of the arguments would be another check.
    let (log, outputs) = step(
        &work,
        "my exports",
        "--min-rows=1 --expect-metrics='nOffered",
    );
    assert_eq!(outputs, "exit-code=2\nsarif=false\n");
    assert!(log.contains("a quote has no end"), "{log}");
    assert!(!work.exists("gcagg.sarif"));
    // Neither paths nor arguments reach a shell.
    let (_, outputs) = step(&work, "$(touch pwned)", "");
    assert_eq!(outputs, "exit-code=3\nsarif=true\n");
    assert!(!work.exists("pwned"));
}

/// The commands in blocks that are not run: those of jobs.
fn commands(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut block = None;
    for line in page.lines() {
        if let Some(kind) = line.trim().strip_prefix("```") {
            block = if block.is_some() {
                None
            } else {
                Some(kind.to_owned())
            };
        } else if matches!(block.as_deref(), Some("text" | "yaml" | "groovy"))
            && let Some(at) = line.find("gcagg validate ")
        {
            commands.push(line[at..].trim_end_matches('\'').to_owned());
        }
    }
    commands
}

#[test]
fn the_commands_of_the_snippets_run() {
    let page = std::fs::read_to_string(root().join("docs/ci.md")).expect("the page");
    let commands = commands(&page);
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let work = Work::new();
        work.write("exports/a.json", response("a", 8..9, OFFERED));
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        work.run(&words).exits(0);
        for report in words.iter().filter_map(|word| word.split_once('=')) {
            assert!(work.exists(report.1), "{command}");
        }
    }
}

#[test]
fn the_settings_of_the_page_are_settings() {
    let page = std::fs::read_to_string(root().join("docs/ci.md")).expect("the page");
    let (_, rest) = page.split_once("```toml\n").expect("settings");
    let (toml, _) = rest.split_once("```").expect("their end");
    let work = Work::new();
    work.write("gcagg.toml", toml);
    let shown = work.run(&["config"]).exits(0).stdout;
    for key in [
        "deny",
        "allow",
        "baseline",
        "expect-metrics",
        "expect-dims",
        "min-rows",
    ] {
        assert!(shown.contains(&format!("\n{key} = ")), "{shown}");
    }
}

#[test]
fn hooks_and_action_name_what_is_there() {
    let hooks = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("hooks");
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    let mut entries = 0;
    for entry in hooks
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: gcagg "))
    {
        // pre-commit puts the names of the files behind it.
        let words: Vec<&str> = entry.split(' ').chain(["a.json"]).collect();
        work.run(&words).exits(0);
        entries += 1;
    }
    assert_eq!(entries, 2);
    // Both hooks choose the same files.
    let key = |key: &str| {
        let line = hooks.lines().find_map(|line| line.trim().strip_prefix(key));
        line.expect("a pattern")
            .trim()
            .trim_matches('\'')
            .to_owned()
    };
    let (files, exclude) = (key("files: &files"), key("exclude: &exclude"));
    let chosen = |name: &str| {
        let matches = |pattern: &str| {
            let schema = serde_json::json!({"type": "string", "pattern": pattern});
            jsonschema::is_valid(&schema, &serde_json::json!(name))
        };
        matches(&files) && !matches(&exclude)
    };
    for name in [
        "exports/day.json",
        "data/exports/2026/day.ndjson.gz",
        "raw/conversations_20260301T230000Z_20260302T230000Z_1a2b3c4d5e6f.json",
    ] {
        assert!(chosen(name), "{name}");
    }
    for name in [
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "src/exports.json",
        "raw/conversations_20260301T230000Z_20260302T230000Z_1a2b3c4d5e6f.manifest.json",
    ] {
        assert!(!chosen(name), "{name}");
    }
    // They check the files that a check of the folder reads.
    let work = Work::new();
    let names = [
        "exports/2026/day.json",
        "exports/day.NDJSON.gz",
        "exports/package.json",
        "exports/tsconfig.json",
        "exports/README.md",
        "exports/.gitkeep",
        "exports/.hidden.json",
        "exports/.git/day.json",
        "exports/table.csv.gz",
        "exports/day.manifest.json",
    ];
    for name in names {
        work.write(name, response(name, 8..9, OFFERED));
    }
    let read = work.run(&["convert", "exports", "--columns", "queueId", "-q"]);
    let read = read.exits(0).stdout;
    for name in names {
        assert_eq!(read.lines().any(|row| row == name), chosen(name), "{name}");
    }
    assert_eq!(read.lines().count(), 1 + 4, "{read}");
    let action = std::fs::read_to_string(root().join("action.yml")).expect("the action");
    let scripts = action.split("$GITHUB_ACTION_PATH/").skip(1);
    let scripts: Vec<PathBuf> = scripts
        .map(|rest| root().join(rest.split('"').next().unwrap_or_default()))
        .collect();
    assert!(
        scripts.iter().all(|script| script.is_file()) && !scripts.is_empty(),
        "{scripts:?}"
    );
}

/// Runs a step of the installation, as the runner would.
#[cfg(unix)]
fn install(work: &Work, step: &str, reference: &str) -> std::process::Output {
    let path = format!(
        "{}:{}",
        work.path("tools").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    Command::new("bash")
        .arg(root().join(".ci/install"))
        .arg(step)
        .env("PATH", path)
        .env("RUNNER_TEMP", work.path("runner"))
        .env("RUNNER_OS", "Linux")
        .env("RUNNER_ARCH", "X64")
        .env("GCAGG_REF", reference)
        .env(
            "GCAGG_RELEASES",
            format!("file://{}", work.path("releases").display()),
        )
        .stdin(Stdio::null())
        .output()
        .expect("bash")
}

#[cfg(unix)]
#[test]
fn the_action_installs_a_release_by_its_checksum_and_else_builds() {
    use std::os::unix::fs::PermissionsExt as _;

    let version = env!("CARGO_PKG_VERSION");
    let reference = format!("v{version}");
    let work = Work::new();
    let text = |output: &std::process::Output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    work.write("tools/cargo", "#!/bin/sh\necho built \"$@\"\n");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(work.path("tools/cargo"), executable).expect("permissions");
    // The version is the key of a release; another reference has the key of its sources.
    let key = install(&work, "key", &reference);
    assert_eq!(text(&key), format!("key=gcagg-{version}\n"));
    let sources = text(&install(&work, "key", "main"));
    assert_eq!(sources.len(), "key=gcagg-".len() + 64 + 1, "{sources}");
    // There is no release, or a branch was named.
    for reference in [reference.as_str(), "main"] {
        let built = install(&work, "tool", reference);
        assert!(text(&built).contains("built install --locked"), "{built:?}");
    }
    // A release.
    let name = format!("gcagg-{version}-x86_64-unknown-linux-musl");
    work.write(&format!("{name}/gcagg"), "the tool");
    let folder = format!("releases/v{version}");
    std::fs::create_dir_all(work.path(&folder)).expect("a folder");
    let pack = format!(
        "tar -czf {folder}/{name}.tar.gz {name} && cd {folder} && sha256sum {name}.tar.gz >SHA256SUMS"
    );
    let packed = Command::new("sh")
        .args(["-c", &pack])
        .current_dir(work.path("."))
        .status();
    assert!(packed.expect("sh").success());
    let released = install(&work, "tool", &reference);
    assert!(released.status.success(), "{released:?}");
    assert!(!text(&released).contains("built"), "{released:?}");
    assert_eq!(work.read("runner/gcagg/bin/gcagg"), b"the tool");
    // Another content is refused, and nothing is built in its place.
    work.write(
        &format!("{folder}/SHA256SUMS"),
        format!("{:064}  {name}.tar.gz\n", 0),
    );
    let wrong = install(&work, "tool", &reference);
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
    assert!(text(&wrong).starts_with("::error::"), "{wrong:?}");
}
