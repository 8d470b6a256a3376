//! The peers' environments: one for each, so that a peer which cannot be had costs no other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::contestant::Peer;
use crate::error::{Error, Result};
use crate::sql_file::SqlFiles;

/// Where the environments are.
#[derive(Debug, Clone)]
pub struct Peers {
    folder: PathBuf,
}

/// What became of setting up a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setup {
    /// It was there already, with the wheels that are asked for.
    There,
    /// It is there now.
    Installed,
    /// It is not, and why.
    Failed(String),
}

/// Newer than every Python that some peer's wheels do not support.
const OLDEST_PYTHON: (u32, u32) = (3, 10);

impl Peers {
    /// Environments below a folder.
    pub fn below(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The Python of a peer's environment, if it is whole.
    ///
    /// # Errors
    /// In words, when it is not.
    pub fn python(&self, peer: &Peer) -> Result<PathBuf, String> {
        let python = python_of(&self.environment(peer));
        match self.marker(peer).is_file() && python.is_file() {
            true => Ok(python),
            false => Err("not installed".to_owned()),
        }
    }

    /// Makes a peer's environment from the wheels that `sql/bench/<peer>/requirements.txt` pins.
    ///
    /// # Errors
    /// When a folder of ours cannot be written. What is missing, or what Python or pip could not do, is a [`Setup::Failed`].
    pub fn set_up(&self, peer: &Peer, files: &SqlFiles) -> Result<Setup> {
        let requirements = files.folder().join(peer.name).join("requirements.txt");
        let wanted = match fs::read_to_string(&requirements) {
            Ok(wanted) => wanted,
            Err(error) => return Ok(Setup::Failed(format!("{}: {error}", requirements.display()))),
        };
        let marker = self.marker(peer);
        if fs::read_to_string(&marker).is_ok_and(|there| there == wanted) && self.python(peer).is_ok() {
            return Ok(Setup::There);
        }
        let base = match base_python() {
            Ok(base) => base,
            Err(reason) => return Ok(Setup::Failed(reason)),
        };
        let environment = self.environment(peer);
        if environment.exists() {
            fs::remove_dir_all(&environment).map_err(Error::io(&environment))?;
        }
        fs::create_dir_all(&self.folder).map_err(Error::io(&self.folder))?;
        let log = self.folder.join(format!("{}.log", peer.name));
        let mut venv = Command::new(base);
        venv.args(["-m", "venv"]).arg(&environment);
        let mut pip = Command::new(python_of(&environment));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args([
                "--retries",
                "1",
                "--timeout",
                "20",
                "--only-binary",
                ":all:",
                "--requirement",
            ])
            .arg(&requirements);
        for (mut command, what) in [(venv, "python -m venv"), (pip, "pip install")] {
            if let Err(reason) = run_logged(&mut command, &log)? {
                return Ok(Setup::Failed(format!(
                    "{what} failed: {reason}; see {}",
                    log.display()
                )));
            }
        }
        fs::write(&marker, wanted).map_err(Error::io(&marker))?;
        Ok(Setup::Installed)
    }

    fn environment(&self, peer: &Peer) -> PathBuf {
        self.folder.join(peer.name)
    }

    /// Written last: an environment without it is unfinished.
    fn marker(&self, peer: &Peer) -> PathBuf {
        self.environment(peer).join("tieline-requirements.txt")
    }
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}

/// A Python on the path that is new enough.
fn base_python() -> Result<&'static str, String> {
    let mut found = None;
    for name in ["python3", "python"] {
        let Ok(output) = Command::new(name).arg("--version").output() else {
            continue;
        };
        let version = String::from_utf8_lossy(&output.stdout)
            .trim()
            .replace("Python ", "");
        if parsed(&version).is_some_and(|version| version >= OLDEST_PYTHON) {
            return Ok(name);
        }
        found = Some(version);
    }
    let (major, minor) = OLDEST_PYTHON;
    Err(match found {
        Some(version) => format!("Python {version} is older than {major}.{minor}"),
        None => format!("no Python on the path; {major}.{minor} or newer is needed"),
    })
}

/// Major and minor of `3.11.7`.
fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Runs a command whose whole output goes to a log; the last line of it is the reason of a failure.
fn run_logged(command: &mut Command, log: &Path) -> Result<Result<(), String>> {
    let file = File::create(log).map_err(Error::io(log))?;
    let copy = file.try_clone().map_err(Error::io(log))?;
    let status = command.stdin(Stdio::null()).stdout(file).stderr(copy).status();
    Ok(match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let text = fs::read(log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let last = text.lines().rev().find(|line| !line.trim().is_empty());
            Err(last.map_or_else(|| status.to_string(), |line| line.trim().to_owned()))
        }
        Err(error) => Err(error.to_string()),
    })
}

#[cfg(test)]
#[path = "peers_tests.rs"]
mod tests;
