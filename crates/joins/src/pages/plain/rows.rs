//! [`PlainRows`]: batches of what the pages of several columns hold.

use std::collections::VecDeque;
use std::io::Cursor;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use datafusion::arrow::array::Float64Array;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::column::page::PageReader;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::reader::{ChunkReader, Length};
use datafusion::parquet::file::serialized_reader::SerializedPageReader;
use datafusion::parquet::schema::types::ColumnDescPtr;
use datafusion::physical_plan::metrics::Count;
use futures::StreamExt;
use futures::stream::{self, BoxStream};

use super::PlainScan;
use super::locations::{plain_pages, ranges};
use super::page::numbers;

/// So much of a column is read together, at least, of which the processor's caches still have most when it is used. To read takes its time,
/// too, however little is read.
const READ_BYTES: u64 = 512 << 10;

/// The rows of row groups of a file.
pub(super) struct PlainRows {
    scan: Arc<PlainScan>,
    footer: Arc<ParquetMetaData>,
    row_groups: VecDeque<usize>,
    columns: Vec<usize>,
    reader: Box<dyn AsyncFileReader + Send>,
    current: Option<RowGroup>,
    /// How many have been taken as they lie.
    pages: Count,
}

impl PlainRows {
    /// Of row groups that have plain pages in these columns.
    pub(super) fn new(
        scan: Arc<PlainScan>,
        footer: Arc<ParquetMetaData>,
        row_groups: Vec<usize>,
        columns: Vec<usize>,
        reader: Box<dyn AsyncFileReader + Send>,
        pages: Count,
    ) -> Self {
        Self {
            scan,
            footer,
            row_groups: row_groups.into(),
            columns,
            reader,
            current: None,
            pages,
        }
    }

    /// How many are still to be read.
    pub(super) fn row_groups(&self) -> usize {
        self.row_groups.len()
    }

    pub(super) fn into_stream(self) -> BoxStream<'static, Result<RecordBatch>> {
        let batches = stream::try_unfold(self, |mut rows| async move {
            Ok(rows.next().await?.map(|batch| (batch, rows)))
        });
        batches.boxed()
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if self.current.is_none() {
                let Some(row_group) = self.row_groups.pop_front() else {
                    return Ok(None);
                };
                self.current = Some(RowGroup::open(&self.footer, row_group, &self.columns)?);
            }
            let Some(current) = &mut self.current else {
                continue;
            };
            let taken = current.read_pages(self.reader.as_mut()).await?;
            self.pages.add(taken);
            match current.next_rows(self.scan.batch_size)? {
                Some(columns) => {
                    let columns = columns.into_iter().map(|column| Arc::new(column) as _).collect();
                    return Ok(Some(RecordBatch::try_new(
                        Arc::clone(&self.scan.schema),
                        columns,
                    )?));
                }
                None => self.current = None,
            }
        }
    }
}

/// A row group that is being read.
struct RowGroup {
    columns: Vec<Pages>,
    /// How many rows are still to come.
    rows: usize,
}

impl RowGroup {
    fn open(footer: &ParquetMetaData, row_group: usize, columns: &[usize]) -> Result<Self> {
        let about = footer.row_group(row_group);
        let columns = columns.iter().map(|column| {
            let locations = plain_pages(footer, row_group, *column)
                .ok_or_else(|| internal_datafusion_err!("the pages of a column are not plain"))?;
            let window = Arc::new(Window::default());
            let chunk = about.column(*column);
            let rows = usize::try_from(about.num_rows()).map_err(ParquetError::from)?;
            let pages =
                SerializedPageReader::new(Arc::clone(&window), chunk, rows, Some(locations.to_vec()))?;
            Ok(Pages {
                column: chunk.column_descr_ptr(),
                to_read: ranges(locations, about.num_rows()).collect(),
                read: VecDeque::new(),
                window,
                pages,
                rest: Float64Array::new_null(0),
            })
        });
        Ok(Self {
            columns: columns.collect::<Result<_>>()?,
            rows: usize::try_from(about.num_rows()).map_err(ParquetError::from)?,
        })
    }

    /// Has the next page of every column of which all has come out; returns how many of these are taken as they lie.
    async fn read_pages(&mut self, reader: &mut (dyn AsyncFileReader + Send)) -> ParquetResult<usize> {
        let mut taken = 0;
        loop {
            for column in &mut self.columns {
                taken += column.turn_pages()?;
            }
            let mut ended: Vec<_> = self
                .columns
                .iter_mut()
                .filter(|column| column.is_to_read())
                .collect();
            if ended.is_empty() {
                return Ok(taken);
            }
            let next: Vec<Vec<_>> = ended.iter_mut().map(|column| column.next_ranges()).collect();
            let mut bytes = reader.get_byte_ranges(next.concat()).await?.into_iter();
            for (column, ranges) in ended.into_iter().zip(next) {
                let starts = ranges.into_iter().map(|range| range.start);
                column.read.extend(starts.zip(&mut bytes));
            }
        }
    }

    /// Rows that are in a page of every column; `None` where there are no more.
    fn next_rows(&mut self, batch_size: usize) -> ParquetResult<Option<Vec<Float64Array>>> {
        let rests = self.columns.iter().map(|column| column.rest.len());
        let rows = rests.min().unwrap_or_default();
        let has_more = self.columns.iter().any(|column| !column.rest.is_empty());
        if rows > self.rows || (rows == 0 && (has_more || self.rows > 0)) {
            return Err(ParquetError::General(String::from(
                "a column has other rows than its row group",
            )));
        }
        if rows == 0 {
            return Ok(None);
        }
        // About equally many in each, and not a few in the last one of every page.
        let rows = rows.div_ceil(rows.div_ceil(batch_size));
        self.rows -= rows;
        let columns = self.columns.iter_mut().map(|column| {
            // Of a page that is done nothing is kept: its memory is for the next one, which finds it in a cache.
            if rows == column.rest.len() {
                return std::mem::replace(&mut column.rest, Float64Array::new_null(0));
            }
            let next = column.rest.slice(0, rows);
            column.rest = column.rest.slice(rows, column.rest.len() - rows);
            next
        });
        Ok(Some(columns.collect()))
    }
}

/// The pages of a column of a row group.
struct Pages {
    column: ColumnDescPtr,
    /// Where those lie that have not been read.
    to_read: VecDeque<Range<u64>>,
    /// Those that have been read, and from where.
    read: VecDeque<(u64, Bytes)>,
    /// What the next page is in.
    window: Arc<Window>,
    pages: SerializedPageReader<Window>,
    /// What has not come out of the page that was read last.
    rest: Float64Array,
}

impl Pages {
    /// Goes on to the next page that has been read, if all of the last one has come out; returns how many are taken as they lie.
    fn turn_pages(&mut self) -> ParquetResult<usize> {
        let mut taken = 0;
        while self.rest.is_empty()
            && let Some((start, bytes)) = self.read.pop_front()
        {
            self.window.show(start, bytes.clone());
            let page = self.pages.get_next_page();
            // The page has what it needs of it.
            self.window.show(0, Bytes::new());
            let page = page?.ok_or_else(|| ParquetError::EOF(String::from("a page is missing")))?;
            self.rest = numbers(page, &self.column)?;
            let lies_there = bytes
                .as_ptr_range()
                .contains(&self.rest.values().inner().as_ptr());
            taken += usize::from(lies_there);
        }
        Ok(taken)
    }

    /// Whether the file must be read for more.
    fn is_to_read(&self) -> bool {
        self.rest.is_empty() && !self.to_read.is_empty()
    }

    /// Takes what is to be read together.
    fn next_ranges(&mut self) -> Vec<Range<u64>> {
        let mut bytes = 0;
        let mut ranges = Vec::new();
        while bytes < READ_BYTES
            && let Some(range) = self.to_read.pop_front()
        {
            bytes += range.end - range.start;
            ranges.push(range);
        }
        ranges
    }
}

/// A part of a file, for who reads files.
#[derive(Default)]
struct Window(Mutex<(u64, Bytes)>);

impl Window {
    fn show(&self, start: u64, bytes: Bytes) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (start, bytes);
    }

    fn part(&self) -> (u64, Bytes) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        let (start, bytes) = self.part();
        start + bytes.len() as u64
    }
}

impl ChunkReader for Window {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let (from, bytes) = self.part();
        let length = (from + bytes.len() as u64).saturating_sub(start);
        self.get_bytes(start, length as usize).map(Cursor::new)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let (from, bytes) = self.part();
        let start = start
            .checked_sub(from)
            .and_then(|start| usize::try_from(start).ok());
        let range = start.and_then(|start| Some(start..start.checked_add(length)?));
        let range = range.filter(|range| range.end <= bytes.len());
        let range =
            range.ok_or_else(|| ParquetError::EOF(String::from("a page ends before its header says")))?;
        Ok(bytes.slice(range))
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
