//! Where the results of runs are, and how one of them is read.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::case::table::ParquetTable;
use crate::error::{Error, Result};

/// Where a case keeps its runs.
pub(crate) const RESULTS: &str = "results";
/// A run's manifest in its folder.
pub(crate) const MANIFEST: &str = "run.json";

/// Where a run keeps a result.
pub(crate) fn result_path(run: &Path, name: &str) -> PathBuf {
    run.join(format!("{name}.parquet"))
}

/// The table of one result's file.
pub(crate) fn result_table(path: &Path) -> Result<ParquetTable> {
    let file = File::open(path).map_err(Error::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(DataFusionError::from)?;
    Ok(ParquetTable::new(Arc::clone(reader.schema()), vec![path.into()]))
}
