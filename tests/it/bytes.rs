//! The bytes of a table do not depend on threads, in any format and compression.

use std::process::Stdio;

use crate::work::{OFFERED, Work, response};

/// Every format of tables with every compression that it can have. Workbooks say when they were
/// written, and are compared by their cells elsewhere.
const OUTPUTS: [&str; 14] = [
    "csv",
    "csv.gz",
    "csv.zst",
    "tsv.gz",
    "tsv.zst",
    "ndjson",
    "ndjson.gz",
    "ndjson.zst",
    "json",
    "json.gz",
    "json.zst",
    "parquet",
    "arrow",
    "feather",
];
/// Threads, and how much of an input is read at once: rows arrive in other pieces.
const THREADS: [[&str; 2]; 4] = [
    ["-j1", "--window=70000"],
    ["-j2", "--window=1000000"],
    ["-j3", "--window=30000"],
    ["-j8", "--window=300000"],
];

/// A response of about so many bytes, with figures that differ.
fn large(bytes: usize, seed: usize) -> String {
    let (mut containers, mut size, mut at) = (Vec::new(), 0, seed);
    while size < bytes {
        let (handled, talk) = (at * 7919 % 1009, at * 104_729 % 1_000_003);
        let metrics = format!(
            r#"{OFFERED},{{"metric":"tHandle","stats":{{"count":{handled},"sum":{talk}.25,"max":{at}}}}},{{"metric":"oServiceLevel","stats":{{"ratio":0.{talk},"numerator":{handled}}}}}"#
        );
        let document = response(&format!("queue-{at}"), 0..12, &metrics);
        let container = document[12..document.len() - 2].to_owned();
        size += container.len();
        containers.push(container);
        at += 1;
    }
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// Compares the bytes that `run` returns with each number of threads.
fn compare(what: &str, run: impl Fn(&[&str]) -> Vec<u8>) {
    let one = run(&THREADS[0]);
    assert!(!one.is_empty(), "{what}");
    for threads in &THREADS[1..] {
        assert!(run(threads) == one, "{what} differs with {threads:?}");
    }
}

fn table(work: &Work, output: &str, more: &[&str]) {
    compare(&format!("{output} {more:?}"), |threads| {
        let name = format!("table.{output}");
        let all = ["convert", "-q", "-o", &name];
        work.run(&[&all[..], more, threads].concat()).exits(0);
        work.read(&name)
    });
}

#[test]
fn one_large_file() {
    let work = Work::new();
    work.write("large.json", large(1_200_000, 1));
    for output in OUTPUTS {
        table(&work, output, &["large.json"]);
    }
    table(&work, "parquet", &["large.json", "--layout", "wide"]);
    table(&work, "csv.gz", &["large.json", "--sort", "sum:desc"]);
}

#[test]
fn many_small_files() {
    let work = Work::new();
    for at in 0..60 {
        // Some are much larger than others.
        let bytes = 1 << (9 + at % 9);
        work.write(&format!("in/{at}.json"), large(bytes, at * 1000));
    }
    for output in OUTPUTS {
        table(&work, output, &["in", "--source-column"]);
    }
    table(&work, "arrow", &["in", "--layout", "wide"]);
}

#[test]
fn standard_input() {
    let work = Work::new();
    let input = large(1_200_000, 1);
    for output in ["csv.gz", "ndjson.zst", "parquet", "arrow"] {
        compare(output, |threads| {
            let name = format!("table.{output}");
            let all = ["convert", "-q", "-o", &name, "-"];
            let all = [&all[..], threads].concat();
            work.pipe(&all, input.as_bytes()).exits(0);
            work.read(&name)
        });
    }
    // And standard output.
    for format in ["csv", "json", "parquet", "arrow"] {
        compare(format, |threads| {
            let all = ["convert", "-q", "-t", format, "-"];
            let mut command = work.command(&[&all[..], threads].concat());
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().expect("started");
            let mut stdin = child.stdin.take().expect("a pipe");
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::io::Write::write_all(&mut stdin, input.as_bytes()).expect("read");
                    drop(stdin);
                });
                child.wait_with_output().expect("ended").stdout
            })
        });
    }
}

#[test]
fn partitions_and_roll_ups() {
    let work = Work::new();
    work.write("large.json", large(1_200_000, 1));
    for format in ["parquet", "arrow", "csv"] {
        compare(format, |threads| {
            let all = ["convert", "-q", "large.json", "-t", format];
            let more = ["--partition-by", "date", "-o", "lake"];
            work.run(&[&all[..], &more, threads].concat()).exits(0);
            work.read(&format!("lake/date=2026-03-02/gcagg.{format}"))
        });
    }
    for output in ["json.gz", "parquet", "csv.zst"] {
        compare(output, |threads| {
            let name = format!("rolled.{output}");
            let all = ["rollup", "-q", "large.json", "-o", &name, "--every=1d"];
            work.run(&[&all[..], threads].concat()).exits(0);
            work.read(&name)
        });
    }
}
