//! [`KeptRows`]: which rows of a scan's files an index leaves to be read.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, ParquetRowSelection};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::object_store::path::Path;
use datafusion::physical_expr::split_conjunction;

use super::conditions::Conditions;
use super::footer;
use super::reads_page_index;
use super::statistics::PageStatistics;
use crate::operator::IndexFilter;

/// The footers of so many files are looked at; of more, their statistics alone.
const MOST_FOOTERS: usize = 8;

/// The rows of a table whose files and pages an index does not rule out.
#[derive(Debug)]
pub(crate) struct KeptRows {
    files: HashMap<Path, Vec<Range<usize>>>,
    /// The share of all rows that they are.
    pub(crate) share: f64,
}

impl KeptRows {
    /// Of a scan of Parquet that has the filters of a built index.
    ///
    /// `None` where nobody knows how many rows a file has, where that is all rows, and where the table has a filter of its own: that may
    /// leave the very rows that the index leaves, and which those are statistics seldom tell.
    pub(crate) async fn of(scan: &DataSourceExec, config: &ConfigOptions) -> Option<Self> {
        let (scan, source) = scan.downcast_to_file_source::<ParquetSource>()?;
        let footers = source.parquet_file_reader_factory()?;
        let table = source.table_schema().file_schema();
        let predicate = source.filter()?;
        let filters = split_conjunction(&predicate);
        if filters.iter().any(|filter| !filter.is::<IndexFilter>()) {
            return None;
        }
        let conditions = Conditions::of(filters)?;
        let files = files_of(scan)?;
        let statistics = files.iter().map(|(file, _)| file.statistics.clone());
        let statistics = PrunableStatistics::new(statistics.collect::<Option<_>>()?, Arc::clone(table));
        let may_match = conditions.may_match(&statistics).ok()?;
        let few = may_match.iter().filter(|may_match| **may_match).count() <= MOST_FOOTERS;
        let mut kept = HashMap::new();
        for ((file, rows), _) in files.iter().zip(may_match).filter(|(_, may_match)| *may_match) {
            let mut whole = PartitionedFile::clone(file);
            whole.range = None;
            let footer = match few && reads_page_index(source, config) {
                true => footer::read(&whole, footers.as_ref()).await,
                false => None,
            };
            let pages =
                footer.and_then(|footer| PageStatistics::of(&footer, table, conditions.columns(), None));
            let ranges = pages.and_then(|pages| pages.ranges(&conditions));
            let ranges = ranges.unwrap_or_else(|| iter::once(0..*rows).collect());
            kept.insert(file.object_meta.location.clone(), ranges);
        }
        let all_rows: usize = files.iter().map(|(_, rows)| rows).sum();
        let kept_rows: usize = kept.values().flatten().map(Range::len).sum();
        (kept_rows < all_rows).then(|| Self {
            files: kept,
            share: kept_rows as f64 / all_rows as f64,
        })
    }

    /// Those of a file.
    pub(crate) fn of_file(&self, file: &PartitionedFile) -> &[Range<usize>] {
        self.files
            .get(&file.object_meta.location)
            .map_or(&[], Vec::as_slice)
    }
}

/// The files of a scan, each once, with how many rows it has; `None` where nobody knows that of one.
pub(crate) fn files_of(scan: &FileScanConfig) -> Option<Vec<(&PartitionedFile, usize)>> {
    // A large file is there several times, in ranges.
    let mut seen = HashSet::new();
    let files = scan.file_groups.iter().flat_map(FileGroup::iter);
    files
        .filter(|file| seen.insert(&file.object_meta.location))
        .map(|file| Some((file, rows_of(file)?)))
        .collect()
}

/// Whether somebody has chosen the rows of a file already.
pub(crate) fn rows_are_chosen(file: &PartitionedFile) -> bool {
    file.extension::<ParquetRowSelection>().is_some() || file.extension::<ParquetAccessPlan>().is_some()
}

/// How many rows a file has, by its statistics.
pub(super) fn rows_of(file: &PartitionedFile) -> Option<usize> {
    file.statistics.as_ref()?.num_rows.get_value().copied()
}
