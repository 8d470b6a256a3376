//! Files that are there whole or not at all, whatever happens while they are written.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Ending of the drafts; one that is left behind was never part of anything.
pub(crate) const DRAFT: &str = ".tmp";

/// Puts `bytes` under a name: the new file is whole on disk before it takes the place of an old one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(DRAFT);
    let draft = Path::new(&draft);
    let mut file = File::create(draft).map_err(Error::io(draft))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(Error::io(draft))?;
    fs::rename(draft, path).map_err(Error::io(path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::io(folder))
}
