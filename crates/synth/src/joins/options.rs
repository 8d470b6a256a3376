//! What kind of world is asked for, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The options that a world for racing joins follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinsOptions {
    /// The seed: the same options give the same bytes.
    pub seed: u64,
    /// The size: at 1, 20 million observations.
    pub scale: f64,
    /// How many report addresses there are at scale 1. A world of before there was a choice has 3,170,000.
    #[serde(default = "report_addresses_at_1")]
    pub report_addresses: u64,
    /// The share of the rows of observations and report addresses that have a crowded address.
    pub skew: f64,
    /// How many crowded addresses there are.
    pub crowded_addresses: u64,
    /// The share of the observations that lie inside one of the few fences; more do by chance.
    pub inside: f64,
    /// The order of the observations.
    pub order: Order,
    /// How the files are compressed. A world of before there was a choice has [`Codec::Snappy`].
    #[serde(default = "codec_before_there_was_a_choice")]
    pub codec: Codec,
    /// The share of the addresses and prefixes that are IPv6.
    pub ipv6_share: f64,
    /// The share of the prefixes that lie inside an earlier one, and of the many and most fences that lie over one.
    pub overlap: f64,
}

impl Default for JoinsOptions {
    fn default() -> Self {
        Self {
            seed: 42,
            scale: 1.0,
            report_addresses: REPORT_ADDRESSES,
            skew: 0.0,
            crowded_addresses: 2_000,
            inside: 0.05,
            order: Order::Random,
            codec: Codec::default(),
            ipv6_share: 0.0,
            overlap: 0.5,
        }
    }
}

/// Gives an enumeration the names that it is written by: [`Display`](fmt::Display), and [`FromStr`] with an error of its own.
macro_rules! named {
    ($type:ident, $unknown:ident, $message:literal, [$($variant:ident $name:literal),+]) => {
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self {
                    $(Self::$variant => $name,)+
                })
            }
        }

        impl FromStr for $type {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($unknown),
                }
            }
        }

        #[doc = concat!("The text names no [`", stringify!($type), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $unknown;
    };
}

/// The order of the observations in their file; by time or address also that of the reports' addresses, and both files say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// None: as drawn.
    #[default]
    Random,
    /// By time.
    Time,
    /// By address, then time.
    Address,
    /// By place, along a Morton curve.
    Place,
}

named!(
    Order,
    UnknownOrder,
    "the order of a world is random, time, address or place",
    [Random "random", Time "time", Address "address", Place "place"]
);

/// How the files are compressed, which decides what a bare read of them costs, and with it how much of a join's time is reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// Snappy, as most tools write by default.
    Snappy,
    /// LZ4 (`LZ4_RAW`) where that makes a page smaller, as `tieline ingest` writes what joins read.
    #[default]
    Lz4,
    /// Zstandard at level 3, as DataFusion's `COPY` writes by default.
    Zstd,
}

named!(
    Codec,
    UnknownCodec,
    "the codec of a world is snappy, lz4 or zstd",
    [Snappy "snappy", Lz4 "lz4", Zstd "zstd"]
);

/// An option that no world can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name} must be {wanted}")]
pub struct InvalidOption {
    name: &'static str,
    wanted: &'static str,
}

/// What a world was made with and what it holds: `world.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinsSummary {
    /// Rises whenever the same options give other bytes.
    pub format: u32,
    /// The options.
    pub options: JoinsOptions,
    /// Rows by file stem.
    pub rows: BTreeMap<String, u64>,
    /// Bytes by file stem.
    pub bytes: BTreeMap<String, u64>,
}

impl JoinsSummary {
    /// The format that this version writes.
    pub const FORMAT: u32 = 4;
}

/// Rows at scale 1.
const OBSERVATIONS: f64 = 20_000_000.0;
const REPORT_ADDRESSES: u64 = 3_170_000;
const PREFIXES: f64 = 400_000.0;
const FENCES_MANY: f64 = 10_000.0;
const FENCES_MOST: f64 = 100_000.0;

const fn codec_before_there_was_a_choice() -> Codec {
    Codec::Snappy
}

const fn report_addresses_at_1() -> u64 {
    REPORT_ADDRESSES
}

impl JoinsOptions {
    /// Refuses what no world can have.
    ///
    /// # Errors
    /// The first option that is out of range.
    pub fn check(&self) -> Result<(), InvalidOption> {
        let shares = [
            ("skew", self.skew),
            ("inside", self.inside),
            ("ipv6_share", self.ipv6_share),
            ("overlap", self.overlap),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(InvalidOption {
                    name,
                    wanted: "a share between 0 and 1",
                });
            }
        }
        if !(self.scale > 0.0 && self.scale <= 100.0) {
            return Err(InvalidOption {
                name: "scale",
                wanted: "above 0 and at most 100",
            });
        }
        if self.report_addresses == 0 || self.report_addresses > 100_000_000 {
            return Err(InvalidOption {
                name: "report_addresses",
                wanted: "between 1 and 100000000",
            });
        }
        if self.crowded_addresses == 0 || self.crowded_addresses > 1 << 20 {
            return Err(InvalidOption {
                name: "crowded_addresses",
                wanted: "between 1 and 1048576",
            });
        }
        Ok(())
    }

    fn scaled(&self, rows_at_1: f64) -> u64 {
        ((rows_at_1 * self.scale).round() as u64).max(1)
    }

    pub(super) fn observations(&self) -> u64 {
        self.scaled(OBSERVATIONS)
    }

    pub(super) fn report_addresses(&self) -> u64 {
        self.scaled(self.report_addresses as f64)
    }

    pub(super) fn prefixes(&self) -> u64 {
        self.scaled(PREFIXES)
    }

    pub(super) fn fences_many(&self) -> u64 {
        self.scaled(FENCES_MANY)
    }

    pub(super) fn fences_most(&self) -> u64 {
        self.scaled(FENCES_MOST)
    }
}
