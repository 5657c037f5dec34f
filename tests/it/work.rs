//! A folder of its own for each test, and the binary run in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder that goes with the test.
pub struct Work {
    folder: TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Work {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and its folders.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The names in the folder.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .expect("the folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// The command, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gcagg"));
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            // Options of tests are variables.
            match argument.split_once('=') {
                _ if *argument == "--paranoid" => command.env("GCAGG_TEST_PARANOID", "1"),
                _ if *argument == "--window" => {
                    command.env("GCAGG_TEST_WINDOW", arguments.next().expect("bytes"))
                }
                Some(("--window", bytes)) => command.env("GCAGG_TEST_WINDOW", bytes),
                _ => command.arg(argument),
            };
        }
        command
            .current_dir(self.folder.path())
            // No settings of the machine that the tests run on.
            .env("XDG_CONFIG_HOME", self.folder.path().join("settings"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.pipe(arguments, b"")
    }

    /// Runs with these bytes on standard input.
    pub fn pipe(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let mut stdin = child.stdin.take().expect("a pipe");
        let output = std::thread::scope(|scope| {
            // The command may end without reading all.
            scope.spawn(move || {
                let _ = stdin.write_all(input);
            });
            child.wait_with_output().expect("ended")
        });
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

impl Work {
    /// Runs with standard output and error on a terminal, whose lines end with CR LF. Returns nothing
    /// where there is no Python to open one.
    pub fn on_terminal(&self, command: &Command) -> Option<String> {
        const OPEN: &str = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
        let mut python = Command::new("python3");
        python.args(["-c", OPEN]).arg(command.get_program());
        python.args(command.get_args());
        python.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => python.env(name, value),
                None => python.env_remove(name),
            };
        }
        match python.output() {
            Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(error) => {
                eprintln!("no terminal to test with: python3: {error}");
                None
            }
        }
    }
}

impl Ran {
    /// Asserts the exit code, showing what was said otherwise.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
        self
    }
}

/// One of the project's samples.
pub fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
        .display()
        .to_string()
}

/// A response with one group, one bucket an hour and these metrics.
pub fn response(queue: &str, hours: std::ops::Range<u8>, metrics: &str) -> String {
    let buckets: Vec<String> = hours
        .map(|hour| {
            format!(
                r#"{{"interval":"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z","metrics":[{metrics}]}}"#,
                hour + 1
            )
        })
        .collect();
    format!(
        r#"{{"results":[{{"group":{{"queueId":"{queue}"}},"data":[{}]}}]}}"#,
        buckets.join(",")
    )
}

/// One counter.
pub const OFFERED: &str = r#"{"metric":"nOffered","stats":{"count":12}}"#;

/// A response with groups of one media type each, which counts what was offered in these intervals.
pub fn counted(groups: &[(&str, &[(String, u32)])]) -> String {
    let containers = groups.iter().map(|(media, intervals)| {
        let buckets = intervals.iter().map(|(interval, count)| {
            format!(
                r#"{{"interval":"{interval}","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}"#
            )
        });
        let buckets: Vec<String> = buckets.collect();
        format!(
            r#"{{"group":{{"mediaType":"{media}"}},"data":[{}]}}"#,
            buckets.join(",")
        )
    });
    let containers: Vec<String> = containers.collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// A response with these containers.
pub fn joined(containers: &[String]) -> String {
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// A counter with this count.
pub fn count(metric: &str, count: u32) -> String {
    format!(r#"{{"metric":"{metric}","stats":{{"count":{count}}}}}"#)
}

/// A dimension of groups.
pub const VOICE: &str = r#""mediaType":"voice""#;

/// A report as JSON.
pub fn report(work: &Work, arguments: &[&str]) -> Value {
    let arguments = [&["report", "-q", "--format", "json"], arguments].concat();
    serde_json::from_str(&work.run(&arguments).exits(0).stdout).expect("JSON")
}

/// A generator of numbers, so that failures can be repeated.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1);
        (self.0 >> 33) % limit
    }
}
