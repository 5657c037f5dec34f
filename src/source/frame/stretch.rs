//! Documents one after another, most of them one a line, some over several lines.
//!
//! JSON allows no document to go on behind a line that ends with a closing bracket where the next
//! line begins with an opening one. So lines like that stand alone, and are found without a look at
//! what is in them. Everything else is read by its structure.

use crate::json::{Fault, Span, Tape, scan};

/// How far behind a fault the next document is searched for: the same however much text is at hand.
const SEARCH: usize = 64 * 1024;

/// What comes next in a text of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Lines up to here, each of which is looked at alone.
    Lines(usize),
    /// A document, whole or broken, up to here.
    Document(usize),
    /// A broken document, behind which no other one begins.
    Broken,
    /// A document that does not end in this text.
    Open,
}

/// What comes next from `at` on, which begins a line or follows a document. `more` says whether the
/// input goes on behind the text.
pub fn stretch(text: &str, at: usize, more: bool) -> Stretch {
    let clean = clean_lines(text.as_bytes(), at, more);
    if clean > at {
        return Stretch::Lines(clean);
    }
    let bytes = text.as_bytes();
    let start = scan::skip_blank(bytes, at);
    let Some(length) = bytes
        .get(start..)
        .and_then(|rest| memchr::memchr(b'\n', rest))
    else {
        return match more {
            true => Stretch::Open,
            false => one_line(bytes, start, bytes.len()),
        };
    };
    let end = start + length;
    let opens = matches!(bytes.get(start), Some(b'{' | b'['));
    if !opens || scan::value_end(&bytes[..end], start).is_some() {
        return one_line(bytes, start, end + 1);
    }
    let error = match Tape::read_prefix(text, start) {
        Ok((_, end)) => return Stretch::Document(end),
        Err(error) => error,
    };
    if error.fault == Fault::Truncated && more {
        return Stretch::Open;
    }
    // A broken line among others, rather than a broken document over several lines.
    let next = scan::skip_blank(bytes, end);
    if begins_line(bytes, next) && stands_alone(line(bytes, next)) {
        return Stretch::Lines(end + 1);
    }
    if error.fault == Fault::Truncated {
        return Stretch::Broken;
    }
    let from = error.span.start.max(end);
    let until = from + SEARCH;
    match next_document(&bytes[..bytes.len().min(until)], from) {
        Some(next) => Stretch::Document(next),
        None if more && bytes.len() < until => Stretch::Open,
        None => Stretch::Broken,
    }
}

/// The documents over several lines in a text, and what is broken at its end.
pub fn extents(text: &str) -> Vec<Span> {
    let mut extents = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = match stretch(text, at, false) {
            Stretch::Lines(end) => {
                at = end;
                continue;
            }
            Stretch::Document(end) => end,
            Stretch::Broken | Stretch::Open => text.len(),
        };
        extents.push(Span::new(at, end));
        at = end;
    }
    extents
}

/// A line that is looked at alone, unless another document begins behind the first.
fn one_line(bytes: &[u8], start: usize, end: usize) -> Stretch {
    let first = matches!(bytes.get(start), Some(b'{' | b'['))
        .then(|| scan::value_end(&bytes[..end], start))
        .flatten();
    let next = first.map(|first| scan::skip_blank(&bytes[..end], first));
    match (
        first,
        next.and_then(|next| bytes.get(next).filter(|_| next < end)),
    ) {
        (Some(first), Some(b'{' | b'[')) => Stretch::Document(first),
        _ => Stretch::Lines(end),
    }
}

/// The end of the lines from `at` on that stand alone.
fn clean_lines(bytes: &[u8], at: usize, more: bool) -> usize {
    // Where the last line that is not blank begins; it counts once the next one is known.
    let (mut last, mut begin) = (at, at);
    while begin < bytes.len() {
        let rest = &bytes[begin..];
        let end = match memchr::memchr(b'\n', rest) {
            Some(length) => begin + length,
            None => bytes.len(),
        };
        let (first, closes) = ends(&bytes[begin..end]);
        match first {
            None => {}
            Some(b'{' | b'[') => {
                last = begin;
                if !closes || (more && end == bytes.len()) {
                    return begin;
                }
            }
            Some(_) => return last,
        }
        begin = end + 1;
    }
    if more { last } else { bytes.len().max(at) }
}

/// The first byte of a line that is not blank, and whether the last one is a closing bracket.
fn ends(line: &[u8]) -> (Option<u8>, bool) {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let first = line.iter().find(|byte| !blank(byte));
    let last = line.iter().rev().find(|byte| !blank(byte));
    (first.copied(), matches!(last, Some(b'}' | b']')))
}

fn stands_alone(line: &[u8]) -> bool {
    matches!(ends(line), (Some(b'{' | b'['), true))
}

/// The line from `start` on.
fn line(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes.get(start..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Whether what is at `at` is the first of its line, without blanks before it.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    at < bytes.len() && at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\n')
}

/// Where the next document begins behind a fault: with a line that stands alone, and before which
/// nothing is left open.
fn next_document(bytes: &[u8], from: usize) -> Option<usize> {
    let mut newlines = memchr::memchr_iter(b'\n', bytes.get(from..)?);
    newlines.find_map(|newline| {
        let start = from + newline + 1;
        let before = bytes[..from + newline]
            .iter()
            .rfind(|byte| !byte.is_ascii_whitespace());
        let open = matches!(before, None | Some(b',' | b'{' | b'[' | b':'));
        let begins = matches!(bytes.get(start), Some(b'{' | b'['));
        let whole = begins && (stands_alone(line(bytes, start)) || line(bytes, start).len() == 1);
        (whole && !open).then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_documents_over_lines() {
        let pretty = "{\n  \"results\": [\n  ]\n}\n";
        let text = format!("{{}}\n{pretty}[]\n{{}} {{}}\n");
        let ends = [3, 3 + pretty.len() - 1, 3 + pretty.len() + 3];
        assert_eq!(stretch(&text, 0, false), Stretch::Lines(ends[0]));
        assert_eq!(stretch(&text, ends[0], false), Stretch::Document(ends[1]));
        for cut in 0..text.len() {
            // However much is at hand, nothing else is said.
            let said = stretch(&text[..cut], ends[0].min(cut), true);
            let known = [
                Stretch::Open,
                Stretch::Document(ends[1]),
                Stretch::Lines(cut),
            ];
            assert!(known.contains(&said), "{cut}: {said:?}");
        }
        assert_eq!(extents(&text)[0], Span::new(ends[0], ends[1]));
    }

    #[test]
    fn a_broken_line_is_one_and_a_broken_document_is_one() {
        assert_eq!(stretch("{\"a\":[\n{}\n", 0, false), Stretch::Lines(7));
        assert_eq!(
            stretch("{\n \"a\": [1 2]\n}\n{}\n", 0, false),
            Stretch::Document(16)
        );
        assert_eq!(stretch("{\n \"a\": [1 2]\n}\n", 0, false), Stretch::Broken);
        assert_eq!(stretch("[\n{},\n{}\n", 0, false), Stretch::Broken);
        assert_eq!(stretch("[{}\n,{}]\n{}\n", 0, false), Stretch::Document(8));
    }
}
