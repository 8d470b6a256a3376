use super::{PositionCells, SwapTest};

/// A file with so many rows near one place and one row elsewhere.
fn file(rows: u32, (lat, lon): (f64, f64)) -> PositionCells {
    let mut cells = PositionCells::default();
    for row in 0..rows {
        cells.count(-20.0 + f64::from(row % 3) * 0.1, 40.5);
    }
    cells.count(lat, lon);
    cells
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
    assert!(!SwapTest::new(&file(19, (40.5, -19.5))).possibly_swapped(40.5, -19.5));
    // 1 of 100 is not fewer than one in a hundred.
    assert!(!SwapTest::new(&file(100, (40.5, -19.5))).possibly_swapped(40.5, -19.5));
    assert!(SwapTest::new(&file(101, (40.5, -19.5))).possibly_swapped(40.5, -19.5));
    assert!(!SwapTest::new(&file(300, (10.5, 10.5))).possibly_swapped(10.5, 10.5));
}

#[test]
fn a_position_that_cannot_be_exchanged_is_not_flagged() {
    assert!(!SwapTest::new(&file(300, (-20.0, 95.0))).possibly_swapped(-20.0, 95.0));
}
