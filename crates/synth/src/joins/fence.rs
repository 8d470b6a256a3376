//! Fences: simple polygons around a centre, and whether a point lies in one.

use std::f64::consts::TAU;

use robust::{Coord, orient2d};

use super::draw::{Draw, Stream};
use super::options::JoinsOptions;

/// The region: at sea, south of every shore.
pub(super) const WEST: f64 = 60.0;
pub(super) const SOUTH: f64 = -45.0;
pub(super) const WIDTH: f64 = 14.0;
pub(super) const HEIGHT: f64 = 11.0;

const METRES_PER_DEGREE: f64 = 111_320.0;

/// A polygon without holes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fence {
    /// Counter-clockwise, longitude and latitude, the first vertex again at the end.
    pub(super) ring: Vec<(f64, f64)>,
    /// West, south, east, north.
    pub(super) bounds: [f64; 4],
}

/// Degrees with seven decimals, as they are delivered: the nearest number to the decimal text.
pub(super) fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

impl Fence {
    fn around(centre: (f64, f64), radius_m: f64, vertices: u64, draw: &mut Draw) -> Self {
        let (lon, lat) = centre;
        let stretch = lat.to_radians().cos();
        let mut ring: Vec<_> = (0..vertices)
            .map(|vertex| {
                // One vertex in each slice around the centre: such a ring crosses itself nowhere.
                let angle = TAU * (vertex as f64 + 0.8 * draw.unit()) / vertices as f64;
                let radius = radius_m * (0.5 + 0.5 * draw.unit()) / METRES_PER_DEGREE;
                (
                    rounded(lon + radius * angle.cos() / stretch),
                    rounded(lat + radius * angle.sin()),
                )
            })
            .collect();
        ring.push(ring[0]);
        let bounds = ring.iter().fold(
            [f64::MAX, f64::MAX, f64::MIN, f64::MIN],
            |[w, s, e, n], (lon, lat)| [w.min(*lon), s.min(*lat), e.max(*lon), n.max(*lat)],
        );
        Self { ring, bounds }
    }

    /// Whether a point lies in the interior: neither outside nor on an edge, exactly.
    pub(super) fn contains(&self, lon: f64, lat: f64) -> bool {
        let [west, south, east, north] = self.bounds;
        if lon <= west || lon >= east || lat <= south || lat >= north {
            return false;
        }
        let mut inside = false;
        for edge in self.ring.windows(2) {
            let ((from_lon, from_lat), (to_lon, to_lat)) = (edge[0], edge[1]);
            if (from_lat < lat && to_lat < lat) || (from_lat > lat && to_lat > lat) {
                continue;
            }
            let turn = orient2d(
                Coord {
                    x: from_lon,
                    y: from_lat,
                },
                Coord { x: to_lon, y: to_lat },
                Coord { x: lon, y: lat },
            );
            let between = lon >= from_lon.min(to_lon) && lon <= from_lon.max(to_lon);
            if turn == 0.0 && between {
                return false;
            }
            // Upwards with the point on the left, or downwards with it on the right, is a crossing to the east of it.
            let upwards = from_lat <= lat && to_lat > lat;
            let downwards = to_lat <= lat && from_lat > lat;
            if (upwards && turn > 0.0) || (downwards && turn < 0.0) {
                inside = !inside;
            }
        }
        inside
    }

    /// A point inside, by trial.
    pub(super) fn point(&self, draw: &mut Draw) -> (f64, f64) {
        let [west, south, east, north] = self.bounds;
        for _ in 0..1_000 {
            let lon = rounded(west + draw.unit() * (east - west));
            let lat = rounded(south + draw.unit() * (north - south));
            if self.contains(lon, lat) {
                return (lon, lat);
            }
        }
        // A ring around its centre fills at least a fifth of its box.
        self.ring[0]
    }
}

/// A place in the region, away from its border.
fn place(draw: &mut Draw) -> (f64, f64) {
    (
        WEST + 0.6 + draw.unit() * (WIDTH - 1.2),
        SOUTH + 0.6 + draw.unit() * (HEIGHT - 1.2),
    )
}

/// Forty-four fences far apart, 100 to 900 m across.
pub(super) fn few(options: &JoinsOptions) -> Vec<Fence> {
    let fence = |number: u64| {
        let mut draw = Draw::new(options.seed, Stream::FencesFew, number);
        // One in each field of a grid of 8 by 6.
        let (column, row) = ((number % 8) as f64, (number / 8) as f64);
        let lon = WEST + 0.6 + (column + 0.1 + 0.8 * draw.unit()) * (WIDTH - 1.2) / 8.0;
        let lat = SOUTH + 0.6 + (row + 0.1 + 0.8 * draw.unit()) * (HEIGHT - 1.2) / 6.0;
        let radius_m = 50.0 + 400.0 * draw.unit();
        let vertices = 8 + draw.below(17);
        Fence::around((lon, lat), radius_m, vertices, &mut draw)
    };
    (0..44).map(fence).collect()
}

/// Fences of 60 vertices, 500 m to 30 km across, that overlap.
pub(super) fn many(options: &JoinsOptions) -> Vec<Fence> {
    scattered(
        options,
        Stream::FencesMany,
        options.fences_many(),
        60,
        (250.0, 15_000.0),
    )
}

/// Fences of 50 vertices, 100 to 900 m across, some of which overlap.
pub(super) fn most(options: &JoinsOptions) -> Vec<Fence> {
    scattered(
        options,
        Stream::FencesMost,
        options.fences_most(),
        50,
        (50.0, 450.0),
    )
}

fn scattered(
    options: &JoinsOptions,
    stream: Stream,
    count: u64,
    vertices: u64,
    radii_m: (f64, f64),
) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::with_capacity(count as usize);
    for number in 0..count {
        let mut draw = Draw::new(options.seed, stream, number);
        let centre = match draw.chance(options.overlap) && number > 0 {
            true => fences[draw.below(number) as usize].ring[0],
            false => place(&mut draw),
        };
        let radius_m = radii_m.0 * (radii_m.1 / radii_m.0).powf(draw.unit());
        fences.push(Fence::around(centre, radius_m, vertices, &mut draw));
    }
    fences
}

#[cfg(test)]
#[path = "fence_tests.rs"]
mod tests;
