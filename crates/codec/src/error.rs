//! What is said of plans that cannot be written or read. No message holds a value of the plan.

use datafusion::error::DataFusionError;

/// Bytes that are no plan, or not all of one.
pub(crate) fn malformed(what: &str) -> DataFusionError {
    DataFusionError::Execution(format!(
        "malformed plan: {what}; was it cut off or changed on its way?"
    ))
}

/// A plan of another build.
pub(crate) fn foreign(what: &str) -> DataFusionError {
    DataFusionError::Execution(format!(
        "{what}: run the same version of tieline in every process"
    ))
}

/// A piece that there is no message for.
pub(crate) fn unwritable(what: &str) -> DataFusionError {
    DataFusionError::NotImplemented(format!(
        "{what} cannot be sent to another process: add its owner's codec, or plan without it"
    ))
}

/// DataFusion's error without the plan or the expression that it appends, which holds values.
pub(crate) fn without_values(error: DataFusionError) -> DataFusionError {
    let text = error.to_string();
    let appended = [". Plan: ", ". Expr: "]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    match appended {
        Some(end) => DataFusionError::NotImplemented(text[..end].to_owned()),
        None => error,
    }
}
