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
    /// Whether files count that the binary has, and no others.
    shipped: bool,
}

impl SqlFiles {
    /// The user's own copy.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            shipped: false,
        }
    }

    /// Writes the shipped files below a folder, over what an earlier version wrote there. What that has left beside them does not race.
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
        Ok(Self {
            folder: folder.to_owned(),
            shipped: true,
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The names of a contestant's files.
    fn names(&self, contestant: &str) -> Vec<String> {
        if self.shipped {
            let name = |name: &str| Some(name.strip_prefix(contestant)?.strip_prefix('/')?.to_owned());
            return Shipped::iter().filter_map(|path| name(&path)).collect();
        }
        let entries = fs::read_dir(self.folder.join(contestant));
        let entries = entries.into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    }

    /// The ways in which a contestant answers a case: `None` for `<case>.sql`, and one for each `<case>.<variant>.sql`.
    ///
    /// In a world with IPv6 addresses a peer answers by `<case>.ipv6.sql` alone: what it says of IPv4 addresses would be
    /// wrong there. Our own SQL serves both kinds; where it names the column by `{address}`, it answers a world of IPv4 addresses a
    /// second time by those that the peers read: see [`IPV4`].
    pub fn ways(&self, contestant: &str, case: &Case, ipv6: bool) -> Vec<Way> {
        let (folder, names) = (self.folder.join(contestant), self.names(contestant));
        if ipv6 && contestant != OURS {
            let plain = first_of(&names, &[&format!("{}.ipv6", case.name)]);
            let plain = plain.and_then(|name| Way::of(None, folder.join(name)));
            return plain.into_iter().collect();
        }
        let plain = first_of(&names, &[case.name, case.suite.name()]);
        let plain = plain.and_then(|name| Way::of(None, folder.join(name)));
        let variants = names.iter().filter_map(|name| {
            let variant = name
                .strip_prefix(case.name)?
                .strip_prefix('.')?
                .strip_suffix(".sql")?;
            let known = ["ipv6", "scan"].contains(&variant);
            (!known).then(|| Way::of(Some(variant.to_owned()), folder.join(name)))?
        });
        let mut variants: Vec<_> = variants.collect();
        variants.sort_by(|one, other| one.variant.cmp(&other.variant));
        let by_ipv4 = plain.as_ref().filter(|_| !ipv6).and_then(Way::by_ipv4);
        plain.into_iter().chain(by_ipv4).chain(variants).collect()
    }

    /// How a contestant reads the columns that a case needs in one of these ways, and nothing else.
    pub fn scan(&self, contestant: &str, case: &Case, way: &Way) -> Option<Way> {
        let name = format!("{}.scan", case.suite);
        let names = self.names(contestant);
        let scan = first_of(&names, &[&name])?;
        let scan = Way::of(None, self.folder.join(contestant).join(scan));
        scan.map(|scan| Way {
            addresses: way.addresses,
            ..scan
        })
    }
}

/// One file that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What distinguishes it from the contestant's main way.
    pub variant: Option<String>,
    path: PathBuf,
    addresses: &'static Addresses,
}

/// Which column of addresses our own SQL reads: `{address}`, and an address that no row has, `{no_address}`.
#[derive(Debug, PartialEq, Eq)]
struct Addresses {
    address: &'static str,
    no_address: &'static str,
}

/// Sixteen bytes for both families, as tables of Tieline have them.
const BOTH: Addresses = Addresses {
    address: "ip",
    no_address: "ip('203.0.113.255')",
};
/// Whole numbers of four bytes, a quarter of them, as the peers' best formulations compare them.
const IPV4: Addresses = Addresses {
    address: "ipv4",
    no_address: "3405803775",
};

impl Way {
    fn of(variant: Option<String>, path: PathBuf) -> Option<Self> {
        let addresses = &BOTH;
        path.is_file().then_some(Self {
            variant,
            path,
            addresses,
        })
    }

    /// The same by IPv4 addresses, where it names their column.
    fn by_ipv4(&self) -> Option<Self> {
        let text = fs::read_to_string(&self.path).ok()?;
        text.contains("{address}").then(|| Self {
            variant: Some(IPV4.address.to_owned()),
            path: self.path.clone(),
            addresses: &IPV4,
        })
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
        let Addresses { address, no_address } = self.addresses;
        let text = text
            .replace("{address}", address)
            .replace("{no_address}", no_address);
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
fn first_of<'a>(names: &'a [String], stems: &[&str]) -> Option<&'a String> {
    let wanted = stems
        .iter()
        .flat_map(|stem| ["sql", "py"].map(|ending| format!("{stem}.{ending}")));
    wanted
        .into_iter()
        .find_map(|wanted| names.iter().find(|name| **name == wanted))
}

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
