//! Cold files: what the system holds of them in memory is given up before a cold run.

use std::path::Path;

/// Asks the system to drop a file from its page cache. Where it has no such request, nothing happens and cold runs are warm:
/// [`CAN_EVICT`] says so.
#[cfg(target_os = "linux")]
pub(crate) fn evict(path: &Path) {
    use rustix::fs::{Advice, fadvise};
    // Only pages that are on disk can be dropped. An advice is no promise either way: a failure costs the coldness of one
    // run and nothing else.
    if let Ok(file) = std::fs::File::open(path) {
        let _ = file.sync_all();
        let _ = fadvise(&file, 0, None, Advice::DontNeed);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn evict(_path: &Path) {}

/// Whether [`evict`] does anything here.
pub(crate) const CAN_EVICT: bool = cfg!(target_os = "linux");
