//! An index of ranges over keys of one width, by either strategy.

use std::fmt;

use super::coverage::{Coverage, Pieces, Union};
use super::intervals::{Intervals, RangesError};
use super::key::Key;
use super::probe::{self, Cursor, Lookup, Pairs, Short};
use super::segments::Segments;
use super::sort::sort_intervals;
use super::sorted::Sorted;
use crate::threads::worth_while;

/// The most intervals of one index: their segments are numbered in 30 bits.
const MOST_INTERVALS: usize = (1 << 29) - 1;

/// How an index finds the intervals that hold a key. Answers and their order are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RangeStrategy {
    /// Elementary segments behind a directory: the fastest look-ups, at 10 to 80 bytes an interval for 32-bit keys.
    #[default]
    Segments,
    /// Intervals in the order of their lower bound, with maxima of the upper bounds: the quickest to build, and small.
    Sorted,
}

impl RangeStrategy {
    /// The name in settings: `segments` or `sorted`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Sorted => "sorted",
        }
    }
}

impl fmt::Display for RangeStrategy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which intervals hold a key.
///
/// Matches of one key come innermost first: by lower bound descending, then upper bound ascending, then row ascending.
/// Keys are looked up as they are; a batch with NULLs is probed with the other keys alone.
///
/// ```
/// use tieline_index::ranges::{Cursor, Intervals, Pairs, Ranges, RangeStrategy};
///
/// let intervals = Intervals::from_slices(&[0_u32, 4, 20], &[9, 5, 29]);
/// let index = Ranges::build(intervals, RangeStrategy::Segments).unwrap();
/// let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
/// let done = index.probe(&[4, 15, 29], 100, &mut cursor, 8192, &mut pairs);
/// assert!(done);
/// assert_eq!(pairs.build, [1, 0, 2]);
/// assert_eq!(pairs.probe, [100, 100, 102]);
/// ```
#[derive(Debug)]
pub struct Ranges<K> {
    kind: Kind<K>,
    union: Union<K>,
    len: usize,
}

#[derive(Debug)]
enum Kind<K> {
    Segments(Segments<K>),
    Sorted(Sorted<K>),
}

impl<K: Key> Ranges<K> {
    /// Builds the index on this thread: see [`Ranges::build_with_threads`].
    ///
    /// # Errors
    /// Where there are more than 536,870,911 intervals.
    pub fn build(intervals: Intervals<K>, strategy: RangeStrategy) -> Result<Self, RangesError> {
        Self::build_with_threads(intervals, strategy, 1)
    }

    /// Builds the index from intervals in any order, in O(n log n) time and O(n) memory, on at most `threads` threads; its
    /// answers are the same for any number of them.
    ///
    /// # Errors
    /// As for [`Ranges::build`].
    pub fn build_with_threads(
        intervals: Intervals<K>,
        strategy: RangeStrategy,
        threads: usize,
    ) -> Result<Self, RangesError> {
        let shares = worth_while(intervals.len(), threads);
        Self::build_in_shares(intervals, strategy, shares)
    }

    fn build_in_shares(
        intervals: Intervals<K>,
        strategy: RangeStrategy,
        shares: usize,
    ) -> Result<Self, RangesError> {
        let mut list = intervals.list;
        let len = list.len();
        if len > MOST_INTERVALS {
            return Err(RangesError::TooMany {
                count: len,
                limit: MOST_INTERVALS,
            });
        }
        let (kind, union) = match strategy {
            RangeStrategy::Segments => {
                let (segments, union) = Segments::build(list, shares);
                (Kind::Segments(segments), union)
            }
            RangeStrategy::Sorted => {
                sort_intervals(&mut list);
                let bounds = list.iter().map(|interval| (interval.lo, interval.hi));
                (Kind::Sorted(Sorted::build(&list)), Union::of(Pieces::of(bounds)))
            }
        };
        Ok(Self { kind, union, len })
    }

    /// The strategy that it was built for.
    pub const fn strategy(&self) -> RangeStrategy {
        match self.kind {
            Kind::Segments(_) => RangeStrategy::Segments,
            Kind::Sorted(_) => RangeStrategy::Sorted,
        }
    }

    /// How many intervals it holds.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The memory it holds, in bytes.
    pub fn bytes(&self) -> usize {
        let kind = match &self.kind {
            Kind::Segments(segments) => segments.bytes(),
            Kind::Sorted(sorted) => sorted.bytes(),
        };
        kind + self.union.bytes()
    }

    /// The lowest and the highest key that any interval holds; `None` without intervals.
    pub fn bounds(&self) -> Option<(K, K)> {
        self.union.bounds()
    }

    /// At most `limit` disjoint closed ranges, ascending, that together hold every key that any interval holds.
    ///
    /// They are the union of the intervals exactly, unless it has more than `limit` parts: then the smallest gaps are
    /// closed. A `limit` of 0 counts as 1, one above 1024 as 1024. For the filters that a scan is given.
    pub fn merged(&self, limit: usize) -> Vec<(K, K)> {
        self.union.merged(limit)
    }

    /// How much the intervals cover.
    pub const fn coverage(&self) -> Coverage {
        self.union.coverage
    }

    /// Appends the matches of a batch of keys to `pairs`, at most `limit`; returns true when all keys are done.
    ///
    /// Key `i` is probe row `first_row + i`. A batch begins with a default `cursor`; while the answer is false, the call
    /// is repeated with the same keys and the same cursor, which may stand between two matches of one key. `pairs` may be
    /// emptied between calls. The cost is that of the matches taken and of at most one block of 512 keys more.
    pub fn probe(
        &self,
        keys: &[K],
        first_row: u32,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        match &self.kind {
            Kind::Segments(segments) => probe::probe(segments, keys, first_row, cursor, limit, pairs),
            Kind::Sorted(sorted) => probe::probe(sorted, keys, first_row, cursor, limit, pairs),
        }
    }

    /// Appends for every key the number of intervals that hold it.
    ///
    /// With [`RangeStrategy::Segments`] this takes the same time however many match.
    pub fn counts(&self, keys: &[K], counts: &mut Vec<u32>) {
        match &self.kind {
            Kind::Segments(segments) => probe::counts(segments, keys, counts),
            Kind::Sorted(sorted) => probe::counts(sorted, keys, counts),
        }
    }

    /// Appends for every key whether an interval holds it.
    pub fn any(&self, keys: &[K], any: &mut Vec<bool>) {
        match &self.kind {
            Kind::Segments(segments) => probe::any(segments, keys, any),
            Kind::Sorted(sorted) => probe::any(sorted, keys, any),
        }
    }

    /// Appends for every key the row of its first match, or [`NO_ROW`](super::NO_ROW).
    pub fn first(&self, keys: &[K], rows: &mut Vec<u32>) {
        match &self.kind {
            Kind::Segments(segments) => probe::first(segments, keys, rows),
            Kind::Sorted(sorted) => probe::first(sorted, keys, rows),
        }
    }
}

impl<K: Key> Lookup for Ranges<K> {
    type Key = K;

    fn locate(&self, keys: &[K], found: &mut [u32]) {
        match &self.kind {
            Kind::Segments(segments) => segments.locate(keys, found),
            Kind::Sorted(sorted) => sorted.locate(keys, found),
        }
    }

    fn count(&self, key: &K, found: u32) -> u32 {
        match &self.kind {
            Kind::Segments(segments) => segments.count(key, found),
            Kind::Sorted(sorted) => sorted.count(key, found),
        }
    }

    fn first(&self, key: &K, found: u32) -> u32 {
        match &self.kind {
            Kind::Segments(segments) => Lookup::first(segments, key, found),
            Kind::Sorted(sorted) => Lookup::first(sorted, key, found),
        }
    }

    #[inline]
    fn short(&self, key: &K, found: u32) -> Short<'_> {
        match &self.kind {
            Kind::Segments(segments) => segments.short(key, found),
            Kind::Sorted(sorted) => sorted.short(key, found),
        }
    }

    fn rows(&self, key: &K, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        match &self.kind {
            Kind::Segments(segments) => segments.rows(key, found, mark, room, rows),
            Kind::Sorted(sorted) => sorted.rows(key, found, mark, room, rows),
        }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
