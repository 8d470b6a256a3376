//! How much memory statements may take where nobody says.
//!
//! Without a limit a join would take all there is, and end with the process. With one it is merged from disk, or says what to raise.

use sysinfo::System;

/// Four fifths of what the machine has, or the container that this runs in; `None` where nobody knows.
pub(crate) fn usual_limit() -> Option<usize> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    let container = system.cgroup_limits().map(|limits| limits.total_memory);
    share_of(system.total_memory(), container)
}

/// What is not known is 0.
fn share_of(machine: u64, container: Option<u64>) -> Option<usize> {
    let known = [Some(machine), container].into_iter().flatten();
    let bytes = known.filter(|bytes| *bytes > 0).min()?;
    Some(usize::try_from(bytes / 5 * 4).unwrap_or(usize::MAX))
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
