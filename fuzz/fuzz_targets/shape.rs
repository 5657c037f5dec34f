//! What the direct reader accepts is JSON of which the schema holds, and what the rules find in it
//! is what they find in the record of its tape.
#![no_main]

use std::sync::LazyLock;

use gcagg::internals::check::Checker;
use gcagg::internals::check::rules::RuleMemory;
use gcagg::internals::diagnostic::levels::{Levels, LintLevels};
use gcagg::internals::diagnostic::sink::{FindingLimit, Findings};
use gcagg::internals::diagnostic::Diagnostic;
use gcagg::internals::json::{Path, Span, Tape};
use gcagg::internals::record::{Container, Element, Interner};
use gcagg::internals::model::Dialect;
use libfuzzer_sys::fuzz_target;

static CHECKER: LazyLock<Checker> = LazyLock::new(Checker::new);

fn ruled(record: &Container, interner: &Interner, text: &str) -> Vec<Diagnostic> {
    let levels = Levels::resolve(&LintLevels::default()).expect("levels");
    let mut wanted = FindingLimit::new(&levels, true);
    let (mut found, path) = (Vec::new(), |path: Path| path);
    let mut out = Findings::new(&mut found, &mut wanted, &path);
    let element = Element::Container(record.view(text));
    CHECKER.rules(element, interner, &mut RuleMemory::default(), &mut out);
    found
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let span = Span::new(0, text.len());
    let (mut direct, mut interner) = (Container::default(), Interner::default());
    if !direct.read(text, span, &mut interner) {
        return;
    }
    let tape = Tape::read(text, span, 2).expect("what was accepted is JSON");
    let mut out = Vec::new();
    CHECKER.element(Dialect::Aggregates, tape.root(), &Path::default(), &mut out);
    assert!(out.is_empty(), "{out:?}");
    let mut taped = Container::default();
    taped.fill(tape.root(), &mut interner);
    assert_eq!(ruled(&direct, &interner, text), ruled(&taped, &interner, text));
});
