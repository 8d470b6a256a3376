//! WKB and WKT to geometries; `None` for whatever is malformed.

use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};
use geo_traits::{
    CoordTrait, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiLineStringTrait,
    MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait, RectTrait,
};
use wkt::Wkt;

/// How deeply a text may nest; the reader of WKT recurses, so that deeper text could overflow the stack.
const MAX_NESTING: usize = 64;

/// How many positions the smallest closed ring has.
const RING_POSITIONS: usize = 4;

/// The geometry of a WKB value, in two dimensions; ISO and EWKB, both byte orders.
///
/// An empty point is a point whose coordinates are NaN, as in WKB itself. Empty parts of a collection are left out.
pub(crate) fn from_wkb(bytes: &[u8]) -> Option<Geometry> {
    geometry(&wkb::reader::read_wkb(bytes).ok()?)
}

/// The geometry of a WKT value, in two dimensions; empty points as in [`from_wkb`].
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

fn geometry(value: &impl GeometryTrait<T = f64>) -> Option<Geometry> {
    Some(match value.as_type() {
        GeometryType::Point(value) => Geometry::Point(match value.coord() {
            Some(coordinate) => Point(position(&coordinate, true)?),
            None => empty_point(),
        }),
        GeometryType::LineString(value) => Geometry::LineString(line(value)?),
        GeometryType::Polygon(value) => Geometry::Polygon(polygon(value)?),
        GeometryType::MultiPoint(value) => {
            let positions = value
                .points()
                .filter_map(|point| Some(position(&point.coord()?, true)));
            let positions: Option<Vec<Coord>> = positions.collect();
            let points = positions?
                .into_iter()
                .filter(|position| !position.x.is_nan())
                .map(Point);
            Geometry::MultiPoint(MultiPoint::new(points.collect()))
        }
        GeometryType::MultiLineString(value) => {
            let lines: Option<Vec<_>> = value.line_strings().map(|value| line(&value)).collect();
            Geometry::MultiLineString(MultiLineString::new(lines?))
        }
        GeometryType::MultiPolygon(value) => {
            let polygons: Option<Vec<_>> = value.polygons().map(|value| polygon(&value)).collect();
            Geometry::MultiPolygon(MultiPolygon::new(polygons?))
        }
        GeometryType::GeometryCollection(value) => {
            let members: Option<Vec<Geometry>> = value.geometries().map(|member| geometry(&member)).collect();
            let members = members?
                .into_iter()
                .filter(|member| !super::prepared::is_empty(member));
            Geometry::GeometryCollection(GeometryCollection::new_from(members.collect()))
        }
        GeometryType::Rect(value) => {
            let (low, high) = (position(&value.min(), false)?, position(&value.max(), false)?);
            Geometry::Polygon(geo::Rect::new(low, high).to_polygon())
        }
        // Neither WKB nor WKT has these.
        GeometryType::Triangle(_) | GeometryType::Line(_) => return None,
    })
}

/// The point without a position, written as WKB writes it.
pub(crate) fn empty_point() -> Point {
    Point::new(f64::NAN, f64::NAN)
}

/// A position in two dimensions; not finite only as that of an empty point.
pub(super) fn position(value: &impl CoordTrait<T = f64>, may_be_empty: bool) -> Option<Coord> {
    let position = Coord {
        x: value.x(),
        y: value.y(),
    };
    let finite = position.x.is_finite() && position.y.is_finite();
    let empty = position.x.is_nan() && position.y.is_nan() && may_be_empty;
    (finite || empty).then_some(position)
}

fn positions(value: &impl LineStringTrait<T = f64>) -> Option<LineString> {
    let positions: Option<Vec<Coord>> = value.coords().map(|value| position(&value, false)).collect();
    positions.map(LineString::new)
}

fn line(value: &impl LineStringTrait<T = f64>) -> Option<LineString> {
    let line = positions(value)?;
    (line.0.len() != 1).then_some(line)
}

fn ring(value: &impl LineStringTrait<T = f64>) -> Option<LineString> {
    let ring = positions(value)?;
    (ring.0.is_empty() || ring.0.len() >= RING_POSITIONS && ring.is_closed()).then_some(ring)
}

fn polygon(value: &impl PolygonTrait<T = f64>) -> Option<Polygon> {
    let exterior = match value.exterior() {
        Some(exterior) => ring(&exterior)?,
        None => LineString::empty(),
    };
    let interiors: Option<Vec<_>> = value.interiors().map(|interior| ring(&interior)).collect();
    let interiors: Vec<_> = interiors?
        .into_iter()
        .filter(|interior| !interior.0.is_empty())
        .collect();
    // A hole needs something around it.
    (!exterior.0.is_empty() || interiors.is_empty()).then(|| Polygon::new(exterior, interiors))
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
