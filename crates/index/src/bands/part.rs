//! One part of an index: the rows of a range of hashes, put in order by one thread in its own cache.

use super::filter::{self, Line};
use super::hash::place;
use super::key::Offset;
use crate::ranges::sort::radix_sort;

/// Runs from this length on are sorted by the digits of their times, if they are of one key.
const LONG: usize = 1 << 11;

/// A row on its way to its place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Record<S> {
    pub(super) key: S,
    pub(super) row: u32,
    pub(super) time: i64,
}

/// Into how much all parts are divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) parts: usize,
    /// Of each part.
    pub(super) slots: usize,
    /// Of each part.
    pub(super) lines: usize,
    pub(super) bucket_bits: u32,
}

/// The records of a part, and where they go.
pub(super) struct Part<'a, S> {
    pub(super) number: usize,
    /// In the order of their rows.
    pub(super) pieces: Vec<Vec<Record<S>>>,
    /// The position of the part's first row.
    pub(super) offset: u32,
    pub(super) starts: &'a mut [u32],
    pub(super) keys: &'a mut [S],
    pub(super) times: &'a mut [i64],
    pub(super) rows: &'a mut [u32],
    pub(super) lines: &'a mut [Line],
}

/// Memory that a thread uses for one part after another.
#[derive(Debug, Default)]
pub(super) struct Space<S> {
    sorted: Vec<Record<S>>,
    ends: Vec<u32>,
}

impl<S: Offset> Part<'_, S> {
    /// Fills the part's share of the index; returns how many distinct keys it has.
    pub(super) fn fill(self, layout: &Layout, space: &mut Space<S>) -> usize {
        let first_slot = self.number * layout.slots;
        let slots = (layout.parts * layout.slots) as u64;
        space.deal_out(&self.pieces, self.starts, |key| {
            place(key.hash(), slots) - first_slot
        });
        drop(self.pieces);
        space.sort_slots();
        for start in self.starts {
            *start += self.offset;
        }

        let first_line = self.number * layout.lines;
        let lines = (layout.parts * layout.lines) as u64;
        let mut previous = None;
        let mut distinct = 0;
        let columns = self.keys.iter_mut().zip(self.times).zip(self.rows);
        for (record, ((key, time), row)) in space.sorted.iter().zip(columns) {
            (*key, *time, *row) = (record.key, record.time, record.row);
            distinct += usize::from(previous != Some(record.key));
            previous = Some(record.key);
            let bucket = record.time >> layout.bucket_bits;
            filter::mark(self.lines, first_line, lines, record.key.hash(), bucket);
        }
        distinct
    }
}

impl<S: Offset> Space<S> {
    /// A counting sort by slot; `starts` are set to where each begins.
    fn deal_out(&mut self, pieces: &[Vec<Record<S>>], starts: &mut [u32], slot: impl Fn(S) -> usize) {
        let count = pieces.iter().map(Vec::len).sum();
        self.sorted.resize(count, Record::default());
        self.ends.clear();
        self.ends.resize(starts.len(), 0);
        for record in pieces.iter().flatten() {
            self.ends[slot(record.key)] += 1;
        }
        let mut next = 0;
        for (start, end) in starts.iter_mut().zip(&mut self.ends) {
            *start = next;
            next += *end;
            *end = *start;
        }
        for record in pieces.iter().flatten() {
            let end = &mut self.ends[slot(record.key)];
            self.sorted[*end as usize] = *record;
            *end += 1;
        }
    }

    fn sort_slots(&mut self) {
        let mut begin = 0;
        for &end in &self.ends {
            let end = end as usize;
            if end - begin > 1 {
                sort(&mut self.sorted[begin..end]);
            }
            begin = end;
        }
    }
}

/// Orders records by (key, time, row).
fn sort<S: Offset>(records: &mut [Record<S>]) {
    let order = |record: &Record<S>| (record.key, record.time, record.row);
    if let [a, b] = records {
        if order(b) < order(a) {
            std::mem::swap(a, b);
        }
        return;
    }
    if records.len() >= LONG && !records.is_sorted_by_key(order) && !is_one_key(records) {
        records.sort_unstable_by_key(|record| record.key);
        records.chunk_by_mut(|a, b| a.key == b.key).for_each(sort);
    } else if records.len() < LONG || !sort_by_digits(records) {
        records.sort_unstable_by_key(order);
    }
}

fn is_one_key<S: Offset>(records: &[Record<S>]) -> bool {
    records.windows(2).all(|pair| pair[0].key == pair[1].key)
}

/// Orders the records of one key by (time, row); false where digits are slow.
fn sort_by_digits<S: Offset>(records: &mut [Record<S>]) -> bool {
    if records.is_sorted_by_key(|record| (record.time, record.row)) {
        return true;
    }
    let mut sorted = records.to_vec();
    if !radix_sort(&mut sorted, |record| crate::ranges::key_from_i64(record.time)) {
        return false;
    }
    records.copy_from_slice(&sorted);
    for same in records.chunk_by_mut(|a, b| a.time == b.time) {
        same.sort_unstable_by_key(|record| record.row);
    }
    true
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
