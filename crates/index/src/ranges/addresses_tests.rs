use std::cmp::Reverse;

use proptest::prelude::*;

use super::super::NO_ROW;
use super::*;

const FIRST_V4: u128 = Address::FIRST_V4.to_u128();
const LAST_V4: u128 = Address::LAST_V4.to_u128();

/// Addresses on both sides of both borders of IPv4, and far from them.
fn address() -> impl Strategy<Value = u128> {
    prop_oneof![
        4 => (0_u32..40).prop_map(|step| FIRST_V4 + u128::from(step)),
        2 => (0_u32..40).prop_map(|step| LAST_V4 - u128::from(step)),
        1 => (0_u32..40).prop_map(|step| FIRST_V4 - 1 - u128::from(step)),
        1 => (0_u32..40).prop_map(|step| LAST_V4 + 1 + u128::from(step)),
        2 => any::<u32>().prop_map(|low| FIRST_V4 + u128::from(low)),
        2 => any::<u8>().prop_map(|low| 0x2001_0db8 << 96 | u128::from(low) << 64),
        1 => any::<u128>(),
        1 => Just(0),
        1 => Just(u128::MAX),
    ]
}

fn naive(intervals: &Intervals<u128>, address: u128) -> Vec<u32> {
    let holding = intervals
        .list
        .iter()
        .filter(|one| one.lo <= address && address <= one.hi);
    let mut holding: Vec<_> = holding
        .map(|one| {
            let inside = (FIRST_V4..=LAST_V4).contains(&address);
            let (lo, hi) = if inside {
                (one.lo.max(FIRST_V4), one.hi.min(LAST_V4))
            } else {
                (one.lo, one.hi)
            };
            (Reverse(lo), hi, one.row)
        })
        .collect();
    holding.sort_unstable();
    holding.into_iter().map(|(_, _, row)| row).collect()
}

proptest! {
    #[test]
    fn both_families_agree_with_a_scan(
        bounds in prop::collection::vec((address(), address()), 0..60),
        probes in prop::collection::vec(address(), 0..1200),
        limit in 1_usize..3000,
    ) {
        let mut intervals = Intervals::new();
        for (row, &(a, b)) in (0..).zip(&bounds) {
            intervals.push(a.min(b), a.max(b), row);
        }
        let keys: Vec<[u8; 16]> = probes.iter().map(|address| address.to_be_bytes()).collect();
        let expected: Vec<Vec<u32>> = probes.iter().map(|&address| naive(&intervals, address)).collect();
        for strategy in [RangeStrategy::Segments, RangeStrategy::Sorted] {
            let index = AddressRanges::build(intervals.iter(), strategy).unwrap();
            let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
            while !index.probe(&keys, 0, &mut cursor, limit, &mut pairs) {}
            let flat: Vec<u32> = expected.iter().flatten().copied().collect();
            prop_assert_eq!(&pairs.build, &flat);
            let rows: Vec<u32> =
                (0..).zip(&expected).flat_map(|(row, rows)| rows.iter().map(move |_| row)).collect();
            prop_assert_eq!(&pairs.probe, &rows);

            let (mut any, mut first, mut counts) = (Vec::new(), Vec::new(), Vec::new());
            index.any(&keys, &mut any);
            index.first(&keys, &mut first);
            index.counts(&keys, &mut counts);
            for (position, rows) in expected.iter().enumerate() {
                prop_assert_eq!(any[position], !rows.is_empty());
                prop_assert_eq!(first[position], rows.first().copied().unwrap_or(NO_ROW));
                prop_assert_eq!(counts[position] as usize, rows.len());
            }
            let lowest = intervals.list.iter().map(|one| one.lo).min();
            prop_assert_eq!(index.bounds(), lowest.zip(intervals.list.iter().map(|one| one.hi).max()));
            let merged = index.merged(5);
            prop_assert!(merged.len() <= 5);
            let held = |address: u128| merged.iter().any(|&(lo, hi)| lo <= address && address <= hi);
            prop_assert!(probes.iter().zip(&expected).all(|(&address, rows)| rows.is_empty() || held(address)));
        }
    }
}

#[test]
fn an_interval_over_the_border_is_one_row_on_both_sides() {
    let index = AddressRanges::build(
        [(FIRST_V4 - 1, LAST_V4 + 1, 9), (5, 4, 0)],
        RangeStrategy::Segments,
    )
    .unwrap();
    assert_eq!((index.len(), index.v4().len(), index.v6().len()), (1, 1, 1));
    let keys = [
        FIRST_V4 - 2,
        FIRST_V4 - 1,
        FIRST_V4,
        LAST_V4,
        LAST_V4 + 1,
        LAST_V4 + 2,
    ]
    .map(u128::to_be_bytes);
    let mut counts = Vec::new();
    index.counts(&keys, &mut counts);
    assert_eq!(counts, [0, 1, 1, 1, 1, 0]);
    assert_eq!(index.merged(10), [(FIRST_V4 - 1, LAST_V4 + 1)]);
}
