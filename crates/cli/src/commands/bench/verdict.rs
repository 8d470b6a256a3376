//! How a race as a whole ends: the worst that befell a contestant is the command's exit code.

use tieline_bench::{Outcome, Record};

use crate::failure::Failure;
use crate::output::words::count;

/// 5 for a wrong answer, else 4 for a run over its time or a disk too small, else 1 for a failure, else 0. That a peer
/// has no way to answer a case is no failure.
pub(crate) fn verdict(record: &Record, troubles: &[String]) -> Result<(), Failure> {
    let entries = || record.cases.iter().flat_map(|case| &case.entries);
    let number = |is: fn(&Outcome) -> bool| entries().filter(|entry| is(&entry.outcome)).count() as u64;
    let wrong_scan = |text: &&String| text.starts_with("wrong");
    let wrong_scans = entries()
        .filter_map(|entry| entry.scan_trouble.as_ref())
        .filter(wrong_scan)
        .count() as u64;
    let wrong = number(|outcome| matches!(outcome, Outcome::Wrong(_))) + wrong_scans;
    let late = number(|outcome| matches!(outcome, Outcome::TimedOut(_)));
    let failed = number(|outcome| matches!(outcome, Outcome::Failed(_) | Outcome::NotInstalled(_)));
    let without = record.cases.iter().filter(|case| case.trouble.is_some()).count() as u64;
    let mut said = Vec::new();
    for (number, what) in [
        (wrong, "wrong answer"),
        (late, "timeout"),
        (failed, "failure"),
        (without, "missing world"),
    ] {
        if number > 0 {
            said.push(count(number, what));
        }
    }
    said.extend(troubles.iter().cloned());
    let message = said.join("; ");
    match (wrong, late + without, failed as usize + troubles.len()) {
        (0, 0, 0) => Ok(()),
        (0, 0, _) => Err(Failure::new(message)),
        (0, _, _) => Err(Failure::limit(message)),
        _ => Err(Failure::wrong(message)),
    }
}
