//! Whether a key may have a row at about a time: two Bloom filters, of which most keys need the first alone.
//!
//! Both are blocked. The first is of keys: a row sets two bits for its key in one word. It is small, so that it stays in a cache that
//! much else goes through. The second is of keys and times together: a key has one cache line, in which a row sets two bits for the
//! bucket of its time, one in each half. Times are cut into buckets of 2^n, at least as wide as the usual band, so that such a band lies in
//! one or two; it may hold a row where both bits of a bucket are set. Wider bands are asked for their key alone.
//!
//! # Source
//! F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", WEA 2007.

use super::hash::{place, place_of_few};

/// Bits of the first filter for each row.
const KEY_BITS_PER_ROW: usize = 6;
/// Bits of the second filter for each row.
const TIME_BITS_PER_ROW: usize = 12;
/// Bits of a line.
const LINE_BITS: usize = 512;
/// The words of half a line.
const HALF: usize = LINE_BITS / 64 / 2;
/// An odd number that spreads keys and buckets over a line.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What one cache line holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; LINE_BITS / 64]);

impl Line {
    /// Where the two bits of a bucket are: one in each half.
    #[inline]
    const fn bucket_bits(hash: u64, bucket: u64) -> [(usize, u32); 2] {
        let mixed = hash.wrapping_add(bucket).wrapping_mul(SPREAD);
        let (first, second) = ((mixed >> 56) as u32, (mixed >> 48) as u32);
        [
            (first as usize >> 6, first & 63),
            (HALF + (second as usize >> 6 & (HALF - 1)), second & 63),
        ]
    }

    #[inline]
    const fn set(&mut self, hash: u64, bucket: u64) {
        let [first, second] = Self::bucket_bits(hash, bucket);
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

/// The two bits of a key in its word.
#[inline]
const fn key_bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

/// The words and the lines of all keys; the high bits of a key's hash say which are its own.
#[derive(Debug)]
pub(super) struct Filter {
    /// One word more than keys have: in the last no bit is ever set.
    words: Vec<u64>,
    lines: Vec<Line>,
    /// The logarithm of the width of a bucket.
    bucket_bits: u32,
}

/// How many words and lines a filter has, or a part of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilterSize {
    words: usize,
    lines: usize,
}

impl FilterSize {
    /// What so many rows need.
    pub(super) const fn of(rows: usize) -> Self {
        Self {
            words: (rows * KEY_BITS_PER_ROW).div_ceil(64),
            lines: (rows * TIME_BITS_PER_ROW).div_ceil(LINE_BITS),
        }
    }

    /// That of so many parts together.
    pub(super) const fn times(self, parts: usize) -> Self {
        Self {
            words: self.words * parts,
            lines: self.lines * parts,
        }
    }
}

impl Filter {
    /// Empty, for bands that are at most `width` from first to last.
    pub(super) fn new(size: FilterSize, width: Option<u64>) -> Self {
        // A bucket of 2^63 is all negative times or all others: then the filter is of keys.
        let bucket_bits = width.map_or(63, |width| u64::BITS - width.saturating_sub(1).leading_zeros());
        Self {
            words: vec![0; size.words + 1],
            lines: vec![Line::default(); size.lines],
            bucket_bits: bucket_bits.min(63),
        }
    }

    /// The word of a key.
    #[inline]
    pub(super) fn word(&self, hash: u64) -> u32 {
        place_of_few(hash, self.no_word().into())
    }

    /// A word in which no key is: that of keys which cannot be there.
    #[inline]
    pub(super) fn no_word(&self) -> u32 {
        self.words.len() as u32 - 1
    }

    /// The line of a key.
    #[inline]
    pub(super) fn line(&self, hash: u64) -> usize {
        place(hash, self.lines.len() as u64)
    }

    /// A word: reading it brings it into the cache.
    #[inline]
    pub(super) fn touch_word(&self, word: usize) -> u64 {
        self.words[word]
    }

    /// Something of a line: reading it brings the line into the cache.
    #[inline]
    pub(super) fn touch_line(&self, line: usize) -> u64 {
        self.lines[line].0[0]
    }

    /// False only where no row has the key.
    #[inline]
    pub(super) fn may_have(&self, word: usize, hash: u64) -> bool {
        let bits = key_bits(hash);
        self.words[word] & bits == bits
    }

    /// False only where no row of the key lies within the band, and always where no time does. Whether there is any row of the
    /// key, [`Filter::may_have`] says.
    #[inline]
    pub(super) fn may_hold(&self, line: usize, hash: u64, (lo, hi): (i64, i64)) -> bool {
        let first = (lo >> self.bucket_bits) as u64;
        let last = (hi >> self.bucket_bits) as u64;
        let line = &self.lines[line];
        let set = (line.get(hash, first) | line.get(hash, last)) & 1 == 1;
        // Buckets between the first and the last are not asked.
        (set | (last.wrapping_sub(first) > 1)) & (lo <= hi)
    }

    /// The shares of parts of that size, of which the filter was made, in order.
    pub(super) fn parts(&mut self, size: FilterSize) -> impl Iterator<Item = FilterPart<'_>> {
        let whole = FilterSize {
            words: self.no_word() as usize,
            lines: self.lines.len(),
        };
        let bucket_bits = self.bucket_bits;
        let words = self.words.chunks_exact_mut(size.words);
        let shares = words.zip(self.lines.chunks_exact_mut(size.lines)).enumerate();
        shares.map(move |(number, (words, lines))| FilterPart {
            words,
            lines,
            whole,
            first: size.times(number),
            bucket_bits,
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.len() * size_of::<u64>() + self.lines.len() * size_of::<Line>()
    }
}

/// A part's share of a filter: the words and lines of a range of hashes.
pub(super) struct FilterPart<'a> {
    words: &'a mut [u64],
    lines: &'a mut [Line],
    /// How many the whole filter has.
    whole: FilterSize,
    /// Where the part begins.
    first: FilterSize,
    bucket_bits: u32,
}

impl FilterPart<'_> {
    /// Marks a row whose key is of the part's range of hashes.
    #[inline]
    pub(super) fn mark(&mut self, hash: u64, time: i64) {
        let word = place_of_few(hash, self.whole.words as u64) as usize - self.first.words;
        self.words[word] |= key_bits(hash);
        let line = place(hash, self.whole.lines as u64) - self.first.lines;
        self.lines[line].set(hash, (time >> self.bucket_bits) as u64);
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
