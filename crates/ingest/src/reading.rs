//! What every reader of a source file works with.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::digest::FileDigest;
use crate::error::Error;
use crate::ingest::Options;
use crate::kind::{Kind, Unit};
use crate::outcome::{Account, Reject};
use crate::schema::Table;
use crate::sources::{SourceFile, io_reason};
use crate::staging::Staging;
use crate::table_rows::Value;

/// Documents that have to be held in memory whole may have this size at most.
pub(crate) const LARGEST_DOCUMENT_BYTES: u64 = 256 << 20;

/// One source file that is being read: where it is, its account, and where its rows go.
pub(crate) struct Reading<'a> {
    pub(crate) kind: Kind,
    pub(crate) source: &'a SourceFile,
    pub(crate) digest: &'a FileDigest,
    pub(crate) options: &'a Options,
    pub(crate) staging: &'a mut Staging,
    pub(crate) account: Account,
}

impl Reading<'_> {
    /// Adds a row to a table.
    pub(crate) fn push(&mut self, table: Table, values: &[Value<'_>]) -> Result<(), Error> {
        self.staging.push(table, values)
    }

    /// Rejects a row, an event or the whole file.
    pub(crate) fn reject(&mut self, reject: Reject) -> Result<(), Error> {
        self.staging.push(
            Table::Rejects,
            &[
                Value::Time(self.options.ingested_at),
                Value::Text(self.kind.name()),
                Value::Text(&self.source.name),
                reject.source_row.map_or(Value::Null, Value::count),
                Value::Text(reject.unit.name()),
                Value::text(reject.field.as_deref()),
                Value::Text(&reject.reason),
            ],
        )?;
        self.account.rejected(reject);
        Ok(())
    }

    /// Rejects the row with this number.
    pub(crate) fn reject_row(
        &mut self,
        unit: Unit,
        row: u64,
        field: Option<&str>,
        reason: impl Into<String>,
    ) -> Result<(), Error> {
        let (field, reason) = (field.map(str::to_owned), reason.into());
        self.reject(Reject {
            source_row: Some(row),
            unit,
            field,
            reason,
        })
    }

    /// Rejects the whole file.
    pub(crate) fn reject_file(&mut self, reason: impl Into<String>) -> Result<(), Error> {
        self.reject(Reject {
            source_row: None,
            unit: Unit::File,
            field: None,
            reason: reason.into(),
        })
    }

    /// Rejects the whole file because none of the layouts of its kind fits.
    pub(crate) fn reject_layout(&mut self) -> Result<(), Error> {
        let reason = format!(
            "unknown layout; known for {}: {}",
            self.kind,
            self.kind.known_layouts()
        );
        self.reject_file(reason)
    }

    /// Opens the file; `None` after rejecting it if that is impossible.
    pub(crate) fn open(&mut self) -> Result<Option<BufReader<File>>, Error> {
        match File::open(&self.source.path) {
            Ok(file) => Ok(Some(BufReader::with_capacity(1 << 16, file))),
            Err(error) => self.reject_file(io_reason(&error)).map(|()| None),
        }
    }

    /// Reads the file whole, without a byte order mark; `None` after rejecting it if that is impossible.
    pub(crate) fn read_document(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let bytes = match read_document(&self.source.path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return self.reject_file(TOO_LARGE).map(|()| None),
            Err(error) => return self.reject_file(io_reason(&error)).map(|()| None),
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return self.reject_file(EMPTY).map(|()| None);
        }
        Ok(Some(bytes))
    }

    /// Reports that the file could not be read further; what was read before stays loaded.
    pub(crate) fn reject_rest(&mut self, error: &std::io::Error) -> Result<(), Error> {
        self.reject_file(format!("{}; the rest of the file was not read", io_reason(error)))
    }
}

/// Why a document larger than [`LARGEST_DOCUMENT_BYTES`] is rejected.
pub(crate) const TOO_LARGE: &str = "larger than 256 MiB";
/// Why a document of nothing but white space is rejected.
pub(crate) const EMPTY: &str = "empty file";

/// The UTF-8 form of U+FEFF, with which some programs begin a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file whole, without a byte order mark; `None` where it is larger than a document may be.
pub(crate) fn read_document(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let size_bytes = file.metadata()?.len();
    document(file, size_bytes, LARGEST_DOCUMENT_BYTES)
}

/// Reads a document of this size, or nothing where that is too large.
fn document(source: impl Read, size_bytes: u64, largest: u64) -> io::Result<Option<Vec<u8>>> {
    if size_bytes > largest {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or_default());
    // The size is only where it ended when it was asked: the file may still be written.
    source.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Ok(None);
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(Some(bytes))
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
