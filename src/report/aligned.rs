//! Columns of text, aligned by spaces.

/// The widest that a column is padded to: one long name must not widen every line.
const WIDEST: usize = 60;

/// The width of a column with these cells, in characters.
pub fn width<'c>(cells: impl Iterator<Item = &'c str>) -> usize {
    let widths = cells.map(|cell| cell.chars().count());
    widths.max().unwrap_or(0).min(WIDEST)
}

/// Appends a cell, and spaces up to `width`. (Widths in format strings panic beyond `u16`.)
pub fn left(out: &mut String, cell: &str, width: usize) {
    out.push_str(cell);
    spaces(out, cell, width);
}

/// Appends spaces up to `width`, and a cell.
pub fn right(out: &mut String, cell: &str, width: usize) {
    spaces(out, cell, width);
    out.push_str(cell);
}

fn spaces(out: &mut String, cell: &str, width: usize) {
    let missing = width.saturating_sub(cell.chars().count());
    out.extend(std::iter::repeat_n(' ', missing));
}

/// Rows as lines of left-aligned columns, two spaces between them, after `indent`.
pub fn lines<const N: usize>(indent: &str, rows: &[[String; N]]) -> String {
    let widths: [usize; N] =
        std::array::from_fn(|column| width(rows.iter().map(|row| row[column].as_str())));
    let mut out = String::new();
    for row in rows {
        let mut line = String::from(indent);
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            if column > 0 {
                line.push_str("  ");
            }
            left(&mut line, cell, width);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_one_long_cell_widens_no_other_line() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(
            lines("  ", &[row("a", "1"), row("bcd", "2"), row("é", "")]),
            "  a    1\n  bcd  2\n  é\n"
        );
        let long = "x".repeat(100_000);
        let text = lines("", &[row(&long, "1"), row("b", "2")]);
        assert_eq!(text, format!("{long}  1\nb{}2\n", " ".repeat(WIDEST + 1)));
        let mut out = String::new();
        right(&mut out, "7", 3);
        right(&mut out, &long, 3);
        assert_eq!(out, format!("  7{long}"));
    }
}
