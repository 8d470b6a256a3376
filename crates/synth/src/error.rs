//! What can go wrong when a world is written.

use std::io;
use std::path::PathBuf;

use crate::joins::InvalidOption;

/// Why a world was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder already holds something; nothing was written.
    #[error("{}: the folder is not empty; a world is written into a new or empty one", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// No world can have these options.
    #[error(transparent)]
    Invalid(#[from] InvalidOption),
    /// A file or folder could not be read or written.
    #[error("{}: cannot be written: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
