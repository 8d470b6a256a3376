//! The results of the latest run of each investigation, as tables of a schema named after it: `nexus.links`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::catalog::MemorySchemaProvider;
use datafusion::catalog::SchemaProvider;
use datafusion::prelude::SessionContext;
use serde::Deserialize;

use super::results::{MANIFEST, RESULTS, result_path, result_table};
use crate::error::{Error, Result};

/// Registers them and returns what a reader should know. A run without a manifest did not finish and is passed over; one that
/// is damaged must not keep the case from being opened.
pub(crate) fn register_latest(
    case: &Path,
    case_version: u64,
    session: &SessionContext,
) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for (investigation, folder) in latest_runs(&case.join(RESULTS))? {
        match results(&folder) {
            Ok((version, schema)) => {
                if version < case_version {
                    notes.push(format!(
                        "the tables of {investigation} are of version {version} of the case, which is now {case_version}: run it again"
                    ));
                }
                if let Some(catalog) = session.catalog("datafusion") {
                    catalog.register_schema(&investigation, Arc::new(schema))?;
                }
            }
            Err(error) => notes.push(format!("the latest run of {investigation} is damaged: {error}")),
        }
    }
    Ok(notes)
}

/// The tables that the manifest of a run names, and the version of the case that they are of.
fn results(folder: &Path) -> Result<(u64, MemorySchemaProvider)> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(Error::io(&path))?;
    let finished: Finished =
        serde_json::from_slice(&text).map_err(|_| Error::malformed(&path, "not the manifest of a run"))?;
    let schema = MemorySchemaProvider::new();
    for step in finished.steps {
        let path = result_path(folder, &step.name);
        let table = result_table(&path).map_err(|_| Error::malformed(&path, "not readable"))?;
        schema.register_table(step.name, Arc::new(table))?;
    }
    Ok((finished.case_version, schema))
}

/// What is needed of a run's manifest.
#[derive(Deserialize)]
struct Finished {
    case_version: u64,
    steps: Vec<FinishedStep>,
}

#[derive(Deserialize)]
struct FinishedStep {
    name: String,
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
