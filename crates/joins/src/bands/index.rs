//! The index of one side of a band join.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_err};
use tieline_index::bands::Probes;

use super::far::{is_far, some_are_far};
use super::kind::BandKind;
use super::matches::BandMatches;
use super::table::{EqualKeys, Table, Times};
use super::types::{Counts, values_between};
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches};

/// Rows of the build side by their equal key and their time.
#[derive(Debug)]
pub(super) struct BandIndex {
    pub(super) kind: BandKind,
    pub(super) table: Table,
    /// The rows with a value that is not safe to compute with, where there are any. In the table they last from the first time
    /// there is to the last, so that every row of their key meets them.
    pub(super) unsafe_rows: Option<BooleanBuffer>,
    /// The equal key as it came, where the index has it.
    key_column: Option<ArrayRef>,
    /// The times of the build side as they came: one, or two bounds.
    pub(super) times: Vec<ArrayRef>,
    /// Where intervals are indexed: the last one ends here.
    last_high: Option<i64>,
}

/// The build side, read once.
struct BuildSide<'a> {
    kind: &'a BandKind,
    keys: EqualKeys,
    /// One time, or two bounds.
    counts: Vec<Counts>,
    rows: usize,
    /// The rows that can match, where not all can.
    live: Option<Vec<u32>>,
}

impl<'a> BuildSide<'a> {
    fn of(kind: &'a BandKind, rows: &KeyedRows, times: &[ArrayRef]) -> Result<Self> {
        let keys = EqualKeys::of(rows, kind.keyed)?;
        let counts = kind.counts(times)?;
        let complete = !keys.some_match_nothing() && counts.iter().all(|counts| counts.nulls.is_none());
        let is_live =
            |row: &usize| !keys.matches_nothing(*row) && counts.iter().all(|counts| !counts.is_null(*row));
        let live = (!complete).then(|| (0..rows.rows).filter(is_live).map(|row| row as u32).collect());
        Ok(Self {
            kind,
            keys,
            counts,
            rows: rows.rows,
            live,
        })
    }

    fn each_live(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match &self.live {
            Some(live) => Box::new(live.iter().map(|row| *row as usize)),
            None => Box::new(0..self.rows),
        }
    }

    /// The rows with a value that is not safe to compute with.
    fn unsafe_rows(&self) -> Option<BooleanBuffer> {
        let safe = self.kind.check.as_ref().map(|_| self.kind.safe as u64)?;
        // A NULL has a value too, and may be looked at in vain.
        if !self
            .counts
            .iter()
            .any(|counts| some_are_far(&counts.values, safe))
        {
            return None;
        }
        let is_unsafe = |row: &usize| {
            let mut values = self.counts.iter().map(|counts| counts.values[*row]);
            values.any(|value| is_far(value, safe))
        };
        let mut flags = vec![false; self.rows];
        self.each_live()
            .filter(is_unsafe)
            .for_each(|row| flags[row] = true);
        flags.contains(&true).then(|| BooleanBuffer::from(flags))
    }

    /// The times of the rows, with those of unsafe rows as far apart as there are times.
    fn times(&self, unsafe_rows: Option<&BooleanBuffer>) -> Option<Times<'_>> {
        let (first, last) = (self.counts.first()?, self.counts.get(1));
        let with = |counts: &Counts, of_unsafe: i64, unsafe_rows: &BooleanBuffer| {
            let values = counts.values.iter().zip(unsafe_rows);
            let values = values.map(|(value, is_unsafe)| if is_unsafe { of_unsafe } else { *value });
            Cow::Owned(values.collect())
        };
        let (first, last) = match unsafe_rows {
            None => (
                Cow::Borrowed(&*first.values),
                last.map(|last| Cow::Borrowed(&*last.values)),
            ),
            Some(rows) => {
                let last = with(last.unwrap_or(first), i64::MAX, rows);
                (with(first, i64::MIN, rows), Some(last))
            }
        };
        Some(Times {
            first,
            last,
            live: self.live.as_deref(),
        })
    }
}

impl BandIndex {
    pub(super) fn build(kind: &BandKind, rows: &KeyedRows, threads: usize) -> Result<Self> {
        let times = kind.times_of(rows);
        let side = BuildSide::of(kind, rows, times)?;
        let unsafe_rows = side.unsafe_rows();
        let Some(of_rows) = side.times(unsafe_rows.as_ref()) else {
            return internal_err!("a band has a point and one or two bounds");
        };
        // Bounds that probe are as wide as they are.
        let probes_bounds = kind.probe.len() > kind.keys() + 1;
        let probes = match (kind.in_order, probes_bounds) {
            (true, _) => Probes::InOrder,
            (false, true) => Probes::InAnyOrder { width: None },
            (false, false) => Probes::InAnyOrder {
                width: u64::try_from(i128::from(kind.high) - i128::from(kind.low)).ok(),
            },
        };
        let table = Table::build(&side.keys, &of_rows, probes, threads)?;
        let last_high = side.counts.get(1);
        let last_high = last_high.and_then(|last| side.each_live().map(|row| last.values[row]).max());
        Ok(Self {
            table,
            unsafe_rows,
            key_column: rows.keys.first().filter(|_| kind.keyed).cloned(),
            last_high,
            times: times.to_vec(),
            kind: kind.clone(),
        })
    }

    /// What it takes while it is built, at most.
    pub(super) fn build_bytes(kind: &BandKind, rows: &KeyedRows) -> usize {
        let key_type = rows.keys.first().filter(|_| kind.keyed);
        let times = kind.times_of(rows);
        let have_far = |counts: &Counts| some_are_far(&counts.values, kind.safe as u64);
        let some_have_far = || kind.counts(times).is_ok_and(|counts| counts.iter().any(have_far));
        let intervals = times.len() > 1 || (kind.check.is_some() && some_have_far());
        Self::bytes_of(key_type.map(|key| key.data_type()), rows.rows, intervals)
    }

    /// The same, of so many rows with a key of that type, or by their groups.
    pub(super) fn bytes_of(key_type: Option<&DataType>, rows: usize, intervals: bool) -> usize {
        let table = Table::build_bytes(key_type, rows, intervals);
        // Beside it the keys, the rows without a NULL, and the bounds, where they are not as they came.
        table + rows * (size_of::<u32>() + 3 * size_of::<u64>())
    }

    /// Whether a time may match that is far away from all of the table: where arithmetic wraps, on whichever side. That of
    /// timestamps and dates fails instead.
    fn far_may_match(&self) -> bool {
        let fails = |data_type: &DataType| matches!(data_type, DataType::Timestamp(..) | DataType::Date32);
        let build = self.times.iter().map(|times| times.data_type());
        let all_fail = build.chain(&self.kind.probe_times).all(fails);
        self.unsafe_rows.is_some() || (self.kind.check.is_some() && !all_fail)
    }

    /// What the times of a probe row with a match can be, one range for each of them.
    fn time_bounds(&self) -> Vec<Ends> {
        let Some((least, greatest)) = self.table.time_bounds() else {
            return Vec::new();
        };
        time_bounds(&self.kind, (least, greatest), self.last_high.unwrap_or(greatest))
    }

    /// The values between which the probe side's times at a position lie.
    fn values(&self, position: usize, ends: Ends) -> (Option<ScalarValue>, Option<ScalarValue>) {
        match self.kind.probe_times.get(position) {
            Some(data_type) => values_between(ends, data_type, self.kind.unit),
            None => (None, None),
        }
    }
}

/// From one count to another, both included; `None` is open.
type Ends = (Option<i128>, Option<i128>);

/// What the times of a probe row can be that matches rows whose points, or first bounds, lie between two counts and whose last
/// bounds end at another.
fn time_bounds(kind: &BandKind, (least, greatest): (i64, i64), last: i64) -> Vec<Ends> {
    let (low, high) = (i128::from(kind.low), i128::from(kind.high));
    let (least, greatest, last) = (i128::from(least), i128::from(greatest), i128::from(last));
    match (kind.builds_point, kind.probe.len() - kind.keys()) {
        (true, 1) => vec![(Some(least - high), Some(greatest - low))],
        (true, _) => vec![(None, Some(greatest - low)), (Some(least - high), None)],
        (false, _) => vec![(Some(least + low), Some(last + high))],
    }
}

impl JoinIndex for BandIndex {
    fn bytes(&self) -> usize {
        let unsafe_rows = self.unsafe_rows.as_ref();
        self.table.bytes() + unsafe_rows.map_or(0, |rows| rows.inner().capacity())
    }

    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>> {
        Ok(Box::new(BandMatches::try_new(self, &rows)?))
    }

    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray> {
        BandMatches::try_new(self, rows)?.any(rows.rows)
    }

    fn bounds(&self) -> Vec<KeyBounds> {
        let mut bounds = Vec::new();
        if let Some(keys) = &self.key_column {
            bounds.push(KeyBounds {
                key: 0,
                ranges: self.table.key_ranges(keys.data_type()),
            });
        }
        if self.far_may_match() {
            return bounds;
        }
        let empty = self.table.is_empty();
        let times = self.kind.probe.len() - self.kind.keys();
        let ranges = self.time_bounds();
        bounds.extend((0..times).map(|position| KeyBounds {
            key: self.kind.keys() + position,
            ranges: match ranges.get(position) {
                Some(ends) if !empty => vec![self.values(position, *ends)],
                _ => Vec::new(),
            },
        }));
        bounds
    }

    /// Of few rows each for itself: their keys at their times.
    fn areas(&self) -> Option<Vec<Area>> {
        let keys = self
            .key_column
            .as_ref()
            .filter(|keys| keys.len() <= MOST_RANGES)?;
        if self.far_may_match() {
            return None;
        }
        let counts = self.kind.counts(&self.times).ok()?;
        let (first, last) = (counts.first()?, counts.last()?);
        let is_live = |row: &usize| keys.is_valid(*row) && counts.iter().all(|counts| !counts.is_null(*row));
        let area = |row: usize| {
            let key = ScalarValue::try_from_array(keys, row).ok()?;
            let time = first.values[row];
            let times = time_bounds(&self.kind, (time, time), last.values[row]).into_iter();
            let times = times.enumerate().map(|(position, ends)| {
                let (low, high) = self.values(position, ends);
                (1 + position, low, high)
            });
            Some(
                [(0, Some(key.clone()), Some(key))]
                    .into_iter()
                    .chain(times)
                    .collect(),
            )
        };
        (0..keys.len()).filter(is_live).map(area).collect()
    }
}
