//! Findings as few bytes, to be kept until they are written: each is what it does not share with the
//! one of its code before.

use std::borrow::Cow;

use super::{Code, Diagnostic, Severity};
use crate::json::Span;

/// How many texts a finding has.
const TEXTS: usize = 6;
/// The severities by their number.
const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];
/// Bits beside the severity.
const HAS_SPAN: u8 = 1 << 2;
const HAS_LABEL: u8 = 1 << 3;
const HAS_HELP: u8 = 1 << 4;
const HAS_RELATED: u8 = 1 << 5;

/// What the next finding is compared with.
#[derive(Debug, Default)]
struct Before {
    /// The texts of the last finding of each code.
    texts: Vec<[Vec<u8>; TEXTS]>,
    /// Where the last finding began.
    start: usize,
}

impl Before {
    fn texts(&mut self, code: usize) -> &mut [Vec<u8>; TEXTS] {
        if self.texts.len() <= code {
            self.texts.resize_with(code + 1, Default::default);
        }
        &mut self.texts[code]
    }
}

/// Packs findings.
#[derive(Debug, Default)]
pub struct Packer {
    bytes: Vec<u8>,
    before: Before,
}

impl Packer {
    /// Adds a finding behind the others.
    pub fn add(&mut self, finding: &Diagnostic) {
        let Diagnostic {
            code,
            severity,
            message,
            cause,
            span,
            label,
            pointer,
            // Facts were taken from it before.
            bucket: _,
            help,
            related,
        } = finding;
        let code = *code as usize;
        let has = |is: bool, bit: u8| if is { bit } else { 0 };
        let flags = *severity as u8
            | has(span.is_some(), HAS_SPAN)
            | has(label.is_some(), HAS_LABEL)
            | has(help.is_some(), HAS_HELP)
            | has(related.is_some(), HAS_RELATED);
        self.bytes.extend([code as u8, flags]);
        if let Some(span) = span {
            // Small numbers in either direction.
            let step = span.start.wrapping_sub(self.before.start) as i64;
            number(&mut self.bytes, ((step << 1) ^ (step >> 63)) as u64);
            number(&mut self.bytes, span.end.wrapping_sub(span.start) as u64);
            self.before.start = span.start;
        }
        let texts = [
            Some(message.as_str()),
            Some(cause.as_str()),
            Some(pointer.as_str()),
            label.as_deref(),
            help.as_deref(),
            related.as_deref(),
        ];
        for (before, text) in self.before.texts(code).iter_mut().zip(texts) {
            if let Some(text) = text {
                differing(&mut self.bytes, before, text.as_bytes());
            }
        }
    }

    /// The findings, packed.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Writes the bytes of `text` that are not at the beginning or the end of `before`, which becomes
/// the text.
fn differing(out: &mut Vec<u8>, before: &mut Vec<u8>, text: &[u8]) {
    let equal = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let head = before.iter().zip(text).take_while(equal).count();
    let (old, new) = (&before[head..], &text[head..]);
    let tail = old.iter().rev().zip(new.iter().rev());
    let tail = tail.take_while(equal).count();
    let middle = &new[..new.len() - tail];
    for length in [head, tail, middle.len()] {
        number(out, length as u64);
    }
    out.extend(middle);
    if head < text.len() || head < before.len() {
        before.clear();
        before.extend(text);
    }
}

/// Writes a number in groups of seven bits.
fn number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads packed findings in their order, up to the end or to what no [`Packer`] wrote.
#[derive(Debug)]
pub struct Unpacker {
    bytes: Vec<u8>,
    at: usize,
    before: Before,
}

impl Unpacker {
    /// Reads these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            at: 0,
            before: Before::default(),
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self, code: usize, which: usize) -> Option<String> {
        let (head, tail, middle) = (self.length()?, self.length()?, self.length()?);
        let middle = self.bytes.get(self.at..self.at.checked_add(middle)?)?;
        self.at += middle.len();
        let before = &mut self.before.texts(code)[which];
        let behind = before.len().checked_sub(tail)?;
        let mut text = Vec::with_capacity(head + middle.len() + tail);
        text.extend(before.get(..head)?);
        text.extend(middle);
        text.extend(before.get(behind..)?);
        if head < text.len() || head < before.len() {
            before.clone_from(&text);
        }
        String::from_utf8(text).ok()
    }

    fn optional(&mut self, has: u8, code: usize, which: usize) -> Option<Option<String>> {
        match has {
            0 => Some(None),
            _ => self.text(code, which).map(Some),
        }
    }
}

impl Iterator for Unpacker {
    type Item = Diagnostic;

    fn next(&mut self) -> Option<Diagnostic> {
        let number = usize::from(self.byte()?);
        let code = *Code::ALL.get(number)?;
        let flags = self.byte()?;
        let mut span = None;
        if flags & HAS_SPAN != 0 {
            let step = self.number()?;
            let step = (step >> 1) as i64 ^ -((step & 1) as i64);
            let start = self.before.start.wrapping_add(step as usize);
            let end = start.wrapping_add(self.number()? as usize);
            self.before.start = start;
            span = Some(Span { start, end });
        }
        let message = self.text(number, 0)?;
        let cause = self.text(number, 1)?;
        let pointer = self.text(number, 2)?;
        let label = self.optional(flags & HAS_LABEL, number, 3)?;
        let help = self.optional(flags & HAS_HELP, number, 4)?;
        let related = self.optional(flags & HAS_RELATED, number, 5)?;
        Some(Diagnostic {
            code,
            severity: *SEVERITIES.get(usize::from(flags & 3))?,
            message,
            cause,
            span,
            label: label.map(Cow::Owned),
            pointer,
            bucket: None,
            help: help.map(Cow::Owned),
            related,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(findings: &[Diagnostic]) -> Vec<u8> {
        let mut packer = Packer::default();
        findings.iter().for_each(|finding| packer.add(finding));
        packer.finish()
    }

    fn finding() -> impl Strategy<Value = Diagnostic> {
        // Characters that share some of their bytes.
        let text = || "[aé鿿鿾😀😁]{0,6}";
        let optional = move || proptest::option::of(text());
        let span = proptest::option::of((any::<usize>(), any::<usize>()));
        let codes = prop::sample::select(&Code::ALL[..3]);
        let severity = prop::sample::select(&SEVERITIES[..]);
        let texts = (text(), text(), text(), optional(), optional(), optional());
        (codes, severity, span, texts).prop_map(|(code, severity, span, texts)| Diagnostic {
            bucket: None,
            code,
            severity,
            span: span.map(|(start, end)| Span { start, end }),
            message: texts.0,
            cause: texts.1,
            pointer: texts.2,
            label: texts.3.map(Cow::Owned),
            help: texts.4.map(Cow::Owned),
            related: texts.5,
        })
    }

    proptest! {
        #[test]
        fn what_is_unpacked_is_what_was_packed(
            findings in proptest::collection::vec(finding(), 0..12)
        ) {
            let unpacked: Vec<Diagnostic> = Unpacker::new(packed(&findings)).collect();
            prop_assert_eq!(unpacked, findings);
        }

        #[test]
        fn what_nobody_packed_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            let _ = Unpacker::new(bytes).count();
        }
    }

    #[test]
    fn findings_that_are_alike_take_few_bytes() {
        let alike = |index: usize| {
            Diagnostic::new(Code::MinAboveMax, format!("min {index} is above max 3"))
                .at(
                    Span::new(index * 100, index * 100 + 7),
                    format!("/results/{index}/data/0/metrics/3/stats/min"),
                )
                .cause("min above max")
                .label("above max")
                .help("the export may have been edited; fetch it again")
        };
        let findings: Vec<Diagnostic> = (1000..2000).map(alike).collect();
        assert!(packed(&findings).len() < 35 * findings.len());
        assert_eq!(
            Code::ALL.iter().map(|code| *code as usize).max(),
            Some(Code::ALL.len() - 1)
        );
    }
}
