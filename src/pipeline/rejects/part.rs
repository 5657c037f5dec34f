//! The text of a part that was left out, however long it is.

use std::io::{self, BufReader, Read, Write};

use serde::de::IgnoredAny;

use crate::diagnostic::secret;
use crate::input::forward::Forward;
use crate::input::open_error::OpenError;
use crate::input::spool::Spool;
use crate::json::text::boundary;
use crate::pipeline::Surveyed;
use crate::pipeline::facts::Reject;

/// Number of bytes of a part that are read at once.
const STEP: usize = 256 * 1024;
/// The number of earlier bytes that are searched for the beginning of a secret.
const BEFORE: usize = 64 * 1024;
/// Number of bytes of a long part that are kept in memory.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// The chunk with its secrets hidden, of which the first may have begun in the text before.
fn hidden(before: &mut String, chunk: &str) -> String {
    let known = before.len();
    before.push_str(chunk);
    let shown = secret::hidden(before).get(known..).map(str::to_owned);
    let far = before.len().saturating_sub(BEFORE);
    before.drain(..boundary(before, far));
    shown.unwrap_or_default()
}

/// The text of a part.
#[derive(Debug)]
pub struct RejectedPart {
    text: Spool,
    /// The beginning and end of the text, without the white space around it.
    inner: Option<(u64, u64)>,
}

impl Default for RejectedPart {
    fn default() -> Self {
        Self {
            text: Spool::new("parts left out", IN_MEMORY),
            inner: None,
        }
    }
}

impl RejectedPart {
    /// Reads a part of an input, whose parts come in their order. Secrets are hidden in what is no part of a
    /// document that could be read.
    pub fn read(input: &Surveyed, text: &mut Forward, reject: &Reject) -> Result<Self, OpenError> {
        let mut part = Self::default();
        let mut before = String::new();
        let mut add = |chunk: &str| match reject.unit {
            "document" => part.add(&hidden(&mut before, chunk)),
            _ => part.add(chunk),
        };
        if let Some(content) = &reject.content {
            add(content)?;
            return Ok(part);
        }
        let mut at = reject.span.start;
        if at < text.held(at).1 {
            // A part that overlaps this one was read before.
            *text = Forward::new(input.reopen()?.lenient());
        }
        while at < reject.span.end {
            let to = reject.span.end.min(at.saturating_add(STEP));
            text.hold(at, to)?;
            let (chunk, _) = text.held(to);
            if chunk.is_empty() {
                break;
            }
            add(chunk)?;
            at += chunk.len();
        }
        Ok(part)
    }

    fn add(&mut self, chunk: &str) -> io::Result<()> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let first = chunk.bytes().position(|byte| !is_blank(&byte));
        let last = chunk.bytes().rposition(|byte| !is_blank(&byte));
        if let Some((first, last)) = first.zip(last) {
            let length = self.text.len();
            let begin = self.inner.map_or(length + first as u64, |it| it.0);
            self.inner = Some((begin, length + last as u64 + 1));
        }
        self.text.add(chunk.as_bytes()).map(|_| ())
    }

    fn is_json(&self) -> bool {
        let reader = BufReader::new(self.text.reader(0));
        serde_json::from_reader::<_, IgnoredAny>(reader).is_ok()
    }

    /// Writes the part as a member of an object: as it stood, where it is JSON, else as a text.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.inner.filter(|_| self.is_json()) {
            Some((from, to)) => {
                out.write_all(b",\"value\":")?;
                // A pretty-printed part would break the line.
                self.chunks(from, to, &mut |chunk| {
                    out.write_all(chunk.replace(['\n', '\r'], " ").as_bytes())
                })
            }
            None => {
                out.write_all(b",\"text\":\"")?;
                // The white space before a part depends on where reading was resumed.
                let from = self.inner.map_or(0, |(from, _)| from);
                self.chunks(from, self.text.len(), &mut |chunk| {
                    let escaped = serde_json::to_string(chunk)?;
                    let inside = escaped.get(1..escaped.len() - 1);
                    out.write_all(inside.unwrap_or_default().as_bytes())
                })?;
                out.write_all(b"\"")
            }
        }
    }

    /// The text from one offset to another, in pieces.
    fn chunks(
        &self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut reader = self.text.reader(from).take(to - from);
        let mut bytes = Vec::new();
        while reader.by_ref().take(STEP as u64).read_to_end(&mut bytes)? > 0 {
            // A character may have been cut.
            let whole = std::str::from_utf8(&bytes).map_or_else(|it| it.valid_up_to(), str::len);
            each(std::str::from_utf8(&bytes[..whole]).unwrap_or_default())?;
            bytes.drain(..whole);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(chunks: &[&str]) -> String {
        let mut part = RejectedPart::default();
        chunks.iter().for_each(|chunk| part.add(chunk).unwrap());
        let mut out = Vec::new();
        part.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn short_and_long_parts_are_written_alike() {
        for blank in [" ", "  \n\r\t  "] {
            for times in [1, 5_000, 70_000] {
                let long = "\"é\\n\",\n".repeat(times);
                let list = format!("[{long}0]");
                let value = format!(",\"value\":{}", list.replace('\n', " "));
                let chunks: Vec<&str> = [blank]
                    .into_iter()
                    .chain(list.split_inclusive(','))
                    .chain([blank])
                    .collect();
                assert_eq!(written(&chunks), value);
                let text = format!("{blank}{list}{blank}");
                assert_eq!(written(&[&text]), value);
                let cut = format!("{list}]{blank}");
                let escaped = serde_json::to_string(&cut).unwrap();
                assert_eq!(written(&[blank, &cut]), format!(",\"text\":{escaped}"));
            }
        }
        assert_eq!(written(&[]), ",\"text\":\"\"");
        assert_eq!(written(&[" \n"]), ",\"text\":\" \\n\"");
    }

    #[test]
    fn a_secret_is_hidden_that_goes_on_in_the_next_chunk() {
        let text = format!(
            "{}\"access_token\" : \"é{}\", 7",
            "ü".repeat(50),
            "x".repeat(50)
        );
        let whole = secret::hidden(&text).into_owned();
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            let mut before = String::new();
            let (first, second) = text.split_at(cut);
            let shown = [first, second]
                .map(|chunk| hidden(&mut before, chunk))
                .concat();
            // A name that is cut is known with its second half, too late for none of its value.
            assert_eq!(shown, whole, "{cut}");
        }
    }
}
