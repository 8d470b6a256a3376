//! What can go wrong, said so that a person can act on it.

use std::io;
use std::path::{Path, PathBuf};

use datafusion::error::DataFusionError;

/// Result of everything that this crate does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, and where. Messages name files, tables and fields, never a value from them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The folder holds no case.
    #[error("{}: no case here", path.display())]
    NotACase {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else than a case.
    #[error("{}: not empty, and not a case", path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a case already.
    #[error("{}: holds a case already", path.display())]
    CaseExists {
        /// The folder.
        path: PathBuf,
    },
    /// Another process is writing the case.
    #[error("{}: another process is writing this case", path.display())]
    CaseBusy {
        /// The case's folder.
        path: PathBuf,
    },
    /// The manifest or the settings of a case are not understood.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why, without its content.
        reason: String,
    },
    /// The key is not the one that made the pseudonyms of this case.
    #[error("{}: not the key that this case's pseudonyms were made with", path.display())]
    WrongKey {
        /// The key's file.
        path: PathBuf,
    },
    /// No investigation of that name is known.
    #[error("no investigation is called '{name}'; there are: {known}")]
    UnknownInvestigation {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A file of an investigation is not a plan.
    #[error("{file}: {reason}")]
    Plan {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A statement of an investigation failed.
    #[error("{file}: {}", without_values(source))]
    Statement {
        /// The file.
        file: String,
        /// What the engine said.
        source: Box<DataFusionError>,
    },
    /// A parameter is unknown, or its value is not of its type.
    #[error("parameter '{name}': {reason}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The case lacks a table that an investigation reads.
    #[error("the case has no {table} yet")]
    MissingTable {
        /// The table.
        table: String,
    },
    /// Source files could not be converted.
    #[error(transparent)]
    Ingest(#[from] tieline_ingest::Error),
    /// A query failed.
    #[error("{}", without_values(source))]
    Query {
        /// What the engine said; it may hold values of the data.
        #[from]
        source: DataFusionError,
    },
}

impl Error {
    /// What to try next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotACase { path } => Some(format!(
                "make one with: tieline ingest reports FOLDER --case {}",
                path.display()
            )),
            Self::CaseExists { .. } | Self::FolderInUse { .. } => Some("name a new folder".into()),
            Self::CaseBusy { .. } => Some("wait for it to end, then repeat the command".into()),
            Self::WrongKey { .. } => Some("name the right one with --key FILE".into()),
            Self::MissingTable { table } => Some(format!(
                "load it with: tieline ingest {} FOLDER --case CASE",
                ingest_kind_of(table)
            )),
            Self::Query { source } => query_hint(source),
            Self::Statement { source, .. } => query_hint(source),
            _ => None,
        }
    }

    /// Whether a memory or time limit ended the work.
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Query { source } => is_limit(source),
            Self::Statement { source, .. } => is_limit(source),
            _ => false,
        }
    }

    pub(crate) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn malformed(path: impl AsRef<Path>, reason: impl ToString) -> Self {
        Self::Malformed {
            path: path.as_ref().to_path_buf(),
            reason: reason.to_string(),
        }
    }
}

/// Which `tieline ingest` fills a table.
fn ingest_kind_of(table: &str) -> &str {
    match table {
        "report_ip_events" | "protected_ip_events" => "reports",
        "network_prefixes" | "address_networks" => "networks",
        table => table,
    }
}

/// The message of an engine's error. Where the data is at fault, the engine quotes the value: it is left out.
fn without_values(error: &DataFusionError) -> String {
    let message = error.to_string();
    if !matches!(
        error.find_root(),
        DataFusionError::ArrowError(..) | DataFusionError::Execution(_)
    ) {
        return message;
    }
    let parts = message.split('\'').enumerate();
    parts
        .map(|(position, part)| if position % 2 == 0 { part } else { "'…'" })
        .collect()
}

fn is_limit(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

fn query_hint(error: &DataFusionError) -> Option<String> {
    is_limit(error).then(|| "raise --memory-limit or --time-limit, or ask for less at once".into())
}
