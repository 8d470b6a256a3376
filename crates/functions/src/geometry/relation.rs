//! The topological relations, after DE-9IM; never true of an empty geometry.
//!
//! Points are placed against the other geometry directly, whatever its validity. What is left needs the full matrix of
//! intersections, which is only defined between valid geometries: with an invalid one `contains` and `covers` are
//! unknown (`None`), unless the bounds already decide.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Contains, Coord, Geometry, Intersects, Relate};

use super::prepared::Prepared;

/// Whether no point of `b` lies outside `a` and their interiors meet: a point on the boundary is not contained.
pub(crate) fn contains(a: &Prepared, b: &Prepared) -> Option<bool> {
    if !bounds_cover(a, b) {
        return Some(false);
    }
    if let Some(positions) = positions(a, b) {
        let inside = positions.contains(&CoordPos::Inside);
        return Some(inside && !positions.contains(&CoordPos::Outside));
    }
    both_valid(a, b).then(|| a.indexed().relate(b.indexed()).is_contains())
}

/// Whether no point of `b` lies outside `a`: a point on the boundary is covered.
pub(crate) fn covers(a: &Prepared, b: &Prepared) -> Option<bool> {
    if !bounds_cover(a, b) {
        return Some(false);
    }
    if let Some(positions) = positions(a, b) {
        return Some(!positions.contains(&CoordPos::Outside));
    }
    both_valid(a, b).then(|| a.indexed().relate(b.indexed()).is_covers())
}

/// Whether `a` and `b` have a point in common.
pub(crate) fn intersects(a: &Prepared, b: &Prepared) -> Option<bool> {
    let (Some(of_a), Some(of_b)) = (a.bounds(), b.bounds()) else {
        return Some(false);
    };
    if !of_a.intersects(&of_b) {
        return Some(false);
    }
    let meets = |positions: Vec<CoordPos>| positions.iter().any(|position| *position != CoordPos::Outside);
    Some(match positions(a, b).or_else(|| positions(b, a)) {
        Some(positions) => meets(positions),
        None => a.geometry().intersects(b.geometry()),
    })
}

fn both_valid(a: &Prepared, b: &Prepared) -> bool {
    a.is_valid() && b.is_valid()
}

/// Whether the bounds of `a` hold those of `b`; false if either is empty.
fn bounds_cover(a: &Prepared, b: &Prepared) -> bool {
    match (a.bounds(), b.bounds()) {
        (Some(a), Some(b)) => {
            a.min().x <= b.min().x
                && a.min().y <= b.min().y
                && a.max().x >= b.max().x
                && a.max().y >= b.max().y
        }
        _ => false,
    }
}

/// Where the points of `b` lie in `a`; `None` unless `b` consists of points.
fn positions(a: &Prepared, b: &Prepared) -> Option<Vec<CoordPos>> {
    match b.geometry() {
        Geometry::Point(point) => Some(vec![position(a.geometry(), point.0)]),
        Geometry::MultiPoint(points) => Some(
            points
                .iter()
                .map(|point| position(a.geometry(), point.0))
                .collect(),
        ),
        _ => None,
    }
}

/// Where a position lies in a geometry.
///
/// Of several polygons the position is inside the whole if it is inside one, and else on the boundary if it is on that of
/// one. `geo` instead counts boundaries and takes an even number for outside, so that the point in which two
/// polygons of a valid multipolygon touch would lie outside of both.
fn position(geometry: &Geometry, place: Coord) -> CoordPos {
    let several = |positions: &mut dyn Iterator<Item = CoordPos>| {
        let mut outcome = CoordPos::Outside;
        for position in positions {
            match position {
                CoordPos::Inside => return CoordPos::Inside,
                CoordPos::OnBoundary => outcome = CoordPos::OnBoundary,
                CoordPos::Outside => {}
            }
        }
        outcome
    };
    match geometry {
        Geometry::MultiPolygon(polygons) => {
            several(&mut polygons.iter().map(|polygon| polygon.coordinate_position(&place)))
        }
        Geometry::GeometryCollection(members) => {
            several(&mut members.iter().map(|member| position(member, place)))
        }
        Geometry::MultiPoint(points) if points.contains(&place) => CoordPos::Inside,
        Geometry::MultiPoint(_) => CoordPos::Outside,
        geometry => geometry.coordinate_position(&place),
    }
}

#[cfg(test)]
#[path = "relation_tests.rs"]
mod tests;
