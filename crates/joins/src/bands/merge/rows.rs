//! Rows of one input, with their keys and times.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::buffer::{Buffer, NullBuffer};
use datafusion::arrow::datatypes::{DataType, Schema, TimeUnit};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::{NullEquality, Result};
use datafusion::physical_expr::PhysicalExpr;

use super::super::types::Counts;
use super::order::ASCENDING;
use crate::operator::evaluate;

/// How the keys and times of one input are read. Keys are compared in arrow's row format, whose order is that of a sort.
pub(super) struct Reader {
    keys: Vec<Arc<dyn PhysicalExpr>>,
    times: Vec<Arc<dyn PhysicalExpr>>,
    converter: RowConverter,
    nulls: NullEquality,
    /// Rows with a time further from zero than this are far; none where there is no limit.
    safe: Option<i64>,
    /// What times are counted in, where that is not their own unit.
    unit: Option<TimeUnit>,
}

impl Reader {
    pub(super) fn try_new(
        keys: Vec<Arc<dyn PhysicalExpr>>,
        times: Vec<Arc<dyn PhysicalExpr>>,
        (nulls, safe, unit): (NullEquality, Option<i64>, Option<TimeUnit>),
        schema: &Schema,
    ) -> Result<Self> {
        let field =
            |key: &Arc<dyn PhysicalExpr>| Ok(SortField::new_with_options(key.data_type(schema)?, ASCENDING));
        let fields = keys.iter().map(field).collect::<Result<_>>()?;
        Ok(Self {
            keys,
            times,
            converter: RowConverter::new(fields)?,
            nulls,
            safe,
            unit,
        })
    }

    pub(super) fn read(&self, batch: RecordBatch) -> Result<KeyedBatch> {
        let keys = evaluate(&self.keys, &batch)?;
        let times = evaluate(&self.times, &batch)?;
        let counts = times.iter().map(|times| Counts::of(times, self.unit));
        let counts = counts.collect::<Result<Vec<_>>>()?;
        let of_keys = keys.iter().map(|key| match self.nulls {
            NullEquality::NullEqualsNull => None,
            NullEquality::NullEqualsNothing => key.logical_nulls(),
        });
        let of_times = counts.iter().map(|counts| counts.nulls.clone());
        let nulls = of_keys.chain(of_times);
        let nulls = nulls.fold(None, |one, other| NullBuffer::union(one.as_ref(), other.as_ref()));
        let mut rows = KeyedBatch {
            keys: self.converter.convert_columns(&keys)?,
            batch,
            times,
            counts,
            nulls: nulls.filter(|nulls| nulls.null_count() > 0),
            far: None,
        };
        if let Some(safe) = self.safe {
            let far = (0..rows.len()).map(|row| rows.is_live(row) && rows.is_beyond(row, safe));
            let far: Vec<bool> = far.collect();
            rows.far = far.contains(&true).then_some(far);
        }
        Ok(rows)
    }
}

/// A batch whose keys and times have been read.
pub(super) struct KeyedBatch {
    pub(super) batch: RecordBatch,
    pub(super) keys: Rows,
    /// As they came: one, or two bounds.
    pub(super) times: Vec<ArrayRef>,
    pub(super) counts: Vec<Counts>,
    nulls: Option<NullBuffer>,
    /// Which rows are far from zero, where some are.
    far: Option<Vec<bool>>,
}

impl KeyedBatch {
    pub(super) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether a row can match at all: neither its key nor a time is NULL.
    pub(super) fn is_live(&self, row: usize) -> bool {
        !self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    pub(super) fn has_far_rows(&self) -> bool {
        self.far.is_some()
    }

    /// Whether a row meets every row of its key, so that the condition as it was written decides.
    pub(super) fn is_far(&self, row: usize) -> bool {
        self.far.as_ref().is_some_and(|far| far[row])
    }

    /// A row's first and last time.
    pub(super) fn ends(&self, row: usize) -> (i128, i128) {
        let time = |counts: Option<&Counts>| counts.map_or(0, |counts| i128::from(counts.values[row]));
        (time(self.counts.first()), time(self.counts.last()))
    }

    /// Bytes that it takes; of a slice of larger arrays its own part.
    pub(super) fn bytes(&self) -> usize {
        batch_bytes(&self.batch) + self.keys.size() + self.len() * size_of::<i64>() * self.counts.len()
    }

    fn is_beyond(&self, row: usize, safe: i64) -> bool {
        let is_beyond = |counts: &Counts| counts.values[row].unsigned_abs() > safe.unsigned_abs();
        self.counts.iter().any(is_beyond)
    }
}

/// Bytes of the rows of a batch, which may be a part of larger arrays.
pub(super) fn batch_bytes(batch: &RecordBatch) -> usize {
    let columns = batch.columns().iter();
    let bytes = columns.map(|column| {
        let sliced = column.to_data().get_slice_memory_size();
        sliced.unwrap_or_else(|_| column.get_array_memory_size()) + viewed_bytes(column)
    });
    bytes.sum()
}

/// Bytes that the views of a column hold beside themselves: those of all its rows, and those that nothing refers to.
fn viewed_bytes(column: &ArrayRef) -> usize {
    let bytes = |buffers: &[Buffer]| buffers.iter().map(Buffer::len).sum();
    match column.data_type() {
        DataType::Utf8View => bytes(column.as_string_view().data_buffers()),
        DataType::BinaryView => bytes(column.as_binary_view().data_buffers()),
        _ => 0,
    }
}

/// The same rows, without what a view holds of rows that are not there: a few of them would keep all the others in memory.
pub(super) fn compacted(batch: RecordBatch) -> Result<RecordBatch> {
    let is_sparse = |held: usize, used: usize| held > 2 * used;
    let column = |column: &ArrayRef| -> ArrayRef {
        let held = viewed_bytes(column);
        match column.data_type() {
            DataType::Utf8View if is_sparse(held, column.as_string_view().total_buffer_bytes_used()) => {
                Arc::new(column.as_string_view().gc())
            }
            DataType::BinaryView if is_sparse(held, column.as_binary_view().total_buffer_bytes_used()) => {
                Arc::new(column.as_binary_view().gc())
            }
            _ => Arc::clone(column),
        }
    };
    if !batch.columns().iter().any(|column| viewed_bytes(column) > 0) {
        return Ok(batch);
    }
    let columns = batch.columns().iter().map(column).collect();
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}
