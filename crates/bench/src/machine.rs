//! Where and of what a race was: what a reader of its record must know to judge it.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

/// The machine and the programme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system and architecture.
    pub system: String,
    /// The processor's name, where the system tells.
    pub processor: Option<String>,
    /// Cores that may be used.
    pub cores: usize,
    /// Memory in MB, where the system tells.
    pub memory_mb: Option<u64>,
    /// Tieline's version.
    pub version: String,
    /// The commit of the checkout that the race was started in, with a `+` where files had been changed.
    pub commit: Option<String>,
    /// Whether Tieline was built for speed: if not, our times mean nothing.
    pub release_build: bool,
    /// Whether cold runs began with files out of memory.
    pub cold_files: bool,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        Self {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: line_of("/proc/cpuinfo", "model name"),
            cores: available_parallelism().map_or(1, usize::from),
            memory_mb: line_of("/proc/meminfo", "MemTotal")
                .and_then(|text| kilobytes(&text))
                .map(|kb| kb / 1024),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit(),
            release_build: !cfg!(debug_assertions),
            cold_files: crate::page_cache::CAN_EVICT,
        }
    }

    /// A short name for folders: system, cores and memory.
    pub fn short_name(&self) -> String {
        let memory = self
            .memory_mb
            .map_or_else(String::new, |mb| format!("-{}gb", mb.div_ceil(1024)));
        let system = self.system.replace(' ', "-");
        format!("{system}-{}core{memory}", self.cores)
    }
}

/// The most memory that this process ever held, in bytes, where the system tells.
pub fn peak_bytes() -> Option<u64> {
    kilobytes(&line_of("/proc/self/status", "VmHWM")?).map(|kb| kb * 1024)
}

fn kilobytes(text: &str) -> Option<u64> {
    text.trim_end_matches("kB").trim().parse().ok()
}

/// The text behind the colon of the first line that begins so.
fn line_of(path: &str, start: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(start))?;
    line.split_once(':').map(|(_, text)| text.trim().to_owned())
}

fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() {
        commit
    } else {
        format!("{commit}+")
    })
}
