//! What can go wrong, said so that a person can act on it.

use std::io;
use std::path::{Path, PathBuf};

use datafusion::error::DataFusionError;

use crate::without_values::without_values;

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
    #[error("{file}: {source}")]
    Statement {
        /// The file.
        file: String,
        /// How: [`Error::Planning`] or [`Error::Query`].
        source: Box<Error>,
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
    /// A statement could not be planned. What the engine said is about the statement, not about the data.
    #[error("{}", without_rule(source))]
    Planning {
        /// What the engine said.
        source: DataFusionError,
    },
    /// A query failed while it ran.
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
            Self::Statement { source, .. } => source.hint(),
            _ if self.is_full() => Some("make room, then repeat the command".into()),
            _ if self.is_limit() => {
                Some("raise --memory-limit or --time-limit, or ask for less at once".into())
            }
            _ => None,
        }
    }

    /// Whether a memory or time limit ended the work, or the disk is full.
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Query { source } | Self::Planning { source }
                if matches!(source.find_root(), DataFusionError::ResourcesExhausted(_)) =>
            {
                true
            }
            Self::Statement { source, .. } => source.is_limit(),
            _ => self.is_full(),
        }
    }

    fn is_full(&self) -> bool {
        let is_full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
        match self {
            Self::Ingest(error) => error.is_full(),
            Self::Io { source, .. } => is_full(source),
            Self::Query { source } => match source.find_root() {
                DataFusionError::IoError(error) => is_full(error),
                _ => false,
            },
            _ => false,
        }
    }

    pub(crate) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn planning(source: DataFusionError) -> Self {
        Self::Planning { source }
    }

    pub(crate) fn malformed(path: impl AsRef<Path>, reason: impl ToString) -> Self {
        Self::Malformed {
            path: path.as_ref().to_path_buf(),
            reason: reason.to_string(),
        }
    }
}

/// What was said about a statement, without the name of the planner's rule that met it: that is no help to who wrote the statement.
fn without_rule(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(rule, error)
            if rule.starts_with("Optimizer rule '") || !rule.contains(char::is_whitespace) =>
        {
            without_rule(error)
        }
        error => error,
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

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
