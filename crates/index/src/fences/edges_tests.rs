use super::*;

/// The sign of a turn between whole numbers.
fn sign(a: [i64; 2], b: [i64; 2], c: [i64; 2]) -> f64 {
    let turn = (a[0] - c[0]) * (b[1] - c[1]) - (a[1] - c[1]) * (b[0] - c[0]);
    turn.signum() as f64
}

fn small_points() -> impl Iterator<Item = [i64; 2]> + Clone {
    (-2..=2).flat_map(|x| (-1..=1).map(move |y| [x, y]))
}

fn scaled(point: [i64; 2], scale: f64) -> Vertex {
    point.map(|number| number as f64 * scale)
}

#[test]
fn turns_are_exact_at_any_scale() {
    let scales = [
        f64::from_bits(1),
        2_f64.powi(-600),
        1.0,
        2_f64.powi(600),
        2_f64.powi(1022),
    ];
    for (a, b) in small_points().flat_map(|a| small_points().map(move |b| (a, b))) {
        for c in small_points() {
            for scale in scales {
                let (a, b, c) = (scaled(a, scale), scaled(b, scale), scaled(c, scale));
                assert_eq!(
                    exact_turn(a, b, c),
                    turn(a, b, c).signum() * f64::from(u8::from(turn(a, b, c) != 0.0))
                );
            }
            assert_eq!(
                exact_turn(scaled(a, 2.0), scaled(b, 2.0), scaled(c, 2.0)),
                sign(a, b, c)
            );
        }
    }
}

#[test]
fn large_and_small_numbers_are_told_apart_together() {
    let tiny = f64::from_bits(1);
    let (a, b) = ([0.0, 0.0], [f64::MAX, f64::MAX]);
    assert_eq!(turn(a, b, [tiny, tiny]), 0.0);
    assert!(turn(a, b, [tiny, 2.0 * tiny]) > 0.0);
    assert!(turn(a, b, [2.0 * tiny, tiny]) < 0.0);
    assert!(turn([-f64::MAX, -f64::MAX], b, [tiny, 0.0]) < 0.0);
    assert_eq!(
        turn([-f64::MAX, f64::MAX], [f64::MAX, -f64::MAX], [-0.0, 0.0]),
        0.0
    );
    // One step from a line on which the product of the differences is not finite.
    assert_eq!(crossing(a, b, 1e300, 1e300), Crossing::On);
    assert_eq!(crossing(a, b, 1e300_f64.next_down(), 1e300), Crossing::Yes);
    assert_eq!(crossing(a, b, 1e300_f64.next_up(), 1e300), Crossing::No);
}

#[test]
fn an_edge_holds_its_lower_end_only() {
    let (low, high) = ([0.0, 0.0], [2.0, 2.0]);
    for (a, b) in [(low, high), (high, low)] {
        assert_eq!(crossing(a, b, -1.0, 0.0), Crossing::Yes);
        assert_eq!(crossing(a, b, -1.0, 2.0), Crossing::No);
        assert_eq!(crossing(a, b, 3.0, 0.0), Crossing::No);
        for place in [0.0, 0.5, 2.0] {
            assert_eq!(crossing(a, b, place, place), Crossing::On);
        }
        assert_eq!(crossing(a, b, 2.5, 2.5), Crossing::No);
        assert_eq!(crossing(a, b, -0.5, -0.5), Crossing::No);
    }
    let flat = ([0.0, 1.0], [2.0, 1.0]);
    assert_eq!(crossing(flat.0, flat.1, -1.0, 1.0), Crossing::No);
    assert_eq!(crossing(flat.0, flat.1, 1.0, 1.0), Crossing::On);
    assert_eq!(crossing(flat.0, flat.1, 3.0, 1.0), Crossing::No);
    assert_eq!(crossing(low, low, 0.0, -0.0), Crossing::On);
    assert_eq!(crossing(low, low, 0.0, 1.0), Crossing::No);
}
