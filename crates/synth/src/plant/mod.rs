//! What is put into a world on purpose: links that must be found, and decoys that must not.

mod crowds;
mod decoys;
mod links;
mod overlaps;

use crate::ground::Ground;

/// A link that was planted on purpose. The truth is computed without it, so that the two can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedLink {
    /// The report.
    pub report_id: String,
    /// The site.
    pub site_id: String,
    /// The address: plain IPv4, or IPv6 as in RFC 5952.
    pub ip: String,
    /// When the address was captured; RFC 3339, UTC.
    pub event_observed_at: String,
}

/// Plants every kind of link and decoy, each `times` times over.
pub(crate) fn plant(ground: &mut Ground, times: usize) {
    for _ in 0..times {
        links::plant(ground);
        crowds::plant(ground);
        decoys::plant(ground);
        overlaps::plant(ground);
    }
}
