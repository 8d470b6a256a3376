//! The distance in the plane of longitude and latitude.

use geo::coordinate_position::CoordPos;
use geo::{Coord, Distance, Euclidean, Geometry, Line, LineString, Point, Polygon};

use super::edges::{BlockAt, Contents, Edges};
use super::prepared::Prepared;
use super::relation::{intersects, position};

/// The least distance between two geometries in degrees; `None` where one is empty.
pub(crate) fn distance_in_degrees(a: &Prepared, b: &Prepared) -> Option<f64> {
    a.bounds().and(b.bounds())?;
    if let Some(point) = a.as_point() {
        return Some(from_point(point.0, b.geometry()));
    }
    if let Some(point) = b.as_point() {
        return Some(from_point(point.0, a.geometry()));
    }
    if intersects(a, b)? {
        return Some(0.0);
    }
    Some(Euclidean.distance(a.geometry(), b.geometry()))
}

/// The least distance from a position to a geometry that is not empty.
fn from_point(coord: Coord, geometry: &Geometry) -> f64 {
    if position(geometry, coord) != CoordPos::Outside {
        return 0.0;
    }
    let mut least = f64::INFINITY;
    for_each_line(geometry, &mut |line| least = least.min(from_line(coord, line)));
    least
}

fn from_line(coord: Coord, line: Line) -> f64 {
    Euclidean.distance(&Point(coord), &line)
}

/// Every edge of a geometry, and of every ring or line the last position, as [`Edges::for_each_edge`] has them.
fn for_each_line(geometry: &Geometry, visit: &mut impl FnMut(Line)) {
    let mut of_line = |LineString(positions): &LineString| {
        positions
            .windows(2)
            .for_each(|ends| visit(Line::new(ends[0], ends[1])));
        if let Some(last) = positions.last() {
            visit(Line::new(*last, *last));
        }
    };
    let mut of_polygon = |polygon: &Polygon| {
        of_line(polygon.exterior());
        polygon.interiors().iter().for_each(&mut of_line);
    };
    match geometry {
        Geometry::Polygon(polygon) => of_polygon(polygon),
        Geometry::MultiPolygon(polygons) => polygons.iter().for_each(of_polygon),
        Geometry::Rect(rect) => of_polygon(&rect.to_polygon()),
        Geometry::Triangle(triangle) => of_polygon(&triangle.to_polygon()),
        Geometry::LineString(line) => of_line(line),
        Geometry::MultiLineString(lines) => lines.iter().for_each(of_line),
        Geometry::Line(line) => of_line(&LineString::from(*line)),
        Geometry::Point(point) => of_line(&LineString(vec![point.0])),
        Geometry::MultiPoint(points) => points
            .iter()
            .for_each(|point| of_line(&LineString(vec![point.0]))),
        Geometry::GeometryCollection(members) => {
            members.iter().for_each(|member| for_each_line(member, visit));
        }
    }
}

impl Edges {
    /// Whether a position is at most so many degrees from the geometry: as its distance says, without the edges that are in blocks
    /// farther away.
    pub(super) fn reaches_in_degrees(&self, coord: Coord, limit: f64) -> bool {
        let Some((whole, _)) = self.whole() else {
            return false;
        };
        self.covers(coord) || self.is_within_degrees(whole, coord, limit)
    }

    fn is_within_degrees(&self, at: BlockAt, coord: Coord, limit: f64) -> bool {
        if !self.bounds(at).may_be_within_degrees(coord, limit) {
            return false;
        }
        match self.contents(at) {
            Contents::Blocks(level, mut range) => range.any(|index| {
                let (child, _) = self.block(level, index);
                self.is_within_degrees(child, coord, limit)
            }),
            Contents::Edges(range) => {
                let mut within = false;
                self.for_each_edge(range, |_, edge| {
                    let line = Line::new(edge.from.coord, edge.to.coord);
                    within = within || from_line(coord, line) <= limit;
                });
                within
            }
        }
    }
}

#[cfg(test)]
#[path = "planar_tests.rs"]
mod tests;
