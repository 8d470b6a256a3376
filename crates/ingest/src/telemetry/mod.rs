//! Telemetry in the Quadrant layout: CSV, one observation a row.

mod device_id;
mod header;
mod position_cells;
mod row;

use std::io::BufRead;

use crate::csv_header::HeaderProblem;
use crate::csv_rows::{CsvRow, CsvRows};
use crate::error::Error;
use crate::kind::{Layout, Unit};
use crate::lines::CARRIAGE_RETURNS;
use crate::pseudonym::Pseudonyms;
use crate::quality::{POSSIBLY_SWAPPED, flag_if};
use crate::reading::Reading;
use crate::schema::Table;
use crate::table_rows::Value;

use header::Columns;
use position_cells::{PositionCells, SwapTest};
use row::Observation;

/// Rows that are looked at together to tell where most of a file lies.
const CHUNK_ROWS: usize = 1 << 17;
/// Fewer where their texts have so many bytes: a field may be as long as a line.
const CHUNK_TEXT_BYTES: usize = 256 << 20;

/// Reads a telemetry file.
pub(crate) fn read(reading: &mut Reading<'_>, pseudonyms: &Pseudonyms) -> Result<(), Error> {
    let Some(mut file) = reading.open()? else {
        return Ok(());
    };
    match file.fill_buf() {
        Ok(beginning) if header::ends_in_carriage_return(beginning) => {
            return reading.reject_file(CARRIAGE_RETURNS);
        }
        Ok(_) => {}
        Err(error) => return reading.reject_rest(&error),
    }
    let mut rows = CsvRows::new(file);
    let header = match rows.next_row(None) {
        Ok(Some(CsvRow { problem: None, .. })) => Columns::find(&rows),
        Ok(Some(_)) => Err(HeaderProblem::Missing),
        Ok(None) => return reading.reject_file("empty file"),
        Err(error) => return reading.reject_rest(&error),
    };
    let columns = match header {
        Ok(columns) => columns,
        Err(problem) => return problem.reject(reading),
    };
    reading.account.layout = Some(Layout::Quadrant);
    reading.account.open_unit(Unit::Row);

    let mut chunk = Chunk::default();
    loop {
        let row = match rows.next_row(Some(columns.count)) {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                reading.reject_rest(&error)?;
                break;
            }
        };
        if let Some(problem) = row.problem {
            reading.reject_row(Unit::Row, row.number, None, problem.reason())?;
            continue;
        }
        match row::observation(&rows, &columns, row.number, pseudonyms, &mut reading.account) {
            Ok(observation) => chunk.push(observation),
            Err((field, reason)) => reading.reject_row(Unit::Row, row.number, Some(field), reason)?,
        }
        if chunk.observations.len() >= CHUNK_ROWS || chunk.text_bytes >= CHUNK_TEXT_BYTES {
            chunk.load(reading)?;
        }
    }
    chunk.load(reading)
}

/// Rows that were read and wait for the flags that need a look at the others.
#[derive(Default)]
struct Chunk {
    observations: Vec<Observation>,
    text_bytes: usize,
    /// Of all rows of the file so far.
    cells: PositionCells,
}

impl Chunk {
    fn push(&mut self, observation: Observation) {
        self.cells.count(observation.lat, observation.lon);
        self.text_bytes += observation.id_type.as_ref().map_or(0, String::len);
        self.observations.push(observation);
    }

    fn load(&mut self, reading: &mut Reading<'_>) -> Result<(), Error> {
        let source_file = reading.source.name.clone();
        let file_id = reading.digest.sha256.get(..12).unwrap_or_default().to_owned();
        let mut swap_test = SwapTest::new(&self.cells);
        self.text_bytes = 0;
        for observation in self.observations.drain(..) {
            let swapped = swap_test.possibly_swapped(observation.lat, observation.lon);
            let quality_flags = observation.quality_flags | flag_if(swapped, POSSIBLY_SWAPPED);
            reading.push(
                Table::Telemetry,
                &[
                    Value::Text(&format!("{file_id}-{}", observation.source_row)),
                    Value::text(observation.device_id.as_deref()),
                    Value::text(observation.id_type.as_deref()),
                    Value::Time(observation.observed_at),
                    Value::Time(observation.observed_at),
                    Value::Float64(observation.lat),
                    Value::Float64(observation.lon),
                    Value::float64(observation.horizontal_accuracy_m),
                    Value::Address(observation.ip),
                    Value::Text(Layout::Quadrant.name()),
                    Value::Int32(quality_flags),
                    Value::Text(&source_file),
                    Value::count(observation.source_row),
                ],
            )?;
            reading.account.loaded(Unit::Row, quality_flags);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "telemetry_tests.rs"]
mod tests;
