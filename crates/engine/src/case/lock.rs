//! One writer at a time: a lock that the operating system releases when its process ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::{Error, Result};

/// Held while a case is written.
#[derive(Debug)]
pub(crate) struct WriteLock {
    // Closing the file releases the lock.
    _file: File,
}

impl WriteLock {
    /// Takes the lock of the case in `folder`, or says that another process has it.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::CaseBusy { path: folder.into() }),
            Err(TryLockError::Error(source)) => Err(Error::Io { path, source }),
        }
    }
}
