//! The rows of an index in order, and where those of a key and a time are.

use std::hint::select_unpredictable;

use super::filter::Filter;
use super::hash::place;
use super::key::Offset;
use super::probe::Candidate;

/// Up to this many elements are gone through one by one before the first of the others is searched for.
const FEW: usize = 8;

/// A row of the index: its key, time and number, in which order they are sorted.
///
/// Together, for a look-up reads all of them, and each would be another page to find. A tuple, because the standard library
/// takes zeroed memory from the system as it is only for types that it knows.
pub(super) type Record<S> = (S, i64, u32);

/// Rows in the order of (slot, key, time, row); without slots, of (key, time, row).
#[derive(Debug)]
pub(super) struct Table<S> {
    pub(super) records: Vec<Record<S>>,
    /// `None` where rows are expected that come in the same order.
    pub(super) slots: Option<Slots>,
    pub(super) distinct: usize,
}

/// How a row is found in a table by the hash of its key.
#[derive(Debug)]
pub(super) struct Slots {
    /// Where the rows of every slot begin, and the number of rows: one more than there are slots.
    pub(super) starts: Vec<u32>,
    pub(super) filter: Filter,
}

impl Slots {
    /// The slot of a hash.
    #[inline]
    pub(super) fn of(&self, hash: u64) -> usize {
        place(hash, self.starts.len() as u64 - 1)
    }

    /// The first and the last position, exclusive, of a slot's rows.
    #[inline]
    pub(super) fn rows(&self, slot: usize) -> (u32, u32) {
        (self.starts[slot], self.starts[slot + 1])
    }

    /// Where a slot's rows begin: reading it brings it into the cache.
    #[inline]
    pub(super) fn touch(&self, slot: usize) -> u32 {
        self.starts[slot]
    }

    fn bytes(&self) -> usize {
        self.starts.len() * size_of::<u32>() + self.filter.bytes()
    }
}

impl<S: Offset> Table<S> {
    /// The first and the last position, exclusive, of the rows among which those of a key are.
    pub(super) fn around(&self, key: S) -> (u32, u32) {
        match &self.slots {
            Some(slots) => slots.rows(slots.of(key.hash())),
            None => (0, self.records.len() as u32),
        }
    }

    /// Something of the first and the last row of a slot that is not empty: reading it brings them into the cache.
    #[inline]
    pub(super) fn touch(&self, (begin, end): (u32, u32)) -> u32 {
        self.records[begin as usize].2 ^ self.records[end as usize - 1].2
    }

    /// Whether the row at a position comes before a key and a time.
    #[inline]
    pub(super) fn is_before(&self, at: usize, key: S, time: i64) -> bool {
        let (key_there, time_there, _) = self.records[at];
        (key_there < key) | ((key_there == key) & (time_there < time))
    }

    /// Whether the row that was searched for a candidate is of its key and not after a time.
    #[inline]
    pub(super) fn holds(&self, candidate: &Candidate<S>, hi: i64) -> bool {
        // The slot's end may be the end of the table: the row before it is as good to look at.
        let (key, time, _) = self.records[candidate.at.min(candidate.end - 1) as usize];
        (candidate.at < candidate.end) & (key == candidate.key) & (time <= hi)
    }

    /// The end of the rows from a position on that are of a key and not after a time; `end` is the slot's.
    #[inline]
    pub(super) fn last(&self, at: usize, end: u32, key: S, hi: i64) -> usize {
        let records = &self.records[at..end as usize];
        at + gallop(records.len(), |place| {
            (records[place].0 == key) & (records[place].1 <= hi)
        })
    }

    /// The distinct keys, in no order.
    pub(super) fn distinct_keys(&self) -> impl Iterator<Item = S> {
        let runs = self.records.chunk_by(|a, b| a.0 == b.0);
        runs.filter_map(|run| run.first()).map(|record| record.0)
    }

    pub(super) fn bytes(&self) -> usize {
        self.records.len() * size_of::<Record<S>>() + self.slots.as_ref().map_or(0, Slots::bytes)
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

/// The same, at a cost that follows the answer and not how many elements there are.
#[inline]
pub(super) fn gallop(count: usize, before: impl Fn(usize) -> bool) -> usize {
    for place in 0..count.min(FEW) {
        if !before(place) {
            return place;
        }
    }
    let (mut passed, mut step) = (count.min(FEW), FEW);
    while passed + step <= count && before(passed + step - 1) {
        passed += step;
        step *= 2;
    }
    let rest = step.min(count - passed);
    passed + first_not(rest, |place| before(passed + place))
}
