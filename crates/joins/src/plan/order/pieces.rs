//! A few pieces of a table, read while a query is planned.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::LogicalPlan;
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::{ExecutionPlan, collect_partitioned};

use crate::pages::{KeptRows, files_of, rows_are_chosen};
use crate::plan::estimate::RowEstimate;

/// How many pieces of a table are read: few, so that they cost a few milliseconds, and far apart, so that a table in some order is
/// seen everywhere.
pub(super) const PIECES: usize = 16;

/// So many of them at one time: to read one is to wait more than to compute.
const PIECES_AT_ONE_TIME: usize = 4;

/// All rows of a plan, partition by partition.
pub(super) async fn all_rows_of(plan: Arc<dyn ExecutionPlan>, session: &dyn Session) -> Option<RecordBatch> {
    let schema = plan.schema();
    let partitions = collect_partitioned(plan, session.task_ctx()).await.ok()?;
    concat_batches(&schema, partitions.iter().flatten()).ok()
}

/// Whether anything in a plan gives another value each time: then what it gives now says nothing.
pub(super) fn is_volatile(plan: &LogicalPlan) -> bool {
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
pub(super) fn rows_of_table(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
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

/// The plan over a few pieces of its table, of the rows of it that are kept; `None` where it has not one table in memory or in Parquet.
pub(super) fn pieces_of(
    plan: Arc<dyn ExecutionPlan>,
    rows_a_piece: usize,
    kept: Option<&KeptRows>,
) -> Option<Arc<dyn ExecutionPlan>> {
    rows_of_table(&plan)?;
    let pieces = plan.transform_up(|node| {
        if !node.children().is_empty() {
            return Ok(Transformed::no(node));
        }
        Ok(
            match node
                .downcast_ref::<DataSourceExec>()
                .and_then(|source| pieces_of_source(source, rows_a_piece, kept))
            {
                Some(pieces) => Transformed::yes(Arc::new(pieces) as Arc<dyn ExecutionPlan>),
                None => Transformed::no(node),
            },
        )
    });
    let pieces = pieces.ok()?;
    pieces.transformed.then_some(pieces.data)
}

fn pieces_of_source(
    source: &DataSourceExec,
    rows_a_piece: usize,
    kept: Option<&KeptRows>,
) -> Option<DataSourceExec> {
    if let Some((files, _)) = source.downcast_to_file_source::<ParquetSource>() {
        return pieces_of_files(files, rows_a_piece, kept).map(|files| DataSourceExec::new(Arc::new(files)));
    }
    let memory = source.data_source().downcast_ref::<MemorySourceConfig>()?;
    let batches: Vec<&RecordBatch> = memory.partitions().iter().flatten().collect();
    let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    let mut pieces = Vec::new();
    let mut first = 0;
    for batch in batches {
        let end = first + batch.num_rows();
        for piece in piece_ranges(rows, rows_a_piece) {
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
fn pieces_of_files(
    scan: &FileScanConfig,
    rows_a_piece: usize,
    kept: Option<&KeptRows>,
) -> Option<FileScanConfig> {
    if scan
        .file_groups
        .iter()
        .flat_map(FileGroup::iter)
        .any(rows_are_chosen)
    {
        return None;
    }
    let files: Vec<_> = files_of(scan)?
        .into_iter()
        .map(|(file, count)| {
            let ranges = match kept {
                Some(kept) => kept.of_file(file).to_vec(),
                None => iter::once(0..count).collect(),
            };
            (file, count, ranges)
        })
        .collect();
    let rows: usize = files
        .iter()
        .flat_map(|(_, _, ranges)| ranges)
        .map(Range::len)
        .sum();
    let mut chosen = Vec::new();
    let mut first = 0;
    for (file, count, ranges) in files {
        let mut pieces = Vec::new();
        for range in ranges {
            let own = |piece: Range<usize>| {
                let (begin, end) = (piece.start.max(first), piece.end.min(first + range.len()));
                (begin < end).then(|| range.start + begin - first..range.start + end - first)
            };
            pieces.extend(piece_ranges(rows, rows_a_piece).filter_map(own));
            first += range.len();
        }
        // A partition reads its files one after the other, and of a file one row group.
        chosen.extend(pieces.chunks(PIECES / PIECES_AT_ONE_TIME).map(|pieces| {
            let selection = RowSelection::from_consecutive_ranges(pieces.iter().cloned(), count);
            let mut file = file.clone().with_extension(ParquetRowSelection::new(selection));
            file.range = None;
            file
        }));
    }
    let mut pieces = scan.clone();
    let files_a_group = chosen.len().div_ceil(PIECES_AT_ONE_TIME).max(1);
    let groups = chosen
        .chunks(files_a_group)
        .map(|files| FileGroup::new(files.to_vec()));
    pieces.file_groups = groups.collect();
    pieces.limit = None;
    Some(pieces)
}

/// The rows of the pieces of a table, ascending.
fn piece_ranges(rows: usize, rows_a_piece: usize) -> impl Iterator<Item = Range<usize>> {
    let pieces = if rows <= PIECES * rows_a_piece { 1 } else { PIECES };
    let length = if pieces == 1 { rows } else { rows_a_piece };
    (0..pieces).map(move |piece| {
        let middle = rows * (2 * piece + 1) / (2 * pieces);
        let begin = middle - length / 2;
        begin..begin + length
    })
}

/// Whether values come in the order of their type, ascending, NULLs apart; false where nobody knows how to compare them.
pub(super) fn in_order(values: &ArrayRef) -> bool {
    let fields = vec![SortField::new(values.data_type().clone())];
    let rows = RowConverter::new(fields).and_then(|rows| rows.convert_columns(&[Arc::clone(values)]));
    rows.is_ok_and(|rows| {
        let known = (0..values.len()).filter(|row| values.is_valid(*row));
        known.map(|row| rows.row(row)).is_sorted()
    })
}

#[cfg(test)]
#[path = "pieces_tests.rs"]
mod tests;
