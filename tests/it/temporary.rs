//! Temporary files that cannot be made or written: exit 3, and the folder is named.

use std::path::Path;
use std::process::Command;

use crate::work::{OFFERED, Ran, Work, response};

/// What runs `"$@"` with 8 KiB of room in the folder of temporary files, and nowhere else.
const TINY: &str = "mount -t tmpfs -o size=8k tmpfs \"$TMPDIR\" && exec \"$@\"";
/// The same where no file may have more than 4 KiB.
const SHORT: &str = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";

/// Groups whose table takes more than 8 KiB in any format.
fn work() -> Work {
    let work = Work::new();
    let group = |index: u64| {
        let queue = index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // Figures that no compression makes smaller.
        let offered = OFFERED.replace("12", &(queue >> 8).to_string());
        response(&format!("{queue:032x}{index}"), 8..12, &offered)
    };
    let groups: Vec<String> = (1..1_500).map(group).collect();
    work.write("a.ndjson", groups.join("\n"));
    std::fs::create_dir(work.path("tiny")).expect("a folder");
    work
}

/// A run in a shell that limits what it may write.
fn limited(work: &Work, shell: &[&str], folder: &Path, arguments: &[&str]) -> Ran {
    let inner = work.command(arguments);
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("sh").arg(inner.get_program());
    command.args(inner.get_args()).env("TMPDIR", folder);
    command.current_dir(work.path("."));
    if arguments.contains(&"-") {
        command.stdin(std::fs::File::open(work.path("large.json")).expect("an input"));
    }
    let output = command.output().expect("a shell");
    Ran {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

/// Asserts that a run ends because of a temporary folder, and leaves nothing.
#[track_caller]
fn names_the_folder(work: &Work, ran: Ran, folder: &Path, output: &str) {
    let ran = ran.exits(3);
    let shown = folder.display().to_string();
    let said = &ran.stderr;
    assert!(
        said.contains(&format!("a temporary file in {shown}: ")),
        "{said}"
    );
    assert!(
        said.contains(output) && !said.contains("panicked"),
        "{said}"
    );
    assert!(said.contains("TMPDIR"), "{said}");
    assert!(
        !work.names().iter().any(|name| name.contains(output)),
        "{:?}",
        work.names()
    );
}

const OUTPUTS: [&str; 2] = ["a.xlsx", "a.arrow"];

#[test]
fn a_full_temporary_folder_is_named() {
    let work = work();
    let folder = work.path("tiny");
    let shell = ["unshare", "--map-root-user", "--mount", "sh", "-c", TINY];
    let mounts = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", TINY, "sh", "true"])
        .env("TMPDIR", &folder)
        .output();
    if !mounts.is_ok_and(|output| output.status.success()) {
        eprintln!("no small file system can be mounted here: not tested");
        return;
    }
    for output in OUTPUTS {
        let arguments = ["convert", "a.ndjson", "-o", output];
        let ran = limited(&work, &shell, &folder, &arguments);
        names_the_folder(&work, ran, &folder, output);
    }
    // An input that cannot be read twice, and has no room in memory.
    let buckets = response("q", 0..23, OFFERED);
    work.write("large.json", format!("{buckets}\n").repeat(12_000));
    let ran = limited(&work, &shell, &folder, &["convert", "-"]).exits(3);
    let said = format!(
        "cannot keep the input: a temporary file in {}: ",
        folder.display()
    );
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    work.run(&["convert", "a.ndjson", "-o", "a.xlsx"]).exits(0);
}

#[test]
fn a_limit_of_files_is_an_error_and_no_panic() {
    let work = work();
    let folder = work.path("tiny");
    for output in OUTPUTS {
        let arguments = ["convert", "a.ndjson", "-o", output];
        let ran = limited(&work, &["sh", "-c", SHORT], &folder, &arguments);
        names_the_folder(&work, ran, &folder, output);
    }
    let ran = limited(
        &work,
        &["sh", "-c", SHORT],
        &folder,
        &["convert", "a.ndjson", "-o", "a.csv"],
    );
    assert!(ran.exits(3).stderr.contains("cannot write a.csv"));
    assert_eq!(work.names(), ["a.ndjson", "tiny"]);
}

#[test]
fn a_temporary_folder_that_takes_no_files_is_named() {
    let work = work();
    work.write("file", "");
    for folder in [work.path("none"), work.path("file")] {
        for output in OUTPUTS {
            let mut command = work.command(&["convert", "a.ndjson", "-o", output]);
            let output_of = command.env("TMPDIR", &folder).output().expect("ended");
            let ran = Ran {
                stdout: String::new(),
                stderr: String::from_utf8_lossy(&output_of.stderr).into_owned(),
                code: output_of.status.code(),
            };
            names_the_folder(&work, ran, &folder, output);
        }
        // A repaired copy has a file of its own.
        work.write("bad.json", response("q", 8..9, OFFERED) + "// end");
        let mut command = work.command(&["validate", "bad.json", "--fix", "--diff"]);
        let fixed = command.env("TMPDIR", &folder).output().expect("ended");
        let said = String::from_utf8_lossy(&fixed.stderr);
        assert_eq!(fixed.status.code(), Some(3), "{said}");
        assert!(
            said.contains(&format!("a temporary file in {}: ", folder.display())),
            "{said}"
        );
        // What needs no temporary file does not care.
        let mut command = work.command(&["convert", "a.ndjson", "-o", "a.csv"]);
        let status = command.env("TMPDIR", &folder).status().expect("ended");
        assert!(status.success());
        std::fs::remove_file(work.path("a.csv")).expect("a table");
    }
}
