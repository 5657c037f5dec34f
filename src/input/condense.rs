//! Long white space between tokens taken out of a text that grows, and tokens that are too long.

use crate::json::Span;

/// White space of fewer bytes stays.
const LONG: usize = 4096;

/// White space that was taken out of an input, so that memory does not follow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Offsets in the condensed text from which on the input lies further behind, and how far.
    list: Vec<(usize, usize)>,
}

impl Gaps {
    /// Whether nothing was taken out.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn add(&mut self, at: usize, taken: usize) {
        let before = self.list.last().map_or(0, |(_, taken)| *taken);
        match self.list.last_mut() {
            Some((last, sum)) if *last == at => *sum += taken,
            _ => self.list.push((at, before + taken)),
        }
    }

    fn offset(&self, at: usize) -> usize {
        let gap = self.list.partition_point(|(from, _)| *from <= at);
        let taken = gap.checked_sub(1).and_then(|gap| self.list.get(gap));
        at.saturating_add(taken.map_or(0, |(_, taken)| *taken))
    }

    /// The span in the input of a span of the condensed text.
    pub fn outward(&self, span: Span) -> Span {
        if self.is_empty() {
            return span;
        }
        let start = self.offset(span.start);
        let end = match span.is_empty() || span.end == usize::MAX {
            true => self.offset(span.end),
            false => self.offset(span.end - 1) + 1,
        };
        Span::new(start, end.max(start))
    }
}

/// Takes long white space between tokens out of `text`, which begins between tokens and at `base`
/// of the condensed input. One byte of each stays, a line break if there is one.
///
/// Returns the first string or number that is longer than `most` bytes.
pub fn condense(text: &mut String, base: usize, most: usize, gaps: &mut Gaps) -> Option<Span> {
    let bytes = text.as_bytes();
    let mut cuts: Vec<(Span, bool)> = Vec::new();
    let mut long = None;
    let mut at = 0;
    while at < bytes.len() && long.is_none() {
        let quote = memchr::memchr(b'"', &bytes[at..]).map_or(bytes.len(), |it| at + it);
        if quote - at >= LONG.min(most) {
            long = between(bytes, Span::new(at, quote), most, &mut cuts);
            if long.is_some() {
                break;
            }
        }
        let end = string_end(bytes, quote);
        if end - quote > most {
            long = Some(Span::new(quote, end));
        }
        at = end;
    }
    // Offsets of the condensed text.
    let mut taken = 0;
    let before = |at: usize| {
        let cuts = cuts.iter().take_while(|(cut, _)| cut.end <= at);
        at - cuts.map(|(cut, _)| cut.len() - 1).sum::<usize>()
    };
    let long = long.map(|span| Span::new(before(span.start), before(span.end)));
    if cuts.is_empty() {
        return long;
    }
    let mut condensed = String::with_capacity(text.len() - cuts.len());
    let mut from = 0;
    for (cut, has_break) in cuts {
        condensed.push_str(&text[from..cut.start]);
        condensed.push(if has_break { '\n' } else { ' ' });
        from = cut.end;
        taken += cut.len() - 1;
        gaps.add(base + cut.end - taken, cut.len() - 1);
    }
    condensed.push_str(&text[from..]);
    // The room of what was taken out is given back.
    condensed.shrink_to_fit();
    *text = condensed;
    long
}

/// Notes the long white space of a stretch without strings; returns a number that is too long.
fn between(bytes: &[u8], stretch: Span, most: usize, cuts: &mut Vec<(Span, bool)>) -> Option<Span> {
    let mut at = stretch.start;
    while at < stretch.end {
        let rest = &bytes[at..stretch.end];
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let is_blank = blank(&rest[0]);
        let is_mark = |byte: &u8| matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':');
        let length = if is_mark(&rest[0]) {
            1
        } else {
            let other = rest
                .iter()
                .position(|byte| blank(byte) != is_blank || is_mark(byte));
            other.unwrap_or(rest.len())
        };
        let span = Span::new(at, at + length);
        if is_blank && length >= LONG {
            let has_break = memchr::memchr(b'\n', &bytes[span.start..span.end]).is_some();
            cuts.push((span, has_break));
        } else if !is_blank && length > most {
            return Some(span);
        }
        at = span.end;
    }
    None
}

/// The end of the string at `at`, or of the text.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|it| memchr::memchr2(b'"', b'\\', it))
    {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_white_space_goes_and_offsets_lead_back() {
        let (blank, breaks) = (" ".repeat(LONG), format!("{}\n", "\t".repeat(LONG)));
        let input = format!("{{\"a{blank}\":{blank}1,{breaks}\"b\" :  2}}{blank}");
        let (mut text, mut gaps) = (input.clone(), Gaps::default());
        assert_eq!(condense(&mut text, 0, usize::MAX, &mut gaps), None);
        assert_eq!(text, format!("{{\"a{blank}\": 1,\n\"b\" :  2}} "));
        for token in ["\"b\"", "1", "2", "}"] {
            let at = |text: &str| text.rfind(token).unwrap();
            let span = Span::new(at(&text), at(&text) + token.len());
            let outer = gaps.outward(span);
            assert_eq!(outer, Span::new(at(&input), at(&input) + token.len()));
        }
        assert_eq!(gaps.outward(Span::new(0, usize::MAX)).end, usize::MAX);
        // What comes in pieces is one gap.
        let (mut text, mut gaps) = (" ".repeat(LONG), Gaps::default());
        for _ in 0..5 {
            condense(&mut text, 0, usize::MAX, &mut gaps);
            assert_eq!(text, " ");
            text.push_str(&" ".repeat(LONG));
        }
        assert_eq!(gaps.list, [(1, 5 * LONG - 1)]);
    }

    #[test]
    fn the_first_token_beyond_the_limit_is_found() {
        let find = |text: &str, most| {
            let mut text = text.to_owned();
            condense(&mut text, 0, most, &mut Gaps::default())
                .map(|span| text[span.start..span.end].to_owned())
        };
        let text = r#"{"key":"\"abc",  "n":-12345678,"open"#;
        assert_eq!(find(text, 100), None);
        assert_eq!(find(text, 8).as_deref(), Some("-12345678"));
        assert_eq!(find(text, 6).as_deref(), Some(r#""\"abc""#));
        assert_eq!(find(text, 4).as_deref(), Some(r#""key""#));
        let blank = " ".repeat(3 * LONG);
        let text = format!(r#"{{{blank}"key":{blank}123456789{blank}"#);
        assert_eq!(find(&text, 8).as_deref(), Some("123456789"));
        assert_eq!(find("[\"open", 4).as_deref(), Some("\"open"));
    }
}
