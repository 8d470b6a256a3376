use proptest::prelude::*;

use super::*;

/// Boxes of every size, around some place.
fn boxes() -> impl Strategy<Value = Vec<Rect>> {
    let place = prop_oneof![Just(0.0), -170.0..170.0_f64, Just(1e9), Just(-1e-7)];
    let spread = prop_oneof![Just(0.0), Just(1e-8), Just(0.3), Just(20.0)];
    (
        place,
        spread,
        prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, 0.0..1.0_f64, -9..1_i32), 0..40),
    )
        .prop_map(|(place, spread, boxes)| {
            let of = |(x, y, size, power): (f64, f64, f64, i32)| {
                let (x, y) = (place + x * spread, place / 2.0 + y * spread);
                let size = spread * size * 10_f64.powi(power);
                [x, y, x + size, y + size / 2.0]
            };
            boxes.into_iter().map(of).collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What lies within the distance of a box along both axes is never said not to.
    #[test]
    fn nothing_within_reach_is_missed(
        boxes in boxes(),
        points in prop::collection::vec((any::<prop::sample::Index>(), -1.2..2.2_f64, -1.2..2.2_f64, 0_u8..3, -12..2_i32), 1..80),
    ) {
        let sieve = Sieve::of(&Boxes::build(boxes.iter().copied().zip(0..)));
        if boxes.is_empty() {
            prop_assert!(!sieve.may_reach([0.0, 0.0], [1.0, 1.0]));
            return Ok(());
        }
        for (near, x, y, how, power) in points {
            let [west, south, east, north] = *near.get(&boxes);
            let within = match how {
                0 => [0.0, 0.0],
                _ => [10_f64.powi(power), 10_f64.powi(power) * 0.7],
            };
            // In a box, at its edge, and as far from it as is asked for.
            let point = match how {
                2 => [west - within[0], north + within[1]],
                _ => [west + x * (east - west), south + y * (north - south)],
            };
            let near = |rect: &Rect| {
                rect[0] - within[0] <= point[0] && point[0] <= rect[2] + within[0]
                    && rect[1] - within[1] <= point[1] && point[1] <= rect[3] + within[1]
            };
            if boxes.iter().any(near) {
                prop_assert!(sieve.may_reach(point, within), "{point:?} {within:?}");
            }
        }
    }
}

/// A few boxes leave nearly all of the space between them out.
#[test]
fn most_of_what_is_far_is_left_out() {
    let boxes = (0..44_u32).map(|row| {
        let (x, y) = (f64::from(row % 7) * 3.1, f64::from(row / 7) * 2.3);
        ([x, y, x + 0.005, y + 0.005], row)
    });
    let sieve = Sieve::of(&Boxes::build(boxes));
    assert!(sieve.bytes() < 16 << 10);
    for count in [1, 16, 17, 300, 1 << 20] {
        let boxes = (0..count).map(|row| ([0.0, 0.0, f64::from(row), 1.0], row));
        let sieve = Sieve::of(&Boxes::build(boxes));
        assert!(sieve.bytes() <= Sieve::build_bytes(count as usize) / 8, "{count}");
    }
    let passed = |within: f64| {
        let points = (0..40_000).map(|at| [f64::from(at % 200) * 0.093, f64::from(at / 200) * 0.069]);
        points
            .filter(|point| sieve.may_reach(*point, [within, within]))
            .count()
    };
    assert!(passed(0.0) < 400, "{}", passed(0.0));
    assert!(passed(0.01) < 400, "{}", passed(0.01));
    assert!(passed(0.1) < 4_000, "{}", passed(0.1));
    assert_eq!(passed(100.0), 40_000);
}

#[test]
fn what_is_no_number_reaches_nothing() {
    let sieve = Sieve::of(&Boxes::build([([0.0, 0.0, 1.0, 1.0], 0)]));
    for point in [
        [f64::NAN, 0.5],
        [0.5, f64::NAN],
        [f64::INFINITY, 0.5],
        [0.5, f64::NEG_INFINITY],
    ] {
        assert!(!sieve.may_reach(point, [0.0, 0.0]));
    }
    assert!(!sieve.may_reach([f64::NAN, 0.5], [1e9, 1e9]));
    assert!(!Sieve::default().may_reach([0.0, 0.0], [1e9, 1e9]));
}

/// Boxes without an end, or so far apart that the way between them is no number, are all asked.
#[test]
fn what_has_no_cells_is_passed_on() {
    for rect in [[0.0, 0.0, f64::INFINITY, 1.0], [f64::MIN, 0.0, f64::MAX, 1.0]] {
        let sieve = Sieve::of(&Boxes::build([(rect, 0)]));
        assert!(sieve.may_reach([1e9, 0.5], [0.0, 0.0]));
        assert!(!sieve.may_reach([f64::NAN, 0.5], [0.0, 0.0]));
    }
}
