use proptest::prelude::*;

use super::*;
use crate::geometry::piece::{difference, dot};

fn place(lon: f64, lat: f64) -> Place {
    Place::new(Coord { x: lon, y: lat }).unwrap()
}

/// (latitude, longitude) twice and metres, as GeographicLib publishes them: the example of GeodSolve(1), the tests GeodSolve 6,
/// 9, 10, 11, 33 and 92 of its geodtest, and four of its table of random geodesics.
const PUBLISHED: [([f64; 4], f64, f64); 18] = [
    ([40.6, -73.8, 51.6, -0.5], 5_551_759.400, 1e-3),
    ([0.0, 0.0, 90.0, 0.0], 10_001_965.729, 1e-3),
    ([0.0, 0.0, 0.0, 90.0], 10_018_754.171, 1e-3),
    ([0.0, 0.0, 0.0, 179.0], 19_926_189.0, 0.5),
    ([0.0, 0.0, 0.0, 179.5], 19_980_862.0, 0.5),
    ([0.0, 0.0, 0.0, 180.0], 20_003_931.0, 0.5),
    ([0.0, 0.0, 1.0, 180.0], 19_893_357.0, 0.5),
    (
        [
            88.202_499_451_857,
            0.0,
            -88.202_499_451_857,
            179.981_022_032_992_86,
        ],
        20_003_898.214,
        1e-3,
    ),
    (
        [
            89.262_080_389_218,
            0.0,
            -89.262_080_389_218,
            179.992_207_982_775_38,
        ],
        20_003_925.854,
        1e-3,
    ),
    (
        [
            89.333_123_580_033,
            0.0,
            -89.333_123_580_033,
            179.992_958_123_601_48,
        ],
        20_003_926.881,
        1e-3,
    ),
    (
        [
            56.320_923_501_171,
            0.0,
            -56.320_923_501_171,
            179.664_747_671_772_9,
        ],
        19_993_558.287,
        1e-3,
    ),
    (
        [
            52.784_459_512_564,
            0.0,
            -52.784_459_512_564,
            179.634_407_464_943_8,
        ],
        19_991_596.095,
        1e-3,
    ),
    (
        [
            48.522_876_735_459,
            0.0,
            -48.522_876_735_459,
            179.599_720_456_223_08,
        ],
        19_989_144.774,
        1e-3,
    ),
    (
        [37.757_540_000_000_006, -122.470_18, 37.757_54, -122.470_177],
        0.264,
        5e-4,
    ),
    (
        [35.607_77, -139.448_15, -11.174_91, -69.959_21],
        8_935_244.560_481_83,
        1e-6,
    ),
    (
        [55.524_54, 106.050_87, 77.031_96, -162.817_66],
        4_105_086.171_392_441,
        1e-6,
    ),
    (
        [-21.978_56, 142.590_65, 41.841_38, 98.566_35],
        8_394_328.894_657_671,
        1e-6,
    ),
    (
        [-66.990_28, 112.236_3, -12.706_31, -74.096_56],
        11_150_344.231_208_024,
        1e-6,
    ),
];

#[test]
fn distances_are_those_that_geographiclib_publishes() {
    for ([lat1, lon1, lat2, lon2], metres, tolerance) in PUBLISHED {
        let distance = place(lon1, lat1).distance(Coord { x: lon2, y: lat2 });
        assert!((distance - metres).abs() <= tolerance, "{distance} {metres}");
    }
}

#[test]
fn a_place_is_on_the_globe_or_nowhere() {
    for (lon, lat) in [
        (180.1, 0.0),
        (0.0, -90.1),
        (f64::NAN, 0.0),
        (0.0, f64::NAN),
        (f64::INFINITY, 0.0),
        (0.0, f64::NEG_INFINITY),
    ] {
        assert!(Place::new(Coord { x: lon, y: lat }).is_none());
    }
    assert!(Place::new(Coord { x: -180.0, y: 90.0 }).is_some());
}

/// Places anywhere, and pairs from a metre apart to the antipode.
fn pairs() -> impl Strategy<Value = (Place, Coord)> {
    let lon = || prop_oneof![4 => -180.0..180.0_f64, 1 => prop::sample::select(vec![-180.0, 0.0, 180.0])];
    let lat = || prop_oneof![4 => -90.0..90.0_f64, 1 => prop::sample::select(vec![-90.0, 0.0, 90.0])];
    let near = (lon(), lat(), -1.0..1.0_f64, -1.0..1.0_f64, -5..2_i32).prop_map(|(lon, lat, x, y, power)| {
        let size = 10_f64.powi(power);
        let to = Coord {
            x: (lon + x * size).clamp(-180.0, 180.0),
            y: (lat + y * size).clamp(-90.0, 90.0),
        };
        (place(lon, lat), to)
    });
    let antipodal = (0.0..180.0_f64, lat(), -0.5..0.5_f64, -0.5..0.5_f64).prop_map(|(lon, lat, x, y)| {
        let to = Coord {
            x: (lon - 180.0 + x).max(-180.0),
            y: (-lat + y).clamp(-90.0, 90.0),
        };
        (place(lon, lat), to)
    });
    let any = (lon(), lat(), lon(), lat())
        .prop_map(|(lon, lat, to_lon, to_lat)| (place(lon, lat), Coord { x: to_lon, y: to_lat }));
    prop_oneof![near, any, antipodal]
}

proptest! {
    #[test]
    fn chords_bound_geodesics((from, to) in pairs()) {
        let distance = from.distance(to);
        let (chord, unit_chord) = lengths(difference(space(to), from.space));
        prop_assert!(at_least(chord, unit_chord) <= distance, "{} {distance}", at_least(chord, unit_chord));
        prop_assert!(at_least_any(chord) <= distance);
        prop_assert!(at_most(chord) >= distance, "{} {distance}", at_most(chord));
        // Sharp where sites are.
        if distance < 10_000.0 {
            prop_assert!(at_most(chord) - at_least(chord, unit_chord) < 1e-4);
        }
    }

    #[test]
    fn the_distance_is_at_least_what_its_slope_says(
        (from, at) in pairs(), lon in -0.5..0.5_f64, lat in -0.5..0.5_f64, power in -4..1_i32
    ) {
        let size = 10_f64.powi(power);
        let near = Coord {
            x: (at.x + lon * size).clamp(-180.0, 180.0),
            y: (at.y + lat * size).clamp(-90.0, 90.0),
        };
        let arrival = from.arrival(at);
        let step = difference(space(near), space(at));
        let length = dot(step, step).sqrt();
        let farthest = arrival.distance + 2.0 * length;
        if farthest < SMOOTH_M && length < 100_000.0 && arrival.distance > 1.0 {
            let error = turned_away(length) + bent_down(farthest, length);
            let by_slope = arrival.distance + dot(direction(at, &arrival), step) - error;
            prop_assert!(by_slope - ROUNDING_M <= from.distance(near), "{by_slope} {}", from.distance(near));
        }
    }
}
