//! Types whose values are counts of something: what can be subtracted.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::buffer::{NullBuffer, ScalarBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date64Type, Float32Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt64Type,
};
use datafusion::common::{Result, ScalarValue, internal_err};
use tieline_functions::is_utc;

use crate::ranges::{order_of_f32, order_of_f64};

/// Whether values of a type are in the order of counts that fit 64 bits with a sign. Where nothing is added to them that is all there is to
/// know; of those that more can be said of, [`safe_limit`] knows.
pub(super) fn is_supported(data_type: &DataType) -> bool {
    use DataType as T;
    matches!(
        data_type,
        T::Int8
            | T::Int16
            | T::Int32
            | T::Int64
            | T::UInt8
            | T::UInt16
            | T::UInt32
            | T::UInt64
            | T::Float32
            | T::Float64
            | T::Date32
            | T::Date64
            | T::Timestamp(..)
    )
}

/// Whether counts of two types are of one unit and the same range: the zone of a timestamp does not matter.
pub(super) fn same_counts(one: &DataType, other: &DataType) -> bool {
    match (one, other) {
        (DataType::Timestamp(one, _), DataType::Timestamp(other, _)) => one == other,
        _ => one == other,
    }
}

/// How many of a unit one count of a type of times is; `None` where it is not a whole number of them.
pub(super) fn units_of(data_type: &DataType, unit: TimeUnit) -> Option<i64> {
    let is_time = matches!(data_type, DataType::Timestamp(..) | DataType::Date32);
    let (one, unit) = (unit_ns(data_type)?, unit_ns(&DataType::Timestamp(unit, None))?);
    (is_time && one % unit == 0).then_some((one / unit) as i64)
}

/// Whether a cast from one type of times to another only counts in a unit that is as fine or finer. It fails for times so far out that
/// they have no count, or no year.
pub(super) fn only_counts_finer(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Timestamp(coarser, of), DataType::Timestamp(finer, zone)) => {
            coarser <= finer && (of.is_some() || zone.as_ref().is_none_or(|zone| is_utc(zone)))
        }
        (DataType::Date32, DataType::Timestamp(_, zone)) => zone.as_ref().is_none_or(|zone| is_utc(zone)),
        _ => false,
    }
}

/// Whether keys of a type go into the index as they are: numbers, moments and addresses. Others are equal by their group.
pub(super) fn is_keyed(data_type: &DataType) -> bool {
    use DataType as T;
    data_type.is_integer()
        || matches!(
            data_type,
            T::Date32 | T::Date64 | T::Timestamp(..) | T::Decimal128(..) | T::FixedSizeBinary(16)
        )
}

/// How far from zero values may lie so that neither the sum of one and a constant as large, nor the difference of two of
/// them, overflows in SQL or leaves the years that it can compute with: about 73,000 for timestamps and 91,000 for dates.
/// `None` where arithmetic is not understood.
pub(super) fn safe_limit(data_type: &DataType) -> Option<i64> {
    use DataType as T;
    Some(match data_type {
        T::Int8 => (1 << 6) - 1,
        T::Int16 => (1 << 14) - 1,
        T::Int32 => (1 << 30) - 1,
        T::Int64 | T::Timestamp(TimeUnit::Nanosecond, _) => (1 << 62) - 1,
        T::Timestamp(TimeUnit::Microsecond, _) => 1 << 61,
        T::Timestamp(TimeUnit::Millisecond, _) => (1 << 61) / 1_000,
        T::Timestamp(TimeUnit::Second, _) => (1 << 61) / 1_000_000,
        T::Date32 => 1 << 25,
        _ => return None,
    })
}

/// Nanoseconds of one unit of a type.
pub(super) fn unit_ns(data_type: &DataType) -> Option<i128> {
    Some(match data_type {
        DataType::Timestamp(TimeUnit::Nanosecond, _) | DataType::Duration(TimeUnit::Nanosecond) => 1,
        DataType::Timestamp(TimeUnit::Microsecond, _) | DataType::Duration(TimeUnit::Microsecond) => 1_000,
        DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Duration(TimeUnit::Millisecond) => {
            1_000_000
        }
        DataType::Timestamp(TimeUnit::Second, _) | DataType::Duration(TimeUnit::Second) => 1_000_000_000,
        DataType::Date32 => DAY_NS,
        _ => return None,
    })
}

pub(super) const DAY_NS: i128 = 86_400_000_000_000;

/// The values of a column as counts, and which of them are NULL. Counts are in the order in which DataFusion compares the values: of
/// floating-point numbers that is their total order, but that the two zeros are equal.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) values: ScalarBuffer<i64>,
    pub(super) nulls: Option<NullBuffer>,
}

impl Counts {
    /// In the unit, or in that of the values where there is none. What has no count in it is as far from zero as counts go.
    pub(super) fn of(array: &ArrayRef, unit: Option<TimeUnit>) -> Result<Self> {
        let own = Self::of_own_unit(array)?;
        let Some(unit) = unit else {
            return Ok(own);
        };
        match units_of(array.data_type(), unit) {
            Some(1) => Ok(own),
            Some(units) => Ok(Self {
                values: own
                    .values
                    .iter()
                    .map(|value| value.saturating_mul(units))
                    .collect(),
                nulls: own.nulls,
            }),
            None => internal_err!("{} is not counted in {unit:?}", array.data_type()),
        }
    }

    /// Without a copy where the values have 64 bits.
    fn of_own_unit(array: &ArrayRef) -> Result<Self> {
        use DataType as T;
        let values = match array.data_type() {
            T::Int64 => array.as_primitive::<Int64Type>().values().clone(),
            T::Date64 => array.as_primitive::<Date64Type>().values().clone(),
            T::Timestamp(TimeUnit::Second, _) => array.as_primitive::<TimestampSecondType>().values().clone(),
            T::Timestamp(TimeUnit::Millisecond, _) => {
                array.as_primitive::<TimestampMillisecondType>().values().clone()
            }
            T::Timestamp(TimeUnit::Microsecond, _) => {
                array.as_primitive::<TimestampMicrosecondType>().values().clone()
            }
            T::Timestamp(TimeUnit::Nanosecond, _) => {
                array.as_primitive::<TimestampNanosecondType>().values().clone()
            }
            T::UInt64 => counted::<UInt64Type>(array, |number| number),
            T::Float32 => counted::<Float32Type>(array, |number| u64::from(order_of_f32(number)) | 1 << 63),
            T::Float64 => counted::<Float64Type>(array, order_of_f64),
            T::Date32 => {
                let days = cast(array, &T::Int32)?;
                cast(&days, &T::Int64)?
                    .as_primitive::<Int64Type>()
                    .values()
                    .clone()
            }
            _ => cast(array, &T::Int64)?
                .as_primitive::<Int64Type>()
                .values()
                .clone(),
        };
        Ok(Self {
            values,
            nulls: array.logical_nulls().filter(|nulls| nulls.null_count() > 0),
        })
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }
}

/// Values as counts by their place in an order from 0 on.
fn counted<T: ArrowPrimitiveType>(array: &ArrayRef, place: impl Fn(T::Native) -> u64) -> ScalarBuffer<i64> {
    let values = array.as_primitive::<T>().values().iter();
    values
        .map(|value| (place(*value) ^ 1 << 63).cast_signed())
        .collect()
}

/// The values of a type whose counts in the unit lie between two, both included; as for [`value_of`], and an end that is `None` is open.
pub(super) fn values_between(
    (low, high): (Option<i128>, Option<i128>),
    data_type: &DataType,
    unit: Option<TimeUnit>,
) -> (Option<ScalarValue>, Option<ScalarValue>) {
    let units = unit.and_then(|unit| units_of(data_type, unit)).unwrap_or(1);
    let units = i128::from(units);
    let low = low.map(|low| -(-low).div_euclid(units));
    let high = high.map(|high| high.div_euclid(units));
    let value = |count: Option<i128>| value_of(count?, data_type);
    (value(low), value(high))
}

/// The value of a type that a count stands for; `None` where it has none. Floating-point numbers never have: statistics of Parquet files
/// leave NaN out, so that bounds would skip rows that match.
pub(super) fn value_of(count: i128, data_type: &DataType) -> Option<ScalarValue> {
    let count = i64::try_from(count).ok()?;
    match data_type {
        DataType::Date32 => ScalarValue::Int32(Some(i32::try_from(count).ok()?))
            .cast_to(data_type)
            .ok(),
        DataType::UInt64 => Some(ScalarValue::UInt64(Some(count.cast_unsigned() ^ 1 << 63))),
        DataType::Float32 | DataType::Float64 => None,
        // Of no type are there values so far out, though a cast may think so.
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 if count < 0 => None,
        _ => {
            let value = ScalarValue::Int64(Some(count)).cast_to(data_type).ok()?;
            (!value.is_null()).then_some(value)
        }
    }
}
