//! The manifest: which files make up which table, in one file that is replaced as a whole.
//!
//! Readers load it once and see one version of the case for as long as they live. Files are never changed after they
//! were named in a manifest, so an older version stays readable while a newer one is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::durable;
use crate::error::{Error, Result};

/// The file's name in the case's folder.
pub(crate) const FILE: &str = "manifest.json";

/// The layout of the file itself; a reader refuses one that it does not know.
const FORMAT: u32 = 1;

/// One version of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of this file.
    format: u32,
    /// Counts up with every change; 0 before the first.
    pub version: u64,
    /// The version of Tieline that wrote it.
    pub written_by: String,
    /// When it was written, RFC 3339.
    pub written_at: String,
    /// Which key the pseudonyms were made with; `None` before the first.
    pub key_fingerprint: Option<String>,
    /// The tables by name.
    pub tables: BTreeMap<String, TableEntry>,
}

/// The files of one table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TableEntry {
    /// Rows in all files.
    pub rows: u64,
    /// The files, oldest first.
    pub files: Vec<FileEntry>,
}

/// One Parquet file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileEntry {
    /// Relative to the case's folder, with `/` between its parts.
    pub path: String,
    /// Rows in the file.
    pub rows: u64,
    /// Size of the file.
    pub size_bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// How many values its key columns have, about; files of earlier versions do not say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub distinct: BTreeMap<String, u64>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            format: FORMAT,
            version: 0,
            written_by: env!("CARGO_PKG_VERSION").into(),
            written_at: String::new(),
            key_fingerprint: None,
            tables: BTreeMap::new(),
        }
    }
}

impl Manifest {
    /// Reads the manifest of the case in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = fs::read(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::NotACase { path: folder.into() },
            _ => Error::Io {
                path: path.clone(),
                source,
            },
        })?;
        let manifest: Self = serde_json::from_slice(&text)
            .map_err(|error| Error::malformed(&path, format!("not a manifest, line {}", error.line())))?;
        if manifest.format != FORMAT {
            let reason = format!(
                "written in format {}, this version reads format {FORMAT}",
                manifest.format
            );
            return Err(Error::malformed(&path, reason));
        }
        Ok(manifest)
    }

    /// Replaces the manifest of the case in `folder`: the new one is whole on disk before it takes the name.
    pub(crate) fn replace(&mut self, folder: &Path) -> Result<()> {
        self.version += 1;
        self.written_by = env!("CARGO_PKG_VERSION").into();
        self.written_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self).map_err(|error| Error::malformed(&path, error))?;
        durable::replace(&path, &text)
    }

    /// Adds a file to a table.
    pub(crate) fn add(&mut self, table: &str, file: FileEntry) {
        let entry = self.tables.entry(table.into()).or_default();
        entry.rows += file.rows;
        entry.files.push(file);
    }

    /// Makes `file` the only one of a derived table.
    pub(crate) fn set(&mut self, table: &str, file: FileEntry) {
        self.tables.insert(
            table.into(),
            TableEntry {
                rows: file.rows,
                files: vec![file],
            },
        );
    }

    /// SHA-256 over the names and hashes of all files: equal for equal content.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for (table, entry) in &self.tables {
            for file in &entry.files {
                hash.update(format!("{table}\t{}\t{}\n", file.path, file.sha256));
            }
        }
        hex(&hash.finalize())
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
