//! Constants that are added to counts or compared with their differences, in the unit of the counts.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;

use super::types::{DAY_NS, unit_ns};
use crate::plan::days_are_equal;

/// An interval or a number that is added to a value of a type. `None` where it is not so much of the type's unit whatever the
/// value: months, or days in a zone whose days are not all as long.
pub(super) fn added(expr: &Expr, to: &DataType) -> Option<i64> {
    let Expr::Literal(value, _) = expr else {
        return None;
    };
    let (days, nanoseconds) = match value {
        ScalarValue::IntervalMonthDayNano(Some(interval)) if interval.months == 0 => {
            (interval.days, i128::from(interval.nanoseconds))
        }
        ScalarValue::IntervalDayTime(Some(interval)) => {
            (interval.days, i128::from(interval.milliseconds) * 1_000_000)
        }
        ScalarValue::DurationSecond(_)
        | ScalarValue::DurationMillisecond(_)
        | ScalarValue::DurationMicrosecond(_)
        | ScalarValue::DurationNanosecond(_) => (0, duration_ns(value)?),
        _ => return number(value, to),
    };
    if days != 0 && !days_are_equal(to) {
        return None;
    }
    in_units(i128::from(days) * DAY_NS + nanoseconds, to)
}

/// A constant that the difference of two timestamps is compared with.
///
/// Intervals compare by months, then days, then nanoseconds, and such a difference has only nanoseconds: against an interval of
/// days it is always the smaller one, whatever its length. That is no band.
pub(super) fn compared_interval(expr: &Expr, of: &DataType) -> Option<i64> {
    match expr {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval)), _)
            if interval.months == 0 && interval.days == 0 =>
        {
            in_units(i128::from(interval.nanoseconds), of)
        }
        _ => None,
    }
}

/// A constant that the difference of two timestamps, as a duration, is compared with.
pub(super) fn compared_duration(expr: &Expr, of: &DataType) -> Option<i64> {
    match expr {
        Expr::Literal(value, _) => in_units(duration_ns(value)?, of),
        _ => None,
    }
}

/// A constant that a difference of integers of a type is compared with.
pub(super) fn compared_number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(value, _) => integer(value),
        _ => None,
    }
}

/// A number of seconds, not negative.
pub(super) fn seconds(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Literal(ScalarValue::Float64(Some(seconds)), _) if *seconds >= 0.0 => Some(*seconds),
        _ => None,
    }
}

fn number(value: &ScalarValue, to: &DataType) -> Option<i64> {
    to.is_signed_integer().then(|| integer(value)).flatten()
}

fn integer(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int8(Some(number)) => Some(i64::from(*number)),
        ScalarValue::Int16(Some(number)) => Some(i64::from(*number)),
        ScalarValue::Int32(Some(number)) => Some(i64::from(*number)),
        ScalarValue::Int64(Some(number)) => Some(*number),
        _ => None,
    }
}

fn duration_ns(value: &ScalarValue) -> Option<i128> {
    let (count, unit) = match value {
        ScalarValue::DurationSecond(Some(count)) => (count, 1_000_000_000),
        ScalarValue::DurationMillisecond(Some(count)) => (count, 1_000_000),
        ScalarValue::DurationMicrosecond(Some(count)) => (count, 1_000),
        ScalarValue::DurationNanosecond(Some(count)) => (count, 1),
        _ => return None,
    };
    Some(i128::from(*count) * unit)
}

/// Whole units only: what is left over is cut off by SQL, one way or the other.
fn in_units(nanoseconds: i128, data_type: &DataType) -> Option<i64> {
    let unit = unit_ns(data_type)?;
    (nanoseconds % unit == 0)
        .then(|| i64::try_from(nanoseconds / unit).ok())
        .flatten()
}
