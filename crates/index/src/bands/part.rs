//! One part of an index: the rows of a range of hashes, put in order by one thread in its own cache.

use super::filter::{FilterPart, FilterSize};
use super::hash::place;
use super::key::Offset;
use super::table::Record;
use crate::ranges::sort::radix_sort;

/// Runs from this length on are sorted by the digits of their times, if they are of one key.
const LONG: usize = 1 << 11;

/// Into how much all parts are divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) parts: usize,
    /// Of each part.
    pub(super) slots: usize,
    /// Of each part.
    pub(super) filter: FilterSize,
}

/// The records of a part, and where they go.
pub(super) struct Part<'a, S> {
    pub(super) number: usize,
    /// In the order of their rows.
    pub(super) pieces: Vec<Vec<Record<S>>>,
    /// The position of the part's first row.
    pub(super) offset: u32,
    pub(super) starts: &'a mut [u32],
    pub(super) records: &'a mut [Record<S>],
    pub(super) filter: FilterPart<'a>,
}

impl<S: Offset> Part<'_, S> {
    /// Fills the part's share of the index; returns how many distinct keys it has. `ends` is memory to work with.
    pub(super) fn fill(mut self, layout: &Layout, ends: &mut Vec<u32>) -> usize {
        self.deal_out(layout, ends);
        let mut begin = 0;
        for &end in &*ends {
            let end = end as usize;
            if end - begin > 1 {
                sort(&mut self.records[begin..end]);
            }
            begin = end;
        }

        let mut previous = None;
        let mut distinct = 0;
        for &(key, time, _) in &*self.records {
            distinct += usize::from(previous != Some(key));
            previous = Some(key);
            self.filter.mark(key.hash(), time);
        }
        distinct
    }

    /// A counting sort by slot, of which `ends` are the ends.
    fn deal_out(&mut self, layout: &Layout, ends: &mut Vec<u32>) {
        let first_slot = self.number * layout.slots;
        let slots = (layout.parts * layout.slots) as u64;
        let slot = |key: S| place(key.hash(), slots) - first_slot;
        ends.clear();
        ends.resize(layout.slots, 0);
        for record in self.pieces.iter().flatten() {
            ends[slot(record.0)] += 1;
        }
        let mut next = 0;
        for (start, end) in self.starts.iter_mut().zip(&mut *ends) {
            *start = self.offset + next;
            next += std::mem::replace(end, next);
        }
        for piece in self.pieces.drain(..) {
            for record in piece {
                let end = &mut ends[slot(record.0)];
                self.records[*end as usize] = record;
                *end += 1;
            }
        }
    }
}

/// Orders records by key, time and row.
fn sort<S: Offset>(records: &mut [Record<S>]) {
    match records {
        [a, b] => {
            if b < a {
                std::mem::swap(a, b);
            }
        }
        _ if records.len() < LONG => records.sort_unstable(),
        _ if is_one_key(records) => {
            if !sort_by_digits(records) {
                records.sort_unstable();
            }
        }
        _ => {
            records.sort_by_key(|record| record.0);
            records.chunk_by_mut(|a, b| a.0 == b.0).for_each(sort);
        }
    }
}

fn is_one_key<S: Offset>(records: &[Record<S>]) -> bool {
    records.windows(2).all(|pair| pair[0].0 == pair[1].0)
}

/// Orders the records of one key by (time, row); false where digits are slow.
fn sort_by_digits<S: Offset>(records: &mut [Record<S>]) -> bool {
    if records.is_sorted() {
        return true;
    }
    let mut sorted = records.to_vec();
    if !radix_sort(&mut sorted, |record| crate::ranges::key_from_i64(record.1)) {
        return false;
    }
    records.copy_from_slice(&sorted);
    for same in records.chunk_by_mut(|a, b| a.1 == b.1) {
        if !same.is_sorted() {
            same.sort_unstable();
        }
    }
    true
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
