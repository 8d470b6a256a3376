//! Times that a calendar and a clock have: Arrow's types hold others, of which its writers make the text of an error.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::compute::kernels::boolean::or_kleene;
use datafusion::arrow::compute::kernels::cmp::{gt, lt};
use datafusion::arrow::compute::{cast, nullif};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::error::Result;

/// The days since 1970 that have a date, in about 262,000 years to either side, less some for offsets from UTC.
const DAYS: (i64, i64) = (-96_000_000, 95_000_000);
const SECONDS_OF_DAY: i64 = 86_400;

/// Whether a type is that of a date, a moment or a time of day.
pub(crate) fn is_time(data_type: &DataType) -> bool {
    range_of_times(data_type).is_some()
}

/// The least and the greatest value of a type of time that can be shown.
fn range_of_times(data_type: &DataType) -> Option<(i64, i64)> {
    let per_second = |unit: &TimeUnit| match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let since_1970 = |per_day: i64| (DAYS.0.saturating_mul(per_day), DAYS.1.saturating_mul(per_day));
    match data_type {
        DataType::Date32 => Some(DAYS),
        DataType::Date64 => Some(since_1970(SECONDS_OF_DAY * 1_000)),
        DataType::Timestamp(unit, _) => Some(since_1970(SECONDS_OF_DAY * per_second(unit))),
        DataType::Time32(unit) | DataType::Time64(unit) => Some((0, SECONDS_OF_DAY * per_second(unit) - 1)),
        _ => None,
    }
}

/// The column with NULL for every time that no calendar or clock has.
pub(crate) fn within_calendar(column: &ArrayRef) -> Result<ArrayRef> {
    let Some((least, greatest)) = range_of_times(column.data_type()) else {
        return Ok(Arc::clone(column));
    };
    let numbers = match column.data_type() {
        DataType::Date32 | DataType::Time32(_) => cast(&cast(column, &DataType::Int32)?, &DataType::Int64)?,
        _ => cast(column, &DataType::Int64)?,
    };
    let numbers: &Int64Array = numbers.as_primitive();
    let is_before = lt(numbers, &Int64Array::new_scalar(least))?;
    let is_after = gt(numbers, &Int64Array::new_scalar(greatest))?;
    Ok(nullif(column, &or_kleene(&is_before, &is_after)?)?)
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
