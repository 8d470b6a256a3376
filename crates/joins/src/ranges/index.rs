//! Intervals indexed, points probing.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::{Result, ScalarValue, internal_err};
use tieline_index::ranges::{AddressRanges, Cursor, Pairs, Ranges, Ranks};

use super::build::{Recipe, build_table};
use super::keys::{KeyColumn, Keys, sixteen};
use super::kind::RangeSource;
use crate::index::{JoinIndex, KeyBounds, KeyedRows, Matches, NO_GROUP};

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
pub(super) enum Table {
    U32(Ranges<u32>),
    U64(Ranges<u64>),
    U128(Ranges<u128>),
    Addresses(Box<AddressRanges>),
    Ranked(Ranking, Ranges<u32>),
    Grouped32(Ranges<u64>),
    Grouped64(Ranges<u128>),
    GroupedRanked(Ranking, Ranges<u64>),
}

/// Keys that are too wide to carry a group, or of any length, as their rank among the bounds.
#[derive(Debug)]
pub(super) enum Ranking {
    Wide(Ranks<u128>),
    Bytes(Ranks<Vec<u8>>),
}

/// Ranges of values that hold every point with a match; an end that is `None` is open.
pub(super) type Bounds = Vec<(Option<ScalarValue>, Option<ScalarValue>)>;

impl IntervalIndex {
    pub(super) fn build(
        recipe: Recipe,
        source: RangeSource,
        keys: &[ArrayRef],
        rows: &KeyedRows,
    ) -> Result<Arc<dyn JoinIndex>> {
        let (table, bounds) = build_table(recipe, source, keys, rows.groups.as_deref())?;
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
            (Table::Addresses(_), Keys::Sixteen(keys)) => {
                let keys = sixteen(keys);
                match v4_keys(keys).filter(|_| live.is_none()) {
                    Some(keys) => ProbeKeys::U32(keys),
                    None => ProbeKeys::Sixteen(select(keys, &live)),
                }
            }
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
            (Table::Addresses(ranges), ProbeKeys::U32(keys)) => ranges.v4().any(keys, &mut any),
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
            (Table::Addresses(ranges), ProbeKeys::U32(keys)) => {
                ranges.v4().probe(keys, 0, cursor, limit, pairs)
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

/// The last 32 bits of addresses that all are IPv4: most batches are, and are looked up in a quarter of the bytes.
fn v4_keys(addresses: &[[u8; 16]]) -> Option<Vec<u32>> {
    const MAPPED: u128 = 0xffff;
    let mut others = 0;
    let keys = addresses.iter().map(|address| {
        let number = u128::from_be_bytes(*address);
        others |= (number >> 32) ^ MAPPED;
        number as u32
    });
    let keys = keys.collect();
    (others == 0).then_some(keys)
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

pub(super) fn grouped32(group: u32, key: u32) -> u64 {
    u64::from(group) << 32 | u64::from(key)
}

pub(super) fn grouped64(group: u32, key: u64) -> u128 {
    u128::from(group) << 64 | u128::from(key)
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
