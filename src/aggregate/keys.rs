//! Dimensions and their values as one text, and values as numbers.

use indexmap::IndexSet;

/// The key of dimensions that are in the order of their names: each name and value with its length
/// before it.
pub(super) fn key_of<'d>(dimensions: impl Iterator<Item = (&'d str, &'d str)>) -> String {
    let mut key = String::new();
    for part in dimensions.flat_map(|(name, value)| [name, value]) {
        key.push_str(&part.len().to_string());
        key.push(':');
        key.push_str(part);
    }
    key
}

/// The dimensions and values of a [`key_of`].
pub(super) fn dimensions(key: &str) -> Vec<(&str, &str)> {
    let mut rest = key;
    let mut part = || {
        let (len, behind) = rest.split_once(':')?;
        let (part, behind) = behind.split_at_checked(len.parse().ok()?)?;
        rest = behind;
        Some(part)
    };
    std::iter::from_fn(|| Some((part()?, part()?))).collect()
}

/// The number of a value, which is kept once.
pub(super) fn number<T: std::hash::Hash + Eq>(values: &mut IndexSet<T>, value: T) -> u32 {
    values.insert_full(value).0 as u32
}
