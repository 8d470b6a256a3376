//! The results of the latest run of each investigation, as tables of a schema named after it: `nexus.links`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::catalog::MemorySchemaProvider;
use datafusion::catalog::SchemaProvider;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::prelude::SessionContext;

use super::run::{MANIFEST, RESULTS};
use crate::case::table::ParquetTable;
use crate::error::{Error, Result};

/// Registers them; a run without a manifest did not finish and is passed over.
pub(crate) fn register_latest(case: &Path, session: &SessionContext) -> Result<()> {
    for (investigation, folder) in latest_runs(&case.join(RESULTS))? {
        let schema = MemorySchemaProvider::new();
        for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
            let path = entry.map_err(Error::io(&folder))?.path();
            if path.extension().is_some_and(|extension| extension == "parquet") {
                let name = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                schema.register_table(name, Arc::new(result_table(&path)?))?;
            }
        }
        if let Some(catalog) = session.catalog("datafusion") {
            catalog.register_schema(&investigation, Arc::new(schema))?;
        }
    }
    Ok(())
}

/// The table of one result's file.
pub(crate) fn result_table(path: &Path) -> Result<ParquetTable> {
    let file = File::open(path).map_err(Error::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(DataFusionError::from)?;
    Ok(ParquetTable::new(Arc::clone(reader.schema()), vec![path.into()]))
}

/// The folder of the latest finished run of each investigation: `<investigation>-<time>`, whose times sort.
fn latest_runs(results: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut latest: BTreeMap<String, PathBuf> = BTreeMap::new();
    if !results.is_dir() {
        return Ok(latest);
    }
    for entry in fs::read_dir(results).map_err(Error::io(results))? {
        let path = entry.map_err(Error::io(results))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some((investigation, _)) = name.rsplit_once('-') else {
            continue;
        };
        if !path.join(MANIFEST).is_file() {
            continue;
        }
        let kept = latest.entry(investigation.into()).or_insert_with(|| path.clone());
        if path > *kept {
            *kept = path;
        }
    }
    Ok(latest)
}
