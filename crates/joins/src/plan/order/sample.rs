//! A small sample of one input probed through the index of another, where statistics cannot say how many matches a row has.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, HashSet, JoinSide, JoinType, NullEquality};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::PhysicalPlanner;

use super::has_join;
use super::pieces::{PIECES, all_rows_of, in_order, is_volatile, pieces_of, rows_of_table};
use crate::index::{JoinIndex, KeyedRows, Pairs};
use crate::operator::{IndexJoinExec, IndexJoinParts, Matching, SharedIndex, evaluate};
use crate::pages::KeptRows;
use crate::plan::estimate::RowEstimate;
use crate::plan::node::IndexJoinNode;
use crate::plan::predicate::Predicate;
use crate::plan::{Choice, GatedPushdown, How, PlannedJoin};

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
    matches_a_row: f64,
    pub(super) matching: Matching,
    /// How many rows were looked up.
    rows: usize,
    /// Whether the index had all rows of its side.
    pub(super) whole: bool,
}

/// For EXPLAIN.
impl fmt::Display for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            matches_a_row,
            rows,
            matching,
            ..
        } = self;
        write!(
            formatter,
            "{matches_a_row:.3} matches a row in a sample of {rows}"
        )?;
        match matching.read < 1.0 {
            true => write!(
                formatter,
                " from the {:.1} % that statistics do not rule out",
                matching.read * 100.0
            ),
            false => Ok(()),
        }
    }
}

/// Probes some rows of one input through an index of the other, of pieces of it where it is large; `None` where the index would
/// still be too large, no piece of an input can be read, or anything fails: that is for the query itself to say.
///
/// None either where both are in pieces and in the order of their keys: then pieces meet where their places in the two tables are the
/// same, and nowhere else.
pub(super) async fn sample(
    inputs: [&LogicalPlan; 2],
    predicate: &Predicate,
    join_type: JoinType,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Option<Sample> {
    // Reading tables needs the runtime that a query runs in.
    tokio::runtime::Handle::try_current().ok()?;
    if inputs
        .into_iter()
        .any(|input| is_volatile(input) || has_join(input))
    {
        return None;
    }
    let (join, build, probe) = planned(inputs, predicate, join_type, planner, session).await?;
    let all_build_rows = RowEstimate::of(&build).rows()?;
    let whole = all_build_rows <= MOST_BUILD_ROWS && rows_of_table(&build)? <= MOST_TABLE_ROWS;
    let build_pieces = match whole {
        true => Arc::clone(&build),
        false => pieces_of(Arc::clone(&build), BUILD_ROWS_A_PIECE, None)?,
    };
    let build_rows = all_rows_of(build_pieces, session).await?;
    let stands_for = if whole {
        build_rows.num_rows()
    } else {
        all_build_rows
    };
    let keyed_build_rows = keyed(join.index.build_keys(), &build_rows)?;
    let index = index_of(&join, &keyed_build_rows)?;
    let kept = match whole {
        true => kept_rows(&join, (build, Arc::clone(&probe)), Arc::clone(&index), session).await,
        false => None,
    };
    let probe = pieces_of(probe, PROBE_ROWS_A_PIECE, kept.as_ref())?;
    let probe = all_rows_of(probe, session).await?;
    // Where statistics rule out all, that is known; where no row passes the filters of its side, nothing is.
    if probe.num_rows() == 0 && kept.as_ref().is_none_or(|kept| kept.share > 0.0) {
        return None;
    }
    let keyed_probe_rows = keyed(join.index.probe_keys(), &probe)?;
    let first_in_order = |rows: &KeyedRows| rows.keys.first().is_some_and(in_order);
    if !whole && first_in_order(&keyed_build_rows) && first_in_order(&keyed_probe_rows) {
        return None;
    }
    let found = look_up(&join, &index, &probe)?;
    Some(found.sample(
        kept.map_or(1.0, |kept| kept.share),
        keyed_build_rows.rows,
        stands_for,
    ))
}

/// How the join of the predicate would run, and the plans of the side that is indexed and of the other.
async fn planned(
    inputs: [&LogicalPlan; 2],
    predicate: &Predicate,
    join_type: JoinType,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Option<(Choice, Arc<dyn ExecutionPlan>, Arc<dyn ExecutionPlan>)> {
    let [left, right] = inputs.map(|input| only_columns_of(predicate, input));
    let (left, right) = (left?, right?);
    let plan = |input: LogicalPlan| async move { planner.create_physical_plan(&input, session).await.ok() };
    let (left_plan, right_plan) = (plan(left.clone()).await?, plan(right.clone()).await?);
    let node = IndexJoinNode::try_new(
        (left, right),
        join_type,
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
    Some(match join.build_side {
        JoinSide::Left => (join, left_plan, right_plan),
        _ => (join, right_plan, left_plan),
    })
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

fn keyed(keys: &[Arc<dyn PhysicalExpr>], rows: &RecordBatch) -> Option<KeyedRows> {
    Some(KeyedRows {
        rows: rows.num_rows(),
        keys: evaluate(keys, rows).ok()?,
        groups: None,
    })
}

fn index_of(join: &Choice, build_rows: &KeyedRows) -> Option<Arc<dyn JoinIndex>> {
    let is_small = join.index.build_bytes(build_rows) <= MOST_BUILD_BYTES;
    (is_small && build_rows.rows > 0).then(|| join.index.build(build_rows, 1).ok())?
}

/// The rows of the probe side's table that the index does not rule out by statistics of files and pages, as the scan of the join will find
/// them; `None` where that is all, or not known.
async fn kept_rows(
    join: &Choice,
    (build, probe): (Arc<dyn ExecutionPlan>, Arc<dyn ExecutionPlan>),
    index: Arc<dyn JoinIndex>,
    session: &dyn Session,
) -> Option<KeptRows> {
    let shared = Arc::new(SharedIndex::default());
    shared.set(index);
    let join = IndexJoinExec::try_new(IndexJoinParts {
        left: build,
        right: probe,
        join_type: JoinType::Inner,
        build_side: JoinSide::Left,
        index: Arc::clone(&join.index),
        on: Vec::new(),
        null_equality: NullEquality::NullEqualsNothing,
        filter: None,
        projection: None,
        why: String::new(),
        share: None,
        matching: None,
        shared,
    });
    let pushed = GatedPushdown::last().optimize(Arc::new(join.ok()?), session.config_options());
    let mut scan = Arc::clone(pushed.ok()?.children().get(1)?);
    while let [input] = scan.children().as_slice() {
        scan = Arc::clone(input);
    }
    KeptRows::of(scan.downcast_ref()?, session.config_options()).await
}

/// What was found of the rows that were looked up.
struct Found {
    matches: usize,
    /// Whether each has one.
    matched: Vec<bool>,
}

/// Looks up the probe rows in an index.
fn look_up(join: &Choice, index: &Arc<dyn JoinIndex>, probe: &RecordBatch) -> Option<Found> {
    let mut found = Found {
        matches: 0,
        matched: Vec::new(),
    };
    let mut next = FIRST_ROWS;
    while found.matched.len() < probe.num_rows() && found.matches < ENOUGH_MATCHES {
        let first = found.matched.len();
        let some = probe.slice(first, next.min(probe.num_rows() - first));
        found.add(Arc::clone(index), keyed(join.index.probe_keys(), &some)?)?;
        next *= 2;
    }
    Some(found)
}

impl Found {
    fn add(&mut self, index: Arc<dyn JoinIndex>, rows: KeyedRows) -> Option<()> {
        let first = self.matched.len();
        self.matched.resize(first + rows.rows, false);
        let mut matches = index.probe(rows).ok()?;
        let (mut pairs, mut more) = (Pairs::default(), true);
        while more {
            pairs.clear();
            more = matches.next(ENOUGH_MATCHES, &mut pairs);
            self.matches += pairs.len();
            for row in &pairs.probe {
                *self.matched.get_mut(first + *row as usize)? = true;
            }
        }
        Some(())
    }

    /// None at all in so many is most likely less than one in twice as many.
    fn sample(&self, read: f64, build_rows: usize, stands_for: usize) -> Sample {
        let rows = self.matched.len();
        let per_row = |count: usize| (count as f64).max(0.5) / rows.max(1) as f64;
        let runs = self.matched.chunk_by(|one, next| one == next);
        let runs = runs.filter(|run| run.first() == Some(&true)).count();
        let share = per_row(self.matches) * read / build_rows as f64;
        Sample {
            share,
            matches_a_row: share * stands_for as f64,
            matching: Matching {
                read,
                rows: per_row(self.matched.iter().filter(|matched| **matched).count()),
                runs: per_row(runs),
            },
            rows,
            whole: build_rows >= stands_for,
        }
    }
}
