use std::sync::Arc;

use super::*;

fn execution(text: &str) -> DataFusionError {
    DataFusionError::Execution(text.to_owned())
}

#[test]
fn a_message_that_nobody_knows_becomes_its_kind() {
    let secret = || "North Shoal".to_owned();
    for (error, kind) in [
        (execution("North Shoal"), "Execution error"),
        (DataFusionError::Plan(secret()), "Error during planning"),
        (DataFusionError::Internal(secret()), "Internal error"),
        (DataFusionError::External(secret().into()), "External error"),
        (
            ArrowError::ParseError(secret()).into(),
            "Arrow error: Parser error",
        ),
        (ParquetError::ArrowError(secret()).into(), "Parquet error: Arrow"),
        (
            ArrowError::from(ParquetError::ArrowError(secret())).into(),
            "Arrow error: Parquet argument error",
        ),
        (DataFusionError::Ffi(secret()), "FFI error"),
    ] {
        assert_eq!(without_values(&error), format!("{kind}: {NOT_SHOWN}"));
    }
    let error = io::Error::other(secret()).into();
    assert_eq!(without_values(&error), "IO error: other error");
}

#[test]
fn what_is_around_an_error_is_left_out_and_what_is_within_is_found() {
    let cast = || ArrowError::CastError("Cannot cast string 'North' to value of Int32 type".into());
    let shown = "Arrow error: Cast error: Cannot cast string '…' to value of Int32 type";
    for error in [
        DataFusionError::from(cast()),
        DataFusionError::from(cast()).context("of North Shoal"),
        DataFusionError::Shared(Arc::new(cast().into())),
        DataFusionError::External(Box::new(DataFusionError::from(cast()))),
        ArrowError::ExternalError(Box::new(DataFusionError::from(cast()))).into(),
        ParquetError::External(Box::new(cast())).into(),
        io::Error::other(DataFusionError::from(cast())).into(),
        DataFusionError::Collection(vec![cast().into(), execution("North Shoal")]),
    ] {
        assert_eq!(without_values(&error), shown);
    }
}

#[test]
fn errors_of_ours_of_files_and_of_memory_are_whole() {
    let ours = Plain("set tieline.band_strategy = 'sorted'");
    for error in [ours.into(), DataFusionError::Shared(Arc::new(ours.into()))] {
        assert_eq!(without_values(&error), ours.0);
    }
    let missing = DataFusionError::IoError(io::ErrorKind::NotFound.into());
    assert_eq!(without_values(&missing), missing.to_string());
    let memory = DataFusionError::ResourcesExhausted("set tieline.range_strategy = 'sorted'".into());
    let memory = memory.context("the build side of a join does not fit");
    assert_eq!(without_values(&memory), memory.to_string());
    let short = || StoreError::Generic {
        store: "LocalFiles",
        source: "cases/t.parquet: the file is shorter than what is to be read of it".into(),
    };
    let shown = DataFusionError::from(short()).to_string();
    assert!(shown.starts_with("Object Store error: ") && shown.contains("cases/t.parquet"));
    let read = DataFusionError::from(ParquetError::External(Box::new(short())));
    assert_eq!(without_values(&read), shown);
    let corrupt = ParquetError::General("Invalid Parquet file. Corrupt footer".into()).into();
    assert!(without_values(&corrupt).ends_with("Corrupt footer"));
    let page = ArrowError::from(ParquetError::General("Invalid page header".into())).into();
    assert_eq!(
        without_values(&page),
        "Arrow error: Parquet error: Invalid page header"
    );
    assert_eq!(
        without_values(&ArrowError::DivideByZero.into()),
        "Arrow error: Divide by zero error"
    );
}
