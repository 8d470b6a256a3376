//! Versions of sites that a later row ends, in the rows of the table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Int32Type, Int64Type};
use arrow::error::ArrowError;

use crate::error::Error;
use crate::schema::Table;

use super::columns::{numbers, texts, times};

/// The end of a version of a site, from a row that repeats the version with an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteEnd {
    /// The site.
    pub site_id: String,
    /// Which of its versions: the first moment in microseconds since 1970.
    pub valid_from: i64,
    /// The moment from which on the version no longer holds, in microseconds since 1970.
    pub valid_to: i64,
    /// What is doubtful about that moment.
    pub quality_flags: i32,
    /// The file with the row.
    pub source_file: String,
    /// The row.
    pub source_row: u64,
}

/// Rows of the table `sites` with those versions ended: each keeps the row that it came from, and names the one that ended it.
///
/// # Errors
/// Where a batch has not the columns of `sites`.
pub fn end_site_versions(sites: &[RecordBatch], ends: &[SiteEnd]) -> Result<Vec<RecordBatch>, Error> {
    // In order, so that the last end of a version counts.
    let ends: HashMap<_, _> = ends
        .iter()
        .map(|end| ((end.site_id.as_str(), end.valid_from), end))
        .collect();
    let ended = sites.iter().map(|batch| with_ends(batch, &ends));
    ended
        .collect::<Result<_, _>>()
        .map_err(Error::schema(Table::Sites))
}

fn with_ends(batch: &RecordBatch, ends: &HashMap<(&str, i64), &SiteEnd>) -> Result<RecordBatch, ArrowError> {
    let texts = |name: &str| texts(batch, name);
    let times = |name: &str| times(batch, name);
    let (site_id, valid_from) = (texts("site_id")?, times("valid_from")?);
    let end_of: Vec<Option<&SiteEnd>> = (0..batch.num_rows())
        .map(|row| ends.get(&(site_id.value(row), valid_from.value(row))).copied())
        .collect();
    let (valid_to, file) = (times("valid_to")?, texts("ended_by_file")?);
    let flags = numbers::<Int32Type>(batch, "quality_flags")?;
    let row_number = numbers::<Int64Type>(batch, "ended_by_row")?;
    let rows = || end_of.iter().enumerate();
    let valid_to: TimestampMicrosecondArray = rows()
        .map(|(row, end)| Some(end.map_or(valid_to.value(row), |end| end.valid_to)))
        .collect();
    let flags: Int32Array = rows()
        .map(|(row, end)| Some(flags.value(row) | end.map_or(0, |end| end.quality_flags)))
        .collect();
    let file: StringArray = rows()
        .map(|(row, end)| match end {
            Some(end) => Some(end.source_file.as_str()),
            None => file.is_valid(row).then(|| file.value(row)),
        })
        .collect();
    let row_number: Int64Array = rows()
        .map(|(row, end)| match end {
            Some(end) => i64::try_from(end.source_row).ok(),
            None => row_number.is_valid(row).then(|| row_number.value(row)),
        })
        .collect();
    let replaced: [(&str, ArrayRef); 4] = [
        ("valid_to", Arc::new(valid_to.with_timezone("UTC"))),
        ("quality_flags", Arc::new(flags)),
        ("ended_by_file", Arc::new(file)),
        ("ended_by_row", Arc::new(row_number)),
    ];
    let mut columns = batch.columns().to_vec();
    for (name, array) in replaced {
        columns[batch.schema().index_of(name)?] = array;
    }
    RecordBatch::try_new(batch.schema(), columns)
}

#[cfg(test)]
#[path = "ends_tests.rs"]
mod tests;
