use proptest::prelude::*;

use super::super::{Cursor, Intervals, Pairs, RangeStrategy, Ranges};
use super::*;

fn bound(kind: u8, text: &str) -> Bound<&str> {
    match kind % 3 {
        0 => Bound::Included(text),
        1 => Bound::Excluded(text),
        _ => Bound::Unbounded,
    }
}

proptest! {
    #[test]
    fn intervals_of_texts_agree_with_a_scan(
        rows in prop::collection::vec((any::<u8>(), "[a-c]{0,3}", any::<u8>(), "[a-c]{0,3}"), 0..30),
        probes in prop::collection::vec("[a-d]{0,4}", 0..60),
    ) {
        let ends = rows.iter().flat_map(|(_, lo, _, hi)| [lo.clone(), hi.clone()]).collect();
        let ranks: Ranks<String> = Ranks::new(ends).unwrap();
        let mut intervals = Intervals::new();
        for (row, (lo_kind, lo, hi_kind, hi)) in (0..).zip(&rows) {
            let (lo, hi) = (bound(*lo_kind, lo), bound(*hi_kind, hi));
            intervals.push_bounds(ranks.bound(lo), ranks.bound(hi), row);
        }
        let index = Ranges::build(intervals, RangeStrategy::Segments).unwrap();
        let keys: Vec<u32> = probes.iter().map(|probe| ranks.key(probe.as_str())).collect();
        let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
        prop_assert!(index.probe(&keys, 0, &mut cursor, usize::MAX, &mut pairs));
        let mut found: Vec<(u32, u32)> = pairs.probe.into_iter().zip(pairs.build).collect();
        found.sort_unstable();
        let mut expected = Vec::new();
        for (probe_row, probe) in (0..).zip(&probes) {
            for (row, (lo_kind, lo, hi_kind, hi)) in (0..).zip(&rows) {
                use std::ops::RangeBounds;
                if (bound(*lo_kind, lo), bound(*hi_kind, hi)).contains(probe.as_str()) {
                    expected.push((probe_row, row));
                }
            }
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn bounds_are_distinct_and_ordered() {
    let ranks = Ranks::new(vec!["b", "a", "b"]).unwrap();
    assert_eq!((ranks.len(), ranks.bounds()), (2, Some((&"a", &"b"))));
    assert!(Ranks::<&str>::new(Vec::new()).unwrap().is_empty());
}
