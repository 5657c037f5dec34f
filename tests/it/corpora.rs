//! The inputs that fuzzing kept, and every sample, under the laws of fuzz/laws.rs.

use std::path::Path;

use crate::slow::documents;

#[path = "../../fuzz/laws.rs"]
mod laws;

/// The files of a folder of the project, by name.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let files = entries.map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.is_file());
    let mut files: Vec<_> = files
        .map(|path| {
            let bytes = std::fs::read(&path).expect("a file");
            (path.display().to_string(), bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn laws_hold_for_what_fuzzing_kept() {
    for (name, law) in laws::LAWS {
        for (path, bytes) in files(&format!("fuzz/corpus/{name}")) {
            if std::panic::catch_unwind(|| law(&bytes)).is_err() {
                panic!("the law `{name}` does not hold for {path}");
            }
        }
    }
}

#[test]
fn bad_samples_are_read_alike_in_any_pieces() {
    for (path, mut bytes) in files("samples/bad") {
        bytes.insert(0, bytes.len() as u8);
        if std::panic::catch_unwind(|| laws::reading(&bytes)).is_err() {
            panic!("{path}");
        }
    }
}
