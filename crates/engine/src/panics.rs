//! A panic of DataFusion or of one of its readers ends the query, not the process.
//!
//! Readers of files trust what they read: a damaged footer, or a length that lies, makes some of them panic, and so do some functions of a
//! column of numbers. What was under way is dropped, so that nothing half done is seen.

use std::panic::AssertUnwindSafe;

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{FutureExt, StreamExt};
use tieline_functions::Plain;

/// Does something; an error where it panics.
pub(crate) async fn caught<T, E: From<DataFusionError>>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.unwrap_or_else(|_| Err(fault().into()))
}

/// The stream, ended by an error where it panics.
pub(crate) fn caught_stream(stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let schema = stream.schema();
    let batches = AssertUnwindSafe(stream).catch_unwind();
    let batches = batches.map(|batch| batch.unwrap_or_else(|_| Err(fault())));
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

/// Without what the panic says, which may quote a value.
fn fault() -> DataFusionError {
    Plain("the engine met a fault of its own; a file that is read may be damaged, or an argument of a function out of all bounds").into()
}

#[cfg(test)]
#[path = "panics_tests.rs"]
mod tests;
