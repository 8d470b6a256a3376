//! Sessions as the tests need them.

use std::sync::Arc;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::tables::Random;

/// A session with functions and joins.
pub(crate) fn session(batch_size: usize, partitions: usize) -> SessionContext {
    session_within(batch_size, partitions, usize::MAX)
}

/// A session that may take so many bytes of memory.
pub(crate) fn session_within(batch_size: usize, partitions: usize, memory_bytes: usize) -> SessionContext {
    session_with(
        batch_size,
        partitions,
        Arc::new(GreedyMemoryPool::new(memory_bytes)),
    )
}

/// A session that takes its memory from a pool.
pub(crate) fn session_with(
    batch_size: usize,
    partitions: usize,
    pool: Arc<dyn MemoryPool>,
) -> SessionContext {
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc();
    let config = SessionConfig::new()
        .with_batch_size(batch_size)
        .with_target_partitions(partitions);
    let builder = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime.unwrap())
        .with_default_features();
    let builder = tieline_joins::configure(tieline_functions::configure(builder));
    SessionContext::new_with_state(builder.build())
}

/// The least, some odd ones and those around one of 50, and one that holds most tables.
pub(crate) const BATCH_SIZES: [usize; 8] = [1, 2, 7, 49, 50, 51, 100, 2000];

/// A session with batches of any of those sizes, and up to three partitions.
pub(crate) fn random_session(random: &mut Random) -> SessionContext {
    session(random.pick(&BATCH_SIZES), random.pick(&[1, 2, 3]))
}

/// Runs a statement whose rows do not matter.
pub(crate) async fn run(context: &SessionContext, sql: &str) {
    context.sql(sql).await.unwrap().collect().await.unwrap();
}

/// What a query gave.
pub(crate) struct Answer {
    /// The plan that ran.
    pub(crate) plan: String,
    /// Its rows as text, sorted.
    pub(crate) rows: Vec<String>,
    /// The largest batch.
    pub(crate) largest_batch: usize,
}

/// The plan of a statement, and its text.
pub(crate) async fn plan_of(context: &SessionContext, sql: &str) -> (Arc<dyn ExecutionPlan>, String) {
    let plan = context
        .sql(sql)
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    let text = displayable(plan.as_ref()).indent(false).to_string();
    (plan, text)
}

/// Runs a query with a strategy.
pub(crate) async fn answer(context: &SessionContext, strategy: &str, sql: &str) -> Answer {
    let set = format!("SET tieline.range_strategy = '{strategy}'");
    context.sql(&set).await.unwrap().collect().await.unwrap();
    let (plan, text) = plan_of(context, sql).await;
    let batches = collect(plan, context.task_ctx()).await.unwrap();
    let largest_batch = batches.iter().map(|batch| batch.num_rows()).max().unwrap_or(0);
    let table = pretty_format_batches(&batches).unwrap().to_string();
    // The first line names the columns; without batches there is none.
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    let mut rows: Vec<_> = lines.map(str::to_owned).collect();
    rows.sort();
    Answer {
        plan: text,
        rows,
        largest_batch,
    }
}
