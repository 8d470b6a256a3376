//! One ingest: source files of one kind in, staged Parquet files out.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use crate::digest::FileDigest;
use crate::error::Error;
use crate::kind::Kind;
use crate::outcome::{Account, FileOutcome};
use crate::parquet_out::StagedFile;
use crate::pseudonym::Pseudonyms;
use crate::reading::Reading;
use crate::schema::Table;
use crate::sites::{SiteEnd, SiteVersions};
use crate::sources::{SourceFile, SourceProblem, io_reason, last_part};
use crate::staging::Staging;
use crate::table_rows::Value;
use crate::{networks, reports, sites, telemetry};

/// What holds for all files of an ingest. Its debug form leaves out the key and the report ids.
#[derive(Clone)]
pub struct Options {
    /// The key of the pseudonyms of advertising ids.
    pub pseudonym_key: [u8; 32],
    /// What plain lists of prefixes hold; `None` to go by the names of files and folders.
    pub network_kind: Option<String>,
    /// The first moment, in microseconds since 1970, of networks, and of sites that state none; `None` for open.
    pub valid_from: Option<i64>,
    /// The moment from which on those no longer hold; `None` for open.
    pub valid_to: Option<i64>,
    /// The time of the ingest in microseconds since 1970.
    pub ingested_at: i64,
    /// The reports that the case has already.
    pub known_report_ids: HashSet<String>,
    /// The versions of sites that the case has already.
    pub known_sites: SiteVersions,
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("network_kind", &self.network_kind)
            .field("valid_from", &self.valid_from)
            .field("valid_to", &self.valid_to)
            .field("ingested_at", &self.ingested_at)
            .finish_non_exhaustive()
    }
}

/// The digest of what could not be read.
const UNREAD: FileDigest = FileDigest {
    sha256: String::new(),
    size_bytes: 0,
};

/// What an ingest wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staged {
    /// The Parquet files, in order of table and number.
    pub files: Vec<StagedFile>,
    /// Versions of sites, in the case or in these files, that are to end; see [`end_site_versions`](crate::end_site_versions).
    pub site_ends: Vec<SiteEnd>,
}

/// Reads source files of one kind into Parquet files in a staging folder.
///
/// Faults of source files never end an ingest: they are counted, written to the table `rejects` and told in the
/// [`FileOutcome`]. If adding a file fails, the staging folder is incomplete and must be discarded.
pub struct Ingest {
    kind: Kind,
    options: Options,
    staging: Staging,
    pseudonyms: Pseudonyms,
    /// The file of every report id met so far.
    reports: HashMap<String, String>,
    sites: SiteVersions,
}

impl Ingest {
    /// Begins an ingest. The staging folder is made when it is first needed, and must not hold files of another ingest.
    pub fn new(kind: Kind, options: Options, staging: &Path) -> Self {
        Self {
            kind,
            staging: Staging::new(staging),
            pseudonyms: Pseudonyms::new(&options.pseudonym_key),
            reports: HashMap::new(),
            sites: options.known_sites.clone(),
            options,
        }
    }

    /// Reads a source file.
    ///
    /// # Errors
    /// Where the staging folder cannot be written.
    pub fn add(&mut self, file: &SourceFile) -> Result<FileOutcome, Error> {
        match FileDigest::of(&file.path) {
            Ok(digest) => self.add_digested(file, &digest),
            Err(error) => {
                self.account_for(file, &UNREAD, |reading, _| reading.reject_file(io_reason(&error)))
            }
        }
    }

    /// Reads a source file whose digest is known already, which saves reading it twice.
    ///
    /// # Errors
    /// Where the staging folder cannot be written.
    pub fn add_digested(&mut self, file: &SourceFile, digest: &FileDigest) -> Result<FileOutcome, Error> {
        self.account_for(file, digest, |reading, memory| {
            if digest.size_bytes == 0 {
                return reading.reject_file("empty file");
            }
            match reading.kind {
                Kind::Reports => reports::read(reading, memory.reports),
                Kind::Telemetry => telemetry::read(reading, memory.pseudonyms),
                Kind::Sites => sites::read(reading, memory.sites),
                Kind::Networks => networks::read(reading),
            }
        })
    }

    /// Enters a path that could not be listed into the account: a file that was rejected whole.
    ///
    /// # Errors
    /// Where the staging folder cannot be written.
    pub fn add_problem(&mut self, problem: &SourceProblem) -> Result<FileOutcome, Error> {
        let source = SourceFile {
            path: problem.path.clone(),
            name: last_part(&problem.path),
        };
        self.account_for(&source, &UNREAD, |reading, _| {
            reading.reject_file(problem.reason.as_str())
        })
    }

    /// Ends the ingest and returns what was written.
    ///
    /// # Errors
    /// Where the staging folder cannot be written.
    pub fn finish(self) -> Result<Staged, Error> {
        Ok(Staged {
            files: self.staging.finish()?,
            site_ends: self.sites.into_ends(),
        })
    }

    /// Opens an account for the file, lets it be read, and enters the account into the ledger.
    fn account_for(
        &mut self,
        source: &SourceFile,
        digest: &FileDigest,
        read: impl FnOnce(&mut Reading<'_>, Memory<'_>) -> Result<(), Error>,
    ) -> Result<FileOutcome, Error> {
        let memory = Memory {
            pseudonyms: &self.pseudonyms,
            reports: &mut self.reports,
            sites: &mut self.sites,
        };
        let mut reading = Reading {
            kind: self.kind,
            source,
            digest,
            options: &self.options,
            staging: &mut self.staging,
            account: Account::default(),
        };
        read(&mut reading, memory)?;
        let account = reading.account;
        self.enter_into_ledger(source, digest, &account)?;
        Ok(account.into_outcome(source.name.clone(), digest.sha256.clone(), digest.size_bytes))
    }

    fn enter_into_ledger(
        &mut self,
        source: &SourceFile,
        digest: &FileDigest,
        account: &Account,
    ) -> Result<(), Error> {
        let options = match self.kind {
            Kind::Networks | Kind::Sites => Some(&self.options),
            Kind::Reports | Kind::Telemetry => None,
        };
        for counts in account.counts() {
            self.staging.push(
                Table::Ledger,
                &[
                    Value::Time(self.options.ingested_at),
                    Value::Text(self.kind.name()),
                    Value::text(account.layout.map(|layout| layout.name())),
                    Value::Text(&source.name),
                    Value::Text(&digest.sha256),
                    Value::count(digest.size_bytes),
                    Value::Text(counts.unit.name()),
                    Value::count(counts.rows_in),
                    Value::count(counts.rows_loaded),
                    Value::count(counts.rows_rejected),
                    Value::text(options.and_then(|options| options.network_kind.as_deref())),
                    Value::time(options.and_then(|options| options.valid_from)),
                    Value::time(options.and_then(|options| options.valid_to)),
                ],
            )?;
        }
        Ok(())
    }
}

/// What an ingest remembers from file to file.
struct Memory<'a> {
    pseudonyms: &'a Pseudonyms,
    reports: &'a mut HashMap<String, String>,
    sites: &'a mut SiteVersions,
}

#[cfg(test)]
#[path = "ingest_tests.rs"]
mod tests;
