//! From a statement to its rows, so that an error is known to be about the statement or about the data.
//!
//! Until a plan is optimised, nothing but the statement and the schemas is read: what is said then is repeated in full
//! ([`Error::Planning`]), unless it is about rows from which a schema was to be told. From there on files are read, first their statistics
//! and then their rows ([`Error::Query`]).

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::common::config::ConfigExtension;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::{DdlStatement, LogicalPlan, LogicalPlanBuilder, Statement};
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{self, ExecutionPlan};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use tieline_joins::JoinSettings;

use crate::deadline::{in_time, is_limited};
use crate::error::{Error, Result};
use crate::panics::{caught, caught_stream};
use crate::scanned_files::ScannedFiles;

/// How many batches a query may be ahead of who reads them.
const BATCHES_AHEAD: usize = 2;

/// Plans one SQL statement. DDL and SET have run then.
///
/// # Errors
/// [`Error::Planning`] where the statement is wrong; [`Error::Query`] where a table that it makes could not be filled, or a file that it
/// names has rows that cannot be read.
pub async fn plan(session: &SessionContext, statement: &str) -> Result<DataFrame> {
    let state = session.state();
    let plan = caught(in_time(&state, logical(state.clone(), statement.to_owned()))).await?;
    let mut input = None;
    let failed: fn(DataFusionError) -> Error = match &plan {
        LogicalPlan::Statement(Statement::ResetVariable(reset)) => {
            if let Some((JoinSettings::PREFIX, setting)) = reset.variable.split_once('.') {
                return reset_setting(session, setting).map_err(Error::planning);
            }
            Error::planning
        }
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) => {
            input = Some(Arc::clone(&table.input));
            Error::from
        }
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(_)) => by_kind,
        _ => Error::planning,
    };
    let Some(input) = input else {
        let session = session.clone();
        let executing = async move { session.execute_logical_plan(plan).await };
        return caught(in_time(&state, executing)).await.map_err(failed);
    };
    // The limit is on its plan: in a thread that nobody waits for, rows would go on to be spilled.
    let made = caught(session.execute_logical_plan(plan)).await;
    match made {
        // Which files the table was to be made of, only its plan knows.
        Err(error) if ScannedFiles::may_name(&error) => {
            let planner = state.clone();
            let planning = async move { planner.create_physical_plan(&input).await };
            let plan = caught(in_time(&state, planning)).await;
            Err(match plan {
                Ok(plan) => ScannedFiles::of(&plan).name(error),
                Err(_) => error,
            })
        }
        made => made,
    }
    .map_err(failed)
}

async fn logical(state: SessionState, statement: String) -> Result<LogicalPlan> {
    let plan = state.create_logical_plan(&statement).await;
    let plan = plan.map_err(of_statement)?;
    if let LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) = &plan {
        // Before it runs, since afterwards an error could be of either kind.
        state.optimize(&table.input).map_err(Error::planning)?;
    }
    Ok(plan)
}

/// `RESET` of a setting of the joins: DataFusion resets its own only.
fn reset_setting(session: &SessionContext, setting: &str) -> Result<DataFrame, DataFusionError> {
    let state = session.state_ref();
    let mut state = state.write();
    let options = state.config_mut().options_mut();
    if let Some(settings) = options.extensions.get_mut::<JoinSettings>() {
        settings.reset(setting)?;
    }
    let nothing = LogicalPlanBuilder::empty(false).build()?;
    Ok(DataFrame::new(state.clone(), nothing))
}

/// Runs a query and returns its rows.
///
/// # Errors
/// [`Error::Planning`] where it cannot be planned, [`Error::Query`] where it fails.
///
/// # Example
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let session = tieline::session(&tieline::Limits::default())?;
/// let frame = tieline::plan(&session, "SELECT CAST(column1 AS INT) FROM (VALUES ('1'), ('a secret'))").await?;
/// let error = tieline::collect(frame).await.unwrap_err();
/// assert!(error.to_string().ends_with("Cannot cast string '…' to value of Int32 type"));
/// # Ok::<(), tieline::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn collect(frame: DataFrame) -> Result<Vec<RecordBatch>> {
    let (plan, context) = physical(frame).await?;
    let files = ScannedFiles::of(&plan);
    let batches = caught(physical_plan::collect(plan, context)).await;
    Ok(batches.map_err(|error| files.name(error))?)
}

/// Runs a query whose rows come one batch after another, so that a large result need not fit in memory.
///
/// On a Tokio runtime of several threads the query runs as a task of its own, a few batches ahead, and ends when the stream is
/// dropped: who waits for a batch can give up, also where an operator does not yield.
///
/// # Errors
/// [`Error::Planning`] where it cannot be planned, [`Error::Query`] where it cannot be started. An error of the stream becomes
/// an [`Error::Query`] by `?`.
///
/// # Example
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// use futures::StreamExt;
///
/// let session = tieline::session(&tieline::Limits::default())?;
/// let frame = tieline::plan(&session, "SELECT value FROM range(0, 100000)").await?;
/// let mut batches = tieline::stream(frame).await?;
/// let mut rows = 0;
/// while let Some(batch) = batches.next().await {
///     rows += batch?.num_rows();
/// }
/// assert_eq!(rows, 100_000);
/// # Ok::<(), tieline::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn stream(frame: DataFrame) -> Result<SendableRecordBatchStream> {
    let (plan, context) = physical(frame).await?;
    let has_deadline = is_limited(&plan);
    let files = ScannedFiles::of(&plan);
    let batches = caught(async { physical_plan::execute_stream(plan, context) }).await?;
    // A deadline is heard only where its stream is polled: not in a task, which finds no thread where operators hold all of them. What is
    // below it is a task already.
    let batches = match has_deadline {
        true => batches,
        false => spawn_buffered(batches, BATCHES_AHEAD),
    };
    let batches = caught_stream(batches);
    let named =
        RecordBatchStreamAdapter::new(batches.schema(), batches.map_err(move |error| files.name(error)));
    Ok(Box::pin(named))
}

async fn physical(frame: DataFrame) -> Result<(Arc<dyn ExecutionPlan>, Arc<TaskContext>)> {
    let (state, plan) = frame.into_parts();
    let context = Arc::new(TaskContext::from(&state));
    let planner = state.clone();
    let planning = async move {
        let plan = planner.optimize(&plan).map_err(Error::planning)?;
        let plan = planner.query_planner().create_physical_plan(&plan, &planner);
        plan.await.map_err(by_kind)
    };
    Ok((caught(in_time(&state, planning)).await?, context))
}

/// A statement can name a file, whose first rows say then what its columns are.
fn of_statement(error: DataFusionError) -> Error {
    match error.find_root() {
        DataFusionError::ArrowError(read, _)
            if matches!(**read, ArrowError::CsvError(_) | ArrowError::JsonError(_)) =>
        {
            error.into()
        }
        _ => Error::planning(error),
    }
}

/// Where files are read, but no row of theirs is worked on: the engine's kinds of errors tell which one it is.
fn by_kind(error: DataFusionError) -> Error {
    match error.find_root() {
        DataFusionError::Plan(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::Configuration(_) => Error::planning(error),
        _ => error.into(),
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
