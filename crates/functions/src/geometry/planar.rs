//! The distance in the plane of longitude and latitude.

use geo::{Distance, Euclidean};

use super::prepared::Prepared;
use super::relation::intersects;

/// The least distance between two geometries in degrees; `None` where one is empty.
pub(crate) fn distance_in_degrees(a: &Prepared, b: &Prepared) -> Option<f64> {
    a.bounds().and(b.bounds())?;
    if intersects(a, b)? {
        return Some(0.0);
    }
    Some(Euclidean.distance(a.geometry(), b.geometry()))
}
