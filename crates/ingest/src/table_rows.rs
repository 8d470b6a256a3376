//! Rows of a table, pushed one by one and taken as a record batch.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BinaryBuilder, BooleanBuilder, FixedSizeBinaryBuilder, Float64Builder,
    Int32Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use tieline_index::Address;

use crate::error::Error;
use crate::schema::Table;

/// The value of one column of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Text(&'a str),
    Bool(bool),
    Int32(i32),
    Int64(i64),
    Float64(f64),
    /// Microseconds since 1970 in UTC.
    Time(i64),
    Address(Address),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    pub(crate) fn bool(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::Bool)
    }

    pub(crate) fn int32(value: Option<i32>) -> Self {
        value.map_or(Self::Null, Self::Int32)
    }

    pub(crate) fn int64(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int64)
    }

    pub(crate) fn float64(value: Option<f64>) -> Self {
        value.map_or(Self::Null, Self::Float64)
    }

    pub(crate) fn time(micros: Option<i64>) -> Self {
        micros.map_or(Self::Null, Self::Time)
    }

    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// A row number or a count.
    pub(crate) fn count(value: u64) -> Self {
        Self::Int64(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// A builder per column of a table.
pub(crate) struct TableRows {
    table: Table,
    schema: SchemaRef,
    columns: Vec<Column>,
    row_count: usize,
    text_bytes: usize,
}

impl TableRows {
    pub(crate) fn new(table: Table) -> Self {
        let schema = table.schema();
        let columns = schema
            .fields()
            .iter()
            .map(|field| Column::new(field.data_type()))
            .collect();
        Self {
            table,
            schema,
            columns,
            row_count: 0,
            text_bytes: 0,
        }
    }

    pub(crate) fn row_count(&self) -> usize {
        self.row_count
    }

    /// The bytes of all texts and geometries of the rows pushed so far.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Adds a row: one value per column, in the order of the schema.
    pub(crate) fn push(&mut self, values: &[Value<'_>]) -> Result<(), Error> {
        let mut pairs = self.columns.iter_mut().zip(values);
        if values.len() == self.schema.fields().len() && pairs.all(|(column, value)| column.append(value)) {
            self.row_count += 1;
            self.text_bytes += values.iter().map(Value::text_bytes).sum::<usize>();
            return Ok(());
        }
        let misfit = ArrowError::SchemaError("values of another number or type".to_owned());
        Err(Error::schema(self.table)(misfit))
    }

    /// Takes the rows pushed so far.
    pub(crate) fn take_batch(&mut self) -> Result<RecordBatch, Error> {
        (self.row_count, self.text_bytes) = (0, 0);
        let timed =
            |(column, field): (&mut Column, &Arc<arrow::datatypes::Field>)| column.finish(field.data_type());
        let arrays = self
            .columns
            .iter_mut()
            .zip(self.schema.fields())
            .map(timed)
            .collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(Error::schema(self.table))
    }
}

enum Column {
    Text(StringBuilder),
    Bool(BooleanBuilder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float64(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    Address(FixedSizeBinaryBuilder),
    Bytes(BinaryBuilder),
    /// Of a type that no table has.
    Unknown,
}

impl Column {
    fn new(data_type: &DataType) -> Self {
        match data_type {
            DataType::Utf8 => Self::Text(StringBuilder::new()),
            DataType::Boolean => Self::Bool(BooleanBuilder::new()),
            DataType::Int32 => Self::Int32(Int32Builder::new()),
            DataType::Int64 => Self::Int64(Int64Builder::new()),
            DataType::Float64 => Self::Float64(Float64Builder::new()),
            DataType::Timestamp(_, _) => Self::Time(TimestampMicrosecondBuilder::new()),
            DataType::FixedSizeBinary(16) => Self::Address(FixedSizeBinaryBuilder::new(16)),
            DataType::Binary => Self::Bytes(BinaryBuilder::new()),
            _ => Self::Unknown,
        }
    }

    /// Adds the value; `false` where it is of another type than the column.
    fn append(&mut self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Self::Text(builder), Value::Null) => builder.append_null(),
            (Self::Bool(builder), Value::Bool(value)) => builder.append_value(*value),
            (Self::Bool(builder), Value::Null) => builder.append_null(),
            (Self::Int32(builder), Value::Int32(value)) => builder.append_value(*value),
            (Self::Int32(builder), Value::Null) => builder.append_null(),
            (Self::Int64(builder), Value::Int64(value)) => builder.append_value(*value),
            (Self::Int64(builder), Value::Null) => builder.append_null(),
            (Self::Float64(builder), Value::Float64(value)) => builder.append_value(*value),
            (Self::Float64(builder), Value::Null) => builder.append_null(),
            (Self::Time(builder), Value::Time(micros)) => builder.append_value(*micros),
            (Self::Time(builder), Value::Null) => builder.append_null(),
            (Self::Address(builder), Value::Address(address)) => {
                return builder.append_value(address.to_bytes()).is_ok();
            }
            (Self::Address(builder), Value::Null) => builder.append_null(),
            (Self::Bytes(builder), Value::Bytes(bytes)) => builder.append_value(bytes),
            (Self::Bytes(builder), Value::Null) => builder.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(&mut self, data_type: &DataType) -> ArrayRef {
        match self {
            Self::Text(builder) => ArrayBuilder::finish(builder),
            Self::Bool(builder) => ArrayBuilder::finish(builder),
            Self::Int32(builder) => ArrayBuilder::finish(builder),
            Self::Int64(builder) => ArrayBuilder::finish(builder),
            Self::Float64(builder) => ArrayBuilder::finish(builder),
            Self::Time(builder) => Arc::new(builder.finish().with_timezone("UTC")),
            Self::Address(builder) => ArrayBuilder::finish(builder),
            Self::Bytes(builder) => ArrayBuilder::finish(builder),
            Self::Unknown => arrow::array::new_empty_array(data_type),
        }
    }
}

#[cfg(test)]
#[path = "table_rows_tests.rs"]
mod tests;
