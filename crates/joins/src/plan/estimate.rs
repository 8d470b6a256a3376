//! How many rows and values a side has, as far as statistics tell.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::stats::Precision;
use datafusion::common::{JoinSide, ScalarValue};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

use super::file_size::rows_by_file_size;
use super::selectivity::{Known, as_number};

/// Rows of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowEstimate(Precision<usize>);

impl RowEstimate {
    /// Of a plan; absent where there are no statistics, and no files whose size says something.
    pub(super) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new());
        let rows = statistics.map_or(Precision::Absent, |statistics| statistics.num_rows);
        Self(match rows {
            Precision::Absent => rows_by_file_size(plan).map_or(Precision::Absent, Precision::Inexact),
            known => known,
        })
    }

    /// The number, exact or not.
    pub(crate) fn rows(self) -> Option<usize> {
        self.0.get_value().copied()
    }

    /// The number if it is exact.
    pub(crate) fn exact_rows(self) -> Option<usize> {
        match self.0 {
            Precision::Exact(rows) => Some(rows),
            _ => None,
        }
    }
}

/// Bytes of all rows of an input, about, where statistics tell.
pub(super) fn total_bytes(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new());
    let statistics = statistics.ok()?;
    let width = estimated_row_bytes(&plan.schema());
    let of_rows = RowEstimate::of(plan)
        .rows()
        .map(|rows| rows.saturating_mul(width));
    // Of a file it may be what is stored there, packed.
    let told = statistics.total_byte_size.get_value().copied();
    of_rows.max(told)
}

/// Bytes of a row, about.
pub(crate) fn estimated_row_bytes(schema: &Schema) -> usize {
    let width = |field: &Arc<Field>| match field.data_type() {
        DataType::Boolean => 1,
        DataType::FixedSizeBinary(width) => usize::try_from(*width).unwrap_or(VARIABLE_BYTES),
        data_type => data_type.primitive_width().unwrap_or(VARIABLE_BYTES),
    };
    schema.fields().iter().map(width).sum()
}

/// What a text takes, about.
const VARIABLE_BYTES: usize = 32;

/// The position of a column, if no other has its name.
fn position_of(name: &str, input: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let schema = input.schema();
    let mut positions = (0..schema.fields().len()).filter(|position| schema.field(*position).name() == name);
    let position = positions.next()?;
    positions.next().is_none().then_some(position)
}

/// The least and the greatest value of a column, where statistics tell.
pub(super) fn range_of(key: &Expr, input: &Arc<dyn ExecutionPlan>) -> Option<(ScalarValue, ScalarValue)> {
    let Expr::Column(column) = key else { return None };
    let position = position_of(&column.name, input)?;
    let statistics = StatisticsContext::new()
        .compute(input.as_ref(), &StatisticsArgs::new())
        .ok()?;
    let column = statistics.column_statistics.get(position)?;
    let (least, greatest) = (column.min_value.get_value()?, column.max_value.get_value()?);
    Some((least.clone(), greatest.clone()))
}

/// How many values a column has, where statistics tell.
pub(super) fn distinct_values(key: &Expr, input: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let Expr::Column(column) = key else { return None };
    let position = position_of(&column.name, input)?;
    let statistics = StatisticsContext::new()
        .compute(input.as_ref(), &StatisticsArgs::new())
        .ok()?;
    statistics
        .column_statistics
        .get(position)?
        .distinct_count
        .get_value()
        .copied()
}

/// Rows of the table that an input is made of, before its filters.
pub(super) fn all_rows(plan: &Arc<dyn ExecutionPlan>) -> f64 {
    let own = RowEstimate::of(plan).rows().unwrap_or(0) as f64;
    match plan.children().as_slice() {
        [child] => own.max(all_rows(child)),
        _ => own,
    }
}

/// The most rows that a plan can give, whatever its filters keep.
pub(super) fn most_rows(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let own = RowEstimate::of(plan);
    let keeps = plan.is::<FilterExec>() || matches!(plan.cardinality_effect(), CardinalityEffect::Equal);
    let most = match (own.exact_rows(), plan.children().as_slice()) {
        (None, [child]) if keeps => most_rows(child),
        _ => own.rows(),
    };
    most.map(|most| plan.fetch().map_or(most, |fetch| most.min(fetch)))
}

/// The planned inputs of a join, left and right.
impl Known for [&Arc<dyn ExecutionPlan>; 2] {
    fn rows(&self, side: JoinSide) -> Option<f64> {
        let input = self[usize::from(side == JoinSide::Right)];
        RowEstimate::of(input).rows().map(|_| all_rows(input))
    }

    fn distinct(&self, key: &Expr, side: JoinSide) -> Option<f64> {
        distinct_values(key, self[usize::from(side == JoinSide::Right)]).map(|values| values as f64)
    }

    fn range(&self, expr: &Expr, side: JoinSide) -> Option<(f64, f64)> {
        let (least, greatest) = range_of(expr, self[usize::from(side == JoinSide::Right)])?;
        Some((as_number(&least)?, as_number(&greatest)?))
    }
}

impl fmt::Display for RowEstimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Precision::Exact(rows) => write!(formatter, "{rows}"),
            Precision::Inexact(rows) => write!(formatter, "about {rows}"),
            Precision::Absent => write!(formatter, "unknown"),
        }
    }
}
