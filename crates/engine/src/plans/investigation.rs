//! An investigation: the plans of one folder in the order of their file names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rust_embed::RustEmbed;
use tieline_ingest::Table;

use super::header::Header;
use super::parameter::Parameter;
use super::reads;
use crate::error::{Error, Result};

/// The plans that come with Tieline, inside the binary, so that it works from any folder.
#[derive(RustEmbed)]
#[folder = "../../sql/plans"]
struct Shipped;

/// Schemas that an investigation's results must not take the place of.
const RESERVED_SCHEMAS: [&str; 2] = ["public", "information_schema"];

/// What stands beside the results in one JSON object.
const RESERVED_NAMES: [&str; 5] = ["investigation", "run", "parameters", "notes", "cautions"];

/// Plans that run in order.
#[derive(Debug, Clone)]
pub struct Investigation {
    name: String,
    steps: Vec<Step>,
}

/// One plan of an investigation.
#[derive(Debug, Clone)]
pub struct Step {
    /// The file's name.
    pub file: String,
    /// Its header.
    pub header: Header,
    /// The whole text, header included.
    pub sql: String,
}

impl Investigation {
    /// The names of the investigations that come with Tieline.
    pub fn shipped_names() -> Vec<String> {
        let mut names: Vec<_> = Shipped::iter()
            .filter_map(|path| path.split_once('/').map(|(name, _)| name.to_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// An investigation that comes with Tieline.
    ///
    /// # Errors
    /// [`Error::UnknownInvestigation`], naming those there are.
    pub fn shipped(name: &str) -> Result<Self> {
        let mut texts = BTreeMap::new();
        for path in Shipped::iter().filter(|path| path.ends_with(".sql")) {
            let Some((_, file)) = path.split_once('/').filter(|(folder, _)| *folder == name) else {
                continue;
            };
            let Some(content) = Shipped::get(&path) else {
                continue;
            };
            texts.insert(
                file.to_owned(),
                String::from_utf8_lossy(&content.data).into_owned(),
            );
        }
        if texts.is_empty() {
            let known = Self::shipped_names().join(", ");
            return Err(Error::UnknownInvestigation {
                name: name.into(),
                known,
            });
        }
        Self::from_texts(name, texts)
    }

    /// The investigation `name` of a folder: its subfolder of that name, or the folder itself where it has none.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be read; [`Error::Plan`] where a file is not a plan, or there is none.
    pub fn from_folder(name: &str, folder: &Path) -> Result<Self> {
        let subfolder = folder.join(name);
        let folder = if subfolder.is_dir() {
            subfolder.as_path()
        } else {
            folder
        };
        let mut texts = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
            let path = entry.map_err(Error::io(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "sql") {
                let file = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                texts.insert(file, fs::read_to_string(&path).map_err(Error::io(&path))?);
            }
        }
        if texts.is_empty() {
            let file = folder.display().to_string();
            return Err(Error::Plan {
                file,
                reason: "no .sql file in this folder".into(),
            });
        }
        Self::from_texts(name, texts)
    }

    fn from_texts(name: &str, texts: BTreeMap<String, String>) -> Result<Self> {
        if !is_name(name) || RESERVED_SCHEMAS.contains(&name) {
            let reason = "not the name of an investigation: lower-case letters, digits and _".into();
            return Err(Error::Plan {
                file: name.into(),
                reason,
            });
        }
        let mut steps: Vec<Step> = Vec::with_capacity(texts.len());
        for (file, sql) in texts {
            let refused = |reason| Error::Plan {
                file: file.clone(),
                reason,
            };
            let header = Header::parse(&sql).map_err(refused)?;
            let taken = Table::ALL.iter().any(|table| table.name() == header.name);
            if !is_name(&header.name) || taken || RESERVED_NAMES.contains(&header.name.as_str()) {
                return Err(refused(format!(
                    "'{}' is taken, or not a name of lower-case letters, digits and _",
                    header.name
                )));
            }
            if let Some(other) = steps.iter().find(|step| step.header.name == header.name) {
                return Err(refused(format!(
                    "the name '{}' is that of {} too",
                    header.name, other.file
                )));
            }
            reads::check_names(&header, &steps).map_err(refused)?;
            let declared = steps.iter().flat_map(|step| &step.header.params);
            for parameter in declared {
                if header
                    .params
                    .iter()
                    .any(|own| own.name == parameter.name && own != parameter)
                {
                    return Err(refused(format!(
                        "declares ${} in another way than a file before it",
                        parameter.name
                    )));
                }
            }
            steps.push(Step { file, header, sql });
        }
        Ok(Self {
            name: name.into(),
            steps,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its plans in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The parameters that its plans declare.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.steps.iter().flat_map(|step| &step.header.params)
    }
}

/// A name becomes a folder, a file and a schema: a letter, then letters, digits and `_`, all lower case.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
#[path = "investigation_tests.rs"]
mod tests;
