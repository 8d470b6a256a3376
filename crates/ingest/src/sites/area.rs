//! The size of an outline as SQL sees it: its edges are straight in longitude and latitude.

use geo::{LineString, Polygon};

/// Half the longest axis of WGS 84, in kilometres.
const EQUATORIAL_RADIUS_KM: f64 = 6_378.137;
const FLATTENING: f64 = 1.0 / 298.257_223_563;

/// The area of polygons in square kilometres on the spheroid, whichever way their rings turn.
///
/// Not with geodesics as edges, as `geo` measures: each takes the shorter way around the globe, so that the parallel from -180 to 180
/// degrees has no length and the outline of the world no size.
pub(super) fn area_km2(polygons: &[Polygon]) -> f64 {
    let area = |polygon: &Polygon| {
        let holes: f64 = polygon.interiors().iter().map(ring_km2).sum();
        ring_km2(polygon.exterior()) - holes
    };
    polygons.iter().map(area).sum()
}

/// The area within a ring: what lies between it and the equator, edge by edge.
fn ring_km2(ring: &LineString) -> f64 {
    // Gauss's formula for integrals: where on an edge to look, and how much of the edge that stands for.
    let offset = 0.15_f64.sqrt();
    let places = [
        (0.5 - offset, 5.0 / 18.0),
        (0.5, 8.0 / 18.0),
        (0.5 + offset, 5.0 / 18.0),
    ];
    let edges = ring.lines().map(|edge| {
        let at = |(along, part)| part * strip_km2(edge.start.y + along * edge.dy());
        edge.dx().to_radians() * places.into_iter().map(at).sum::<f64>()
    });
    edges.sum::<f64>().abs()
}

/// The area between the equator and a latitude in degrees, for each radian of longitude; negative in the south.
fn strip_km2(lat: f64) -> f64 {
    let eccentricity = (FLATTENING * (2.0 - FLATTENING)).sqrt();
    let polar_radius = EQUATORIAL_RADIUS_KM * (1.0 - FLATTENING);
    let sine = lat.to_radians().sin();
    let scaled = eccentricity * sine;
    polar_radius * polar_radius / 2.0 * (sine / (1.0 - scaled * scaled) + scaled.atanh() / eccentricity)
}

#[cfg(test)]
#[path = "area_tests.rs"]
mod tests;
