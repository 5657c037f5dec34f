//! Limits that bound the memory for any input.

/// Limits of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest string or number, in bytes with its quotes.
    pub token: usize,
    /// The longest element, or other value that is read whole, in bytes. A value above
    /// [`Limits::MOST_ELEMENT`] is the same as that.
    pub element: usize,
    /// Number of bytes that each byte of a compressed input may expand to.
    pub inflate: u64,
    /// The largest window of a zstd frame in bytes, which is the memory of its reader.
    pub zstd_window: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            token: 16 << 20,
            element: 256 << 20,
            inflate: 500,
            zstd_window: 128 << 20,
        }
    }
}

impl Limits {
    /// The lowest limit of tokens: every document has shorter ones.
    pub const LEAST_TOKEN: usize = 256;
    /// The lowest limit of elements: documents up to half of it are not cut.
    pub const LEAST_ELEMENT: usize = 1 << 20;
    /// The highest limit of elements: offsets in an element have 31 bits.
    pub const MOST_ELEMENT: usize = (1 << 31) - 1;

    /// Limits that nothing exceeds.
    pub(crate) fn none() -> Self {
        Self {
            token: usize::MAX,
            element: usize::MAX,
            inflate: u64::MAX,
            zstd_window: u64::MAX,
        }
    }
}

/// Formats a number of bytes: `64KiB` if it is a multiple of the unit, else the plain number.
pub fn shown(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units
        .iter()
        .find(|(bits, _)| bytes >= 1 << bits && bytes.trailing_zeros() >= *bits);
    match unit {
        Some((bits, name)) => format!("{}{name}", bytes >> bits),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_the_largest_even_unit() {
        for (bytes, text) in [
            (16 << 20, "16MiB"),
            (3 << 30, "3GiB"),
            (1536 << 10, "1536KiB"),
            (1000, "1000 bytes"),
            (0, "0 bytes"),
        ] {
            assert_eq!(shown(bytes), text);
        }
    }
}
