//! Results to stdout, everything else to stderr.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod table;
pub(crate) mod words;

use std::io::{self, Write};

use tieline::collect;
use tieline::datafusion::arrow::array::RecordBatch;
use tieline::datafusion::arrow::datatypes::Schema;
use tieline::datafusion::logical_expr::LogicalPlan;
use tieline::datafusion::prelude::DataFrame;

use crate::args::Format;
use crate::failure::Failure;
use crate::output::table::Texts;

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
        let texts = match frame.logical_plan() {
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => Texts::Plans,
            _ => Texts::Values,
        };
        let batches = collect(frame).await?;
        self.print_texts(&schema, &batches, texts)
    }

    /// Prints rows.
    pub(crate) fn print_batches(&mut self, schema: &Schema, batches: &[RecordBatch]) -> Result<(), Failure> {
        self.print_texts(schema, batches, Texts::Values)
    }

    fn print_texts(&mut self, schema: &Schema, batches: &[RecordBatch], texts: Texts) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        // An empty line between two tables; JSON is one array a line.
        if self.printed > 0 && self.format != Format::Json {
            writeln!(out)?;
        }
        self.printed += 1;
        match self.format {
            Format::Table => writeln!(out, "{}", table::render(schema, batches, texts)?)?,
            Format::Json => writeln!(out, "{}", json::rows(batches)?)?,
            Format::Csv => out.write_all(&csv::rows(schema, batches)?)?,
        }
        out.flush()?;
        Ok(())
    }
}

/// A line for the person at the terminal, never part of a result.
pub(crate) fn note(text: &str) {
    // Losing a note must not end the work.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
