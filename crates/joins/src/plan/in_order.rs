//! Whether rows come by a key, so that an index may go along with them.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::common::Result;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// In how many runs an input comes by a key, ascending; `None` where it does not.
///
/// A plan says so of its partitions, and files say so of themselves: those that `tieline ingest` writes do, also where a table has
/// several and is not in order as a whole.
pub(crate) fn runs_in_order(
    key: &Arc<dyn PhysicalExpr>,
    input: &Arc<dyn ExecutionPlan>,
) -> Result<Option<usize>> {
    for nulls_first in [false, true] {
        let options = SortOptions {
            descending: false,
            nulls_first,
        };
        let by_key = [PhysicalSortExpr::new(Arc::clone(key), options)];
        if input.equivalence_properties().ordering_satisfy(by_key)? {
            return Ok(Some(input.output_partitioning().partition_count()));
        }
    }
    Ok(files_in_order(key, input))
}

/// How many files an input is of, filtered or not, that are each in the order of a column.
fn files_in_order(key: &Arc<dyn PhysicalExpr>, input: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let column = key.downcast_ref::<Column>()?;
    if let Some(projection) = input.downcast_ref::<ProjectionExec>() {
        let below = &projection.expr().get(column.index())?.expr;
        return files_in_order(below, projection.input());
    }
    if let Some(filter) = input.downcast_ref::<FilterExec>() {
        let index = match filter.projection() {
            Some(projection) => *projection.get(column.index())?,
            None => column.index(),
        };
        let below: Arc<dyn PhysicalExpr> = Arc::new(Column::new(column.name(), index));
        return files_in_order(&below, filter.input());
    }
    let source = input.downcast_ref::<DataSourceExec>()?.data_source();
    let scan = source.downcast_ref::<FileScanConfig>()?;
    let is_first = |order: &LexOrdering| {
        let first = order.first();
        let by = first.expr.downcast_ref::<Column>();
        !first.options.descending && by.is_some_and(|by| by.name() == column.name())
    };
    let mut files = scan.file_groups.iter().flat_map(|group| group.files());
    let count = files.clone().count();
    let all = files.all(|file| file.ordering.as_ref().is_some_and(is_first));
    (all && count > 0).then_some(count)
}
