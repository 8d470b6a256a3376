//! Runs an investigation on a case: every statement in order, every result kept as a file and a table.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tieline_ingest::Table;

use super::bind::bind;
use super::header::Header;
use super::investigation::{Investigation, Step};
use super::parameter::Params;
use super::reads;
use super::results::{MANIFEST, RESULTS, result_path, result_table};
use super::run_manifest::{RunManifest, StepRecord};
use crate::case::{Case, sha256_of_file};
use crate::durable;
use crate::error::{Error, Result};
use crate::query;

/// A finished run and its results.
pub struct Run {
    folder: PathBuf,
    investigation: Investigation,
    manifest: RunManifest,
    session: SessionContext,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Case {
    /// Runs an investigation that comes with Tieline. Its results are kept in the case under `results/<run>/`.
    ///
    /// # Errors
    /// [`Error::UnknownInvestigation`], [`Error::Parameter`]; [`Error::MissingTable`] where a table it needs is empty;
    /// [`Error::Statement`] where a statement fails.
    pub async fn run(&self, name: &str, params: &Params) -> Result<Run> {
        self.run_investigation(&Investigation::shipped(name)?, params)
            .await
    }

    /// Runs any investigation.
    ///
    /// # Errors
    /// As [`Case::run`].
    pub async fn run_investigation(&self, investigation: &Investigation, params: &Params) -> Result<Run> {
        let values = params.resolve(investigation.parameters())?;
        let notes = self.check_inputs(investigation)?;
        self.log(
            "run",
            &format!("run {} with {}", investigation.name(), parameter_text(&values)),
        )?;

        let started = chrono::Utc::now().format("%Y%m%dT%H%M%S%.6fZ");
        let name = format!("{}-{started}", investigation.name());
        let folder = self.folder().join(RESULTS).join(&name);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let unfinished = Unfinished { folder: &folder };
        let manifest = RunManifest::start(&name, investigation.name(), self, values, notes);
        let mut run = Run {
            folder: folder.clone(),
            investigation: investigation.clone(),
            manifest,
            session: self.fork()?,
        };
        run.execute().await?;
        unfinished.keep();
        Ok(run)
    }

    /// How many rows a table of the case has.
    fn rows_of(&self, table: &str) -> u64 {
        let entry = self.manifest().tables.get(table);
        entry.map_or(0, |entry| entry.rows)
    }

    /// Refuses an investigation whose tables are empty, and notes the empty ones that it can do without.
    fn check_inputs(&self, investigation: &Investigation) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let reads = investigation.steps().iter().flat_map(|step| &step.header.reads);
        let mut reads: Vec<_> = reads.collect();
        // What is to be loaded first is asked for first, whichever plan reads it.
        reads.sort_by_key(|read| Table::ALL.iter().position(|table| table.name() == read.name));
        for read in reads {
            let of_case = Table::ALL.iter().any(|table| table.name() == read.name);
            let declared = read.name == Table::RoutableRanges.name();
            if !of_case || declared || self.rows_of(&read.name) > 0 {
                continue;
            }
            // Reports were read and none of them has an address that may be matched, which the funnel shows.
            if read.name == Table::ReportIpEvents.name() && self.rows_of(Table::Reports.name()) > 0 {
                continue;
            }
            if !read.may_be_empty {
                return Err(Error::MissingTable {
                    table: read.name.clone(),
                });
            }
            let note = format!(
                "{} is empty: nothing is known, named or excluded by it",
                read.name
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(notes)
    }
}

/// The folder of a run that has not ended. One that fails, or is given up, leaves nothing that could be taken for a result; the
/// log names it.
struct Unfinished<'a> {
    folder: &'a Path,
}

impl Unfinished<'_> {
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // What is left if this fails has no manifest, so that nobody takes it for a run.
        let _ = fs::remove_dir_all(self.folder);
    }
}

impl Run {
    /// Where the results are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The plans that ran.
    pub fn investigation(&self) -> &Investigation {
        &self.investigation
    }

    /// What was run and found.
    pub fn manifest(&self) -> &RunManifest {
        &self.manifest
    }

    /// The case's tables and the results, to query further; what this session runs is not logged.
    pub fn session(&self) -> &SessionContext {
        &self.session
    }

    /// Whether the run made this table.
    pub fn has(&self, name: &str) -> bool {
        self.manifest.steps.iter().any(|step| step.name == name)
    }

    /// How many rows a result has; 0 where there is none of that name.
    pub fn rows(&self, name: &str) -> u64 {
        self.manifest
            .steps
            .iter()
            .find(|step| step.name == name)
            .map_or(0, |step| step.rows)
    }

    /// A result as a data frame.
    ///
    /// # Errors
    /// Where the run has none of that name.
    pub async fn table(&self, name: &str) -> Result<DataFrame> {
        Ok(self.session.table(name).await?)
    }

    /// The columns of a result.
    ///
    /// # Errors
    /// Where the run has none of that name.
    pub fn schema(&self, name: &str) -> Result<SchemaRef> {
        Ok(result_table(&result_path(&self.folder, name))?.schema())
    }

    /// A result's rows, in the order in which they were found.
    ///
    /// # Errors
    /// Where the run has none of that name, or its file cannot be read.
    pub fn batches(&self, name: &str) -> Result<Vec<RecordBatch>> {
        self.reader(name)?.collect()
    }

    /// As [`Run::batches`], one batch after another, each an error where the file cannot be read on.
    ///
    /// # Errors
    /// As [`Run::batches`].
    pub fn reader(&self, name: &str) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
        let path = result_path(&self.folder, name);
        let file = File::open(&path).map_err(Error::io(&path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.build())
            .map_err(DataFusionError::from)?;
        Ok(reader.map(|batch| Ok(batch.map_err(DataFusionError::from)?)))
    }

    async fn execute(&mut self) -> Result<()> {
        for step in self.investigation.clone().steps() {
            let record = self.execute_step(step).await?;
            self.manifest.steps.push(record);
        }
        self.manifest.finish();
        let path = self.folder.join(MANIFEST);
        let text =
            serde_json::to_vec_pretty(&self.manifest).map_err(|error| Error::malformed(&path, error))?;
        durable::replace(&path, &text)
    }

    async fn execute_step(&self, step: &Step) -> Result<StepRecord> {
        let plan_error = |reason| Error::Plan {
            file: step.file.clone(),
            reason,
        };
        let failed = |source: Error| Error::Statement {
            file: step.file.clone(),
            source: Box::new(source),
        };
        let statement = bind(&step.sql, &self.manifest.parameters).map_err(plan_error)?;
        let frame = query::plan(&self.session, &statement).await.map_err(failed)?;
        check_columns(&step.header, frame.schema().as_arrow()).map_err(plan_error)?;
        reads::check_statement(&step.header, self.investigation.steps(), frame.logical_plan())
            .map_err(plan_error)?;

        let path = result_path(&self.folder, &step.header.name);
        let rows = write_result(frame, &path).await.map_err(failed)?;
        let sha256 = made_durable(&path).await?;
        let table = result_table(&path)?;
        self.session
            .register_table(step.header.name.as_str(), Arc::new(table))
            .map_err(|source| failed(source.into()))?;
        Ok(StepRecord {
            name: step.header.name.clone(),
            grain: step.header.grain.clone(),
            file: step.file.clone(),
            statement,
            rows,
            path: format!("{}.parquet", step.header.name),
            sha256,
        })
    }
}

/// Streams a result into a Parquet file and counts its rows.
async fn write_result(frame: DataFrame, path: &Path) -> Result<u64> {
    let mut stream = query::stream(frame).await?;
    let file = File::create(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(file, stream.schema(), None).map_err(DataFusionError::from)?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(DataFusionError::from)?;
    }
    writer.close().map_err(DataFusionError::from)?;
    Ok(rows)
}

/// Waits until a file is on the disk and returns its hash; on a thread where it keeps nobody from giving up the run.
async fn made_durable(path: &Path) -> Result<String> {
    let path = path.to_owned();
    let work = move || {
        let file = File::open(&path).map_err(Error::io(&path))?;
        file.sync_all().map_err(Error::io(&path))?;
        sha256_of_file(&path)
    };
    let hashed = tokio::task::spawn_blocking(work).await;
    hashed.map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))?
}

/// A statement returns what its header says, in that order.
fn check_columns(header: &Header, schema: &Schema) -> std::result::Result<(), String> {
    if header.returns.len() != schema.fields().len() {
        return Err(format!(
            "returns {} columns, its header names {}",
            schema.fields().len(),
            header.returns.len()
        ));
    }
    for (column, field) in header.returns.iter().zip(schema.fields()) {
        if column.name != *field.name() || !column.column_type.matches(field) {
            return Err(format!(
                "the column '{}' of the header is '{}' of type {} in the result",
                column.name,
                field.name(),
                field.data_type()
            ));
        }
    }
    Ok(())
}

fn parameter_text(values: &std::collections::BTreeMap<String, super::parameter::Value>) -> String {
    let texts: Vec<_> = values
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    texts.join("; ")
}
