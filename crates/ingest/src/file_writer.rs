//! Files that are written while the rows of the next are read.

use std::path::PathBuf;
use std::thread::{Builder, JoinHandle};

use arrow::array::RecordBatch;

use crate::error::Error;
use crate::parquet_out::{StagedFile, write_table};
use crate::schema::Table;

/// Writes one file after another on a thread beside the one that reads: sorting and encoding rows takes as long as reading them.
///
/// No more than one file is being written, so that no more than two files' rows are held.
#[derive(Default)]
pub(crate) struct FileWriter {
    written: Vec<StagedFile>,
    running: Option<JoinHandle<Result<StagedFile, Error>>>,
}

impl FileWriter {
    /// Begins to write a file once the one before it has been written, whose error this returns.
    pub(crate) fn begin(
        &mut self,
        table: Table,
        batches: Vec<RecordBatch>,
        path: PathBuf,
    ) -> Result<(), Error> {
        self.wait()?;
        let unwritten = Error::io(path.clone());
        let work = move || write_table(table, batches, &path);
        let running = Builder::new().name(format!("write-{table}")).spawn(work);
        self.running = Some(running.map_err(unwritten)?);
        Ok(())
    }

    /// Waits for the last file and returns all of them, in order of table and path.
    pub(crate) fn finish(mut self) -> Result<Vec<StagedFile>, Error> {
        self.wait()?;
        let mut files = std::mem::take(&mut self.written);
        files.sort_by(|one, other| (one.table, &one.path).cmp(&(other.table, &other.path)));
        Ok(files)
    }

    fn wait(&mut self) -> Result<(), Error> {
        if let Some(running) = self.running.take() {
            // A panic goes on here, as if this thread had written the file.
            let file = running
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            self.written.push(file?);
        }
        Ok(())
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        // Whoever gives up the ingest removes the folder: nothing may be written to it any more.
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

#[cfg(test)]
#[path = "file_writer_tests.rs"]
mod tests;
