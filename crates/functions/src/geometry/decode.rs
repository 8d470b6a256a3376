//! What a geometry must be to be one, and WKT; `None` for whatever is malformed.

use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};
use wkt::Wkt;
use wkt::types::Coord as WktCoord;

use super::prepared::is_empty;

/// How deeply a value may nest: its readers recurse, so that a deeper one could overflow the stack.
pub(super) const MAX_NESTING: usize = 64;

/// How many positions the smallest closed ring has.
const RING_POSITIONS: usize = 4;

/// The geometry of a WKT value, in two dimensions; empty points and parts as in [`super::from_wkb`].
pub(crate) fn from_wkt(text: &str) -> Option<Geometry> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return None;
        }
    }
    geometry(&text.parse::<Wkt<f64>>().ok()?)
}

fn geometry(value: &Wkt<f64>) -> Option<Geometry> {
    Some(match value {
        Wkt::Point(value) => Geometry::Point(wkt_point(value)?),
        Wkt::LineString(value) => Geometry::LineString(wkt_line(value)?),
        Wkt::Polygon(value) => Geometry::Polygon(wkt_polygon(value)?),
        Wkt::MultiPoint(value) => {
            let points: Option<Vec<_>> = value.points().iter().map(wkt_point).collect();
            Geometry::MultiPoint(multi_point(points?))
        }
        Wkt::MultiLineString(value) => {
            let lines: Option<Vec<_>> = value.line_strings().iter().map(wkt_line).collect();
            Geometry::MultiLineString(MultiLineString::new(lines?))
        }
        Wkt::MultiPolygon(value) => {
            let polygons: Option<Vec<_>> = value.polygons().iter().map(wkt_polygon).collect();
            Geometry::MultiPolygon(MultiPolygon::new(polygons?))
        }
        Wkt::GeometryCollection(value) => {
            let members: Option<Vec<_>> = value.geometries().iter().map(geometry).collect();
            collection(members?)
        }
    })
}

fn wkt_point(value: &wkt::types::Point<f64>) -> Option<Point> {
    match value.coord() {
        Some(coordinate) => point(wkt_position(coordinate)),
        None => Some(empty_point()),
    }
}

fn wkt_line(value: &wkt::types::LineString<f64>) -> Option<LineString> {
    line(value.coords().iter().map(wkt_position).collect())
}

fn wkt_polygon(value: &wkt::types::Polygon<f64>) -> Option<Polygon> {
    let rings = value
        .rings()
        .iter()
        .map(|ring| ring.coords().iter().map(wkt_position).collect());
    polygon(rings.collect())
}

fn wkt_position(value: &WktCoord<f64>) -> Coord {
    Coord {
        x: value.x,
        y: value.y,
    }
}

/// The point without a position, written as WKB writes it.
pub(crate) fn empty_point() -> Point {
    Point::new(f64::NAN, f64::NAN)
}

/// A point: of finite coordinates, or empty.
pub(super) fn point(position: Coord) -> Option<Point> {
    let empty = position.x.is_nan() && position.y.is_nan();
    (empty || is_finite(&position)).then_some(Point(position))
}

/// A line of no position, or of two and more.
pub(super) fn line(positions: Vec<Coord>) -> Option<LineString> {
    (positions.len() != 1 && positions.iter().all(is_finite)).then(|| LineString::new(positions))
}

/// A polygon, its exterior first; every ring closed and of four positions or more.
pub(super) fn polygon(rings: Vec<Vec<Coord>>) -> Option<Polygon> {
    let rings: Option<Vec<LineString>> = rings.into_iter().map(ring).collect();
    let mut rings = rings?.into_iter();
    let exterior = rings.next().unwrap_or_else(LineString::empty);
    let interiors: Vec<_> = rings.filter(|ring| !ring.0.is_empty()).collect();
    // A hole needs something around it.
    (!exterior.0.is_empty() || interiors.is_empty()).then(|| Polygon::new(exterior, interiors))
}

fn ring(positions: Vec<Coord>) -> Option<LineString> {
    let ring = line(positions)?;
    (ring.0.is_empty() || ring.0.len() >= RING_POSITIONS && ring.is_closed()).then_some(ring)
}

/// Points without the empty ones.
pub(super) fn multi_point(points: Vec<Point>) -> MultiPoint {
    MultiPoint::new(points.into_iter().filter(|point| !point.x().is_nan()).collect())
}

/// Members without the empty ones.
pub(super) fn collection(members: Vec<Geometry>) -> Geometry {
    let members = members.into_iter().filter(|member| !is_empty(member)).collect();
    Geometry::GeometryCollection(GeometryCollection::new_from(members))
}

fn is_finite(position: &Coord) -> bool {
    position.x.is_finite() && position.y.is_finite()
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
