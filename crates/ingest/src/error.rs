//! What can end an ingest.

use std::io;
use std::path::PathBuf;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

use crate::schema::Table;

/// Why staging stopped. Faults of a source file are no errors: they are rejects in its
/// [`FileOutcome`](crate::FileOutcome). The messages hold no value of a source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A staging file or folder cannot be written.
    #[error("cannot write {}: {}", path.display(), source.kind())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A Parquet file cannot be written.
    #[error("cannot write the Parquet file {}{}", path.display(), cause(source).map(|kind| format!(": {kind}")).unwrap_or_default())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: ParquetError,
    },
    /// Rows do not fit the schema of their table.
    #[error("rows do not fit the schema of table {table}")]
    Schema {
        /// The table.
        table: Table,
        /// The cause.
        source: ArrowError,
    },
}

/// What the operating system said; an encoder could quote a value.
fn cause(error: &ParquetError) -> Option<io::ErrorKind> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

impl Error {
    /// Whether the disk is too small.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Parquet { source, .. } => cause(source) == Some(io::ErrorKind::StorageFull),
            Self::Schema { .. } => false,
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn parquet(path: impl Into<PathBuf>) -> impl FnOnce(ParquetError) -> Self {
        let path = path.into();
        move |source| Self::Parquet { path, source }
    }

    pub(crate) fn schema(table: Table) -> impl FnOnce(ArrowError) -> Self {
        move |source| Self::Schema { table, source }
    }
}
