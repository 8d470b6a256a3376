//! The made-up fences and points that the benchmark of fences runs on: the shapes of `tieline-synth`, without its worlds.

use tieline_index::fences::Outlines;

use crate::Numbers;

const WEST: f64 = 60.0;
const SOUTH: f64 = -45.0;
const WIDTH: f64 = 14.0;
const HEIGHT: f64 = 11.0;
const METRES_PER_DEGREE: f64 = 111_320.0;

/// Rings of longitude and latitude; the row of each is its number.
pub type Rings = Vec<Vec<(f64, f64)>>;

fn unit(numbers: &mut Numbers) -> f64 {
    (numbers.next() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Seven decimals, as places are delivered.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

fn around((lon, lat): (f64, f64), radius_m: f64, vertices: u64, numbers: &mut Numbers) -> Vec<(f64, f64)> {
    let stretch = lat.to_radians().cos();
    let vertex = |vertex| {
        let angle = std::f64::consts::TAU * (vertex as f64 + 0.8 * unit(numbers)) / vertices as f64;
        let radius = radius_m * (0.5 + 0.5 * unit(numbers)) / METRES_PER_DEGREE;
        (
            rounded(lon + radius * angle.cos() / stretch),
            rounded(lat + radius * angle.sin()),
        )
    };
    (0..vertices).map(vertex).collect()
}

fn place(numbers: &mut Numbers) -> (f64, f64) {
    (
        WEST + 0.6 + unit(numbers) * (WIDTH - 1.2),
        SOUTH + 0.6 + unit(numbers) * (HEIGHT - 1.2),
    )
}

/// Forty-four fences far apart, 100 to 900 m across, of 8 to 24 vertices.
pub fn few_fences() -> Rings {
    let mut numbers = Numbers::new(44);
    let fence = |_| {
        let (centre, radius_m) = (place(&mut numbers), 50.0 + 400.0 * unit(&mut numbers));
        let vertices = 8 + numbers.below(17);
        around(centre, radius_m, vertices, &mut numbers)
    };
    (0..44).map(fence).collect()
}

/// Ten thousand fences of 60 vertices, 500 m to 30 km across, half of which begin on another one.
pub fn many_fences() -> Rings {
    scattered(10_000, 60, (250.0, 15_000.0), &mut Numbers::new(10))
}

/// A hundred thousand fences of 50 vertices, 100 to 900 m across, half of which begin on another one.
pub fn most_fences() -> Rings {
    scattered(100_000, 50, (50.0, 450.0), &mut Numbers::new(100))
}

fn scattered(count: u64, vertices: u64, radii_m: (f64, f64), numbers: &mut Numbers) -> Rings {
    let mut rings: Rings = Vec::new();
    for number in 0..count {
        let centre = match number > 0 && numbers.below(2) == 0 {
            true => rings[numbers.below(number) as usize][0],
            false => place(numbers),
        };
        let radius_m = radii_m.0 * (radii_m.1 / radii_m.0).powf(unit(numbers));
        rings.push(around(centre, radius_m, vertices, numbers));
    }
    rings
}

/// One fence across the region of so many vertices, with bays of all sizes as a coast has them.
pub fn large_fence(vertices: u64) -> Vec<(f64, f64)> {
    let mut numbers = Numbers::new(1);
    let waves: Vec<_> = (0..16)
        .map(|octave| (f64::from(3 << octave), std::f64::consts::TAU * unit(&mut numbers)))
        .collect();
    let vertex = |vertex| {
        let angle = std::f64::consts::TAU * (vertex as f64 + 0.8 * unit(&mut numbers)) / vertices as f64;
        let bays: f64 = waves
            .iter()
            .map(|&(times, phase)| (times * angle + phase).sin() / times)
            .sum();
        let radius = 4.0 * (1.0 + bays);
        (
            rounded(WEST + WIDTH / 2.0 + radius * angle.cos()),
            rounded(SOUTH + HEIGHT / 2.0 + radius * angle.sin()),
        )
    };
    (0..vertices).map(vertex).collect()
}

/// The outlines of rings.
pub fn outlines(rings: &Rings) -> Outlines {
    let mut outlines = Outlines::new();
    for (row, ring) in (0..).zip(rings) {
        // Made-up coordinates are finite.
        let _ = outlines.push_polygon(row, [ring.iter().copied()]);
    }
    outlines
}

/// Points anywhere in the region in random order, one of 64 of them beside a vertex of a fence.
pub fn points(rings: &Rings, count: usize) -> (Vec<f64>, Vec<f64>) {
    let mut numbers = Numbers::new(2);
    let point = |number| {
        if number % 64 == 0 {
            let ring = &rings[numbers.below(rings.len() as u64) as usize];
            let (lon, lat) = ring[numbers.below(ring.len() as u64) as usize];
            let mut near = |degrees| rounded(degrees + (unit(&mut numbers) - 0.5) * 0.002);
            return (near(lon), near(lat));
        }
        let (lon, lat) = (unit(&mut numbers), unit(&mut numbers));
        (rounded(WEST + WIDTH * lon), rounded(SOUTH + HEIGHT * lat))
    };
    (0..count).map(point).unzip()
}

/// The same points by place, along a Morton curve.
pub fn by_place((xs, ys): &(Vec<f64>, Vec<f64>)) -> (Vec<f64>, Vec<f64>) {
    let spread = |share: f64| {
        let mut bits = (share.clamp(0.0, 1.0) * 65535.0) as u64;
        for (shift, mask) in [
            (8, 0x00ff_00ff),
            (4, 0x0f0f_0f0f),
            (2, 0x3333_3333),
            (1, 0x5555_5555),
        ] {
            bits = (bits | bits << shift) & mask;
        }
        bits
    };
    let mut order: Vec<usize> = (0..xs.len()).collect();
    order.sort_by_cached_key(|&point| {
        spread((xs[point] - WEST) / WIDTH) | spread((ys[point] - SOUTH) / HEIGHT) << 1
    });
    order.iter().map(|&point| (xs[point], ys[point])).unzip()
}
