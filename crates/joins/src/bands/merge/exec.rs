//! [`BandMergeExec`]: the operator as DataFusion sees it.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{JoinSide, JoinType, NullEquality, Result, Statistics, internal_err, plan_err};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, LexOrdering, OrderingRequirements, PhysicalExpr};
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
    InputDistributionRequirements, Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use futures::StreamExt;

use super::super::kind::BandKind;
use super::memory::for_sorts;
use super::metrics::MergeMetrics;
use super::order::order;
use super::rows::Reader;
use super::stream::{Merge, State};
use super::window::Window;
use crate::index::IndexKind;
use crate::operator::{JoinOutput, Layout, Residual, Shape, explain_conditions, parents_filters, projected};
use crate::plan::estimated_row_bytes;

/// What a [`BandMergeExec`] is made of; everything else follows.
#[derive(Debug, Clone)]
pub struct BandMergeParts {
    /// The left input.
    pub left: Arc<dyn ExecutionPlan>,
    /// The right input.
    pub right: Arc<dyn ExecutionPlan>,
    /// The kind of the join, as to left and right.
    pub join_type: JoinType,
    /// Which input has its rows held while they are open: left or right. The other one streams.
    pub window_side: JoinSide,
    /// The band, without its equal keys. What it builds is the window side; where that has two bounds, not the point.
    pub band: BandKind,
    /// Pairs of equal keys, left and right, of equal types that have one order.
    pub on: Vec<(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)>,
    /// Whether NULL equals NULL among them.
    pub null_equality: NullEquality,
    /// What else a pair must satisfy.
    pub filter: Option<JoinFilter>,
    /// Positions of the join's columns that come out; all of them if `None`.
    pub projection: Option<Vec<usize>>,
    /// Whether the rows with times beyond [`BandKind::safe`] come first within their key. Else such a row is an error.
    pub far_first: bool,
    /// Whether both inputs are read as one partition, in the order that they have, rather than by their keys.
    pub single: bool,
    /// Why this strategy, for EXPLAIN.
    pub why: String,
}

/// A band join of two inputs that come by key and time: it holds the rows of one that a later row of the other may match.
///
/// Both inputs are partitioned by the equal keys, unless they have the order already, and sorted by them and the time:
/// DataFusion adds what is missing. Rows come out in the order of the side that streams, unless unmatched rows of the other
/// are emitted.
#[derive(Debug)]
pub struct BandMergeExec {
    parts: BandMergeParts,
    shape: Shape,
    /// Of the left and the right input.
    orders: [LexOrdering; 2],
    /// Of the whole join, before the projection.
    join_columns: Vec<ColumnIndex>,
    join_schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl BandMergeExec {
    /// A join of these parts.
    ///
    /// # Errors
    /// Where the parts do not fit each other, or the projection names a column that is not there.
    pub fn try_new(parts: BandMergeParts) -> Result<Self> {
        let (left, right) = (parts.left.schema(), parts.right.schema());
        let (window, stream) = match parts.window_side {
            JoinSide::Left => (&left, &right),
            _ => (&right, &left),
        };
        parts.band.check_schema(window, stream)?;
        if parts.band.holds_equal_keys() || (parts.band.builds_point && parts.band.probe.len() > 1) {
            return plan_err!("a merge has its equal keys beside the band, and intervals in its window");
        }
        let (join_schema, join_columns) = build_join_schema(&left, &right, &parts.join_type);
        let join_schema = Arc::new(join_schema);
        let shape = Shape::of(parts.join_type, parts.window_side);
        Ok(Self {
            orders: orders(&parts)?,
            properties: Arc::new(properties(&parts, shape, &join_schema)?),
            parts,
            shape,
            join_columns,
            join_schema,
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// What it is made of.
    pub fn parts(&self) -> &BandMergeParts {
        &self.parts
    }

    /// Whether each input comes with the order that the join needs.
    pub(super) fn is_ordered(&self) -> Result<bool> {
        let [left, right] = &self.orders;
        let has = |input: &Arc<dyn ExecutionPlan>, order: &LexOrdering| {
            input.equivalence_properties().ordering_satisfy(order.clone())
        };
        Ok(has(&self.parts.left, left)? && has(&self.parts.right, right)?)
    }

    fn reader(&self, side: JoinSide) -> Result<Reader> {
        let parts = &self.parts;
        let times = match side == parts.window_side {
            true => &parts.band.build,
            false => &parts.band.probe,
        };
        let safe = parts.band.check.as_ref().map(|_| parts.band.safe);
        let (keys, schema) = match side {
            JoinSide::Left => (left_keys(parts), parts.left.schema()),
            _ => (right_keys(parts), parts.right.schema()),
        };
        Reader::try_new(
            keys,
            times.clone(),
            (parts.null_equality, safe, parts.band.unit),
            &schema,
        )
    }
}

fn left_keys(parts: &BandMergeParts) -> Vec<Arc<dyn PhysicalExpr>> {
    parts.on.iter().map(|(left, _)| Arc::clone(left)).collect()
}

fn right_keys(parts: &BandMergeParts) -> Vec<Arc<dyn PhysicalExpr>> {
    parts.on.iter().map(|(_, right)| Arc::clone(right)).collect()
}

/// Bytes of a row of the wider input, about.
fn row_bytes(window: &Arc<dyn ExecutionPlan>, stream: &Arc<dyn ExecutionPlan>) -> usize {
    estimated_row_bytes(&window.schema()).max(estimated_row_bytes(&stream.schema()))
}

/// Whether rows come out in the order of the stream: its unmatched ones come out in their places.
fn keeps_stream_order(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Pairs {
            keep_build: false,
            ..
        } | Shape::Probe(_)
    )
}

/// The order that the left and the right input must have.
fn orders(parts: &BandMergeParts) -> Result<[LexOrdering; 2]> {
    let far_first = (parts.far_first.then_some(parts.band.safe), parts.band.unit);
    let (left, right) = match parts.window_side {
        JoinSide::Left => (&parts.band.build, &parts.band.probe),
        _ => (&parts.band.probe, &parts.band.build),
    };
    Ok([
        order(left_keys(parts), left, far_first, &parts.left.schema())?,
        order(right_keys(parts), right, far_first, &parts.right.schema())?,
    ])
}

/// Order, partitions and when rows come out.
fn properties(parts: &BandMergeParts, shape: Shape, join_schema: &SchemaRef) -> Result<PlanProperties> {
    let (stream, stream_side) = match parts.window_side {
        JoinSide::Left => (&parts.right, JoinSide::Right),
        _ => (&parts.left, JoinSide::Left),
    };
    let equivalences = JoinOutput {
        left: &parts.left,
        right: &parts.right,
        join_type: parts.join_type,
        on: &parts.on,
        projection: parts.projection.as_deref(),
        // A partition of one side meets that of the other with the same keys, and no other.
        mixes: [false, false],
    }
    .equivalences(join_schema, keeps_stream_order(shape), stream_side)?;
    let boundedness = match parts.left.boundedness().is_unbounded() {
        true => parts.left.boundedness(),
        false => parts.right.boundedness(),
    };
    Ok(PlanProperties::new(
        equivalences,
        Partitioning::UnknownPartitioning(stream.output_partitioning().partition_count()),
        EmissionType::Incremental,
        boundedness,
    ))
}

impl ExecutionPlan for BandMergeExec {
    fn name(&self) -> &'static str {
        "BandMergeExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        match self.parts.single {
            true => InputDistributionRequirements::new(vec![
                Distribution::SinglePartition,
                Distribution::SinglePartition,
            ]),
            false => InputDistributionRequirements::co_partitioned(vec![
                Distribution::KeyPartitioned(left_keys(&self.parts)),
                Distribution::KeyPartitioned(right_keys(&self.parts)),
            ]),
        }
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        let orders = self.orders.iter().cloned();
        orders
            .map(|order| Some(OrderingRequirements::from(order)))
            .collect()
    }

    /// None, though the stream's is there afterwards, as the properties say: by this DataFusion would have another order that is asked of
    /// the output made below, in place of the one that is needed here.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false; 2]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.parts.left, &self.parts.right]
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let band = &self.parts.band;
        let times = band.build.iter().chain(&band.probe);
        let on = self.parts.on.iter().flat_map(|(left, right)| [left, right]);
        let filter = self.parts.filter.iter().map(JoinFilter::expression);
        datafusion::physical_plan::apply_expression_roots(times.chain(on).chain(filter), visit)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([left, right]) = <[_; 2]>::try_from(children) else {
            return internal_err!("BandMergeExec has two inputs");
        };
        let parts = BandMergeParts {
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

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let parts = &self.parts;
        let partitions = |input: &Arc<dyn ExecutionPlan>| input.output_partitioning().partition_count();
        if partitions(&parts.left) != partitions(&parts.right) {
            return internal_err!("the inputs of BandMergeExec must have the same partitions");
        }
        let (window, stream, stream_side) = match parts.window_side {
            JoinSide::Left => (&parts.left, &parts.right, JoinSide::Right),
            _ => (&parts.right, &parts.left, JoinSide::Left),
        };
        let layout = Layout {
            schema: self.schema(),
            columns: projected(&self.join_columns, parts.projection.as_deref()),
            build_side: parts.window_side,
        };
        let batch_size = context.session_config().batch_size().max(1);
        let reservation = MemoryConsumer::new(format!("BandMergeExec window[{partition}]"));
        // What has its order is not sorted.
        let inputs = match parts.single {
            true => Arc::clone(&context),
            false => for_sorts(
                Arc::clone(&context),
                partitions(window),
                row_bytes(window, stream),
            ),
        };
        let merge = Merge {
            shape: self.shape,
            residual: parts.filter.clone().map(|filter| Residual {
                filter,
                build_side: parts.window_side,
            }),
            check: parts.band.check.clone(),
            far_first: parts.far_first,
            state: State::new(&layout, batch_size),
            layout,
            batch_size,
            metrics: MergeMetrics::new(&self.metrics, partition),
            reader: self.reader(stream_side)?,
            window: Window::try_new(
                parts.band.clone(),
                self.reader(parts.window_side)?,
                RecordBatch::new_empty(window.schema()),
                self.shape.needs_build_matches(),
                reservation.register(context.memory_pool()),
            )?,
            input: Some(stream.execute(partition, Arc::clone(&inputs))?.peekable()),
            window_input: window.execute(partition, inputs)?.peekable(),
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            merge.run(),
        )))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition), ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        let rows = |side: usize| inputs.get(side)?.num_rows.get_value().copied();
        let (window, stream) = match self.parts.window_side {
            JoinSide::Left => (rows(0), rows(1)),
            _ => (rows(1), rows(0)),
        };
        let matches = self.parts.band.matches_a_row();
        statistics.num_rows = self.shape.estimated_rows((window, stream), matches, None);
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
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let (left, right) = (&self.parts.left, &self.parts.right);
        // Before that phase there are only static filters, and the logical optimizer has pushed those.
        if phase != FilterPushdownPhase::Post {
            return Ok(FilterDescription::all_unsupported(&parents, &[left, right]));
        }
        let columns = projected(&self.join_columns, self.parts.projection.as_deref());
        let (left, right) = parents_filters(self.parts.join_type, &columns, (left, right), &parents)?;
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

impl EmbeddedProjection for BandMergeExec {
    fn with_projection(&self, projection: Option<Vec<usize>>) -> Result<Self> {
        Self::try_new(BandMergeParts {
            projection,
            ..self.parts.clone()
        })
    }
}

impl DisplayAs for BandMergeExec {
    fn fmt_as(&self, format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.parts;
        let band = parts.band.condition();
        if format == DisplayFormatType::TreeRender {
            writeln!(formatter, "band={band}")?;
            return writeln!(formatter, "window={}", parts.window_side);
        }
        let window = match parts.window_side {
            JoinSide::Left => "left",
            _ => "right",
        };
        let join_type = parts.join_type;
        write!(
            formatter,
            "BandMergeExec: join_type={join_type:?}, window={window}, band=[{band}]"
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
