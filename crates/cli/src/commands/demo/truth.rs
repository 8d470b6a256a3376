//! Compares the links of a run with those that were planted.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde_json::Value;
use tieline::Run;

use crate::failure::Failure;
use crate::output::json;

/// What makes a link: report, event, site, and the session by its first and last observation.
const KEY: [&str; 5] = [
    "report_id",
    "event_seq",
    "site_id",
    "session_started_at",
    "session_ended_at",
];

/// How found and planted links differ.
#[derive(Debug)]
pub(crate) struct Verdict {
    planted: usize,
    missing: usize,
    too_many: usize,
    decoys: usize,
    decoys_linked: usize,
}

/// Reads the truth and compares.
pub(crate) fn compare(run: &Run, truth: &Path) -> Result<Verdict, Failure> {
    let text = std::fs::read(truth).map_err(|error| Failure::new(format!("truth.json: {error}")))?;
    let truth: Value = serde_json::from_slice(&text).map_err(Failure::new)?;
    let found = json::value(&run.batches("links")?)?;
    let (planted, found) = (keys(&truth["links"]), keys(&found));
    let decoys = truth["decoys"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(Verdict {
        planted: planted.len(),
        missing: planted.difference(&found).count(),
        too_many: found.difference(&planted).count(),
        decoys: decoys.len(),
        decoys_linked: decoys.iter().filter(|decoy| is_linked(decoy, &found)).count(),
    })
}

fn keys(links: &Value) -> BTreeSet<Vec<String>> {
    let links = links.as_array().map_or(&[][..], Vec::as_slice);
    links
        .iter()
        .map(|link| KEY.iter().map(|key| text(&link[*key])).collect())
        .collect()
}

/// Texts without their quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the decoy's report is linked: to the decoy's site where it names one, else to any.
fn is_linked(decoy: &Value, found: &BTreeSet<Vec<String>>) -> bool {
    let site = decoy["site_id"].as_str();
    let report = text(&decoy["report_id"]);
    found
        .iter()
        .any(|link| link[0] == report && site.is_none_or(|site| link[2] == site))
}

impl Verdict {
    /// Whether exactly the planted links were found.
    pub(crate) fn is_exact(&self) -> bool {
        self.missing == 0 && self.too_many == 0 && self.decoys_linked == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} planted links found, {} too many; {} of {} decoys linked: {}",
            self.planted - self.missing,
            self.planted,
            self.too_many,
            self.decoys_linked,
            self.decoys,
            if self.is_exact() { "exact" } else { "NOT EXACT" }
        )
    }
}
