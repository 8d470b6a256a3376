//! Rows as a table for reading: numbers to the right, times to the second where they have no fraction.

use std::io::Write;
use std::mem;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets,
};
use tieline::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tieline::datafusion::arrow::datatypes::{DataType, Float64Type, Schema};
use tieline::datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use tieline::printable;

use crate::failure::Failure;
use crate::output::Rows;
use crate::output::words::{count, defused, defused_lines};

/// Times in UTC; the Z says so.
const TIMES: FormatOptions<'static> =
    FormatOptions::new().with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.fZ"));

/// So many rows are held to see how wide the columns are, before any is written.
const HELD_ROWS: usize = 10_000;

/// Fewer are held where they would fill more text than this, in bytes: one long value makes its column wide in every row.
const HELD_BYTES: usize = 16 << 20;

/// Between two columns: one space of the column's own and one of the table's.
const PADDING: u16 = 1;

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

/// A table and the number of its rows.
#[derive(Debug)]
pub(crate) struct TableRows {
    parts: Parts,
    rows: u64,
}

impl TableRows {
    pub(crate) fn new(schema: &Schema, texts: Texts) -> Self {
        let columns = (0..schema.fields().len()).collect();
        Self {
            parts: Parts::new(schema, columns, texts),
            rows: 0,
        }
    }
}

impl Rows for TableRows {
    fn add(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<(), Failure> {
        self.rows += batch.num_rows() as u64;
        self.parts.add(batch, out)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        self.parts.write(out)?;
        Ok(writeln!(out, "{}", count(self.rows, "row"))?)
    }
}

/// The table of some columns, by their positions, and at most so many rows.
pub(crate) fn render_columns(
    schema: &Schema,
    batches: &[RecordBatch],
    columns: &[usize],
    most_rows: usize,
) -> Result<String, Failure> {
    let mut parts = Parts::new(schema, columns.to_vec(), Texts::Report);
    let mut text = Vec::new();
    let mut left = most_rows;
    for batch in batches {
        let batch = batch.slice(0, batch.num_rows().min(left));
        left -= batch.num_rows();
        parts.add(&batch, &mut text)?;
    }
    parts.write(&mut text)?;
    String::from_utf8(text).map_err(Failure::new)
}

/// A table in parts, each at least as wide as the first, so that a large one need not be held to be written.
#[derive(Debug)]
struct Parts {
    columns: Vec<Column>,
    texts: Texts,
    part: Table,
    /// Rows in the part.
    held: usize,
}

#[derive(Debug)]
struct Column {
    position: usize,
    is_numeric: bool,
    /// How wide it was in the first part.
    width: u16,
    /// The longest text in the part, in bytes: no less than its width.
    longest: usize,
}

impl Column {
    /// The bytes that a row of the part has for it, with a text of so many.
    fn bytes_with(&self, text: usize) -> usize {
        self.longest.max(self.width.into()).max(text)
    }
}

impl Parts {
    fn new(schema: &Schema, columns: Vec<usize>, texts: Texts) -> Self {
        let mut part = empty_part();
        part.set_header(columns.iter().map(|column| defused(schema.field(*column).name())));
        let column = |position| Column {
            position,
            is_numeric: schema.field(position).data_type().is_numeric(),
            width: 0,
            longest: 0,
        };
        Self {
            columns: columns.into_iter().map(column).collect(),
            texts,
            part,
            held: 0,
        }
    }

    fn add(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<(), Failure> {
        let batch = printable(batch)?;
        let columns = self.columns.iter().map(|column| {
            let values = batch.column(column.position).as_ref();
            Ok((values, ArrayFormatter::try_new(values, &TIMES)?))
        });
        let columns = columns.collect::<Result<Vec<_>, Failure>>()?;
        for row in 0..batch.num_rows() {
            let cells = columns
                .iter()
                .map(|(values, formatter)| cell(*values, row, formatter, self.texts));
            let cells: Vec<_> = cells.collect();
            let line: usize = self
                .columns
                .iter()
                .zip(&cells)
                .map(|(column, text)| column.bytes_with(text.len()))
                .sum();
            let is_full = self.held == HELD_ROWS || self.held.saturating_mul(line) > HELD_BYTES;
            if self.held > 0 && is_full {
                self.write(out)?;
            }
            for (column, text) in self.columns.iter_mut().zip(&cells) {
                column.longest = column.longest.max(text.len());
            }
            self.part.add_row(cells);
            self.held += 1;
        }
        Ok(())
    }

    /// Writes the part, if there is anything in it, and begins the next one.
    fn write(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut part = mem::replace(&mut self.part, empty_part());
        let is_first = part.header().is_some();
        if mem::take(&mut self.held) == 0 && !is_first {
            return Ok(());
        }
        let widths = part.column_max_content_widths();
        for ((index, column), width) in self.columns.iter_mut().enumerate().zip(widths) {
            column.longest = 0;
            let Some(shown) = part.column_mut(index) else {
                continue;
            };
            shown.set_padding((0, PADDING));
            if width < column.width {
                let least = Width::Fixed(column.width.saturating_add(PADDING));
                shown.set_constraint(ColumnConstraint::LowerBoundary(least));
            }
            if is_first {
                column.width = width;
            }
            if column.is_numeric {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        Ok(writeln!(out, "{}", part.trim_fmt())?)
    }
}

/// A part without a row.
fn empty_part() -> Table {
    let mut table = Table::new();
    // A row is a line, also where it is wider than the terminal: a broken address cannot be copied.
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─');
    table
}

/// The text of a value; NULL is empty. Control characters of the data do not reach the terminal.
fn cell(values: &dyn Array, row: usize, formatter: &ArrayFormatter<'_>, texts: Texts) -> String {
    match (values.is_null(row), values.data_type()) {
        (true, _) => String::new(),
        (false, DataType::Float64) if texts == Texts::Report => {
            float_text(values.as_primitive::<Float64Type>().value(row))
        }
        (false, _) if texts == Texts::Plans => defused_lines(&formatter.value(row).to_string()),
        (false, _) => defused(&formatter.value(row).to_string()),
    }
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
