use super::is_in_polygon;
use crate::geography::{Polygon, Position};

fn at(lon_e6: i64, lat_e6: i64) -> Position {
    Position { lat_e6, lon_e6 }
}

fn square(from: i64, to: i64) -> Vec<Position> {
    vec![at(from, from), at(to, from), at(to, to), at(from, to)]
}

#[test]
fn a_hole_is_outside() {
    let polygon = Polygon {
        outer: square(-100, 100),
        holes: vec![square(-50, 50)],
    };
    assert!(is_in_polygon(&polygon, at(75, 0)) && is_in_polygon(&polygon, at(0, -75)));
    assert!(!is_in_polygon(&polygon, at(0, 0)));
    assert!(!is_in_polygon(&polygon, at(101, 0)) && !is_in_polygon(&polygon, at(-101, 0)));
}

#[test]
fn a_notch_is_outside_and_vertices_are_crossed_once() {
    let outer = vec![at(0, 0), at(100, 0), at(100, 100), at(50, 50), at(0, 100)];
    let polygon = Polygon {
        outer,
        holes: Vec::new(),
    };
    assert!(!is_in_polygon(&polygon, at(50, 80)));
    // At the height of the notch's vertex.
    assert!(is_in_polygon(&polygon, at(10, 50)) && is_in_polygon(&polygon, at(90, 50)));
    assert!(!is_in_polygon(&polygon, at(-10, 50)) && !is_in_polygon(&polygon, at(110, 50)));
}
