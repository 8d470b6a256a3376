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
    sample_case_of(&[samples().join("telemetry")]).await
}

/// The same with this telemetry instead.
pub(crate) async fn sample_case_of(telemetry: &[PathBuf]) -> (TempDir, Case) {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::create_with(folder.path().join("case"), options(Limits::default())).unwrap();
    for kind in Kind::ALL {
        let paths = match kind {
            Kind::Telemetry => telemetry.to_vec(),
            _ => vec![samples().join(kind.name())],
        };
        let report = case.ingest(kind, paths, &IngestOptions::default()).await.unwrap();
        assert!(!report.loaded_nothing());
    }
    (folder, case)
}
