//! [`KeptRows`]: which rows of a scan's files an index leaves to be read.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use datafusion::common::pruning::PrunableStatistics;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::object_store::path::Path;
use datafusion::physical_expr::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;

use super::index_filters;
use super::statistics::PageStatistics;

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
    /// Of a scan of Parquet that has the filters of a built index; `None` where nobody knows how many rows a file has, and where that is
    /// all rows.
    pub(crate) async fn of(scan: &DataSourceExec) -> Option<Self> {
        let (config, source) = scan.downcast_to_file_source::<ParquetSource>()?;
        let footers = source.parquet_file_reader_factory()?;
        let table = source.table_schema().file_schema();
        let filters = source.filter()?;
        let filters = index_filters(&filters).map(|(condition, _)| Arc::clone(condition));
        let condition = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(table))
            .build(conjunction(filters))?;
        // A large file is there several times, in ranges.
        let mut seen = HashSet::new();
        let files = config.file_groups.iter().flat_map(FileGroup::iter);
        let files: Vec<_> = files
            .filter(|file| seen.insert(&file.object_meta.location))
            .map(|file| Some((file, rows_of(file)?)))
            .collect::<Option<_>>()?;

        let statistics = files.iter().map(|(file, _)| file.statistics.clone());
        let statistics = PrunableStatistics::new(statistics.collect::<Option<_>>()?, Arc::clone(table));
        let may_match = condition.prune(&statistics).ok()?;
        let looked_at = may_match.iter().filter(|may_match| **may_match).count() <= MOST_FOOTERS;
        let mut kept = HashMap::new();
        for ((file, rows), _) in files.iter().zip(may_match).filter(|(_, may_match)| *may_match) {
            let mut whole = PartitionedFile::clone(file);
            whole.range = None;
            let pages = match looked_at {
                true => PageStatistics::read(&whole, footers.as_ref(), table, &condition).await,
                false => None,
            };
            let ranges = pages.and_then(|pages| pages.ranges(&condition));
            let ranges = ranges.unwrap_or_else(|| iter::once(0..*rows).collect());
            kept.insert(file.object_meta.location.clone(), ranges);
        }
        let all: usize = files.iter().map(|(_, rows)| rows).sum();
        let of_kept: usize = kept.values().flatten().map(Range::len).sum();
        (of_kept < all).then(|| Self {
            files: kept,
            share: of_kept as f64 / all as f64,
        })
    }

    /// Those of a file.
    pub(crate) fn of_file(&self, file: &PartitionedFile) -> &[Range<usize>] {
        self.files
            .get(&file.object_meta.location)
            .map_or(&[], Vec::as_slice)
    }
}

/// How many rows a file has, by its statistics.
pub(crate) fn rows_of(file: &PartitionedFile) -> Option<usize> {
    file.statistics.as_ref()?.num_rows.get_value().copied()
}
