//! Probing in blocks: which rows of a batch have matches, and where they are.

use std::hint::{black_box, select_unpredictable};

use super::key::{EqualKey, Offset, Reach};
use super::table::Table;
use super::time::TimeBands;
use crate::ranges::{Cursor, Pairs};

/// How many keys go through the passes together: what they need of the filter fits the nearest cache.
const BLOCK: usize = 512;

/// A batch of rows that are looked up.
pub(super) struct Batch<'a, Q: EqualKey, B> {
    pub(super) keys: &'a [Q],
    pub(super) bands: B,
    pub(super) reach: Reach<Q::Number>,
}

impl<Q: EqualKey, B: TimeBands> Batch<'_, Q, B> {
    /// How many rows have both a key and a band.
    pub(super) fn len(&self) -> usize {
        self.keys.len().min(self.bands.len())
    }
}

/// What is known of the rows of a block: columns that the passes fill one after the other.
pub(super) struct Block<S> {
    /// The first row of the block.
    first: usize,
    count: usize,
    hashes: [u64; BLOCK],
    keys: [S; BLOCK],
    /// Of the filter, or [`NO_LINE`].
    lines: [u32; BLOCK],
    /// The rows that may have a match, ascending, from the first of the block.
    candidates: [u16; BLOCK],
    /// The slots of those.
    slots: [(u32, u32); BLOCK],
}

/// The line of a key that no row of the index has.
const NO_LINE: u32 = u32::MAX;

/// A row that may have matches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<S> {
    /// Its position in the batch.
    pub(super) row: usize,
    pub(super) key: S,
    /// Where the rows of its slot begin and end.
    pub(super) slot: (u32, u32),
}

impl<S: Offset> Block<S> {
    pub(super) fn new() -> Self {
        Self {
            first: 0,
            count: 0,
            hashes: [0; BLOCK],
            keys: [S::ZERO; BLOCK],
            lines: [0; BLOCK],
            candidates: [0; BLOCK],
            slots: [(0, 0); BLOCK],
        }
    }

    /// Finds the candidates among at most `most` rows from `first` on; returns how many rows it went through.
    pub(super) fn fill<Q: EqualKey, B: TimeBands>(
        &mut self,
        table: &Table<S>,
        batch: &Batch<'_, Q, B>,
        first: usize,
        most: usize,
    ) -> usize {
        let length = BLOCK.min(most).min(batch.len() - first);
        self.first = first;
        self.hash(table, batch, length);
        self.ask_filter(table, batch, length);
        let hashes = self.candidates[..self.count]
            .iter()
            .map(|&row| self.hashes[row as usize]);
        for (slot, hash) in self.slots.iter_mut().zip(hashes) {
            *slot = table.slot(hash);
        }
        length
    }

    fn hash<Q: EqualKey, B>(&mut self, table: &Table<S>, batch: &Batch<'_, Q, B>, length: usize) {
        let keys = &batch.keys[self.first..self.first + length];
        let mut touched = 0;
        for (at, key) in keys.iter().enumerate() {
            let (key, there) = batch.reach.offset::<S>(key.number());
            let hash = key.hash();
            let line = table.filter.line(hash);
            touched ^= table.filter.touch(line);
            self.keys[at] = key;
            self.hashes[at] = hash;
            self.lines[at] = select_unpredictable(there, line as u32, NO_LINE);
        }
        black_box(touched);
    }

    /// Sets the candidates, without a branch on which they are.
    fn ask_filter<Q: EqualKey, B: TimeBands>(
        &mut self,
        table: &Table<S>,
        batch: &Batch<'_, Q, B>,
        length: usize,
    ) {
        let mut count = 0;
        for at in 0..length {
            let line = self.lines[at];
            let there = line != NO_LINE;
            let line = select_unpredictable(there, line, 0);
            let band = batch.bands.band(self.first + at);
            let may = table.filter.may_hold(line as usize, self.hashes[at], band);
            // `count` is at most `at`; the mask only spares the check.
            self.candidates[count & (BLOCK - 1)] = at as u16;
            count += usize::from(may & there);
        }
        self.count = count;
    }

    pub(super) fn candidates(&self) -> impl Iterator<Item = Candidate<S>> {
        let candidates = self.candidates[..self.count].iter().zip(&self.slots);
        candidates.map(|(&at, &slot)| Candidate {
            row: self.first + at as usize,
            key: self.keys[at as usize],
            slot,
        })
    }
}

/// Calls `take` with every row of a batch that may have a match, in order.
pub(super) fn each_candidate<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    mut take: impl FnMut(Candidate<S>),
) {
    let mut block = Block::new();
    let mut first = 0;
    while first < batch.len() {
        first += block.fill(table, batch, first, BLOCK);
        block.candidates().for_each(&mut take);
    }
}

/// Appends for every row whether it has a match.
pub(super) fn any<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    any: &mut Vec<bool>,
) {
    let before = any.len();
    any.resize(before + batch.len(), false);
    let any = &mut any[before..];
    each_candidate(table, batch, |candidate| {
        let (lo, hi) = batch.bands.band(candidate.row);
        let at = table.position(candidate.slot, candidate.key, lo);
        any[candidate.row] = table.holds(at, candidate.slot.1, candidate.key, hi);
    });
}

/// A row with matches: they are from `begin` on, in a slot that ends at `end`.
#[derive(Clone, Copy, Debug)]
struct Hit<S> {
    row: usize,
    key: S,
    begin: usize,
    end: u32,
}

/// Appends matches until all rows are done (true) or `limit` pairs have been added.
pub(super) fn probe<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    first_row: u32,
    cursor: &mut Cursor,
    limit: usize,
    pairs: &mut Pairs,
) -> bool {
    let full = pairs.len().saturating_add(limit);
    if cursor.mark != 0 && !resume(table, batch, first_row, cursor, full, pairs) {
        return false;
    }
    let mut block = Block::new();
    let mut hits = Vec::with_capacity(BLOCK);
    while cursor.key < batch.len() {
        let room = full - pairs.len();
        if room == 0 {
            return false;
        }
        // With little room a whole block would be looked up in vain, again and again.
        let length = block.fill(table, batch, cursor.key, room.max(8));
        hits.clear();
        for candidate in block.candidates() {
            let (lo, hi) = batch.bands.band(candidate.row);
            let begin = table.position(candidate.slot, candidate.key, lo);
            if table.holds(begin, candidate.slot.1, candidate.key, hi) {
                hits.push(Hit {
                    row: candidate.row,
                    key: candidate.key,
                    begin,
                    end: candidate.slot.1,
                });
            }
        }
        for hit in &hits {
            if !append(table, batch, hit, first_row, cursor, full, pairs) {
                return false;
            }
        }
        cursor.key = block.first + length;
    }
    true
}

/// Goes on with the row at which the last call stopped; false when the limit came first.
fn resume<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    first_row: u32,
    cursor: &mut Cursor,
    full: usize,
    pairs: &mut Pairs,
) -> bool {
    let row = cursor.key;
    let (key, _) = batch.reach.offset::<S>(batch.keys[row].number());
    let hit = Hit {
        row,
        key,
        begin: cursor.mark as usize,
        end: table.slot(key.hash()).1,
    };
    cursor.mark = 0;
    if !append(table, batch, &hit, first_row, cursor, full, pairs) {
        return false;
    }
    cursor.key = row + 1;
    true
}

/// Appends the matches of a row; false, with the cursor at the next of them, when the limit came first.
#[inline]
fn append<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    hit: &Hit<S>,
    first_row: u32,
    cursor: &mut Cursor,
    full: usize,
    pairs: &mut Pairs,
) -> bool {
    let (_, hi) = batch.bands.band(hit.row);
    let last = table.last(hit.begin, hit.end, hit.key, hi);
    let taken = (last - hit.begin).min(full - pairs.len());
    let rows = &table.rows[hit.begin..hit.begin + taken];
    match rows {
        [row] => {
            pairs.build.push(*row);
            pairs.probe.push(first_row + hit.row as u32);
        }
        _ => {
            pairs.build.extend_from_slice(rows);
            pairs.probe.resize(pairs.build.len(), first_row + hit.row as u32);
        }
    }
    if hit.begin + taken == last {
        return true;
    }
    // The mark is the position of the next match. At 0 it says nothing, and the row is looked up again, to the same end.
    cursor.key = hit.row;
    cursor.mark = (hit.begin + taken) as u32;
    false
}

/// Appends for every key whether a row has it.
pub(super) fn contains_key<Q: EqualKey, S: Offset>(
    table: &Table<S>,
    keys: &[Q],
    reach: Reach<Q::Number>,
    contains: &mut Vec<bool>,
) {
    let mut slots = [(0, 0); BLOCK];
    for block in keys.chunks(BLOCK) {
        for (slot, key) in slots.iter_mut().zip(block) {
            *slot = table.slot(reach.offset::<S>(key.number()).0.hash());
        }
        contains.extend(block.iter().zip(&slots).map(|(key, &(begin, end))| {
            let (key, there) = reach.offset::<S>(key.number());
            there && table.has_key((begin, end), key)
        }));
    }
}
