//! A small ingest for tests: files from literals in, columns as text out.

use std::fs::{self, File};
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use arrow::util::display::array_value_to_string;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use tieline_index::Address;

use crate::{FileOutcome, Ingest, Kind, Options, SiteEnd, SourceFile, StagedFile, Table, Unit};

/// The time of every scratch ingest.
pub(crate) const INGESTED_AT_US: i64 = 1_764_000_000_000_000;

pub(crate) struct Scratch {
    folder: TempDir,
    ingest: Ingest,
}

pub(crate) fn options() -> Options {
    Options {
        pseudonym_key: [7; 32],
        network_kind: None,
        valid_from: None,
        valid_to: None,
        ingested_at: INGESTED_AT_US,
        known_report_ids: Default::default(),
        known_sites: Default::default(),
    }
}

impl Scratch {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::with_options(kind, options())
    }

    pub(crate) fn with_options(kind: Kind, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ingest = Ingest::new(kind, options, &folder.path().join("staging"));
        Self { folder, ingest }
    }

    /// Writes a file with this name and content, adds it, and checks that its counts add up.
    pub(crate) fn add(&mut self, name: &str, content: impl AsRef<[u8]>) -> FileOutcome {
        let path = self.folder.path().join("sources").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.add_path(path, name)
    }

    pub(crate) fn add_path(&mut self, path: PathBuf, name: &str) -> FileOutcome {
        let outcome = self
            .ingest
            .add(&SourceFile {
                path,
                name: name.to_owned(),
            })
            .unwrap();
        for counts in &outcome.counts {
            assert_eq!(
                counts.rows_in,
                counts.rows_loaded + counts.rows_rejected,
                "{name}: {}",
                counts.unit
            );
        }
        outcome
    }

    pub(crate) fn finish(self) -> Tables {
        let staged = self.ingest.finish().unwrap();
        Tables {
            _folder: self.folder,
            files: staged.files,
            site_ends: staged.site_ends,
        }
    }
}

/// What an ingest staged.
pub(crate) struct Tables {
    _folder: TempDir,
    pub(crate) files: Vec<StagedFile>,
    pub(crate) site_ends: Vec<SiteEnd>,
}

impl Tables {
    /// All rows of a table.
    pub(crate) fn rows(&self, table: Table) -> RecordBatch {
        let files = self.files.iter().filter(|file| file.table == table);
        let batches: Vec<_> = files.flat_map(read).collect();
        concat_batches(&table.schema(), &batches).unwrap()
    }

    /// A column as text: addresses as addresses, times by RFC 3339, NULL as `-`.
    pub(crate) fn column(&self, table: Table, name: &str) -> Vec<String> {
        let rows = self.rows(table);
        let column = rows.column_by_name(name).unwrap();
        (0..column.len()).map(|row| text(column, row)).collect()
    }
}

fn text(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "-".to_owned();
    }
    match column.data_type() {
        DataType::FixedSizeBinary(_) => {
            Address::from_bytes(column.as_fixed_size_binary().value(row).try_into().unwrap()).to_string()
        }
        DataType::Timestamp(_, _) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
            time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
        }
        _ => array_value_to_string(column, row).unwrap(),
    }
}

pub(crate) fn read(file: &StagedFile) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&file.path).unwrap()).unwrap();
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(
        batches.iter().map(RecordBatch::num_rows).sum::<usize>() as u64,
        file.rows
    );
    batches
}

/// The counts of a unit: in, loaded, rejected.
pub(crate) fn counts(outcome: &FileOutcome, unit: Unit) -> (u64, u64, u64) {
    let counts = outcome.counts.iter().find(|counts| counts.unit == unit).unwrap();
    (counts.rows_in, counts.rows_loaded, counts.rows_rejected)
}

/// The rejects as one line each.
pub(crate) fn rejects(outcome: &FileOutcome) -> Vec<String> {
    outcome.rejects.iter().map(ToString::to_string).collect()
}
