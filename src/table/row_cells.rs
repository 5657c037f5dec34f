//! The cells of a row that are not absent.

use super::Cell;

/// A cell and the place of its column.
pub type ColumnCell<'a> = (usize, Cell<'a>);

/// The cells, with texts of their own.
pub fn owned(cells: &[ColumnCell<'_>]) -> Vec<ColumnCell<'static>> {
    let cells = cells.iter();
    cells.map(|(at, cell)| (*at, cell.owned())).collect()
}

/// The cells of one row, added in any order. Absent cells take no space.
#[derive(Debug, Clone)]
pub struct RowCells<'a> {
    cells: Vec<ColumnCell<'a>>,
    is_sorted: bool,
}

impl Default for RowCells<'_> {
    fn default() -> Self {
        Self {
            cells: Vec::new(),
            is_sorted: true,
        }
    }
}

impl<'a> RowCells<'a> {
    /// Removes all cells.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.is_sorted = true;
    }

    /// Adds the cell of a column, if the table has that column. The last cell of a column counts.
    pub fn put(&mut self, at: Option<usize>, cell: Cell<'a>) {
        let Some(at) = at else { return };
        if cell == Cell::Absent {
            return;
        }
        self.is_sorted &= self.cells.last().is_none_or(|(last, _)| *last < at);
        self.cells.push((at, cell));
    }

    /// Adds cells.
    pub fn extend(&mut self, cells: &[ColumnCell<'a>]) {
        for (at, cell) in cells {
            self.put(Some(*at), cell.clone());
        }
    }

    /// The cells in the order of their columns.
    pub fn in_order(&mut self) -> &[ColumnCell<'a>] {
        if !self.is_sorted {
            // Of equal places, the last one comes first and is kept.
            self.cells.reverse();
            self.cells.sort_by_key(|(at, _)| *at);
            self.cells.dedup_by_key(|(at, _)| *at);
            self.is_sorted = true;
        }
        &self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_in_the_order_of_the_columns_and_the_last_one_counts() {
        let mut row = RowCells::default();
        row.put(Some(4), Cell::text("first"));
        row.put(None, Cell::text("no column"));
        row.put(Some(1), Cell::Absent);
        row.put(Some(2), Cell::Null);
        row.put(Some(4), Cell::text("last"));
        assert_eq!(row.in_order(), [(2, Cell::Null), (4, Cell::text("last"))]);
        row.clear();
        assert_eq!(row.in_order(), []);
    }
}
