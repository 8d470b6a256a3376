//! Rows as JSON: an object per row, NULL as null, addresses and geometries as text, times in RFC 3339.

use std::io::Write;
use std::mem;

use serde_json::Value;
use tieline::datafusion::arrow::array::RecordBatch;
use tieline::datafusion::arrow::json::writer::JsonArray;
use tieline::datafusion::arrow::json::{Writer, WriterBuilder};
use tieline::printable;

use crate::failure::Failure;
use crate::output::Rows;

/// Rows as they come, as the text of one array.
#[derive(Debug)]
pub(crate) struct JsonRows {
    /// Writes to memory: an error of what it writes to would come back as one of JSON.
    writer: Writer<Vec<u8>, JsonArray>,
}

impl JsonRows {
    pub(crate) fn new() -> Self {
        Self {
            writer: WriterBuilder::new().with_explicit_nulls(true).build(Vec::new()),
        }
    }
}

impl Rows for JsonRows {
    fn add(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<(), Failure> {
        self.writer.write(&printable(batch)?)?;
        Ok(out.write_all(&mem::take(self.writer.get_mut()))?)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        self.writer.finish()?;
        out.write_all(&mem::take(self.writer.get_mut()))?;
        Ok(writeln!(out)?)
    }
}

/// The rows as a value, to be part of a larger one.
pub(crate) fn value(batches: &[RecordBatch]) -> Result<Value, Failure> {
    let mut rows = JsonRows::new();
    let mut text = Vec::new();
    for batch in batches {
        rows.add(batch, &mut text)?;
    }
    rows.end(&mut text)?;
    serde_json::from_slice(&text).map_err(Failure::new)
}
