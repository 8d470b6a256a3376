//! An index of bands over keys of one width.

use std::ops::Range;

use super::build::{self, shares};
use super::ends::Ends;
use super::extent::Extent;
use super::in_order;
use super::key::{EqualKey, Offset, Reach};
use super::nearest;
use super::probe::{self, All, Among, Batch, Sink};
use super::rows::{BandRows, BandsError};
use super::table::{Record, Table};
use super::time::{Always, TimeBands};
use crate::ranges::{Cursor, Key, Pairs};

/// The most rows of one index: one less than a row number can count, so that [`NO_ROW`](crate::ranges::NO_ROW) is none.
const MOST_ROWS: usize = u32::MAX as usize - 1;

/// What is known beforehand of the rows that will probe an index: it decides how it is laid out, and how fast it is. Answers are
/// the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probes {
    /// They come in any order.
    InAnyOrder {
        /// What most bands are at most, from their first time to their last. Where it is `None` rows without a match are passed
        /// over by their key alone, and so are those with a wider band.
        width: Option<u64>,
    },
    /// Most batches have their keys in order, ascending. The index has its own rows in the same order and no filter; where a batch
    /// is not in order, each row costs O(log) of all of them.
    InOrder,
}

/// Which rows have an equal key and a time within a band.
///
/// Matches of one probe row come by time, then row, ascending. A probe row costs the look-up, which takes O(log) of the
/// rows that share its key (of all rows, where it was built for rows in order that are not), and O(1) for each match; a table of which most rows match nothing costs a few nanoseconds a row.
///
/// ```
/// use tieline_index::bands::{Around, BandRows, Bands, Probes};
/// use tieline_index::ranges::{Cursor, NO_ROW, Pairs};
///
/// let rows = BandRows::new(&[7_u32, 9, 7, 7], &[300, 300, 100, 200]);
/// let index = Bands::build(rows, Probes::InAnyOrder { width: Some(200) }).unwrap();
///
/// // Equal keys, and at most 100 apart.
/// let times = [150, 390, 390];
/// let bands = Around::new(&times, 100, 100);
/// let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
/// let done = index.probe(&[7, 7, 8], bands, 100, &mut cursor, 8192, &mut pairs);
/// assert!(done);
/// assert_eq!(pairs.build, [2, 3, 0]);
/// assert_eq!(pairs.probe, [100, 100, 101]);
///
/// let mut nearest = Vec::new();
/// index.nearest(&[7, 7, 8], bands, &times, &mut nearest);
/// assert_eq!(nearest, [2, 0, NO_ROW]);
/// ```
#[derive(Debug)]
pub struct Bands<K> {
    reach: Reach<K>,
    table: Tables,
    len: usize,
    key_bounds: Option<(K, K)>,
    time_bounds: Option<(i64, i64)>,
}

/// The table by the width of the differences from the least key.
#[derive(Debug)]
enum Tables {
    U32(Table<u32>),
    U64(Table<u64>),
    U128(Table<u128>),
}

/// The same expression over the table of whichever width.
macro_rules! with_table {
    ($tables:expr, $table:ident => $answer:expr) => {
        match $tables {
            Tables::U32($table) => $answer,
            Tables::U64($table) => $answer,
            Tables::U128($table) => $answer,
        }
    };
}

impl<K: Key> Bands<K> {
    /// Builds the index from rows in any order, on this thread: see [`Bands::build_with_threads`].
    ///
    /// # Errors
    /// Where there are more than 4,294,967,294 rows, or a row is listed that is not there.
    pub fn build<Q: EqualKey<Number = K>>(rows: BandRows<'_, Q>, probes: Probes) -> Result<Self, BandsError> {
        Self::build_with_threads(rows, probes, 1)
    }

    /// Builds the index on at most `threads` threads; it is the same for any number of them, and gives the same answers
    /// whatever `probes` says.
    ///
    /// # Errors
    /// As for [`Bands::build`].
    pub fn build_with_threads<Q: EqualKey<Number = K>>(
        rows: BandRows<'_, Q>,
        probes: Probes,
        threads: usize,
    ) -> Result<Self, BandsError> {
        check(&rows)?;
        let shares = shares(rows.len(), threads);
        let extent = Extent::of(&rows, &shares);
        let (least, greatest) = extent.map_or((K::ZERO, K::ZERO), |extent| extent.keys);
        let reach = Reach {
            least,
            span: greatest.minus(least),
        };
        let table = match reach.span.bit_length() {
            0..=32 => Tables::U32(table(&rows, reach, probes, &shares)),
            33..=64 => Tables::U64(table(&rows, reach, probes, &shares)),
            _ => Tables::U128(table(&rows, reach, probes, &shares)),
        };
        Ok(Self {
            reach,
            table,
            len: rows.len(),
            key_bounds: extent.map(|extent| extent.keys),
            time_bounds: extent.map(|extent| extent.times),
        })
    }

    /// How many bytes an index of so many rows takes at most while it is built, the index included.
    pub const fn build_bytes(rows: usize) -> usize {
        // Dealt out, in vectors that may have grown to twice their need; or, where one key has all rows, twice while they are
        // sorted; and in the index, with a slot, a little more than two bytes of filter, and what parts are rounded up by.
        let each = 3 * size_of::<Record<K>>() + size_of::<u32>() + 3;
        rows.saturating_mul(each).saturating_add(1 << 18)
    }

    /// How many rows it holds.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The memory it holds, in bytes.
    pub fn bytes(&self) -> usize {
        with_table!(&self.table, table => table.bytes())
    }

    /// The least and the greatest key; `None` without rows.
    pub const fn key_bounds(&self) -> Option<(K, K)> {
        self.key_bounds
    }

    /// The earliest and the latest time; `None` without rows.
    pub const fn time_bounds(&self) -> Option<(i64, i64)> {
        self.time_bounds
    }

    /// How many different keys there are.
    pub const fn distinct_keys(&self) -> usize {
        with_table!(&self.table, table => table.distinct)
    }

    /// The different keys, ascending; `None` where there are more than `limit`.
    pub fn keys(&self, limit: usize) -> Option<Vec<K>> {
        if self.distinct_keys() > limit {
            return None;
        }
        let least = self.reach.least;
        let mut keys: Vec<K> = with_table!(&self.table, table => {
            table.distinct_keys().map(|offset| least.plus(offset.widen())).collect()
        });
        keys.sort_unstable();
        Some(keys)
    }

    /// Appends the matches of a batch to `pairs`, at most `limit`; returns true when all rows are done.
    ///
    /// Row `i` has the key `keys[i]` and the `i`-th band, and is probe row `first_row + i`; a row with a NULL is given a band
    /// in which no time lies, such as [`NO_BAND`](super::NO_BAND). What there are more of keys or bands is ignored.
    ///
    /// A batch begins with a default `cursor`; while the answer is false, the call is repeated with the same keys, bands and
    /// cursor, which may stand between two matches of one row. `pairs` may be emptied between calls. The cost is that of the
    /// matches taken and of at most one block of 512 rows more.
    pub fn probe<Q: EqualKey<Number = K>>(
        &self,
        keys: &[Q],
        bands: impl TimeBands,
        first_row: u32,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        self.probe_among(All, keys, bands, cursor, Sink::new(first_row, limit, pairs))
    }

    /// The same of those of the matches that are taken.
    pub(super) fn probe_among<Q: EqualKey<Number = K>>(
        &self,
        among: impl Among,
        keys: &[Q],
        bands: impl TimeBands,
        cursor: &mut Cursor,
        sink: Sink<'_>,
    ) -> bool {
        let batch = self.batch(keys, bands);
        with_table!(&self.table, table => probe::probe(table, &batch, among, cursor, sink))
    }

    /// Appends for every row of a batch whether it has a match.
    pub fn any<Q: EqualKey<Number = K>>(&self, keys: &[Q], bands: impl TimeBands, any: &mut Vec<bool>) {
        self.any_among(All, keys, bands, any);
    }

    /// The same of those of the matches that are taken.
    pub(super) fn any_among<Q: EqualKey<Number = K>>(
        &self,
        among: impl Among,
        keys: &[Q],
        bands: impl TimeBands,
        any: &mut Vec<bool>,
    ) {
        let batch = self.batch(keys, bands);
        with_table!(&self.table, table => probe::any(table, &batch, among, any));
    }

    /// The last times of the rows in the order of the index, from those by their numbers.
    pub(super) fn ends(&self, lasts: &[i64], threads: usize) -> Ends {
        with_table!(&self.table, table => Ends::of(&table.records, lasts, threads))
    }

    /// Appends for every row of a batch the match closest to its own time, or [`NO_ROW`](crate::ranges::NO_ROW).
    ///
    /// Of two matches as close the earlier is taken, and of those of one time the lowest row. `own` has a time for every row,
    /// which need not lie within its band.
    pub fn nearest<Q: EqualKey<Number = K>>(
        &self,
        keys: &[Q],
        bands: impl TimeBands,
        own: &[i64],
        rows: &mut Vec<u32>,
    ) {
        let batch = self.batch(&keys[..keys.len().min(own.len())], bands);
        with_table!(&self.table, table => nearest::nearest(table, &batch, own, rows));
    }

    /// Appends for every key whether any row has it, at whatever time.
    ///
    /// Of most keys that are not there one read of memory tells. [`Bands::any`] with a narrow band passes over more, by their times.
    pub fn contains_key<Q: EqualKey<Number = K>>(&self, keys: &[Q], contains: &mut Vec<bool>) {
        self.any(keys, Always(keys.len()), contains);
    }

    const fn batch<'a, Q: EqualKey<Number = K>, B: TimeBands>(
        &self,
        keys: &'a [Q],
        bands: B,
    ) -> Batch<'a, Q, B> {
        Batch {
            keys,
            bands,
            reach: self.reach,
        }
    }
}

/// The table of the rows, as it suits those that probe.
fn table<Q: EqualKey, S: Offset>(
    rows: &BandRows<'_, Q>,
    reach: Reach<Q::Number>,
    probes: Probes,
    shares: &[Range<usize>],
) -> Table<S> {
    match probes {
        Probes::InOrder => in_order::table(rows, reach, shares),
        Probes::InAnyOrder { width } => build::table(rows, reach, width, shares),
    }
}

/// Whether the rows can be numbered and are there.
fn check<Q: EqualKey>(rows: &BandRows<'_, Q>) -> Result<(), BandsError> {
    if rows.len() > MOST_ROWS || rows.keys.len() > MOST_ROWS {
        return Err(BandsError::TooMany {
            count: rows.len().max(rows.keys.len()),
            limit: MOST_ROWS,
        });
    }
    let highest = rows.live.and_then(|live| live.iter().max().copied());
    match highest {
        Some(row) if row as usize >= rows.keys.len() => Err(BandsError::NoSuchRow {
            row,
            rows: rows.keys.len(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
