//! Laws of the reader that hold for any bytes. Each has a fuzz target of its own, which is small and therefore fast;
//! tests/it/corpora.rs repeats them with the bytes that were worth keeping.

use std::io::Cursor;

use gcagg::internals::check::rules::RuleMemory;
use gcagg::internals::check::{self, rules};
use gcagg::internals::diagnostic::Diagnostic;
use gcagg::internals::diagnostic::levels::{Levels, LintLevels};
use gcagg::internals::diagnostic::sink::{FindingLimit, Findings};
use gcagg::internals::input::content::Content;
use gcagg::internals::input::cut::{self, Cutter, Cutting, Part};
use gcagg::internals::input::frame::Framed;
use gcagg::internals::input::limits::Limits;
use gcagg::internals::json::structure::Structure;
use gcagg::internals::json::{Fault, Node, Path, Span, Tape};
use gcagg::internals::model::Dialect;
use gcagg::internals::record::{Container, Element, Interner};
use serde::de::IgnoredAny;

/// A law of the reader.
pub type ReaderLaw = fn(&[u8]);

/// The laws, by the names of their targets and corpora.
pub const LAWS: [(&str, ReaderLaw); 5] = [
    ("tape", tape),
    ("frame", frame),
    ("shape", shape),
    ("cut", cut),
    ("structure", structure),
];

/// The tape never panics, and accepts exactly what serde_json accepts.
pub fn tape(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = Tape::read(text, Span::new(0, text.len()), 0);
    if let Ok(tape) = &read {
        walk(text, tape.root());
    }
    // Brackets inside strings only make this stricter than the depth.
    let brackets = data
        .iter()
        .filter(|byte| matches!(byte, b'{' | b'['))
        .count();
    if brackets >= 100 {
        return;
    }
    // IgnoredAny checks the grammar alone: no number is too large for it.
    let reference = serde_json::from_str::<IgnoredAny>(text);
    match (&read, &reference) {
        (Ok(_), Ok(_)) | (Err(_), Err(_)) => {}
        // It lets lone surrogates pass, which no text can hold.
        (Err(error), Ok(_)) if error.fault == Fault::Text => {}
        (Ok(_), Err(error)) => panic!("only the tape accepts {text:?}: {error}"),
        (Err(error), Ok(_)) => panic!("only serde_json accepts {text:?}: {error:?}"),
    }
}

/// Every node must be readable, and lie inside the text.
fn walk(text: &str, node: Node<'_>) {
    let span = node.span();
    assert_eq!(text.get(span.start..span.end), Some(node.raw()));
    let _ = (node.string(), node.number());
    for (key, value) in node.members() {
        assert!(key.string().is_some());
        walk(text, value);
    }
    for element in node.elements() {
        walk(text, element);
    }
}

/// Cutting an input into documents never panics, and every span lies inside its text.
pub fn frame(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let framed = cut::frame(text);
    for part in &framed.parts {
        if let Framed::Unread(unread) = part {
            inside(text, unread.span);
        }
    }
    for finding in framed.findings() {
        if let Some(span) = finding.span {
            inside(text, span);
        }
    }
    for document in framed.documents() {
        let own = document.text(text);
        inside(own, document.outer);
        for span in document.elements.iter().chain(&document.array) {
            inside(own, *span);
            inside(text, document.outward_span(*span));
        }
        if let Some(dialect) = document.dialect {
            let pointer = document.opened(dialect).element(0).to_string();
            assert!(pointer.is_empty() || pointer.starts_with('/'));
        }
    }
}

fn inside(text: &str, span: Span) {
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} is not inside {} bytes, or cuts a character",
        text.len()
    );
}

/// What the direct reader accepts is JSON of which the schema holds, and the rules find in it what they find in the
/// record of its tape.
pub fn shape(data: &[u8]) {
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
    check::element(Dialect::Aggregates, tape.root(), &Path::default(), &mut out);
    assert!(out.is_empty(), "{out:?}");
    let mut taped = Container::default();
    taped.fill(tape.root(), &mut interner);
    assert_eq!(
        ruled(&direct, &interner, text),
        ruled(&taped, &interner, text)
    );
}

fn ruled(record: &Container, interner: &Interner, text: &str) -> Vec<Diagnostic> {
    let levels = Levels::resolve(&LintLevels::default()).expect("levels");
    let mut wanted = FindingLimit::new(&levels, true);
    let (mut found, path) = (Vec::new(), |path: Path| path);
    let mut out = Findings::new(&mut found, &mut wanted, &path);
    let element = Element::Container(record.view(text));
    rules::element(
        element,
        interner,
        i64::MAX,
        &mut RuleMemory::default(),
        &mut out,
    );
    found
}

/// An input cut in windows of any size is never lost, and every span lies inside its window.
pub fn cut(data: &[u8]) {
    let [size, bytes @ ..] = data else { return };
    let Ok(content) = Content::new(Box::new(Cursor::new(bytes.to_vec())), Limits::default()) else {
        return;
    };
    let mut cutter = Cutter::new(content, 16 + usize::from(*size), Cutting::Elements);
    while let Ok(window) = cutter.next_window() {
        let inside = |span: &Span| {
            assert!(window.text.get(span.start..span.end).is_some(), "{span:?}");
        };
        for part in &window.parts {
            match part {
                Part::Whole { span, .. } => inside(span),
                Part::Elements { spans, .. } | Part::Values { spans, .. } => {
                    spans.iter().for_each(inside)
                }
                Part::Trailing(at) => assert!(window.text.get(*at..).is_some()),
                _ => {}
            }
        }
        if window.last {
            break;
        }
    }
}

/// The structural scan ends a value where a scan byte by byte does.
pub fn structure(data: &[u8]) {
    if !matches!(data.first(), Some(b'{' | b'[')) {
        return;
    }
    assert_eq!(Structure::new().end(data, 0), slow(data));
}

fn slow(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut text, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' | b'[' if !text => depth += 1,
            b'}' | b']' if !text => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
