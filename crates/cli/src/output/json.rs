//! Rows as JSON: an object per row, NULL as null, addresses and geometries as text, times in RFC 3339.

use serde_json::Value;
use tieline::datafusion::arrow::array::RecordBatch;
use tieline::datafusion::arrow::json::WriterBuilder;
use tieline::datafusion::arrow::json::writer::JsonArray;
use tieline::printable;

use crate::failure::Failure;

/// The rows as the text of one array.
pub(crate) fn rows(batches: &[RecordBatch]) -> Result<String, Failure> {
    let mut writer = WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, JsonArray>(Vec::new());
    for batch in batches {
        writer.write(&printable(batch)?)?;
    }
    writer.finish()?;
    let text = String::from_utf8(writer.into_inner()).map_err(Failure::new)?;
    // The writer writes nothing at all where there is no row.
    Ok(if text.is_empty() { "[]".into() } else { text })
}

/// The rows as a value, to be part of a larger one.
pub(crate) fn value(batches: &[RecordBatch]) -> Result<Value, Failure> {
    serde_json::from_str(&rows(batches)?).map_err(Failure::new)
}
