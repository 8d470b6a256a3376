//! Parquet files of tables: their order, encodings and statistics, in one place.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::digest::{DigestWriter, FileDigest};
use crate::error::Error;
use crate::schema::Table;

/// A Parquet file that was written and is safe on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedFile {
    /// The table whose rows it holds.
    pub table: Table,
    /// Where it is.
    pub path: PathBuf,
    /// The number of rows.
    pub rows: u64,
    /// Its bytes as they were written.
    pub digest: FileDigest,
}

/// Rows in a row group at most. Statistics of row groups prune whole stretches, those of pages the rest.
const ROW_GROUP_ROWS: usize = 1 << 17;
/// Rows in a page at most, the grain at which a scan can skip.
const PAGE_ROWS: usize = 8_192;
/// A page of what joins read that compression leaves above this share of its size is stored as it is: expanding it would take longer
/// than reading the rest of it. Coordinates, which hardly repeat, are such pages.
const LEAST_COMPRESSION: f64 = 0.9;

/// Writes rows of a table to a new Parquet file, in the table's order, and waits until they are on disk.
///
/// The file embeds the Arrow schema, so that field metadata (addresses, geometries) survive; it names its order and has
/// statistics down to the page. What joins read is compressed with LZ4 where that makes it smaller, its times as differences; all else
/// with zstd.
///
/// # Errors
/// Where the rows are not of the table's schema, or the file exists or cannot be written.
pub fn write_table(table: Table, batches: Vec<RecordBatch>, path: &Path) -> Result<StagedFile, Error> {
    let rows = one_batch(table, &batches).map_err(Error::schema(table))?;
    // Else there would be twice as much in memory as is to be written.
    drop(batches);
    let order = order(table, &rows).map_err(Error::schema(table))?;
    let file = File::create_new(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(
        DigestWriter::new(file),
        table.schema(),
        Some(properties(table).map_err(Error::parquet(path))?),
    )
    .map_err(Error::parquet(path))?;
    for indices in order.chunks(ROW_GROUP_ROWS) {
        let group = take_record_batch(&rows, &UInt32Array::from(indices.to_vec()));
        let group = group.map_err(Error::schema(table))?;
        writer.write(&group).map_err(Error::parquet(path))?;
    }
    let (file, digest) = writer.into_inner().map_err(Error::parquet(path))?.finish();
    file.sync_all().map_err(Error::io(path))?;
    Ok(StagedFile {
        table,
        path: path.to_owned(),
        rows: rows.num_rows() as u64,
        digest,
    })
}

/// All rows in one batch.
fn one_batch(table: Table, batches: &[RecordBatch]) -> Result<RecordBatch, ArrowError> {
    let schema = table.schema();
    if batches
        .iter()
        .any(|batch| batch.schema().fields() != schema.fields())
    {
        return Err(ArrowError::SchemaError("columns of another table".to_owned()));
    }
    concat_batches(&schema, batches)
}

/// The indices of the rows in the table's order; rows that compare equal keep the order they came in.
fn order(table: Table, rows: &RecordBatch) -> Result<Vec<u32>, ArrowError> {
    let mut columns = Vec::new();
    let mut fields = Vec::new();
    for name in table.sort_columns() {
        let column = rows
            .column_by_name(name)
            .ok_or_else(|| ArrowError::SchemaError((*name).to_owned()))?;
        fields.push(SortField::new(column.data_type().clone()));
        columns.push(Arc::clone(column));
    }
    let keys = RowConverter::new(fields)?.convert_columns(&columns)?;
    let count = u32::try_from(rows.num_rows())
        .map_err(|_| ArrowError::InvalidArgumentError("too many rows".to_owned()))?;
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_by(|&one, &other| keys.row(one as usize).cmp(&keys.row(other as usize)));
    Ok(order)
}

fn properties(table: Table) -> Result<WriterProperties, parquet::errors::ParquetError> {
    let schema = table.schema();
    let sorting = table.sort_columns().iter().filter_map(|name| {
        let column_idx = i32::try_from(schema.index_of(name).ok()?).ok()?;
        Some(SortingColumn {
            column_idx,
            descending: false,
            nulls_first: true,
        })
    });
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("tieline-ingest ", env!("CARGO_PKG_VERSION")).to_owned())
        // Only pages of version 2 can be stored as they are. Plain is what version 1 would write where there is no dictionary.
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_encoding(Encoding::PLAIN)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_sorting_columns(Some(sorting.collect()));
    for column in table.columns_without_dictionary() {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(*column), false);
    }
    for name in table.join_columns() {
        let column = ColumnPath::from(*name);
        builder = builder
            .set_column_compression(column.clone(), Compression::LZ4_RAW)
            .set_column_data_page_v2_compression_ratio_threshold(column.clone(), LEAST_COMPRESSION);
        if let Ok(field) = schema.field_with_name(name)
            && matches!(field.data_type(), DataType::Timestamp(_, _))
        {
            builder = builder.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(builder.build())
}

#[cfg(test)]
#[path = "parquet_out_tests.rs"]
mod tests;
