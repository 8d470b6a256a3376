//! What kind of world is asked for.

use std::fmt;
use std::str::FromStr;

/// How large a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// About 300 reports and 20,000 observations: fits into a repository.
    Tiny,
    /// Ten times as much.
    Small,
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
        })
    }
}

impl FromStr for Size {
    type Err = UnknownSize;

    fn from_str(text: &str) -> Result<Self, UnknownSize> {
        match text {
            "tiny" => Ok(Self::Tiny),
            "small" => Ok(Self::Small),
            _ => Err(UnknownSize),
        }
    }
}

/// The text names no [`Size`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the size of a world is `tiny` or `small`")]
pub struct UnknownSize;

/// The two numbers a world follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldOptions {
    /// The seed: the same seed and size give the same bytes on every machine.
    pub seed: u64,
    /// How large the world is.
    pub size: Size,
}

/// The amounts that follow from a size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Reports, planted ones included.
    pub(crate) reports: usize,
    /// Rows of telemetry, planted ones included.
    pub(crate) observations: usize,
    /// Confirmed sites beside those that every world has.
    pub(crate) further_sites: usize,
    /// How many times over each kind of link and decoy is planted.
    pub(crate) plantings: usize,
}

impl Size {
    pub(crate) fn scale(self) -> Scale {
        match self {
            Self::Tiny => Scale {
                reports: 300,
                observations: 20_000,
                further_sites: 0,
                plantings: 1,
            },
            Self::Small => Scale {
                reports: 3_000,
                observations: 200_000,
                further_sites: 34,
                plantings: 4,
            },
        }
    }
}
