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

    /// The text of the settings that lie beside raw files, for a case that has none.
    pub(crate) fn beside(raw: &Path, case: &Path) -> Result<Option<String>> {
        if case.join(FILE).exists() {
            return Ok(None);
        }
        // Beside a folder of files, or beside the folder of a file.
        let folder = if raw.is_dir() {
            Some(raw)
        } else {
            raw.parent().filter(|_| raw.is_file())
        };
        let places = [folder, folder.and_then(Path::parent)].into_iter().flatten();
        let Some(source) = places.map(|place| place.join(FILE)).find(|path| path.is_file()) else {
            return Ok(None);
        };
        let text = fs::read_to_string(&source).map_err(Error::io(&source))?;
        Self::parse(&source, &text)?;
        Ok(Some(text))
    }

    /// Gives a case the settings that lay beside raw files.
    pub(crate) fn adopt(text: &str, case: &Path) -> Result<()> {
        durable::replace(&case.join(FILE), text.as_bytes())
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
