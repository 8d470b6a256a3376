//! Addresses, geometries and times as people read them: every output format goes through here.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeListArray, GenericListArray, OffsetSizeTrait, RecordBatch,
    RecordBatchOptions, StructArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs};
use tieline_functions::{EXTENSION_NAME_KEY, is_address, to_text_array};

use crate::calendar::{is_time, within_calendar};

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
        time if is_time(time) => {
            let field = field.as_ref().clone().with_nullable(true);
            return Ok((Arc::new(field), within_calendar(column)?));
        }
        DataType::Dictionary(_, values) if is_time(values) => {
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
