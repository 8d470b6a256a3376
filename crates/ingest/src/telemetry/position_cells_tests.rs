use super::{PositionCells, SwapTest};

const SWAPPED: (f64, f64) = (40.5, -19.5);

/// A file with so many rows near one place and so many at another.
fn file_with(rows: u32, others: u32, (lat, lon): (f64, f64)) -> PositionCells {
    let mut cells = PositionCells::default();
    for row in 0..rows {
        cells.count(-20.0 + f64::from(row % 3) * 0.1, 40.5);
    }
    for _ in 0..others {
        cells.count(lat, lon);
    }
    cells
}

fn file(rows: u32, at: (f64, f64)) -> PositionCells {
    file_with(rows, 1, at)
}

fn flagged(cells: &PositionCells, (lat, lon): (f64, f64)) -> bool {
    SwapTest::new(cells).possibly_swapped(lat, lon)
}

#[test]
fn a_row_that_exchanging_brings_to_the_others_is_flagged() {
    let cells = file(300, (40.5, -19.5));
    let mut test = SwapTest::new(&cells);
    assert!(test.possibly_swapped(40.5, -19.5));
    assert!(!test.possibly_swapped(-19.5, 40.5));
}

#[test]
fn too_few_others_or_a_place_of_its_own_are_no_reason() {
    assert!(!flagged(&file(19, SWAPPED), SWAPPED));
    assert!(flagged(&file(20, SWAPPED), SWAPPED));
    assert!(flagged(&file(99, SWAPPED), SWAPPED));
    assert!(!flagged(&file(300, (10.5, 10.5)), (10.5, 10.5)));
}

#[test]
fn many_swapped_rows_are_flagged_by_their_ratio_to_the_others() {
    let cells = file_with(19_600, 400, SWAPPED);
    assert!(flagged(&cells, SWAPPED));
    assert!(!flagged(&cells, (-19.5, 40.5)));
    // Eleven rows are ten beside each of them.
    assert!(flagged(&file_with(100, 11, SWAPPED), SWAPPED));
    assert!(!flagged(&file_with(99, 11, SWAPPED), SWAPPED));
}

#[test]
fn a_position_that_cannot_be_exchanged_is_not_flagged() {
    assert!(!SwapTest::new(&file(300, (-20.0, 95.0))).possibly_swapped(-20.0, 95.0));
}
