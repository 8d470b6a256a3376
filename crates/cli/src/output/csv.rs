//! Rows as CSV.

use std::io::Write;
use std::sync::Arc;

use tieline::datafusion::arrow::array::{Array, RecordBatch, StringArray};
use tieline::datafusion::arrow::csv::WriterBuilder;
use tieline::datafusion::arrow::datatypes::{DataType, Field, Schema};
use tieline::datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use tieline::printable;

use crate::failure::Failure;
use crate::output::Rows;

/// Rows as they come, after a header line, also where there is no row; lists and structs as text.
#[derive(Debug)]
pub(crate) struct CsvRows {
    /// The columns, until their names are written.
    header: Option<Schema>,
}

impl CsvRows {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self {
            header: Some(schema.clone()),
        }
    }

    fn write_header(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        if let Some(schema) = self.header.take() {
            let mut writer = WriterBuilder::new().with_header(true).build(Vec::new());
            writer.write(&flat(&RecordBatch::new_empty(schema.into()))?)?;
            out.write_all(&writer.into_inner())?;
        }
        Ok(())
    }
}

impl Rows for CsvRows {
    fn add(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<(), Failure> {
        self.write_header(out)?;
        // Not to `out` itself: an error of it would come back as one of CSV.
        let mut writer = WriterBuilder::new().with_header(false).build(Vec::new());
        writer.write(&flat(batch)?)?;
        Ok(out.write_all(&writer.into_inner())?)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        self.write_header(out)
    }
}

/// The rows without a nested column.
fn flat(batch: &RecordBatch) -> Result<RecordBatch, Failure> {
    let batch = printable(batch)?;
    let mut fields = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    for (field, column) in fields.iter_mut().zip(&mut columns) {
        if field.data_type().is_nested() {
            *field = Arc::new(Field::new(field.name(), DataType::Utf8, true));
            *column = Arc::new(displayed(column.as_ref())?);
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

/// Every value as a terminal shows it.
fn displayed(column: &dyn Array) -> Result<StringArray, Failure> {
    let options = FormatOptions::new();
    let formatter = ArrayFormatter::try_new(column, &options)?;
    let text = |row| column.is_valid(row).then(|| formatter.value(row).to_string());
    Ok((0..column.len()).map(text).collect())
}
