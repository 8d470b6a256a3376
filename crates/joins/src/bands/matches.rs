//! Batches of the probe side against the index.

use std::borrow::Borrow;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::buffer::{NullBuffer, ScalarBuffer};
use datafusion::common::{DataFusionError, Result, internal_err};
use tieline_index::bands::{Around, NO_BAND, TimeBands};
use tieline_index::ranges::Cursor;

use super::check;
use super::far::{is_far, some_are_far};
use super::index::BandIndex;
use super::kind::BandKind;
use super::table::{EqualKeys, Table};
use super::types::Counts;
use crate::index::{KeyedRows, Matches, Pairs};
use crate::ranges::{Keys, sixteen};

/// A batch of the probe side: against an index of its own, or one that is borrowed.
pub(super) struct BandMatches<I> {
    index: I,
    keys: EqualKeys,
    bands: ProbeBands,
    /// Where the conditions must be checked as written for some pairs.
    checked: Option<Checked>,
    cursor: Cursor,
    error: Option<DataFusionError>,
}

/// What is needed to check pairs of which a value is not safe to compute with.
struct Checked {
    /// The times as they came.
    times: Vec<ArrayRef>,
    /// The rows of the batch with such a value, if any.
    unsafe_rows: Option<Vec<bool>>,
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
        let times = kind.times_of(rows);
        let counts = kind.counts(times)?;
        let unsafe_rows = unsafe_rows(kind, &counts, rows.rows);
        let nulls = counts.iter().fold(keys.nulls().cloned(), |nulls, counts| {
            NullBuffer::union(nulls.as_ref(), counts.nulls.as_ref())
        });
        let mut bands = bands(kind, counts)?;
        if nulls.is_some() || unsafe_rows.is_some() {
            bands = bands.without(nulls.as_ref(), unsafe_rows.as_deref());
        }
        let is_checked = unsafe_rows.is_some() || own.unsafe_rows.is_some();
        Ok(Self {
            checked: is_checked.then(|| Checked {
                times: times.to_vec(),
                unsafe_rows,
            }),
            index,
            keys,
            bands,
            cursor: Cursor::default(),
            error: None,
        })
    }

    /// Whether each row has a match.
    pub(super) fn any(mut self, rows: usize) -> Result<BooleanArray> {
        if self.checked.is_none() {
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
            self, table, keys, bands => table.probe(keys, bands, &mut cursor, limit, pairs), true
        );
        self.cursor = cursor;
        let index: &BandIndex = self.index.borrow();
        if let (Some(check), Some(checked)) = (&index.kind.check, &self.checked) {
            let of_build = |row: u32| {
                index
                    .unsafe_rows
                    .as_ref()
                    .is_some_and(|rows| rows.value(row as usize))
            };
            let of_probe = |row: u32| {
                checked
                    .unsafe_rows
                    .as_ref()
                    .is_some_and(|rows| rows[row as usize])
            };
            let in_doubt = |build, probe| of_build(build) || of_probe(probe);
            check::keep(check, &index.times, &checked.times, begun, pairs, in_doubt)?;
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

/// The rows with a value that is not safe to compute with; `None` where there is none.
fn unsafe_rows(kind: &BandKind, counts: &[Counts], rows: usize) -> Option<Vec<bool>> {
    kind.check.as_ref()?;
    let safe = kind.safe as u64;
    if !counts.iter().any(|counts| some_are_far(&counts.values, safe)) {
        return None;
    }
    let mut flags = vec![false; rows];
    for counts in counts {
        for (flag, count) in flags.iter_mut().zip(&*counts.values) {
            *flag |= is_far(*count, safe);
        }
    }
    Some(flags)
}

/// The band of every row of a batch, as if none of them were NULL.
fn bands(kind: &BandKind, counts: Vec<Counts>) -> Result<ProbeBands> {
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
        // The last bound is at most `high` below the point, and the first bound at least `low`.
        (false, _) => ProbeBands::Around(first, kind.high, -kind.low),
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
