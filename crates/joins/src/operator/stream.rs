//! One partition of the probe side, streamed past the index.

use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, BooleanBufferBuilder, RecordBatch, UInt32Array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::common::{DataFusionError, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::RecordOutput;
use futures::future::{BoxFuture, Shared};
use futures::{Stream, TryStreamExt, stream};

use super::build::{Built, evaluate};
use super::groups::EqualKeys;
use super::input::ProbeInput;
use super::metrics::ProbeMetrics;
use super::output::{Layout, Ready, Residual, Rows, most_pairs};
use super::shape::{Membership, Shape};
use crate::index::{KeyedRows, Matches, Pairs};

/// The build side to be, awaited by every partition.
pub(crate) type BuildFuture = Shared<BoxFuture<'static, Result<Arc<Built>, Arc<DataFusionError>>>>;

/// What a partition needs to know.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) keys: Vec<Arc<dyn PhysicalExpr>>,
    pub(crate) equal: Option<EqualKeys>,
    pub(crate) shape: Shape,
    pub(crate) residual: Option<Residual>,
    pub(crate) layout: Layout,
    /// No batch that comes out has more rows.
    pub(crate) batch_size: usize,
    pub(crate) metrics: ProbeMetrics,
}

impl Probe {
    /// The rows of the join that this partition of the probe side gives.
    pub(crate) fn run(
        self,
        build: BuildFuture,
        input: ProbeInput,
    ) -> impl Stream<Item = Result<RecordBatch>> + Send + 'static {
        let start = async move {
            let built = build.await.map_err(DataFusionError::Shared)?;
            Ok::<_, DataFusionError>(stream::try_unfold(
                Partition::new(self, built, input),
                |mut partition| async move { Ok(partition.next().await?.map(|batch| (batch, partition))) },
            ))
        };
        stream::once(start).try_flatten()
    }
}

/// The state of a partition.
struct Partition {
    probe: Probe,
    built: Arc<Built>,
    input: Option<ProbeInput>,
    current: Option<Current>,
    /// How many pairs the last batch had: the next one mostly has about as many.
    last_pairs: usize,
    ready: Ready,
    done: bool,
}

/// The batch that is being matched.
struct Current {
    batch: RecordBatch,
    matches: Box<dyn Matches>,
    /// How many pairs are taken at a time.
    most: usize,
    /// Which of its rows had a match, where that must be known.
    matched: Option<BooleanBufferBuilder>,
}

impl Partition {
    fn new(probe: Probe, built: Arc<Built>, input: ProbeInput) -> Self {
        let probe = Probe {
            batch_size: probe.batch_size.min(most_pairs(
                &built.rows,
                true,
                &probe.layout,
                probe.residual.as_ref(),
            )),
            ..probe
        };
        Self {
            ready: Ready::new(&probe.layout.schema, probe.batch_size),
            probe,
            built,
            input: Some(input),
            current: None,
            last_pairs: 0,
            done: false,
        }
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.ready.pop() {
                return Ok(Some(batch.record_output(&self.probe.metrics.baseline)));
            }
            if self.done {
                return Ok(None);
            }
            // One step of the work below is bounded; between two of them a cancelled query ends.
            tokio::task::consume_budget().await;
            self.step().await?;
        }
    }

    async fn step(&mut self) -> Result<()> {
        let elapsed = self.probe.metrics.baseline.elapsed_compute().clone();
        if let Some(current) = self.current.take() {
            let _timer = elapsed.timer();
            return self.match_some(current);
        }
        let batch = match &mut self.input {
            Some(input) => input.next().await.transpose()?,
            None => None,
        };
        let _timer = elapsed.timer();
        match batch {
            Some(batch) => self.start(batch),
            None => {
                self.input = None;
                self.finish()
            }
        }
    }

    /// Begins to match a batch.
    fn start(&mut self, batch: RecordBatch) -> Result<()> {
        self.probe.metrics.probe_rows.add(batch.num_rows());
        let groups = match (&self.probe.equal, &self.built.groups) {
            (Some(equal), Some(groups)) => Some(groups.look_up(&evaluate(&equal.probe, &batch)?)?),
            _ => None,
        };
        let rows = KeyedRows {
            rows: batch.num_rows(),
            keys: evaluate(&self.probe.keys, &batch)?,
            groups,
        };
        if let (Shape::Probe(membership), None) = (self.probe.shape, &self.probe.residual) {
            // Which of its matches a row has is of no interest.
            let matched = self.built.index.matches_any(&rows)?;
            self.probe.metrics.candidates.add(matched.true_count());
            self.probe.metrics.matches.add(matched.true_count());
            return self.emit_members(&batch, matched, membership);
        }
        let tracks = match self.probe.shape {
            Shape::Pairs { keep_probe, .. } => keep_probe,
            Shape::Probe(_) => true,
            Shape::Build(_) => false,
        };
        let matched = tracks.then(|| {
            let mut matched = BooleanBufferBuilder::new(batch.num_rows());
            matched.append_n(batch.num_rows(), false);
            matched
        });
        let matches = Arc::clone(&self.built.index).probe(rows)?;
        let most = most_pairs(&batch, false, &self.probe.layout, self.probe.residual.as_ref());
        self.current = Some(Current {
            most: self.probe.batch_size.min(most),
            batch,
            matches,
            matched,
        });
        Ok(())
    }

    /// Matches at most as many pairs as a batch can have.
    fn match_some(&mut self, mut current: Current) -> Result<()> {
        let likely = self.last_pairs + self.last_pairs / 4;
        let mut pairs = Pairs::with_capacity(likely.min(current.most));
        let more = current.matches.next(current.most, &mut pairs);
        self.last_pairs = pairs.len();
        if let Some(error) = current.matches.take_error() {
            return Err(error);
        }
        self.probe.metrics.candidates.add(pairs.len());
        if let (Some(residual), false) = (&self.probe.residual, pairs.is_empty()) {
            pairs = residual.keep(&self.built.rows, &current.batch, pairs)?;
        }
        self.probe.metrics.matches.add(pairs.len());
        if !pairs.is_empty() {
            self.built.mark(&pairs.build);
            if let Some(matched) = &mut current.matched {
                pairs
                    .probe
                    .iter()
                    .for_each(|row| matched.set_bit(*row as usize, true));
            }
            if matches!(self.probe.shape, Shape::Pairs { .. }) {
                self.emit_pairs(&current, pairs)?;
            }
        }
        if more {
            self.current = Some(current);
            return Ok(());
        }
        match (self.probe.shape, current.matched) {
            (Shape::Pairs { keep_probe: true, .. }, Some(mut matched)) => {
                self.emit_unmatched_probe(&current.batch, &matched.finish())
            }
            (Shape::Probe(membership), Some(mut matched)) => self.emit_members(
                &current.batch,
                BooleanArray::new(matched.finish(), None),
                membership,
            ),
            _ => Ok(()),
        }
    }

    fn emit_pairs(&mut self, current: &Current, pairs: Pairs) -> Result<()> {
        let count = pairs.len();
        let (build, probe) = (UInt32Array::from(pairs.build), UInt32Array::from(pairs.probe));
        let rows = Rows::Of(&self.built.rows, &build);
        let output = self
            .probe
            .layout
            .rows(rows, Rows::Of(&current.batch, &probe), count)?;
        match current.most < self.probe.batch_size {
            // Several of them are more than one batch can hold.
            true => self.ready.push_alone(output),
            false => self.ready.push(output),
        }
    }

    fn emit_unmatched_probe(&mut self, batch: &RecordBatch, matched: &BooleanBuffer) -> Result<()> {
        let rows: UInt32Array = (!matched).set_indices().map(|row| row as u32).collect();
        let output = self
            .probe
            .layout
            .rows(Rows::Null, Rows::Of(batch, &rows), rows.len())?;
        self.ready.push(output)
    }

    /// Rows of one side that are members, or all of them with their mark.
    fn emit_members(
        &mut self,
        batch: &RecordBatch,
        matched: BooleanArray,
        membership: Membership,
    ) -> Result<()> {
        let output = self.probe.layout.members(batch, matched, membership)?;
        self.ready.push(output)
    }

    /// The probe side has ended; the last partition emits what is left of the build side.
    fn finish(&mut self) -> Result<()> {
        if let Some(matched) = self.built.finish_partition() {
            let built = Arc::clone(&self.built);
            match self.probe.shape {
                Shape::Pairs { keep_build: true, .. } => {
                    let rows: Vec<u32> = (!&matched).set_indices().map(|row| row as u32).collect();
                    for rows in rows.chunks(self.probe.batch_size) {
                        let rows = UInt32Array::from(rows.to_vec());
                        let output =
                            self.probe
                                .layout
                                .rows(Rows::Of(&built.rows, &rows), Rows::Null, rows.len())?;
                        self.ready.push(output)?;
                    }
                }
                Shape::Build(membership) => {
                    for start in (0..built.rows.num_rows()).step_by(self.probe.batch_size) {
                        let count = self.probe.batch_size.min(built.rows.num_rows() - start);
                        let matched = BooleanArray::new(matched.slice(start, count), None);
                        self.emit_members(&built.rows.slice(start, count), matched, membership)?;
                    }
                }
                Shape::Pairs { .. } | Shape::Probe(_) => {}
            }
        }
        self.ready.finish()?;
        self.done = true;
        Ok(())
    }
}
