//! The probe side's partitions: each is read by its own partition of the join, and by the others when they are done with theirs.
//!
//! A file is dealt out to partitions by row groups, of which one partition may have twice as many as another. Reading a batch takes
//! little of the time that its matches take, so that partitions which share an input share nearly all of the work.

use std::fmt;
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::sync::Mutex;

/// An input that has been opened; `None` when it has ended.
type Opened = Mutex<Option<SendableRecordBatchStream>>;

/// The inputs of all partitions of a join.
pub(crate) struct ProbeInputs {
    inputs: Vec<OnceLock<Opened>>,
}

impl ProbeInputs {
    pub(crate) fn new(partitions: usize) -> Self {
        Self {
            inputs: (0..partitions).map(|_| OnceLock::new()).collect(),
        }
    }

    /// What a partition reads: its own input, and, where rows may come out in any order, then the others that are open.
    pub(crate) fn open(
        self: &Arc<Self>,
        partition: usize,
        input: SendableRecordBatchStream,
        in_order: bool,
    ) -> ProbeInput {
        let mut input = Some(input);
        if let Some(place) = self.inputs.get(partition).filter(|_| !in_order) {
            // Another run of the same partition finds its place taken, and reads alone.
            place.get_or_init(|| Mutex::new(input.take()));
        }
        match input {
            Some(own) => ProbeInput::Own(own),
            None => ProbeInput::Shared {
                inputs: Arc::clone(self),
                partition,
                ended: 0,
            },
        }
    }
}

impl fmt::Debug for ProbeInputs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} inputs", self.inputs.len())
    }
}

/// Where a partition's batches come from.
pub(crate) enum ProbeInput {
    Own(SendableRecordBatchStream),
    Shared {
        inputs: Arc<ProbeInputs>,
        /// Whose input is read first.
        partition: usize,
        /// How many inputs, from that one on, have ended or were not open.
        ended: usize,
    },
}

impl ProbeInput {
    /// The next batch; `None` when no open input has another.
    pub(crate) async fn next(&mut self) -> Option<Result<RecordBatch>> {
        let (inputs, partition, ended) = match self {
            Self::Own(input) => return input.next().await,
            Self::Shared {
                inputs,
                partition,
                ended,
            } => (&inputs.inputs, *partition, ended),
        };
        while *ended < inputs.len() {
            if let Some(input) = inputs[(partition + *ended) % inputs.len()].get() {
                // Held while the batch is read and not while it is matched.
                let mut input = input.lock().await;
                if let Some(stream) = input.as_mut() {
                    if let Some(batch) = stream.next().await {
                        return Some(batch);
                    }
                    // Freed first: a scan holds buffers for as long as its stream lives.
                    *input = None;
                }
            }
            *ended += 1;
        }
        None
    }
}
