//! A small sample of one input probed through the index of another, where statistics cannot say how many matches a row has.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, HashSet, JoinSide, JoinType, NullEquality};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::parquet::arrow::arrow_reader::RowSelection;
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
    if RowEstimate::of(&build).rows()? > MOST_BUILD_ROWS {
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
    let found = count(index, keyed(kind.probe_keys(), probe)?)?;
    Some(Sample {
        // None at all in so many is most likely less than one in twice as many.
        matches_a_row: (found as f64).max(0.5) / probe.num_rows() as f64,
        build_rows: build.num_rows(),
        rows: probe.num_rows(),
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

/// The plan over a few pieces of its table; `None` where it has not one table in memory or in Parquet.
fn pieces_of(plan: Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let mut tables = 0;
    let pieces = plan.transform_up(|node| {
        if !node.children().is_empty() {
            return Ok(Transformed::no(node));
        }
        tables += 1;
        Ok(
            match node.downcast_ref::<DataSourceExec>().and_then(pieces_of_source) {
                Some(pieces) => Transformed::yes(Arc::new(pieces) as Arc<dyn ExecutionPlan>),
                None => Transformed::no(node),
            },
        )
    });
    let pieces = pieces.ok()?;
    (tables == 1 && pieces.transformed).then_some(pieces.data)
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
    let all = scan.file_groups.iter().flat_map(FileGroup::iter);
    let files: Vec<_> = all
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
