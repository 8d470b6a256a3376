//! What became of a source file: counts that add up, rejects, flags and notes.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use crate::kind::{Layout, Unit};
use crate::quality::FlagCounts;

/// The counts of one unit of a file: `rows_in = rows_loaded + rows_rejected`, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitCounts {
    /// What is counted.
    pub unit: Unit,
    /// How many the file holds.
    pub rows_in: u64,
    /// How many of them were loaded.
    pub rows_loaded: u64,
    /// How many of them were not.
    pub rows_rejected: u64,
}

/// A row, event or file that was not loaded. Displays as one line without the file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The row in the file, 1-based; `None` where the whole file was rejected.
    pub source_row: Option<u64>,
    /// What was rejected.
    pub unit: Unit,
    /// The column, or the path in the document.
    pub field: Option<String>,
    /// Why, in words, never the value.
    pub reason: String,
}

impl fmt::Display for Reject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.source_row, self.unit) {
            (Some(row), Unit::Row | Unit::Prefix) => write!(formatter, "line {row}: ")?,
            (Some(row), Unit::Site) => write!(formatter, "feature {row}: ")?,
            _ => {}
        }
        if let Some(field) = &self.field {
            write!(formatter, "{field}: ")?;
        }
        formatter.write_str(&self.reason)
    }
}

/// Something about loaded rows that a person should know, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The column, or the path in the document without positions.
    pub field: String,
    /// What was met there, in words, never the value.
    pub text: &'static str,
    /// How often.
    pub count: u64,
}

/// The rejects that an outcome lists at most; the table `rejects` has all of them.
pub const LISTED_REJECTS: usize = 1_000;

/// What became of one source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOutcome {
    /// The file's name in the tables.
    pub source_file: String,
    /// The layout recognised, if any.
    pub layout: Option<Layout>,
    /// The SHA-256 of its bytes in hex digits; empty where they could not be read.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
    /// The counts per unit.
    pub counts: Vec<UnitCounts>,
    /// The first [`LISTED_REJECTS`] rejects.
    pub rejects: Vec<Reject>,
    /// How many loaded rows carry each quality flag; flags that did not occur are left out.
    pub flagged: Vec<(&'static str, u64)>,
    /// What else was met.
    pub notes: Vec<Note>,
}

impl FileOutcome {
    /// Whether nothing of the file was loaded although it held something, or could not be read.
    pub fn nothing_loaded(&self) -> bool {
        self.rejected() > 0 && self.counts.iter().all(|counts| counts.rows_loaded == 0)
    }

    /// The number of rejects of all units.
    pub fn rejected(&self) -> u64 {
        self.counts.iter().map(|counts| counts.rows_rejected).sum()
    }
}

/// The outcome of a file while it is being read.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) layout: Option<Layout>,
    counts: Vec<UnitCounts>,
    rejects: Vec<Reject>,
    flags: FlagCounts,
    notes: BTreeMap<(String, &'static str), u64>,
    /// The places of a document that were noted, which may be looked at more than once.
    noted_places: HashSet<(String, &'static str)>,
}

impl Account {
    /// Makes the unit appear in the ledger even if the file holds none.
    pub(crate) fn open_unit(&mut self, unit: Unit) -> &mut UnitCounts {
        let position = self
            .counts
            .iter()
            .position(|counts| counts.unit == unit)
            .unwrap_or_else(|| {
                self.counts.push(UnitCounts {
                    unit,
                    rows_in: 0,
                    rows_loaded: 0,
                    rows_rejected: 0,
                });
                self.counts.len() - 1
            });
        &mut self.counts[position]
    }

    /// Counts a loaded row and its flags.
    pub(crate) fn loaded(&mut self, unit: Unit, quality_flags: i32) {
        let counts = self.open_unit(unit);
        counts.rows_in += 1;
        counts.rows_loaded += 1;
        self.flags.count(quality_flags);
    }

    pub(crate) fn rejected(&mut self, reject: Reject) {
        let counts = self.open_unit(reject.unit);
        counts.rows_in += 1;
        counts.rows_rejected += 1;
        if self.rejects.len() < LISTED_REJECTS {
            self.rejects.push(reject);
        }
    }

    pub(crate) fn note(&mut self, field: &str, text: &'static str) {
        *self.notes.entry((without_positions(field), text)).or_default() += 1;
    }

    /// Notes what was met at a place of a document, once however often the place is looked at.
    pub(crate) fn note_place(&mut self, path: &str, text: &'static str) {
        if self.noted_places.insert((path.to_owned(), text)) {
            self.note(path, text);
        }
    }

    /// What was noted so far, and where.
    pub(crate) fn notes(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.notes.keys().map(|(field, text)| (field.as_str(), *text))
    }

    pub(crate) fn counts(&self) -> &[UnitCounts] {
        &self.counts
    }

    pub(crate) fn into_outcome(self, source_file: String, sha256: String, size_bytes: u64) -> FileOutcome {
        let notes = self
            .notes
            .into_iter()
            .map(|((field, text), count)| Note { field, text, count });
        FileOutcome {
            source_file,
            layout: self.layout,
            sha256,
            size_bytes,
            counts: self.counts,
            rejects: self.rejects,
            flagged: self.flags.named(),
            notes: notes.collect(),
        }
    }
}

/// `a[3].b[0]` as `a[].b[]`, so that one note counts all places of a kind.
fn without_positions(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut inside = false;
    for character in path.chars() {
        inside = match character {
            '[' => true,
            ']' => false,
            _ => inside,
        };
        if !inside || character == '[' {
            kept.push(character);
        }
    }
    kept
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
