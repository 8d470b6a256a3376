//! CSV rows of which a bad one never eats its neighbours.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use crate::lines::{LINE_TOO_LONG, Line, Lines, is_blank};

/// A quoted field may span this many lines and bytes.
const LONGEST_ROW_LINES: usize = 64;
const LONGEST_ROW_BYTES: usize = 64 << 10;

/// Why a line is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CsvProblem {
    UnclosedQuote,
    FieldCount { found: usize, expected: usize },
    LineTooLong,
}

impl CsvProblem {
    pub(crate) fn reason(self) -> String {
        match self {
            Self::UnclosedQuote => "unclosed quote".to_owned(),
            Self::FieldCount { found, expected } => format!("{found} fields, header has {expected}"),
            Self::LineTooLong => LINE_TOO_LONG.to_owned(),
        }
    }
}

/// The number of a row's first line, 1-based, and whether it is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CsvRow {
    pub(crate) number: u64,
    pub(crate) problem: Option<CsvProblem>,
}

/// Reads the rows of a CSV text (RFC 4180, comma, double quotes).
///
/// A quote that does not close within its line may do so some lines further on, if that gives a row of the right number
/// of fields; else only the first line is given up and reading resumes with the one after it.
pub(crate) struct CsvRows<R> {
    lines: Lines<R>,
    /// Lines that were looked at for the end of a quote and are yet to be read as rows.
    returned: VecDeque<Line>,
    parser: Reader,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    field_count: usize,
}

impl<R: BufRead> CsvRows<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            lines: Lines::new(reader),
            returned: VecDeque::new(),
            parser: ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build(),
            text: vec![0; 1 << 10],
            text_len: 0,
            ends: vec![0; 32],
            field_count: 0,
        }
    }

    /// The field of the row read last; empty where the row has none.
    pub(crate) fn field(&self, index: usize) -> &[u8] {
        if index >= self.field_count {
            return &[];
        }
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// How many fields the row read last has.
    pub(crate) fn field_count(&self) -> usize {
        self.field_count
    }

    /// Reads the next row that is not blank, of `expected` fields unless it is the header.
    pub(crate) fn next_row(&mut self, expected: Option<usize>) -> io::Result<Option<CsvRow>> {
        loop {
            let Some(Line { number, bytes }) = self.next_line()? else {
                return Ok(None);
            };
            let Some(bytes) = bytes else {
                return Ok(Some(CsvRow {
                    number,
                    problem: Some(CsvProblem::LineTooLong),
                }));
            };
            if is_blank(&bytes) {
                continue;
            }
            self.begin();
            let problem = if self.feed(&bytes) || self.continues(bytes, expected)? {
                let expected = expected.unwrap_or(self.field_count);
                let found = self.field_count;
                (found != expected).then_some(CsvProblem::FieldCount { found, expected })
            } else {
                Some(CsvProblem::UnclosedQuote)
            };
            return Ok(Some(CsvRow { number, problem }));
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self.returned.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }

    /// Whether the open quote of `row` closes in the lines that follow; if not, they are returned.
    fn continues(&mut self, mut row: Vec<u8>, expected: Option<usize>) -> io::Result<bool> {
        let mut looked_at = Vec::new();
        while looked_at.len() < LONGEST_ROW_LINES && row.len() <= LONGEST_ROW_BYTES {
            let Some(line) = self.next_line()? else { break };
            looked_at.push(line);
            let Some(Line {
                bytes: Some(bytes), ..
            }) = looked_at.last()
            else {
                break;
            };
            row.push(b'\n');
            row.extend_from_slice(bytes);
            if self.feed(bytes) {
                let fits = expected.is_none_or(|expected| expected == self.field_count);
                if fits && quotes_are_strict(&row) {
                    return Ok(true);
                }
                break;
            }
        }
        for line in looked_at.into_iter().rev() {
            self.returned.push_front(line);
        }
        Ok(false)
    }

    fn begin(&mut self) {
        self.parser.reset();
        self.text_len = 0;
        self.field_count = 0;
    }

    /// Parses a line and its end; whether the row is complete.
    fn feed(&mut self, line: &[u8]) -> bool {
        (!line.is_empty() && self.parse(line)) || self.parse(b"\n")
    }

    fn parse(&mut self, mut input: &[u8]) -> bool {
        loop {
            let (result, read, written, ended) = self.parser.read_record(
                input,
                &mut self.text[self.text_len..],
                &mut self.ends[self.field_count..],
            );
            input = &input[read..];
            self.text_len += written;
            self.field_count += ended;
            match result {
                ReadRecordResult::Record => return true,
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return false,
            }
            // An empty input would mean the end of the file to the parser.
            if input.is_empty() {
                return false;
            }
        }
    }
}

/// Whether every quote of a row opens or closes a field, or is doubled within one.
///
/// A stray quote and the opening quote of a later row would otherwise pass as the two ends of one field, and the two
/// rows as one.
fn quotes_are_strict(row: &[u8]) -> bool {
    let mut rest = row;
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            let Some(after) = after_closing_quote(quoted) else {
                return false;
            };
            rest = after;
        } else {
            let end = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
            if rest[..end].iter().any(|byte| matches!(byte, b'"' | b'\n')) {
                return false;
            }
            rest = &rest[end..];
        }
        match rest.split_first() {
            None => return true,
            Some((b',', next)) => rest = next,
            Some(_) => return false,
        }
    }
}

/// What follows the quote that closes a field.
fn after_closing_quote(mut quoted: &[u8]) -> Option<&[u8]> {
    loop {
        let quote = quoted.iter().position(|byte| *byte == b'"')?;
        quoted = &quoted[quote + 1..];
        match quoted.strip_prefix(b"\"") {
            Some(after_pair) => quoted = after_pair,
            None => return Some(quoted),
        }
    }
}

#[cfg(test)]
#[path = "csv_rows_tests.rs"]
mod tests;
