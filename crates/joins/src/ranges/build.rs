//! An index of intervals from the columns of the build side.

use std::ops::Bound;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use tieline_index::Prefix;
use tieline_index::ranges::{
    AddressRanges, Intervals, Key, RangeStrategy as Strategy, Ranges, RangesError, Ranks, closed,
};

use super::index::{Bounds, Ranking, Table, grouped32, grouped64};
use super::keys::{KeyColumn, Keys, sixteen, value_of};
use super::kind::RangeSource;
use crate::index::{MOST_RANGES, NO_GROUP};

/// How an index of intervals is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) strategy: Strategy,
    pub(super) threads: usize,
}

/// The index over intervals from a source, and what it says of the points.
pub(super) fn build_table(
    recipe: Recipe,
    source: RangeSource,
    keys: &[ArrayRef],
    groups: Option<&[u32]>,
) -> Result<(Table, Bounds)> {
    match (source, keys) {
        (RangeSource::Cidr, [texts]) => {
            let intervals = prefixes(texts, groups)?;
            match groups {
                None => addresses(intervals.iter(), recipe),
                Some(groups) => ranked_wide(&intervals, groups, recipe, &ADDRESS),
            }
        }
        (
            RangeSource::Bounds {
                low_included,
                high_included,
            },
            [low, high],
        ) => {
            let (low_keys, high_keys) = (KeyColumn::of(low)?, KeyColumn::of(high)?);
            let rows = Rows {
                low: &low_keys,
                high: &high_keys,
                low_included,
                high_included,
                groups,
                count: low.len(),
            };
            rows.table(recipe, low.data_type())
        }
        _ => internal_err!("an interval is two bounds or a prefix"),
    }
}

const ADDRESS: DataType = DataType::FixedSizeBinary(16);

/// The bounds of the build side.
struct Rows<'a> {
    low: &'a KeyColumn,
    high: &'a KeyColumn,
    low_included: bool,
    high_included: bool,
    groups: Option<&'a [u32]>,
    count: usize,
}

impl Rows<'_> {
    fn table(&self, recipe: Recipe, data_type: &DataType) -> Result<(Table, Bounds)> {
        match (&self.low.keys, &self.high.keys, self.groups) {
            (Keys::U32(low), Keys::U32(high), None) => {
                let ranges = ranges(self.intervals(|row| (low[row], high[row])), recipe)?;
                let bounds = values(ranges.merged(MOST_RANGES), data_type);
                Ok((Table::U32(ranges), bounds))
            }
            (Keys::U32(low), Keys::U32(high), Some(groups)) => {
                let key = |row: usize, key| grouped32(groups[row], key);
                let intervals = self.intervals(|row| (key(row, low[row]), key(row, high[row])));
                let bounds = values(self.hull(|row| (low[row], high[row])), data_type);
                Ok((Table::Grouped32(ranges(intervals, recipe)?), bounds))
            }
            (Keys::U64(low), Keys::U64(high), None) => {
                let ranges = ranges(self.intervals(|row| (low[row], high[row])), recipe)?;
                let bounds = values(ranges.merged(MOST_RANGES), data_type);
                Ok((Table::U64(ranges), bounds))
            }
            (Keys::U64(low), Keys::U64(high), Some(groups)) => {
                let key = |row: usize, key| grouped64(groups[row], key);
                let intervals = self.intervals(|row| (key(row, low[row]), key(row, high[row])));
                let bounds = values(self.hull(|row| (low[row], high[row])), data_type);
                Ok((Table::Grouped64(ranges(intervals, recipe)?), bounds))
            }
            (Keys::U128(low), Keys::U128(high), groups) => {
                let intervals = self.intervals(|row| (low[row], high[row]));
                match groups {
                    Some(groups) => ranked_wide(&intervals, groups, recipe, data_type),
                    None => {
                        let ranges = ranges(intervals, recipe)?;
                        let bounds = values(ranges.merged(MOST_RANGES), data_type);
                        Ok((Table::U128(ranges), bounds))
                    }
                }
            }
            (Keys::Sixteen(low), Keys::Sixteen(high), groups) => {
                let (low, high) = (sixteen(low), sixteen(high));
                let wide = |row: usize| (u128::from_be_bytes(low[row]), u128::from_be_bytes(high[row]));
                match groups {
                    Some(groups) => ranked_wide(&self.intervals(wide), groups, recipe, data_type),
                    None => addresses(self.closed(wide), recipe),
                }
            }
            (Keys::Bytes(low), Keys::Bytes(high), _) => self.bytes_table(low, high, recipe, data_type),
            _ => internal_err!("the bounds are of different types"),
        }
    }

    /// Texts and bytes, by their rank among the bounds.
    fn bytes_table(
        &self,
        low: &BinaryViewArray,
        high: &BinaryViewArray,
        recipe: Recipe,
        data_type: &DataType,
    ) -> Result<(Table, Bounds)> {
        let all = self
            .live()
            .flat_map(|row| [low.value(row).to_vec(), high.value(row).to_vec()]);
        let ranks = Ranks::new(all.collect()).map_err(too_many)?;
        let value = |bytes: &Vec<u8>| {
            ScalarValue::BinaryView(Some(bytes.clone()))
                .cast_to(data_type)
                .ok()
        };
        let bounds = ranks.bounds().map(|(low, high)| (value(low), value(high)));
        let rank = |row: usize| (ranks.key(low.value(row)), ranks.key(high.value(row)));
        let table = match self.groups {
            None => {
                let intervals = self.intervals(rank);
                Table::Ranked(Ranking::Bytes(ranks), ranges(intervals, recipe)?)
            }
            Some(groups) => {
                let intervals = self.intervals(|row| {
                    let (low, high) = rank(row);
                    (grouped32(groups[row], low), grouped32(groups[row], high))
                });
                Table::GroupedRanked(Ranking::Bytes(ranks), ranges(intervals, recipe)?)
            }
        };
        Ok((table, bounds.into_iter().collect()))
    }

    /// The rows of which nothing is NULL.
    fn live(&self) -> impl Iterator<Item = usize> + '_ {
        let grouped = |row: &usize| self.groups.is_none_or(|groups| groups[*row] != NO_GROUP);
        (0..self.count).filter(move |row| grouped(row) && !self.low.is_null(*row) && !self.high.is_null(*row))
    }

    fn intervals<K: Key>(&self, keys: impl Fn(usize) -> (K, K)) -> Intervals<K> {
        let mut intervals = Intervals::with_capacity(self.count);
        intervals.extend(self.closed(keys));
        intervals
    }

    /// The intervals that hold anything, closed, each with its row.
    fn closed<K: Key>(&self, keys: impl Fn(usize) -> (K, K)) -> impl Iterator<Item = (K, K, u32)> {
        let interval = move |row: usize| {
            let (low, high) = keys(row);
            let (low, high) = (bound(low, self.low_included), bound(high, self.high_included));
            closed(low, high).map(|(low, high)| (low, high, row as u32))
        };
        self.live().filter_map(interval)
    }

    /// One range that holds every interval; none where there is no interval.
    fn hull<K: Ord + Copy>(&self, keys: impl Fn(usize) -> (K, K)) -> Vec<(K, K)> {
        let all = self.live().map(keys);
        all.reduce(|(low, high), (other_low, other_high)| (low.min(other_low), high.max(other_high)))
            .into_iter()
            .collect()
    }
}

fn bound<K>(key: K, included: bool) -> Bound<K> {
    if included {
        Bound::Included(key)
    } else {
        Bound::Excluded(key)
    }
}

/// Sixteen bytes are addresses as far as their order goes.
fn addresses(intervals: impl Iterator<Item = (u128, u128, u32)>, recipe: Recipe) -> Result<(Table, Bounds)> {
    let addresses =
        AddressRanges::build_with_threads(intervals, recipe.strategy, recipe.threads).map_err(too_many)?;
    let bounds = values(addresses.merged(MOST_RANGES), &ADDRESS);
    Ok((Table::Addresses(Box::new(addresses)), bounds))
}

/// Keys of 128 bits leave no room for a group: their ranks among the bounds do.
fn ranked_wide(
    intervals: &Intervals<u128>,
    groups: &[u32],
    recipe: Recipe,
    data_type: &DataType,
) -> Result<(Table, Bounds)> {
    let all = intervals.iter().flat_map(|(low, high, _)| [low, high]);
    let ranks = Ranks::new(all.collect()).map_err(too_many)?;
    let bounds = ranks.bounds().map(|(low, high)| (*low, *high));
    let grouped = intervals.iter().map(|(low, high, row)| {
        let key = |key: u128| grouped32(groups[row as usize], ranks.key(&key));
        (key(low), key(high), row)
    });
    let ranges = ranges(grouped.collect(), recipe)?;
    let bounds = values(bounds.into_iter().collect(), data_type);
    Ok((Table::GroupedRanked(Ranking::Wide(ranks), ranges), bounds))
}

fn ranges<K: Key>(intervals: Intervals<K>, recipe: Recipe) -> Result<Ranges<K>> {
    Ranges::build_with_threads(intervals, recipe.strategy, recipe.threads).map_err(too_many)
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
fn prefixes(texts: &ArrayRef, groups: Option<&[u32]>) -> Result<Intervals<u128>> {
    let texts = cast(texts, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    let mut intervals = Intervals::with_capacity(texts.len());
    for row in 0..texts.len() {
        if texts.is_null(row) || groups.is_some_and(|groups| groups[row] == NO_GROUP) {
            continue;
        }
        for (first, last) in Prefix::parse(texts.value(row))
            .into_iter()
            .flat_map(Prefix::ranges)
        {
            intervals.push(first.to_u128(), last.to_u128(), row as u32);
        }
    }
    Ok(intervals)
}

fn too_many(error: RangesError) -> DataFusionError {
    DataFusionError::ResourcesExhausted(error.to_string())
}
