use super::*;

#[test]
fn what_lies_within_the_bounds_is_in_no_outermost_cell() {
    for (min, max) in [
        (0.0, 1.0),
        (-180.0, 180.0),
        (1e9, 1e9_f64.next_up()),
        (5.0, 5.0),
        (f64::MIN, f64::MAX),
        (0.0, 5e-324),
    ] {
        for bits in [2, 6, 10] {
            let axis = Axis::new(min, max, bits);
            let coarse = |number: f64| axis.cell(axis.place(number)) >> DEPTH;
            let inner = 1..(1 << bits) - 1;
            assert!(
                inner.contains(&coarse(min)) && inner.contains(&coarse(max)),
                "{min} {max}"
            );
            for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                assert!(!inner.contains(&coarse(odd)), "{odd}");
            }
        }
    }
}

#[test]
fn cells_ascend_with_coordinates() {
    let axis = Axis::new(60.1, 73.9, 10);
    let mut last = 0;
    for step in 0..100_000 {
        let cell = axis.cell(axis.place(60.0 + f64::from(step) * 1.5e-4));
        assert!(cell >= last);
        last = cell;
    }
    assert_eq!(last, (1 << 22) - 1);
}

#[test]
fn a_coordinate_lies_between_the_borders_of_its_cell() {
    for (min, max) in [(60.1, 73.9), (0.0, 1.0), (3.0, 3.0), (f64::MIN, f64::MAX)] {
        let axis = Axis::new(min, max, 8);
        for share in 0..=100 {
            let number = min * (1.0 - f64::from(share) / 100.0) + max * (f64::from(share) / 100.0);
            let number = number.clamp(min, max);
            let cell = axis.cell(axis.place(number));
            let slack = (max / 2.0 - min / 2.0) * 1e-12;
            assert!(axis.border(cell) <= number + slack, "{number} {cell}");
            assert!(number <= axis.border(cell + 1) + slack, "{number} {cell}");
        }
    }
}
