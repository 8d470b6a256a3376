//! Every statement run on a case is logged with its time and purpose.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};

const FILE: &str = "log.jsonl";

/// One line of the log.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    /// What was done: `sql`, `run`, `ingest`, `protected`.
    pub(crate) action: &'a str,
    /// The statement, or the command in words.
    pub(crate) statement: &'a str,
    /// Why, as the person running it said.
    pub(crate) purpose: Option<&'a str>,
}

/// Appends a line before the work begins, so that what fails is logged too.
pub(crate) fn append(folder: &Path, entry: &Entry<'_>) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        at: String,
        #[serde(flatten)]
        entry: &'a Entry<'a>,
    }
    let path = folder.join(FILE);
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let mut line = serde_json::to_vec(&Line { at, entry }).map_err(|error| Error::malformed(&path, error))?;
    line.push(b'\n');
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(Error::io(&path))?;
    // One write: lines of several processes do not mix.
    file.write_all(&line).map_err(Error::io(&path))
}
