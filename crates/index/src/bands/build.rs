//! Building an index: rows are dealt out to parts by the high bits of their hashes, and each part is filled alone.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::filter::{Filter, FilterSize};
use super::hash::place;
use super::key::{EqualKey, Offset, Reach};
use super::part::{Layout, Part};
use super::rows::BandRows;
use super::table::{Record, Slots, Table};
use crate::threads::{on_threads, side_by_side, worth_while};

/// About so many rows of a part, with their slots, fit the cache of a core.
const ROWS_PER_PART: usize = 1 << 13;
/// With more parts than this a thread deals out to more pages than it has translations for.
const MOST_PARTS: usize = 1 << 10;

/// The ranges of positions that each of at most `threads` threads works on.
pub(super) fn shares(rows: usize, threads: usize) -> Vec<Range<usize>> {
    let count = worth_while(rows, threads);
    (0..count)
        .map(|share| rows * share / count..rows * (share + 1) / count)
        .collect()
}

/// The table with slots of the rows, which are of keys within `reach`.
pub(super) fn table<Q: EqualKey, S: Offset>(
    rows: &BandRows<'_, Q>,
    reach: Reach<Q::Number>,
    width: Option<u64>,
    shares: &[Range<usize>],
) -> Table<S> {
    let count = rows.len();
    let parts = (count / ROWS_PER_PART).clamp(1, MOST_PARTS).next_power_of_two();
    let rows_per_part = count.div_ceil(parts).max(1);
    let layout = Layout {
        parts,
        slots: rows_per_part,
        filter: FilterSize::of(rows_per_part),
    };
    let empty = || empty_table(count, &layout, width);
    let deal_out = || on_threads(shares.to_vec(), |share| dealt_out(rows, share, reach, parts));
    let ((mut slots, mut records), pieces) = side_by_side(shares.len() > 1, empty, deal_out);
    let distinct = fill((&mut slots, &mut records), pieces, &layout, shares.len());
    Table {
        records,
        slots: Some(slots),
        distinct,
    }
}

/// A table of so many rows that are still to be filled in, all of it cleared.
fn empty_table<S: Offset>(count: usize, layout: &Layout, width: Option<u64>) -> (Slots, Vec<Record<S>>) {
    let mut starts = vec![0; layout.parts * layout.slots + 1];
    if let Some(end) = starts.last_mut() {
        *end = count as u32;
    }
    let filter = Filter::new(layout.filter.times(layout.parts), width);
    (Slots { starts, filter }, vec![(S::ZERO, 0, 0); count])
}

/// The records of a share of the rows, by part.
fn dealt_out<Q: EqualKey, S: Offset>(
    rows: &BandRows<'_, Q>,
    share: Range<usize>,
    reach: Reach<Q::Number>,
    parts: usize,
) -> Vec<Vec<Record<S>>> {
    // Hashes spread evenly: only parts with a key of many rows need more room than this.
    let usual = share.len() / parts;
    let room = usual + usual / 16 + 16;
    let mut pieces: Vec<Vec<Record<S>>> = (0..parts).map(|_| Vec::with_capacity(room)).collect();
    rows.each(share, |row, key, time| {
        let (key, _) = reach.offset::<S>(key);
        pieces[place(key.hash(), parts as u64)].push((key, time, row));
    });
    pieces
}

/// Fills all parts, each taken by the thread that is free; returns how many distinct keys there are.
fn fill<S: Offset>(
    table: (&mut Slots, &mut [Record<S>]),
    pieces: Vec<Vec<Vec<Record<S>>>>,
    layout: &Layout,
    threads: usize,
) -> usize {
    let parts = Mutex::new(split(table, pieces, layout).into_iter());
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let distinct = on_threads(vec![(); threads], |()| {
        let mut ends = Vec::new();
        let mut distinct = 0;
        while let Some(part) = next() {
            distinct += part.fill(layout, &mut ends);
        }
        distinct
    });
    distinct.into_iter().sum()
}

/// The parts, each with its own share of the table.
fn split<'a, S: Offset>(
    (slots, mut records): (&'a mut Slots, &'a mut [Record<S>]),
    pieces: Vec<Vec<Vec<Record<S>>>>,
    layout: &Layout,
) -> Vec<Part<'a, S>> {
    let mut pieces: Vec<_> = pieces.into_iter().map(Vec::into_iter).collect();
    let mut starts = slots.starts.chunks_exact_mut(layout.slots);
    let mut offset = 0;
    let part = |(number, filter)| {
        let pieces: Vec<Vec<Record<S>>> = pieces.iter_mut().filter_map(Iterator::next).collect();
        let count = pieces.iter().map(Vec::len).sum();
        let part = Part {
            number,
            pieces,
            offset,
            starts: starts.next().unwrap_or_default(),
            records: records.split_off_mut(..count).unwrap_or_default(),
            filter,
        };
        offset += count as u32;
        part
    };
    slots.filter.parts(layout.filter).enumerate().map(part).collect()
}
