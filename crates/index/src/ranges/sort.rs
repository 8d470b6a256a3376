//! Putting intervals and bounds in order.

use super::intervals::Interval;
use super::key::Key;

/// Below this many a comparison sort is faster.
const FEW: usize = 1 << 11;
/// The bits that one pass orders by.
const DIGIT_BITS: u32 = 11;
/// More passes than this cost more than comparisons.
const MOST_PASSES: u32 = 4;

/// Orders intervals by (`lo` ascending, `hi` descending, `row` descending).
pub(super) fn sort_intervals<K: Key>(intervals: &mut Vec<Interval<K>>) {
    let order = |interval: &Interval<K>| (interval.lo, K::MAX.minus(interval.hi), u32::MAX - interval.row);
    if intervals.is_sorted_by_key(order) {
        return;
    }
    if !radix_sort(intervals, |interval| interval.lo) {
        intervals.sort_unstable_by_key(order);
        return;
    }
    for same in intervals.chunk_by_mut(|a, b| a.lo == b.lo) {
        if same.len() > 1 {
            same.sort_unstable_by_key(order);
        }
    }
}

/// The upper bounds in ascending order.
pub(super) fn sorted_ends<K: Key>(intervals: &[Interval<K>]) -> Vec<K> {
    let mut ends: Vec<K> = intervals.iter().map(|interval| interval.hi).collect();
    if !ends.is_sorted() && !radix_sort(&mut ends, |&end| end) {
        ends.sort_unstable();
    }
    ends
}

/// Sorts by passes over the digits of the keys, the lowest first; false, with nothing done, where that would be slow.
pub(crate) fn radix_sort<K: Key, T: Copy>(items: &mut Vec<T>, key: impl Fn(&T) -> K) -> bool {
    let Some(first) = items.first().copied() else {
        return true;
    };
    let least = items.iter().map(&key).min().unwrap_or(K::ZERO);
    let span = items
        .iter()
        .fold(K::ZERO, |bits, item| bits.or(key(item).minus(least)));
    // Bits that are zero in every difference order nothing.
    let low = span.low_zeros().min(K::BITS - 1);
    let passes = span.bit_length().saturating_sub(low).div_ceil(DIGIT_BITS);
    if items.len() < FEW || passes > MOST_PASSES {
        return false;
    }
    let mut from = std::mem::take(items);
    let mut into = vec![first; from.len()];
    for pass in 0..passes {
        let shift = low + pass * DIGIT_BITS;
        let digit = |item: &T| {
            (key(item).minus(least).shifted_down(shift).low32() & ((1 << DIGIT_BITS) - 1)) as usize
        };
        let mut places = [0_u32; 1 << DIGIT_BITS];
        for item in &from {
            places[digit(item)] += 1;
        }
        let mut place = 0;
        for count in &mut places {
            place += std::mem::replace(count, place);
        }
        for item in &from {
            let place = &mut places[digit(item)];
            into[*place as usize] = *item;
            *place += 1;
        }
        std::mem::swap(&mut from, &mut into);
    }
    *items = from;
    true
}

#[cfg(test)]
#[path = "sort_tests.rs"]
mod tests;
