//! How a recognised join runs: which side is built, by which strategy, or by DataFusion's own operators after all.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, JoinSide, Result};
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNode};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, PartitionMode};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};
use tieline_index::ranges::RangeStrategy as Strategy;

use super::Sides;
use super::estimate::RowEstimate;
use super::filter::join_filter;
use super::node::IndexJoinNode;
use crate::index::IndexKind;
use crate::operator::{IndexJoinExec, IndexJoinParts, SharedIndex, can_group};
use crate::ranges::{RangeKind, RangeSource};
use crate::settings::{JoinSettings, RangeStrategy};

/// DataFusion's planner, which also plans index joins.
#[derive(Debug, Default)]
pub struct IndexJoinQueryPlanner;

#[async_trait]
impl QueryPlanner for IndexJoinQueryPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let planner = DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(IndexJoinPlanner)]);
        planner.create_physical_plan(plan, session).await
    }
}

/// Plans index joins, for a planner of one's own.
#[derive(Debug, Default)]
pub struct IndexJoinPlanner;

#[async_trait]
impl ExtensionPlanner for IndexJoinPlanner {
    async fn plan_extension(
        &self,
        planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        session: &dyn Session,
        context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let (Some(node), [left, right]) = (node.as_any().downcast_ref::<IndexJoinNode>(), physical_inputs)
        else {
            return Ok(None);
        };
        let physical =
            |expr: &Expr, schema: &DFSchema| planner.create_physical_expr(expr, schema, session, context);
        let join = PlannedJoin {
            node,
            inputs: [left, right],
            physical: &physical,
            strategy: JoinSettings::of(session.config_options()).range_strategy,
        };
        join.plan().map(Some)
    }
}

type Physical<'a> = &'a (dyn Fn(&Expr, &DFSchema) -> Result<Arc<dyn PhysicalExpr>> + Sync);

/// A join whose inputs are planned.
struct PlannedJoin<'a> {
    node: &'a IndexJoinNode,
    inputs: [&'a Arc<dyn ExecutionPlan>; 2],
    physical: Physical<'a>,
    strategy: RangeStrategy,
}

/// What the planner decided, and why.
struct Choice {
    builds_intervals: bool,
    strategy: Strategy,
    why: String,
}

impl PlannedJoin<'_> {
    fn plan(&self) -> Result<Arc<dyn ExecutionPlan>> {
        match self.choose() {
            Some(choice) => self.index_join(choice),
            None => self.hand_back(),
        }
    }

    fn sides(&self) -> Sides<'_> {
        Sides {
            left: self.node.left.schema(),
            right: self.node.right.schema(),
        }
    }

    /// `None` where DataFusion's own join does as well.
    fn choose(&self) -> Option<Choice> {
        let predicate = &self.node.predicate;
        let [left, right] = self.inputs.map(RowEstimate::of);
        let (points, intervals) = if predicate.point_left {
            (left, right)
        } else {
            (right, left)
        };
        let auto = self.strategy == RangeStrategy::Auto;
        // A nested loop over one row is a filter.
        let trivial = |side: RowEstimate| side.exact_rows().is_some_and(|rows| rows <= 1);
        if auto && self.node.on.is_empty() && (trivial(points) || trivial(intervals)) {
            return None;
        }
        // Where few rows share an equal key, a hash join has as few candidates, and finds them faster.
        if auto && !self.node.on.is_empty() && !self.equal_keys_are_coarse() {
            return None;
        }
        let counts = format!("{intervals} intervals, {points} points");
        // Prefixes have no order in which points could be looked up.
        let points_are_fewer = points
            .rows()
            .zip(intervals.rows())
            .is_some_and(|(points, intervals)| points < intervals);
        if auto && points_are_fewer && predicate.source != RangeSource::Cidr {
            return Some(Choice {
                builds_intervals: false,
                strategy: Strategy::Sorted,
                why: format!("auto, the points are fewer: {counts}"),
            });
        }
        let strategy = match self.strategy {
            RangeStrategy::Sorted => Strategy::Sorted,
            _ => Strategy::Segments,
        };
        let why = if auto {
            format!("auto, {counts}")
        } else {
            format!("set, {counts}")
        };
        Some(Choice {
            builds_intervals: true,
            strategy,
            why,
        })
    }

    /// Whether statistics say that many rows share each combination of equal keys. They seldom say anything: then it is
    /// taken that few do.
    fn equal_keys_are_coarse(&self) -> bool {
        let sides = self
            .node
            .on
            .iter()
            .map(|(left, right)| [(left, self.inputs[0]), (right, self.inputs[1])]);
        let coarse = |keys: Vec<(&Expr, &Arc<dyn ExecutionPlan>)>| {
            let rows = keys.first().and_then(|(_, input)| RowEstimate::of(input).rows());
            let distinct = keys
                .iter()
                .map(|(key, input)| distinct_values(key, input))
                .product::<Option<usize>>();
            rows.zip(distinct)
                .is_some_and(|(rows, distinct)| rows > COARSE * distinct.max(1))
        };
        let (left, right): (Vec<_>, Vec<_>) = sides.map(|[left, right]| (left, right)).unzip();
        coarse(left) && coarse(right)
    }

    fn index_join(&self, choice: Choice) -> Result<Arc<dyn ExecutionPlan>> {
        let node = self.node;
        let predicate = &node.predicate;
        let sides = self.sides();
        let (point_schema, interval_schema) = match predicate.point_left {
            true => (sides.left, sides.right),
            false => (sides.right, sides.left),
        };
        let interval = predicate
            .interval
            .iter()
            .map(|expr| (self.physical)(expr, interval_schema));
        let index: Arc<dyn IndexKind> = Arc::new(RangeKind {
            strategy: choice.strategy,
            source: predicate.source,
            builds_intervals: choice.builds_intervals,
            point: vec![(self.physical)(&predicate.point, point_schema)?],
            interval: interval.collect::<Result<_>>()?,
        });
        let builds_left = predicate.point_left != choice.builds_intervals;
        let (on, residual) = self.equal_keys()?;
        let filter = conjunction(residual.into_iter().chain(node.filter.clone()));
        let filter = filter
            .map(|filter| join_filter(&filter, &sides, self.physical))
            .transpose()?;
        let [left, right] = self.inputs.map(Arc::clone);
        let parts = IndexJoinParts {
            left,
            right,
            join_type: node.join_type,
            build_side: if builds_left {
                JoinSide::Left
            } else {
                JoinSide::Right
            },
            index,
            on,
            null_equality: node.null_equality,
            filter,
            projection: None,
            why: choice.why,
            shared: Arc::new(SharedIndex::default()),
        };
        Ok(Arc::new(IndexJoinExec::try_new(parts)?))
    }

    /// Pairs of equal keys that groups can be made of, and the others as conditions.
    #[expect(
        clippy::type_complexity,
        reason = "pairs as DataFusion has them, and what is left of them"
    )]
    fn equal_keys(&self) -> Result<(Vec<(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)>, Vec<Expr>)> {
        let sides = self.sides();
        let (mut on, mut rest) = (Vec::new(), Vec::new());
        for (left, right) in &self.node.on {
            let (left_key, right_key) = (
                (self.physical)(left, sides.left)?,
                (self.physical)(right, sides.right)?,
            );
            let left_type = left_key.data_type(&self.inputs[0].schema())?;
            let same = left_type == right_key.data_type(&self.inputs[1].schema())?;
            if same && can_group(&left_type) {
                on.push((left_key, right_key));
            } else {
                rest.push(equality(left, right, self.node));
            }
        }
        Ok((on, rest))
    }

    /// The join as DataFusion plans it: with equal keys a hash join, else a nested loop.
    fn hand_back(&self) -> Result<Arc<dyn ExecutionPlan>> {
        let node = self.node;
        let sides = self.sides();
        let conditions = node.predicate.conditions.iter().chain(&node.filter).cloned();
        let filter = conjunction(conditions)
            .map(|filter| join_filter(&filter, &sides, self.physical))
            .transpose()?;
        let [left, right] = self.inputs.map(Arc::clone);
        if node.on.is_empty() {
            return Ok(Arc::new(NestedLoopJoinExec::try_new(
                left,
                right,
                filter,
                &node.join_type,
                None,
            )?));
        }
        let on = node.on.iter().map(|(left, right)| {
            Ok((
                (self.physical)(left, sides.left)?,
                (self.physical)(right, sides.right)?,
            ))
        });
        Ok(Arc::new(HashJoinExec::try_new(
            left,
            right,
            on.collect::<Result<_>>()?,
            filter,
            &node.join_type,
            None,
            PartitionMode::Auto,
            node.null_equality,
            false,
        )?))
    }
}

/// More rows than this with one combination of equal keys are many.
const COARSE: usize = 64;

/// How many values a column has, where statistics tell.
fn distinct_values(key: &Expr, input: &Arc<dyn ExecutionPlan>) -> Option<usize> {
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

/// A pair of equal keys as a condition.
fn equality(left: &Expr, right: &Expr, node: &IndexJoinNode) -> Expr {
    use datafusion::common::NullEquality;
    use datafusion::logical_expr::{Operator, binary_expr};
    let operator = match node.null_equality {
        NullEquality::NullEqualsNothing => Operator::Eq,
        NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
    };
    binary_expr(left.clone(), operator, right.clone())
}
