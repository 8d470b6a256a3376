//! What can keep a race from starting. What befalls one contestant is no error but part of the [`Record`](crate::Record).

use std::io;
use std::path::PathBuf;

/// The result of preparing or keeping a race.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a race could not be prepared, or its record not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The world would not fit.
    #[error("{}: the disk is too small: {needed_mb} MB are needed, {free_mb} MB are free", path.display())]
    DiskTooSmall {
        /// Where the world would be.
        path: PathBuf,
        /// What it needs, with room to spare.
        needed_mb: u64,
        /// What there is.
        free_mb: u64,
    },
    /// The generator failed.
    #[error(transparent)]
    Synth(#[from] tieline_synth::Error),
    /// No contestant or case has this name.
    #[error("there is no {what} of the name `{name}`; there are: {known}")]
    Unknown {
        /// Contestant, peer, strategy.
        what: &'static str,
        /// As given.
        name: String,
        /// What could have been given.
        known: String,
    },
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
