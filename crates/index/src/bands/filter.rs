//! Whether a key may have a row at about a time: a blocked Bloom filter in which a key has one cache line.
//!
//! A row sets a bit for its key in the first two words of the line, and two bits for the bucket of its time, in three words
//! each. Times are cut into buckets of 2^n, at least as wide as the usual band, so that such a band lies in one or two; it may
//! hold a row where both bits of a bucket are set. Wider bands are asked for their key alone.
//!
//! # Source
//! F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", WEA 2007.

use super::hash::place;

/// Bits for each row: sixteen for the buckets and one for the key.
const BITS_PER_ROW: usize = 17;
/// Bits of a line.
const LINE_BITS: usize = 512;
/// The words of a line that have the bits of keys.
const KEY_WORDS: usize = 2;
/// An odd number that spreads keys and buckets over the last words of a line.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What one cache line holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Line([u64; LINE_BITS / 64]);

impl Line {
    /// Where the bit of a key is: the word and the bit.
    #[inline]
    const fn key_bit(hash: u64) -> (usize, u32) {
        ((hash >> 6) as usize & (KEY_WORDS - 1), (hash & 63) as u32)
    }

    /// Where the two bits of a bucket are: the first in words 2 to 4, the second in words 5 to 7.
    #[inline]
    const fn bucket_bits(hash: u64, bucket: u64) -> [(usize, u32); 2] {
        let mixed = hash.wrapping_add(bucket).wrapping_mul(SPREAD);
        // Of 256 values three quarters: as many as three words have bits.
        let (first, second) = ((mixed >> 56) * 3 / 4, (mixed >> 48 & 0xff) * 3 / 4);
        [
            (KEY_WORDS + (first >> 6) as usize, (first & 63) as u32),
            (KEY_WORDS + 3 + (second >> 6) as usize, (second & 63) as u32),
        ]
    }

    #[inline]
    const fn set(&mut self, hash: u64, bucket: u64) {
        let [first, second] = Self::bucket_bits(hash, bucket);
        let key = Self::key_bit(hash);
        self.0[key.0] |= 1 << key.1;
        self.0[first.0] |= 1 << first.1;
        self.0[second.0] |= 1 << second.1;
    }

    /// The lowest bit of the result tells whether both bits of a bucket are set.
    #[inline]
    const fn get(&self, hash: u64, bucket: u64) -> u64 {
        let [first, second] = Self::bucket_bits(hash, bucket);
        self.0[first.0] >> first.1 & self.0[second.0] >> second.1
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

    /// False where no row has the key.
    #[inline]
    pub(super) fn may_have(&self, line: usize, hash: u64) -> bool {
        let (word, bit) = Line::key_bit(hash);
        self.lines[line].0[word] >> bit & 1 == 1
    }

    /// False where no row of the key lies within the band, and where no time does. Whether there is any row of the key,
    /// [`Filter::may_have`] says.
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
