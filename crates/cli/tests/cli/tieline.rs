//! Starts the binary in a folder of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// The kinds in the order in which a person would ingest them.
pub(crate) const KINDS: [&str; 4] = ["reports", "telemetry", "sites", "networks"];

/// A folder with a configuration of its own, so that no test touches the user's.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        command
            .current_dir(self.folder.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("HOME", self.folder.path())
            .env_remove("CARGO")
            .env("NO_COLOR", "1");
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ended {
        let output = self.command().args(args).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what must succeed and returns its stdout.
    pub(crate) fn ok<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "stderr: {}", ended.stderr);
        ended.stdout
    }

    /// Ingests all four folders of a world.
    pub(crate) fn ingest_world(&self, world: &Path, case: &str) {
        for kind in KINDS {
            let folder = world.join(kind);
            self.ok([
                OsStr::new("ingest"),
                kind.as_ref(),
                folder.as_ref(),
                "--case".as_ref(),
                case.as_ref(),
            ]);
        }
    }

    /// The rows that a statement gives on a case.
    pub(crate) fn rows(&self, case: &str, statement: &str) -> Value {
        let text = self.ok(["sql", "--case", case, "--format", "json", "-c", statement]);
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// The committed sample world.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data-samples")
}

/// Copies a folder with everything below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
