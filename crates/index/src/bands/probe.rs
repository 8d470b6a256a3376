//! Probing in blocks: which rows of a batch have matches, and where they are.

use std::hint::{black_box, select_unpredictable};

use multiversion::multiversion;

use super::filter::Filter;
use super::key::{EqualKey, Offset, Reach};
use super::table::{Slots, Table};
use super::time::TimeBands;
use crate::ranges::{Cursor, Pairs};

/// How many keys go through the passes together: what they need of the filter fits the nearest cache.
pub(super) const BLOCK: usize = 512;

/// Slots with more rows than this are searched apart from the others.
const FEW: u32 = 4;

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
    pub(super) first: usize,
    hashes: [u64; BLOCK],
    pub(super) keys: [S; BLOCK],
    /// The key's word of the filter.
    words: [u32; BLOCK],
    /// The rows that may have a match, from the first of the block.
    pub(super) passed: [u16; BLOCK],
    /// Where the rows of the candidates' slots begin and end.
    pub(super) slots: [(u32, u32); BLOCK],
    pub(super) candidates: [Candidate<S>; BLOCK],
    /// How many of the candidates there are.
    pub(super) count: usize,
    /// Where the rows before went to, in a table without slots.
    pub(super) reached: usize,
}

/// A row that may have matches, and what is searched for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candidate<S> {
    /// Its position in the batch.
    pub(super) row: usize,
    pub(super) key: S,
    pub(super) time: i64,
    /// Where the rows of its slot begin and end; it has some.
    pub(super) begin: u32,
    pub(super) end: u32,
    /// The first position of the slot at which the row is not before the key and the time, or the slot's end: it lies
    /// among `size` positions from here, or is the one behind them, and is this one when the search is over.
    pub(super) at: u32,
    pub(super) size: u32,
}

impl<S: Offset> Candidate<S> {
    /// Halves the positions that are left.
    #[inline]
    fn halve(&mut self, table: &Table<S>) {
        let half = self.size / 2;
        let middle = self.at + half;
        let before = table.is_before(middle as usize, self.key, self.time);
        self.at = select_unpredictable(before, middle, self.at);
        self.size -= half;
    }
}

impl<S: Offset> Block<S> {
    pub(super) fn new() -> Self {
        Self {
            first: 0,
            hashes: [0; BLOCK],
            keys: [S::ZERO; BLOCK],
            words: [0; BLOCK],
            passed: [0; BLOCK],
            slots: [(0, 0); BLOCK],
            candidates: [Candidate::default(); BLOCK],
            count: 0,
            reached: 0,
        }
    }

    /// Finds the candidates among at most `most` rows from `first` on, and where the rows that are not before the time that
    /// `time` gives begin; returns how many rows it went through.
    pub(super) fn fill<Q: EqualKey, B: TimeBands>(
        &mut self,
        table: &Table<S>,
        batch: &Batch<'_, Q, B>,
        first: usize,
        most: usize,
        time: impl Fn(usize) -> i64,
    ) -> usize {
        let length = BLOCK.min(most).min(batch.len() - first);
        self.first = first;
        match &table.slots {
            Some(slots) => {
                self.hash(slots, batch, length);
                let passed = self.ask_for_keys(slots, length);
                let passed = self.ask_for_bands(slots, batch, passed);
                self.look_up(table, slots, passed, time);
                self.search(table);
            }
            None => self.follow(table, batch, length, time),
        }
        length
    }

    fn hash<Q: EqualKey, B>(&mut self, slots: &Slots, batch: &Batch<'_, Q, B>, length: usize) {
        let keys = &batch.keys[self.first..self.first + length];
        for ((key, word), &given) in self.keys.iter_mut().zip(&mut self.words).zip(keys) {
            let (offset, there) = batch.reach.offset(given.number());
            (*key, *word) = (offset, u32::from(there));
        }
        let words = &mut self.words[..length];
        hash_keys(&slots.filter, &self.keys[..length], &mut self.hashes, words);
        // Apart from the above: of a loop as short as this dozens of reads are under way at once.
        let touch = |touched, &mut word| touched ^ slots.filter.touch_word(word as usize);
        black_box(words.iter_mut().fold(0, touch));
    }

    /// Lists the rows whose key may be there, without a branch on which they are; returns how many.
    fn ask_for_keys(&mut self, slots: &Slots, length: usize) -> usize {
        let mut count = 0;
        for at in 0..length {
            let may = slots.filter.may_have(self.words[at] as usize, self.hashes[at]);
            // `count` is at most `at`; the mask only spares the check.
            self.passed[count & (BLOCK - 1)] = at as u16;
            count += usize::from(may);
        }
        count
    }

    /// Of the first `passed` rows that passed, keeps those whose band may hold a row; returns how many.
    fn ask_for_bands<Q: EqualKey, B: TimeBands>(
        &mut self,
        slots: &Slots,
        batch: &Batch<'_, Q, B>,
        passed: usize,
    ) -> usize {
        let mut lines = [0_u32; BLOCK];
        for (line, &at) in lines.iter_mut().zip(&self.passed[..passed]) {
            *line = slots.filter.line(self.hashes[at as usize & (BLOCK - 1)]) as u32;
        }
        let lines = &lines[..passed];
        black_box(lines.iter().fold(0, |touched, &line| {
            touched ^ slots.filter.touch_line(line as usize)
        }));
        let mut count = 0;
        for (position, &line) in lines.iter().enumerate() {
            let at = self.passed[position];
            let place = at as usize & (BLOCK - 1);
            let band = batch.bands.band(self.first + at as usize);
            let may = slots.filter.may_hold(line as usize, self.hashes[place], band);
            self.passed[count & (BLOCK - 1)] = at;
            count += usize::from(may);
        }
        count
    }

    /// Sets the candidates: of the rows that passed, those whose slot is not empty.
    ///
    /// Loops as short as these have dozens of reads under way at once. What they read is then near.
    fn look_up(&mut self, table: &Table<S>, slots: &Slots, passed: usize, time: impl Fn(usize) -> i64) {
        let mut places = [0_u32; BLOCK];
        for (place, &at) in places.iter_mut().zip(&self.passed[..passed]) {
            *place = slots.of(self.hashes[at as usize & (BLOCK - 1)]) as u32;
        }
        // Before the next loop: where that writes depends on what it has read, and a processor may wait for the one before the other.
        let places = &places[..passed];
        black_box(
            places
                .iter()
                .fold(0, |touched, &place| touched ^ slots.touch(place as usize)),
        );
        let mut count = 0;
        for (position, &place) in places.iter().enumerate() {
            let slot = slots.rows(place as usize);
            self.slots[count & (BLOCK - 1)] = slot;
            self.passed[count & (BLOCK - 1)] = self.passed[position];
            count += usize::from(slot.0 != slot.1);
        }
        self.count = count;
        let slots = &self.slots[..count];
        black_box(slots.iter().fold(0, |touched, slot| touched ^ table.touch(*slot)));
        let candidates = self.candidates.iter_mut().zip(&self.passed);
        for ((candidate, &at), &(begin, end)) in candidates.zip(slots) {
            let at = at as usize & (BLOCK - 1);
            *candidate = Candidate {
                row: self.first + at,
                key: self.keys[at],
                time: time(self.first + at),
                begin,
                end,
                at: begin,
                size: end - begin,
            };
        }
    }

    /// Binary searches in step, so that no candidate waits for what another reads: first those in large slots, until as
    /// few positions are left to them as to all others, then all.
    fn search(&mut self, table: &Table<S>) {
        let candidates = &mut self.candidates[..self.count];
        let (mut large, mut count, mut most) = ([0_u16; BLOCK], 0, 0);
        for (position, candidate) in (0..).zip(&*candidates) {
            large[count & (BLOCK - 1)] = position;
            count += usize::from(candidate.size > FEW);
            most = most.max(candidate.size);
        }
        while most > FEW {
            for &position in &large[..count] {
                candidates[position as usize].halve(table);
            }
            most -= most / 2;
        }
        for candidate in candidates {
            for _ in 0..FEW.ilog2() {
                candidate.halve(table);
            }
            let before = table.is_before(candidate.at as usize, candidate.key, candidate.time);
            candidate.at += u32::from(before);
        }
    }

    pub(super) fn candidates(&self) -> &[Candidate<S>] {
        &self.candidates[..self.count]
    }
}

/// Sets the hashes of keys, and their words of the filter where those are 1 and not 0.
///
/// A loop that only computes does it for several keys at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn hash_keys<S: Offset>(filter: &Filter, keys: &[S], hashes: &mut [u64], words: &mut [u32]) {
    for ((&key, hash), word) in keys.iter().zip(hashes).zip(words) {
        *hash = key.hash();
        *word = if *word != 0 {
            filter.word(*hash)
        } else {
            filter.no_word()
        };
    }
}

/// Calls `take` with every row of a batch that may have a match, in order, searched for the time that `time` gives.
pub(super) fn each_candidate<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    time: impl Fn(usize) -> i64,
    take: impl FnMut(&Candidate<S>),
) {
    let mut take = take;
    let mut block = Block::new();
    let mut first = 0;
    while first < batch.len() {
        first += block.fill(table, batch, first, BLOCK, &time);
        block.candidates().iter().for_each(&mut take);
    }
}

/// Which of the rows of its key that lie in its band a probe row takes.
pub(super) trait Among: Copy {
    /// Appends the numbers of the rows that are taken between two positions, at most `room` of them; returns where it stopped, which is
    /// the second position if it went through all.
    fn take<S>(
        self,
        table: &Table<S>,
        row: usize,
        between: (usize, usize),
        room: usize,
        build: &mut Vec<u32>,
    ) -> usize;

    /// Whether any is taken from a position on, which is in the band, and before the one that `last` finds.
    fn any(self, row: usize, at: usize, last: impl FnOnce() -> usize) -> bool;
}

/// All of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct All;

impl Among for All {
    #[inline]
    fn take<S>(
        self,
        table: &Table<S>,
        _: usize,
        (at, last): (usize, usize),
        room: usize,
        build: &mut Vec<u32>,
    ) -> usize {
        let stop = last.min(at.saturating_add(room));
        match &table.records[at..stop] {
            [(_, _, one)] => build.push(*one),
            records => build.extend(records.iter().map(|record| record.2)),
        }
        stop
    }

    #[inline]
    fn any(self, _: usize, _: usize, _: impl FnOnce() -> usize) -> bool {
        true
    }
}

/// Appends for every row whether it has a match.
pub(super) fn any<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    among: impl Among,
    any: &mut Vec<bool>,
) {
    let before = any.len();
    any.resize(before + batch.len(), false);
    let any = &mut any[before..];
    each_candidate(
        table,
        batch,
        |row| batch.bands.band(row).0,
        |candidate| {
            let hi = batch.bands.band(candidate.row).1;
            let at = candidate.at as usize;
            let last = || table.last(at, candidate.end, candidate.key, hi);
            any[candidate.row] = table.holds(candidate, hi) && among.any(candidate.row, at, last);
        },
    );
}

/// Where the matches of a batch go.
pub(super) struct Sink<'a> {
    first_row: u32,
    /// How many pairs there may be.
    full: usize,
    pairs: &'a mut Pairs,
}

impl<'a> Sink<'a> {
    /// For so many more pairs; the first row of the batch has the given number.
    pub(super) fn new(first_row: u32, limit: usize, pairs: &'a mut Pairs) -> Self {
        Self {
            first_row,
            full: pairs.len().saturating_add(limit),
            pairs,
        }
    }

    fn room(&self) -> usize {
        self.full - self.pairs.len()
    }

    /// Appends the matches of a row, from where it was searched on to the time `hi`; false, with the cursor at where to go on,
    /// when it was full first.
    #[inline]
    fn append<S: Offset>(
        &mut self,
        table: &Table<S>,
        candidate: &Candidate<S>,
        hi: i64,
        among: impl Among,
        cursor: &mut Cursor,
    ) -> bool {
        let begin = candidate.at as usize;
        let last = table.last(begin, candidate.end, candidate.key, hi);
        let (room, build) = (self.room(), &mut self.pairs.build);
        let stop = among.take(table, candidate.row, (begin, last), room, build);
        let row = self.first_row + candidate.row as u32;
        if build.len() == self.pairs.probe.len() + 1 {
            self.pairs.probe.push(row);
        } else {
            self.pairs.probe.resize(build.len(), row);
        }
        if stop == last {
            return true;
        }
        // The mark is where the next match may be. At 0 it says nothing, and the row is looked up again, to the same end.
        cursor.key = candidate.row;
        cursor.mark = stop as u32;
        false
    }
}

/// Appends matches until all rows are done (true) or there is no more room.
pub(super) fn probe<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    among: impl Among,
    cursor: &mut Cursor,
    mut sink: Sink<'_>,
) -> bool {
    if cursor.mark != 0 && !resume(table, batch, among, cursor, &mut sink) {
        return false;
    }
    let mut block = Block::new();
    while cursor.key < batch.len() {
        let room = sink.room();
        if room == 0 {
            return false;
        }
        // With little room a whole block would be looked up in vain, again and again.
        let length = block.fill(table, batch, cursor.key, room.max(8), |row| {
            batch.bands.band(row).0
        });
        for candidate in block.candidates() {
            let hi = batch.bands.band(candidate.row).1;
            if table.holds(candidate, hi) && !sink.append(table, candidate, hi, among, cursor) {
                return false;
            }
        }
        cursor.key = block.first + length;
    }
    true
}

/// Goes on with the row at which the last call stopped; false when there is no more room.
fn resume<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    among: impl Among,
    cursor: &mut Cursor,
    sink: &mut Sink<'_>,
) -> bool {
    let row = cursor.key;
    let (key, _) = batch.reach.offset::<S>(batch.keys[row].number());
    let (begin, end) = table.around(key);
    let candidate = Candidate {
        row,
        key,
        begin,
        end,
        at: cursor.mark,
        ..Candidate::default()
    };
    cursor.mark = 0;
    if !sink.append(table, &candidate, batch.bands.band(row).1, among, cursor) {
        return false;
    }
    cursor.key = row + 1;
    true
}
