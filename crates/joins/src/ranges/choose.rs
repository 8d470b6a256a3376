//! Which side of a join over ranges is indexed, and how.

use std::sync::Arc;

use datafusion::common::Result;
use tieline_index::ranges::RangeStrategy as Strategy;

use super::kind::{RangeKind, RangeSource};
use super::recognise::RangePredicate;
use crate::plan::{Choice, PlannedJoin, is_temporal, side_and_other};
use crate::settings::RangeStrategy;

/// What the planner decided, and why.
struct Way {
    builds_intervals: bool,
    strategy: Strategy,
    why: String,
}

impl RangePredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<Choice>> {
        let Some(way) = self.way(join) else {
            return Ok(None);
        };
        let (point_side, interval_side) = side_and_other(self.point_left);
        let interval = self
            .interval
            .iter()
            .map(|expr| join.physical(expr, interval_side));
        let index = RangeKind {
            strategy: way.strategy,
            source: self.source,
            builds_intervals: way.builds_intervals,
            point: vec![join.physical(&self.point, point_side)?],
            interval: interval.collect::<Result<_>>()?,
        };
        Ok(Some(Choice {
            build_side: match way.builds_intervals {
                true => interval_side,
                false => point_side,
            },
            index: Arc::new(index),
            why: way.why,
        }))
    }

    fn way(&self, join: &PlannedJoin<'_>) -> Option<Way> {
        let [left, right] = join.rows();
        let (points, intervals) = if self.point_left {
            (left, right)
        } else {
            (right, left)
        };
        let set = join.settings.range_strategy;
        let auto = set == RangeStrategy::Auto;
        if auto && join.is_trivial() {
            return None;
        }
        // Where few rows share an equal key, a hash join has as few candidates, and finds them faster. How many do is seldom known;
        // then ranges are taken to be the narrower condition, but for those of times, in which most moments lie.
        let by_range = || match join.equal_keys_are_coarse() {
            Some(coarse) => coarse,
            None => !is_temporal(&self.point, &join.sides()),
        };
        if auto && join.has_equal_keys() && !by_range() {
            return None;
        }
        let counts = format!("{intervals} intervals, {points} points");
        // Prefixes have no order in which points could be looked up.
        let points_are_fewer = points
            .rows()
            .zip(intervals.rows())
            .is_some_and(|(points, intervals)| points < intervals);
        if auto && points_are_fewer && self.source != RangeSource::Cidr {
            return Some(Way {
                builds_intervals: false,
                strategy: Strategy::Sorted,
                why: format!("auto, the points are fewer: {counts}"),
            });
        }
        let strategy = match set {
            RangeStrategy::Sorted => Strategy::Sorted,
            _ => Strategy::Segments,
        };
        let why = match auto {
            true => format!("auto, {counts}"),
            false => format!("set, {counts}"),
        };
        Some(Way {
            builds_intervals: true,
            strategy,
            why,
        })
    }
}
