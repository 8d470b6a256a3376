//! Sessions, and plans on their way from one to another.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use datafusion::prelude::{SessionConfig, SessionContext};
use tieline_codec::{plan_from_bytes, plan_to_bytes};

/// A session with functions and joins.
pub(crate) fn session(partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions);
    let builder = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features();
    let builder = tieline_joins::configure(tieline_functions::configure(builder));
    SessionContext::new_with_state(builder.build())
}

/// The session of another process: the same settings, and nothing of ours registered.
pub(crate) fn worker(context: &SessionContext) -> SessionContext {
    SessionContext::new_with_config(context.copied_config())
}

/// Runs statements whose answers do not matter.
pub(crate) async fn run(context: &SessionContext, statements: &[&str]) {
    for sql in statements {
        context.sql(sql).await.unwrap().collect().await.unwrap();
    }
}

/// The plan of a query.
pub(crate) async fn plan(context: &SessionContext, sql: &str) -> Result<Arc<dyn ExecutionPlan>> {
    context.sql(sql).await?.create_physical_plan().await
}

/// The plan as another process has it. It looks the same, and so do its columns.
pub(crate) fn sent(plan: &Arc<dyn ExecutionPlan>, worker: &SessionContext) -> Arc<dyn ExecutionPlan> {
    let bytes = plan_to_bytes(plan).unwrap();
    let read = plan_from_bytes(&bytes, &worker.task_ctx()).unwrap();
    assert_eq!(text(&read), text(plan));
    assert_eq!(read.schema(), plan.schema(), "{}", text(plan));
    read
}

/// What a plan looks like.
pub(crate) fn text(plan: &Arc<dyn ExecutionPlan>) -> String {
    displayable(plan.as_ref()).indent(false).to_string()
}

/// The rows of a plan as text, sorted.
pub(crate) async fn rows(plan: Arc<dyn ExecutionPlan>, context: &SessionContext) -> Result<Vec<String>> {
    Ok(lines(&collect(plan, context.task_ctx()).await?))
}

fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let table = pretty_format_batches(batches).unwrap().to_string();
    let mut lines: Vec<_> = table.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Runs a query here and elsewhere; returns its plan and its rows.
pub(crate) async fn check(context: &SessionContext, sql: &str) -> (Arc<dyn ExecutionPlan>, Vec<String>) {
    let here = plan(context, sql).await.unwrap();
    let worker = worker(context);
    let elsewhere = sent(&here, &worker);
    let expected = rows(Arc::clone(&here), context).await.unwrap();
    assert_eq!(rows(elsewhere, &worker).await.unwrap(), expected, "{sql}");
    (here, expected)
}
