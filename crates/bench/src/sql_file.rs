//! The files of `sql/bench/`: what each contestant runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use crate::error::{Error, Result};
use crate::protocol::Query;
use crate::suite::Case;

/// The files that come with Tieline, inside the binary.
#[derive(RustEmbed)]
#[folder = "../../sql/bench"]
struct Shipped;

/// The folder of the contestants' files on disk, where their drivers can be started from.
#[derive(Debug, Clone)]
pub struct SqlFiles {
    folder: PathBuf,
}

impl SqlFiles {
    /// The user's own copy.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Writes the shipped files below a folder, over what an earlier version wrote there.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn unpack(folder: &Path) -> Result<Self> {
        // Whoever tries a driver in place leaves compiled Python behind.
        for name in Shipped::iter().filter(|name| !name.contains("__pycache__")) {
            let Some(file) = Shipped::get(&name) else { continue };
            let path = folder.join(name.as_ref());
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(Error::io(parent))?;
            }
            fs::write(&path, &file.data).map_err(Error::io(&path))?;
        }
        Ok(Self::of(folder))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The ways in which a contestant answers a case: `None` for its main one, and one for each variant.
    ///
    /// In a world with IPv6 addresses a peer answers by `<case>.ipv6.sql` alone: what it says of IPv4 addresses would be
    /// wrong there. Our own SQL serves both kinds, but for its variant of IPv4 addresses.
    pub fn ways(&self, contestant: &str, case: &Case, ipv6: bool) -> Vec<Way> {
        let folder = self.folder.join(contestant);
        if ipv6 && contestant != OURS {
            return Way::of(None, folder.join(format!("{}.ipv6.sql", case.name)))
                .into_iter()
                .collect();
        }
        let plain = first_file(&folder, &[case.name, case.suite.name()]);
        let plain = plain.and_then(|path| Way::of(None, path));
        let mut ways = variants(&folder, case.suite.name());
        ways.extend(variants(&folder, case.name));
        ways.retain(|variant, _| !(ipv6 && variant == IPV4));
        let ways = ways
            .into_iter()
            .filter_map(|(variant, path)| Way::of(Some(variant), path));
        plain.into_iter().chain(ways).collect()
    }

    /// How a contestant reads the columns that a case needs, and nothing else: a variant's own, if it has any.
    pub fn scan(&self, contestant: &str, case: &Case, variant: Option<&str>) -> Option<Way> {
        let own = variant.map(|variant| format!("{}.{variant}.scan", case.suite));
        let shared = format!("{}.scan", case.suite);
        let stems: Vec<_> = own.as_deref().into_iter().chain([shared.as_str()]).collect();
        first_file(&self.folder.join(contestant), &stems).and_then(|path| Way::of(None, path))
    }
}

/// One file that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What distinguishes it from the contestant's main way.
    pub variant: Option<String>,
    path: PathBuf,
}

impl Way {
    fn of(variant: Option<String>, path: PathBuf) -> Option<Self> {
        path.is_file().then_some(Self { variant, path })
    }

    /// What to run.
    ///
    /// # Errors
    /// When the file cannot be read or has no statement to time.
    pub fn query(&self, fill: &Placeholders) -> Result<Query> {
        let path = &self.path;
        if path.extension().is_some_and(|ending| ending == "py") {
            return Ok(Query::Python { python: path.clone() });
        }
        let text = fs::read_to_string(path).map_err(Error::io(path))?;
        match sections(&fill.fill(&text)) {
            Query::Sql { timed, .. } if timed.is_empty() => Err(Error::Damaged {
                path: path.clone(),
                reason: "no statement after `-- timed`".to_owned(),
            }),
            query => Ok(query),
        }
    }
}

/// `<stem>.sql`, else `<stem>.py`, of the first stem that has one. A suite's name comes last: one file may serve all its
/// cases, which differ in their tables and in the band's width only.
fn first_file(folder: &Path, stems: &[&str]) -> Option<PathBuf> {
    let paths = stems
        .iter()
        .flat_map(|stem| ["sql", "py"].map(|ending| folder.join(format!("{stem}.{ending}"))));
    paths.into_iter().find(|path| path.is_file())
}

/// The files `<stem>.<variant>.sql`. A variant's name has no dot: what has one is a variant's bare read.
fn variants(folder: &Path, stem: &str) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let variants = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let variant = name.strip_prefix(stem)?.strip_prefix('.')?.strip_suffix(".sql")?;
        let is_one = !variant.contains('.') && !["ipv6", "scan"].contains(&variant);
        is_one.then(|| (variant.to_owned(), entry.path()))
    });
    variants.collect()
}

/// The variant of ours that reads IPv4 addresses as whole numbers, as the peers do.
const IPV4: &str = "ipv4";

/// The folder of our own SQL.
pub(crate) const OURS: &str = "tieline";

/// What stands for `{name}` in the files.
#[derive(Debug, Clone, Default)]
pub struct Placeholders(pub BTreeMap<String, String>);

impl Placeholders {
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// Cuts a file at its lines `-- before`, `-- timed` and `-- after`; a statement ends with `;` at the end of a line.
fn sections(text: &str) -> Query {
    let (mut before, mut timed, mut after) = (Vec::new(), Vec::new(), Vec::new());
    let mut into: Option<&mut Vec<String>> = None;
    let mut statement = String::new();
    for line in text.lines() {
        match line.trim() {
            "-- before" => into = Some(&mut before),
            "-- timed" => into = Some(&mut timed),
            "-- after" => into = Some(&mut after),
            line if line.starts_with("--") || line.is_empty() => {}
            line => {
                let ends = line.ends_with(';');
                statement.push_str(line.trim_end_matches(';'));
                statement.push('\n');
                if ends && let Some(section) = &mut into {
                    section.push(std::mem::take(&mut statement).trim().to_owned());
                }
            }
        }
    }
    Query::Sql { before, timed, after }
}

#[cfg(test)]
#[path = "sql_file_tests.rs"]
mod tests;
