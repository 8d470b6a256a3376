//! The build side: collected, indexed, shared by the partitions of the probe side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, BooleanBufferBuilder, RecordBatch};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{concat, concat_batches};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::runtime::{JoinSet, SpawnedTask};
use datafusion::common::{DataFusionError, Result, resources_datafusion_err};
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use futures::TryStreamExt;
use tieline_index::{on_threads, worth_while};
use tokio::runtime::Handle;
use tokio::task::JoinError;

use super::filter::SharedIndex;
use super::groups::{EqualKeys, GroupTable};
use super::metrics::BuildMetrics;
use crate::index::{IndexKind, JoinIndex, KeyedRows};

/// What the probe side needs.
#[derive(Debug)]
pub(crate) struct Built {
    /// Every row of the build side.
    pub(crate) rows: RecordBatch,
    pub(crate) index: Arc<dyn JoinIndex>,
    /// Where the join has equal keys.
    pub(crate) groups: Option<GroupTable>,
    /// Which build rows had a match, where that must be known.
    matched: Option<Mutex<BooleanBufferBuilder>>,
    /// Probe partitions that are not done yet.
    probing: AtomicUsize,
    /// Given back when the last partition drops this.
    _reservation: Arc<MemoryReservation>,
}

/// How the build side is made.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) kind: Arc<dyn IndexKind>,
    pub(crate) equal: Option<EqualKeys>,
    pub(crate) track_matches: bool,
    pub(crate) probe_partitions: usize,
    /// How many threads the index may be built on.
    pub(crate) threads: usize,
    /// Where the index is published to the scan of the probe side.
    pub(crate) shared: Arc<SharedIndex>,
    pub(crate) reservation: Arc<MemoryReservation>,
    pub(crate) metrics: BuildMetrics,
}

/// How many threads an index is built on: as many as there are partitions to probe it, if the runtime has so many.
pub(crate) fn threads(context: &TaskContext) -> usize {
    let partitions = context.session_config().target_partitions();
    Handle::try_current().map_or(partitions, |runtime| {
        runtime.metrics().num_workers().min(partitions)
    })
}

impl Build {
    /// Collects the build side and indexes it.
    pub(crate) async fn run(
        self,
        schema: SchemaRef,
        inputs: Vec<SendableRecordBatchStream>,
    ) -> Result<Built> {
        let batches = collect(inputs, &self.reservation, self.kind.way_out()).await?;
        // In a thread of its own, so that the other work of this one goes on and a cancelled query ends at once.
        SpawnedTask::spawn_blocking(move || self.index(&schema, batches))
            .await
            .map_err(|error| DataFusionError::External(Box::new(error)))?
    }

    fn index(self, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Built> {
        let build_time = self.metrics.build_time.clone();
        let timer = build_time.timer();
        let rows = one_batch(schema, &batches, self.threads)?;
        drop(batches);
        let held = rows.get_array_memory_size();
        self.reserve(held)?;
        if rows.num_rows() >= u32::MAX as usize {
            return Err(resources_datafusion_err!(
                "an index join builds at most {} rows; the smaller side of this one has more",
                u32::MAX - 1
            ));
        }
        let (groups, numbers) = self.groups(&rows)?.unzip();
        let groups_bytes = groups.as_ref().map_or(0, |groups| groups.bytes(&rows));
        let keyed = KeyedRows {
            rows: rows.num_rows(),
            keys: evaluate(self.kind.build_keys(), &rows)?,
            groups: numbers,
        };
        self.reserve(held + groups_bytes + self.kind.build_bytes(&keyed))?;
        let index = self.kind.build(&keyed, self.threads)?;
        drop(keyed);
        self.reserve(held + groups_bytes + index.bytes())?;
        timer.done();
        self.metrics.build_rows.add(rows.num_rows());
        self.metrics.index_bytes.add(index.bytes());
        self.shared.set(Arc::clone(&index));
        let matched = self.track_matches.then(|| {
            let mut matched = BooleanBufferBuilder::new(rows.num_rows());
            matched.append_n(rows.num_rows(), false);
            Mutex::new(matched)
        });
        Ok(Built {
            rows,
            index,
            groups,
            matched,
            probing: AtomicUsize::new(self.probe_partitions),
            _reservation: self.reservation,
        })
    }

    /// The groups of the rows by their equal keys, where the join has some.
    fn groups(&self, rows: &RecordBatch) -> Result<Option<(GroupTable, Vec<u32>)>> {
        let Some(equal) = &self.equal else {
            return Ok(None);
        };
        let keys = evaluate(&equal.build, rows)?;
        self.reserve(rows.get_array_memory_size() + GroupTable::build_bytes(rows.num_rows(), &keys))?;
        GroupTable::build(&keys, equal.nulls, self.threads).map(Some)
    }

    /// Holds so many bytes, no more and no fewer.
    fn reserve(&self, bytes: usize) -> Result<()> {
        self.reservation
            .try_resize(bytes)
            .map_err(|error| too_small(error, self.kind.way_out()))
    }
}

/// The batches of all partitions, read side by side and put in the order of the partitions: an index finds in order what is in order there,
/// such as the pieces of a file whose order is kept.
///
/// Each partition is collected by the task that reads it. Handed to one that collects all, batches wait for that one to be polled, and the
/// runtime polls it on the very thread that woke it, after what that thread is reading: the others have nothing to do.
async fn collect(
    inputs: Vec<SendableRecordBatchStream>,
    reservation: &Arc<MemoryReservation>,
    way_out: &'static str,
) -> Result<Vec<RecordBatch>> {
    let mut parts = vec![Vec::new(); inputs.len()];
    let mut reading = JoinSet::new();
    for (part, input) in inputs.into_iter().enumerate() {
        let batches = collect_part(input, Arc::clone(reservation), way_out);
        reading.spawn(async move { Ok((part, batches.await?)) });
    }
    while let Some(read) = reading.join_next().await {
        match read.map_err(unwind)? {
            Ok((part, batches)) => parts[part] = batches,
            Err(error) => {
                // What the others hold is given back before anybody knows of it.
                reading.shutdown().await;
                return Err(error);
            }
        }
    }
    Ok(parts.concat())
}

/// The batches of one partition.
async fn collect_part(
    mut input: SendableRecordBatchStream,
    reservation: Arc<MemoryReservation>,
    way_out: &'static str,
) -> Result<Vec<RecordBatch>> {
    let mut batches = Vec::new();
    while let Some(batch) = input.try_next().await? {
        // The rows stay in one batch; while that is made, they are there twice.
        reservation
            .try_grow(2 * batch.get_array_memory_size())
            .map_err(|error| too_small(error, way_out))?;
        batches.push(batch);
    }
    Ok(batches)
}

/// A panic goes on; else the runtime has ended the task.
fn unwind(error: JoinError) -> DataFusionError {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => DataFusionError::External(Box::new(error)),
    }
}

/// All rows as one batch, of which several threads make a column each.
fn one_batch(schema: &SchemaRef, batches: &[RecordBatch], threads: usize) -> Result<RecordBatch> {
    let count = batches.iter().map(RecordBatch::num_rows).sum();
    let (columns, threads) = (schema.fields().len(), worth_while(count, threads));
    if threads == 1 || columns < 2 || batches.len() < 2 {
        return Ok(concat_batches(schema, batches)?);
    }
    let shares = (0..threads.min(columns)).map(|share| (share..columns).step_by(threads));
    let made = on_threads(shares.collect(), |share| {
        let column = |position: usize| {
            let parts: Vec<&dyn Array> = batches.iter().map(|batch| &**batch.column(position)).collect();
            Ok((position, concat(&parts)?))
        };
        share.map(column).collect::<Result<Vec<_>>>()
    });
    let mut made = made.into_iter().collect::<Result<Vec<_>>>()?.concat();
    made.sort_unstable_by_key(|(position, _)| *position);
    let columns = made.into_iter().map(|(_, column)| column).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

fn too_small(error: DataFusionError, way_out: &str) -> DataFusionError {
    error.context(format!(
        "the build side of an index join does not fit: raise datafusion.runtime.memory_limit (--memory-limit), or set {way_out}"
    ))
}

impl Built {
    /// Notes matches of build rows.
    pub(crate) fn mark(&self, rows: &[u32]) {
        if let Some(matched) = &self.matched {
            // A poisoned lock means that another partition panicked: the query fails with that.
            let mut matched = matched.lock().unwrap_or_else(PoisonError::into_inner);
            rows.iter().for_each(|row| matched.set_bit(*row as usize, true));
        }
    }

    /// To be called once by each probe partition when it is done; the last one is told which build rows had a match.
    pub(crate) fn finish_partition(&self) -> Option<BooleanBuffer> {
        let last = self.probing.fetch_sub(1, Ordering::AcqRel) == 1;
        let matched = self.matched.as_ref().filter(|_| last)?;
        Some(
            matched
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .finish_cloned(),
        )
    }
}

/// The values of expressions, one array each.
pub(crate) fn evaluate(exprs: &[Arc<dyn PhysicalExpr>], batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    let array = |expr: &Arc<dyn PhysicalExpr>| expr.evaluate(batch)?.into_array(batch.num_rows());
    exprs.iter().map(array).collect()
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
