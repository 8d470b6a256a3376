//! How many values the key columns of a file have, about: for the order of joins, which no footer of Parquet says.

use std::collections::BTreeMap;
use std::path::Path;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, SchemaRef, UInt64Type};
use datafusion::prelude::SessionContext;

use super::manifest::FileEntry;
use super::table::ParquetTable;
use crate::error::Result;

/// The columns that tables are joined by.
const KEYS: [&str; 5] = ["ip", "device_id", "report_id", "site_id", "asn"];

/// The number of values of each key column of a file, to a few percent.
pub(super) async fn distinct_values(schema: &SchemaRef, path: &Path) -> Result<BTreeMap<String, u64>> {
    let fields = schema.fields().iter();
    let keys: Vec<_> = fields
        .filter(|field| KEYS.contains(&field.name().as_str()))
        .collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let counts = keys.iter().map(|field| match field.data_type() {
        // The sketch takes no bytes of one length.
        DataType::FixedSizeBinary(_) => format!("approx_distinct(arrow_cast({}, 'Binary'))", field.name()),
        _ => format!("approx_distinct({})", field.name()),
    });
    let query = format!("SELECT {} FROM file", counts.collect::<Vec<_>>().join(", "));
    let session = SessionContext::new();
    let table = ParquetTable::new(schema.clone(), vec![path.to_path_buf()]);
    session.register_table("file", std::sync::Arc::new(table))?;
    let batches = session.sql(&query).await?.collect().await?;
    let mut distinct = BTreeMap::new();
    for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
        for (field, counts) in keys.iter().zip(batch.columns()) {
            let count = counts.as_primitive::<UInt64Type>().value(0);
            distinct.insert(field.name().clone(), count);
        }
    }
    Ok(distinct)
}

/// The same of a table of several files: between what the richest of them has and what all would have if they shared none.
pub(super) fn distinct_of_all(files: &[FileEntry]) -> BTreeMap<String, u64> {
    let mut files = files.iter().filter(|file| file.rows > 0);
    let Some(first) = files.next() else {
        return BTreeMap::new();
    };
    let one = |(column, count): (&String, &u64)| (column.clone(), (*count, *count));
    let mut all: BTreeMap<String, (u64, u64)> = first.distinct.iter().map(one).collect();
    for file in files {
        // A column of which one file does not say is one of which nothing is known.
        all.retain(|column, _| file.distinct.contains_key(column));
        for (column, (most, sum)) in &mut all {
            let count = file.distinct.get(column).copied().unwrap_or(0);
            (*most, *sum) = ((*most).max(count), *sum + count);
        }
    }
    let middle = |(most, sum): (u64, u64)| (most as f64 * sum as f64).sqrt().round() as u64;
    all.into_iter()
        .map(|(column, counts)| (column, middle(counts)))
        .collect()
}

#[cfg(test)]
#[path = "sketch_tests.rs"]
mod tests;
