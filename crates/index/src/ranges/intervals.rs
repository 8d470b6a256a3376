//! The intervals that an index is built from.

use std::fmt;
use std::ops::Bound;

use super::key::Key;

/// One closed interval and the build row it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval<K> {
    pub(super) lo: K,
    pub(super) hi: K,
    pub(super) row: u32,
}

/// Intervals over keys, in any order, each with the number of the build row it stands for.
///
/// Intervals that hold no key are left out when they are pushed, and are no error: `lo > hi`, or nothing between two
/// exclusive bounds. Rows whose bounds are NULL are left out by not pushing them. Several intervals may have one row.
///
/// ```
/// use std::ops::Bound;
/// use tieline_index::ranges::Intervals;
///
/// let mut intervals = Intervals::new();
/// intervals.push(10_u32, 20, 0);
/// intervals.push(20, 10, 1); // holds nothing
/// intervals.push_bounds(Bound::Excluded(10), Bound::Excluded(11), 2); // neither does this
/// intervals.push_bounds(Bound::Included(10), Bound::Excluded(11), 3);
/// assert_eq!(intervals.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Intervals<K> {
    pub(super) list: Vec<Interval<K>>,
}

impl<K: Key> Intervals<K> {
    /// Without intervals.
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// Without intervals, with space for that many.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            list: Vec::with_capacity(capacity),
        }
    }

    /// The closed intervals from `lo[i]` to `hi[i]` with row `i`; what one slice has more than the other is ignored.
    pub fn from_slices(lo: &[K], hi: &[K]) -> Self {
        let mut intervals = Self::with_capacity(lo.len().min(hi.len()));
        for (row, (&lo, &hi)) in lo.iter().zip(hi).enumerate() {
            intervals.push(lo, hi, row as u32);
        }
        intervals
    }

    /// Adds the interval from `lo` to `hi`, both included.
    #[inline]
    pub fn push(&mut self, lo: K, hi: K, row: u32) {
        if lo <= hi {
            self.list.push(Interval { lo, hi, row });
        }
    }

    /// Adds an interval with ends of any kind.
    pub fn push_bounds(&mut self, lo: Bound<K>, hi: Bound<K>, row: u32) {
        if let Some((lo, hi)) = closed(lo, hi) {
            self.push(lo, hi, row);
        }
    }

    /// Adds the intervals of another collection, which may have been filled by another thread.
    pub fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
    }

    /// The intervals as (`lo`, `hi`, `row`), in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (K, K, u32)> {
        self.list
            .iter()
            .map(|interval| (interval.lo, interval.hi, interval.row))
    }

    /// How many intervals there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<K: Key> Default for Intervals<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Key> Extend<(K, K, u32)> for Intervals<K> {
    /// Adds closed intervals given as (`lo`, `hi`, `row`).
    fn extend<T: IntoIterator<Item = (K, K, u32)>>(&mut self, intervals: T) {
        for (lo, hi, row) in intervals {
            self.push(lo, hi, row);
        }
    }
}

impl<K: Key> FromIterator<(K, K, u32)> for Intervals<K> {
    fn from_iter<T: IntoIterator<Item = (K, K, u32)>>(intervals: T) -> Self {
        let mut collected = Self::new();
        collected.extend(intervals);
        collected
    }
}

/// The closed interval with the same keys; `None` where it holds none.
///
/// ```
/// use std::ops::Bound;
/// use tieline_index::ranges::closed;
///
/// assert_eq!(closed(Bound::Excluded(10_u32), Bound::Unbounded), Some((11, u32::MAX)));
/// assert_eq!(closed(Bound::Excluded(10_u32), Bound::Excluded(11)), None);
/// ```
pub fn closed<K: Key>(lo: Bound<K>, hi: Bound<K>) -> Option<(K, K)> {
    let lo = match lo {
        Bound::Included(key) => Some(key),
        Bound::Excluded(key) => key.successor(),
        Bound::Unbounded => Some(K::ZERO),
    };
    let hi = match hi {
        Bound::Included(key) => Some(key),
        Bound::Excluded(key) => key.predecessor(),
        Bound::Unbounded => Some(K::MAX),
    };
    lo.zip(hi).filter(|(lo, hi)| lo <= hi)
}

/// Why no index of ranges can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangesError {
    /// There are more intervals, or more distinct bounds, than an index can number.
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl fmt::Display for RangesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { count, limit } => {
                write!(
                    formatter,
                    "{count} ranges are more than an index can hold ({limit})"
                )
            }
        }
    }
}

impl std::error::Error for RangesError {}

#[cfg(test)]
#[path = "intervals_tests.rs"]
mod tests;
