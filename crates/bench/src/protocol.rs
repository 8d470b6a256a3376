//! The lines of JSON between the race and a contestant's process, one object a line, on its stdin and stdout.
//!
//! ```text
//! → {"open": {"threads": 2, "folder": "…", "tables": {…}, "queries": {"join": …, "scan": …}, "options": {…}}}
//! ← {"opened": {"version": "DuckDB 2.0.0"}}
//! → {"run": "join"}
//! ← {"seconds": 1.234, "answer": [[0, 18324], …], "peak_bytes": 123456789}
//! ← {"error": "one line"}          whenever something failed
//! ```
//! The end of its stdin ends the process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a contestant is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Once, first: get ready and run every `before` section.
    Open(Open),
    /// Any number of times: run the query of this name.
    Run(QueryName),
}

/// The queries of a contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryName {
    /// The case's question.
    Join,
    /// A bare read of the columns that it needs.
    Scan,
}

/// How a contestant is to get ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Open {
    /// Threads that it may use.
    pub threads: usize,
    /// A folder for what it keeps between races, such as a loaded database.
    pub folder: PathBuf,
    /// The tables' Parquet files by name.
    pub tables: BTreeMap<String, PathBuf>,
    /// What to run.
    pub queries: BTreeMap<QueryName, Query>,
    /// Numbers of the case: `window_ms`, `time_limit_s`.
    pub options: BTreeMap<String, u64>,
}

/// What is run, and what around it is not timed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Query {
    /// Statements.
    Sql {
        /// Once, when the contestant opens.
        before: Vec<String>,
        /// At every run; the last one returns the answer.
        timed: Vec<String>,
        /// After every run, untimed.
        after: Vec<String>,
    },
    /// A program of the driver's language, where the peer's SQL cannot say it.
    Python {
        /// The file.
        python: PathBuf,
    },
}

/// What a contestant says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Response {
    /// It is ready.
    Opened {
        /// Which program, and how it will go about it.
        opened: Opened,
    },
    /// It has run.
    Ran(Ran),
    /// It failed.
    Failed {
        /// Why, in a line.
        error: String,
    },
}

/// A contestant that is ready.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Name and version.
    pub version: String,
    /// The join operators of its plan, where it can tell.
    #[serde(default)]
    pub operator: Option<String>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// From the first timed statement to the last row of the answer.
    pub seconds: f64,
    /// The rows.
    pub answer: Vec<Vec<Value>>,
    /// The most memory that the process ever held, where the system tells.
    #[serde(default)]
    pub peak_bytes: Option<u64>,
    /// Bytes read from the files, where the contestant tells.
    #[serde(default)]
    pub bytes_read: Option<u64>,
}
