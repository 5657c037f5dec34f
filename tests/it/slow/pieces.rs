//! What is read in pieces is what is read whole, faults included: samples, and random inputs of which
//! most are faulty.

use std::io::Write as _;

use super::cases;
use super::documents::Dice;
use super::faults;
use crate::work::Work;

/// A name and bytes.
pub type Input = (String, Vec<u8>);

/// A way to read inputs: the folder, plain or packed, and options.
pub type Way = (&'static str, &'static [&'static str]);

/// The ways for random inputs.
const WAYS: [Way; 9] = [
    ("packed", &["--window", "100000000"]),
    ("packed", &["--window", "64", "-j", "2"]),
    ("loose", &["--window", "16"]),
    ("loose", &["--window", "40", "-j", "1"]),
    ("loose", &["--window", "100", "-j", "7"]),
    ("loose", &["--window", "333"]),
    ("loose", &["--window", "1000", "-j", "2"]),
    ("loose", &["--paranoid"]),
    ("loose", &["--paranoid", "--window", "50"]),
];

/// Inputs that are read together: a mixture among them keeps all from being written.
const TOGETHER: u64 = 24;

/// What a run over a folder of inputs says, but for the time it took.
fn said(work: &Work, folder: &str, arguments: &[&str]) -> String {
    let ran = work.run(&[arguments, &[folder]].concat());
    let seconds = |line: &str| line.rfind(", ").filter(|_| line.ends_with(" s"));
    let untimed = |line: &str| line[..seconds(line).unwrap_or(line.len())].to_owned();
    let stderr: Vec<String> = ran.stderr.lines().map(untimed).collect();
    format!("{:?}\n{}\n{}", ran.code, ran.stdout, stderr.join("\n"))
}

/// Everything that is found in the inputs of a folder and made of them.
fn outcome(work: &Work, folder: &str, way: &[&str]) -> Vec<String> {
    let run = |arguments: &[&str]| said(work, folder, &[arguments, way].concat());
    let skip = [
        "convert",
        "--on-error",
        "skip",
        "--per-file",
        "-o",
        "tables",
    ];
    let rejects: &[&str] = &["--rejects", "tables/rejects"];
    let wide: &[&str] = &["--layout", "wide", "-t", "ndjson"];
    let mut all = vec![run(&["validate", "--format", "ndjson"]), run(&["inspect"])];
    for more in [rejects, wide] {
        let _ = std::fs::remove_dir_all(work.path("tables"));
        std::fs::create_dir(work.path("tables")).expect("a folder");
        all.push(run(&[&skip[..], more].concat()));
        let tables = std::fs::read_dir(work.path("tables")).expect("the folder");
        let mut tables: Vec<_> = tables.map(|it| it.expect("an entry").path()).collect();
        tables.sort();
        all.extend(tables.iter().map(|path| {
            let table = std::fs::read(path).expect("a table");
            format!("{}\n{}", path.display(), String::from_utf8_lossy(&table))
        }));
    }
    let here = work.path("").display().to_string();
    all.iter()
        .map(|text| {
            text.replace(&here, "")
                .replace(folder, "in")
                .replace(".gz", "")
        })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

/// The first input that is read in another way than whole, and how.
pub fn difference(inputs: &[Input], ways: &[Way]) -> Option<String> {
    let work = Work::new();
    for (name, bytes) in inputs {
        work.write(&format!("loose/{name}"), bytes);
        work.write(&format!("packed/{name}.gz"), gzip(bytes));
    }
    let whole = outcome(&work, "loose", &["--window", "100000000"]);
    for (folder, way) in ways {
        let other = outcome(&work, folder, way);
        if other == whole {
            continue;
        }
        if let [(name, bytes)] = inputs {
            let differ = whole.iter().zip(&other).find(|(a, b)| a != b);
            let (whole, other) = differ.expect("a difference");
            return Some(format!(
                "{name} {folder} {way:?}\n{}\n--- whole\n{whole}\n--- in pieces\n{other}",
                String::from_utf8_lossy(bytes)
            ));
        }
        let (left, right) = inputs.split_at(inputs.len() / 2);
        return difference(left, ways)
            .or_else(|| difference(right, ways))
            .or_else(|| Some(format!("together only: {way:?}")));
    }
    None
}

#[test]
fn faulty_inputs_are_read_the_same_in_any_pieces() {
    let mut seeds = 0..u64::from(cases());
    loop {
        let seeds = seeds.by_ref().take(TOGETHER as usize);
        let inputs: Vec<Input> = seeds
            .map(|seed| (format!("{seed}.json"), faults::input(&mut Dice::new(seed))))
            .collect();
        if inputs.is_empty() {
            return;
        }
        if let Some(difference) = difference(&inputs, &WAYS) {
            panic!("{difference}");
        }
    }
}
