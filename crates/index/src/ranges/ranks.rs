//! Keys of any ordered type, such as texts, as 32-bit keys: their rank among the bounds.

use std::borrow::Borrow;
use std::ops::Bound;

use super::intervals::RangesError;

/// The most distinct bounds: each takes two of the 32-bit keys.
const MOST_BOUNDS: usize = (1 << 31) - 1;

/// The distinct bounds of intervals over any ordered type, which turn every value into a 32-bit key.
///
/// The n-th bound itself is key 2n + 1, and everything between it and the one before is key 2n: intervals over these keys
/// hold a value exactly if the original intervals do. A look-up of a value is a binary search.
///
/// ```
/// use std::ops::Bound;
/// use tieline_index::ranges::{Intervals, Ranges, Ranks, RangeStrategy};
///
/// let ranks = Ranks::new(vec!["beta", "delta"]).unwrap();
/// let mut intervals = Intervals::new();
/// let (lo, hi) = (Bound::Included("beta"), Bound::Excluded("delta"));
/// intervals.push_bounds(ranks.bound(lo), ranks.bound(hi), 0);
/// let index = Ranges::build(intervals, RangeStrategy::Segments).unwrap();
/// let mut any = Vec::new();
/// index.any(&["alpha", "beta", "carol", "delta"].map(|name| ranks.key(name)), &mut any);
/// assert_eq!(any, [false, true, true, false]);
/// ```
#[derive(Clone, Debug)]
pub struct Ranks<T> {
    bounds: Vec<T>,
}

impl<T: Ord> Ranks<T> {
    /// From all bounds that intervals have, in any order and repeated or not.
    ///
    /// # Errors
    /// Where more than 2,147,483,647 of them are distinct.
    pub fn new(mut bounds: Vec<T>) -> Result<Self, RangesError> {
        bounds.sort_unstable();
        bounds.dedup();
        if bounds.len() > MOST_BOUNDS {
            return Err(RangesError::TooMany {
                count: bounds.len(),
                limit: MOST_BOUNDS,
            });
        }
        Ok(Self { bounds })
    }

    /// The key of a value.
    pub fn key<Q: Ord + ?Sized>(&self, value: &Q) -> u32
    where
        T: Borrow<Q>,
    {
        match self.bounds.binary_search_by(|bound| bound.borrow().cmp(value)) {
            Ok(position) => 2 * position as u32 + 1,
            Err(position) => 2 * position as u32,
        }
    }

    /// The bound of an interval; its value must be one of those that the ranks were made from.
    pub fn bound<Q: Ord + ?Sized>(&self, bound: Bound<&Q>) -> Bound<u32>
    where
        T: Borrow<Q>,
    {
        bound.map(|value| self.key(value))
    }

    /// How many distinct bounds there are.
    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty()
    }

    /// The lowest and the highest bound; `None` without bounds.
    pub fn bounds(&self) -> Option<(&T, &T)> {
        self.bounds.first().zip(self.bounds.last())
    }
}

#[cfg(test)]
#[path = "ranks_tests.rs"]
mod tests;
