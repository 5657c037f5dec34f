//! The law that the variable LAW names, for any bytes: see fuzz/run.
#![no_main]

#[path = "../../tests/it/slow/documents.rs"]
mod documents;
#[path = "../laws.rs"]
mod laws;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static LAW: LazyLock<laws::Law> = LazyLock::new(|| {
    let name = std::env::var("LAW").expect("LAW names a law of fuzz/laws.rs");
    let law = laws::LAWS.iter().find(|(own, _)| *own == name);
    law.unwrap_or_else(|| panic!("no law {name}")).1
});

fuzz_target!(|data: &[u8]| LAW(data));
