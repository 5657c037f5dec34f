//! Random documents: their tables compared cell by cell with a conversion that is slow and obviously
//! right, and their readings in pieces with the reading of the whole.

pub mod documents;
mod faults;
mod mutations;
pub mod pieces;
mod tables;

use proptest::prelude::*;

use crate::work::Work;
use documents::Dice;
use tables::Table;

/// Cases of a run; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(48)
}

fn compare(
    work: &Work,
    files: &[String],
    layout: &str,
    expected: &Table,
) -> Result<(), TestCaseError> {
    let names: Vec<String> = (0..files.len())
        .map(|index| format!("{index}.json"))
        .collect();
    let run = |format: &str, threads: &str| {
        let mut arguments = vec![
            "convert", "-q", "--layout", layout, "-t", format, "-j", threads, "--allow", "T003",
        ];
        arguments.extend(names.iter().map(String::as_str));
        work.run(&arguments)
    };
    for format in ["csv", "ndjson"] {
        let one = run(format, "1");
        prop_assert_eq!(one.code, Some(0), "{}\n{}", one.stderr, files.join("\n"));
        if format == "csv" {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(one.stdout.as_bytes());
            let rows: Vec<Vec<String>> = reader
                .records()
                .map(|record| {
                    record
                        .expect("a record")
                        .iter()
                        .map(str::to_owned)
                        .collect()
                })
                .collect();
            prop_assert_eq!(rows, expected.csv(), "{}", files.join("\n"));
        } else {
            prop_assert_eq!(&one.stdout, &expected.ndjson(), "{}", files.join("\n"));
        }
        for threads in ["2", "7"] {
            prop_assert!(
                run(format, threads).stdout == one.stdout,
                "{} threads: other bytes",
                threads
            );
        }
    }
    Ok(())
}

fn check(seed: u64, summary: bool) -> Result<(), TestCaseError> {
    let mut dice = Dice::new(seed);
    let files = documents::files(&mut dice, summary);
    let work = Work::new();
    for (index, file) in files.iter().enumerate() {
        work.write(&format!("{index}.json"), file);
    }
    let values = tables::elements(&files, if summary { "entities" } else { "results" });
    for (layout, wide) in [("long", false), ("wide", true)] {
        let expected = match (summary, wide) {
            (false, false) => tables::long(&values),
            (false, true) => tables::wide(&values),
            (true, false) => tables::summary_long(&values),
            (true, true) => tables::summary_wide(&values),
        };
        compare(&work, &files, layout, &expected)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn aggregates_lose_no_cell(seed in any::<u64>()) {
        check(seed, false)?;
    }

    #[test]
    fn summaries_lose_no_cell(seed in any::<u64>()) {
        check(seed, true)?;
    }
}
