//! Addresses and geometries as people read them: every output format goes through here.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeListArray, GenericListArray, Int64Array, OffsetSizeTrait, RecordBatch,
    RecordBatchOptions, StructArray,
};
use datafusion::arrow::compute::kernels::boolean::or_kleene;
use datafusion::arrow::compute::kernels::cmp::{gt, lt};
use datafusion::arrow::compute::{cast, nullif};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, TimeUnit};
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs};
use tieline_functions::{EXTENSION_NAME_KEY, is_address, to_text_array};

/// The rows with addresses as text (`203.0.113.7`, `2001:db8::1`) and geometries as WKT, also inside lists and structs; all
/// else as it is. A time that no calendar or clock has, such as the greatest number where a file means "never", is NULL: Arrow writes an
/// error in its place, which is no JSON. Maps stay as they are.
///
/// # Errors
/// Where a column is not what its type says; not on the values in it.
pub fn printable(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| as_text(field, column));
    let (fields, columns): (Vec<FieldRef>, Vec<ArrayRef>) =
        columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(
        Arc::new(Schema::new(fields)),
        columns,
        &options,
    )?)
}

fn as_text(field: &FieldRef, column: &ArrayRef) -> Result<(FieldRef, ArrayRef)> {
    let text: ArrayRef = match field.data_type() {
        _ if is_address(field) => Arc::new(to_text_array(column)?),
        _ if is_geometry(field) => geometry_text(field, column)?,
        DataType::Timestamp(..)
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_) => {
            return Ok((
                Arc::new(field.as_ref().clone().with_nullable(true)),
                shown_times(column)?,
            ));
        }
        DataType::Dictionary(_, values) if range_of_times(values).is_some() => {
            let plain = Arc::new(Field::new(field.name(), values.as_ref().clone(), true));
            return as_text(&plain, &cast(column, values)?);
        }
        DataType::FixedSizeList(item, length) => {
            let lists = column.as_fixed_size_list();
            let (item, values) = as_text(item, lists.values())?;
            let lists = FixedSizeListArray::try_new(item, *length, values, lists.nulls().cloned())?;
            Arc::new(lists)
        }
        DataType::List(item) => list_text(item, column.as_list::<i32>())?,
        DataType::LargeList(item) => list_text(item, column.as_list::<i64>())?,
        DataType::Struct(fields) => struct_text(fields, column.as_struct())?,
        _ => return Ok((Arc::clone(field), Arc::clone(column))),
    };
    Ok((
        Arc::new(Field::new(field.name(), text.data_type().clone(), true)),
        text,
    ))
}

/// The days since 1970 that have a date, in about 262,000 years to either side, less some for offsets from UTC.
const DAYS: (i64, i64) = (-96_000_000, 95_000_000);
const SECONDS_OF_DAY: i64 = 86_400;

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

fn shown_times(column: &ArrayRef) -> Result<ArrayRef> {
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

fn list_text<O: OffsetSizeTrait>(item: &FieldRef, lists: &GenericListArray<O>) -> Result<ArrayRef> {
    let (item, values) = as_text(item, lists.values())?;
    let (offsets, nulls) = (lists.offsets().clone(), lists.nulls().cloned());
    Ok(Arc::new(GenericListArray::try_new(item, offsets, values, nulls)?))
}

fn struct_text(fields: &Fields, structs: &StructArray) -> Result<ArrayRef> {
    let columns = fields
        .iter()
        .zip(structs.columns())
        .map(|(field, column)| as_text(field, column));
    let (fields, columns): (Vec<FieldRef>, Vec<ArrayRef>) =
        columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let (length, nulls) = (structs.len(), structs.nulls().cloned());
    Ok(Arc::new(StructArray::try_new_with_length(
        fields.into(),
        columns,
        nulls,
        length,
    )?))
}

fn is_geometry(field: &Field) -> bool {
    let name = field.metadata().get(EXTENSION_NAME_KEY);
    name.is_some_and(|name| name.starts_with("geoarrow."))
}

/// `st_astext` of a column.
fn geometry_text(field: &FieldRef, column: &ArrayRef) -> Result<ArrayRef> {
    let Some(function) = tieline_functions::functions()
        .into_iter()
        .find(|function| function.name() == "st_astext")
    else {
        return Ok(Arc::clone(column));
    };
    let arg_fields = vec![Arc::clone(field)];
    let return_field = function.return_field_from_args(ReturnFieldArgs {
        arg_fields: &arg_fields,
        scalar_arguments: &[None],
    })?;
    let text = function.invoke_with_args(ScalarFunctionArgs {
        args: vec![ColumnarValue::Array(Arc::clone(column))],
        arg_fields,
        number_rows: column.len(),
        return_field,
        config_options: Arc::new(ConfigOptions::default()),
    })?;
    let text = text.into_array(column.len())?;
    Ok(cast(&text, &DataType::Utf8)?)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
