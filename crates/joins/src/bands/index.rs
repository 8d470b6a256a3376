//! The index of one side of a band join.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use tieline_index::bands::{BandRows, Bands, EqualKey, Probes};

use super::kind::BandKind;
use super::matches::BandMatches;
use super::types::{Counts, value_of};
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches, NO_GROUP};
use crate::ranges::{KeyColumn, Keys, key_value, sixteen};

/// Rows of the build side by their equal key and their time.
#[derive(Debug)]
pub(super) struct BandIndex {
    pub(super) kind: BandKind,
    pub(super) table: Table,
    /// The keys of rows with a value that is not safe to compute with; they are in the table as well.
    pub(super) unsafe_keys: Option<Table>,
    /// The equal key as it came, where the index has it.
    key_column: Option<ArrayRef>,
    /// The times of the build side as they came: one, or two bounds.
    pub(super) times: Vec<ArrayRef>,
    /// The last bound of every row, where intervals are indexed.
    pub(super) last: Option<Counts>,
    /// Where intervals are indexed: the last one ends here.
    last_high: Option<i64>,
    /// The width of the widest interval, where intervals are indexed.
    pub(super) widest: i128,
}

/// The index over keys of the width that the type needs; groups have 32 bits.
#[derive(Debug)]
pub(super) enum Table {
    U32(Bands<u32>),
    U64(Bands<u64>),
    U128(Bands<u128>),
}

/// The equal keys of some rows.
#[derive(Debug)]
pub(super) enum EqualKeys {
    Column(KeyColumn),
    Groups(Vec<u32>),
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

    fn matches_nothing(&self, row: usize) -> bool {
        match self {
            Self::Column(column) => column.is_null(row),
            Self::Groups(groups) => groups[row] == NO_GROUP,
        }
    }

    /// Whether some row matches nothing.
    fn some_match_nothing(&self) -> bool {
        match self {
            Self::Column(column) => column.nulls.is_some(),
            Self::Groups(groups) => groups.contains(&NO_GROUP),
        }
    }
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
        let counts = times.iter().map(Counts::of).collect::<Result<Vec<_>>>()?;
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

    /// Whether all values of a row are safe to compute with.
    fn is_safe(&self, row: usize) -> bool {
        let is_safe = |counts: &Counts| counts.values[row].unsigned_abs() <= self.kind.safe as u64;
        self.kind.check.is_none() || self.counts.iter().all(is_safe)
    }

    fn unsafe_rows(&self) -> Vec<u32> {
        let safe = self.kind.safe as u64;
        let is_safe = |counts: &Counts| {
            let unsafe_count = |any: bool, count: &i64| any | (count.unsigned_abs() > safe);
            !counts.values.iter().fold(false, unsafe_count)
        };
        if self.kind.check.is_none() || self.counts.iter().all(is_safe) {
            return Vec::new();
        }
        self.each_live()
            .filter(|row| !self.is_safe(*row))
            .map(|row| row as u32)
            .collect()
    }

    /// Of the intervals from the first bound to the last the widest; unsafe rows are not found by their width.
    fn widest(&self, first: &Counts, last: Option<&Counts>) -> i128 {
        let Some(last) = last else {
            return width_of(self.kind, 0, 0);
        };
        let safe = self.each_live().filter(|row| self.is_safe(*row));
        let widths = safe.map(|row| width_of(self.kind, first.values[row], last.values[row]));
        widths.max().unwrap_or(0).max(0)
    }
}

impl BandIndex {
    pub(super) fn build(kind: &BandKind, rows: &KeyedRows, threads: usize) -> Result<Self> {
        let times = rows.keys.get(kind.keys()..).unwrap_or_default();
        let side = BuildSide::of(kind, rows, times)?;
        let (first, last) = match (kind.builds_point, side.counts.as_slice()) {
            (_, [time]) => (time, None),
            (false, [first, last]) => (first, Some(last)),
            _ => return internal_err!("a band has a point and one or two bounds"),
        };
        let widest = side.widest(first, last);
        // Bounds that probe are as wide as they are.
        let probes_bounds = kind.builds_point && kind.probe.len() > kind.keys() + 1;
        let probes = match (kind.in_order, probes_bounds) {
            (true, _) => Probes::InOrder,
            (false, true) => Probes::InAnyOrder { width: None },
            (false, false) => Probes::InAnyOrder {
                width: u64::try_from(widest).ok(),
            },
        };
        let table = Table::build(&side.keys, &first.values, side.live.as_deref(), probes, threads)?;
        let unsafe_rows = side.unsafe_rows();
        let by_key = Probes::InAnyOrder { width: None };
        let unsafe_keys = (!unsafe_rows.is_empty())
            .then(|| Table::build(&side.keys, &first.values, Some(&unsafe_rows), by_key, threads))
            .transpose()?;
        let key_column = rows.keys.first().filter(|_| kind.keyed);
        Ok(Self {
            table,
            unsafe_keys,
            key_column: key_column.cloned(),
            last_high: last.and_then(|last| side.each_live().map(|row| last.values[row]).max()),
            last: last.cloned(),
            times: times.to_vec(),
            widest,
            kind: kind.clone(),
        })
    }

    /// What it takes while it is built, at most.
    pub(super) fn build_bytes(kind: &BandKind, rows: &KeyedRows) -> usize {
        let key_type = rows
            .keys
            .first()
            .filter(|_| kind.keyed)
            .map(|key| key.data_type());
        Self::bytes_of(key_type, rows.rows)
    }

    /// The same, of so many rows with a key of that type, or by their groups.
    pub(super) fn bytes_of(key_type: Option<&DataType>, rows: usize) -> usize {
        let width = key_type.map_or(Some(size_of::<u32>()), DataType::primitive_width);
        let table = match width {
            Some(1..=4) => Bands::<u32>::build_bytes(rows),
            Some(5..=8) => Bands::<u64>::build_bytes(rows),
            _ => Bands::<u128>::build_bytes(rows),
        };
        // Beside it the keys, the rows without a NULL, and the bounds, where they are not as they came.
        table + rows * (size_of::<u32>() + 3 * size_of::<u64>())
    }

    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        match &self.table {
            Table::U32(table) => table.is_empty(),
            Table::U64(table) => table.is_empty(),
            Table::U128(table) => table.is_empty(),
        }
    }

    /// Whether a time may match that is far away from all of the table: where arithmetic wraps, on whichever side. That of
    /// timestamps fails instead.
    fn far_may_match(&self) -> bool {
        let is_timestamp = |times: &ArrayRef| matches!(times.data_type(), DataType::Timestamp(..));
        self.unsafe_keys.is_some() || (self.kind.check.is_some() && !self.times.iter().all(is_timestamp))
    }

    /// What the times of a probe row with a match can be, one range for each of them.
    fn time_bounds(&self) -> Vec<Ends> {
        let Some((least, greatest)) = self.table.time_bounds() else {
            return Vec::new();
        };
        time_bounds(&self.kind, (least, greatest), self.last_high.unwrap_or(greatest))
    }

    fn values(&self, (low, high): Ends) -> (Option<ScalarValue>, Option<ScalarValue>) {
        let data_type = self.times.first().map(|times| times.data_type());
        let value = |count: Option<i128>| {
            data_type
                .zip(count)
                .and_then(|(data_type, count)| value_of(count, data_type))
        };
        (value(low), value(high))
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

/// How wide the band around a point is in which a row's first bound lies. Negative where no point lies between the bounds.
fn width_of(kind: &BandKind, first: i64, last: i64) -> i128 {
    i128::from(last) + i128::from(kind.high) - i128::from(first) - i128::from(kind.low)
}

impl JoinIndex for BandIndex {
    fn bytes(&self) -> usize {
        let copies = self
            .last
            .as_ref()
            .map_or(0, |last| last.values.len() * size_of::<i64>());
        self.table.bytes() + self.unsafe_keys.as_ref().map_or(0, Table::bytes) + copies
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
        let empty = self.is_empty();
        let times = self.kind.probe.len() - self.kind.keys();
        let ranges = self.time_bounds();
        bounds.extend((0..times).map(|position| KeyBounds {
            key: self.kind.keys() + position,
            ranges: match ranges.get(position) {
                Some(ends) if !empty => vec![self.values(*ends)],
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
        let counts = self
            .times
            .iter()
            .map(Counts::of)
            .collect::<Result<Vec<_>>>()
            .ok()?;
        let (first, last) = (counts.first()?, counts.last()?);
        let is_live = |row: &usize| keys.is_valid(*row) && counts.iter().all(|counts| !counts.is_null(*row));
        let area = |row: usize| {
            let key = ScalarValue::try_from_array(keys, row).ok()?;
            let time = first.values[row];
            let times = time_bounds(&self.kind, (time, time), last.values[row]).into_iter();
            let times = times.enumerate().map(|(position, ends)| {
                let (low, high) = self.values(ends);
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

impl Table {
    fn build(
        keys: &EqualKeys,
        times: &[i64],
        live: Option<&[u32]>,
        probes: Probes,
        threads: usize,
    ) -> Result<Self> {
        Ok(match keys {
            EqualKeys::Groups(groups) => Self::U32(bands(groups, times, live, probes, threads)?),
            EqualKeys::Column(column) => match &column.keys {
                Keys::U32(keys) => Self::U32(bands(keys, times, live, probes, threads)?),
                Keys::U64(keys) => Self::U64(bands(keys, times, live, probes, threads)?),
                Keys::U128(keys) => Self::U128(bands(keys, times, live, probes, threads)?),
                Keys::Sixteen(keys) => Self::U128(bands(sixteen(keys), times, live, probes, threads)?),
                Keys::Bytes(_) => return internal_err!("texts are equal by their group"),
            },
        })
    }

    fn bytes(&self) -> usize {
        match self {
            Self::U32(table) => table.bytes(),
            Self::U64(table) => table.bytes(),
            Self::U128(table) => table.bytes(),
        }
    }

    fn time_bounds(&self) -> Option<(i64, i64)> {
        match self {
            Self::U32(table) => table.time_bounds(),
            Self::U64(table) => table.time_bounds(),
            Self::U128(table) => table.time_bounds(),
        }
    }

    /// The keys, one by one where they are few.
    fn key_ranges(&self, data_type: &DataType) -> Vec<(Option<ScalarValue>, Option<ScalarValue>)> {
        let ranges: Vec<(u128, u128)> = match self {
            Self::U32(table) => ranges(table),
            Self::U64(table) => ranges(table),
            Self::U128(table) => ranges(table),
        };
        let value = |key: u128| key_value(key, data_type);
        ranges
            .into_iter()
            .map(|(low, high)| (value(low), value(high)))
            .collect()
    }

    /// Whether each row's key is in it.
    pub(super) fn contains(&self, keys: &EqualKeys, contains: &mut Vec<bool>) {
        match (self, keys) {
            (Self::U32(table), EqualKeys::Groups(groups)) => table.contains_key(groups, contains),
            (table, EqualKeys::Column(column)) => match (table, &column.keys) {
                (Self::U32(table), Keys::U32(keys)) => table.contains_key(keys, contains),
                (Self::U64(table), Keys::U64(keys)) => table.contains_key(keys, contains),
                (Self::U128(table), Keys::U128(keys)) => table.contains_key(keys, contains),
                (Self::U128(table), Keys::Sixteen(keys)) => table.contains_key(sixteen(keys), contains),
                _ => {}
            },
            _ => {}
        }
    }
}

fn ranges<K: tieline_index::ranges::Key + Into<u128>>(table: &Bands<K>) -> Vec<(u128, u128)> {
    match table.keys(MOST_RANGES) {
        Some(keys) => keys.into_iter().map(|key| (key.into(), key.into())).collect(),
        None => {
            let all = table.key_bounds().into_iter();
            all.map(|(low, high)| (low.into(), high.into())).collect()
        }
    }
}

fn bands<Q: EqualKey>(
    keys: &[Q],
    times: &[i64],
    live: Option<&[u32]>,
    probes: Probes,
    threads: usize,
) -> Result<Bands<Q::Number>> {
    let rows = BandRows::new(keys, times);
    let rows = match live {
        Some(live) => rows.only(live),
        None => rows,
    };
    Bands::build_with_threads(rows, probes, threads)
        .map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))
}
