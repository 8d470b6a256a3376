//! A small sample of one input probed through the index of another, where statistics cannot say how many matches a row has.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, HashSet, JoinSide, JoinType, NullEquality};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, ParquetRowSelection};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::physical_planner::PhysicalPlanner;

use crate::index::{JoinIndex, KeyedRows, Pairs};
use crate::operator::evaluate;
use crate::plan::estimate::RowEstimate;
use crate::plan::node::IndexJoinNode;
use crate::plan::predicate::Predicate;
use crate::plan::{Choice, How, PlannedJoin};

/// How many pieces of a table are read, and how many rows each has: few, so that they cost a few milliseconds, and far apart,
/// so that a table in some order is seen everywhere.
const PIECES: usize = 16;
const ROWS_A_PIECE: usize = 512;
/// An index over more rows or bytes than this would take longer to build than the plan may take.
const MOST_BUILD_ROWS: usize = 4096;
const MOST_BUILD_BYTES: usize = 32 << 20;
/// What these rows are filtered from is read whole.
const MOST_TABLE_ROWS: usize = 1 << 17;
/// So many probe rows are looked up at a time, and none any more once so many matches are found: some kinds measure each.
const ROWS_AT_A_TIME: usize = 64;
const ENOUGH_MATCHES: usize = 1 << 15;

/// What a sample says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// How many matches a row of the probe side has.
    pub(super) matches_a_row: f64,
    /// How many rows the build side has.
    pub(super) build_rows: usize,
    /// How many rows were looked up.
    pub(super) rows: usize,
}

/// Probes some rows of one input through the index of the other; `None` where the index would be too large, no piece of the
/// input can be read, or anything fails: that is for the query itself to say.
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
    if RowEstimate::of(&build).rows()? > MOST_BUILD_ROWS || rows_of_table(&build)? > MOST_TABLE_ROWS {
        return None;
    }
    let probe = pieces_of(probe)?;
    let build = rows_of(build, session).await?;
    let probe = rows_of(probe, session).await?;
    look_up(&join, &build, &probe)
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

async fn rows_of(plan: Arc<dyn ExecutionPlan>, session: &dyn Session) -> Option<RecordBatch> {
    let schema = plan.schema();
    let batches = collect(plan, session.task_ctx()).await.ok()?;
    concat_batches(&schema, &batches).ok()
}

fn look_up(join: &Choice, build: &RecordBatch, probe: &RecordBatch) -> Option<Sample> {
    let keyed = |exprs, rows: &RecordBatch| {
        Some(KeyedRows {
            rows: rows.num_rows(),
            keys: evaluate(exprs, rows).ok()?,
            groups: None,
        })
    };
    let kind = &join.index;
    let build_rows = keyed(kind.build_keys(), build)?;
    if kind.build_bytes(&build_rows) > MOST_BUILD_BYTES || probe.num_rows() == 0 {
        return None;
    }
    let index = kind.build(&build_rows, 1).ok()?;
    let (mut found, mut rows) = (0, 0);
    while rows < probe.num_rows() && found < ENOUGH_MATCHES {
        let some = probe.slice(rows, ROWS_AT_A_TIME.min(probe.num_rows() - rows));
        found += count(Arc::clone(&index), keyed(kind.probe_keys(), &some)?)?;
        rows += some.num_rows();
    }
    Some(Sample {
        // None at all in so many is most likely less than one in twice as many.
        matches_a_row: (found as f64).max(0.5) / rows as f64,
        build_rows: build.num_rows(),
        rows,
    })
}

fn count(index: Arc<dyn JoinIndex>, rows: KeyedRows) -> Option<usize> {
    let mut matches = index.probe(rows).ok()?;
    let (mut pairs, mut found, mut more) = (Pairs::default(), 0, true);
    while more {
        pairs.clear();
        more = matches.next(ROWS_A_PIECE * PIECES, &mut pairs);
        found += pairs.len();
    }
    Some(found)
}

/// Whether anything in a plan gives another value each time: then what it gives now says nothing.
fn is_volatile(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let visited = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            found |= expr.is_volatile();
            Ok(TreeNodeRecursion::Continue)
        })
    });
    found || visited.is_err()
}

/// The operators that give some of the rows of their input, each at most once, besides those that give all.
const SIMPLE: [&str; 3] = ["FilterExec", "RepartitionExec", "CooperativeExec"];

/// How many rows the one table of a plan has; `None` where the plan does more than read and filter it.
fn rows_of_table(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    match plan.children().as_slice() {
        [] if plan.is::<DataSourceExec>() => RowEstimate::of(plan).rows(),
        [child] => {
            let gives_all = matches!(plan.cardinality_effect(), CardinalityEffect::Equal);
            (gives_all || SIMPLE.contains(&plan.name()))
                .then(|| rows_of_table(child))
                .flatten()
        }
        _ => None,
    }
}

/// The plan over a few pieces of its table; `None` where it has not one table in memory or in Parquet.
fn pieces_of(plan: Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    rows_of_table(&plan)?;
    let pieces = plan.transform_up(|node| {
        if !node.children().is_empty() {
            return Ok(Transformed::no(node));
        }
        Ok(
            match node.downcast_ref::<DataSourceExec>().and_then(pieces_of_source) {
                Some(pieces) => Transformed::yes(Arc::new(pieces) as Arc<dyn ExecutionPlan>),
                None => Transformed::no(node),
            },
        )
    });
    let pieces = pieces.ok()?;
    pieces.transformed.then_some(pieces.data)
}

fn pieces_of_source(source: &DataSourceExec) -> Option<DataSourceExec> {
    if let Some((files, _)) = source.downcast_to_file_source::<ParquetSource>() {
        return pieces_of_files(files).map(|files| DataSourceExec::new(Arc::new(files)));
    }
    let memory = source.data_source().downcast_ref::<MemorySourceConfig>()?;
    let batches: Vec<&RecordBatch> = memory.partitions().iter().flatten().collect();
    let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    let mut pieces = Vec::new();
    let mut first = 0;
    for batch in batches {
        let end = first + batch.num_rows();
        for piece in piece_ranges(rows) {
            let (begin, end) = (piece.start.max(first), piece.end.min(end));
            if begin < end {
                pieces.push(batch.slice(begin - first, end - begin));
            }
        }
        first = end;
    }
    let pieces =
        MemorySourceConfig::try_new(&[pieces], memory.original_schema(), memory.projection().clone());
    Some(DataSourceExec::new(Arc::new(pieces.ok()?)))
}

/// The files with a selection of rows each.
fn pieces_of_files(scan: &FileScanConfig) -> Option<FileScanConfig> {
    // A large file is there several times, in ranges.
    let mut seen = HashSet::new();
    let all = || scan.file_groups.iter().flat_map(FileGroup::iter);
    let chosen_before = |file: &PartitionedFile| {
        file.extension::<ParquetRowSelection>().is_some() || file.extension::<ParquetAccessPlan>().is_some()
    };
    if all().any(chosen_before) {
        return None;
    }
    let files: Vec<_> = all()
        .filter(|file| seen.insert(file.object_meta.location.clone()))
        .map(|file| Some((file, *file.statistics.as_ref()?.num_rows.get_value()?)))
        .collect::<Option<_>>()?;
    let rows: usize = files.iter().map(|(_, rows)| rows).sum();
    let mut chosen = Vec::new();
    let mut first = 0;
    for (file, count) in files {
        let own = |piece: Range<usize>| {
            let (begin, end) = (piece.start.max(first), piece.end.min(first + count));
            (begin < end).then(|| begin - first..end - first)
        };
        let pieces: Vec<_> = piece_ranges(rows).filter_map(own).collect();
        if !pieces.is_empty() {
            let selection = RowSelection::from_consecutive_ranges(pieces.into_iter(), count);
            let mut file = file.clone().with_extension(ParquetRowSelection::new(selection));
            file.range = None;
            chosen.push(file);
        }
        first += count;
    }
    let mut pieces = scan.clone();
    pieces.file_groups = vec![FileGroup::new(chosen)];
    pieces.limit = None;
    Some(pieces)
}

/// The rows of the pieces of a table, ascending.
fn piece_ranges(rows: usize) -> impl Iterator<Item = Range<usize>> {
    let pieces = if rows <= PIECES * ROWS_A_PIECE { 1 } else { PIECES };
    let length = if pieces == 1 { rows } else { ROWS_A_PIECE };
    (0..pieces).map(move |piece| {
        let middle = rows * (2 * piece + 1) / (2 * pieces);
        let begin = middle - length / 2;
        begin..begin + length
    })
}

#[cfg(test)]
#[path = "sample_tests.rs"]
mod tests;
