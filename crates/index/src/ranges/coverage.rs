//! What intervals cover together: their union in few pieces, and how often they match.

use super::intervals::Intervals;
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

/// The union of some of the intervals, or of what they hold of a part of the keys, before gaps are closed.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces<K> {
    /// Ascending and disjoint.
    pieces: Vec<(K, K)>,
    /// As in [`Coverage`].
    total: f64,
}

impl<K: Key> Pieces<K> {
    /// Of closed intervals in ascending order of their lower bound.
    pub(super) fn of(sorted: impl IntoIterator<Item = (K, K)>) -> Self {
        let mut union = Self::default();
        let mut sorted = sorted.into_iter();
        let Some(mut piece) = sorted.next() else {
            return union;
        };
        union.total = size(piece.0, piece.1);
        for (lo, hi) in sorted {
            union.total += size(lo, hi);
            if lo > piece.1 && lo.sub_one() > piece.1 {
                union.pieces.push(piece);
                piece = (lo, hi);
            } else {
                piece.1 = piece.1.max(hi);
            }
        }
        union.pieces.push(piece);
        union
    }

    /// With the union of the intervals in a higher part of the keys.
    pub(super) fn followed_by(mut self, higher: Self) -> Self {
        self.total += higher.total;
        let mut pieces = higher.pieces.into_iter();
        if let Some((lo, hi)) = pieces.next() {
            match self.pieces.last_mut() {
                Some(last) if last.1.successor() == Some(lo) => last.1 = hi,
                _ => self.pieces.push((lo, hi)),
            }
        }
        self.pieces.extend(pieces);
        self
    }
}

impl<K: Key> Union<K> {
    /// Of all intervals.
    pub(super) fn of(union: Pieces<K>) -> Self {
        let Pieces { pieces, total } = union;
        let mut coverage = Coverage {
            total,
            ..Coverage::default()
        };
        if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
            coverage.covered = pieces.iter().map(|&(lo, hi)| size(lo, hi)).sum();
            coverage.span = size(first.0, last.1);
        }
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
    let bounds = list.iter().map(|interval| (interval.lo, interval.hi));
    Union::of(Pieces::of(bounds)).merged(limit)
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
