//! Where most of a file lies, in cells of one degree.

use std::collections::HashMap;

use crate::position::in_range;

/// Rows that the swapped position must have around it before it counts as where most of the file lies.
const FEWEST_ROWS_AROUND: u64 = 20;
/// The swapped position must have so many times the rows around it that the position as delivered has, its own row left
/// out.
const RATIO: u64 = 10;

/// Rows per cell of one degree.
#[derive(Default)]
pub(super) struct PositionCells {
    rows: HashMap<Cell, u64>,
}

/// The whole degrees below latitude and longitude.
type Cell = (i16, i16);

fn cell(lat: f64, lon: f64) -> Cell {
    (lat.floor() as i16, lon.floor() as i16)
}

impl PositionCells {
    pub(super) fn count(&mut self, lat: f64, lon: f64) {
        *self.rows.entry(cell(lat, lon)).or_default() += 1;
    }

    /// Rows in the cell and the eight around it.
    fn around(&self, (lat, lon): Cell) -> u64 {
        let cells = (lat - 1..=lat + 1).flat_map(|lat| (lon - 1..=lon + 1).map(move |lon| (lat, lon)));
        cells.filter_map(|cell| self.rows.get(&cell)).sum()
    }
}

/// Tells for each position of a file whether it seems to have latitude and longitude exchanged.
pub(super) struct SwapTest<'a> {
    cells: &'a PositionCells,
    answers: HashMap<Cell, bool>,
}

impl<'a> SwapTest<'a> {
    pub(super) fn new(cells: &'a PositionCells) -> Self {
        Self {
            cells,
            answers: HashMap::new(),
        }
    }

    /// Whether far more of the file lies around the exchanged position than around this one, which is that of a counted
    /// row.
    pub(super) fn possibly_swapped(&mut self, lat: f64, lon: f64) -> bool {
        if !in_range(lon, lat) {
            return false;
        }
        // The exchanged position lies in the exchanged cell, so that one answer holds for a whole cell.
        let (cells, own) = (self.cells, cell(lat, lon));
        *self.answers.entry(own).or_insert_with(|| {
            let swapped = cells.around((own.1, own.0));
            let others = cells.around(own).saturating_sub(1);
            swapped >= FEWEST_ROWS_AROUND && swapped >= others.saturating_mul(RATIO)
        })
    }
}

#[cfg(test)]
#[path = "position_cells_tests.rs"]
mod tests;
