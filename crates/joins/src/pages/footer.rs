//! The footers of Parquet files, and which of a file's row groups are whose.

use std::sync::Arc;

use datafusion::datasource::listing::{FileRange, PartitionedFile};
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;

/// The footer of a file, with what it says of pages. What is wrong with a file is told by who reads its rows.
pub(super) async fn read(
    file: &PartitionedFile,
    files: &dyn ParquetFileReaderFactory,
) -> Option<Arc<ParquetMetaData>> {
    // Measured elsewhere: the footer is kept, and the scan finds it.
    let unmeasured = ExecutionPlanMetricsSet::new();
    let mut reader = files
        .create_reader(0, file.clone(), file.metadata_size_hint, &unmeasured)
        .ok()?;
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.get_metadata(Some(&options)).await.ok()
}

/// The row groups of a part of a file; of all of it, if there is no range.
pub(super) fn row_groups_within(footer: &ParquetMetaData, range: Option<&FileRange>) -> Vec<usize> {
    let is_own = |group: &usize| range.is_none_or(|range| begins_within(footer.row_group(*group), range));
    (0..footer.num_row_groups()).filter(is_own).collect()
}

/// As DataFusion tells which part of a file a row group belongs to.
fn begins_within(group: &RowGroupMetaData, range: &FileRange) -> bool {
    group.columns().first().is_some_and(|column| {
        let first = column.dictionary_page_offset();
        range.contains(first.unwrap_or_else(|| column.data_page_offset()))
    })
}
