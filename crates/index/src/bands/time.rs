//! The bands of times that the rows of a batch ask for.

use std::ops::Bound;

/// A closed band, from the first to the second, in which no time lies: what a row is given that is to match nothing.
pub const NO_BAND: (i64, i64) = (i64::MAX, i64::MIN);

/// A closed band of times for every row of a batch.
///
/// A band whose first time is above its last holds nothing, and is how a row with a NULL is given: see [`NO_BAND`].
pub trait TimeBands: Copy {
    /// How many rows have a band.
    fn len(&self) -> usize;

    /// The first and the last time of a row's band; `row` is below [`TimeBands::len`].
    fn band(&self, row: usize) -> (i64, i64);

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The first times and the last ones; what one slice has more than the other is ignored.
impl TimeBands for (&[i64], &[i64]) {
    #[inline]
    fn len(&self) -> usize {
        self.0.len().min(self.1.len())
    }

    #[inline]
    fn band(&self, row: usize) -> (i64, i64) {
        (self.0[row], self.1[row])
    }
}

/// Bands of one width: from so much before a row's own time to so much after it, both included.
///
/// No time lies outside `i64`: where a bound would, the band ends with the last time there is.
///
/// ```
/// use tieline_index::bands::{Around, TimeBands};
///
/// let bands = Around::new(&[1_000, i64::MAX], 60, 60);
/// assert_eq!(bands.band(0), (940, 1_060));
/// assert_eq!(bands.band(1), (i64::MAX - 60, i64::MAX));
/// // Between 10 and 60 after the row's own time.
/// assert_eq!(Around::new(&[1_000], -10, 60).band(0), (1_010, 1_060));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    times: &'a [i64],
    before: i64,
    after: i64,
    /// The earliest and the latest own time of which both bounds do not lie wholly outside `i64`.
    earliest: i64,
    latest: i64,
}

impl<'a> Around<'a> {
    /// The bands from `time - before` to `time + after`; either may be negative.
    pub const fn new(times: &'a [i64], before: i64, after: i64) -> Self {
        Self {
            times,
            before,
            after,
            // A negative `after` moves the last time down, a negative `before` the first time up.
            earliest: if after < 0 { i64::MIN - after } else { i64::MIN },
            latest: if before < 0 { i64::MAX + before } else { i64::MAX },
        }
    }
}

impl TimeBands for Around<'_> {
    #[inline]
    fn len(&self) -> usize {
        self.times.len()
    }

    #[inline]
    fn band(&self, row: usize) -> (i64, i64) {
        let time = self.times[row];
        if time < self.earliest || time > self.latest {
            return NO_BAND;
        }
        (time.saturating_sub(self.before), time.saturating_add(self.after))
    }
}

/// For so many rows the band of all times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Always(pub(super) usize);

impl TimeBands for Always {
    fn len(&self) -> usize {
        self.0
    }

    #[inline]
    fn band(&self, _: usize) -> (i64, i64) {
        (i64::MIN, i64::MAX)
    }
}

/// The closed band between bounds of any kind; [`NO_BAND`] where no time lies between them.
///
/// ```
/// use std::ops::Bound;
/// use tieline_index::bands::{NO_BAND, closed_band};
///
/// assert_eq!(closed_band(Bound::Included(5), Bound::Excluded(9)), (5, 8));
/// assert_eq!(closed_band(Bound::Excluded(i64::MAX), Bound::Unbounded), NO_BAND);
/// ```
pub const fn closed_band(lo: Bound<i64>, hi: Bound<i64>) -> (i64, i64) {
    let lo = match lo {
        Bound::Included(time) => time,
        Bound::Excluded(i64::MAX) => return NO_BAND,
        Bound::Excluded(time) => time + 1,
        Bound::Unbounded => i64::MIN,
    };
    let hi = match hi {
        Bound::Included(time) => time,
        Bound::Excluded(i64::MIN) => return NO_BAND,
        Bound::Excluded(time) => time - 1,
        Bound::Unbounded => i64::MAX,
    };
    if lo > hi { NO_BAND } else { (lo, hi) }
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
