//! Equal keys beside the indexed predicate: every combination of them is a group, and rows match within a group.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, DynComparator, LargeBinaryBuilder, RecordBatch, UInt32Array, make_comparator,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::{SortOptions, take_arrays};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::common::{DataFusionError, NullEquality, Result, internal_err};
use datafusion::physical_expr::PhysicalExpr;
use tieline_index::bands::{Around, BandRows, Bands, NO_BAND, Probes};
use tieline_index::{on_threads, worth_while};

use crate::index::NO_GROUP;

/// The equal keys of a join: what is equal on both sides.
#[derive(Debug, Clone)]
pub(crate) struct EqualKeys {
    /// Over the build side.
    pub(crate) build: Vec<Arc<dyn PhysicalExpr>>,
    /// Over the probe side, of the same types.
    pub(crate) probe: Vec<Arc<dyn PhysicalExpr>>,
    /// Whether NULL equals NULL.
    pub(crate) nulls: NullEquality,
}

/// The combinations that the build side has, numbered in the order of their first rows.
///
/// They are found by a hash of their keys, and then the keys themselves are compared. The hash is one that tells all combinations of the
/// build side apart.
#[derive(Debug)]
pub(crate) struct GroupTable {
    hashing: Hashing,
    nulls: NullEquality,
    /// The keys of each combination, as they are hashed and compared.
    keys: Vec<ArrayRef>,
    /// The combinations by their hash, all of one time.
    numbers: Bands<u64>,
}

/// More hashes than this do not by chance put two combinations together.
const HASHES: u64 = 4;

impl GroupTable {
    /// Numbers the combinations of the build side, on at most `threads` threads; returns the number of each row.
    pub(crate) fn build(keys: &[ArrayRef], nulls: NullEquality, threads: usize) -> Result<(Self, Vec<u32>)> {
        for attempt in 0..HASHES {
            let hashing = Hashing::new(keys, nulls, attempt)?;
            if let Some(built) = Self::by(hashing, keys, nulls, threads)? {
                return Ok(built);
            }
        }
        internal_err!("no hash tells the equal keys of a join apart")
    }

    /// The same with one hash; `None` where that does not tell all combinations apart.
    fn by(
        hashing: Hashing,
        keys: &[ArrayRef],
        nulls: NullEquality,
        threads: usize,
    ) -> Result<Option<(Self, Vec<u32>)>> {
        let null_rows = null_rows(keys, nulls);
        let keys = hashing.prepared(keys)?;
        let count = keys.first().map_or(0, |key| key.len());
        let threads = worth_while(count, threads);
        let shares: Vec<Range<usize>> = (0..threads)
            .map(|share| count * share / threads..count * (share + 1) / threads)
            .collect();
        let hashes = on_threads(shares.clone(), |share| {
            let keys: Vec<_> = keys
                .iter()
                .map(|key| key.slice(share.start, share.len()))
                .collect();
            hashing.hashes(&keys)
        });
        let hashes = hashes.into_iter().collect::<Result<Vec<_>>>()?.concat();
        let (firsts, maps) = first_rows(&hashes, null_rows.as_ref(), threads);
        let numbers = on_threads(shares, |share| {
            let is_same = is_same(&keys, &keys)?;
            let number = |row: usize| {
                if null_rows.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    return Some(NO_GROUP);
                }
                let hash = hashes[row];
                let number = maps[part_of(hash, maps.len())].get(&hash).copied()?;
                is_same(firsts[number as usize] as usize, row).then_some(number)
            };
            Ok(share.map(number).collect::<Option<Vec<u32>>>())
        });
        drop(maps);
        let numbers = numbers.into_iter().collect::<Result<Option<Vec<_>>>>()?;
        let Some(numbers) = numbers else {
            return Ok(None);
        };
        let of_firsts: Vec<u64> = firsts.iter().map(|row| hashes[*row as usize]).collect();
        drop(hashes);
        let table = Self {
            numbers: numbered(&of_firsts, threads)?,
            keys: match firsts.len() == count {
                true => keys,
                false => take_arrays(&keys, &UInt32Array::from(firsts), None)?,
            },
            hashing,
            nulls,
        };
        Ok(Some((table, numbers.concat())))
    }

    /// The numbers of probe rows; [`NO_GROUP`] where the build side has no such combination.
    pub(crate) fn look_up(&self, keys: &[ArrayRef]) -> Result<Vec<u32>> {
        let nulls = null_rows(keys, self.nulls);
        let keys = self.hashing.prepared(keys)?;
        let mut numbers = self.with_hashes(&self.hashing.hashes(&keys)?, nulls.as_ref());
        let is_same = is_same(&self.keys, &keys)?;
        for (row, number) in numbers.iter_mut().enumerate() {
            if *number != NO_GROUP && !is_same(*number as usize, row) {
                *number = NO_GROUP;
            }
        }
        Ok(numbers)
    }

    /// The combination that has a hash; [`NO_GROUP`] where none has, and for rows with a NULL.
    fn with_hashes(&self, hashes: &[u64], nulls: Option<&NullBuffer>) -> Vec<u32> {
        const { assert!(NO_GROUP == tieline_index::ranges::NO_ROW) };
        let (times, mut found) = (vec![0; hashes.len()], Vec::with_capacity(hashes.len()));
        match nulls {
            None => {
                let bands = Around::new(&times, 0, 0);
                self.numbers.nearest(hashes, bands, &times, &mut found);
            }
            Some(nulls) => {
                let bands = nulls
                    .iter()
                    .map(|is_valid| if is_valid { (0, 0) } else { NO_BAND });
                let (first, last): (Vec<i64>, Vec<i64>) = bands.unzip();
                self.numbers
                    .nearest(hashes, (&first[..], &last[..]), &times, &mut found);
            }
        }
        found
    }

    /// Bytes held beside the rows of the build side.
    pub(crate) fn bytes(&self, build: &RecordBatch) -> usize {
        let is_there = |key: &&ArrayRef| build.columns().iter().any(|column| Arc::ptr_eq(column, key));
        let own = self.keys.iter().filter(|key| !is_there(key));
        self.numbers.bytes() + own.map(|key| key.get_array_memory_size()).sum::<usize>()
    }

    /// What it takes while it is built, about at most, for so many rows with these keys.
    pub(crate) fn build_bytes(rows: usize, keys: &[ArrayRef]) -> usize {
        // A hash and a number, by share and together, and what a map takes for each; the table has less beside it.
        let maps = 2 * (size_of::<u64>() + size_of::<u32>()) + 3 * size_of::<(u64, u32)>();
        let table = Bands::<u64>::build_bytes(rows).max(rows.saturating_mul(maps));
        // The keys once more, where they are bytes of their own, and those of each combination.
        let own: usize = keys.iter().map(|key| key.get_array_memory_size()).sum();
        table.saturating_add(own.saturating_mul(2))
    }
}

/// The first row of each hash, ascending, and where each hash stands among these, by part.
fn first_rows(
    hashes: &[u64],
    nulls: Option<&NullBuffer>,
    threads: usize,
) -> (Vec<u32>, Vec<HashMap<u64, u32, ByItself>>) {
    // Every thread goes through all of the hashes, and keeps those of its part.
    let of_part = |part: usize| {
        let mut first: HashMap<u64, u32, ByItself> = HashMap::default();
        let is_null = |row: usize| nulls.is_some_and(|nulls| nulls.is_null(row));
        for (row, &hash) in hashes.iter().enumerate() {
            if part_of(hash, threads) == part && !is_null(row) {
                first.entry(hash).or_insert(row as u32);
            }
        }
        first
    };
    let mut maps = on_threads((0..threads).collect(), of_part);
    let mut firsts: Vec<u32> = maps.iter().flat_map(|map| map.values().copied()).collect();
    firsts.sort_unstable();
    for (number, row) in (0..).zip(&firsts) {
        let hash = hashes[*row as usize];
        maps[part_of(hash, threads)].insert(hash, number);
    }
    (firsts, maps)
}

/// Which part a hash belongs to: by bits that a map does not look at.
const fn part_of(hash: u64, parts: usize) -> usize {
    (hash >> 32) as u16 as usize % parts
}

/// The table of hashes that differ, each by its position.
fn numbered(hashes: &[u64], threads: usize) -> Result<Bands<u64>> {
    let times = vec![0; hashes.len()];
    let rows = BandRows::new(hashes, &times);
    Bands::build_with_threads(rows, Probes::InAnyOrder { width: None }, threads)
        .map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))
}

/// Whether a row with some keys and one with others have the same.
fn is_same(ones: &[ArrayRef], others: &[ArrayRef]) -> Result<impl Fn(usize, usize) -> bool + use<>> {
    let pairs = ones.iter().zip(others);
    let comparators = pairs
        .map(|(one, other)| make_comparator(one, other, SortOptions::default()))
        .collect::<Result<Vec<DynComparator>, _>>()?;
    Ok(move |one: usize, other: usize| {
        let mut comparators = comparators.iter();
        comparators.all(|compare| compare(one, other).is_eq())
    })
}

/// The rows that match nothing, as NULLs. A dictionary may have its NULLs among its values, and an array of NULLs has no bits.
fn null_rows(keys: &[ArrayRef], equality: NullEquality) -> Option<NullBuffer> {
    let nulls = keys.iter().map(|key| key.logical_nulls());
    match equality {
        NullEquality::NullEqualsNull => None,
        NullEquality::NullEqualsNothing => {
            nulls.reduce(|one, other| NullBuffer::union(one.as_ref(), other.as_ref()))?
        }
    }
}

/// What keys are found by.
#[derive(Debug)]
struct Hashing {
    state: RandomState,
    /// For keys that are hashed as one: the bytes of arrow's row format.
    converter: Option<RowConverter>,
}

impl Hashing {
    /// The hash of an attempt: first of one column after the other, if all are plain. Which NULL is whose that does not always tell.
    fn new(keys: &[ArrayRef], nulls: NullEquality, attempt: u64) -> Result<Self> {
        let by_columns = attempt == 0 && keys.iter().all(|key| is_plain(key.data_type(), nulls));
        let fields = keys.iter().map(|key| SortField::new(key.data_type().clone()));
        Ok(Self {
            state: RandomState::with_seed(attempt),
            converter: match by_columns {
                true => None,
                false => Some(RowConverter::new(fields.collect())?),
            },
        })
    }

    /// The keys as they are hashed and compared.
    ///
    /// Floating-point numbers are equal as in total order; the two zeros, which SQL holds for equal, are made one first.
    fn prepared(&self, keys: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
        let keys = zeros_alike(keys);
        let Some(converter) = &self.converter else {
            return Ok(keys);
        };
        let rows = converter.convert_columns(&keys)?;
        let mut bytes = LargeBinaryBuilder::with_capacity(rows.num_rows(), rows.size());
        rows.iter().for_each(|row| bytes.append_value(row));
        Ok(vec![Arc::new(bytes.finish())])
    }

    fn hashes(&self, prepared: &[ArrayRef]) -> Result<Vec<u64>> {
        let mut hashes = vec![0; prepared.first().map_or(0, |key| key.len())];
        create_hashes(prepared, &self.state, &mut hashes)?;
        Ok(hashes)
    }
}

/// Hashes that are hashes already.
type ByItself = BuildHasherDefault<Itself>;

#[derive(Debug, Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Whether equal values of a type have equal hashes, and compare as equal, however they are laid out. A dictionary may have two
/// kinds of NULL, which is of no interest where none is equal to another.
fn is_plain(data_type: &DataType, nulls: NullEquality) -> bool {
    match data_type {
        DataType::Boolean => true,
        DataType::Dictionary(_, values) => {
            nulls == NullEquality::NullEqualsNothing && is_plain(values, nulls)
        }
        data_type => data_type.is_primitive() || data_type.is_string() || data_type.is_binary(),
    }
}

/// The keys with -0.0 as 0.0.
fn zeros_alike(keys: &[ArrayRef]) -> Vec<ArrayRef> {
    let alike = |key: &ArrayRef| -> ArrayRef {
        match key.data_type() {
            DataType::Float64 => {
                let numbers = key.as_primitive::<Float64Type>();
                Arc::new(numbers.unary::<_, Float64Type>(|number| if number == 0.0 { 0.0 } else { number }))
            }
            DataType::Float32 => {
                let numbers = key.as_primitive::<Float32Type>();
                Arc::new(numbers.unary::<_, Float32Type>(|number| if number == 0.0 { 0.0 } else { number }))
            }
            _ => Arc::clone(key),
        }
    };
    keys.iter().map(alike).collect()
}

/// Whether keys of a type can be equal keys here: what arrow's row format can hold, but for floating-point numbers within other
/// types, whose two zeros would differ.
pub(crate) fn can_group(data_type: &DataType) -> bool {
    let is_plain = matches!(data_type, DataType::Float32 | DataType::Float64);
    (is_plain || !has_floats(data_type))
        && RowConverter::supports_fields(&[SortField::new(data_type.clone())])
}

fn has_floats(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => has_floats(values),
        DataType::Struct(fields) => fields.iter().any(|field| has_floats(field.data_type())),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => has_floats(item.data_type()),
        DataType::RunEndEncoded(_, values) => has_floats(values.data_type()),
        DataType::Union(fields, _) => fields.iter().any(|(_, field)| has_floats(field.data_type())),
        data_type => data_type.is_floating(),
    }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
