//! The topological relations, after DE-9IM; never true of an empty geometry.
//!
//! Points are placed against the other geometry directly, whatever its validity. What is left needs the full matrix of
//! intersections, which is only defined between valid geometries, and not of a collection as the container: there
//! `contains` and `covers` are unknown (`None`), unless the bounds already decide.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Contains, Coord, Geometry, Intersects, Line, MultiLineString, Polygon, Relate};
use tieline_index::fences::{Crossing, crossing};

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
    if let Geometry::GeometryCollection(members) = b.geometry() {
        // Nothing of it outside, and the interior of one member meets that of `a`.
        let members = || members.iter().cloned().map(Prepared::new);
        let covered = all(members().map(|member| covers(a, &member)));
        return and(
            covered,
            not(all(members().map(|member| not(contains(a, &member))))),
        );
    }
    can_relate(a, b).then(|| a.indexed().relate(b.indexed()).is_contains())
}

/// Whether no point of `b` lies outside `a`: a point on the boundary is covered.
pub(crate) fn covers(a: &Prepared, b: &Prepared) -> Option<bool> {
    if !bounds_cover(a, b) {
        return Some(false);
    }
    if let Some(positions) = positions(a, b) {
        return Some(!positions.contains(&CoordPos::Outside));
    }
    if let Geometry::GeometryCollection(members) = b.geometry() {
        return all(members
            .iter()
            .cloned()
            .map(|member| covers(a, &Prepared::new(member))));
    }
    can_relate(a, b).then(|| a.indexed().relate(b.indexed()).is_covers())
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

/// Whether the matrix of intersections is defined: both valid, and `a` one geometry and not a collection of several.
fn can_relate(a: &Prepared, b: &Prepared) -> bool {
    !matches!(a.geometry(), Geometry::GeometryCollection(_)) && a.is_valid() && b.is_valid()
}

// SQL's logic of three values.

fn not(answer: Option<bool>) -> Option<bool> {
    answer.map(|answer| !answer)
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    answers.fold(Some(true), and)
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
/// polygons of a valid multipolygon touch, or two lines of a multilinestring meet, would lie outside of both.
pub(super) fn position(geometry: &Geometry, place: Coord) -> CoordPos {
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
            several(&mut polygons.iter().map(|polygon| position_in(polygon, place)))
        }
        Geometry::Polygon(polygon) => position_in(polygon, place),
        Geometry::GeometryCollection(members) => {
            several(&mut members.iter().map(|member| position(member, place)))
        }
        Geometry::MultiLineString(lines) => position_on(lines, place),
        Geometry::MultiPoint(points) if points.contains(&place) => CoordPos::Inside,
        Geometry::MultiPoint(_) => CoordPos::Outside,
        geometry => geometry.coordinate_position(&place),
    }
}

/// Where a position lies on lines: on the boundary if it is an end of an odd number of them, else inside if it is on any. A closed line has
/// no end.
fn position_on(lines: &MultiLineString, place: Coord) -> CoordPos {
    let (mut met, mut ends) = (false, 0_usize);
    for line in lines {
        match line.coordinate_position(&place) {
            CoordPos::Outside => {}
            CoordPos::Inside => met = true,
            CoordPos::OnBoundary => ends += 1,
        }
    }
    match (ends % 2, met || ends > 0) {
        (1, _) => CoordPos::OnBoundary,
        (_, true) => CoordPos::Inside,
        (_, false) => CoordPos::Outside,
    }
}

/// Where a position lies in a polygon: on the boundary if it is on any ring, else inside if a ray from it crosses the rings an
/// odd number of times. That is what every valid polygon means, and a meaning for the others.
fn position_in(polygon: &Polygon, place: Coord) -> CoordPos {
    let mut inside = false;
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        for Line { start, end } in ring.lines() {
            match crossing([start.x, start.y], [end.x, end.y], place.x, place.y) {
                Crossing::No => {}
                Crossing::Yes => inside = !inside,
                Crossing::On => return CoordPos::OnBoundary,
            }
        }
    }
    match inside {
        true => CoordPos::Inside,
        false => CoordPos::Outside,
    }
}

#[cfg(test)]
#[path = "relation_tests.rs"]
mod tests;
