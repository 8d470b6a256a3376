//! The threads that the work runs on.

use std::io;
use std::num::NonZeroUsize;

use tokio::runtime::{Builder, Runtime};

/// A runtime with so many threads, or one per core: a query has more partitions, so that these are its limit.
pub(crate) fn runtime(threads: Option<NonZeroUsize>) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads.get());
    }
    builder.enable_all().build()
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
