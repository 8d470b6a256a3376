//! `run.json`: what a run read, ran and found, so that another can run it again and compare.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cautions::CAUTIONS;
use super::parameter::Value;
use crate::case::{Case, FileEntry};

/// The manifest of a run, written last: a run without one did not finish.
#[derive(Debug, Clone, Serialize)]
pub struct RunManifest {
    /// The run's name, that of its folder.
    pub run: String,
    /// The investigation's name.
    pub investigation: String,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// When it ended, RFC 3339.
    pub finished_at: String,
    /// Version of Tieline.
    pub tieline_version: String,
    /// Version of DataFusion.
    pub datafusion_version: String,
    /// Which version of the case it read.
    pub case_version: u64,
    /// Hash over the names and hashes of all files of that version.
    pub case_fingerprint: String,
    /// The files it could read, with their hashes, by table.
    pub inputs: BTreeMap<String, Vec<FileEntry>>,
    /// Special-use blocks that the case declares routable.
    pub routable: Vec<String>,
    /// Every parameter with its value.
    pub parameters: BTreeMap<String, Value>,
    /// What the reader should know of this run.
    pub notes: Vec<String>,
    /// What the reader should know of every run.
    pub cautions: Vec<String>,
    /// The statements in order.
    pub steps: Vec<StepRecord>,
}

/// One statement of a run.
#[derive(Debug, Clone, Serialize)]
pub struct StepRecord {
    /// The table it made.
    pub name: String,
    /// What one row of it stands for.
    pub grain: String,
    /// The plan's file.
    pub file: String,
    /// The statement as it ran, its parameters filled in.
    pub statement: String,
    /// Rows it made.
    pub rows: u64,
    /// The result's file, relative to the run's folder.
    pub path: String,
    /// SHA-256 of the result's file.
    pub sha256: String,
}

impl RunManifest {
    pub(crate) fn start(
        run: &str,
        investigation: &str,
        case: &Case,
        parameters: BTreeMap<String, Value>,
        notes: Vec<String>,
    ) -> Self {
        let manifest = case.manifest();
        let inputs = manifest
            .tables
            .iter()
            .map(|(name, table)| (name.clone(), table.files.clone()));
        Self {
            run: run.into(),
            investigation: investigation.into(),
            started_at: now(),
            finished_at: String::new(),
            tieline_version: env!("CARGO_PKG_VERSION").into(),
            datafusion_version: datafusion::DATAFUSION_VERSION.into(),
            case_version: manifest.version,
            case_fingerprint: manifest.fingerprint(),
            inputs: inputs.collect(),
            routable: case.settings().routable.clone(),
            parameters,
            notes,
            cautions: CAUTIONS.iter().map(|&caution| caution.into()).collect(),
            steps: Vec::new(),
        }
    }

    pub(crate) fn finish(&mut self) {
        self.finished_at = now();
    }
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
