//! Rows of all tables on their way into a staging folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;

use crate::error::Error;
use crate::file_writer::FileWriter;
use crate::parquet_out::StagedFile;
use crate::schema::Table;
use crate::table_rows::{TableRows, Value};

/// Rows that are built up before they become a batch.
const BATCH_ROWS: usize = 8_192;
/// Rows of a table that are held in memory before they are sorted and written.
const BUFFERED_ROWS: usize = 1 << 20;
/// Bytes of texts and geometries after which both happen earlier: a column of a batch holds less than 2 GiB, and a row may have some MiB.
const BATCH_TEXT_BYTES: usize = 64 << 20;
const BUFFERED_TEXT_BYTES: usize = 512 << 20;

/// The tables of one ingest, written to Parquet files as memory requires.
pub(crate) struct Staging {
    folder: PathBuf,
    tables: BTreeMap<Table, Buffer>,
    writer: FileWriter,
}

struct Buffer {
    rows: TableRows,
    batches: Vec<RecordBatch>,
    batched_rows: usize,
    batched_text_bytes: usize,
    files: usize,
}

impl Staging {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            tables: BTreeMap::new(),
            writer: FileWriter::default(),
        }
    }

    /// Adds a row to a table.
    pub(crate) fn push(&mut self, table: Table, values: &[Value<'_>]) -> Result<(), Error> {
        let buffer = self.tables.entry(table).or_insert_with(|| Buffer::new(table));
        buffer.rows.push(values)?;
        if buffer.rows.row_count() >= BATCH_ROWS || buffer.rows.text_bytes() >= BATCH_TEXT_BYTES {
            buffer.close_batch()?;
            if buffer.batched_rows >= BUFFERED_ROWS || buffer.batched_text_bytes >= BUFFERED_TEXT_BYTES {
                buffer.write(table, &self.folder, &mut self.writer)?;
            }
        }
        Ok(())
    }

    /// Writes what is left and returns all files, in order of table and number.
    pub(crate) fn finish(mut self) -> Result<Vec<StagedFile>, Error> {
        for (table, buffer) in &mut self.tables {
            buffer.close_batch()?;
            if buffer.batched_rows > 0 {
                buffer.write(*table, &self.folder, &mut self.writer)?;
            }
        }
        self.writer.finish()
    }
}

impl Buffer {
    fn new(table: Table) -> Self {
        Self {
            rows: TableRows::new(table),
            batches: Vec::new(),
            batched_rows: 0,
            batched_text_bytes: 0,
            files: 0,
        }
    }

    fn close_batch(&mut self) -> Result<(), Error> {
        if self.rows.row_count() > 0 {
            self.batched_text_bytes += self.rows.text_bytes();
            let batch = self.rows.take_batch()?;
            self.batched_rows += batch.num_rows();
            self.batches.push(batch);
        }
        Ok(())
    }

    fn write(&mut self, table: Table, folder: &Path, writer: &mut FileWriter) -> Result<(), Error> {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let path = folder.join(format!("{table}-{:05}.parquet", self.files));
        writer.begin(table, std::mem::take(&mut self.batches), path)?;
        self.files += 1;
        (self.batched_rows, self.batched_text_bytes) = (0, 0);
        Ok(())
    }
}

#[cfg(test)]
#[path = "staging_tests.rs"]
mod tests;
