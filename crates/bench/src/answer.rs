//! Answers and whether they are right.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};

/// How far two floating-point sums over millions of rows in different orders may be apart, relative to their size.
const TOLERANCE: f64 = 1e-9;

/// Rows of numbers, sorted by their first column.
pub type Rows = Vec<Vec<Value>>;

/// The right answers of a world, by case, and of the bare scans, by suite.
#[derive(Debug, Clone, Deserialize)]
pub struct Answers {
    answers: BTreeMap<String, Rows>,
    scans: BTreeMap<String, Rows>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row and column agrees.
    Right,
    /// The first difference, and how many more there are.
    Wrong(String),
}

impl Answers {
    /// Those of a world's folder.
    ///
    /// # Errors
    /// When `answers.json` is missing or damaged.
    pub fn read(world: &Path) -> Result<Self> {
        let path = world.join("answers.json");
        let text = fs::read(&path).map_err(Error::io(&path))?;
        serde_json::from_slice(&text).map_err(|error| Error::Damaged {
            path,
            reason: error.to_string(),
        })
    }

    /// The right answer to a case, if this world has one.
    pub fn join(&self, key: &str) -> Option<&Rows> {
        self.answers.get(key)
    }

    /// The right answer of a suite's bare scan.
    pub fn scan(&self, suite: &str) -> Option<&Rows> {
        self.scans.get(suite)
    }
}

/// Compares an answer with the right one: integers exactly, floating-point numbers to [`TOLERANCE`].
pub(crate) fn compare(answer: &[Vec<Value>], right: &[Vec<Value>]) -> Verdict {
    let mut differences = Vec::new();
    for row in 0..answer.len().max(right.len()) {
        match (answer.get(row), right.get(row)) {
            (Some(got), Some(wanted)) if same_row(got, wanted) => {}
            (Some(got), Some(wanted)) => {
                differences.push(format!("{} where {} is right", row_text(got), row_text(wanted)))
            }
            (Some(got), None) => differences.push(format!("{} is one row too many", row_text(got))),
            (None, Some(wanted)) => differences.push(format!("row {} is missing", row_text(wanted))),
            (None, None) => {}
        }
    }
    match differences.as_slice() {
        [] => Verdict::Right,
        [only] => Verdict::Wrong(only.clone()),
        [first, more @ ..] => Verdict::Wrong(format!("{first}, and {} more rows", more.len())),
    }
}

fn same_row(got: &[Value], wanted: &[Value]) -> bool {
    got.len() == wanted.len() && got.iter().zip(wanted).all(|(got, wanted)| same(got, wanted))
}

fn same(got: &Value, wanted: &Value) -> bool {
    // The sum of no rows, which SQL says is NULL and some engines say is 0.
    if got.is_null() {
        return integer(wanted) == Some(0);
    }
    if let (Some(got), Some(wanted)) = (integer(got), integer(wanted)) {
        return got == wanted;
    }
    match (got.as_f64(), wanted.as_f64()) {
        (Some(got), Some(wanted)) => (got - wanted).abs() <= TOLERANCE * wanted.abs().max(1.0),
        _ => false,
    }
}

/// Engines return sums as integers of several widths, and some as floating-point numbers without a fraction.
fn integer(value: &Value) -> Option<i128> {
    value
        .as_i64()
        .map(i128::from)
        .or_else(|| value.as_u64().map(i128::from))
}

fn row_text(row: &[Value]) -> String {
    let cells: Vec<_> = row.iter().map(Value::to_string).collect();
    format!("({})", cells.join(", "))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
