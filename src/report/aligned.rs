//! Columns and paragraphs of text, aligned by spaces.

use std::io::{self, Write};

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

/// A text cut to a width, with a mark where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            format!("{kept}…")
        }
    }
}

/// Writes a text in lines of the width; those after the first are indented below its mark.
///
/// # Errors
/// Returns the errors of `out`.
pub fn paragraph(mark: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let (mut line, indent) = (mark.to_owned(), " ".repeat(mark.len()));
    let mut is_empty = true;
    for word in text.split(' ') {
        let wide = line.chars().count() + 1 + word.chars().count() > width;
        if wide && !is_empty {
            writeln!(out, "{line}")?;
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(out, "{line}")
}

/// Writes names in lines of the width, as [`paragraph`] does. Words that are longer than a line are divided.
///
/// # Errors
/// Returns the errors of `out`.
pub fn names(text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut divided = String::new();
    let mut length = 0;
    for char in text.chars() {
        length = if char == ' ' { 0 } else { length + 1 };
        if length > width {
            divided.push(' ');
            length = 1;
        }
        divided.push(char);
    }
    paragraph("", &divided, width, out)
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
