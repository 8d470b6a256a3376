use proptest::prelude::*;

use super::*;

fn scattered(count: u32, spread: u32) -> Vec<Interval<u32>> {
    (0..count)
        .map(|i| {
            let lo = i.wrapping_mul(2_654_435_761) % spread;
            Interval {
                lo,
                hi: lo + i % 7,
                row: i,
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn many_intervals_are_in_order(count in 0_u32..9_000, spread in 1_u32..4_000_000) {
        let mut expected = scattered(count, spread);
        let mut ends: Vec<u32> = expected.iter().map(|interval| interval.hi).collect();
        ends.sort_unstable();
        prop_assert_eq!(sorted_ends(&expected), ends);
        let mut sorted = expected.clone();
        expected.sort_by_key(|one| (one.lo, u32::MAX - one.hi, u32::MAX - one.row));
        sort_intervals(&mut sorted);
        prop_assert_eq!(sorted, expected);
    }
}

#[test]
fn wide_keys_are_in_order() {
    let mut expected: Vec<Interval<u128>> = scattered(5_000, 3_000_000)
        .into_iter()
        .map(|one| {
            let lo = u128::from(one.lo).pow(5);
            Interval {
                lo,
                hi: lo + 1,
                row: one.row,
            }
        })
        .collect();
    let mut sorted = expected.clone();
    sort_intervals(&mut sorted);
    expected.sort_by_key(|one| (one.lo, u32::MAX - one.row));
    assert_eq!(sorted, expected);
}
