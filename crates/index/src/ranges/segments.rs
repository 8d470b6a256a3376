//! The `segments` strategy: the keys cut where the set of intervals that hold them changes, and each segment located.
//!
//! A [`Locator`] gives a key the code of its segment, and [`Holders`] know what holds it.

use super::coverage::Union;
use super::holders::{Holders, MOST_LIST_WORDS};
use super::intervals::Interval;
use super::key::{Key, Word};
use super::locator::Locator;
use super::probe::{BLOCK, EMPTY, Lookup, Short};
use super::shares::Share;
use crate::threads::on_threads;

/// Elementary segments and the intervals that hold them.
#[derive(Debug)]
pub(super) struct Segments<K> {
    /// Keys below count as this one, which no interval holds unless it is the lowest key of all.
    base: K,
    /// From `base` to the last start; keys above count as the last start.
    reach: K,
    /// So many low bits are zero in every start (less `base`): they are cut off.
    low_zeros: u32,
    locator: Narrow,
    holders: Holders<K>,
}

/// The starts, less `base` and the low bits that are zero in all, in the narrowest numbers that hold them.
#[derive(Debug)]
enum Narrow {
    W32(Locator<u32>),
    W64(Locator<u64>),
    W128(Locator<u128>),
}

impl<K: Key> Segments<K> {
    /// Of intervals in any order, with their union; the keys are divided into `shares`, each the work of a thread.
    pub(super) fn build(intervals: Vec<Interval<K>>, shares: usize) -> (Self, Union<K>) {
        let shares = Share::deal(intervals, shares);
        let most_words = MOST_LIST_WORDS / shares.len();
        let parts = on_threads(shares, |mut share| {
            let (forest, cuts) = share.cut();
            let (holders, codes) = Holders::of(forest, &cuts, &share.intervals, most_words);
            (holders, codes, share.pieces())
        });
        let whole = parts
            .into_iter()
            .reduce(|mut whole, (holders, mut codes, pieces)| {
                whole.0.append(holders, &mut codes);
                whole.1.append(&mut codes);
                (whole.0, whole.1, whole.2.followed_by(pieces))
            });
        // There is at least one share.
        let (mut holders, starts, pieces) = whole.unwrap_or_default();
        holders.finish();
        (Self::over(holders, &starts), Union::of(pieces))
    }

    /// `starts` are the segments' first keys and codes.
    fn over(holders: Holders<K>, starts: &[(K, u32)]) -> Self {
        let mut segments = Self {
            base: K::ZERO,
            reach: K::ZERO,
            low_zeros: 0,
            locator: Narrow::W32(Locator::build([(0, EMPTY)].into_iter())),
            holders,
        };
        segments.place(starts);
        segments
    }

    /// Builds the locator.
    fn place(&mut self, starts: &[(K, u32)]) {
        let (Some(&(first, _)), Some(&(last, _))) = (starts.first(), starts.last()) else {
            return;
        };
        let bits = starts.iter().fold(K::ZERO, |bits, &(start, _)| bits.or(start));
        self.low_zeros = bits.low_zeros().min(K::BITS - 1);
        // Slots begin where prefixes do if the base is a round number; rounding widens the span by a thousandth.
        let round = last.minus(first).bit_length().saturating_sub(10);
        let round = round.max(self.low_zeros);
        if first != K::ZERO {
            self.base = first.sub_one().without_low(round);
        }
        self.reach = last.minus(self.base);
        self.locator = match self.narrow(last).bit_length() {
            0..=32 => Narrow::W32(self.locator(starts, K::low32)),
            33..=64 => Narrow::W64(self.locator(starts, K::low64)),
            _ => Narrow::W128(self.locator(starts, K::wide)),
        };
    }

    fn locator<W: Word>(&self, starts: &[(K, u32)], low: fn(K) -> W) -> Locator<W> {
        let below = starts.first().filter(|first| first.0 != self.base);
        let below = below.map(|_| (W::ZERO, EMPTY));
        let narrowed = starts
            .iter()
            .map(|&(start, code)| (low(self.narrow(start)), code));
        Locator::build(below.into_iter().chain(narrowed))
    }

    /// A key as the locator compares it.
    #[inline]
    fn narrow(&self, key: K) -> K {
        key.max(self.base)
            .minus(self.base)
            .min(self.reach)
            .shifted_down(self.low_zeros)
    }

    #[inline]
    fn locate_narrow<W: Word>(
        &self,
        locator: &Locator<W>,
        low: impl Fn(K) -> W,
        keys: &[K],
        found: &mut [u32],
    ) {
        let mut narrow = [W::ZERO; BLOCK];
        for (narrow, &key) in narrow.iter_mut().zip(keys) {
            *narrow = low(self.narrow(key));
        }
        locator.locate(&narrow[..keys.len()], found);
    }

    pub(super) fn bytes(&self) -> usize {
        let locator = match &self.locator {
            Narrow::W32(locator) => locator.bytes(),
            Narrow::W64(locator) => locator.bytes(),
            Narrow::W128(locator) => locator.bytes(),
        };
        locator + self.holders.bytes()
    }
}

impl<K: Key> Lookup for Segments<K> {
    type Key = K;

    fn locate(&self, keys: &[K], found: &mut [u32]) {
        match &self.locator {
            Narrow::W32(locator) => self.locate_narrow(locator, K::low32, keys, found),
            Narrow::W64(locator) => self.locate_narrow(locator, K::low64, keys, found),
            Narrow::W128(locator) => self.locate_narrow(locator, K::wide, keys, found),
        }
    }

    fn count(&self, _: &K, found: u32) -> u32 {
        self.holders.count(found)
    }

    fn first(&self, _: &K, found: u32) -> u32 {
        self.holders.first(found)
    }

    fn touch(&self, found: &[u32]) {
        self.holders.touch(found);
    }

    #[inline]
    fn short(&self, _: &K, found: u32) -> Short<'_> {
        self.holders.short(found)
    }

    fn rows(&self, key: &K, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        self.holders.rows(*key, found, mark, room, rows)
    }
}
