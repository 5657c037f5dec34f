//! The fixed column names, and how clashes with them are avoided.

use std::collections::BTreeSet;

/// The columns of the long layout between the dimensions and the statistics.
pub const LONG: [&str; 5] = [
    "interval_start",
    "interval_end",
    "metric",
    "view",
    "qualifier",
];

/// The name of a dimension's column: its own, unless another column bears it.
pub fn dimension(name: &str, taken: &BTreeSet<String>) -> String {
    let mut column = name.to_owned();
    while taken.contains(&column) {
        column = format!("group_{column}");
    }
    column
}

/// Reserves a name; one that is taken gets a number.
pub fn reserve(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut column = name.clone();
    let mut number = 2;
    while !taken.insert(column.clone()) {
        column = format!("{name}_{number}");
        number += 1;
    }
    column
}
