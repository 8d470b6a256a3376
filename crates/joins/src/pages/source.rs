//! [`PageSkippingSource`]: a scan of Parquet whose files come with the rows that are worth reading.

use std::fmt;
use std::sync::{Arc, OnceLock};

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileOpener, FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::object_store::ObjectStore;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::filter_pushdown::FilterPushdownPropagation;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder, MetricType};
use datafusion::physical_plan::{DisplayFormatType, SortOrderPushdownResult};
use datafusion_datasource::morsel::{MorselPlan, MorselPlanner, Morselizer};

use super::conditions::Conditions;
use super::footer;
use super::kept::{rows_are_chosen, rows_of};
use super::plain::PlainScan;
use super::statistics::{PageStatistics, Pruned, RowsToRead};
use super::{after_areas, area_filters};
use crate::operator::IndexFilter;

/// A file of fewer rows is read whole: most writers make pages of more, and to look costs more than it saves.
const FEWEST_ROWS: usize = 8192;

/// A scan of Parquet that skips pages by several columns together. Everything else is left to DataFusion's, which is within.
#[derive(Clone)]
pub struct PageSkippingSource {
    parquet: Arc<dyn FileSource>,
    files: Arc<dyn ParquetFileReaderFactory>,
    batch_size: Option<usize>,
    plain_pages: bool,
}

impl PageSkippingSource {
    /// Over a scan of Parquet, with what reads and keeps the footers of its files.
    pub(super) fn new(parquet: Arc<dyn FileSource>, files: Arc<dyn ParquetFileReaderFactory>) -> Self {
        Self {
            parquet,
            files,
            batch_size: None,
            plain_pages: false,
        }
    }

    /// The scan within, for who knows a scan of Parquet by its type.
    pub fn parquet(&self) -> &Arc<dyn FileSource> {
        &self.parquet
    }

    /// Whether it is right below an index join, and reads plain pages where they lie.
    pub fn has_plain_pages(&self) -> bool {
        self.plain_pages
    }

    pub(super) fn with_plain_pages(mut self) -> Self {
        self.plain_pages = true;
        self
    }

    /// The scan as one of plain pages, if it can have such.
    fn plain(&self, config: &FileScanConfig, partition: usize) -> Option<Arc<PlainScan>> {
        let source = self
            .parquet
            .downcast_ref::<ParquetSource>()
            .filter(|_| self.plain_pages)?;
        PlainScan::of(config, source, &self.files, self.batch_size?, partition).map(Arc::new)
    }

    /// The scan within, for files whose pages have been skipped by areas.
    fn after_areas(&self) -> Arc<dyn FileSource> {
        let source = self.parquet.downcast_ref::<ParquetSource>();
        match source.zip(self.filter()) {
            Some((source, predicate)) => Arc::new(source.with_predicate(after_areas(&predicate))),
            None => Arc::clone(&self.parquet),
        }
    }

    fn over(&self, parquet: Arc<dyn FileSource>) -> Arc<dyn FileSource> {
        Arc::new(Self {
            parquet,
            ..self.clone()
        })
    }
}

impl FileSource for PageSkippingSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        self.parquet.create_file_opener(store, config, partition)
    }

    fn create_morselizer(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Box<dyn Morselizer>> {
        let parquet = self
            .parquet
            .create_morselizer(Arc::clone(&store), config, partition)?;
        let after_areas = self.after_areas().create_morselizer(store, config, partition)?;
        let metrics = MetricBuilder::new(self.metrics());
        let pruned = Pruned {
            pages: metrics.clone().pruning_metrics("area_pages_pruned", partition),
            // Of DataFusion's type too: they are added up.
            row_groups: metrics
                .with_type(MetricType::Summary)
                .pruning_metrics("row_groups_pruned_statistics", partition),
        };
        Ok(Box::new(PageSkipping {
            parquet: Arc::from(parquet),
            after_areas: Arc::from(after_areas),
            files: Arc::clone(&self.files),
            predicate: self.filter(),
            table: self.table_schema().clone(),
            plain: self.plain(config, partition),
            areas: OnceLock::new(),
            pruned,
        }))
    }

    fn table_schema(&self) -> &TableSchema {
        self.parquet.table_schema()
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self {
            parquet: self.parquet.with_batch_size(batch_size),
            batch_size: Some(batch_size),
            ..self.clone()
        })
    }

    fn filter(&self) -> Option<Arc<dyn PhysicalExpr>> {
        self.parquet.filter()
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        self.parquet.projection()
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        self.parquet.metrics()
    }

    fn file_type(&self) -> &str {
        self.parquet.file_type()
    }

    fn fmt_extra(&self, format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parquet.fmt_extra(format, formatter)
    }

    fn supports_repartitioning(&self) -> bool {
        self.parquet.supports_repartitioning()
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn FileSource>>> {
        let mut pushed = self.parquet.try_pushdown_filters(filters, config)?;
        pushed.updated_node = pushed.updated_node.map(|parquet| self.over(parquet));
        Ok(pushed)
    }

    fn try_pushdown_sort(
        &self,
        order: &[PhysicalSortExpr],
        properties: &EquivalenceProperties,
    ) -> Result<SortOrderPushdownResult<Arc<dyn FileSource>>> {
        let pushed = self.parquet.try_pushdown_sort(order, properties)?;
        Ok(pushed.map(|parquet| self.over(parquet)))
    }

    fn reorder_files(&self, files: Vec<PartitionedFile>) -> Vec<PartitionedFile> {
        self.parquet.reorder_files(files)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let pushed = self.parquet.try_pushdown_projection(projection)?;
        Ok(pushed.map(|parquet| self.over(parquet)))
    }

    fn apply_expressions(
        &self,
        apply: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.parquet.apply_expressions(apply)
    }
}

/// Gives the files of one partition their rows.
struct PageSkipping {
    parquet: Arc<dyn Morselizer>,
    /// For files whose pages have been skipped here.
    after_areas: Arc<dyn Morselizer>,
    files: Arc<dyn ParquetFileReaderFactory>,
    predicate: Option<Arc<dyn PhysicalExpr>>,
    table: TableSchema,
    plain: Option<Arc<PlainScan>>,
    /// What a row with a match satisfies, once the index is built.
    areas: OnceLock<Arc<Conditions>>,
    pruned: Pruned,
}

impl fmt::Debug for PageSkipping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PageSkipping").finish_non_exhaustive()
    }
}

impl PageSkipping {
    /// `None` as long as an index is missing, or where none knows areas.
    fn areas(&self) -> Option<Arc<Conditions>> {
        if let Some(areas) = self.areas.get() {
            return Some(Arc::clone(areas));
        }
        let filters: Vec<_> = area_filters(self.predicate.as_ref()?).collect();
        let is_built = |filter: &&Arc<dyn PhysicalExpr>| {
            let filter = filter.downcast_ref::<IndexFilter>();
            filter.is_some_and(IndexFilter::is_built)
        };
        // Of one that is built later DataFusion would be told nothing.
        let filters = filters.iter().all(is_built).then_some(filters)?;
        let areas = Arc::new(Conditions::of(filters)?);
        Some(Arc::clone(self.areas.get_or_init(|| areas)))
    }

    /// Whether it is worth to look at a file's pages: not where there are hardly any, nor where the file as a whole cannot have a match.
    fn may_pay(&self, areas: &Conditions, file: &PartitionedFile) -> bool {
        let Some(statistics) = &file.statistics else {
            return true;
        };
        if rows_of(file).is_some_and(|rows| rows < FEWEST_ROWS) {
            return false;
        }
        let schema = Arc::clone(self.table.file_schema());
        let kept = areas.may_match(&PrunableStatistics::new(vec![Arc::clone(statistics)], schema));
        kept.map_or(true, |kept| kept == [true])
    }
}

impl Morselizer for PageSkipping {
    fn plan_file(&self, file: PartitionedFile) -> Result<Box<dyn MorselPlanner>> {
        let areas = self
            .areas()
            .filter(|areas| !rows_are_chosen(&file) && self.may_pay(areas, &file));
        let Some(areas) = areas else {
            return self.parquet.plan_file(file);
        };
        Ok(Box::new(FileToSkipPagesOf {
            file,
            areas,
            parquet: Arc::clone(&self.parquet),
            after_areas: Arc::clone(&self.after_areas),
            files: Arc::clone(&self.files),
            table: self.table.clone(),
            plain: self.plain.clone(),
            pruned: self.pruned.clone(),
        }))
    }
}

/// A file whose footer is to be looked at before DataFusion reads it.
struct FileToSkipPagesOf {
    file: PartitionedFile,
    areas: Arc<Conditions>,
    parquet: Arc<dyn Morselizer>,
    after_areas: Arc<dyn Morselizer>,
    files: Arc<dyn ParquetFileReaderFactory>,
    table: TableSchema,
    plain: Option<Arc<PlainScan>>,
    pruned: Pruned,
}

impl fmt::Debug for FileToSkipPagesOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileToSkipPagesOf")
            .finish_non_exhaustive()
    }
}

impl MorselPlanner for FileToSkipPagesOf {
    fn plan(self: Box<Self>) -> Result<Option<MorselPlan>> {
        Ok(Some(MorselPlan::new().with_pending_planner(self.planned())))
    }
}

impl FileToSkipPagesOf {
    async fn planned(self: Box<Self>) -> Result<Box<dyn MorselPlanner>> {
        let footer = footer::read(&self.file, self.files.as_ref()).await;
        let pages = footer.as_ref().and_then(|footer| {
            let (columns, range) = (self.areas.columns(), self.file.range.as_ref());
            PageStatistics::of(footer, self.table.file_schema(), columns, range)
        });
        let rows = match &pages {
            Some(pages) => pages.rows_to_read(&self.areas, &self.pruned),
            None => RowsToRead::Unknown,
        };
        match rows {
            RowsToRead::Unknown => self.parquet.plan_file(self.file),
            RowsToRead::All => self.all_rows(footer.as_ref()),
            RowsToRead::These(rows) => self.after_areas.plan_file(self.file.with_extension(rows)),
        }
    }

    fn all_rows(self: Box<Self>, footer: Option<&Arc<ParquetMetaData>>) -> Result<Box<dyn MorselPlanner>> {
        let plain = match self.plain.as_ref().zip(footer) {
            Some((plain, footer)) => plain.file(&self.file, footer)?,
            None => None,
        };
        match plain {
            Some(file) => {
                self.pruned.row_groups.add_matched(file.row_groups());
                Ok(Box::new(file))
            }
            None => self.after_areas.plan_file(self.file),
        }
    }
}
