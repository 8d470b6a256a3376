//! Addresses and geometries as people read them: every output format goes through here.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs};
use tieline_functions::{EXTENSION_NAME_KEY, is_address, to_text_array};

/// The rows with addresses as text (`203.0.113.7`, `2001:db8::1`) and geometries as WKT; all else as it is.
///
/// # Errors
/// Where a column is not what its type says; not on the values in it.
pub fn printable(batch: &RecordBatch) -> Result<RecordBatch> {
    let mut fields: Vec<FieldRef> = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let text = if is_address(field) {
            Some(Arc::new(to_text_array(column)?) as ArrayRef)
        } else if is_geometry(field) {
            Some(geometry_text(field, column)?)
        } else {
            None
        };
        match text {
            Some(text) => {
                fields.push(Arc::new(Field::new(field.name(), text.data_type().clone(), true)));
                columns.push(text);
            }
            None => {
                fields.push(Arc::clone(field));
                columns.push(Arc::clone(column));
            }
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(
        Arc::new(Schema::new(fields)),
        columns,
        &options,
    )?)
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
    Ok(datafusion::arrow::compute::cast(&text, &DataType::Utf8)?)
}
