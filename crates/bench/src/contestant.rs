//! Who answers: strategies of ours, and peers.

use crate::error::{Error, Result};
use crate::suite::Suite;

/// One of those who race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contestant {
    /// Tieline's engine with a strategy forced.
    Ours(&'static Strategy),
    /// Another engine.
    Peer(&'static Peer),
}

impl Contestant {
    /// The name on the command line and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours(strategy) => strategy.name,
            Self::Peer(peer) => peer.name,
        }
    }

    /// The folder of its SQL.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Ours(_) => crate::sql_file::OURS,
            Self::Peer(peer) => peer.name,
        }
    }

    /// Whether it has anything to say in a suite.
    pub fn runs(self, suite: Suite) -> bool {
        match self {
            Self::Ours(strategy) => strategy.suites.contains(&suite),
            Self::Peer(_) => true,
        }
    }
}

/// A way in which our engine runs a join.
#[derive(Debug, PartialEq, Eq)]
pub struct Strategy {
    /// The name on the command line and in the table.
    pub name: &'static str,
    /// Where it exists.
    pub suites: &'static [Suite],
    /// What is set before the query is planned: setting and value.
    pub settings: &'static [(&'static str, &'static str)],
}

impl Strategy {
    /// Every strategy. `datafusion` is DataFusion as it comes: hash joins, and nested loops where there is no equality.
    pub const ALL: &'static [Self] = &[
        Self {
            name: "datafusion",
            suites: &Suite::ALL,
            settings: &[
                ("tieline.range_strategy", "nested_loop"),
                ("tieline.geofence_strategy", "nested_loop"),
                ("tieline.band_strategy", "hash"),
                ("tieline.join_order", "as_written"),
            ],
        },
        Self {
            name: "auto",
            suites: &Suite::ALL,
            settings: &[],
        },
        Self {
            name: "grid",
            suites: &[Suite::Fences],
            settings: &[("tieline.geofence_strategy", "grid")],
        },
        Self {
            name: "rtree",
            suites: &[Suite::Fences],
            settings: &[("tieline.geofence_strategy", "rtree")],
        },
        Self {
            name: "segments",
            suites: &[Suite::Ranges],
            settings: &[("tieline.range_strategy", "segments")],
        },
        Self {
            name: "sorted",
            suites: &[Suite::Ranges, Suite::Bands],
            settings: &[
                ("tieline.range_strategy", "sorted"),
                ("tieline.band_strategy", "sorted"),
            ],
        },
        Self {
            name: "merge",
            suites: &[Suite::Bands],
            settings: &[("tieline.band_strategy", "merge")],
        },
        Self {
            name: "bucket",
            suites: &[Suite::Bands],
            settings: &[("tieline.band_strategy", "bucket")],
        },
    ];

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(name: &str) -> Result<&'static Self> {
        find(Self::ALL, "strategy", name, |strategy| strategy.name)
    }
}

/// Another engine, which runs in an environment of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    /// The name on the command line, in the table and of its folder in `sql/bench`.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Whether it is all in its wheels. One that needs a server of the system's, and loads tables into it, races when it is
    /// named, and not because it happens to be there.
    pub from_wheels: bool,
    /// How long it may take to get ready: one that cannot read Parquet loads it first.
    pub open_limit_s: u64,
}

impl Peer {
    /// Every peer.
    pub const ALL: &'static [Self] = &[
        peer("duckdb", "DuckDB 2.0"),
        peer(
            "duckdb_spatial",
            "DuckDB 1.5.5 with its spatial and inet extensions",
        ),
        peer("chdb", "ClickHouse as chdb"),
        peer("sedonadb", "SedonaDB"),
        peer("polars", "Polars"),
        Self {
            from_wheels: false,
            open_limit_s: 900,
            ..peer("postgres", "PostgreSQL with PostGIS and ip4r")
        },
    ];

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(name: &str) -> Result<&'static Self> {
        find(Self::ALL, "peer", name, |peer| peer.name)
    }
}

const fn peer(name: &'static str, title: &'static str) -> Peer {
    Peer {
        name,
        title,
        from_wheels: true,
        open_limit_s: 120,
    }
}

fn find<T>(
    all: &'static [T],
    what: &'static str,
    name: &str,
    name_of: fn(&T) -> &'static str,
) -> Result<&'static T> {
    all.iter()
        .find(|one| name_of(one) == name)
        .ok_or_else(|| Error::Unknown {
            what,
            name: name.to_owned(),
            known: all.iter().map(name_of).collect::<Vec<_>>().join(", "),
        })
}
