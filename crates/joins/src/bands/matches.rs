//! Batches of the probe side against the index.

use std::borrow::Borrow;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::buffer::{NullBuffer, ScalarBuffer};
use datafusion::common::{DataFusionError, Result, internal_err};
use tieline_index::bands::{Around, NO_BAND, TimeBands};
use tieline_index::ranges::Cursor;

use super::check;
use super::index::{BandIndex, EqualKeys, Table};
use super::types::Counts;
use crate::index::{KeyedRows, Matches, Pairs};
use crate::ranges::{Keys, sixteen};

/// A batch of the probe side: against an index of its own, or one that is borrowed.
pub(super) struct BandMatches<I> {
    index: I,
    keys: EqualKeys,
    bands: ProbeBands,
    /// The times as they came, where the conditions must be checked as written.
    checked: Option<Vec<ArrayRef>>,
    /// The points, where intervals are indexed.
    points: Option<ScalarBuffer<i64>>,
    cursor: Cursor,
    error: Option<DataFusionError>,
}

/// Where in the index's times a match of each row lies.
enum ProbeBands {
    /// So much before and after its own time; no row is without a band.
    Around(ScalarBuffer<i64>, i64, i64),
    Each(Vec<i64>, Vec<i64>),
}

/// An expression of the table, the keys and the bands of a batch, whatever their types.
macro_rules! with_batch {
    ($matches:expr, $table:ident, $keys:ident, $bands:ident => $answer:expr, $other:expr) => {
        match &$matches.bands {
            ProbeBands::Around(times, before, after) => {
                let $bands = Around::new(times, *before, *after);
                with_batch!(@table $matches, $table, $keys => $answer, $other)
            }
            ProbeBands::Each(first, last) => {
                let $bands = (first.as_slice(), last.as_slice());
                with_batch!(@table $matches, $table, $keys => $answer, $other)
            }
        }
    };
    (@table $matches:expr, $table:ident, $keys:ident => $answer:expr, $other:expr) => {
        match (&$matches.index.borrow().table, &$matches.keys) {
            (Table::U32($table), EqualKeys::Groups($keys)) => $answer,
            (Table::U32($table), EqualKeys::Column(column)) => match &column.keys {
                Keys::U32($keys) => $answer,
                _ => $other,
            },
            (Table::U64($table), EqualKeys::Column(column)) => match &column.keys {
                Keys::U64($keys) => $answer,
                _ => $other,
            },
            (Table::U128($table), EqualKeys::Column(column)) => match &column.keys {
                Keys::U128($keys) => $answer,
                Keys::Sixteen(array) => {
                    let $keys = sixteen(array);
                    $answer
                }
                _ => $other,
            },
            _ => $other,
        }
    };
}

impl<I: Borrow<BandIndex>> BandMatches<I> {
    pub(super) fn try_new(index: I, rows: &KeyedRows) -> Result<Self> {
        let own: &BandIndex = index.borrow();
        let kind = &own.kind;
        let keys = EqualKeys::of(rows, kind.keyed)?;
        let times = rows.keys.get(kind.keys()..).unwrap_or_default();
        let counts = times.iter().map(Counts::of).collect::<Result<Vec<_>>>()?;
        let unsafe_rows = unsafe_rows(own, &keys, &counts, rows.rows);
        let nulls = counts.iter().fold(keys.nulls().cloned(), |nulls, counts| {
            NullBuffer::union(nulls.as_ref(), counts.nulls.as_ref())
        });
        let points = match own.last {
            Some(_) => counts.first().map(|counts| counts.values.clone()),
            None => None,
        };
        let mut bands = bands(own, counts)?;
        if nulls.is_some() || unsafe_rows.is_some() {
            bands = bands.without(nulls.as_ref(), unsafe_rows.as_deref());
        }
        Ok(Self {
            checked: unsafe_rows.map(|_| times.to_vec()),
            index,
            keys,
            bands,
            points,
            cursor: Cursor::default(),
            error: None,
        })
    }

    /// Whether each row has a match.
    pub(super) fn any(mut self, rows: usize) -> Result<BooleanArray> {
        if self.points.is_none() && self.checked.is_none() {
            let mut any = Vec::with_capacity(rows);
            with_batch!(self, table, keys, bands => table.any(keys, bands, &mut any), ());
            return Ok(any.into());
        }
        let mut any = vec![false; rows];
        let mut pairs = Pairs::default();
        loop {
            pairs.build.clear();
            pairs.probe.clear();
            let more = self.advance(STEP, &mut pairs)?;
            pairs.probe.iter().for_each(|row| any[*row as usize] = true);
            if !more {
                return Ok(any.into());
            }
        }
    }

    fn advance(&mut self, limit: usize, pairs: &mut Pairs) -> Result<bool> {
        let begun = pairs.len();
        let mut cursor = self.cursor;
        let done = with_batch!(
            self, table, keys, bands => table.probe(keys, bands, 0, &mut cursor, limit, pairs), true
        );
        self.cursor = cursor;
        let index: &BandIndex = self.index.borrow();
        if let (Some(check), Some(times)) = (&index.kind.check, &self.checked) {
            check::keep(check, &index.times, times, begun, pairs)?;
        } else if let (Some(last), Some(points)) = (&index.last, &self.points) {
            let high = i128::from(index.kind.high);
            check::retain(begun, pairs, |_, build, probe| {
                i128::from(points[probe as usize]) - i128::from(last.values[build as usize]) <= high
            });
        }
        Ok(!done)
    }
}

/// Pairs at a time, where it is only asked whether there are any.
const STEP: usize = 8192;

impl<I: Borrow<BandIndex> + Send> Matches for BandMatches<I> {
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool {
        let more = self.advance(limit, pairs);
        more.unwrap_or_else(|error| {
            self.error = Some(error);
            false
        })
    }

    fn take_error(&mut self) -> Option<DataFusionError> {
        self.error.take()
    }
}

/// False where all values are surely at most so far from zero: so it is of most batches, and takes an addition each to see.
fn some_are_far(values: &[i64], limit: u64) -> bool {
    let Some(bits) = limit.checked_ilog2() else {
        return true;
    };
    // Of numbers within 2^bits of zero the sum with that has no bit beyond.
    let sums = values.iter().fold(0, |sums, value| {
        sums | value.cast_unsigned().wrapping_add(1 << bits)
    });
    sums >> bits > 1
}

/// Rows that must be checked because a value of theirs, or of a row with their key, is not safe to compute with; `None` where
/// no row must.
fn unsafe_rows(index: &BandIndex, keys: &EqualKeys, counts: &[Counts], rows: usize) -> Option<Vec<bool>> {
    index.kind.check.as_ref()?;
    let safe = index.kind.safe as u64;
    let is_unsafe = |count: &i64| count.unsigned_abs() > safe;
    let any = counts
        .iter()
        .any(|counts| some_are_far(&counts.values, safe) && counts.values.iter().any(is_unsafe));
    if !any && index.unsafe_keys.is_none() {
        return None;
    }
    let mut flags = Vec::with_capacity(rows);
    if let Some(table) = &index.unsafe_keys {
        table.contains(keys, &mut flags);
    }
    flags.resize(rows, false);
    for counts in counts {
        for (flag, count) in flags.iter_mut().zip(&*counts.values) {
            *flag |= is_unsafe(count);
        }
    }
    flags.contains(&true).then_some(flags)
}

/// The band of every row of a batch, as if none of them were NULL.
fn bands(index: &BandIndex, counts: Vec<Counts>) -> Result<ProbeBands> {
    let kind = &index.kind;
    let mut values = counts.into_iter().map(|counts| counts.values);
    let (Some(first), last) = (values.next(), values.next()) else {
        return internal_err!("a band has a time on either side");
    };
    Ok(match (kind.builds_point, last) {
        (true, None) => ProbeBands::Around(first, -kind.low, kind.high),
        (true, Some(last)) => {
            let lows = first.iter().map(|time| i128::from(*time) + i128::from(kind.low));
            let highs = last.iter().map(|time| i128::from(*time) + i128::from(kind.high));
            ProbeBands::between(lows.zip(highs))
        }
        (false, _) => {
            // The point is at most `high` above the last bound, and the first bound at most so far below that.
            let before = index.widest + i128::from(kind.low);
            match i64::try_from(before) {
                Ok(before) if before != i64::MAX => ProbeBands::Around(first, before, -kind.low),
                _ => ProbeBands::between(first.iter().map(|time| {
                    let point = i128::from(*time);
                    (point - before, point - i128::from(kind.low))
                })),
            }
        }
    })
}

impl ProbeBands {
    /// Bands as far as there are times in them.
    fn between(bands: impl Iterator<Item = (i128, i128)>) -> Self {
        let (least, greatest) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let clamped = bands.map(|(low, high)| match low > greatest || high < least {
            true => NO_BAND,
            false => (low.max(least) as i64, high.min(greatest) as i64),
        });
        let (first, last) = clamped.unzip();
        Self::Each(first, last)
    }

    /// The same, but for rows with a NULL, which have none, and for unsafe ones, which have all times.
    fn without(&self, nulls: Option<&NullBuffer>, unsafe_rows: Option<&[bool]>) -> Self {
        let (rows, around, each);
        match self {
            Self::Around(times, before, after) => {
                rows = times.len();
                (around, each) = (Some(Around::new(times, *before, *after)), None);
            }
            Self::Each(first, last) => {
                rows = first.len();
                (around, each) = (None, Some((first.as_slice(), last.as_slice())));
            }
        }
        let own = |row| match (around, each) {
            (Some(around), _) => around.band(row),
            (None, Some(each)) => each.band(row),
            (None, None) => NO_BAND,
        };
        let bands = (0..rows).map(|row| {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                NO_BAND
            } else if unsafe_rows.is_some_and(|unsafe_rows| unsafe_rows[row]) {
                (i64::MIN, i64::MAX)
            } else {
                own(row)
            }
        });
        let (first, last) = bands.unzip();
        Self::Each(first, last)
    }
}

#[cfg(test)]
#[path = "matches_tests.rs"]
mod tests;
