//! The folder of all temporary files of the process: what work has left there is removed however it ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::{Builder, TempDir, env};

/// The folder; it is removed when this is dropped, or before by a [`Removal`].
#[derive(Debug)]
pub(crate) struct Scratch {
    removal: Removal,
}

/// What removes the folder, from whichever thread ends the process.
#[derive(Debug, Clone)]
pub(crate) struct Removal {
    folder: Option<PathBuf>,
    has_begun: Arc<AtomicBool>,
}

impl Scratch {
    /// Makes the folder, in which every temporary file is made from now on. It holds a case's data and is its owner's alone.
    ///
    /// Where it cannot be made, the work that needs one says so.
    pub(crate) fn make() -> Self {
        let mut builder = Builder::new();
        builder
            .prefix("tieline-")
            .permissions(Permissions::from_mode(0o700));
        let folder = builder.tempdir().ok().map(TempDir::keep);
        if let Some(folder) = &folder {
            // Fails where it was said before: a process has one.
            let _ = env::override_temp_dir(folder);
        }
        Self::of(folder)
    }

    fn of(folder: Option<PathBuf>) -> Self {
        let has_begun = Arc::new(AtomicBool::new(false));
        Self {
            removal: Removal { folder, has_begun },
        }
    }

    pub(crate) fn removal(&self) -> Removal {
        self.removal.clone()
    }
}

impl Removal {
    /// Removes the folder, and says whether it was this call that did; if not, another thread is about to end the process.
    pub(crate) fn remove(&self) -> bool {
        if self.has_begun.swap(true, Ordering::AcqRel) {
            return false;
        }
        if let Some(folder) = &self.folder {
            // Under another name first: what still works finds no place for another file.
            let gone = folder.with_extension("gone");
            let found = fs::rename(folder, &gone).map_or(folder, |()| &gone);
            // Nobody could do anything about it.
            let _ = fs::remove_dir_all(found);
        }
        true
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.removal.remove() {
            // To return would be to end the process before the other thread has removed it all.
            loop {
                thread::park();
            }
        }
    }
}

#[cfg(test)]
#[path = "scratch_tests.rs"]
mod tests;
