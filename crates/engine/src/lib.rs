//! Tieline ties reports to places: the library.
//!
//! A [`Case`] is a folder of Parquet tables. [`Case::ingest`] fills them from source files, [`Case::sql`] answers SQL over
//! them, [`Case::run`] runs an investigation: SQL plans in order, whose results are tables again.
//!
//! What this crate does not do: it never connects to a network, never reads the content of a reported file, and never
//! identifies a person. A link is a lead.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! use tieline::{Case, IngestOptions, Kind};
//!
//! let mut case = Case::create(folder.path().join("case"))?;
//! let report = case.ingest(Kind::Reports, ["no such folder"], &IngestOptions::default()).await?;
//! assert!(report.loaded_nothing());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The README's program is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

mod cached_pages;
mod calendar;
mod case;
mod deadline;
mod durable;
mod error;
mod local_files;
mod panics;
mod plans;
mod query;
mod read_buffers;
mod scanned_files;
mod session;
mod statements;
mod text;
mod without_values;

pub use datafusion;
pub use tieline_functions as functions;
pub use tieline_ingest::{
    Doubt, FileOutcome, Kind, Note, Reject, SitesCheck, SourceFile, SourceProblem, Table, Unit, UnitCounts,
    check_sites,
};

pub use case::{
    Case, CaseOptions, FileEntry, FileReport, IngestOptions, IngestReport, KeySource, Manifest, Settings,
    TableEntry,
};
pub use deadline::PLANNING_STACK_BYTES;
pub use error::{Error, Result};
pub use plans::{
    CAUTIONS, ColumnType, Header, Investigation, OutputColumns, Parameter, Params, ReadsTable, ReturnsColumn,
    Run, RunManifest, Step, StepRecord, Value, ValueType,
};
pub use query::{collect, plan, stream};
pub use session::{Limits, session};
pub use statements::split_statements;
pub use text::printable;
