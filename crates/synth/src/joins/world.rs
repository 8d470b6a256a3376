//! A whole world: every table and every answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use serde::Serialize;

use super::answers::{Questions, Tally};
use super::fence::{few, many, most};
use super::fence_grid::FenceGrid;
use super::observation::Observations;
use super::options::{JoinsOptions, JoinsSummary};
use super::order::{permutation, sort_report_addresses, sorted_by};
use super::prefixes::prefixes;
use super::report_address::report_address;
use super::tables;
use super::write::{ROW_GROUP_ROWS, TableFile, failed};
use crate::error::Error;

/// Writes a world into a folder, which must be new or empty. Memory: the addresses of reports, some row groups, and where the
/// observations have an order 48 bytes for each of them.
///
/// # Errors
/// When an option is out of range, the folder holds something, or a file cannot be written; then nothing of the world is left.
///
/// # Example
/// ```
/// use tieline_synth::joins::{JoinsOptions, write_joins_world};
///
/// let folder = tempfile::tempdir()?;
/// let options = JoinsOptions { scale: 0.0001, ..JoinsOptions::default() };
/// let summary = write_joins_world(&options, 2, folder.path())?;
/// assert_eq!(summary.rows["observations"], 2_000);
/// assert!(folder.path().join("answers.json").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_joins_world(
    options: &JoinsOptions,
    threads: usize,
    folder: &Path,
) -> Result<JoinsSummary, Error> {
    options.check()?;
    crate::write::make_empty(folder)?;
    let written = Writing {
        options,
        threads: threads.max(1),
        folder,
        summary: JoinsSummary {
            format: JoinsSummary::FORMAT,
            options: options.clone(),
            rows: BTreeMap::new(),
            bytes: BTreeMap::new(),
        },
    }
    .run();
    if written.is_err() {
        // The error matters, not what cannot be cleared away after it.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }
    written
}

struct Writing<'a> {
    options: &'a JoinsOptions,
    threads: usize,
    folder: &'a Path,
    summary: JoinsSummary,
}

impl Writing<'_> {
    fn run(mut self) -> Result<JoinsSummary, Error> {
        let options = self.options;
        let [few, many, most] = [few(options), many(options), most(options)];
        for (stem, fences) in [
            ("fences_few", &few),
            ("fences_many", &many),
            ("fences_most", &most),
        ] {
            self.table(stem, tables::fences(fences), &[])?;
        }
        let prefixes = prefixes(options);
        self.table("prefixes", tables::prefixes(&prefixes), &[])?;
        let observations = Observations::new(options, &few);
        let count = options.report_addresses();
        let mut rows: Vec<_> = (0..count)
            .map(|row| report_address(options, &observations, row))
            .collect();
        sort_report_addresses(options, &mut rows);
        self.table(
            "report_addresses",
            tables::report_addresses(&rows, 0),
            sorted_by(options.order),
        )?;
        let grids = [few.clone(), many, most].map(FenceGrid::new);
        let questions = Questions::new(rows.into_iter(), grids);
        let total = self.observations(&observations, &questions)?;
        self.json("answers", &questions.answers(&prefixes, total))?;
        self.json("world", &self.summary)?;
        Ok(self.summary)
    }

    fn table(
        &mut self,
        stem: &str,
        batch: Result<RecordBatch, ArrowError>,
        sorted_by: &[&str],
    ) -> Result<(), Error> {
        let batch = batch.map_err(|error| self.arrow_failed(stem, error))?;
        let (schema, codec) = (batch.schema(), self.options.codec);
        let mut file = TableFile::create(self.folder, stem, &schema, codec, sorted_by)?;
        file.write(&batch)?;
        self.finish(stem, file)
    }

    fn finish(&mut self, stem: &str, file: TableFile) -> Result<(), Error> {
        let (rows, bytes) = file.finish()?;
        self.summary.rows.insert(stem.to_owned(), rows);
        self.summary.bytes.insert(stem.to_owned(), bytes);
        Ok(())
    }

    /// Row groups are made by as many threads as there are, and written in order by this one.
    fn observations(
        &mut self,
        observations: &Observations<'_>,
        questions: &Questions,
    ) -> Result<Tally, Error> {
        let count = self.options.observations();
        let groups = count.div_ceil(ROW_GROUP_ROWS as u64);
        let order = permutation(self.options, observations);
        let order = order.as_deref();
        let next = &AtomicU64::new(0);
        let mut file = TableFile::create(
            self.folder,
            "observations",
            &tables::OBSERVATIONS,
            self.options.codec,
            sorted_by(self.options.order),
        )?;
        let total = thread::scope(|scope| {
            let (sender, made) = sync_channel(self.threads);
            for _ in 0..self.threads {
                let sender = sender.clone();
                scope.spawn(move || {
                    loop {
                        let group = next.fetch_add(1, Ordering::Relaxed);
                        if group >= groups {
                            break;
                        }
                        let made = row_group(group, count, order, observations, questions);
                        // Nobody receives any more where writing failed.
                        if sender.send((group, made)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut total = questions.tally();
            let mut early = BTreeMap::new();
            let mut wanted = 0;
            for (group, made) in made {
                early.insert(group, made);
                while let Some((batch, tally)) = early.remove(&wanted) {
                    let batch = batch.map_err(|error| self.arrow_failed("observations", error))?;
                    file.write(&batch)?;
                    total.add(tally);
                    wanted += 1;
                }
            }
            Ok::<_, Error>(total)
        })?;
        self.finish("observations", file)?;
        Ok(total)
    }

    fn json<T: Serialize>(&self, stem: &str, value: &T) -> Result<(), Error> {
        let path = self.folder.join(format!("{stem}.json"));
        let mut text = serde_json::to_vec_pretty(value).map_err(|error| failed(&path)(error.into()))?;
        text.push(b'\n');
        fs::write(&path, text).map_err(failed(&path))
    }

    fn arrow_failed(&self, stem: &str, error: ArrowError) -> Error {
        failed(&self.folder.join(format!("{stem}.parquet")))(std::io::Error::other(error))
    }
}

/// One row group and what it adds to the answers.
fn row_group(
    group: u64,
    count: u64,
    order: Option<&[u64]>,
    observations: &Observations<'_>,
    questions: &Questions,
) -> (Result<RecordBatch, ArrowError>, Tally) {
    let start = group * ROW_GROUP_ROWS as u64;
    let end = count.min(start + ROW_GROUP_ROWS as u64);
    let drawn = |position: u64| order.map_or(position, |order| order[position as usize]);
    let rows: Vec<_> = (start..end)
        .map(|position| observations.get(drawn(position)))
        .collect();
    let mut tally = questions.tally();
    rows.iter().for_each(|row| questions.count(row, &mut tally));
    (tables::observations(&rows, start), tally)
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;
