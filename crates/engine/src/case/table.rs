//! The table provider: exactly the Parquet files that the manifest names, never a folder listing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::common::project_schema;
use datafusion::common::stats::Precision;
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::object_store::ObjectStoreExt;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion_datasource::compute_all_files_statistics;

/// A table of a case, or a result of an investigation.
#[derive(Debug)]
pub(crate) struct ParquetTable {
    schema: SchemaRef,
    files: Vec<PathBuf>,
    /// How many values columns have, about, where that is known.
    distinct: BTreeMap<String, u64>,
}

impl ParquetTable {
    /// A table of these files, all of this schema.
    pub(crate) fn new(schema: SchemaRef, files: Vec<PathBuf>) -> Self {
        Self {
            schema,
            files,
            distinct: BTreeMap::new(),
        }
    }

    /// The same table, of which it is known how many values some columns have.
    pub(crate) fn with_distinct(self, distinct: BTreeMap<String, u64>) -> Self {
        Self { distinct, ..self }
    }

    /// The files with the statistics and the order that their footers tell, spread over `target` groups.
    async fn file_groups(
        &self,
        state: &dyn Session,
        format: &ParquetFormat,
        target: usize,
    ) -> Result<Vec<FileGroup>> {
        let store = state
            .runtime_env()
            .object_store(ObjectStoreUrl::local_filesystem())?;
        let mut files = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let meta = store.head(&object_path(path)?).await?;
            let found = format
                .infer_stats_and_ordering(state, &store, Arc::clone(&self.schema), &meta)
                .await?;
            let file = PartitionedFile::new_from_meta(meta)
                .with_statistics(Arc::new(found.statistics))
                .with_ordering(found.ordering);
            files.push(file);
        }
        Ok(FileGroup::new(files).split_files(target))
    }
}

fn object_path(path: &Path) -> Result<ObjectPath> {
    ObjectPath::from_absolute_path(path).map_err(|error| DataFusionError::External(error.into()))
}

#[async_trait]
impl TableProvider for ParquetTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(
                &self.schema,
                projection,
            )?)));
        }
        let format = ParquetFormat::default().with_options(state.default_table_options().parquet);
        let groups = self
            .file_groups(state, &format, state.config().target_partitions())
            .await?;
        let (groups, mut statistics) =
            compute_all_files_statistics(groups, Arc::clone(&self.schema), true, false)?;
        for (field, column) in self.schema.fields().iter().zip(&mut statistics.column_statistics) {
            if let Some(count) = self.distinct.get(field.name()) {
                column.distinct_count = Precision::Inexact(*count as usize);
            }
        }
        let source = ParquetSource::new(TableSchema::from(Arc::clone(&self.schema)))
            .with_table_parquet_options(state.default_table_options().parquet);
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        format.create_physical_plan(state, config).await
    }

    /// The scan prunes files, row groups and pages by a filter and leaves the rows to the filter above it.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}
