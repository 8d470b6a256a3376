//! A case: a folder with tables, the manifest that names their files, the settings, the log and the results.
//!
//! ```text
//! case/
//!   manifest.json     which files make up which table; replaced as a whole
//!   case.toml         settings, written by people
//!   tables/<table>/   Parquet files, never changed once named in a manifest
//!   results/<run>/    what investigations found, each with its own manifest
//!   log.jsonl         every statement with its time and purpose
//!   lock              held while the case is written
//! ```

mod ingest;
mod key;
mod known_files;
mod lock;
mod manifest;
mod settings;
mod sketch;
mod statement_log;
pub(crate) mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::prelude::{DataFrame, SessionContext};
use tieline_ingest::{RoutableRange, Table, routable_ranges};

pub use self::ingest::{FileReport, IngestOptions, IngestReport};
pub use self::key::KeySource;
pub use self::manifest::{FileEntry, Manifest, TableEntry};
pub use self::settings::Settings;

pub(crate) use self::ingest::sha256_of_file;

use self::statement_log::Entry;
use self::table::ParquetTable;
use crate::error::{Error, Result};
use crate::plans::register_latest;
use crate::query;
use crate::session::{Limits, session};

/// How a case is opened.
#[derive(Debug, Clone, Default)]
pub struct CaseOptions {
    /// Memory and time that a query may use.
    pub limits: Limits,
    /// The key of the pseudonyms.
    pub key: KeySource,
    /// Why the case is opened; logged with every statement.
    pub purpose: Option<String>,
    /// Registers `protected_ip_events`, for the reason given here, which is logged. Without it, no table
    /// holds the addresses of victims and recipients, so that no query meets them by accident.
    pub protected_reason: Option<String>,
}

/// An open case.
///
/// # Example
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// let case = tieline::Case::create(folder.path().join("case"))?;
/// let batches = case.sql("SELECT count(*) AS reports FROM reports").await?.collect().await?;
/// assert_eq!(batches[0].num_rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Case {
    folder: PathBuf,
    options: CaseOptions,
    manifest: Manifest,
    settings: Settings,
    session: SessionContext,
    notes: Vec<String>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case")
            .field("folder", &self.folder)
            .field("version", &self.manifest.version)
            .finish_non_exhaustive()
    }
}

impl Case {
    /// Makes an empty case in a folder that is new or empty.
    ///
    /// # Errors
    /// [`Error::CaseExists`] where the folder holds a case; [`Error::FolderInUse`] where it holds anything else but a lone
    /// `case.toml`.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self> {
        Self::create_with(folder, CaseOptions::default())
    }

    /// [`Case::create`] with options.
    ///
    /// # Errors
    /// As [`Case::create`].
    pub fn create_with(folder: impl AsRef<Path>, options: CaseOptions) -> Result<Self> {
        let folder = folder.as_ref();
        check_vacant(folder)?;
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let lock = lock::WriteLock::take(folder)?;
        // Another process may have made it before the lock was ours.
        check_vacant(folder)?;
        Manifest::default().replace(folder)?;
        drop(lock);
        Self::open_with(folder, options)
    }

    /// Opens the case in a folder.
    ///
    /// # Errors
    /// [`Error::NotACase`] where there is none.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(folder, CaseOptions::default())
    }

    /// [`Case::open`] with options.
    ///
    /// # Errors
    /// As [`Case::open`]; [`Error::Malformed`] where the manifest or the settings are not understood.
    pub fn open_with(folder: impl AsRef<Path>, options: CaseOptions) -> Result<Self> {
        let case = Self::load(folder.as_ref(), options)?;
        if let Some(reason) = &case.options.protected_reason {
            let statement = "protected_ip_events is registered";
            statement_log::append(
                &case.folder,
                &Entry {
                    action: "protected",
                    statement,
                    purpose: Some(reason),
                },
            )?;
        }
        Ok(case)
    }

    fn load(given: &Path, options: CaseOptions) -> Result<Self> {
        let manifest = Manifest::read(given)?;
        let folder = given.canonicalize().map_err(Error::io(given))?;
        let settings = Settings::read(&folder)?;
        let session = session(&options.limits)?;
        let mut case = Self {
            folder,
            options,
            manifest,
            settings,
            session,
            notes: Vec::new(),
        };
        case.register_tables(&case.session)?;
        case.notes = register_latest(&case.folder, case.manifest.version, &case.session)?;
        Ok(case)
    }

    /// Opens the case in a folder, or makes it.
    ///
    /// # Errors
    /// As [`Case::create`] and [`Case::open`].
    pub fn open_or_create(folder: impl AsRef<Path>, options: CaseOptions) -> Result<Self> {
        match Self::open_with(&folder, options.clone()) {
            Err(Error::NotACase { .. }) => match Self::create_with(&folder, options.clone()) {
                Err(Error::CaseExists { .. }) => Self::open_with(folder, options),
                result => result,
            },
            result => result,
        }
    }

    /// Deletes what makes up the case in a folder, and the folder if nothing else is in it.
    ///
    /// # Errors
    /// [`Error::NotACase`] where there is none; [`Error::CaseBusy`] while it is written.
    pub fn remove(folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        Manifest::read(folder)?;
        let lock = lock::WriteLock::take(folder)?;
        for name in [
            "manifest.json",
            "manifest.json.tmp",
            "tables",
            "results",
            "log.jsonl",
            "case.toml",
            "lock",
        ] {
            let path = folder.join(name);
            if path.is_dir() {
                fs::remove_dir_all(&path).map_err(Error::io(&path))?;
            } else if path.exists() {
                fs::remove_file(&path).map_err(Error::io(&path))?;
            }
        }
        drop(lock);
        if check_vacant(folder).is_ok() {
            fs::remove_dir(folder).map_err(Error::io(folder))?;
        }
        Ok(())
    }

    /// Where the case is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version of the case that this object sees.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The settings of the case.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a reader of the results of earlier runs should know: a run that is damaged, or older than the case's tables.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Plans one SQL statement over the case's tables and logs it.
    ///
    /// # Errors
    /// As [`plan`](crate::plan).
    pub async fn sql(&self, statement: &str) -> Result<DataFrame> {
        self.log("sql", statement)?;
        query::plan(&self.session, statement).await
    }

    /// The session with the case's tables, for what [`Case::sql`] does not cover; what it runs is not logged.
    pub fn session(&self) -> &SessionContext {
        &self.session
    }

    pub(crate) fn log(&self, action: &str, statement: &str) -> Result<()> {
        let purpose = self.options.purpose.as_deref();
        statement_log::append(
            &self.folder,
            &Entry {
                action,
                statement,
                purpose,
            },
        )
    }

    /// A session of its own with the case's tables, for a run that registers its results.
    pub(crate) fn fork(&self) -> Result<SessionContext> {
        let fork = session(&self.options.limits)?;
        self.register_tables(&fork)?;
        Ok(fork)
    }

    fn register_tables(&self, session: &SessionContext) -> Result<()> {
        for table in Table::ALL {
            match table {
                Table::RoutableRanges => {
                    let batch = self.routable_ranges()?;
                    let provider = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
                    session.register_table(table.name(), Arc::new(provider))?;
                }
                Table::ProtectedIpEvents if self.options.protected_reason.is_none() => {}
                table => {
                    let provider = ParquetTable::new(table.schema(), self.files_of(table, &self.manifest))
                        .with_distinct(self.distinct_of(table));
                    session.register_table(table.name(), Arc::new(provider))?;
                }
            }
        }
        Ok(())
    }

    /// The files of a table that a manifest names.
    fn files_of(&self, table: Table, manifest: &Manifest) -> Vec<PathBuf> {
        let entry = manifest.tables.get(table.name());
        entry
            .into_iter()
            .flat_map(|entry| &entry.files)
            .map(|file| self.folder.join(&file.path))
            .collect()
    }

    /// How many values the key columns of a table have, about.
    fn distinct_of(&self, table: Table) -> BTreeMap<String, u64> {
        let entry = self.manifest.tables.get(table.name());
        entry.map_or_else(BTreeMap::new, |entry| sketch::distinct_of_all(&entry.files))
    }

    fn routable_ranges(&self) -> Result<RecordBatch> {
        let prefixes = self
            .settings
            .routable_prefixes(&self.folder.join(settings::FILE))?;
        let ranges: Vec<_> = prefixes
            .iter()
            .flat_map(|prefix| {
                let source_prefix = prefix.to_string();
                prefix.ranges().map(move |(first, last)| RoutableRange {
                    first,
                    last,
                    source_prefix: source_prefix.clone(),
                })
            })
            .collect();
        Ok(routable_ranges(&ranges)?)
    }
}

/// A folder can become a case where it does not exist, or holds nothing but settings and what a writer left that ended early.
fn check_vacant(folder: &Path) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(Error::Io {
                path: folder.into(),
                source,
            });
        }
    };
    let mut in_use = false;
    for entry in entries {
        let name = entry.map_err(Error::io(folder))?.file_name();
        if name == manifest::FILE {
            return Err(Error::CaseExists { path: folder.into() });
        }
        in_use |= name != settings::FILE && name != "lock" && name != "manifest.json.tmp";
    }
    match in_use {
        true => Err(Error::FolderInUse { path: folder.into() }),
        false => Ok(()),
    }
}
