use geo::{LineString, Polygon, Validation};
use proptest::prelude::*;

use super::super::{PolygonFault, fault_of_polygon};
use crate::fences::{Crossing, crossing};

fn ring(positions: &[(f64, f64)]) -> LineString {
    let mut ring = LineString::from(positions.to_vec());
    ring.close();
    ring
}

fn diamond(x: f64, y: f64, radius: f64) -> LineString {
    ring(&[(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)])
}

fn square(west: f64, south: f64, size: f64) -> LineString {
    let (east, north) = (west + size, south + size);
    ring(&[(west, south), (east, south), (east, north), (west, north)])
}

fn is_divided(exterior: LineString, holes: &[LineString]) -> bool {
    match fault_of_polygon(&Polygon::new(exterior, holes.to_vec())) {
        None => false,
        Some(PolygonFault::Divided) => true,
        Some(fault) => panic!("{fault}"),
    }
}

#[test]
fn a_hole_that_touches_in_two_points_divides() {
    let exterior = || square(0.0, 0.0, 10.0);
    assert!(is_divided(exterior(), &[diamond(5.0, 5.0, 5.0)]));
    assert!(!is_divided(exterior(), &[diamond(4.0, 5.0, 4.0)]));
    // Corners of the hole in edges of the exterior, in its corners, and corners of the exterior in edges of the hole.
    let from_side_to_side = ring(&[(0.0, 5.0), (5.0, 2.0), (10.0, 5.0), (5.0, 8.0)]);
    assert!(is_divided(exterior(), &[from_side_to_side]));
    assert!(is_divided(
        exterior(),
        &[ring(&[(0.0, 0.0), (5.0, 4.0), (10.0, 10.0), (4.0, 5.0)])]
    ));
    let notched = |south: f64| {
        ring(&[
            (0.0, 0.0),
            (5.0, south),
            (10.0, 0.0),
            (10.0, 10.0),
            (5.0, 6.0),
            (0.0, 10.0),
        ])
    };
    assert!(is_divided(notched(2.0), &[square(3.0, 2.0, 4.0)]));
    assert!(!is_divided(notched(1.0), &[square(3.0, 2.0, 4.0)]));
}

#[test]
fn holes_that_touch_in_a_circle_divide_and_in_a_tree_do_not() {
    let exterior = || square(-20.0, -20.0, 40.0);
    // Corner to corner.
    let around = [(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)].map(|(x, y)| diamond(x, y, 2.0));
    assert!(is_divided(exterior(), &around));
    assert!(!is_divided(exterior(), &around[..3]));
    // Any number of them in one point.
    let star = [
        ring(&[(0.0, 0.0), (3.0, -1.0), (3.0, 1.0)]),
        ring(&[(0.0, 0.0), (-1.0, 3.0), (1.0, 3.0)]),
        ring(&[(-0.0, -0.0), (-3.0, -1.0), (-3.0, 1.0)]),
    ];
    assert!(!is_divided(exterior(), &star));
    // A chain from one side to another.
    let chain = [
        diamond(-15.0, 0.0, 5.0),
        diamond(-5.0, 0.0, 5.0),
        diamond(10.0, 0.0, 10.0),
    ];
    assert!(is_divided(exterior(), &chain));
    assert!(!is_divided(exterior(), &chain[1..]));
}

/// The pieces of the interior of a polygon within 0 to 8, all of whose edges are horizontal, vertical or halfway between and
/// begin and end on whole numbers: the quarters of cells, divided by both diagonals, that are connected through their sides.
fn pieces(polygon: &Polygon) -> usize {
    const SIZE: usize = 8;
    const CENTRES: [(f64, f64); 4] = [(0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.2, 0.5)];
    let is_inside = |quarter: usize| {
        let (cell, side) = (quarter / 4, quarter % 4);
        let x = (cell % SIZE) as f64 + CENTRES[side].0;
        let y = (cell / SIZE) as f64 + CENTRES[side].1;
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let crossed = rings.flat_map(LineString::lines).filter(|edge| {
            let (start, end) = (edge.start, edge.end);
            crossing([start.x, start.y], [end.x, end.y], x, y) == Crossing::Yes
        });
        crossed.count() % 2 == 1
    };
    let mut left: Vec<bool> = (0..SIZE * SIZE * 4).map(is_inside).collect();
    let mut pieces = 0;
    while let Some(first) = left.iter().position(|left| *left) {
        pieces += 1;
        let mut open = vec![first];
        while let Some(quarter) = open.pop() {
            if !std::mem::take(&mut left[quarter]) {
                continue;
            }
            let (cell, side) = (quarter / 4, quarter % 4);
            open.extend([cell * 4 + (side + 1) % 4, cell * 4 + (side + 3) % 4]);
            let (column, row) = (cell % SIZE, cell / SIZE);
            let (across, exists) = match side {
                0 => (cell.wrapping_sub(SIZE), row > 0),
                1 => (cell + 1, column + 1 < SIZE),
                2 => (cell + SIZE, row + 1 < SIZE),
                _ => (cell.wrapping_sub(1), column > 0),
            };
            if exists {
                open.push(across * 4 + (side + 2) % 4);
            }
        }
    }
    pieces
}

fn hole() -> impl Strategy<Value = LineString> {
    let whole = |range: std::ops::Range<i32>| range.prop_map(f64::from);
    prop_oneof![
        4 => (whole(1..8), whole(1..8), whole(1..5)).prop_map(|(x, y, radius)| diamond(x, y, radius)),
        1 => (whole(1..7), whole(1..7), whole(1..3)).prop_map(|(x, y, size)| square(x, y, size)),
        2 => (whole(0..8), whole(0..8), whole(1..4)).prop_map(|(x, y, size)| {
            ring(&[(x, y), (x + size, y), (x, y + size)])
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn the_interior_is_divided_where_it_is_in_pieces(
        diamond_around in any::<bool>(),
        holes in prop::collection::vec(hole(), 1..6),
    ) {
        let exterior = match diamond_around {
            true => diamond(4.0, 4.0, 4.0),
            false => square(0.0, 0.0, 8.0),
        };
        // As many of the holes as are valid together.
        let mut polygon = Polygon::new(exterior, vec![]);
        for hole in holes {
            let mut more = polygon.clone();
            more.interiors_push(hole);
            if more.is_valid() {
                polygon = more;
            }
        }
        prop_assume!(!polygon.interiors().is_empty());
        let pieces = pieces(&polygon);
        prop_assume!(pieces > 0);
        prop_assert_eq!(fault_of_polygon(&polygon).is_some(), pieces > 1, "{:?}", polygon);
    }
}
