use proptest::prelude::*;

use super::{Segment, most_specific};

fn triples(ranges: &[(u128, u128)]) -> Vec<(u128, u128, usize)> {
    most_specific(ranges)
        .into_iter()
        .map(|Segment { first, last, source }| (first, last, source))
        .collect()
}

#[test]
fn nested_prefixes_cut_holes_into_the_wider_ones() {
    let ranges = [(0, 15), (4, 7), (6, 6), (12, 15)];
    assert_eq!(
        triples(&ranges),
        [
            (0, 3, 0),
            (4, 5, 1),
            (6, 6, 2),
            (7, 7, 1),
            (8, 11, 0),
            (12, 15, 3)
        ]
    );
}

#[test]
fn of_equal_ranges_the_later_wins() {
    assert_eq!(triples(&[(3, 5), (3, 5)]), [(3, 5, 1)]);
}

#[test]
fn the_ends_of_the_number_line_do_not_overflow() {
    let max = u128::MAX;
    assert_eq!(
        triples(&[(0, max), (max, max), (0, 0)]),
        [(0, 0, 2), (1, max - 1, 0), (max, max, 1)]
    );
}

#[test]
fn nothing_in_is_nothing_out() {
    assert_eq!(triples(&[]), []);
    assert_eq!(triples(&[(5, 4)]), []);
}

#[test]
fn neighbouring_ranges_stay_apart() {
    assert_eq!(triples(&[(0, 1), (2, 3)]), [(0, 1, 0), (2, 3, 1)]);
}

/// The owner of a value by looking at every range.
fn naive_owner(ranges: &[(u128, u128)], value: u128) -> Option<usize> {
    let covering = ranges
        .iter()
        .enumerate()
        .filter(|(_, range)| range.0 <= value && value <= range.1);
    covering
        .min_by_key(|(index, range)| (range.1 - range.0, std::cmp::Reverse(*index)))
        .map(|(index, _)| index)
}

proptest! {
    #[test]
    fn every_value_has_the_owner_that_a_scan_finds(
        ranges in prop::collection::vec((0_u128..40, 0_u128..12), 0..30),
        high: bool,
    ) {
        // The same at the upper end of the number line.
        let shift = if high { u128::MAX - 50 } else { 0 };
        let ranges: Vec<_> = ranges.iter().map(|(first, width)| (first + shift, first + shift + width)).collect();
        let segments = most_specific(&ranges);
        for pair in segments.windows(2) {
            prop_assert!(pair[0].last < pair[1].first);
            prop_assert!(pair[0].last + 1 < pair[1].first || pair[0].source != pair[1].source);
        }
        for value in shift..=shift + 50 {
            let owner = segments.iter().find(|s| s.first <= value && value <= s.last).map(|s| s.source);
            prop_assert_eq!(owner, naive_owner(&ranges, value));
        }
    }
}
