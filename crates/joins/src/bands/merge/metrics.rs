//! What EXPLAIN ANALYZE says of a merge.

use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, Gauge, MetricBuilder};

use crate::operator::ProbeMetrics;

/// Counted by every partition.
#[derive(Debug)]
pub(super) struct MergeMetrics {
    /// Of the side that streams.
    pub(super) probe: ProbeMetrics,
    /// Rows of the window side.
    pub(super) window_rows: Count,
    /// The most bytes that the window has held.
    pub(super) window_bytes: Gauge,
}

impl MergeMetrics {
    pub(super) fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Self {
        Self {
            probe: ProbeMetrics::new(metrics, partition),
            window_rows: MetricBuilder::new(metrics).counter("window_rows", partition),
            window_bytes: MetricBuilder::new(metrics).gauge("window_bytes", partition),
        }
    }
}
