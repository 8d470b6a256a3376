//! Geometries to WKB and WKT.

use geo::Geometry;
use wkb::writer::WriteOptions;

use super::prepared::is_empty;

/// A geometry as ISO WKB, little endian; an empty point as one whose coordinates are NaN.
///
/// `None` only for a geometry too large for WKB's counts of 32 bits.
pub(crate) fn to_wkb(geometry: &Geometry) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    wkb::writer::write_geometry(&mut bytes, geometry, &WriteOptions::default()).ok()?;
    Some(bytes)
}

/// A geometry as WKT, written as PostGIS writes it: `POINT(1 2)`, `POINT EMPTY`.
pub(crate) fn to_wkt(geometry: &Geometry) -> Option<String> {
    let name = match geometry {
        Geometry::Point(_) => "POINT",
        Geometry::LineString(_) => "LINESTRING",
        Geometry::Polygon(_) => "POLYGON",
        Geometry::MultiPoint(_) => "MULTIPOINT",
        Geometry::MultiLineString(_) => "MULTILINESTRING",
        Geometry::MultiPolygon(_) => "MULTIPOLYGON",
        _ => "GEOMETRYCOLLECTION",
    };
    if is_empty(geometry) {
        return Some(format!("{name} EMPTY"));
    }
    let mut text = String::new();
    wkt::to_wkt::write_geometry(&mut text, geometry).ok()?;
    Some(text)
}
