use proptest::prelude::*;

use super::*;

fn located<W: Word>(starts: &[W], keys: &[W]) -> Vec<u32> {
    let numbered: Vec<(W, u32)> = starts.iter().copied().zip(0..).collect();
    let locator = Locator::build(numbered.into_iter());
    let mut codes = vec![0; keys.len()];
    for (keys, codes) in keys.chunks(BLOCK).zip(codes.chunks_mut(BLOCK)) {
        locator.locate(keys, codes);
    }
    codes
}

fn naive<W: Word>(starts: &[W], keys: &[W]) -> Vec<u32> {
    let code = |key: &W| starts.partition_point(|start| start <= key) as u32 - 1;
    keys.iter().map(code).collect()
}

#[test]
fn starts_that_double_go_through_many_directories() {
    let starts: Vec<u128> = (0..128).map(|bit| (1 << bit) - 1).chain([u128::MAX]).collect();
    let keys: Vec<u128> = starts
        .iter()
        .flat_map(|&start| [start, start.wrapping_add(1), start.wrapping_sub(1)])
        .collect();
    assert_eq!(located(&starts, &keys), naive(&starts, &keys));
}

#[test]
fn a_single_start_takes_everything() {
    assert_eq!(located(&[0_u32], &[0, 1, u32::MAX]), [0, 0, 0]);
}

proptest! {
    #[test]
    fn the_last_start_not_above_a_key(
        starts in prop::collection::vec((any::<u64>(), 0_u32..64), 0..300),
        keys in prop::collection::vec((any::<u64>(), 0_u32..64), 0..700),
    ) {
        // Shifts crowd the values towards zero, so that directories nest.
        let mut starts: Vec<u64> = starts.iter().map(|(start, shift)| start >> shift).chain([0]).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut keys: Vec<u64> = keys.iter().map(|(key, shift)| key >> shift).collect();
        keys.extend(starts.iter().flat_map(|&start| [start, start.wrapping_sub(1)]));
        prop_assert_eq!(located(&starts, &keys), naive(&starts, &keys));

        let mut low: Vec<u32> = starts.iter().map(|&start| start as u32).collect();
        low.sort_unstable();
        low.dedup();
        let keys: Vec<u32> = keys.iter().map(|&key| key as u32).collect();
        if low.first() == Some(&0) {
            prop_assert_eq!(located(&low, &keys), naive(&low, &keys));
        }
    }
}
