//! An index of rows that last: from one time to another.

use super::ends::Ends;
use super::index::{Bands, Probes};
use super::key::EqualKey;
use super::probe::{Among, Sink};
use super::rows::{BandRows, BandsError};
use super::table::Table;
use super::time::{NO_BAND, TimeBands};
use crate::ranges::{Cursor, Key, Pairs};

/// Which rows have an equal key and last during a band: they begin not after its last time, and end not before its first.
///
/// A band of one moment finds the rows that hold it. A row that ends before it begins is found where a band satisfies both all the
/// same, and so is every row by a band whose first time is above its last: only [`NO_BAND`] finds nothing whatever there is.
///
/// It is a [`Bands`] by when rows begin, with the latest of the ends of groups of rows. A probe row costs O(log) of the rows that
/// share its key for the look-up, and again for each match, however long some rows last. What one that lasts for ever does cost is the filter
/// of times: rows without a match are passed over by their key alone then.
///
/// ```
/// use tieline_index::bands::{BandRows, Intervals, Probes};
/// use tieline_index::ranges::{Cursor, Pairs};
///
/// // The lease of an address: from 100 to 300, from 200 to 250, from 400 on.
/// let begin = BandRows::new(&[7_u32, 7, 7], &[100, 200, 400]);
/// let probes = Probes::InAnyOrder { width: Some(0) };
/// let leases = Intervals::build(begin, &[300, 250, i64::MAX], probes).unwrap();
///
/// let moments = [220, 280, 350, 500];
/// let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
/// let bands = (&moments[..], &moments[..]);
/// assert!(leases.probe(&[7; 4], bands, 0, &mut cursor, 8192, &mut pairs));
/// assert_eq!(pairs.probe, [0, 0, 1, 3]);
/// assert_eq!(pairs.build, [0, 1, 0, 2]);
/// ```
#[derive(Debug)]
pub struct Intervals<K> {
    begins: Bands<K>,
    ends: Ends,
    /// The most from when a row begins to when it ends.
    longest: u64,
}

impl<K: Key> Intervals<K> {
    /// Builds the index on this thread: see [`Intervals::build_with_threads`].
    ///
    /// # Errors
    /// As for [`Bands::build`].
    pub fn build<Q: EqualKey<Number = K>>(
        begins: BandRows<'_, Q>,
        lasts: &[i64],
        probes: Probes,
    ) -> Result<Self, BandsError> {
        Self::build_with_threads(begins, lasts, probes, 1)
    }

    /// Builds the index on at most `threads` threads: row `i` lasts from its time to `lasts[i]`, both included. The width in `probes` is
    /// that of the bands, without how long rows last. What there are more of lasts or other rows is ignored.
    ///
    /// # Errors
    /// As for [`Bands::build`].
    pub fn build_with_threads<Q: EqualKey<Number = K>>(
        begins: BandRows<'_, Q>,
        lasts: &[i64],
        probes: Probes,
        threads: usize,
    ) -> Result<Self, BandsError> {
        let begins = begins.first(lasts.len());
        let longest = begins.longest(lasts);
        let probes = match probes {
            Probes::InAnyOrder { width: Some(width) } => Probes::InAnyOrder {
                width: longest.checked_add(width),
            },
            other => other,
        };
        let begins = Bands::build_with_threads(begins, probes, threads)?;
        let ends = begins.ends(lasts, threads);
        Ok(Self {
            begins,
            ends,
            longest,
        })
    }

    /// How many bytes an index of so many rows takes at most while it is built, the index included.
    pub const fn build_bytes(rows: usize) -> usize {
        // The ends by share and together; groups take a fifteenth of that.
        let ends = 2 * size_of::<i64>() + 1;
        Bands::<K>::build_bytes(rows).saturating_add(rows.saturating_mul(ends))
    }

    /// The same rows by when they begin: how many there are, which keys they have.
    pub const fn begins(&self) -> &Bands<K> {
        &self.begins
    }

    /// The memory it holds, in bytes.
    pub fn bytes(&self) -> usize {
        self.begins.bytes() + self.ends.bytes()
    }

    /// Appends the matches of a batch to `pairs`, those of one probe row by when they begin, then row: see [`Bands::probe`].
    pub fn probe<Q: EqualKey<Number = K>>(
        &self,
        keys: &[Q],
        bands: impl TimeBands,
        first_row: u32,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        let (reach, lasting) = self.asked(bands);
        self.begins
            .probe_among(lasting, keys, reach, cursor, Sink::new(first_row, limit, pairs))
    }

    /// Appends for every row of a batch whether it has a match.
    pub fn any<Q: EqualKey<Number = K>>(&self, keys: &[Q], bands: impl TimeBands, any: &mut Vec<bool>) {
        let (reach, lasting) = self.asked(bands);
        self.begins.any_among(lasting, keys, reach, any);
    }

    /// When rows may begin that last during the bands, and which of these do.
    const fn asked<B: TimeBands>(&self, bands: B) -> (Reaching<B>, Lasting<'_, B>) {
        let reaching = Reaching {
            bands,
            longest: self.longest,
        };
        let ends = &self.ends;
        (reaching, Lasting { bands, ends })
    }
}

/// The bands from as long before them as any row lasts.
#[derive(Clone, Copy, Debug)]
struct Reaching<B> {
    bands: B,
    longest: u64,
}

impl<B: TimeBands> TimeBands for Reaching<B> {
    #[inline]
    fn len(&self) -> usize {
        self.bands.len()
    }

    #[inline]
    fn band(&self, row: usize) -> (i64, i64) {
        match self.bands.band(row) {
            NO_BAND => NO_BAND,
            (lo, hi) => (lo.saturating_sub_unsigned(self.longest), hi),
        }
    }
}

/// The rows that last until the first time of a band.
#[derive(Clone, Copy, Debug)]
struct Lasting<'a, B> {
    bands: B,
    ends: &'a Ends,
}

impl<B: TimeBands> Among for Lasting<'_, B> {
    fn take<S>(
        self,
        table: &Table<S>,
        row: usize,
        (at, last): (usize, usize),
        room: usize,
        build: &mut Vec<u32>,
    ) -> usize {
        let (lo, _) = self.bands.band(row);
        let full = build.len().saturating_add(room);
        let mut at = self.ends.next(at, last, lo);
        while at < last && build.len() < full {
            build.push(table.records[at].2);
            at = self.ends.next(at + 1, last, lo);
        }
        at
    }

    fn any(self, row: usize, at: usize, last: impl FnOnce() -> usize) -> bool {
        let (lo, _) = self.bands.band(row);
        let last = last();
        self.ends.next(at, last, lo) < last
    }
}

#[cfg(test)]
#[path = "intervals_tests.rs"]
mod tests;
