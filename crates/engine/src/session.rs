//! The one place where functions, rules and settings meet.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use datafusion::common::config::TableOptions;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::deadline::{LimitTime, TimeLimit};
use crate::local_files::LocalFiles;

/// What a session may use.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Memory for sorting, grouping and joining, in bytes; `None` for no limit.
    pub memory_bytes: Option<usize>,
    /// Time that one query may run; parsing it and planning it may take as long each before. `None` for no limit.
    pub time: Option<Duration>,
    /// Threads that a query is planned for; `None` for one per core. It is divided into twice as many parts, or as many where memory is
    /// short, and runs on as many threads as the caller's Tokio runtime gives it, which should have no more than these.
    pub threads: Option<NonZeroUsize>,
}

/// Into how many parts a query is divided for each thread: while one waits for its file, another has work.
const PARTITIONS_PER_THREAD: usize = 2;

/// A part has at least so much of the memory, in bytes, or there is one for each thread: its sorts need it.
const LEAST_MEMORY_OF_A_PARTITION: usize = 64 << 20;

/// So many of those that have the most memory are named when there is none left.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4);

/// A DataFusion session that knows addresses, geometries, the functions and the joins over them, and no tables.
///
/// # Errors
/// When the temporary folder for spilling cannot be used.
///
/// # Example
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let session = tieline::session(&tieline::Limits::default())?;
/// let batches = session.sql("SELECT ip_family(ip('2001:db8::1')) AS family").await?.collect().await?;
/// assert_eq!(batches[0].num_rows(), 1);
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn session(limits: &Limits) -> Result<SessionContext> {
    let mut config = SessionConfig::new().with_information_schema(true);
    // Without a limit, DataFusion's own: the number of cores.
    let threads = limits
        .threads
        .map_or(config.target_partitions(), NonZeroUsize::get);
    config = config.with_target_partitions(partitions(threads, limits.memory_bytes));
    // Nothing that Tieline writes has bloom filters, and DataFusion 55 holds a scan's whole predicate against each row group's,
    // also where there is none: with the boxes of 44 fences that costs 1.5 ms for each.
    config.options_mut().execution.parquet.bloom_filter_on_read = false;
    // The types of JSON's columns are told from all rows: from a thousand, as by default, a column of whole numbers would cut the fraction
    // off those that come later, and a key that is new would be left out, both without a word. A file is read twice for it.
    let mut table_options = TableOptions::default_from_session_config(config.options());
    table_options.json.schema_infer_max_rec = Some(usize::MAX);
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(memory_bytes) = limits.memory_bytes {
        // Shared out evenly among what can spill: else the sort that comes first takes all, and the next one has nothing to
        // spill.
        let pool = FairSpillPool::new(memory_bytes);
        let pool = TrackConsumersPool::new(pool, NAMED_CONSUMERS);
        runtime = runtime.with_memory_pool(Arc::new(pool));
    }
    let runtime = runtime.build_arc()?;
    runtime.register_object_store(
        ObjectStoreUrl::local_filesystem().as_ref(),
        Arc::new(LocalFiles::default()),
    );
    let mut builder = SessionStateBuilder::new()
        .with_config(config)
        .with_table_options(table_options)
        .with_runtime_env(runtime)
        .with_default_features();
    builder = tieline_functions::configure(builder);
    builder = tieline_joins::configure(builder);
    if let Some(limit) = limits.time {
        builder
            .config()
            .get_or_insert_default()
            .set_extension(Arc::new(TimeLimit(limit)));
        builder = builder.with_physical_optimizer_rule(Arc::new(LimitTime::new(limit)));
    }
    Ok(SessionContext::new_with_state(builder.build()))
}

/// Into how many parts a query is divided.
fn partitions(threads: usize, memory_bytes: Option<usize>) -> usize {
    let partitions = threads.saturating_mul(PARTITIONS_PER_THREAD);
    match memory_bytes {
        Some(bytes) if bytes / partitions < LEAST_MEMORY_OF_A_PARTITION => threads,
        _ => partitions,
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
