//! The schemas of every table of a case: one place for names, types, metadata and order.

mod accounts;
mod fields;
mod networks;
mod reports;
mod sites;
mod telemetry;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};

pub use fields::{EXTENSION_METADATA_KEY, EXTENSION_NAME_KEY, GEOMETRY_EXTENSION, IP_EXTENSION};

/// A table of a case, as `docs/data-model.md` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row per report.
    Reports,
    /// One row per IP capture event of the reported side.
    ReportIpEvents,
    /// One row per IP capture event of victims and recipients.
    ProtectedIpEvents,
    /// One row per observed address.
    Telemetry,
    /// One row per site and version.
    Sites,
    /// Disjoint ranges per source file, the most specific prefix winning.
    Networks,
    /// The prefixes as delivered.
    NetworkPrefixes,
    /// The sources of `networks` merged: one row per address and moment.
    AddressNetworks,
    /// One row per row, event or file that was not loaded.
    Rejects,
    /// One row per source file and unit, with the counts that add up.
    Ledger,
    /// The special-use blocks that the case's settings declare routable.
    RoutableRanges,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 11] = [
        Self::Reports,
        Self::ReportIpEvents,
        Self::ProtectedIpEvents,
        Self::Telemetry,
        Self::Sites,
        Self::Networks,
        Self::NetworkPrefixes,
        Self::AddressNetworks,
        Self::Rejects,
        Self::Ledger,
        Self::RoutableRanges,
    ];

    /// The name of the table in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reports => "reports",
            Self::ReportIpEvents => "report_ip_events",
            Self::ProtectedIpEvents => "protected_ip_events",
            Self::Telemetry => "telemetry",
            Self::Sites => "sites",
            Self::Networks => "networks",
            Self::NetworkPrefixes => "network_prefixes",
            Self::AddressNetworks => "address_networks",
            Self::Rejects => "rejects",
            Self::Ledger => "ledger",
            Self::RoutableRanges => "routable_ranges",
        }
    }

    /// The columns with their types and field metadata.
    pub fn schema(self) -> SchemaRef {
        Arc::new(Schema::new(match self {
            Self::Reports => reports::reports(),
            Self::ReportIpEvents | Self::ProtectedIpEvents => reports::ip_events(),
            Self::Telemetry => telemetry::telemetry(),
            Self::Sites => sites::sites(),
            Self::Networks | Self::NetworkPrefixes => networks::networks(),
            Self::AddressNetworks => networks::address_networks(),
            Self::Rejects => accounts::rejects(),
            Self::Ledger => accounts::ledger(),
            Self::RoutableRanges => networks::routable_ranges(),
        }))
    }

    /// The columns by which the rows of a file are ordered, ascending, NULL first.
    pub const fn sort_columns(self) -> &'static [&'static str] {
        match self {
            Self::Reports => &["report_id"],
            Self::ReportIpEvents | Self::ProtectedIpEvents | Self::Telemetry => &["ip", "observed_at"],
            Self::Sites => &["site_id", "valid_from"],
            Self::Networks | Self::NetworkPrefixes | Self::AddressNetworks => &["first_ip", "valid_from"],
            Self::Rejects => &["source_file", "source_row"],
            Self::Ledger => &["source_file"],
            Self::RoutableRanges => &["first_ip"],
        }
    }

    /// The columns whose values hardly repeat, so that a dictionary would only cost space.
    pub(crate) const fn columns_without_dictionary(self) -> &'static [&'static str] {
        match self {
            Self::Telemetry => &[
                "lat",
                "lon",
                "observed_at",
                "located_at",
                "observation_id",
                "source_row",
            ],
            Self::ReportIpEvents | Self::ProtectedIpEvents => &["observed_at"],
            Self::Reports => &["report_id", "received_at", "incident_at"],
            Self::Sites => &["geometry"],
            Self::Networks | Self::NetworkPrefixes => &["first_ip", "last_ip", "source_row"],
            Self::AddressNetworks => &["first_ip", "last_ip"],
            Self::Rejects | Self::Ledger | Self::RoutableRanges => &[],
        }
    }

    /// The columns that joins read of every row, and what is counted of their matches: these are kept to be read fast, the
    /// others to be small.
    pub(crate) const fn join_columns(self) -> &'static [&'static str] {
        match self {
            Self::Telemetry => &[
                "ip",
                "observed_at",
                "located_at",
                "lat",
                "lon",
                "horizontal_accuracy_m",
                "device_id",
            ],
            Self::ReportIpEvents | Self::ProtectedIpEvents => &["ip", "observed_at", "report_id"],
            Self::Networks | Self::NetworkPrefixes | Self::AddressNetworks | Self::RoutableRanges => {
                &["first_ip", "last_ip"]
            }
            Self::Reports | Self::Sites | Self::Rejects | Self::Ledger => &[],
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The text is not the name of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a table")]
pub struct ParseTableError;

impl FromStr for Table {
    type Err = ParseTableError;

    fn from_str(text: &str) -> Result<Self, ParseTableError> {
        Self::ALL
            .into_iter()
            .find(|table| table.name() == text)
            .ok_or(ParseTableError)
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
