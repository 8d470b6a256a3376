//! Output rows from row numbers of both sides.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::{BatchCoalescer, filter_record_batch, take};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::cast::as_boolean_array;
use datafusion::common::{JoinSide, Result};
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};

use super::shape::Membership;
use crate::index::Pairs;

/// Where the columns of the output come from.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) schema: SchemaRef,
    /// One for each column of the schema.
    pub(crate) columns: Vec<ColumnIndex>,
    pub(crate) build_side: JoinSide,
}

/// Rows of one side, or so many NULLs in their place.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    Of(&'a RecordBatch, &'a UInt32Array),
    Null,
}

impl Layout {
    /// A row for each position of `build` and `probe`, which are equally long.
    pub(crate) fn rows(&self, build: Rows<'_>, probe: Rows<'_>, count: usize) -> Result<RecordBatch> {
        self.columns_of(count, |column, position| {
            match self.source(column, build, probe) {
                Some(Rows::Of(batch, rows)) => Ok(take(batch.column(column.index), rows, None)?),
                _ => Ok(new_null_array(self.schema.field(position).data_type(), count)),
            }
        })
    }

    /// Rows of one side, with the mark column if the join has one.
    pub(crate) fn marked(&self, batch: &RecordBatch, mark: &BooleanArray) -> Result<RecordBatch> {
        self.columns_of(batch.num_rows(), |column, _| match column.side {
            JoinSide::None => Ok(Arc::new(mark.clone()) as ArrayRef),
            _ => Ok(Arc::clone(batch.column(column.index))),
        })
    }

    /// Rows of one side that are members, or all of them with their mark.
    pub(crate) fn members(
        &self,
        batch: &RecordBatch,
        matched: BooleanArray,
        membership: Membership,
    ) -> Result<RecordBatch> {
        let marked = self.marked(batch, &matched)?;
        Ok(match membership {
            Membership::Semi => filter_record_batch(&marked, &matched)?,
            Membership::Anti => filter_record_batch(&marked, &BooleanArray::new(!matched.values(), None))?,
            Membership::Mark => marked,
        })
    }

    fn source<'a>(&self, column: &ColumnIndex, build: Rows<'a>, probe: Rows<'a>) -> Option<Rows<'a>> {
        match column.side {
            JoinSide::None => None,
            side if side == self.build_side => Some(build),
            _ => Some(probe),
        }
    }

    fn columns_of(
        &self,
        count: usize,
        column: impl Fn(&ColumnIndex, usize) -> Result<ArrayRef>,
    ) -> Result<RecordBatch> {
        let columns = self
            .columns
            .iter()
            .enumerate()
            .map(|(position, index)| column(index, position));
        // A count alone has no columns, and its batches still have rows.
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        Ok(RecordBatch::try_new_with_options(
            Arc::clone(&self.schema),
            columns.collect::<Result<_>>()?,
            &options,
        )?)
    }
}

/// Batches that are ready to come out: small ones become large ones, in the order in which they came.
pub(crate) struct Ready {
    batches: VecDeque<RecordBatch>,
    /// None where there are no columns.
    coalescer: Option<BatchCoalescer>,
}

impl Ready {
    /// Of batches of that many rows at most.
    pub(crate) fn new(schema: &SchemaRef, batch_size: usize) -> Self {
        let coalescer = (!schema.fields().is_empty()).then(|| {
            BatchCoalescer::new(Arc::clone(schema), batch_size)
                .with_biggest_coalesce_batch_size(Some((batch_size / 2).max(1)))
        });
        Self {
            batches: VecDeque::new(),
            coalescer,
        }
    }

    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        match &mut self.coalescer {
            Some(coalescer) => coalescer.push_batch(batch)?,
            None => self.batches.push_back(batch),
        }
        self.take_completed();
        Ok(())
    }

    /// A batch that is not put together with others.
    pub(crate) fn push_alone(&mut self, batch: RecordBatch) -> Result<()> {
        self.finish()?;
        self.batches.push_back(batch);
        Ok(())
    }

    /// What came before is put together with nothing that comes after this.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if let Some(coalescer) = &mut self.coalescer {
            coalescer.finish_buffered_batch()?;
        }
        self.take_completed();
        Ok(())
    }

    pub(crate) fn pop(&mut self) -> Option<RecordBatch> {
        self.batches.pop_front()
    }

    fn take_completed(&mut self) {
        if let Some(coalescer) = &mut self.coalescer {
            while let Some(batch) = coalescer.next_completed_batch() {
                self.batches.push_back(batch);
            }
        }
    }
}

/// The most rows a column can have whose values are all of this one, however often each comes: one of texts or bytes that counts them in
/// 32 bits has an end, and the outline of one site may be a megabyte.
fn most_rows(column: &ArrayRef) -> usize {
    let widest = |offsets: &[i32]| {
        offsets
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .max()
            .unwrap_or(0)
    };
    let widest = match column.data_type() {
        DataType::Utf8 => widest(column.as_string::<i32>().value_offsets()),
        DataType::Binary => widest(column.as_binary::<i32>().value_offsets()),
        _ => return usize::MAX,
    };
    (i32::MAX / widest.max(1)) as usize
}

/// The most pairs at a time, at least one, of which a side's rows are in a batch: by the columns that come out and those that the residual
/// needs.
pub(crate) fn most_pairs(
    batch: &RecordBatch,
    is_build: bool,
    layout: &Layout,
    residual: Option<&Residual>,
) -> usize {
    let tested = residual.map_or(&[][..], |residual| residual.filter.column_indices());
    let columns = layout.columns.iter().chain(tested);
    let own = columns
        .filter(|column| column.side != JoinSide::None && (column.side == layout.build_side) == is_build);
    let most = own.map(|column| most_rows(batch.column(column.index)));
    most.min().unwrap_or(usize::MAX).max(1)
}

/// The part of the join's condition that the index does not answer.
///
/// It is evaluated here and never as a filter above the operator: DataFusion 55.2 maps the columns of such a filter by name
/// when it pushes it down, and both sides of a self join have the same names.
#[derive(Debug, Clone)]
pub(crate) struct Residual {
    pub(crate) filter: JoinFilter,
    pub(crate) build_side: JoinSide,
}

impl Residual {
    /// Keeps the pairs that satisfy it.
    pub(crate) fn keep(&self, build: &RecordBatch, probe: &RecordBatch, pairs: Pairs) -> Result<Pairs> {
        let count = pairs.len();
        let (build_rows, probe_rows) = (UInt32Array::from(pairs.build), UInt32Array::from(pairs.probe));
        let layout = Layout {
            schema: Arc::clone(self.filter.schema()),
            columns: self.filter.column_indices().to_vec(),
            build_side: self.build_side,
        };
        let batch = layout.rows(Rows::Of(build, &build_rows), Rows::Of(probe, &probe_rows), count)?;
        let kept = self.filter.expression().evaluate(&batch)?.into_array(count)?;
        let kept = as_boolean_array(&kept)?;
        let mut pairs = Pairs::default();
        for row in 0..count {
            if kept.is_valid(row) && kept.value(row) {
                pairs.build.push(build_rows.value(row));
                pairs.probe.push(probe_rows.value(row));
            }
        }
        Ok(pairs)
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
