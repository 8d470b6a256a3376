//! The index of rows by their equal key and their time, over keys of whichever type.

use std::borrow::Cow;

use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use tieline_index::bands::{BandRows, Bands, EqualKey, Intervals, Probes, TimeBands};
use tieline_index::ranges::{Cursor, Key};

use crate::index::{KeyedRows, MOST_RANGES, NO_GROUP, Pairs};
use crate::ranges::{KeyColumn, Keys, key_value, sixteen};

/// The index over keys of the width that the type needs; groups have 32 bits.
#[derive(Debug)]
pub(super) enum Table {
    U32(Rows<u32>),
    U64(Rows<u64>),
    U128(Rows<u128>),
}

/// Rows of one time, or from one to another.
#[derive(Debug)]
pub(super) enum Rows<K> {
    Points(Bands<K>),
    Intervals(Intervals<K>),
}

/// The equal keys of some rows.
#[derive(Debug)]
pub(super) enum EqualKeys {
    Column(KeyColumn),
    Groups(Vec<u32>),
}

/// The times of the build side: row by row the first, and the last where that is another.
pub(super) struct Times<'a> {
    pub(super) first: Cow<'a, [i64]>,
    pub(super) last: Option<Cow<'a, [i64]>>,
    /// The rows that can match, where not all can.
    pub(super) live: Option<&'a [u32]>,
}

impl EqualKeys {
    /// Of rows whose first key it is, or whose groups are known.
    pub(super) fn of(rows: &KeyedRows, keyed: bool) -> Result<Self> {
        match (keyed, rows.keys.first(), &rows.groups) {
            (true, Some(keys), _) => KeyColumn::of(keys).map(Self::Column),
            (false, _, Some(groups)) => Ok(Self::Groups(groups.clone())),
            _ => internal_err!("a band is beside an equal key"),
        }
    }

    /// Which of them are NULL. A group that matches nothing is in no index.
    pub(super) fn nulls(&self) -> Option<&NullBuffer> {
        match self {
            Self::Column(column) => column.nulls.as_ref(),
            Self::Groups(_) => None,
        }
    }

    pub(super) fn matches_nothing(&self, row: usize) -> bool {
        match self {
            Self::Column(column) => column.is_null(row),
            Self::Groups(groups) => groups[row] == NO_GROUP,
        }
    }

    /// Whether some row matches nothing.
    pub(super) fn some_match_nothing(&self) -> bool {
        match self {
            Self::Column(column) => column.nulls.is_some(),
            Self::Groups(groups) => groups.contains(&NO_GROUP),
        }
    }
}

/// The same expression over the rows of keys of whichever width.
macro_rules! with_rows {
    ($table:expr, $rows:ident => $answer:expr) => {
        match $table {
            Self::U32($rows) => $answer,
            Self::U64($rows) => $answer,
            Self::U128($rows) => $answer,
        }
    };
}

impl Table {
    pub(super) fn build(keys: &EqualKeys, times: &Times<'_>, probes: Probes, threads: usize) -> Result<Self> {
        Ok(match keys {
            EqualKeys::Groups(groups) => Self::U32(Rows::build(groups, times, probes, threads)?),
            EqualKeys::Column(column) => match &column.keys {
                Keys::U32(keys) => Self::U32(Rows::build(keys, times, probes, threads)?),
                Keys::U64(keys) => Self::U64(Rows::build(keys, times, probes, threads)?),
                Keys::U128(keys) => Self::U128(Rows::build(keys, times, probes, threads)?),
                Keys::Sixteen(keys) => Self::U128(Rows::build(sixteen(keys), times, probes, threads)?),
                Keys::Bytes(_) => return internal_err!("texts are equal by their group"),
            },
        })
    }

    /// What it takes while it is built, at most, for so many rows with a key of that type, or by their groups.
    pub(super) fn build_bytes(key_type: Option<&DataType>, rows: usize, intervals: bool) -> usize {
        let width = key_type.map_or(Some(size_of::<u32>()), DataType::primitive_width);
        match width {
            Some(1..=4) => Rows::<u32>::build_bytes(rows, intervals),
            Some(5..=8) => Rows::<u64>::build_bytes(rows, intervals),
            _ => Rows::<u128>::build_bytes(rows, intervals),
        }
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self) -> bool {
        with_rows!(self, rows => rows.bands().is_empty())
    }

    pub(super) fn bytes(&self) -> usize {
        with_rows!(self, rows => rows.bytes())
    }

    /// The earliest and the latest of the first times.
    pub(super) fn time_bounds(&self) -> Option<(i64, i64)> {
        with_rows!(self, rows => rows.bands().time_bounds())
    }

    /// The keys, one by one where they are few.
    pub(super) fn key_ranges(&self, data_type: &DataType) -> Vec<(Option<ScalarValue>, Option<ScalarValue>)> {
        let ranges: Vec<(u128, u128)> = with_rows!(self, rows => rows.key_ranges());
        let value = |key: u128| key_value(key, data_type);
        ranges
            .into_iter()
            .map(|(low, high)| (value(low), value(high)))
            .collect()
    }
}

impl<K: Key> Rows<K> {
    fn build<Q: EqualKey<Number = K>>(
        keys: &[Q],
        times: &Times<'_>,
        probes: Probes,
        threads: usize,
    ) -> Result<Self> {
        let rows = BandRows::new(keys, &times.first);
        let rows = match times.live {
            Some(live) => rows.only(live),
            None => rows,
        };
        let built = match &times.last {
            None => Bands::build_with_threads(rows, probes, threads).map(Self::Points),
            Some(last) => Intervals::build_with_threads(rows, last, probes, threads).map(Self::Intervals),
        };
        built.map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))
    }

    const fn build_bytes(rows: usize, intervals: bool) -> usize {
        match intervals {
            false => Bands::<K>::build_bytes(rows),
            true => Intervals::<K>::build_bytes(rows),
        }
    }

    /// The rows by their first times.
    const fn bands(&self) -> &Bands<K> {
        match self {
            Self::Points(bands) => bands,
            Self::Intervals(intervals) => intervals.begins(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Points(bands) => bands.bytes(),
            Self::Intervals(intervals) => intervals.bytes(),
        }
    }

    fn key_ranges(&self) -> Vec<(u128, u128)>
    where
        K: Into<u128>,
    {
        let bands = self.bands();
        match bands.keys(MOST_RANGES) {
            Some(keys) => keys.into_iter().map(|key| (key.into(), key.into())).collect(),
            None => {
                let all = bands.key_bounds().into_iter();
                all.map(|(low, high)| (low.into(), high.into())).collect()
            }
        }
    }

    /// Appends the matches of a batch: see [`Bands::probe`].
    pub(super) fn probe<Q: EqualKey<Number = K>>(
        &self,
        keys: &[Q],
        bands: impl TimeBands,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        match self {
            Self::Points(points) => points.probe(keys, bands, 0, cursor, limit, pairs),
            Self::Intervals(intervals) => intervals.probe(keys, bands, 0, cursor, limit, pairs),
        }
    }

    /// Appends for every row of a batch whether it has a match.
    pub(super) fn any<Q: EqualKey<Number = K>>(
        &self,
        keys: &[Q],
        bands: impl TimeBands,
        any: &mut Vec<bool>,
    ) {
        match self {
            Self::Points(points) => points.any(keys, bands, any),
            Self::Intervals(intervals) => intervals.any(keys, bands, any),
        }
    }
}
