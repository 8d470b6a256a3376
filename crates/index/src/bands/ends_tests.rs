use proptest::prelude::*;

use super::*;

proptest! {
    /// Every first position that lasts, from everywhere, up to everywhere.
    #[test]
    fn the_next_is_that_of_a_scan(
        lasts in prop::collection::vec(prop_oneof![8 => 0_i64..40, 1 => Just(i64::MAX), 1 => Just(i64::MIN)], 0..700),
        asked in prop::collection::vec((any::<u16>(), any::<u16>(), -1_i64..42), 1..60),
        threads in 1_usize..3,
    ) {
        // Rows are numbered from the end.
        let count = lasts.len();
        let records: Vec<Record<u32>> = (0..count as u32).rev().map(|row| (0, 0, row)).collect();
        let in_order: Vec<i64> = lasts.iter().rev().copied().collect();
        let ends = Ends::of(&records, &lasts, threads);
        for (from, until, time) in asked {
            let until = usize::from(until) % (count + 1);
            let from = usize::from(from) % (until + 1);
            let found = (from..until).find(|at| in_order[*at] >= time);
            prop_assert_eq!(ends.next(from, until, time), found.unwrap_or(until));
        }
    }
}

#[test]
fn all_of_many_are_found_one_after_the_other() {
    let records: Vec<Record<u64>> = (0..100_000).map(|row| (7, 0, row)).collect();
    let lasts: Vec<i64> = (0..100_000)
        .map(|row| if row % 4_999 == 17 { 9 } else { row % 9 })
        .collect();
    let ends = Ends::of(&records, &lasts, 2);
    let mut found = Vec::new();
    let mut at = ends.next(0, lasts.len(), 9);
    while at < lasts.len() {
        found.push(at);
        at = ends.next(at + 1, lasts.len(), 9);
    }
    assert_eq!(found, (17..100_000).step_by(4_999).collect::<Vec<_>>());
    assert_eq!(ends.next(0, lasts.len(), 10), lasts.len());
    // Sixteen groups of sixteen, and so on, are one number more for fifteen.
    assert!(ends.bytes() <= 100_000 * size_of::<i64>() * 16 / 15 + 64);
}
