//! A small sample of one input probed through the index of another, where statistics cannot say how many matches a row has.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, HashSet, JoinSide, JoinType, NullEquality};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::physical_planner::PhysicalPlanner;

use super::pieces::{PIECES, in_order, is_volatile, pieces_of, rows_of, rows_of_table};
use crate::index::{JoinIndex, KeyedRows, Pairs};
use crate::operator::evaluate;
use crate::plan::estimate::RowEstimate;
use crate::plan::node::IndexJoinNode;
use crate::plan::predicate::Predicate;
use crate::plan::{Choice, How, PlannedJoin};

/// How many rows a piece of the probe side has, and of a build side that is not read whole.
const PROBE_ROWS_A_PIECE: usize = 512;
const BUILD_ROWS_A_PIECE: usize = 256;
/// An index over more rows or bytes than this would take longer to build than the plan may take.
const MOST_BUILD_ROWS: usize = PIECES * BUILD_ROWS_A_PIECE;
const MOST_BUILD_BYTES: usize = 32 << 20;
/// What these rows are filtered from is read whole, if it is not larger.
const MOST_TABLE_ROWS: usize = 1 << 17;
/// So many probe rows are looked up first, then twice as many each time, and none any more once so many matches are found: some
/// kinds measure each.
const FIRST_ROWS: usize = 4;
const ENOUGH_MATCHES: usize = 1 << 12;

/// What a sample says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// The share of all pairs that match.
    pub(super) share: f64,
    /// How many matches a row of the probe side has.
    pub(super) matches_a_row: f64,
    /// How many rows were looked up.
    pub(super) rows: usize,
    /// Whether the index had all rows of its side.
    pub(super) whole: bool,
}

/// Probes some rows of one input through an index of the other, of pieces of it where it is large; `None` where the index would
/// still be too large, no piece of an input can be read, or anything fails: that is for the query itself to say.
///
/// None either where both are in pieces and in the order of their keys: then pieces meet where their places in the two tables are the
/// same, and nowhere else.
pub(super) async fn sample(
    inputs: [&LogicalPlan; 2],
    predicate: &Predicate,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Option<Sample> {
    // Reading tables needs the runtime that a query runs in.
    tokio::runtime::Handle::try_current().ok()?;
    if inputs.into_iter().any(is_volatile) {
        return None;
    }
    let [left, right] = inputs.map(|input| only_columns_of(predicate, input));
    let (left, right) = (left?, right?);
    let plan = |input: LogicalPlan| async move { planner.create_physical_plan(&input, session).await.ok() };
    let (left_plan, right_plan) = (plan(left.clone()).await?, plan(right.clone()).await?);
    let node = IndexJoinNode::try_new(
        (left, right),
        JoinType::Inner,
        NullEquality::NullEqualsNothing,
        Vec::new(),
        predicate.clone(),
        None,
    );
    let create = |expr: &Expr, schema: &DFSchema| session.create_physical_expr(expr.clone(), schema);
    let join = PlannedJoin::new(&node.ok()?, [&left_plan, &right_plan], &create, session).choose();
    let Ok(Some(How::Index(join))) = join else {
        return None;
    };
    let (build, probe) = match join.build_side {
        JoinSide::Left => (left_plan, right_plan),
        _ => (right_plan, left_plan),
    };
    let all_build_rows = RowEstimate::of(&build).rows()?;
    let whole = all_build_rows <= MOST_BUILD_ROWS && rows_of_table(&build)? <= MOST_TABLE_ROWS;
    let build = match whole {
        true => build,
        false => pieces_of(build, BUILD_ROWS_A_PIECE)?,
    };
    let probe = pieces_of(probe, PROBE_ROWS_A_PIECE)?;
    let build = rows_of(build, session).await?;
    let probe = rows_of(probe, session).await?;
    let build_rows = if whole { build.num_rows() } else { all_build_rows };
    look_up(&join, &build, &probe, build_rows)
}

/// The input without the columns that the predicate does not need.
fn only_columns_of(predicate: &Predicate, input: &LogicalPlan) -> Option<LogicalPlan> {
    let needed: HashSet<_> = predicate
        .keys()
        .into_iter()
        .flat_map(|key| key.column_refs())
        .collect();
    let columns = input.schema().columns().into_iter();
    let columns = columns.filter(|column| needed.contains(column)).map(Expr::Column);
    let narrow = LogicalPlanBuilder::from(input.clone())
        .project(columns)
        .and_then(LogicalPlanBuilder::build);
    let narrow = OptimizeProjections::new().rewrite(narrow.ok()?, &OptimizerContext::new());
    narrow.ok().map(|narrow| narrow.data)
}

/// Looks up the probe rows in an index of the build rows, which stand for so many.
fn look_up(join: &Choice, build: &RecordBatch, probe: &RecordBatch, stands_for: usize) -> Option<Sample> {
    let keyed = |exprs, rows: &RecordBatch| {
        Some(KeyedRows {
            rows: rows.num_rows(),
            keys: evaluate(exprs, rows).ok()?,
            groups: None,
        })
    };
    let kind = &join.index;
    let build_rows = keyed(kind.build_keys(), build)?;
    if kind.build_bytes(&build_rows) > MOST_BUILD_BYTES || probe.num_rows() == 0 || build_rows.rows == 0 {
        return None;
    }
    if build_rows.rows < stands_for {
        let probe_rows = keyed(kind.probe_keys(), probe)?;
        let first_in_order = |rows: &KeyedRows| rows.keys.first().is_some_and(in_order);
        if first_in_order(&build_rows) && first_in_order(&probe_rows) {
            return None;
        }
    }
    let index = kind.build(&build_rows, 1).ok()?;
    let (mut found, mut rows, mut next) = (0, 0, FIRST_ROWS);
    while rows < probe.num_rows() && found < ENOUGH_MATCHES {
        let some = probe.slice(rows, next.min(probe.num_rows() - rows));
        found += count(Arc::clone(&index), keyed(kind.probe_keys(), &some)?)?;
        rows += some.num_rows();
        next *= 2;
    }
    // None at all in so many is most likely less than one in twice as many.
    let share = (found as f64).max(0.5) / rows as f64 / build_rows.rows as f64;
    Some(Sample {
        share,
        matches_a_row: share * stands_for as f64,
        rows,
        whole: build_rows.rows >= stands_for,
    })
}

fn count(index: Arc<dyn JoinIndex>, rows: KeyedRows) -> Option<usize> {
    let mut matches = index.probe(rows).ok()?;
    let (mut pairs, mut found, mut more) = (Pairs::default(), 0, true);
    while more {
        pairs.clear();
        more = matches.next(ENOUGH_MATCHES, &mut pairs);
        found += pairs.len();
    }
    Some(found)
}
