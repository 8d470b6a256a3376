//! The threads that the work runs on.

use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

use tieline::PLANNING_STACK_BYTES;
use tokio::runtime::{Builder, Runtime};

/// The stack of each thread that runs statements, where less goes as deep as in planning.
const WORKING_STACK_BYTES: usize = 64 << 20;

/// A runtime with so many threads, or one per core: a query has more partitions, so that these are its limit.
pub(crate) fn runtime(threads: Option<NonZeroUsize>) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads.get());
    }
    builder
        .thread_stack_size(WORKING_STACK_BYTES)
        .enable_all()
        .build()
}

/// Does something where there is as deep a stack as planning needs.
pub(crate) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("main".into())
            .stack_size(PLANNING_STACK_BYTES)
            .spawn_scoped(scope, work)?;
        // A panic there is one here.
        Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
