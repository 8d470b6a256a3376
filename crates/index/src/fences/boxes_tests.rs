use proptest::prelude::*;

use super::*;

fn rects() -> impl Strategy<Value = Vec<Rect>> {
    let rect = (-20_i32..20, -20_i32..20, -1_i32..9, -1_i32..9);
    let rect = rect.prop_map(|(x, y, width, height)| [x, y, x + width, y + height].map(f64::from));
    prop::collection::vec(rect, 0..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_overlaps_is_found(rects in rects(), queries in rects()) {
        let boxes = Boxes::build(rects.iter().copied().zip(5..));
        prop_assert_eq!(boxes.len(), rects.iter().filter(|rect| holds_something(rect)).count());
        for query in queries.iter().take(50) {
            let mut found = Vec::new();
            boxes.overlapping(*query, |row| found.push(row));
            found.sort_unstable();
            let overlaps = |rect: &Rect| holds_something(rect) && overlap(rect, query);
            let expected = rects.iter().zip(5..).filter(|(rect, _)| overlaps(rect));
            let expected: Vec<u32> = expected.map(|(_, row)| row).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn odd_boxes_do_no_harm() {
    let nan = f64::NAN;
    let all = [f64::MIN, f64::MIN, f64::MAX, f64::MAX];
    let endless = [f64::NEG_INFINITY, 0.0, f64::INFINITY, 0.0];
    let boxes = Boxes::build([
        (all, 1),
        ([nan, 0.0, 1.0, 1.0], 2),
        (endless, 3),
        ([0.0, 0.0, 0.0, nan], 4),
    ]);
    assert_eq!(boxes.len(), 2);
    let mut found = Vec::new();
    boxes.overlapping([1.0, 0.0, 1.0, 0.0], |row| found.push(row));
    boxes.overlapping([nan, 0.0, nan, 0.0], |row| found.push(row));
    found.sort_unstable();
    assert_eq!(found, [1, 3]);
    assert!(Boxes::default().is_empty());
    Boxes::default().overlapping(all, |_| unreachable!());
}

#[test]
fn the_curve_goes_through_every_cell_by_single_steps() {
    // The corner of 16 by 16 cells comes first.
    let mut places: Vec<(u32, u32, u32)> = (0..16)
        .flat_map(|x| (0..16).map(move |y| (hilbert(x, y), x, y)))
        .collect();
    places.sort_unstable();
    for (number, pair) in places.windows(2).enumerate() {
        let ((place, x, y), (_, next_x, next_y)) = (pair[0], pair[1]);
        assert_eq!(place, number as u32);
        assert_eq!(x.abs_diff(next_x) + y.abs_diff(next_y), 1);
    }
}
