use std::sync::Arc;

use datafusion::arrow::array::{
    Date32Array, Decimal128Array, Float64Array, Int8Array, StringArray, TimestampMicrosecondArray,
    UInt16Array,
};
use datafusion::arrow::compute::kernels::cmp;

use super::*;

/// Keys are in the order that arrow gives the values, and bounds give the values back.
fn check(array: ArrayRef, bounds: bool) -> Result<()> {
    let column = KeyColumn::of(&array)?;
    for one in 0..array.len() {
        for other in 0..array.len() {
            let (left, right) = (array.slice(one, 1), array.slice(other, 1));
            let less = cmp::lt(&left, &right)?.value(0);
            assert_eq!(
                column.compare(one, &column, other).is_lt(),
                less,
                "{one} {other} of {array:?}"
            );
        }
        let key = match &column.keys {
            Keys::U32(keys) => u128::from(keys[one]),
            Keys::U64(keys) => u128::from(keys[one]),
            Keys::U128(keys) => keys[one],
            Keys::Sixteen(keys) => u128::from_be_bytes(sixteen(keys)[one]),
            Keys::Bytes(_) => continue,
        };
        let value = bounds
            .then(|| ScalarValue::try_from_array(&array, one))
            .transpose()?;
        assert_eq!(value_of(key, array.data_type()), value);
        assert_eq!(value_at(&array, one).is_some(), bounds);
    }
    Ok(())
}

#[test]
fn keys_are_ordered_as_arrow_orders_the_values() -> Result<()> {
    let times = || TimestampMicrosecondArray::from(vec![i64::MIN, -1, 0, 1, i64::MAX]);
    check(Arc::new(Int8Array::from(vec![i8::MIN, -1, 0, 1, i8::MAX])), true)?;
    check(Arc::new(UInt16Array::from(vec![0, 1, u16::MAX])), true)?;
    check(Arc::new(Date32Array::from(vec![i32::MIN, -1, 0, i32::MAX])), true)?;
    check(Arc::new(times()), true)?;
    check(Arc::new(times().with_timezone("UTC")), true)?;
    let decimals = Decimal128Array::from(vec![-5, 0, 7]).with_precision_and_scale(20, 3)?;
    check(Arc::new(decimals), true)?;
    let numbers = vec![f64::NEG_INFINITY, -1.0, 0.0, f64::INFINITY, f64::NAN, -f64::NAN];
    check(Arc::new(Float64Array::from(numbers)), false)?;
    let addresses = [[0u8; 16], [255; 16], *b"0123456789abcdef"].into_iter();
    check(Arc::new(FixedSizeBinaryArray::try_from_iter(addresses)?), true)?;
    check(Arc::new(StringArray::from(vec!["", "a", "ab", "b", "ä"])), true)
}

#[test]
fn the_zeros_are_equal() -> Result<()> {
    let zeros = KeyColumn::of(&(Arc::new(Float64Array::from(vec![-0.0, 0.0])) as ArrayRef))?;
    assert!(zeros.compare(0, &zeros, 1).is_eq());
    Ok(())
}

#[test]
fn slices_and_nulls_keep_their_rows() -> Result<()> {
    let addresses = [Some([1u8; 16]), None, Some([3; 16])].into_iter();
    let array: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(
        addresses, 16,
    )?);
    let column = KeyColumn::of(&array.slice(1, 2))?;
    assert!(column.is_null(0) && !column.is_null(1));
    let Keys::Sixteen(keys) = &column.keys else {
        return internal_err!("not sixteen bytes");
    };
    assert_eq!(sixteen(keys), [[0; 16], [3; 16]]);
    Ok(())
}
