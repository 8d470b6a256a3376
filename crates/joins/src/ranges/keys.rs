//! Columns as ordered keys: every type that has an order becomes a number of 32, 64 or 128 bits, or bytes.

use std::cmp::Ordering;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, FixedSizeBinaryArray, PrimitiveArray,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type, UInt32Type,
    UInt64Type,
};
use datafusion::common::{Result, ScalarValue, internal_err};
use tieline_index::ranges::{key_from_f32, key_from_f64, key_from_i32, key_from_i64, key_from_i128};

/// The values of a column as keys, and which of them are NULL.
#[derive(Debug)]
pub(crate) struct KeyColumn {
    pub(crate) keys: Keys,
    pub(crate) nulls: Option<NullBuffer>,
}

/// One key a row; that of a NULL is meaningless.
#[derive(Debug)]
pub(crate) enum Keys {
    U32(Vec<u32>),
    U64(Vec<u64>),
    U128(Vec<u128>),
    /// Sixteen bytes, such as addresses.
    Sixteen(FixedSizeBinaryArray),
    /// Texts and bytes of any length, in the order of their bytes.
    Bytes(BinaryViewArray),
}

/// How a type's values become keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// As the 32-bit integer that the type casts to.
    I32,
    U32,
    I64,
    U64,
    I128,
    F32,
    F64,
    Sixteen,
    Bytes,
}

fn coding(data_type: &DataType) -> Option<Coding> {
    use DataType as T;
    Some(match data_type {
        T::Int8 | T::Int16 | T::Int32 | T::Date32 | T::Time32(_) => Coding::I32,
        T::UInt8 | T::UInt16 | T::UInt32 => Coding::U32,
        T::Int64 | T::Date64 | T::Timestamp(..) | T::Time64(_) | T::Duration(_) => Coding::I64,
        T::UInt64 => Coding::U64,
        T::Decimal128(..) => Coding::I128,
        T::Float32 => Coding::F32,
        T::Float64 => Coding::F64,
        T::FixedSizeBinary(16) => Coding::Sixteen,
        T::Utf8
        | T::LargeUtf8
        | T::Utf8View
        | T::Binary
        | T::LargeBinary
        | T::BinaryView
        | T::FixedSizeBinary(_) => Coding::Bytes,
        _ => return None,
    })
}

/// Whether a type has an order that an index knows.
pub(crate) fn is_supported(data_type: &DataType) -> bool {
    coding(data_type).is_some()
}

impl KeyColumn {
    /// The keys of an array. They are in the order in which DataFusion compares the values: floating-point numbers in total
    /// order, but for the two zeros, which are equal.
    pub(crate) fn of(array: &ArrayRef) -> Result<Self> {
        let Some(coding) = coding(array.data_type()) else {
            return internal_err!("no order is known of {}", array.data_type());
        };
        let keys = match coding {
            Coding::I32 => Keys::U32(mapped::<Int32Type, _>(array, &DataType::Int32, key_from_i32)?),
            Coding::U32 => Keys::U32(mapped::<UInt32Type, _>(array, &DataType::UInt32, |value| value)?),
            Coding::I64 => Keys::U64(mapped::<Int64Type, _>(array, &DataType::Int64, key_from_i64)?),
            Coding::U64 => Keys::U64(mapped::<UInt64Type, _>(array, &DataType::UInt64, |value| value)?),
            Coding::I128 => Keys::U128(mapped::<Decimal128Type, _>(
                array,
                array.data_type(),
                key_from_i128,
            )?),
            Coding::F32 => Keys::U32(mapped::<Float32Type, _>(array, &DataType::Float32, order_of_f32)?),
            Coding::F64 => Keys::U64(mapped::<Float64Type, _>(array, &DataType::Float64, order_of_f64)?),
            Coding::Sixteen => Keys::Sixteen(array.as_fixed_size_binary().clone()),
            Coding::Bytes => Keys::Bytes(cast(array, &DataType::BinaryView)?.as_binary_view().clone()),
        };
        Ok(Self {
            keys,
            nulls: array.logical_nulls().filter(|nulls| nulls.null_count() > 0),
        })
    }

    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        match &self.keys {
            Keys::U32(keys) => keys.len() * size_of::<u32>(),
            Keys::U64(keys) => keys.len() * size_of::<u64>(),
            Keys::U128(keys) => keys.len() * size_of::<u128>(),
            Keys::Sixteen(keys) => keys.get_array_memory_size(),
            Keys::Bytes(keys) => keys.get_array_memory_size(),
        }
    }

    /// Two rows of two columns of one type, neither of them NULL.
    pub(super) fn compare(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        match (&self.keys, &other.keys) {
            (Keys::U32(one), Keys::U32(two)) => one[row].cmp(&two[other_row]),
            (Keys::U64(one), Keys::U64(two)) => one[row].cmp(&two[other_row]),
            (Keys::U128(one), Keys::U128(two)) => one[row].cmp(&two[other_row]),
            (Keys::Sixteen(one), Keys::Sixteen(two)) => one.value(row).cmp(two.value(other_row)),
            (Keys::Bytes(one), Keys::Bytes(two)) => one.value(row).cmp(two.value(other_row)),
            _ => Ordering::Equal,
        }
    }
}

fn mapped<T: ArrowPrimitiveType, K>(
    array: &ArrayRef,
    as_type: &DataType,
    key: fn(T::Native) -> K,
) -> Result<Vec<K>> {
    let numbers = match array.data_type() == as_type {
        true => array.clone(),
        false => cast(array, as_type)?,
    };
    let numbers: &PrimitiveArray<T> = numbers.as_primitive();
    Ok(numbers.values().iter().map(|value| key(*value)).collect())
}

/// The sixteen bytes of every row.
pub(crate) fn sixteen(array: &FixedSizeBinaryArray) -> &[[u8; 16]] {
    array.value_data().as_chunks::<16>().0
}

/// The place of a number among all: as DataFusion compares them, NaN beyond infinity and the two zeros equal.
pub(crate) fn order_of_f32(number: f32) -> u32 {
    key_from_f32(if number == 0.0 { 0.0 } else { number })
}

/// The same of 64 bits.
pub(crate) fn order_of_f64(number: f64) -> u64 {
    key_from_f64(if number == 0.0 { 0.0 } else { number })
}

/// The value that a key of a type stands for, for bounds; none for floating-point numbers: statistics of Parquet files leave
/// NaN out, so that bounds would skip rows that match.
pub(crate) fn value_of(key: u128, data_type: &DataType) -> Option<ScalarValue> {
    let value = match coding(data_type)? {
        Coding::I32 => ScalarValue::Int32(Some((key as u32 ^ (1 << 31)) as i32)),
        Coding::U32 => ScalarValue::UInt32(Some(key as u32)),
        Coding::I64 => ScalarValue::Int64(Some((key as u64 ^ (1 << 63)) as i64)),
        Coding::U64 => ScalarValue::UInt64(Some(key as u64)),
        Coding::Sixteen => return Some(ScalarValue::FixedSizeBinary(16, Some(key.to_be_bytes().to_vec()))),
        Coding::I128 => match data_type {
            DataType::Decimal128(precision, scale) => {
                return Some(ScalarValue::Decimal128(
                    Some((key ^ (1 << 127)) as i128),
                    *precision,
                    *scale,
                ));
            }
            _ => return None,
        },
        Coding::F32 | Coding::F64 | Coding::Bytes => return None,
    };
    value.cast_to(data_type).ok()
}

/// The value of a row, for bounds; none for floating-point numbers, as above.
pub(super) fn value_at(array: &ArrayRef, row: usize) -> Option<ScalarValue> {
    let floating = matches!(coding(array.data_type())?, Coding::F32 | Coding::F64);
    if floating {
        None
    } else {
        ScalarValue::try_from_array(array, row).ok()
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
