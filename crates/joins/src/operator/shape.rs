//! What a join type means once it is known which side is built.

use datafusion::common::stats::Precision;
use datafusion::common::{JoinSide, JoinType};

/// What the operator emits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A row for every pair, and NULLs for what has no partner on the sides that are kept whole.
    Pairs {
        /// Probe rows without a match are emitted.
        keep_probe: bool,
        /// Build rows without a match are emitted.
        keep_build: bool,
    },
    /// Rows of the probe side alone, each at most once.
    Probe(Membership),
    /// Rows of the build side alone, each at most once, when all is probed.
    Build(Membership),
}

/// Which rows of one side are emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    /// Those with a match.
    Semi,
    /// Those without.
    Anti,
    /// All of them, with a column that says whether they have one.
    Mark,
}

impl Shape {
    pub(crate) fn of(join_type: JoinType, build: JoinSide) -> Self {
        let build_left = build == JoinSide::Left;
        let pairs = |left: bool, right: bool| Self::Pairs {
            keep_probe: if build_left { right } else { left },
            keep_build: if build_left { left } else { right },
        };
        let one = |left: bool, membership| match left == build_left {
            true => Self::Build(membership),
            false => Self::Probe(membership),
        };
        match join_type {
            JoinType::Inner => pairs(false, false),
            JoinType::Left => pairs(true, false),
            JoinType::Right => pairs(false, true),
            JoinType::Full => pairs(true, true),
            JoinType::LeftSemi => one(true, Membership::Semi),
            JoinType::LeftAnti => one(true, Membership::Anti),
            JoinType::LeftMark => one(true, Membership::Mark),
            JoinType::RightSemi => one(false, Membership::Semi),
            JoinType::RightAnti => one(false, Membership::Anti),
            JoinType::RightMark => one(false, Membership::Mark),
        }
    }

    /// Whether a probe row without a match changes nothing: then the scan below may leave it out.
    pub(crate) fn drops_unmatched_probe_rows(self) -> bool {
        match self {
            Self::Pairs { keep_probe, .. } => !keep_probe,
            Self::Probe(membership) => membership == Membership::Semi,
            Self::Build(_) => true,
        }
    }

    /// Whether it must be known at the end which build rows had a match.
    pub(crate) fn needs_build_matches(self) -> bool {
        matches!(self, Self::Pairs { keep_build: true, .. } | Self::Build(_))
    }

    /// How many rows come out, about, of so many of either side, build and probe, where a probe row has that many matches; and where
    /// it is known that so large a share of them has any.
    pub(crate) fn estimated_rows(
        self,
        (build, probe): (Option<usize>, Option<usize>),
        matches_a_row: f64,
        with_match: Option<f64>,
    ) -> Precision<usize> {
        let estimate = match self {
            Self::Pairs { keep_build: true, .. } => build.zip(probe).map(|(build, probe)| build.max(probe)),
            // Without knowing better all of them: fewer, and another join takes them for the smaller side.
            Self::Probe(Membership::Semi) => {
                probe.map(|rows| with_match.map_or(rows, |share| (rows as f64 * share) as usize))
            }
            Self::Pairs { keep_probe: true, .. } | Self::Probe(_) => probe,
            Self::Pairs { .. } => probe.map(|rows| (rows as f64 * matches_a_row) as usize),
            Self::Build(_) => build,
        };
        estimate.map_or(Precision::Absent, Precision::Inexact)
    }

    /// Whether rows come out in the order of the probe rows: unmatched ones come at the end of their batch.
    pub(crate) fn keeps_probe_order(self) -> bool {
        matches!(
            self,
            Self::Pairs {
                keep_probe: false,
                keep_build: false
            } | Self::Probe(_)
        )
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
