//! Whether an observation was made inside a site.

use crate::geography::{Polygon, Position, edges};
use crate::observation::Observation;
use crate::site::{Site, Status};

/// Inside a confirmed site whose version holds at the time.
pub(super) fn is_in_site(site: &Site, observation: &Observation) -> bool {
    let at = observation.observed_at;
    site.status == Status::Confirmed
        && site.valid_from.is_none_or(|from| at >= from)
        && site.valid_to.is_none_or(|to| at < to)
        && site
            .polygons
            .iter()
            .any(|polygon| is_in_polygon(polygon, observation.position))
}

/// Inside the outer ring and in none of the holes.
pub(super) fn is_in_polygon(polygon: &Polygon, position: Position) -> bool {
    is_in_ring(&polygon.outer, position) && !polygon.holes.iter().any(|hole| is_in_ring(hole, position))
}

/// Counts the edges that a ray to the east crosses: an odd number means inside. Exact, since all
/// numbers are whole.
fn is_in_ring(ring: &[Position], position: Position) -> bool {
    let mut inside = false;
    for (start, end) in edges(ring) {
        let (lower, upper) = if start.lat_e6 <= end.lat_e6 {
            (start, end)
        } else {
            (end, start)
        };
        let crosses_parallel = lower.lat_e6 <= position.lat_e6 && position.lat_e6 < upper.lat_e6;
        // Positive where the position lies west of the edge.
        let side = (upper.lat_e6 - lower.lat_e6) * (lower.lon_e6 - position.lon_e6)
            + (position.lat_e6 - lower.lat_e6) * (upper.lon_e6 - lower.lon_e6);
        if crosses_parallel && side > 0 {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
#[path = "fence_tests.rs"]
mod tests;
