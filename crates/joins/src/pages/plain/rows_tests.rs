//! Whatever a file is like, its rows are those that the library reads, and a file that is damaged ends a query and nothing else.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Float64Array, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::{WriterProperties, WriterVersion};
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet};
use futures::TryStreamExt;

use super::super::locations::plain_pages;
use super::super::{PlainScan, footer};
use super::PlainRows;

/// Latitudes and longitudes of 1,000 points; every so many latitudes one is NULL, and there are runs of them without any.
fn points(nulls: usize) -> RecordBatch {
    let number = |row: usize| ((row * 7919) % 1009) as f64 / 8.0;
    let lat = (0..1000).map(|row| (nulls == 0 || row % nulls > 0 || row > 700).then(|| number(row)));
    let lon = (0..1000).map(|row| match row % 97 {
        5 => f64::NAN,
        6 => f64::INFINITY,
        _ => -number(row),
    });
    let schema = Schema::new(vec![
        Field::new("lat", DataType::Float64, nulls > 0),
        Field::new("lon", DataType::Float64, false),
    ]);
    let (lat, lon) = (lat.collect::<Float64Array>(), Float64Array::from_iter_values(lon));
    RecordBatch::try_new(Arc::new(schema), vec![Arc::new(lat), Arc::new(lon)]).unwrap()
}

/// In row groups of 400 rows.
fn file(points: &RecordBatch, properties: (WriterVersion, Compression, usize)) -> Vec<u8> {
    let (version, compression, page_bytes) = properties;
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(compression)
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(400))
        // By bytes: a page of a column with NULLs has other rows than one of the other.
        .set_data_page_size_limit(page_bytes)
        .set_write_batch_size(10)
        .build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, points.schema(), Some(properties)).unwrap();
    writer.write(points).unwrap();
    writer.close().unwrap();
    file
}

fn scan(schema: SchemaRef, batch_size: usize) -> Arc<PlainScan> {
    let files = DefaultParquetFileReaderFactory::new(Arc::new(LocalFileSystem::new()));
    Arc::new(PlainScan {
        names: schema.fields().iter().map(|field| field.name().clone()).collect(),
        schema,
        batch_size,
        files: Arc::new(files),
        partition: 0,
        metrics: ExecutionPlanMetricsSet::new(),
    })
}

/// The rows of a file, whether it pays to read it so or not; `None` where its footer is none, or its pages are not plain.
async fn rows(path: &Path, scan: Arc<PlainScan>) -> Option<(PlainRows, Count)> {
    let length = fs::metadata(path).unwrap().len();
    let file = PartitionedFile::new(path.to_str().unwrap(), length);
    let footer = footer::read(&file, scan.files.as_ref()).await?;
    let columns = scan.columns_of(&footer)?;
    let row_groups = footer::row_groups_within(&footer, None);
    let is_plain = |group: &usize| {
        columns
            .iter()
            .all(|column| plain_pages(&footer, *group, *column).is_some())
    };
    if !row_groups.iter().all(is_plain) {
        return None;
    }
    let reader = scan.files.create_reader(0, file, None, &scan.metrics).unwrap();
    let pages = Count::new();
    let rows = PlainRows::new(
        scan,
        Arc::clone(&footer),
        row_groups,
        columns,
        reader,
        pages.clone(),
    );
    Some((rows, pages))
}

/// The batches of a file, and how many pages have been taken as they lie.
async fn read(
    path: &Path,
    schema: SchemaRef,
    batch_size: usize,
) -> Option<Result<(Vec<RecordBatch>, usize)>> {
    let (rows, pages) = rows(path, scan(schema, batch_size)).await?;
    let batches: Result<Vec<_>> = rows.into_stream().try_collect().await;
    Some(batches.map(|batches| (batches, pages.value())))
}

fn expected(file: &[u8]) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(file)).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<_> = reader.build().unwrap().collect::<Result<_, _>>().unwrap();
    concat_batches(&schema, &batches).unwrap()
}

/// As text: NaN is not itself.
fn text(rows: &RecordBatch) -> String {
    format!("{rows:?}")
}

#[tokio::test]
async fn rows_are_those_that_the_library_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    for nulls in [0, 1, 3, 50] {
        let points = points(nulls);
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for compression in [
                Compression::UNCOMPRESSED,
                Compression::LZ4_RAW,
                Compression::SNAPPY,
            ] {
                for page_bytes in [100, 1000, 1 << 20] {
                    let file = file(&points, (version, compression, page_bytes));
                    fs::write(&path, &file).unwrap();
                    let expected = expected(&file);
                    for batch_size in [1, 2, 7, 49, 50, 51, 100, 8192] {
                        let (read, taken) = read(&path, points.schema(), batch_size).await.unwrap().unwrap();
                        // Of the first version, four bytes more lie before the numbers, if there may be NULLs.
                        assert_eq!(
                            taken > 0,
                            compression == Compression::UNCOMPRESSED,
                            "{nulls} {version:?}"
                        );
                        assert!(
                            read.iter()
                                .all(|batch| (1..=batch_size).contains(&batch.num_rows()))
                        );
                        let read = concat_batches(&points.schema(), &read).unwrap();
                        assert_eq!(
                            text(&read),
                            text(&expected),
                            "{nulls} {version:?} {compression} {page_bytes}"
                        );
                    }
                }
            }
        }
    }
}

/// Bytes changed anywhere: an error, or other numbers, which no reader can tell; never a panic, nor more rows than the footer says.
#[tokio::test]
async fn a_damaged_file_is_an_error_or_has_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    let (mut errors, mut whole) = (0, 0);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let points = points(3);
        let sound = file(&points, (version, Compression::LZ4_RAW, 400));
        let pages = sound.len() * 9 / 10;
        for _ in 0..400 {
            let mut damaged = sound.clone();
            for _ in 0..=random(6) {
                let (at, bit) = (random(pages), random(8));
                damaged[at] ^= 1 << bit;
            }
            fs::write(&path, &damaged).unwrap();
            match read(&path, points.schema(), 64).await {
                Some(Ok((batches, _))) => {
                    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
                    assert_eq!(rows, 1000);
                    whole += 1;
                }
                Some(Err(_)) => errors += 1,
                None => {}
            }
        }
    }
    assert!(errors > 50 && whole > 50, "{errors} errors, {whole} whole");
}

#[tokio::test]
async fn a_file_that_ends_early_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    let points = points(0);
    let file = file(
        &points,
        (WriterVersion::PARQUET_2_0, Compression::UNCOMPRESSED, 400),
    );
    fs::write(&path, &file).unwrap();
    let (rows, _) = rows(&path, scan(points.schema(), 8192)).await.unwrap();
    assert_eq!(rows.row_groups(), 3);
    fs::write(&path, &file[..file.len() / 2]).unwrap();
    let read: Result<Vec<_>> = rows.into_stream().try_collect().await;
    assert!(read.is_err());
}
