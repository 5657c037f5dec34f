//! What the shape check accepts is JSON in which the slow way finds no more.
#![no_main]

use std::sync::LazyLock;

use gcagg::check::Checker;
use gcagg::check::shape::{Flat, Lexicon};
use gcagg::json::{Span, Tape};
use gcagg::source::Dialect;
use libfuzzer_sys::fuzz_target;

static CHECKER: LazyLock<Checker> = LazyLock::new(|| Checker::new().expect("the schemas"));

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let span = Span::new(0, text.len());
    let (mut flat, mut lexicon) = (Flat::default(), Lexicon::default());
    if !flat.read(text, span, &mut lexicon) || !flat.is_clean(text, &mut lexicon, CHECKER.latest()) {
        return;
    }
    let tape = Tape::read(text, span, 2).expect("what was accepted is JSON");
    let mut out = Vec::new();
    CHECKER.element(Dialect::Aggregates, tape.root(), "", &mut out);
    let mut told = Vec::new();
    flat.about_group(text, &mut lexicon, "", &mut told);
    assert_eq!(out, told);
});
