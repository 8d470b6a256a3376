//! Results to stdout, everything else to stderr.

pub(crate) mod json;
pub(crate) mod table;

use std::io::{self, Write};
use std::sync::Arc;

use tieline::datafusion::arrow::array::{Array, RecordBatch, StringArray};
use tieline::datafusion::arrow::csv::WriterBuilder;
use tieline::datafusion::arrow::datatypes::{DataType, Field, Schema};
use tieline::datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use tieline::datafusion::prelude::DataFrame;
use tieline::printable;

use crate::args::Format;
use crate::failure::Failure;

/// Prints results one after another in one format.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    printed: usize,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, printed: 0 }
    }

    /// Runs a query and prints its rows.
    pub(crate) async fn print(&mut self, frame: DataFrame) -> Result<(), Failure> {
        let schema = frame.schema().as_arrow().clone();
        let batches = frame.collect().await?;
        self.print_batches(&schema, &batches)
    }

    fn print_batches(&mut self, schema: &Schema, batches: &[RecordBatch]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        // An empty line between two tables; JSON is one array a line.
        if self.printed > 0 && self.format != Format::Json {
            writeln!(out)?;
        }
        self.printed += 1;
        match self.format {
            Format::Table => writeln!(out, "{}", table::render(schema, batches)?)?,
            Format::Json => writeln!(out, "{}", json::rows(batches)?)?,
            Format::Csv => out.write_all(&csv(schema, batches)?)?,
        }
        out.flush()?;
        Ok(())
    }
}

/// Rows with a header line, also where there is no row; lists and structs as text.
pub(crate) fn csv(schema: &Schema, batches: &[RecordBatch]) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().with_header(true).build(Vec::new());
    writer.write(&flat(&RecordBatch::new_empty(schema.clone().into()))?)?;
    for batch in batches {
        writer.write(&flat(batch)?)?;
    }
    Ok(writer.into_inner())
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

/// A line for the person at the terminal, never part of a result.
pub(crate) fn note(text: &str) {
    // Losing a note must not end the work.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A text whose control characters do not reach the terminal.
pub(crate) fn defused(text: &str) -> String {
    text.replace(|c: char| c.is_control(), "\u{fffd}")
}

/// `1 file`, `2 files`, `3 prefixes`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let ending = match (number, noun.ends_with('x')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {noun}{ending}", thousands(number))
}

/// `20,104`
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
