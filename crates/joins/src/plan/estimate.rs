//! How many rows and values a side has, as far as statistics tell.

use std::fmt;
use std::sync::Arc;

use datafusion::common::stats::Precision;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// Rows of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowEstimate(Precision<usize>);

impl RowEstimate {
    /// Of a plan; absent where its statistics cannot be had.
    pub(super) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new());
        Self(statistics.map_or(Precision::Absent, |statistics| statistics.num_rows))
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

/// How many values a column has, where statistics tell.
pub(super) fn distinct_values(key: &Expr, input: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let Expr::Column(column) = key else { return None };
    let position = input.schema().index_of(&column.name).ok()?;
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

impl fmt::Display for RowEstimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Precision::Exact(rows) => write!(formatter, "{rows}"),
            Precision::Inexact(rows) => write!(formatter, "about {rows}"),
            Precision::Absent => write!(formatter, "unknown"),
        }
    }
}
