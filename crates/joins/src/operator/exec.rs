//! [`IndexJoinExec`]: the operator as DataFusion sees it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{JoinSide, JoinType, NullEquality, Result, Statistics, internal_err};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation,
};
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter, build_join_schema};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::projection::{EmbeddedProjection, ProjectionExec, try_embed_projection};
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use futures::FutureExt;

use super::build::{Build, threads};
use super::filter::{IndexFilter, SharedIndex};
use super::groups::EqualKeys;
use super::input::{ProbeInput, ProbeInputs};
use super::join::{JoinOutput, explain_conditions, parents_filters, projected};
use super::metrics::{BuildMetrics, ProbeMetrics};
use super::output::{Layout, Residual};
use super::shape::Shape;
use super::stream::{BuildFuture, Probe};
use crate::index::IndexKind;

/// How the rows with a match lie among those of the probe side, by a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matching {
    /// The share of the rows that statistics do not rule out.
    pub read: f64,
    /// How many rows have a match, of one that is read.
    pub rows: f64,
    /// In how many runs of consecutive rows they are, of one that is read.
    pub runs: f64,
}

/// What an [`IndexJoinExec`] is made of; everything else follows.
#[derive(Debug, Clone)]
pub struct IndexJoinParts {
    /// The left input.
    pub left: Arc<dyn ExecutionPlan>,
    /// The right input.
    pub right: Arc<dyn ExecutionPlan>,
    /// The kind of the join, as to left and right.
    pub join_type: JoinType,
    /// Which input is collected and indexed: left or right.
    pub build_side: JoinSide,
    /// The indexed predicate.
    pub index: Arc<dyn IndexKind>,
    /// Pairs of equal keys, left and right, of equal types.
    pub on: Vec<(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)>,
    /// Whether NULL equals NULL among them.
    pub null_equality: NullEquality,
    /// What else a pair must satisfy.
    pub filter: Option<JoinFilter>,
    /// Positions of the join's columns that come out; all of them if `None`.
    pub projection: Option<Vec<usize>>,
    /// Why this side and this strategy, for EXPLAIN.
    pub why: String,
    /// What all conditions together keep of all pairs, where that is known: how many rows come out is estimated by it.
    pub share: Option<f64>,
    /// Where rows have a match, where that is known: whether the scan decodes late is decided by it when the plan is made.
    pub matching: Option<Matching>,
    /// Where the built index is published.
    pub shared: Arc<SharedIndex>,
}

/// A join that collects one input, builds an index of it and probes it with the stream of the other.
///
/// All partitions of the build side are read by one of the join's, at the same time; the output has the partitions of the probe
/// side, and its order where no unmatched rows are emitted. A join type that keeps build rows emits them when the last
/// partition of the probe side is done.
#[derive(Debug)]
pub struct IndexJoinExec {
    parts: IndexJoinParts,
    shape: Shape,
    /// Of the whole join, before the projection.
    join_columns: Vec<ColumnIndex>,
    join_schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
    build: Mutex<Option<BuildFuture>>,
    /// Of the partitions that run: they hold it, so that inputs go when a query is cancelled.
    inputs: Mutex<Weak<ProbeInputs>>,
}

impl IndexJoinExec {
    /// A join of these parts.
    ///
    /// # Errors
    /// Where the projection names a column that is not there.
    pub fn try_new(parts: IndexJoinParts) -> Result<Self> {
        let (join_schema, join_columns) =
            build_join_schema(&parts.left.schema(), &parts.right.schema(), &parts.join_type);
        let join_schema = Arc::new(join_schema);
        let shape = Shape::of(parts.join_type, parts.build_side);
        let properties = Arc::new(properties(&parts, shape, &join_schema)?);
        Ok(Self {
            parts,
            shape,
            join_columns,
            join_schema,
            properties,
            metrics: ExecutionPlanMetricsSet::new(),
            build: Mutex::new(None),
            inputs: Mutex::new(Weak::new()),
        })
    }

    /// What it is made of.
    pub fn parts(&self) -> &IndexJoinParts {
        &self.parts
    }

    /// Whether a row of the probe side without a match changes nothing: then the scan below may leave it out.
    pub(crate) fn drops_unmatched_probe_rows(&self) -> bool {
        self.shape.drops_unmatched_probe_rows()
    }

    /// Whether what comes out is a copy of what it takes of a batch of the probe side, which is let go of. Of a row of that side alone,
    /// batches may come out as they are, to be kept by who sorts them.
    pub(crate) fn lets_go_of_batches(&self) -> bool {
        !matches!(self.shape, Shape::Probe(_))
    }

    /// The same join over a probe side whose scan decodes late, for EXPLAIN with a note.
    pub(crate) fn over_late_columns(&self, probe: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let mut late = self.over(probe)?;
        late.parts
            .why
            .push_str("; the scan reads the other columns of matching rows alone");
        Ok(late)
    }

    /// The same over another probe side, of the same rows.
    pub(crate) fn over(&self, probe: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let mut parts = self.parts.clone();
        match self.builds_left() {
            true => parts.right = probe,
            false => parts.left = probe,
        }
        Self::try_new(parts)
    }

    /// The build side and the probe side.
    pub(crate) fn sides(&self) -> (&Arc<dyn ExecutionPlan>, &Arc<dyn ExecutionPlan>) {
        sides(&self.parts)
    }

    fn builds_left(&self) -> bool {
        self.parts.build_side == JoinSide::Left
    }

    /// Something for the left and something for the right, in that order, of something for build and probe.
    fn left_right<T>(&self, build: T, probe: T) -> Vec<T> {
        match self.builds_left() {
            true => vec![build, probe],
            false => vec![probe, build],
        }
    }

    fn equal_keys(&self) -> Option<EqualKeys> {
        let (left, right): (Vec<_>, Vec<_>) = self.parts.on.iter().cloned().unzip();
        let (build, probe) = if self.builds_left() {
            (left, right)
        } else {
            (right, left)
        };
        (!build.is_empty()).then_some(EqualKeys {
            build,
            probe,
            nulls: self.parts.null_equality,
        })
    }

    /// The columns that come out.
    fn output_columns(&self) -> Vec<ColumnIndex> {
        projected(&self.join_columns, self.parts.projection.as_deref())
    }

    /// The build side, started by the partition that comes first.
    fn build_future(&self, context: &Arc<TaskContext>) -> Result<BuildFuture> {
        let mut slot = self.build.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(build) = slot.as_ref() {
            return Ok(build.clone());
        }
        let (build_input, probe_input) = self.sides();
        let partitions = 0..build_input.output_partitioning().partition_count();
        let inputs = partitions.map(|partition| build_input.execute(partition, Arc::clone(context)));
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        let schema = build_input.schema();
        let build = Build {
            kind: Arc::clone(&self.parts.index),
            equal: self.equal_keys(),
            track_matches: self.shape.needs_build_matches(),
            probe_partitions: probe_input.output_partitioning().partition_count(),
            threads: threads(context),
            shared: Arc::clone(&self.parts.shared),
            reservation: Arc::new(
                MemoryConsumer::new("IndexJoinExec build side").register(context.memory_pool()),
            ),
            metrics: BuildMetrics::new(&self.metrics),
        };
        let future = async move { Ok(Arc::new(build.run(schema, inputs).await.map_err(Arc::new)?)) };
        let future = future.boxed().shared();
        *slot = Some(future.clone());
        Ok(future)
    }

    /// What a partition reads: its own rows alone, or any.
    fn open_probe(&self, partition: usize, context: &Arc<TaskContext>) -> Result<ProbeInput> {
        let (_, probe_input) = self.sides();
        let stream = probe_input.execute(partition, Arc::clone(context))?;
        let mut slot = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        let inputs = slot.upgrade().unwrap_or_else(|| {
            let partitions = probe_input.output_partitioning().partition_count();
            Arc::new(ProbeInputs::new(partitions))
        });
        *slot = Arc::downgrade(&inputs);
        Ok(inputs.open(partition, stream, !shares_probe_input(probe_input)))
    }

    /// The filters that the probe side's scan is given.
    fn index_filters(&self) -> Vec<Arc<dyn PhysicalExpr>> {
        let exact = self.parts.on.is_empty();
        IndexFilter::all_for(self.parts.index.probe_keys(), exact, &self.parts.shared)
    }
}

fn sides(parts: &IndexJoinParts) -> (&Arc<dyn ExecutionPlan>, &Arc<dyn ExecutionPlan>) {
    match parts.build_side {
        JoinSide::Left => (&parts.left, &parts.right),
        _ => (&parts.right, &parts.left),
    }
}

/// Whether a partition of the probe side that is done reads on where others are not. Where there is an order, it is kept.
fn shares_probe_input(probe: &Arc<dyn ExecutionPlan>) -> bool {
    probe.output_ordering().is_none()
}

/// Order, partitions and when rows come out.
fn properties(parts: &IndexJoinParts, shape: Shape, join_schema: &SchemaRef) -> Result<PlanProperties> {
    let (build, probe) = sides(parts);
    let keeps = shape.keeps_probe_order();
    let builds_left = parts.build_side == JoinSide::Left;
    let equivalences = JoinOutput {
        left: &parts.left,
        right: &parts.right,
        join_type: parts.join_type,
        on: &parts.on,
        projection: parts.projection.as_deref(),
        // All partitions of the build side are collected for each of the probe side.
        mixes: match builds_left {
            true => [true, shares_probe_input(probe)],
            false => [shares_probe_input(probe), true],
        },
    }
    .equivalences(
        join_schema,
        keeps,
        if builds_left {
            JoinSide::Right
        } else {
            JoinSide::Left
        },
    )?;
    let emission = match (shape, probe.pipeline_behavior()) {
        (Shape::Build(_), _) => EmissionType::Final,
        (Shape::Pairs { keep_build: true, .. }, _) => EmissionType::Both,
        (_, probe) => probe,
    };
    let boundedness = if build.boundedness().is_unbounded() {
        build.boundedness()
    } else {
        probe.boundedness()
    };
    Ok(PlanProperties::new(
        equivalences,
        Partitioning::UnknownPartitioning(probe.output_partitioning().partition_count()),
        emission,
        boundedness,
    ))
}

impl ExecutionPlan for IndexJoinExec {
    fn name(&self) -> &'static str {
        "IndexJoinExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    /// The build side is collected whole: dealt out to more partitions it would only lose its order.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        self.left_right(false, true)
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        let (_, probe) = self.sides();
        self.left_right(
            false,
            self.shape.keeps_probe_order() && !shares_probe_input(probe),
        )
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.parts.left, &self.parts.right]
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let index = &self.parts.index;
        let keys = index.build_keys().iter().chain(index.probe_keys());
        let on = self.parts.on.iter().flat_map(|(left, right)| [left, right]);
        let filter = self.parts.filter.iter().map(JoinFilter::expression);
        datafusion::physical_plan::apply_expression_roots(keys.chain(on).chain(filter), visit)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([left, right]) = <[_; 2]>::try_from(children) else {
            return internal_err!("IndexJoinExec has two inputs");
        };
        // The place of the index stays: a filter below may already refer to it.
        let parts = IndexJoinParts {
            left,
            right,
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

    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        // The index of the run before says nothing of the next one; until there is another, the scan keeps every row.
        self.parts.shared.clear();
        Ok(Arc::new(Self::try_new(self.parts.clone())?))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let build = self.build_future(&context)?;
        let input = self.open_probe(partition, &context)?;
        let probe = Probe {
            keys: self.parts.index.probe_keys().to_vec(),
            equal: self.equal_keys(),
            shape: self.shape,
            residual: self.parts.filter.clone().map(|filter| Residual {
                filter,
                build_side: self.parts.build_side,
            }),
            layout: Layout {
                schema: self.schema(),
                columns: self.output_columns(),
                build_side: self.parts.build_side,
            },
            batch_size: context.session_config().batch_size().max(1),
            metrics: ProbeMetrics::new(&self.metrics, partition),
        };
        let rows = probe.run(build, input);
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        self.left_right(ChildStats::At(None), ChildStats::At(partition))
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        let rows = |side: usize| {
            inputs
                .get(side)
                .and_then(|input| input.num_rows.get_value().copied())
        };
        let (build, probe) = if self.builds_left() {
            (rows(0), rows(1))
        } else {
            (rows(1), rows(0))
        };
        let sampled = self.parts.share.zip(build);
        let matches = sampled.map_or_else(
            || self.parts.index.matches_a_row(),
            |(share, build)| share * build as f64,
        );
        let with_match = self.parts.matching.map(|matching| matching.read * matching.rows);
        statistics.num_rows = self.shape.estimated_rows((build, probe), matches, with_match);
        Ok(Arc::new(statistics))
    }

    fn try_swapping_with_projection(
        &self,
        projection: &ProjectionExec,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        match self.parts.projection {
            Some(_) => Ok(None),
            None => try_embed_projection(projection, self),
        }
    }

    fn gather_filters_for_pushdown(
        &self,
        phase: FilterPushdownPhase,
        parents: Vec<Arc<dyn PhysicalExpr>>,
        config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let (left, right) = (&self.parts.left, &self.parts.right);
        // Before that phase there are only static filters, and the logical optimizer has pushed those.
        if phase != FilterPushdownPhase::Post {
            return Ok(FilterDescription::all_unsupported(&parents, &[left, right]));
        }
        let columns = self.output_columns();
        let (mut left, mut right) = parents_filters(self.parts.join_type, &columns, (left, right), &parents)?;
        if self.shape.drops_unmatched_probe_rows() && config.optimizer.enable_join_dynamic_filter_pushdown {
            let filters = self.index_filters();
            match self.builds_left() {
                true => right = right.with_self_filters(filters),
                false => left = left.with_self_filters(filters),
            }
        }
        Ok(FilterDescription::new().with_child(left).with_child(right))
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::if_any(result))
    }
}

impl EmbeddedProjection for IndexJoinExec {
    fn with_projection(&self, projection: Option<Vec<usize>>) -> Result<Self> {
        Self::try_new(IndexJoinParts {
            projection,
            ..self.parts.clone()
        })
    }
}

impl DisplayAs for IndexJoinExec {
    fn fmt_as(&self, format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.parts;
        if format == DisplayFormatType::TreeRender {
            writeln!(formatter, "index={}", parts.index)?;
            return writeln!(formatter, "build={}", parts.build_side);
        }
        write!(
            formatter,
            "IndexJoinExec: join_type={:?}, build={}, index=[{}]",
            parts.join_type,
            match parts.build_side {
                JoinSide::Left => "left",
                _ => "right",
            },
            parts.index
        )?;
        explain_conditions(
            formatter,
            &parts.on,
            parts.filter.as_ref(),
            (parts.projection.as_deref(), &self.join_schema),
        )?;
        write!(formatter, ", why={}", parts.why)
    }
}
