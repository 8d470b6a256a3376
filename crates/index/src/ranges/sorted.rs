//! The `sorted` strategy: intervals in the order of their lower bound, with maxima of the upper bounds to skip by.
//!
//! The intervals that hold a key are those before the key's place in the order whose upper bound is not below the key.
//! They are found from that place downwards; maxima over 16 intervals, over 16 such groups and so on tell which groups
//! hold none. Takes 16/15 of the intervals themselves, and O((k + 1) log n) time for k matches: a key without a match
//! costs two searches.

use super::intervals::Interval;
use super::key::Key;
use super::probe::{BLOCK, EMPTY, Lookup, Short};

/// The logarithm of how many entries share a maximum.
const GROUP_BITS: usize = 4;

/// What is found of a key is the position of its first match, with this bit set.
const POSITION: u32 = 1 << 31;

/// Intervals in the order of (`lo` ascending, `hi` descending, `row` descending).
#[derive(Debug)]
pub(super) struct Sorted<K> {
    lo: Vec<K>,
    rows: Vec<u32>,
    /// The upper bounds, then the maxima of groups of them, then the maxima of groups of those.
    maxima: Vec<Vec<K>>,
}

impl<K: Key> Sorted<K> {
    pub(super) fn build(sorted: &[Interval<K>]) -> Self {
        let mut maxima: Vec<Vec<K>> = vec![sorted.iter().map(|interval| interval.hi).collect()];
        while let Some(level) = maxima.last().filter(|level| level.len() > 1 << GROUP_BITS) {
            let groups = level.chunks(1 << GROUP_BITS);
            let above = groups
                .map(|group| group.iter().copied().max().unwrap_or(K::ZERO))
                .collect();
            maxima.push(above);
        }
        Self {
            lo: sorted.iter().map(|interval| interval.lo).collect(),
            rows: sorted.iter().map(|interval| interval.row).collect(),
            maxima,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let keys = self.lo.capacity() + self.maxima.iter().map(Vec::capacity).sum::<usize>();
        keys * size_of::<K>() + self.rows.capacity() * size_of::<u32>()
    }

    /// The highest position below `before` whose upper bound is not below the key.
    fn previous(&self, before: usize, key: K) -> Option<usize> {
        let (mut level, mut end) = (0, before);
        loop {
            let maxima = self.maxima.get(level)?;
            let begin = end.saturating_sub(1) >> GROUP_BITS << GROUP_BITS;
            if let Some(offset) = maxima[begin..end].iter().rposition(|&hi| hi >= key) {
                return self.descend(level, begin + offset, key);
            }
            end = begin >> GROUP_BITS;
            level += 1;
        }
    }

    /// The highest position under an entry of a level that is known to have one.
    fn descend(&self, level: usize, entry: usize, key: K) -> Option<usize> {
        let mut position = entry;
        for maxima in self.maxima[..level].iter().rev() {
            let begin = position << GROUP_BITS;
            let end = (begin + (1 << GROUP_BITS)).min(maxima.len());
            position = begin + maxima[begin..end].iter().rposition(|&hi| hi >= key)?;
        }
        Some(position)
    }
}

impl<K: Key> Lookup for Sorted<K> {
    type Key = K;

    fn locate(&self, keys: &[K], found: &mut [u32]) {
        let mut places = [0_usize; BLOCK];
        let places = &mut places[..keys.len()];
        let count = self.lo.len();
        // The same step for every key before the next step for any: the misses of a step overlap.
        let mut step = count.checked_ilog2().map_or(0, |bits| 1_usize << bits);
        while step > 0 {
            for (place, key) in places.iter_mut().zip(keys) {
                let next = *place + step;
                let below = next <= count && self.lo[next.min(count) - 1] <= *key;
                *place = std::hint::select_unpredictable(below, next, *place);
            }
            step >>= 1;
        }
        for ((one, &place), &key) in found.iter_mut().zip(places.iter()).zip(keys) {
            *one = self
                .previous(place, key)
                .map_or(EMPTY, |position| position as u32 | POSITION);
        }
    }

    fn count(&self, key: &K, found: u32) -> u32 {
        let mut count = 1;
        let mut position = (found & !POSITION) as usize;
        while let Some(previous) = self.previous(position, *key) {
            position = previous;
            count += 1;
        }
        count
    }

    fn first(&self, _: &K, found: u32) -> u32 {
        self.rows[(found & !POSITION) as usize]
    }

    fn short(&self, _: &K, found: u32) -> Short<'_> {
        Short::unknown(found != EMPTY)
    }

    fn rows(&self, key: &K, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        let mut next = match mark {
            0 => Some((found & !POSITION) as usize),
            position => self.previous(position as usize - 1, *key),
        };
        let mut left = room;
        let mut mark = mark;
        while let Some(position) = next {
            if left == 0 {
                return mark;
            }
            rows.push(self.rows[position]);
            left -= 1;
            mark = position as u32 + 1;
            next = self.previous(position, *key);
        }
        0
    }
}
