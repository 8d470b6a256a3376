//! Source formats to Parquet tables, with quality flags, rejects and a ledger.
//!
//! An [`Ingest`] reads source files of one [`Kind`] and writes Parquet files of the case's tables into a staging folder.
//! It knows nothing of cases, manifests or SQL: who calls it moves the staged files into a case. It makes no network
//! call and reads no file content that a report refers to.
//!
//! Rows in are rows loaded plus rows rejected, for every file and unit. A fault of a source is a reject with file, row,
//! field and reason, never the value; doubtful rows are loaded and flagged.
//!
//! ```
//! use tieline_ingest::{Ingest, Kind, Options, find_files};
//!
//! let folder = tempfile::tempdir()?;
//! let csv = folder.path().join("observations.csv");
//! std::fs::write(
//!     &csv,
//!     "device_id,latitude,longitude,timestamp,ip_address\n\
//!      ,-20.1234,80.1234,1764000000,203.0.113.7\n\
//!      ,-20.1234,80.1234,1764000000,203.0.113\n",
//! )?;
//! let options = Options {
//!     pseudonym_key: [0; 32],
//!     network_kind: None,
//!     valid_from: None,
//!     valid_to: None,
//!     ingested_at: 1_764_000_000_000_000,
//!     known_report_ids: Default::default(),
//!     known_sites: Default::default(),
//! };
//! let mut ingest = Ingest::new(Kind::Telemetry, options, &folder.path().join("staging"));
//! let (files, problems) = find_files(&[csv], Kind::Telemetry);
//! assert!(problems.is_empty());
//! let outcome = ingest.add(&files[0])?;
//! assert_eq!((outcome.counts[0].rows_in, outcome.counts[0].rows_loaded), (2, 1));
//! assert_eq!(outcome.rejects[0].to_string(), "line 3: ip_address: not an IP address");
//! assert_eq!(outcome.flagged, [("id_missing", 1), ("special_ip", 1)]);
//! let tables: Vec<_> = ingest.finish()?.files.iter().map(|file| file.table.name()).collect();
//! assert_eq!(tables, ["telemetry", "rejects", "ledger"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address_networks;
mod csv_header;
mod csv_rows;
mod digest;
mod error;
mod file_writer;
mod ingest;
mod json;
mod kind;
mod lines;
mod networks;
mod outcome;
mod parquet_out;
mod position;
mod pseudonym;
pub mod quality;
mod reading;
mod reports;
pub mod schema;
#[cfg(test)]
mod scratch;
mod sites;
mod sources;
mod staging;
mod table_rows;
mod telemetry;
mod timestamp;

pub use address_networks::{RoutableRange, address_networks, routable_ranges};
pub use digest::{FileDigest, sha256_of};
pub use error::Error;
pub use ingest::{Ingest, Options, Staged};
pub use kind::{Kind, Layout, ParseKindError, Unit};
pub use outcome::{FileOutcome, LISTED_REJECTS, Note, Reject, UnitCounts};
pub use parquet_out::{StagedFile, write_table};
pub use pseudonym::pseudonym;
pub use schema::Table;
pub use sites::{Doubt, SiteEnd, SiteVersions, SitesCheck, check_sites, end_site_versions};
pub use sources::{SourceFile, SourceProblem, find_files};
pub use timestamp::{OPEN_BEGINNING_US, OPEN_END_US};
