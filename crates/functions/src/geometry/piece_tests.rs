use proptest::prelude::*;

use super::*;

fn coord(x: f64, y: f64) -> Coord {
    Coord {
        x: x.clamp(-180.0, 180.0),
        y: y.clamp(-90.0, 90.0),
    }
}

fn piece(from: Coord, to: Coord) -> Piece {
    Piece {
        from: Place::anywhere(from),
        to: Place::anywhere(to),
    }
}

/// Pieces short enough to be measured as a whole, and places from a metre to half the globe away.
fn pieces() -> impl Strategy<Value = (Piece, Place)> {
    let lat = prop_oneof![3 => -89.0..89.0_f64, 1 => 89.9..90.0_f64, 1 => prop::sample::select(vec![-90.0, 0.0, 90.0])];
    let step = || -SHORT_DEGREES..SHORT_DEGREES;
    (
        (-180.0..180.0_f64, lat),
        (step(), step()),
        (-1.0..1.0_f64, -1.0..1.0_f64),
        -5..3_i32,
    )
        .prop_map(|((lon, lat), (dx, dy), (x, y), power)| {
            let size = 10_f64.powi(power);
            let piece = piece(coord(lon, lat), coord(lon + dx, lat + dy));
            let place = Place::new(coord(lon + dx / 2.0 + x * size, lat + dy / 2.0 + y * size)).unwrap();
            (piece, place)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn the_least_distance_is_that_of_dense_samples((piece, place) in pieces()) {
        let least = piece.least(&place);
        let samples = 200_u32;
        let sampled = (0..=samples)
            .map(|at| place.distance(piece.at(f64::from(at) / f64::from(samples))))
            .fold(f64::INFINITY, f64::min);
        prop_assert!(least <= sampled + 2e-4, "{least} above {sampled}");
        // Between two samples the distance is less than at them by half the way between at most.
        prop_assert!(sampled - piece.length_at_most() / f64::from(samples) <= least);
        prop_assert!(piece.at_least(&place) <= least, "{} {least}", piece.at_least(&place));
        prop_assert!(piece.at_most(&place) >= least, "{} {least}", piece.at_most(&place));
    }

    #[test]
    fn no_point_of_a_piece_strays_farther_than_said(
        x in -180.0..180.0_f64, y in -90.0..90.0_f64, to_x in -180.0..180.0_f64, to_y in -90.0..90.0_f64,
        size in 1e-4..1.0_f64, share in 0.0..1.0_f64
    ) {
        let to = coord(x + (to_x - x) * size, y + (to_y - y) * size);
        let piece = piece(coord(x, y), to);
        let (from, end) = (piece.from.space, piece.to.space);
        let straight = [0, 1, 2].map(|axis| from[axis] + share * (end[axis] - from[axis]));
        let off = difference(space(piece.at(share)), straight);
        prop_assert!(dot(off, off).sqrt() <= piece.sag() + 1e-6);
    }
}

#[test]
fn a_point_of_the_piece_is_at_no_distance() {
    let piece = piece(coord(10.0, 50.0), coord(10.01, 50.01));
    for share in [0.0, 0.25, 0.5, 1.0] {
        let place = Place::new(piece.at(share)).unwrap();
        assert!(piece.least(&place) < 1e-6);
    }
}

#[test]
fn a_piece_of_a_parallel_is_measured_at_a_right_angle_to_it() {
    let piece = piece(coord(0.0, 0.0), coord(0.01, 0.0));
    let place = Place::new(coord(0.004, 1.0)).unwrap();
    assert!((piece.least(&place) - place.distance(coord(0.004, 0.0))).abs() < 1e-6);
}
