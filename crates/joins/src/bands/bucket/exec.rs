//! [`BandBucketsExec`]: rows in their buckets of time.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{ColumnStatistics, Result, Statistics, internal_err, plan_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::metrics::{
    BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet, RecordOutput,
};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use futures::{StreamExt, stream};
use tieline_functions::Plain;

use super::super::types::{Counts, is_supported, units_of};

/// The name of the column that is added.
pub(super) const BUCKET: &str = "band_bucket";

/// What a [`BandBucketsExec`] is made of; everything else follows.
#[derive(Debug, Clone)]
pub struct BandBucketsParts {
    /// Whose rows they are.
    pub input: Arc<dyn ExecutionPlan>,
    /// A time of each row.
    pub time: Arc<dyn PhysicalExpr>,
    /// What the time is counted in; `None` for its own unit.
    pub unit: Option<TimeUnit>,
    /// From so far above its time on a row is in buckets, in that unit.
    pub first: i64,
    /// Up to so far above its time. Less than `first`, and no row is in a bucket.
    pub last: i64,
    /// How wide a bucket is.
    pub width: u64,
    /// Whether a row without a time comes out, without a bucket.
    pub keeps_null: bool,
    /// A time further from zero than this is an error, because the condition on it could overflow.
    pub safe: i64,
    /// Why this strategy, for EXPLAIN.
    pub why: String,
}

/// Adds a column to the rows of its input, the bucket of a time. A row in several buckets comes several times.
#[derive(Debug)]
pub struct BandBucketsExec {
    parts: BandBucketsParts,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl BandBucketsExec {
    /// Of these parts.
    ///
    /// # Errors
    /// Where buckets have no width, and where the time is of a type that has none.
    pub fn try_new(parts: BandBucketsParts) -> Result<Self> {
        let input = parts.input.schema();
        let time = parts.time.data_type(&input)?;
        let is_counted = parts.unit.is_none_or(|unit| units_of(&time, unit).is_some());
        if parts.width == 0 || !is_supported(&time) || !is_counted {
            return plan_err!("buckets have a width, and times of a type that an index takes");
        }
        let bucket = Arc::new(Field::new(BUCKET, DataType::Int64, true));
        let fields: Vec<_> = input.fields().iter().cloned().chain([bucket]).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, input.metadata().clone()));
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(parts.input.output_partitioning().partition_count()),
            parts.input.pipeline_behavior(),
            parts.input.boundedness(),
        );
        Ok(Self {
            parts,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// What it is made of.
    pub fn parts(&self) -> &BandBucketsParts {
        &self.parts
    }
}

/// The rows of a batch in their buckets, so many at a time at most.
fn in_buckets(
    parts: &BandBucketsParts,
    schema: &SchemaRef,
    batch: &RecordBatch,
    batch_size: usize,
) -> Result<Vec<RecordBatch>> {
    let times = parts.time.evaluate(batch)?.into_array(batch.num_rows())?;
    let counts = Counts::of(&times, parts.unit)?;
    let width = i128::from(parts.width);
    let (mut rows, mut buckets) = (Vec::new(), Vec::new());
    for (row, time) in counts.values.iter().enumerate() {
        if counts.is_null(row) {
            if parts.keeps_null {
                rows.push(row as u32);
                buckets.push(None);
            }
            continue;
        }
        if parts.safe != i64::MAX && time.unsigned_abs() > parts.safe.unsigned_abs() {
            return Err(Plain(
                "a time is too far out for the buckets of a band: set tieline.band_strategy = 'sorted'",
            )
            .into());
        }
        let first = (i128::from(*time) + i128::from(parts.first)).div_euclid(width);
        let last = i128::from(*time) + i128::from(parts.last);
        let last = if parts.first > parts.last {
            first - 1
        } else {
            last.div_euclid(width)
        };
        for bucket in first..=last {
            // Of the other side no time is further out.
            if let Ok(bucket) = i64::try_from(bucket) {
                rows.push(row as u32);
                buckets.push(Some(bucket));
            }
        }
    }
    let chunks = rows.chunks(batch_size).zip(buckets.chunks(batch_size));
    let batches = chunks.map(|(rows, buckets)| {
        let rows = UInt32Array::from(rows.to_vec());
        let columns = batch.columns().iter().map(|column| take(column, &rows, None));
        let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
        columns.push(Arc::new(Int64Array::from(buckets.to_vec())) as ArrayRef);
        Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
    });
    batches.collect()
}

impl ExecutionPlan for BandBucketsExec {
    fn name(&self) -> &'static str {
        "BandBucketsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.parts.input]
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        datafusion::physical_plan::apply_expression_roots([&self.parts.time], visit)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([input]) = <[_; 1]>::try_from(children) else {
            return internal_err!("BandBucketsExec has one input");
        };
        let parts = BandBucketsParts {
            input,
            ..self.parts.clone()
        };
        Ok(Arc::new(Self::try_new(parts)?))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(
            children,
            ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute),
        )
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (parts, schema) = (self.parts.clone(), self.schema());
        let batch_size = context.session_config().batch_size().max(1);
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let input = self.parts.input.execute(partition, context)?;
        let rows = input.map(move |batch| {
            let batches = batch.and_then(|batch| {
                let _timer = metrics.elapsed_compute().timer();
                in_buckets(&parts, &schema, &batch, batch_size)
            });
            let batches = match batches {
                Ok(batches) => batches
                    .into_iter()
                    .map(|batch| Ok(batch.record_output(&metrics)))
                    .collect(),
                Err(error) => vec![Err(error)],
            };
            stream::iter(batches)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            rows.flatten(),
        )))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let Some(input) = inputs.first() else {
            return Ok(Arc::new(Statistics::new_unknown(&self.schema())));
        };
        let mut statistics = input.as_ref().clone().to_inexact();
        statistics.column_statistics.push(ColumnStatistics::new_unknown());
        if self.parts.first != self.parts.last {
            let twice = |rows: usize| rows.saturating_mul(2);
            statistics.num_rows =
                Precision::from(statistics.num_rows.get_value().copied().map(twice)).to_inexact();
        }
        Ok(Arc::new(statistics))
    }
}

impl DisplayAs for BandBucketsExec {
    fn fmt_as(&self, format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BandBucketsParts {
            time,
            first,
            last,
            width,
            why,
            ..
        } = &self.parts;
        if format == DisplayFormatType::TreeRender {
            return writeln!(formatter, "time={time}\nwidth={width}");
        }
        write!(
            formatter,
            "BandBucketsExec: time={time}, from={first}, to={last}, width={width}, why={why}"
        )
    }
}
