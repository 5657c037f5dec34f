//! Finds the end of a container: counts brackets outside strings, many bytes at a time.
//!
//! The meaning is that of one loop over bytes, `by_byte` below, and it is defined on any bytes:
//!
//! - A `"` opens a string, and the next one that no backslash escapes closes it.
//! - In a string a backslash takes the next byte's meaning, whatever that byte is. Outside strings
//!   a backslash is a byte like a letter: it escapes nothing.
//! - Outside strings `{` and `[` open, `}` and `]` close, in any pairs. The
//!   strict reader finds other errors.
//!
//! The fast ways look at 64 bytes at once: a register's comparison gives a bit for each byte, and
//! the rest is arithmetic on these bits, shared by all of them in `by_block`. They differ in how
//! the bits are had: AVX2, SSE2, or words of eight bytes where the processor is another.

/// Number of bytes per block: one for each bit of a mask.
const BLOCK: usize = 64;

/// The one bit that `[` and `{`, and `]` and `}`, differ in. With it set, no other byte is either.
const CURLY: u8 = b'{' ^ b'[';

/// Brackets counted outside strings; can stop at any byte and go on with the next ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Structure {
    // As wide as an offset, so that no input overflows it.
    depth: u64,
    in_string: bool,
    // The byte before was an unpaired backslash. Only ever set in a string.
    escaped: bool,
}

impl Structure {
    /// The state before the first byte of a container.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state where this many brackets are open and no string is.
    pub fn inside(depth: usize) -> Self {
        Self {
            depth: depth as u64,
            ..Self::default()
        }
    }

    /// The same place, seen from so many brackets further out.
    pub fn deeper(self, brackets: usize) -> Self {
        Self {
            depth: self.depth + brackets as u64,
            ..self
        }
    }

    /// Reads `bytes[at..]` on from the state.
    ///
    /// Returns the offset just behind the bracket that brings the depth back to zero; a closing
    /// bracket where nothing is open counts as one. `None` where the bytes end first: the state then
    /// goes on with what follows them.
    ///
    /// ```
    /// use gcagg::internals::json::structure::Structure;
    ///
    /// let text = br#"{"a":["}"]} {}"#;
    /// assert_eq!(Structure::new().end(text, 0), Some(11));
    /// let mut structure = Structure::new();
    /// assert_eq!(structure.end(&text[..7], 0), None);
    /// assert_eq!(structure.end(text, 7), Some(11));
    /// ```
    pub fn end(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        return x86::end(self, bytes, at);
        #[cfg(not(target_arch = "x86_64"))]
        return words::end(self, bytes, at);
    }
}

#[cfg(any(test, feature = "internals"))]
impl Structure {
    /// Returns the number of open brackets.
    pub fn depth(&self) -> u32 {
        u32::try_from(self.depth).unwrap_or(u32::MAX)
    }
    /// Returns true if the bytes read so far end inside a string.
    pub fn in_string(&self) -> bool {
        self.in_string
    }
}

/// The meaning of a scan, byte by byte. The fast ways fall back on it for a backslash
/// outside strings, which no valid text has.
fn by_byte(state: &mut Structure, bytes: &[u8]) -> Option<usize> {
    for (at, byte) in bytes.iter().enumerate() {
        if state.escaped {
            state.escaped = false;
        } else if state.in_string {
            match byte {
                b'"' => state.in_string = false,
                b'\\' => state.escaped = true,
                _ => {}
            }
        } else {
            match byte {
                b'"' => state.in_string = true,
                b'{' | b'[' => state.depth += 1,
                b'}' | b']' => {
                    state.depth = state.depth.saturating_sub(1);
                    if state.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// Kinds of the bytes of a block; the lowest bit is the first byte.
#[derive(Debug, Clone, Copy, Default)]
struct Masks {
    quotes: u64,
    backslashes: u64,
    opens: u64,
    closes: u64,
}

impl Masks {
    /// Drops the first `count` bytes. The new bytes at the end are ordinary.
    fn skip(self, count: usize) -> Self {
        Self {
            quotes: self.quotes >> count,
            backslashes: self.backslashes >> count,
            opens: self.opens >> count,
            closes: self.closes >> count,
        }
    }
}

/// The scan over blocks. `masks` looks at a block, and bit n of `prefix_xor` is the exclusive or of
/// the bits up to n.
// Inlined always: only then is it compiled for the processor its caller is for.
#[inline(always)]
fn by_block(
    state: &mut Structure,
    bytes: &[u8],
    at: usize,
    masks: impl Fn(&[u8; BLOCK]) -> Masks,
    prefix_xor: impl Fn(u64) -> u64,
) -> Option<usize> {
    let (blocks, tail) = bytes.get(at..)?.as_chunks::<BLOCK>();
    // A copy, so that it stays in registers.
    let mut here = *state;
    for (index, block) in blocks.iter().enumerate() {
        if let Some(end) = step(&mut here, masks(block), block, &prefix_xor) {
            *state = here;
            return Some(at + index * BLOCK + end);
        }
    }
    let mut end = None;
    if !tail.is_empty() {
        // Where there are enough bytes, the last block is read again from the end backwards, since
        // that costs less than a copy of a length known only now.
        let masks = if let Some(block) = bytes.last_chunk::<BLOCK>() {
            masks(block).skip(BLOCK - tail.len())
        } else {
            let mut block = [0; BLOCK];
            block[..tail.len()].copy_from_slice(tail);
            masks(&block)
        };
        end = step(&mut here, masks, tail, &prefix_xor).map(|end| at + blocks.len() * BLOCK + end);
    }
    *state = here;
    end
}

/// Goes on over one block, which has 1 to 64 bytes; the bits of `masks` behind them are zero.
#[inline(always)]
fn step(
    state: &mut Structure,
    masks: Masks,
    block: &[u8],
    prefix_xor: impl Fn(u64) -> u64,
) -> Option<usize> {
    let carried = if state.in_string { u64::MAX } else { 0 };
    // A bit for each byte in a string, from its opening quote to the byte before the closing one.
    let inside;
    if masks.backslashes == 0 && !state.escaped {
        inside = prefix_xor(masks.quotes) ^ carried;
    } else {
        let (escaping, escaped) = escapes(masks.backslashes, state.escaped);
        inside = prefix_xor(masks.quotes & !escaped) ^ carried;
        // So far each backslash was taken for one in a string. Up to the first for which this is
        // wrong all bits are right, therefore its own bit in `inside` is too, and shows it.
        if masks.backslashes & !inside != 0 {
            return by_byte(state, block);
        }
        state.escaped = (escaping >> (block.len() - 1)) & 1 != 0;
    }
    state.in_string = inside >> (BLOCK - 1) != 0;

    let opens = masks.opens & !inside;
    let closes = masks.closes & !inside;
    let closing = u64::from(closes.count_ones());
    // Even with all that closes before all that opens the depth would stay above zero.
    if state.depth > closing {
        state.depth = state.depth + u64::from(opens.count_ones()) - closing;
        return None;
    }
    let end = walk(&mut state.depth, opens, closes)?;
    // The rest of the block was scanned, but not read.
    state.in_string = false;
    state.escaped = false;
    Some(end)
}

/// The offset behind the first of `closes` that brings the depth to zero.
#[inline(always)]
fn walk(depth: &mut u64, opens: u64, closes: u64) -> Option<usize> {
    let mut left = closes;
    let mut closed = 0;
    while left != 0 {
        let before = (left - 1) & !left;
        let level = *depth + u64::from((opens & before).count_ones()) - closed;
        if level <= 1 {
            *depth = 0;
            return Some(left.trailing_zeros() as usize + 1);
        }
        left &= left - 1;
        closed += 1;
    }
    *depth = *depth + u64::from(opens.count_ones()) - closed;
    None
}

/// Which backslashes escape the byte behind them, and which bytes are escaped, where every
/// backslash can. `first` says whether the first byte is escaped already.
fn escapes(backslashes: u64, first: bool) -> (u64, u64) {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    let first = u64::from(first);
    // In each run of backslashes every second one escapes, from its first on. The subtraction
    // carries through a run, and so leaves alternating bits that begin where the run does, be that
    // an even place or an odd one. The method is simdjson's.
    let free = backslashes & !first;
    let alternating = ((free << 1) | ODD).wrapping_sub(free) ^ ODD;
    let escaped = alternating ^ (backslashes | first);
    (alternating & backslashes, escaped)
}

/// Bit n is the exclusive or of the bits up to n.
#[inline(always)]
fn shifted_xor(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

/// Code for x86-64: all `unsafe` code of the crate.
#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(unsafe_code)]

    use std::arch::x86_64::*;
    use std::sync::OnceLock;

    use super::{BLOCK, CURLY, Masks, Structure, by_block, shifted_xor};

    /// The scan in the fastest way that this processor has.
    pub(super) fn end(state: &mut Structure, bytes: &[u8], at: usize) -> Option<usize> {
        if has_avx2() {
            // SAFETY: the processor has the features that `avx2` is compiled for; it was just asked.
            unsafe { avx2(state, bytes, at) }
        } else {
            // SAFETY: SSE2 belongs to every x86-64.
            unsafe { sse2(state, bytes, at) }
        }
    }

    /// Returns true if the processor has every feature that `avx2` is compiled for.
    fn has_avx2() -> bool {
        static ANSWER: OnceLock<bool> = OnceLock::new();
        *ANSWER.get_or_init(|| {
            is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("pclmulqdq")
                && is_x86_feature_detected!("popcnt")
        })
    }

    #[target_feature(enable = "avx2,bmi1,pclmulqdq,popcnt")]
    fn avx2(state: &mut Structure, bytes: &[u8], at: usize) -> Option<usize> {
        let masks = |block: &[u8; BLOCK]| {
            let (halves, _) = block.as_chunks::<32>();
            let low = load32(&halves[0]);
            let high = load32(&halves[1]);
            let equal = |low, high, byte: u8| {
                let byte = _mm256_set1_epi8(byte.cast_signed());
                let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte));
                let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte));
                u64::from(low.cast_unsigned()) | (u64::from(high.cast_unsigned()) << 32)
            };
            let curly = _mm256_set1_epi8(CURLY.cast_signed());
            let (curly_low, curly_high) =
                (_mm256_or_si256(low, curly), _mm256_or_si256(high, curly));
            Masks {
                quotes: equal(low, high, b'"'),
                backslashes: equal(low, high, b'\\'),
                opens: equal(curly_low, curly_high, b'{'),
                closes: equal(curly_low, curly_high, b'}'),
            }
        };
        // Multiplied without carries by ones only, each bit reaches itself and all above.
        let prefix_xor = |bits: u64| {
            let bits = _mm_set_epi64x(0, bits.cast_signed());
            let product = _mm_clmulepi64_si128::<0>(bits, _mm_set1_epi8(-1));
            _mm_cvtsi128_si64(product).cast_unsigned()
        };
        by_block(state, bytes, at, masks, prefix_xor)
    }

    #[target_feature(enable = "avx2")]
    fn load32(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the reference is to 32 bytes that can be read, which is what is read, and the
        // instruction asks for no alignment.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[target_feature(enable = "sse2")]
    fn sse2(state: &mut Structure, bytes: &[u8], at: usize) -> Option<usize> {
        let masks = |block: &[u8; BLOCK]| {
            let mut masks = Masks::default();
            let (quarters, _) = block.as_chunks::<16>();
            for (index, quarter) in quarters.iter().enumerate() {
                let bytes = load16(quarter);
                let curly = _mm_or_si128(bytes, _mm_set1_epi8(CURLY.cast_signed()));
                let equal = |bytes, byte: u8| {
                    let byte = _mm_set1_epi8(byte.cast_signed());
                    let bits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, byte));
                    u64::from(bits.cast_unsigned()) << (16 * index)
                };
                masks.quotes |= equal(bytes, b'"');
                masks.backslashes |= equal(bytes, b'\\');
                masks.opens |= equal(curly, b'{');
                masks.closes |= equal(curly, b'}');
            }
            masks
        };
        by_block(state, bytes, at, masks, shifted_xor)
    }

    #[target_feature(enable = "sse2")]
    fn load16(bytes: &[u8; 16]) -> __m128i {
        // SAFETY: the reference is to 16 bytes that can be read, which is what is read, and the
        // instruction asks for no alignment.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[cfg(test)]
    pub(super) fn ways() -> Vec<(&'static str, super::tests::Way)> {
        // SAFETY: SSE2 belongs to every x86-64.
        let mut ways: Vec<(&str, super::tests::Way)> =
            vec![("sse2", |state, bytes, at| unsafe { sse2(state, bytes, at) })];
        if has_avx2() {
            // SAFETY: the processor has the features; it was just asked.
            ways.push(("avx2", |state, bytes, at| unsafe { avx2(state, bytes, at) }));
        } else {
            eprintln!("no AVX2 here, so it is not tested");
        }
        ways
    }
}

/// For any processor: eight bytes in a word.
#[cfg(any(test, not(target_arch = "x86_64")))]
mod words {
    use super::{BLOCK, CURLY, Masks, Structure, by_block, shifted_xor};

    pub(super) fn end(state: &mut Structure, bytes: &[u8], at: usize) -> Option<usize> {
        let masks = |block: &[u8; BLOCK]| {
            let mut masks = Masks::default();
            let (words, _) = block.as_chunks::<8>();
            for (index, word) in words.iter().enumerate() {
                let word = u64::from_le_bytes(*word);
                let curly = word | every(CURLY);
                masks.quotes |= equal(word, b'"') << (8 * index);
                masks.backslashes |= equal(word, b'\\') << (8 * index);
                masks.opens |= equal(curly, b'{') << (8 * index);
                masks.closes |= equal(curly, b'}') << (8 * index);
            }
            masks
        };
        by_block(state, bytes, at, masks, shifted_xor)
    }

    const fn every(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }

    /// A bit for each byte of the word that is `byte`, in the lowest eight.
    #[inline(always)]
    fn equal(word: u64, byte: u8) -> u64 {
        let differing = word ^ every(byte);
        // The top bit of each byte that is not zero; no sum reaches the next byte.
        let other = ((differing & every(0x7F)) + every(0x7F)) | differing;
        let same = !other & every(0x80);
        // Gathers the top bits of all bytes into the highest byte.
        (same >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

#[cfg(test)]
mod tests;
