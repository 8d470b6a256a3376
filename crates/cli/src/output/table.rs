//! Rows as a table for reading: numbers to the right, times to the second where they have no fraction.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use tieline::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tieline::datafusion::arrow::datatypes::{DataType, Float64Type, Schema};
use tieline::datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use tieline::printable;

use crate::failure::Failure;
use crate::output::words::{count, defused, defused_lines};

/// Times in UTC; the Z says so.
const TIMES: FormatOptions<'static> =
    FormatOptions::new().with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.fZ"));

/// What the texts of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    /// Values of data: a row is a line, whatever is in them, and a number is whole.
    Values,
    /// The same in a report to be read at a glance: small numbers are rounded.
    Report,
    /// What EXPLAIN says: a plan has many lines.
    Plans,
}

/// The table without a line end.
pub(crate) fn render(schema: &Schema, batches: &[RecordBatch], texts: Texts) -> Result<String, Failure> {
    let columns: Vec<_> = (0..schema.fields().len()).collect();
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let text = render_texts(schema, batches, &columns, rows, texts)?;
    Ok(format!("{text}\n{}", count(rows as u64, "row")))
}

/// The table of some columns, by their positions, and at most so many rows.
pub(crate) fn render_columns(
    schema: &Schema,
    batches: &[RecordBatch],
    columns: &[usize],
    most_rows: usize,
) -> Result<String, Failure> {
    render_texts(schema, batches, columns, most_rows, Texts::Report)
}

fn render_texts(
    schema: &Schema,
    batches: &[RecordBatch],
    columns: &[usize],
    most_rows: usize,
    texts: Texts,
) -> Result<String, Failure> {
    let mut table = Table::new();
    // A row is a line, also where it is wider than the terminal: a broken address cannot be copied.
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_header(columns.iter().map(|column| defused(schema.field(*column).name())));
    let mut left = most_rows;
    for batch in batches {
        let batch = printable(batch)?;
        let batch = batch.slice(0, batch.num_rows().min(left));
        left -= batch.num_rows();
        let cells = columns
            .iter()
            .map(|column| cells(batch.column(*column).as_ref(), texts));
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            table.add_row(cells.iter().map(|column| &column[row]));
        }
    }
    for (position, column) in columns.iter().enumerate() {
        let numeric = schema.field(*column).data_type().is_numeric();
        let Some(column) = table.column_mut(position) else {
            continue;
        };
        column.set_padding((0, 1));
        if numeric {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(table.trim_fmt())
}

/// One text per value; NULL is empty. Control characters of the data do not reach the terminal.
fn cells(column: &dyn Array, texts: Texts) -> Result<Vec<String>, Failure> {
    let text = |row: usize, formatter: &ArrayFormatter<'_>| match (column.is_null(row), column.data_type()) {
        (true, _) => String::new(),
        (false, DataType::Float64) if texts == Texts::Report => {
            float_text(column.as_primitive::<Float64Type>().value(row))
        }
        (false, _) if texts == Texts::Plans => defused_lines(&formatter.value(row).to_string()),
        (false, _) => defused(&formatter.value(row).to_string()),
    };
    let formatter = ArrayFormatter::try_new(column, &TIMES)?;
    Ok((0..column.len()).map(|row| text(row, &formatter)).collect())
}

/// Whole seconds and large numbers as they are, small ones with three significant digits.
fn float_text(number: f64) -> String {
    let size = number.abs();
    if number == number.trunc() || size >= 1_000.0 || !number.is_finite() {
        return number.to_string();
    }
    // Digits behind the point that leave three significant ones, at least two.
    let decimals = (2.0 - size.log10().floor()).clamp(2.0, 12.0);
    format!("{number:.*}", decimals as usize)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
