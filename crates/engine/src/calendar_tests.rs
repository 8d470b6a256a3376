use datafusion::arrow::array::{
    Date32Array, FixedSizeListArray, RecordBatch, Time32SecondArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use datafusion::arrow::datatypes::Field;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use super::*;
use crate::text::printable;

fn shown(columns: Vec<(&str, ArrayRef)>) -> Vec<Vec<String>> {
    let batch = printable(&RecordBatch::try_from_iter(columns).unwrap()).unwrap();
    let options = FormatOptions::new().with_null("NULL").with_display_error(false);
    let column = |column: &ArrayRef| {
        let formatter = ArrayFormatter::try_new(column, &options).unwrap();
        (0..column.len())
            .map(|row| formatter.value(row).try_to_string().unwrap())
            .collect()
    };
    batch.columns().iter().map(column).collect()
}

#[test]
fn a_time_that_no_calendar_has_is_null() {
    let extremes = || [i64::MIN, 0, i64::MAX];
    let micros = TimestampMicrosecondArray::from_iter_values(extremes());
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("zoned", Arc::new(micros.clone().with_timezone("+14:00"))),
        (
            "encoded",
            cast(
                &(Arc::new(micros.clone()) as ArrayRef),
                &DataType::Dictionary(
                    DataType::Int32.into(),
                    DataType::Timestamp(TimeUnit::Microsecond, None).into(),
                ),
            )
            .unwrap(),
        ),
        (
            "listed",
            Arc::new(FixedSizeListArray::new(
                Arc::new(Field::new("item", micros.data_type().clone(), true)),
                1,
                Arc::new(micros.clone()),
                None,
            )),
        ),
        ("micros", Arc::new(micros)),
        (
            "seconds",
            Arc::new(TimestampSecondArray::from_iter_values(extremes())),
        ),
        (
            "days",
            Arc::new(Date32Array::from_iter_values([i32::MIN, 0, i32::MAX])),
        ),
        (
            "second",
            Arc::new(Time32SecondArray::from_iter_values([-1, 0, 86_400])),
        ),
        (
            "micro",
            Arc::new(Time64MicrosecondArray::from_iter_values(extremes())),
        ),
    ];
    let shown = shown(columns);
    for (column, (null, middle)) in shown.iter().zip([
        ("NULL", "1970-01-01T14:00:00+14:00"),
        ("NULL", "1970-01-01T00:00:00"),
        ("[NULL]", "[1970-01-01T00:00:00]"),
        ("NULL", "1970-01-01T00:00:00"),
        ("NULL", "1970-01-01T00:00:00"),
        ("NULL", "1970-01-01"),
        ("NULL", "00:00:00"),
        ("NULL", "00:00:00"),
    ]) {
        assert_eq!(column, &[null, middle, null]);
    }
}

#[test]
fn a_time_that_a_calendar_has_stays() {
    let nanos = TimestampNanosecondArray::from_iter_values([i64::MIN, i64::MAX]);
    // The year 262,000 and as many before, at the ends of what is shown.
    let days = Date32Array::from_iter_values([-96_000_000, 95_000_000]);
    let seconds = TimestampSecondArray::from_iter_values([-96_000_000 * 86_400, 95_000_000 * 86_400]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("nanos", Arc::new(nanos)),
        ("days", Arc::new(days)),
        ("seconds", Arc::new(seconds.with_timezone("-14:00"))),
    ];
    assert!(shown(columns).iter().flatten().all(|text| text != "NULL"));
}
