//! Whether a geometry is valid by the OGC's rules.

use geo::kernels::{Kernel, Orientation};
use geo::{GeoNum, Geometry, LineString, Polygon, Validation};

/// Whether a geometry is valid.
///
/// `geo` decides, but overlooks flat triangles: its search for self-intersections leaves out edges that follow one another,
/// and in a triangle all do. Its relations, which it also uses to compare the rings of a polygon, then panic.
pub(super) fn is_valid(geometry: &Geometry) -> bool {
    !has_flat_ring(geometry) && geometry.is_valid()
}

fn has_flat_ring(geometry: &Geometry) -> bool {
    match geometry {
        Geometry::Polygon(polygon) => polygon_has_flat_ring(polygon),
        Geometry::MultiPolygon(polygons) => polygons.iter().any(polygon_has_flat_ring),
        Geometry::GeometryCollection(members) => members.iter().any(has_flat_ring),
        _ => false,
    }
}

fn polygon_has_flat_ring(polygon: &Polygon) -> bool {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .any(is_flat)
}

/// Whether all corners lie on one line.
fn is_flat(ring: &LineString) -> bool {
    let Some((first, rest)) = ring.0.split_first() else {
        return false;
    };
    let Some(second) = rest.iter().find(|corner| *corner != first) else {
        return true;
    };
    rest.iter()
        .all(|corner| <f64 as GeoNum>::Ker::orient2d(*first, *second, *corner) == Orientation::Collinear)
}

#[cfg(test)]
#[path = "validity_tests.rs"]
mod tests;
