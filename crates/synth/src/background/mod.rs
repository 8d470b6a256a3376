//! What a world holds beside what is planted: ordinary devices and ordinary reports.

mod reports;
mod telemetry;

pub(crate) use reports::fill_reports;
pub(crate) use telemetry::{NULL_ISLAND, fill_telemetry, position_at_sea, rounded};
