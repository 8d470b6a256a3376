//! An index for rows that come by key: its own rows by key and time, and no slots. A batch goes forward through them.

use std::hint::select_unpredictable;
use std::ops::Range;

use super::key::{EqualKey, Offset, Reach};
use super::probe::{BLOCK, Batch, Block, Candidate};
use super::rows::BandRows;
use super::table::{Record, Table, gallop};
use super::time::TimeBands;
use crate::threads::on_threads;

/// With more rows than this to pass for each key, keys are searched for.
const DENSE: usize = 8;

/// The table without slots of the rows, which are of keys within `reach`.
pub(super) fn table<Q: EqualKey, S: Offset>(
    rows: &BandRows<'_, Q>,
    reach: Reach<Q::Number>,
    shares: &[Range<usize>],
) -> Table<S> {
    let mut records: Vec<Record<S>> = vec![(S::ZERO, 0, 0); rows.len()];
    let mut rest = &mut records[..];
    let pieces = shares.iter().map(|share| {
        let records = rest.split_off_mut(..share.len()).unwrap_or_default();
        (records, share.clone())
    });
    let distinct = on_threads(pieces.collect(), |(records, share)| {
        let mut places = records.iter_mut();
        rows.each(share, |row, key, time| {
            if let Some(place) = places.next() {
                *place = (reach.offset::<S>(key).0, time, row);
            }
        });
        // Finds runs that are in order, as most rows are that meet rows in order, and merges them.
        records.sort();
        distinct_keys(records)
    });
    let mut distinct: usize = distinct.into_iter().sum();
    let mut seams = shares.iter().skip(1).map(|share| share.start);
    if seams.clone().all(|at| records[at - 1] <= records[at]) {
        let same = |at: &usize| records[at - 1].0 == records[*at].0;
        distinct -= seams.by_ref().filter(same).count();
    } else {
        records.sort();
        distinct = distinct_keys(&records);
    }
    Table {
        records,
        slots: None,
        distinct,
    }
}

fn distinct_keys<S: Offset>(records: &[Record<S>]) -> usize {
    records.chunk_by(|a, b| a.0 == b.0).count()
}

impl<S: Offset> Table<S> {
    /// The first position, from one on, of which the row is not before a key and a time; those before it are.
    #[inline]
    fn first_from(&self, from: usize, key: S, time: i64) -> usize {
        from + gallop(self.records.len() - from, |place| {
            self.is_before(from + place, key, time)
        })
    }

    /// The first position, from one on, of which the row has no lesser key.
    fn first_of(&self, from: usize, key: S) -> usize {
        self.first_from(from, key, i64::MIN)
    }
}

impl<S: Offset> Block<S> {
    /// Finds the candidates among the first `length` rows in a table without slots.
    pub(super) fn follow<Q: EqualKey, B: TimeBands>(
        &mut self,
        table: &Table<S>,
        batch: &Batch<'_, Q, B>,
        length: usize,
        time: impl Fn(usize) -> i64,
    ) {
        let listed = match table.records.is_empty() {
            true => 0,
            false => self.list(batch, length),
        };
        self.count = match self.start(table, listed) {
            Some(at) => self.go_along(table, listed, at),
            None => self.search_all(table, listed),
        };
        self.keep_bands(table, batch);
        let end = table.records.len() as u32;
        let mut before = (S::ZERO, i64::MAX, 0);
        for (candidate, &(begin, position)) in self.candidates.iter_mut().zip(&self.slots[..self.count]) {
            let row = self.first + usize::from(self.passed[position as usize & (BLOCK - 1)]);
            let key = self.keys[position as usize & (BLOCK - 1)];
            let time = time(row);
            // Within a key times mostly ascend too.
            let from = match before {
                (same, earlier, at) if same == key && earlier <= time => at,
                _ => begin,
            };
            let at = table.first_from(from as usize, key, time) as u32;
            before = (key, time, at);
            *candidate = Candidate {
                row,
                key,
                time,
                begin,
                end,
                at,
                ..Candidate::default()
            };
        }
    }

    /// Of the slots keeps those of rows that have a match, as the first two rows of their key tell, or that these do not decide.
    fn keep_bands<Q: EqualKey, B: TimeBands>(&mut self, table: &Table<S>, batch: &Batch<'_, Q, B>) {
        let last = table.records.len().saturating_sub(1);
        let mut kept = 0;
        for slot in 0..self.count {
            let (begin, position) = self.slots[slot];
            let at = position as usize & (BLOCK - 1);
            let (key, row) = (self.keys[at], self.first + usize::from(self.passed[at]));
            let (lo, hi) = batch.bands.band(row);
            let next = begin as usize + usize::from(table.is_before(begin as usize, key, lo));
            // Behind the last row there is none: the last one is before the band then.
            let (key_there, time, _) = table.records[next.min(last)];
            let may_match = (key_there == key) & ((time <= hi) | (time < lo)) & (next <= last);
            // `kept` is at most `slot`; the mask only spares the check.
            self.slots[kept & (BLOCK - 1)] = (begin, position);
            kept += usize::from(may_match);
        }
        self.count = kept;
    }

    /// Where the listed keys begin, if they ascend and have not too many rows between them.
    fn start(&self, table: &Table<S>, listed: usize) -> Option<usize> {
        let keys = &self.keys[..listed];
        let (&first, &last) = (keys.first()?, keys.last()?);
        if !keys.is_sorted() {
            return None;
        }
        let at = match self.reached {
            // The batch goes on behind.
            reached if reached > 0 && table.records[reached - 1].0 < first => reached,
            _ => table.first_of(0, first),
        };
        let beyond = table.records.get(at + DENSE * listed);
        beyond.is_none_or(|record| record.0 >= last).then_some(at)
    }

    /// Lists the rows whose key may be there, with their keys; returns how many.
    fn list<Q: EqualKey, B: TimeBands>(&mut self, batch: &Batch<'_, Q, B>, length: usize) -> usize {
        let mut there = [false; BLOCK];
        let mut all = true;
        let keys = &batch.keys[self.first..self.first + length];
        for (at, key) in keys.iter().enumerate() {
            let (key, is_there) = batch.reach.offset::<S>(key.number());
            self.keys[at] = key;
            self.passed[at] = at as u16;
            there[at] = is_there;
            all &= is_there;
        }
        if all {
            return length;
        }
        let mut count = 0;
        for (at, &is_there) in there[..length].iter().enumerate() {
            self.keys[count] = self.keys[at];
            self.passed[count] = at as u16;
            count += usize::from(is_there);
        }
        count
    }

    /// Sets the slots to where the rows of keys begin that are there, with their positions in the list; returns how many. The keys
    /// ascend from `at` on.
    ///
    /// Rows are read one after the other, never far ahead: what lies further on is not in the cache yet.
    fn go_along(&mut self, table: &Table<S>, listed: usize, at: usize) -> usize {
        let records = &table.records;
        let (mut at, mut position, mut count) = (at, 0, 0);
        // Of the key and the row here one is passed, without a branch on which it is. What comes next is read before that is known,
        // so that one step need not wait for the memory of the next.
        let (mut here, mut key) = (records.get(at).map_or(S::ZERO, |record| record.0), self.keys[0]);
        while position < listed && at < records.len() {
            let next_here = records.get(at + 1).map_or(here, |record| record.0);
            let next_key = self.keys[(position + 1) & (BLOCK - 1)];
            // `count` is at most `position`; the masks only spare the checks.
            self.slots[count & (BLOCK - 1)] = (at as u32, position as u32);
            count += usize::from(here == key);
            let behind = here < key;
            at += usize::from(behind);
            position += usize::from(!behind);
            here = select_unpredictable(behind, next_here, here);
            key = select_unpredictable(behind, key, next_key);
        }
        self.reached = at;
        count
    }

    /// The same of keys in any order: binary searches in step.
    fn search_all(&mut self, table: &Table<S>, listed: usize) -> usize {
        let (slots, keys) = (&mut self.slots[..listed], &self.keys[..listed]);
        slots.iter_mut().for_each(|slot| slot.0 = 0);
        let mut size = table.records.len();
        while size > 1 {
            let half = size / 2;
            for (slot, &key) in slots.iter_mut().zip(keys) {
                let middle = slot.0 as usize + half;
                let before = table.records[middle].0 < key;
                slot.0 = select_unpredictable(before, middle as u32, slot.0);
            }
            size -= half;
        }
        let mut count = 0;
        for (position, &key) in keys.iter().enumerate() {
            let at = slots[position].0;
            let at = at + u32::from(table.records[at as usize].0 < key);
            slots[count] = (at, position as u32);
            count += usize::from(
                table
                    .records
                    .get(at as usize)
                    .is_some_and(|record| record.0 == key),
            );
        }
        count
    }
}
