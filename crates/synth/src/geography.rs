//! Positions and outlines on the sea, in whole millionths of a degree.
//!
//! Whole numbers make every test of containment exact, and the same on every machine. No function of
//! the platform's mathematics library is used, since those differ in the last digit.

use crate::rng::Rng;

/// A position, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Latitude in millionths of a degree.
    pub(crate) lat_e6: i64,
    /// Longitude in millionths of a degree.
    pub(crate) lon_e6: i64,
}

/// Metres in a millionth of a degree of latitude.
const LATITUDE_M_PER_E6: f64 = 0.110_8;
/// Metres in a millionth of a degree of longitude at the equator.
const EQUATOR_M_PER_E6: f64 = 0.111_32;

impl Position {
    pub(crate) fn lat(self) -> f64 {
        self.lat_e6 as f64 / 1e6
    }

    pub(crate) fn lon(self) -> f64 {
        self.lon_e6 as f64 / 1e6
    }

    /// The position so many metres east and north of this one.
    pub(crate) fn offset_m(self, east_m: f64, north_m: f64) -> Self {
        Self {
            lat_e6: self.lat_e6 + (north_m / LATITUDE_M_PER_E6).round() as i64,
            lon_e6: self.lon_e6 + (east_m / self.longitude_m_per_e6()).round() as i64,
        }
    }

    /// Metres east and north from this position to another nearby.
    pub(crate) fn metres_to(self, other: Self) -> (f64, f64) {
        let east = (other.lon_e6 - self.lon_e6) as f64 * self.longitude_m_per_e6();
        let north = (other.lat_e6 - self.lat_e6) as f64 * LATITUDE_M_PER_E6;
        (east, north)
    }

    /// Distance to another position nearby, in metres.
    pub(crate) fn distance_m(self, other: Self) -> f64 {
        let (east, north) = self.metres_to(other);
        (east * east + north * north).sqrt()
    }

    fn longitude_m_per_e6(self) -> f64 {
        let angle = self.lat() * std::f64::consts::PI / 180.0;
        let square = angle * angle;
        // The cosine's Taylor series; its error is below 1e-7 up to 40 degrees.
        let cosine =
            1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
        EQUATOR_M_PER_E6 * cosine
    }
}

/// A ring of positions; the last joins the first and is not repeated.
pub(crate) type Ring = Vec<Position>;

/// One polygon: an outer ring and holes in it.
#[derive(Debug, Clone)]
pub(crate) struct Polygon {
    pub(crate) outer: Ring,
    pub(crate) holes: Vec<Ring>,
}

/// A triangle, from which positions are drawn. Where a device stands follows from how an outline was
/// made, not from a test of containment: the truth's own test is thereby checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Triangle(pub(crate) [Position; 3]);

impl Triangle {
    pub(crate) fn random_position(&self, rng: &mut Rng) -> Position {
        let (mut along, mut across) = (rng.unit(), rng.unit());
        if along + across > 1.0 {
            (along, across) = (1.0 - along, 1.0 - across);
        }
        let [origin, first, second] = self.0;
        let (east_1, north_1) = origin.metres_to(first);
        let (east_2, north_2) = origin.metres_to(second);
        origin.offset_m(
            along * east_1 + across * east_2,
            along * north_1 + across * north_2,
        )
    }

    pub(crate) fn area_m2(&self) -> f64 {
        let [origin, first, second] = self.0;
        let (east_1, north_1) = origin.metres_to(first);
        let (east_2, north_2) = origin.metres_to(second);
        (east_1 * north_2 - east_2 * north_1).abs() / 2.0
    }
}

/// Unit vectors (east, north) at equal angles, counter-clockwise from east.
fn directions() -> Vec<(f64, f64)> {
    // Cosine and sine of 1.5 degrees.
    const COSINE: f64 = 0.999_657_324_975_557_3;
    const SINE: f64 = 0.026_176_948_307_873_15;
    let mut direction = (1.0, 0.0);
    let mut all = Vec::with_capacity(240);
    for _ in 0..240 {
        all.push(direction);
        direction = (
            direction.0 * COSINE - direction.1 * SINE,
            direction.0 * SINE + direction.1 * COSINE,
        );
    }
    all
}

/// An irregular ring around a centre, every vertex of which can be seen from the centre:
/// counter-clockwise, its vertices between `radius_m * roundness` and `radius_m` away.
pub(crate) fn irregular_ring(rng: &mut Rng, centre: Position, radius_m: f64, roundness: f64) -> Ring {
    let directions = directions();
    let vertices = rng.between(10, 40) as usize;
    let step = directions.len() / vertices;
    let mut ring = Ring::with_capacity(vertices);
    for vertex in 0..vertices {
        let (east, north) = directions[vertex * step + rng.below(step)];
        let radius_m = radius_m * (roundness + (1.0 - roundness) * rng.unit());
        ring.push(centre.offset_m(east * radius_m, north * radius_m));
    }
    ring
}

/// The ring shrunk towards a centre.
pub(crate) fn shrunk(ring: &[Position], centre: Position, factor: f64) -> Ring {
    let shrink = |vertex: &Position| {
        let (east, north) = centre.metres_to(*vertex);
        centre.offset_m(east * factor, north * factor)
    };
    ring.iter().map(shrink).collect()
}

/// Each vertex of a ring with the one after it.
pub(crate) fn edges(ring: &[Position]) -> impl Iterator<Item = (Position, Position)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// The triangles between a centre and the edges of a ring around it.
pub(crate) fn fan(centre: Position, ring: &[Position]) -> Vec<Triangle> {
    edges(ring)
        .map(|(start, end)| Triangle([centre, start, end]))
        .collect()
}

/// The triangles between a ring and the same ring shrunk.
pub(crate) fn band(outer: &[Position], inner: &[Position]) -> Vec<Triangle> {
    let mut triangles = Vec::with_capacity(outer.len() * 2);
    for ((outer_start, outer_end), (inner_start, inner_end)) in edges(outer).zip(edges(inner)) {
        triangles.push(Triangle([outer_start, outer_end, inner_start]));
        triangles.push(Triangle([inner_start, outer_end, inner_end]));
    }
    triangles
}

/// Distance from a position to the nearest edge of a ring, in metres.
pub(crate) fn edge_distance_m(ring: &[Position], position: Position) -> f64 {
    let mut nearest_m = f64::INFINITY;
    for (start, end) in edges(ring) {
        let (start_east, start_north) = position.metres_to(start);
        let (end_east, end_north) = position.metres_to(end);
        let (east, north) = (end_east - start_east, end_north - start_north);
        let length_squared = (east * east + north * north).max(1e-9);
        let along = (-(start_east * east + start_north * north) / length_squared).clamp(0.0, 1.0);
        let (near_east, near_north) = (start_east + along * east, start_north + along * north);
        nearest_m = nearest_m.min((near_east * near_east + near_north * near_north).sqrt());
    }
    nearest_m
}
