//! Whether a geometry is valid by the OGC's rules.

use geo::{Geometry, Polygon, Validation};
use tieline_index::validity::{fault_of_parts, fault_of_polygon, has_flat_ring};

/// Whether a geometry is valid.
///
/// The rules are those of `geo`, and that an interior is in one piece. `geo` overlooks flat triangles: its search for self-intersections leaves out edges that follow one another,
/// and in a triangle all do. Its relations, which are also used to compare the rings of a polygon, then panic.
pub(super) fn is_valid(geometry: &Geometry) -> bool {
    match geometry {
        Geometry::Polygon(polygon) => are_valid(std::slice::from_ref(polygon)),
        Geometry::MultiPolygon(polygons) => are_valid(&polygons.0),
        Geometry::GeometryCollection(members) => members.iter().all(is_valid),
        geometry => geometry.is_valid(),
    }
}

fn are_valid(polygons: &[Polygon]) -> bool {
    let valid = |polygon: &Polygon| !has_flat_ring(polygon) && fault_of_polygon(polygon).is_none();
    polygons.iter().all(valid) && fault_of_parts(polygons).is_none()
}

#[cfg(test)]
#[path = "validity_tests.rs"]
mod tests;
