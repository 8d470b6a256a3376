//! The rows of an index in order, and where those of a key and a time are.

use std::hint::select_unpredictable;

use super::filter::Filter;
use super::hash::place;
use super::key::Offset;

/// Up to this many rows are gone through one by one before the end of a band is searched for.
const FEW: usize = 8;

/// Rows in the order of (slot, key, time, row).
#[derive(Debug)]
pub(super) struct Table<S> {
    /// Where the rows of every slot begin, and the number of rows: one more than there are slots.
    pub(super) starts: Vec<u32>,
    pub(super) keys: Vec<S>,
    pub(super) times: Vec<i64>,
    pub(super) rows: Vec<u32>,
    pub(super) filter: Filter,
    pub(super) distinct: usize,
}

impl<S: Offset> Table<S> {
    /// The first and the last position, exclusive, of the rows of a hash's slot.
    #[inline]
    pub(super) fn slot(&self, hash: u64) -> (u32, u32) {
        let slot = place(hash, self.starts.len() as u64 - 1);
        (self.starts[slot], self.starts[slot + 1])
    }

    /// The first position of a slot at which the row is not before a key and a time; the slot's end if all are.
    #[inline]
    pub(super) fn position(&self, (begin, end): (u32, u32), key: S, time: i64) -> usize {
        let range = begin as usize..end as usize;
        let (keys, times) = (&self.keys[range.clone()], &self.times[range]);
        // Most of a large slot, if not all, is one key that many rows share: there the times alone are searched.
        let one_key = keys.len() > FEW && keys[0] == key && keys[keys.len() - 1] == key;
        let before = match one_key {
            true => first_not(times.len(), |at| times[at] < time),
            false => first_not(keys.len(), |at| {
                (keys[at] < key) | ((keys[at] == key) & (times[at] < time))
            }),
        };
        begin as usize + before
    }

    /// Whether a slot has rows of a key.
    #[inline]
    pub(super) fn has_key(&self, slot: (u32, u32), key: S) -> bool {
        let keys = &self.keys[slot.0 as usize..slot.1 as usize];
        keys.get(first_not(keys.len(), |at| keys[at] < key)) == Some(&key)
    }

    /// Whether the row at a position, which may be the slot's end, is of a key and not after a time.
    #[inline]
    pub(super) fn holds(&self, at: usize, end: u32, key: S, hi: i64) -> bool {
        at < end as usize && self.keys[at] == key && self.times[at] <= hi
    }

    /// The end of the rows from a position on that are of a key and not after a time; `end` is the slot's.
    #[inline]
    pub(super) fn last(&self, at: usize, end: u32, key: S, hi: i64) -> usize {
        let (keys, times) = (&self.keys[at..end as usize], &self.times[at..end as usize]);
        let within = |place: usize| (keys[place] == key) & (times[place] <= hi);
        for place in 0..keys.len().min(FEW) {
            if !within(place) {
                return at + place;
            }
        }
        // Galloping: the cost follows the length of the band, not that of the slot.
        let (mut inside, mut step) = (keys.len().min(FEW), FEW);
        while inside + step <= keys.len() && within(inside + step - 1) {
            inside += step;
            step *= 2;
        }
        let rest = step.min(keys.len() - inside);
        at + inside + first_not(rest, |place| within(inside + place))
    }

    /// The distinct keys, in no order.
    pub(super) fn distinct_keys(&self) -> impl Iterator<Item = S> {
        self.keys
            .chunk_by(|a, b| a == b)
            .filter_map(|same| same.first())
            .copied()
    }

    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * size_of::<u32>()
            + self.keys.len() * (size_of::<S>() + size_of::<i64>() + size_of::<u32>())
            + self.filter.bytes()
    }
}

/// How many of `count` elements come before the first for which `before` is false; without a branch on what they are.
#[inline]
pub(super) fn first_not(count: usize, before: impl Fn(usize) -> bool) -> usize {
    if count == 0 {
        return 0;
    }
    let (mut base, mut size) = (0, count);
    while size > 1 {
        let half = size / 2;
        base = select_unpredictable(before(base + half), base + half, base);
        size -= half;
    }
    base + usize::from(before(base))
}
