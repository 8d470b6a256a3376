//! One partition of a merge.

use std::pin::Pin;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::RecordOutput;
use futures::stream::Peekable;
use futures::{Stream, TryStreamExt, future, stream};
use tieline_functions::Plain;

use super::super::check;
use super::metrics::MergeMetrics;
use super::rows::{KeyedBatch, Reader, compacted};
use super::sequence::Sequence;
use super::window::Window;
use crate::index::Pairs;
use crate::operator::{Layout, Ready, Residual, Rows, Shape};

/// An input whose first batch can be awaited before it is needed.
pub(super) type Input = Peekable<SendableRecordBatchStream>;

/// What a partition needs to know, and what it is at.
pub(super) struct Merge {
    pub(super) shape: Shape,
    pub(super) residual: Option<Residual>,
    /// The conditions as they were written, over the times of the window side and then those of the stream.
    pub(super) check: Option<Arc<dyn PhysicalExpr>>,
    /// Whether far rows come first within their key; else there are none.
    pub(super) far_first: bool,
    pub(super) layout: Layout,
    /// No batch that comes out has more rows.
    pub(super) batch_size: usize,
    pub(super) metrics: MergeMetrics,
    pub(super) reader: Reader,
    /// `None` when it has ended.
    pub(super) input: Option<Input>,
    pub(super) window_input: Input,
    pub(super) window: Window,
    pub(super) state: State,
}

/// What a partition is at.
pub(super) struct State {
    sequence: Sequence,
    rows: Option<StreamRows>,
    pairs: Pairs,
    /// Whether pairs must be checked against the conditions as they were written.
    unchecked: bool,
    ready: Ready,
    done: bool,
}

impl State {
    pub(super) fn new(layout: &Layout, batch_size: usize) -> Self {
        Self {
            sequence: Sequence::default(),
            rows: None,
            pairs: Pairs::default(),
            unchecked: false,
            ready: Ready::new(&layout.schema, batch_size),
            done: false,
        }
    }
}

/// The batch of the stream that is being matched.
struct StreamRows {
    keyed: KeyedBatch,
    /// The row that is being matched.
    row: usize,
    /// Whether the window has gone on to it.
    admitted: bool,
    /// How many of its pairs have been made.
    place: usize,
    /// Which rows had a match, where that must be known.
    matched: Option<Vec<bool>>,
    /// Rows before this one have come out.
    emitted: usize,
}

/// Why the rows of a batch are not matched further at once.
enum Pause {
    /// The batch is done.
    Batch,
    /// Enough has been done in one step.
    Step,
    /// The window must have its next rows.
    Window,
}

/// Rows looked at in one step: between two of them a cancelled query ends.
const STEP: usize = 1 << 20;

impl Merge {
    /// The rows of the join that this partition gives.
    pub(super) fn run(self) -> impl Stream<Item = Result<RecordBatch>> + Send + 'static {
        let start = async move {
            let mut merge = self;
            merge.start().await;
            Ok::<_, DataFusionError>(stream::try_unfold(merge, |mut merge| async move {
                Ok(merge.next().await?.map(|batch| (batch, merge)))
            }))
        };
        stream::once(start).try_flatten()
    }

    /// Waits for both inputs at once, in every partition: two sorts that begin together share the memory, where one that begins
    /// later may find none to begin with, and rows that are dealt out to all partitions wait for none of them.
    async fn start(&mut self) {
        if let Some(input) = &mut self.input {
            let window_input = Pin::new(&mut self.window_input).peek();
            future::join(Pin::new(input).peek(), window_input).await;
        }
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.state.ready.pop() {
                return Ok(Some(batch.record_output(&self.metrics.probe.baseline)));
            }
            if self.state.done {
                return Ok(None);
            }
            tokio::task::consume_budget().await;
            self.step().await?;
        }
    }

    async fn step(&mut self) -> Result<()> {
        let elapsed = self.metrics.probe.baseline.elapsed_compute().clone();
        let timer = elapsed.timer();
        if self.state.pairs.is_empty() && !self.window.departed.is_empty() {
            return self.emit_departed();
        }
        let Some(mut rows) = self.state.rows.take() else {
            drop(timer);
            return self.open().await;
        };
        let pause = self.match_rows(&mut rows);
        self.flush(&mut rows)?;
        match pause {
            Pause::Batch => return self.finish_rows(rows),
            Pause::Step => {}
            // What has gone is in the rows that are there now.
            Pause::Window if !self.window.departed.is_empty() => {}
            Pause::Window => {
                drop(timer);
                self.load().await?;
            }
        }
        self.state.rows = Some(rows);
        Ok(())
    }

    /// The next batch of the stream, or what is left of the window.
    async fn open(&mut self) -> Result<()> {
        // To its end, also where nothing can match any more: a row that should have come before could have.
        let batch = match &mut self.input {
            Some(input) => input.try_next().await.map_err(sort_does_not_fit)?,
            None => None,
        };
        let elapsed = self.metrics.probe.baseline.elapsed_compute().clone();
        let timer = elapsed.timer();
        if let Some(batch) = batch {
            self.metrics.probe.probe_rows.add(batch.num_rows());
            let keyed = self.read(batch)?;
            let tracks = match self.shape {
                Shape::Pairs { keep_probe, .. } => keep_probe,
                Shape::Probe(_) => true,
                Shape::Build(_) => false,
            };
            self.state.rows = Some(StreamRows {
                matched: tracks.then(|| vec![false; keyed.len()]),
                keyed,
                row: 0,
                admitted: false,
                place: 0,
                emitted: 0,
            });
            return Ok(());
        }
        self.input = None;
        self.window.depart_all();
        if !self.window.departed.is_empty() {
            return Ok(());
        }
        if self.window.ended {
            self.state.done = true;
            return self.state.ready.finish();
        }
        drop(timer);
        self.load().await
    }

    fn read(&mut self, batch: RecordBatch) -> Result<KeyedBatch> {
        let keyed = self.reader.read(batch)?;
        self.check_far(&keyed)?;
        self.state.sequence.follow(&keyed, 0)?;
        Ok(keyed)
    }

    /// Far rows that are not where they can be matched, because statistics said that there are none.
    fn check_far(&self, rows: &KeyedBatch) -> Result<()> {
        match rows.has_far_rows() && !self.far_first {
            true => Err(Plain(
                "times lie beyond the statistics of their table: set tieline.band_strategy = 'sorted'",
            )
            .into()),
            false => Ok(()),
        }
    }

    /// Appends rows to the window: half as many as it holds at least, so that what it holds is not copied too often.
    async fn load(&mut self) -> Result<()> {
        let wanted = (self.window.held() / 2).max(1);
        let (mut batches, mut count) = (Vec::new(), 0);
        while count < wanted {
            match self.window_input.try_next().await.map_err(sort_does_not_fit)? {
                Some(batch) => {
                    let batch = compacted(batch)?;
                    self.window.reserve(&batch)?;
                    count += batch.num_rows();
                    batches.push(batch);
                }
                None => {
                    self.window.ended = true;
                    break;
                }
            }
        }
        self.metrics.window_rows.add(count);
        if count > 0 {
            let _timer = self.metrics.probe.baseline.elapsed_compute().timer();
            self.window.append(batches)?;
            self.check_far(&self.window.rows)?;
            self.metrics.window_bytes.set_max(self.window.reserved());
        }
        Ok(())
    }

    /// Makes pairs of rows of the batch, one row after the other.
    fn match_rows(&mut self, rows: &mut StreamRows) -> Pause {
        let mut looked_at = 0;
        while rows.row < rows.keyed.len() {
            let full = self.state.pairs.len() >= self.batch_size;
            if full || self.window.departed.len() >= self.batch_size || looked_at >= STEP {
                return Pause::Step;
            }
            let row = rows.row;
            if rows.keyed.is_live(row) {
                let time = (!rows.keyed.is_far(row)).then(|| rows.keyed.ends(row).0);
                if !rows.admitted {
                    looked_at += self.window.active.len();
                    if !self.window.admit(rows.keyed.keys.row(row), time) {
                        return Pause::Window;
                    }
                    rows.admitted = true;
                }
                if !self.pair(rows, time) {
                    continue;
                }
            }
            rows.row += 1;
            rows.admitted = false;
            rows.place = 0;
        }
        Pause::Batch
    }

    /// Makes pairs of a row; whether these were the last.
    fn pair(&mut self, rows: &mut StreamRows, time: Option<i128>) -> bool {
        let matching = self.window.matching(time);
        let checked = self.check.is_some() && (time.is_none() || self.window.rows.has_far_rows());
        let settled = self.residual.is_none() && !checked;
        match self.shape {
            // Which of its matches a row has is of no interest.
            Shape::Probe(_) if settled => {
                if let Some(matched) = &mut rows.matched {
                    matched[rows.row] = matching > 0;
                }
                self.metrics.probe.candidates.add(matching.min(1));
                self.metrics.probe.matches.add(matching.min(1));
                true
            }
            Shape::Build(_) if settled => {
                self.metrics.probe.candidates.add(matching);
                self.metrics.probe.matches.add(matching);
                self.window.depart_matched(matching);
                true
            }
            _ => {
                let room = self.batch_size - self.state.pairs.len();
                let end = matching.min(rows.place + room);
                let pairs = &mut self.state.pairs;
                pairs.build.extend(self.window.active.range(rows.place..end));
                pairs.probe.resize(pairs.build.len(), rows.row as u32);
                self.state.unchecked |= checked && end > rows.place;
                rows.place = end;
                end == matching
            }
        }
    }

    /// Settles the pairs that have been made: which of them are rows of the join, and what comes out.
    fn flush(&mut self, rows: &mut StreamRows) -> Result<()> {
        let mut pairs = std::mem::take(&mut self.state.pairs);
        self.metrics.probe.candidates.add(pairs.len());
        if let (Some(check), true) = (&self.check, std::mem::take(&mut self.state.unchecked)) {
            check::keep(
                check,
                &self.window.rows.times,
                &rows.keyed.times,
                0,
                &mut pairs,
                |_, _| true,
            )?;
        }
        if let (Some(residual), false) = (&self.residual, pairs.is_empty()) {
            pairs = residual.keep(&self.window.rows.batch, &rows.keyed.batch, pairs)?;
        }
        self.metrics.probe.matches.add(pairs.len());
        self.window.mark(&pairs.build);
        if let Some(matched) = &mut rows.matched {
            pairs.probe.iter().for_each(|row| matched[*row as usize] = true);
        }
        match (self.shape, &rows.matched) {
            (Shape::Pairs { .. }, Some(matched)) => {
                let all = with_unmatched(&pairs, matched, rows.emitted..rows.row);
                rows.emitted = rows.row;
                self.emit_pairs(&rows.keyed.batch, all.0, &all.1)
            }
            (Shape::Pairs { .. }, None) => {
                let build: Vec<Option<u32>> = pairs.build.into_iter().map(Some).collect();
                self.emit_pairs(&rows.keyed.batch, build, &pairs.probe)
            }
            _ => Ok(()),
        }
    }

    fn emit_pairs(&mut self, batch: &RecordBatch, window: Vec<Option<u32>>, stream: &[u32]) -> Result<()> {
        for (window, stream) in window.chunks(self.batch_size).zip(stream.chunks(self.batch_size)) {
            let window = UInt32Array::from(window.to_vec());
            let stream = UInt32Array::from(stream.to_vec());
            // A row without a number is NULL.
            let of_window = match self.window.rows.len() {
                0 => Rows::Null,
                _ => Rows::Of(&self.window.rows.batch, &window),
            };
            let output = self
                .layout
                .rows(of_window, Rows::Of(batch, &stream), stream.len())?;
            self.state.ready.push(output)?;
        }
        Ok(())
    }

    /// What comes out of the rows of the stream once all of a batch are matched.
    fn finish_rows(&mut self, rows: StreamRows) -> Result<()> {
        let (Shape::Probe(membership), Some(matched)) = (self.shape, rows.matched) else {
            return Ok(());
        };
        for (position, matched) in matched.chunks(self.batch_size).enumerate() {
            let batch = rows.keyed.batch.slice(position * self.batch_size, matched.len());
            let matched = BooleanArray::from(matched.to_vec());
            let output = self.layout.members(&batch, matched, membership)?;
            self.state.ready.push(output)?;
        }
        Ok(())
    }

    /// What comes out of rows that have gone from the window, a batch of them at most.
    fn emit_departed(&mut self) -> Result<()> {
        let (rows, matched) = self.window.take_departed(self.batch_size);
        let batch = &self.window.rows.batch;
        let output = match self.shape {
            Shape::Build(membership) => {
                let batch = take_record_batch(batch, &rows)?;
                self.layout
                    .members(&batch, BooleanArray::from(matched), membership)?
            }
            _ => {
                let unmatched = rows.values().iter().zip(matched);
                let unmatched = unmatched.filter(|(_, matched)| !matched).map(|(row, _)| *row);
                let rows = UInt32Array::from_iter_values(unmatched);
                self.layout.rows(Rows::Of(batch, &rows), Rows::Null, rows.len())?
            }
        };
        self.state.ready.push(output)
    }
}

/// Pairs in the order of the stream's rows, and in their places those of some rows that have no match.
fn with_unmatched(
    pairs: &Pairs,
    matched: &[bool],
    settled: std::ops::Range<usize>,
) -> (Vec<Option<u32>>, Vec<u32>) {
    let (mut window, mut stream) = (Vec::new(), Vec::new());
    let mut place = 0;
    for row in settled {
        while pairs.probe.get(place) == Some(&(row as u32)) {
            window.push(Some(pairs.build[place]));
            stream.push(row as u32);
            place += 1;
        }
        if !matched[row] {
            window.push(None);
            stream.push(row as u32);
        }
    }
    window.extend(pairs.build[place..].iter().copied().map(Some));
    stream.extend(&pairs.probe[place..]);
    (window, stream)
}

/// The error of an input that is out of memory says which setting helps.
fn sort_does_not_fit(error: DataFusionError) -> DataFusionError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => error.context(
            "the inputs of a band join by merge do not fit: raise datafusion.runtime.memory_limit (--memory-limit), or lower \
             datafusion.execution.batch_size, where rows are wide, or datafusion.execution.sort_spill_reservation_bytes",
        ),
        _ => error,
    }
}
