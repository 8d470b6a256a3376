use proptest::prelude::*;

use super::{Cell, Row, overlay};

fn row(first: u128, last: u128, from: i64, to: i64) -> Row {
    Row {
        first,
        last,
        from,
        to,
    }
}

fn cell(first: u128, last: u128, from: i64, to: i64, rows: &[Option<usize>]) -> Cell {
    Cell {
        first,
        last,
        from,
        to,
        rows: rows.to_vec(),
    }
}

#[test]
fn a_change_in_time_splits_only_the_addresses_it_touches() {
    let layers = [vec![row(0, 9, 0, 100)], vec![row(3, 5, 50, 100)]];
    let expected = [
        cell(0, 2, 0, 100, &[Some(0), None]),
        cell(3, 5, 0, 50, &[Some(0), None]),
        cell(3, 5, 50, 100, &[Some(0), Some(0)]),
        cell(6, 9, 0, 100, &[Some(0), None]),
    ];
    assert_eq!(overlay(&layers), expected);
}

#[test]
fn snapshots_of_one_layer_follow_each_other() {
    let layers = [vec![row(0, 9, 0, 50), row(0, 9, 50, 100)]];
    assert_eq!(
        overlay(&layers),
        [cell(0, 9, 0, 50, &[Some(0)]), cell(0, 9, 50, 100, &[Some(1)])]
    );
}

#[test]
fn a_row_hidden_by_a_later_one_of_its_layer_does_not_split_cells() {
    let layers = [vec![row(3, 5, 10, 20), row(0, 9, 0, 100)]];
    assert_eq!(overlay(&layers), [cell(0, 9, 0, 100, &[Some(1)])]);
}

#[test]
fn gaps_in_addresses_or_time_have_no_cell() {
    let layers = [vec![row(0, 1, 0, 10), row(0, 1, 20, 30), row(5, 6, 0, 10)]];
    let expected = [
        cell(0, 1, 0, 10, &[Some(0)]),
        cell(0, 1, 20, 30, &[Some(1)]),
        cell(5, 6, 0, 10, &[Some(2)]),
    ];
    assert_eq!(overlay(&layers), expected);
}

#[test]
fn empty_rows_are_ignored_and_the_highest_address_does_not_overflow() {
    assert_eq!(overlay(&[]), []);
    assert_eq!(overlay(&[vec![row(5, 4, 0, 1), row(4, 5, 1, 1)]]), []);
    let top = [vec![row(u128::MAX, u128::MAX, i64::MIN, i64::MAX)]];
    assert_eq!(
        overlay(&top),
        [cell(u128::MAX, u128::MAX, i64::MIN, i64::MAX, &[Some(0)])]
    );
}

fn layer() -> impl Strategy<Value = Vec<Row>> {
    let one = (0_u128..24, 0_u128..8, 0_i64..8, 0_i64..5);
    let rows = prop::collection::vec(one, 0..8);
    rows.prop_map(|rows| {
        rows.into_iter()
            .map(|(f, w, from, d)| row(f, f + w, from, from + d))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_point_is_in_the_one_cell_that_a_scan_says(layers in prop::collection::vec(layer(), 0..4)) {
        let cells = overlay(&layers);
        prop_assert!(cells.is_sorted_by_key(|cell| (cell.first, cell.from)));
        for address in 0..34 {
            for time in 0..14 {
                let naive: Vec<_> = layers.iter().map(|rows| rows.iter().rposition(|row| {
                    row.first <= address && address <= row.last && row.from <= time && time < row.to
                })).collect();
                let mut holding = cells.iter().filter(|cell| {
                    cell.first <= address && address <= cell.last && cell.from <= time && time < cell.to
                });
                let found = holding.next();
                prop_assert!(holding.next().is_none());
                match found {
                    Some(cell) => prop_assert_eq!(&cell.rows, &naive),
                    None => prop_assert!(naive.iter().all(Option::is_none)),
                }
            }
        }
    }

    #[test]
    fn no_two_cells_could_be_one(layers in prop::collection::vec(layer(), 0..4)) {
        let cells = overlay(&layers);
        for one in &cells {
            for other in &cells {
                let beside = one.last + 1 == other.first && (one.from, one.to) == (other.from, other.to);
                let after = one.to == other.from && (one.first, one.last) == (other.first, other.last);
                prop_assert!(!(after || beside) || one.rows != other.rows);
            }
        }
    }
}
