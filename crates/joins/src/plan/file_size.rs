//! How many rows files without statistics have, by their size: those of CSV and JSON say nothing of themselves.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter::FilterExec;

/// How many times larger a packed file is when it is read, about.
const PACKED: usize = 5;
/// Of so many rows a filter keeps one where nothing is known of it, as DataFusion has it.
const FILTERED: usize = 5;

/// Rows of a plan over a single table, about; `None` where that is no text file.
pub(super) fn rows_by_file_size(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let rows = match plan.children().as_slice() {
        [] => rows_of_scan(plan)?,
        [child] if plan.is::<FilterExec>() => rows_by_file_size(child)?.div_ceil(FILTERED),
        [child] if matches!(plan.cardinality_effect(), CardinalityEffect::Equal) => rows_by_file_size(child)?,
        [child] if plan.fetch().is_some() => rows_by_file_size(child)?,
        _ => return None,
    };
    Some(plan.fetch().map_or(rows, |fetch| rows.min(fetch)))
}

fn rows_of_scan(plan: &Arc<dyn ExecutionPlan>) -> Option<usize> {
    let source = plan.downcast_ref::<DataSourceExec>()?.data_source();
    let scan = source.downcast_ref::<FileScanConfig>()?;
    let fields = scan.file_schema().fields();
    let row_bytes: usize = match scan.file_source.file_type() {
        "csv" => fields.iter().map(text_bytes).sum(),
        // Names, with their quotes and a colon.
        "json" => fields
            .iter()
            .map(|field| text_bytes(field) + field.name().len() + 3)
            .sum(),
        _ => return None,
    };
    let bytes = |file: &PartitionedFile| match &file.range {
        Some(range) => usize::try_from(range.end - range.start).unwrap_or(0),
        None => usize::try_from(file.object_meta.size).unwrap_or(usize::MAX),
    };
    let files = scan.file_groups.iter().flat_map(|group| group.files());
    let stored = files.map(bytes).fold(0, usize::saturating_add);
    let read = match scan.file_compression_type {
        FileCompressionType::UNCOMPRESSED => stored,
        _ => stored.saturating_mul(PACKED),
    };
    Some(read / row_bytes.max(1))
}

/// What a value takes as text with its comma, about.
fn text_bytes(field: &Arc<Field>) -> usize {
    match field.data_type() {
        DataType::Null => 1,
        DataType::Boolean => 6,
        DataType::Date32 | DataType::Date64 => 11,
        DataType::Timestamp(..) => 25,
        data_type if data_type.is_integer() => 8,
        data_type if data_type.is_numeric() => 12,
        _ => 16,
    }
}
