//! Parquet files, each under its name only when it is whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use super::options::Codec;
use crate::error::Error;

/// Rows of a row group: enough of them for two threads at scale 1, and for skipping.
pub(super) const ROW_GROUP_ROWS: usize = 1 << 20;

/// Rows of a page: what is skipped within a row group.
const PAGE_ROWS: usize = 20_000;

/// What DataFusion's `COPY` uses.
const ZSTD_LEVEL: i32 = 3;

/// A page that compression leaves above this share of its size is stored as it is, as `tieline ingest` does.
const LEAST_COMPRESSION: f64 = 0.9;

/// A file that is being written.
pub(super) struct TableFile {
    writer: ArrowWriter<BufWriter<File>>,
    path: PathBuf,
    part: PathBuf,
    rows: u64,
}

impl TableFile {
    /// A file whose rows will come in the order of some of its columns, none of which has NULLs: it says so.
    pub(super) fn create(
        folder: &Path,
        stem: &str,
        schema: &SchemaRef,
        codec: Codec,
        sorted_by: &[&str],
    ) -> Result<Self, Error> {
        let path = folder.join(format!("{stem}.parquet"));
        let part = folder.join(format!("{stem}.parquet.part"));
        let compression = compression(codec).map_err(|error| parquet_failed(&part, error))?;
        let sorting = sorted_by.iter().filter_map(|name| {
            Some(SortingColumn {
                column_idx: i32::try_from(schema.index_of(name).ok()?).ok()?,
                descending: false,
                nulls_first: false,
            })
        });
        let sorting: Vec<_> = sorting.collect();
        // No dictionaries, because hardly a value repeats within a page. Plain is what pages of version 1 are without.
        let properties = WriterProperties::builder()
            .set_writer_version(pages(codec))
            .set_encoding(Encoding::PLAIN)
            .set_data_page_v2_compression_ratio_threshold(LEAST_COMPRESSION)
            .set_compression(compression)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_write_batch_size(PAGE_ROWS)
            .set_sorting_columns((!sorting.is_empty()).then_some(sorting))
            .build();
        let file = File::create(&part).map_err(failed(&part))?;
        let writer = ArrowWriter::try_new(
            BufWriter::with_capacity(1 << 20, file),
            schema.clone(),
            Some(properties),
        );
        Ok(Self {
            writer: writer.map_err(|error| parquet_failed(&part, error))?,
            path,
            part,
            rows: 0,
        })
    }

    /// Adds rows, a row group or fewer.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.rows += batch.num_rows() as u64;
        self.writer
            .write(batch)
            .map_err(|error| parquet_failed(&self.part, error))
    }

    /// Gives the file its name; returns its rows and bytes.
    pub(super) fn finish(self) -> Result<(u64, u64), Error> {
        let part = self.part;
        let mut file = self
            .writer
            .into_inner()
            .map_err(|error| parquet_failed(&part, error))?;
        file.flush().map_err(failed(&part))?;
        let bytes = file.get_ref().metadata().map_err(failed(&part))?.len();
        fs::rename(&part, &self.path).map_err(failed(&self.path))?;
        Ok((self.rows, bytes))
    }
}

fn compression(codec: Codec) -> Result<Compression, ParquetError> {
    Ok(match codec {
        Codec::Snappy => Compression::SNAPPY,
        Codec::Lz4 => Compression::LZ4_RAW,
        Codec::Zstd => Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?),
    })
}

/// Only pages of version 2 can be stored as they are; those who write the other codecs by default write version 1.
const fn pages(codec: Codec) -> WriterVersion {
    match codec {
        Codec::Lz4 => WriterVersion::PARQUET_2_0,
        Codec::Snappy | Codec::Zstd => WriterVersion::PARQUET_1_0,
    }
}

pub(super) fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io { path, source }
}

/// A full disk arrives as an error of the Parquet writer.
fn parquet_failed(path: &Path, error: ParquetError) -> Error {
    Error::Io {
        path: path.to_owned(),
        source: std::io::Error::other(error),
    }
}
