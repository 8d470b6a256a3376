//! No row that satisfies a condition is left out, and no page that cannot have one is read.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::common::ScalarValue;
use datafusion::datasource::listing::FileRange;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, RowGroupAccess};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::physical_plan::metrics::PruningMetrics;

use super::super::conditions::{Condition, Conditions};
use super::{PageStatistics, Pruned, RowsToRead, or_of_group, page_starts, stretches_of_group};

/// Numbers and texts in some order, and NULLs: the texts are long, so that their pages have fewer rows.
fn rows(seed: i64) -> RecordBatch {
    let number = |row: i64| (row * 7919 + seed * 31) % 1009;
    let numbers = (0..600).map(|row| (number(row) % 11 > 0).then(|| row / 50 * 50 + number(row) % 40));
    let texts = (0..600).map(|row| {
        (number(row) % 13 > 0)
            .then(|| format!("{:04}{}", (row / 40 % 5) * 100 + number(row) % 60, "-".repeat(50)))
    });
    let schema = Schema::new(vec![
        Field::new("number", DataType::Int64, true),
        Field::new("text", DataType::Utf8, true),
    ]);
    let columns = vec![
        Arc::new(numbers.collect::<Int64Array>()) as _,
        Arc::new(texts.collect::<StringArray>()) as _,
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

fn footer_of(rows: &RecordBatch, statistics: EnabledStatistics) -> ParquetMetaData {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(200))
        .set_data_page_row_count_limit(30)
        .set_data_page_size_limit(800)
        .set_write_batch_size(5)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(statistics)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap()
}

/// Ends of a number and a text, both included.
type Box2 = ((i64, i64), (&'static str, &'static str));

const BOXES: [Box2; 3] = [
    ((0, 60), ("0000", "0031")),
    ((250, 262), ("0100", "0109")),
    ((310, 340), ("0215", "0250")),
];

fn conditions() -> Conditions {
    let text = |text: &str| Some(ScalarValue::Utf8(Some(text.to_owned())));
    let number = |number| Some(ScalarValue::Int64(Some(number)));
    let areas = BOXES.iter().map(|((low, high), (first, last))| {
        vec![(0, number(*low), number(*high)), (1, text(first), text(last))]
    });
    Conditions(vec![Condition {
        columns: ["number", "text"].map(|name| Some(name.to_owned())).to_vec(),
        areas: areas.collect(),
    }])
}

fn is_within(rows: &RecordBatch, row: usize) -> bool {
    let (numbers, texts) = (
        rows.column(0).as_primitive::<Int64Type>(),
        rows.column(1).as_string::<i32>(),
    );
    let (number, text) = (numbers.iter().nth(row).flatten(), texts.iter().nth(row).flatten());
    number.zip(text).is_some_and(|(number, text)| {
        BOXES.iter().any(|((low, high), (first, last))| {
            (*low..=*high).contains(&number) && *first <= text && text <= *last
        })
    })
}

/// Which rows of a file of three row groups of 200 are read.
fn read(plan: Option<&ParquetAccessPlan>) -> Vec<bool> {
    let Some(plan) = plan else {
        return vec![true; 600];
    };
    let groups = plan.inner().iter().flat_map(|group| match group {
        RowGroupAccess::Skip => vec![false; 200],
        RowGroupAccess::Scan => vec![true; 200],
        RowGroupAccess::Selection(selection) => {
            let selectors = selection.iter();
            selectors
                .flat_map(|selector| vec![!selector.skip; selector.row_count])
                .collect()
        }
    });
    groups.collect()
}

fn pruned() -> Pruned {
    Pruned {
        pages: PruningMetrics::new(),
        row_groups: PruningMetrics::new(),
    }
}

fn rows_to_read(
    rows: &RecordBatch,
    footer: &ParquetMetaData,
    range: Option<&FileRange>,
) -> (PageStatistics, Option<ParquetAccessPlan>) {
    let schema = rows.schema();
    let pages = PageStatistics::of(footer, &schema, ["number", "text"].into_iter(), range).unwrap();
    match pages.rows_to_read(&conditions(), &pruned()) {
        RowsToRead::Unknown => panic!("the pages tell"),
        RowsToRead::All => (pages, None),
        RowsToRead::These(plan) => (pages, Some(plan)),
    }
}

#[test]
fn every_row_within_is_read_and_of_the_others_few() {
    for seed in 0..20 {
        let rows = rows(seed);
        let (pages, plan) = rows_to_read(&rows, &footer_of(&rows, EnabledStatistics::Page), None);
        assert!(pages.stretches.len() > 600 / 15, "{}", pages.stretches.len());
        let read = read(plan.as_ref());
        assert_eq!(read.len(), 600);
        let within = (0..600).filter(|row| is_within(&rows, *row)).count();
        assert!(within > 10, "{within}");
        for (row, read) in read.iter().enumerate() {
            assert!(*read || !is_within(&rows, row), "row {row} of seed {seed}");
        }
        let read = read.iter().filter(|read| **read).count();
        assert!(read < 300, "{read} rows are read for {within}");
    }
}

/// Of three row groups and their pages: what a page does not tell, its row group may.
#[test]
fn a_page_that_does_not_tell_has_the_ends_of_its_row_group() {
    let pages: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, None, Some(4), None]));
    let groups: ArrayRef = Arc::new(Int64Array::from(vec![Some(10), Some(20), None]));
    let ends = or_of_group(pages, &groups, &UInt32Array::from(vec![0, 0, 1, 1, 2])).unwrap();
    let expected = Int64Array::from(vec![Some(1), Some(10), Some(20), Some(4), None]);
    assert_eq!(ends.as_primitive::<Int64Type>(), &expected);
}

/// A page of nothing but NaN leaves the column of its row group without a page index that tells.
#[test]
fn row_groups_beside_pages_that_do_not_tell_are_skipped_and_counted() {
    let schema = Arc::new(Schema::new(vec![Field::new("x", DataType::Float64, true)]));
    // Three row groups of 200 rows about 0, 100 and 200; the pages at the beginning of the second have no number.
    let xs = (0..600).map(|row| match row {
        200..300 => f64::NAN,
        row => f64::from(row / 200 * 100 + row % 7),
    });
    let column = Arc::new(Float64Array::from_iter_values(xs));
    let rows = RecordBatch::try_new(Arc::clone(&schema), vec![column]).unwrap();
    let footer = footer_of(&rows, EnabledStatistics::Page);
    let pages = PageStatistics::of(&footer, &schema, ["x"].into_iter(), None).unwrap();
    let end = |end: f64| Some(ScalarValue::Float64(Some(end)));
    let conditions = Conditions(vec![Condition {
        columns: vec![Some("x".to_owned())],
        areas: vec![vec![(0, end(200.0), end(300.0))]],
    }]);
    let pruned = pruned();
    let RowsToRead::These(plan) = pages.rows_to_read(&conditions, &pruned) else {
        panic!("two row groups are skipped");
    };
    assert_eq!(
        read(Some(&plan)),
        [[false; 400].as_slice(), &[true; 200]].concat()
    );
    assert_eq!((pruned.row_groups.pruned(), pruned.row_groups.matched()), (2, 0));
    assert_eq!(pruned.pages.matched(), pages.stretches.len() / 3);
}

#[test]
fn only_row_groups_of_its_part_of_the_file_are_looked_at() {
    let rows = rows(1);
    let footer = footer_of(&rows, EnabledStatistics::Page);
    let begins = |group: usize| footer.row_group(group).column(0).data_page_offset();
    let second = FileRange {
        start: begins(1),
        end: begins(2),
    };
    let (pages, plan) = rows_to_read(&rows, &footer, Some(&second));
    assert!(pages.stretches.iter().all(|stretch| stretch.row_group == 1));
    let all = read(rows_to_read(&rows, &footer, None).1.as_ref());
    assert_eq!(read(plan.as_ref())[200..400], all[200..400]);

    // Of a part in which none begins nothing is left to be asked.
    let within_second = FileRange {
        start: begins(1) + 1,
        end: begins(2),
    };
    let (pages, plan) = rows_to_read(&rows, &footer, Some(&within_second));
    assert!(pages.stretches.is_empty() && plan.is_none());
}

#[test]
fn without_a_page_index_nothing_is_known() {
    let rows = rows(1);
    let known = |footer: &ParquetMetaData, table: &Schema, columns: &[&str]| {
        PageStatistics::of(footer, table, columns.iter().copied(), None).is_some()
    };
    let schema = rows.schema();
    for statistics in [EnabledStatistics::Chunk, EnabledStatistics::None] {
        assert!(!known(&footer_of(&rows, statistics), &schema, &["number"]));
    }
    let footer = footer_of(&rows, EnabledStatistics::Page);
    assert!(known(&footer, &schema, &["number"]));
    assert!(!known(&footer, &schema, &["number", "other"]));
    let other = Schema::new(vec![Field::new("number", DataType::Int32, true)]);
    assert!(!known(&footer, &other, &["number"]));
}

#[test]
fn stretches_begin_where_a_page_of_any_column_does() {
    let mut pages = vec![super::Pages::default(), super::Pages::default()];
    let starts = [vec![0, 10, 20], vec![0, 15]];
    let rows = |group, pages: &mut [super::Pages]| {
        let stretches = stretches_of_group(group, 30, &starts, pages);
        stretches.iter().map(|stretch| stretch.rows).collect::<Vec<_>>()
    };
    assert_eq!(rows(0, &mut pages), [10, 5, 5, 10]);
    assert_eq!(rows(1, &mut pages), [10, 5, 5, 10]);
    assert_eq!(pages[0].of_stretches, [0, 1, 1, 2, 3, 4, 4, 5]);
    assert_eq!(pages[1].of_stretches, [0, 0, 1, 1, 2, 2, 3, 3]);
    assert_eq!((pages[0].count, pages[1].count), (6, 4));
}

/// Of a damaged file.
#[test]
fn pages_that_do_not_follow_one_another_say_nothing() {
    use datafusion::parquet::file::page_index::offset_index::{OffsetIndexMetaData, PageLocation};
    let starts = |rows: &[i64]| {
        let pages = rows.iter().map(|first_row_index| PageLocation {
            offset: 0,
            compressed_page_size: 0,
            first_row_index: *first_row_index,
        });
        let pages = OffsetIndexMetaData {
            page_locations: pages.collect(),
            unencoded_byte_array_data_bytes: None,
        };
        page_starts(&pages, 30)
    };
    assert_eq!(starts(&[0, 10, 20]), Some(vec![0, 10, 20]));
    for damaged in [&[][..], &[1, 10], &[0, 10, 10], &[0, 20, 10], &[0, 30], &[0, -1]] {
        assert_eq!(starts(damaged), None, "{damaged:?}");
    }
}
