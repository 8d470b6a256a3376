//! Only of columns whose pages are known, and can be plain.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Float64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use datafusion::parquet::file::page_index::offset_index::PageLocation;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};

use super::{follow_one_another, lie_as_in_memory, plain_pages, ranges};

fn footer_of(rows: &RecordBatch, properties: WriterProperties) -> ParquetMetaData {
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.try_parse(&Bytes::from(file)).unwrap();
    reader.finish().unwrap()
}

/// Of a column of 1,000 numbers, in pages of 300.
fn footer(properties: WriterPropertiesBuilder, with_pages: bool) -> ParquetMetaData {
    let schema = Arc::new(Schema::new(vec![Field::new("lat", DataType::Float64, false)]));
    let numbers = Float64Array::from_iter_values((0..1000).map(f64::from));
    let rows = RecordBatch::try_new(schema, vec![Arc::new(numbers)]).unwrap();
    let properties = properties
        .set_data_page_row_count_limit(300)
        .set_write_batch_size(100)
        .set_offset_index_disabled(!with_pages);
    footer_of(&rows, properties.build())
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_dictionary_enabled(false)
}

#[test]
fn pages_may_be_plain_where_the_footer_says_nothing_else() {
    let known = footer(plain(), true);
    assert_eq!(plain_pages(&known, 0, 0).unwrap().len(), 4);
    assert_eq!(plain_pages(&known, 0, 1), None);
    let others = [
        footer(plain().set_encoding(Encoding::BYTE_STREAM_SPLIT), true),
        footer(WriterProperties::builder(), true),
        footer(plain().set_statistics_enabled(EnabledStatistics::None), false),
    ];
    for other in others {
        assert_eq!(plain_pages(&other, 0, 0), None);
    }
}

#[test]
fn pages_that_are_not_one_after_the_other_within_their_column_are_not_read() {
    let known = footer(plain(), true);
    let chunk = known.row_group(0).column(0);
    let pages = plain_pages(&known, 0, 0).unwrap().to_vec();
    assert!(follow_one_another(&pages, chunk));
    let changes: [fn(&mut Vec<PageLocation>); 7] = [
        |pages| pages.clear(),
        |pages| pages[0].offset += 1,
        |pages| pages[1].offset -= 1,
        |pages| pages[1].offset = -1,
        |pages| pages[2].compressed_page_size = -1,
        |pages| pages[3].compressed_page_size += 1,
        |pages| pages[3].offset = i64::MAX,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = pages.clone();
        change(&mut changed);
        assert!(!follow_one_another(&changed, chunk), "{number}");
    }
}

#[test]
fn the_numbers_of_a_page_begin_at_a_multiple_of_what_one_takes() {
    let known = footer(plain(), true);
    let pages = plain_pages(&known, 0, 0).unwrap();
    let read: Vec<_> = ranges(pages, 1000).collect();
    assert_eq!(read.len(), 4);
    for ((page, range), rows) in pages.iter().zip(&read).zip([300, 300, 300, 100]) {
        assert_eq!(range.end, page.offset as u64 + page.compressed_page_size as u64);
        let before = page.offset as u64 - range.start;
        assert!(before < 8, "{before}");
        assert_eq!((range.end - rows * 8 - range.start) % 8, 0);
    }
    // With numbers that are more than fit.
    let lying = [PageLocation {
        offset: 4,
        compressed_page_size: 20,
        first_row_index: 0,
    }];
    assert_eq!(ranges(&lying, 9).collect::<Vec<_>>(), vec![4..24]);
}

/// Of numbers that are written so, whether it pays to take their pages as they lie.
#[test]
fn it_pays_where_long_pages_have_neither_nulls_nor_compression() {
    let pays = |every: usize, numbers: fn(usize) -> f64, compression, page| {
        let schema = Arc::new(Schema::new(vec![Field::new("lat", DataType::Float64, true)]));
        let column: Float64Array = (0..10_000)
            .map(|row| (every == 0 || row % every > 0).then(|| numbers(row)))
            .collect();
        let rows = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(column)]).unwrap();
        let properties = plain()
            .set_data_page_row_count_limit(page)
            .set_write_batch_size(page)
            .set_compression(compression);
        let footer = footer_of(&rows, properties.build());
        let pages = plain_pages(&footer, 0, 0).unwrap();
        lie_as_in_memory(footer.row_group(0).column(0), pages)
    };
    let even = |row: usize| row as f64;
    // Of which LZ4 finds nothing twice.
    let odd = |row: usize| (row as f64).sin();
    assert!(pays(0, even, Compression::UNCOMPRESSED, 1000));
    assert!(pays(0, odd, Compression::LZ4_RAW, 1000));
    assert!(!pays(0, even, Compression::LZ4_RAW, 1000));
    assert!(!pays(0, even, Compression::UNCOMPRESSED, 900));
    // One NULL in ten pages, and ten.
    assert!(pays(10_000, even, Compression::UNCOMPRESSED, 1000));
    assert!(!pays(1000, even, Compression::UNCOMPRESSED, 1000));
}
