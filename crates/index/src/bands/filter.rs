//! Whether a key may have a row at about a time: a blocked Bloom filter in which a key has one cache line.
//!
//! Times are cut into buckets of 2^n, at least as wide as the usual band, so that such a band lies in one or two. A row sets
//! two bits for its bucket in its key's line, one in each half; a band may hold a row where both bits of a bucket are set.
//! Wider bands are not asked.
//!
//! # Source
//! F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", WEA 2007.

use super::hash::place;

/// Bits for each row.
const BITS_PER_ROW: usize = 16;
/// Bits of a line.
const LINE_BITS: usize = 512;
/// An odd number that spreads buckets over the second half of a line.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What one cache line holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Line([u64; LINE_BITS / 64]);

impl Line {
    /// Where the two bits of a bucket are: the first in words 0 to 3, the second in words 4 to 7.
    #[inline]
    const fn bits(hash: u64, bucket: u64) -> (u64, u64) {
        let first = (hash >> 8).wrapping_add(bucket);
        let second = (hash << 48).wrapping_add(bucket.wrapping_mul(SPREAD)) >> 56;
        (first & 0xff, second)
    }

    #[inline]
    const fn set(&mut self, hash: u64, bucket: u64) {
        let (first, second) = Self::bits(hash, bucket);
        self.0[(first >> 6) as usize] |= 1 << (first & 63);
        self.0[4 + (second >> 6) as usize] |= 1 << (second & 63);
    }

    /// The lowest bit of the result tells whether both bits are set.
    #[inline]
    const fn get(&self, hash: u64, bucket: u64) -> u64 {
        let (first, second) = Self::bits(hash, bucket);
        self.0[(first >> 6) as usize] >> (first & 63) & self.0[4 + (second >> 6) as usize] >> (second & 63)
    }
}

/// The lines of all keys; the high bits of a key's hash say which is its own.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) lines: Vec<Line>,
    /// The logarithm of the width of a bucket.
    pub(super) bucket_bits: u32,
}

impl Filter {
    /// How many lines a part of so many rows has.
    pub(super) const fn lines_for(rows: usize) -> usize {
        (rows * BITS_PER_ROW).div_ceil(LINE_BITS)
    }

    /// Empty, for bands that are at most `width` from first to last.
    pub(super) fn new(lines: usize, width: Option<u64>) -> Self {
        // A bucket of 2^63 is all negative times or all others: then the filter is of keys.
        let bucket_bits = width.map_or(63, |width| u64::BITS - width.saturating_sub(1).leading_zeros());
        Self {
            lines: vec![Line::default(); lines],
            bucket_bits: bucket_bits.min(63),
        }
    }

    /// The line of a key.
    #[inline]
    pub(super) fn line(&self, hash: u64) -> usize {
        place(hash, self.lines.len() as u64)
    }

    /// Something of a line: reading it brings the line into the cache.
    #[inline]
    pub(super) fn touch(&self, line: usize) -> u64 {
        self.lines[line].0[0]
    }

    /// False where no row of the key lies within the band, and where no time does.
    #[inline]
    pub(super) fn may_hold(&self, line: usize, hash: u64, (lo, hi): (i64, i64)) -> bool {
        let first = (lo >> self.bucket_bits) as u64;
        let last = (hi >> self.bucket_bits) as u64;
        let line = &self.lines[line];
        let set = (line.get(hash, first) | line.get(hash, last)) & 1 == 1;
        // Buckets between the first and the last are not asked.
        (set | (last.wrapping_sub(first) > 1)) & (lo <= hi)
    }

    pub(super) fn bytes(&self) -> usize {
        self.lines.len() * size_of::<Line>()
    }
}

/// Marks a row in the lines of a part, the first of which is `first_line` of `count`.
#[inline]
pub(super) fn mark(lines: &mut [Line], first_line: usize, count: u64, hash: u64, bucket: i64) {
    lines[place(hash, count) - first_line].set(hash, bucket as u64);
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
