use datafusion::parquet::errors::ParquetError;

use super::*;

#[test]
fn a_full_disk_is_a_limit_with_a_hint_of_its_own() {
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    for (error, named) in [
        (Error::io("a/manifest.json")(full()), "a/manifest.json"),
        (
            Error::Ingest(tieline_ingest::Error::Parquet {
                path: "a/t.parquet".into(),
                source: ParquetError::External(Box::new(full())),
            }),
            "a/t.parquet: no storage space",
        ),
        (Error::from(DataFusionError::IoError(full())), "no storage space"),
    ] {
        assert!(error.is_limit(), "{error}");
        assert!(error.to_string().contains(named), "{error}");
        assert_eq!(
            error.hint().as_deref(),
            Some("make room, then repeat the command")
        );
    }
    let other = Error::io("a")(io::ErrorKind::PermissionDenied.into());
    assert!(!other.is_limit() && other.hint().is_none());
}
