//! [`PlainScan`]: coordinates that lie in a file as they lie in memory, read without a copy.
//!
//! Of a scan that has but numbers to give, most of the time is memory: a column of a row group is copied out of the system's cache of pages
//! to where it falls out of the processor's, from there into the arrays of batches, and these into the next operator. Here a file is read
//! page by page, and a page whose encoding is `PLAIN`, with neither NULLs nor compression, is the array. What has been copied is still in
//! the processor's cache when the index asks for it.
//!
//! It is for the probe side of an index join, whose index has found that every page may have matches; any other scan is DataFusion's.

mod locations;
mod page;
mod rows;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileScanConfig, FileSource, ParquetSource};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::basic::Type;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::split_conjunction;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder};
use datafusion_datasource::morsel::{Morsel, MorselPlan, MorselPlanner};
use futures::stream::BoxStream;

use super::{area_filters, footer};
use crate::operator::IndexFilter;
use locations::{lie_as_in_memory, plain_pages};
use rows::PlainRows;

/// One partition of a scan that gives columns of `DOUBLE` as they are, and asks nothing of their rows but the areas of an index.
pub(super) struct PlainScan {
    /// Of the batches that come out.
    schema: SchemaRef,
    /// What its columns are called in the table and in its files.
    names: Vec<String>,
    batch_size: usize,
    files: Arc<dyn ParquetFileReaderFactory>,
    partition: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl PlainScan {
    /// `None` where it gives something else, or is not of files of this machine: elsewhere a request is too dear for a page.
    pub(super) fn of(
        config: &FileScanConfig,
        source: &ParquetSource,
        files: &Arc<dyn ParquetFileReaderFactory>,
        batch_size: usize,
        partition: usize,
    ) -> Option<Self> {
        let is_local = config.object_store_url.as_str().starts_with("file:");
        // The scan is to give fewer rows.
        let filters = source.table_parquet_options().global.pushdown_filters;
        let in_file = source.table_schema().file_schema().fields();
        let names = source.projection()?.iter().map(|column| {
            let field = in_file.get(column.expr.downcast_ref::<Column>()?.index())?;
            (*field.data_type() == DataType::Float64).then(|| field.name().clone())
        });
        let names: Vec<_> = names.collect::<Option<_>>()?;
        let schema = config.projected_schema().ok()?;
        let is_one = is_local
            && !filters
            && !names.is_empty()
            && config.expr_adapter_factory.is_none()
            && asks_for_areas_alone(source);
        is_one.then(|| Self {
            schema,
            names,
            batch_size: batch_size.max(1),
            files: Arc::clone(files),
            partition,
            metrics: source.metrics().clone(),
        })
    }

    /// The rows of a file, or of its part; `None` where a column of it has anything but long pages of numbers, one after the other.
    pub(super) fn file(
        self: &Arc<Self>,
        file: &PartitionedFile,
        footer: &Arc<ParquetMetaData>,
    ) -> Result<Option<PlainFile>> {
        let Some(columns) = self.columns_of(footer) else {
            return Ok(None);
        };
        let row_groups = footer::row_groups_within(footer, file.range.as_ref());
        let is_plain = |group: &usize| {
            let mut columns = columns.iter();
            columns.all(|column| {
                let chunk = footer.row_group(*group).column(*column);
                plain_pages(footer, *group, *column).is_some_and(|pages| lie_as_in_memory(chunk, pages))
            })
        };
        if row_groups.is_empty() || !row_groups.iter().all(is_plain) {
            return Ok(None);
        }
        let (hint, measured) = (file.metadata_size_hint, &self.metrics);
        let reader = self
            .files
            .create_reader(self.partition, file.clone(), hint, measured)?;
        let pages = MetricBuilder::new(measured).counter("plain_pages", self.partition);
        Ok(Some(PlainFile {
            rows: PlainRows::new(
                Arc::clone(self),
                Arc::clone(footer),
                row_groups,
                columns,
                reader,
                pages,
            ),
        }))
    }

    /// The file's columns that come out, by their names: each must be there once, as the table has it.
    fn columns_of(&self, footer: &ParquetMetaData) -> Option<Vec<usize>> {
        let about = footer.file_metadata();
        let file = parquet_to_arrow_schema(about.schema_descr(), about.key_value_metadata()).ok()?;
        let columns = self.names.iter().map(|name| {
            let is_same = *file.field_with_name(name).ok()?.data_type() == DataType::Float64;
            let leaves = about.schema_descr().columns().iter().enumerate();
            let mut of_name = leaves.filter(|(_, leaf)| leaf.path().parts() == [name.as_str()]);
            let (column, leaf) = of_name.next()?;
            let is_number = leaf.physical_type() == Type::DOUBLE
                && leaf.max_rep_level() == 0
                && leaf.max_def_level() <= 1;
            (is_same && is_number && of_name.next().is_none()).then_some(column)
        });
        columns.collect()
    }
}

/// Whether all that the scan knows of the rows is what an index said, of which pages have been asked already.
fn asks_for_areas_alone(source: &ParquetSource) -> bool {
    let Some(predicate) = source.filter() else {
        return false;
    };
    let of_join = |filter: &IndexFilter| filter.shared().id();
    let joins = area_filters(&predicate).filter_map(|filter| filter.downcast_ref().map(of_join));
    let joins: HashSet<u64> = joins.collect();
    let mut conditions = split_conjunction(&predicate).into_iter();
    conditions.all(|condition| {
        let join = condition.downcast_ref().map(of_join);
        join.is_some_and(|join| joins.contains(&join))
    })
}

/// A file, or a part of it, of plain pages.
pub(super) struct PlainFile {
    rows: PlainRows,
}

impl PlainFile {
    /// How many it has.
    pub(super) fn row_groups(&self) -> usize {
        self.rows.row_groups()
    }
}

impl fmt::Debug for PlainFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PlainFile").finish_non_exhaustive()
    }
}

impl MorselPlanner for PlainFile {
    fn plan(self: Box<Self>) -> Result<Option<MorselPlan>> {
        Ok(Some(MorselPlan::new().with_morsels(vec![self])))
    }
}

impl Morsel for PlainFile {
    fn into_stream(self: Box<Self>) -> BoxStream<'static, Result<RecordBatch>> {
        self.rows.into_stream()
    }
}
