//! Physical lines of a text file, within bounded memory.

use std::io::{self, BufRead};

use crate::reading::BYTE_ORDER_MARK;

/// A line longer than this is not kept.
pub(crate) const LONGEST_LINE_BYTES: usize = 1 << 20;

/// Why a line that is not kept is rejected.
pub(crate) const LINE_TOO_LONG: &str = "line longer than 1 MiB";

/// Why a file is rejected whose lines end in carriage returns alone.
pub(crate) const CARRIAGE_RETURNS: &str = "line ends are carriage returns";

/// Why a line is rejected that may be several: what follows a carriage return would be lost behind a comment.
const CARRIAGE_RETURN: &str = "carriage return within the line";

/// A line and its number, 1-based.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: u64,
    /// The bytes without the line end; `None` for a line that is too long.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Line {
    /// The line as text, or why it is none.
    pub(crate) fn text(&self) -> Result<&str, &'static str> {
        let bytes = self.bytes.as_deref().ok_or(LINE_TOO_LONG)?;
        if bytes.contains(&b'\r') {
            return Err(CARRIAGE_RETURN);
        }
        std::str::from_utf8(bytes).map_err(|_| "not UTF-8 text")
    }
}

/// Reads lines that end in a line feed, with or without a carriage return; a byte order mark is skipped.
pub(crate) struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The next line, or `None` at the end of the file.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut met_any = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            met_any = true;
            let line_feed = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..line_feed.unwrap_or(available.len())];
            if bytes.len() + part.len() > LONGEST_LINE_BYTES {
                too_long = true;
                bytes.clear();
            } else if !too_long {
                bytes.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(line_feed.is_some());
            self.reader.consume(consumed);
            if line_feed.is_some() {
                break;
            }
        }
        if !met_any {
            return Ok(None);
        }
        self.number += 1;
        // More than one where a program has ended ended lines.
        while bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(Line {
            number: self.number,
            bytes: (!too_long).then_some(bytes),
        }))
    }
}

/// Whether the line holds nothing but white space.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
