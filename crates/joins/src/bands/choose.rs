//! Which side of a band join is indexed, and whether it is at all.

use std::sync::Arc;

use datafusion::common::{JoinSide, Result};

use super::check;
use super::kind::BandKind;
use super::recognise::BandPredicate;
use super::types::is_keyed;
use crate::plan::{Choice, PlannedJoin};
use crate::ranges;
use crate::settings::{BandStrategy, RangeStrategy};

impl BandPredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<Choice>> {
        let set = join.settings.band_strategy;
        if set == BandStrategy::Auto && join.settings.range_strategy != RangeStrategy::Auto {
            // Beside an equal key many a range is a band: asked for as a range, it is one.
            return match ranges::recognise(&self.conditions, &join.sides()) {
                Some((range, used)) if used.len() == self.conditions.len() => range.choose(join),
                _ => self.index(join, "auto"),
            };
        }
        match set {
            BandStrategy::Hash => Ok(None),
            BandStrategy::Auto if join.has_single_row() => Ok(None),
            BandStrategy::Auto => self.index(join, "auto"),
            BandStrategy::Sorted => self.index(join, "set"),
        }
    }

    fn index(&self, join: &PlannedJoin<'_>, how: &str) -> Result<Option<Choice>> {
        let key = join
            .single_equal_key()?
            .filter(|(_, _, data_type)| is_keyed(data_type));
        if key.is_none() && !join.has_groups()? {
            return Ok(None);
        }
        let (builds_left, why) = self.side(join);
        let builds_point = builds_left == self.point_left;
        let check = match self.safe == i64::MAX {
            true => None,
            false => match check::expression(self, builds_point, join)? {
                Some(check) => Some(check),
                None => return Ok(None),
            },
        };
        let (point_side, bound_side) = match self.point_left {
            true => (JoinSide::Left, JoinSide::Right),
            false => (JoinSide::Right, JoinSide::Left),
        };
        let mut points = vec![join.physical(&self.point, point_side)?];
        let mut bounds = Vec::new();
        for bound in &self.bounds {
            bounds.push(join.physical(bound, bound_side)?);
        }
        let keyed = key.is_some();
        if let Some((left, right, _)) = key {
            let (of_point, of_bound) = if self.point_left {
                (left, right)
            } else {
                (right, left)
            };
            points.insert(0, of_point);
            bounds.insert(0, of_bound);
        }
        let (build, probe) = if builds_point {
            (points, bounds)
        } else {
            (bounds, points)
        };
        let index = BandKind {
            build,
            probe,
            keyed,
            builds_point,
            low: self.low,
            high: self.high,
            safe: self.safe,
            check,
        };
        Ok(Some(Choice {
            build_side: if builds_left {
                JoinSide::Left
            } else {
                JoinSide::Right
            },
            index: Arc::new(index),
            why: format!("{how}, {why}"),
        }))
    }

    /// Whether the left side is indexed: the one with fewer rows. Of sides that are as large, or of which nothing is known,
    /// the right one.
    fn side(&self, join: &PlannedJoin<'_>) -> (bool, String) {
        let [left, right] = join.rows();
        let counts = format!("{left} rows left, {right} right");
        // An interval is found by where it begins, and the widest of a table says how far back that may be. Where many rows
        // share a key that would be many: then the points are indexed, in which each interval is a run.
        if self.bounds.len() > 1 && join.equal_keys_are_coarse() {
            return (self.point_left, format!("the keys are few: {counts}"));
        }
        let left_is_fewer = left
            .rows()
            .zip(right.rows())
            .is_some_and(|(left, right)| left < right);
        (left_is_fewer, counts)
    }
}
