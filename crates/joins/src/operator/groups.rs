//! Equal keys beside the indexed predicate: every combination of them is a group, and rows match within a group.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, DynComparator, LargeBinaryArray, RecordBatch, make_comparator,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::SortOptions;
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

/// The combinations that the build side has, each by the number of its first row.
///
/// Rows are found by a hash of their keys, and the keys themselves are compared with those of that row. The hash is one that tells all
/// combinations of the build side apart.
#[derive(Debug)]
pub(crate) struct GroupTable {
    hashing: Hashing,
    nulls: NullEquality,
    /// The keys of the build side, as they are hashed and compared.
    keys: Vec<ArrayRef>,
    /// The rows of the build side by their hash, all of one time.
    rows: Bands<u64>,
}

/// More hashes than this do not by chance put two combinations together.
const HASHES: u64 = 4;

impl GroupTable {
    /// Numbers the combinations of the build side, on at most `threads` threads; returns the number of each row.
    pub(crate) fn build(keys: &[ArrayRef], nulls: NullEquality, threads: usize) -> Result<(Self, Vec<u32>)> {
        for attempt in 0..HASHES {
            let hashing = Hashing::new(keys, attempt)?;
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
        let times = vec![0; count];
        let rows = BandRows::new(&hashes, &times);
        let live: Option<Vec<u32>> = null_rows
            .as_ref()
            .map(|nulls| nulls.valid_indices().map(|row| row as u32).collect());
        let rows = live.as_ref().map_or(rows, |live| rows.only(live));
        let rows = Bands::build_with_threads(rows, Probes::InAnyOrder { width: None }, threads)
            .map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))?;
        let table = Self {
            hashing,
            nulls,
            keys,
            rows,
        };
        let numbers = on_threads(shares, |share| {
            let is_same = table.is_same(&table.keys)?;
            let nulls = null_rows
                .as_ref()
                .map(|nulls| nulls.slice(share.start, share.len()));
            let numbers = table.first_rows(&hashes[share.clone()], nulls.as_ref());
            let mut numbered = share.zip(&numbers);
            let is_told = numbered.all(|(row, number)| *number == NO_GROUP || is_same(*number, row));
            Ok(is_told.then_some(numbers))
        });
        let numbers = numbers.into_iter().collect::<Result<Option<Vec<_>>>>()?;
        Ok(numbers.map(|numbers| (table, numbers.concat())))
    }

    /// The numbers of probe rows; [`NO_GROUP`] where the build side has no such combination.
    pub(crate) fn look_up(&self, keys: &[ArrayRef]) -> Result<Vec<u32>> {
        let nulls = null_rows(keys, self.nulls);
        let keys = self.hashing.prepared(keys)?;
        let mut numbers = self.first_rows(&self.hashing.hashes(&keys)?, nulls.as_ref());
        let is_same = self.is_same(&keys)?;
        for (row, number) in numbers.iter_mut().enumerate() {
            if *number != NO_GROUP && !is_same(*number, row) {
                *number = NO_GROUP;
            }
        }
        Ok(numbers)
    }

    /// The first row of the build side that has a hash; [`NO_GROUP`] where none has, and for rows with a NULL.
    fn first_rows(&self, hashes: &[u64], nulls: Option<&NullBuffer>) -> Vec<u32> {
        const { assert!(NO_GROUP == tieline_index::ranges::NO_ROW) };
        let (times, mut rows) = (vec![0; hashes.len()], Vec::with_capacity(hashes.len()));
        match nulls {
            None => self
                .rows
                .nearest(hashes, Around::new(&times, 0, 0), &times, &mut rows),
            Some(nulls) => {
                let bands = nulls
                    .iter()
                    .map(|is_valid| if is_valid { (0, 0) } else { NO_BAND });
                let (first, last): (Vec<i64>, Vec<i64>) = bands.unzip();
                self.rows
                    .nearest(hashes, (&first[..], &last[..]), &times, &mut rows);
            }
        }
        rows
    }

    /// Whether a row of the build side and one with these keys have the same.
    fn is_same(&self, keys: &[ArrayRef]) -> Result<impl Fn(u32, usize) -> bool> {
        let pairs = self.keys.iter().zip(keys);
        let comparators = pairs
            .map(|(build, probe)| make_comparator(build, probe, SortOptions::default()))
            .collect::<Result<Vec<DynComparator>, _>>()?;
        Ok(move |build: u32, probe: usize| {
            let mut comparators = comparators.iter();
            comparators.all(|compare| compare(build as usize, probe).is_eq())
        })
    }

    /// Bytes held beside the rows of the build side.
    pub(crate) fn bytes(&self, build: &RecordBatch) -> usize {
        let is_there = |key: &&ArrayRef| build.columns().iter().any(|column| Arc::ptr_eq(column, key));
        let own = self.keys.iter().filter(|key| !is_there(key));
        self.rows.bytes() + own.map(|key| key.get_array_memory_size()).sum::<usize>()
    }

    /// What it takes while it is built, at most, for so many rows.
    pub(crate) const fn build_bytes(rows: usize) -> usize {
        // Beside the table a hash, a time, which rows are not NULL, and the numbers, by share and together.
        let beside = 2 * size_of::<u64>() + 3 * size_of::<u32>();
        Bands::<u64>::build_bytes(rows).saturating_add(rows.saturating_mul(beside))
    }
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
    fn new(keys: &[ArrayRef], attempt: u64) -> Result<Self> {
        let by_columns = attempt == 0 && keys.iter().all(|key| is_plain(key.data_type()));
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
        let bytes = LargeBinaryArray::from_iter_values(rows.iter());
        Ok(vec![Arc::new(bytes)])
    }

    fn hashes(&self, prepared: &[ArrayRef]) -> Result<Vec<u64>> {
        let mut hashes = vec![0; prepared.first().map_or(0, |key| key.len())];
        create_hashes(prepared, &self.state, &mut hashes)?;
        Ok(hashes)
    }
}

/// Whether equal values of a type have equal hashes, and compare as equal, however they are laid out.
fn is_plain(data_type: &DataType) -> bool {
    data_type.is_primitive()
        || data_type.is_string()
        || data_type.is_binary()
        || *data_type == DataType::Boolean
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
