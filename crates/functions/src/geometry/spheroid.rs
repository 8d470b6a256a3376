//! The WGS 84 spheroid: places on it, geodesics between them, and what straight lines through the earth say of geodesics.

use std::f64::consts::FRAC_PI_2;
use std::sync::LazyLock;

use geo::Coord;
use geographiclib_rs::{Geodesic, InverseGeodesic};

const EQUATORIAL_RADIUS_M: f64 = 6_378_137.0;
const POLAR_RADIUS_M: f64 = 6_356_752.314_245_179;
/// The smallest radius of curvature anywhere: that of the meridian at the equator, b²/a.
const LEAST_RADIUS_M: f64 = POLAR_RADIUS_M * POLAR_RADIUS_M / EQUATORIAL_RADIUS_M;
/// The greatest radius of curvature anywhere: that at the poles, a²/b.
pub(super) const GREATEST_RADIUS_M: f64 = EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M / POLAR_RADIUS_M;
const SQUARED_ECCENTRICITY: f64 =
    1.0 - POLAR_RADIUS_M * POLAR_RADIUS_M / (EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M);

/// More than what rounding does to a position in space.
pub(super) const ROUNDING_M: f64 = 1e-6;
/// More than what rounding does to a position on the unit sphere.
const UNIT_ROUNDING: f64 = 1e-13;

/// Up to here the distance from a place is a smooth function on the spheroid: beyond, two geodesics may be equally short.
pub(super) const SMOOTH_M: f64 = 19_000_000.0;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// A position in space: metres along three axes from the middle of the earth.
pub(super) type Space = [f64; 3];

/// A place on the spheroid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(super) coord: Coord,
    pub(super) space: Space,
}

/// The end of a geodesic from one place to another.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) distance: f64,
    /// The direction in which it arrives, of length 1.
    pub(super) north: f64,
    pub(super) east: f64,
}

impl Place {
    /// The place at a longitude and a latitude; `None` unless they are in ±180 and ±90 degrees.
    pub(crate) fn new(coord: Coord) -> Option<Self> {
        on_the_globe(coord).then(|| Self::anywhere(coord))
    }

    /// The same, also of a position that is not on the globe, of which nothing more may be asked.
    pub(super) fn anywhere(coord: Coord) -> Self {
        let space = space(coord);
        Self { coord, space }
    }

    /// The geodesic from here to a place.
    pub(super) fn arrival(&self, at: Coord) -> Arrival {
        let (distance, _, azimuth, _): (f64, f64, f64, f64) =
            WGS84.inverse(self.coord.y, self.coord.x, at.y, at.x);
        let (east, north) = azimuth.to_radians().sin_cos();
        Arrival {
            distance,
            north,
            east,
        }
    }

    /// The length of the shortest geodesic from here to a place, in metres.
    pub(crate) fn distance(&self, at: Coord) -> f64 {
        WGS84.inverse(self.coord.y, self.coord.x, at.y, at.x)
    }
}

/// By how many degrees of longitude and of latitude a geodesic of so many metres can lead away from a place whose latitude is
/// at most `lat` degrees from the equator; 360 of longitude where it may pass a pole.
///
/// A degree of a meridian is nowhere shorter than at the equator, so a geodesic stays below some latitude. There a degree of a
/// parallel is at least as long as on a sphere of the equatorial radius.
pub(super) fn reach_in_degrees(lat: f64, metres: f64) -> (f64, f64) {
    // More than what distances and degrees are rounded by.
    let metres = metres * (1.0 + 1e-9) + 0.01;
    let by_lat = (metres / LEAST_RADIUS_M).to_degrees();
    let highest = lat + by_lat;
    if highest > 89.999 {
        return (360.0, by_lat);
    }
    let by_lon = (metres / (EQUATORIAL_RADIUS_M * highest.to_radians().cos())).to_degrees();
    (by_lon.min(360.0), by_lat)
}

/// Whether a position is one: a longitude in ±180 and a latitude in ±90 degrees.
pub(super) fn on_the_globe(coord: Coord) -> bool {
    coord.x.abs() <= 180.0 && coord.y.abs() <= 90.0
}

/// Where a place lies in space.
pub(super) fn space(coord: Coord) -> Space {
    let (sin_lat, cos_lat) = coord.y.to_radians().sin_cos();
    let (sin_lon, cos_lon) = coord.x.to_radians().sin_cos();
    let normal = EQUATORIAL_RADIUS_M / (1.0 - SQUARED_ECCENTRICITY * sin_lat * sin_lat).sqrt();
    [
        normal * cos_lat * cos_lon,
        normal * cos_lat * sin_lon,
        normal * (1.0 - SQUARED_ECCENTRICITY) * sin_lat,
    ]
}

/// How many metres north and east a place moves for each radian of latitude and of longitude.
pub(super) fn metres_per_radian(latitude: f64) -> (f64, f64) {
    let (sin_lat, cos_lat) = latitude.to_radians().sin_cos();
    let root = (1.0 - SQUARED_ECCENTRICITY * sin_lat * sin_lat).sqrt();
    let normal = EQUATORIAL_RADIUS_M / root;
    (
        normal * (1.0 - SQUARED_ECCENTRICITY) / (root * root),
        normal * cos_lat,
    )
}

/// The direction in space that is `north` and `east` at a place.
pub(super) fn direction(at: Coord, arrival: &Arrival) -> Space {
    let (sin_lat, cos_lat) = at.y.to_radians().sin_cos();
    let (sin_lon, cos_lon) = at.x.to_radians().sin_cos();
    [
        -arrival.north * sin_lat * cos_lon - arrival.east * sin_lon,
        -arrival.north * sin_lat * sin_lon + arrival.east * cos_lon,
        arrival.north * cos_lat,
    ]
}

/// The length of a vector in space, and its length after the spheroid is scaled to the unit sphere.
pub(super) fn lengths(vector: Space) -> (f64, f64) {
    let across = vector[0] * vector[0] + vector[1] * vector[1];
    let along = vector[2] * vector[2];
    (
        (across + along).sqrt(),
        (across / (EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M) + along / (POLAR_RADIUS_M * POLAR_RADIUS_M))
            .sqrt(),
    )
}

/// A distance in metres that two places are at least apart, from the length of the chord between them and its length on
/// the unit sphere; both may be underestimated.
///
/// A sphere of the greatest radius of curvature touches the spheroid anywhere from outside, so that a geodesic is at
/// least as long as the arc over the same chord there. The other bound scales the unit sphere by the polar radius,
/// which shortens every path; it is the better one from some 1 800 km on.
pub(super) fn at_least(chord: f64, unit_chord: f64) -> f64 {
    let chord = (chord - ROUNDING_M).max(0.0);
    let unit_chord = (unit_chord - UNIT_ROUNDING).max(0.0);
    f64::max(
        arc(chord, GREATEST_RADIUS_M),
        POLAR_RADIUS_M * 2.0 * (unit_chord / 2.0).min(1.0).asin(),
    )
}

/// [`at_least`] of a chord whose direction is not known.
pub(super) fn at_least_any(chord: f64) -> f64 {
    at_least(chord, chord / EQUATORIAL_RADIUS_M)
}

/// A distance in metres that two places are at most apart, from the length of the chord between them: the arc over the
/// same chord on a sphere of the least radius of curvature, which touches the spheroid from inside.
pub(super) fn at_most(chord: f64) -> f64 {
    // Beyond, half a turn around the smaller sphere could come short of the way around the spheroid.
    const FAR_M: f64 = 10_000_000.0;
    if chord > FAR_M {
        return GREATEST_RADIUS_M * 2.0 * FRAC_PI_2;
    }
    arc(chord + ROUNDING_M, LEAST_RADIUS_M)
}

fn arc(chord: f64, radius: f64) -> f64 {
    2.0 * radius * (chord / (2.0 * radius)).min(1.0).asin()
}

/// What the way along a geodesic of at most `length` differs at most from the way along a fixed direction that was its
/// direction at the start: the geodesic turns by its curvature, and what it turns away is of third order.
pub(super) fn turned_away(length: f64) -> f64 {
    // A chord of up to 100 km is shorter than its geodesic by less than a part in ten thousand.
    let length = length * 1.0001;
    length.powi(3) / (6.0 * LEAST_RADIUS_M * LEAST_RADIUS_M)
}

/// What the distance from a place may fall below its slope within `length`, while it is at most `distance`.
///
/// Up to a quarter of a great circle it is convex and does not. Beyond, its second derivative is at least that on a sphere of the
/// greatest Gaussian curvature, that at the equator, whose radius is the polar one (Hessian comparison).
pub(super) fn bent_down(distance: f64, length: f64) -> f64 {
    let angle = distance / POLAR_RADIUS_M;
    if angle < FRAC_PI_2 {
        return 0.0;
    }
    let length = length * 1.0001;
    length * length / (2.0 * POLAR_RADIUS_M * -angle.tan())
}

#[cfg(test)]
#[path = "spheroid_tests.rs"]
mod tests;
