//! Adding source files to a case: everything is written beside the tables first, and one new manifest makes it visible.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, StringArray, cast::AsArray};
use datafusion::prelude::SessionContext;
use tieline_ingest::{
    FileDigest, FileOutcome, Ingest, Kind, Options, SiteVersions, SourceFile, SourceProblem, Staged,
    StagedFile, Table, Unit, UnitCounts,
};

use super::Case;
use super::key::Key;
use super::known_files::KnownFiles;
use super::lock::WriteLock;
use super::manifest::{FileEntry, Manifest};
use super::settings::Settings;
use super::sketch::distinct_values;
use super::table::ParquetTable;
use crate::durable::sync_folder;
use crate::error::{Error, Result};

/// What to know about the files that they do not say themselves.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// The kind of the networks in a plain list: `vpn`, `proxy`, `hosting`, `satellite`, `isp`.
    pub network_kind: Option<String>,
    /// From when the networks hold, microseconds since 1970 UTC; open if `None`.
    pub valid_from_us: Option<i64>,
    /// Until when the networks hold, exclusively, microseconds since 1970 UTC; open if `None`.
    pub valid_to_us: Option<i64>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct IngestReport {
    /// Every file in the order it was read.
    pub files: Vec<FileReport>,
    /// Whether settings lying beside the files were taken over.
    pub settings_adopted: bool,
}

/// What became of one file.
#[derive(Debug)]
pub enum FileReport {
    /// It was read, or rejected whole.
    Read(FileOutcome),
    /// The case has it already, byte for byte (networks and sites: with the same options); nothing was added.
    Duplicate(SourceFile),
}

impl IngestReport {
    /// The files that were read.
    pub fn read(&self) -> impl Iterator<Item = &FileOutcome> {
        self.files.iter().filter_map(|file| match file {
            FileReport::Read(outcome) => Some(outcome),
            FileReport::Duplicate(_) => None,
        })
    }

    /// How many files the case had already.
    pub fn duplicates(&self) -> usize {
        self.files
            .iter()
            .filter(|file| matches!(file, FileReport::Duplicate(_)))
            .count()
    }

    /// The counts per unit over all files that were read.
    pub fn units(&self) -> Vec<UnitCounts> {
        let mut totals: BTreeMap<Unit, UnitCounts> = BTreeMap::new();
        for counts in self.read().flat_map(|outcome| &outcome.counts) {
            let empty = UnitCounts {
                unit: counts.unit,
                rows_in: 0,
                rows_loaded: 0,
                rows_rejected: 0,
            };
            let total = totals.entry(counts.unit).or_insert(empty);
            total.rows_in += counts.rows_in;
            total.rows_loaded += counts.rows_loaded;
            total.rows_rejected += counts.rows_rejected;
        }
        totals.into_values().collect()
    }

    /// How many loaded rows carry each quality flag, over all files that were read.
    pub fn flags(&self) -> BTreeMap<&'static str, u64> {
        let mut totals = BTreeMap::new();
        for (flag, rows) in self.read().flat_map(|outcome| &outcome.flagged) {
            *totals.entry(*flag).or_default() += rows;
        }
        totals
    }

    /// Whether something was rejected and nothing was loaded, now or earlier.
    pub fn loaded_nothing(&self) -> bool {
        let units = self.units();
        let rejected = units.iter().any(|counts| counts.rows_rejected > 0);
        rejected && self.duplicates() == 0 && units.iter().all(|counts| counts.rows_loaded == 0)
    }
}

impl Case {
    /// Converts files, or all files of folders, and adds them to the case's tables.
    ///
    /// Rows that cannot be loaded are counted and named in `rejects`; `ledger` has the counts of every file. A file that
    /// the case has already, byte for byte (networks and sites: with the same options), adds nothing. A row of sites that
    /// repeats a version in all but its end, which is earlier, ends that version. Files of the case itself are no sources.
    ///
    /// # Errors
    /// [`Error::CaseBusy`] while another process writes the case; [`Error::WrongKey`]; [`Error::Io`] where the case
    /// cannot be written. A source file that cannot be read is no error but a reject.
    pub async fn ingest<P: AsRef<Path>>(
        &mut self,
        kind: Kind,
        paths: impl IntoIterator<Item = P>,
        options: &IngestOptions,
    ) -> Result<IngestReport> {
        let paths: Vec<PathBuf> = paths
            .into_iter()
            .map(|path| path.as_ref().to_path_buf())
            .collect();
        self.log("ingest", &format!("ingest {kind} of {} paths", paths.len()))?;
        let lock = Arc::new(WriteLock::take(&self.folder)?);
        self.reopen()?;

        // Before anything is read: settings that are not understood are no reason to leave files half accounted for.
        let settings = paths
            .iter()
            .find_map(|path| Settings::beside(path, &self.folder).transpose());
        let settings = settings.transpose()?;
        let (mut manifest, key) = (self.manifest.clone(), self.key_for(kind)?);
        if let Some(key) = &key {
            manifest.key_fingerprint = Some(key.fingerprint());
        }
        let mut staging = Staging::new(&self.folder, manifest.version + 1)?;
        let ingest_options = self.options_for(kind, options, key.as_ref()).await?;
        let known = self.distinct_texts(&KnownFiles::query(kind)).await?;
        let known = KnownFiles::new(kind, options, known);
        let ingest = Ingest::new(kind, ingest_options, &staging.folder);
        let mut found = tieline_ingest::find_files(&paths, kind);
        self.leave_out_own(&paths, &mut found.0);
        // The reader goes on for a while where nobody waits for it any more, and nobody else may write until it has ended.
        let held = Arc::clone(&lock);
        let work = move || {
            let _held = held;
            read_sources(ingest, &found, known)
        };
        let (files, staged) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Error::malformed("ingest", "the reader ended early"))??;

        self.publish(&staged, &mut manifest, &mut staging).await?;
        if !staged.files.is_empty() {
            // Before the manifest is there, which may be so also where replacing it fails.
            staging.keep();
            manifest.replace(&self.folder)?;
        }
        if let Some(settings) = &settings {
            Settings::adopt(settings, &self.folder)?;
        }
        self.reopen()?;
        Ok(IngestReport {
            files,
            settings_adopted: settings.is_some(),
        })
    }

    /// Takes the case's own files from those found, where the case lies in a folder of sources.
    fn leave_out_own(&self, paths: &[PathBuf], files: &mut Vec<SourceFile>) {
        let Ok(case) = fs::canonicalize(&self.folder) else {
            return;
        };
        let is_within = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|folder| case.starts_with(folder));
        if paths.iter().any(is_within) {
            files.retain(|file| !fs::canonicalize(&file.path).is_ok_and(|path| path.starts_with(&case)));
        }
    }

    /// Looks at the case anew: another process may have written it since.
    fn reopen(&mut self) -> Result<()> {
        *self = Self::load(&self.folder, self.options.clone())?;
        Ok(())
    }

    /// The key, where files of this kind hold device ids.
    fn key_for(&self, kind: Kind) -> Result<Option<Key>> {
        if kind != Kind::Telemetry {
            return Ok(None);
        }
        match &self.manifest.key_fingerprint {
            None => Key::load_or_make(&self.options.key).map(Some),
            // A key that is made now cannot be the one that made the pseudonyms there are.
            Some(expected) => match Key::load(&self.options.key)? {
                key if key.fingerprint() == *expected => Ok(Some(key)),
                key => Err(Error::WrongKey { path: key.path }),
            },
        }
    }

    async fn options_for(&self, kind: Kind, options: &IngestOptions, key: Option<&Key>) -> Result<Options> {
        let known_report_ids = match kind {
            Kind::Reports => self.distinct_texts("SELECT report_id FROM reports").await?,
            _ => HashSet::new(),
        };
        let known_sites = match kind {
            Kind::Sites => self.known_sites().await?,
            _ => SiteVersions::default(),
        };
        Ok(Options {
            // Only telemetry is pseudonymised, and it always comes with a key.
            pseudonym_key: key.map(|key| key.bytes).unwrap_or_default(),
            network_kind: options.network_kind.clone(),
            valid_from: options.valid_from_us,
            valid_to: options.valid_to_us,
            ingested_at: chrono::Utc::now().timestamp_micros(),
            known_report_ids,
            known_sites,
        })
    }

    /// The versions of the sites of the case.
    async fn known_sites(&self) -> Result<SiteVersions> {
        let query =
            "SELECT site_id, name, country, status, valid_from, valid_to, time_zone, geometry FROM sites";
        let batches = self.session.sql(query).await?.collect().await?;
        Ok(SiteVersions::of(&batches)?)
    }

    async fn distinct_texts(&self, query: &str) -> Result<HashSet<String>> {
        let batches = self.session.sql(query).await?.collect().await?;
        let mut texts = HashSet::new();
        for batch in &batches {
            let column: &StringArray = batch.column(0).as_string();
            texts.extend((0..column.len()).map(|row| column.value(row).to_owned()));
        }
        Ok(texts)
    }

    /// Names the new files in the manifest, with what follows from them: the derived table, and the sites that they end.
    async fn publish(&self, staged: &Staged, manifest: &mut Manifest, staging: &mut Staging) -> Result<()> {
        let rewritten = (!staged.site_ends.is_empty()).then_some(Table::Sites);
        for file in &staged.files {
            if Some(file.table) != rewritten {
                manifest.add(file.table.name(), self.published(staging, file).await?);
            }
        }
        if let Some(table) = rewritten {
            let ended = self.end_sites(manifest, staged, staging).await?;
            manifest.set(table.name(), ended);
        }
        if staged.files.iter().any(|file| file.table == Table::Networks) {
            let merged = self.merge_networks(manifest, staging).await?;
            manifest.set(Table::AddressNetworks.name(), merged);
        }
        Ok(())
    }

    /// Derives `address_networks` from all files of `networks`.
    async fn merge_networks(&self, manifest: &Manifest, staging: &mut Staging) -> Result<FileEntry> {
        let batches = rows(Table::Networks, self.files_of(Table::Networks, manifest)).await?;
        let merged = tieline_ingest::address_networks(&batches)?;
        let path = staging.folder.join("merged.parquet");
        let file = tieline_ingest::write_table(Table::AddressNetworks, vec![merged], &path)?;
        self.published(staging, &file).await
    }

    /// All of `sites`, the new rows too, in one file in which versions have ended: files that were named are never changed.
    async fn end_sites(
        &self,
        manifest: &Manifest,
        staged: &Staged,
        staging: &mut Staging,
    ) -> Result<FileEntry> {
        let mut paths = self.files_of(Table::Sites, manifest);
        let new = staged.files.iter().filter(|file| file.table == Table::Sites);
        paths.extend(new.map(|file| file.path.clone()));
        let batches = rows(Table::Sites, paths).await?;
        let ended = tieline_ingest::end_site_versions(&batches, &staged.site_ends)?;
        let path = staging.folder.join("ended.parquet");
        let file = tieline_ingest::write_table(Table::Sites, ended, &path)?;
        self.published(staging, &file).await
    }

    /// A finished file under its lasting name, with what a planner wants to know of it.
    async fn published(&self, staging: &mut Staging, file: &StagedFile) -> Result<FileEntry> {
        let mut entry = staging.publish(file)?;
        // An estimate that cannot be had is none, and no reason to refuse the file.
        let distinct = distinct_values(&file.table.schema(), &self.folder.join(&entry.path)).await;
        entry.distinct = distinct.unwrap_or_default();
        Ok(entry)
    }
}

/// All rows of files of a table.
async fn rows(table: Table, files: Vec<PathBuf>) -> Result<Vec<RecordBatch>> {
    let table = ParquetTable::new(table.schema(), files);
    let frame = SessionContext::new().read_table(Arc::new(table))?;
    Ok(frame.collect().await?)
}

/// Reads every file that is new, and enters the paths that could not be listed into the account.
fn read_sources(
    mut ingest: Ingest,
    (sources, problems): &(Vec<SourceFile>, Vec<SourceProblem>),
    mut known: KnownFiles,
) -> Result<(Vec<FileReport>, Staged)> {
    let mut files = Vec::with_capacity(sources.len() + problems.len());
    for problem in problems {
        files.push(FileReport::Read(ingest.add_problem(problem)?));
    }
    for source in sources {
        let outcome = match FileDigest::of(&source.path) {
            Ok(digest) if known.has(&digest.sha256, source) => {
                files.push(FileReport::Duplicate(source.clone()));
                continue;
            }
            Ok(digest) => ingest.add_digested(source, &digest)?,
            // The reader meets the same error, says why and counts it.
            Err(_) => ingest.add(source)?,
        };
        if outcome.counts.iter().any(|counts| counts.rows_loaded > 0) {
            known.add(&outcome.sha256, source);
        }
        files.push(FileReport::Read(outcome));
    }
    Ok((files, ingest.finish()?))
}

/// A folder inside the case for files that no manifest names yet; gone when dropped, and with it the files that have left it for
/// their lasting names, unless they are kept.
struct Staging {
    case: PathBuf,
    folder: PathBuf,
    version: u64,
    published: Vec<PathBuf>,
}

impl Staging {
    fn new(case: &Path, version: u64) -> Result<Self> {
        let folder = case.join("tables").join(".staging");
        if folder.exists() {
            // Left behind by a process that was ended: nothing refers to it, and the lock is ours.
            fs::remove_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        Ok(Self {
            case: case.into(),
            folder,
            version,
            published: Vec::new(),
        })
    }

    /// The files are to stay: a manifest is about to name them.
    fn keep(&mut self) {
        self.published.clear();
    }

    /// Gives a finished file its lasting name.
    fn publish(&mut self, file: &StagedFile) -> Result<FileEntry> {
        let folder = self.case.join("tables").join(file.table.name());
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let name = (0..)
            .map(|number| format!("{:06}-{number}.parquet", self.version))
            .find(|name| !folder.join(name).exists())
            .unwrap_or_default();
        let target = folder.join(&name);
        fs::rename(&file.path, &target).map_err(Error::io(&target))?;
        self.published.push(target);
        sync_folder(&folder)?;
        Ok(FileEntry {
            path: format!("tables/{}/{name}", file.table.name()),
            rows: file.rows,
            size_bytes: file.digest.size_bytes,
            sha256: file.digest.sha256.clone(),
            distinct: BTreeMap::new(),
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What is left is not part of any version; the next writer removes the folder if this fails.
        let _ = fs::remove_dir_all(&self.folder);
        for path in &self.published {
            let _ = fs::remove_file(path);
        }
    }
}

/// SHA-256 of a file of the case.
pub(crate) fn sha256_of_file(path: &Path) -> Result<String> {
    tieline_ingest::sha256_of(path).map_err(Error::io(path))
}
