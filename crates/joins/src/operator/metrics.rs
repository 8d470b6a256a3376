//! What EXPLAIN ANALYZE says of the operator.

use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, Gauge, MetricBuilder, Time,
};

/// Counted by the partition that builds, once.
#[derive(Debug)]
pub(crate) struct BuildMetrics {
    /// Rows of the build side.
    pub(crate) build_rows: Count,
    /// Time to make the index of them, once they are there.
    pub(crate) build_time: Time,
    /// Bytes of the index.
    pub(crate) index_bytes: Gauge,
}

/// Counted by every partition.
#[derive(Debug, Clone)]
pub(crate) struct ProbeMetrics {
    pub(crate) baseline: BaselineMetrics,
    /// Rows of the probe side.
    pub(crate) probe_rows: Count,
    /// Pairs that the index found.
    pub(crate) candidates: Count,
    /// Those that the residual condition kept.
    pub(crate) matches: Count,
}

impl BuildMetrics {
    pub(crate) fn new(metrics: &ExecutionPlanMetricsSet) -> Self {
        Self {
            build_rows: MetricBuilder::new(metrics).global_counter("build_rows"),
            build_time: MetricBuilder::new(metrics).subset_time("build_time", 0),
            index_bytes: MetricBuilder::new(metrics).gauge("index_bytes", 0),
        }
    }
}

impl ProbeMetrics {
    pub(crate) fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Self {
        let counter = |name: &'static str| MetricBuilder::new(metrics).counter(name, partition);
        Self {
            baseline: BaselineMetrics::new(metrics, partition),
            probe_rows: counter("probe_rows"),
            candidates: counter("candidates"),
            matches: counter("matches"),
        }
    }
}
