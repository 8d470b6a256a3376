//! Distances between geometries in metres on WGS 84.
//!
//! Edges are straight in longitude and latitude, as they are for the relations, so that a place is at distance 0 from a polygon
//! wherever `st_covers` says that it is covered.

use geo::{Coord, Geometry};

use super::edges::Edges;
use super::piece::Piece;
use super::prepared::Prepared;
use super::relation::intersects;
use super::spheroid::Place;

/// Where a position of a given accuracy lies, seen from a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GeofenceRelation {
    /// In the fence, and no edge of it is nearer than the accuracy.
    Inside,
    /// The accuracy does not tell.
    Possible,
    /// Not in the fence, and farther from it than the accuracy.
    Outside,
}

/// The least distance between two geometries in metres.
///
/// `None` where one is empty or leaves the globe (±180, ±90 degrees).
pub(crate) fn distance_in_metres(a: &Prepared, b: &Prepared) -> Option<f64> {
    a.bounds().and(b.bounds())?;
    least(a, b, f64::INFINITY, |_| false)
}

/// Whether two geometries are at most `radius` metres apart; never, if one is empty.
///
/// `None` where one leaves the globe.
pub(crate) fn within_metres(a: &Prepared, b: &Prepared, radius: f64) -> Option<bool> {
    let reached = least(a, b, radius, |distance| distance <= radius)?;
    Some(is_within(reached, radius))
}

/// Where a place lies, seen from a fence, if it is known to `accuracy` metres; `None` where the fence leaves the globe.
pub(crate) fn geofence_relation(fence: &Prepared, place: &Place, accuracy: f64) -> Option<GeofenceRelation> {
    Some(relation_of(fence.edges()?, place, accuracy))
}

/// The same, seen from the edges of a fence.
fn relation_of(edges: &Edges, place: &Place, accuracy: f64) -> GeofenceRelation {
    let covered = edges.covers(place.coord);
    match (is_possible(edges, place, accuracy, covered), covered) {
        (true, _) => GeofenceRelation::Possible,
        (false, true) => GeofenceRelation::Inside,
        (false, false) => GeofenceRelation::Outside,
    }
}

/// Whether the accuracy of a place reaches across the edge of a fence, which covers the place or not.
pub(super) fn is_possible(edges: &Edges, place: &Place, accuracy: f64, covered: bool) -> bool {
    match covered {
        true => edges.reaches(place, accuracy, |distance| distance < accuracy),
        false => edges.reaches(place, accuracy, |distance| {
            distance <= accuracy && distance < f64::INFINITY
        }),
    }
}

/// Whether a place is at most `radius` metres from the edges of a geometry; never, if it is empty.
pub(super) fn edge_reaches(edges: &Edges, place: &Place, radius: f64) -> bool {
    is_within(edges.search(place, radius, |distance| distance <= radius), radius)
}

/// Whether a least distance as it was found is at most `radius`: that of an empty geometry, which is infinite, never is.
fn is_within(reached: f64, radius: f64) -> bool {
    reached <= radius && reached < f64::INFINITY
}

/// The least distance if it is not above `limit`, and else anything above; less exactly as soon as it is `enough`.
fn least(a: &Prepared, b: &Prepared, limit: f64, enough: impl Fn(f64) -> bool) -> Option<f64> {
    if !(a.is_on_the_globe() && b.is_on_the_globe()) {
        return None;
    }
    if let (Some(a), Some(b)) = (a.as_point(), b.as_point()) {
        return Place::new(a.0).map(|place| place.distance(b.0));
    }
    let apart = Apart { limit, enough };
    // A single point is always held against the other geometry's edges, whichever comes first.
    if let Some(point) = a.as_point() {
        return Some(apart.of_points(&[point.0], b.edges()?));
    }
    Some(match (points(a), points(b)) {
        (_, Some(points)) => apart.of_points(&points, a.edges()?),
        (Some(points), _) => apart.of_points(&points, b.edges()?),
        (None, None) if intersects(a, b)? => 0.0,
        (None, None) => {
            let forth = apart.of_edges(a.edges()?, b.edges()?, f64::INFINITY);
            apart.of_edges(b.edges()?, a.edges()?, forth)
        }
    })
}

/// The positions of a geometry that consists of points.
fn points(geometry: &Prepared) -> Option<Vec<Coord>> {
    match geometry.geometry() {
        Geometry::Point(_) => Some(geometry.as_point().iter().map(|point| point.0).collect()),
        Geometry::MultiPoint(points) => Some(points.iter().map(|point| point.0).collect()),
        _ => None,
    }
}

/// How a least distance is looked for.
struct Apart<E> {
    limit: f64,
    enough: E,
}

impl<E: Fn(f64) -> bool> Apart<E> {
    fn of_points(&self, points: &[Coord], edges: &Edges) -> f64 {
        let mut nearest = f64::INFINITY;
        for place in points.iter().filter_map(|point| Place::new(*point)) {
            if edges.covers(place.coord) {
                return 0.0;
            }
            nearest = nearest.min(edges.search(&place, self.limit.min(nearest), &self.enough));
            if (self.enough)(nearest) {
                break;
            }
        }
        nearest
    }

    /// From the edges of `a`, cut into pieces so short that their ends stand for them, to those of `b`; or `known`, if that is
    /// less.
    fn of_edges(&self, a: &Edges, b: &Edges, known: f64) -> f64 {
        let mut nearest = known;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut next = 0;
        while !(self.enough)(nearest) {
            let Some(piece) = pieces.pop() else {
                if next == a.len() {
                    break;
                }
                a.for_each_edge(next..next + 1, |_, edge| pieces.push(edge));
                next += 1;
                continue;
            };
            let bar = self.limit.min(nearest);
            if piece.is_short() {
                // Its other end is the first of another piece.
                nearest = nearest.min(b.search(&piece.from, bar, &self.enough));
                continue;
            }
            let half = piece.length_at_most() / 2.0;
            let from_middle = b.search(&piece.middle(), bar + half, &self.enough);
            nearest = nearest.min(from_middle);
            if from_middle - half < self.limit.min(nearest) {
                pieces.extend(piece.halves());
            }
        }
        nearest
    }
}

#[cfg(test)]
#[path = "metres_tests.rs"]
mod tests;
