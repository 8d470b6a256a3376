//! The columns of rows of the table `sites`, by name.

use arrow::array::{ArrayRef, AsArray, PrimitiveArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{ArrowPrimitiveType, TimestampMicrosecondType};
use arrow::error::ArrowError;

/// Says which column is missing or of another type.
pub(super) fn misfit(name: &str) -> ArrowError {
    ArrowError::SchemaError(name.to_owned())
}

pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, ArrowError> {
    batch.column_by_name(name).ok_or_else(|| misfit(name))
}

pub(super) fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray, ArrowError> {
    column(batch, name)?
        .as_string_opt::<i32>()
        .ok_or_else(|| misfit(name))
}

pub(super) fn numbers<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>, ArrowError> {
    column(batch, name)?
        .as_primitive_opt::<T>()
        .ok_or_else(|| misfit(name))
}

pub(super) fn times<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a TimestampMicrosecondArray, ArrowError> {
    numbers::<TimestampMicrosecondType>(batch, name)
}
