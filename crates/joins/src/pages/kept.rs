//! [`KeptRows`]: which rows of a scan's files an index leaves to be read.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::object_store::path::Path;
use datafusion::physical_expr::{PhysicalExpr, conjunction, split_conjunction};
use datafusion::physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder};

use super::reads_page_index;
use super::statistics::PageStatistics;
use crate::operator::IndexFilter;

/// The footers of so many files are looked at; of more, their statistics alone.
const MOST_FOOTERS: usize = 8;

/// The rows of a table whose files and pages neither an index nor the filters of the table rule out.
#[derive(Debug)]
pub(crate) struct KeptRows {
    files: HashMap<Path, Vec<Range<usize>>>,
    /// What share they are of the rows that the filters of the table leave.
    pub(crate) share: f64,
}

/// The conditions on a table, as statistics are asked about them.
struct Conditions<'a> {
    table: &'a SchemaRef,
    /// The table's own; `None` without any.
    own: Option<Arc<PruningPredicate>>,
    /// Together with those of the index.
    all: Arc<PruningPredicate>,
    footers: &'a dyn ParquetFileReaderFactory,
}

impl KeptRows {
    /// Of a scan of Parquet that has the filters of a built index.
    ///
    /// `None` where nobody knows how many rows a file has, where that is all rows, and where the table has filters that statistics cannot
    /// answer: which rows those leave is not known then, and they may be the very rows that the index leaves.
    pub(crate) async fn of(scan: &DataSourceExec, config: &ConfigOptions) -> Option<Self> {
        let (scan, source) = scan.downcast_to_file_source::<ParquetSource>()?;
        let conditions = Conditions::of(source)?;
        // A large file is there several times, in ranges.
        let mut seen = HashSet::new();
        let files = scan.file_groups.iter().flat_map(FileGroup::iter);
        let files: Vec<_> = files
            .filter(|file| seen.insert(&file.object_meta.location))
            .map(|file| Some((file, rows_of(file)?)))
            .collect::<Option<_>>()?;

        let left = conditions.files(conditions.own.as_ref(), &files)?;
        let kept = conditions.files(Some(&conditions.all), &files)?;
        let few = kept.iter().filter(|kept| **kept).count() <= MOST_FOOTERS;
        let all_rows: usize = files.iter().map(|(_, rows)| rows).sum();
        let (mut ranges, mut left_rows) = (HashMap::new(), 0);
        for (((file, rows), left), kept) in files.into_iter().zip(left).zip(kept) {
            let pages = match kept && few && reads_page_index(source, config) {
                true => conditions.pages(file).await,
                false => None,
            };
            let (of_left, of_kept) = pages.unwrap_or_else(|| (rows, iter::once(0..rows).collect()));
            left_rows += if left { of_left } else { 0 };
            if kept {
                ranges.insert(file.object_meta.location.clone(), of_kept);
            }
        }
        let kept_rows: usize = ranges.values().flatten().map(Range::len).sum();
        (kept_rows < all_rows && left_rows > 0).then(|| Self {
            files: ranges,
            share: kept_rows as f64 / left_rows as f64,
        })
    }

    /// Those of a file.
    pub(crate) fn of_file(&self, file: &PartitionedFile) -> &[Range<usize>] {
        self.files
            .get(&file.object_meta.location)
            .map_or(&[], Vec::as_slice)
    }
}

impl<'a> Conditions<'a> {
    fn of(source: &'a ParquetSource) -> Option<Self> {
        let predicate = source.filter()?;
        let table = source.table_schema().file_schema();
        let asked = |condition| {
            PruningPredicateBuilder::new()
                .with_file_schema(Arc::clone(table))
                .build(condition)
        };
        let is_own = |condition: &&Arc<dyn PhysicalExpr>| !condition.is::<IndexFilter>();
        let own: Vec<_> = split_conjunction(&predicate).into_iter().filter(is_own).collect();
        if own.iter().any(|condition| asked(Arc::clone(condition)).is_none()) {
            return None;
        }
        Some(Self {
            table,
            // Of none it is always true, and no predicate.
            own: asked(conjunction(own.into_iter().cloned())),
            all: asked(Arc::clone(&predicate))?,
            footers: source.parquet_file_reader_factory()?.as_ref(),
        })
    }

    /// Which of the files can satisfy a condition, by their statistics.
    fn files(
        &self,
        condition: Option<&Arc<PruningPredicate>>,
        files: &[(&PartitionedFile, usize)],
    ) -> Option<Vec<bool>> {
        let Some(condition) = condition else {
            return Some(vec![true; files.len()]);
        };
        let statistics = files.iter().map(|(file, _)| file.statistics.clone());
        let statistics = statistics.collect::<Option<_>>()?;
        condition
            .prune(&PrunableStatistics::new(statistics, Arc::clone(self.table)))
            .ok()
    }

    /// Of a file: how many rows the table's filters leave, by its pages, and those that all leave; `None` where its footer does not tell.
    async fn pages(&self, file: &PartitionedFile) -> Option<(usize, Vec<Range<usize>>)> {
        let mut whole = file.clone();
        whole.range = None;
        let pages = PageStatistics::read(&whole, self.footers, self.table, &self.all).await?;
        let kept = pages.ranges(&self.all)?;
        let left = match &self.own {
            Some(own) => pages.ranges(own)?.iter().map(Range::len).sum(),
            None => pages.rows(),
        };
        Some((left, kept))
    }
}

/// How many rows a file has, by its statistics.
pub(crate) fn rows_of(file: &PartitionedFile) -> Option<usize> {
    file.statistics.as_ref()?.num_rows.get_value().copied()
}
