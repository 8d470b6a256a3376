use proptest::collection::vec;
use proptest::prelude::*;

use super::super::build::shares;
use super::*;

/// One by one.
fn naive(keys: &[u128], times: &[i64]) -> Option<Extent<u128>> {
    Some(Extent {
        keys: (*keys.iter().min()?, *keys.iter().max()?),
        times: (*times.iter().min()?, *times.iter().max()?),
    })
}

#[test]
fn keys_that_differ_above_their_low_halves_are_compared_whole() {
    let (low, high) = (u128::from(u64::MAX), 1 << 64);
    let times = [3, i64::MIN, i64::MAX];
    assert_eq!(of_low_halves(&[high, low, 5], &times), None);
    let rows = [high, low, 5];
    let rows = BandRows::new(&rows, &times);
    let whole = Extent {
        keys: (5, high),
        times: (i64::MIN, i64::MAX),
    };
    assert_eq!(Extent::of(&rows, &shares(3, 1)), Some(whole));
    // One share by its halves, the other whole.
    assert_eq!(Extent::of(&rows, &[0..1, 1..3]), Some(whole));
}

#[test]
fn no_rows_have_no_extent() {
    let rows = BandRows::<u64>::new(&[], &[]);
    assert_eq!(Extent::of(&rows, &shares(0, 1)), None);
    let rows = BandRows::new(&[7_u64], &[1]).only(&[]);
    assert_eq!(Extent::of(&rows, &shares(0, 1)), None);
}

proptest! {
    #[test]
    fn it_is_that_of_every_row(
        rows in vec((0_u64..4, any::<u64>(), any::<i64>()), 0..200),
        spread in 0_u32..3,
        threads in 1_usize..4,
    ) {
        // High halves that are all the same, or of few kinds.
        let key = |high: u64, low: u64| u128::from(high >> spread) << 64 | u128::from(low);
        let keys: Vec<u128> = rows.iter().map(|&(high, low, _)| key(high, low)).collect();
        let times: Vec<i64> = rows.iter().map(|row| row.2).collect();
        let bytes: Vec<[u8; 16]> = keys.iter().map(|key| key.to_be_bytes()).collect();
        let expected = naive(&keys, &times);
        let length = keys.len();
        let parts: Vec<_> = (0..threads).map(|at| length * at / threads..length * (at + 1) / threads).collect();
        prop_assert_eq!(Extent::of(&BandRows::new(&keys, &times), &parts), expected);
        prop_assert_eq!(Extent::of(&BandRows::new(&bytes, &times), &parts), expected);
        prop_assert_eq!(Extent::of(&BandRows::new(&bytes, &times), &shares(length, threads)), expected);

        let every_second: Vec<u32> = (0..length as u32).step_by(2).collect();
        let of_second = |values: &[u128]| values.iter().copied().step_by(2).collect::<Vec<_>>();
        let seconds: Vec<i64> = times.iter().copied().step_by(2).collect();
        let some = BandRows::new(&keys, &times).only(&every_second);
        prop_assert_eq!(
            Extent::of(&some, &shares(every_second.len(), 1)),
            naive(&of_second(&keys), &seconds)
        );
    }
}
