//! Two races of the same: which ratios moved.

use std::collections::BTreeMap;

use crate::record::{CaseRecord, Entry, Record};

/// A ratio of two records.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// The case.
    pub case: String,
    /// Who.
    pub contestant: String,
    /// Over what: a contestant's name, or `scan`.
    pub over: String,
    /// The ratio then.
    pub before: f64,
    /// The ratio now.
    pub after: f64,
}

impl Shift {
    /// How far the ratio moved, relative to the smaller one: 0.15 is 15 %.
    pub fn size(&self) -> f64 {
        (self.before / self.after).max(self.after / self.before) - 1.0
    }
}

/// Every ratio that both records have: of each contestant over the one that was fastest in the first record, and of each
/// over its own bare scan. Of cases that both have in the same world: another size, codec or format moves every ratio.
pub fn shifts(before: &Record, after: &Record) -> Vec<Shift> {
    let then: BTreeMap<_, _> = before
        .cases
        .iter()
        .map(|case| (case.case.as_str(), case))
        .collect();
    after
        .cases
        .iter()
        .filter_map(|case| Some((*then.get(case.case.as_str())?, case)))
        .filter(|(before, after)| before.world == after.world && before.world_format == after.world_format)
        .flat_map(|(before, after)| case_shifts(before, after))
        .collect()
}

fn case_shifts(before: &CaseRecord, after: &CaseRecord) -> Vec<Shift> {
    let Some(best) = before.best() else {
        return Vec::new();
    };
    let best_after = after
        .entries
        .iter()
        .find(|entry| entry.contestant == best.contestant);
    let name = &after.case;
    let mut shifts = Vec::new();
    for entry in &before.entries {
        let Some(now) = after
            .entries
            .iter()
            .find(|other| other.contestant == entry.contestant)
        else {
            continue;
        };
        let mut push = |over: &str, before: Option<f64>, after: Option<f64>| {
            if let (Some(before), Some(after)) = (before, after) {
                shifts.push(Shift {
                    case: name.clone(),
                    contestant: entry.contestant.clone(),
                    over: over.to_owned(),
                    before,
                    after,
                });
            }
        };
        if entry.contestant != best.contestant {
            let ratio = |entry: &Entry, best: &Entry| Some(entry.warm?.median_s / best.warm?.median_s);
            push(
                &best.contestant,
                ratio(entry, best),
                best_after.and_then(|best| ratio(now, best)),
            );
        }
        push("scan", entry.times_scan, now.times_scan);
    }
    shifts
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
