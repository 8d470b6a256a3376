use geo::{Coord, LineString, Polygon, Validation, coord};
use proptest::prelude::*;

use super::{without_repeated_parts, without_spikes};

fn ring(positions: &[(i32, i32)]) -> Vec<Coord> {
    let positions = positions.iter();
    positions
        .map(|&(x, y)| coord! { x: f64::from(x), y: f64::from(y) })
        .collect()
}

/// The ring without its spikes.
fn repaired(positions: &[(i32, i32)]) -> Option<(Vec<Coord>, usize)> {
    without_spikes(&ring(positions))
}

#[test]
fn a_ring_without_spikes_is_left_as_it_is() {
    assert_eq!(repaired(&[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]), None);
    assert_eq!(repaired(&[(0, 0), (2, 0), (2, 0), (4, 0), (4, 4), (0, 0)]), None);
    assert_eq!(
        repaired(&[(0, 0), (4, 4), (4, 0), (0, 4), (0, 0)]),
        None,
        "a bow tie encloses something"
    );
}

#[test]
fn a_spike_is_taken_out_wherever_it_is() {
    let square = ring(&[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]);
    // There and back again.
    let there = [(0, 0), (4, 0), (9, 2), (4, 0), (4, 4), (0, 4), (0, 0)];
    assert_eq!(repaired(&there), Some((square.clone(), 1)));
    // In two steps.
    let steps = [
        (0, 0),
        (4, 0),
        (6, 1),
        (8, 2),
        (6, 1),
        (4, 0),
        (4, 4),
        (0, 4),
        (0, 0),
    ];
    assert_eq!(repaired(&steps), Some((square.clone(), 2)));
    // Beyond a corner, and back along the edge.
    let beyond = [(0, 0), (6, 0), (4, 0), (4, 4), (0, 4), (0, 0)];
    assert_eq!(repaired(&beyond), Some((square, 1)));
}

#[test]
fn a_spike_at_the_first_position_moves_the_beginning() {
    let (kept, removed) = repaired(&[(9, 9), (4, 4), (0, 4), (0, 0), (4, 0), (4, 4), (9, 9)]).unwrap();
    assert_eq!(
        (kept, removed),
        (ring(&[(4, 4), (0, 4), (0, 0), (4, 0), (4, 4)]), 1)
    );
    let (kept, removed) = repaired(&[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (-3, -3), (0, 0)]).unwrap();
    assert_eq!(
        (kept, removed),
        (ring(&[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]), 1)
    );
}

#[test]
fn a_ring_of_spikes_alone_leaves_too_little() {
    let (kept, _) = repaired(&[(0, 0), (4, 0), (4, 3), (4, 0), (0, 0)]).unwrap();
    assert!(kept.len() < 4, "{kept:?}");
}

#[test]
fn a_part_that_repeats_another_is_taken_out() {
    let square = Polygon::new(LineString(ring(&[(0, 0), (4, 0), (4, 4), (0, 0)])), Vec::new());
    let other = Polygon::new(LineString(ring(&[(5, 0), (9, 0), (9, 4), (5, 0)])), Vec::new());
    let mut parts = vec![square.clone(), other.clone(), square.clone()];
    assert_eq!(without_repeated_parts(&mut parts), 1);
    assert_eq!(parts, [square, other]);
}

/// Twice the signed area.
fn doubled_area(ring: &[Coord]) -> f64 {
    let edges = ring.windows(2);
    edges
        .map(|edge| edge[0].x * edge[1].y - edge[1].x * edge[0].y)
        .sum()
}

proptest! {
    #[test]
    fn the_area_and_the_ends_are_kept_and_no_spike_is_left(
        corners in prop::collection::vec((0..4_i32, 0..4_i32), 3..12)
    ) {
        let mut closed = corners.clone();
        closed.push(corners[0]);
        let before = ring(&closed);
        if let Some((after, removed)) = without_spikes(&before) {
            prop_assert!(removed > 0 && after.len() < before.len());
            prop_assert_eq!(doubled_area(&before), doubled_area(&after));
            prop_assert_eq!(after.first(), after.last());
            prop_assert_eq!(without_spikes(&after), None);
        }
    }

    #[test]
    fn a_valid_ring_has_nothing_to_repair(corners in prop::collection::vec((0..5_i32, 0..5_i32), 3..7)) {
        let mut closed = corners.clone();
        closed.push(corners[0]);
        let polygon = Polygon::new(LineString(ring(&closed)), Vec::new());
        // A ring on one line is refused before it is repaired.
        if polygon.is_valid() && doubled_area(&polygon.exterior().0) != 0.0 {
            prop_assert_eq!(without_spikes(&polygon.exterior().0), None);
        }
    }
}
