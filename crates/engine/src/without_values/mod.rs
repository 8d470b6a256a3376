//! What a failed query says, without a value of the data.
//!
//! Engines quote the value that they stumble over, in quotes of any kind or in none. So nothing that was said while a query ran is
//! repeated, unless it is known to hold no value: a kind of error that speaks of files, memory or names only, a text of ours, or
//! one of the [`known`] messages, whose values are replaced by `…`.

mod known;

use std::borrow::Cow;
use std::error::Error;
use std::io;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::object_store::Error as StoreError;
use datafusion::parquet::errors::ParquetError;
use tieline_functions::Plain;

use crate::scanned_files::InFiles;

/// What stands in the place of a message that may hold a value.
const NOT_SHOWN: &str = "not shown, since it may hold a value of the data";

/// What is said around an error of telling a schema, with the file's path in its store behind it.
const CSV_FILE: &str = "Error when processing CSV file ";

/// The message of an error that a query met while it ran.
pub(crate) fn without_values(error: &DataFusionError) -> String {
    // It speaks of bytes and of the operators that hold them, and so does what was said about it on its way.
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
        return error.to_string();
    }
    match error {
        DataFusionError::Shared(error) => without_values(error),
        DataFusionError::Context(text, error) if text.starts_with(CSV_FILE) => {
            format!("/{}: {}", &text[CSV_FILE.len()..], without_values(error))
        }
        // What is said around an error may hold values too.
        DataFusionError::Context(_, error) | DataFusionError::Diagnostic(_, error) => without_values(error),
        DataFusionError::Collection(errors) => errors.first().map_or_else(String::new, without_values),
        // Names of columns and tables, the statement, paths, and bytes.
        DataFusionError::SchemaError(..)
        | DataFusionError::SQL(..)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::ResourcesExhausted(_) => error.to_string(),
        DataFusionError::ArrowError(error, _) => of_arrow(error),
        DataFusionError::ParquetError(error) => of_parquet(error),
        DataFusionError::IoError(error) => of_io(error),
        DataFusionError::External(error) => of_any(error.as_ref()),
        DataFusionError::Execution(text) => said("Execution error", text),
        DataFusionError::Plan(text) => said("Error during planning", text),
        DataFusionError::NotImplemented(text) => said("This feature is not implemented", text),
        DataFusionError::Configuration(text) => said("Invalid or Unsupported Configuration", text),
        DataFusionError::Internal(text) => said("Internal error", text),
        DataFusionError::ExecutionJoin(_) => hidden("ExecutionJoin error"),
        DataFusionError::Substrait(_) => hidden("Substrait error"),
        DataFusionError::Ffi(_) => hidden("FFI error"),
    }
}

fn of_arrow(error: &ArrowError) -> String {
    let (kind, text) = match error {
        ArrowError::ExternalError(error) => return of_any(error.as_ref()),
        ArrowError::IoError(_, error) => return of_io(error),
        ArrowError::CastError(text) => ("Cast error", text),
        ArrowError::ParseError(text) => ("Parser error", text),
        ArrowError::ComputeError(text) => ("Compute error", text),
        ArrowError::ArithmeticOverflow(text) => ("Arithmetic overflow", text),
        ArrowError::InvalidArgumentError(text) => ("Invalid argument error", text),
        ArrowError::CsvError(text) => ("Csv error", text),
        ArrowError::JsonError(text) => ("Json error", text),
        ArrowError::NotYetImplemented(text) => ("Not yet implemented", text),
        ArrowError::SchemaError(text) => ("Schema error", text),
        ArrowError::ParquetError(text) if SAID_OF_PARQUET.iter().any(|kind| text.starts_with(kind)) => {
            return format!("Arrow error: {text}");
        }
        ArrowError::ParquetError(text) => ("Parquet argument error", text),
        ArrowError::DivideByZero
        | ArrowError::DictionaryKeyOverflowError
        | ArrowError::RunEndIndexOverflowError
        | ArrowError::OffsetOverflowError(_) => return format!("Arrow error: {error}"),
        _ => return hidden("Arrow error"),
    };
    format!("Arrow error: {}", said(kind, text))
}

/// How the texts of Parquet's errors begin that speak of a file's structure.
const SAID_OF_PARQUET: [&str; 3] = ["Parquet error: ", "EOF: ", "NYI: "];

/// A reader of files speaks of their structure; what it heard from others is another matter.
fn of_parquet(error: &ParquetError) -> String {
    match error {
        ParquetError::External(error) => of_any(error.as_ref()),
        ParquetError::ArrowError(text) => said("Parquet error: Arrow", text),
        error => format!("Parquet error: {error}"),
    }
}

/// The operating system knows no values; others may have put an error of theirs into one of its kind.
fn of_io(error: &io::Error) -> String {
    match error.get_ref() {
        None => format!("IO error: {error}"),
        Some(inner) if is_understood(inner) => of_any(inner),
        Some(_) => format!("IO error: {}", error.kind()),
    }
}

fn is_understood(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error.is::<Plain>()
        || error.is::<DataFusionError>()
        || error.is::<ArrowError>()
        || error.is::<ParquetError>()
        || error.is::<StoreError>()
        || error.is::<io::Error>()
}

fn of_any(error: &(dyn Error + Send + Sync + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<Plain>() {
        error.to_string()
    } else if let Some(error) = error.downcast_ref::<InFiles>() {
        error.to_string()
    } else if let Some(error) = error.downcast_ref::<DataFusionError>() {
        without_values(error)
    } else if let Some(error) = error.downcast_ref::<ArrowError>() {
        of_arrow(error)
    } else if let Some(error) = error.downcast_ref::<ParquetError>() {
        of_parquet(error)
    } else if let Some(error) = error.downcast_ref::<StoreError>() {
        format!("Object Store error: {error}")
    } else if let Some(error) = error.downcast_ref::<io::Error>() {
        of_io(error)
    } else {
        hidden("External error")
    }
}

/// The kind of an error with as much of its text as is known to hold no value.
fn said(kind: &str, text: &str) -> String {
    let text = known::without_values(text).map_or(Cow::Borrowed(NOT_SHOWN), Cow::Owned);
    format!("{kind}: {text}")
}

fn hidden(kind: &str) -> String {
    format!("{kind}: {NOT_SHOWN}")
}

#[cfg(test)]
#[path = "without_values_tests.rs"]
mod tests;
