//! How a recognised join runs: which side is built, by which strategy, or by DataFusion's own operators after all.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, JoinSide, JoinType, NullEquality, Result, ScalarValue};
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::memory_pool::MemoryLimit;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator, UserDefinedLogicalNode, binary_expr};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::cast;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, PartitionMode};
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};

use super::Sides;
use super::candidates::candidates;
use super::estimate::{RowEstimate, distinct_values, most_rows, range_of, total_bytes};
use super::filter::join_filter;
use super::node::IndexJoinNode;
use super::order::order_joins;
use super::predicate::Predicate;
use super::selectivity::best;
use crate::index::IndexKind;
use crate::operator::{IndexJoinExec, IndexJoinParts, SharedIndex, can_group};
use crate::settings::JoinSettings;

/// DataFusion's planner, which also orders and plans index joins.
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
        let ordered = order_joins(plan, &planner, session).await?;
        planner.create_physical_plan(&ordered, session).await
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
        let create =
            |expr: &Expr, schema: &DFSchema| planner.create_physical_expr(expr, schema, session, context);
        let settings = JoinSettings::of(session.config_options());
        let better = with_best_predicate(node, [left, right], &settings);
        let join = PlannedJoin::new(better.as_ref().unwrap_or(node), [left, right], &create, session);
        join.plan().map(Some)
    }
}

/// The join with the predicate for an index that statistics say is the best; `None` where it has that, or no other.
fn with_best_predicate(
    node: &IndexJoinNode,
    inputs: [&Arc<dyn ExecutionPlan>; 2],
    settings: &JoinSettings,
) -> Option<IndexJoinNode> {
    let sides = Sides {
        left: node.left.schema(),
        right: node.right.schema(),
    };
    let mut conditions = node.predicate.conditions().to_vec();
    conditions.extend(
        node.filter
            .clone()
            .map(split_conjunction_owned)
            .unwrap_or_default(),
    );
    let mut predicates = candidates(&conditions, !node.on.is_empty(), &sides);
    predicates.retain(|predicate| !predicate.is_left_to_datafusion(settings));
    if predicates.is_empty() {
        return None;
    }
    let best = predicates.swap_remove(best(&predicates, &node.on, &inputs));
    (best != node.predicate).then(|| node.clone().with_predicate(best, &conditions))
}

pub(crate) type CreateExpr<'a> = &'a (dyn Fn(&Expr, &DFSchema) -> Result<Arc<dyn PhysicalExpr>> + Sync);

/// Pairs of equal keys, left and right.
pub(crate) type EqualKeys = Vec<(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)>;

/// An equal key, left and right, and the type of both.
pub(crate) type EqualKey = (Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>, DataType);

/// A join whose inputs are planned.
pub(crate) struct PlannedJoin<'a> {
    node: &'a IndexJoinNode,
    inputs: [&'a Arc<dyn ExecutionPlan>; 2],
    create: CreateExpr<'a>,
    /// The session's.
    pub(crate) settings: JoinSettings,
    /// How many bytes the session may take, where that is limited.
    pub(crate) memory_limit: Option<usize>,
}

/// The index that the planner decided for, and why.
pub(crate) struct Choice {
    /// Which input is indexed.
    pub(crate) build_side: JoinSide,
    pub(crate) index: Arc<dyn IndexKind>,
    /// For EXPLAIN.
    pub(crate) why: String,
}

/// What the planner decided for.
pub(crate) enum How {
    Index(Choice),
    /// Another operator of ours.
    Plan(Arc<dyn ExecutionPlan>),
}

impl<'a> PlannedJoin<'a> {
    pub(crate) fn new(
        node: &'a IndexJoinNode,
        inputs: [&'a Arc<dyn ExecutionPlan>; 2],
        create: CreateExpr<'a>,
        session: &dyn Session,
    ) -> Self {
        Self {
            node,
            inputs,
            create,
            settings: JoinSettings::of(session.config_options()),
            memory_limit: match session.runtime_env().memory_pool.memory_limit() {
                MemoryLimit::Finite(bytes) => Some(bytes),
                _ => None,
            },
        }
    }

    /// How it runs; `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self) -> Result<Option<How>> {
        Ok(match &self.node.predicate {
            left if left.is_left_to_datafusion(&self.settings) => None,
            Predicate::Range(range) => range.choose(self)?.map(How::Index),
            Predicate::Band(band) => band.choose(self)?,
            Predicate::Fence(fence) => fence.choose(self)?.map(How::Index),
            Predicate::Near(near) => near.choose(self)?.map(How::Index),
        })
    }

    pub(crate) fn join_type(&self) -> JoinType {
        self.node.join_type
    }

    pub(crate) fn null_equality(&self) -> NullEquality {
        self.node.null_equality
    }

    /// An expression over the columns of one side.
    pub(crate) fn physical(&self, expr: &Expr, side: JoinSide) -> Result<Arc<dyn PhysicalExpr>> {
        let schema = match side {
            JoinSide::Left => self.node.left.schema(),
            _ => self.node.right.schema(),
        };
        (self.create)(expr, schema)
    }

    /// An expression over the columns of a schema.
    pub(crate) fn physical_over(&self, expr: &Expr, schema: &DFSchema) -> Result<Arc<dyn PhysicalExpr>> {
        (self.create)(expr, schema)
    }

    /// An expression over the columns of one side, in `Float64`.
    pub(crate) fn physical_number(&self, expr: &Expr, side: JoinSide) -> Result<Arc<dyn PhysicalExpr>> {
        let number = self.physical(expr, side)?;
        let schema = self.input(side).schema();
        // A column stays a column, so that the scan below can be told what to leave out.
        match number.data_type(&schema)? {
            DataType::Float64 => Ok(number),
            _ => cast(number, &schema, DataType::Float64),
        }
    }

    /// One of the inputs.
    pub(crate) fn input(&self, side: JoinSide) -> &Arc<dyn ExecutionPlan> {
        match side {
            JoinSide::Left => self.inputs[0],
            _ => self.inputs[1],
        }
    }

    /// Of the left and of the right input.
    pub(crate) fn rows(&self) -> [RowEstimate; 2] {
        self.inputs.map(RowEstimate::of)
    }

    /// The most rows that an input can have, whatever its filters keep, where statistics tell.
    pub(crate) fn most_rows(&self, side: JoinSide) -> Option<usize> {
        most_rows(self.input(side))
    }

    /// Bytes of all rows of an input, about, where statistics tell.
    pub(crate) fn bytes(&self, side: JoinSide) -> Option<usize> {
        total_bytes(self.input(side))
    }

    /// The least and the greatest value of a column of an input, where statistics tell.
    pub(crate) fn range_of(&self, key: &Expr, side: JoinSide) -> Option<(ScalarValue, ScalarValue)> {
        range_of(key, self.input(side))
    }

    pub(crate) fn has_equal_keys(&self) -> bool {
        !self.node.on.is_empty()
    }

    /// The join's one equal key, left and right, and its type, where NULL equals nothing.
    pub(crate) fn single_equal_key(&self) -> Result<Option<EqualKey>> {
        let [(left, right)] = self.node.on.as_slice() else {
            return Ok(None);
        };
        if self.node.null_equality == NullEquality::NullEqualsNull {
            return Ok(None);
        }
        let left = self.physical(left, JoinSide::Left)?;
        let right = self.physical(right, JoinSide::Right)?;
        let data_type = left.data_type(&self.inputs[0].schema())?;
        let same = data_type == right.data_type(&self.inputs[1].schema())?;
        Ok(same.then_some((left, right, data_type)))
    }

    /// Whether groups can be made of some of the equal keys.
    pub(crate) fn has_groups(&self) -> Result<bool> {
        Ok(!self.equal_keys()?.0.is_empty())
    }

    /// Whether some of the equal keys are no part of these groups.
    pub(crate) fn has_ungrouped_keys(&self) -> Result<bool> {
        Ok(!self.equal_keys()?.1.is_empty())
    }

    /// Whether one side has a single row at most.
    pub(crate) fn has_single_row(&self) -> bool {
        let single = |side: RowEstimate| side.exact_rows().is_some_and(|rows| rows <= 1);
        self.rows().into_iter().any(single)
    }

    /// Whether one side has a single row at most, and there are no equal keys: a nested loop over it is a filter.
    pub(crate) fn is_trivial(&self) -> bool {
        !self.has_equal_keys() && self.has_single_row()
    }

    /// Whether many rows share each combination of equal keys, where statistics tell; they seldom do.
    pub(crate) fn equal_keys_are_coarse(&self) -> Option<bool> {
        let coarse = |keys: Vec<&Expr>, input: &Arc<dyn ExecutionPlan>| {
            let distinct = keys.iter().map(|key| distinct_values(key, input));
            let distinct = distinct.product::<Option<usize>>()?;
            Some(RowEstimate::of(input).rows()? > COARSE * distinct.max(1))
        };
        let (left, right) = self.node.on.iter().map(|(left, right)| (left, right)).unzip();
        match (coarse(left, self.inputs[0]), coarse(right, self.inputs[1])) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (left, right) => Some(left? && right?),
        }
    }

    fn plan(&self) -> Result<Arc<dyn ExecutionPlan>> {
        match self.choose()? {
            Some(How::Index(choice)) => self.index_join(choice),
            Some(How::Plan(plan)) => Ok(plan),
            None => self.hand_back(),
        }
    }

    pub(crate) fn sides(&self) -> Sides<'_> {
        Sides {
            left: self.node.left.schema(),
            right: self.node.right.schema(),
        }
    }

    fn index_join(&self, choice: Choice) -> Result<Arc<dyn ExecutionPlan>> {
        let node = self.node;
        let (on, filter) = match choice.index.holds_equal_keys() {
            true => (Vec::new(), self.join_filter(Vec::new())?),
            false => self.conditions()?,
        };
        let [left, right] = self.inputs.map(Arc::clone);
        let parts = IndexJoinParts {
            left,
            right,
            join_type: node.join_type,
            build_side: choice.build_side,
            index: choice.index,
            on,
            null_equality: node.null_equality,
            filter,
            projection: None,
            why: self.why(choice.why),
            share: node.sampled.map(|sampled| sampled.share),
            matching: node.sampled.map(|sampled| sampled.matching),
            shared: Arc::new(SharedIndex::default()),
        };
        Ok(Arc::new(IndexJoinExec::try_new(parts)?))
    }

    /// For EXPLAIN: why this join runs as it does, and what was said of it before.
    pub(crate) fn why(&self, own: String) -> String {
        let notes = [&self.node.note, &self.node.sample].into_iter().flatten();
        notes.fold(own, |said, note| format!("{said}; {note}"))
    }

    /// The equal keys that rows can be grouped and ordered by, and what else a pair must satisfy.
    pub(crate) fn conditions(&self) -> Result<(EqualKeys, Option<JoinFilter>)> {
        let (on, residual) = self.equal_keys()?;
        Ok((on, self.join_filter(residual)?))
    }

    /// Some conditions, and those beside the join's predicate.
    fn join_filter(&self, conditions: Vec<Expr>) -> Result<Option<JoinFilter>> {
        conjunction(conditions.into_iter().chain(self.node.filter.clone()))
            .map(|filter| join_filter(&filter, &self.sides(), self.create))
            .transpose()
    }

    /// Pairs of equal keys that groups can be made of, and the others as conditions.
    fn equal_keys(&self) -> Result<(EqualKeys, Vec<Expr>)> {
        let (mut on, mut rest) = (Vec::new(), Vec::new());
        for (left, right) in &self.node.on {
            let left_key = self.physical(left, JoinSide::Left)?;
            let right_key = self.physical(right, JoinSide::Right)?;
            let left_type = left_key.data_type(&self.inputs[0].schema())?;
            let same = left_type == right_key.data_type(&self.inputs[1].schema())?;
            if same && can_group(&left_type) {
                on.push((left_key, right_key));
            } else {
                rest.push(equality(left, right, self.node.null_equality));
            }
        }
        Ok((on, rest))
    }

    /// All equal keys, left and right, as a hash join takes them.
    pub(crate) fn hash_keys(&self) -> Result<EqualKeys> {
        let on = self.node.on.iter().map(|(left, right)| {
            Ok((
                self.physical(left, JoinSide::Left)?,
                self.physical(right, JoinSide::Right)?,
            ))
        });
        on.collect()
    }

    /// All conditions but the equal keys, as they were written.
    pub(crate) fn whole_filter(&self) -> Result<Option<JoinFilter>> {
        self.join_filter(self.node.predicate.conditions().to_vec())
    }

    /// The join as DataFusion plans it: with equal keys a hash join, else a nested loop.
    fn hand_back(&self) -> Result<Arc<dyn ExecutionPlan>> {
        let node = self.node;
        let filter = self.whole_filter()?;
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
        Ok(Arc::new(HashJoinExec::try_new(
            left,
            right,
            self.hash_keys()?,
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

/// A pair of equal keys as a condition.
fn equality(left: &Expr, right: &Expr, nulls: NullEquality) -> Expr {
    let operator = match nulls {
        NullEquality::NullEqualsNothing => Operator::Eq,
        NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
    };
    binary_expr(left.clone(), operator, right.clone())
}
