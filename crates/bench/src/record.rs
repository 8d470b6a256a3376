//! What is kept of a race.

use serde::{Deserialize, Serialize};
use tieline_synth::joins::JoinsOptions;

use crate::figures::Figures;
use crate::machine::Machine;

/// A whole race: raw times, figures and ratios.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// When it began, in UTC.
    pub started_at: String,
    /// How long it took, worlds included.
    pub seconds: f64,
    /// Where and of what.
    pub machine: Machine,
    /// Threads of every contestant.
    pub threads: usize,
    /// Case by case, in the order in which they ran.
    pub cases: Vec<CaseRecord>,
}

/// One case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseRecord {
    /// Its name.
    pub case: String,
    /// What was asked.
    pub question: String,
    /// The world's options, unless there was no world.
    pub world: Option<JoinsOptions>,
    /// The format of its files; none in records of before it was kept.
    #[serde(default)]
    pub world_format: Option<u32>,
    /// The tables that were read, with their rows.
    pub rows: Vec<(String, u64)>,
    /// Why the case did not run at all.
    pub trouble: Option<String>,
    /// Contestant by contestant.
    pub entries: Vec<Entry>,
}

/// One contestant in one case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entry {
    /// `duckdb`, or `chdb:dictionary` for a second way of the same peer.
    pub contestant: String,
    /// Name and version, as it said.
    pub version: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The first run: a new process, files out of memory.
    pub cold_s: Option<f64>,
    /// Further runs.
    pub warm_s: Vec<f64>,
    /// Bare reads of the same columns, in the same process.
    pub scan_s: Vec<f64>,
    /// Of `warm_s`; none where the answer was wrong.
    pub warm: Option<Figures>,
    /// Of `scan_s`.
    pub scan: Option<Figures>,
    /// Why the bare read has no time.
    pub scan_trouble: Option<String>,
    /// The most memory that its process held, in bytes.
    pub peak_bytes: Option<u64>,
    /// Bytes read from the files in one run.
    pub bytes_read: Option<u64>,
    /// The join operators of the plan, where it tells.
    pub operator: Option<String>,
    /// Median over that of the fastest right answer.
    pub times_best: Option<f64>,
    /// Median over that of its own bare read.
    pub times_scan: Option<f64>,
}

/// How a contestant ended a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ended", content = "why")]
pub enum Outcome {
    /// Every answer of every run was right.
    Right,
    /// An answer was wrong: it has no time.
    Wrong(String),
    /// It was still at it after so many seconds.
    TimedOut(u64),
    /// It failed.
    Failed(String),
    /// There is no way to ask it.
    #[default]
    Cannot,
    /// Its environment is not there.
    NotInstalled(String),
}

impl CaseRecord {
    /// Fills in figures and ratios from the raw times.
    pub(crate) fn compute(&mut self) {
        for entry in &mut self.entries {
            let right = entry.outcome == Outcome::Right;
            entry.warm = Figures::of(&entry.warm_s).filter(|_| right);
            entry.scan = Figures::of(&entry.scan_s);
        }
        let best = self
            .best()
            .and_then(|entry| entry.warm)
            .map(|figures| figures.median_s);
        for entry in &mut self.entries {
            let median = entry.warm.map(|figures| figures.median_s);
            let over = |other: Option<f64>| Some(median? / other.filter(|other| *other > 0.0)?);
            entry.times_best = over(best);
            entry.times_scan = over(entry.scan.map(|figures| figures.median_s));
        }
    }

    /// The fastest right answer.
    pub fn best(&self) -> Option<&Entry> {
        let timed = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry, entry.warm?.median_s)));
        timed
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(entry, _)| entry)
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
