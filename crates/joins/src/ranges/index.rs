//! Intervals indexed, points probing.

use std::ops::Bound;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, BooleanArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use tieline_index::Prefix;
use tieline_index::ranges::{
    AddressRanges, Cursor, Intervals, Key, Pairs, RangeStrategy as Strategy, Ranges, RangesError, Ranks,
};

use super::keys::{KeyColumn, Keys, sixteen, value_of};
use super::kind::RangeSource;
use crate::index::{JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches, NO_GROUP};

/// Which intervals of the build side hold a point.
#[derive(Debug)]
pub(super) struct IntervalIndex {
    table: Table,
    /// Of the points.
    bounds: Bounds,
}

/// The index over keys of the width that the type and the groups need. In a grouped one the group is the high part of the
/// key, so that an interval holds points of its own group only.
#[derive(Debug)]
enum Table {
    U32(Ranges<u32>),
    U64(Ranges<u64>),
    U128(Ranges<u128>),
    Addresses(AddressRanges),
    Ranked(Ranking, Ranges<u32>),
    Grouped32(Ranges<u64>),
    Grouped64(Ranges<u128>),
    GroupedRanked(Ranking, Ranges<u64>),
}

/// Keys that are too wide to carry a group, or of any length, as their rank among the bounds.
#[derive(Debug)]
enum Ranking {
    Wide(Ranks<u128>),
    Bytes(Ranks<Vec<u8>>),
}

/// Ranges of values that hold every point with a match; an end that is `None` is open.
type Bounds = Vec<(Option<ScalarValue>, Option<ScalarValue>)>;

/// The intervals of the build side: lower bound, upper bound, row.
type Bounded<K> = Vec<(Bound<K>, Bound<K>, u32)>;

impl IntervalIndex {
    pub(super) fn build(
        strategy: Strategy,
        source: RangeSource,
        keys: &[ArrayRef],
        rows: &KeyedRows,
    ) -> Result<Arc<dyn JoinIndex>> {
        let groups = rows.groups.as_deref();
        let (table, bounds) = match (source, keys) {
            (RangeSource::Cidr, [texts]) => {
                let intervals = prefixes(texts, groups)?;
                wide_table(intervals, groups, strategy, &DataType::FixedSizeBinary(16))?
            }
            (
                RangeSource::Bounds {
                    low_included,
                    high_included,
                },
                [low, high],
            ) => {
                let included = (low_included, high_included);
                bounds_table(low, high, included, groups, strategy)?
            }
            _ => return internal_err!("an interval is two bounds or a prefix"),
        };
        Ok(Arc::new(Self { table, bounds }))
    }

    /// The keys of a probe batch, as the table has them, without the rows that match nothing.
    fn prepare(&self, rows: &KeyedRows) -> Result<Prepared> {
        let [points] = rows.keys.as_slice() else {
            return internal_err!("a point is one key");
        };
        let column = KeyColumn::of(points)?;
        let groups = rows.groups.as_deref();
        let live = live_rows(&column, groups, rows.rows);
        let group = |row: usize| groups.map_or(0, |groups| groups[row]);
        let keys = match (&self.table, &column.keys) {
            (Table::U32(_), Keys::U32(keys)) => ProbeKeys::U32(select(keys, &live)),
            (Table::U64(_), Keys::U64(keys)) => ProbeKeys::U64(select(keys, &live)),
            (Table::U128(_), Keys::U128(keys)) => ProbeKeys::U128(select(keys, &live)),
            (Table::Addresses(_), Keys::Sixteen(keys)) => ProbeKeys::Sixteen(select(sixteen(keys), &live)),
            (Table::Ranked(ranking, _), keys) => {
                ProbeKeys::U32(each(&live, rows.rows, |row| ranking.key(keys, row)))
            }
            (Table::Grouped32(_), Keys::U32(keys)) => {
                ProbeKeys::U64(each(&live, rows.rows, |row| grouped32(group(row), keys[row])))
            }
            (Table::Grouped64(_), Keys::U64(keys)) => {
                ProbeKeys::U128(each(&live, rows.rows, |row| grouped64(group(row), keys[row])))
            }
            (Table::GroupedRanked(ranking, _), keys) => ProbeKeys::U64(each(&live, rows.rows, |row| {
                grouped32(group(row), ranking.key(keys, row))
            })),
            _ => return internal_err!("the points are of another type than the bounds"),
        };
        Ok(Prepared { keys, rows: live })
    }
}

impl JoinIndex for IntervalIndex {
    fn bytes(&self) -> usize {
        match &self.table {
            Table::U32(ranges) => ranges.bytes(),
            Table::U64(ranges) | Table::Grouped32(ranges) => ranges.bytes(),
            Table::U128(ranges) | Table::Grouped64(ranges) => ranges.bytes(),
            Table::Addresses(ranges) => ranges.bytes(),
            Table::Ranked(ranking, ranges) => ranking.bytes() + ranges.bytes(),
            Table::GroupedRanked(ranking, ranges) => ranking.bytes() + ranges.bytes(),
        }
    }

    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>> {
        let prepared = self.prepare(&rows)?;
        Ok(Box::new(IntervalMatches {
            index: self,
            prepared,
            cursor: Cursor::default(),
        }))
    }

    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray> {
        let prepared = self.prepare(rows)?;
        let mut any = Vec::with_capacity(rows.rows);
        match (&self.table, &prepared.keys) {
            (Table::U32(ranges) | Table::Ranked(_, ranges), ProbeKeys::U32(keys)) => {
                ranges.any(keys, &mut any)
            }
            (
                Table::U64(ranges) | Table::Grouped32(ranges) | Table::GroupedRanked(_, ranges),
                ProbeKeys::U64(keys),
            ) => ranges.any(keys, &mut any),
            (Table::U128(ranges) | Table::Grouped64(ranges), ProbeKeys::U128(keys)) => {
                ranges.any(keys, &mut any)
            }
            (Table::Addresses(ranges), ProbeKeys::Sixteen(keys)) => ranges.any(keys, &mut any),
            _ => return internal_err!("keys of another width"),
        }
        let Some(live) = prepared.rows else {
            return Ok(any.into());
        };
        let mut all = vec![false; rows.rows];
        for (row, any) in live.into_iter().zip(any) {
            all[row as usize] = any;
        }
        Ok(all.into())
    }

    fn bounds(&self) -> Vec<KeyBounds> {
        vec![KeyBounds {
            key: 0,
            ranges: self.bounds.clone(),
        }]
    }
}

/// The keys of a probe batch, and the rows they stand for where some were left out.
struct Prepared {
    keys: ProbeKeys,
    rows: Option<Vec<u32>>,
}

enum ProbeKeys {
    U32(Vec<u32>),
    U64(Vec<u64>),
    U128(Vec<u128>),
    Sixteen(Vec<[u8; 16]>),
}

struct IntervalMatches {
    index: Arc<IntervalIndex>,
    prepared: Prepared,
    cursor: Cursor,
}

impl Matches for IntervalMatches {
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool {
        let cursor = &mut self.cursor;
        let begun = pairs.len();
        let done = match (&self.index.table, &self.prepared.keys) {
            (Table::U32(ranges) | Table::Ranked(_, ranges), ProbeKeys::U32(keys)) => {
                ranges.probe(keys, 0, cursor, limit, pairs)
            }
            (
                Table::U64(ranges) | Table::Grouped32(ranges) | Table::GroupedRanked(_, ranges),
                ProbeKeys::U64(keys),
            ) => ranges.probe(keys, 0, cursor, limit, pairs),
            (Table::U128(ranges) | Table::Grouped64(ranges), ProbeKeys::U128(keys)) => {
                ranges.probe(keys, 0, cursor, limit, pairs)
            }
            (Table::Addresses(ranges), ProbeKeys::Sixteen(keys)) => {
                ranges.probe(keys, 0, cursor, limit, pairs)
            }
            // `prepare` has made the keys for this table.
            _ => true,
        };
        if let Some(rows) = &self.prepared.rows {
            for row in &mut pairs.probe[begun..] {
                *row = rows[*row as usize];
            }
        }
        !done
    }
}

/// The rows that can match, or `None` if all can.
fn live_rows(column: &KeyColumn, groups: Option<&[u32]>, count: usize) -> Option<Vec<u32>> {
    let dead = |row: usize| column.is_null(row) || groups.is_some_and(|groups| groups[row] == NO_GROUP);
    if column.nulls.is_none() && groups.is_none_or(|groups| !groups.contains(&NO_GROUP)) {
        return None;
    }
    Some(
        (0..count)
            .filter(|row| !dead(*row))
            .map(|row| row as u32)
            .collect(),
    )
}

fn select<T: Copy>(keys: &[T], live: &Option<Vec<u32>>) -> Vec<T> {
    match live {
        None => keys.to_vec(),
        Some(rows) => rows.iter().map(|row| keys[*row as usize]).collect(),
    }
}

fn each<T>(live: &Option<Vec<u32>>, count: usize, key: impl Fn(usize) -> T) -> Vec<T> {
    match live {
        None => (0..count).map(key).collect(),
        Some(rows) => rows.iter().map(|row| key(*row as usize)).collect(),
    }
}

fn grouped32(group: u32, key: u32) -> u64 {
    u64::from(group) << 32 | u64::from(key)
}

fn grouped64(group: u32, key: u64) -> u128 {
    u128::from(group) << 64 | u128::from(key)
}

/// An index over bounds of any type, and what it says of the points.
fn bounds_table(
    low: &ArrayRef,
    high: &ArrayRef,
    included: (bool, bool),
    groups: Option<&[u32]>,
    strategy: Strategy,
) -> Result<(Table, Bounds)> {
    let data_type = low.data_type();
    let (lows, highs) = (KeyColumn::of(low)?, KeyColumn::of(high)?);
    let rows = live_intervals(&lows, &highs, groups, low.len());
    match (&lows.keys, &highs.keys) {
        (Keys::U32(low), Keys::U32(high)) => {
            let intervals = bounded(low, high, included, &rows);
            let Some(groups) = groups else {
                let ranges = ranges(intervals, strategy)?;
                let bounds = values(ranges.merged(MOST_RANGES), data_type);
                return Ok((Table::U32(ranges), bounds));
            };
            let bounds = values(hull(&intervals), data_type);
            Ok((
                Table::Grouped32(ranges(grouped(intervals, groups, grouped32), strategy)?),
                bounds,
            ))
        }
        (Keys::U64(low), Keys::U64(high)) => {
            let intervals = bounded(low, high, included, &rows);
            let Some(groups) = groups else {
                let ranges = ranges(intervals, strategy)?;
                let bounds = values(ranges.merged(MOST_RANGES), data_type);
                return Ok((Table::U64(ranges), bounds));
            };
            let bounds = values(hull(&intervals), data_type);
            Ok((
                Table::Grouped64(ranges(grouped(intervals, groups, grouped64), strategy)?),
                bounds,
            ))
        }
        (Keys::U128(low), Keys::U128(high)) => {
            wide_table(bounded(low, high, included, &rows), groups, strategy, data_type)
        }
        (Keys::Sixteen(low), Keys::Sixteen(high)) => {
            let wide = |array| {
                sixteen(array)
                    .iter()
                    .map(|bytes| u128::from_be_bytes(*bytes))
                    .collect::<Vec<_>>()
            };
            wide_table(
                bounded(&wide(low), &wide(high), included, &rows),
                groups,
                strategy,
                data_type,
            )
        }
        (Keys::Bytes(low), Keys::Bytes(high)) => {
            bytes_table(low, high, included, &rows, groups, strategy, data_type)
        }
        _ => internal_err!("the bounds are of different types"),
    }
}

/// An index over texts or bytes.
fn bytes_table(
    low: &BinaryViewArray,
    high: &BinaryViewArray,
    included: (bool, bool),
    rows: &[u32],
    groups: Option<&[u32]>,
    strategy: Strategy,
    data_type: &DataType,
) -> Result<(Table, Bounds)> {
    let value = |array: &BinaryViewArray, row: u32| array.value(row as usize).to_vec();
    let all = rows.iter().flat_map(|row| [value(low, *row), value(high, *row)]);
    let ranks = Ranks::new(all.collect()).map_err(too_many)?;
    let hull = |bytes: &Vec<u8>| {
        ScalarValue::BinaryView(Some(bytes.clone()))
            .cast_to(data_type)
            .ok()
    };
    let bounds = ranks.bounds().map(|(low, high)| (hull(low), hull(high)));
    let intervals = rows.iter().map(|row| {
        let (low, high) = (
            ranks.key(low.value(*row as usize)),
            ranks.key(high.value(*row as usize)),
        );
        (bound(low, included.0), bound(high, included.1), *row)
    });
    let intervals = intervals.collect::<Bounded<u32>>();
    Ok((
        ranked(Ranking::Bytes(ranks), intervals, groups, strategy)?,
        bounds.into_iter().collect(),
    ))
}

/// An index over 128-bit keys; sixteen bytes of the build side are addresses as far as their order goes.
fn wide_table(
    intervals: Bounded<u128>,
    groups: Option<&[u32]>,
    strategy: Strategy,
    data_type: &DataType,
) -> Result<(Table, Bounds)> {
    if groups.is_none() && *data_type == DataType::FixedSizeBinary(16) {
        let addresses = AddressRanges::build(&collected(intervals), strategy).map_err(too_many)?;
        let bounds = values(addresses.merged(MOST_RANGES), data_type);
        return Ok((Table::Addresses(addresses), bounds));
    }
    if groups.is_none() {
        let ranges = ranges(intervals, strategy)?;
        let bounds = values(ranges.merged(MOST_RANGES), data_type);
        return Ok((Table::U128(ranges), bounds));
    }
    let bounds = values(hull(&intervals), data_type);
    let all = intervals.iter().flat_map(|(low, high, _)| [end(low), end(high)]);
    let ranks = Ranks::new(all.flatten().collect()).map_err(too_many)?;
    let intervals = intervals.into_iter().map(|(low, high, row)| {
        (
            low.map(|key| ranks.key(&key)),
            high.map(|key| ranks.key(&key)),
            row,
        )
    });
    let intervals = intervals.collect::<Bounded<u32>>();
    Ok((ranked(Ranking::Wide(ranks), intervals, groups, strategy)?, bounds))
}

fn ranked(
    ranking: Ranking,
    intervals: Bounded<u32>,
    groups: Option<&[u32]>,
    strategy: Strategy,
) -> Result<Table> {
    Ok(match groups {
        None => Table::Ranked(ranking, ranges(intervals, strategy)?),
        Some(groups) => {
            Table::GroupedRanked(ranking, ranges(grouped(intervals, groups, grouped32), strategy)?)
        }
    })
}

impl Ranking {
    fn key(&self, keys: &Keys, row: usize) -> u32 {
        match (self, keys) {
            (Self::Wide(ranks), Keys::U128(keys)) => ranks.key(&keys[row]),
            (Self::Wide(ranks), Keys::Sixteen(keys)) => ranks.key(&u128::from_be_bytes(sixteen(keys)[row])),
            (Self::Bytes(ranks), Keys::Bytes(keys)) => ranks.key(keys.value(row)),
            // `prepare` is given points of the type of the bounds.
            _ => 0,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Wide(ranks) => ranks.len() * size_of::<u128>(),
            Self::Bytes(ranks) => ranks.len() * 2 * size_of::<Vec<u8>>(),
        }
    }
}

/// The rows whose interval holds anything: neither bound is NULL, nor is an equal key.
fn live_intervals(lows: &KeyColumn, highs: &KeyColumn, groups: Option<&[u32]>, count: usize) -> Vec<u32> {
    let live = |row: &usize| {
        let grouped = groups.is_none_or(|groups| groups[*row] != NO_GROUP);
        grouped && !lows.is_null(*row) && !highs.is_null(*row) && lows.compare(*row, highs, *row).is_le()
    };
    (0..count).filter(live).map(|row| row as u32).collect()
}

fn bounded<K: Copy>(low: &[K], high: &[K], included: (bool, bool), rows: &[u32]) -> Bounded<K> {
    let interval = |row: &u32| {
        let at = *row as usize;
        (bound(low[at], included.0), bound(high[at], included.1), *row)
    };
    rows.iter().map(interval).collect()
}

fn bound<K>(key: K, included: bool) -> Bound<K> {
    if included {
        Bound::Included(key)
    } else {
        Bound::Excluded(key)
    }
}

fn grouped<K: Copy, G>(intervals: Bounded<K>, groups: &[u32], key: fn(u32, K) -> G) -> Bounded<G> {
    let grouped = intervals.into_iter().map(|(low, high, row)| {
        let group = groups[row as usize];
        (
            low.map(|low| key(group, low)),
            high.map(|high| key(group, high)),
            row,
        )
    });
    grouped.collect()
}

fn collected<K: Key>(intervals: Bounded<K>) -> Intervals<K> {
    let mut collected = Intervals::with_capacity(intervals.len());
    for (low, high, row) in intervals {
        collected.push_bounds(low, high, row);
    }
    collected
}

fn ranges<K: Key>(intervals: Bounded<K>, strategy: Strategy) -> Result<Ranges<K>> {
    Ranges::build(collected(intervals), strategy).map_err(too_many)
}

/// One range that holds every interval; none where there is none.
fn hull<K: Copy + Ord>(intervals: &Bounded<K>) -> Vec<(K, K)> {
    let low = intervals.iter().filter_map(|(low, _, _)| end(low)).min();
    let high = intervals.iter().filter_map(|(_, high, _)| end(high)).max();
    low.zip(high).into_iter().collect()
}

fn end<K: Copy>(bound: &Bound<K>) -> Option<K> {
    match bound {
        Bound::Included(key) | Bound::Excluded(key) => Some(*key),
        Bound::Unbounded => None,
    }
}

fn values<K: Into<u128>>(ranges: Vec<(K, K)>, data_type: &DataType) -> Bounds {
    let value = |key: K| value_of(key.into(), data_type);
    ranges
        .into_iter()
        .map(|(low, high)| (value(low), value(high)))
        .collect()
}

/// The intervals of prefixes given as text, two where a prefix of IPv6 spans the block in which IPv4 is stored; none where
/// the text is no prefix.
fn prefixes(texts: &ArrayRef, groups: Option<&[u32]>) -> Result<Bounded<u128>> {
    let texts = cast(texts, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    let mut intervals = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        if texts.is_null(row) || groups.is_some_and(|groups| groups[row] == NO_GROUP) {
            continue;
        }
        let ranges = Prefix::parse(texts.value(row))
            .into_iter()
            .flat_map(Prefix::ranges);
        intervals.extend(ranges.map(|(first, last)| {
            (
                Bound::Included(first.to_u128()),
                Bound::Included(last.to_u128()),
                row as u32,
            )
        }));
    }
    Ok(intervals)
}

fn too_many(error: RangesError) -> DataFusionError {
    DataFusionError::ResourcesExhausted(error.to_string())
}
