//! How sheets are printed.

use rust_xlsxwriter::{Worksheet, XlsxError};

/// The widest that a page is, in characters. A wider one would have letters of less than 6 points.
const WIDEST: usize = 230;
/// The number of the paper size A4.
const A4: u8 = 9;

/// Sets up a sheet in landscape, one page wide.
pub fn landscape(sheet: &mut Worksheet) {
    sheet
        .set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0);
}

/// Sets up a table with columns of these widths, the first of which are names. One that is too wide for a
/// readable page is printed on several, each with the names.
pub fn table(sheet: &mut Worksheet, widths: &[usize], names: usize) -> Result<(), XlsxError> {
    let of_names: usize = widths.iter().take(names).sum();
    let figures: usize = widths.iter().skip(names).sum();
    let room = WIDEST.saturating_sub(of_names).max(WIDEST / 2);
    let pages = figures.div_ceil(room).max(1) as u16;
    if pages > 1 {
        sheet.set_print_fit_to_pages(pages, 0);
        if let Some(last) = names.checked_sub(1) {
            sheet.set_repeat_columns(0, last as u16)?;
        }
    }
    Ok(())
}
