//! Source files: which there are, and what they are called in the tables.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::kind::Kind;

/// A file to ingest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What the column `source_file` shows: the last folder and the path below it.
    pub name: String,
}

/// A given path, or a folder below it, of which nothing can be ingested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceProblem {
    /// The path as given or found.
    pub path: PathBuf,
    /// Why, in words.
    pub reason: String,
}

/// Files that a case's or a world's folder holds beside its sources, or that tell people of them.
const NOT_SOURCES: [&str; 5] = ["case.toml", "truth.json", "README", "README.md", "README.txt"];

/// Why a pipe, a socket or a device is not read: reading it could wait for ever, or never end.
const NOT_A_FILE: &str = "not a regular file";

/// Lists the files under the given paths, in order of name per given path and without repetition.
///
/// A folder is taken with everything below it, but for hidden files, `case.toml`, `truth.json` and `README`, `README.md` or `README.txt`; links to
/// folders are not followed. A file that is named itself is taken whatever it is called. `/x/world/reports` gives names
/// such as `reports/4006001.json`, and so does `/x/world/reports/4006001.json`. What cannot be listed comes second, and
/// so does what is not a regular file.
pub fn find_files(paths: &[PathBuf], kind: Kind) -> (Vec<SourceFile>, Vec<SourceProblem>) {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let before = found.files.len() + found.problems.len();
                found.add_folder(path, &last_part(path));
                if found.files.len() + found.problems.len() == before {
                    found.add_problem(path, format!("no {kind} files in this folder"));
                }
            }
            Ok(metadata) if !metadata.is_file() => found.add_problem(path, NOT_A_FILE.to_owned()),
            Ok(_) => {
                let parent = path.parent().map(last_part).unwrap_or_default();
                let file = path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default();
                let name = if parent.is_empty() {
                    file
                } else {
                    format!("{parent}/{file}")
                };
                found.files.push(SourceFile {
                    path: path.clone(),
                    name,
                });
            }
            Err(error) => found.add_problem(path, io_reason(&error)),
        }
    }
    let mut seen = HashSet::new();
    found.files.retain(|file| seen.insert(file.path.clone()));
    (found.files, found.problems)
}

/// The reason of an I/O error in words, without the path that some platforms put into it.
pub(crate) fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        kind => format!("cannot be read: {kind}"),
    }
}

/// The name of the last folder or file of a path, also of `.` and `..`; empty for the root.
pub(crate) fn last_part(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    name(path)
        .or_else(|| name(&path.canonicalize().ok()?))
        .unwrap_or_default()
}

#[derive(Default)]
struct Found {
    files: Vec<SourceFile>,
    problems: Vec<SourceProblem>,
}

impl Found {
    fn add_problem(&mut self, path: &Path, reason: String) {
        self.problems.push(SourceProblem {
            path: path.to_owned(),
            reason,
        });
    }

    fn add_folder(&mut self, folder: &Path, name: &str) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.add_problem(folder, io_reason(&error)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let entry_name = entry.file_name().to_string_lossy().into_owned();
            if entry_name.starts_with(['.']) {
                continue;
            }
            let path = entry.path();
            let name = if name.is_empty() {
                entry_name.clone()
            } else {
                format!("{name}/{entry_name}")
            };
            let is_link = entry.file_type().is_ok_and(|file_type| file_type.is_symlink());
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() && is_link => {
                    self.add_problem(&path, "a link to a folder is not followed".to_owned());
                }
                Ok(metadata) if metadata.is_dir() => self.add_folder(&path, &name),
                Ok(_) if !is_source(&entry_name) => {}
                Ok(metadata) if !metadata.is_file() => self.add_problem(&path, NOT_A_FILE.to_owned()),
                Ok(_) => self.files.push(SourceFile { path, name }),
                Err(error) => self.add_problem(&path, io_reason(&error)),
            }
        }
    }
}

fn is_source(file_name: &str) -> bool {
    !NOT_SOURCES.contains(&file_name)
}

#[cfg(test)]
#[path = "sources_tests.rs"]
mod tests;
