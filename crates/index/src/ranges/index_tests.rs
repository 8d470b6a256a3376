use std::cmp::Reverse;

use proptest::prelude::*;

use super::super::NO_ROW;
use super::*;
use crate::probed::in_calls_of;

const STRATEGIES: [RangeStrategy; 2] = [RangeStrategy::Segments, RangeStrategy::Sorted];

/// The rows of the intervals that hold a key, in the order that an index promises.
fn naive<K: Key>(intervals: &Intervals<K>, key: K) -> Vec<u32> {
    let holding = intervals.list.iter().filter(|one| one.lo <= key && key <= one.hi);
    let mut holding: Vec<_> = holding.map(|one| (Reverse(one.lo), one.hi, one.row)).collect();
    holding.sort_unstable();
    holding.into_iter().map(|(_, _, row)| row).collect()
}

fn probed<K: Key>(index: &Ranges<K>, keys: &[K], limit: usize) -> Pairs {
    in_calls_of(limit, |cursor, pairs| {
        index.probe(keys, 1000, cursor, limit, pairs)
    })
}

/// Holds everything that an index says against a scan of the intervals.
fn check<K: Key>(intervals: &Intervals<K>, keys: &[K], limit: usize) {
    let expected: Vec<Vec<u32>> = keys.iter().map(|&key| naive(intervals, key)).collect();
    for (strategy, shares) in [
        (STRATEGIES[0], 1),
        (STRATEGIES[0], 2),
        (STRATEGIES[0], 5),
        (STRATEGIES[1], 1),
    ] {
        let index = Ranges::build_in_shares(intervals.clone(), strategy, shares).unwrap();
        assert_eq!((index.strategy(), index.len()), (strategy, intervals.len()));
        let pairs = probed(&index, keys, limit);
        let flat: Vec<u32> = expected.iter().flatten().copied().collect();
        assert_eq!(pairs.build, flat, "{strategy}");
        let rows = (1000..).zip(&expected);
        let rows: Vec<u32> = rows
            .flat_map(|(row, rows)| rows.iter().map(move |_| row))
            .collect();
        assert_eq!(pairs.probe, rows, "{strategy}");

        let (mut any, mut first, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        index.any(keys, &mut any);
        index.first(keys, &mut first);
        index.counts(keys, &mut counts);
        for (position, rows) in expected.iter().enumerate() {
            assert_eq!(any[position], !rows.is_empty(), "{strategy}");
            assert_eq!(
                first[position],
                rows.first().copied().unwrap_or(NO_ROW),
                "{strategy}"
            );
            assert_eq!(counts[position] as usize, rows.len(), "{strategy}");
        }
        let lowest = intervals.list.iter().map(|one| one.lo).min();
        let highest = intervals.list.iter().map(|one| one.hi).max();
        assert_eq!(index.bounds(), lowest.zip(highest));
        let alone = Ranges::build(intervals.clone(), strategy).unwrap();
        assert_eq!(index.merged(7), alone.merged(7));
        let (coverage, expected) = (index.coverage(), alone.coverage());
        assert_eq!(
            (coverage.covered, coverage.span),
            (expected.covered, expected.span)
        );
        assert!((coverage.total - expected.total).abs() <= expected.total * 1e-9);
    }
}

/// Intervals of many shapes and keys at, beside and between their bounds, made from small numbers by `key`.
fn case<K: Key>(numbers: &[(u8, u8, u8)], keys: &[u8], key: impl Fn(u8) -> K) -> (Intervals<K>, Vec<K>) {
    let mut intervals = Intervals::new();
    for (row, &(shape, a, b)) in (0..).zip(numbers) {
        let (a, b) = (key(a), key(b));
        match shape % 8 {
            0 => intervals.push(a, a, row),
            1 => intervals.push(K::ZERO, a, row),
            2 => intervals.push(a, K::MAX, row),
            3 => intervals.push(a, b, row),
            4 => intervals.push(a.min(b), a.max(b), NO_ROW - row),
            // A few places only, so that intervals are identical, touch and nest.
            5 => intervals.push(key(shape & 0xf0), key(shape | 0x0f), row),
            6 => intervals.push(key(shape & 0xf0), key(shape | 0x0f), row),
            _ => intervals.push(a.min(b), a.max(b), row),
        }
    }
    let mut keys: Vec<K> = keys.iter().map(|&number| key(number)).collect();
    keys.extend([K::ZERO, K::MAX]);
    for interval in &intervals.list {
        keys.extend([Some(interval.lo), Some(interval.hi)].into_iter().flatten());
        keys.extend(
            [interval.lo.predecessor(), interval.hi.successor()]
                .into_iter()
                .flatten(),
        );
    }
    (intervals, keys)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn both_strategies_agree_with_a_scan(
        numbers in prop::collection::vec(any::<(u8, u8, u8)>(), 0..90),
        keys in prop::collection::vec(any::<u8>(), 0..600),
        limit in prop_oneof![1_usize..4, 1_usize..3000],
        width in 0_u32..8,
    ) {
        let (intervals, probes) = case(&numbers, &keys, |number| u32::from(number) << (width * 3));
        check(&intervals, &probes, limit);
        let (intervals, probes) = case(&numbers, &keys, |number| u64::from(number) << (width * 8));
        check(&intervals, &probes, limit);
        let (intervals, probes) = case(&numbers, &keys, |number| u128::from(number) << (width * 17) | 5);
        check(&intervals, &probes, limit);
        // Crowded towards the low end, so that directories nest.
        let (intervals, probes) = case(&numbers, &keys, |number| u128::MAX >> (number / 2));
        check(&intervals, &probes, limit);
    }

    #[test]
    fn narrow_keys_far_from_zero(
        bounds in prop::collection::vec((any::<u16>(), 0_u16..2000), 0..200),
        base: u128,
        zeros in 0_u32..64,
    ) {
        let base = base >> 1;
        let key = |number: u16| base.wrapping_add(u128::from(number) << zeros);
        let mut intervals = Intervals::new();
        for (row, &(lo, length)) in (0..).zip(&bounds) {
            intervals.push(key(lo), key(lo.saturating_add(length)), row);
        }
        let keys: Vec<u128> = bounds.iter().flat_map(|&(lo, _)| [key(lo) - 1, key(lo), key(lo) + 1]).collect();
        check(&intervals, &keys, 100);
    }
}

/// Bytes per interval of an index over `u32` keys, after a check at some keys.
fn bytes_each(intervals: Intervals<u32>, strategy: RangeStrategy) -> usize {
    let keys: Vec<u32> = (0..40)
        .map(|step| step * 53_687_091)
        .chain([9_999, 10_000, 15_000])
        .collect();
    let expected: Vec<usize> = keys.iter().map(|&key| naive(&intervals, key).len()).collect();
    let index = Ranges::build(intervals, strategy).unwrap();
    let mut counts = Vec::new();
    index.counts(&keys, &mut counts);
    assert_eq!(
        counts.iter().map(|&count| count as usize).collect::<Vec<_>>(),
        expected
    );
    index.bytes() / index.len()
}

/// The bounds of interval `i` of `n`.
type Family = fn(u32, u32) -> (u32, u32);

#[test]
fn memory_is_linear_however_intervals_overlap() {
    let n = 20_000_u32;
    let families: [Family; 5] = [
        |_, i| (i, u32::MAX - i),  // all nested
        |n, i| (i, n + i),         // all crossing
        |_, _| (5_000, 70_000),    // all identical
        |_, i| (i * 2, i * 2 + 1), // all touching
        |n, i| {
            if i % 2 == 0 {
                (0, n * 9)
            } else {
                (i * 8, i * 8 + 3)
            }
        }, // wide over narrow
    ];
    for (number, family) in families.into_iter().enumerate() {
        let intervals = || {
            (0..n)
                .map(|i| {
                    let (lo, hi) = family(n, i);
                    (lo, hi, i)
                })
                .collect()
        };
        let segments = bytes_each(intervals(), RangeStrategy::Segments);
        let sorted = bytes_each(intervals(), RangeStrategy::Sorted);
        assert!(segments < 80, "family {number}: {segments} bytes an interval");
        assert!(sorted < 14, "family {number}: {sorted} bytes an interval");
    }
}

#[test]
fn doubling_bounds_keep_memory_linear() {
    let intervals: Intervals<u128> = (0..128).map(|bit| (1 << bit, 1 << bit, bit)).collect();
    let keys: Vec<u128> = (0..128).map(|bit| 1 << bit).collect();
    check(&intervals, &keys, 10);
    let index = Ranges::build(intervals, RangeStrategy::Segments).unwrap();
    assert!(index.bytes() < 128 * 300, "{}", index.bytes());
}

#[test]
fn one_key_with_many_matches_is_taken_in_parts() {
    let intervals: Intervals<u64> = (0..5_000).map(|i| (i, 20_000 - i, i as u32)).collect();
    check(&intervals, &[10_000, 0, 4_999, 20_001], 7);
}

#[test]
fn no_intervals_no_matches() {
    check(&Intervals::<u32>::new(), &[0, 7, u32::MAX], 5);
    check(&[(0, u32::MAX, 3)].into_iter().collect(), &[0, 7, u32::MAX], 5);
    check(&[(0, 0, 3)].into_iter().collect(), &[0_u128, 7, u128::MAX], 5);
    check(
        &[(u64::MAX, u64::MAX, 3)].into_iter().collect(),
        &[0, 7, u64::MAX],
        5,
    );
}

#[test]
fn a_limit_of_nothing_gives_nothing() {
    let index = Ranges::build([(0_u32, 9, 0)].into_iter().collect(), RangeStrategy::Segments).unwrap();
    let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
    assert!(!index.probe(&[5], 0, &mut cursor, 0, &mut pairs));
    assert!(pairs.is_empty());
    assert!(index.probe(&[5], 0, &mut cursor, usize::MAX, &mut pairs));
    assert_eq!(pairs.len(), 1);
}

#[test]
fn strategies_have_names() {
    let names = STRATEGIES.map(|strategy| strategy.to_string());
    assert_eq!(names, ["segments", "sorted"]);
}
