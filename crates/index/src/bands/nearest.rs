//! The one match that is closest to a moment.

use super::key::{EqualKey, Offset};
use super::probe::{Batch, Candidate, each_candidate};
use super::table::{Table, first_not};
use super::time::TimeBands;
use crate::ranges::NO_ROW;

/// Appends for every row the match closest to its own time.
pub(super) fn nearest<Q: EqualKey, B: TimeBands, S: Offset>(
    table: &Table<S>,
    batch: &Batch<'_, Q, B>,
    own: &[i64],
    rows: &mut Vec<u32>,
) {
    let before = rows.len();
    rows.resize(before + batch.len(), NO_ROW);
    let rows = &mut rows[before..];
    let clamped = |row: usize| {
        let (lo, hi) = batch.bands.band(row);
        // Nothing is ever found in a band that is the wrong way round, which `clamp` would not have.
        own[row].max(lo).min(hi)
    };
    each_candidate(table, batch, clamped, |candidate| {
        let band = batch.bands.band(candidate.row);
        if let Some(at) = closest(table, candidate, own[candidate.row], band) {
            rows[candidate.row] = table.records[at].2;
        }
    });
}

/// The position of the closest match; of two equally close ones the earlier, and of one time the lowest row.
///
/// The candidate was searched for the moment of the band that is closest to its own.
fn closest<S: Offset>(table: &Table<S>, row: &Candidate<S>, own: i64, (lo, hi): (i64, i64)) -> Option<usize> {
    let within = |at: usize| table.records[at].0 == row.key && (lo..=hi).contains(&table.records[at].1);
    let next = row.at as usize;
    let later = (row.at < row.end && within(next)).then_some(next);
    let earlier = (row.at > row.begin && within(next - 1)).then(|| next - 1);
    let gap = |at: usize| own.abs_diff(table.records[at].1);
    match (earlier, later) {
        (Some(earlier), Some(later)) if gap(later) < gap(earlier) => Some(later),
        (None, later) => later,
        (Some(earlier), _) => Some(first_of_time(table, row, earlier)),
    }
}

/// The position of the first row with the key and the time of the one at `at`, which may be many.
fn first_of_time<S: Offset>(table: &Table<S>, row: &Candidate<S>, at: usize) -> usize {
    let begin = row.begin as usize;
    let time = table.records[at].1;
    let is_same = |at: usize| table.records[at].0 == row.key && table.records[at].1 == time;
    // Usually there is no other.
    if at == begin || !is_same(at - 1) {
        return at;
    }
    begin + first_not(at - begin, |before| !is_same(begin + before))
}
