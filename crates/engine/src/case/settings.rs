//! `case.toml`: what the people working on a case declare about it.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use tieline_index::Prefix;

use crate::durable;
use crate::error::{Error, Result};

/// The file's name, in the case's folder and beside raw files.
pub(crate) const FILE: &str = "case.toml";

/// The settings of a case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Special-use blocks whose addresses count as public here. Synthetic worlds live in documentation ranges; a case of
    /// real data leaves this empty.
    #[serde(default)]
    pub routable: Vec<String>,
}

impl Settings {
    /// Reads the settings of the case in `folder`; none are the defaults.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        Self::parse(&path, &text)
    }

    /// Copies the settings that lie beside raw files into a case that has none. Returns whether it did.
    pub(crate) fn adopt(raw: &Path, case: &Path) -> Result<bool> {
        let target = case.join(FILE);
        if target.exists() {
            return Ok(false);
        }
        // Beside a folder of files, or beside the folder of a file.
        let folder = if raw.is_dir() {
            Some(raw)
        } else {
            raw.parent().filter(|_| raw.is_file())
        };
        let places = [folder, folder.and_then(Path::parent)].into_iter().flatten();
        let Some(source) = places.map(|place| place.join(FILE)).find(|path| path.is_file()) else {
            return Ok(false);
        };
        let text = fs::read_to_string(&source).map_err(Error::io(&source))?;
        Self::parse(&source, &text)?;
        durable::replace(&target, text.as_bytes())?;
        Ok(true)
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let settings: Self = toml::from_str(text)
            .map_err(|error| Error::malformed(path, format!("not settings: {}", error.message())))?;
        settings.routable_prefixes(path)?;
        Ok(settings)
    }

    pub(crate) fn routable_prefixes(&self, path: &Path) -> Result<Vec<Prefix>> {
        let refused = |position| Error::malformed(path, format!("routable[{position}] is not a prefix"));
        self.routable
            .iter()
            .enumerate()
            .map(|(position, text)| text.parse().map_err(|_| refused(position)))
            .collect()
    }
}
