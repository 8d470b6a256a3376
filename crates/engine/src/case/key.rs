//! The key of the pseudonyms. It lies outside the case: who has the case alone cannot test a known advertising id against it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::manifest::hex;
use crate::durable::sync_folder;
use crate::error::{Error, Result};

/// Where the key is.
#[derive(Debug, Clone, Default)]
pub enum KeySource {
    /// `tieline/key` in the user's configuration folder; made at the first use, readable by its owner alone.
    #[default]
    UserConfig,
    /// This file; made at the first use, readable by its owner alone.
    File(PathBuf),
    /// A key that is forgotten at the end: for demonstrations, where nothing is to be added later.
    Ephemeral,
}

/// A key of 32 random bytes.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) bytes: [u8; 32],
    pub(crate) path: PathBuf,
}

impl Key {
    /// Reads the key, or makes it where there is none.
    pub(crate) fn load_or_make(source: &KeySource) -> Result<Self> {
        match Self::load(source) {
            Err(Error::Io { path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
                Self::make(path)
            }
            result => result,
        }
    }

    /// Reads the key.
    pub(crate) fn load(source: &KeySource) -> Result<Self> {
        let path = match source {
            KeySource::Ephemeral => {
                return Ok(Self {
                    bytes: random()?,
                    path: PathBuf::new(),
                });
            }
            KeySource::File(path) => path.clone(),
            KeySource::UserConfig => default_path()?,
        };
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        Ok(Self {
            bytes: parse(&path, &text)?,
            path,
        })
    }

    /// Names the key without giving it away.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"tieline pseudonym key\n");
        hash.update(self.bytes);
        hex(&hash.finalize()[..16])
    }

    /// Makes the key under a name that it takes only when it is whole on disk, and never from another key.
    fn make(path: PathBuf) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let bytes = random()?;
        // A temporary file is readable by its owner alone, and so is what it becomes.
        let mut file = NamedTempFile::new_in(folder).map_err(Error::io(folder))?;
        writeln!(file, "{}", hex(&bytes))
            .and_then(|()| file.as_file().sync_all())
            .map_err(Error::io(file.path()))?;
        file.persist_noclobber(&path).map_err(|error| Error::Io {
            path: path.clone(),
            source: error.error,
        })?;
        sync_folder(folder)?;
        Ok(Self { bytes, path })
    }
}

fn default_path() -> Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|_| Error::malformed("key", "no home folder; name the key's file with --key FILE"))?;
    Ok(strategy.config_dir().join("tieline").join("key"))
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::malformed("key", format!("no random numbers: {error}")))?;
    Ok(bytes)
}

/// 64 hexadecimal digits, white space around them.
fn parse(path: &Path, text: &str) -> Result<[u8; 32]> {
    let refused = || Error::malformed(path, "not a key of 64 hexadecimal digits");
    let digits = text.trim().as_bytes();
    if digits.len() != 64 {
        return Err(refused());
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| refused())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| refused())?;
    }
    Ok(bytes)
}
