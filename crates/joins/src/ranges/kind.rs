//! A join over ranges before its index is built.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::common::{Result, internal_err};
use datafusion::physical_expr::PhysicalExpr;
use tieline_index::ranges::RangeStrategy as Strategy;

use super::build::Recipe;
use super::index::IntervalIndex;
use super::points::PointIndex;
use crate::index::{IndexKind, JoinIndex, KeyedRows};

/// Where the intervals come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RangeSource {
    /// Two keys: the lower and the upper bound, each included or not.
    Bounds {
        /// `point >= low` rather than `point > low`.
        low_included: bool,
        /// `point <= high` rather than `point < high`.
        high_included: bool,
    },
    /// One key: the text of a prefix, as `ip_in_cidr` reads it.
    Cidr,
}

/// A point of one side within an interval of the other.
#[derive(Debug, Clone)]
pub struct RangeKind {
    /// How intervals are indexed. Where the points are, they are sorted, whatever this says.
    pub strategy: Strategy,
    /// Where the intervals come from.
    pub source: RangeSource,
    /// Whether the intervals are indexed and the points probe; otherwise the other way round.
    pub builds_intervals: bool,
    /// The point, one expression.
    pub point: Vec<Arc<dyn PhysicalExpr>>,
    /// The interval: as many expressions as the source has keys.
    pub interval: Vec<Arc<dyn PhysicalExpr>>,
}

impl IndexKind for RangeKind {
    fn strategy(&self) -> &'static str {
        match self.builds_intervals {
            true => self.strategy.name(),
            false => "points",
        }
    }

    fn build_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        if self.builds_intervals {
            &self.interval
        } else {
            &self.point
        }
    }

    fn probe_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        if self.builds_intervals {
            &self.point
        } else {
            &self.interval
        }
    }

    fn way_out(&self) -> &'static str {
        "tieline.range_strategy = 'nested_loop'"
    }

    fn with_keys(
        &self,
        build: Vec<Arc<dyn PhysicalExpr>>,
        probe: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<dyn IndexKind> {
        let (interval, point) = if self.builds_intervals {
            (build, probe)
        } else {
            (probe, build)
        };
        Arc::new(Self {
            point,
            interval,
            ..self.clone()
        })
    }

    fn build_bytes(&self, rows: &KeyedRows) -> usize {
        // While it is made: keys of both bounds of 16 bytes each and their rows, in order and as they came.
        rows.rows * if self.builds_intervals { 160 } else { 64 }
    }

    fn build(&self, rows: &KeyedRows, threads: usize) -> Result<Arc<dyn JoinIndex>> {
        match (self.builds_intervals, self.source, rows.keys.as_slice()) {
            (true, source, keys) => {
                let recipe = Recipe {
                    strategy: self.strategy,
                    threads,
                };
                IntervalIndex::build(recipe, source, keys, rows)
            }
            (
                false,
                RangeSource::Bounds {
                    low_included,
                    high_included,
                },
                [points],
            ) => PointIndex::build(points, rows.groups.as_deref(), low_included, high_included),
            (false, ..) => internal_err!("prefixes are indexed, points cannot be in their place"),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl fmt::Display for RangeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = self
            .point
            .first()
            .map_or_else(String::new, |point| point.to_string());
        write!(formatter, "range strategy={}: ", self.strategy())?;
        match (self.source, self.interval.as_slice()) {
            (
                RangeSource::Bounds {
                    low_included,
                    high_included,
                },
                [low, high],
            ) => write!(
                formatter,
                "{low} {} {point} {} {high}",
                if low_included { "<=" } else { "<" },
                if high_included { "<=" } else { "<" },
            ),
            (_, interval) => {
                let interval: Vec<_> = interval.iter().map(ToString::to_string).collect();
                write!(formatter, "{point} in {}", interval.join(", "))
            }
        }
    }
}
