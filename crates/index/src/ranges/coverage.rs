//! What intervals cover together: their union in few pieces, and how often they match.

use super::intervals::{Interval, Intervals};
use super::key::Key;
use super::sort::sort_intervals;

/// How many pieces of the union are kept at most.
const PIECES: usize = 1024;

/// How much the intervals of an index cover, in numbers of keys; for estimates, hence as floating point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The sizes of all intervals added up: a key held by two intervals counts twice.
    pub total: f64,
    /// The keys held by at least one interval.
    pub covered: f64,
    /// The keys from the lowest to the highest bound.
    pub span: f64,
}

impl Coverage {
    /// The mean number of matches of keys that lie evenly between the lowest and the highest bound; 0 without intervals.
    pub fn mean_matches(&self) -> f64 {
        ratio(self.total, self.span)
    }

    /// The mean number of matches of a key that has any; 0 without intervals.
    pub fn mean_matches_of_a_hit(&self) -> f64 {
        ratio(self.total, self.covered)
    }

    /// The share of keys between the lowest and the highest bound that have a match; 0 without intervals.
    pub fn hit_share(&self) -> f64 {
        ratio(self.covered, self.span)
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The union of an index's intervals.
#[derive(Clone, Debug)]
pub(super) struct Union<K> {
    /// Ascending and disjoint; gaps closed, the smallest first, where there were more than [`PIECES`].
    pieces: Vec<(K, K)>,
    pub(super) coverage: Coverage,
}

impl<K: Key> Union<K> {
    /// Of intervals in ascending order of `lo`.
    pub(super) fn of(sorted: &[Interval<K>]) -> Self {
        let mut coverage = Coverage::default();
        let mut pieces: Vec<(K, K)> = Vec::new();
        let Some(first) = sorted.first() else {
            return Self { pieces, coverage };
        };
        let mut piece = (first.lo, first.hi);
        for interval in sorted {
            coverage.total += size(interval.lo, interval.hi);
            if interval.lo > piece.1 && interval.lo.sub_one() > piece.1 {
                coverage.covered += size(piece.0, piece.1);
                pieces.push(piece);
                piece = (interval.lo, interval.hi);
            } else {
                piece.1 = piece.1.max(interval.hi);
            }
        }
        coverage.covered += size(piece.0, piece.1);
        coverage.span = size(first.lo, piece.1);
        pieces.push(piece);
        let pieces = close_gaps(pieces, PIECES);
        Self { pieces, coverage }
    }

    /// The lowest and the highest key that any interval holds.
    pub(super) fn bounds(&self) -> Option<(K, K)> {
        Some((self.pieces.first()?.0, self.pieces.last()?.1))
    }

    /// The union in at most `limit` pieces (1 if it is 0).
    pub(super) fn merged(&self, limit: usize) -> Vec<(K, K)> {
        close_gaps(self.pieces.clone(), limit.max(1))
    }

    pub(super) fn bytes(&self) -> usize {
        self.pieces.capacity() * size_of::<(K, K)>()
    }
}

/// The union of intervals in at most `limit` pieces; see [`super::Ranges::merged`].
pub(super) fn merged<K: Key>(intervals: Intervals<K>, limit: usize) -> Vec<(K, K)> {
    let mut list = intervals.list;
    sort_intervals(&mut list);
    Union::of(&list).merged(limit)
}

/// Keeps the `limit - 1` widest gaps between the pieces.
fn close_gaps<K: Key>(mut pieces: Vec<(K, K)>, limit: usize) -> Vec<(K, K)> {
    if pieces.len() <= limit {
        return pieces;
    }
    // Widest first; of equally wide gaps the lower one is kept, so that the answer does not depend on the selection.
    let mut gaps: Vec<(K, u32)> = pieces
        .windows(2)
        .enumerate()
        .map(|(position, pair)| (K::MAX.minus(pair[1].0.minus(pair[0].1)), position as u32))
        .collect();
    gaps.select_nth_unstable(limit - 1);
    gaps.truncate(limit - 1);
    gaps.sort_unstable_by_key(|&(_, position)| position);
    let mut merged = Vec::with_capacity(limit);
    let mut lo = pieces[0].0;
    for (_, position) in gaps {
        merged.push((lo, pieces[position as usize].1));
        lo = pieces[position as usize + 1].0;
    }
    merged.extend(pieces.pop().map(|(_, hi)| (lo, hi)));
    merged
}

/// How many keys lie from `lo` to `hi`.
fn size<K: Key>(lo: K, hi: K) -> f64 {
    hi.minus(lo).rounded() + 1.0
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
