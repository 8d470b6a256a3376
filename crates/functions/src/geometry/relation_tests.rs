use geo::{Geometry, MultiPoint, Point, Polygon, Rect};

use super::*;
use crate::geometry::decode::from_wkt;

fn prepared(text: &str) -> Prepared {
    Prepared::new(from_wkt(text).unwrap())
}

#[test]
fn the_point_in_which_two_polygons_touch_is_on_their_boundary() {
    let touching = prepared("MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))");
    let point = prepared("POINT(2 2)");
    assert_eq!(covers(&touching, &point), Some(true));
    assert_eq!(contains(&touching, &point), Some(false));
    assert_eq!(intersects(&touching, &point), Some(true));
}

#[test]
fn positions_are_exact_where_products_of_coordinates_are_not_numbers() {
    for size in ["1e-200", "1e200"] {
        let square = prepared(&format!("POLYGON((0 0,{size} 0,{size} {size},0 {size},0 0))"));
        let half = size.parse::<f64>().unwrap() / 2.0;
        let middle = Prepared::new(Geometry::Point(Point::new(half, half)));
        assert_eq!(contains(&square, &middle), Some(true), "{size}");
    }
}

/// `geo` counts windings, so that a ring drawn twice, or the middle of a star, would be another matter.
#[test]
fn rings_that_cross_themselves_are_inside_where_an_odd_number_of_edges_is_crossed() {
    let star = prepared("POLYGON((0 3, 10 3, 2 -3, 5 6, 8 -3, 0 3))");
    let (middle, tip) = (prepared("POINT(5 1)"), prepared("POINT(5 5)"));
    assert_eq!(contains(&star, &middle), Some(false));
    assert_eq!(contains(&star, &tip), Some(true));
    let outside_hole = prepared("POLYGON((0 0,2 0,2 2,0 2,0 0),(4 0,6 0,6 2,4 2,4 0))");
    assert_eq!(contains(&outside_hole, &prepared("POINT(5 1)")), Some(true));
}

/// The defect of `geo` for which positions in several polygons are not left to it.
#[test]
fn geo_takes_that_point_for_outside() {
    let touching = prepared("MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))");
    let position = touching.geometry().coordinate_position(&Coord { x: 2.0, y: 2.0 });
    assert_eq!(
        position,
        CoordPos::Outside,
        "fixed: position() can leave multipolygons to geo"
    );
}

/// An end shared by two lines is inside; by three, on the boundary; that of a closed line is none.
#[test]
fn lines_that_meet_have_no_boundary_where_an_even_number_of_them_ends() {
    for (lines, at) in [
        ("(0 0,1 1),(1 1,2 0)", CoordPos::Inside),
        ("(0 0,1 1),(2 0,1 1)", CoordPos::Inside),
        ("(0 0,1 1),(1 1,2 0),(1 1,1 2)", CoordPos::OnBoundary),
        ("(0 0,1 1),(1 1,2 0),(1 1,1 2),(1 1,0 1)", CoordPos::Inside),
        ("(0 0,1 1),(0 2,2 0)", CoordPos::OnBoundary),
        ("(0 0,1 1),(1 1,2 0,2 2,1 1)", CoordPos::OnBoundary),
        ("(1 1,2 0,2 2,1 1),(5 5,6 6)", CoordPos::Inside),
        ("(0 0,1 1),(0 0,1 1)", CoordPos::Inside),
        ("(0 0,1 0),(1 0,2 0)", CoordPos::Outside),
    ] {
        let lines = prepared(&format!("MULTILINESTRING({lines})"));
        assert_eq!(position(lines.geometry(), Coord { x: 1.0, y: 1.0 }), at);
        let meets = at != CoordPos::Outside;
        for points in ["POINT(1 1)", "MULTIPOINT(1 1,1 1)"].map(prepared) {
            assert_eq!(
                intersects(&lines, &points),
                Some(meets),
                "{lines:?}",
                lines = lines.geometry()
            );
            assert_eq!(intersects(&points, &lines), Some(meets));
            assert_eq!(covers(&lines, &points), Some(meets));
            assert_eq!(contains(&lines, &points), Some(at == CoordPos::Inside));
        }
    }
}

/// The defect of `geo` for which positions on several lines are not left to it.
#[test]
fn geo_takes_the_point_in_which_lines_meet_for_outside() {
    let lines = from_wkt("MULTILINESTRING((0 0,1 1),(1 1,2 0))").unwrap();
    let position = lines.coordinate_position(&Coord { x: 1.0, y: 1.0 });
    assert_eq!(
        position,
        CoordPos::Outside,
        "fixed: position() can leave multilinestrings to geo"
    );
}

#[test]
fn relations_agree_with_the_matrix_on_a_grid_of_points() {
    let square = Rect::new(Coord { x: 1.0, y: 1.0 }, Coord { x: 3.0, y: 3.0 }).to_polygon();
    let hole = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 5.0, y: 5.0 }).to_polygon();
    let ring = Polygon::new(hole.exterior().clone(), vec![square.exterior().clone()]);
    let line = from_wkt("LINESTRING(0 0,4 4,6 0)").unwrap();
    for geometry in [Geometry::Polygon(square), Geometry::Polygon(ring), line] {
        let prepared = Prepared::new(geometry.clone());
        for (x, y) in (-1..8).flat_map(|x| (-1..8).map(move |y| (f64::from(x), f64::from(y)))) {
            let point = Point::new(x, y);
            let several = MultiPoint::new(vec![point, Point::new(2.0, 4.0), Point::new(5.0, 0.0)]);
            for other in [Geometry::Point(point), Geometry::MultiPoint(several)] {
                let matrix = geometry.relate(&other);
                let other = Prepared::new(other);
                assert_eq!(
                    contains(&prepared, &other),
                    Some(matrix.is_contains()),
                    "{geometry:?} {x} {y}"
                );
                assert_eq!(
                    covers(&prepared, &other),
                    Some(matrix.is_covers()),
                    "{geometry:?} {x} {y}"
                );
                assert_eq!(
                    intersects(&prepared, &other),
                    Some(matrix.is_intersects()),
                    "{geometry:?} {x} {y}"
                );
                assert_eq!(
                    intersects(&other, &prepared),
                    Some(matrix.is_intersects()),
                    "{geometry:?} {x} {y}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_true_of_an_empty_geometry() {
    let square = prepared("POLYGON((0 0,4 0,4 4,0 4,0 0))");
    for empty in [
        "POINT EMPTY",
        "LINESTRING EMPTY",
        "POLYGON EMPTY",
        "GEOMETRYCOLLECTION EMPTY",
    ] {
        let empty = prepared(empty);
        for relation in [contains, covers, intersects] {
            assert_eq!(relation(&square, &empty), Some(false));
            assert_eq!(relation(&empty, &square), Some(false));
            assert_eq!(relation(&empty, &empty), Some(false));
        }
    }
}
