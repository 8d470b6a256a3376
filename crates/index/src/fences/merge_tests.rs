use super::*;

fn unit(number: u32, factor: u32) -> f64 {
    f64::from(number.wrapping_mul(factor) >> 8) / f64::from(1 << 24)
}

#[test]
fn few_boxes_stay_as_they_are() {
    let boxes = vec![[0.0, 0.0, 1.0, 1.0], [5.0, 5.0, 5.0, 5.0]];
    assert_eq!(merged_boxes(boxes.clone(), 2), boxes);
    assert_eq!(merged_boxes(boxes, 1), [[0.0, 0.0, 5.0, 5.0]]);
    assert!(merged_boxes(Vec::new(), 5).is_empty());
}

#[test]
fn clusters_are_found() {
    // Ten thousand small boxes in nine places.
    let boxes: Vec<Rect> = (0..10_000)
        .map(|number| {
            let (x, y) = (f64::from(number % 3) * 10.0, f64::from(number / 3 % 3) * 10.0);
            let (x, y) = (x + unit(number, 0x9e37_79b1), y + unit(number, 0x85eb_ca77));
            [x, y, x + 0.01, y + 0.01]
        })
        .collect();
    let merged = merged_boxes(boxes.clone(), 9);
    assert_eq!(merged.len(), 9);
    for rect in &boxes {
        assert!(merged.iter().any(|outer| holds(outer, rect)));
    }
    let area: f64 = merged
        .iter()
        .map(|rect| (rect[2] - rect[0]) * (rect[3] - rect[1]))
        .sum();
    assert!(area < 9.3, "{area}");
}

#[test]
fn boxes_within_others_and_points_are_merged_first() {
    let boxes = vec![
        [0.0, 0.0, 4.0, 4.0],
        [1.0, 1.0, 2.0, 2.0],
        [9.0, 9.0, 9.0, 9.0],
        [9.5, 9.0, 9.5, 9.0],
    ];
    let mut merged = merged_boxes(boxes, 2);
    merged.sort_by(|a, b| a[0].total_cmp(&b[0]));
    assert_eq!(merged, [[0.0, 0.0, 4.0, 4.0], [9.0, 9.0, 9.5, 9.0]]);
}

#[test]
fn the_smallest_gaps_are_closed() {
    let intervals = vec![
        (5.0, 6.0),
        (0.0, 1.0),
        (0.5, 2.0),
        (2.0, 3.0),
        (6.5, 7.0),
        (20.0, 20.0),
    ];
    let all = [(0.0, 3.0), (5.0, 6.0), (6.5, 7.0), (20.0, 20.0)];
    assert_eq!(merged_intervals(intervals.clone(), 4), all);
    assert_eq!(
        merged_intervals(intervals.clone(), 3),
        [(0.0, 3.0), (5.0, 7.0), (20.0, 20.0)]
    );
    assert_eq!(merged_intervals(intervals.clone(), 2), [(0.0, 7.0), (20.0, 20.0)]);
    assert_eq!(merged_intervals(intervals, 0), [(0.0, 20.0)]);
    assert!(merged_intervals(Vec::new(), 3).is_empty());
    let wide = vec![(f64::MIN, f64::MIN), (f64::MAX, f64::MAX)];
    assert_eq!(merged_intervals(wide.clone(), 2), wide);
}
