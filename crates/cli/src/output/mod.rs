//! Results to stdout, everything else to stderr.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod table;
pub(crate) mod words;

use std::io::{self, Write};
use std::mem;

use futures::StreamExt;
use tieline::datafusion::arrow::array::RecordBatch;
use tieline::datafusion::arrow::datatypes::Schema;
use tieline::datafusion::logical_expr::LogicalPlan;
use tieline::datafusion::prelude::DataFrame;
use tieline::stream;

use crate::args::Format;
use crate::failure::Failure;
use crate::output::csv::CsvRows;
use crate::output::json::JsonRows;
use crate::output::table::{TableRows, Texts};

/// A result in one format, written as its rows come: no more of it is held than what comes at a time.
pub(crate) trait Rows {
    /// Writes rows, or keeps them for a while.
    fn add(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<(), Failure>;

    /// Writes what is left, and what stands below a result.
    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure>;
}

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

    /// Runs a query and prints its rows. Nothing is printed of one that fails before its first rows.
    pub(crate) async fn print(&mut self, frame: DataFrame) -> Result<(), Failure> {
        let schema = frame.schema().as_arrow().clone();
        let texts = match frame.logical_plan() {
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => Texts::Plans,
            _ => Texts::Values,
        };
        let (mut rows, mut out) = self.next_result(&schema, texts);
        let mut batches = stream(frame).await?;
        while let Some(batch) = batches.next().await {
            rows.add(&batch?, &mut out)?;
            // Who reads along sees what there is.
            out.flush()?;
        }
        rows.end(&mut out)?;
        Ok(out.flush()?)
    }

    /// Prints rows.
    pub(crate) fn print_batches(&mut self, schema: &Schema, batches: &[RecordBatch]) -> Result<(), Failure> {
        let (mut rows, mut out) = self.next_result(schema, Texts::Values);
        for batch in batches {
            rows.add(batch, &mut out)?;
        }
        rows.end(&mut out)?;
        Ok(out.flush()?)
    }

    fn next_result(&mut self, schema: &Schema, texts: Texts) -> (Box<dyn Rows>, Stdout) {
        // An empty line between two tables; JSON is one array a line.
        let below_another = self.printed > 0 && self.format != Format::Json;
        self.printed += 1;
        let rows: Box<dyn Rows> = match self.format {
            Format::Table => Box::new(TableRows::new(schema, texts)),
            Format::Json => Box::new(JsonRows::new()),
            Format::Csv => Box::new(CsvRows::new(schema)),
        };
        (rows, Stdout { below_another })
    }
}

/// Stdout, an empty line before the first thing that is written below another result.
struct Stdout {
    below_another: bool,
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut out = io::stdout().lock();
        if !bytes.is_empty() && mem::take(&mut self.below_another) {
            writeln!(out)?;
        }
        out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush()
    }
}

/// A line for the person at the terminal, never part of a result.
pub(crate) fn note(text: &str) {
    // Losing a note must not end the work.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
