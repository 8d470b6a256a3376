use proptest::prelude::*;

use super::*;

fn union(ranges: &[(u32, u32)]) -> Union<u32> {
    let mut list = ranges.to_vec();
    list.sort_unstable();
    Union::of(Pieces::of(list))
}

#[test]
fn the_widest_gaps_stay() {
    let union = union(&[(0, 1), (2, 3), (10, 11), (14, 15), (100, 200), (150, 160)]);
    assert_eq!(union.merged(9), [(0, 3), (10, 11), (14, 15), (100, 200)]);
    assert_eq!(union.merged(3), [(0, 3), (10, 15), (100, 200)]);
    assert_eq!(union.merged(1), [(0, 200)]);
    assert_eq!(union.merged(0), [(0, 200)]);
    assert_eq!(union.bounds(), Some((0, 200)));
    let Coverage { total, covered, span } = union.coverage;
    assert_eq!((total, covered, span), (120.0, 109.0, 201.0));
}

#[test]
fn the_ends_of_the_keys_do_not_overflow() {
    let union = union(&[(0, u32::MAX), (u32::MAX, u32::MAX), (0, 0)]);
    assert_eq!(union.merged(5), [(0, u32::MAX)]);
    assert_eq!(union.coverage.hit_share(), 1.0);
    assert!(Union::<u32>::of(Pieces::of([])).merged(5).is_empty());
    assert_eq!(Coverage::default().mean_matches(), 0.0);
}

#[test]
fn many_parts_are_kept_few() {
    let ranges: Vec<(u32, u32)> = (0..5_000).map(|i| (i * 10 + i % 3, i * 10 + 5)).collect();
    let merged = union(&ranges).merged(usize::MAX);
    assert_eq!(merged.len(), PIECES);
    assert_eq!((merged[0].0, merged[PIECES - 1].1), (0, 49_995));
}

proptest! {
    #[test]
    fn pieces_hold_what_intervals_hold(
        ranges in prop::collection::vec((0_u32..300, 0_u32..9), 1..60),
        limit in 1_usize..70,
    ) {
        let ranges: Vec<(u32, u32)> = ranges.iter().map(|&(lo, length)| (lo, lo + length)).collect();
        let held = |key: u32| ranges.iter().any(|&(lo, hi)| lo <= key && key <= hi);
        let union = union(&ranges);
        let covered = (0..400).filter(|&key| held(key)).count();
        prop_assert_eq!(union.coverage.covered, covered as f64);
        let merged = union.merged(limit);
        prop_assert!(merged.len() <= limit);
        prop_assert!(merged.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        let in_pieces = |key: u32| merged.iter().any(|&(lo, hi)| lo <= key && key <= hi);
        prop_assert!((0..400).all(|key| in_pieces(key) || !held(key)));
        prop_assert!(merged.iter().all(|&(lo, hi)| held(lo) && held(hi)));
        // No gap that was closed is wider than one that stayed.
        let all = union.merged(usize::MAX);
        let gaps = |pieces: &[(u32, u32)]| -> Vec<u32> {
            let mut gaps: Vec<u32> = pieces.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
            gaps.sort_unstable_by(|a, b| b.cmp(a));
            gaps
        };
        let (all_gaps, kept) = (gaps(&all), gaps(&merged));
        prop_assert_eq!(&all_gaps[..kept.len()], &kept[..]);
        prop_assert_eq!(merged.len(), all.len().min(limit));
    }
}
