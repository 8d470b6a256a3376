//! Overlapping ranges made disjoint, the most specific one winning.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A part of the number line and the range that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first value of the segment.
    pub first: u128,
    /// The last value of the segment, included.
    pub last: u128,
    /// The position in the input of the range that owns it.
    pub source: usize,
}

/// The disjoint segments of overlapping ranges, each owned by the narrowest range that covers it.
///
/// `ranges` are pairs of a first and a last value, both included; a pair whose first exceeds its last covers nothing.
/// Of equally narrow ranges the later one in the input wins. The segments come in ascending order; neighbours with one
/// owner are one segment. Takes O(n log n) time.
///
/// ```
/// use tieline_index::{Segment, most_specific};
///
/// let segments = most_specific(&[(0, 9), (4, 5)]);
/// let owners: Vec<_> = segments.iter().map(|s| (s.first, s.last, s.source)).collect();
/// assert_eq!(owners, [(0, 3, 0), (4, 5, 1), (6, 9, 0)]);
/// ```
pub fn most_specific(ranges: &[(u128, u128)]) -> Vec<Segment> {
    let mut by_first: Vec<usize> = (0..ranges.len())
        .filter(|&index| ranges[index].0 <= ranges[index].1)
        .collect();
    by_first.sort_by_key(|&index| ranges[index].0);
    let mut starts = by_first.into_iter().peekable();

    // The ranges that may cover the cursor, narrowest and then latest on top. One that has ended is removed only when
    // it comes to the top, which keeps each range's cost at one push and one pop.
    let mut open: BinaryHeap<Reverse<(u128, Reverse<usize>)>> = BinaryHeap::new();
    let mut segments = Vec::new();
    let mut cursor = 0;
    loop {
        while let Some(index) = starts.next_if(|&index| ranges[index].0 <= cursor) {
            open.push(Reverse((ranges[index].1 - ranges[index].0, Reverse(index))));
        }
        while open
            .peek()
            .is_some_and(|Reverse((_, Reverse(index)))| ranges[*index].1 < cursor)
        {
            open.pop();
        }
        let next_first = starts.peek().map(|&index| ranges[index].0);
        let Some(&Reverse((_, Reverse(owner)))) = open.peek() else {
            match next_first {
                Some(first) => cursor = first,
                None => return segments,
            }
            continue;
        };
        let end = next_first.map_or(ranges[owner].1, |first| ranges[owner].1.min(first - 1));
        append(
            &mut segments,
            Segment {
                first: cursor,
                last: end,
                source: owner,
            },
        );
        match end.checked_add(1) {
            Some(following) => cursor = following,
            None => return segments,
        }
    }
}

fn append(segments: &mut Vec<Segment>, segment: Segment) {
    match segments.last_mut() {
        // Segments come gapless within a range, so one owner twice in a row means one segment.
        Some(previous) if previous.source == segment.source => previous.last = segment.last,
        _ => segments.push(segment),
    }
}

#[cfg(test)]
#[path = "disjoint_tests.rs"]
mod tests;
