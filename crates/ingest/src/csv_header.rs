//! The columns of a CSV file by their header: in any order, case does not matter, others are ignored.

use std::io::BufRead;

use crate::csv_rows::CsvRows;
use crate::error::Error;
use crate::kind::Unit;
use crate::outcome::Reject;
use crate::reading::Reading;

/// The names in the row read last.
pub(crate) struct CsvHeader<'a> {
    names: Vec<&'a [u8]>,
}

/// Why a file cannot be read by its header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeaderProblem {
    /// It lacks a column that is required: the file is of another layout.
    Missing,
    /// Two columns have this name, and nobody knows which is meant.
    Twice(&'static str),
}

impl<'a> CsvHeader<'a> {
    pub(crate) fn of<R: BufRead>(rows: &'a CsvRows<R>) -> Self {
        let names = (0..rows.field_count()).map(|index| rows.field(index).trim_ascii());
        Self {
            names: names.collect(),
        }
    }

    /// How many columns there are.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn required(&self, wanted: &'static str) -> Result<usize, HeaderProblem> {
        self.optional(wanted)?.ok_or(HeaderProblem::Missing)
    }

    pub(crate) fn optional(&self, wanted: &'static str) -> Result<Option<usize>, HeaderProblem> {
        let is_wanted = |name: &&[u8]| name.eq_ignore_ascii_case(wanted.as_bytes());
        let mut found = (0..self.count()).filter(|index| is_wanted(&self.names[*index]));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(HeaderProblem::Twice(wanted)),
            (first, None) => Ok(first),
        }
    }
}

impl HeaderProblem {
    /// Rejects the whole file for it.
    pub(crate) fn reject(&self, reading: &mut Reading<'_>) -> Result<(), Error> {
        match self {
            Self::Missing => reading.reject_layout(),
            Self::Twice(name) => reading.reject(Reject {
                source_row: None,
                unit: Unit::File,
                field: Some((*name).to_owned()),
                reason: "two columns have this name".to_owned(),
            }),
        }
    }
}

#[cfg(test)]
#[path = "csv_header_tests.rs"]
mod tests;
