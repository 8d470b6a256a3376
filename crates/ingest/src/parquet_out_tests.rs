use std::fs::File;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::PageIndexPolicy;
use tieline_index::Address;

use super::{ROW_GROUP_ROWS, write_table};
use crate::digest::FileDigest;
use crate::scratch::read;
use crate::table_rows::{TableRows, Value};
use crate::{Error, Table};

/// Three rows of any table; the first has no NULL, the second every NULL that is allowed.
fn rows(table: Table) -> RecordBatch {
    let schema = table.schema();
    let mut rows = TableRows::new(table);
    for (number, with_nulls) in [(2, false), (1, true), (2, false)] {
        let text = format!("t{number}");
        let values = schema.fields().iter().map(|field| match field.data_type() {
            _ if with_nulls && field.is_nullable() => Value::Null,
            DataType::Utf8 => Value::Text(&text),
            DataType::Boolean => Value::Bool(true),
            DataType::Int32 => Value::Int32(number),
            DataType::Int64 => Value::Int64(number.into()),
            DataType::Float64 => Value::Float64(number.into()),
            DataType::Timestamp(_, _) => Value::Time(number.into()),
            DataType::FixedSizeBinary(_) => Value::Address(Address::from(number as u128)),
            _ => Value::Bytes(b"wkb"),
        });
        rows.push(&values.collect::<Vec<_>>()).unwrap();
    }
    rows.take_batch().unwrap()
}

#[test]
fn every_table_survives_a_round_trip_with_its_field_metadata() {
    let folder = tempfile::tempdir().unwrap();
    for table in Table::ALL {
        let path = folder.path().join(format!("{table}.parquet"));
        let rows = rows(table);
        let staged = write_table(table, vec![rows.slice(0, 1), rows.slice(1, 2)], &path).unwrap();
        assert_eq!((staged.rows, staged.table), (3, table));
        assert_eq!(staged.digest, FileDigest::of(&path).unwrap());
        let batches = read(&staged);
        // The rows come back in order: the second, which has the lowest values, first.
        assert_eq!(batches[0].slice(0, 1), rows.slice(1, 1), "{table}");
        assert_eq!(batches[0].slice(1, 1), rows.slice(0, 1), "{table}");
        for (read, written) in batches[0].schema().fields().iter().zip(table.schema().fields()) {
            assert_eq!((read, read.metadata()), (written, written.metadata()), "{table}");
        }
    }
}

#[test]
fn files_name_their_order_and_have_page_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write_table(Table::Telemetry, vec![rows(Table::Telemetry)], &path).unwrap();
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader =
        ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(&path).unwrap(), options).unwrap();
    let metadata = reader.metadata();
    let group = metadata.row_group(0);
    let sorting: Vec<_> = group
        .sorting_columns()
        .unwrap()
        .iter()
        .map(|column| column.column_idx)
        .collect();
    let schema = Table::Telemetry.schema();
    assert_eq!(
        sorting,
        [
            schema.index_of("ip").unwrap() as i32,
            schema.index_of("observed_at").unwrap() as i32
        ]
    );
    assert!(metadata.column_index().is_some() && metadata.offset_index().is_some());
    for (column, field) in group.columns().iter().zip(schema.fields()) {
        assert!(column.statistics().is_some(), "{}", field.name());
        let may_have_dictionary = !Table::Telemetry
            .columns_without_dictionary()
            .contains(&field.name().as_str());
        assert!(
            may_have_dictionary || column.dictionary_page_offset().is_none(),
            "{}",
            field.name()
        );
    }
}

/// What is read of every row decodes fast; the rest is small.
#[test]
fn what_joins_read_is_kept_to_be_read_fast() {
    let folder = tempfile::tempdir().unwrap();
    for table in Table::ALL {
        let path = folder.path().join(format!("{table}.parquet"));
        write_table(table, vec![rows(table)], &path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let columns = reader.metadata().row_group(0).columns();
        for (column, field) in columns.iter().zip(table.schema().fields()) {
            let name = format!("{table}.{}", field.name());
            let joined = table.join_columns().contains(&field.name().as_str());
            let fast = column.compression() == Compression::LZ4_RAW;
            assert_eq!(fast, joined, "{name}");
            assert!(
                fast || matches!(column.compression(), Compression::ZSTD(_)),
                "{name}"
            );
            let differences = column
                .encodings()
                .any(|encoding| encoding == Encoding::DELTA_BINARY_PACKED);
            let time = matches!(field.data_type(), DataType::Timestamp(_, _));
            assert_eq!(differences, joined && time, "{name}");
        }
    }
}

/// What hardly repeats is not expanded to be read; what does is small.
#[test]
fn pages_that_compression_hardly_makes_smaller_are_kept_as_they_are() {
    const ROWS: usize = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let schema = Table::Telemetry.schema();
    for (zeros, kept) in [(0, true), (ROWS / 20, true), (ROWS / 5, false), (ROWS, false)] {
        let mut rows = TableRows::new(Table::Telemetry);
        let mut random = 1_u64;
        for row in 0..ROWS {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let lat = match row < zeros {
                true => 0.0,
                false => f64::from_bits(random >> 2),
            };
            let values = schema.fields().iter().map(|field| match field.name().as_str() {
                "lat" => Value::Float64(lat),
                "ip" => Value::Address(Address::from(row as u128 / 100)),
                _ if field.is_nullable() => Value::Null,
                _ => match field.data_type() {
                    DataType::Utf8 => Value::Text("x"),
                    DataType::Float64 => Value::Float64(1.0),
                    DataType::Timestamp(_, _) => Value::Time(0),
                    DataType::Int32 => Value::Int32(0),
                    _ => Value::Int64(0),
                },
            });
            rows.push(&values.collect::<Vec<_>>()).unwrap();
        }
        let path = folder.path().join(format!("{zeros}.parquet"));
        let batch = rows.take_batch().unwrap();
        let staged = write_table(Table::Telemetry, vec![batch.clone()], &path).unwrap();
        let all = concat_batches(&batch.schema(), &read(&staged)).unwrap();
        assert_eq!(all, batch, "{zeros} zeros");
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let group = reader.metadata().row_group(0);
        let size = |name| {
            let column = group.column(schema.index_of(name).unwrap());
            (column.compressed_size(), column.uncompressed_size())
        };
        let (stored, expanded) = size("lat");
        assert_eq!(stored == expanded, kept, "{zeros} zeros: {stored} of {expanded}");
        assert!(stored <= expanded, "{zeros} zeros: {stored} of {expanded}");
        let (stored, _) = size("ip");
        assert!(stored < ROWS as i64, "addresses: {stored}");
    }
}

/// Differences of such times do not fit into 64 bits.
#[test]
fn times_survive_however_far_apart_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let schema = Table::ReportIpEvents.schema();
    let times = [i64::MAX, i64::MIN, 0, -1, i64::MAX - 1, i64::MIN + 1, i64::MAX];
    let mut rows = TableRows::new(Table::ReportIpEvents);
    for (address, &time) in (1_u128..).zip(&times) {
        let values = schema.fields().iter().map(|field| match field.name().as_str() {
            "ip" => Value::Address(Address::from(address)),
            "observed_at" => Value::Time(time),
            _ if field.is_nullable() => Value::Null,
            _ => match field.data_type() {
                DataType::Utf8 => Value::Text("x"),
                DataType::Boolean => Value::Bool(false),
                DataType::Int32 => Value::Int32(0),
                _ => Value::Int64(0),
            },
        });
        rows.push(&values.collect::<Vec<_>>()).unwrap();
    }
    let path = folder.path().join("e.parquet");
    let staged = write_table(Table::ReportIpEvents, vec![rows.take_batch().unwrap()], &path).unwrap();
    let batch = &read(&staged)[0];
    let read = batch.column_by_name("observed_at").unwrap();
    assert_eq!(
        read.as_primitive::<TimestampMicrosecondType>().values()[..],
        times
    );
}

#[test]
fn rows_that_compare_equal_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = TableRows::new(Table::Rejects);
    for (row, file) in [(Some(1), "b"), (Some(3), "a"), (None, "b"), (Some(3), "a")] {
        let (text, row) = (Value::Text(file), Value::int64(row));
        rows.push(&[
            Value::Time(0),
            text,
            text,
            row,
            text,
            Value::Null,
            Value::Text("x"),
        ])
        .unwrap();
    }
    let path = folder.path().join("r.parquet");
    let staged = write_table(Table::Rejects, vec![rows.take_batch().unwrap()], &path).unwrap();
    let batch = &read(&staged)[0];
    let rows: Vec<_> = batch
        .column_by_name("source_row")
        .unwrap()
        .as_primitive::<Int64Type>()
        .iter()
        .collect();
    assert_eq!(rows, [Some(3), Some(3), None, Some(1)]);
}

/// Rows are taken into a file by row group, in the order of all of them.
#[test]
fn the_order_goes_on_from_one_row_group_to_the_next() {
    const ROWS: usize = ROW_GROUP_ROWS + 5;
    let folder = tempfile::tempdir().unwrap();
    let text = Value::Text("x");
    let mut batches = Vec::new();
    let mut rows = TableRows::new(Table::Rejects);
    for row in (0..ROWS as u64).rev() {
        let values = [
            Value::Time(0),
            text,
            text,
            Value::count(row),
            text,
            Value::Null,
            text,
        ];
        rows.push(&values).unwrap();
        if rows.row_count() == 1_000 {
            batches.push(rows.take_batch().unwrap());
        }
    }
    batches.push(rows.take_batch().unwrap());
    let path = folder.path().join("r.parquet");
    let staged = write_table(Table::Rejects, batches, &path).unwrap();
    assert_eq!(staged.rows, ROWS as u64);
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let groups = reader.metadata().row_groups().iter();
    let rows: Vec<_> = groups.map(|group| group.num_rows()).collect();
    assert_eq!(rows, [ROW_GROUP_ROWS as i64, 5]);
    let batches = read(&staged);
    let numbers = batches.iter().flat_map(|batch| {
        let column = batch.column_by_name("source_row").unwrap();
        column.as_primitive::<Int64Type>().values().to_vec()
    });
    assert!(numbers.eq(0..ROWS as i64));
}

#[test]
fn an_existing_file_is_not_overwritten_and_other_tables_rows_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, "x").unwrap();
    let result = write_table(Table::Sites, vec![rows(Table::Sites)], &path);
    assert!(matches!(result, Err(Error::Io { .. })));
    let result = write_table(
        Table::Sites,
        vec![rows(Table::Ledger)],
        &folder.path().join("u.parquet"),
    );
    assert!(matches!(
        result,
        Err(Error::Schema {
            table: Table::Sites,
            ..
        })
    ));
}
