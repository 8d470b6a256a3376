//! Cases for the tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tieline::{Case, CaseOptions, IngestOptions, KeySource, Kind, Limits};

/// The committed sample world.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data-samples")
}

pub(crate) fn options(limits: Limits) -> CaseOptions {
    CaseOptions {
        key: KeySource::Ephemeral,
        limits,
        ..CaseOptions::default()
    }
}

/// A case of the sample world; it goes with the folder.
pub(crate) async fn sample_case() -> (TempDir, Case) {
    sample_case_with(&[]).await
}

/// The same with more telemetry.
pub(crate) async fn sample_case_with(telemetry: &[PathBuf]) -> (TempDir, Case) {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::create_with(folder.path().join("case"), options(Limits::default())).unwrap();
    for kind in Kind::ALL {
        let more = telemetry.iter().filter(|_| kind == Kind::Telemetry);
        let paths = std::iter::once(samples().join(kind.name())).chain(more.cloned());
        let report = case.ingest(kind, paths, &IngestOptions::default()).await.unwrap();
        assert!(!report.loaded_nothing());
    }
    (folder, case)
}
