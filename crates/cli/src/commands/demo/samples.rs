//! The raw files of the synthetic world, inside the binary, so that the demonstration runs from any folder.

use std::fs;
use std::path::Path;

use rust_embed::RustEmbed;

use crate::failure::Failure;

#[derive(RustEmbed)]
#[folder = "../../data-samples"]
struct Samples;

/// Writes them below a folder.
pub(crate) fn unpack(folder: &Path) -> Result<(), Failure> {
    for name in Samples::iter() {
        let Some(file) = Samples::get(&name) else { continue };
        let path = folder.join(name.as_ref());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.data)?;
    }
    Ok(())
}
