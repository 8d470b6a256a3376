use geo::{MultiPolygon, Validation};
use proptest::prelude::*;

use super::*;

fn ring(positions: &[(f64, f64)]) -> LineString {
    let mut ring = LineString::from(positions.to_vec());
    ring.close();
    ring
}

fn square(west: f64, south: f64, size: f64) -> LineString {
    let (east, north) = (west + size, south + size);
    ring(&[(west, south), (east, south), (east, north), (west, north)])
}

/// The fault of a polygon, if it is one that `geo` knows.
fn fault_of_rings(polygon: &Polygon) -> Option<InvalidPolygon> {
    match fault_of_polygon(polygon)? {
        PolygonFault::Rings(fault) => Some(fault),
        PolygonFault::Divided => None,
    }
}

/// Rings on a grid of a few columns, where they often touch, with some positions repeated.
fn grid_ring(columns: i32, corners: std::ops::Range<usize>) -> impl Strategy<Value = LineString> {
    prop::collection::vec(((0..columns, 0..columns), 1..3_usize), corners).prop_map(|corners| {
        let positions = corners
            .into_iter()
            .flat_map(|((x, y), times)| std::iter::repeat_n((f64::from(x), f64::from(y)), times));
        ring(&positions.collect::<Vec<_>>())
    })
}

/// Small rings that are mostly valid: three or four corners around a place.
fn small_ring() -> impl Strategy<Value = LineString> {
    (0..8_i32, 0..8_i32, 1..4_i32, 1..4_i32, 0..3_usize).prop_map(|(x, y, width, height, left_out)| {
        let (west, south) = (f64::from(x), f64::from(y));
        let (east, north) = (west + f64::from(width), south + f64::from(height));
        let mut corners = vec![(west, south), (east, south), (east, north), (west, north)];
        if left_out > 0 {
            corners.remove(left_out);
        }
        ring(&corners)
    })
}

fn any_ring() -> impl Strategy<Value = LineString> {
    prop_oneof![
        2 => small_ring(),
        1 => grid_ring(4, 3..6),
        1 => grid_ring(9, 3..5),
    ]
}

/// A polygon whose exterior is often around everything else.
fn polygon() -> impl Strategy<Value = Polygon> {
    let exterior = prop_oneof![
        2 => Just(square(0.0, 0.0, 8.0)),
        1 => Just(square(-1.0, -1.0, 12.0)),
        2 => any_ring(),
    ];
    (exterior, prop::collection::vec(any_ring(), 0..4))
        .prop_map(|(exterior, interiors)| Polygon::new(exterior, interiors))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn rings_break_the_rule_that_geo_says(ring in grid_ring(5, 3..12)) {
        let polygon = Polygon::new(ring, vec![]);
        prop_assert_eq!(fault_of_rings(&polygon), polygon.check_validation().err());
    }

    #[test]
    fn rings_of_any_numbers_break_the_rule_that_geo_says(
        positions in prop::collection::vec((-1.0..1.0, -1.0..1.0), 3..7)
    ) {
        let polygon = Polygon::new(ring(&positions), vec![]);
        prop_assert_eq!(fault_of_rings(&polygon), polygon.check_validation().err());
    }

    #[test]
    fn polygons_break_the_rule_that_geo_says(polygon in polygon()) {
        prop_assume!(!has_flat_ring(&polygon));
        prop_assert_eq!(fault_of_rings(&polygon), polygon.check_validation().err());
    }

    #[test]
    fn parts_break_the_rule_that_geo_says(parts in prop::collection::vec(polygon(), 2..5)) {
        let valid = |polygon: &Polygon| !has_flat_ring(polygon) && fault_of_polygon(polygon).is_none();
        let parts: Vec<_> = parts.into_iter().filter(valid).collect();
        let geo = MultiPolygon(parts.clone()).check_validation().err();
        prop_assert_eq!(fault_of_parts(&parts), geo);
    }
}

#[test]
fn a_part_in_a_hole_and_one_around_everything_are_told_apart() {
    let frame = Polygon::new(square(0.0, 0.0, 9.0), vec![square(2.0, 2.0, 5.0)]);
    let [inside, within, around] = [
        square(3.0, 3.0, 1.0),
        square(0.5, 0.5, 1.0),
        square(-1.0, -1.0, 11.0),
    ]
    .map(|ring| Polygon::new(ring, vec![]));
    assert_eq!(fault_of_parts(&[frame.clone(), inside]), None);
    for other in [within, around] {
        let expected = InvalidMultiPolygon::ElementsOverlaps(GeometryIndex(0), GeometryIndex(1));
        assert_eq!(
            fault_of_parts(&[frame.clone(), other.clone()]),
            Some(expected.clone())
        );
        assert_eq!(fault_of_parts(&[other, frame.clone()]), Some(expected));
    }
}

#[test]
fn empty_geometries_and_numbers_that_are_not_finite_are_told() {
    let empty = LineString::new(vec![]);
    let nothing = Polygon::new(empty.clone(), vec![]);
    assert_eq!(fault_of_polygon(&nothing), None);
    assert_eq!(
        fault_of_parts(&[
            nothing.clone(),
            nothing,
            Polygon::new(square(0.0, 0.0, 1.0), vec![])
        ]),
        None
    );
    let with_empty_hole = Polygon::new(
        square(0.0, 0.0, 9.0),
        vec![empty, square(1.0, 1.0, 1.0), square(20.0, 1.0, 1.0)],
    );
    assert_eq!(
        fault_of_rings(&with_empty_hole),
        with_empty_hole.check_validation().err()
    );
    for number in [f64::NAN, f64::INFINITY] {
        let ring = ring(&[(0.0, 0.0), (1.0, number), (1.0, 1.0)]);
        let fault = fault_of_rings(&Polygon::new(ring, vec![]));
        let expected = InvalidPolygon::NonFiniteCoord(RingRole::Exterior, CoordIndex(1));
        assert_eq!(fault, Some(expected));
    }
}

/// A circle of so many positions.
fn circle(x: f64, y: f64, radius: f64, positions: u32) -> LineString {
    let at = |number: u32| {
        let (sine, cosine) = (f64::from(number) / f64::from(positions) * std::f64::consts::TAU).sin_cos();
        (x + radius * cosine, y + radius * sine)
    };
    ring(&(0..positions).map(at).collect::<Vec<_>>())
}

/// Each of these took minutes where every edge was compared with every other one, or every ring with all of another.
#[test]
fn what_is_large_takes_a_moment() {
    let outer = circle(150.0, -20.0, 0.1, 50_000);
    assert_eq!(fault_of_polygon(&Polygon::new(outer.clone(), vec![])), None);
    let mut crossed = outer.clone();
    let last = crossed.0.len() - 2;
    crossed.0.swap(last, last - 1);
    assert_eq!(
        fault_of_rings(&Polygon::new(crossed, vec![])),
        Some(InvalidPolygon::SelfIntersection(RingRole::Exterior))
    );
    let repeated = [vec![(0.0, 0.0); 50_000], vec![(1.0, 0.0), (1.0, 1.0)]].concat();
    assert_eq!(fault_of_polygon(&Polygon::new(ring(&repeated), vec![])), None);
    let holes = |number: u32| {
        let (column, row) = (f64::from(number % 40), f64::from(number / 40));
        circle(149.95 + column * 0.0025, -20.05 + row * 0.0025, 0.001, 8)
    };
    let holes: Vec<_> = (0..1_600).map(holes).collect();
    let with_holes = Polygon::new(outer, holes.clone());
    assert_eq!(fault_of_polygon(&with_holes), None);
    let mut parts = vec![with_holes];
    parts.extend(holes.iter().map(|hole| {
        let shrunk = hole
            .0
            .iter()
            .map(|at| *at * 0.5 + hole.0[0] * 0.25 + hole.0[4] * 0.25);
        Polygon::new(shrunk.collect(), vec![])
    }));
    assert_eq!(fault_of_parts(&parts), None);
}
