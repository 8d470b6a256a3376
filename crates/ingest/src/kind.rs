//! What is ingested, how it is laid out, and what is counted.

use std::fmt;
use std::str::FromStr;

/// The kind of source data that one ingest reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// CyberTipline reports.
    Reports,
    /// Mobile ad-tech telemetry.
    Telemetry,
    /// Outlines of sites.
    Sites,
    /// Address ranges and whose they are.
    Networks,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Reports, Self::Telemetry, Self::Sites, Self::Networks];

    /// The name on the command line and in the tables `ledger` and `rejects`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reports => "reports",
            Self::Telemetry => "telemetry",
            Self::Sites => "sites",
            Self::Networks => "networks",
        }
    }

    /// The layouts known for this kind, with what they are recognised by.
    pub(crate) const fn known_layouts(self) -> &'static str {
        match self {
            Self::Reports => "cybertip-le-json (a JSON object with reportId or reportedInformation)",
            Self::Telemetry => {
                "quadrant (CSV whose header names latitude, longitude, timestamp and ip_address)"
            }
            Self::Sites => "geojson (a FeatureCollection or a Feature)",
            Self::Networks => {
                "geolite2-asn (CSV whose header names network and autonomous_system_number), rir-delegated (records \
                 parted by |) and cidr-list (one prefix a line)"
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The text is not one of `reports`, `telemetry`, `sites` and `networks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of reports, telemetry, sites, networks")]
pub struct ParseKindError;

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, ParseKindError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or(ParseKindError)
    }
}

/// A file layout that was recognised by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// The JSON that law enforcement receives, one report a file.
    CybertipLeJson,
    /// Quadrant's CSV of location events.
    Quadrant,
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// MaxMind's GeoLite2 ASN blocks as CSV.
    Geolite2Asn,
    /// One prefix a line, `#` starting a comment.
    CidrList,
    /// The registries' statistics exchange format.
    RirDelegated,
}

impl Layout {
    /// The name in `ledger`, in `networks.source` and in `telemetry.provider`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CybertipLeJson => "cybertip-le-json",
            Self::Quadrant => "quadrant",
            Self::GeoJson => "geojson",
            Self::Geolite2Asn => "geolite2-asn",
            Self::CidrList => "cidr-list",
            Self::RirDelegated => "rir-delegated",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What a line of the ledger counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A file that was rejected whole.
    File,
    /// A report.
    Report,
    /// An IP capture event of a report.
    IpEvent,
    /// A row of telemetry.
    Row,
    /// A site.
    Site,
    /// A prefix, or a delegation record.
    Prefix,
}

impl Unit {
    /// The name in `ledger` and `rejects`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Report => "report",
            Self::IpEvent => "ip_event",
            Self::Row => "row",
            Self::Site => "site",
            Self::Prefix => "prefix",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
