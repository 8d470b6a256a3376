//! The columns of a Quadrant file by their header.

use std::io::BufRead;

use crate::csv_header::{CsvHeader, HeaderProblem};
use crate::csv_rows::CsvRows;

/// Where the columns stand that are used; others are ignored.
pub(super) struct Columns {
    /// How many columns the header has.
    pub(super) count: usize,
    pub(super) latitude: usize,
    pub(super) longitude: usize,
    pub(super) timestamp: usize,
    pub(super) ip_address: usize,
    pub(super) device_id: Option<usize>,
    pub(super) id_type: Option<usize>,
    pub(super) horizontal_accuracy: Option<usize>,
}

impl Columns {
    /// Finds the columns in the row read last.
    pub(super) fn find<R: BufRead>(rows: &CsvRows<R>) -> Result<Self, HeaderProblem> {
        let header = CsvHeader::of(rows);
        Ok(Self {
            count: header.count(),
            latitude: header.required("latitude")?,
            longitude: header.required("longitude")?,
            timestamp: header.required("timestamp")?,
            ip_address: header.required("ip_address")?,
            device_id: header.optional("device_id")?,
            id_type: header.optional("id_type")?,
            horizontal_accuracy: header.optional("horizontal_accuracy")?,
        })
    }
}

/// Whether the header at the beginning of a file ends in a carriage return without a line feed, as old programs write.
///
/// All of such a file is one line, so that no row of it would be read. The line may be longer than one is kept, which is
/// why the bytes are looked at before they are parsed.
pub(super) fn ends_in_carriage_return(beginning: &[u8]) -> bool {
    let text = beginning.trim_ascii_start();
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(end) = line.trim_ascii_end().iter().position(|byte| *byte == b'\r') else {
        return false;
    };
    // In a file that is no text the byte says nothing.
    std::str::from_utf8(&line[..end]).is_ok_and(|header| !header.contains('\0'))
}
