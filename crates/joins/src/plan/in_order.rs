//! Whether rows come by a key, so that an index may go along with them.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::common::Result;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// Whether most batches of an input have their rows by that key, ascending.
///
/// So it is where a plan says so of each partition, and where it reads files of which each says so of itself: those that
/// `tieline ingest` writes do, also where a table has several of them and is not in order as a whole. Nothing rests on it but
/// speed.
pub(crate) fn comes_in_order(key: &Arc<dyn PhysicalExpr>, input: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    for nulls_first in [false, true] {
        let options = SortOptions {
            descending: false,
            nulls_first,
        };
        let by_key = [PhysicalSortExpr::new(Arc::clone(key), options)];
        if input.equivalence_properties().ordering_satisfy(by_key)? {
            return Ok(true);
        }
    }
    Ok(key
        .downcast_ref::<Column>()
        .is_some_and(|column| each_file_has_it(column.name(), input)))
}

/// Whether an input is of files, filtered or not, that are each in the order of a column.
fn each_file_has_it(column: &str, input: &Arc<dyn ExecutionPlan>) -> bool {
    if let Some(filter) = input.downcast_ref::<FilterExec>() {
        return each_file_has_it(column, filter.input());
    }
    let Some(scan) = input
        .downcast_ref::<DataSourceExec>()
        .and_then(|source| source.data_source().downcast_ref::<FileScanConfig>())
    else {
        return false;
    };
    let mut files = scan.file_groups.iter().flat_map(|group| group.files()).peekable();
    let is_first = |order: &LexOrdering| {
        let first = order.first();
        let by = first.expr.downcast_ref::<Column>();
        !first.options.descending && by.is_some_and(|by| by.name() == column)
    };
    files.peek().is_some() && files.all(|file| file.ordering.as_ref().is_some_and(is_first))
}
