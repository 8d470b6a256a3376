//! Pages of Parquet files that are skipped by several columns together.
//!
//! DataFusion skips files and row groups by any condition, and pages by one column at a time: of a table in the order of place nearly
//! every page has some fence's latitudes and some fence's longitudes, though few have both of one fence. Here the scan of a probe side
//! whose index knows areas (the [`IndexFilter`] over all keys) is given, file by file, the pages that meet one of them.

mod conditions;
mod footer;
mod kept;
mod plain;
mod source;
mod statistics;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::{PhysicalExpr, conjunction, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

pub(crate) use kept::{KeptRows, files_of, rows_are_chosen};
pub use source::PageSkippingSource;

use crate::operator::{IndexFilter, IndexJoinExec};

/// Has the scans below index joins skip pages by areas. The last of all rules: those before know a scan of Parquet by its type.
#[derive(Debug)]
pub(crate) struct SkipPages;

impl PhysicalOptimizerRule for SkipPages {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let scan = node.downcast_ref::<DataSourceExec>().filter(|scan| {
                let source = scan.downcast_to_file_source::<ParquetSource>();
                source.is_some_and(|(_, source)| reads_page_index(source, config))
            });
            let other = match node.downcast_ref::<IndexJoinExec>() {
                Some(join) => over_plain_pages(join)?,
                None => scan.and_then(skipping_pages),
            };
            Ok(match other {
                Some(other) => Transformed::yes(other),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "tieline_skip_pages"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The scan as one that skips pages by areas; `None` where it is not of Parquet, knows none, or has no reader of files of its own, such as
/// DataFusion's, which keeps footers: each would be read twice.
pub fn skipping_pages(scan: &DataSourceExec) -> Option<Arc<dyn ExecutionPlan>> {
    let (config, source) = scan.downcast_to_file_source::<ParquetSource>()?;
    let files = source.parquet_file_reader_factory()?;
    area_filters(&source.filter()?).next()?;
    let source = PageSkippingSource::new(Arc::clone(config.file_source()), Arc::clone(files));
    let config = FileScanConfigBuilder::from(config.clone())
        .with_source(Arc::new(source))
        .build();
    Some(DataSourceExec::from_data_source(config))
}

/// The join over a scan of plain pages; `None` where its probe side is no scan that may be one.
fn over_plain_pages(join: &IndexJoinExec) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let (_, probe) = join.sides();
    let scan = probe
        .downcast_ref::<DataSourceExec>()
        .filter(|_| join.lets_go_of_batches());
    match scan.and_then(with_plain_pages) {
        Some(scan) => Ok(Some(Arc::new(join.over(scan)?))),
        None => Ok(None),
    }
}

/// The scan that skips pages as the one right below an index join which lets go of each batch before it asks for the next: coordinates
/// that lie in a file as they do in memory are not copied for it. `None` where it is no such scan, or knows it already.
pub fn with_plain_pages(scan: &DataSourceExec) -> Option<Arc<dyn ExecutionPlan>> {
    let (config, source) = scan.downcast_to_file_source::<PageSkippingSource>()?;
    let plain = (!source.has_plain_pages()).then(|| source.clone().with_plain_pages())?;
    let config = FileScanConfigBuilder::from(config.clone())
        .with_source(Arc::new(plain))
        .build();
    Some(DataSourceExec::from_data_source(config))
}

/// The condition for files whose pages have been skipped by areas. Of every file DataFusion works it out several times before it reads
/// anything, and the less it says, the less that takes.
fn after_areas(predicate: &Arc<dyn PhysicalExpr>) -> Arc<dyn PhysicalExpr> {
    let joins: Vec<u64> = area_filters(predicate)
        .filter_map(|filter| Some(filter.downcast_ref::<IndexFilter>()?.shared().id()))
        .collect();
    let conditions = split_conjunction(predicate).into_iter().map(|condition| {
        match condition.downcast_ref::<IndexFilter>() {
            Some(filter) if joins.contains(&filter.shared().id()) => Arc::new(filter.after_areas()),
            _ => Arc::clone(condition),
        }
    });
    conjunction(conditions)
}

/// Those of the conditions that know areas of several columns, once their index is built.
fn area_filters(predicate: &Arc<dyn PhysicalExpr>) -> impl Iterator<Item = &Arc<dyn PhysicalExpr>> {
    split_conjunction(predicate).into_iter().filter(|condition| {
        let filter = condition.downcast_ref::<IndexFilter>();
        filter.is_some_and(|filter| filter.key().is_none())
    })
}

/// Whether pages may be skipped, by the session's setting and by the table's own.
fn reads_page_index(source: &ParquetSource, config: &ConfigOptions) -> bool {
    let own = &source.table_parquet_options().global;
    own.enable_page_index && config.execution.parquet.enable_page_index
}

/// The scan as DataFusion's own; `None` where it skips no pages by areas.
pub fn scan_within(scan: &DataSourceExec) -> Option<Arc<dyn ExecutionPlan>> {
    let (config, source) = scan.downcast_to_file_source::<PageSkippingSource>()?;
    let config = FileScanConfigBuilder::from(config.clone())
        .with_source(Arc::clone(source.parquet()))
        .build();
    Some(DataSourceExec::from_data_source(config))
}
