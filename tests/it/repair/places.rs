//! Where repaired copies go, where findings go then, and what is never overwritten.

use std::io::Write as _;

use crate::work::{OFFERED, Work, response};

/// A trailing comma, and what remains of it.
fn pair(queue: &str) -> (String, String) {
    let good = response(queue, 8..9, OFFERED);
    (good.replace("}]}]}", "},]}]}"), good)
}

/// A fault that no repair is sure of, and one that is.
fn faulty() -> (String, String) {
    let good = response("f", 8..9, r#"{"metric":"nOffered","stats":{"count":"12"}}"#);
    (format!("\u{feff}{good}"), good)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).expect("packed");
    encoder.finish().expect("packed")
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes), &mut text)
        .expect("gzip");
    text
}

#[test]
fn a_file_named_like_standard_output_is_not_the_copy() {
    let work = Work::new();
    let (bad, good) = pair("q");
    work.write("a.json", &bad);
    work.write("-", "{");
    let ran = work.run(&["validate", "--fix", "a.json"]).exits(0);
    assert_eq!(ran.stdout, good);
    assert!(!ran.stderr.contains("J002"), "{}", ran.stderr);
}

#[test]
fn findings_go_where_the_copy_does_not() {
    let work = Work::new();
    let (bad, good) = faulty();
    work.write("a.json", &bad);
    let ran = work.run(&["validate", "--fix", "a.json"]).exits(1);
    assert_eq!(ran.stdout, good);
    assert!(ran.stderr.contains("error[S001]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("at a.json:1:"), "{}", ran.stderr);
    let ran = work
        .run(&[
            "validate", "--fix", "a.json", "-o", "b.json", "--format", "ndjson",
        ])
        .exits(1);
    assert_eq!(work.read("b.json"), good.as_bytes());
    assert!(ran.stdout.contains(r#""file":"b.json""#), "{}", ran.stdout);
    assert!(!ran.stderr.contains("S001"), "{}", ran.stderr);
    // What is left of reports for standard output goes beside the copy, too.
    let reports = ["--report", "github", "--report", "json=r.json", "-q"];
    let ran = work.run(&[&["validate", "--fix", "a.json"], &reports[..]].concat());
    assert_eq!(ran.exits(1).stdout, good);
    assert!(work.exists("r.json"));
    assert_eq!(
        work.read("a.json"),
        bad.as_bytes(),
        "the input stays as it is"
    );
}

#[test]
fn several_inputs_get_a_folder() {
    let work = Work::new();
    let (bad, good) = pair("a");
    let other = response("b", 8..9, OFFERED);
    work.write("in/a.json", &bad);
    work.write("in/deep/b.json.gz", gzip(&format!("\u{feff}{other}")));
    work.write("in/c.json", b"\xff\xff\xff");
    let ran = work.run(&["validate", "--fix", "in", "-o", "out"]).exits(1);
    assert_eq!(work.read("out/a.json"), good.as_bytes());
    assert_eq!(gunzip(&work.read("out/deep/b.json.gz")), other);
    assert!(
        !work.exists("out/c.json"),
        "what cannot be read has no copy"
    );
    let said = "fixed 2 things in 2 files: 1 byte order mark, 1 trailing comma";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(ran.stdout.contains("error[J004]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("at in/c.json"), "{}", ran.stdout);
    // A folder with one file is still a folder.
    work.write("one/a.json", &bad);
    work.run(&["validate", "--fix", "one", "-o", "copies"])
        .exits(0);
    assert_eq!(work.read("copies/a.json"), good.as_bytes());
    // Names keep their endings: a copy is compressed where its name says so.
    work.run(&["validate", "--fix", "one/a.json", "-o", "a.json.gz"])
        .exits(0);
    assert_eq!(gunzip(&work.read("a.json.gz")), good);
}

#[test]
fn in_place_changes_only_what_needs_it() {
    let work = Work::new();
    let (bad, good) = pair("a");
    let clean = response("b", 8..9, OFFERED);
    work.write("in/a.json", &bad);
    work.write("in/b.json", &clean);
    work.write(
        "in/c.json.gz",
        gzip(&format!("\u{feff}{}", response("c", 8..9, OFFERED))),
    );
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let file = std::fs::File::options()
        .write(true)
        .open(work.path("in/b.json"));
    file.expect("the file").set_modified(old).expect("set");
    let ran = work
        .run(&["validate", "--fix", "--in-place", "in"])
        .exits(0);
    assert_eq!(ran.stdout, "");
    let said = "fixed 2 things in 2 files: 1 byte order mark, 1 trailing comma";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert_eq!(work.read("in/a.json"), good.as_bytes());
    assert_eq!(
        gunzip(&work.read("in/c.json.gz")),
        response("c", 8..9, OFFERED)
    );
    let stamp = std::fs::metadata(work.path("in/b.json")).expect("there");
    assert_eq!(stamp.modified().expect("a time"), old);
    let ran = work
        .run(&["validate", "--fix", "--in-place", "in"])
        .exits(0);
    assert!(
        ran.stderr.contains("nothing to fix in 3 files"),
        "{}",
        ran.stderr
    );
    work.run(&["validate", "in"]).exits(0);
    let left: Vec<_> = std::fs::read_dir(work.path("in")).expect("there").collect();
    assert_eq!(left.len(), 3, "nothing temporary is left: {left:?}");
}

#[cfg(unix)]
#[test]
fn in_place_follows_links_and_keeps_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = Work::new();
    let (bad, good) = pair("a");
    work.write("real.json", &bad);
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(work.path("real.json"), mode).expect("set");
    std::os::unix::fs::symlink("real.json", work.path("link.json")).expect("linked");
    work.run(&["validate", "--fix", "--in-place", "link.json"])
        .exits(0);
    let link = std::fs::symlink_metadata(work.path("link.json")).expect("there");
    assert!(link.file_type().is_symlink());
    assert_eq!(work.read("real.json"), good.as_bytes());
    let mode = std::fs::metadata(work.path("real.json"))
        .expect("there")
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o640);
}

#[test]
fn nothing_is_written_where_that_is_not_meant() {
    let work = Work::new();
    let (bad, _) = pair("a");
    work.write("a.json", &bad);
    work.write("b.json", &bad);
    for (arguments, words) in [
        (&["--diff", "a.json"][..], "--fix"),
        (&["--in-place", "a.json"], "--fix"),
        (
            &["--fix", "--in-place", "-o", "c.json", "a.json"],
            "cannot be used with",
        ),
        (
            &["--fix", "--in-place", "--diff", "a.json"],
            "cannot be used with",
        ),
        (
            &["--fix", "--diff", "-o", "c.json", "a.json"],
            "cannot be used with",
        ),
        (
            &["--fix", "--in-place", "-"],
            "cannot change standard input",
        ),
        (&["--fix", "--in-place"], "cannot change standard input"),
        (&["--fix", "a.json", "b.json"], "several repaired copies"),
        (
            &["--fix", "--diff=json-patch", "a.json"],
            "unexpected value 'json-patch'",
        ),
        (&["--fix", "a.json", "-o", "a.json"], "use --in-place"),
        (&["--fix", ".", "-o", "."], "is also an input"),
        (
            &["--fix", "a.json", "-o", "c.json", "--report", "json=c.json"],
            "two outputs",
        ),
    ] {
        let ran = work.run(&[&["validate"], arguments].concat()).exits(2);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert_eq!(work.names(), ["a.json", "b.json"], "{arguments:?}");
        assert_eq!(work.read("a.json"), bad.as_bytes());
    }
    let ran = work
        .run(&["validate", "--fix", "missing.json", "-o", "c.json"])
        .exits(3);
    assert!(ran.stdout.contains("error[F001]"), "{}", ran.stdout);
    assert!(!work.exists("c.json"));
    let ran = work
        .run(&["validate", "--fix", "a.json", "-o", "no/c.json"])
        .exits(3);
    assert!(
        ran.stderr.contains("cannot write no/c.json"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
#[cfg(unix)]
fn an_input_beyond_the_limit_is_refused_before_anything_is_read_or_written() {
    let work = Work::new();
    let (bad, _) = pair("a");
    work.write("a.json", &bad);
    // Nobody could read so much while the test runs.
    let sparse = |length| {
        let file = std::fs::File::create(work.path("b.json")).expect("created");
        file.set_len(length).expect("a file with a hole");
    };
    sparse(1 << 36);
    for arguments in [
        &["-o", "copies", "a.json", "b.json"][..],
        &["--in-place", "a.json", "b.json"],
        &["--diff", "a.json", "b.json"],
        &["b.json"],
    ] {
        let ran = work
            .run(&[&["validate", "--fix"], arguments].concat())
            .exits(3);
        let words = "b.json: --fix takes inputs of up to 256MiB";
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
        assert_eq!(work.names(), ["a.json", "b.json"]);
        assert_eq!(work.read("a.json"), bad.as_bytes());
    }
    sparse((256 << 20) + 1);
    work.run(&["validate", "--fix", "b.json"]).exits(3);
}

#[test]
fn a_file_that_cannot_be_replaced_stays_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = Work::new();
    let (bad, _) = pair("a");
    work.write("in/a.json", &bad);
    let lock = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(work.path("in"), mode).expect("set");
    };
    lock(0o555);
    let probe = std::fs::write(work.path("in/probe"), "");
    let ran = work.run(&["validate", "--fix", "--in-place", "in/a.json"]);
    lock(0o755);
    // The superuser may write anywhere.
    if probe.is_err() {
        assert!(ran.exits(3).stderr.contains("cannot write in/a.json"));
        assert_eq!(work.read("in/a.json"), bad.as_bytes());
    } else {
        ran.exits(0);
    }
}

#[cfg(unix)]
#[test]
fn what_can_be_read_only_once_is_read_once() {
    let work = Work::new();
    let (bad, good) = faulty();
    let pipe = ["validate", "--fix", "/dev/stdin"];
    let ran = work.pipe(&pipe, bad.as_bytes()).exits(1);
    assert_eq!(ran.stdout, good);
    assert!(ran.stderr.contains("error[S001]"), "{}", ran.stderr);
    work.pipe(&[&pipe[..], &["-o", "copy.json"]].concat(), bad.as_bytes());
    assert_eq!(work.read("copy.json"), good.as_bytes());
    let ran = work.pipe(&[&pipe[..], &["--in-place"]].concat(), bad.as_bytes());
    assert!(ran.exits(2).stderr.contains("cannot change /dev/stdin"));
}
