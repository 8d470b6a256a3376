//! What an investigation must find, computed by brute force from the records.
//!
//! Nothing here knows what was planted. The code is slow and plain on purpose, so that it can be read
//! as the definition of a link: one file for each notion.

mod fence;
mod funnel;
mod links;
mod qualify;
mod sessions;
mod telemetry;

use serde::{Deserialize, Serialize};

use crate::world::World;

/// The window on either side of an event.
const WINDOW_S: i64 = 3_600;
/// A longer silence than this ends a session.
const SESSION_GAP_S: i64 = 1_800;
/// More devices than this on one UTC day make an address over-shared on that day.
const MAX_DEVICES_PER_DAY: usize = 100;

/// Kinds of networks behind which an address says nothing.
const EXCLUDED_NETWORK_KINDS: [&str; 3] = ["vpn", "proxy", "hosting"];

/// The contents of `truth.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Program and version.
    pub generator: String,
    /// The seed of the world.
    pub seed: u64,
    /// The size of the world: `tiny` or `small`.
    pub size: String,
    /// The parameters for which the truth holds.
    pub parameters: Parameters,
    /// Every link, sorted by its columns from left to right.
    pub links: Vec<TrueLink>,
    /// Reports left at each step.
    pub funnel: Vec<FunnelStep>,
    /// Reports planted so that they nearly link, sorted by report.
    pub decoys: Vec<Decoy>,
}

/// The default parameters of the investigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Greatest time between event and observation, either way.
    pub window: String,
    /// Longest silence within a session.
    pub session_gap: String,
    /// Normalised incident type.
    pub incident_type: String,
    /// Roles whose events take part.
    pub roles: Vec<String>,
    /// Qualities of time that are relied on.
    pub time_qualities: Vec<String>,
    /// Status of the sites that take part.
    pub site_status: Vec<String>,
    /// Kinds of networks behind which an address says nothing.
    pub excluded_network_kinds: Vec<String>,
    /// More devices than this on a UTC day make an address over-shared.
    pub max_devices_per_day: usize,
}

/// One event of a report and one session of a device at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrueLink {
    /// The report.
    pub report_id: String,
    /// The event's position among all events of the report, from 1.
    pub event_seq: i32,
    /// The site.
    pub site_id: String,
    /// The address: plain IPv4, or IPv6 as in RFC 5952.
    pub ip: String,
    /// When the address was captured; RFC 3339, UTC.
    pub event_observed_at: String,
    /// First observation of the session; RFC 3339, UTC.
    pub session_started_at: String,
    /// Last observation of the session; RFC 3339, UTC.
    pub session_ended_at: String,
    /// Time between the event and the session's nearest observation, in seconds.
    pub time_gap_s: f64,
    /// Observations in the session.
    pub observations: usize,
}

/// One step of the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// Name of the step.
    pub step: String,
    /// Distinct reports that are left.
    pub reports: usize,
}

/// A report that nearly links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoy {
    /// The report.
    pub report_id: String,
    /// What it nearly is.
    pub kind: String,
    /// The site it nearly links to, if any.
    pub site_id: Option<String>,
    /// Why it is no link, in a sentence.
    pub reason: String,
}

impl Truth {
    pub(crate) fn of(world: &World) -> Self {
        let telemetry = telemetry::Telemetry::of(&world.observations);
        let links = links::links(world, &telemetry);
        Self {
            generator: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            seed: world.options.seed,
            size: world.options.size.to_string(),
            parameters: Parameters::defaults(),
            funnel: funnel::funnel(world, &telemetry, &links),
            links,
            decoys: world.decoys.clone(),
        }
    }
}

impl Parameters {
    fn defaults() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            window: "1 hour".to_owned(),
            session_gap: "30 minutes".to_owned(),
            incident_type: "online_enticement".to_owned(),
            roles: words(&["reported"]),
            time_qualities: words(&["observed"]),
            site_status: words(&["confirmed"]),
            excluded_network_kinds: words(&EXCLUDED_NETWORK_KINDS),
            max_devices_per_day: MAX_DEVICES_PER_DAY,
        }
    }
}
