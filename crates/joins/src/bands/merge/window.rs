//! The rows of the window side that a later row of the stream may still match.

use std::collections::VecDeque;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::row::{OwnedRow, Row};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::MemoryReservation;

use super::super::kind::BandKind;
use super::rows::{KeyedBatch, Reader, batch_bytes, compacted};
use super::sequence::Sequence;

/// One batch: the open rows first, then those that have been read and are not due yet.
pub(super) struct Window {
    kind: BandKind,
    reader: Reader,
    reservation: MemoryReservation,
    pub(super) rows: KeyedBatch,
    sequence: Sequence,
    /// When each row is open, in times of the stream; a far row always.
    open: Vec<(i128, i128)>,
    /// The next row to be admitted.
    head: usize,
    /// Open rows of the current key, by when they began.
    pub(super) active: VecDeque<u32>,
    /// No active row ends before.
    least_end: i128,
    key: Option<OwnedRow>,
    /// Whether rows that have gone, and whether they had a match, are of interest.
    tracks: bool,
    matched: Vec<bool>,
    /// Rows that have gone since the batch was made.
    pub(super) departed: VecDeque<u32>,
    /// Whether there are no more rows than those of the batch.
    pub(super) ended: bool,
}

impl Window {
    pub(super) fn try_new(
        kind: BandKind,
        reader: Reader,
        empty: RecordBatch,
        tracks: bool,
        reservation: MemoryReservation,
    ) -> Result<Self> {
        Ok(Self {
            rows: reader.read(empty)?,
            sequence: Sequence::default(),
            kind,
            reader,
            reservation,
            open: Vec::new(),
            head: 0,
            active: VecDeque::new(),
            least_end: i128::MAX,
            key: None,
            tracks,
            matched: Vec::new(),
            departed: VecDeque::new(),
            ended: false,
        })
    }

    /// How many rows it holds that have not gone.
    pub(super) fn held(&self) -> usize {
        self.active.len() + self.rows.len() - self.head
    }

    /// Bytes that are reserved for it.
    pub(super) fn reserved(&self) -> usize {
        self.reservation.size()
    }

    /// Makes room for a batch that is going to be appended.
    pub(super) fn reserve(&mut self, batch: &RecordBatch) -> Result<()> {
        self.reservation
            .try_grow(batch_bytes(batch))
            .map_err(does_not_fit)
    }

    /// Rows that come next, for which room has been made. Row numbers change: what refers to them must be settled.
    pub(super) fn append(&mut self, mut batches: Vec<RecordBatch>) -> Result<()> {
        let (active, survived) = (self.active.len(), self.held());
        let survivors: Vec<u32> = self.survivors().collect();
        let matched = survivors.iter().map(|row| self.matched[*row as usize]).collect();
        if !survivors.is_empty() {
            let kept = compacted(take_record_batch(
                &self.rows.batch,
                &UInt32Array::from(survivors),
            )?)?;
            self.reserve(&kept)?;
            batches.insert(0, kept);
        }
        let batch = match batches.pop() {
            Some(only) if batches.is_empty() => only,
            last => {
                batches.extend(last);
                // They are there twice while they are made one.
                let bytes = batches.iter().map(batch_bytes).sum();
                self.reservation.try_grow(bytes).map_err(does_not_fit)?;
                concat_batches(&self.rows.batch.schema(), &batches)?
            }
        };
        drop(batches);
        self.rows = self.reader.read(batch)?;
        self.sequence.follow(&self.rows, survived)?;
        self.matched = matched;
        self.matched.resize(self.rows.len(), false);
        self.open = (0..self.rows.len()).map(|row| self.open_at(row)).collect();
        self.active = (0..active as u32).collect();
        self.head = active;
        let held = self.rows.bytes() + self.rows.len() * (size_of::<(i128, i128)>() + size_of::<u32>() + 1);
        self.reservation.try_resize(held).map_err(does_not_fit)
    }

    fn survivors(&self) -> impl Iterator<Item = u32> + '_ {
        self.active
            .iter()
            .copied()
            .chain(self.head as u32..self.rows.len() as u32)
    }

    /// The stream's times that a row matches.
    fn open_at(&self, row: usize) -> (i128, i128) {
        if self.rows.is_far(row) {
            return (i128::MIN, i128::MAX);
        }
        let (first, last) = self.rows.ends(row);
        let (low, high) = (i128::from(self.kind.low), i128::from(self.kind.high));
        match self.kind.builds_point {
            true => (first - high, last - low),
            false => (first + low, last + high),
        }
    }

    /// Goes on to a row of the stream, `None` where it is far and meets every row of its key. False where more rows must be
    /// appended first.
    pub(super) fn admit(&mut self, key: Row<'_>, time: Option<i128>) -> bool {
        if self.key.as_ref().is_none_or(|current| current.row() != key) {
            self.depart_active();
            self.key = Some(key.owned());
        }
        while self.head < self.rows.len() {
            let row = self.head;
            let own = self.rows.keys.row(row);
            if own > key {
                break;
            }
            let (begin, end) = self.open[row];
            let dead = own < key || !self.rows.is_live(row);
            if !dead && time.is_some_and(|time| begin > time) {
                break;
            }
            self.head += 1;
            // A far row of the stream may come first, and others after it.
            if dead || time.is_some_and(|time| end < time) {
                self.depart(row as u32);
            } else {
                self.active.push_back(row as u32);
                self.least_end = self.least_end.min(end);
            }
        }
        if self.head == self.rows.len() && !self.ended {
            return false;
        }
        if let Some(time) = time {
            self.expire(time);
        }
        true
    }

    /// Lets rows go that end before a time.
    fn expire(&mut self, time: i128) {
        if self.least_end >= time {
            return;
        }
        let is_even = self.rows.counts.len() == 1 && !self.rows.has_far_rows();
        if is_even {
            // All are as wide: those that began first end first.
            while let Some(row) = self.active.front().copied() {
                if self.open[row as usize].1 >= time {
                    break;
                }
                self.active.pop_front();
                self.depart(row);
            }
            let first = self.active.front().map(|row| self.open[*row as usize].1);
            self.least_end = first.unwrap_or(i128::MAX);
            return;
        }
        let mut active = std::mem::take(&mut self.active);
        self.least_end = i128::MAX;
        active.retain(|row| {
            let end = self.open[*row as usize].1;
            match end < time {
                true => self.depart(*row),
                false => self.least_end = self.least_end.min(end),
            }
            end >= time
        });
        self.active = active;
    }

    /// How many of the active rows, from the first on, match a row of the stream to which the window has gone on.
    pub(super) fn matching(&self, time: Option<i128>) -> usize {
        let Some(time) = time else {
            return self.active.len();
        };
        // A far row of the stream has all rows of its key admitted, also those that are not due for the others.
        let began = |row: &u32| self.open[*row as usize].0 <= time;
        match self.active.back() {
            Some(last) if !began(last) => self.active.partition_point(began),
            _ => self.active.len(),
        }
    }

    /// Lets the first active rows go, which have a match: another changes nothing.
    pub(super) fn depart_matched(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(row) = self.active.pop_front() {
                self.matched[row as usize] = true;
                self.depart(row);
            }
        }
    }

    /// Lets all rows go that are held.
    pub(super) fn depart_all(&mut self) {
        self.depart_active();
        for row in self.head..self.rows.len() {
            self.depart(row as u32);
        }
        self.head = self.rows.len();
    }

    fn depart_active(&mut self) {
        self.least_end = i128::MAX;
        while let Some(row) = self.active.pop_front() {
            self.depart(row);
        }
    }

    fn depart(&mut self, row: u32) {
        if self.tracks {
            self.departed.push_back(row);
        }
    }

    /// Notes matches.
    pub(super) fn mark(&mut self, rows: &[u32]) {
        if self.tracks {
            rows.iter().for_each(|row| self.matched[*row as usize] = true);
        }
    }

    /// Some of the rows that have gone, and whether each had a match.
    pub(super) fn take_departed(&mut self, most: usize) -> (UInt32Array, Vec<bool>) {
        let count = most.min(self.departed.len());
        let rows: Vec<u32> = self.departed.drain(..count).collect();
        let matched = rows.iter().map(|row| self.matched[*row as usize]).collect();
        (rows.into(), matched)
    }
}

fn does_not_fit(error: DataFusionError) -> DataFusionError {
    error.context(
        "the rows of one key that are open at one time do not fit: raise datafusion.runtime.memory_limit (--memory-limit)",
    )
}
