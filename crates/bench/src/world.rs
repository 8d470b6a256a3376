//! The worlds that are raced in: made once, used again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tieline_synth::joins::{Codec, JoinsOptions, JoinsSummary, write_joins_world};

use crate::answer::Answers;
use crate::error::{Error, Result};
use crate::suite::{Case, WorldKind};

/// Bytes that a world of scale 1 takes on disk at most, with any codec.
const BYTES_AT_SCALE_1: f64 = 1.5e9;

/// Where worlds are kept, and what they are made with.
#[derive(Debug, Clone)]
pub struct Worlds {
    /// The folder that holds one folder a world.
    pub folder: PathBuf,
    /// A world of the user's own, for every case.
    pub given: Option<PathBuf>,
    /// 1 is 20 million observations.
    pub scale: f64,
    /// The generator's seed.
    pub seed: u64,
    /// How their files are compressed.
    pub codec: Codec,
}

/// One world, whole on disk.
#[derive(Debug, Clone)]
pub struct World {
    /// Its folder.
    pub folder: PathBuf,
    /// What it was made with, and what came out.
    pub summary: JoinsSummary,
    /// The right answers.
    pub answers: Answers,
}

impl Worlds {
    /// The world of a kind, made now if it is not there yet.
    ///
    /// # Errors
    /// When the disk is too small or cannot be written, or a world that is there is damaged.
    pub fn world(&self, kind: WorldKind, threads: usize, note: &mut dyn FnMut(&str)) -> Result<World> {
        if let Some(folder) = &self.given {
            return World::read(folder);
        }
        let options = self.options(kind);
        let folder = self.folder.join(self.name(kind));
        if let Ok(world) = World::read(&folder)
            && world.summary.options == options
            && world.summary.format == JoinsSummary::FORMAT
        {
            return Ok(world);
        }
        make(&folder, &options, threads, note)?;
        World::read(&folder)
    }

    /// The name of the folder of a world, by what it differs in from the usual one.
    fn name(&self, kind: WorldKind) -> String {
        let kind = match kind {
            WorldKind::Plain => "",
            WorldKind::Skewed => "-skewed",
            WorldKind::Inside => "-inside",
        };
        let codec = match self.codec {
            codec if codec == Codec::default() => String::new(),
            codec => format!("-{codec}"),
        };
        format!("scale-{}-seed-{}{kind}{codec}", self.scale, self.seed)
    }

    fn options(&self, kind: WorldKind) -> JoinsOptions {
        let plain = JoinsOptions {
            seed: self.seed,
            scale: self.scale,
            codec: self.codec,
            ..JoinsOptions::default()
        };
        match kind {
            WorldKind::Plain => plain,
            WorldKind::Skewed => JoinsOptions {
                scale: self.scale / 10.0,
                skew: 0.05,
                crowded_addresses: 20,
                ..plain
            },
            WorldKind::Inside => JoinsOptions {
                inside: 2.0 / 3.0,
                ..plain
            },
        }
    }
}

/// Writes a world in the place of an outdated or unfinished one.
fn make(folder: &Path, options: &JoinsOptions, threads: usize, note: &mut dyn FnMut(&str)) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io(folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    check_room(folder, (BYTES_AT_SCALE_1 * options.scale) as u64)?;
    let start = Instant::now();
    let written = write_joins_world(options, threads, folder);
    if written.is_err() {
        // What is left of it would only fill the disk further.
        let _ = fs::remove_dir_all(folder);
    }
    written?;
    note(&format!(
        "made {} in {:.1} s",
        folder.display(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn check_room(folder: &Path, needed: u64) -> Result<()> {
    match free_bytes(folder) {
        Some(free) if free < needed => Err(Error::DiskTooSmall {
            path: folder.to_owned(),
            needed_mb: needed >> 20,
            free_mb: free >> 20,
        }),
        _ => Ok(()),
    }
}

/// Bytes that may still be written beside a folder, where the system tells.
fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let system = rustix::fs::statvfs(folder).ok()?;
        Some(system.f_bavail.saturating_mul(system.f_frsize))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

impl World {
    /// One that is on disk.
    ///
    /// # Errors
    /// When it is unfinished or damaged: `world.json` is written last.
    pub fn read(folder: &Path) -> Result<Self> {
        let folder = fs::canonicalize(folder).map_err(Error::io(folder))?;
        let path = folder.join("world.json");
        let text = fs::read(&path).map_err(Error::io(&path))?;
        let summary = serde_json::from_slice(&text).map_err(|error| Error::Damaged {
            path,
            reason: error.to_string(),
        })?;
        Ok(Self {
            answers: Answers::read(&folder)?,
            summary,
            folder,
        })
    }

    /// Whether any of its addresses is IPv6.
    pub fn has_ipv6(&self) -> bool {
        self.summary.options.ipv6_share > 0.0
    }

    /// The Parquet files that a case reads, by the names of its tables.
    pub fn tables(&self, case: &Case) -> BTreeMap<String, PathBuf> {
        let file = |table: &&'static str| {
            let stem = match *table {
                "fences" => case.fences.unwrap_or("fences_few"),
                table => table,
            };
            ((*table).to_owned(), self.folder.join(format!("{stem}.parquet")))
        };
        case.suite.tables().iter().map(file).collect()
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "world_tests.rs"]
mod tests;
