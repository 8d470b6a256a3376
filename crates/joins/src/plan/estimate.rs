//! How many rows a side has, as far as statistics tell.

use std::fmt;
use std::sync::Arc;

use datafusion::common::stats::Precision;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// Rows of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowEstimate(Precision<usize>);

impl RowEstimate {
    /// Of a plan; absent where its statistics cannot be had.
    pub(super) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new());
        Self(statistics.map_or(Precision::Absent, |statistics| statistics.num_rows))
    }

    /// The number, exact or not.
    pub(super) fn rows(self) -> Option<usize> {
        self.0.get_value().copied()
    }

    /// The number if it is exact.
    pub(super) fn exact_rows(self) -> Option<usize> {
        match self.0 {
            Precision::Exact(rows) => Some(rows),
            _ => None,
        }
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
