//! The rows that an index is built from.

use std::fmt;

use super::key::EqualKey;

/// Rows with a key and a time, by their position; those with a NULL are left out by listing the others.
#[derive(Clone, Copy, Debug)]
pub struct BandRows<'a, Q> {
    pub(super) keys: &'a [Q],
    pub(super) times: &'a [i64],
    pub(super) live: Option<&'a [u32]>,
}

impl<'a, Q: EqualKey> BandRows<'a, Q> {
    /// Row `i` has the key `keys[i]` and the time `times[i]`; what one slice has more than the other is ignored.
    pub fn new(keys: &'a [Q], times: &'a [i64]) -> Self {
        let rows = keys.len().min(times.len());
        Self {
            keys: &keys[..rows],
            times: &times[..rows],
            live: None,
        }
    }

    /// Only these rows, each once: all others are left out.
    #[must_use]
    pub const fn only(self, live: &'a [u32]) -> Self {
        Self {
            live: Some(live),
            ..self
        }
    }

    /// Of the rows as they are given the first so many.
    pub(super) fn first(self, rows: usize) -> Self {
        let rows = rows.min(self.keys.len());
        Self {
            keys: &self.keys[..rows],
            times: &self.times[..rows],
            ..self
        }
    }

    /// The most from a row's time to its last one; 0 where none ends after it begins.
    pub(super) fn longest(&self, lasts: &[i64]) -> u64 {
        let length = |(first, last): (&i64, &i64)| if first < last { last.abs_diff(*first) } else { 0 };
        match self.live {
            None => self.times.iter().zip(lasts).map(length).max(),
            Some(live) => {
                let ends = |row: &u32| self.times.get(*row as usize).zip(lasts.get(*row as usize));
                live.iter().filter_map(ends).map(length).max()
            }
        }
        .unwrap_or(0)
    }

    /// How many rows the index will hold.
    pub const fn len(&self) -> usize {
        match self.live {
            Some(live) => live.len(),
            None => self.keys.len(),
        }
    }

    /// Whether it will hold none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `take` with the number, the key and the time of every row at a position of `range`.
    #[inline]
    pub(super) fn each(&self, range: std::ops::Range<usize>, mut take: impl FnMut(u32, Q::Number, i64)) {
        match self.live {
            None => {
                let rows = self.keys[range.clone()].iter().zip(&self.times[range.clone()]);
                for (row, (key, &time)) in (range.start as u32..).zip(rows) {
                    take(row, key.number(), time);
                }
            }
            Some(live) => {
                for &row in &live[range] {
                    take(row, self.keys[row as usize].number(), self.times[row as usize]);
                }
            }
        }
    }
}

/// Why no index of bands can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BandsError {
    /// There are more rows than an index can number.
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A row to keep that is not there.
    NoSuchRow {
        /// Its number.
        row: u32,
        /// How many rows there are.
        rows: usize,
    },
}

impl fmt::Display for BandsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { count, limit } => {
                write!(
                    formatter,
                    "{count} rows are more than an index of bands can hold ({limit})"
                )
            }
            Self::NoSuchRow { row, rows } => write!(formatter, "there is no row {row} among {rows}"),
        }
    }
}

impl std::error::Error for BandsError {}
