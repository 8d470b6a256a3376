use super::*;
use crate::geometry::decode::from_wkt;

const FLAT: &str = "POLYGON((0 0,4 0,2 0,0 0))";

#[test]
fn a_ring_without_width_is_invalid() {
    for text in [
        FLAT,
        "POLYGON((1 1,1 1,1 1,1 1))",
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,4 4,2 2,1 1))",
    ] {
        let polygon = from_wkt(text).unwrap();
        assert!(!is_valid(&polygon), "{text}");
        assert!(
            !is_valid(&Geometry::GeometryCollection(vec![polygon].into())),
            "{text}"
        );
    }
}

#[test]
fn a_ring_that_runs_back_over_itself_is_invalid() {
    for text in [
        "POLYGON((0 0,4 0,4 4,4 9,4 4,0 4,0 0))",
        "POLYGON((2 0,4 0,4 4,0 4,0 0,9 0,2 0))",
    ] {
        assert!(!is_valid(&from_wkt(text).unwrap()), "{text}");
    }
}

#[test]
fn corners_on_a_straight_edge_and_repeated_corners_are_valid() {
    for text in [
        "POLYGON((0 0,2 0,4 0,4 4,0 4,0 0))",
        "POLYGON((0 0,4 0,4 0,4 4,0 4,0 0))",
    ] {
        assert!(is_valid(&from_wkt(text).unwrap()), "{text}");
    }
}

const DIVIDED: &str = "POLYGON((0 0,10 0,10 10,0 10,0 0),(0 5,5 2,10 5,5 8,0 5))";

#[test]
fn an_interior_in_two_pieces_is_invalid() {
    let divided = from_wkt(DIVIDED).unwrap();
    assert!(!is_valid(&divided));
    assert!(!is_valid(&Geometry::GeometryCollection(vec![divided].into())));
}

/// The rule that `geo` leaves out.
#[test]
fn geo_overlooks_divided_interiors() {
    assert!(from_wkt(DIVIDED).unwrap().is_valid(), "fixed: is_divided can go");
}

/// The defect of `geo` for which flat rings are looked for here.
#[test]
fn geo_overlooks_flat_triangles() {
    assert!(from_wkt(FLAT).unwrap().is_valid(), "fixed: has_flat_ring can go");
}
