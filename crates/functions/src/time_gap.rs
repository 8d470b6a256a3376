//! `time_gap(a, b)`: the time between two moments.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, PrimitiveArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, TimeUnit};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarUDF};

use crate::column::Column;
use crate::documentation::{Entry, TIMES};
use crate::function::{Arguments, SqlFunction, any};

pub(crate) const NAME: &str = "time_gap";
const NANOSECONDS_PER_SECOND: i128 = 1_000_000_000;

/// `time_gap(a, b)`: the absolute difference in seconds.
pub(crate) fn time_gap() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: TIMES,
            description: "The time between two moments in seconds, `Float64`, never negative, exact to the \
                          microsecond. It is a number and not an interval on purpose: intervals compare by months, \
                          then days, then nanoseconds, so that an interval of 30 hours is less than one of a day. \
                          Compare it with seconds, or by `<`, `=` and their kin with an interval that is written out, which then counts as \
                          seconds, a day as 24 hours; one with months is a planning error.",
            syntax: "time_gap(a, b)",
            arguments: &[
                ("a", "a timestamp of any unit and zone, or a date; without a zone it counts as UTC"),
                ("b", "the same"),
            ],
            example: "SELECT time_gap(TIMESTAMP '2026-01-02T06:00:00', TIMESTAMP '2026-01-01T00:00:00')",
            result: "108000.0",
            source: "ISO 8601, without leap seconds",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    for field in args.arg_fields {
        match field.data_type() {
            DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 | DataType::Null => {}
            other => return plan_err!("{NAME}: arguments must be timestamps, not {other}"),
        }
    }
    Ok(Field::new(NAME, DataType::Float64, true))
}

/// What `time_gap` gives of moments that are so many units of so many nanoseconds apart.
pub fn gap_seconds(units: u128, unit_ns: u128) -> f64 {
    seconds(units * unit_ns)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let a = Moments::try_new(&arguments.values[0])?;
    let b = Moments::try_new(&arguments.values[1])?;
    let gaps = (0..arguments.rows).map(|row| Some(seconds(a.get_ns(row)?.abs_diff(b.get_ns(row)?))));
    Ok(Arc::new(gaps.collect::<Float64Array>()))
}

/// Nanoseconds as seconds, rounded once wherever whole microseconds fit the 53 bits of a `Float64`.
fn seconds(gap_ns: u128) -> f64 {
    if gap_ns.is_multiple_of(1_000) {
        (gap_ns / 1_000) as f64 / 1e6
    } else {
        gap_ns as f64 / 1e9
    }
}

/// An argument as moments in time.
struct Moments {
    column: Column,
    counts: PrimitiveArray<Int64Type>,
    unit_ns: i128,
}

impl Moments {
    fn try_new(value: &ColumnarValue) -> Result<Self> {
        let column = Column::uncast(value)?;
        let unit_ns = match column.array.data_type() {
            DataType::Timestamp(TimeUnit::Nanosecond, _) => 1,
            DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000,
            DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => 1_000_000,
            DataType::Date32 => 86_400 * NANOSECONDS_PER_SECOND,
            _ => NANOSECONDS_PER_SECOND,
        };
        let array = match column.array.data_type() {
            DataType::Date32 => cast(&column.array, &DataType::Int32)?,
            _ => ArrayRef::clone(&column.array),
        };
        let counts = cast(&array, &DataType::Int64)?
            .as_primitive::<Int64Type>()
            .clone();
        Ok(Self {
            column,
            counts,
            unit_ns,
        })
    }

    /// The moment of a row in nanoseconds since 1970.
    fn get_ns(&self, row: usize) -> Option<i128> {
        let position = self.column.position(row)?;
        Some(i128::from(self.counts.value(position)) * self.unit_ns)
    }
}
